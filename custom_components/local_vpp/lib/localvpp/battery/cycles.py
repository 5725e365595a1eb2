"""Equivalent full cycles, and the round-trip efficiency over windows that begin and end at the same state of charge.

Equivalent cycles are throughput over twice the usable capacity, which is what the device tells as its capacity, or its
resident where it does not. They
are added up piece by piece: a capacity that changes changes what is counted from then on, never what was.

A window of efficiency begins at a state of charge; it ends at the first reading that has come back to it, or past it by
`SAME_PERMILLE` at the most, after the battery was at least `SWING_PERMILLE` away from it. What the battery holds is
then the same, so what came out over what went in is its efficiency. Thrown away are: a window with a second in it whose
energy nobody knows, one in which the state of charge jumped or went past the begin by more, one of more than
`LONGEST_MS`, and one that gave more than it took.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

MILLIONTHS: Final = 1_000_000

SAME_PERMILLE: Final = 5
SWING_PERMILLE: Final = 300
"""Half a percent of charge at the end of a swing of 30 % is an error of less than two percent of what flowed, and the
next window begins with it."""
LONGEST_MS: Final = 48 * 3_600_000
"""A battery that does not come back to where a window began gets another begin."""
KEPT_WINDOWS: Final = 10


@dataclass(frozen=True, slots=True)
class Cycles:
    """Equivalent full cycles in millionths."""

    capacity_uj: int | None = None
    before_millionths: int = 0
    mark_uj: int = 0
    """Throughput that `before_millionths` stands for."""
    stated: bool = False
    """Whether the capacity is its resident's word, and not the device's."""

    def at(self, throughput_uj: int) -> int | None:
        """Return the cycles of a throughput; unknown without a capacity."""
        if self.capacity_uj is None:
            return None
        return self.before_millionths + (throughput_uj - self.mark_uj) * MILLIONTHS // (2 * self.capacity_uj)

    def told(self, capacity_uj: int | None, throughput_uj: int, *, stated: bool = False) -> Cycles:
        """Return the count after a reading of the capacity. What flowed before the first one is counted with it."""
        if not capacity_uj or (capacity_uj, stated) == (self.capacity_uj, self.stated):
            return self
        if (done := self.at(throughput_uj)) is None:
            return Cycles(capacity_uj, stated=stated)
        return Cycles(capacity_uj, done, throughput_uj, stated)


@dataclass(frozen=True, slots=True)
class Closed:
    """A window that came back to where it began."""

    end_ms: int
    charged_uj: int
    discharged_uj: int


@dataclass(frozen=True, slots=True)
class Window:
    """A window that is open."""

    soc_permille: int
    charged_uj: int
    discharged_uj: int
    farthest_permille: int = 0
    """Above the begin, or negative below it."""
    age_ms: int = 0

    def fed(self, soc_permille: int, charged_uj: int, discharged_uj: int, elapsed_ms: int) -> Window:
        """Return the window after a reading: itself, or another where it came back or grew too old."""
        distance = soc_permille - self.soc_permille
        age = self.age_ms + elapsed_ms
        if age > LONGEST_MS or self.is_past(soc_permille):
            return Window(soc_permille, charged_uj, discharged_uj)
        return replace(self, farthest_permille=max(self.farthest_permille, distance, key=abs), age_ms=age)

    def is_past(self, soc_permille: int) -> bool:
        """Whether a state of charge ends the window: it has come back, however far past the begin."""
        if abs(self.farthest_permille) < SWING_PERMILLE:
            return False
        back = soc_permille - self.soc_permille
        return back <= 0 if self.farthest_permille > 0 else back >= 0

    def is_back(self, soc_permille: int) -> bool:
        """Whether the battery holds what it held at the begin."""
        return self.is_past(soc_permille) and abs(soc_permille - self.soc_permille) <= SAME_PERMILLE

    def closed(self, end_ms: int, charged_uj: int, discharged_uj: int) -> Closed | None:
        """Return what flowed in it; None where that cannot be true."""
        went_in, came_out = charged_uj - self.charged_uj, discharged_uj - self.discharged_uj
        return Closed(end_ms, went_in, came_out) if 0 < came_out <= went_in else None


def efficiency_permille(windows: Sequence[Closed]) -> int | None:
    """Return the efficiency of all windows together; unknown when there is none."""
    went_in = sum(window.charged_uj for window in windows)
    return sum(window.discharged_uj for window in windows) * 1000 // went_in if went_in else None
