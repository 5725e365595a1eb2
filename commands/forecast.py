"""`local-vpp forecast`: what a home will likely take or make, out of a CSV file of what it did.

    local-vpp forecast FILE.csv --column GC --at TIME --slots 48 [--kind load|pv] [--unit kWh|Wh] [--zone NAME]
                       [--time-column NAME] [--method NAME]

Prints JSON: for each slot a value and the quantiles of 10, 50 and 90 %, in the column's own unit; null where nobody can
say, with the reason. Of the file nothing is read that ended after TIME.
"""

import argparse
from datetime import datetime
import json
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from localvpp.forecast import (
    LEVELS,
    Blend,
    ClearSkyRatio,
    Forecast,
    ForecastError,
    Kind,
    Method,
    SeasonalNaive,
    WeightedMedian,
    forecast,
    looks_like_sun,
)
from localvpp.forecast.boosted import boosted_load, boosted_pv

from .errors import CommandError
from .seriesfile import TIME_FORMATS, UNITS, Series, moments, read_series, read_time

METHODS: Final[dict[str, Method]] = {
    method.name: method for method in (Blend(), WeightedMedian(), ClearSkyRatio(), SeasonalNaive())
}
BOOSTED: Final = {Kind.LOAD: boosted_load(), Kind.PV: boosted_pv()}
"""Needs the extra `lightgbm`."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the subcommand."""
    parser.add_argument("file", type=Path, metavar="FILE.csv", help="one line a slot, its begin in the first column")
    parser.add_argument("--column", required=True, help="whose energy is foretold")
    parser.add_argument("--at", required=True, metavar="TIME", help="when the forecast is made: nothing later is read")
    parser.add_argument("--slots", type=int, default=48, help="how many slots are foretold (default: 48)")
    parser.add_argument(
        "--kind", type=Kind, choices=list(Kind), help="what it is (default: pv when each night is dark, else load)"
    )
    parser.add_argument("--unit", choices=list(UNITS), default="kWh", help="the column's, per slot (default: kWh)")
    parser.add_argument(
        "--zone", default="Asia/Tokyo", help="whose wall clock times without an offset are of (default: Asia/Tokyo)"
    )
    parser.add_argument("--time-column", metavar="NAME", help="the column of times (default: the first)")
    names = [*METHODS, BOOSTED[Kind.LOAD].name]
    parser.add_argument("--method", choices=names, help="in place of the kind's own")


def run(arguments: argparse.Namespace) -> int:
    """Print a forecast."""
    zone = _zone(arguments.zone)
    at = _at(arguments.at, zone)
    series = read_series(arguments.file, arguments.column, arguments.unit, zone, arguments.time_column)
    kind: Kind | None = arguments.kind
    if kind is None:
        kind = Kind.PV if looks_like_sun(series.history, at, zone) else Kind.LOAD
    method = None if arguments.method is None else METHODS.get(arguments.method, BOOSTED[kind])
    try:
        told = forecast(series.history, at, arguments.slots, kind, zone, method=method)
    except ForecastError as error:
        raise CommandError(f"--{error}") from error
    print(json.dumps(_plain(told, series, arguments, zone), indent=2, ensure_ascii=False))
    return 0


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise CommandError(f"--zone {name!r}: there is none of that name; write one as Asia/Tokyo or UTC") from error


def _at(text: str, zone: ZoneInfo) -> int:
    time = read_time(text)
    if time is None:
        raise CommandError(f"--at {text!r}: write {TIME_FORMATS}")
    meant = moments(time, zone)
    if len(meant) != 1:
        clocks = "did not exist" if not meant else "was twice"
        raise CommandError(f"--at {text!r}: {clocks} in {zone.key}, as the clocks changed: write it with its offset")
    return meant[0]


def _plain(told: Forecast, series: Series, arguments: argparse.Namespace, zone: ZoneInfo) -> dict[str, Any]:
    scale = UNITS[arguments.unit]
    history = series.history

    def amount(wh: float | None) -> float | None:
        return None if wh is None else round(wh / scale, 6)

    def clock(time: int) -> str:
        return datetime.fromtimestamp(time, zone).isoformat()

    slots = []
    for slot in told.slots:
        quantiles = slot.quantiles or (None,) * len(LEVELS)
        named = {f"p{level * 100:.0f}": amount(value) for level, value in zip(LEVELS, quantiles, strict=True)}
        slots.append({"begin": clock(slot.begin), "point": amount(slot.point), **named, "reason": slot.reason})
    return {
        "kind": told.kind,
        "method": told.method,
        "unit": f"{arguments.unit} per slot",
        "at": clock(told.at),
        "zone": zone.key,
        "slot_seconds": told.slot_seconds,
        "slots": slots,
        "history": {
            "file": arguments.file.name,
            "column": arguments.column,
            "begin": clock(told.used.begin),
            "end": clock(history.until(told.at).end),
            "known_slots": told.used.known,
            "unknown_slots": told.used.unknown,
            "days_of_errors": told.used.error_days,
            "error_left_after_a_slot": round(told.used.phi, 3),
            "left_out": list(series.left_out),
        },
    }
