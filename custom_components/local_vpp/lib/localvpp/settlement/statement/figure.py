"""A number on a statement, and the way from it: down to records of the log, to other numbers, or into a document.

No number stands by itself. What meters counted is a sum over slots, each with its records in the log; what is worked
out names the numbers that it is made of, and can be worked out again from them; what somebody has decided, as a fee or
a tariff's price, stands in a document, which is named with its digest.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
import hashlib
from math import floor
from typing import Final, NamedTuple, Protocol, Self

from ..month import UNITS, Reference
from ..tariff import half_up

_LETTERS: Final = "abcdefgh"
"""Of the columns of a line."""


class Unit(StrEnum):
    """What a number counts."""

    KWH = "kWh"
    YEN = "yen"
    WHOLE_YEN = "whole yen"
    """Of bills and taxes, which have no fractions."""
    PRICE = "yen/kWh"
    PART = "part"
    KW = "kW"
    SLOTS = "slots"
    DAYS = "days"


SCALE: Final[Mapping[Unit, int]] = {Unit.KWH: 1_000, Unit.YEN: UNITS}
"""How many of what slots are counted in (Wh, 10⁻⁵ yen) make one; of the others one does."""


@dataclass(frozen=True, slots=True)
class Document:
    """Something written that numbers follow from."""

    name: str
    """Of its file."""
    sha256: str

    @classmethod
    def of(cls, name: str, data: bytes) -> Self:
        """Return what names a document's bytes."""
        return cls(name, hashlib.sha256(data).hexdigest())


@dataclass(frozen=True, slots=True)
class Documents:
    """What the numbers of a month follow from, beside its records."""

    month: Document
    """month.json: prices, fees, trades, bills, as the month was settled."""
    tariff: Document | None = None
    """The utility's prices; None: its bill is not worked out."""


# --- ways ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SlotValue:
    """What one slot adds to a number: Wh, 10⁻⁵ yen, or 1 for a slot that is counted."""

    begin: int
    value: int
    records: tuple[Reference, ...]


@dataclass(frozen=True, slots=True)
class Metered:
    """It is the sum of these slots. What is money is that of their energy at the slots' prices."""

    slots: tuple[SlotValue, ...]


@dataclass(frozen=True, slots=True)
class Worked:
    """It is made of other numbers of the same statement."""

    by: Expression


@dataclass(frozen=True, slots=True)
class Written:
    """It stands in a document, at a place in it."""

    document: Document
    place: str


type Way = Metered | Worked | Written


@dataclass(frozen=True, slots=True)
class Figure:
    """One number of a statement."""

    line: str
    """What it is a number of."""
    column: str
    """Which of its line's numbers it is; empty where there is but one."""
    ref: str
    """By which every rendering refers to it: the line's number, and a letter for the column: 5a."""
    value: Fraction | None
    """In its unit; None: unknown."""
    unit: Unit
    ways: tuple[Way, ...]

    @property
    def key(self) -> str:
        """Its name for programs: `grid.kwh`; of a line with but one number the line's: `used`."""
        return key_of(self.line, self.column)

    @property
    def number(self) -> str:
        """Its line's number."""
        return self.ref.rstrip(_LETTERS)


def key_of(line: str, column: str = "") -> str:
    """Return by which name a trail has a number."""
    return f"{line}.{column}" if column else line


type Trail = Mapping[str, Figure]
"""All numbers of a statement, by key, in the order in which it shows them."""


# --- how numbers are made of others ----------------------------------------------------------------------------------


class Expression(Protocol):
    """How a number follows from others."""

    def worth(self, trail: Trail) -> Fraction | None:
        """Return its value; None where one of them is unknown."""

    def told(self, name: Callable[[str], str], words: Callable[[str], str]) -> str:
        """Write it; `name` writes the number of a key, `words` what has no sign."""


