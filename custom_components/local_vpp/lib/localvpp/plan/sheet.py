"""The columns of a plan: whole Wh for each slot.

Uses stand on one side, sources on the other, and both come to the same in each slot. What a forecast, a battery and
trades leave open is the grid's: `with_grid` works it out, so that nobody else has to.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from .errors import wrong

type Ints = NDArray[np.int64]
type Flags = NDArray[np.bool_]

LARGEST_WH: Final = 10**12
"""Of one value, either sign: a bound, so that sums over all columns of 10⁵ flats stay below 2⁶³."""
MOST_SLOTS: Final = 1_500
"""A day of 25 hours in minutes."""


class Field(StrEnum):
    """What a column tells; the names of exports."""

    DEMAND = "demand_wh"
    CHARGE = "charge_wh"
    SOLD = "sold_wh"
    """Inside, by trades."""
    TO_GRID = "to_grid_wh"
    GENERATION = "generation_wh"
    DISCHARGE = "discharge_wh"
    BOUGHT = "bought_wh"
    FROM_GRID = "from_grid_wh"
    BASELINE = "baseline_wh"
    """What the meter would count inwards, less outwards, without demand response."""
    CURTAILMENT = "curtailment_wh"
    """What demand response takes off that; below 0 where it adds."""

    @property
    def row(self) -> int:
        """Its place in a sheet."""
        return _ROWS[self]


_ROWS: Final = {field: row for row, field in enumerate(Field)}
ENERGY: Final = tuple(Field)[:8]
"""The columns of every plan."""
RESPONSE: Final = (Field.BASELINE, Field.CURTAILMENT)
"""Those of a plan with demand response, both or none."""
USES: Final = slice(0, 4)
SOURCES: Final = slice(4, 8)


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """The columns of one flat, or of a building: a row for each field, in their order."""

    wh: Ints

    def __post_init__(self) -> None:
        if self.wh.dtype != np.int64 or self.wh.ndim != 2 or len(self.wh) not in {len(ENERGY), len(Field)}:
            raise wrong("wh", (str(self.wh.dtype), self.wh.shape), "give a row of int64 for each field")
        if not 1 <= self.slots <= MOST_SLOTS:
            raise wrong("slots", self.slots, f"a day has 1 to {MOST_SLOTS}")
        if not -LARGEST_WH <= int(self.wh.min()) <= int(self.wh.max()) <= LARGEST_WH:
            # No absolute value: that of -2⁶³ is itself.
            row, column = (int(place[0]) for place in np.nonzero((self.wh < -LARGEST_WH) | (self.wh > LARGEST_WH)))
            raise wrong(
                tuple(Field)[row],
                int(self.wh[row, column]),
                f"give whole Wh up to {LARGEST_WH}",
                slot=column + 1,
            )
        own = self.wh.copy()
        own.setflags(write=False)
        object.__setattr__(self, "wh", own)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sheet):
            return NotImplemented
        return np.array_equal(self.wh, other.wh)

    def __hash__(self) -> int:
        return hash(self.wh.tobytes())

    @classmethod
    def of(cls, slots: int, columns: Mapping[Field, Sequence[int] | Ints]) -> Self:
        """Make a sheet of some columns; the others are 0, those of demand response absent unless one is given."""
        wh = np.zeros((len(Field) if any(field in columns for field in RESPONSE) else len(ENERGY), slots), np.int64)
        for field, values in columns.items():
            wh[field.row] = whole(values, slots, field)
        return cls(wh)

    @property
    def slots(self) -> int:
        """How many slots there are."""
        return int(self.wh.shape[1])

    @property
    def responds(self) -> bool:
        """Whether there are columns of demand response."""
        return len(self.wh) == len(Field)

    @property
    def fields(self) -> tuple[Field, ...]:
        """The fields that there are, in their order."""
        return tuple(Field)[: len(self.wh)]

    @property
    def draw(self) -> Ints:
        """What the meter is to count inwards, less outwards: who takes part in no trade draws it from the grid."""
        wh = self.wh
        used: Ints = wh[Field.DEMAND.row] + wh[Field.CHARGE.row]
        drawn: Ints = used - wh[Field.GENERATION.row] - wh[Field.DISCHARGE.row]
        return drawn

    def column(self, field: Field) -> Ints:
        """Return one column."""
        found: Ints = self.wh[field.row]
        return found

    def with_grid(self) -> Self:
        """Return the sheet with what is left taken from the grid, or sent out: never both in one slot."""
        wh = self.wh.copy()
        left = self.draw + wh[Field.SOLD.row] - wh[Field.BOUGHT.row]
        wh[Field.FROM_GRID.row], wh[Field.TO_GRID.row] = np.maximum(left, 0), np.maximum(-left, 0)
        return type(self)(wh)


def whole(values: Sequence[int] | Ints, slots: int, field: str, part: str = "") -> Ints:
    """Return a column as numbers.

    Raises PlanError, naming the slot, when one is no whole number, or too large, or there are more or fewer.
    """
    if len(values) != slots:
        raise wrong(field, f"{len(values)} values", f"give one for each of the {slots} slots", part=part)
    if isinstance(values, np.ndarray) and values.dtype == np.int64:
        return values
    if not set(map(type, values)) <= {int} or (slots and not -LARGEST_WH <= min(values) <= max(values) <= LARGEST_WH):
        at = next(at for at, value in enumerate(values) if type(value) is not int or abs(value) > LARGEST_WH)
        raise wrong(field, values[at], f"give whole Wh up to {LARGEST_WH}", part=part, slot=at + 1)
    return np.array(values, np.int64)
