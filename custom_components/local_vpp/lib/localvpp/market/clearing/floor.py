"""Raising the floor: as much energy as the most gain has, at one price, shared so that who gains least gains most.

At the price of most gain one side has more to trade than the other. Among its orders of one node the energy is poured
like water: everybody is raised to the same gain, (limit − price) × Wh, unless all of his order trades already. In whole
Wh: the level is the largest one to which all can be raised; what is left lifts some of those who stand exactly on it,
by their rank. What each node gives and takes stays as it was, so that no line carries more.

Only those count who can trade at the price: were one to raise the least of *any* set of traders, the best market would
be the smallest.
"""

from dataclasses import dataclass

import numpy as np

from ..arrays import Flags, Ints
from ..lots import Lots, Tree


@dataclass(frozen=True, slots=True)
class Level:
    """The gain, in 10⁻⁵ yen, to which a node's bids or asks were raised."""

    node: int
    bid: bool
    gain: int


def raise_floor(lots: Lots, tree: Tree, fills: Ints, prices: Ints) -> tuple[Ints, tuple[Level, ...]]:
    """Return the fills with each node's energy shared anew among its bids, and among its asks."""
    raised = np.zeros(len(lots), np.int64)
    levels = []
    at = prices[lots.place]
    content = np.where(lots.bid, lots.limit >= at, lots.limit <= at)
    gaps = np.abs(lots.limit - at)
    assert not bool(np.any(fills[~content])), "who trades is content with the price"
    for node in range(len(tree.names)):
        for bid in (False, True):
            group: Flags = content & (lots.place == node) & (lots.bid == bid)
            members = np.flatnonzero(group)
            if energy := int(fills[members].sum()):
                raised[members], level = pour(lots.wh[members], gaps[members], energy)
                levels.append(Level(node, bid, level))
    return raised, tuple(levels)


def pour(wh: Ints, gaps: Ints, energy: int) -> tuple[Ints, int]:
    """Return how energy is shared among orders with a gain per Wh each, in the order of their ranks, and the level."""
    gains = wh * gaps
    # All can be raised to the lower bound, not all beyond the upper one.
    low, high = 0, int(gains.max())
    while low < high:
        middle = (low + high + 1) // 2
        if int(_needed(wh, gaps, middle).sum()) <= energy:
            low = middle
        else:
            high = middle - 1
    shared = _needed(wh, gaps, low)
    left = energy - int(shared.sum())
    on_it = np.flatnonzero((gaps > 0) & (shared < wh) & (shared * gaps == low))[:left]
    shared[on_it] += 1
    left -= len(on_it)
    # Those who gain nothing by trading come last, each with all that he wants.
    idle = np.flatnonzero(gaps == 0)
    before = np.cumsum(wh[idle]) - wh[idle]
    shared[idle] = np.clip(left - before, 0, wh[idle])
    assert int(shared.sum()) == energy
    return shared, low


def _needed(wh: Ints, gaps: Ints, level: int) -> Ints:
    """Return the Wh that raise each order to a level, or all it has if that is less; who gains nothing gets none."""
    return np.where(gaps > 0, np.minimum(wh, -(-level // np.maximum(gaps, 1))), 0)
