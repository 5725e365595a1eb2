"""What the trades of a day come to: whole Wh and money, of the slots that begin within the local day."""

from datetime import datetime
from zoneinfo import ZoneInfo

from localvpp.bidder import Day, day_of, summed, worth
from localvpp.settlement import PriceList, PricePeriod, SlotPrices, first_prices
from localvpp.trading import OwnTrade
from localvpp.wire import SettledProof, SlotResult

from ..place import PRICES
from .flat import DAY_S, HOUR, MIDNIGHT, SLOT_S, TOKYO

DAY = range(MIDNIGHT, MIDNIGHT + DAY_S)


def test_a_day_begins_at_local_midnight_whatever_its_length() -> None:
    assert day_of(MIDNIGHT, TOKYO) == day_of(MIDNIGHT + DAY_S - 1, TOKYO) == DAY
    assert day_of(MIDNIGHT - 1, TOKYO) == range(MIDNIGHT - DAY_S, MIDNIGHT)
    berlin = ZoneInfo("Europe/Berlin")
    for month, day, hours in ((3, 29, 23), (10, 25, 25), (7, 1, 24)):
        noon = round(datetime(2026, month, day, 12, tzinfo=berlin).timestamp())
        found = day_of(noon, berlin)
        assert (len(found), found.start % HOUR) == (hours * HOUR, 0)


def test_saved_is_what_the_grid_would_have_cost_more_and_brought_less() -> None:
    trades = {
        MIDNIGHT: (OwnTrade(True, 300, 2000), OwnTrade(True, 100, 2100)),
        MIDNIGHT + SLOT_S: (OwnTrade(False, 500, 2000),),
        MIDNIGHT + DAY_S: (OwnTrade(True, 900, 2000),),
        MIDNIGHT - SLOT_S: (OwnTrade(True, 900, 2000),),
    }
    saved = 300 * 1100 + 100 * 1000 + 500 * (2000 - PRICES.feed_in)
    day = summed(DAY, trades, first_prices(PRICES), {})
    assert day == Day(begin=MIDNIGHT, bought_wh=400, sold_wh=500, saved=saved, slots=2)


def settled(slot: int, shared_in_wh: int, shared_out_wh: int, inside_money: int) -> SlotResult:
    proof = SettledProof(0, b"", "", ())
    grid = (0, PRICES.inside, PRICES.grid, PRICES.feed_in)
    moved = (shared_in_wh, 0, shared_in_wh, shared_out_wh, inside_money)
    return SlotResult(slot, 0, *moved, *grid, (), (), (), (), proof, b"")


def test_a_settled_slot_saved_what_was_delivered_in_it_and_the_others_what_was_traded() -> None:
    trades = {
        MIDNIGHT: (OwnTrade(True, 300, 2000),),
        MIDNIGHT + SLOT_S: (OwnTrade(False, 500, 2000),),
        MIDNIGHT + 2 * SLOT_S: (OwnTrade(True, 100, 2000),),
    }
    # Of 300 Wh bought came 120 Wh, of 500 Wh sold were 400 Wh taken; the third slot is not settled yet.
    results = [settled(MIDNIGHT, 120, 0, -120 * 2000), settled(MIDNIGHT + SLOT_S, 0, 400, 400 * 2000)]
    delivered = {result.slot: worth(result) for result in results}
    assert delivered == {MIDNIGHT: 120 * (PRICES.grid - 2000), MIDNIGHT + SLOT_S: 400 * (2000 - PRICES.feed_in)}
    day = summed(DAY, trades, first_prices(PRICES), delivered)
    assert day.saved == sum(delivered.values()) + 100 * (PRICES.grid - 2000)
    assert (day.slots, day.settled) == (3, 2)
    assert (day.bought_wh, day.sold_wh) == (400, 500)


def test_a_settled_slot_brings_its_own_prices() -> None:
    trades = {MIDNIGHT: (OwnTrade(True, 300, 2000),)}
    assert summed(DAY, trades, None, {}).saved is None
    assert summed(DAY, trades, None, {MIDNIGHT: 330_000}).saved == 330_000


def test_each_slot_has_the_prices_of_its_time() -> None:
    prices = PriceList((PricePeriod(0, PRICES), PricePeriod(MIDNIGHT + SLOT_S, SlotPrices(2200, 4000, 850))))
    trades = {begin: (OwnTrade(True, 100, 2000),) for begin in (MIDNIGHT, MIDNIGHT + SLOT_S)}
    assert summed(DAY, trades, prices, {}).saved == 100 * 1100 + 100 * 2000


def test_what_was_saved_is_unknown_while_prices_are() -> None:
    trades = {MIDNIGHT: (OwnTrade(True, 100, 2000),), MIDNIGHT + SLOT_S: ()}
    assert summed(DAY, trades, None, {}) == Day(begin=MIDNIGHT, bought_wh=100, sold_wh=0, saved=None, slots=1)
    assert summed(DAY, {}, None, {}).saved == 0
