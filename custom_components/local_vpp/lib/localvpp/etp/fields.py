"""Reading the fields of a signed map: each with its own clear refusal."""

from enum import IntEnum
from typing import Final

from .cbor import Value
from .errors import FieldError, VersionError

LARGEST: Final = 2**63 - 1
"""What every database, and every language, holds in an integer."""


class Fields:
    """The fields of one decoded map, taken out one by one; `end` refuses what is left over."""

    def __init__(self, value: Value, what: str) -> None:
        if not isinstance(value, dict):
            raise FieldError(f"{what} is not a map")
        self._left = dict(value)
        self._what = what

    def _take(self, key: int, name: str) -> Value:
        try:
            return self._left.pop(key)
        except KeyError:
            raise FieldError(f"{self._what} lacks {name} (key {key})") from None

    def has(self, key: int) -> bool:
        """Whether an optional field is there."""
        return key in self._left

    def version(self, key: int, name: str, expected: int, oldest: int | None = None) -> int:
        """Take a version, of which one is known, or all from an oldest one on, and return it.

        Raises VersionError.
        """
        if not (expected if oldest is None else oldest) <= (value := self.integer(key, name)) <= expected:
            raise VersionError(f"{self._what}: {name} is {value}, this program reads {expected}: update the older one")
        return value

    def unsigned(self, key: int, name: str, most: int = LARGEST) -> int:
        """Take a non-negative integer of at most `most`."""
        value = self.integer(key, name)
        if not 0 <= value <= most:
            raise FieldError(f"{self._what}: {name} is {value}, expected 0 to {most}")
        return value

    def integer(self, key: int, name: str) -> int:
        """Take an integer of 64 bits with its sign."""
        value = self._take(key, name)
        if isinstance(value, bool) or not isinstance(value, int):
            raise FieldError(f"{self._what}: {name} is {value!r}, expected an integer")
        if not -LARGEST - 1 <= value <= LARGEST:
            raise FieldError(f"{self._what}: {name} is {value}, which 64 bits with a sign do not hold")
        return value

    def boolean(self, key: int, name: str) -> bool:
        """Take a truth value."""
        value = self._take(key, name)
        if not isinstance(value, bool):
            raise FieldError(f"{self._what}: {name} is {value!r}, expected true or false")
        return value

    def bytes_(self, key: int, name: str, length: int | None = None) -> bytes:
        """Take bytes, of an exact length where one is given."""
        value = self._take(key, name)
        if not isinstance(value, bytes):
            raise FieldError(f"{self._what}: {name} is {value!r}, expected bytes")
        if length is not None and len(value) != length:
            raise FieldError(f"{self._what}: {name} has {len(value)} bytes, expected {length}")
        return value

    def text(self, key: int, name: str, most: int = 64) -> str:
        """Take text of at most `most` characters."""
        value = self._take(key, name)
        if not isinstance(value, str) or len(value) > most:
            raise FieldError(f"{self._what}: {name} is {value!r}, expected text of at most {most} characters")
        return value

    def list_(self, key: int, name: str, length: int | None = None) -> list[Value]:
        """Take a list, of an exact length where one is given."""
        value = self._take(key, name)
        if not isinstance(value, list) or (length is not None and len(value) != length):
            raise FieldError(f"{self._what}: {name} is {value!r}, expected a list of {length or 'some'} items")
        return value

    def map_(self, key: int, name: str) -> dict[int, Value]:
        """Take a map."""
        value = self._take(key, name)
        if not isinstance(value, dict):
            raise FieldError(f"{self._what}: {name} is {value!r}, expected a map")
        return value

    def enum[E: IntEnum](self, key: int, name: str, kind: type[E]) -> E:
        """Take a member of an enumeration."""
        value = self.integer(key, name)
        try:
            return kind(value)
        except ValueError:
            known = ", ".join(str(int(member)) for member in kind)
            raise FieldError(f"{self._what}: {name} is {value}, expected one of {known}") from None

    def end(self) -> None:
        """Raise FieldError if a field was not taken: what nobody reads must not be signed."""
        if self._left:
            raise FieldError(f"{self._what} has the unknown key {min(self._left)}")
