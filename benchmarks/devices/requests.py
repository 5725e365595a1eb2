"""How many requests each kind of device takes in a second: every register map, and both generations of SunSpec.

The clock is one of the benchmark's own: only what is asked counts, and three minutes hold every turn of every block.
"""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, override

from modbus_connection import ModbusTcpParams
from modbus_connection.mock import MockModbusConnection, MockModbusUnit

from localvpp.devices import DeviceAddress, SunSpecDevice, available_maps, load_map, open_device
from localvpp.devices.backend import ModbusLinks
from localvpp.devices.rota import MOST_REQUESTS

from ..figures import Figure
from .place import Tally, building

_GENERATIONS = {"SunSpec 1xx with a battery": 0, "SunSpec 7xx with a battery": 1}
"""By which of the simulated flats has one."""
_FLATS = 4


class _Zeros(MockModbusUnit):
    """Answers every question, with zeros."""

    @override
    async def read_holding_registers(self, address: int, count: int) -> list[int]:
        return [0] * count

    @override
    async def read_input_registers(self, address: int, count: int) -> list[int]:
        return [0] * count

    @override
    async def read_coils(self, address: int, count: int) -> list[bool]:
        return [False] * count

    @override
    async def read_discrete_inputs(self, address: int, count: int) -> list[bool]:
        return [False] * count


class _Clock:
    """A clock of seconds that pass when a device has been read."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


async def run(folder: Path, *, seconds: int = 180) -> list[Figure]:
    """Count what each kind of device is asked."""

    async def count(name: str, clock: _Clock, tally: Tally, read: Callable[[], Awaitable[Any]]) -> Figure:
        counts: list[int] = []
        for _ in range(seconds + 1):
            tally.asked.clear()
            await read()
            counts.append(len(tally.asked))
            clock.now += 1
        first, *later = counts
        beside = {"on average": sum(later) / len(later), "in the first": float(first)}
        return Figure(
            name=f"{name}: requests in a second, at most",
            value=max(later),
            unit="requests",
            at_most=MOST_REQUESTS,
            beside=beside,
        )

    figures = []
    for name in available_maps():
        tally, clock = Tally(name), _Clock()
        unit = tally.unit(_Zeros(MockModbusConnection(), 1))
        device = await open_device(unit, load_map(name), clock, probed=False)
        figures.append(await count(name, clock, tally, device.read))
    async with building(folder, _FLATS) as places, ModbusLinks() as links:
        for name, number in _GENERATIONS.items():
            place, tally, clock = places[number], Tally(name), _Clock()
            assert place.inverter is not None, "these flats have one"
            address = DeviceAddress(ModbusTcpParams(host=place.host, port=place.port), place.inverter)
            sunspec = await SunSpecDevice.open(links.unit(address, tally), clock)
            assert sunspec.battery is not None, "and a battery with it"
            figures.append(await count(name, clock, tally, sunspec.snapshot))
    return figures
