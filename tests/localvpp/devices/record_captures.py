"""Records a capture of each family of simulated devices, over real sockets, into `captures/`.

    python tests/localvpp/devices/record_captures.py

To be run when the simulator has a new family, or when a driver is meant to read something else: `test_devices_captures`
holds today's drivers against what was read when these were taken.
"""

import asyncio
from datetime import timedelta
from pathlib import Path
import tempfile
from typing import Final

from simulated_building import DAY, SimulatedBuilding, simulated, write_home

from localvpp.devices import (
    SUNSPEC,
    Capture,
    DeviceError,
    Recording,
    load_map,
    open_device,
    redacted,
    write_recordings,
)
from simulator.settings import Fault

CAPTURES: Final = Path(__file__).parent / "captures"
SECONDS: Final = 12
FAULTS: Final = {4: Fault.REFUSE, 5: None, 7: Fault.NONSENSE, 8: None}
"""What is wrong with the device from which second on."""

FAMILIES: Final = {
    "eastron_sdm120": ("101", "meter", "eastron_sdm120"),
    "sunspec_1xx_hybrid": ("101", "inverter", SUNSPEC),
    "sunspec_7xx_hybrid": ("102", "inverter", SUNSPEC),
    "sunspec_1xx_pv": ("103", "inverter", SUNSPEC),
    "sunspec_7xx_pv": ("302", "inverter", SUNSPEC),
    "relay": ("101", "relay", "relay"),
}
"""By file: flat, device and type."""


async def record(building: SimulatedBuilding, flat: str, device: str, kind: str) -> Recording:
    """Read a simulated device for some seconds, in which it is disturbed, and keep what it said."""
    capture = Capture(
        device, kind, clock=building.seconds, wall_ns=lambda: 1_800_000_000_000_000_000 + building.now_ms * 1_000_000
    )
    described = None if kind == SUNSPEC else load_map(kind)
    opened = await open_device(capture.unit(building.unit(flat, device)), described, building.seconds)
    for second in range(SECONDS):
        if second in FAULTS:
            building.breaks(flat, device, FAULTS[second])
        building.pass_s(1)
        try:
            readings = await opened.read()
        except DeviceError:
            continue
        for name, reading in readings.items():
            capture.told(name, reading)
    return redacted(capture.recording(), described)


async def record_all(home: Path) -> dict[str, Recording]:
    """Record every family, in the forenoon."""
    async with simulated(home, DAY + timedelta(hours=9)) as building:
        building.pass_s(30)
        return {name: await record(building, *family) for name, family in FAMILIES.items()}


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        recorded = asyncio.run(record_all(write_home(Path(folder) / "home.csv")))
    for name, recording in recorded.items():
        write_recordings(CAPTURES / f"{name}.jsonl", [recording])
