"""What a flat's trades of one day come to: as they were made, and once a slot is settled as they were delivered.

Pure; whole numbers only.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta, tzinfo

from ..settlement import PriceList
from ..trading.state import OwnTrade
from ..wire import LeftOut, SlotWord
from .state import Day


def day_of(now: int, zone: tzinfo) -> range:
    """Return the local day that holds a moment, in seconds of Unix time: it may have 23 or 25 hours."""
    date = datetime.fromtimestamp(now, zone).date()
    begin, end = (datetime.combine(each, time(), zone) for each in (date, date + timedelta(days=1)))
    return range(round(begin.timestamp()), round(end.timestamp()))


def worth(word: SlotWord) -> int:
    """Return what a settled slot's energy from and for neighbours saved, in 10⁻⁵ yen: as a wallet has it.

    It is what the same energy would have cost more, or brought less, at the grid's prices. Without a flat's own records
    nothing is delivered of its trades.
    """
    if isinstance(word, LeftOut):
        return 0
    at_the_grid = word.shared_in_wh * word.grid_price - word.shared_out_wh * word.feed_in_price
    return at_the_grid + word.inside_money


def summed(
    day: range, trades: Mapping[int, Sequence[OwnTrade]], prices: PriceList | None, delivered: Mapping[int, int]
) -> Day:
    """Return what the trades of the slots that begin within the day come to.

    `delivered` is what settled slots saved (`worth`); of the others it is what was traded.
    """
    bought = sold = slots = settled = 0
    saved: int | None = 0
    for slot, own in trades.items():
        if slot not in day or not own:
            continue
        slots += 1
        bought += sum(each.wh for each in own if each.buys)
        sold += sum(each.wh for each in own if not each.buys)
        if slot in delivered:
            settled += 1
            saved = None if saved is None else saved + delivered[slot]
            continue
        grid = None if prices is None else prices.at(slot)
        if grid is None or saved is None:
            saved = None
            continue
        saved += sum(each.wh * (grid.grid - each.price if each.buys else each.price - grid.feed_in) for each in own)
    return Day(begin=day.start, bought_wh=bought, sold_wh=sold, saved=saved, slots=slots, settled=settled)
