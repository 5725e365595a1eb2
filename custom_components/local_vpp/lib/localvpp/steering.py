"""The one hand on the battery's power: whoever wants something of it claims it here, and nobody else writes set-points.

Who counts and what that comes to is decided by `control`. A device that is slow or silent holds up nothing but this.
What was asked ends by itself, in the device, when this program dies; a claim that is withdrawn ends it at once.
"""

import asyncio
from collections.abc import Callable
import logging
from typing import Final

from .clock import Clock
from .control import BEAT_S, Claimant, Do, Held, Pace, Wish, owner, turn
from .devices import Battery, Cadence, DeviceError, Steerable

_LOGGER = logging.getLogger(__name__)

WRITE_S: Final = 5.0
"""So long a device may take to take a command."""
RETRY_S: Final = 10.0
"""So long a device that did not take a command is left alone, unless somebody else steers now: whoever asks a silent
one each second holds up its line, which the living room's contacts may share."""
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
        self.alone: Final = asyncio.Lock()
        """Held by whoever writes to the battery, its settings, too."""
        self.held: Held | None = None
        """What the battery may be held to."""
        self._failed_at = float("-inf")
        self._failed_for: Claimant | None = None
        self.problem: str | None = None
        """Why the last command was not taken, as a sentence."""

    @property
    def busy(self) -> bool:
        """Whether something is due or being done."""
        return self._wake.is_set() or self.alone.locked()

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

    async def run(self) -> None:
        """Do what follows from the claims until cancelled; a set-point that still runs then ends by itself."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            async with self.alone:
                await self._turn()

    async def _turn(self) -> None:
        battery = self._battery()
        if battery is None or not battery.controllable:
            self.held = None  # As far as it is known by now.
            return
        now = self._clock.monotonic()
        if self.owner is self._failed_for and now - self._failed_at < RETRY_S:
            return
        pace = pace_of(battery)
        done = turn(self.held, self._claims, pace, now)
        # Of a command that is not acknowledged nobody knows whether it was taken.
        self.held = done.held
        if done.do is Do.NOTHING:
            return
        try:
            async with asyncio.timeout(WRITE_S):
                if done.do is Do.RELEASE:
                    await battery.release()
                    self.held = None
                else:
                    assert done.held is not None, "something is asked"
                    await battery.set_power(done.held.watts, pace.lease_s)
        except (DeviceError, ValueError, TimeoutError) as error:
            self._failed_at, self._failed_for = now, self.owner
            self._failed(str(error) or f"no answer within {WRITE_S:g} s")
            return
        if self.problem is not None:
            _LOGGER.info("Flat %s: its battery takes commands again", self._flat)
        self.problem = None

    def _failed(self, why: str) -> None:
        if self.problem is None:
            _LOGGER.warning("Flat %s: its battery does not take a command: %s", self._flat, why)
        self.problem = why
