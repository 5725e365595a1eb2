"""A SunSpec device that may sleep when its flat starts, as inverters do at night.

A driver can only be made of a device that has answered. Until then each reading fails with the reason, the device is
asked again now and then, and nothing else waits for it: the meter, above all, is read meanwhile.
"""

import asyncio
from collections.abc import Callable, Coroutine
from time import monotonic
from typing import Any, Final, override

from modbus_connection import ModbusUnit

from .capability import Battery, BatteryReading, Identity, Inverter, InverterReading
from .errors import DeviceError, DeviceNonsenseError, DeviceSilentError
from .probe import PROBE_TIMEOUT_S
from .sunspec import SunSpecDevice

REOPEN_AFTER_S: Final = 30.0
"""A sleeping inverter is asked so often whether it is awake. Asking costs its bus some seconds, in which a meter behind
the same gateway is not read: half a minute keeps that rare."""

PATIENCE_S: Final = 5.0
"""An inverter that is awake has said who it is by then; one that sleeps must not hold up the meter."""


async def open_sunspec(unit: ModbusUnit) -> SunSpecDevice:
    """Make the driver of the SunSpec device at a unit, within a bounded time.

    Raises DeviceError.
    """
    try:
        async with asyncio.timeout(PROBE_TIMEOUT_S):
            return await SunSpecDevice.open(unit)
    except TimeoutError as error:
        raise DeviceSilentError(
            f"the inverter did not answer within {PROBE_TIMEOUT_S:g} s; check its power, the cable and the unit number"
        ) from error


class LateSunSpec:
    """A SunSpec device whose driver is made when it answers.

    Args:
        unit: where it will answer.
        identity: who it is to be, as far as that is known.
        opened: is told of the device, once.
        start: begins a task of a name; who calls it may cancel the task.
        clock: a monotonic clock in seconds.
    """

    def __init__(
        self,
        unit: ModbusUnit,
        identity: Identity,
        opened: Callable[[SunSpecDevice], None],
        start: Callable[[Coroutine[Any, Any, SunSpecDevice], str], asyncio.Task[SunSpecDevice]] | None = None,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self.identity = identity
        self._unit = unit
        self._told = opened
        self._start = start or (lambda coroutine, name: asyncio.create_task(coroutine, name=name))
        self._clock = clock
        self._device: SunSpecDevice | None = None
        self._opening: asyncio.Task[SunSpecDevice] | None = None
        self._failure: DeviceError | None = None
        self._failed_at = 0.0

    @property
    def controllable(self) -> bool:
        """Whether the battery is known to follow a set-point."""
        return self._device is not None and self._device.battery is not None and self._device.battery.controllable

    async def wait(self) -> None:
        """Give the device a moment to answer, whether it does or not."""
        await asyncio.wait({self._open()}, timeout=PATIENCE_S)

    async def device(self) -> SunSpecDevice:
        """Return the device once it has answered.

        Raises DeviceError.
        """
        if self._device is not None:
            return self._device
        if self._opening is None and self._failure and self._clock() - self._failed_at < REOPEN_AFTER_S:
            raise type(self._failure)(str(self._failure))
        # A reading that gives up after its second must not take the asking with it.
        opening = self._opening or self._open()
        await asyncio.wait({opening})
        return opening.result()

    def _open(self) -> asyncio.Task[SunSpecDevice]:
        self._opening = self._start(self._find(), f"open {self.identity}")
        self._opening.add_done_callback(self._opened)
        return self._opening

    async def _find(self) -> SunSpecDevice:
        device = await open_sunspec(self._unit)
        if not self.identity.may_be(device.identity):
            raise DeviceNonsenseError(
                f"{device.identity} answers in the place of {self.identity}: set an exchanged inverter up again"
            )
        return device

    def _opened(self, opening: asyncio.Task[SunSpecDevice]) -> None:
        self._opening = None
        if opening.cancelled():
            return
        match opening.exception():
            case None:
                self._device = opening.result()
                self._told(self._device)
            case DeviceError() as error:
                self._failure, self._failed_at = error, self._clock()
            # Anything else is no device's fault: the next reading opens it again, and passes it on.


class LateInverter(Inverter):
    """The inverter of a device that may come later."""

    def __init__(self, device: LateSunSpec) -> None:
        """Read the device once it is there."""
        self._device = device

    @property
    @override
    def identity(self) -> Identity:
        return self._device.identity

    @override
    async def read(self) -> InverterReading:
        return await (await self._device.device()).inverter.read()


class LateBattery(Battery):
    """The battery of a device that may come later."""

    def __init__(self, device: LateSunSpec) -> None:
        """Read the device once it is there."""
        self._device = device

    @property
    @override
    def identity(self) -> Identity:
        return self._device.identity

    @property
    @override
    def controllable(self) -> bool:
        return self._device.controllable

    @override
    async def read(self) -> BatteryReading:
        return await (await self._battery()).read()

    @override
    async def set_power(self, watts: int, lease_s: int) -> None:
        await (await self._battery()).set_power(watts, lease_s)

    @override
    async def release(self) -> None:
        await (await self._battery()).release()

    async def _battery(self) -> Battery:
        battery = (await self._device.device()).battery
        if battery is None:
            raise DeviceNonsenseError(f"{self.identity} has no battery any more: set the inverter up again")
        return battery
