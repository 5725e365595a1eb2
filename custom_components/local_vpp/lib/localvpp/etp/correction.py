"""What a meter's slot was taken for, and what it is taken for now: the part of a CORRECTION record that is its own.

Energy has signs in a difference and none in a record, so a correction tells both values, each with the records that it
was read from: whoever has these needs to believe nobody. It stands in the body, which the building, the flat and an
auditor read; the envelope says nothing but the slot.

    correction = [value before, value after]
    value      = []                                               ; nothing was known, and nothing stood in
               / [basis, Wh drawn, Wh given, [* record name]]     ; 0: measured
               / [basis, Wh drawn, Wh given, [* record name], slot]   ; 1: estimated, from this slot of an earlier week
"""

from dataclasses import dataclass
from enum import IntEnum
from itertools import pairwise
from typing import Final, Self

from .cbor import Value
from .errors import FieldError
from .fields import LARGEST

_NAME_LENGTH: Final = 32
"""Of a record: SHA-256."""
MOST_RECORDS: Final = 128
"""Of a value. An hour that is told minute by minute has 120, and two values have to fit into a record."""


class Basis(IntEnum):
    """What a value rests on."""

    MEASURED = 0
    """The meter's own records of the slot."""
    EARLIER_WEEK = 1
    """The same slot of an earlier week stands in (`settlement.month.substitutes`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotValue:
    """A meter's slot, in Wh. Raises FieldError where its parts contradict each other."""

    basis: Basis
    import_wh: int
    export_wh: int
    records: tuple[bytes, ...]
    """The names of the records it was read from, sorted; of an estimate, of those of the other slot."""
    estimated_from: int | None = None
    """The begin of the slot that stands in."""

    def __post_init__(self) -> None:
        if (self.basis is Basis.EARLIER_WEEK) is (self.estimated_from is None):
            raise FieldError("a value names the slot that it is estimated from, and a measured one names none")
        if not 0 < len(self.records) <= MOST_RECORDS:
            raise FieldError(f"a value rests on {len(self.records)} records, expected 1 to {MOST_RECORDS}")
        if not all(one < other for one, other in pairwise(self.records)):
            raise FieldError("a value's records are not sorted, or one is there twice")

    @property
    def is_measured(self) -> bool:
        """Whether the meter's own records tell it."""
        return self.basis is Basis.MEASURED


@dataclass(frozen=True, slots=True)
class Correction:
    """What a slot's value was, and is. None: nothing was known, and nothing stood in."""

    before: SlotValue | None
    after: SlotValue | None

    def __post_init__(self) -> None:
        if not any(value is not None and value.is_measured for value in (self.before, self.after)):
            raise FieldError("a correction is of a value that a meter has told, before or after")
        if self.before == self.after:
            raise FieldError("a correction that changes nothing is none")

    def plain(self) -> list[Value]:
        """Return it as its body has it."""
        return [_plain(self.before), _plain(self.after)]

    @classmethod
    def read(cls, items: list[Value]) -> Self:
        """Read what `plain` wrote. Raises FieldError."""
        before, after = (_read(each) for each in items)
        return cls(before, after)


def _plain(value: SlotValue | None) -> list[Value]:
    if value is None:
        return []
    told: list[Value] = [int(value.basis), value.import_wh, value.export_wh, list(value.records)]
    return told if value.estimated_from is None else [*told, value.estimated_from]


def _read(plain: Value) -> SlotValue | None:
    match plain:
        case []:
            return None
        case [int() as basis, int() as drawn, int() as given, list() as told, *rest] if len(rest) <= 1:
            names = tuple(item for item in told if isinstance(item, bytes) and len(item) == _NAME_LENGTH)
            slots = [item for item in rest if type(item) is int]
            numbers = (basis, drawn, given, *slots)
            if (
                len(names) == len(told)
                and len(slots) == len(rest)
                and all(type(number) is int and 0 <= number <= LARGEST for number in numbers)
                and basis in set(Basis)
            ):
                return SlotValue(
                    basis=Basis(basis),
                    import_wh=drawn,
                    export_wh=given,
                    records=names,
                    estimated_from=slots[0] if slots else None,
                )
    raise FieldError(
        f"the body: a value of a correction is {plain!r}, expected [] or [basis, Wh drawn, Wh given, [* record name], "
        "? slot]"
    )
