"""Strategies: never against the wishes, never more than the battery can give; and what each of them is meant to do."""

from dataclasses import replace
from itertools import product

from hypothesis import assume, given, settings, strategies as st
import numpy as np
import pytest

from localvpp.market import GREEN, Book, Objective, Order, PriceRule, Side, clear
from localvpp.market.bidding import (
    STRATEGIES,
    Battery,
    BatteryAware,
    BiddingError,
    LastPrice,
    Strategy,
    TrueLimit,
    View,
    Wishes,
)
from localvpp.market.bidding.battery_aware import _worth

BEGIN = 1_795_651_200
GRID, FEED_IN = 3_100, 850

wishes = st.builds(
    Wishes,
    sell_not_below=st.none() | st.integers(0, 5_000),
    buy_not_above=st.none() | st.integers(0, 5_000),
    green_only=st.booleans(),
    reserve_percent=st.integers(0, 100),
)


@st.composite
def batteries(draw: st.DrawFn) -> Battery:
    capacity = draw(st.integers(0, 8_000))
    return Battery(
        capacity_wh=capacity,
        stored_wh=draw(st.integers(0, capacity)),
        charge_wh=draw(st.integers(0, 2_000)),
        discharge_wh=draw(st.integers(0, 2_000)),
        efficiency_percent=draw(st.integers(50, 100)),
    )


@st.composite
def views(draw: st.DrawFn) -> View:
    slots = draw(st.integers(0, 6))
    days = draw(st.sampled_from([0, 3, 7, 12]))
    seed = draw(st.integers(0, 1_000))
    feed_in = draw(st.lists(st.integers(0, 1_500), min_size=slots + 1, max_size=slots + 1))
    grid = [low + draw(st.integers(0, 3_000)) for low in feed_in]
    return View(
        flat="101",
        begin=BEGIN,
        net_wh=draw(st.integers(-3_000, 3_000)),
        grid=tuple(grid),
        feed_in=tuple(feed_in),
        wishes=draw(wishes),
        partner=draw(st.none() | st.just("102")),
        battery=draw(st.none() | batteries()),
        ahead=np.random.default_rng(seed).integers(-2_000, 2_000, (days, slots)),
        last_price=draw(st.none() | st.integers(0, 5_000)),
    )


def a_view(**fields: object) -> View:
    slots = 4
    known: dict[str, object] = {
        "flat": "101",
        "begin": BEGIN,
        "net_wh": 500,
        "grid": (GRID,) * (slots + 1),
        "feed_in": (FEED_IN,) * (slots + 1),
        "ahead": np.full((10, slots), 700),
    }
    return View(**(known | fields))  # type: ignore[arg-type]


