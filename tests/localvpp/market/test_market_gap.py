"""How far a result may be from the best: told exactly, proven by no loose bound, and 0 where nothing is missing."""

from copy import replace
import random
import re

import pytest

from localvpp.market import (
    Book,
    Fault,
    Network,
    Node,
    Objective,
    Order,
    PriceRule,
    Result,
    check,
    clear,
    plain_result,
    read_result,
)
from localvpp.market.clear import markets_of
from localvpp.market.clearing.whole import _Search
from localvpp.market.result import Bound

from . import books
from .books import order

ONE_LEFT_OUT = Book(
    seed=b"",
    orders=(
        order("a", "ask", 100, 5),
        order("b", "bid", 100, 45),
        order("c", "bid", 70, 60, all_or_nothing=True),
    ),
)
SINGLE_UNITS = Book(
    seed=b"",
    orders=tuple(
        order(f"{side}{limit}", side, 1, limit)
        for side, limits in (("bid", (100, 90, 20)), ("ask", (80, 85, 89)))
        for limit in limits
    ),
)


def claims(result: Result, bound: Bound, gap: int) -> Result:
    """The result with another bound of its one slot, and a gap."""
    return replace(result, certificate=replace(result.certificate, bounds=(bound,)), gap=gap)


def fewer_than(gap: int) -> Order:
    """What nobody can meet, so that it is left out or idle, and makes the book one with a gap."""
    return order("idle", "bid", gap, 0, all_or_nothing=True)


@pytest.mark.parametrize(
    ("book", "objective", "rule", "loose", "claimed", "right"),
    [
        (ONE_LEFT_OUT, Objective.GAIN, PriceRule.MID, {"prices": {"building": 999}}, 94350, 0),
        (ONE_LEFT_OUT, Objective.FLOOR, PriceRule.MID, {"prices": {"building": 999}}, 95400, 1050),
        (ONE_LEFT_OUT, Objective.ENERGY, PriceRule.MID, {"threshold": 0}, 70, 0),
        (SINGLE_UNITS, Objective.GAIN, PriceRule.MCAFEE, {"prices": {"building": 5000}}, 14726, 5),
    ],
    ids=["gain", "floor", "energy", "mcafee"],
)
def test_a_gap_that_a_loose_bound_proves_is_refused_with_what_was_expected(
    book: Book, objective: Objective, rule: PriceRule, loose: dict[str, object], claimed: int, right: int
) -> None:
    result = clear(book, objective, rule)
    assert (check(book, result), result.gap) == ((), right)
    (bound,) = result.certificate.bounds
    bent = claims(result, replace(bound, **loose), claimed)
    (finding,) = check(book, bent)
    most = (result.energy_wh if objective is Objective.ENERGY else result.gain) + right
    assert (finding.fault, finding.subject) == (Fault.RESULT, "bound of slot 0")
    if objective is not Objective.FLOOR:
        by = claimed - right
        assert finding.says.startswith(f"it proves {most + by}, which is {by} more than the {most} that are possible")
    assert check(book, replace(result, gap=right + 1))


def test_other_prices_that_prove_as_little_are_as_good() -> None:
    """Any price from 5 to 45 contents the two who trade: it proves no more than is possible."""
    book = replace(ONE_LEFT_OUT, orders=(*ONE_LEFT_OUT.orders[:2], fewer_than(7)))
    result = clear(book)
    (bound,) = result.certificate.bounds
    for price in range(5, 46):
        assert check(book, claims(result, replace(bound, prices={"building": price}), 0)) == ()
    for price in (4, 46):
        assert check(book, claims(result, replace(bound, prices={"building": price}), 100))


@pytest.mark.parametrize("objective", list(Objective))
@pytest.mark.parametrize("lines", [False, True])
def test_no_bound_of_a_random_book_can_be_loosened(objective: Objective, lines: bool) -> None:
    loosened = 0
    for number in range(40):
        draw = random.Random(number)
        book = books.some_whole(draw, 10, lines=lines)
        result = clear(book, objective)
        assert check(book, result) == (), number
        if not result.certificate.bounds:
            continue
        (bound,) = result.certificate.bounds
        if bound.threshold is not None:
            other = replace(bound, threshold=draw.randint(-1, 9))
        else:
            node = draw.choice(list(bound.prices))
            other = replace(bound, prices={**bound.prices, node: max(bound.prices[node] + draw.choice([-3, 5]), 0)})
        findings = check(book, claims(result, other, result.gap))
        if more := re.search(r"which is (\d+) more than", " ".join(finding.says for finding in findings)):
            assert check(book, claims(result, other, result.gap + int(more[1]))), number
            loosened += 1
        else:
            assert findings == (), "it proves as little"
    assert loosened > 5


