"""When something fails: told once when it breaks, and once when it has healed.

What fails and answers by turns, as a device does that takes longer than its second, has not healed. And what could not
be heard for a moment because another device held up its line has not broken.
"""

from collections import defaultdict
import logging
from typing import Final

from .clock import Clock

_LOGGER = logging.getLogger(__name__)

WELL_S: Final = 2.0
"""So long it has to answer to have healed: at three readings in a row. One that is too slow is known at each other."""

EXCUSED_S: Final = 5.0
"""So long others may keep it from being heard: longer than a gateway is deaf that waits for one device."""


class Outage:
    """Whether one thing fails. All times are of a monotonic clock, in seconds."""

    def __init__(self) -> None:
        self._broken_since: float | None = None
        self._well_since: float | None = None
        self._told = False

    def fails(self, now: float, *, proves: bool = True) -> bool:
        """Take down that it fails; return whether that is to be told.

        Args:
            now: the time.
            proves: whether that proves anything about the thing itself; what does not is told when it lasts.
        """
        if self._broken_since is None:
            self._broken_since = now
        self._well_since = None
        if self._told or not (proves or self.away_s(now) >= EXCUSED_S):
            return False
        self._told = True
        return True

    def answers(self, now: float) -> bool:
        """Take down that it answers; return whether it is to be told that it has healed."""
        self._broken_since = None
        if self._well_since is None:
            self._well_since = now
        if not self._told or now - self._well_since < WELL_S:
            return False
        self._told = False
        return True

    def away_s(self, now: float) -> float:
        """Return for how long it has failed without an answer."""
        return 0.0 if self._broken_since is None else now - self._broken_since


class Outages:
    """Tells the log of a flat's outages, by the names of what fails."""

    def __init__(self, flat: str, clock: Clock) -> None:
        self._flat = flat
        self._clock = clock
        self._outages: defaultdict[str, Outage] = defaultdict(Outage)

    def broke(self, name: str, reason: str, *, proves: bool = True) -> None:
        """Take down that something fails, and whether that proves anything about the thing itself."""
        if self._outages[name].fails(self._clock.monotonic(), proves=proves):
            _LOGGER.warning("The %s of flat %s fails: %s", name, self._flat, reason)

    def answered(self, name: str) -> float:
        """Take down that something answers; return for how many seconds it had failed."""
        outage, now = self._outages[name], self._clock.monotonic()
        away_s = outage.away_s(now)
        if outage.answers(now):
            _LOGGER.info("The %s of flat %s answers again", name, self._flat)
        return away_s
