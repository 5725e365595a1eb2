"""When a set-point must be written again: on a change, and at half of its lease.

A set-point that is not renewed ends by itself, in the device, so that a dead controller leaves no battery discharging
for ever. Renewing at half gives one more try before the end; writing no more often spares the memory of devices that
keep their settings in EEPROM and the line of those that share one.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final, Protocol

from .capability import Cadence
from .errors import MemoryWornError

SHORTEST_LEASE_S: Final = 1

STEERING_LEASE_S: Final = 30
"""Of a set-point that is moved all day, where the device takes it: so long a dead controller has its way."""

BEAT_S: Final = 1.0
"""A device that listens for its controller expects a beat each second (SunSpec 715 ``ControllerHb``)."""

FOLLOW_PV_W: Final = 50
"""A set-point for PV and battery together is moved when the PV moved by more than this; less is noise."""


_STANDS: Final = 2
"""So many leases long a set-point may stand: a device counts by its own clock, and one held 80 s of 60."""


def checked(lease_s: int, longest_s: int) -> int:
    """Give back a lease that a device can keep.

    Raises:
        ValueError: 0 (which SunSpec reads as "for ever"), negative, or more than the register holds.
    """
    if not SHORTEST_LEASE_S <= lease_s <= longest_s:
        raise ValueError(
            f"lease_s is {lease_s}: a set-point needs a lease from {SHORTEST_LEASE_S} to {longest_s} seconds, for one "
            "without end would outlive its controller"
        )
    return lease_s


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """The last set-point that a device took over.

    ``watts`` is what was asked for; ``target_w`` what was written for it, which may follow other readings; ``at`` is
    the monotonic time of the writing. A charger is asked for milliamperes in place of watts.
    """

    watts: int
    target_w: int
    lease_s: int
    at: float

    def must_write(self, watts: int, target_w: int, lease_s: int, *, now: float, deadband_w: int = 0) -> bool:
        """Tell whether to write: the order or its lease changed, the target moved, or half of the lease is over."""
        return (
            (watts, lease_s) != (self.watts, self.lease_s)
            or abs(target_w - self.target_w) > deadband_w
            or now - self.at >= self.lease_s / 2
        )


@dataclass(frozen=True, slots=True)
class Target:
    """What a wish for the battery comes to."""

    battery_w: int
    """Within what the battery can."""
    written_w: int
    """What the device is told for it: of one that counts at its AC terminals the PV's power is in it."""


class Orders[S](Protocol):
    """How one kind of device is commanded; ``S`` is what its readings are."""

    @property
    def controllable(self) -> bool:
        """Whether set-point and lease are there, as far as was read."""

    @property
    def deadband_w(self) -> int:
        """How far what is written may move without a writing."""

    @property
    def cadence(self) -> Cadence | None:
        """How a set-point may be moved; see ``capability.Steerable``."""

    def kept_s(self, lease_s: int) -> int:
        """Give the lease that the device will keep for one that is asked for.

        Raises:
            ValueError: none that the device has.
            DeviceError: it is not controlled.
        """

    def target(self, watts: int, told: S) -> Target:
        """Give what a wish comes to, by what was just read. Raises DeviceError."""

    async def activate(self, target: Target, lease_s: int, *, anew: bool, stops: bool = False) -> None:
        """Write a set-point with its lease and a beat; ``anew`` after the device fell back.

        One that ``stops`` the battery is written whatever its memory has borne today.

        Raises:
            MemoryWornError: nothing was written, for the device's memory bears no more today.
            DeviceError: whatever else.
        """

    async def deactivate(self) -> None:
        """Take the set-point away. Raises DeviceError."""

    async def beat(self) -> None:
        """Show the device that its controller lives, where it listens for that. Raises DeviceError."""


class Keeper[S]:
    """Keeps one device's set-point for as long as it is asked for.

    Args:
        orders: how it is commanded.
        clock: a monotonic clock in seconds.
        written: is told of each attempt to write: what the device showed of its set-point holds no more.
    """

    def __init__(
        self, orders: Orders[S], clock: Callable[[], float], written: Callable[[], None] = lambda: None
    ) -> None:
        self.orders = orders
        self._written = written
        self._clock = clock
        self._lease: Lease | None = None
        self._battery_w = 0
        self._stands_w, self._stands_until = 0, float("-inf")
        """The power that the device took last, whatever was tried since, and until when it may do that."""
        self._beaten_at = float("-inf")
        self.writing = asyncio.Lock()
        """Held by whoever writes to the device."""

    @property
    def held_w(self) -> float | None:
        """What the battery was asked to do, while the lease on it runs."""
        if self._lease is None or self._clock() - self._lease.at >= self._lease.lease_s:
            return None
        return self._battery_w

    async def hold(self, watts: int, lease_s: int, read: Callable[[], Awaitable[S]]) -> None:
        """Ask for a power, for the time of the lease; see ``capability.Battery.set_power``.

        Args:
            watts: what is wished.
            lease_s: for how long.
            read: tells what the device says now.
        """
        kept_s = self.orders.kept_s(lease_s)
        async with self.writing:
            now = self._clock()
            target = self.orders.target(watts, await read())
            if self._lease is not None and not self._lease.must_write(
                watts, target.written_w, kept_s, now=now, deadband_w=self.orders.deadband_w
            ):
                await self._beat(now)
                return
            before, anew = self._lease, self.held_w is None
            # Until the device has taken all of it, nothing is known to hold: a failed writing is tried again.
            self._lease = None
            try:
                target = await self._activate(target, kept_s, now, anew=anew)
            except MemoryWornError:
                self._lease = before
                raise
            finally:
                self._written()
            self._stands_w, self._stands_until = target.battery_w, now + _STANDS * kept_s
            self._lease = Lease(watts=watts, target_w=target.written_w, lease_s=kept_s, at=now)
            self._beaten_at = now
            self._battery_w = target.battery_w

    async def _activate(self, target: Target, kept_s: int, now: float, *, anew: bool) -> Target:
        """Write what is wished, and return what was written.

        Where the device's memory bears no more today, less is never refused: what stands is stopped, once. That leaves
        nothing that could be lessened again, so no loop wears the memory out by it.
        """
        try:
            await self.orders.activate(target, kept_s, anew=anew)
        except MemoryWornError:
            stands_w = self._stands_w if now < self._stands_until else 0
            if (target.battery_w - stands_w) * stands_w >= 0:  # Not towards zero.
                raise
            target = Target(0, target.written_w - target.battery_w)
            await self.orders.activate(target, kept_s, anew=anew, stops=True)
        return target

    async def _beat(self, now: float) -> None:
        if now - self._beaten_at >= BEAT_S:
            await self.orders.beat()
            self._beaten_at = now

    async def release(self) -> None:
        """Let the device decide by itself again; see ``capability.Battery.release``."""
        async with self.writing:
            self._lease = None
            try:
                await self.orders.deactivate()
            finally:
                self._written()
            self._stands_until = float("-inf")
