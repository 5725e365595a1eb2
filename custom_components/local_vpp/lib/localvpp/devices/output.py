"""Commands at an inverter's connection to the grid, each for the time of a lease: to feed less, and to leave the grid.

Whoever commands may die. So what limits an inverter, or takes it off the grid, is asked for with the device's own time
limit, and is written again at half of it; a device without one is not asked. To let it return to the grid is harmless
at any time: the device returns when its own protection lets it.
"""

import asyncio
from collections.abc import Callable
from typing import Protocol

from .capability import Limitable, Separable
from .lease import Lease


class Orders(Protocol):
    """How a make of inverter is told."""

    @property
    def limitable(self) -> bool:
        """Whether limit and lease are there, as far as was read."""

    @property
    def separable(self) -> bool:
        """Whether it leaves the grid for the time of a lease, as far as was read."""

    @property
    def reconnectable(self) -> bool:
        """Whether it can be told to return."""

    def kept_s(self, lease_s: int) -> int:
        """Give the lease that the device will keep for one that is asked for. Raises ValueError."""

    def forget(self) -> None:
        """Hold nothing for written any more: a lease has ended, and the device has gone back by itself."""

    async def limit(self, watts: int, lease_s: int) -> None:
        """Write a limit with its lease. Raises DeviceError."""

    async def unlimit(self) -> None:
        """Take the limit away. Raises DeviceError."""

    async def separate(self, lease_s: int) -> None:
        """Write the separation with its lease. Raises DeviceError."""

    async def reconnect(self) -> None:
        """Let it return. Raises DeviceError."""


class Output(Limitable, Separable):
    """What can be asked of one inverter.

    Args:
        orders: how it is told.
        clock: a monotonic clock in seconds.
    """

    def __init__(self, orders: Orders, clock: Callable[[], float]) -> None:
        self._orders = orders
        self._clock = clock
        self._limit: Lease | None = None
        self._separation: Lease | None = None
        self._writing = asyncio.Lock()

    @property
    def limitable(self) -> bool:
        """See ``capability.Limitable``."""
        return self._orders.limitable

    @property
    def separable(self) -> bool:
        """See ``capability.Separable``."""
        return self._orders.separable

    @property
    def reconnectable(self) -> bool:
        """See ``capability.Separable``."""
        return self._orders.reconnectable

    async def limit(self, watts: int, lease_s: int) -> None:
        """Let it feed at most so much; see ``capability.Limitable.limit``."""
        if watts < 0:
            raise ValueError(f"watts is {watts}: an inverter's output is limited to 0 W or more")
        kept_s = self._orders.kept_s(lease_s)
        async with self._writing:
            now = self._clock()
            if self._limit is not None and not self._limit.must_write(watts, watts, kept_s, now=now):
                return
            self._forget_after(self._limit, now)
            # Until the device has taken all of it, nothing is known to hold: a failed writing is tried again.
            self._limit = None
            await self._orders.limit(watts, kept_s)
            self._limit = Lease(watts=watts, target_w=watts, lease_s=kept_s, at=now)

    async def unlimit(self) -> None:
        """Take the limit away; see ``capability.Limitable.unlimit``."""
        async with self._writing:
            self._limit = None
            await self._orders.unlimit()

    async def go_off_grid(self, lease_s: int) -> None:
        """Leave the grid for a while; see ``capability.Separable.go_off_grid``."""
        kept_s = self._orders.kept_s(lease_s)
        async with self._writing:
            now = self._clock()
            if self._separation is not None and not self._separation.must_write(0, 0, kept_s, now=now):
                return
            self._forget_after(self._separation, now)
            self._separation = None
            await self._orders.separate(kept_s)
            self._separation = Lease(watts=0, target_w=0, lease_s=kept_s, at=now)

    async def reconnect(self) -> None:
        """Let it return; see ``capability.Separable.reconnect``."""
        async with self._writing:
            self._separation = None
            await self._orders.reconnect()

    def _forget_after(self, lease: Lease | None, now: float) -> None:
        if lease is None or now - lease.at >= lease.lease_s:
            self._orders.forget()
