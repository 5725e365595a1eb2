"""A day of load out of the days before it: medians and means of the last four weeks, and the blend of three.

Simple averages are strong for one home: what its people do at 19:00 follows no model, and outliers (a bath, an oven)
are what a median leaves aside. Measured against others in docs/forecast.md.

All functions take the past of several targets at once: `wh[target, age, slot]`, newest day first, NaN where unknown.
They return NaN for a slot of which fewer than FEWEST days are known.
"""

from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np

from .days import Days, Integers
from .history import Floats

WEEKS_DAYS: Final = 28
FEWEST: Final = 3
"""Below three known days a median is one day's chance."""
_FADE: Final = 0.96
_SAME_WEEKDAY: Final = 2.0
_QUICK_FADE: Final = 0.9
_SMOOTH_DAYS: Final = 21
_SMOOTH: Final = (0.25, 0.5, 0.25)


class Method(Protocol):
    """How a day is foretold out of the days before it."""

    @property
    def name(self) -> str:
        """What a forecast says it was made by."""
        ...

    @property
    def reach_days(self) -> int:
        """So many days before a target are looked at, at most, from its newest known day on."""
        ...

    def profile(self, days: Days, targets: Integers, newest: int) -> tuple[Floats, Floats]:
        """Foretell some days out of those that lie `newest` or more days before each.

        Returns energy[target, slot], NaN where too little is known, and the scale in which errors of a slot are
        compared with one another: ones, or what the sun could have given; NaN where they cannot be compared.
        """
        ...


@dataclass(frozen=True, slots=True)
class Blend:
    """The mean of weighted median, exponentially weighted mean and smoothed median: the default for load."""

    name: str = "blend"
    reach_days: int = WEEKS_DAYS

    def profile(self, days: Days, targets: Integers, newest: int) -> tuple[Floats, Floats]:
        """See Method."""
        past = past_of(days, targets, newest, WEEKS_DAYS)
        parts = (weighted_median(past, newest), fading_mean(past, _QUICK_FADE), smoothed_median(past))
        blended: Floats = np.mean(parts, axis=0)
        return blended, np.ones_like(blended)


@dataclass(frozen=True, slots=True)
class WeightedMedian:
    """The weighted median alone: hardly worse than the blend."""

    name: str = "weighted-median"
    reach_days: int = WEEKS_DAYS

    def profile(self, days: Days, targets: Integers, newest: int) -> tuple[Floats, Floats]:
        """See Method."""
        found = weighted_median(past_of(days, targets, newest, WEEKS_DAYS), newest)
        return found, np.ones_like(found)


@dataclass(frozen=True, slots=True)
class SeasonalNaive:
    """The same weekday of the week before: what any method has to beat."""

    name: str = "seasonal-naive"
    reach_days: int = 7

    def profile(self, days: Days, targets: Integers, newest: int) -> tuple[Floats, Floats]:
        """See Method."""
        found = days.rows(targets - -(-newest // 7) * 7)
        return found, np.ones_like(found)


def past_of(days: Days, targets: Integers, newest: int, count: int) -> Floats:
    """Return the days from `newest` days before each target back, as [target, age, slot]."""
    return days.rows(targets[:, None] - np.arange(newest, newest + count))


def weighted_median(past: Floats, newest: int) -> Floats:
    """Each day counts 0.96 of the one after it, and twice when it is the target's weekday."""
    ages = np.arange(past.shape[1])
    weights = _FADE**ages * np.where((ages + newest) % 7 == 0, _SAME_WEEKDAY, 1.0)
    order = np.argsort(past, axis=1)  # The unknown goes to the end.
    ordered = np.take_along_axis(past, order, axis=1)
    weighed = np.where(np.isnan(ordered), 0.0, weights[order]).cumsum(axis=1)
    middle = (weighed >= weighed[:, -1:, :] / 2 - 1e-12).argmax(axis=1)
    return _enough(np.take_along_axis(ordered, middle[:, None, :], axis=1)[:, 0, :], past)


def fading_mean(past: Floats, fade: float) -> Floats:
    """The mean, each day counting a share of the one after it."""
    known = ~np.isnan(past)
    weights = known * (fade ** np.arange(past.shape[1]))[None, :, None]
    total = weights.sum(axis=1)
    found = np.full(total.shape, np.nan)
    np.divide((np.where(known, past, 0.0) * weights).sum(axis=1), total, out=found, where=total > 0)
    return _enough(found, past)


def smoothed_median(past: Floats) -> Floats:
    """The median of three weeks, smoothed over the neighbouring slots: nobody cooks by the half hour."""
    middle = median(past[:, :_SMOOTH_DAYS])
    known = ~np.isnan(middle)
    total, weight = np.zeros_like(middle), np.zeros_like(middle)
    for shift, share in zip((-1, 0, 1), _SMOOTH, strict=True):
        total += share * np.roll(np.where(known, middle, 0.0), shift, axis=-1)
        weight += share * np.roll(known, shift, axis=-1)
    found = np.full(middle.shape, np.nan)
    np.divide(total, weight, out=found, where=known)
    return found


def median(past: Floats) -> Floats:
    """The median of what is known."""
    ordered = np.sort(past, axis=1)
    count = (~np.isnan(past)).sum(axis=1)[:, None, :]
    low = np.take_along_axis(ordered, np.maximum(count - 1, 0) // 2, axis=1)
    high = np.take_along_axis(ordered, np.minimum(count // 2, past.shape[1] - 1), axis=1)
    return _enough(((low + high) / 2)[:, 0, :], past)


def _enough(found: Floats, past: Floats) -> Floats:
    enough: Floats = np.where((~np.isnan(past)).sum(axis=1) >= FEWEST, found, np.nan)
    return enough
