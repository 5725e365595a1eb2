"""`drills`: what bounds a building's drill, and when none is held."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import time
import re
from typing import Any, Final

import voluptuous as vol

SHARE: Final = 10
"""One flat of so many may be in transition at once (I20)."""
_HOURS: Final = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])-([01][0-9]|2[0-3]):([0-5][0-9])")


@dataclass(frozen=True, slots=True)
class PeakHours:
    """Hours of each day in which the building draws most, by the server's own time zone."""

    begin: time
    end: time
    """Earlier than the begin: on the next day."""


@dataclass(frozen=True, slots=True)
class LineLimit:
    """A line of the building's tree: what it carries, and who hangs on it."""

    name: str
    kw: int
    flats: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DrillLimits:
    """What bounds a drill."""

    contract_kw: int | None = None
    """The contract demand; None: nobody is separated from the grid for a drill."""
    most: int | None = None
    """Flats in transition at once; None: as many as may be at most (`most_at_once`)."""
    flat_kw: int = 6
    """What a flat's main breaker lets through."""
    recharge_kw: int = 3
    """What a flat's battery draws at most."""
    peak: tuple[PeakHours, ...] = ()
    lines: tuple[LineLimit, ...] = ()


def most_at_once(flats: int) -> int:
    """Return how many flats of a building may be in transition at once, whatever is asked for.

    A tenth of them; of fewer than ten flats one, or none would ever have its turn.
    """
    return max(1, flats // SHARE)


def peak_hours(value: object) -> PeakHours:
    """Read hours of the day. Raises vol.Invalid."""
    found = _HOURS.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise vol.Invalid(f'{value!r} is no time of the day: write begin and end, as in "17:00-20:00"')
    hours = [int(part) for part in found.groups()]
    begin, end = time(hours[0], hours[1]), time(hours[2], hours[3])
    if begin == end:
        raise vol.Invalid(f"{value!r} is no time at all: write another end")
    return PeakHours(begin, end)


def drill_limits(values: Mapping[str, Any]) -> DrillLimits:
    """Return the checked values."""
    lines = [LineLimit(each["name"], each["kw"], tuple(each["flats"])) for each in values["lines"]]
    return DrillLimits(**{**values, "peak": tuple(values["peak"]), "lines": tuple(lines)})


def drills_problem(values: Mapping[str, Any], flats: Sequence[str]) -> tuple[tuple[str | int, ...], str] | None:
    """Return what is wrong with the values taken together, and where."""
    names = [line["name"] for line in values["lines"]]
    for at, line in enumerate(values["lines"]):
        if line["name"] in names[:at]:
            return ("lines", at, "name"), f"{line['name']!r} is listed twice: keep one"
        for number, flat in enumerate(line["flats"]):
            if flat not in flats:
                return ("lines", at, "flats", number), f"{flat!r} is not among the flats: check its number"
    if values["most"] is not None and values["most"] > (most := most_at_once(len(flats))):
        return ("most",), f"{values['most']} is more than a tenth of the {len(flats)} flats: write {most} at most"
    return None
