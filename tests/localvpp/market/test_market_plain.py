"""Books and results as JSON: what is written is read back, and what else is read is refused with the reason."""

import json
import random
from typing import Any

from hypothesis import given, settings, strategies as st
import pytest

from localvpp.market import (
    Book,
    MarketError,
    Network,
    Node,
    Objective,
    Order,
    Result,
    ResultError,
    Side,
    check,
    clear,
    plain_book,
    plain_result,
    read_book,
    read_result,
)

from . import books

QUICK = settings(deadline=None, max_examples=60)
names = st.text("ab1Ü家", min_size=1, max_size=3)
orders = st.builds(
    Order,
    id=names,
    flat=st.sampled_from(["x", "y", "z"]),
    side=st.sampled_from(list(Side)),
    wh=st.integers(5, 10**9),
    limit=st.integers(0, 10**6),
    attributes=st.frozensets(st.sampled_from(["solar", "battery"])),
    all_or_nothing=st.booleans(),
    min_wh=st.integers(0, 5),
    slot=st.integers(0, 3),
)
networks = st.none() | st.just(
    Network(
        (Node(id="r"), Node(id="s", parent="r", import_limit_wh=5), Node(id="t", parent="s", export_limit_wh=0)),
        {"x": "r", "y": "s", "z": "t"},
    )
)
whole_books = st.builds(
    Book,
    seed=st.binary(max_size=64),
    orders=st.lists(orders, max_size=8, unique_by=lambda one: one.id).map(tuple),
    network=networks,
)


@QUICK
@given(whole_books)
def test_a_book_is_read_as_it_was_written(book: Book) -> None:
    plain = json.loads(json.dumps(plain_book(book)))
    assert read_book(plain) == book
    assert plain_book(read_book(plain)) == plain


junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)


