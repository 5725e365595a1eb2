"""What strategies of bidding are worth: a month of one home with a battery, in a market with five neighbours.

The home is the Ausgrid one. Its neighbours are the same home at other seasons, three of the five without the roof:
there is no open set of homes of one building. They bid their true limit on what they really took. The home bids on
its forecast 5 min before each slot, by a strategy; then its battery follows the trade as well as it can, and what is
left over meets the grid's prices. So a forecast that was wrong costs money here, as it does at home.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC
from pathlib import Path
from time import perf_counter
from typing import Final

import numpy as np
from numpy.typing import NDArray

from localvpp.forecast import Kind, forecast, net_days
from localvpp.market import Book, Objective, Order, PriceRule, Side, clear
from localvpp.market.bidding import Battery, BatteryAware, LastPrice, Strategy, TrueLimit, View, Wishes

from ..figures import Figure
from .homes import Home, ausgrid
from .scores import last_days

GRID, FEED_IN = 3_100, 850
"""Ticks of 0.01 yen/kWh."""
GATE_S: Final = 300
AHEAD_SLOTS: Final = 48
RESERVE_PERCENT: Final = 20
BATTERY: Final = Battery(capacity_wh=6_000, stored_wh=3_000, charge_wh=1_000, discharge_wh=1_000)
NEIGHBOURS: Final = {
    "few roofs": ((61, True), (91, False), (122, True), (152, False), (183, False)),
    "roofs on all": ((61, True), (91, True), (122, True), (152, True), (183, True)),
}
"""By so many days earlier, and whether they have the roof."""
_MONEY_PER_YEN: Final = 100_000
_FLAT: Final = "101"


@dataclass(frozen=True, slots=True)
class Foretold:
    """What is known at the gate of a slot, by all strategies alike."""

    index: int
    begin: int
    net_wh: int
    ahead: NDArray[np.int64]
    true_wh: int
    neighbours: tuple[Order, ...] = ()


class NoMarket:
    """Does not bid at all: what a market is compared with."""

    name = "no-market"

    def orders(self, view: View) -> tuple[Order, ...]:
        """See Strategy."""
        return ()


def run(data: Path, days: int) -> list[Figure]:
    """What the home pays over the last third of the days asked for, by strategy."""
    home = ausgrid(data)
    foretold = foretell(home, max(1, days // 3))
    figures = []
    for name, neighbours in NEIGHBOURS.items():
        slots = [replace(slot, neighbours=_neighbours(home, slot.index, neighbours)) for slot in foretold]
        begin = perf_counter()
        paid = {each.name: cost_yen(slots, each) for each in (NoMarket(), TrueLimit(), LastPrice(), BatteryAware())}
        took = (perf_counter() - begin) / len(slots) / len(paid) * 1_000
        aware, true = paid.pop(BatteryAware().name), paid[TrueLimit().name]
        beside = {**paid, "ms a slot": took}
        figures.append(
            Figure(
                name=f"{len(slots) // 48} days, {name}: paid bidding battery-aware",
                value=aware,
                unit="yen",
                at_most=true,
                beside=beside,
            )
        )
    return figures


def foretell(home: Home, days: int) -> list[Foretold]:
    """Foretell each slot of the last days at its gate."""
    chosen = last_days(home.load, days)
    net = home.load.wh - home.pv.wh
    found = []
    for index in range(chosen.start * 48, chosen.stop * 48):
        begin = home.load.begin + index * home.load.slot_seconds
        at = begin - GATE_S
        load = forecast(home.load, at, 1, Kind.LOAD, UTC).slots[0].point
        pv = forecast(home.pv, at, 1, Kind.PV, UTC).slots[0].point
        assert load is not None
        assert pv is not None
        ahead = net_days(home.load, home.pv, at, begin + home.load.slot_seconds, AHEAD_SLOTS, UTC)
        found.append(Foretold(index, begin, round(load - pv), ahead, round(net[index])))
    return found


def cost_yen(slots: Sequence[Foretold], strategy: Strategy) -> float:
    """Return what the home pays over the slots, less what the battery holds more in the end, at the feed-in price."""
    battery, last, paid = BATTERY, None, 0
    for slot in slots:
        view = View(
            flat=_FLAT,
            begin=slot.begin,
            net_wh=slot.net_wh,
            grid=(GRID,) * (1 + AHEAD_SLOTS),
            feed_in=(FEED_IN,) * (1 + AHEAD_SLOTS),
            wishes=Wishes(reserve_percent=RESERVE_PERCENT),
            battery=battery,
            ahead=slot.ahead,
            last_price=last,
        )
        orders = strategy.orders(view)
        book = Book(seed=slot.begin.to_bytes(8, "big"), orders=(*orders, *slot.neighbours))
        result = clear(book, Objective.GAIN, PriceRule.MID)
        mine = {order.id for order in orders}
        bought = sum(trade.wh for trade in result.trades if trade.buyer in mine)
        sold = sum(trade.wh for trade in result.trades if trade.seller in mine)
        paid += sum(trade.wh * trade.price for trade in result.trades if trade.buyer in mine)
        paid -= sum(trade.wh * trade.price for trade in result.trades if trade.seller in mine)
        last = result.trades[-1].price if result.trades else last
        wanted = bought - sold - slot.true_wh
        taken = max(-view.gives_wh, min(view.takes_wh, wanted))
        left = taken - wanted
        paid += left * (GRID if left > 0 else FEED_IN)
        battery = battery.after(taken)
    paid -= (battery.stored_wh - BATTERY.stored_wh) * FEED_IN
    return paid / _MONEY_PER_YEN


def _neighbours(home: Home, index: int, neighbours: Sequence[tuple[int, bool]]) -> tuple[Order, ...]:
    orders = []
    for number, (days, has_roof) in enumerate(neighbours):
        there = index - days * 48
        net = round(home.load.wh[there] - (home.pv.wh[there] if has_roof else 0))
        side, limit = (Side.BID, GRID) if net > 0 else (Side.ASK, FEED_IN)
        if net:
            orders.append(Order(id=f"n{number}", flat=f"n{number}", side=side, wh=abs(net), limit=limit))
    return tuple(orders)
