"""What each trade costs.

mid: one price for all who are joined by lines with room to spare: the middle between the dearest ask and the lowest bid
that trade there, so above the one and below the other whenever two ticks lie between them. Half a tick is left to the
buyers. Between a cheaper and a dearer part of the building it is the middle between the dearest ask of the former and
the lowest bid of the latter: what a full line makes the two parts differ by is shared by seller and buyer. Where no
single price exists, with the objective of most energy, it is that of each pair. With the objective of a raised floor it
is the price that gains were counted from.
pair: the middle of the pair's two limits, half a tick left to the buyer.
bid: what the buyer bid.
"""

import numpy as np

from .arrays import Ints
from .clearing.zones import zones
from .lots import Lots, Tree
from .pairing import Pairs
from .rules import Objective, PriceRule


def price_pairs(rule: PriceRule, objective: Objective, lots: Lots, tree: Tree, fills: Ints, pairs: Pairs) -> Ints:
    """Return the price of each pair; the floor's and McAfee's come with their clearing."""
    if rule is PriceRule.BID:
        return lots.limit[pairs.bid]
    if rule is PriceRule.PAIR or objective is Objective.ENERGY:
        return (lots.limit[pairs.ask] + lots.limit[pairs.bid]) // 2
    if not tree.levels and len(pairs.wh):
        # Pairs of one place come in the order of the columns: the last has the dearest ask, the first the lowest bid.
        return np.full(len(pairs.wh), (int(lots.limit[pairs.ask[-1]]) + int(lots.limit[pairs.bid[0]])) // 2)
    dearest, lowest = margins(lots, tree, fills)
    return (dearest[lots.place[pairs.ask]] + lowest[lots.place[pairs.bid]]) // 2


def margins(lots: Lots, tree: Tree, fills: Ints) -> tuple[Ints, Ints]:
    """Return for each node the dearest ask and the lowest bid that trade where its price holds."""
    sells, buys = (fills > 0) & ~lots.bid, (fills > 0) & lots.bid
    if not tree.levels:
        return (
            np.max(lots.limit, where=sells, initial=-1, keepdims=True),
            np.min(lots.limit, where=buys, initial=2**62, keepdims=True),
        )
    zone = zones(tree, tree.nets(lots.sold(fills, len(tree.names))))
    dearest = np.full(len(zone), -1, np.int64)
    lowest = np.full(len(zone), 2**62, np.int64)
    np.maximum.at(dearest, zone[lots.place[sells]], lots.limit[sells])
    np.minimum.at(lowest, zone[lots.place[buys]], lots.limit[buys])
    return dearest[zone], lowest[zone]
