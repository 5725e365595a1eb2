"""A flat delivers what it has traded: second by second its battery is asked for what the slot still lacks.

What is asked is decided by `control`; here is gathered what that needs, and said why nothing is asked. What is not
known, or not of now, asks nothing, and what was asked before ends with its lease. It is done only where a resident has
said so, for it commands a device.

The slot is the clock's, the seconds that are left of it are counted by a clock that nobody sets: if the two part, the
slot's record is of no whole slot, and there is nothing more to deliver.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from enum import StrEnum
import logging
import math
from typing import Final

from .bidder.settings import MarketSettings
from .blackout.charge import Charge, believed
from .clock import Clock
from .control import Claimant, Let, Pace, Power, Progress, Seen, Wish, asked_w, bounds, kept_percent, may_give, power
from .devices import Battery, BatteryReading, InverterReading, of_now
from .islanding import Grid
from .round import FRESH_MS, Round
from .slots import BOUNDARY_TOLERANCE_MS, Interval
from .steering import Steering, cadence_of, pace_of
from .trading.state import MarketState, OwnTrade

_LOGGER = logging.getLogger(__name__)

CHARGE_FRESH_MS: Final = 15_000
"""So old a charge may be that steers: it moves more slowly than powers do."""
FOLLOWS_S: Final = 60.0
"""A battery that does something else for so long does not follow: it is full or cold, or another program asks it, too.
Some take half a minute from one power to another."""
FOLLOWS_W: Final = 300
FOLLOWS_SHARE: Final = 0.25
"""So far from what it was asked it may be, the larger of both: many tell no power to better than that."""
CLOCKS_S: Final = 2.0
"""So far the two clocks may part within a slot."""


class Why(StrEnum):
    """Why nothing is asked of the battery."""

    OFF = "off"
    """No resident has said that the battery is to deliver."""
    NO_TRADES = "no_trades"
    NO_BATTERY = "no_battery"
    NOT_COMMANDED = "not_commanded"
    """The battery takes no set-point that ends by itself, or that is not known yet."""
    HELD = "held"
    """The living room comes first: an island, a drill, or the filling after an outage."""
    ISLANDED = "islanded"
    GRID_GONE = "grid_gone"
    """The grid is gone, or the inverter says that it does not hang on it."""
    GRID_UNKNOWN = "grid_unknown"
    LINE_UNKNOWN = "line_unknown"
    """Nobody says what the flat's line bears: neither its residents nor its meter."""
    NOT_METERED = "not_metered"
    """The slot is not metered from its begin: what is delivered in it could not be shown."""
    CLOCK = "clock"
    """The wall clock was set within the slot."""
    METER_UNKNOWN = "meter_unknown"
    INVERTER_UNKNOWN = "inverter_unknown"
    BATTERY_UNKNOWN = "battery_unknown"
    RESERVE = "reserve"
    """The battery is down to what is kept."""
    WORN = "worn"
    """The inverter's memory bears no more moving set-points today."""
    REFUSED = "refused"
    """The device does not take it: the log says why."""
    NOT_FOLLOWED = "not_followed"
    """The device takes it, and its battery does something else. It is asked on."""
    FAULT = "fault"
    """This program cannot work out what to ask: the log says why."""


_LEFT_TO_ITS_LEASE: Final = frozenset({Why.GRID_UNKNOWN, Why.METER_UNKNOWN, Why.INVERTER_UNKNOWN, Why.BATTERY_UNKNOWN})
"""What may be known again in a second: nothing is written, and the device falls back by itself if it is not."""
UNKNOWN_S: Final = 60.0
"""So long, and then the battery is let go of: most leases are over by then, and a few last for minutes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryState:
    """What there is to show. Energy in Wh, + out of the flat."""

    why: Why | None = Why.OFF
    """None: it delivers."""
    slot: int | None = None
    """The one that runs, if anything was traded in it."""
    traded_wh: int | None = None
    """Sold less bought."""
    exchanged_wh: int | None = None
    """What the meter has counted since the slot's begin, out less in."""
    target_w: int | None = None
    """What the battery is asked, + discharging."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What a second's delivery depends on, beside readings."""

    slot_seconds: int | None
    market: MarketState
    interval: Interval | None
    """The meter's, which is still open."""
    reserve_percent: int | None
    """What is kept for a blackout."""
    grid: Grid
    """As far as the blackout logic knows; where there is none, nobody doubts it."""


