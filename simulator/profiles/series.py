"""A year of interval means, read second by second.

Between the means the power runs along straight lines that keep each interval's mean: at every boundary the curve passes
through the neighbours' average (held to twice the smaller one, so that it never dips below zero), and the middle of the
interval takes what is left. The energy of an interval is therefore the energy of its mean, whatever its neighbours are.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

_DAY_S: Final = 86_400


def interpolate(means: Sequence[int], interval_s: int, second: float) -> float:
    """The power at ``second`` after the start of ``means``, which repeat without end."""
    count = len(means)
    index, inside = divmod(second, interval_s)
    here = int(index) % count
    mean = means[here]
    before, after = means[here - 1], means[(here + 1) % count]
    left = min((before + mean) / 2, 2 * mean, 2 * before)
    right = min((mean + after) / 2, 2 * mean, 2 * after)
    middle = 2 * mean - (left + right) / 2
    half = interval_s / 2
    if inside <= half:
        return left + (middle - left) * inside / half
    return middle + (right - middle) * (inside - half) / half


def mean_between(means: Sequence[int], interval_s: int, begin: float, end: float) -> float:
    """The mean power from one second after the start of ``means`` to a later one.

    Exact where both lie between two intervals, since the curve keeps each interval's energy; of an interval that is cut
    its mean counts.
    """
    energy, at = 0.0, begin
    while at < end:
        index = int(at // interval_s)
        until = min(end, (index + 1) * interval_s)
        energy += means[index % len(means)] * (until - at)
        at = until
    return energy / (end - begin)


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """Load and sun of one home.

    Attributes:
        name: where it comes from, as the program's output shows it.
        start: local time at which the first interval begins; of the year only the calendar counts, the series repeats.
        interval_s: length of an interval.
        load_mw: mean load of each interval, milliwatts.
        pv_uw_per_wp: mean PV output of each interval, microwatts for each watt installed.
    """

    name: str
    start: datetime
    interval_s: int
    load_mw: tuple[int, ...]
    pv_uw_per_wp: tuple[int, ...]

    def second_of(self, moment: datetime) -> float:
        """Where in the series the calendar date and time of ``moment`` lie.

        The series is laid over the calendar by month, day and hour: 29 February in a series without one falls on
        1 March.
        """
        first = self.start.replace(
            year=moment.year - 1 if self.start.timetuple()[1:6] > moment.timetuple()[1:6] else moment.year
        )
        return (moment - first).total_seconds()


def sunniest_day(series: Sequence[Series]) -> datetime:
    """Midnight at the start of the day on which these homes' PV gives most together, watt for watt installed.

    The days are those of the first series, in its own years; the first of several equals is taken.
    """
    first = series[0]
    midnight = datetime.combine(first.start.date(), datetime.min.time())
    if midnight < first.start:
        midnight += timedelta(days=1)
    whole_days = len(first.pv_uw_per_wp) * first.interval_s // _DAY_S
    days = [midnight + timedelta(days=number) for number in range(max(1, whole_days))]

    def sun(home: Series, day: datetime) -> float:
        begin = int(home.second_of(day) // home.interval_s)
        means = [
            home.pv_uw_per_wp[index % len(home.pv_uw_per_wp)]
            for index in range(begin, begin + max(1, _DAY_S // home.interval_s))
        ]
        return sum(means) / len(means)

    return max(days, key=lambda day: sum(sun(home, day) for home in series))


class Profile(Protocol):
    """What a flat wants and what its roof would give, at a second of the profile clock."""

    def demand_mw(self, second: float) -> int:
        """Load in milliwatts."""

    def pv_mw(self, second: float) -> int:
        """PV in milliwatts under the series' own sky."""
