"""The most energy shared, where lines limit nothing.

An ask may trade with every bid whose limit is not below its own. Cut the book at any limit t: each trade takes an ask
of at most t, or a bid above t, so there is no more to trade than those asks and bids have together; the smallest such
sum can be reached (largest flow = smallest cut), and its t proves it. Of all ways to reach it the cheapest asks and the
dearest bids have the most gain: exchanging a dearer ask for a cheaper one, or a lower bid for a higher one, never makes
a pair impossible. Sorted, and paired one with one, all their limits meet.
"""

import numpy as np

from ..arrays import Ints
from ..lots import Lots
from .steps import served


def clear_energy(lots: Lots) -> tuple[Ints, int]:
    """Return how much of each order trades, and the limit at which the cut is smallest."""
    asked = np.concatenate([[0], np.cumsum(np.where(lots.bid, 0, lots.wh))])
    wanted = np.concatenate([[0], np.cumsum(np.where(lots.bid, lots.wh, 0))])
    cuts = asked + wanted[-1] - wanted
    smallest = int(np.argmin(cuts))
    fills = np.zeros(len(lots), np.int64)
    for side in (np.flatnonzero(~lots.bid), np.flatnonzero(lots.bid)[::-1]):
        fills[side] = served(lots, side, int(cuts[smallest]))
    # A cut between two steps of one limit is worth no less than one beside them: all bids of it are cut, or all asks.
    return fills, int(lots.limit[smallest - 1]) if smallest else -1
