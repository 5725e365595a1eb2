"""The benchmarks themselves: each returns its figures."""

from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import numpy as np

from localvpp.forecast import Blend, ClearSkyRatio, Kind, SeasonalNaive, WeightedMedian, summed
from localvpp.forecast.boosted import boosted_load, boosted_pv

from ..figures import Figure
from . import bidding
from .homes import CITYLEARN, Home, ausgrid, citylearn
from .scores import Score, day_ahead, last_days, persistence, slots_ahead

UNIT: Final = "kWh/slot"
LOAD_KWH, PV_KWH, SOON_KWH = 0.170, 0.080, 0.157
LEAST_COVERED, MOST_COVERED = 0.75, 0.85
GATE_SLOTS: Final = 2
"""With the gate an hour before the slot, the slot that orders are for is the second one from now."""


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
    "others": others,
    "methods": methods,
    "bidding": bidding.run,
}


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
    )


def _time(kind: Kind, told: Score) -> Figure:
    return Figure(name=f"{kind}, a day's forecast takes", value=told.milliseconds, unit="ms")
