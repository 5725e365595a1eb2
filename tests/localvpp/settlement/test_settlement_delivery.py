"""Trades meet the meters: what was traded and metered is settled, the rest meets the grid's prices."""

from hypothesis import given, settings, strategies as st
import pytest

from localvpp.settlement import Imbalance, SlotPrices, Trade, Traded, Use, deliver, imbalances, settle

PRICES = SlotPrices(inside=2200, grid=3100, feed_in=850)


def delivered(trades: list[Trade[str]], need: dict[str, int], surplus: dict[str, int]) -> dict[tuple[str, str], int]:
    return {(each.trade.seller, each.trade.buyer): each.energy_wh for each in deliver(trades, need, surplus)}


@pytest.mark.parametrize(
    ("had", "needed", "moved"),
    [(500, 500, 300), (301, 301, 300), (200, 500, 200), (500, 120, 120), (0, 500, 0), (500, 0, 0)],
)
def test_one_trade_is_delivered_as_far_as_both_meters_bear_it(had: int, needed: int, moved: int) -> None:
    settled = settle({"101": Use(0, had), "102": Use(needed, 0)}, PRICES, Traded((Trade("101", "102", 300, 2000),)))
    seller, buyer = settled.shares["101"], settled.shares["102"]
    assert (seller.shared_out_wh, buyer.shared_in_wh) == (moved, moved)
    assert (seller.inside_money, buyer.inside_money) == (moved * 2000, -moved * 2000)
    assert (seller.grid_money, buyer.grid_money) == ((had - moved) * 850, -(needed - moved) * 3100)


def test_a_seller_who_is_short_serves_his_trades_in_proportion() -> None:
    trades = [Trade("101", "201", 300, 2000), Trade("101", "202", 100, 2500)]
    assert delivered(trades, {"201": 900, "202": 900}, {"101": 200}) == {("101", "201"): 150, ("101", "202"): 50}


def test_a_buyer_who_needs_less_takes_from_his_sellers_in_proportion() -> None:
    trades = [Trade("101", "201", 300, 2000), Trade("102", "201", 100, 2500)]
    assert delivered(trades, {"201": 200}, {"101": 900, "102": 900}) == {("101", "201"): 150, ("102", "201"): 50}


def test_what_one_buyer_leaves_the_partner_of_the_same_seller_gets() -> None:
    trades = [Trade("101", "201", 300, 2000), Trade("101", "202", 300, 2000)]
    # In proportion each would get 150; 201 needs 50 only.
    assert delivered(trades, {"201": 50, "202": 900}, {"101": 300}) == {("101", "201"): 50, ("101", "202"): 250}


def test_a_wh_that_cannot_be_divided_is_of_the_dearer_trade_and_of_the_first_names() -> None:
    dear, cheap = Trade("101", "201", 100, 2500), Trade("101", "201", 100, 2000)
    for trades in ([dear, cheap], [cheap, dear]):
        found = deliver(trades, {"201": 900}, {"101": 1})
        assert [(each.trade, each.energy_wh) for each in found] == [(dear, 1), (cheap, 0)]
    trades = [Trade(*pair, 100, 2000) for pair in (("102", "201"), ("101", "202"), ("101", "201"))]
    found = deliver(trades, {"201": 900, "202": 900}, {"101": 1, "102": 1})
    assert [(each.trade.seller, each.trade.buyer, each.energy_wh) for each in found] == [
        ("101", "201", 1),
        ("101", "202", 0),
        ("102", "201", 1),
    ]


def test_what_a_seller_gets_less_than_the_buyer_pays_is_the_buildings() -> None:
    key = Traded((Trade("101", "102", 300, 2100, 1900),))
    settled = settle({"101": Use(0, 300), "102": Use(300, 0)}, PRICES, key)
    assert settled.shares["101"].inside_money == 300 * 1900
    assert settled.shares["102"].inside_money == -300 * 2100
    assert settled.rent == 300 * 200