@dataclass(frozen=True, slots=True)
class Of:
    """Another number."""

    key: str

    def worth(self, trail: Trail) -> Fraction | None:
        """Return its value."""
        return trail[self.key].value

    def told(self, name: Callable[[str], str], words: Callable[[str], str]) -> str:
        """Write it."""
        return name(self.key)


@dataclass(frozen=True, slots=True)
class Number:
    """One that stands here and in the document that is named beside it."""

    value: Fraction

    def worth(self, trail: Trail) -> Fraction | None:
        """Return its value."""
        return self.value

    def told(self, name: Callable[[str], str], words: Callable[[str], str]) -> str:
        """Write it exactly: it has five decimals at most."""
        scaled = abs(self.value) * UNITS
        assert scaled.denominator == 1, f"{self.value} has more decimals than money"
        whole, part = divmod(scaled.numerator, UNITS)
        told = f"{whole}.{part:05}".rstrip("0").rstrip(".")
        return f"-{told}" if self.value < 0 else told


@dataclass(frozen=True, slots=True)
class Apportioned:
    """A part of a whole by its weight among all: floored to 10⁻⁵ yen, or one more of these (`settlement.apportion`).

    Whose fractions are the largest gets one more, until the parts sum to the whole; who that is follows from the
    weights of all, which stand in the document that is named beside it.
    """

    whole: Expression
    weight: Expression
    weights: Expression
    more: bool
    """Whether it is one of these."""
    owed: bool = False
    """Whether it is taken off."""

    def worth(self, trail: Trail) -> Fraction | None:
        """Return its value, in yen."""
        whole, weight, weights = (each.worth(trail) for each in (self.whole, self.weight, self.weights))
        if whole is None or weight is None or not weights:
            return None
        part = Fraction(floor(whole * UNITS * weight / weights) + self.more, UNITS)
        return -part if self.owed else part

    def told(self, name: Callable[[str], str], words: Callable[[str], str]) -> str:
        """Write it."""
        whole, weight, weights = (_bound(each, name, words) for each in (self.whole, self.weight, self.weights))
        part = f"{words('floor')}({whole} × {weight} ÷ {weights}; 0.00001){' + 0.00001' if self.more else ''}"
        return f"-({part})" if self.owed and self.more else f"-{part}" if self.owed else part


@dataclass(frozen=True, slots=True)
class Sum:
    """Numbers added, or taken off."""

    terms: tuple[tuple[int, Expression], ...]
    """1 or -1 with each."""

    def worth(self, trail: Trail) -> Fraction | None:
        """Return its value."""
        total = Fraction()
        for sign, term in self.terms:
            value = term.worth(trail)
            if value is None:
                return None
            total += sign * value
        return total

    def told(self, name: Callable[[str], str], words: Callable[[str], str]) -> str:
        """Write it."""
        text = ""
        for sign, term in self.terms:
            joint = ("" if sign > 0 else "-") if not text else " + " if sign > 0 else " - "
            text += joint + (_bound(term, name, words) if isinstance(term, Sum) else term.told(name, words))
        return text or "0"


@dataclass(frozen=True, slots=True)
class Quotient:
    """One divided by another; nothing where that is 0."""

    above: Expression
    below: Expression

    def worth(self, trail: Trail) -> Fraction | None:
        """Return its value."""
        above, below = self.above.worth(trail), self.below.worth(trail)
        return above / below if above is not None and below else None

    def told(self, name: Callable[[str], str], words: Callable[[str], str]) -> str:
        """Write it."""
        return f"{_bound(self.above, name, words)} ÷ {_bound(self.below, name, words)}"


@dataclass(frozen=True, slots=True)
class Product:
    """Numbers multiplied, with a ratio that rules fix: of a tax, say."""

    factors: tuple[Expression, ...]
    ratio: Fraction = Fraction(1)

    def worth(self, trail: Trail) -> Fraction | None:
        """Return its value."""
        total = self.ratio
        for factor in self.factors:
            value = factor.worth(trail)
            if value is None:
                return None
            total *= value
        return total

    def told(self, name: Callable[[str], str], words: Callable[[str], str]) -> str:
        """Write it."""
        text = " × ".join(_bound(each, name, words) for each in self.factors)
        over, under = self.ratio.numerator, self.ratio.denominator
        return text + (f" × {over}" if over != 1 else "") + (f" ÷ {under}" if under != 1 else "")


