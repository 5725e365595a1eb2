"""What the flats order for each half hour, and what they trade: by the product's forecasts, strategies and clearing.

At midnight each flat foretells its day; at each gate it orders by that and by what its battery holds then.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC
import hashlib
from typing import Final

from localvpp.bidder.charge import battery_of
from localvpp.etp import DeviceId
from localvpp.forecast import Forecast, Kind, forecast
from localvpp.market import Book, Objective, Order, PriceRule, clear
from localvpp.market.bidding import STRATEGIES, View, read_wishes
from localvpp.paper import JAPAN
from localvpp.settlement import SlotPrices
from localvpp.traded import Made, made, together

from ..demo.wishes import WISHES
from .living import SLOT_S, HalfHour, Life, days

_STRATEGY: Final = STRATEGIES["true-limit"]


def trade(
    lives: Mapping[str, Life], slots: range, prices: SlotPrices, devices: Mapping[str, DeviceId]
) -> list[tuple[Made[DeviceId], ...]]:
    """Return what was traded in each slot, by the flats' devices."""
    traded = []
    for day in days(slots):
        foretold = {flat: _foretold(life, day) for flat, life in lives.items()}
        for at, begin in enumerate(day):
            orders: list[Order] = []
            for flat, life in lives.items():
                half_hour = life.half_hours[(begin - slots.start) // SLOT_S]
                orders += _orders(flat, begin, foretold[flat][at], half_hour, prices)
            result = clear(Book(seed=_seed(begin), orders=tuple(orders)), Objective.GAIN, PriceRule.MID)
            traded.append(together(made([result], {order.id: devices[order.flat] for order in orders})))
    return traded


def _foretold(life: Life, day: range) -> Sequence[int]:
    """Return what a flat is to need beyond its sun, in whole Wh, by what it knew at midnight."""
    load = _points(forecast(life.load, day.start, len(day), Kind.LOAD, JAPAN))
    sun = [0.0] * len(day) if life.sun is None else _points(forecast(life.sun, day.start, len(day), Kind.PV, UTC))
    return [round(used - made) for used, made in zip(load, sun, strict=True)]


def _points(told: Forecast) -> list[float]:
    points = [slot.point for slot in told.slots if slot.point is not None]
    assert len(points) == len(told.slots), "four weeks are known"
    return points


def _orders(flat: str, begin: int, net_wh: int, half_hour: HalfHour, prices: SlotPrices) -> tuple[Order, ...]:
    battery = None if half_hour.battery is None else battery_of(half_hour.battery, SLOT_S)
    view = View(
        flat=flat,
        begin=begin,
        net_wh=net_wh,
        grid=(prices.grid,),
        feed_in=(prices.feed_in,),
        wishes=read_wishes(WISHES.get(flat, {})),
        battery=battery,
    )
    return _STRATEGY.orders(view)


def _seed(begin: int) -> bytes:
    return hashlib.sha256(f"demonstration {begin}".encode()).digest()
