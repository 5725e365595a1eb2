"""Inverters, with their batteries, that may sleep when their program starts.

Those that describe themselves (SunSpec) and those that a register map describes are found in their own ways, and are
one afterwards: a driver with an inverter and, perhaps, a battery.
"""

from collections.abc import Callable
from contextlib import suppress
from time import monotonic
from typing import override

from modbus_connection import ModbusUnit

from ..capability import (
    Battery,
    BatteryReading,
    Cadence,
    Door,
    Identity,
    Inverter,
    InverterReading,
    Reserving,
    Steerable,
    Wearable,
)
from ..errors import DeviceNonsenseError, DeviceRefusedError
from ..hybrid import MapHybrid
from ..inverting import InverterDevice, Snapshot
from ..line import Line
from ..mapping import RegisterMap, knock
from ..output import Output
from ..polling import approach
from ..probe import probe_hybrid
from ..silence import INVERTER, Manners
from ..sunspec import SunSpecDevice
from ..wear import Wear
from .base import Late, Start, bounded
from .marker import Marker


async def open_sunspec(unit: ModbusUnit) -> SunSpecDevice:
    """Make the driver of the SunSpec device at a unit, within a bounded time.

    Raises DeviceError.
    """
    return await bounded("the inverter", SunSpecDevice.open(unit))


class LateDevice(Late[InverterDevice]):
    """A device with an inverter that may sleep.

    Args:
        unit: where it will answer.
        identity: who it is to be, as far as that is known.
        opened: is told of the device, once.
        start: begins a task of a name; who calls it may cancel the task.
        clock: a monotonic clock in seconds.
        line: its line, if others share it.
        manners: how long it is waited for, and left alone when it is silent.
    """

    def __init__(
        self,
        unit: ModbusUnit,
        identity: Identity,
        opened: Callable[[InverterDevice], None],
        start: Start[InverterDevice] | None = None,
        clock: Callable[[], float] = monotonic,
        *,
        line: Line | None = None,
        manners: Manners = INVERTER,
    ) -> None:
        super().__init__(unit, "inverter", identity, start, clock, line, manners)
        self._told = opened

    @property
    def identity(self) -> Identity:
        """Who it is to be."""
        return self._expected

    async def snapshot(self) -> Snapshot:
        """Read it, once it is there. Raises DeviceError."""
        device = await self.device()
        return await self.heard(device, device.snapshot())

    async def commanded(self) -> InverterDevice:
        """Return it to be commanded: after a silence it is read before, for it may be another one.

        Raises DeviceError.
        """
        device = await self.device()
        if self._was_away:
            await self.heard(device, device.snapshot())
        return device

    @property
    def controllable(self) -> bool:
        """Whether the battery is known to follow a set-point."""
        return self._device is not None and self._device.battery is not None and self._device.battery.controllable

    @property
    def cadence(self) -> Cadence | None:
        """How the battery's set-point may be moved, as far as that is known."""
        return None if self._device is None or self._device.battery is None else self._device.battery.cadence

    @property
    def output(self) -> Output | None:
        """What can be asked of it at its connection to the grid, once it is there."""
        return None if self._device is None else self._device.output

    @property
    def reservable(self) -> bool:
        """Whether the battery is known to keep a reserve."""
        battery: Battery | None = None if self._device is None else self._device.battery
        return battery is not None and _reserves(battery)

    @property
    def wear(self) -> Wear | None:
        """What was written to its memory; see ``capability.Wearable``."""
        return None

    @override
    def _door(self, device: InverterDevice) -> Door:
        return device.door

    @override
    def _found(self, device: InverterDevice) -> None:
        self._told(device)


def _reserves(battery: Battery) -> bool:
    return isinstance(battery, Reserving) and battery.reservable


