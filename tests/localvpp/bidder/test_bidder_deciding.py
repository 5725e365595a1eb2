"""What a flat orders for a slot follows from what it knows; what it does not know it does not guess."""

from dataclasses import replace

import pytest

from localvpp.bidder import Decision, MarketSettings, Situation, Why, decide
from localvpp.bidder.charge import battery_of
from localvpp.bidder.deciding import hindrance
from localvpp.devices import BatteryReading, Rating, rated
from localvpp.market import Side
from localvpp.market.bidding import STRATEGIES, WishError, Wishes
from localvpp.settlement import PriceList, PricePeriod
from localvpp.usage import Period

from ..place import PRICES
from .flat import BATTERY, DAY_S, HOUR, MIDNIGHT, SETTINGS, SLOT_S, TOKYO, lived, situation

NOON, EVENING = MIDNIGHT + 12 * HOUR, MIDNIGHT + 19 * HOUR


def decided(
    slot: int,
    known: Situation | None = None,
    settings: MarketSettings = SETTINGS,
    periods: list[Period] | None = None,
    last_price: int | None = None,
) -> Decision:
    lives = list(lived(35, slot - 600)) if periods is None else periods
    return decide("101", slot, slot - 360, known or situation(), settings, lives, last_price)


def orders(decision: Decision) -> list[tuple[Side, int, int]]:
    return [(each.side, each.wh, each.limit) for each in decision.orders]


def test_surplus_is_offered_and_need_is_bid_at_the_true_limits() -> None:
    assert orders(decided(NOON)) == [(Side.ASK, 850, PRICES.feed_in)]
    assert orders(decided(EVENING)) == [(Side.BID, 450, PRICES.grid)]


@pytest.mark.parametrize("minutes", [1, 2, 6, 12, 20, 60])
def test_slots_of_any_length_have_their_share(minutes: int) -> None:
    assert orders(decided(NOON, situation(slot_seconds=minutes * 60))) == [
        (Side.ASK, round(1700 * minutes / 60), PRICES.feed_in)
    ]


def test_the_battery_serves_its_flat_first_and_keeps_what_anybody_wants_kept() -> None:
    full = replace(BATTERY, soc_percent=100.0)
    with_battery = situation(has_battery=True, battery=BATTERY)
    assert orders(decided(EVENING, with_battery)) == []
    assert decided(EVENING, with_battery).why is Why.NOTHING
    assert orders(decided(NOON, situation(has_battery=True, battery=full))) == [(Side.ASK, 850, PRICES.feed_in)]
    for kept in (
        (replace(with_battery, reserve_percent=50), SETTINGS),
        (replace(with_battery, battery=replace(BATTERY, reserve_percent=49.5)), SETTINGS),
        (with_battery, replace(SETTINGS, wishes=Wishes(reserve_percent=50))),
    ):
        assert orders(decided(EVENING, *kept)) == [(Side.BID, 450, PRICES.grid)]


def test_no_order_goes_against_the_wishes() -> None:
    wishes = Wishes(sell_not_below=1234, buy_not_above=2000, green_only=True)
    settings = replace(SETTINGS, wishes=wishes)
    assert orders(decided(NOON, settings=settings)) == [(Side.ASK, 850, 1234)]
    (bid,) = decided(EVENING, settings=settings).orders
    assert (bid.limit, bid.requires) == (2000, {"green"})


def test_the_strategy_is_the_residents_choice() -> None:
    last = replace(SETTINGS, strategy="last-price")
    assert orders(decided(EVENING, settings=last, last_price=1800)) == [(Side.BID, 450, 1800)]
    aware = replace(SETTINGS, strategy="battery-aware", deliver=True)
    found = decided(NOON, situation(has_battery=True, battery=BATTERY), aware).orders
    assert {each.side for each in found} == {Side.BID, Side.ASK}, "what is cheap enough it buys into the battery"
    assert all(each.limit >= PRICES.feed_in if each.side is Side.ASK else each.limit < PRICES.feed_in for each in found)
    assert orders(decided(EVENING, settings=aware)) == [(Side.BID, 450, PRICES.grid)], "there is no battery"
    assert set(STRATEGIES) == {"true-limit", "battery-aware", "last-price"}


def test_what_is_unknown_is_not_guessed() -> None:
    assert decided(NOON, periods=[]) == Decision((), Why.LOAD_UNKNOWN)
    assert decided(NOON, periods=list(lived(2, NOON - 600))) == Decision((), Why.LOAD_UNKNOWN)
    dark = list(lived(35, NOON - 600, sun=False))
    assert decided(NOON, periods=dark) == Decision((), Why.SUN_UNKNOWN)
    assert orders(decided(NOON, situation(has_inverter=False), periods=dark)) == [(Side.BID, 150, PRICES.grid)]
    for battery in (None, replace(BATTERY, soc_percent=None), replace(BATTERY, max_charge_w=None)):
        assert decided(NOON, situation(has_battery=True, battery=battery)) == Decision((), Why.BATTERY_UNKNOWN)


