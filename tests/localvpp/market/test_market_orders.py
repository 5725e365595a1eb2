"""What is no order, and what is no tree of lines, is refused with its name, its field, its value and what to do."""

from copy import replace
import random
from typing import Any

import pytest

from localvpp.market import HIGHEST_LIMIT, Book, Network, NetworkError, Node, Objective, Order, OrderError, Side, clear

from . import books

GOOD: dict[str, Any] = {"id": "a", "flat": "101", "side": Side.BID, "wh": 500, "limit": 2500}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("wh", -1),
        ("wh", 1.5),
        ("wh", True),
        ("wh", 10**10),
        ("limit", -1),
        ("limit", HIGHEST_LIMIT + 1),
        ("min_wh", 501),
        ("flat", ""),
        ("flat", "a\nb"),
        ("partner", "101"),
        ("requires", frozenset({"solar"})),
        ("slot", -1),
        ("block", ""),
    ],
)
def test_a_bad_field_is_named(field: str, value: object) -> None:
    with pytest.raises(OrderError) as raised:
        Order(**GOOD | {field: value})
    assert (raised.value.order, raised.value.field) == ("a", field)
    assert field in str(raised.value)
    assert raised.value.remedy


def test_an_ask_cannot_require() -> None:
    with pytest.raises(OrderError, match="attributes"):
        Order(**GOOD | {"side": Side.ASK, "requires": frozenset({"green"})})


def test_an_order_that_refuses_a_part_has_no_partner() -> None:
    with pytest.raises(OrderError, match="partner"):
        Order(**GOOD | {"partner": "102", "all_or_nothing": True})


def test_what_is_green() -> None:
    assert Order(**GOOD | {"attributes": frozenset({"solar"})}).is_green
    assert not Order(**GOOD | {"attributes": frozenset({"battery"})}).is_green
    assert Order(**GOOD | {"requires": frozenset({"green"})}).wants_green


def test_the_least_part() -> None:
    assert Order(**GOOD).least_wh == 0
    assert Order(**GOOD | {"min_wh": 7}).least_wh == 7
    assert Order(**GOOD | {"all_or_nothing": True}).least_wh == 500
    assert Order(**GOOD | {"block": "b"}).least_wh == 500


ROOT = Node(id="r")


@pytest.mark.parametrize(
    ("nodes", "flats", "says"),
    [
        ((), {}, "not of 0"),
        ((ROOT, Node(id="s")), {}, "not of 2"),
        ((ROOT, Node(id="r", parent="r")), {}, "once"),
        ((ROOT, Node(id="a", parent="x")), {}, "listed"),
        ((ROOT, Node(id="a", parent="b"), Node(id="b", parent="a")), {}, "circle"),
        ((ROOT,), {"101": "x"}, "listed"),
    ],
)
def test_what_is_no_tree(nodes: tuple[Node, ...], flats: dict[str, str], says: str) -> None:
    with pytest.raises(NetworkError, match=says):
        Network(nodes, flats)


@pytest.mark.parametrize(
    ("flats", "says"),
    [
        (
            {"101": "zz"},
            "network.flats: flat '101' is at node 'zz': name one of the nodes that are listed, 'r', 'n1', 'n2', 'n3', "
            "'n4', …",
        ),
        ({"102": "r"}, "network.flats: flat '101' is at no node: place the flat at a node, for it has order 'a'"),
    ],
    ids=["unknown node", "no node"],
)
def test_a_flat_that_is_nowhere_is_told_with_its_node_and_what_to_do(flats: dict[str, str], says: str) -> None:
    floors = tuple(Node(id=f"n{number}", parent="r") for number in range(1, 6))
    with pytest.raises(NetworkError) as raised:
        Book(seed=b"", orders=(Order(**GOOD),), network=Network((ROOT, *floors), flats))
    assert str(raised.value) == says
    assert raised.value.value == "101"


def test_limits() -> None:
    with pytest.raises(NetworkError, match="import_limit_wh"):
        Node(id="a", parent="r", import_limit_wh=-1)
    assert not Network((Node(id="r", import_limit_wh=1), Node(id="a", parent="r"))).has_limits
    assert not Network((ROOT, Node(id="a", parent="r"))).has_limits
    assert Network((ROOT, Node(id="a", parent="r", export_limit_wh=0))).has_limits


def test_kinds_are_what_clearing_tells_orders_apart_by() -> None:
    """Words that decide nothing make no other kind: else a flat would order the same as often as there are words."""
    ask, bid = Order(**GOOD | {"side": Side.ASK}), Order(**GOOD)
    solar, wind = (replace(ask, attributes=frozenset({one})) for one in ("solar", "wind"))
    assert ask.kind == replace(ask, id="b", wh=1, attributes=frozenset({"battery"})).kind
    assert solar.kind == wind.kind == replace(ask, attributes=frozenset({"solar", "wind", "battery"})).kind
    assert bid.kind == replace(bid, id="b", wh=1, attributes=frozenset({"solar"})).kind
    others = [ask, solar, bid, replace(bid, requires=frozenset({"green"})), replace(bid, limit=2499)]
    assert len({one.kind for one in others}) == len(others)


@pytest.mark.parametrize("objective", list(Objective))
def test_two_orders_of_a_kind_can_be_one(objective: Objective) -> None:
    """Joined, they move as much energy at the same gain; only the rank among equals is one instead of two."""
    for number in range(60):
        draw = random.Random(number)
        book = books.book(draw, 14, lines=number % 2 == 1, green=True)
        joined: dict[object, Order] = {}
        for one in book.orders:
            there = joined.get((one.flat, one.kind))
            joined[one.flat, one.kind] = one if there is None else replace(there, wh=there.wh + one.wh)
        one, other = clear(book, objective), clear(replace(book, orders=tuple(joined.values())), objective)
        assert one.energy_wh == other.energy_wh, number
        assert one.gain == other.gain or objective is Objective.FLOOR, number