def test_imbalances_are_measured_and_priced() -> None:
    trades = [Trade("101", "102", 300, 2000), Trade("103", "104", 200, 2000)]
    need, surplus = {"102": 400, "104": 150}, {"101": 250, "103": 260}
    transfers = [each.transfer for each in deliver(trades, need, surplus)]
    found = imbalances(trades, transfers, need, surplus, PRICES)
    assert found == {
        # Short himself: he has nothing left, and nobody charges him.
        "101": Imbalance(-50, 50, 0),
        # His seller was short by 50 Wh of the 100 that he buys from the grid; the others he had not bought before.
        "102": Imbalance(-100, 50, -50 * 3100),
        # His buyer did not take 50 Wh of the 110 that he feeds in.
        "103": Imbalance(60, 50, 50 * 850),
        "104": Imbalance(50, 50, 0),
    }


def test_a_buyer_pays_for_what_his_seller_lacked_and_the_seller_for_nothing() -> None:
    trades = [Trade("S", "B", 500, 2000)]
    need, surplus = {"B": 500}, {"S": 300}
    settled = settle({"S": Use(0, 300), "B": Use(500, 0)}, PRICES, Traded(tuple(trades)))
    found = imbalances(trades, settled.transfers, need, surplus, PRICES)
    assert found == {"S": Imbalance(-200, 200, 0), "B": Imbalance(0, 200, -200 * 3100)}
    # Which is what they really paid, the trade apart.
    assert {name: share.grid_money for name, share in settled.shares.items()} == {"S": 0, "B": -200 * 3100}


flats = st.sampled_from(["101", "102", "103", "201", "202", "203"])
many = st.lists(
    st.builds(Trade, flats, st.just("?"), st.integers(1, 500), st.integers(850, 3100)).flatmap(
        lambda t: flats.filter(lambda buyer: buyer != t.seller).map(lambda b: Trade(t.seller, b, t.wh, t.price))
    ),
    max_size=12,
)
metered = st.dictionaries(flats, st.integers(-2000, 2000))


@settings(deadline=None, max_examples=200)
@given(many, metered)
def test_nothing_that_both_sides_bear_is_left_undelivered(trades: list[Trade[str]], net: dict[str, int]) -> None:
    need = {name: max(wh, 0) for name, wh in net.items()}
    surplus = {name: max(-wh, 0) for name, wh in net.items()}
    found = deliver(trades, need, surplus)
    had, wanted = dict(surplus), dict(need)
    for each in found:
        assert 0 <= each.energy_wh <= each.trade.wh
        had[each.trade.seller] = had.get(each.trade.seller, 0) - each.energy_wh
        wanted[each.trade.buyer] = wanted.get(each.trade.buyer, 0) - each.energy_wh
    assert min(had.values(), default=0) >= 0
    assert min(wanted.values(), default=0) >= 0
    for each in found:
        if each.energy_wh < each.trade.wh:
            assert not had[each.trade.seller] or not wanted[each.trade.buyer]
    assert sum(each.trade.wh for each in found) == sum(trade.wh for trade in trades)


@settings(deadline=None, max_examples=200)
@given(many, metered)
def test_an_imbalance_costs_no_more_than_the_grid_was_paid(trades: list[Trade[str]], net: dict[str, int]) -> None:
    need = {name: max(wh, 0) for name, wh in net.items()}
    surplus = {name: max(-wh, 0) for name, wh in net.items()}
    uses = {name: Use(need[name], surplus[name]) for name in net}
    settled = settle(uses, PRICES, Traded(tuple(trades)))
    found = imbalances(trades, settled.transfers, need, surplus, PRICES)
    assert found.keys() == {party for trade in trades for party in (trade.seller, trade.buyer)}
    for name, each in found.items():
        paid = settled.shares[name].grid_money if name in settled.shares else 0
        assert min(paid, 0) <= each.money <= max(paid, 0)
        assert each.money == 0 or each.undelivered_wh > 0


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        (("101", "101", 5, 2000), "a trade with itself"),
        (("101", "102", 0, 2000), "must be above 0"),
        (("101", "102", 5, -1), "nobody earns more"),
        (("101", "102", 5, 10**9 + 1), "prices are 0 to"),
        (("101", "102", 5, 2000, 2001), "nobody earns more"),
    ],
    ids=str,
)
def test_what_is_no_trade_is_refused(fields: tuple[str, str, int, int], named: str) -> None:
    with pytest.raises(ValueError, match=named):
        Trade(*fields)
