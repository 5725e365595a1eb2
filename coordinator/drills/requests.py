"""What the manager asks for when he plans a drill, and why it is refused."""

from dataclasses import dataclass
from typing import Any, Final

import voluptuous as vol

from localvpp.islanding.report import Level

LEVELS: Final = frozenset({Level.TELEMETRY, Level.QUICK, Level.LOAD, Level.DEEP})
"""A plan that is not started is the paper drill; the building's own level is what all of it is reported as."""
LONGEST_S: Final = 3_600
LONGEST_WITHIN_S: Final = 86_400


class DrillRefusedError(Exception):
    """What is asked is refused, and nothing has changed."""

    def __init__(self, status: int, code: str, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.field = field


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A drill that the manager wants."""

    level: Level
    length_s: int
    notice_s: int
    within_s: int
    most: int | None
    seed: str | None


def _level(value: object) -> Level:
    if value not in {level.value for level in LEVELS}:
        raise vol.Invalid(f"{value!r}: write one of {', '.join(sorted(LEVELS))}")
    return Level(str(value))


def _seconds(low: int, high: int) -> Any:
    def check(value: object) -> int:
        if type(value) is not int or not low <= value <= high:
            raise vol.Invalid(f"{value!r}: write a whole number of seconds from {low} to {high}")
        return value

    return check


def _most(value: object) -> int | None:
    if value is None:
        return None
    if type(value) is not int or value < 1:
        raise vol.Invalid(f"{value!r}: write a whole number of flats from 1")
    return value


def _line(longest: int) -> Any:
    def check(value: object) -> str:
        if not isinstance(value, str) or not value.isprintable() or not 1 <= len(value) <= longest:
            raise vol.Invalid(f"write one line of 1 to {longest} printable characters")
        return value

    return check


_PLAN: Final = vol.Schema(
    {
        vol.Required("level"): _level,
        vol.Optional("length_s", default=300): _seconds(60, LONGEST_S),
        vol.Optional("notice_s", default=600): _seconds(0, LONGEST_S),
        vol.Optional("within_s", default=4 * 3600): _seconds(60, LONGEST_WITHIN_S),
        vol.Optional("most", default=None): _most,
        vol.Optional("seed", default=None): vol.Any(None, _line(64)),
    }
)
_WHO: Final = vol.Schema({vol.Optional("who", default="manager"): _line(200)})


def read_plan(request: object) -> Wanted:
    """Read the JSON of a plan. Raises DrillRefusedError."""
    return Wanted(**_checked(_PLAN, request))


def read_who(request: object) -> str:
    """Read who has seen a flat's residents. Raises DrillRefusedError."""
    who: str = _checked(_WHO, request)["who"]
    return who


def _checked(schema: vol.Schema, request: object) -> dict[str, Any]:
    try:
        values: dict[str, Any] = schema(request)
    except vol.MultipleInvalid as errors:
        error = errors.errors[0]
        field = ".".join(str(part) for part in error.path) or None
        raise DrillRefusedError(
            400, "bad_request", f"{field or 'the request'}: {error.error_message}", field
        ) from errors
    return values
