"""A meter that may be silent when its program starts."""

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
from .base import Late, Start


class LateMeter(Late[MapMeter], Meter):
    """A meter that may be silent when its program starts.

    Args:
        unit: where it will answer.
        device: its register map.
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
        device: RegisterMap,
        identity: Identity | None = None,
        *,
        opened: Callable[[MapMeter], None] = lambda _: None,
        another: Callable[[Identity], None] = lambda _: None,
        start: Start[MapMeter] | None = None,
        clock: Callable[[], float] = monotonic,
        line: Line | None = None,
        manners: Manners = METER,
    ) -> None:
        self._map = device
        self._told = opened
        self._told_of_another = another
        approach(unit, device.wiring)  # Before it is knocked at: the first request opens the link.
        expected = identity or Identity(manufacturer=device.manufacturer, model=device.model)
        super().__init__(unit, "meter", expected, start, clock, line, manners)

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
        return await (await self.device()).read()

    @override
    async def _make(self) -> MapMeter:
        with suppress(DeviceRefusedError, DeviceNonsenseError):  # It is there; the probe tells what is wrong with it.
            await self._ask(knock(self._unit, self._map))
        identity = await probe_meter(self._unit, self._map)
        return MapMeter(self._unit, self._map, identity, self._clock, line=self._line, manners=self._manners)

    @override
    def _door(self, device: MapMeter) -> Door:
        return device.door

    @override
    def _found(self, device: MapMeter) -> None:
        self._told(device)

    @override
    def _is_another(self, found: Identity) -> None:
        self._told_of_another(found)
