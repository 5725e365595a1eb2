"""The order in which a rising price passes the orders of a book.

At no price everybody buys and nobody sells. Each order is one step on the way up: an ask that begins to sell, or a bid
that ceases to buy; either lets a place give that much more, or need that much less. Columns are in that order already
(`lots`); among equal limits ranks decide: of asks the best comes first, of bids the best comes last, so that it is the
last to give up. With them no two steps are equal, and so every book has one solution.
"""

import numpy as np

from ..arrays import Ints
from ..lots import Lots


def steps(lots: Lots, some: Ints) -> Ints:
    """Return some orders in the order in which a rising price passes them, equal limits by their ranks."""
    ranked = lots.ranked(some)
    ranked = np.concatenate([ranked[~lots.bid[ranked]], ranked[lots.bid[ranked]][::-1]])
    return ranked[np.argsort(lots.limit[ranked] * 2 + lots.bid[ranked], kind="stable")]


def served(lots: Lots, side: Ints, energy: int) -> Ints:
    """Return what each order of one side trades when the best limits come first; `side` has the best limit first.

    Only those of the last limit that is reached are served by rank: all before it trade, none behind it does.
    """
    wh = lots.wh[side]
    until = np.cumsum(wh)
    fills = np.clip(energy - (until - wh), 0, wh)
    reached = np.flatnonzero(fills)
    if len(reached):
        last = np.flatnonzero(lots.limit[side] == lots.limit[side[reached[-1]]])
        have = int(fills[last].sum())
        if len(last) > 1 and have < int(wh[last].sum()):
            by_rank = last[lots.orders.order(lots.number[side[last]])]
            until = np.cumsum(wh[by_rank])
            fills[by_rank] = np.clip(have - (until - wh[by_rank]), 0, wh[by_rank])
    return fills
