"""The last weeks' real days as what may come: for plans that a mean would mislead.

A mean day is one on which nothing coincides. A real one has its cloud at noon and its oven at seven, and four weeks of
them are 28 futures that are possible because they were.
"""

from datetime import tzinfo
from typing import Final

import numpy as np

from .days import Integers, laid_out, places
from .errors import ForecastError
from .history import Floats, History

DAYS: Final = 28


def net_days(load: History, pv: History | None, at: int, begin: int, slots: int, zone: tzinfo) -> Integers:
    """Return the net need of each of the last days at the slots from `begin` on, as [day, slot].

    In whole Wh: load less PV. Only slots that had ended by `at` are looked at; a day of which one slot is unknown is
    left out.
    Raises ForecastError when load and PV have other slots, or `begin` is none of them.
    """
    length = load.slot_seconds
    if begin % length or slots < 1:
        raise ForecastError("begin", begin, f"name the begin of a slot of {length} s, and one slot at least")
    if pv is not None and pv.slot_seconds != length:
        raise ForecastError("pv", pv.slot_seconds, f"give it in slots of {length} s, as the load")
    day, column = places(begin, slots, length, zone)
    (today,), (now,) = places(at // length * length - length, 1, length, zone)
    newest = int(np.max(np.maximum(day - today + (column > now), 1)))
    shifts = np.arange(newest, newest + DAYS)
    oldest = int(day[0]) - newest - DAYS

    def taken(history: History) -> Floats:
        known = laid_out(history.until(at), oldest, int(day[-1]), zone)
        return known.rows(day[None, :] - shifts[:, None])[:, np.arange(slots), column]

    net = taken(load) if pv is None else taken(load) - taken(pv)
    return np.rint(net[~np.isnan(net).any(axis=1)]).astype(np.int64)
