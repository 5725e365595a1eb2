"""The one solution: of all that are best, by trying out every one, that which the ranks single out."""

from collections import Counter
from collections.abc import Iterator
from itertools import product
import random

import pytest

from localvpp.market import Book, Objective, Order, Side, Trade, check, clear
from localvpp.market.ties import tie_order

from . import books


def ranked(book: Book) -> list[Order]:
    return [book.orders[index] for index in tie_order(book.seed, [one.id for one in book.orders])]


def fits(book: Book, orders: list[Order], fills: tuple[int, ...], objective: Objective) -> bool:
    """Whether fills balance, keep to the lines and, where each pair needs its limits to meet, can be paired."""
    signed = [(one, -wh if one.side is Side.BID else wh) for one, wh in zip(orders, fills, strict=True)]
    if sum(wh for _, wh in signed):
        return False
    if objective is Objective.ENERGY and any(
        sum(wh for one, wh in signed if one.limit <= limit) < 0 for limit in range(9)
    ):
        return False
    if book.network is None:
        return True
    nodes = {node.id: node for node in book.network.nodes}
    nets = Counter[str]()
    for one, wh in signed:
        at: str | None = book.network.flats[one.flat]
        while at is not None:
            nets[at] += wh
            at = nodes[at].parent
    return all(
        (node.export_limit_wh is None or nets[name] <= node.export_limit_wh)
        and (node.import_limit_wh is None or -nets[name] <= node.import_limit_wh)
        for name, node in nodes.items()
    )


def solutions(book: Book, objective: Objective) -> Iterator[tuple[tuple[int, int], tuple[int, ...]]]:
    orders = ranked(book)
    for fills in product(*(range(one.wh + 1) for one in orders)):
        if fits(book, orders, fills, objective):
            energy = sum(fills) // 2
            gain = sum(one.limit * (wh if one.side is Side.BID else -wh) for one, wh in zip(orders, fills, strict=True))
            yield (energy, gain) if objective is Objective.ENERGY else (gain, energy), fills


def filled(book: Book, trades: tuple[Trade, ...]) -> tuple[int, ...]:
    wh = Counter[str]()
    for trade in trades:
        wh[trade.seller] += trade.wh
        wh[trade.buyer] += trade.wh
    return tuple(wh[one.id] for one in ranked(book))


@pytest.mark.parametrize("lines", [False, True])
@pytest.mark.parametrize("objective", [Objective.ENERGY, Objective.GAIN])
def test_of_all_best_solutions_the_first_in_rank_trades_most(objective: Objective, lines: bool) -> None:
    several = 0
    for number in range(60):
        draw = random.Random(number)
        book = Book(
            seed=draw.randbytes(4),
            orders=tuple(books.orders(draw, 6, wh=2, limit=3)),
            network=books.network(draw, wh=2) if lines else None,
        )
        found = list(solutions(book, objective))
        best = max(found)
        several += sum(worth == best[0] for worth, _ in found) > 1
        assert filled(book, clear(book, objective).trades) == best[1], number
    assert several > 10


def test_a_tie_between_floors_that_was_decided_otherwise() -> None:
    """Two flats on different floors bid alike for energy over lines: the seed decides, not the floor."""
    plain = {
        "seed": b"",
        "orders": (
            books.order("a", "ask", 100, 10),
            books.order("b1", "bid", 100, 20),
            books.order("b2", "bid", 100, 20),
        ),
        "network": books.two_floors({"f-a": "r", "f-b1": "one", "f-b2": "two"}),
    }
    results = {}
    for seed in range(30):
        book = Book(**plain | {"seed": bytes([seed])})  # type: ignore[arg-type]
        result = clear(book, Objective.ENERGY)
        results[result.trades[0].buyer] = (book, result)
    (book, _), (_, other) = results["b1"], results["b2"]
    assert [finding.fault for finding in check(book, other)] == ["tie"]
