"""Devices that follow a script, and a time that passes second by second when a test says so."""

import asyncio
from collections.abc import Callable
from typing import override

from localvpp.devices import (
    Battery,
    BatteryReading,
    Charger,
    ChargerReading,
    ChargerState,
    DeviceError,
    Door,
    GasMeter,
    GasReading,
    Identity,
    Inverter,
    InverterReading,
    Meter,
    MeterReading,
    Relay,
    RelayReading,
)

from .place import HandClock
from .small_coordinator import PATIENCE_S

WHO = Identity(manufacturer="Test", model="Script", serial="12000101")

type Act[R] = Callable[[], R | DeviceError | None]
"""What a device does at a read: gives a reading, fails with an error, or stays silent (None)."""


async def _perform[R](act: Act[R]) -> R:
    match act():
        case DeviceError() as error:
            raise error
        case None:
            await asyncio.Event().wait()
            raise AssertionError("silence has no end")
        case reading:
            return reading


class ScriptedDoor(Door):
    """A door that is due when a test says so, and counts what is done at it."""

    def __init__(self) -> None:
        self.is_due = False
        self.knocks = 0
        self.hastened = 0

    @property
    @override
    def hindered(self) -> bool:
        return False

    @property
    @override
    def due(self) -> bool:
        return self.is_due

    @override
    async def knock(self) -> None:
        self.knocks += 1

    @override
    def hasten(self) -> None:
        self.hastened += 1


class ScriptedMeter(Meter):
    """A meter whose registers grow by `step` at each read, until a test gives it another act."""

    def __init__(self) -> None:
        self._door = ScriptedDoor()
        self.imported, self.exported = 1_000_000, 5_000
        self.step = (1, 0)
        self.power_w: float | None = 3600.0
        self.frequency_hz: float | None = 60.01
        self.rated_w: int | None = None
        self.act: Act[MeterReading] = self.count

    def count(self) -> MeterReading:
        reading = MeterReading(
            power_w=self.power_w,
            import_wh=self.imported,
            export_wh=self.exported,
            voltage_v=201.5,
            frequency_hz=self.frequency_hz,
            rated_w=self.rated_w,
        )
        self.imported += self.step[0]
        self.exported += self.step[1]
        return reading

    @property
    @override
    def identity(self) -> Identity:
        return WHO

    @property
    @override
    def door(self) -> ScriptedDoor:
        return self._door

    @override
    async def read(self) -> MeterReading:
        return await _perform(self.act)


class ScriptedInverter(Inverter):
    """An inverter that says what it was given."""

    def __init__(self) -> None:
        self._door = ScriptedDoor()
        self.act: Act[InverterReading] = lambda: InverterReading(pv_power_w=1800.4, grid_connected=True)

    @property
    @override
    def identity(self) -> Identity:
        return WHO

    @property
    @override
    def door(self) -> ScriptedDoor:
        return self._door

    @override
    async def read(self) -> InverterReading:
        return await _perform(self.act)


class ScriptedBattery(Battery):
    """A battery that says what it was given and takes no orders."""

    def __init__(self) -> None:
        self.act: Act[BatteryReading] = lambda: BatteryReading(power_w=-300.0, soc_percent=64.2)

    @property
    @override
    def identity(self) -> Identity:
        return WHO

    @property
    @override
    def controllable(self) -> bool:
        return False

    @override
    async def read(self) -> BatteryReading:
        return await _perform(self.act)

    @override
    async def set_power(self, watts: int, lease_s: int) -> None:
        raise DeviceError("this battery takes no orders")

    @override
    async def release(self) -> None:
        raise DeviceError("this battery takes no orders")


class ScriptedRelay(Relay):
    """A relay that says what it was given and takes no orders."""

    def __init__(self) -> None:
        self._door = ScriptedDoor()
        self.act: Act[RelayReading] = lambda: RelayReading(closed=True, energised=True, commanded=True)

    @property
    @override
    def identity(self) -> Identity:
        return WHO

    @property
    @override
    def door(self) -> ScriptedDoor:
        return self._door

    @override
    async def read(self) -> RelayReading:
        return await _perform(self.act)

    @override
    async def command(self, closed: bool) -> None:
        raise DeviceError("this relay takes no orders")


class ScriptedCharger(Charger):
    """A charger that says what it was given and takes no orders."""

    can_discharge = False

    def __init__(self) -> None:
        self.act: Act[ChargerReading] = lambda: ChargerReading(power_w=0.0, state=ChargerState.UNPLUGGED)

    @property
    @override
    def identity(self) -> Identity:
        return WHO

    @property
    @override
    def door(self) -> None:
        return None

    @property
    @override
    def controllable(self) -> bool:
        return False

    @override
    async def read(self) -> ChargerReading:
        return await _perform(self.act)

    @override
    async def limit(self, milliamperes: int, lease_s: int) -> None:
        raise DeviceError("this charger takes no orders")

    @override
    async def pause(self, lease_s: int) -> None:
        raise DeviceError("this charger takes no orders")

    @override
    async def discharge(self, watts: int, lease_s: int) -> None:
        raise DeviceError("this charger takes no orders")

    @override
    async def release(self) -> None:
        raise DeviceError("this charger takes no orders")


class ScriptedGasMeter(GasMeter):
    """A gas meter that says what it was given."""

    def __init__(self) -> None:
        self.act: Act[GasReading] = lambda: GasReading(volume_l=1_000)

    @property
    @override
    def identity(self) -> Identity:
        return WHO

    @property
    @override
    def door(self) -> None:
        return None

    @override
    async def read(self) -> GasReading:
        return await _perform(self.act)


class PassingTime:
    """Stands for asyncio.sleep of a whole agent: whoever sleeps is woken by the test, the clock set to his hour."""

    def __init__(self, clock: HandClock) -> None:
        self.clock = clock
        self._asleep: dict[str, tuple[float, asyncio.Event]] = {}
        self._changed = asyncio.Event()

    async def __call__(self, seconds: float) -> None:
        task = asyncio.current_task()
        assert task is not None
        wake = asyncio.Event()
        self._asleep[task.get_name().rpartition(" ")[2]] = (self.clock.passed + seconds, wake)
        self._changed.set()
        await wake.wait()

    async def asleep(self, who: str) -> None:
        """Wait until a task of the agent ("poll", "link") sleeps."""
        async with asyncio.timeout(PATIENCE_S):
            while who not in self._asleep:
                self._changed.clear()
                await self._changed.wait()

    async def wake(self, who: str) -> float:
        """Let a task's sleep pass; return how long it was still to sleep."""
        await self.asleep(who)
        hour, wake = self._asleep.pop(who)
        left = max(hour - self.clock.passed, 0)
        self.clock.move(left)
        wake.set()
        return left

    async def seconds(self, number: int = 1) -> None:
        """Let the agent poll so often, and wait for the end of what each poll sets off."""
        for _ in range(number):
            await self.wake("poll")
            await self.asleep("poll")
