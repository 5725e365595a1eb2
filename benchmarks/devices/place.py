"""A simulated building in a process of its own, and its flats' devices as the product reads them."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
import json
from pathlib import Path
import sys
import time
from typing import Any, Final, override

from modbus_connection import ModbusTcpParams, ModbusUnit

from localvpp.clock import SystemClock
from localvpp.devices import (
    SUNSPEC,
    Capture,
    DeviceAddress,
    MapMeter,
    SunSpecDevice,
    load_map,
    probe_meter,
)
from localvpp.devices.backend import ModbusLinks
from localvpp.devices.wrapped import WrappedUnit
from localvpp.outage import Outages
from localvpp.round import Round
from localvpp.rounds import FlatDevices, Rounds

type Asked = tuple[str, tuple[Any, ...]]

_PROFILE: Final = ",GC,GG\n2011-07-01 00:00:00,0.5,1.0\n2011-07-01 00:30:00,0.5,1.0\n"
"""A home of steady load and sun."""


@dataclass(frozen=True, slots=True)
class Place:
    """A simulated flat."""

    name: str
    host: str
    port: int
    meter: int
    inverter: int | None


@asynccontextmanager
async def building(folder: Path, flats: int) -> AsyncIterator[list[Place]]:
    """Run a building; give its flats."""
    profile = folder / "steady.csv"
    profile.write_text(_PROFILE)
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "simulator", "run", "--flats", str(flats), "--profiles", str(profile)),
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        assert process.stdout is not None
        told = json.loads(await process.stdout.readline())
        yield [
            Place(
                each["flat"],
                each["host"],
                each["port"],
                each["devices"]["meter"]["unit"],
                each["devices"].get("inverter", {}).get("unit"),
            )
            for each in told["flats"]
        ]
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()
        profile.unlink()


class Tally:
    """Captures a device, as the product does, and counts what it is asked."""

    def __init__(self, kind: str) -> None:
        self._capture = Capture("device", kind)
        self.asked: list[Asked] = []

    def unit(self, unit: ModbusUnit) -> ModbusUnit:
        """Give the unit that counts."""
        return _CountedUnit(self._capture.unit(unit), self.asked)


class _CountedUnit(WrappedUnit):
    def __init__(self, unit: ModbusUnit, asked: list[Asked]) -> None:
        super().__init__(unit)
        self._asked = asked

    @override
    async def _ask(self, function: str, *arguments: Any) -> Any:
        self._asked.append((function, arguments))
        return await getattr(self._unit, function)(*arguments)


@dataclass(slots=True)
class Cycles:
    """What came of the seconds of one flat."""

    took_s: list[float] = field(default_factory=list)
    requests: dict[str, list[int]] = field(default_factory=dict)
    """By device, of each cycle."""
    last: dict[str, list[Asked]] = field(default_factory=dict)
    """By device, what the last cycle asked."""
    metered: list[bool] = field(default_factory=list)
    """Whether the meter's energy was known."""
    answered: Counter[str] = field(default_factory=Counter)


class FlatReader:
    """Reads one flat's devices as its agent does."""

    def __init__(self, name: str, devices: FlatDevices, tallies: dict[str, Tally]) -> None:
        clock = SystemClock()
        self._rounds = Rounds(devices, Outages(name, clock), clock)
        self._tallies = tallies
        self.cycles = Cycles(requests={device: [] for device in tallies})

    @classmethod
    async def open(cls, links: ModbusLinks, place: Place, port: int | None = None) -> FlatReader:
        """Find a flat's devices, behind its gateway or behind what stands before that."""
        link = ModbusTcpParams(host=place.host, port=port or place.port)
        described = load_map("eastron_sdm120")
        tallies = {"meter": Tally(described.name)}
        address = DeviceAddress(link, place.meter)
        unit, line = links.unit(address, tallies["meter"]), links.line(address)
        meter = MapMeter(unit, described, await probe_meter(unit, described), line=line)
        inverter = battery = None
        if place.inverter is not None:
            tallies["inverter"] = Tally(SUNSPEC)
            address = DeviceAddress(link, place.inverter)
            device = await SunSpecDevice.open(links.unit(address, tallies["inverter"]), line=links.line(address))
            inverter, battery = device.inverter, device.battery
        return cls(place.name, FlatDevices(meter=meter, inverter=inverter, battery=battery), tallies)

    async def close(self) -> None:
        """Read no more."""
        await self._rounds.close()

    async def cycle(self) -> Round:
        """Read all devices once, and take down what it cost."""
        for tally in self._tallies.values():
            tally.asked.clear()
        began = time.perf_counter()
        told = await self._rounds.read()
        cycles = self.cycles
        cycles.took_s.append(time.perf_counter() - began)
        for device, tally in self._tallies.items():
            cycles.requests[device].append(len(tally.asked))
            cycles.last[device] = list(tally.asked)
        cycles.metered.append(told.meter is not None and told.meter.import_wh is not None)
        cycles.answered.update(device for device in ("meter", "inverter", "battery") if getattr(told, device))
        return told


async def each_second(seconds: int, do: Callable[[], Any]) -> float:
    """Do something once a second, on time; return the processor time that this process took, in a second."""
    loop = asyncio.get_running_loop()
    busy, began = time.process_time(), loop.time()
    for number in range(seconds):
        await asyncio.sleep(max(0.0, began + number - loop.time()))
        await do()
    await asyncio.sleep(max(0.0, began + seconds - loop.time()))
    return (time.process_time() - busy) / (loop.time() - began)
