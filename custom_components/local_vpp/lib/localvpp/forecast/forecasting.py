"""The forecast itself: a method's profile, today's correction of it, and quantiles out of its own past errors.

Nothing that ended after `at` is read: a history is cut there before anything else happens. What a slot's quantiles
rest on is the error that the same method would have made on each of the last 28 days from as far away as it is now.
"""

from dataclasses import dataclass
from datetime import tzinfo
from enum import StrEnum
from typing import Final

import numpy as np

from . import conformal
from .days import Integers, laid_out, places
from .errors import ForecastError
from .history import DAY_S, Floats, History
from .intraday import Intraday, fitted
from .profile import FEWEST, Blend, Method
from .sun import ClearSkyRatio

MOST_DAYS_AHEAD: Final = 7
"""Further ahead the season moves away from under the last four weeks, and quantiles would promise too much."""
_LATEST: Final = 10**10
"""In the year 2286."""
_NEIGHBOURS_S: Final = 3_600
"""Errors of slots whose times of the day lie so near count together."""


class Kind(StrEnum):
    """What is foretold."""

    LOAD = "load"
    PV = "pv"


class Reason(StrEnum):
    """Why a slot's forecast lacks something."""

    TOO_FEW_DAYS = (
        "too few of the days before are known at this time of the day for this method: "
        f"medians and means need {FEWEST}, the naive method the same weekday, trees more than six weeks"
    )
    TOO_FEW_ERRORS = (
        f"errors of the method are known near this time of the day of fewer than {conformal.FEWEST_DAYS} days: "
        "there is a value, and nobody can say yet how good it is"
    )