class LateHybrid(LateDevice):
    """A device that a register map describes, and that may sleep; see ``LateDevice``."""

    def __init__(
        self,
        unit: ModbusUnit,
        described: RegisterMap,
        identity: Identity,
        opened: Callable[[InverterDevice], None],
        start: Start[InverterDevice] | None = None,
        clock: Callable[[], float] = monotonic,
        *,
        line: Line | None = None,
        manners: Manners = INVERTER,
    ) -> None:
        super().__init__(unit, identity, opened, start, clock, line=line, manners=manners)
        self._map = described
        # Of the place, not of the driver, which is made when the device answers.
        self._wear = Wear(clock) if described.control.writes_per_day else None
        approach(unit, described.wiring)  # Before it is knocked at: the first request opens the link.

    @property
    @override
    def wear(self) -> Wear | None:
        return self._wear

    @override
    async def _make(self) -> InverterDevice:
        with suppress(DeviceRefusedError, DeviceNonsenseError):  # It is there; the probe tells what is wrong with it.
            await self._ask(knock(self._unit, self._map))
        identity = await probe_hybrid(self._unit, self._map)
        return MapHybrid(
            self._unit, self._map, identity, self._clock, line=self._line, manners=self._manners, wear=self._wear
        )


class LateSunSpec(LateDevice):
    """A SunSpec device that may sleep; see ``LateDevice``."""

    def __init__(
        self,
        unit: ModbusUnit,
        identity: Identity,
        opened: Callable[[InverterDevice], None],
        start: Start[InverterDevice] | None = None,
        clock: Callable[[], float] = monotonic,
        *,
        line: Line | None = None,
        manners: Manners = INVERTER,
    ) -> None:
        super().__init__(unit, identity, opened, start, clock, line=line, manners=manners)
        self._marker = Marker(self._what, unit)

    @override
    async def _make(self) -> InverterDevice:
        base = await self._marker.find(self._ask)
        return await bounded(
            "the inverter",
            SunSpecDevice.open(self._unit, self._clock, bases=(base,), line=self._line, manners=self._manners),
        )


class LateInverter(Inverter):
    """The inverter of a device that may come later."""

    def __init__(self, device: LateDevice) -> None:
        """Read the device once it is there."""
        self._device = device

    @property
    @override
    def identity(self) -> Identity:
        return self._device.identity

    @property
    @override
    def door(self) -> Door:
        return self._device

    @override
    async def read(self) -> InverterReading:
        return (await self._device.snapshot()).inverter


class LateBattery(Battery, Reserving, Steerable, Wearable):
    """The battery of a device that may come later."""

    def __init__(self, device: LateDevice) -> None:
        """Read the device once it is there."""
        self._device = device

    @property
    @override
    def identity(self) -> Identity:
        return self._device.identity

    @property
    @override
    def door(self) -> Door:
        return self._device

    @property
    @override
    def controllable(self) -> bool:
        return self._device.controllable

    @property
    @override
    def cadence(self) -> Cadence | None:
        return self._device.cadence

    @property
    @override
    def wear(self) -> Wear | None:
        return self._device.wear

    @override
    async def read(self) -> BatteryReading:
        _of(await self._device.device())
        return (await self._device.snapshot()).battery

    @override
    async def set_power(self, watts: int, lease_s: int) -> None:
        await (await self._battery()).set_power(watts, lease_s)

    @override
    async def release(self) -> None:
        await (await self._battery()).release()

    @property
    @override
    def reservable(self) -> bool:
        return self._device.reservable

    @override
    async def set_reserve(self, percent: int) -> None:
        battery = await self._battery()
        if not isinstance(battery, Reserving):
            raise DeviceRefusedError(f"{self.identity} has no setting for a reserve")
        await battery.set_reserve(percent)

    async def _battery(self) -> Battery:
        return _of(await self._device.commanded())


def _of(device: InverterDevice) -> Battery:
    if device.battery is None:
        raise DeviceNonsenseError(f"{device.identity} has no battery any more: set the inverter up again")
    return device.battery
