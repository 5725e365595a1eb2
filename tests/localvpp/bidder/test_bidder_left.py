"""What is left to order once something is traded, and what is sure long before a slot."""

from localvpp.bidder.left import joined, still_wanted, sure_net
from localvpp.market import Order, Side
from localvpp.trading import OwnTrade


def ask(wh: int, limit: int, **other: object) -> Order:
    return Order(id=f"ask {limit}", flat="101", side=Side.ASK, wh=wh, limit=limit, **other)  # type: ignore[arg-type]


def bid(wh: int, limit: int) -> Order:
    return Order(id=f"bid {limit}", flat="101", side=Side.BID, wh=wh, limit=limit)


def shown(orders: tuple[Order, ...]) -> list[tuple[str, int, int]]:
    return [(each.side.value, each.limit, each.wh) for each in orders]


def test_what_was_traded_is_taken_from_the_orders_that_are_served_first() -> None:
    wanted = (bid(100, 2000), bid(200, 3000))
    assert shown(still_wanted(wanted, ())) == [("bid", 3000, 200), ("bid", 2000, 100)]
    assert shown(still_wanted(wanted, [OwnTrade(True, 150, 1800)])) == [("bid", 3000, 50), ("bid", 2000, 100)]
    assert shown(still_wanted(wanted, [OwnTrade(True, 150, 1800), OwnTrade(True, 90, 1)])) == [("bid", 2000, 60)]
    assert still_wanted(wanted, [OwnTrade(True, 999, 1800)]) == ()
    asks = (ask(100, 1500), ask(100, 900))
    assert shown(still_wanted(asks, [OwnTrade(False, 120, 1600)])) == [("ask", 1500, 80)]


def test_what_was_sold_too_much_is_not_bought_back() -> None:
    assert still_wanted((ask(100, 900),), [OwnTrade(False, 500, 1600)]) == ()
    assert shown(still_wanted((bid(100, 900),), [OwnTrade(False, 500, 1600)])) == [("bid", 900, 100)]


def test_orders_of_one_kind_are_joined() -> None:
    sun = frozenset({"solar"})
    orders = (ask(100, 900), ask(50, 900), ask(5, 900, attributes=sun), bid(7, 900))
    assert shown(joined(orders)) == [("ask", 900, 150), ("ask", 900, 5), ("bid", 900, 7)]


def test_only_what_is_sure_is_ordered_early() -> None:
    assert sure_net((300.0, 500.0), (0.0, 0.0)) == 300
    assert sure_net((300.0, 500.0), (1200.0, 1500.0)) == -700
    assert sure_net((300.0, 500.0), (200.0, 900.0)) == 0
    assert sure_net((300.0, 500.0), (1200.0, 1500.0), gives_wh=300, takes_wh=200) == -500, "the battery may take 200"
    assert sure_net((300.0, 500.0), (0.0, 0.0), gives_wh=300, takes_wh=200) == 0, "and give 300"
