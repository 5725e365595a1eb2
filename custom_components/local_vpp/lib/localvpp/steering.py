"""The one hand on the battery's power: whoever wants something of it claims it here, and nobody else writes set-points.

Who counts and what that comes to is decided by `control`. A device that is slow or silent holds up nothing but this.
What was asked ends by itself, in the device, when this program dies; a claim that is withdrawn ends it at once: a
writing that is under way for it is given up. Each command tells the device its lease before it tells it to move, so
what was half written ends as well, if letting go fails.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
import logging
from typing import Final

from .clock import Clock
from .control import BEAT_S, Claimant, Do, Held, Let, Pace, Power, Wish, owner, turn
from .devices import Battery, Cadence, DeviceError, DeviceRefusedError, Steerable

_LOGGER = logging.getLogger(__name__)

WRITE_S: Final = 5.0
"""So long a device may take to take a command."""
RETRY_S: Final = 10.0
"""So long a device that did not take a command is left alone, unless something else is to be done now: whoever asks a
silent one each second holds up its line, which the living room's contacts may share."""
RELEASE_RETRY_S: Final = 2.0
"""So soon a device that was not let go of is tried again; twice as late each time, up to the other."""
_LEASE_S: Final = 30
"""Of a battery that does not say how it may be steered."""


def cadence_of(battery: Battery) -> Cadence | None:
    """Return what a battery says of how it may be steered; None if it is not, or not known yet."""
    return battery.cadence if isinstance(battery, Steerable) else None


def pace_of(battery: Battery) -> Pace:
    """Return how often a battery's set-point may move."""
    cadence = cadence_of(battery)
    if cadence is None:
        return Pace(_LEASE_S)
    return Pace(cadence.lease_s, max(BEAT_S, cadence.change_s))


class GaveWayError(Exception):
    """What was being written was given up: the battery has to be let go of first."""