@pytest.mark.parametrize("lines", [False, True])
@pytest.mark.parametrize("objective", [Objective.ENERGY, Objective.GAIN])
def test_the_gap_is_how_much_more_the_book_is_worth_if_everything_is_divided(objective: Objective, lines: bool) -> None:
    open_ = 0
    for number in range(60):
        book = books.some_whole(random.Random(number), 12, lines=lines, slots=1 + number % 2)
        result, best = clear(book, objective), clear(books.divided(book), objective)
        assert result.gap == best.value - result.value, number
        assert read_result(plain_result(result)) == result
        open_ += result.gap > 0
    assert open_ > 5


@pytest.mark.parametrize("lines", [False, True])
@pytest.mark.parametrize("objective", list(Objective))
def test_who_trades_as_if_everything_were_divided_has_no_gap(objective: Objective, lines: bool) -> None:
    same = 0
    for number in range(80):
        draw = random.Random(number)
        book = books.book(draw, 10, lines=lines)
        book = replace(
            book, orders=tuple(replace(one, min_wh=draw.choice([0, 0, min(one.wh, 1)])) for one in book.orders)
        )
        result = clear(book, objective)
        assert result.gap >= 0
        if result.trades == clear(books.divided(book), objective).trades:
            assert result.gap == 0, number
            same += 1
    assert same > 20


def test_energy_that_a_line_does_not_carry_is_no_gap() -> None:
    network = Network((Node(id="r"), Node(id="n", parent="r", export_limit_wh=1)), {"f-a": "n", "f-b": "r", "f-c": "r"})
    orders = (order("a", "ask", 1000, 5), order("b", "bid", 1000, 9), order("c", "bid", 7, 1, all_or_nothing=True))
    book = Book(seed=b"", orders=orders, network=network)
    result = clear(book, Objective.ENERGY)
    assert (result.energy_wh, result.gap) == (1, 0)
    assert check(book, result) == ()
    (bound,) = result.certificate.bounds
    # A Wh that is worth one wherever it is, over a line that brings nothing: all that is wanted.
    everywhere = replace(bound, prices={"r": 0, "n": 0}, values=dict.fromkeys(bound.values, 0))
    assert [finding.says for finding in check(book, claims(result, everywhere, 1006))] == [
        "it proves 1007, which is 1006 more than the 1 that are possible if everything is divided"
    ]
    for lacking in (replace(bound, values={}), replace(bound, prices={}), Bound(threshold=3)):
        assert [one.says for one in check(book, claims(result, lacking, 0))] == ["it lacks its prices or its limit"]


def test_energy_that_the_floor_shares_is_no_gap() -> None:
    """Shared it gains less than if the best had all: that is what was wanted, and nothing is missing."""
    orders = (order("a", "ask", 100, 5), order("b", "bid", 100, 45), order("d", "bid", 100, 50))
    book = Book(seed=b"", orders=(*orders, order("c", "bid", 7, 1, all_or_nothing=True)))
    result = clear(book, Objective.FLOOR)
    assert result.trades == clear(Book(seed=b"", orders=orders), Objective.FLOOR).trades
    assert result.gain < clear(book).gain
    assert result.gap == 0
    assert check(book, result) == ()


def test_nobody_is_left_out_so_that_others_need_not_share() -> None:
    """Alone b gains 4000, with d, who takes any part from a Wh on, the two 2800: sharing is what `floor` is for."""
    orders = (order("a", "ask", 100, 5), order("b", "bid", 100, 45), order("d", "bid", 100, 30, min_wh=1))
    book = Book(seed=b"", orders=orders)
    result = clear(book, Objective.FLOOR)
    assert (result.gain, result.gap) == (2800, 0)
    assert {trade.buyer for trade in result.trades} == {"b", "d"}
    search = _Search(list(markets_of(book)), Objective.FLOOR, PriceRule.MID, list(book.groups()))
    both, alone = search.judge(frozenset()), search.judge(frozenset({0}))
    assert both.value == alone.value == 4000


def test_what_the_floor_leaves_out_is_a_gap() -> None:
    """A hundred Wh for 45 and as many for 50: who is left out would have had all, if the best came first."""
    orders = (order("a", "ask", 100, 5), order("b", "bid", 100, 45), order("d", "bid", 100, 50, all_or_nothing=True))
    book = Book(seed=b"", orders=orders)
    result = clear(book, Objective.FLOOR)
    assert result.certificate.left_out == ("d",)
    assert (result.gain, result.gap) == (4000, 500)
    assert check(book, result) == ()
    assert check(book, replace(result, gap=0))