class _NotNowError(Exception):
    """Nothing can be asked."""

    def __init__(self, why: Why) -> None:
        super().__init__(why)
        self.why = why


class Delivering:
    """Of one flat.

    Args:
        settings: whether to deliver at all, and what residents keep.
        steering: the hand on the battery.
        battery: gives the battery, as it is known by now.
        clock: both times.
    """

    def __init__(
        self, settings: MarketSettings, steering: Steering, battery: Callable[[], Battery | None], clock: Clock
    ) -> None:
        self._settings = settings
        self._steering = steering
        self._battery = battery
        self._clock = clock
        self._charge: Charge | None = None
        self._slot: int | None = None
        self._offset_s = 0.0
        """By how much the wall clock was ahead of the other when the slot was first seen."""
        self._reserved = False
        """Whether the battery is left to itself, for it is down to what is kept."""
        self._faulty = False
        self._unknown_since: float | None = None
        """Since when nothing is written, for too little is known."""
        self._astray_since: float | None = None
        """Since when the battery has done something else than it was asked."""
        self.state = DeliveryState()

    def second(self, read: Round, around: Around) -> None:
        """Claim what the slot's trades ask of the battery, or nothing.

        The living room and the meter's records hang on the same program: what is wrong here lets go of the battery,
        and ends nothing else.
        """
        try:
            self._second(read, around)
        except Exception:
            if not self._faulty:
                _LOGGER.exception("What the battery is to deliver cannot be worked out: it is left to itself")
            self._faulty = True
            self._steering.claim(Claimant.MARKET, None)
            self.state = DeliveryState(why=Why.FAULT, slot=self._slot)
            return
        if self._faulty:
            _LOGGER.warning("What the battery is to deliver is worked out again")
        self._faulty = False

    def _second(self, read: Round, around: Around) -> None:
        now = self._clock.monotonic()
        if read.battery is not None:
            aged_s = read.battery.ages_ms.get("soc_percent", 0) / 1000
            self._charge = believed(self._charge, read.battery, now - aged_s)
        trades = self._trades(around)
        slot, traded_wh = (None, None) if not trades else (self._slot, net_wh(trades))
        exchanged_wh: int | None = None
        why: Why | None = None
        wish: Wish | None = None
        try:
            pace = self._may_steer(around, trades)
            exchanged_wh = self._exchanged(read, around)
            assert traded_wh is not None, "something was traded"
            wish = self._power(read, around, pace, traded_wh, exchanged_wh, now)
            if self._steering.problem is not None:
                why = Why.REFUSED
            elif not self._follows(read, now):
                why = Why.NOT_FOLLOWED
        except _NotNowError as error:
            why = error.why
            wish = self._let(why, now)
        if why not in _LEFT_TO_ITS_LEASE:
            self._unknown_since = None
        if not isinstance(wish, Power):
            self._astray_since = None
        self._reserved = why is Why.RESERVE
        self._steering.claim(Claimant.MARKET, wish)
        self.state = DeliveryState(
            why=why, slot=slot, traded_wh=traded_wh, exchanged_wh=exchanged_wh, target_w=self._target_w(wish)
        )

    def _target_w(self, wish: Wish | None) -> int | None:
        held = self._steering.held
        if isinstance(wish, Power):
            return held.watts if held is not None and held.claimant is Claimant.MARKET else wish.watts
        return None

    def _let(self, why: Why, now: float) -> Wish | None:
        """Return what is wished while nothing can be asked."""
        if why not in _LEFT_TO_ITS_LEASE:
            return None
        if self._unknown_since is None:
            self._unknown_since = now
        return Let.BE if now - self._unknown_since < UNKNOWN_S else None

    def _follows(self, read: Round, now: float) -> bool:
        """Whether the battery does about what it was asked, or has not had its time to."""
        if not self._is_astray(None if read.battery is None else read.battery.power_w):
            self._astray_since = None
        elif self._astray_since is None:
            self._astray_since = now
        return self._astray_since is None or now - self._astray_since < FOLLOWS_S

    def _is_astray(self, watts: float | None) -> bool:
        held = self._steering.held
        if held is None or held.claimant is not Claimant.MARKET or watts is None:
            return False
        return abs(watts - held.watts) > max(FOLLOWS_W, FOLLOWS_SHARE * abs(held.watts))

    def _trades(self, around: Around) -> tuple[OwnTrade, ...]:
        """Return what was traded of the slot that runs, and take down when that was first seen."""
        if around.slot_seconds is None:
            self._slot = None
            return ()
        now_ms = self._clock.wall_ms()
        slot = now_ms // 1000 // around.slot_seconds * around.slot_seconds
        if slot != self._slot:
            self._slot, self._offset_s = slot, now_ms / 1000 - self._clock.monotonic()
        return trades_of(around.market, slot)

    def _may_steer(self, around: Around, trades: Collection[OwnTrade]) -> Pace:
        if not self._settings.deliver:
            raise _NotNowError(Why.OFF)
        if not trades:
            raise _NotNowError(Why.NO_TRADES)
        battery = self._battery()
        if battery is None:
            raise _NotNowError(Why.NO_BATTERY)
        if not battery.controllable or cadence_of(battery) is None:
            raise _NotNowError(Why.NOT_COMMANDED)
        if self._steering.owner not in {None, Claimant.MARKET}:
            raise _NotNowError(Why.HELD)
        if around.grid is Grid.GONE:
            raise _NotNowError(Why.GRID_GONE)
        if around.grid is not Grid.GOOD:
            raise _NotNowError(Why.GRID_UNKNOWN)
        if abs(self._clock.wall_ms() / 1000 - self._clock.monotonic() - self._offset_s) > CLOCKS_S:
            raise _NotNowError(Why.CLOCK)
        return pace_of(battery)

    def _exchanged(self, read: Round, around: Around) -> int:
        """Return what the meter has counted of the slot, out less in."""
        interval, slot = around.interval, self._slot
        assert slot is not None, "something was traded in it"
        if read.islanded or (interval is not None and interval.islanded and interval.slot == slot):
            raise _NotNowError(Why.ISLANDED)
        if read.inverter is not None and read.inverter.grid_connected is False:
            raise _NotNowError(Why.GRID_GONE)
        if read.islanded is None:
            raise _NotNowError(Why.GRID_UNKNOWN)
        meter = read.meter
        known = meter is not None and meter.age_ms <= FRESH_MS
        if meter is None or meter.import_wh is None or meter.export_wh is None or not known:
            raise _NotNowError(Why.METER_UNKNOWN)
        if interval is None or interval.slot != slot:
            # A slot's first reading ends the interval before it.
            begins = self._clock.wall_ms() - slot * 1000 <= 2 * BOUNDARY_TOLERANCE_MS
            raise _NotNowError(Why.METER_UNKNOWN if begins else Why.NOT_METERED)
        if interval.begin.time_ms - slot * 1000 > BOUNDARY_TOLERANCE_MS:
            raise _NotNowError(Why.NOT_METERED)
        return meter.export_wh - interval.begin.export_wh - (meter.import_wh - interval.begin.import_wh)

    def _power(self, read: Round, around: Around, pace: Pace, traded_wh: int, exchanged_wh: int, now: float) -> Power:
        if read.battery is not None and (worn := read.battery.flash_writes) is not None and worn.steered_out:
            raise _NotNowError(Why.WORN)
        seen, seconds, slot = self._seen(read, around), around.slot_seconds, self._slot
        assert seconds is not None, "there is a slot"
        assert slot is not None, "there is a slot"
        left_s = slot + seconds - (now + self._offset_s)
        limits = bounds(seen, pace)
        asked = asked_w(Progress(traded_wh, exchanged_wh, left_s, seconds), seen)
        if not may_give(asked, limits, seen, reserved=self._reserved):
            raise _NotNowError(Why.RESERVE)
        return power(asked, limits)

    def _seen(self, read: Round, around: Around) -> Seen:
        """Return what is known of this second; all that steers has to be."""
        meter, inverter, battery = read.meter, read.inverter, read.battery
        grid_w = None if meter is None else of_now(meter.power_w, meter.ages_ms, "power_w", FRESH_MS)
        if meter is None or grid_w is None:
            raise _NotNowError(Why.METER_UNKNOWN)
        if (line_w := self._settings.bears_w(meter)) is None:
            raise _NotNowError(Why.LINE_UNKNOWN)
        if battery is None:
            raise _NotNowError(Why.BATTERY_UNKNOWN)
        battery_w = of_now(battery.power_w, battery.ages_ms, "power_w", FRESH_MS)
        rated_w, pv_w = None if inverter is None else inverter.rated_power_w, _pv_w(inverter, battery_w)
        if pv_w is None and (rated_w or (inverter is None and read.has_inverter)):
            raise _NotNowError(Why.INVERTER_UNKNOWN)
        soc_percent = of_now(battery.soc_percent, battery.ages_ms, "soc_percent", CHARGE_FRESH_MS)
        most, holds_wh = self._most_w(battery, rated_w), battery.holds_wh
        if battery_w is None or soc_percent is None or self._charge is None or most is None or not holds_wh:
            raise _NotNowError(Why.BATTERY_UNKNOWN)
        charge_w, discharge_w = most
        return Seen(
            grid_w=grid_w,
            battery_w=battery_w,
            soc_percent=min(soc_percent, self._charge.percent),
            capacity_wh=holds_wh,
            charge_w=charge_w,
            discharge_w=discharge_w,
            pv_w=pv_w or 0.0,
            inverter_w=rated_w or None,
            line_w=line_w,
            kept_percent=kept_percent(
                self._settings.wishes.reserve_percent, around.reserve_percent, battery.reserve_percent
            ),
        )

    def _most_w(self, battery: BatteryReading, rated_w: float | None) -> tuple[float, float] | None:
        """Return the most that it takes and gives: its own word, or its inverter's, or what its kind can."""
        device = self._battery()
        cadence = None if device is None else cadence_of(device)
        other = rated_w or (None if cadence is None else cadence.rated_w)
        charge_w = other if battery.max_charge_w is None else battery.max_charge_w
        discharge_w = other if battery.max_discharge_w is None else battery.max_discharge_w
        if charge_w is None or discharge_w is None or not all(map(math.isfinite, (charge_w, discharge_w))):
            return None
        return max(0.0, charge_w), max(0.0, discharge_w)


def _pv_w(inverter: InverterReading | None, battery_w: float | None) -> float | None:
    """Return what the sun adds at the inverter's terminals; of many the PV's own power is unknown at night."""
    if inverter is None:
        return None
    pv_w = of_now(inverter.pv_power_w, inverter.ages_ms, "pv_power_w", FRESH_MS)
    if pv_w is not None:
        return max(0.0, pv_w)
    ac_w = of_now(inverter.ac_power_w, inverter.ages_ms, "ac_power_w", FRESH_MS)
    return None if ac_w is None or battery_w is None else max(0.0, ac_w - battery_w)


def trades_of(market: MarketState, slot: int) -> tuple[OwnTrade, ...]:
    """Return what the flat has traded of a slot: a trade is shown when its result counts, and stands from then on."""
    return tuple(trade for each in market.slots if each.slot == slot for trade in each.trades)


def net_wh(trades: Collection[OwnTrade]) -> int:
    """Return how much more was sold than bought."""
    return sum(-each.wh if each.buys else each.wh for each in trades)
