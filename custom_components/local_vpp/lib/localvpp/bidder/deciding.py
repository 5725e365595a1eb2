"""What a flat orders in one round of a slot, out of what it knows at that moment. Pure, and slow: it makes forecasts.

In the last round it orders what it expects to need, or to have left over, less what it has traded in the earlier ones.
In these it orders only what is sure: a forecast for tomorrow is often wrong, and who sells what is not there keeps
others from selling.

What is not known is not guessed: a flat that does not know its load, its sun or its battery orders nothing, and the
slot is settled by the sharing key as if there were no market.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC
from typing import Final

from ..control import kept_percent
from ..devices import BatteryReading
from ..forecast import Kind, net_days
from ..market import Order
from ..market.bidding import ASSUMED_EFFICIENCY_PERCENT, STRATEGIES, BatteryAware, View
from ..settlement import PriceList
from ..trading.state import OwnTrade
from ..usage import PERIOD_S, Period
from ..usage_history import history_of
from .charge import battery_of, between, later
from .foretold import Foretold, needs_before
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
    efficiency_percent: int | None = None
    """Of the battery's round trip, as its life was measured; None before it was."""
    steerable: bool = True
    """Whether the battery can be commanded at all: one that is only read delivers nothing."""
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
    wishes = replace(settings.wishes, reserve_percent=_kept_percent(situation, settings))
    load_history = history_of(periods, step, lambda each: each.load_j)
    load = None if load_history is None else Foretold.of(load_history, at, slot, length, Kind.LOAD, settings.zone)
    if load_history is None or load is None or (load_wh := load.energy(early=early)) is None:
        return Decision((), Why.LOAD_UNKNOWN)
    sun_history, sun, sun_wh = None, None, (0.0, 0.0)
    if situation.has_inverter:
        sun_history = history_of(periods, step, lambda each: each.pv_j)
        # The sun does not keep to summer time.
        sun = None if sun_history is None else Foretold.of(sun_history, at, slot, length, Kind.PV, UTC)
        found = None if sun is None else sun.energy(early=early)
        if found is None:
            return Decision((), Why.SUN_UNKNOWN)
        sun_wh = found
    battery, gives_wh, takes_wh = None, 0, 0
    if situation.has_battery:
        efficiency = situation.efficiency_percent or ASSUMED_EFFICIENCY_PERCENT
        battery = battery_of(situation.battery, length, efficiency)
        now = between(situation.battery, step, efficiency)
        if now is None or (battery is None and not early):
            return Decision((), Why.BATTERY_UNKNOWN)
        if early:
            battery = None
            least, most = later(now, load.wait(at), needs_before(load, sun), wishes)
            gives_wh, takes_wh = (each * length // step for each in (most.gives_wh(wishes), least.takes_wh()))
    net_wh = sure_net(load_wh, sun_wh, gives_wh, takes_wh) if early else round(load_wh[0] - sun_wh[0])
    strategy = STRATEGIES[settings.strategy]
    if isinstance(strategy, BatteryAware) and not (settings.deliver and situation.steerable):
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
        wishes=wishes,
        battery=battery,
        last_price=last_price,
        partner=partner,
    )
    if looks_ahead:
        ahead = net_days(load_history, sun_history, at, slot + length, len(slots) - 1, settings.zone)
        view = replace(view, ahead=ahead)
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
