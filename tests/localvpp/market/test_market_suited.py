"""What a rule cannot serve is known of each order before it is placed, so that no book fails for one."""

from dataclasses import replace
from itertools import product
import random
from typing import Any

import pytest

from localvpp.market import (
    Book,
    BookError,
    Objective,
    Order,
    PriceRule,
    Side,
    check,
    clear,
    most_orders,
    refused_by,
    suited_to,
    unsuited,
    unsuited_rules,
)
from localvpp.market.network import Network, Node

from . import books

ODD: dict[str, dict[str, Any]] = {
    "green-only bids": {"requires": frozenset({"green"})},
    "orders with a partner": {"partner": "other"},
    "orders that refuse parts": {"min_wh": 1},
}


@pytest.mark.parametrize("what", ODD)
def test_mcafee_refuses_an_order_by_itself(what: str) -> None:
    order = books.order("a", "bid", 10, 10, **ODD[what])
    why = refused_by(PriceRule.MCAFEE, order)
    assert why is not None
    assert what in why
    assert all(refused_by(rule, order) is None for rule in PriceRule if rule is not PriceRule.MCAFEE)
    with pytest.raises(BookError, match=f"order 'a': the price rule mcafee serves no {what}: order without, or take"):
        clear(Book(seed=b"", orders=(order,)), Objective.GAIN, PriceRule.MCAFEE)


def test_orders_that_are_not_refused_make_a_book_that_is_cleared() -> None:
    draw = random.Random(1)
    refused = 0
    for _ in range(100):
        orders: list[Order] = []
        for number in range(draw.randint(0, 12)):
            more: dict[str, Any] = {}
            side = draw.choice(["bid", "ask"])
            if draw.random() < 0.3:
                more = ODD[draw.choice(list(ODD))]
            if side == "ask":
                more = {key: value for key, value in more.items() if key != "requires"}
            order = books.order(f"o{number}", side, draw.randint(1, 9), draw.randint(0, 8), **more)
            if refused_by(PriceRule.MCAFEE, order) is None:
                orders.append(order)
            else:
                refused += 1
        book = Book(seed=draw.randbytes(4), orders=tuple(orders))
        assert unsuited(book, Objective.GAIN, PriceRule.MCAFEE) is None
        assert check(book, clear(book, Objective.GAIN, PriceRule.MCAFEE)) == ()
    assert refused > 50


def test_rules_that_cannot_go_together_are_known_without_a_book() -> None:
    """`unsuited_rules` says of an empty book what `clear` does, and of every other with orders nobody refuses."""
    lines = Network((Node(id="r"), Node(id="a", parent="r", import_limit_wh=1)), {"f-a": "a", "f-b": "r"})
    orders = (books.order("a", "ask", 5, 1), books.order("b", "bid", 5, 9))
    served = set()
    for objective, rule, network in product(Objective, PriceRule, (None, lines)):
        book = Book(seed=b"", orders=orders, network=network)
        if why := unsuited_rules(objective, rule, lines=network is not None):
            assert "take" in why
            with pytest.raises(BookError, match="take"):
                clear(book, objective, rule)
        else:
            served.add((objective, rule, network is not None))
            assert check(book, clear(book, objective, rule)) == ()
    assert (Objective.GAIN, PriceRule.MCAFEE, False) in served
    assert (Objective.GAIN, PriceRule.MCAFEE, True) not in served
    assert len(served) == 2 * (3 + 3 + 1) + 1


def test_most_energy_over_lines_serves_so_many_orders_and_no_more() -> None:
    bound = most_orders(Objective.ENERGY, lines=True)
    assert bound is not None
    assert most_orders(Objective.ENERGY, lines=False) is most_orders(Objective.GAIN, lines=True) is None
    network = Network((Node(id="r"), Node(id="a", parent="r", import_limit_wh=1)), {"f": "a"})
    many = tuple(books.order(f"o{number}", "bid", 1, 1, flat="f") for number in range(bound + 1))
    assert unsuited(Book(seed=b"", orders=many[:-1], network=network), Objective.ENERGY, PriceRule.MID) is None
    with pytest.raises(BookError, match=f"serves {bound} orders of a slot, not {bound + 1}: take gain"):
        clear(Book(seed=b"", orders=many, network=network), Objective.ENERGY)
    # Each slot counts by itself.
    apart = (*many[:-1], books.order("last", "bid", 1, 1, flat="f", slot=1))
    assert unsuited(Book(seed=b"", orders=apart, network=network), Objective.ENERGY, PriceRule.MID) is None


def test_a_preference_is_dropped_where_the_rule_serves_none_and_no_condition_is() -> None:
    prefers = Order(id="a", flat="own", side=Side.BID, wh=10, limit=1000, partner="other")
    alone = replace(prefers, partner=None)
    for rule in PriceRule:
        assert suited_to(rule, prefers) == (alone if rule is PriceRule.MCAFEE else prefers)
        assert suited_to(rule, alone) is alone
    green = replace(prefers, requires=frozenset({"green"}))
    assert suited_to(PriceRule.MCAFEE, green).wants_green
    assert refused_by(PriceRule.MCAFEE, suited_to(PriceRule.MCAFEE, green)) is not None
