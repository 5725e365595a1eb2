"""The benchmarks themselves: each returns its figures."""

from collections.abc import Callable
from datetime import UTC
from importlib.util import find_spec
from pathlib import Path
from time import process_time
from typing import Final

import numpy as np

from localvpp.forecast import Blend, ClearSkyRatio, History, Kind, SeasonalNaive, WeightedMedian, forecast, summed
from localvpp.forecast.boosted import boosted_load, boosted_pv
from localvpp.forecast.forecasting import MOST_DAYS_AHEAD
from localvpp.forecast.history import SHORTEST_S

from ..figures import Figure
from . import bidding
from .homes import CITYLEARN, Home, ausgrid, citylearn
from .scores import DAY_S, Score, day_ahead, last_days, persistence, slots_ahead

UNIT: Final = "kWh/slot"
LOAD_KWH, PV_KWH, SOON_KWH = 0.170, 0.080, 0.157
LEAST_COVERED, MOST_COVERED = 0.75, 0.85
DAYS: Final = 90
"""The last days of a home that are asked for; with fewer, of longer times as many fewer are tried."""
GATE_SLOTS: Final = 2
"""With the gate an hour before the slot, the slot that orders are for is the second one from now."""
BRIGHT: Final = range(151, 181)
"""29 November to 28 December 2011, of a history that begins on 1 July."""
SETTLED_DAYS: Final = 70
"""Then every method, the slowest to learn too, has all the days that it looks at."""
TOLD_AFTER_DAYS: Final = 12
"""The fewest after which a forecast says how good it is."""


def day(data: Path, days: int) -> list[Figure]:
    """The last days of the Ausgrid home, each foretold at its midnight."""
    home = ausgrid(data)
    figures: list[Figure] = []
    for kind, history, most in ((Kind.LOAD, home.load, LOAD_KWH), (Kind.PV, home.pv, PV_KWH)):
        chosen = last_days(history, days)
        told, naive = day_ahead(history, kind, chosen), day_ahead(history, kind, chosen, SeasonalNaive())
        beside = {
            "seasonal naive": naive.mae_kwh,
            "the day before": persistence(history, chosen, 48),
            "kW of mean power": told.mae_kwh * 3_600 / history.slot_seconds,
        }
        figures += [
            Figure(name=f"{kind}, error a day ahead", value=told.mae_kwh, unit=UNIT, at_most=most, beside=beside)
        ]
        figures += [_covered(f"{kind}, a day ahead", told), _time(kind, told)]
    return figures


def soon(data: Path, days: int) -> list[Figure]:
    """The last days of the Ausgrid home, each slot foretold from two slots ahead."""
    home = ausgrid(data)
    figures: list[Figure] = []
    for kind, history, most in ((Kind.LOAD, home.load, SOON_KWH), (Kind.PV, home.pv, None)):
        chosen = last_days(history, days)
        told = slots_ahead(history, kind, chosen, GATE_SLOTS)
        beside = {"what was stays": persistence(history, chosen, GATE_SLOTS)}
        name = f"{kind}, error two slots ahead"
        figures += [Figure(name=name, value=told.mae_kwh, unit=UNIT, at_most=most, beside=beside)]
        figures += [_covered(f"{kind}, two slots ahead", told)]
    return figures


def season(data: Path, days: int) -> list[Figure]:
    """The sun of 30 days of the Ausgrid home's bright season, for which the figure to reach was set."""
    history = ausgrid(data).pv
    chosen = BRIGHT[:days]
    told, naive = (day_ahead(history, Kind.PV, chosen, method) for method in (None, SeasonalNaive()))
    beside = {"seasonal naive": naive.mae_kwh, "the day before": persistence(history, chosen, 48)}
    name = f"{Kind.PV} of the bright season, error a day ahead"
    return [
        Figure(name=name, value=told.mae_kwh, unit=UNIT, at_most=PV_KWH, beside=beside),
        _covered(f"{Kind.PV} of the bright season, a day ahead", told),
    ]


def year(data: Path, days: int) -> list[Figure]:
    """The whole year of the Ausgrid home but the days with which it begins."""
    home = ausgrid(data)
    figures = []
    for kind, history in ((Kind.LOAD, home.load), (Kind.PV, home.pv)):
        told = day_ahead(history, kind, _some(history, SETTLED_DAYS, days))
        figures.append(_covered(f"{kind} of the year, a day ahead", told))
    return figures


