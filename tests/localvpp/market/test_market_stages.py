"""Who is served before the rest: partners that name each other, and with lines those who buy only green energy."""

from copy import replace
import random

import pytest

from localvpp.market import Book, Network, Node, Objective, check, clear

from . import books
from .books import order


@pytest.mark.parametrize("objective", list(Objective))
def test_partners_trade_first_and_meet_the_others_with_the_rest(objective: Objective) -> None:
    book = Book(
        seed=b"",
        orders=(
            order("sun", "ask", 500, 800, flat="1", partner="2"),
            order("gran", "bid", 300, 1500, flat="2", partner="1"),
            order("rich", "bid", 900, 2800, flat="3"),
        ),
    )
    result = clear(book, objective)
    assert [(trade.seller, trade.buyer, trade.wh) for trade in result.trades] == [
        ("sun", "gran", 300),
        ("sun", "rich", 200),
    ]
    assert result.trades[0].price == (800 + 1500) // 2
    assert [stage.stage for stage in result.certificate.stages] == ["partners", "market"]
    assert check(book, result) == ()


def test_a_wish_for_a_partner_who_does_not_wish_it_counts_for_nothing() -> None:
    book = Book(
        seed=b"",
        orders=(
            order("sun", "ask", 500, 800, flat="1"),
            order("gran", "bid", 300, 1500, flat="2", partner="1"),
            order("rich", "bid", 900, 2800, flat="3"),
        ),
    )
    assert [trade.buyer for trade in clear(book).trades] == ["rich"]


def test_partners_share_the_lines() -> None:
    book = Book(
        seed=b"",
        orders=(
            order("sun", "ask", 500, 800, flat="1", partner="2"),
            order("gran", "bid", 300, 1500, flat="2", partner="1"),
            order("rich", "bid", 900, 2800, flat="3"),
        ),
        network=Network(
            (Node(id="r"), Node(id="floor", parent="r", export_limit_wh=350)), {"1": "floor", "2": "r", "3": "r"}
        ),
    )
    result = clear(book)
    assert [(trade.buyer, trade.wh) for trade in result.trades] == [("gran", 300), ("rich", 50)]
    assert check(book, result) == ()


def test_green_energy_is_dearer_when_more_is_wanted_than_there_is() -> None:
    book = Book(
        seed=b"",
        orders=(
            order("sun", "ask", 100, 500, flat="1", attributes=frozenset({"solar"})),
            order("grey", "ask", 500, 500, flat="2"),
            order("eco", "bid", 300, 2500, flat="3", requires=frozenset({"green"})),
            order("any", "bid", 400, 1500, flat="4"),
        ),
    )
    result = clear(book)
    prices = {trade.buyer: trade.price for trade in result.trades}
    assert {trade.buyer: trade.wh for trade in result.trades} == {"eco": 100, "any": 400}
    assert prices == {"eco": 1500, "any": 1000}
    assert result.certificate.stages[0].prices["green"] > result.certificate.stages[0].prices["building"]
    assert check(book, result) == ()


def test_with_lines_who_buys_only_green_is_served_first() -> None:
    network = Network((Node(id="r"), Node(id="x", parent="r", export_limit_wh=50)), {"1": "x", "3": "r", "4": "r"})
    book = Book(
        seed=b"",
        orders=(
            order("sun", "ask", 100, 500, flat="1", attributes=frozenset({"solar"})),
            order("eco", "bid", 30, 900, flat="3", requires=frozenset({"green"})),
            order("any", "bid", 400, 1500, flat="4"),
        ),
        network=network,
    )
    result = clear(book)
    assert [(trade.buyer, trade.wh) for trade in result.trades] == [("eco", 30), ("any", 20)]
    assert [stage.stage for stage in result.certificate.stages] == ["green", "market"]
    assert check(book, result) == ()


def test_what_is_asked_for_in_one_slot_makes_no_stage_in_another() -> None:
    sun = order("sun", "ask", 100, 500, flat="1", attributes=frozenset({"solar"}))
    eco = order("eco", "bid", 300, 1500, flat="3", requires=frozenset({"green"}))
    kin = (order("late", "ask", 50, 600, flat="2", partner="4"), order("gran", "bid", 70, 900, flat="4", partner="2"))
    plain = (order("a", "ask", 10, 100), order("b", "bid", 20, 300))
    book = Book(
        seed=b"",
        orders=(
            *(replace(one, slot=1) for one in plain),
            *(replace(one, slot=3) for one in kin),
            *(replace(one, slot=2) for one in (sun, eco)),
        ),
    )
    result = clear(book)
    assert [(stage.slot, stage.stage, [*stage.prices]) for stage in result.certificate.stages] == [
        (1, "market", ["building"]),
        (2, "market", ["building", "green"]),
        (3, "partners", ["building"]),
        (3, "market", ["building"]),
    ]
    assert check(book, result) == ()


@pytest.mark.parametrize("objective", list(Objective))
def test_every_mixture_is_checked(objective: Objective) -> None:
    for number in range(60):
        draw = random.Random(number)
        plain = books.orders(draw, 16, green=number % 2 == 1)
        mixed = tuple(
            order(
                one.id,
                one.side,
                one.wh,
                one.limit,
                flat=one.flat,
                attributes=one.attributes,
                requires=one.requires,
                slot=draw.randrange(2),
                partner=draw.choice([flat for flat in books.FLATS[:4] if flat != one.flat])
                if draw.random() < 0.6
                else None,
            )
            for one in plain
        )
        book = Book(seed=draw.randbytes(4), orders=mixed, network=books.network(draw) if number % 3 else None)
        assert check(book, clear(book, objective)) == (), number
