"""Who trades with whom: sellers and buyers as pairs, neighbours first.

Each node pairs what its own part of the tree sells and buys; what is left of either goes on to the parent. So energy
takes the shortest way, always along the flow of the lines, from where it is cheaper to where it is dearer. In a node
the lowest limits of both sides meet first: if any pairing lets every bid reach its ask, then this one does. Of equal
limits the smaller order meets first (`lots`).
"""

from dataclasses import dataclass

import numpy as np

from .arrays import Ints, rises
from .lots import Lots, Tree


@dataclass(frozen=True, slots=True)
class Pairs:
    """Trades as columns: the indices of the ask and the bid, and the energy."""

    ask: Ints
    bid: Ints
    wh: Ints


def pair(lots: Lots, tree: Tree, fills: Ints) -> Pairs:
    """Return pairs that use up all fills, in the order of the columns."""
    trading = fills.nonzero()[0]
    buying = lots.bid[trading]
    asks, bids = trading[~buying], trading[buying]
    if not tree.levels:
        return Pairs(*_merge(asks, fills[asks], bids, fills[bids]))
    left, at = fills.copy(), lots.place.copy()
    found = []
    for level in range(tree.levels, -1, -1):
        sold, bought = np.zeros(len(tree.names), np.int64), np.zeros(len(tree.names), np.int64)
        asks_here, bids_here = asks[tree.depth[at[asks]] == level], bids[tree.depth[at[bids]] == level]
        np.add.at(sold, at[asks_here], left[asks_here])
        np.add.at(bought, at[bids_here], left[bids_here])
        met = np.minimum(sold, bought)
        found.append(_merge(*_first(asks_here, left, at, met), *_first(bids_here, left, at, met)))
        asks, bids = asks[left[asks] > 0], bids[left[bids] > 0]
        for moved in (asks, bids):
            up = moved[tree.depth[at[moved]] == level]
            at[up] = tree.parent[at[up]]
    assert not len(asks), "everything sold is bought"
    assert not len(bids), "everything bought is sold"
    return Pairs(*(np.concatenate(column) for column in zip(*found, strict=True)))


def _first(orders: Ints, left: Ints, at: Ints, met: Ints) -> tuple[Ints, Ints]:
    """Take what each node's orders give to its pairs, the first ones first, from what they have left."""
    if len(met) > 1:
        orders = orders[np.argsort(at[orders], kind="stable")]
    have, node = left[orders], at[orders]
    end = np.cumsum(have)
    starts = np.flatnonzero(rises(node, -1))
    if len(starts) > 1:
        end -= np.repeat((end - have)[starts], np.diff(np.append(starts, len(node))))
    taken = np.clip(met[node] - (end - have), 0, have)
    left[orders] -= taken
    some = taken > 0
    return orders[some], taken[some]


def _merge(asks: Ints, sold: Ints, bids: Ints, bought: Ints) -> tuple[Ints, Ints, Ints]:
    """Pair two columns of energy that have the same sum, from the top."""
    sold_until, bought_until = sold.cumsum(), bought.cumsum()
    until = np.concatenate([sold_until, bought_until])
    until.sort(kind="stable")  # Two runs that rise: merging them is one pass.
    energy = rises(until, 0)
    some = energy.nonzero()[0]
    until, energy = until[some], energy[some]
    return asks[sold_until.searchsorted(until)], bids[bought_until.searchsorted(until)], energy
