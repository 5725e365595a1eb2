"""The measured homes that forecasts are tried on, read as they are: energy of each slot, in Wh.

Their clocks name no zone. Days are cut by the home's own clock, which is all that a forecast by local days needs, so
it is read as if it were UTC.
"""

import csv
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from localvpp.forecast import History

AUSGRID: Final = "ausgrid_customer_12_2011-2012.csv"
CITYLEARN: Final = tuple(f"citylearn_2022/home_{number}.csv" for number in range(1, 6))
SHARED: Final = Path(__file__).resolve().parents[3] / "shared" / "data"
_CITYLEARN_BEGIN: Final = int(datetime(2016, 8, 1, tzinfo=UTC).timestamp())
"""The set names months, hours and day types, and no year: its first whole day is a first of August, and a Monday."""


@dataclass(frozen=True, slots=True)
class Home:
    """What one home took and what its roof made."""

    name: str
    load: History
    pv: History


def ausgrid(data: Path) -> Home:
    """A home in Sydney, in half hours from 2011-07-01 to 2012-06-30."""
    with (data / AUSGRID).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    begin = int(datetime.fromisoformat(rows[0][""]).replace(tzinfo=UTC).timestamp())
    load, pv = (History.of(begin, 1_800, [float(row[column]) * 1_000 for row in rows]) for column in ("GC", "GG"))
    return Home("Ausgrid customer 12, Sydney", load, pv)


def citylearn(data: Path, name: str) -> Home:
    """A home in Fontana, California, in hours over a year; PV is Wh of 1 kW installed."""
    with (data / name).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    first = next(index for index, row in enumerate(rows) if row["hour"] == "1")
    load = History.of(_CITYLEARN_BEGIN, 3_600, [float(row["load_kwh"]) * 1_000 for row in rows[first:]])
    pv = History.of(_CITYLEARN_BEGIN, 3_600, [float(row["solar_w_per_kw"]) for row in rows[first:]])
    return Home(f"CityLearn {Path(name).stem}, Fontana", load, pv)
