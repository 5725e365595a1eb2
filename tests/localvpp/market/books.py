"""Random small books, in which equal limits, full lines and idle orders are common."""

from collections import Counter
from collections.abc import Sequence
from copy import replace
import random
from typing import Any

from localvpp.market import Book, Network, Node, Order, Result, Side

FLATS = tuple(f"10{number}" for number in range(8))


def order(name: str, side: str, wh: int, limit: int, **more: Any) -> Order:
    """An order of a flat of its own, unless another is named."""
    return Order(**{"id": name, "flat": f"f-{name}", "side": Side(side), "wh": wh, "limit": limit} | more)


def orders(
    draw: random.Random,
    count: int,
    *,
    green: bool = False,
    wh: int = 9,
    limit: int = 8,
    flats: Sequence[str] = FLATS,
) -> list[Order]:
    made = []
    for number in range(count):
        side = draw.choice(list(Side))
        extra: dict[str, Any] = {}
        if green and side is Side.ASK and draw.random() < 0.5:
            extra["attributes"] = frozenset({draw.choice(["solar", "wind", "battery"])})
        if green and side is Side.BID and draw.random() < 0.4:
            extra["requires"] = frozenset({"green"})
        made.append(
            Order(
                id=f"o{number}",
                flat=draw.choice(flats),
                side=side,
                wh=draw.randint(0, wh),
                limit=draw.randint(0, limit),
                **extra,
            )
        )
    return made


def network(draw: random.Random, wh: int = 9) -> Network:
    nodes = [Node(id="n0")]
    for number in range(1, draw.randint(2, 7)):
        limits: dict[str, Any] = {
            side: draw.randint(0, wh) for side in ("import_limit_wh", "export_limit_wh") if draw.random() < 0.7
        }
        nodes.append(Node(id=f"n{number}", parent=f"n{draw.randrange(number)}", **limits))
    draw.shuffle(nodes)
    names = [node.id for node in nodes]
    return Network(tuple(nodes), {flat: draw.choice(names) for flat in FLATS})


def two_floors(flats: dict[str, str]) -> Network:
    """Two floors whose lines carry 1 kWh either way."""
    floors = [Node(id=name, parent="r", import_limit_wh=1000, export_limit_wh=1000) for name in ("one", "two")]
    return Network((Node(id="r"), *floors), flats)


def book(draw: random.Random, count: int, *, lines: bool = False, green: bool = False) -> Book:
    return Book(
        seed=draw.randbytes(8),
        orders=tuple(orders(draw, count, green=green)),
        network=network(draw) if lines else None,
    )


def some_whole(draw: random.Random, count: int, *, lines: bool, slots: int = 1) -> Book:
    """Return a book some of whose orders refuse parts."""
    made = []
    for one in orders(draw, count):
        more: dict[str, Any] = {"slot": draw.randrange(slots)}
        kind = draw.random()
        if kind < 0.25:
            more["all_or_nothing"] = True
        elif kind < 0.4:
            more["min_wh"] = draw.randint(0, one.wh)
        elif kind < 0.6 and slots > 1:
            more |= {"block": f"b-{one.flat}", "wh": max(one.wh, 1)}
        made.append(replace(one, **more))
    return Book(seed=draw.randbytes(4), orders=tuple(made), network=network(draw) if lines else None)


def divided(book: Book) -> Book:
    """Return the book as if no order refused any part."""
    return replace(book, orders=tuple(replace(one, all_or_nothing=False, min_wh=0, block=None) for one in book.orders))


def filled(result: Result) -> Counter[str]:
    """Return what each order trades."""
    fills = Counter[str]()
    for trade in result.trades:
        fills[trade.seller] += trade.wh
        fills[trade.buyer] += trade.wh
    return fills
