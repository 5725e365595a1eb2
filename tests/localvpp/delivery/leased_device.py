"""A device that keeps what it was asked for the time of its lease, by its own clock, and may be slow to take it."""

from typing import override

from localvpp.devices import BatteryReading, Cadence
from localvpp.devices.lease import Keeper, Orders, Target

from ..place import HandClock
from .steered_battery import SteeredBattery

LEASE_S = 30


class LeasedDevice(Orders[BatteryReading]):
    """The device.

    Args:
        clock: its clock.
        late_s: so long its next writings take.
    """

    def __init__(self, clock: HandClock, late_s: list[float]) -> None:
        self._clock = clock
        self._late_s = late_s
        self._until = float("-inf")
        self.written = 0

    @property
    def left_s(self) -> float:
        """How long it still does what it was asked."""
        return self._until - self._clock.monotonic()

    @property
    @override
    def controllable(self) -> bool:
        return True

    @property
    @override
    def deadband_w(self) -> int:
        return 0

    @property
    @override
    def cadence(self) -> Cadence:
        return Cadence(lease_s=LEASE_S)

    @override
    def kept_s(self, lease_s: int) -> int:
        return lease_s

    @override
    def target(self, watts: int, told: BatteryReading) -> Target:
        return Target(watts, watts)

    @override
    async def activate(self, target: Target, lease_s: int, *, anew: bool, stops: bool = False) -> None:
        self._clock.move(self._late_s.pop(0) if self._late_s else 0.0)
        self.written += 1
        self._until = self._clock.monotonic() + lease_s

    @override
    async def deactivate(self) -> None:
        self._until = float("-inf")

    @override
    async def beat(self) -> None:
        """It listens for no controller."""


class LeasedBattery(SteeredBattery):
    """Its battery."""

    def __init__(self, keeper: Keeper[BatteryReading]) -> None:
        super().__init__()
        self._keeper = keeper

    @property
    @override
    def cadence(self) -> Cadence:
        return Cadence(lease_s=LEASE_S)

    @override
    async def set_power(self, watts: int, lease_s: int) -> None:
        await self._keeper.hold(watts, lease_s, self.read)

    @override
    async def release(self) -> None:
        await self._keeper.release()
