"""Devices that may be silent when their program starts: an inverter at night, a meter before its gateway has power.

A driver can only be made of a device that has answered. Until then each reading fails with the reason, the device is
asked again now and then, with one short request, and nothing else waits for it: what is behind the same gateway is read
meanwhile.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine
from time import monotonic
from typing import Any, Final, override

from modbus_connection import ModbusUnit

from .capability import Battery, BatteryReading, Door, Identity, Inverter, InverterReading
from .errors import DeviceError, DeviceNonsenseError, DeviceRefusedError, DeviceSilentError, device_border
from .probe import PROBE_TIMEOUT_S
from .silence import ASLEEP_BESIDE_OTHERS, KNOCK_S, Manners, Silence, again, patience
from .sunspec import BASES, SunSpecDevice, is_marked

PATIENCE_S: Final = 5.0
"""An inverter that is awake has said who it is by then; one that sleeps must not hold up the meter."""


async def open_sunspec(unit: ModbusUnit) -> SunSpecDevice:
    """Make the driver of the SunSpec device at a unit, within a bounded time.

    Raises DeviceError.
    """
    return await _open(SunSpecDevice.open(unit))


async def _open(opening: Coroutine[Any, Any, SunSpecDevice]) -> SunSpecDevice:
    try:
        async with asyncio.timeout(PROBE_TIMEOUT_S):
            return await opening
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
        manners: how long it is waited for, and left alone when it is silent.
    """

    def __init__(
        self,
        unit: ModbusUnit,
        identity: Identity,
        opened: Callable[[SunSpecDevice], None],
        start: Callable[[Coroutine[Any, Any, SunSpecDevice], str], asyncio.Task[SunSpecDevice]] | None = None,
        clock: Callable[[], float] = monotonic,
        manners: Manners = ASLEEP_BESIDE_OTHERS,
    ) -> None:
        self.identity = identity
        self._unit = unit
        self._told = opened
        self._start = start or (lambda coroutine, name: asyncio.create_task(coroutine, name=name))
        self._clock = clock
        self._manners = manners
        self._silence = Silence(manners, clock)
        self._bases = deque(BASES)
        self._device: SunSpecDevice | None = None
        self._opening: asyncio.Task[SunSpecDevice] | None = None

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
        if self._opening is None and self._silence.error is not None:
            raise again(self._silence.error)
        # A reading that gives up after its second must not take the asking with it.
        opening = self._open()
        await asyncio.wait({opening})
        return opening.result()

    # --- its door ------------------------------------------------------------------------------

    @property
    def due(self) -> bool:
        """Whether it is silent, and may be asked again by now."""
        if self._device is not None:
            return self._device.door.due
        return self._opening is None and self._silence.due

    async def knock(self) -> None:
        """Ask once whether it is there; if it is, find out who it is."""
        if self._device is not None:
            await self._device.door.knock()
        else:
            await asyncio.wait({self._open()})

    def hasten(self) -> None:
        """Let it be asked again now."""
        self._silence.hasten()
        if self._device is not None:
            self._device.door.hasten()

    # --- opening -------------------------------------------------------------------------------

    def _open(self) -> asyncio.Task[SunSpecDevice]:
        if self._opening is None:
            self._opening = self._start(self._find(), f"open {self.identity}")
            self._opening.add_done_callback(self._opened)
        return self._opening

    async def _find(self) -> SunSpecDevice:
        base = await self._base()
        device = await _open(SunSpecDevice.open(self._unit, self._clock, bases=(base,), manners=self._manners))
        if not self.identity.may_be(device.identity):
            raise DeviceNonsenseError(
                f"{device.identity} answers in the place of {self.identity}: set an exchanged inverter up again"
            )
        return device

    async def _base(self) -> int:
        """Find where the map begins, with at most one request that nobody answers.

        Some devices keep silent about addresses outside of their map: after a silence the next address is asked for.
        """
        what = f"the inverter {self.identity}"
        for _ in BASES:
            base = self._bases[0]
            try:
                with device_border(what):
                    async with patience(self._unit, KNOCK_S):
                        if await is_marked(self._unit, base):
                            return base
            except DeviceSilentError:
                if self._unit.connected:
                    self._bases.rotate(-1)
                raise
            except DeviceRefusedError, DeviceNonsenseError:
                pass  # It is there, and its map begins elsewhere.
            self._bases.rotate(-1)
        raise DeviceNonsenseError(
            f"{what} does not speak SunSpec (no marker at {', '.join(map(str, BASES))}); check the device type, the "
            "unit number and that SunSpec Modbus is enabled in its settings"
        )

    def _opened(self, opening: asyncio.Task[SunSpecDevice]) -> None:
        self._opening = None
        if opening.cancelled():
            return
        match opening.exception():
            case None:
                self._silence.answered()
                self._device = opening.result()
                self._told(self._device)
            case DeviceError() as error:
                self._silence.unanswered(error, linked=self._unit.connected)
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

    @property
    @override
    def door(self) -> Door:
        return self._device

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
