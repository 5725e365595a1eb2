"""The manager's CSV of payments: read strictly, and what is wrong told by line, field and value, with what to write."""

from collections.abc import Iterator, Mapping, Sequence
import csv
from dataclasses import dataclass
import datetime as dt
import io
import re
from typing import Any, Final

from coordinator.payments import WAYS, Direction, For
from localvpp.etp import MOST_YEN
from localvpp.payments import Bill

from .errors import CommandError

COLUMNS: Final = ("date", "flat", "direction", "yen", "for", "month", "way", "reference", "reverses")
NAMES: Final[Mapping[str, str]] = {"day": "date", "statement": "month"}
"""What a column is called in a request, where that is not its own name."""
_NEEDED: Final[Mapping[str, frozenset[str]]] = {
    For.BILL: frozenset({"direction", "yen", "month", "way"}),
    For.DEPOSIT: frozenset({"direction", "yen", "way"}),
    For.REVERSAL: frozenset({"reverses"}),
}
_OF_ALL: Final = frozenset({"date", "flat", "for", "reference"})
_YEN: Final = re.compile(r"[1-9][0-9]{0,9}")
_MOST_TOLD: Final = 20
"""Problems that are told at once."""


@dataclass(frozen=True, slots=True)
class Line:
    """A payment with the line that says it."""

    number: int
    payment: dict[str, Any]


def read_lines(data: bytes, bills: Sequence[Bill]) -> list[Line]:
    """Return the payments of a file, as they are sent. Raises CommandError, with a line for each problem."""
    by_name = {(bill.flat, bill.month): bill for bill in bills}
    lines: list[Line] = []
    problems: list[str] = []
    try:
        reader = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True)
        header = next(reader, [])
        if header != list(COLUMNS):
            raise CommandError(f"line 1: the columns are {','.join(header)!r}: write {','.join(COLUMNS)}")
        for row in reader:
            wrong = list(_problems(row, by_name))
            problems += [f"line {reader.line_num}: {each}" for each in wrong]
            if not wrong:
                lines.append(Line(reader.line_num, _payment(dict(zip(COLUMNS, row, strict=True)), by_name)))
    except UnicodeDecodeError as error:
        raise CommandError(f"byte {error.start + 1} is not UTF-8: save the file as CSV in UTF-8") from error
    except csv.Error as error:
        raise CommandError(f"line {reader.line_num}: {error}: write quotes in pairs") from error
    if problems:
        more = len(problems) - _MOST_TOLD
        raise CommandError("\n".join([*problems[:_MOST_TOLD], *([f"and {more} more"] if more > 0 else [])]))
    if not lines:
        raise CommandError("it has no payment: write a line for each under the columns")
    return lines


def _problems(row: Sequence[str], bills: Mapping[tuple[str, str], Bill]) -> Iterator[str]:
    if len(row) != len(COLUMNS):
        yield f"it has {len(row)} values, expected {len(COLUMNS)}, of which some are empty"
        return
    told = dict(zip(COLUMNS, row, strict=True))
    needed = _NEEDED.get(told["for"])
    if needed is None:
        yield f"for: {told['for']!r}: write one of {', '.join(For)}"
        return
    for name, value in told.items():
        if not value and name in needed | _OF_ALL:
            yield f"{name}: it is empty: a {told['for']} needs it"
        elif value and name not in needed | _OF_ALL:
            yield f"{name}: {value!r}: leave it empty, a {told['for']} has none"
        elif value and (problem := _problem(name, value)):
            yield f"{name}: {value!r} {problem}"
    if told["for"] == For.BILL and told["flat"] and told["month"] and (told["flat"], told["month"]) not in bills:
        yield (
            f"month: {told['month']!r}: there is no bill of {told['flat']} for it in the folders of --bills: name "
            "the one with its statement"
        )


def _problem(name: str, value: str) -> str | None:
    """Return what is wrong with a value, or None."""
    match name:
        case "date" if not _is_day(value):
            return "is no day: write it as 2026-11-27"
        case "direction" if value not in set(Direction):
            return f"is none: write {' or '.join(Direction)}"
        case "yen" if not _YEN.fullmatch(value):
            return f"is no amount: write whole yen from 1 to {MOST_YEN}, without sign, comma or 円"
        case "way" if value not in WAYS:
            return f"is none: write one of {', '.join(sorted(WAYS))}"
        case _:
            return None


def _is_day(text: str) -> bool:
    try:
        return dt.date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _payment(told: Mapping[str, str], bills: Mapping[tuple[str, str], Bill]) -> dict[str, Any]:
    payment: dict[str, Any] = {
        "for": told["for"],
        "flat": told["flat"],
        "day": told["date"],
        "reference": told["reference"],
    }
    if told["for"] == For.REVERSAL:
        return payment | {"reverses": told["reverses"]}
    payment |= {"direction": told["direction"], "yen": int(told["yen"]), "way": told["way"]}
    if told["for"] == For.DEPOSIT:
        return payment
    return payment | {
        "month": told["month"],
        "statement": bills[told["flat"], told["month"]].statement.hex(),
    }
