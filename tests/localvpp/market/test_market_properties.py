"""What residents may rely on, whatever the book: nothing is lost, nobody is harmed, equals have equal chances."""

from collections import Counter
from copy import replace
import random

import pytest

from localvpp.market import Book, Objective, Order, PriceRule, Side, check, clear
from localvpp.market.ties import tie_order

from . import books
from .books import filled, order

CASES = [(objective, lines) for objective in Objective for lines in (False, True)]
EVERY = pytest.mark.parametrize(("objective", "lines"), CASES)


@EVERY
def test_energy_and_money_are_conserved_and_limits_kept(objective: Objective, lines: bool) -> None:
    for number in range(25):
        book = books.book(random.Random(number), 14, lines=lines, green=number % 2 == 1)
        result = clear(book, objective)
        known = {one.id: one for one in book.orders}
        money = Counter[str]()
        for trade in result.trades:
            ask, bid = known[trade.seller], known[trade.buyer]
            assert (ask.side, bid.side) == (Side.ASK, Side.BID)
            assert ask.limit <= trade.price <= bid.limit
            assert ask.is_green or not bid.wants_green
            assert trade.wh > 0
            money[ask.flat] += trade.wh * trade.price
            money[bid.flat] -= trade.wh * trade.price
        assert sum(money.values()) == 0
        fills = filled(result)
        assert all(fills[one.id] <= one.wh for one in book.orders)
        assert sum(fills.values()) == 2 * result.energy_wh


@EVERY
def test_the_order_of_arrival_decides_nothing(objective: Objective, lines: bool) -> None:
    for number in range(10):
        draw = random.Random(number)
        book = books.book(draw, 14, lines=lines, green=True)
        shuffled = list(book.orders)
        draw.shuffle(shuffled)
        assert clear(replace(book, orders=tuple(shuffled)), objective) == clear(book, objective)


@EVERY
def test_the_seed_decides_between_equals_only(objective: Objective, lines: bool) -> None:
    for number in range(10):
        book = books.book(random.Random(number), 14, lines=lines)
        one, other = clear(book, objective), clear(replace(book, seed=b"another"), objective)
        assert one.energy_wh == other.energy_wh
        assert one.gain == other.gain or objective is Objective.FLOOR


@EVERY
def test_an_order_of_nothing_changes_nothing(objective: Objective, lines: bool) -> None:
    for number in range(10):
        book = books.book(random.Random(number), 12, lines=lines)
        idle = Order(id="idle", flat=books.FLATS[0], side=Side.BID, wh=0, limit=5)
        with_idle = clear(replace(book, orders=(*book.orders, idle)), objective)
        assert filled(with_idle) == filled(clear(book, objective))
        assert check(replace(book, orders=(*book.orders, idle)), with_idle) == ()


@pytest.mark.parametrize("lines", [False, True])
def test_a_higher_bid_never_gets_less(lines: bool) -> None:
    for number in range(40):
        draw = random.Random(number)
        book = books.book(draw, 12, lines=lines)
        index = draw.randrange(12)
        chosen = book.orders[index]
        if chosen.side is Side.ASK:
            continue
        raised = list(book.orders)
        raised[index] = replace(chosen, limit=chosen.limit + draw.randint(1, 4))
        before = filled(clear(book))[chosen.id]
        assert filled(clear(replace(book, orders=tuple(raised))))[chosen.id] >= before


@EVERY
def test_energy_and_prices_scale(objective: Objective, lines: bool) -> None:
    for number in range(10):
        book = books.book(random.Random(number), 12)
        by_ten = replace(book, orders=tuple(replace(one, wh=one.wh * 10, limit=one.limit * 100) for one in book.orders))
        one, other = clear(book, objective), clear(by_ten, objective)
        assert other.energy_wh == 10 * one.energy_wh
        if objective is not Objective.FLOOR:  # Whose levels are rounded to whole Wh.
            assert other.gain == 1000 * one.gain
            assert filled(other) == Counter({name: 10 * wh for name, wh in filled(one).items()})


