"""What a person has to know and no step of the logic tells: a flat that is lost, a low battery, a dead journal (L3)."""

from collections.abc import Callable
from typing import Final

from ..islanding import Notice, Observation, Place

LOST_S: Final = 30.0
"""So long it may be unknown where the flat is before a person is told (L3)."""
NIGHT_S: Final = 24 * 3600.0
"""An inverter that needs nobody and sleeps by night is not missed before: the longest night of Hokkaido, and clouds."""


class Alarms:
    """Tells each of it once, and again when it was over meanwhile.

    Args:
        tell: tells people.
        floor_percent: the charge that the emergency needs.
    """

    def __init__(self, tell: Callable[[Notice, str], None], floor_percent: float) -> None:
        self._tell = tell
        self._floor_percent = floor_percent
        self._known_at: float | None = None
        """When it was known last where the flat is."""
        self._low = False
        self._journal_told = False
        self.lost = False
        """Whether it has been unknown for a while where the flat is."""

    def begin(self, now: float) -> None:
        """Begin to wait for what tells where the flat is."""
        self._known_at = now

    def second(self, seen: Observation, where: Place, now: float, *, sleeps: bool) -> None:
        """Look at a second; an inverter that sleeps by night is missed later."""
        self._look_at_the_charge(seen, where)
        self._look_at_the_feedback(where, now, NIGHT_S if sleeps else LOST_S)

    def journal(self, problem: str | None) -> None:
        """Look at the journal."""
        if problem is not None and not self._journal_told:
            self._tell(Notice.JOURNAL_FAILED, problem)
        self._journal_told = problem is not None

    def _look_at_the_charge(self, seen: Observation, where: Place) -> None:
        floor, known = self._floor_percent, seen.soc_percent
        low = where is Place.ISLANDED and known is not None and known <= floor
        if low and not self._low:
            self._tell(Notice.BATTERY_LOW, f"{floor:g} %")
        self._low = low

    def _look_at_the_feedback(self, where: Place, now: float, patience_s: float) -> None:
        if where is not Place.UNKNOWN:
            self._known_at, self.lost = now, False
        elif self._known_at is not None and now - self._known_at >= patience_s and not self.lost:
            self.lost = True
            self._tell(Notice.FEEDBACK_LOST, "")