def test_a_battery_gives_in_a_slot_what_its_power_allows() -> None:
    battery = battery_of(BATTERY, SLOT_S)
    assert battery is not None
    assert (battery.stored_wh, battery.charge_wh, battery.discharge_wh) == (3000, 1000, 1000)
    assert battery_of(replace(BATTERY, soc_percent=float("nan")), SLOT_S) is None
    overfull = battery_of(replace(BATTERY, soc_percent=101.0), SLOT_S)
    assert overfull is not None
    assert overfull.stored_wh == 6000
    aged = battery_of(replace(BATTERY, soh_percent=70.0), SLOT_S)
    assert aged is not None
    assert (aged.capacity_wh, aged.stored_wh) == (4200, 2100), "nobody sells what it held when it was new"


def test_what_hinders_an_order_is_said() -> None:
    later = PriceList((PricePeriod(NOON + SLOT_S, PRICES),))
    for known, why in (
        (situation(), None),
        (situation(online=False), Why.OFFLINE),
        (situation(market_told=False), Why.NO_RULES),
        (situation(islanded=True), Why.ISLANDED),
        (situation(islanded=None), None),
        (situation(prices=None), Why.NO_PRICES),
        (situation(prices=later), Why.NO_PRICES),
    ):
        assert hindrance(known, SETTINGS, NOON) is why
    assert hindrance(situation(), replace(SETTINGS, trades=False), NOON) is Why.OFF


def test_what_cannot_be_kept_is_refused() -> None:
    with pytest.raises(WishError, match="choose one of true-limit, battery-aware, last-price"):
        MarketSettings(zone=TOKYO, strategy="greedy")


def test_out_of_a_battery_that_nobody_steers_nothing_is_sold() -> None:
    with_battery = situation(has_battery=True, battery=BATTERY)
    aware = replace(SETTINGS, strategy="battery-aware")
    assert decided(NOON, with_battery, aware) == decided(NOON, with_battery, SETTINGS)


def early(battery: BatteryReading, *, sun: bool = False, settings: MarketSettings = SETTINGS) -> Decision:
    """What is ordered at noon for the next day's evening."""
    known = situation(has_battery=True, battery=battery, has_inverter=sun)
    lives = list(lived(35, NOON, sun=sun))
    return decide("101", EVENING + DAY_S, NOON, known, settings, lives, None, early=True)


def test_a_battery_that_is_full_at_noon_may_be_empty_the_next_evening() -> None:
    assert orders(early(replace(BATTERY, soc_percent=100.0))) == [(Side.BID, 450, PRICES.grid)]
    large = replace(BATTERY, soc_percent=100.0, capacity_wh=60_000)
    assert early(large) == Decision((), Why.NOTHING), "what it holds until then serves its flat"


def test_a_battery_that_the_sun_may_fill_is_not_counted_as_empty() -> None:
    assert early(replace(BATTERY, soc_percent=10.0), sun=True) == Decision((), Why.NOTHING)


def test_who_does_not_know_the_charge_counts_on_none_early() -> None:
    unknown = replace(BATTERY, soc_percent=None)
    assert orders(early(unknown)) == [(Side.BID, 450, PRICES.grid)], "full or not, it is empty by then"
    assert early(replace(unknown, capacity_wh=60_000)) == Decision((), Why.NOTHING), "it may be full"
    slow = replace(unknown, capacity_wh=60_000, max_discharge_w=100.0)
    assert orders(early(slow)) == [(Side.BID, 400, PRICES.grid)], "more than its power allows it gives never"
    assert early(replace(BATTERY, capacity_wh=None)) == Decision((), Why.BATTERY_UNKNOWN)


def test_what_a_resident_states_of_his_battery_is_bid_with() -> None:
    told = BatteryReading(soc_percent=50.0, power_w=0.0)
    assert decided(EVENING, situation(has_battery=True, battery=told)).why is Why.BATTERY_UNKNOWN
    stated = rated(told, Rating(capacity_wh=6000, max_charge_w=2000, max_discharge_w=600))
    assert orders(decided(EVENING, situation(has_battery=True, battery=stated))) == [(Side.BID, 150, PRICES.grid)]


def test_the_losses_are_those_that_were_measured() -> None:
    aware = replace(SETTINGS, strategy="battery-aware", deliver=True)
    known = situation(has_battery=True, battery=BATTERY)

    def sells_at(percent: int | None) -> int:
        found = decided(NOON, replace(known, efficiency_percent=percent), aware)
        return max(each.limit for each in found.orders if each.side is Side.ASK)

    # The more is lost, the dearer is what is stored already: putting it back takes more.
    assert sells_at(60) > sells_at(None) == sells_at(90) > sells_at(98)


def test_out_of_a_battery_that_cannot_be_commanded_nothing_is_sold() -> None:
    with_battery = situation(has_battery=True, battery=BATTERY)
    aware = replace(SETTINGS, strategy="battery-aware", deliver=True)
    only_read = replace(with_battery, steerable=False)
    assert (
        decided(NOON, only_read, aware) == decided(NOON, with_battery, SETTINGS) != decided(NOON, with_battery, aware)
    )
