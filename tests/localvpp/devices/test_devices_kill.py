"""Nobody's death leaves a battery in a state: real controllers are killed, and what the battery does is watched.

And a real serial line: all of a flat's devices behind a pseudo-terminal, read by another process each second.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import timedelta
import json
from pathlib import Path
import signal
import sys
import time
from typing import Any, Final

import aiohttp
from modbus_connection import ModbusSerialParams
import pytest
from simulated_building import DAY, write_home

from localvpp.devices import DeviceAddress, MapHybrid, MapMeter, load_map, probe_hybrid, probe_meter
from localvpp.devices.backend import ModbusLinks

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("socket_enabled")]

NOON: Final = DAY + timedelta(hours=12)
CONTROLLER: Final = Path(__file__).parent / "controller.py"
WATTS: Final = 300
"""Discharging while the sun gives more than the flat takes: no inverter here would do so by itself."""
LIMIT_W: Final = 100
"""Less than the sun gives, by far."""
POLL_S: Final = 1
MARGIN_S: Final = 3
"""The simulator counts in whole seconds, and a loaded machine is late."""
LEASES_S: Final = {"1xx": 8, "7xx": 8, "sungrow_sh": 20, "solax_x1_gen4": 10}
"""The shortest that each make takes; of SunSpec, a short one."""
SERIAL_FLAT: Final = "102"


@dataclass
class Running:
    """A simulated building in a process of its own."""

    told: dict[str, Any]
    session: aiohttp.ClientSession

    def flat_of(self, family: str, *, battery: bool = True) -> dict[str, Any]:
        """The first flat whose inverter is of a make, with a battery or without."""
        for flat in self.told["flats"]:
            inverter = flat["devices"].get("inverter", {})
            is_of_it = inverter.get("generation", inverter.get("model")) == family
            if is_of_it and (flat["flat"] in self.hybrids) is battery:
                return dict(flat)
        raise AssertionError(f"no flat has an inverter of {family} {'with' if battery else 'without'} a battery")

    async def ask(self, path: str) -> Any:
        """What the simulator's control page says."""
        async with self.session.get(self.told["url"] + path) as response:
            return await response.json()

    async def inverter(self, flat: str) -> dict[str, Any]:
        """What an inverter truly does."""
        state = await self.ask("/api/state")
        return dict(next(each["inverter"] for each in state["flats"] if each["flat"] == flat))

    async def battery_w(self, flat: str) -> float:
        """What a battery truly does."""
        return float((await self.inverter(flat))["battery_w"])

    async def find_hybrids(self) -> None:
        """Learn which flats have a battery."""
        state = await self.ask("/api/state")
        self.hybrids = {
            each["flat"] for each in state["flats"] if each["inverter"] and each["inverter"]["battery_w"] is not None
        }


@pytest.fixture
async def building(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Running]:
    """Twelve flats of many makes at noon, with more sun than load; the test's parameter is more options."""
    profile = write_home(tmp_path / "home.csv")
    more: list[str] = getattr(request, "param", [])
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "simulator", "run", "--flats", "12", "--families", "mixed"),
        *("--profiles", str(profile), "--profile-start", NOON.isoformat(), *more),
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        assert process.stdout is not None
        told = json.loads(await asyncio.wait_for(process.stdout.readline(), 60))
        async with aiohttp.ClientSession() as session:
            running = Running(told, session)
            await running.find_hybrids()
            yield running
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


async def until_held(process: asyncio.subprocess.Process, times: int) -> None:
    """Wait until a controller has had its will so many times."""
    assert process.stdout is not None
    for _ in range(times):
        assert await asyncio.wait_for(process.stdout.readline(), 60) == b"held\n"


async def killed_in_the_middle(
    building: Running, family: str, lease_s: int, command: str = "power"
) -> tuple[str, float]:
    """Have a controller hold a battery for longer than its lease, and kill it; return when the battery was free."""
    flat = building.flat_of(family)
    inverter = flat["devices"]["inverter"]
    own = await building.battery_w(flat["flat"])
    assert own <= 0, f"{family}: the battery discharges by itself"
    place = (flat["host"], str(flat["port"]), str(inverter["unit"]), inverter["model"])
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, str(CONTROLLER), *place, command, str(WATTS), str(lease_s)), stdout=asyncio.subprocess.PIPE
    )
    try:
        await until_held(process, lease_s + 4)
        assert await building.battery_w(flat["flat"]) > 0, f"{family}: the battery is not held beyond one lease"
        process.send_signal(signal.SIGKILL)
        died = time.monotonic()
        await process.wait()
        while await building.battery_w(flat["flat"]) > 0:
            assert time.monotonic() - died < lease_s + POLL_S + MARGIN_S, f"{family}: the battery is still held"
            await asyncio.sleep(0.1)
        return family, time.monotonic() - died
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def test_a_battery_is_its_own_again_within_the_lease_of_a_controller_that_was_killed(building: Running) -> None:
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(killed_in_the_middle(building, *each)) for each in LEASES_S.items()]
    took = dict(task.result() for task in tasks)
    assert took.keys() == LEASES_S.keys()
    for family, seconds in took.items():
        # It renewed at half of the lease: the other half at least was left when it died.
        assert LEASES_S[family] / 2 - MARGIN_S <= seconds <= LEASES_S[family] + POLL_S + MARGIN_S, family


