"""What a result is held against: a slot's orders, the tree, partners, the gate, and who comes first among equals.

All of it is read from the book anew, by other code than clearing has for it and in the order in which the orders
stand: had either of the two a wrong idea of who is a partner, what is behind the gate, or whose turn it is, their
answers would differ. What both share are the orders, the book, and the shapes of columns and trees.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
import hashlib

import numpy as np

from ..arrays import Flags, Ints
from ..errors import BookError
from ..lots import UNLIMITED, Tree
from ..network import Network, Node
from ..order import LARGEST_BOOK_WH, Order, Side


def _turn(seed: bytes, name: bytes) -> bytes:
    return hashlib.sha256(seed + name).digest() + name


@dataclass(frozen=True, slots=True)
class Turns:
    """Who comes first among equals: by SHA-256 of the seed followed by the name."""

    seed: bytes
    names: Sequence[str]

    def turn(self, number: int) -> bytes:
        """Return what decides, the smallest first: the hash, and behind it the name, if two ever had one hash."""
        return _turn(self.seed, self.names[number].encode())

    def places(self, numbers: Sequence[int]) -> list[int]:
        """Return for each of some numbers how many of them come before it."""
        seed, names = self.seed, self.names
        turns = [_turn(seed, names[number].encode()) for number in numbers]
        places = [0] * len(turns)
        for place, index in enumerate(sorted(range(len(turns)), key=turns.__getitem__)):
            places[index] = place
        return places


def tree_of_lines(network: Network | None) -> Tree:
    """Return the tree that lines limit, parents before children; one place where nothing limits."""
    if network is None:
        return _tree([("building", 0, None, None)], [0])
    nodes = {node.id: node for node in network.nodes}

    def depth(node: Node) -> int:
        steps = 0
        while node.parent is not None:
            node, steps = nodes[node.parent], steps + 1
        return steps

    depths = {name: depth(node) for name, node in nodes.items()}
    listed = sorted(nodes, key=depths.__getitem__)
    at = {name: number for number, name in enumerate(listed)}
    return _tree(
        [
            (name, at[nodes[name].parent or name], nodes[name].import_limit_wh, nodes[name].export_limit_wh)
            for name in listed
        ],
        [depths[name] for name in listed],
    )


def green_gate() -> Tree:
    """Return the building, and behind a gate that lets nothing in, where green energy is bought and sold."""
    return _tree([("building", 0, None, None), ("green", 0, 0, None)], [0, 1])


def _tree(rows: list[tuple[str, int, int | None, int | None]], depths: list[int]) -> Tree:
    limits = [[UNLIMITED if limit is None else limit for limit in row[2:]] for row in rows]
    return Tree(
        tuple(row[0] for row in rows),
        np.array([row[1] for row in rows], np.int64),
        np.array(depths, np.int64),
        np.array([imports for imports, _ in limits], np.int64),
        np.array([exports for _, exports in limits], np.int64),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Orders as columns, in the order in which the book has them."""

    wh: Ints
    """What they have left."""
    size: Ints
    """What they had at first."""
    limit: Ints
    bid: Flags
    place: Ints
    flat: Ints
    turns: Turns
    flats: Turns

    def __len__(self) -> int:
        return len(self.wh)

    def of(self, members: Ints, *, left: Ints, place: Ints | None) -> Columns:
        """Return some of the orders, with what they have left, and where they are if it is elsewhere."""
        return Columns(
            wh=left[members],
            size=self.size[members],
            limit=self.limit[members],
            bid=self.bid[members],
            place=(self.place if place is None else place)[members],
            flat=self.flat[members],
            turns=Turns(self.turns.seed, [self.turns.names[member] for member in members.tolist()]),
            flats=self.flats,
        )


def columns_of(orders: Sequence[Order], seed: bytes, tree: Tree, flats: Mapping[str, str]) -> Columns:
    """Return the columns of one slot. Raises BookError for more energy than can be counted with."""
    energy = sum(order.wh for order in orders)
    if energy > LARGEST_BOOK_WH:
        raise BookError(f"the orders of a slot have {energy} Wh together: a book may have {LARGEST_BOOK_WH}")
    wh = np.fromiter((order.wh for order in orders), np.int64, len(orders))
    place = np.zeros(len(orders), np.int64)
    if flats:
        at = {flat: tree.names.index(node) for flat, node in flats.items()}
        place = np.fromiter((at[order.flat] for order in orders), np.int64, len(orders))
    names = sorted({order.flat for order in orders})
    numbers = {name: number for number, name in enumerate(names)}
    return Columns(
        wh=wh,
        size=wh,
        limit=np.fromiter((order.limit for order in orders), np.int64, len(orders)),
        bid=np.fromiter((order.side is Side.BID for order in orders), np.bool_, len(orders)),
        place=place,
        flat=np.fromiter((numbers[order.flat] for order in orders), np.int64, len(orders)),
        turns=Turns(seed, [order.id for order in orders]),
        flats=Turns(seed, names),
    )


def partners_of(orders: Sequence[Order], turns: Turns) -> Iterator[tuple[str, str, list[int]]]:
    """Give seller, buyer and orders of each stage of partners, in the order of the stages.

    Two flats are partners when an ask of the one names the other, and a bid of the other names the one. The pair with
    the order of the best turn comes first; bids for green energy only meet what is green before the pair's others meet.
    """
    by_wish: dict[tuple[Side, str, str], list[int]] = {}
    for number, order in enumerate(orders):
        if order.partner is not None:
            by_wish.setdefault((order.side, order.flat, order.partner), []).append(number)
    stages = []
    for (side, seller, buyer), asks in by_wish.items():
        bids = by_wish.get((Side.BID, buyer, seller), [])
        if side is Side.BID or not bids:
            continue
        first = min(turns.turn(number) for number in asks + bids)
        green = [n for n in asks if orders[n].is_green], [n for n in bids if orders[n].wants_green]
        other = asks, [n for n in bids if not orders[n].wants_green]
        for later, (sell, buy) in enumerate((green, other)):
            if sell and buy:
                stages.append((first, later, seller, buyer, sorted(sell + buy)))
    for _, _, seller, buyer, members in sorted(stages):
        yield seller, buyer, members