def early(data: Path, days: int) -> list[Figure]:
    """The sun of the Ausgrid home on each day of the year, as if it had been measured for twelve days before."""
    history = ausgrid(data).pv
    told = day_ahead(history, Kind.PV, _some(history, TOLD_AFTER_DAYS, days), known_days=TOLD_AFTER_DAYS)
    return [_covered(f"{Kind.PV} after {TOLD_AFTER_DAYS} days, a day ahead", told)]


def minutes(data: Path, days: int) -> list[Figure]:
    """The longest forecast that there is, a week of minutes, out of the Ausgrid home's half hours cut in thirty."""
    home = ausgrid(data).load
    cut = home.slot_seconds // SHORTEST_S
    history = History(home.begin, SHORTEST_S, np.repeat(home.wh / cut, cut))
    at = history.begin + last_days(history, days)[0] * DAY_S
    begin = process_time()
    forecast(history, at, MOST_DAYS_AHEAD * DAY_S // SHORTEST_S, Kind.LOAD, UTC)
    return [Figure(name=f"{Kind.LOAD}, a week of minutes takes", value=process_time() - begin, unit="s of a processor")]


def methods(data: Path, days: int) -> list[Figure]:
    """Every method, a day ahead on the last days of the Ausgrid home; trees where LightGBM is installed."""
    home = ausgrid(data)
    figures = []
    for kind, history, default, trees in (
        (Kind.LOAD, home.load, Blend(), boosted_load()),
        (Kind.PV, home.pv, ClearSkyRatio(), boosted_pv()),
    ):
        every = [SeasonalNaive(), WeightedMedian(), default, *([trees] if find_spec("lightgbm") else [])]
        for method in every:
            told = day_ahead(history, kind, last_days(history, days), method)
            beside = {"between p10 and p90": told.covered, "ms": told.milliseconds}
            figures.append(Figure(name=f"{kind}, {method.name}", value=told.mae_kwh, unit=UNIT, beside=beside))
    return figures


def others(data: Path, days: int) -> list[Figure]:
    """Five homes in California, and the sum of them: a day ahead, as shares of the seasonal naive forecast's error."""
    homes = [citylearn(data, name) for name in CITYLEARN]
    both = {kind: [_both(home, kind, days) for home in homes] for kind in Kind}
    figures = []
    for kind, scores in both.items():
        shares = [told.mae_kwh / naive.mae_kwh for told, naive in scores]
        name = f"{kind} of five other homes, error"
        beside = {"best home": min(shares), "worst home": max(shares)}
        figures.append(Figure(name=name, value=float(np.mean(shares)), unit="of naive", at_most=1, beside=beside))
        covered = [told.covered for told, _ in scores]
        figures.append(Figure(name=f"{kind} of five other homes, covered", value=float(np.mean(covered)), unit="share"))
    building = summed(home.load for home in homes)
    together = day_ahead(building, Kind.LOAD, last_days(building, days))
    alone = float(np.mean([told.relative for told, _ in both[Kind.LOAD]]))
    name = "load of the five together, error"
    beside = {"of a home alone": alone}
    return [*figures, Figure(name=name, value=together.relative, unit="of the load", at_most=alone, beside=beside)]


BENCHMARKS: Final[dict[str, Callable[[Path, int], list[Figure]]]] = {
    "day": day,
    "soon": soon,
    "season": season,
    "year": year,
    "early": early,
    "minutes": minutes,
    "others": others,
    "methods": methods,
    "bidding": bidding.run,
}


def _some(history: History, first: int, days: int) -> range:
    """All days from one on, or as few of them as are asked for of the usual number."""
    return range(first, len(history.wh) * history.slot_seconds // DAY_S, max(1, DAYS // days))


def _both(home: Home, kind: Kind, days: int) -> tuple[Score, Score]:
    history = home.load if kind is Kind.LOAD else home.pv
    chosen = last_days(history, days)
    return day_ahead(history, kind, chosen), day_ahead(history, kind, chosen, SeasonalNaive())


def _covered(name: str, told: Score) -> Figure:
    return Figure(
        name=f"{name}, between p10 and p90",
        value=told.covered,
        unit="share",
        at_least=LEAST_COVERED,
        at_most=MOST_COVERED,
        beside={"slots of unknown certainty": told.untold},
    )


def _time(kind: Kind, told: Score) -> Figure:
    return Figure(name=f"{kind}, a day's forecast takes", value=told.milliseconds, unit="ms")
