"""Whether the building's peak is on or near: pure, by the clock on the wall, for a peak is a time of the day."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from ..config import PeakHours

NEAR: Final = timedelta(minutes=60)
"""No flat is called within so long of the peak (I20)."""


def near_peak(hours: Iterable[PeakHours], now: datetime, lasts: timedelta) -> bool:
    """Whether what begins now and lasts so long comes within an hour of a peak."""
    for each in hours:
        for days in (-1, 0, 1):
            day = (now + timedelta(days=days)).date()
            begin = datetime.combine(day, each.begin, now.tzinfo)
            end = datetime.combine(day + timedelta(days=each.end <= each.begin), each.end, now.tzinfo)
            if begin - NEAR < now + lasts and now < end + NEAR:
                return True
    return False
