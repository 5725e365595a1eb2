"""Forecasts made again for each day of a season, and how far they were from what came.

Errors are mean absolute ones, in kWh per slot: the unit of the meters and of `facts`, whose figures the same days
give (seasonal naive of the last 90 days: 0.231). In kW of mean power they are 3,600 s through the slot's length times
as much.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC
from time import perf_counter
from typing import Final

import numpy as np
from numpy.typing import NDArray

from localvpp.forecast import LEVELS, Forecast, History, Kind, Method, forecast

DAY_S: Final = 86_400
_DARK: Final = 0.01
"""Of a forecast day's best slot: below, it is night, which nobody finds hard to foretell."""


@dataclass(frozen=True, slots=True)
class Score:
    """How a method did."""

    mae_kwh: float
    covered: float
    """Share of slots whose value lay between p10 and p90; of PV by daylight."""
    untold: int
    """Slots of which nobody knew how good they were foretold: they count for the error alone."""
    mean_kwh: float
    milliseconds: float
    """For one forecast."""

    @property
    def relative(self) -> float:
        """The error as a share of what was to be foretold."""
        return self.mae_kwh / self.mean_kwh


def day_ahead(
    history: History, kind: Kind, days: Sequence[int], method: Method | None = None, known_days: int | None = None
) -> Score:
    """Foretell each of some days at its midnight; days count from the history's begin.

    Of what was before, only the newest `known_days` are known, or all.
    """
    width = DAY_S // history.slot_seconds
    return _score(history, [(day * width, width, 0) for day in days], kind, method, known_days)


def slots_ahead(history: History, kind: Kind, days: Sequence[int], lead: int) -> Score:
    """Foretell each slot of some days from so far ahead: 1 is the slot that begins now."""
    width = DAY_S // history.slot_seconds
    slots = [day * width + slot for day in days for slot in range(width)]
    return _score(history, [(slot - lead + 1, lead, lead - 1) for slot in slots], kind, None)


def persistence(history: History, days: Sequence[int], lead: int) -> float:
    """Return the error of saying that what was in the newest slot stays."""
    width = DAY_S // history.slot_seconds
    slots = np.array([day * width + slot for day in days for slot in range(width)])
    return float(np.nanmean(np.abs(history.wh[slots] - history.wh[slots - lead]))) / 1_000


def last_days(history: History, count: int) -> range:
    """The last whole days of a history."""
    days = len(history.wh) * history.slot_seconds // DAY_S
    return range(days - count, days)


def _score(
    history: History,
    asked: Sequence[tuple[int, int, int]],
    kind: Kind,
    method: Method | None,
    known_days: int | None = None,
) -> Score:
    """Score forecasts of (first slot, how many, the first of them that counts)."""
    width = DAY_S // history.slot_seconds
    errors, covered, meant, untold, took = [], [], [], 0, 0.0
    for first, count, counted in asked:
        known = history if known_days is None else _from(history, first - known_days * width)
        begin = perf_counter()
        told = forecast(known, history.begin + first * history.slot_seconds, count, kind, UTC, method=method)
        took += perf_counter() - begin
        true = history.wh[first + counted : first + count]
        point, quantiles = _values(told, counted)
        errors.append(np.abs(point - true))
        meant.append(true)
        low, high = quantiles[:, 0], quantiles[:, 2]
        light = (point > _DARK * max(point.max(), 1)) | (kind is Kind.LOAD)
        told_of = ~np.isnan(low)
        untold += int((~told_of).sum())
        covered.append(((low <= true + 1e-6) & (true <= high + 1e-6))[light & told_of])
    return Score(
        float(np.concatenate(errors).mean()) / 1_000,
        float(np.concatenate(covered).mean()),
        untold,
        float(np.concatenate(meant).mean()) / 1_000,
        took / len(asked) * 1_000,
    )


def _from(history: History, slot: int) -> History:
    return History(history.begin + slot * history.slot_seconds, history.slot_seconds, history.wh[slot:])


def _values(told: Forecast, counted: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    slots = told.slots[counted:]
    assert all(slot.point is not None for slot in slots), "twelve days are known"
    unknown = (np.nan,) * len(LEVELS)
    return np.array([slot.point for slot in slots]), np.array([slot.quantiles or unknown for slot in slots])
