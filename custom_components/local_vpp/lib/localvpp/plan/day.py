"""The slots of a day: those that begin on it by the wall clock of a zone.

Slots are counted in Unix time, as everywhere. So a day has 48 of 30 min in Japan, and elsewhere 46 or 50 where the
clocks change; where midnight lies within a slot, that slot is of the day before.
"""

from dataclasses import dataclass
import datetime as dt
from typing import Final, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ..forecast import ForecastError
from ..forecast.history import check_slot_seconds
from .errors import wrong

_FIRST_YEAR: Final = 1971
_LAST_YEAR: Final = 2199


@dataclass(frozen=True, slots=True)
class Day:
    """A date, and the slots that begin on it."""

    date: dt.date
    zone: ZoneInfo
    slot_seconds: int
    begin: int
    """Of the first slot, in seconds of Unix time."""
    slots: int

    @classmethod
    def of(cls, day: dt.date, zone: ZoneInfo, slot_seconds: int = 1800) -> Self:
        """Return the slots of a day.

        Raises PlanError for a length of slots that does not divide the day, and for a year beyond calendars.
        """
        try:
            check_slot_seconds(slot_seconds)
        except ForecastError as error:
            raise wrong("slot_seconds", slot_seconds, "a slot has 1 to 60 min, and a day a whole number") from error
        if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
            raise wrong("date", day.isoformat(), f"give one of the years {_FIRST_YEAR} to {_LAST_YEAR}")
        begin, end = (
            -(-_midnight(each, zone) // slot_seconds) * slot_seconds for each in (day, day + dt.timedelta(days=1))
        )
        return cls(day, zone, slot_seconds, begin, (end - begin) // slot_seconds)

    @property
    def end(self) -> int:
        """When the last slot ends."""
        return self.begin + self.slots * self.slot_seconds

    @property
    def begins(self) -> range:
        """When each slot begins."""
        return range(self.begin, self.end, self.slot_seconds)


def zone_named(name: str) -> ZoneInfo:
    """Return a zone. Raises PlanError when there is none of that name."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise wrong("zone", name, "there is none of that name; write one as Asia/Tokyo") from error


def clock(time: int, zone: ZoneInfo) -> str:
    """Write seconds of Unix time as ISO 8601, by the wall clock of a zone."""
    return dt.datetime.fromtimestamp(time, dt.UTC).astimezone(zone).isoformat()


def _midnight(day: dt.date, zone: ZoneInfo) -> int:
    # Where the clocks skip midnight this is the moment at which they do: the offset of before the change counts.
    return int(dt.datetime.combine(day, dt.time(), zone).timestamp())
