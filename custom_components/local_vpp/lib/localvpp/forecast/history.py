"""What was measured, slot by slot: a series in which the unknown is a value of its own.

Slots are counted in Unix time, so a change to summer time neither loses nor doubles one. A slot that was not measured
is NaN, never 0: a home that says nothing is not a home that uses nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
import math
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from .errors import ForecastError

type Floats = NDArray[np.float64]

SHORTEST_S: Final = 60
LONGEST_S: Final = 3_600
DAY_S: Final = 86_400
MOST_WH: Final = 1e12
"""A terawatt-hour in a slot is no building: a bound, so that sums and squares stay exact enough."""


@dataclass(frozen=True, slots=True, eq=False)
class History:
    """Energy of consecutive slots, in Wh; NaN is unknown."""

    begin: int
    """Of the first slot, in seconds of Unix time."""
    slot_seconds: int
    wh: Floats

    def __post_init__(self) -> None:
        check_slot_seconds(self.slot_seconds)
        if self.begin % self.slot_seconds:
            raise ForecastError("begin", self.begin, f"slots of {self.slot_seconds} s begin at multiples of that")
        wh = np.array(self.wh, dtype=np.float64)
        if wh.ndim != 1:
            raise ForecastError("wh", wh.shape, "a history is one row of values")
        wrong = np.flatnonzero(np.isinf(wh) | (wh < 0) | (wh > MOST_WH))
        if wrong.size:
            raise ForecastError(
                f"energy of the slot at {self.begin + int(wrong[0]) * self.slot_seconds}",
                float(wh[wrong[0]]),
                f"is no energy between 0 and {MOST_WH:.0e} Wh; leave out what is not known (None or NaN)",
            )
        wh.setflags(write=False)
        object.__setattr__(self, "wh", wh)

    @classmethod
    def of(cls, begin: int, slot_seconds: int, wh: Iterable[float | None]) -> Self:
        """Make a history of values, None where one is unknown."""
        return cls(begin, slot_seconds, np.array([math.nan if value is None else value for value in wh], np.float64))

    @property
    def end(self) -> int:
        """When the last slot ends."""
        return self.begin + len(self.wh) * self.slot_seconds

    def until(self, at: int) -> Self:
        """Return what was known at a time: the slots that had ended by then."""
        count = max(0, min(len(self.wh), (at - self.begin) // self.slot_seconds))
        return type(self)(self.begin, self.slot_seconds, self.wh[:count])

    def between(self, begin: int, count: int) -> Floats:
        """Return the values of so many slots from one on; what the history does not hold is unknown."""
        found = np.full(count, np.nan)
        shift = (begin - self.begin) // self.slot_seconds
        first, last = max(0, shift), min(len(self.wh), shift + count)
        if first < last:
            found[first - shift : last - shift] = self.wh[first:last]
        return found


def check_slot_seconds(slot_seconds: int) -> None:
    """Refuse a length of slots that does not divide the day.

    Raises ForecastError.
    """
    if not SHORTEST_S <= slot_seconds <= LONGEST_S or DAY_S % slot_seconds:
        raise ForecastError("slot_seconds", slot_seconds, "a slot has 1 to 60 min, and a day a whole number of them")


def summed(histories: Iterable[History]) -> History:
    """Return the sum of homes: what a building takes. A slot that one of them does not know is unknown.

    Raises ForecastError when they do not lie on the same slots, or there are none.
    """
    every = list(histories)
    if not every:
        raise ForecastError("histories", 0, "a sum needs one home at least")
    first = every[0]
    total = np.array(first.wh)
    for other in islice(every, 1, None):
        if (other.begin, other.slot_seconds, len(other.wh)) != (first.begin, first.slot_seconds, len(first.wh)):
            raise ForecastError("histories", (other.begin, other.slot_seconds, len(other.wh)), "all lie on one row")
        total += other.wh
    return History(first.begin, first.slot_seconds, total)
