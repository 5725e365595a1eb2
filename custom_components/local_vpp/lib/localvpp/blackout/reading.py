"""The fields of a drill's document by name and by type: what is missing, of another type or too much is named."""

from collections.abc import Callable
from enum import StrEnum
from typing import Any, Final

_MOST: Final = 2**53 - 1
"""Beyond it, many readers of JSON would round (RFC 8785)."""

LATEST_MS: Final = 32_503_680_000_000
"""The year 3000: a calendar has to have a day for every time."""


class DocumentError(ValueError):
    """A document that cannot be used; says which field is wrong."""


class Fields:
    """The fields of one object of a document: each is taken out once, and none may be left. Raises DocumentError."""

    def __init__(self, value: Any, name: str) -> None:
        if not isinstance(value, dict):
            raise DocumentError(f"{name} is no object")
        self._left: dict[str, Any] = dict(value)
        self._name: Final = name

    def names(self) -> list[str]:
        """Return the names that are left."""
        return list(self._left)

    def end(self) -> None:
        """Raise DocumentError if something is left."""
        if self._left:
            raise DocumentError(f"{self._name} has an unknown field {min(self._left)!r}")

    def whole(self, name: str) -> int:
        """Take a whole number."""
        value = self._take(name)
        if type(value) is not int or not -_MOST <= value <= _MOST:
            raise self._wrong(name, value, "a whole number")
        return value

    def time(self, name: str) -> int:
        """Take a time, in milliseconds of Unix time."""
        return self.checked_time(name, self.whole(name))

    def checked_time(self, name: str, value: int) -> int:
        """Give back a time that was found."""
        if not 0 <= value <= LATEST_MS:
            raise self._wrong(name, value, "a time in ms, before the year 3000")
        return value

    def text(self, name: str) -> str:
        """Take a text."""
        value = self._take(name)
        if not isinstance(value, str):
            raise self._wrong(name, value, "a text")
        return value

    def flag(self, name: str) -> bool:
        """Take yes or no."""
        value = self._take(name)
        if not isinstance(value, bool):
            raise self._wrong(name, value, "true or false")
        return value

    def octets(self, name: str, length: int) -> bytes:
        """Take so many bytes, in lower-case hex."""
        text = self.text(name)
        try:
            data = bytes.fromhex(text)
        except ValueError as error:
            raise self._wrong(name, text, f"{2 * length} hex digits") from error
        if len(data) != length or data.hex() != text:
            raise self._wrong(name, text, f"{2 * length} hex digits")
        return data

    def one_of[E: StrEnum](self, name: str, kind: type[E]) -> E:
        """Take one of a few words."""
        text = self.text(name)
        if text not in set(kind):
            raise self._wrong(name, text, f"one of {', '.join(kind)}")
        return kind(text)

    def listed(self, name: str) -> list[Any]:
        """Take a list."""
        value = self._take(name)
        if not isinstance(value, list):
            raise self._wrong(name, value, "a list")
        return value

    def inner(self, name: str) -> Fields:
        """Take an object."""
        return Fields(self._take(name), f"{name} of {self._name}")

    def maybe[T](self, name: str, take: Callable[[str], T]) -> T | None:
        """Take what may be null."""
        if name in self._left and self._left[name] is None:
            return self._left.pop(name)  # type: ignore[no-any-return]
        return take(name)

    def part[T](self, name: str, read: Callable[[Fields], T]) -> T | None:
        """Take an object that may be null."""
        return self.maybe(name, lambda each: read(self.inner(each)))

    def scaled(self, name: str, unit: int) -> float | None:
        """Take a figure in whole parts of its unit, or null."""
        value = self.maybe(name, self.whole)
        return None if value is None else value / unit

    def _take(self, name: str) -> Any:
        if name not in self._left:
            raise DocumentError(f"{self._name} has no {name}")
        return self._left.pop(name)

    def _wrong(self, name: str, value: Any, expected: str) -> DocumentError:
        return DocumentError(f"{self._name}: {name} is {str(value)[:80]!r}, expected {expected}")
