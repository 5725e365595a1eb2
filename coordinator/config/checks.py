"""Checks of single values that more than one file of configuration has; each says what to write instead."""

from collections.abc import Callable
from typing import Any

import voluptuous as vol


def printable(value: object) -> str:
    """Read text of a line. Raises vol.Invalid."""
    if not isinstance(value, str):
        raise vol.Invalid(f'{value!r} is not text: write it in quotes, as in "{value}"')
    if not value.strip() or len(value) > 200 or not value.isprintable():
        raise vol.Invalid(f"{value!r}: write 1 to 200 printable characters")
    return value


def whole(low: int, high: int, unit: str) -> Any:
    """Return the check for whole numbers."""

    def check(value: object) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            raise vol.Invalid(f"{value!r}: write a whole number of {unit} from {low} to {high}")
        return value

    return check


def yes_or_no(value: object) -> bool:
    """Read true or false. Raises vol.Invalid."""
    if not isinstance(value, bool):
        raise vol.Invalid(f"{value!r}: write true or false, without quotes")
    return value


def unless_none(check: Callable[[object], object]) -> Callable[[object], object]:
    """Return a check that lets None pass."""
    return lambda value: None if value is None else check(value)