@dataclass(frozen=True, slots=True)
class Slot:
    """What is foretold of one slot, in Wh. Unknown is None, and `reason` says why."""

    begin: int
    point: float | None
    quantiles: tuple[float, ...] | None
    """At `conformal.LEVELS`."""
    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class Used:
    """What a forecast rests on."""

    begin: int
    """The oldest day looked at, in seconds of Unix time."""
    known: int
    unknown: int
    """Slots between `begin` and the time of the forecast."""
    error_days: int
    """Days whose errors the quantiles are made of."""
    phi: float
    """How much of an error is left one slot later."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """Consecutive slots from a time on."""

    kind: Kind
    at: int
    slot_seconds: int
    method: str
    slots: tuple[Slot, ...]
    used: Used


def forecast(
    history: History, at: int, slots: int, kind: Kind, zone: tzinfo, *, method: Method | None = None
) -> Forecast:
    """Foretell so many slots from the first that begins at `at` or later.

    Raises ForecastError for a number of slots that is none, or reaches too far, and a time of no calendar.
    """
    if not 0 < at < _LATEST:
        raise ForecastError("at", at, f"give seconds of Unix time below {_LATEST}")
    width = DAY_S // history.slot_seconds
    if not 1 <= slots <= MOST_DAYS_AHEAD * width:
        raise ForecastError(
            "slots",
            slots,
            f"1 to {MOST_DAYS_AHEAD * width} slots of {history.slot_seconds} s can be foretold, {MOST_DAYS_AHEAD} days",
        )
    chosen = method or (Blend() if kind is Kind.LOAD else ClearSkyRatio())
    return _Run(history.until(at), at, slots, kind, zone, chosen).result()


class _Run:
    """One forecast on its way."""

    def __init__(self, history: History, at: int, slots: int, kind: Kind, zone: tzinfo, method: Method) -> None:
        self.history, self.at, self.kind, self.method, self.zone = history, at, kind, method, zone
        length = history.slot_seconds
        self.begin = -(-at // length) * length
        # The last slot that can be known: it ended by `at`.
        self.last = at // length * length - length
        (self.today,), (self.column,) = places(self.last, 1, length, zone)
        self.day, self.columns = places(self.begin, slots, length, zone)
        self.first_day = int(self.today) - conformal.DAYS - method.reach_days - MOST_DAYS_AHEAD
        self.days = laid_out(history, self.first_day, int(self.day[-1]), zone)
        # How many days before a slot its time of the day was known last, if the history has no hole there.
        self.newest = np.maximum(self.day - self.today + (self.columns > self.column), 1)
        self.judged: Integers = np.arange(self.today - conformal.DAYS, self.today + 1)
        self.near = min(_NEIGHBOURS_S // length, (self.days.wh.shape[1] - 1) // 2)

    def result(self) -> Forecast:
        """Foretell slot by slot; profiles are made once for each number of days that lie between."""
        point, scale, errors = self._profiles(1)
        # In their order, up to the last slot: all that follows it today is unknown.
        intraday = fitted(errors.reshape(-1)[: conformal.DAYS * errors.shape[1] + int(self.column) + 1])
        lags: dict[int, tuple[Floats, Floats, Floats]] = {1: (point, scale, errors)}
        found = []
        for index, (day, column, newest) in enumerate(zip(self.day, self.columns, self.newest, strict=True)):
            if int(newest) not in lags:
                lags[int(newest)] = self._profiles(int(newest))
            found.append(self._slot(index, int(day), int(column), lags[int(newest)], errors, intraday))
        return Forecast(
            self.kind,
            self.at,
            self.history.slot_seconds,
            self.method.name,
            tuple(found),
            self._used(errors, intraday),
        )

    def _profiles(self, newest: int) -> tuple[Floats, Floats, Floats]:
        """Return energy and scale of the days to be foretold, and the scaled errors of the days that are judged."""
        ahead = np.arange(self.day[0], self.day[-1] + 1)
        wh, scale = self.method.profile(self.days, np.concatenate([self.judged, ahead]), newest)
        errors = (self.days.rows(self.judged) - wh[: len(self.judged)]) / scale[: len(self.judged)]
        return wh[len(self.judged) :], scale[len(self.judged) :], errors

    def _slot(
        self,
        index: int,
        day: int,
        column: int,
        lag: tuple[Floats, Floats, Floats],
        first_errors: Floats,
        intraday: Intraday,
    ) -> Slot:
        point, scale, errors = lag
        begin = self.begin + index * self.history.slot_seconds
        row = day - int(self.day[0])
        value, unit = float(point[row, column]), float(scale[row, column])
        if np.isnan(value):
            return Slot(begin, None, None, Reason.TOO_FEW_DAYS)
        # What is nothing on all days, as PV at night, neither today's errors nor those of the dawn make something.
        nothing = value == 0 or np.isnan(unit)
        back, correction = (
            (0, 0.0) if nothing else intraday.correction((begin - self.last) // self.history.slot_seconds)
        )
        value = _wh(value if nothing else value + correction * unit)
        near = self._columns(column, 0 if nothing else self.near)
        known = errors[:, near]
        if back:
            known = known - intraday.share(back) * _shifted(first_errors, back)[:, near]
        quantiles = conformal.error_quantiles(known)
        if quantiles is None or np.isnan(unit):
            return Slot(begin, value, None, Reason.TOO_FEW_ERRORS)
        return Slot(begin, value, tuple(_wh(value + error * unit) for error in quantiles))

    def _columns(self, column: int, near: int) -> Integers:
        """Return the slots at nearly the same time of the day, over midnight, too."""
        columns: Integers = np.arange(column - near, column + near + 1) % self.days.wh.shape[1]
        return columns

    def _used(self, errors: Floats, intraday: Intraday) -> Used:
        # No zone is a day away from UTC: of the first day's slots none begins earlier, whatever the zone.
        first, last = (each * DAY_S for each in (self.first_day - 1, self.first_day + 2))
        length = self.history.slot_seconds
        days, _ = places(first, (last - first) // length, length, self.zone)
        begin = max(self.history.begin, first + int(np.argmax(days == self.first_day)) * length)
        looked = self.history.between(begin, max(0, (self.history.end - begin) // self.history.slot_seconds))
        known = int((~np.isnan(looked)).sum())
        return Used(
            begin=begin,
            known=known,
            unknown=len(looked) - known,
            error_days=int((~np.isnan(errors)).any(axis=1).sum()),
            phi=intraday.phi,
        )


def _wh(value: float) -> float:
    """Return an energy that a meter could show: not below 0, and to the mWh, which is finer than anybody measures."""
    return max(round(value, 3), 0.0)


def _shifted(errors: Floats, slots: int) -> Floats:
    """Return for each slot the error that lies so many slots before it."""
    flat = errors.reshape(-1)
    moved = np.full(flat.shape, np.nan)
    moved[slots:] = flat[: len(flat) - slots]
    return moved.reshape(errors.shape)
