"""The order in which a rising price passes the orders of a book.

At no price everybody buys and nobody sells. Each order is one step on the way up: an ask that begins to sell, or a bid
that ceases to buy; either lets a place give that much more, or need that much less. Among equal limits asks come
first, so that what can trade at no gain still trades, and of them the ask of the best rank; bids follow, the one of the
best rank last, so that it is the last to give up. No two steps are equal, and so every book has one solution.
"""

import numpy as np

from ..arrays import Ints
from ..lots import Lots

_RADIX = 2**16
"""Below that, numpy sorts by counting; above, by comparing. The limits of real books span a few thousand ticks."""


def steps(lots: Lots) -> Ints:
    """Return the indices of the orders in the order in which a rising price passes them."""
    ranked = np.concatenate([np.flatnonzero(~lots.bid), np.flatnonzero(lots.bid)[::-1]])
    if not len(ranked):
        return ranked
    keys = lots.limit[ranked] * 2 + lots.bid[ranked]
    keys -= keys.min()
    return ranked[np.argsort(keys.astype(np.uint16) if keys.max() < _RADIX else keys, kind="stable")]