@pytest.mark.parametrize("strategy", STRATEGIES.values(), ids=list(STRATEGIES))
@given(view=views())
@settings(max_examples=150, deadline=None)
def test_no_order_goes_against_a_wish_nor_beyond_the_battery(strategy: Strategy, view: View) -> None:
    orders = strategy.orders(view)
    wish, battery = view.wishes, view.battery
    asks, bids = of(orders, Side.ASK), of(orders, Side.BID)
    for order in orders:
        assert (order.flat, order.slot, order.partner) == ("101", view.slot, view.partner)
        assert order.wh > 0
        assert not order.whole
    for ask in asks:
        assert ask.limit >= view.feed_in[0]
        assert wish.sell_not_below is None or ask.limit >= wish.sell_not_below
    for bid in bids:
        assert bid.limit <= view.grid[0]
        assert wish.buy_not_above is None or bid.limit <= wish.buy_not_above
        assert bid.wants_green == wish.green_only
    gives = 0
    if battery is not None:
        floor = -(-battery.capacity_wh * wish.reserve_percent // 100)
        gives = max(0, min(battery.discharge_wh, battery.stored_wh - floor))
    surplus, need = max(0, -view.net_wh), max(0, view.net_wh)
    solar = total(ask for ask in asks if ask.is_green)
    assert solar <= surplus
    assert total(asks) <= surplus + gives
    assert total(asks) - solar <= gives
    assert total(bids) <= need + view.takes_wh
    if battery is not None and total(bids) > need:
        full = battery.after(total(bids) - need)
        assert full.stored_wh <= battery.capacity_wh
    assert len({order.id for order in orders}) == len(orders)
    # Nobody sells to himself.
    assert not asks or not bids or min(ask.limit for ask in asks) > max(bid.limit for bid in bids)


@given(view=views())
@settings(max_examples=60, deadline=None)
def test_the_dearer_the_less_is_bought(view: View) -> None:
    """Whatever the price: what would trade at it leaves the battery where it can be."""
    orders = BatteryAware().orders(view)
    bought = [
        total(o for o in of(orders, Side.BID) if o.limit >= price)
        - total(o for o in of(orders, Side.ASK) if o.limit <= price)
        for price in range(0, 7_000, 50)
    ]
    assert bought == sorted(bought, reverse=True)
    assert all(-view.gives_wh <= max(0, wh - max(view.net_wh, 0)) <= view.takes_wh for wh in bought)


def test_the_true_limit_is_what_the_grid_would_cost_or_bring() -> None:
    (need,) = TrueLimit().orders(a_view())
    assert (need.side, need.wh, need.limit, need.requires) == (Side.BID, 500, GRID, frozenset())
    (left,) = TrueLimit().orders(a_view(net_wh=-800))
    assert (left.side, left.wh, left.limit, left.attributes) == (Side.ASK, 800, FEED_IN, frozenset({"solar"}))
    assert TrueLimit().orders(a_view(net_wh=0)) == ()


def test_a_flats_battery_serves_the_flat_first() -> None:
    battery = Battery(capacity_wh=5_000, stored_wh=2_300, charge_wh=1_000, discharge_wh=1_000)
    kept = Wishes(reserve_percent=40)
    (need,) = TrueLimit().orders(a_view(net_wh=500, battery=battery, wishes=kept))
    assert (need.side, need.wh) == (Side.BID, 200)  # 300 Wh lie above the reserve of 2,000.
    (left,) = TrueLimit().orders(a_view(net_wh=-1_400, battery=battery, wishes=kept))
    assert (left.side, left.wh) == (Side.ASK, 400)
    empty = replace(battery, stored_wh=100)
    (need,) = TrueLimit().orders(a_view(net_wh=500, battery=empty, wishes=kept))
    assert need.wh == 500


def test_green_only_asks_for_green_and_a_neighbour_comes_first() -> None:
    (bid,) = TrueLimit().orders(a_view(partner="102", wishes=Wishes(green_only=True, buy_not_above=2_000)))
    assert (bid.requires, bid.partner, bid.limit) == (frozenset({GREEN}), "102", 2_000)
    with pytest.raises(BiddingError, match="another flat"):
        a_view(partner="101")


@pytest.mark.parametrize(
    ("net_wh", "last", "limit"),
    [(500, 2_000, 2_000), (500, 4_000, GRID), (500, None, GRID), (-500, 2_000, 2_000), (-500, 100, FEED_IN)],
)
def test_the_last_price_is_bid_as_far_as_the_true_limit(net_wh: int, last: int | None, limit: int) -> None:
    (order,) = LastPrice().orders(a_view(net_wh=net_wh, last_price=last))
    assert order.limit == limit


def test_without_battery_or_days_the_true_limit_is_bid() -> None:
    battery = Battery(capacity_wh=5_000, stored_wh=3_000, charge_wh=1_000, discharge_wh=1_000)
    for view in (
        a_view(),
        a_view(battery=battery, ahead=np.full((6, 4), 700)),
        a_view(battery=replace(battery, stored_wh=900), wishes=Wishes(reserve_percent=20)),
    ):
        assert BatteryAware().orders(view) == TrueLimit().orders(view)


def test_what_the_evening_needs_is_not_sold_for_less_than_it_will_save() -> None:
    """The four slots after this one need 700 Wh each, and the battery's levels are 100 Wh: 2,800 Wh save the grid's."""
    battery = Battery(capacity_wh=4_800, stored_wh=4_000, charge_wh=2_000, discharge_wh=2_000)
    asks = of(BatteryAware().orders(a_view(net_wh=0, battery=battery)), Side.ASK)
    assert {ask.limit for ask in asks} == {FEED_IN, GRID}
    assert total(ask for ask in asks if ask.limit == FEED_IN) == 1_200
    assert total(asks) == 2_000


@pytest.mark.parametrize(
    ("minutes", "capacity_wh", "watts"),
    [(30, 6_000, 2_000), (30, 40_000, 1_000), (15, 16_000, 1_000), (5, 16_000, 1_000), (5, 13_500, 5_000)],
)
def test_what_is_stored_is_worth_the_grids_price_where_a_day_needs_all_of_it(
    minutes: int, capacity_wh: int, watts: int
) -> None:
    """Whatever the battery can move within a slot, and however short that is: 800 W are needed all day."""
    slots, most = 24 * 60 // minutes, watts * minutes // 60
    battery = Battery(capacity_wh=capacity_wh, stored_wh=8_000 // 2, charge_wh=most, discharge_wh=most)
    view = a_view(
        net_wh=0,
        battery=battery,
        grid=(GRID,) * (slots + 1),
        feed_in=(FEED_IN,) * (slots + 1),
        ahead=np.full((7, slots), 800 * minutes // 60),
    )
    asks = of(BatteryAware().orders(view), Side.ASK)
    assert total(asks) == most
    assert min(ask.limit for ask in asks) > 0.85 * GRID


def test_a_battery_that_hardly_moves_within_a_slot_bids_the_true_limit() -> None:
    battery = Battery(capacity_wh=6_000, stored_wh=3_000, charge_wh=12, discharge_wh=12)
    assert BatteryAware().orders(a_view(battery=battery)) == TrueLimit().orders(a_view(battery=battery))
    still = replace(battery, charge_wh=0, discharge_wh=0)
    assert total(BatteryAware().orders(a_view(battery=still))) == 500


def test_a_coming_evening_is_worth_buying_for() -> None:
    battery = Battery(capacity_wh=6_000, stored_wh=0, charge_wh=2_000, discharge_wh=2_000, efficiency_percent=90)
    bids = of(BatteryAware().orders(a_view(net_wh=0, battery=battery)), Side.BID)
    assert total(bids) == pytest.approx(2_000, abs=300)
    assert {bid.limit for bid in bids} == {GRID * 90 // 100}


def test_real_days_count_and_not_their_mean() -> None:
    """On three days of ten the evening takes 2,000 Wh, on the others none: the mean, 600, would be worth the grid's."""
    ahead = np.zeros((10, 4), np.int64)
    ahead[:3, 2] = 2_000
    battery = Battery(capacity_wh=2_400, stored_wh=2_400, charge_wh=2_000, discharge_wh=2_000)  # Levels of 50 Wh.
    asks = of(BatteryAware().orders(a_view(net_wh=0, battery=battery, ahead=ahead)), Side.ASK)
    worth = (3 * GRID + 7 * FEED_IN) / 10
    # What nobody needs on any day is worth the feed-in price, all else what it is worth on three days of ten.
    assert {ask.limit for ask in asks} == {FEED_IN, round(worth)}
    assert total(ask for ask in asks if ask.limit == FEED_IN) == 400


@given(
    st.integers(0, 3),
    st.lists(st.lists(st.integers(-300, 300), min_size=3, max_size=3), min_size=1, max_size=2),
    st.integers(60, 100),
)
@settings(max_examples=40, deadline=None)
def test_the_worth_of_a_state_is_that_of_the_best_way_from_it(start: int, days: list[list[int]], eff: int) -> None:
    """Against all ways that there are, on a battery of four levels."""
    battery = Battery(capacity_wh=300, stored_wh=0, charge_wh=250, discharge_wh=250, efficiency_percent=eff)
    grid, feed_in = (3_000, 3_000, 1_200, 2_500), (500, 800, 700, 600)
    view = a_view(net_wh=0, battery=battery, ahead=np.array(days), grid=grid, feed_in=feed_in)
    best_of_days = 0
    for day in days:
        best = None
        for way in product(range(4), repeat=3):
            money, at = 0, start
            for slot, level in enumerate(way):
                change = (level - at) * 100
                flow = -(-change * 100 // eff) if change > 0 else change
                if not -250 <= flow <= 250:
                    break
                net = day[slot] + flow
                money -= net * (grid[slot + 1] if net > 0 else feed_in[slot + 1])
                at = level
            else:
                money += at * 100 * feed_in[3]
                best = money if best is None else max(best, money)
        assert best is not None
        best_of_days += best
    assert _worth(view, battery, 100)[start] == best_of_days


@given(views(), st.integers(0, 5_000), st.booleans())
@settings(max_examples=60, deadline=None)
def test_the_market_takes_the_orders_and_nobody_is_worse_off_than_with_the_grid(
    view: View, other: int, sells: bool
) -> None:
    side = Side.ASK if sells else Side.BID
    neighbour = Order(
        id="102", flat="102", side=side, wh=1_000, limit=other, attributes=frozenset({"solar"} if sells else ())
    )
    for strategy in STRATEGIES.values():
        orders = strategy.orders(view)
        assume(orders)
        result = clear(Book(seed=b"seed", orders=(*orders, neighbour)), Objective.GAIN, PriceRule.MID)
        mine = {order.id for order in orders}
        for trade in result.trades:
            assert (trade.seller in mine) != (trade.buyer in mine)
            assert trade.price <= view.grid[0] if trade.buyer in mine else trade.price >= view.feed_in[0]


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"net_wh": 1.5}, "net_wh"),
        ({"grid": (GRID,)}, "grid"),
        ({"feed_in": (GRID + 1,) * 5}, "feed_in"),
        ({"last_price": -1}, "last_price"),
        ({"ahead": np.zeros((7, 4))}, "ahead"),
        ({"ahead": np.full((28, 4), 10**10)}, "ahead"),
    ],
)
def test_what_cannot_be_is_refused_by_name(fields: dict[str, object], named: str) -> None:
    with pytest.raises(BiddingError) as refused:
        a_view(**fields)
    assert refused.value.field == named


@pytest.mark.parametrize(
    ("field", "value"),
    [("stored_wh", 5_001), ("stored_wh", -1), ("efficiency_percent", 0), ("charge_wh", 0.5), ("capacity_wh", -1)],
)
def test_a_battery_that_cannot_be_is_refused_by_name(field: str, value: object) -> None:
    known: dict[str, object] = {"capacity_wh": 5_000, "stored_wh": 0, "charge_wh": 1, "discharge_wh": 1}
    with pytest.raises(BiddingError) as refused:
        Battery(**(known | {field: value}))  # type: ignore[arg-type]
    assert (refused.value.field, refused.value.value) == (field, value)


def of(orders: tuple[Order, ...], side: Side) -> list[Order]:
    return [order for order in orders if order.side is side]


def total(orders: object) -> int:
    return sum(order.wh for order in orders)  # type: ignore[attr-defined]
