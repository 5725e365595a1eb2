"""Few orders are cleared in plain Python, many in columns: nobody can tell by the result which it was."""

from collections.abc import Iterator
from copy import replace
import random

import pytest

from localvpp.market import Book, Network, Node, Objective, Order, PriceRule, Result, check, clear
from localvpp.market.clearing import few as few_module
from localvpp.market.clearing.few import FEW, are_few
from localvpp.market.errors import BookError
from localvpp.market.order import LARGEST_BOOK_WH, LARGEST_ORDER_WH

from . import books
from .books import order

RULES = (PriceRule.MID, PriceRule.PAIR, PriceRule.BID)
SHAPES = ((9, 8), (1, 0), (3, 40), (2_000, 4_000), (2_000, 5))
"""The largest order and the highest limit: nearly all equal, one limit for all, and hardly any equal."""


def both(monkeypatch: pytest.MonkeyPatch, book: Book, rule: PriceRule) -> tuple[Result, Result]:
    """Return what is found in plain Python, and in columns."""
    assert are_few(book, Objective.GAIN, rule)
    plain = clear(book, Objective.GAIN, rule)
    with monkeypatch.context() as patched:
        patched.setattr(few_module, "FEW", 0)
        assert not are_few(book, Objective.GAIN, rule)
        return plain, clear(book, Objective.GAIN, rule)


def plain_books(count: int, sizes: tuple[int, int]) -> Iterator[Book]:
    for number in range(count):
        draw = random.Random(number)
        wh, limit = draw.choice(SHAPES)
        made = books.orders(draw, draw.randint(*sizes), wh=wh, limit=limit)
        if draw.random() < 0.2:
            made = [replace(one, slot=draw.randrange(3)) for one in made]
        yield Book(seed=draw.randbytes(draw.randint(0, 16)), orders=tuple(made))


def test_few_orders_and_many_are_cleared_to_the_same_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    trades = drawn = 0
    for number, book in enumerate(plain_books(3_000, (1, 40))):
        plain, columns = both(monkeypatch, book, RULES[number % 3])
        assert repr(plain) == repr(columns), number
        assert all(type(whole) is int for trade in plain.trades for whole in trade[2:4])
        trades += len(plain.trades)
        drawn += clear(replace(book, seed=b"another"), price=RULES[number % 3]) != plain
    assert trades > 20_000
    assert drawn > 1_000, "ranks decide in many of them"


def test_so_are_as_many_as_are_few(monkeypatch: pytest.MonkeyPatch) -> None:
    for number, book in enumerate(plain_books(30, (FEW // 2, FEW))):
        plain, columns = both(monkeypatch, book, RULES[number % 3])
        assert repr(plain) == repr(columns), number
        assert check(book, plain) == ()


def test_one_order_more_is_no_longer_few_and_nothing_else_changes() -> None:
    some = tuple(order(f"o{number:04}", "bid" if number % 2 else "ask", 5, number % 7) for number in range(FEW))
    few = Book(seed=b"", orders=some)
    more = Book(seed=b"", orders=(*some, order("nothing", "ask", 0, 6)))
    assert are_few(few, Objective.GAIN, PriceRule.MID)
    assert not are_few(more, Objective.GAIN, PriceRule.MID)
    assert clear(few) == clear(more)


def limited(*orders: Order) -> Network:
    nodes = (Node(id="r"), Node(id="floor", parent="r", import_limit_wh=1))
    return Network(nodes, {one.flat: "floor" for one in orders})


@pytest.mark.parametrize(
    "bid",
    [
        order("b", "bid", 30, 20, partner="f-a"),
        order("b", "bid", 30, 20, requires=frozenset({"green"})),
        order("b", "bid", 30, 20, min_wh=5),
        order("b", "bid", 30, 20, all_or_nothing=True),
        order("b", "bid", 30, 20, block="evening"),
    ],
)
def test_who_asks_for_more_than_energy_at_a_limit_is_cleared_in_columns(bid: Order) -> None:
    ask = order("a", "ask", 50, 10)
    assert are_few(Book(seed=b"", orders=(ask, order("b", "bid", 30, 20))), Objective.GAIN, PriceRule.MID)
    assert not are_few(Book(seed=b"", orders=(ask, bid)), Objective.GAIN, PriceRule.MID)


def test_so_are_lines_that_limit_and_every_other_goal() -> None:
    orders = (order("a", "ask", 50, 10), order("b", "bid", 30, 20))
    book = Book(seed=b"", orders=orders)
    assert not are_few(replace(book, network=limited(*orders)), Objective.GAIN, PriceRule.MID)
    assert not are_few(book, Objective.ENERGY, PriceRule.MID)
    assert not are_few(book, Objective.FLOOR, PriceRule.MID)
    assert not are_few(book, Objective.GAIN, PriceRule.MCAFEE)


def test_more_energy_than_can_be_counted_with_is_refused_in_the_same_words(monkeypatch: pytest.MonkeyPatch) -> None:
    some = [order(f"o{number}", "ask", LARGEST_ORDER_WH, 5, slot=7) for number in range(100)]
    assert clear(Book(seed=b"", orders=tuple(some))).trades == ()
    book = Book(seed=b"", orders=(*some, order("one", "bid", 1, 9, slot=7)))
    assert are_few(book, Objective.GAIN, PriceRule.MID)
    words = f"slot 7 have {LARGEST_BOOK_WH + 1} Wh together"
    with pytest.raises(BookError, match=words):
        clear(book)
    monkeypatch.setattr(few_module, "FEW", 0)
    with pytest.raises(BookError, match=words):
        clear(book)