class Steering:
    """Steers the battery of one flat.

    Args:
        flat: its name, for the log.
        battery: gives the battery, as it is known by now.
        clock: its monotonic time.
    """

    def __init__(self, flat: str, battery: Callable[[], Battery | None], clock: Clock) -> None:
        self._flat = flat
        self._battery = battery
        self._clock = clock
        self._claims: dict[Claimant, Wish] = {}
        self._wake = asyncio.Event()
        self._alone = asyncio.Lock()
        """Held by whoever writes to the battery, its settings, too."""
        self._under_way: asyncio.Timeout | None = None
        """Of what is being written and may be given up."""
        self._pace = Pace(_LEASE_S)
        self.held: Held | None = None
        """What the battery may be held to."""
        self._failed: tuple[Claimant | None, Do] | None = None
        """What was to be done, and for whom, when the device did not take it."""
        self._refused_w: int | None = None
        """The power that it refused then; None where it was silent: nobody knows what a silent one does."""
        self._again_at = 0.0
        self._pause_s = RELEASE_RETRY_S
        self.problem: str | None = None
        """Why the last command was not taken, as a sentence."""

    @property
    def busy(self) -> bool:
        """Whether something is due or being done."""
        return self._wake.is_set() or self._alone.locked()

    @property
    def owner(self) -> Claimant | None:
        """Who steers; None where nobody does."""
        return owner(self._claims)

    def claim(self, claimant: Claimant, wish: Wish | None) -> None:
        """Say each second what is wished; None withdraws it."""
        if wish is None:
            self._claims.pop(claimant, None)
        else:
            self._claims[claimant] = wish
        if self._claims or self.held is not None:
            self._wake.set()
        under_way = self._under_way
        if under_way is not None and not under_way.expired() and self._is_overruled():
            under_way.reschedule(asyncio.get_running_loop().time())

    def _is_overruled(self) -> bool:
        """Whether the battery is held to what is wished no more, and something else is to be done with it."""
        claimant, held = self.owner, self.held
        wish = Let.GO if claimant is None else self._claims[claimant]
        return held is not None and wish is not Let.BE and (claimant is not held.claimant or wish is Let.GO)

    @asynccontextmanager
    async def setting(self) -> AsyncIterator[None]:
        """Write one of the battery's settings within WRITE_S, while nobody else writes to it.

        Raises:
            TimeoutError: it took longer.
            GaveWayError: the battery had to be let go of meanwhile.
        """
        async with self._alone, self._giving_way():
            yield

    @asynccontextmanager
    async def _giving_way(self) -> AsyncIterator[None]:
        ends = asyncio.get_running_loop().time() + WRITE_S
        try:
            async with asyncio.timeout_at(ends) as limit:
                self._under_way = limit
                try:
                    yield
                finally:
                    self._under_way = None
        except (DeviceError, TimeoutError) as error:
            # A request that is given up may end as one that was not answered.
            if limit.expired() and (when := limit.when()) is not None and when < ends:
                raise GaveWayError from error
            raise

    async def run(self) -> None:
        """Do what follows from the claims until cancelled; what the market has asked is then taken back.

        Anything else that still runs then ends by itself: a slow filling is to go on over a restart.
        """
        try:
            while True:
                await self._wake.wait()
                self._wake.clear()
                async with self._alone:
                    await self._turn()
        finally:
            if self.held is not None and self.held.claimant is Claimant.MARKET:
                self._claims.clear()
                self._failed = None
                async with self._alone:
                    await self._turn()

    async def _turn(self) -> None:
        battery, now = self._battery(), self._clock.monotonic()
        if battery is None:
            self.held = None
            return
        if self.held is None or cadence_of(battery) is not None:
            self._pace = pace_of(battery)
        claims: dict[Claimant, Wish] = self._claims
        if not battery.controllable:
            # As far as it is known by now. What it was asked before may still run, and can be taken back.
            claims = {each: Let.BE if isinstance(wish, Power) else wish for each, wish in claims.items()}
        done = turn(self.held, claims, self._pace, now)
        doing = (self.owner, done.do)
        if doing == self._failed and now < self._again_at and not self._is_less(done.held):
            return
        # Of a command that is not acknowledged nobody knows whether it was taken.
        self.held = done.held
        if done.do is Do.NOTHING:
            return
        try:
            if done.do is Do.RELEASE:
                async with asyncio.timeout(WRITE_S):
                    await battery.release()
                self.held = None
            else:
                await self._ask(battery, done.held)
        except GaveWayError:
            return
        except (DeviceError, ValueError, TimeoutError) as error:
            self._not_taken(doing, str(error) or f"no answer within {WRITE_S:g} s")
            if isinstance(error, DeviceRefusedError) and done.held is not None:
                self._refused_w = done.held.watts
            return
        except Exception as error:
            # Whatever a driver does not foresee: the blackout logic hangs on the same program.
            why = f"this program is at fault: {error!r}"
            if why != self.problem:
                _LOGGER.exception("Flat %s: what commands its battery is at fault", self._flat)
                self.problem = why
            self._not_taken(doing, why)
            return
        if self.problem is not None:
            _LOGGER.info("Flat %s: its battery takes commands again", self._flat)
        self.problem = self._failed = self._refused_w = None
        self._pause_s = RELEASE_RETRY_S

    def _is_less(self, held: Held | None) -> bool:
        """Whether less is asked of a device than it has refused: that waits for nothing."""
        refused_w = self._refused_w
        return held is not None and refused_w is not None and abs(held.watts) < abs(refused_w)

    async def _ask(self, battery: Battery, held: Held | None) -> None:
        assert held is not None, "something is asked"
        try:
            async with self._giving_way():
                await battery.set_power(held.watts, self._pace.lease_s)
        finally:
            # A device that is slow counts its lease from the end of the writing.
            self.held = replace(held, asked_at=self._clock.monotonic())

    def _not_taken(self, doing: tuple[Claimant | None, Do], why: str) -> None:
        self._refused_w = None
        pause_s = self._pause_s if doing[1] is Do.RELEASE else RETRY_S
        self._failed, self._again_at = doing, self._clock.monotonic() + pause_s
        self._pause_s = min(2 * self._pause_s, RETRY_S) if doing[1] is Do.RELEASE else RELEASE_RETRY_S
        if self.problem is None:
            _LOGGER.warning("Flat %s: its battery does not take a command: %s", self._flat, why)
        self.problem = why
