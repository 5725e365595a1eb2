"""The most gain: Σ wh × (bid limit − ask limit), exactly, over a tree of lines with limits.

Each node's part of the tree answers a price with what it gives, which rises with the price in steps (`steps`). A line
that carries no more than its limits cuts that staircase at both ends: the steps below the lower cut are passed whatever
happens above, those beyond the upper cut never. What is between goes on to the parent, where the staircases of all
children are one again, and at the root nothing may be left: there a price is found. One pass over the orders for each
level, and one price for each node, which proves that no other solution is better (`certificate`).
"""

from dataclasses import dataclass

import numpy as np

from ..arrays import Flags, Ints, rises
from ..lots import Lots, Tree
from ..order import HIGHEST_LIMIT
from .steps import steps


@dataclass(frozen=True, slots=True)
class Cleared:
    """How much of each order trades, and a price for each node that proves it."""

    fills: Ints
    prices: Ints


def clear_gain(lots: Lots, tree: Tree) -> Cleared:
    """Return the one solution of most gain, and among those of most energy, that the ranks allow."""
    nothing = np.zeros(len(tree.names), np.int64)
    fills, prices = _pass(lots.wh, lots.bid, lots.limit, lots.place, tree, nothing)
    # Whoever has a better limit than his node's price trades in every best solution, whoever has a worse one in none.
    # So ranks decide only among those who stand at it, and what the others send over the lines is known.
    tied = (lots.limit == (prices[lots.place] if tree.levels else prices[0])).nonzero()[0]
    if len(tied) > 1:
        fills[tied] = 0
        tied = steps(lots, tied)
        base = lots.sold(fills, len(tree.names))
        fills[tied], _ = _pass(lots.wh[tied], lots.bid[tied], lots.limit[tied], lots.place[tied], tree, base)
    return Cleared(fills, prices)


def _pass(wh: Ints, bid: Flags, limit: Ints, place: Ints, tree: Tree, base: Ints) -> tuple[Ints, Ints]:
    """Pass orders in the sequence in which they come; return what each trades, and a price for each node.

    `base` is what each node gives beside them.
    """
    prices = np.zeros(len(tree.names), np.int64)
    if not tree.levels:
        last, part = _root(wh, int(wh.dot(bid) - base[0]))
        trading = ~bid
        trading[last:] = bid[last:]
        fills = wh * trading
        if len(wh):
            prices[0] = limit[last]
            fills[last] = wh[last] - part if bid[last] else part
        return fills, prices

    width, at, base = wh.copy(), place.copy(), base.copy()
    passed = np.zeros(len(wh), np.int64)
    lowest = np.zeros(len(tree.names), np.int64)
    highest = np.full(len(tree.names), HIGHEST_LIMIT, np.int64)
    np.subtract.at(base, at[bid], width[bid])
    alive = np.arange(len(wh))
    for level in range(tree.levels, 0, -1):
        alive = _trim(level, tree, alive, at, width, passed, base, lowest, highest, limit)
    last, part = _root(width[alive], -int(base[0]))
    passed[alive[:last]] += width[alive[:last]]
    if len(alive):
        passed[alive[last]] += part
        prices[0] = limit[alive[last]]
    for level in range(1, tree.levels + 1):
        nodes = np.flatnonzero(tree.depth == level)
        prices[nodes] = np.clip(prices[tree.parent[nodes]], lowest[nodes], highest[nodes])
    return np.where(bid, wh - passed, passed), prices


def _root(width: Ints, needed: int) -> tuple[int, int]:
    """Pass the first steps until what they give is what is needed, for at the root nothing may be left over.

    Return which one is the last that is reached, and what is passed of it; all before it are passed whole.
    """
    if not len(width):
        assert needed <= 0, "nobody needs what nobody gives"
        return 0, 0
    given = width.cumsum()
    last = int(given.searchsorted(needed))
    assert last < len(width), "at the highest price there is no less than is needed"
    return last, max(0, needed - int(given[last] - width[last]))


def _trim(
    level: int,
    tree: Tree,
    alive: Ints,
    at: Ints,
    width: Ints,
    passed: Ints,
    base: Ints,
    lowest: Ints,
    highest: Ints,
    limit: Ints,
) -> Ints:
    """Cut the staircases of a level's nodes at the limits of their lines; return the steps that go on.

    `width` becomes what is left of each step, `passed` what is passed of it for good, `base` of the parents what their
    parts give at no price, `at` where each step is met next.
    """
    here = alive[tree.depth[at[alive]] == level]
    node = at[here]
    by_node = np.argsort(node.astype(np.uint16) if len(tree.names) < 2**16 else node, kind="stable")
    here, node = here[by_node], node[by_node]
    wide = width[here]
    end = np.cumsum(wide)
    first = np.flatnonzero(rises(node, -1))
    if len(first):
        before = np.repeat((end - wide)[first], np.diff(np.append(first, len(node))))
        end = end - before
    begin = end - wide

    nodes = np.flatnonzero(tree.depth == level)
    lower = np.maximum(-tree.imports - base, 0)
    upper = tree.exports - base
    low, high = lower[node], upper[node]
    forced = np.clip(low - begin, 0, wide)
    passed[here] += forced
    width[here] = np.maximum(np.minimum(end, high) - np.maximum(begin, low), 0)
    # Steps come in rising order: the last one written is the highest, and read backwards the lowest.
    cut = forced > 0
    lowest[node[cut]] = limit[here[cut]]
    beyond = np.flatnonzero(end > high)[::-1]
    highest[node[beyond]] = limit[here[beyond]]

    np.add.at(base, tree.parent[nodes], np.maximum(base[nodes], -tree.imports[nodes]))
    at[here] = tree.parent[node]
    return alive[width[alive] > 0]
