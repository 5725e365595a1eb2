"""Raising the floor: the energy of most gain, at one price, shared so that the flat that gains least gains most.

At the price of most gain one side has more to trade than the other. Among the flats of one node the energy is poured
like water: every flat is raised to the same gain, the sum of (limit − price) × Wh over its orders there, unless all of
them trade already. It is flats that count, not orders: who splits what he wants into many orders gets no more. A flat
takes its energy for its best limits first. In whole Wh: the level is the largest one to which all can be raised; what
is left lifts some of the flats that stand exactly on it, one Wh each, by H(seed ‖ flat). Orders that gain nothing at
the price share what then remains: each flat gets as many Wh as the others, or all that it wants. What each node gives
and takes stays as it was, so that no line carries more.

Only those count who can trade at the price: were one to raise the least of *any* set of traders, the best market would
be the smallest.
"""

from dataclasses import dataclass

import numpy as np

from ..arrays import Ints, rises
from ..lots import Lots, Tree


@dataclass(frozen=True, slots=True)
class Level:
    """The gain, in 10⁻⁵ yen, to which the flats of a node were raised by their bids, or by their asks."""

    node: int
    bid: bool
    gain: int


def raise_floor(lots: Lots, tree: Tree, fills: Ints, prices: Ints) -> tuple[Ints, tuple[Level, ...]]:
    """Return the fills with each node's energy shared anew among its bids, and among its asks."""
    raised = np.zeros(len(lots), np.int64)
    levels = []
    at = prices[lots.place]
    gaps = np.where(lots.bid, lots.limit - at, at - lots.limit)
    assert not bool(np.any(fills[gaps < 0])), "who trades is content with the price"
    content = np.flatnonzero(gaps >= 0)
    groups = lots.place[content] * 2 + lots.bid[content]
    content = content[np.argsort(groups, kind="stable")]
    for group, count in zip(*np.unique(groups, return_counts=True), strict=True):
        members, content = content[:count], content[count:]
        if energy := int(fills[members].sum()):
            some = lots.take(members)
            raised[members], level = pour(some, gaps[members], energy)
            levels.append(Level(int(group) // 2, bool(group % 2), level))
    return raised, tuple(levels)


def pour(lots: Lots, gaps: Ints, energy: int) -> tuple[Ints, int]:
    """Return how energy is shared among orders with a gain per Wh each, and the level to which flats are raised."""
    shared = np.zeros(len(lots), np.int64)
    level, left = 0, energy
    for some, each in ((np.flatnonzero(gaps), gaps), (np.flatnonzero(gaps == 0), np.ones_like(gaps))):
        # Those who gain nothing by trading come last, and count their Wh.
        taken = min(left, int(lots.wh[some].sum()))
        if taken:
            shared[some], reached = _raised(lots.take(some), each[some], taken)
            level = reached if each is gaps else level
            left -= taken
    assert not left, "a node's orders can take what they took"
    return shared, level


def _raised(lots: Lots, gaps: Ints, energy: int) -> tuple[Ints, int]:
    """Pour energy over flats whose orders all gain; return what each order gets, and the level."""
    owner = lots.flat()
    sequence = np.lexsort((-gaps, owner))  # Stable: equal ones of a flat keep the order of the columns.
    wh, gap, flat = lots.wh[sequence], gaps[sequence], owner[sequence]
    gains = np.cumsum(wh * gap)
    first = np.flatnonzero(rises(flat, -1))
    many = np.diff(np.append(first, len(flat)))
    begin = gains - wh * gap
    begin -= np.repeat(begin[first], many)  # What the flat has gained before this order trades.

    def needed(level: int) -> Ints:
        wanted: Ints = np.clip(-((begin - level) // gap), 0, wh)
        return wanted

    # All can be raised to the lower bound, not all beyond the upper one.
    low, high = 0, int((begin + wh * gap).max())
    while low < high:
        middle = (low + high + 1) // 2
        if int(needed(middle).sum()) <= energy:
            low = middle
        else:
            high = middle - 1
    poured = needed(low)
    left = energy - int(poured.sum())
    if left:
        # Where the level is exactly what a flat has, and its next Wh would gain, that Wh is the one that lifts it.
        next_ = np.flatnonzero((poured < wh) & (begin + poured * gap == low))
        lifted = next_[lots.owners.flats.order(flat[next_])][:left]
        poured[lifted] += 1
        assert left == len(lifted), "beyond the level not all could be raised, and no more than that is left"
    shared = np.empty_like(poured)
    shared[sequence] = poured
    return shared, low
