"""A measured series in a CSV file: one line a slot, a column with the time at which it begins, one with its energy.

Times are ISO 8601, with an offset or without, as Home Assistant, spreadsheets and meters write them (2026-11-26
07:30, 2026/11/26 7:30, 2026-11-26T07:30:00+09:00), or seconds of Unix time. One without an offset is of the wall
clock of a zone, and where that clock leaves open which moment is meant, the line is left out: what is guessed is not
measured.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
import csv
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from itertools import pairwise
import math
from pathlib import Path
import re
from typing import Final

from localvpp.forecast import ForecastError, History

from .errors import CommandError

UNITS: Final = {"kWh": 1_000.0, "Wh": 1.0}
_UNKNOWN: Final = frozenset({"", "nan", "null", "none", "na", "n/a", "unknown", "unavailable", "-"})
_MOST_SLOTS: Final = 10_000_000
"""Nineteen years of minutes."""
_UNIX: Final = re.compile(r"[0-9]{8,10}")
_SLASHES: Final = re.compile(r"([0-9]{4})/([0-9]{1,2})/([0-9]{1,2})(?:[ T]([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?)?")
_FIRST_YEAR, _LAST_YEAR = 1971, 2199
TIME_FORMATS: Final = (
    f"a time as 2026-11-26 07:30, 2026-11-26T07:30+09:00 or 1795646400 (Unix seconds), of {_FIRST_YEAR} to {_LAST_YEAR}"
)


@dataclass(frozen=True, slots=True)
class Series:
    """What a file holds."""

    history: History
    left_out: tuple[str, ...]
    """Lines whose time is none, or two, of the zone's wall clock; each with the reason."""


@dataclass(frozen=True, slots=True)
class _Line:
    number: int
    text: str
    time: datetime | int
    value: float


def read_time(text: str) -> datetime | int | None:
    """Return a written time: of the wall clock, with an offset, or seconds of Unix time; None when it is none."""
    text = text.strip()
    if _UNIX.fullmatch(text):
        return int(text)
    try:
        if slashes := _SLASHES.fullmatch(text):
            time = datetime(*(int(part or 0) for part in slashes.groups()))  # type: ignore[arg-type]  # noqa: DTZ001
        else:
            time = datetime.fromisoformat(text)
    except ValueError:
        return None
    return time if _FIRST_YEAR <= time.year <= _LAST_YEAR and not time.microsecond else None


def moments(time: datetime | int, zone: tzinfo) -> tuple[int, ...]:
    """Return the seconds of Unix time that a time may mean: one; on days of the clocks' change none, or two."""
    if isinstance(time, int):
        return (time,)
    if time.tzinfo is not None:
        return (int(time.timestamp()),)
    both = {int(time.replace(tzinfo=zone, fold=fold).timestamp()) for fold in (0, 1)}
    wall = time.replace(fold=0)
    return tuple(
        sorted(m for m in both if datetime.fromtimestamp(m, UTC).astimezone(zone).replace(tzinfo=None, fold=0) == wall)
    )


def read_series(path: Path, column: str, unit: str, zone: tzinfo, time_column: str | None = None) -> Series:
    """Read one column of a file.

    Raises CommandError, naming file, line, field, value and remedy.
    """
    lines = list(_lines(path, column, UNITS[unit], time_column))
    placed, left_out = _placed(path, lines, zone)
    if len(placed) < 2:
        raise CommandError(f"{path}: {len(placed)} lines with a time; two at least tell how long a slot is")
    times = [moment for _, moment in placed]
    # The usual step is the slot's length: holes make single steps longer, a mistyped time makes one shorter.
    steps = Counter(after - before for before, after in pairwise(times))
    length = min(steps, key=lambda step: (-steps[step], step))
    if (times[-1] - times[0]) // length > _MOST_SLOTS:
        first, last = placed[0][0].text, placed[-1][0].text
        raise CommandError(
            f"{path}: from {first} to {last} there are more than {_MOST_SLOTS} slots of {length} s: correct the times"
        )
    values = [math.nan] * ((times[-1] - times[0]) // length + 1)
    for line, moment in placed:
        if (moment - times[0]) % length:
            raise _wrong(
                path, line.number, time_column or "time", line.text, f"lies between slots of {length} s: mend it"
            )
        values[(moment - times[0]) // length] = line.value
    try:
        return Series(History.of(times[0], length, values), tuple(left_out))
    except ForecastError as error:
        raise CommandError(f"{path}, line {placed[0][0].number}: {error}") from error


def _lines(path: Path, column: str, scale: float, time_column: str | None) -> Iterator[_Line]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = [(number, row) for number, row in enumerate(csv.reader(file), 1) if row]
    except OSError as error:
        raise CommandError(f"the series {path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise CommandError(f"{path}, byte {error.start}: is not UTF-8: save it as CSV in UTF-8") from error
    except csv.Error as error:
        raise CommandError(f"{path}: {error}: save it as CSV in UTF-8") from error
    if not rows:
        raise CommandError(f"{path} is empty: its first line names the columns, one line a slot follows")
    _, header = rows[0]
    value_at = _place_of(path, header, column, "--column")
    time_at = 0 if time_column is None else _place_of(path, header, time_column, "--time-column")
    time_name = header[time_at] or "time"
    for number, row in rows[1:]:
        if len(row) != len(header):
            raise _wrong(path, number, "columns", len(row), f"the header names {len(header)}: give each line as many")
        time = read_time(row[time_at])
        if time is None:
            raise _wrong(path, number, time_name, row[time_at], f"write {TIME_FORMATS}")
        yield _Line(number, row[time_at], time, _energy(path, number, column, row[value_at]) * scale)


def _placed(path: Path, lines: Sequence[_Line], zone: tzinfo) -> tuple[list[tuple[_Line, int]], list[str]]:
    """Place the lines in time, in their order."""
    times = Counter(line.time for line in lines)
    placed: list[tuple[_Line, int]] = []
    left_out = []
    for line in lines:
        meant = moments(line.time, zone)
        newest = placed[-1][1] if placed else None
        if not meant:
            left_out.append(f"line {line.number}: {line.text} did not exist: the clocks went forward")
            continue
        if len(meant) == 2 and times[line.time] == 1:
            left_out.append(f"line {line.number}: {line.text} was twice and stands here once: the clocks went back")
            continue
        later = [moment for moment in meant if newest is None or moment > newest]
        if not later:
            again = "stands twice" if newest in meant else "is before the line before it"
            raise _wrong(path, line.number, "time", line.text, f"{again}: sort the lines, with each slot once")
        placed.append((line, later[0]))
    return placed, left_out


def _energy(path: Path, number: int, column: str, text: str) -> float:
    if text.strip().lower() in _UNKNOWN:
        return math.nan
    try:
        value = float(text)
    except ValueError as error:
        raise _wrong(path, number, column, text, "write a number, or nothing where it is not known") from error
    if not math.isfinite(value) or value < 0:
        raise _wrong(path, number, column, text, "an energy is 0 or more; write nothing where it is not known")
    return value


def _place_of(path: Path, header: Sequence[str], name: str, option: str) -> int:
    if header.count(name) == 1:
        return header.index(name)
    problem = "names no column" if name not in header else "names more than one column"
    raise CommandError(f"{path}, line 1: {option} {name!r} {problem}: it has {', '.join(map(repr, header))}")


def _wrong(path: Path, line: int, field: str, value: object, remedy: str) -> CommandError:
    return CommandError(f"{path}, line {line}, {field} {value!r}: {remedy}")
