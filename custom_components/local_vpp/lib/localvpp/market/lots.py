"""The orders of one slot as columns, and the tree of lines as arrays: what clearing and checking count with.

Columns are in the order in which a rising price passes the orders: by their limits, and of one limit asks first, so
that what can trade at no gain still trades. Among equal limits of one side the smaller order comes first, and of
equally large ones that of the better rank: in this order pairs are made, and it is the same whatever came when. Who
trades, when not all of one limit can, is decided by ranks alone (`Lots.ranked`).
"""

from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from operator import attrgetter

import numpy as np

from .arrays import Flags, Ints
from .errors import BookError
from .network import Network
from .order import LARGEST_BOOK_WH, LARGEST_ORDER_WH, Order, Side
from .ties import Draw, Owners

UNLIMITED = LARGEST_BOOK_WH
"""What stands for a line without a limit: more than all orders together could send through it."""
_WH_BITS = LARGEST_ORDER_WH.bit_length()
BUYS = 1 << _WH_BITS
A_TICK = 2 * BUYS
"""An order's key is limit × A_TICK + wh, and BUYS more for a bid: one number by which all columns are sorted."""
# As arrays, for numpy makes one of each number that it is given, which takes a small book as long as counting with it.
_WH, _BUYING, _TICKS = np.array(BUYS - 1), np.array(BUYS), np.array(_WH_BITS + 1)
_id_of, _flat_of = attrgetter("id"), attrgetter("flat")


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


@cache
def one_place(name: str = "building") -> Tree:
    """Return the tree of a building whose lines limit nothing."""
    zero, free = np.zeros(1, np.int64), np.full(1, UNLIMITED, np.int64)
    for shared in (zero, free):
        shared.setflags(write=False)
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
    """Return a network's nodes as arrays: those of a level in the order in which they are listed."""
    below: dict[str | None, list[int]] = {}
    for number, node in enumerate(network.nodes):
        below.setdefault(node.parent, []).append(number)
    listed, depths, level = list[int](), list[int](), below[None]
    while level:
        depths += [depths[-1] + 1 if depths else 0] * len(level)
        listed += level
        level = sorted(child for number in level for child in below.get(network.nodes[number].id, ()))
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Lots:
    """Orders, or what is left of them, as columns; `place` is a number of the tree's nodes."""

    wh: Ints
    limit: Ints
    bid: Flags
    place: Ints
    number: Ints
    """By which number `orders` and `owners` know each."""
    orders: Draw
    owners: Owners

    def __len__(self) -> int:
        return len(self.wh)

    def take(self, chosen: Ints) -> Lots:
        """Return some of the orders; `chosen` has to rise, so that their order is kept."""
        return replace(
            self,
            wh=self.wh[chosen],
            limit=self.limit[chosen],
            bid=self.bid[chosen],
            place=self.place[chosen],
            number=self.number[chosen],
        )

    def at(self, place: Ints) -> Lots:
        """Return the same orders at other places."""
        return replace(self, place=place)

    def sold(self, fills: Ints, nodes: int) -> Ints:
        """Return what each node sells less what it buys."""
        signed = np.where(self.bid, -fills, fills)
        if nodes == 1:
            return np.array([signed.sum()])
        own = np.zeros(nodes, np.int64)
        np.add.at(own, self.place, signed)
        return own

    def flat(self) -> Ints:
        """Return the number of each one's flat, as the owners have it."""
        return self.owners.by_order[self.number]

    def names(self, some: Ints) -> Iterator[str]:
        """Give the names of some of the orders."""
        return map(self.orders.names.__getitem__, self.number[some].tolist())

    def ranked(self, some: Ints) -> Ints:
        """Return some of the orders, the one first that comes first among equals."""
        return some[self.orders.order(self.number[some])]


def lots_of(orders: Sequence[Order], seed: bytes, tree: Tree, flats: Mapping[str, str]) -> Lots:
    """Return the orders of one slot as columns.

    Raises BookError for more energy than can be counted with.
    """
    buying = Side.BID
    keys = [order.limit * A_TICK + (BUYS if order.side is buying else 0) + order.wh for order in orders]
    nodes = {name: number for number, name in enumerate(tree.names)}
    lots = in_columns(
        # By way of a buffer, which is quicker than numpy's own reading of lists.
        np.frombuffer(array("q", keys), np.int64),
        place=np.array([nodes[flats[order.flat]] for order in orders], np.int64)
        if flats
        else np.zeros(len(orders), np.int64),
        orders=Draw(seed, map(_id_of, orders)),
        owners=Owners(seed, map(_flat_of, orders)),
    )
    refuse_too_much(orders, int(lots.wh.sum()))
    return lots


def refuse_too_much(orders: Sequence[Order], energy: int) -> None:
    """Raise BookError when the orders of one slot, which have so many Wh together, have more than a slot may have."""
    if energy > LARGEST_BOOK_WH:
        raise BookError(
            f"the orders of slot {orders[0].slot} have {energy} Wh together: split the book, one may have "
            f"{LARGEST_BOOK_WH}"
        )


def in_columns(keys: Ints, *, place: Ints, orders: Draw, owners: Owners) -> Lots:
    """Return orders as columns; they come as their keys, in any order."""
    number = keys.argsort()
    keys = keys[number]
    same = keys[1:] == keys[:-1]
    if np.count_nonzero(same):
        # Of equally large ones the better rank comes first, also where the sorting has left any order.
        equal = np.flatnonzero(np.append(same, False) | np.insert(same, 0, False))
        ranked = equal[orders.order(number[equal])]
        number[equal] = number[ranked[np.argsort(keys[ranked], kind="stable")]]
    # Sorted, the keys are read from the first to the last; that is several times as quick as to gather.
    return Lots(
        wh=keys & _WH,
        limit=keys >> _TICKS,
        bid=(keys & _BUYING).astype(np.bool_),
        place=place[number],
        number=number,
        orders=orders,
        owners=owners,
    )
