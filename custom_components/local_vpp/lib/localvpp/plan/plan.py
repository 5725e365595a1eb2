"""A plan: what a flat or a building means to take and give in each slot of a day, as of a time.

A building's plan may hold those of its flats (common parts are one, too); what goes outside holds its own columns only.
A plan that contradicts itself can be written down and read: `check` says what is wrong with it. What is refused here
is no plan at all.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Final, Self
from zoneinfo import ZoneInfo

import numpy as np

from .errors import wrong
from .sheet import Field, Flags, Ints, Sheet

LONGEST_NAME: Final = 200
MOST_PARTS: Final = 10**5
_LATEST: Final = 7_258_118_400
"""The end of the year 2199."""
_LONGEST_SLOT: Final = 86_400


class Kind(StrEnum):
    """Whose plan it is."""

    FLAT = "flat"
    BUILDING = "building"


@dataclass(frozen=True, slots=True)
class Part:
    """A flat within a building's plan."""

    name: str
    sheet: Sheet

    def __post_init__(self) -> None:
        check_name("name", self.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One revision of the plan of one day."""

    kind: Kind
    name: str
    number: int
    """1 for the first, more for each later one."""
    made_at: int
    """In seconds of Unix time."""
    date: date
    zone: ZoneInfo
    slot_seconds: int
    begin: int
    end: int
    sheet: Sheet
    parts: tuple[Part, ...] = ()
    codes: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Of those between whom it is exchanged: what `CodeTable` names."""

    def __post_init__(self) -> None:
        check_name("name", self.name)
        for name in ("number", "made_at", "slot_seconds", "begin", "end"):
            value, least = getattr(self, name), 1 if name in {"number", "slot_seconds"} else 0
            most = _LONGEST_SLOT if name == "slot_seconds" else _LATEST
            if type(value) is not int or not least <= value <= most:
                raise wrong(name, value, f"give a whole number from {least} to {most}")
        if self.parts and self.kind is Kind.FLAT:
            raise wrong("parts", len(self.parts), "leave them out: a flat's plan has none")
        if len(self.parts) > MOST_PARTS:
            raise wrong("parts", len(self.parts), f"give {MOST_PARTS} at most")
        seen: set[str] = set()
        for part in self.parts:
            if part.name in seen:
                raise wrong("name", part.name, "name each flat once", part=part.name)
            seen.add(part.name)
        for name, code in self.codes.items():
            check_name("codes", name)
            check_name(f"code of {name}", code)

    @property
    def whole(self) -> Self:
        """The plan without its flats: what outsiders get."""
        return replace(self, parts=())

    def alone(self, part: str) -> Self:
        """Return a flat's own plan out of a building's, which has it."""
        (found,) = (each for each in self.parts if each.name == part)
        return replace(self, kind=Kind.FLAT, name=part, sheet=found.sheet, parts=(), codes=MappingProxyType({}))

    def begin_of(self, slot: int) -> int:
        """Return when a slot begins; slots count from 1."""
        return self.begin + (slot - 1) * self.slot_seconds

    def closed(self, at: int, gate_seconds: int) -> Flags:
        """Return which slots' gates had passed at a time: later than so many seconds before they begin."""
        begins: Ints = self.begin + np.arange(self.sheet.slots, dtype=np.int64) * self.slot_seconds
        passed: Flags = begins - gate_seconds < at
        return passed

    def column(self, name: Field) -> Ints:
        """Return one of its own columns."""
        return self.sheet.column(name)


def check_name(field: str, name: object) -> None:
    """Refuse what is no name, or what a spreadsheet would take for a formula.

    Raises PlanError.
    """
    if not isinstance(name, str) or not 0 < len(name) <= LONGEST_NAME or not name.isprintable() or name != name.strip():
        raise wrong(
            field, name, f"give a name of 1 to {LONGEST_NAME} printable characters, none of them blank at an end"
        )
    if name[0] in "=+-@":
        raise wrong(field, name, "begin it otherwise: a spreadsheet would take it for a formula")
