"""Where one price holds: nodes that are joined by lines with room to spare."""

import numpy as np

from ..arrays import Flags, Ints
from ..lots import Lots, Tree
from ..order import HIGHEST_LIMIT


def full(tree: Tree, nets: Ints) -> tuple[Flags, Flags]:
    """Return which lines import, and which export, as much as they can."""
    below = tree.depth > 0
    return below & (nets == -tree.imports), below & (nets == tree.exports)


def zones(tree: Tree, nets: Ints) -> Ints:
    """Return for each node the highest node that it is joined with."""
    importing, exporting = full(tree, nets)
    zone = np.arange(len(tree.names))
    for level in range(1, tree.levels + 1):
        nodes = np.flatnonzero((tree.depth == level) & ~importing & ~exporting)
        zone[nodes] = zone[tree.parent[nodes]]
    return zone


def middle_prices(lots: Lots, tree: Tree, fills: Ints) -> Ints:
    """Return for each node the middle of all prices at which its orders, and the lines, are content with the fills.

    Where a line is full its lower end may be cheaper (it exports) or dearer (it imports) than its upper end; the
    lowest and the highest prices keep to that, and so does their middle.
    """
    importing, exporting = full(tree, tree.nets(lots.sold(fills, len(tree.names))))
    low = np.zeros(len(tree.names), np.int64)
    high = np.full(len(tree.names), HIGHEST_LIMIT, np.int64)
    passed = np.where(lots.bid, fills < lots.wh, fills > 0)
    waiting = np.where(lots.bid, fills > 0, fills < lots.wh)
    np.maximum.at(low, lots.place[passed], lots.limit[passed])
    np.minimum.at(high, lots.place[waiting], lots.limit[waiting])
    rises, falls = ~importing, ~exporting  # Whether the parent is at least as dear, and at most as dear.
    for level in range(tree.levels, 0, -1):
        up, down = np.flatnonzero((tree.depth == level) & rises), np.flatnonzero((tree.depth == level) & falls)
        np.maximum.at(low, tree.parent[up], low[up])
        np.minimum.at(high, tree.parent[down], high[down])
    for level in range(1, tree.levels + 1):
        up, down = np.flatnonzero((tree.depth == level) & rises), np.flatnonzero((tree.depth == level) & falls)
        low[down] = np.maximum(low[down], low[tree.parent[down]])
        high[up] = np.minimum(high[up], high[tree.parent[up]])
    return (low + high) // 2