def test_no_order_that_gains_is_left_out_while_a_worse_one_trades() -> None:
    for number in range(40):
        book = books.book(random.Random(number), 14)
        for objective in (Objective.ENERGY, Objective.GAIN):
            fills = filled(clear(book, objective))
            for side, sign in ((Side.BID, 1), (Side.ASK, -1)):
                mine = [one for one in book.orders if one.side is side]
                for worse in mine:
                    better = [one for one in mine if sign * one.limit > sign * worse.limit]
                    assert not fills[worse.id] or all(fills[one.id] == one.wh for one in better)


def test_the_one_price_is_strictly_inside_when_two_ticks_are_between() -> None:
    for number in range(60):
        book = books.book(random.Random(number), 14)
        result = clear(book)
        known = {one.id: one.limit for one in book.orders}
        if not result.trades:
            continue
        (price,) = {trade.price for trade in result.trades}
        dearest = max(known[trade.seller] for trade in result.trades)
        lowest = min(known[trade.buyer] for trade in result.trades)
        assert price == (dearest + lowest) // 2
        assert lowest - dearest < 2 or dearest < price < lowest


def test_each_pair_has_its_middle_or_its_bid() -> None:
    for number in range(30):
        book = books.book(random.Random(number), 14)
        known = {one.id: one.limit for one in book.orders}
        for trade in clear(book, Objective.ENERGY, PriceRule.PAIR).trades:
            assert trade.price == (known[trade.seller] + known[trade.buyer]) // 2
        for trade in clear(book, Objective.ENERGY, PriceRule.BID).trades:
            assert trade.price == known[trade.buyer]


def test_equals_have_equal_chances() -> None:
    """Eight flats bid alike for the energy of one: over 1,600 seeds each wins about as often (chi², 7 degrees)."""
    bids = tuple(order(f"b{number}", "bid", 100, 2000) for number in range(8))
    won = Counter(
        clear(Book(seed=seed.to_bytes(4), orders=(order("a", "ask", 100, 1000), *bids))).trades[0].buyer
        for seed in range(1_600)
    )
    assert sum((won[bid.id] - 200) ** 2 / 200 for bid in bids) < 24.3, "less likely than once in a thousand"


@pytest.mark.parametrize(("orders", "each", "least", "most"), [(1, 500, 44, 56), (10, 50, 44, 56), (64, 500, 97, 100)])
def test_who_orders_the_same_again_and_again_wins_more_often(orders: int, each: int, least: int, most: int) -> None:
    """What docs/market.md says of ranks: cutting a wish into parts brings nothing, ordering it 64 times nearly all."""
    mine = tuple(order(f"b{number}", "bid", each, 3100, flat="B") for number in range(orders))
    sun, other = order("sun", "ask", 500, 850), order("a", "bid", 500, 3100)
    won = 0
    for seed in range(300):
        result = clear(Book(seed=seed.to_bytes(4), orders=(sun, other, *mine)))
        won += sum(trade.wh for trade in result.trades if trade.buyer != "a")
    assert least <= won * 100 // (300 * 500) <= most


def test_one_wh_at_the_margin_moves_the_one_price_of_all() -> None:
    """What docs/market.md says of the price rules: with one price, whoever trades a Wh can move it up to his limit.

    No rule with one price can help it, without leaving him out: he may not be made to pay more than he bid.
    """
    orders = (
        order("sun", "ask", 3000, 800),
        order("a", "bid", 1000, 2600),
        order("b", "bid", 1000, 2600),
    )
    crumb = order("crumb", "bid", 1, 801)
    seen = {}
    for objective, rule in (
        (Objective.GAIN, PriceRule.MID),
        (Objective.FLOOR, PriceRule.MID),
        (Objective.GAIN, PriceRule.PAIR),
        (Objective.ENERGY, PriceRule.MID),
        (Objective.GAIN, PriceRule.BID),
    ):
        before = {trade.buyer: trade.price for trade in clear(Book(seed=b"", orders=orders), objective, rule).trades}
        after = clear(Book(seed=b"", orders=(*orders, crumb)), objective, rule)
        prices = {trade.buyer: trade.price for trade in after.trades}
        assert before["a"] == before["b"]
        assert prices["a"] == prices["b"]
        seen[objective, rule] = (before["a"], prices["a"], prices["crumb"])
    assert seen == {
        (Objective.GAIN, PriceRule.MID): (1700, 800, 800),
        (Objective.FLOOR, PriceRule.MID): (1700, 800, 800),
        (Objective.GAIN, PriceRule.PAIR): (1700, 1700, 800),
        (Objective.ENERGY, PriceRule.MID): (1700, 1700, 800),
        (Objective.GAIN, PriceRule.BID): (2600, 2600, 801),
    }
    for known in (orders, (*orders, crumb)):
        assert clear(Book(seed=b"", orders=known), Objective.GAIN, PriceRule.MCAFEE).trades == ()


