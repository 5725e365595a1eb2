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
from .base import Late


class LateMeter(Late[MapMeter], Meter):
    """A meter that may be silent when its program starts.

    Args:
        unit: where it will answer.
        device: its register map.
        clock: a monotonic clock in seconds.
        line: its line, if others share it.
        manners: how long it is waited for, and left alone when it is silent.
    """

    def __init__(
        self,
        unit: ModbusUnit,
        device: RegisterMap,
        clock: Callable[[], float] = monotonic,
        *,
        line: Line | None = None,
        manners: Manners = METER,
    ) -> None:
        self._map = device
        approach(unit, device.wiring)  # Before it is knocked at: the first request opens the link.
        super().__init__(unit, f"the meter {device.manufacturer} {device.model}", None, clock, line, manners)

    @property
    @override
    def identity(self) -> Identity:
        """Who it said it is; its type alone before it has answered."""
        if self._device is None:
            return Identity(manufacturer=self._map.manufacturer, model=self._map.model)
        return self._device.identity

    @property
    @override
    def door(self) -> Door:
        return self

    @override
    async def read(self) -> MeterReading:
        return await (await self.device()).read()

    @override
    async def _find(self) -> MapMeter:
        with suppress(DeviceRefusedError, DeviceNonsenseError):  # It is there; the probe tells what is wrong with it.
            await self._ask(knock(self._unit, self._map))
        identity = await probe_meter(self._unit, self._map)
        return MapMeter(self._unit, self._map, identity, self._clock, line=self._line, manners=self._manners)

    @override
    def _door(self, device: MapMeter) -> Door:
        return device.door
