"""A meter that may be silent when its program starts, described by a register map or by itself (SunSpec)."""

from collections.abc import Callable
from contextlib import suppress
from time import monotonic
from typing import override

from modbus_connection import ModbusUnit

from ..capability import Door, Identity, Meter, MeterReading
from ..errors import DeviceNonsenseError, DeviceRefusedError
from ..line import Line
from ..mapping import RegisterMap, knock
from ..meter import MapMeter
from ..polling import approach
from ..probe import probe_meter
from ..silence import METER, Manners
from ..sunspec import SunSpecMeter
from .base import Late, Start, bounded
from .marker import Marker

type MeterDevice = MapMeter | SunSpecMeter
"""The driver of a meter."""


async def open_sunspec_meter(unit: ModbusUnit) -> SunSpecMeter:
    """Make the driver of the SunSpec meter at a unit, within a bounded time.

    Raises DeviceError.
    """
    return await bounded("the meter", SunSpecMeter.open(unit))


class LateMeter(Late[MeterDevice], Meter):
    """A meter that may be silent when its program starts.

    Args:
        unit: where it will answer.
        device: its register map; None if it describes itself.
        identity: who it is to be; of one that nobody has set up, its type is known alone.
        opened: is told of the meter, once.
        another: is told who answers in its place, each time that one was asked.
        start: begins a task of a name; who calls it may cancel the task.
        clock: a monotonic clock in seconds.
        line: its line, if others share it.
        manners: how long it is waited for, and left alone when it is silent.
    """

    def __init__(
        self,
        unit: ModbusUnit,
        device: RegisterMap | None,
        identity: Identity | None = None,
        *,
        opened: Callable[[MeterDevice], None] = lambda _: None,
        another: Callable[[Identity], None] = lambda _: None,
        start: Start[MeterDevice] | None = None,
        clock: Callable[[], float] = monotonic,
        line: Line | None = None,
        manners: Manners = METER,
    ) -> None:
        self._map = device
        self._told = opened
        self._told_of_another = another
        # Before it is knocked at: the first request opens the link.
        approach(unit, None if device is None else device.wiring)
        super().__init__(unit, "meter", identity or _expected(device), start, clock, line, manners)
        self._marker = Marker(self._what, unit)

    @property
    @override
    def identity(self) -> Identity:
        """Who it said it is; before it has answered, who it is to be."""
        return self._expected if self._device is None else self._device.identity

    @property
    @override
    def door(self) -> Door:
        return self

    @override
    async def read(self) -> MeterReading:
        device = await self.device()
        return await self.heard(device, device.read())

    @override
    async def _make(self) -> MeterDevice:
        if self._map is None:
            base = await self._marker.find(self._ask)
            return await bounded(
                "the meter",
                SunSpecMeter.open(self._unit, self._clock, bases=(base,), line=self._line, manners=self._manners),
            )
        with suppress(DeviceRefusedError, DeviceNonsenseError):  # It is there; the probe tells what is wrong with it.
            await self._ask(knock(self._unit, self._map))
        identity = await probe_meter(self._unit, self._map)
        return MapMeter(self._unit, self._map, identity, self._clock, line=self._line, manners=self._manners)

    @override
    def _door(self, device: MeterDevice) -> Door:
        return device.door

    @override
    def _found(self, device: MeterDevice) -> None:
        self._told(device)

    @override
    def _is_another(self, found: Identity) -> None:
        self._told_of_another(found)


def _expected(device: RegisterMap | None) -> Identity:
    """Give who a meter is to be that nobody has set up."""
    if device is None:
        return Identity(manufacturer="SunSpec", model="meter")
    return Identity(manufacturer=device.manufacturer, model=device.model)
