"""McAfee's rule (1992): a price that none of those who trade has made.

The marginal pair trades only if a price between the first bid and the first ask *behind* it is good for both. Otherwise
it stands aside and its two limits are the prices, that of its bid for the buyers, that of its ask for the sellers; what
lies between is left over. So nobody who trades one unit can gain by an untrue limit. Orders here have many units: the
marginal *orders* stand aside whole, and who has several orders may still gain.
"""

from dataclasses import dataclass

import numpy as np

from ..arrays import Ints
from ..lots import Lots
from .steps import steps


@dataclass(frozen=True, slots=True)
class Reduced:
    """The fills that are left, and what buyers pay and sellers get."""

    fills: Ints
    buyer_price: int
    seller_price: int


def reduce_trades(lots: Lots, fills: Ints) -> Reduced:
    """Return what McAfee's rule makes of a solution of most gain at one place."""
    sequence = steps(lots, np.arange(len(lots)))
    asks, bids = sequence[~lots.bid[sequence]], sequence[lots.bid[sequence]][::-1]
    asks, bids = asks[lots.wh[asks] > 0], bids[lots.wh[bids] > 0]
    sold, bought = int((fills[asks] > 0).sum()), int((fills[bids] > 0).sum())
    if not sold:
        return Reduced(fills, 0, 0)
    ask, bid = asks[sold - 1], bids[bought - 1]
    dearest, lowest = int(lots.limit[ask]), int(lots.limit[bid])
    whole = fills[ask] == lots.wh[ask] and fills[bid] == lots.wh[bid]
    if whole and sold < len(asks) and bought < len(bids):
        price = (int(lots.limit[asks[sold]]) + int(lots.limit[bids[bought]])) // 2
        if dearest <= price <= lowest:
            return Reduced(fills, price, price)
    left = np.zeros_like(fills)
    volume = min(int(lots.wh[asks[: sold - 1]].sum()), int(lots.wh[bids[: bought - 1]].sum()))
    for side, count in ((asks, sold - 1), (bids, bought - 1)):
        wh = lots.wh[side[:count]]
        left[side[:count]] = np.clip(volume - (np.cumsum(wh) - wh), 0, wh)
    return Reduced(left, lowest, dearest)
