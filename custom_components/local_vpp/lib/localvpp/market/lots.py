"""The orders of one slot as columns, and the tree of lines as arrays: what clearing and checking count with.

Columns are in the order of `ties.tie_order`, so that an order's place in them is its rank among equals, and every
stable sort keeps it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from .arrays import Flags, Ints
from .errors import BookError
from .network import Network
from .order import LARGEST_BOOK_WH, Order, Side
from .ties import tie_order

UNLIMITED = LARGEST_BOOK_WH
"""What stands for a line without a limit: more than all orders together could send through it."""


@dataclass(frozen=True, slots=True)
class Tree:
    """Nodes from the root down, level by level; the root is number 0, and its own parent."""

    names: tuple[str, ...]
    parent: Ints
    depth: Ints
    imports: Ints
    exports: Ints
    """What still may flow down into, and up out of, each node's part of the tree."""

    @property
    def levels(self) -> int:
        """The depth of the deepest node."""
        return int(self.depth[-1])

    def nets(self, own: Ints) -> Ints:
        """Return what leaves each node's part of the tree, of what its nodes sell less what they buy."""
        nets = own.copy()
        for level in range(self.levels, 0, -1):
            nodes = np.flatnonzero(self.depth == level)
            np.add.at(nets, self.parent[nodes], nets[nodes])
        return nets

    def loaded(self, nets: Ints) -> Tree:
        """Return the tree with what its lines can carry beside what they carry already."""
        return replace(self, imports=self.imports + nets, exports=self.exports - nets)


def one_place(name: str = "building") -> Tree:
    """Return the tree of a building whose lines limit nothing."""
    zero, free = np.zeros(1, np.int64), np.full(1, UNLIMITED, np.int64)
    return Tree((name,), zero, zero, free, free)


def behind_a_gate(name: str = "building", gate: str = "green") -> Tree:
    """Return a place with another behind it that gives energy and takes none: where green energy is sold."""
    return Tree(
        (name, gate),
        np.array([0, 0]),
        np.array([0, 1]),
        np.array([UNLIMITED, 0]),
        np.array([UNLIMITED, UNLIMITED]),
    )


def tree_of(network: Network) -> Tree:
    """Return a network's nodes as arrays."""
    below: dict[str | None, list[int]] = {}
    for number, node in enumerate(network.nodes):
        below.setdefault(node.parent, []).append(number)
    listed, depths, level = list[int](), list[int](), below[None]
    while level:
        depths += [depths[-1] + 1 if depths else 0] * len(level)
        listed += level
        level = [child for number in level for child in below.get(network.nodes[number].id, ())]
    nodes = [network.nodes[number] for number in listed]
    place = {node.id: number for number, node in enumerate(nodes)}

    def limits(of: Sequence[int | None]) -> Ints:
        return np.array([UNLIMITED if limit is None else limit for limit in of], np.int64)

    return Tree(
        tuple(place),
        np.array([0 if node.parent is None else place[node.parent] for node in nodes], np.int64),
        np.array(depths, np.int64),
        limits([node.import_limit_wh for node in nodes]),
        limits([node.export_limit_wh for node in nodes]),
    )


@dataclass(frozen=True, slots=True)
class Lots:
    """Orders, or what is left of them, as columns; `place` is a number of the tree's nodes."""

    wh: Ints
    limit: Ints
    bid: Flags
    place: Ints

    def __len__(self) -> int:
        return len(self.wh)

    def take(self, chosen: Ints) -> Lots:
        """Return some of the orders; `chosen` has to rise, so that ranks are kept."""
        return Lots(self.wh[chosen], self.limit[chosen], self.bid[chosen], self.place[chosen])

    def at(self, place: Ints) -> Lots:
        """Return the same orders at other places."""
        return replace(self, place=place)

    def sold(self, fills: Ints, nodes: int) -> Ints:
        """Return what each node sells less what it buys."""
        own = np.zeros(nodes, np.int64)
        np.add.at(own, self.place, np.where(self.bid, -fills, fills))
        return own


def lots_of(
    orders: Sequence[Order], seed: bytes, tree: Tree, flats: Mapping[str, str]
) -> tuple[tuple[Order, ...], Lots]:
    """Return the orders of one slot in the order of their ranks, and their columns.

    Raises BookError.
    """
    ranked = tuple([orders[index] for index in tie_order(seed, [order.id for order in orders]).tolist()])
    numbers = {name: number for number, name in enumerate(tree.names)}
    wh = [order.wh for order in ranked]
    if sum(wh) > LARGEST_BOOK_WH:
        raise BookError(
            f"the orders of slot {ranked[0].slot} have {sum(wh)} Wh together: split the book, one may have "
            f"{LARGEST_BOOK_WH}"
        )
    return ranked, Lots(
        np.array(wh, np.int64),
        np.array([order.limit for order in ranked], np.int64),
        np.array([order.side is Side.BID for order in ranked], np.bool_),
        np.array([numbers[flats[order.flat]] for order in ranked], np.int64)
        if flats
        else np.zeros(len(ranked), np.int64),
    )
