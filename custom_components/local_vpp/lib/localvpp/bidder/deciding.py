"""What a flat orders in one round of a slot, out of what it knows at that moment. Pure, and slow: it makes forecasts.

In the last round it orders what it expects to need, or to have left over, less what it has traded in the earlier ones.
In these it orders only what is sure: a forecast for tomorrow is often wrong, and who sells what is not there keeps
others from selling.

What is not known is not guessed: a flat that does not know its load, its sun or its battery orders nothing, and the
slot is settled by the sharing key as if there were no market.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, tzinfo
import math
from typing import Final

from ..control import kept_percent
from ..devices import BatteryReading
from ..forecast import History, Kind, forecast, net_days
from ..market import Order
from ..market.bidding import STRATEGIES, Battery, BatteryAware, View
from ..settlement import PriceList
from ..trading.state import OwnTrade
from ..usage import PERIOD_S, Period
from ..usage_history import history_of
from .left import still_wanted, sure_net
from .settings import DEFAULT_STRATEGY, MarketSettings
from .state import Why

_AHEAD_S: Final = 86_400
"""So far after the slot a battery's worth is looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What a flat knows of itself and its building at one moment."""

    slot_seconds: int | None
    prices: PriceList | None
    online: bool
    market_told: bool
    """Whether the building has told the market's rules over this connection."""
    islanded: bool | None
    has_inverter: bool
    """Then what the sun gives is counted by itself, and is not within the load."""
    has_battery: bool
    battery: BatteryReading | None
    reserve_percent: int | None
    """What the battery is to keep for a blackout, as far as the flat looks after one."""


@dataclass(frozen=True, slots=True)
class Decision:
    """Orders, or why there are none."""

    orders: tuple[Order, ...]
    why: Why | None = None


def hindrance(situation: Situation, settings: MarketSettings, slot: int) -> Why | None:
    """Return what is to change before a flat can order at all."""
    if not settings.trades:
        return Why.OFF
    if not situation.online:
        return Why.OFFLINE
    if not situation.market_told:
        return Why.NO_RULES
    if situation.islanded:
        return Why.ISLANDED
    if situation.prices is None or situation.prices.at(slot) is None:
        return Why.NO_PRICES
    return None


def decide(
    flat: str,
    slot: int,
    at: int,
    situation: Situation,
    settings: MarketSettings,
    periods: Sequence[Period],
    last_price: int | None,
    *,
    early: bool = False,
    made: Sequence[OwnTrade] = (),
    partner: str | None = None,
) -> Decision:
    """Decide, nothing hindering it.

    Raises MarketError, ForecastError where a number is none that can be worked with.

    Args:
        flat: whose orders they are.
        slot: begin of the slot.
        at: now, both in seconds of Unix time.
        situation: as it is now.
        settings: what the residents want.
        periods: what the flat has used and made so far.
        last_price: of the newest slot that was traded.
        early: whether a later round of the slot is to come.
        made: what the earlier ones have traded for this flat.
        partner: the flat's tag of the round, where it has agreed on a word with a neighbour.
    """
    length = situation.slot_seconds
    assert length is not None, "there is a slot"
    assert situation.prices is not None, "nothing hinders"
    step = length if length % PERIOD_S == 0 else PERIOD_S
    load = history_of(periods, step, lambda each: each.load_j)
    if load is None or (load_wh := foretold(load, at, slot, length, Kind.LOAD, settings.zone, early)) is None:
        return Decision((), Why.LOAD_UNKNOWN)
    sun, sun_wh = None, (0.0, 0.0)
    if situation.has_inverter:
        sun = history_of(periods, step, lambda each: each.pv_j)
        # The sun does not keep to summer time.
        found = None if sun is None else foretold(sun, at, slot, length, Kind.PV, UTC, early)
        if found is None:
            return Decision((), Why.SUN_UNKNOWN)
        sun_wh = found
    battery = None
    if situation.has_battery and (battery := battery_of(situation.battery, length)) is None:
        return Decision((), Why.BATTERY_UNKNOWN)
    net_wh = sure_net(load_wh, sun_wh, battery) if early else round(load_wh[0] - sun_wh[0])
    if early:
        battery = None
    strategy = STRATEGIES[settings.strategy]
    if isinstance(strategy, BatteryAware) and not settings.deliver:
        # A battery that nobody steers serves its own flat, whatever was sold out of it.
        strategy = STRATEGIES[DEFAULT_STRATEGY]
    looks_ahead = isinstance(strategy, BatteryAware) and battery is not None and step == length
    slots = range(slot, slot + (_AHEAD_S if looks_ahead else 0) + length, length)
    prices = [each for begin in slots if (each := situation.prices.at(begin)) is not None]
    view = View(
        flat=flat,
        begin=slot,
        net_wh=net_wh,
        grid=tuple(each.grid for each in prices),
        feed_in=tuple(each.feed_in for each in prices),
        wishes=replace(settings.wishes, reserve_percent=_kept_percent(situation, settings)),
        battery=battery,
        last_price=last_price,
        partner=partner,
    )
    if looks_ahead:
        view = replace(view, ahead=net_days(load, sun, at, slot + length, len(slots) - 1, settings.zone))
    orders = still_wanted(strategy.orders(view), made)
    return Decision(orders, None if orders else Why.NOTHING)


def _kept_percent(situation: Situation, settings: MarketSettings) -> int:
    """Return what of the battery is sold to nobody, whoever wants it kept: residents, the flat, or the battery."""
    told = (
        settings.wishes.reserve_percent,
        situation.reserve_percent,
        None if situation.battery is None else situation.battery.reserve_percent,
    )
    return kept_percent(*told)


def foretold(
    history: History, at: int, begin: int, seconds: int, kind: Kind, zone: tzinfo, early: bool
) -> tuple[float, float] | None:
    """Return the energy of a stretch of time, in Wh, by what was known at `at`; None if a part of it is unknown.

    Twice the same value, or `early` the least and the most that it will be, nine times out of ten each. A slot that is
    no whole number of the forecast's has its share of each of them.
    """
    step, end = history.slot_seconds, begin + seconds
    at = min(at, begin - begin % step)
    first = -(-at // step) * step
    found = forecast(history, at, -(-(end - first) // step), kind, zone)
    least = most = 0.0
    for each in found.slots:
        overlap = min(each.begin + step, end) - max(each.begin, begin)
        if overlap <= 0:
            continue
        point = None if each.point is None else (each.point, each.point)
        sure = None if each.quantiles is None else (each.quantiles[0], each.quantiles[-1])
        told = sure if early else point
        if told is None:
            return None
        least += told[0] * overlap / step
        most += told[1] * overlap / step
    return least, most


def battery_of(reading: BatteryReading | None, seconds: int) -> Battery | None:
    """Return what a battery can do within a slot that begins as things are now; None if it does not say."""
    if reading is None:
        return None
    told = (reading.capacity_wh, reading.soc_percent, reading.max_charge_w, reading.max_discharge_w)
    capacity_wh, soc_percent, charge_w, discharge_w = told
    if capacity_wh is None or soc_percent is None or charge_w is None or discharge_w is None:
        return None
    if not all(math.isfinite(each) and each >= 0 for each in (capacity_wh, soc_percent, charge_w, discharge_w)):
        return None
    return Battery(
        capacity_wh=capacity_wh,
        stored_wh=min(capacity_wh, int(capacity_wh * soc_percent / 100)),
        charge_wh=int(charge_w * seconds / 3600),
        discharge_wh=int(discharge_w * seconds / 3600),
    )
