"""Devices that may be silent when their program starts: an inverter at night, a meter before its gateway has power.

A driver can only be made of a device that has answered. Until then each reading fails with the reason, the device is
asked again now and then, with one short request, and nothing else waits for it: what is behind the same gateway is read
meanwhile.
"""

from abc import ABC, abstractmethod
import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from functools import partial
from time import monotonic
from typing import Any, Final, override

from modbus_connection import ModbusUnit

from .asking import ask, line_is_held
from .capability import Battery, BatteryReading, Door, Identity, Inverter, InverterReading, Meter, MeterReading
from .errors import DeviceError, DeviceNonsenseError, DeviceRefusedError, DeviceSilentError, LineHeldError
from .line import Line
from .mapping import RegisterMap, knock
from .meter import MapMeter
from .probe import PROBE_TIMEOUT_S, probe_meter
from .silence import INVERTER, KNOCK_S, METER, Manners, Silence, again, yields
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


type Start[D] = Callable[[Coroutine[Any, Any, D], str], asyncio.Task[D]]
"""Begins a task of a name; who calls it may cancel the task."""


class Late[D](ABC, Door):
    """A device whose driver is made when it answers.

    Args:
        unit: where it will answer.
        what: the device, as it begins a sentence.
        start: begins a task.
        clock: a monotonic clock in seconds.
        line: its line, if others share it.
        manners: how long it is waited for, and left alone when it is silent.
    """

    def __init__(
        self,
        unit: ModbusUnit,
        what: str,
        start: Start[D] | None,
        clock: Callable[[], float],
        line: Line | None,
        manners: Manners,
    ) -> None:
        self._unit = unit
        self._what = what
        self._start = start or (lambda coroutine, name: asyncio.create_task(coroutine, name=name))
        self._clock = clock
        self._line = line or Line()
        self._manners = manners
        self._silence = Silence(manners, self._line, clock)
        self._device: D | None = None
        self._opening: asyncio.Task[D] | None = None

    async def device(self) -> D:
        """Return the device once it has answered.

        Raises DeviceError.
        """
        if self._device is not None:
            return self._device
        if self._opening is None and self._silence.error is not None:
            raise again(self._silence.error)
        if self._opening is None and yields(self, self._manners, self._line, self._clock()):
            raise line_is_held(self._what)
        # A reading that gives up after its second must not take the asking with it.
        opening = self._open()
        await asyncio.wait({opening})
        return opening.result()

    async def wait(self) -> None:
        """Give the device a moment to answer, whether it does or not."""
        await asyncio.wait({self._open()}, timeout=PATIENCE_S)

    @property
    @override
    def hindered(self) -> bool:
        """Whether another device on its line may keep this one from being heard."""
        if self._device is not None:
            return self._door(self._device).hindered
        return self._line.hindered(self, self._clock())

    @property
    @override
    def due(self) -> bool:
        """Whether it is silent, and may be asked again by now."""
        if self._device is not None:
            return self._door(self._device).due
        return self._opening is None and self._silence.due

    @override
    async def knock(self) -> None:
        """Ask once whether it is there; if it is, find out who it is."""
        if self._device is not None:
            await self._door(self._device).knock()
        else:
            await asyncio.wait({self._open()})

    @override
    def hasten(self) -> None:
        """Let it be asked again now."""
        if self._device is not None:
            self._door(self._device).hasten()
        else:
            self._silence.hasten()

    @abstractmethod
    async def _find(self) -> D:
        """Make the driver, with at most one request that nobody answers."""

    @abstractmethod
    def _door(self, device: D) -> Door:
        """Give the device's own door."""

    def _found(self, device: D) -> None:
        """Take note of the device."""

    async def _ask[T](self, request: Callable[[], Awaitable[T]]) -> T:
        return await ask(self, self._what, self._unit, self._line, request, KNOCK_S, self._clock)

    def _open(self) -> asyncio.Task[D]:
        if self._opening is None:
            self._opening = self._start(self._find(), f"open {self._what}")
            self._opening.add_done_callback(self._opened)
        return self._opening

    def _opened(self, opening: asyncio.Task[D]) -> None:
        self._opening = None
        if opening.cancelled():
            return
        match opening.exception():
            case None:
                self._silence.answered()
                self._device = opening.result()
                self._found(self._device)
            case LineHeldError():
                pass  # It was asked at a bad time, and is asked again.
            case DeviceSilentError() as error:
                self._silence.unanswered(error, linked=error.linked)
            case DeviceError() as error:
                self._silence.unanswered(error, linked=True)
            # Anything else is no device's fault: the next reading opens it again, and passes it on.


class LateSunSpec(Late[SunSpecDevice]):
    """A SunSpec device that may sleep.

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
        opened: Callable[[SunSpecDevice], None],
        start: Start[SunSpecDevice] | None = None,
        clock: Callable[[], float] = monotonic,
        *,
        line: Line | None = None,
        manners: Manners = INVERTER,
    ) -> None:
        super().__init__(unit, f"the inverter {identity}", start, clock, line, manners)
        self.identity = identity
        self._told = opened
        self._bases = deque(BASES)

    @property
    def controllable(self) -> bool:
        """Whether the battery is known to follow a set-point."""
        return self._device is not None and self._device.battery is not None and self._device.battery.controllable

    @override
    async def _find(self) -> SunSpecDevice:
        base = await self._base()
        device = await _open(
            SunSpecDevice.open(self._unit, self._clock, bases=(base,), line=self._line, manners=self._manners)
        )
        if not self.identity.may_be(device.identity):
            raise DeviceNonsenseError(
                f"{device.identity} answers in the place of {self.identity}: set an exchanged inverter up again"
            )
        return device

    async def _base(self) -> int:
        """Find where the map begins.

        Some devices keep silent about addresses outside of their map: after a silence the next address is asked for.
        """
        for _ in BASES:
            base = self._bases[0]
            try:
                if await self._ask(partial(is_marked, self._unit, base)):
                    return base
            except LineHeldError:
                raise
            except DeviceSilentError:
                if self._unit.connected:
                    self._bases.rotate(-1)
                raise
            except DeviceRefusedError, DeviceNonsenseError:
                pass  # It is there, and its map begins elsewhere.
            self._bases.rotate(-1)
        raise DeviceNonsenseError(
            f"{self._what} does not speak SunSpec (no marker at {', '.join(map(str, BASES))}); check the device type, "
            "the unit number and that SunSpec Modbus is enabled in its settings"
        )

    @override
    def _door(self, device: SunSpecDevice) -> Door:
        return device.door

    @override
    def _found(self, device: SunSpecDevice) -> None:
        self._told(device)


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
    def door(self) -> Door:
        return self._device

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
