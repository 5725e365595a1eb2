"""How often a device's memory was written to in the last 24 hours, and what of that a restart is to hand on.

What is handed on are ages by the hour, each hour's as young as its youngest: whoever goes on counts a little long, and
never short.
"""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

DAY_S: Final = 86_400.0
_GROUP_S: Final = 3600.0


@dataclass(frozen=True, slots=True)
class Written:
    """Writings of about one time."""

    age_s: float
    """How long ago the youngest was."""
    number: int


class Wear:
    """Of one device.

    Args:
        clock: a monotonic clock in seconds.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._times: deque[float] = deque()
        """The oldest first."""
        self.count = 0
        """All that was ever written by this program."""

    def wrote(self) -> None:
        """Take down a writing."""
        self._times.append(self._clock())
        self.count += 1

    @property
    def today(self) -> int:
        """How many there were in the last 24 hours."""
        begin = self._clock() - DAY_S
        while self._times and self._times[0] <= begin:
            self._times.popleft()
        return len(self._times)

    def told(self) -> list[Written]:
        """Return what is to be handed on, the youngest first."""
        assert self.today >= 0, "those that are older are forgotten"
        now = self._clock()
        ages = [now - each for each in reversed(self._times)]
        groups = (list(group) for _, group in groupby(ages, key=lambda age: age // _GROUP_S))
        return [Written(group[0], len(group)) for group in groups]

    def remember(self, before: Sequence[Written]) -> None:
        """Count what was written before this program began, too."""
        now = self._clock()
        earlier = [now - each.age_s for each in before for _ in range(each.number)]
        self._times = deque(sorted([*earlier, *self._times]))