@dataclass(frozen=True, slots=True)
class Floor:
    """A number without its fraction."""

    of: Expression

    def worth(self, trail: Trail) -> Fraction | None:
        """Return its value."""
        value = self.of.worth(trail)
        return None if value is None else Fraction(floor(value))

    def told(self, name: Callable[[str], str], words: Callable[[str], str]) -> str:
        """Write it."""
        return f"{words('floor')}({self.of.told(name, words)})"


@dataclass(frozen=True, slots=True)
class AtLeastZero:
    """A number, or 0 where it is below that."""

    of: Expression

    def worth(self, trail: Trail) -> Fraction | None:
        """Return its value."""
        value = self.of.worth(trail)
        return None if value is None else max(value, Fraction())

    def told(self, name: Callable[[str], str], words: Callable[[str], str]) -> str:
        """Write it."""
        return f"max(0, {self.of.told(name, words)})"


@dataclass(frozen=True, slots=True)
class Rounded:
    """A number rounded to a whole one, a half upwards."""

    of: Expression

    def worth(self, trail: Trail) -> Fraction | None:
        """Return its value."""
        value = self.of.worth(trail)
        return None if value is None else Fraction(half_up(value))

    def told(self, name: Callable[[str], str], words: Callable[[str], str]) -> str:
        """Write it."""
        return f"{words('rounded')}({self.of.told(name, words)})"


def _bound(of: Expression, name: Callable[[str], str], words: Callable[[str], str]) -> str:
    text = of.told(name, words)
    return f"({text})" if isinstance(of, Sum | Quotient) and not (isinstance(of, Sum) and len(of.terms) == 1) else text


def total(keys: Iterable[str]) -> Sum:
    """Return the sum of some numbers."""
    return Sum(tuple((1, Of(key)) for key in keys))


def less(first: str, *others: str) -> Sum:
    """Return a number less others."""
    return Sum(((1, Of(first)), *((-1, Of(key)) for key in others)))


# --- a trail, as it is laid ------------------------------------------------------------------------------------------


class Laid(NamedTuple):
    """A number of a line that has several."""

    unit: Unit
    value: Fraction | int | None
    ways: tuple[Way, ...]


class Trailing:
    """Lays a trail line by line, and numbers the lines."""

    def __init__(self) -> None:
        self.trail: dict[str, Figure] = {}
        self._lines = 0

    def line(self, name: str, **columns: Laid | None) -> None:
        """Add a line of several numbers, each under a letter of its own; None leaves a letter out.

        Raises ValueError for one that has no way.
        """
        self._lines += 1
        for letter, (column, laid) in zip(_LETTERS, columns.items(), strict=False):
            if laid is not None:
                self._add(name, column, f"{self._lines}{letter}", *laid)

    def one(self, name: str, unit: Unit, value: Fraction | int | None, *ways: Way) -> None:
        """Add a line of one number. Raises ValueError for one that has no way."""
        self._lines += 1
        self._add(name, "", str(self._lines), unit, value, ways)

    def _add(
        self, line: str, column: str, ref: str, unit: Unit, value: Fraction | int | None, ways: tuple[Way, ...]
    ) -> None:
        figure = Figure(line, column, ref, None if value is None else Fraction(value), unit, ways)
        if not ways:
            raise ValueError(f"{figure.key} leads nowhere")
        self.trail[figure.key] = figure

    def worked(self, name: str, unit: Unit, by: Expression) -> None:
        """Add a line of one number that follows from such as were added."""
        self.one(name, unit, by.worth(self.trail), Worked(by))
