"""A history laid out by local days: one row a day, one column for each slot of the wall clock.

People live by the wall clock, so yesterday at 07:30 is compared with today at 07:30, whatever Unix time says. On the
day that has an hour twice both count as one column (their mean); on the day that lacks an hour its columns are
unknown.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

import numpy as np
from numpy.typing import NDArray

from .history import DAY_S, Floats, History

type Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Days:
    """Known energy by day and slot of the day, NaN where unknown."""

    first: int
    """The local day of the first row, counted from 1970-01-01."""
    wh: Floats

    def rows(self, days: Integers) -> Floats:
        """Return the rows of some days (any shape); a day that is not held is unknown."""
        index = days - self.first
        held = (index >= 0) & (index < len(self.wh))
        found: Floats = np.where(held[..., None], self.wh[np.where(held, index, 0)], np.nan)
        return found


def places(begin: int, count: int, slot_seconds: int, zone: tzinfo) -> tuple[Integers, Integers]:
    """Return the local day and the slot of that day in which each of some consecutive slots begins."""
    times = begin + np.arange(count, dtype=np.int64) * slot_seconds
    local = times + _offsets(times, DAY_S // slot_seconds, zone)
    return local // DAY_S, local % DAY_S // slot_seconds


def laid_out(history: History, first: int, last: int, zone: tzinfo) -> Days:
    """Lay out what a history knows of the local days from one to another, both included."""
    width = DAY_S // history.slot_seconds
    # Two days more on each side: no zone is further from UTC.
    begin = (first - 2) * DAY_S // history.slot_seconds * history.slot_seconds
    count = (last - first + 5) * width
    wh = history.between(begin, count)
    day, column = places(begin, count, history.slot_seconds, zone)
    known = ~np.isnan(wh) & (day >= first) & (day <= last)
    cell = (day[known] - first) * width + column[known]
    cells = (last - first + 1) * width
    number = np.bincount(cell, minlength=cells)
    total = np.bincount(cell, weights=wh[known], minlength=cells)
    grid = np.full(cells, np.nan)
    np.divide(total, number, out=grid, where=number > 0)
    return Days(first, grid.reshape(-1, width))


def _offsets(times: Integers, step: int, zone: tzinfo) -> Integers:
    """Return the zone's seconds ahead of UTC at each time: asked once a day, but on the day on which it changes."""
    found = np.empty(len(times), dtype=np.int64)
    for first in range(0, len(times), step):
        chunk = times[first : first + step]
        begin, end = _offset(int(chunk[0]), zone), _offset(int(chunk[-1]), zone)
        found[first : first + step] = begin if begin == end else [_offset(int(time), zone) for time in chunk]
    return found


def _offset(time: int, zone: tzinfo) -> int:
    offset = datetime.fromtimestamp(time, UTC).astimezone(zone).utcoffset()
    assert offset is not None, "a time in a zone has an offset"
    return int(offset.total_seconds())