def parts(plain: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [path]
    if isinstance(plain, dict):
        found += [one for key, value in plain.items() for one in parts(value, (*path, key))]
    elif isinstance(plain, list):
        found += [one for index, value in enumerate(plain) for one in parts(value, (*path, index))]
    return found


def changed(plain: Any, path: tuple[Any, ...], value: Any) -> Any:
    if not path:
        return value
    copy = dict(plain) if isinstance(plain, dict) else list(plain)
    copy[path[0]] = changed(plain[path[0]], path[1:], value)
    return copy


BOOK = plain_book(books.book(random.Random(2), 6, lines=True, green=True))
RESULT = plain_result(clear(read_book(BOOK), Objective.FLOOR))


@QUICK
@given(st.sampled_from(parts(BOOK)), junk)
def test_a_spoiled_book_is_a_book_or_refused(path: tuple[Any, ...], value: Any) -> None:
    try:
        book = read_book(changed(BOOK, path, value))
    except MarketError:
        return
    clear(book)


@QUICK
@given(st.sampled_from(parts(RESULT)), junk)
def test_a_spoiled_result_is_a_result_or_refused(path: tuple[Any, ...], value: Any) -> None:
    try:
        result = read_result(changed(RESULT, path, value))
    except ResultError:
        return
    assert read_result(plain_result(result)) == result


RESULTS = [
    (book, clear(book, objective))
    for objective in Objective
    for book in (
        books.book(random.Random(3), 10, lines=True, green=True),
        books.book(random.Random(4), 10),
        read_book({"seed": "", "orders": [*BOOK["orders"][:5], {**BOOK["orders"][5], "all_or_nothing": True}]}),
    )
]
numbers = st.integers(-3, 12) | st.sampled_from([2**31, 2**40, 2**61, -(2**61), 10**6, 10**9])


@settings(deadline=None, max_examples=200)
@given(st.sampled_from(RESULTS), st.data())
def test_the_check_of_any_result_ends_and_agrees_to_no_other(right: tuple[Book, Result], data: st.DataObject) -> None:
    book, result = right
    plain = plain_result(result)
    for _ in range(data.draw(st.integers(1, 3))):
        path = data.draw(st.sampled_from(parts(plain)[1:]))
        plain = changed(plain, path, data.draw(numbers | junk | st.sampled_from([order.id for order in book.orders])))
    try:
        bent = read_result(plain)
    except ResultError:
        return
    if not check(book, bent):
        # Other prices may prove the same; nothing else may differ.
        assert (bent.energy_wh, bent.gain, bent.gap) == (result.energy_wh, result.gain, result.gap)
        assert bent.trades == result.trades
        assert (bent.certificate.objective, bent.certificate.left_out) == (
            result.certificate.objective,
            result.certificate.left_out,
        )


@pytest.mark.parametrize("objective", list(Objective))
def test_a_result_is_read_as_it_was_written(objective: Objective) -> None:
    for number in range(20):
        book = books.book(random.Random(number), 12, lines=number % 2 == 1, green=True)
        result = clear(book, objective)
        assert read_result(json.loads(json.dumps(plain_result(result)))) == result


@pytest.mark.parametrize(
    ("plain", "says"),
    [
        ([], "object"),
        ({"orders": []}, "seed"),
        ({"seed": "0x", "orders": []}, "hexadecimal"),
        ({"seed": "00" * 65, "orders": []}, "64"),
        ({"seed": "", "orders": {}}, "list"),
        ({"seed": "", "orders": [], "colour": 1}, "colour"),
        ({"seed": "", "orders": [3]}, "object"),
        ({"seed": "", "orders": [{"id": 3}]}, "name"),
        ({"seed": "", "orders": [{"id": "a", "flat": "1", "side": "bid", "wh": 1}]}, "limit"),
        ({"seed": "", "orders": [], "network": {"nodes": [{"id": "r", "capacity": 3}]}}, "capacity"),
    ],
)
def test_what_is_no_book(plain: Any, says: str) -> None:
    with pytest.raises(MarketError, match=says):
        read_book(plain)


def test_a_flat_without_a_place() -> None:
    order = {"id": "a", "flat": "1", "side": "bid", "wh": 1, "limit": 1}
    with pytest.raises(MarketError, match="place the flat"):
        read_book({"seed": "", "orders": [order], "network": {"nodes": [{"id": "r"}], "flats": {}}})


def test_a_block_of_two_flats() -> None:
    orders = [{"id": str(flat), "flat": str(flat), "side": "bid", "wh": 1, "limit": 1, "block": "b"} for flat in (1, 2)]
    with pytest.raises(MarketError, match="another flat"):
        read_book({"seed": "", "orders": orders})


def test_more_orders_than_a_search_over_lines_serves() -> None:
    orders = [{"id": str(n), "flat": "1", "side": "bid", "wh": 1, "limit": 1} for n in range(3_001)]
    network = {"nodes": [{"id": "r"}, {"id": "x", "parent": "r", "import_limit_wh": 1}], "flats": {"1": "x"}}
    book = read_book({"seed": "", "orders": orders, "network": network})
    with pytest.raises(MarketError, match="take gain"):
        clear(book, Objective.ENERGY)
    assert clear(book).trades == ()


def test_more_than_64_bits_can_count() -> None:
    orders = [{"id": str(n), "flat": "1", "side": "bid", "wh": 10**9, "limit": 1} for n in range(101)]
    with pytest.raises(MarketError, match="split the book"):
        clear(read_book({"seed": "", "orders": orders}))


def test_an_order_that_names_no_flat_is_a_flat_of_its_own() -> None:
    plain = [{"id": name, "side": side, "wh": 1, "limit": 1} for name, side in (("a", "ask"), ("b", "bid"))]
    book = read_book({"seed": "", "orders": plain})
    assert [order.flat for order in book.orders] == ["a", "b"]
    assert read_book(plain_book(book)) == book
    with pytest.raises(MarketError, match="order 'a': flat is None: name its flat"):
        read_book({"seed": "", "orders": [plain[0], plain[1] | {"flat": "a"}]})
    with pytest.raises(MarketError, match="order 'a': flat is 7: give a name"):
        read_book({"seed": "", "orders": [plain[0] | {"flat": 7}]})
