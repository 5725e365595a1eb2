"""A day of PV out of the days before it: how much of a clear sky's yield came, times what a clear sky gives now.

The clear sky needs no geometry and no weather service: the best of the last 28 days at the same slot is what the
roof, its tilt, its shadows and the season let through. The ratio of a day to the clear sky of its own time is its
cloudiness, and the median cloudiness of the last fortnight is what tomorrow most likely has, at a time when nobody
knows its weather.
"""

from dataclasses import dataclass
from datetime import tzinfo
from typing import Final

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from .days import Days, Integers, laid_out, places
from .history import Floats, History
from .profile import fading_mean, median, past_of

CLEAR_DAYS: Final = 28
_CLOUDY_DAYS: Final = 14
_FADE: Final = 0.85
_DAWN: Final = 0.1
"""Of the day's best slot. Errors are counted in shares of the clear sky, and at its edges in shares of that much: a
few Wh at sunrise say little of the weather."""
_DARK: Final = 0.03
"""Of the best slot: a meter that counts by tens of Wh shows one now and then by night."""
_NIGHT: Final = 0.25


@dataclass(frozen=True, slots=True)
class ClearSkyRatio:
    """The default for PV: median of a fortnight's ratios and their fading mean, half and half, times the clear sky."""

    name: str = "clear-sky-ratio"
    reach_days: int = CLEAR_DAYS + CLEAR_DAYS

    def profile(self, days: Days, targets: Integers, newest: int) -> tuple[Floats, Floats]:
        """See Method. The scale is the clear sky, or a tenth of its best slot where that is more.

        Of a day before which the roof gave nothing for weeks (snow, or a broken inverter) there is no scale, and none
        of one on which it went on giving nothing: how certain that was tells nothing of a roof that works.
        """
        clear = clear_sky(days)
        ratios = Days(days.first, _ratio(days.wh, clear.wh))
        past = past_of(ratios, targets, newest, CLEAR_DAYS)
        now = clear.rows(targets - newest)
        ratio = (median(past[:, :_CLOUDY_DAYS]) + fading_mean(past, _FADE)) / 2
        best = np.max(np.nan_to_num(now), axis=1, keepdims=True)
        scale = np.where(best > 0, np.maximum(np.nan_to_num(now), _DAWN * best), np.nan)
        scale[_gave_nothing(days, targets) & _gave_nothing(days, targets - 1)] = np.nan
        return ratio * now, scale


def looks_like_sun(history: History, at: int, zone: tzinfo) -> bool:
    """Whether what was measured is a roof's: on each day of the last four weeks dark for a quarter of the day.

    A home that stands empty is dark all day, and is no roof.
    """
    (today,), _ = places(at, 1, history.slot_seconds, zone)
    clear = clear_sky(laid_out(history.until(at), int(today) - CLEAR_DAYS, int(today), zone)).wh[-1]
    best = np.max(clear, initial=0.0, where=~np.isnan(clear))
    return bool(best > 0 and (clear <= _DARK * best).mean() >= _NIGHT)


def clear_sky(days: Days) -> Days:
    """Return for each day the most that each slot gave on it and the 27 days before it."""
    known = np.where(np.isnan(days.wh), -1.0, days.wh)
    padded = np.concatenate([np.full((CLEAR_DAYS - 1, known.shape[1]), -1.0), known])
    best = sliding_window_view(padded, CLEAR_DAYS, axis=0).max(axis=-1)
    return Days(days.first, np.where(best < 0, np.nan, best))


def _gave_nothing(days: Days, wanted: Integers) -> NDArray[np.bool_]:
    """Return on which of some days the roof gave nothing; one that is not wholly known is none of them."""
    dark: NDArray[np.bool_] = (days.rows(wanted) == 0).all(axis=1)
    return dark


def _ratio(wh: Floats, clear: Floats) -> Floats:
    """Return the share of the clear sky; at night, when that is nothing, nothing."""
    ratio = np.where(np.isnan(wh), np.nan, 0.0)
    np.divide(wh, clear, out=ratio, where=~np.isnan(wh) & (clear > 0))
    return ratio
