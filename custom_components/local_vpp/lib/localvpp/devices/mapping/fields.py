"""Taking the fields of a map's mappings out, checked: whoever adds a device reads these errors."""

from collections.abc import Mapping
from enum import StrEnum
from fractions import Fraction
from typing import Final, Literal

from ..quantity import WordType, factor


class MapError(ValueError):
    """A register map that cannot be used; the sentence names file, point, field, value and remedy."""

    def __init__(self, file: str, point: str | None, field: str, value: object, remedy: str) -> None:
        where = f"{file}, point {point}" if point else file
        super().__init__(f"{where}: {field} is {value!r}; {remedy}")
        self.file = file
        self.point = point
        self.field = field
        self.value = value


_MISSING: Final = object()


class Fields:
    """The fields of one mapping; what is left at the end is unknown and refused."""

    def __init__(self, file: str, point: str | None, document: object, prefix: str = "") -> None:
        self.file = file
        self.point = point
        self._prefix = prefix
        if not isinstance(document, dict):
            raise self.error("content", document, "write a mapping of fields")
        self._left: dict[object, object] = dict(document)

    def error(self, field: str, value: object, remedy: str) -> MapError:
        """Make the error of a field."""
        return MapError(self.file, self.point, self._prefix + field, value, remedy)

    def inside(self, field: str) -> Fields:
        """Take a mapping of fields; an empty one where it is not given."""
        value = self.take(field, {})
        if not isinstance(value, dict):
            raise self.error(field, value, "write a mapping of fields")
        return Fields(self.file, self.point, value, f"{self._prefix}{field}.")

    def has(self, field: str) -> bool:
        """Whether a field is given and was not taken yet."""
        return field in self._left

    def drop(self, *fields: str) -> None:
        """Leave fields out of account."""
        for field in fields:
            self._left.pop(field, None)

    def take(self, field: str, default: object = _MISSING) -> object:
        """Take any value."""
        value = self._left.pop(field, default)
        if value is _MISSING:
            raise self.error(field, None, "it must be given")
        return value

    def text(self, field: str, default: object = _MISSING) -> str:
        """Take a text."""
        value = self.take(field, default)
        if not isinstance(value, str) or not value.strip():
            raise self.error(field, value, "write a text")
        return value

    def maybe_text(self, field: str) -> str | None:
        """Take a text that need not be there."""
        return self.text(field) if self.has(field) else None

    def whole(self, field: str, low: int, high: int, default: object = _MISSING) -> int:
        """Take a whole number."""
        value = self.take(field, default)
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            raise self.error(field, value, f"write a whole number from {low} to {high}")
        return value

    def maybe_whole(self, field: str, low: int, high: int) -> int | None:
        """Take a whole number that need not be there."""
        return self.whole(field, low, high) if self.has(field) else None

    def flag(self, field: str) -> bool:
        """Take true or false; false where it is not given."""
        value = self.take(field, default=False)
        if not isinstance(value, bool):
            raise self.error(field, value, "write true or false")
        return value

    def choice[E: StrEnum](self, field: str, options: type[E], default: object = _MISSING) -> E:
        """Take one of some words."""
        value = self.take(field, default)
        try:
            return options(str(value))
        except ValueError:
            raise self.error(field, value, f"choose one of {', '.join(options)}") from None

    def texts(self, field: str) -> tuple[str, ...]:
        """Take a list of texts; none where it is not given."""
        value = self.take(field, [])
        if not isinstance(value, list) or not all(isinstance(item, str) and item.strip() for item in value):
            raise self.error(field, value, "write a list of texts")
        return tuple(value)

    def wholes(self, field: str, low: int, high: int, default: object) -> tuple[int, ...]:
        """Take a list of whole numbers, or one."""
        value = self.take(field, default)
        numbers = value if isinstance(value, list) else [value]
        for number in numbers:
            if not isinstance(number, int) or isinstance(number, bool) or not low <= number <= high:
                raise self.error(field, value, f"write whole numbers from {low} to {high}")
        return tuple(numbers)

    def scale(self, field: str) -> Fraction:
        """Take what one step of a register is; 1 where it is not given."""
        value = self.take(field, 1)
        try:
            return factor(value)
        except ValueError as error:
            raise self.error(field, value, f"{error}: write what one step of the register is, e.g. 0.1") from error

    def order(self) -> Literal["big", "little"]:
        """Take which word comes first."""
        order: Literal["big", "little"]
        match self.take("words", "big"):
            case "big" | "little" as order:
                return order
            case other:
                raise self.error("words", other, "write big (high word first) or little (low word first)")

    def patterns(self, field: str, word_type: WordType) -> frozenset[int]:
        """Take register patterns."""
        value = self.take(field, [])
        if not isinstance(value, list):
            raise self.error(field, value, "write a list of patterns, e.g. [0xFFFF]")
        for item in value:
            if not isinstance(item, int) or isinstance(item, bool) or not 0 <= item < 1 << 16 * word_type.words:
                raise self.error(field, item, f"write an unsigned pattern of {16 * word_type.words} bits")
        return frozenset(value)

    def names(self, field: str, high: int) -> dict[int, str]:
        """Take names of values or bits: from whole numbers to words, each once."""
        value = self.take(field, {})
        if not isinstance(value, dict):
            raise self.error(field, value, "write a mapping from numbers to names")
        for number, name in value.items():
            if not isinstance(number, int) or isinstance(number, bool) or not 0 <= number <= high:
                raise self.error(field, number, f"write whole numbers from 0 to {high}")
            if not isinstance(name, str) or not name.isidentifier():
                raise self.error(field, name, "write a name of letters, digits and _; put on and off in quotes")
        return dict(value)

    def limits(self, field: str) -> tuple[float, float] | None:
        """Take the least and the most of something; None where it is not given."""
        match value := self.take(field, None):
            case None:
                return None
            case [int() | float() as low, int() | float() as high] if low < high:
                return (float(low), float(high))
            case _:
                raise self.error(field, value, "write [least, most]")

    def nothing_left(self) -> None:
        """Refuse what was not taken."""
        for field, value in self._left.items():
            raise self.error(str(field), value, "no such field here: correct its name or remove it")

    def rest(self) -> Mapping[object, object]:
        """Take all that is left, as it stands."""
        rest, self._left = self._left, {}
        return rest
