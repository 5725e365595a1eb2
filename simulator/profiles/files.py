"""Measured homes from CSV files.

Two public sets are understood, told apart by their header:

* Ausgrid solar home data as prepared by P. Haessig: a time stamp at the start of each half hour, ``GC`` (load) and
  ``GG`` (rooftop PV) in kWh per half hour;
* CityLearn Challenge 2022: ``month,hour,day_type,load_kwh,solar_w_per_kw``, hourly, the hour counted 1 to 24.

Neither carries a zone: time is the home's own.
"""

from collections.abc import Callable, Sequence
import csv
from datetime import datetime, timedelta
import math
from pathlib import Path
from typing import Final

from ..errors import SimulatorError
from .series import Series

_AUSGRID: Final = ("GC", "GG")
_CITYLEARN: Final = ("month", "hour", "day_type", "load_kwh", "solar_w_per_kw")
_HALF_HOUR: Final = timedelta(minutes=30)
_A_YEAR: Final = 2024
"""A leap year for series that name month and hour but no year."""


class _Row:
    """One line of a file, whose cells are read with an error that leads to them."""

    def __init__(self, path: Path, line: int, header: Sequence[str], cells: Sequence[str]) -> None:
        if len(cells) != len(header):
            raise SimulatorError(
                f"{path}, line {line}: {len(cells)} columns; expected {len(header)}: {','.join(header)}"
            )
        self._path = path
        self._line = line
        self._header = header
        self._cells = cells

    def fail(self, column: int, expected: str) -> SimulatorError:
        name = self._header[column] or "time"
        return SimulatorError(
            f"{self._path}, line {self._line}, column {name}: {self._cells[column]!r}; expected {expected}"
        )

    def amount(self, column: int, unit: str) -> float:
        expected = f"a number of {unit}, zero or more"
        try:
            value = float(self._cells[column])
        except ValueError as error:
            raise self.fail(column, expected) from error
        if not math.isfinite(value) or value < 0:
            raise self.fail(column, expected)
        return value

    def whole(self, column: int, low: int, high: int) -> int:
        expected = f"a whole number from {low} to {high}"
        try:
            value = int(self._cells[column])
        except ValueError as error:
            raise self.fail(column, expected) from error
        if not low <= value <= high:
            raise self.fail(column, expected)
        return value

    def time(self, column: int) -> datetime:
        expected = "a local time such as 2011-07-01 00:30:00"
        try:
            value = datetime.fromisoformat(self._cells[column])
        except ValueError as error:
            raise self.fail(column, expected) from error
        if value.tzinfo is not None:
            raise self.fail(column, f"{expected}, without a zone")
        return value


def _ausgrid(path: Path, rows: Sequence[_Row]) -> Series:
    start = rows[0].time(0)
    for index, row in enumerate(rows):
        if row.time(0) != (due := start + index * _HALF_HOUR):
            raise row.fail(0, f"{due.isoformat(' ')}, half an hour after the line before")
    load = [row.amount(1, "kWh") for row in rows]
    sun = [row.amount(2, "kWh") for row in rows]
    # The set does not say how much PV a home has: its highest half hour stands for the power installed.
    installed_kw = max(sun) * 2
    return Series(
        name=path.name,
        start=start,
        interval_s=1800,
        load_mw=tuple(round(kwh * 2_000_000) for kwh in load),
        pv_uw_per_wp=tuple(round(kwh * 2 / installed_kw * 1_000_000) if installed_kw else 0 for kwh in sun),
    )


def _citylearn(path: Path, rows: Sequence[_Row]) -> Series:
    hours = [row.whole(1, 1, 24) for row in rows]
    months = [row.whole(0, 1, 12) for row in rows]
    for index in range(1, len(rows)):
        if hours[index] != (due := hours[index - 1] % 24 + 1):
            raise rows[index].fail(1, f"{due}, the hour after the line before")
        if months[index] != months[index - 1] and (hours[index] != 1 or months[index] != months[index - 1] % 12 + 1):
            raise rows[index].fail(0, f"{months[index - 1]}: a month ends with hour 24, and the next one follows")
    change = next((index for index in range(1, len(rows)) if months[index] != months[index - 1]), None)
    if change is None:
        raise SimulatorError(f"{path}: the month never changes, so its days cannot be dated; expected a whole year")
    for row in rows:
        row.whole(2, 1, 8)
    first_of_month = datetime(_A_YEAR, months[change], 1)  # noqa: DTZ001 - a home's own clock
    return Series(
        name=path.name,
        start=first_of_month - timedelta(hours=change),
        interval_s=3600,
        load_mw=tuple(round(row.amount(3, "kWh") * 1_000_000) for row in rows),
        pv_uw_per_wp=tuple(round(row.amount(4, "W for each kW installed") * 1000) for row in rows),
    )


def load(path: Path) -> Series:
    """The home that a file describes.

    Raises:
        SimulatorError: the file, line and column at fault, the value found and what is expected.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            lines = list(csv.reader(file))
    except OSError as error:
        raise SimulatorError(f"{path}: {error.strerror}; expected a readable CSV file") from error
    except UnicodeDecodeError as error:
        raise SimulatorError(f"{path}: byte {error.start} is not UTF-8 text; expected a CSV file") from error
    header = tuple(lines[0]) if lines else ()
    parse: Callable[[Path, Sequence[_Row]], Series]
    if header[1:] == _AUSGRID:
        parse = _ausgrid
    elif header == _CITYLEARN:
        parse = _citylearn
    else:
        raise SimulatorError(
            f"{path}, line 1: the header is {','.join(header)!r}; "
            f"expected a time column with {','.join(_AUSGRID)}, or {','.join(_CITYLEARN)}"
        )
    if len(lines) < 3:
        raise SimulatorError(f"{path}: {len(lines) - 1} lines of data; expected at least two")
    rows = [_Row(path, number, header, cells) for number, cells in enumerate(lines[1:], start=2)]
    return parse(path, rows)