STEERED_S: Final = {"1xx": 30, "sungrow_sh": 58, "solax_x1_gen4": 30}
"""The leases that each make's driver asks for, where the battery delivers what was traded."""


async def test_a_battery_that_delivers_is_its_own_again_when_its_flat_was_killed(building: Running) -> None:
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(killed_in_the_middle(building, *each, "market")) for each in STEERED_S.items()]
    took = dict(task.result() for task in tasks)
    assert took.keys() == STEERED_S.keys()
    for family, seconds in took.items():
        assert STEERED_S[family] / 2 - MARGIN_S <= seconds <= STEERED_S[family] + POLL_S + MARGIN_S, family


def limited(inverter: dict[str, Any]) -> bool:
    """Whether an inverter feeds no more than it may, though the sun gives more."""
    return bool(inverter["ac_w"] <= LIMIT_W < inverter["pv_available_w"] - LIMIT_W)


def separated(inverter: dict[str, Any]) -> bool:
    """Whether an inverter is off the grid by command."""
    return bool(inverter["link"] == "stopped")


OUTPUTS: Final = [("1xx", "limit", limited), ("7xx", "limit", limited), ("1xx", "go_off_grid", separated)]


@pytest.mark.parametrize(("family", "command", "holds"), OUTPUTS)
async def test_an_inverter_feeds_again_within_the_lease_of_a_controller_that_was_killed(
    building: Running, family: str, command: str, holds: Callable[[dict[str, Any]], bool]
) -> None:
    flat, lease_s = building.flat_of(family, battery=False), LEASES_S[family]
    inverter = flat["devices"]["inverter"]
    assert not holds(await building.inverter(flat["flat"]))
    place = (flat["host"], str(flat["port"]), str(inverter["unit"]), inverter["model"])
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, str(CONTROLLER), *place, command, str(LIMIT_W), str(lease_s)), stdout=asyncio.subprocess.PIPE
    )
    try:
        await until_held(process, lease_s + 4)
        assert holds(await building.inverter(flat["flat"])), "it is not held beyond one lease"
        process.send_signal(signal.SIGKILL)
        died = time.monotonic()
        await process.wait()
        while holds(await building.inverter(flat["flat"])):
            assert time.monotonic() - died < lease_s + POLL_S + MARGIN_S, "it is still held"
            await asyncio.sleep(0.1)
        # It renewed at half of the lease: the other half at least was left when it died.
        assert lease_s / 2 - MARGIN_S <= time.monotonic() - died
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


@pytest.mark.parametrize("building", [["--serial", SERIAL_FLAT]], indirect=True)
async def test_a_meter_on_a_real_serial_line_is_read_each_second(building: Running) -> None:
    flat = next(each for each in building.told["flats"] if each["flat"] == SERIAL_FLAT)
    params = ModbusSerialParams(device=flat["serial"], baudrate=flat["baudrate"])
    meter_map, inverter_map = (load_map(flat["devices"][name]["model"]) for name in ("meter", "inverter"))
    loop = asyncio.get_running_loop()
    async with ModbusLinks() as links:

        def place(device: str) -> DeviceAddress:
            return DeviceAddress(params, flat["devices"][device]["unit"])

        unit = links.unit(place("meter"))
        line = links.line(place("meter"))
        meter = MapMeter(unit, meter_map, await probe_meter(unit, meter_map), line=line)
        unit = links.unit(place("inverter"))
        hybrid = MapHybrid(unit, inverter_map, await probe_hybrid(unit, inverter_map), line=line)
        begun, seconds = loop.time(), []
        for number in range(8):
            reading = await meter.read()
            seconds.append(loop.time() - begun - number)
            assert reading.failed == {}
            assert reading.power_w is not None
            shown = {(imported, exported) for _, imported, exported in await registers(building, SERIAL_FLAT)}
            assert (reading.import_wh, reading.export_wh) in shown
            # The inverter on the same line has its turn in each second, too.
            assert (await hybrid.snapshot()).inverter.failed == {}
            await asyncio.sleep(max(0.0, begun + number + 1 - loop.time()))
        assert max(seconds) < 1, seconds


async def registers(building: Running, flat: str) -> list[tuple[int, int, int]]:
    """All that a meter's registers showed."""
    return [tuple(row) for row in await building.ask(f"/api/registers?device={flat}/meter&since_ms=0")]
