"""`tenancies`: who lived in a flat when, where the boxes do not tell it.

A box that is revoked may be a household that has moved out, or one that waits for its next box; only the association
knows which. What it says here holds whatever boxes came and went, so that a month comes out the same whenever it is
settled.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from itertools import pairwise
from typing import Any, Final

import voluptuous as vol

from localvpp.settlement.tariff.calendar import JAPAN_MINUTES

from .checks import unless_none

_JAPAN: Final = timezone(timedelta(minutes=JAPAN_MINUTES))
_YEARS: Final = (1970, 9998)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tenancy:
    """A time in which a household lived in a flat, in milliseconds of Unix time; None is open."""

    begin_ms: int | None
    end_ms: int | None


def _day(value: object) -> date:
    """Read a day. Raises vol.Invalid."""
    if not isinstance(value, str):
        raise vol.Invalid(f'{value!r} is no day: write it in quotes, as in "2026-01-20"')
    try:
        day = date.fromisoformat(value)
    except ValueError as error:
        raise vol.Invalid(f'{value!r} is no day: write it as in "2026-01-20"') from error
    if not _YEARS[0] <= day.year <= _YEARS[1]:
        raise vol.Invalid(f"{value!r}: write a day of the years {_YEARS[0]} to {_YEARS[1]}")
    return day


TENANCIES: Final = {
    str: [
        {
            vol.Optional("since", default=None): unless_none(_day),
            vol.Optional("until", default=None): unless_none(_day),
        }
    ]
}


def tenancies_problem(told: Sequence[Mapping[str, Any]]) -> str | None:
    """Say what is wrong with a flat's tenancies taken together; None when nothing is."""
    if any(each["since"] and each["until"] and each["since"] > each["until"] for each in told):
        return "one ends before it begins: `since` is its first day, and `until` its last"
    for one, following in pairwise(told):
        if not one["until"] or not following["since"] or one["until"] >= following["since"]:
            return "give them in their order, each ended (`until`) before the next one begins (`since`)"
    return None if told else "give one at least, or leave the flat out: then its boxes say who was there when"


def tenancies_of(told: Sequence[Mapping[str, Any]]) -> tuple[Tenancy, ...]:
    """Return the times of days in which nothing is wrong: from the begin of the first to the end of the last."""
    return tuple(
        Tenancy(
            begin_ms=None if each["since"] is None else _begin_ms(each["since"]),
            end_ms=None if each["until"] is None else _begin_ms(each["until"] + timedelta(days=1)),
        )
        for each in told
    )


def _begin_ms(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=_JAPAN).timestamp()) * 1000
