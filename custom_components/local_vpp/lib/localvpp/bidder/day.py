"""What a flat's trades of one day come to. Pure; whole numbers only."""

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta, tzinfo

from ..settlement import PriceList
from ..trading.state import OwnTrade
from .state import Day


def day_of(now: int, zone: tzinfo) -> range:
    """Return the local day that holds a moment, in seconds of Unix time: it may have 23 or 25 hours."""
    date = datetime.fromtimestamp(now, zone).date()
    begin, end = (datetime.combine(each, time(), zone) for each in (date, date + timedelta(days=1)))
    return range(round(begin.timestamp()), round(end.timestamp()))


def summed(day: range, trades: Mapping[int, Sequence[OwnTrade]], prices: PriceList | None) -> Day:
    """Return what the trades of the slots that begin within the day come to."""
    bought = sold = 0
    saved: int | None = 0
    for slot, own in trades.items():
        if slot not in day or not own:
            continue
        bought += sum(each.wh for each in own if each.buys)
        sold += sum(each.wh for each in own if not each.buys)
        grid = None if prices is None else prices.at(slot)
        if grid is None or saved is None:
            saved = None
            continue
        saved += sum(each.wh * (grid.grid - each.price if each.buys else each.price - grid.feed_in) for each in own)
    return Day(begin=day.start, bought_wh=bought, sold_wh=sold, saved=saved)
