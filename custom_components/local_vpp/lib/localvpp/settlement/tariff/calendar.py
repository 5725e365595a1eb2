"""When a price holds: seasons, days of the week, holidays and hours.

By a fixed offset from UTC: Japan has no summer time.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
import re
from typing import Final, Self

DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
HOLIDAY: Final = "holiday"
JAPAN_MINUTES: Final = 540
_MONTH: Final = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")
_LEVY_BEGINS: Final = 5


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A month of billing, as in 2026-10 (10月分)."""

    year: int
    month: int

    def __post_init__(self) -> None:
        if not (1 <= self.month <= 12 and 1970 <= self.year <= 9998):
            raise ValueError(f"{self.year}-{self.month} is no month: write one as in 2026-10")

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a month. Raises ValueError."""
        found = _MONTH.fullmatch(text)
        if found is None:
            raise ValueError(f"{text!r} is no month: write one as in 2026-10")
        return cls(int(found[1]), int(found[2]))

    @classmethod
    def of(cls, second: int, offset_minutes: int = JAPAN_MINUTES) -> Self:
        """Return the month of a second of Unix time."""
        then = datetime.fromtimestamp(second, _zone(offset_minutes))
        return cls(then.year, then.month)

    def __str__(self) -> str:
        return f"{self.year:04}-{self.month:02}"

    def plus(self, months: int) -> Month:
        """Return the month that many later."""
        years, month = divmod(self.year * 12 + self.month - 1 + months, 12)
        return Month(years, month + 1)

    def begin(self, offset_minutes: int = JAPAN_MINUTES) -> int:
        """Return its first second, of Unix time."""
        return int(datetime(self.year, self.month, 1, tzinfo=_zone(offset_minutes)).timestamp())

    def slots(self, slot_seconds: int, offset_minutes: int = JAPAN_MINUTES) -> range:
        """Return the begins of its slots."""
        return range(self.begin(offset_minutes), self.plus(1).begin(offset_minutes), slot_seconds)


def fiscal_year(month: Month) -> int:
    """Return the year whose renewable levy a month's bill has: from May's meter reading to April's of the next year."""
    return month.year if month.month >= _LEVY_BEGINS else month.year - 1


@dataclass(frozen=True, slots=True)
class Season:
    """Days of each year, (month, day) of the first and of the last; a begin after the end spans the new year."""

    begin: tuple[int, int]
    end: tuple[int, int]

    def holds(self, day: date) -> bool:
        """Whether a day is of this season."""
        at = (day.month, day.day)
        if self.begin <= self.end:
            return self.begin <= at <= self.end
        return at >= self.begin or at <= self.end


@dataclass(frozen=True, slots=True)
class When:
    """A condition on a slot; what is None is no condition."""

    season: Season | None = None
    days: frozenset[str] | None = None
    """Of `DAYS` and `HOLIDAY`: a holiday is not the day of the week that it falls on."""
    hours: tuple[int, int] | None = None
    """Minutes of the day, from and to; a begin after the end spans midnight."""

    def holds(self, local: datetime, holidays: frozenset[date]) -> bool:
        """Whether a slot that begins then has this price."""
        day = local.date()
        if self.season is not None and not self.season.holds(day):
            return False
        if self.days is not None and (HOLIDAY if day in holidays else DAYS[day.weekday()]) not in self.days:
            return False
        if self.hours is None:
            return True
        minute, (begin, end) = local.hour * 60 + local.minute, self.hours
        return begin <= minute < end if begin < end else minute >= begin or minute < end


def local(second: int, offset_minutes: int) -> datetime:
    """Return a second of Unix time by the clock on the wall."""
    return datetime.fromtimestamp(second, _zone(offset_minutes))


def _zone(offset_minutes: int) -> timezone:
    return timezone(timedelta(minutes=offset_minutes))
