"""What the trades of a day come to: whole Wh and money, of the slots that begin within the local day."""

from datetime import datetime
from zoneinfo import ZoneInfo

from localvpp.bidder import Day, day_of, summed
from localvpp.settlement import PriceList, PricePeriod, SlotPrices, first_prices
from localvpp.trading import OwnTrade

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
    assert summed(DAY, trades, first_prices(PRICES)) == Day(begin=MIDNIGHT, bought_wh=400, sold_wh=500, saved=saved)


def test_each_slot_has_the_prices_of_its_time() -> None:
    prices = PriceList((PricePeriod(0, PRICES), PricePeriod(MIDNIGHT + SLOT_S, SlotPrices(2200, 4000, 850))))
    trades = {begin: (OwnTrade(True, 100, 2000),) for begin in (MIDNIGHT, MIDNIGHT + SLOT_S)}
    assert summed(DAY, trades, prices).saved == 100 * 1100 + 100 * 2000


def test_what_was_saved_is_unknown_while_prices_are() -> None:
    trades = {MIDNIGHT: (OwnTrade(True, 100, 2000),), MIDNIGHT + SLOT_S: ()}
    assert summed(DAY, trades, None) == Day(begin=MIDNIGHT, bought_wh=100, sold_wh=0, saved=None)
    assert summed(DAY, {}, None).saved == 0
