"""Gradient-boosted trees (LightGBM) in place of a median: an optional extra, behind the same protocol.

Learned afresh for each forecast on the days before all of those that are judged, so the errors that the quantiles
rest on are errors on days that it never saw. On one home it is hardly better than the blend and takes a hundred times
as long (docs/forecast.md): it is for who wants to see that with his own data, and for sums of many homes.
"""

from dataclasses import dataclass
from importlib import import_module
from typing import Any, Final

import numpy as np

from .days import Days, Integers
from .errors import ForecastError
from .history import Floats
from .profile import Blend, Method
from .sun import ClearSkyRatio

_TRAINED_DAYS: Final = 150
_FEWEST_ROWS: Final = 14 * 24
"""Two weeks of hours: with less, trees learn days by heart."""
_LAGS: Final = (0, 1, 2, 3, 4, 5, 6, 7, 13, 14)
_PARAMETERS: Final[dict[str, Any]] = {
    "objective": "l1",
    "learning_rate": 0.05,
    "num_leaves": 15,
    "min_data_in_leaf": 40,
    "feature_fraction": 0.8,
    "num_threads": 1,  # The same answer on every machine, and the other processors left to others.
    "deterministic": True,
    "force_row_wise": True,
    "seed": 1,
    "verbosity": -1,
}
_ROUNDS: Final = 150


@dataclass(frozen=True, slots=True)
class Boosted:
    """Trees over the slot, the weekday, the last days at the same time, and what a simpler method says."""

    simpler: Method
    name: str = "lightgbm"

    @property
    def reach_days(self) -> int:
        """See Method."""
        return _TRAINED_DAYS + self.simpler.reach_days

    def profile(self, days: Days, targets: Integers, newest: int) -> tuple[Floats, Floats]:
        """See Method.

        Raises ForecastError when LightGBM is not installed.
        """
        trained = np.arange(int(targets.min()) - _TRAINED_DAYS, int(targets.min()))
        every = np.concatenate([trained, targets])
        simple, scale = self.simpler.profile(days, every, newest)
        features = _features(days, every, newest, simple)
        wh = days.rows(trained)
        usable = ~np.isnan(wh) & ~np.isnan(simple[: len(trained)])
        if usable.sum() < _FEWEST_ROWS:
            return np.full_like(simple[len(trained) :], np.nan), scale[len(trained) :]
        lightgbm = _library()
        data = lightgbm.Dataset(features[: len(trained)][usable], wh[usable])
        trees = lightgbm.train(_PARAMETERS, data, num_boost_round=_ROUNDS)
        ahead = features[len(trained) :]
        told = np.maximum(trees.predict(ahead.reshape(-1, ahead.shape[-1])), 0).reshape(ahead.shape[:-1])
        # Where the simpler one says nothing too little is known; where it says 0, as of PV at night, it is 0.
        known = simple[len(trained) :]
        return np.where(known > 0, told, known), scale[len(trained) :]


def boosted_load() -> Boosted:
    """Trees over the blend."""
    return Boosted(Blend())


def boosted_pv() -> Boosted:
    """Trees over the clear-sky ratio."""
    return Boosted(ClearSkyRatio())


def _features(days: Days, targets: Integers, newest: int, simple: Floats) -> Floats:
    width = simple.shape[1]
    slots = np.broadcast_to(np.arange(width, dtype=np.float64), simple.shape)
    weekdays = np.broadcast_to(((targets + 3) % 7).astype(np.float64)[:, None], simple.shape)
    lags = [days.rows(targets - newest - lag) for lag in _LAGS]
    weekly = days.rows(targets - -(-newest // 7) * 7)
    day_before = lags[0].copy()
    known = ~np.isnan(day_before)
    total = np.where(known, day_before, 0.0).sum(axis=1) / np.maximum(known.sum(axis=1), 1)
    level = np.broadcast_to(np.where(known.any(axis=1), total, np.nan)[:, None], simple.shape)
    return np.stack([slots, weekdays, *lags, weekly, level, simple], axis=-1)


def _library() -> Any:
    try:
        return import_module("lightgbm")
    except ModuleNotFoundError as error:
        if error.name != "lightgbm":
            raise
        raise ForecastError("method", "lightgbm", "install the extra local-vpp[lightgbm], or name another") from error
    except OSError as error:  # Its library wants OpenMP's, which no package of Python brings.
        raise ForecastError("method", "lightgbm", f"{error}: install libgomp1, or name another") from error
