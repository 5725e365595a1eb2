"""How far plans of measured homes were from their meters: of each home, and of a building that they would make.

Each day is planned at noon of the day before, as 翌日計画 are, and again each hour until the gate of each slot, one
hour before it, as 当日計画 may be. Homes as in `benchmarks.forecast`: hours, five homes in California, PV of 1 kW each.
"""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from localvpp.forecast import History, Kind, forecast
from localvpp.plan import (
    GATE_SECONDS,
    Day,
    Needs,
    Plan,
    check,
    gather,
    imbalances,
    plan_flat,
    renewed,
    summed,
)

from ..figures import Figure
from ..forecast.homes import CITYLEARN, Home, citylearn

ZONE: Final = ZoneInfo("UTC")
"""The homes' clocks name no zone."""
HOUR: Final = 3_600


def run_error(data: Path, days: int = 60) -> list[Figure]:
    """Plan the last days of all homes, and hold them against the meter."""
    homes = [citylearn(data, name) for name in CITYLEARN]
    last = datetime.fromtimestamp(homes[0].load.end, UTC).date()
    noon, gate = _Errors(), _Errors()
    for number in range(days):
        _planned(homes, Day.of(last - timedelta(days=days - number), ZONE, HOUR), noon, gate)
    return [
        figure
        for when, errors in (("at noon of the day before", noon), ("an hour before each slot", gate))
        for figure in errors.figures(when)
    ]


class _Errors:
    """What imbalances come to, of homes and of their building, in Wh."""

    def __init__(self) -> None:
        self.homes = self.building = self.used = 0

    def add(self, flats: list[Plan], metered: list[list[int]], used: int) -> None:
        """Hold the plans of a day against the meter."""
        whole = gather("building", flats, number=flats[0].number, made_at=flats[0].made_at)
        assert check(whole) == ()
        self.homes += sum(_off(plan, counted) for plan, counted in zip(flats, metered, strict=True))
        self.building += _off(whole, [sum(each) for each in zip(*metered, strict=True)])
        self.used += used

    def figures(self, when: str) -> list[Figure]:
        """Return the error as a share of what was used."""
        return [
            Figure(
                name=f"{who}, planned {when}: imbalance",
                value=100 * wh / self.used,
                unit="% of use",
                beside={"MWh used": self.used / 1e6},
            )
            for who, wh in (("each home", self.homes), ("the building", self.building))
        ]


def _off(plan: Plan, counted: list[int]) -> int:
    told = summed(imbalances(plan, counted, [None] * plan.sheet.slots))
    return told.long_wh + told.short_wh


def _planned(homes: list[Home], day: Day, noon: _Errors, gate: _Errors) -> None:
    made_at = day.begin - 12 * HOUR
    flats = [_plan(home, day, made_at, 1, None) for home in homes]
    metered, used = [], 0
    for home in homes:
        load, pv = (_counted(series, day) for series in (home.load, home.pv))
        metered.append([wh - made for wh, made in zip(load, pv, strict=True)])
        used += sum(load)
    noon.add(flats, metered, used)
    for number, begin in enumerate(day.begins, 2):
        at = begin - GATE_SECONDS
        flats = [renewed(flat, _plan(home, day, at, number, flat)) for home, flat in zip(homes, flats, strict=True)]
    gate.add(flats, metered, used)


def _plan(home: Home, day: Day, at: int, number: int, standing: Plan | None) -> Plan:
    slots = (day.end - at) // day.slot_seconds
    load, pv = (
        forecast(series, at, slots, kind, ZONE) for series, kind in ((home.load, Kind.LOAD), (home.pv, Kind.PV))
    )
    return plan_flat(home.name, day, Needs(load=load, pv=pv), [], number=number, made_at=at, standing=standing)


def _counted(series: History, day: Day) -> list[int]:
    return [round(float(wh)) for wh in series.between(day.begin, day.slots)]
