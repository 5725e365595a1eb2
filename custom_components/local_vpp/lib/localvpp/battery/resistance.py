"""The internal resistance of a battery, from steps of its current against its voltage.

Two readings at most `ADJACENT_MS` apart, with a step of the current of at least `STEP_MA` between them: the voltage
falls by the resistance times the step (the open-circuit voltage does not move in that time). A single step says little;
a day's median does. A trend is the median of the slopes between all pairs of days (Theil and Sen): one odd day does not
turn it. Temperature moves resistance more than age does within a week, so a trend needs days enough.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import median
from typing import Final

ADJACENT_MS: Final = 3_500
"""Two turns of a battery that is asked after its inverter: they are up to three seconds apart."""
STEP_MA: Final = 5_000
MOST_MICROOHMS: Final = 5_000_000
"""No home battery has 5 ohms: such a step was no step of this current."""
KEPT_STEPS: Final = 101
LEAST_STEPS: Final = 5
"""Steps of a day that its median needs."""
LEAST_DAYS: Final = 14
TREND_DAYS: Final = 90


@dataclass(frozen=True, slots=True)
class Point:
    """Current and voltage of one reading. Not kept over a restart, as its time is not."""

    at_ms: int
    ma: int
    """Positive = discharging."""
    mv: int

    def step_to(self, now: Point) -> int | None:
        """Return the resistance in microohms that a step between two readings shows; None where it shows none."""
        step_ma = now.ma - self.ma
        if not 0 < now.at_ms - self.at_ms <= ADJACENT_MS or abs(step_ma) < STEP_MA:
            return None
        microohms = (self.mv - now.mv) * 1_000_000 // step_ma
        return microohms if 0 < microohms <= MOST_MICROOHMS else None


def of_day(steps: Sequence[int]) -> int | None:
    """Return a day's resistance in microohms; unknown for too few steps."""
    return round(median(steps)) if len(steps) >= LEAST_STEPS else None


def trend(days: Sequence[tuple[int, int]]) -> int | None:
    """Return the slope in microohms per 30 days.

    Args:
        days: number of the day and its resistance; unknown when they are fewer than `LEAST_DAYS`.
    """
    newest = max((day for day, _ in days), default=0)
    recent = [each for each in days if newest - each[0] < TREND_DAYS]
    if len(recent) < LEAST_DAYS:
        return None
    slopes = [(b - a) / (later - earlier) for (earlier, a), (later, b) in combinations(sorted(recent), 2)]
    return round(median(slopes) * 30)