def test_the_ranks_are_those_of_sha_256() -> None:
    """A known answer, so that no version of this program ranks otherwise: SHA-256 of the seed, then of the id."""
    assert [["a", "b", "c", "d"][index] for index in tie_order(bytes.fromhex("00ff"), ["a", "b", "c", "d"])] == RANKED


RANKED = ["b", "c", "d", "a"]


def test_mcafee_of_the_literature() -> None:
    """Buyers 100 90 80 70 60, sellers 80 85 95 100 110, a unit each: two trade, at 87.5, which nobody of them named."""
    bids = tuple(order(f"b{value}", "bid", 1000, value * 100) for value in (100, 90, 80, 70, 60))
    asks = tuple(order(f"s{value}", "ask", 1000, value * 100) for value in (80, 85, 95, 100, 110))
    book = Book(seed=b"", orders=(*bids, *asks))
    result = clear(book, Objective.GAIN, PriceRule.MCAFEE)
    assert {trade.price for trade in result.trades} == {8750}
    assert {trade.buyer for trade in result.trades} == {"b100", "b90"}
    assert {trade.seller for trade in result.trades} == {"s80", "s85"}
    assert result.gap == 0
    assert check(book, result) == ()


def test_mcafee_leaves_the_marginal_pair_out_when_no_price_is_good_for_it() -> None:
    """Buyers 100 90 20, sellers 80 85 89: 54.5 is not between 85 and 90, one pair trades, 5 are left over."""
    bids = tuple(order(f"b{value}", "bid", 1000, value * 100) for value in (100, 90, 20))
    asks = tuple(order(f"s{value}", "ask", 1000, value * 100) for value in (80, 85, 89))
    book = Book(seed=b"", orders=(*bids, *asks))
    result = clear(book, Objective.GAIN, PriceRule.MCAFEE)
    (trade,) = result.trades
    assert (trade.seller, trade.buyer, trade.price, trade.seller_price) == ("s80", "b100", 9000, 8500)
    assert result.gap == 1000 * 500
    assert check(book, result) == ()
    cheaper = replace(result, trades=(replace(trade, seller_price=None),))
    assert check(book, cheaper)


def test_no_lie_pays_under_mcafee_for_who_trades_one_unit() -> None:
    for number in range(60):
        draw = random.Random(number)
        values = {f"o{index}": draw.randint(0, 12) * 10 for index in range(8)}
        sides = {name: draw.choice(["bid", "ask"]) for name in values}

        def gain_of(name: str, told: int, values: dict[str, int] = values, sides: dict[str, str] = sides) -> int:
            limits = values | {name: told}
            orders = tuple(order(one, sides[one], 1, limits[one]) for one in values)
            total = 0
            for trade in clear(Book(seed=b"", orders=orders), Objective.GAIN, PriceRule.MCAFEE).trades:
                seller_gets = trade.price if trade.seller_price is None else trade.seller_price
                if name == trade.buyer:
                    total += values[name] - trade.price
                if name == trade.seller:
                    total += seller_gets - values[name]
            return total

        name = draw.choice(list(values))
        honest = gain_of(name, values[name])
        assert all(gain_of(name, lie) <= honest for lie in range(0, 130, 13))
