"""A hybrid inverter: how it is linked to the grid, and how it shares power between PV, battery and flat."""

from dataclasses import dataclass, replace
from enum import Enum
from typing import Final

from .backup import Backup
from .battery import BatteryRating, bounds, store
from .controls import FULL, Controls, DerControls, Orders, Rating
from .grid import NOMINAL_MV, Grid

PV_AWAKE_MW: Final = 5_000
"""Below 5 W of PV the DC side sleeps, as trackers do at night."""

PV_TRIP_MS: Final = 300_000
"""So long the strings of an inverter with this fault stay away when it has begun to form an island: the delay after
which they would enter service on a grid.
"""

RETRY_MS: Final = 60_000
"""After an island broke down the inverter waits this long before it tries a black start."""

_FOREVER_MS: Final = 2**62
"""Past the end of every lease."""

CONVERSION_PERCENT: Final = 97
"""Share of the PV's DC power that arrives at the AC terminals; a battery's losses are in its own rating."""


class Link(Enum):
    """What the inverter does with the grid."""

    FOLLOWING = "following"
    """In step with the grid."""
    WAITING = "waiting"
    """The grid is back; the enter-service delay runs."""
    FORMING = "forming"
    """It makes the living room's voltage itself: an island."""
    DOWN = "down"
    """No grid, and it cannot or may not form an island."""
    STOPPED = "stopped"
    """Stopped by a controller."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InverterRating:
    """An inverter's plate.

    Attributes:
        ac_mw: AC power.
        pv_wp: PV installed.
        battery: None for PV alone.
        enter_delay_s: its vendor's enter-service delay.
        nominal_hz: the grid that it is made for.
    """

    ac_mw: int
    pv_wp: int
    battery: BatteryRating | None
    enter_delay_s: int
    nominal_hz: int = 60

    @property
    def powers(self) -> Rating:
        """The powers that controls refer to."""
        if self.battery is None:
            return Rating(ac_mw=self.ac_mw, charge_mw=0, discharge_mw=0)
        return Rating(ac_mw=self.ac_mw, charge_mw=self.battery.charge_mw, discharge_mw=self.battery.discharge_mw)


@dataclass(frozen=True, slots=True, kw_only=True)
class Inverter:
    """An inverter at one moment; powers in milliwatts, energies in millijoules, times on the simulation's clock.

    Attributes:
        stored_mj: energy in the cells.
        controls: what the controller asked for.
        enter_ms: end of the enter-service delay while WAITING.
        ramp_ms: start of the ramp after entering service; None when it is over.
        retry_ms: earliest black start after an island broke down.
        asked_out: a controller asks it to leave the grid.
        pv_back_ms: when strings that tripped on the island come back.
        dead: it makes no voltage by itself (a fault).
        pv_trips: its strings trip when it begins to form (a fault).
        heartbeat: seconds since power-up (model 715 ``DERHb``).
        pv_available_mw: what the sun would give.
        pv_mw, battery_mw: AC shares of this second (battery positive: discharging).
        throttled: PV was held below what the sun would give.
    """

    stored_mj: int
    controls: Controls
    link: Link = Link.FOLLOWING
    enter_ms: int | None = None
    ramp_ms: int | None = None
    retry_ms: int | None = None
    asked_out: bool = False
    pv_back_ms: int | None = None
    dead: bool = False
    pv_trips: bool = False
    heartbeat: int = 0
    pv_available_mw: int = 0
    pv_mw: int = 0
    battery_mw: int = 0
    throttled: bool = False
    pv_mj: int = 0
    injected_mj: int = 0
    absorbed_mj: int = 0
    charged_mj: int = 0
    discharged_mj: int = 0

    @property
    def ac_mw(self) -> int:
        """Power at the AC terminals, positive: output."""
        return self.pv_mw + self.battery_mw

    @property
    def pv_dc_mw(self) -> int:
        """PV power as the DC inputs measure it."""
        return self.pv_mw * 100 // CONVERSION_PERCENT

    @property
    def pv_dc_mj(self) -> int:
        """PV energy as the DC inputs count it."""
        return self.pv_mj * 100 // CONVERSION_PERCENT

    @property
    def asleep(self) -> bool:
        """Night: the PV side sleeps. A forming inverter is awake, and so are its DC inputs."""
        return self.pv_available_mw < PV_AWAKE_MW and self.link is not Link.FORMING


def leased(rating: InverterRating, inverter: Inverter) -> Orders | None:
    """What a controller asks of the inverter that ends by itself, of whatever make it is; None when nothing does."""
    asked = inverter.controls.orders(rating.powers)
    return None if asked == inverter.controls.at(_FOREVER_MS).orders(rating.powers) else asked


def _enter_window(controls: Controls, grid: Grid) -> bool:
    if not isinstance(controls, DerControls):
        return True
    volt = grid.voltage_mv * 1000 // NOMINAL_MV
    hertz = grid.frequency_mhz // 10
    return (
        controls.enter_volt_low <= volt <= controls.enter_volt_high
        and controls.enter_hz_low <= hertz <= controls.enter_hz_high
    )


def _enter_delay_ms(rating: InverterRating, controls: Controls, now_ms: int) -> int:
    if not isinstance(controls, DerControls):
        return rating.enter_delay_s * 1000
    # A multiplicative hash of the moment stands for the device's own random draw: pure, and spread over the range.
    draw = (now_ms * 2_654_435_761 >> 8) % (controls.enter_random_s + 1)
    return (controls.enter_delay_s + draw) * 1000


def asked_out(rating: InverterRating, controls: Controls) -> bool:
    """Whether a controller asks the inverter to leave the grid."""
    forbidden = isinstance(controls, DerControls) and not controls.permit
    return forbidden or not controls.orders(rating.powers).connect


def beyond_contact(rating: InverterRating, inverter: Inverter, grid: Grid, contact: bool, now_ms: int) -> Inverter:
    """The relation to the grid of an inverter on the living room's side of a relay that it does not own.

    ``contact`` is the main contact of the living room: closed means that the inverter's output meets the grid, where
    it may only follow. It forms an island only behind an open contact.
    """
    orders = inverter.controls.orders(rating.powers)
    if not orders.run or not orders.connect:
        return replace(inverter, link=Link.STOPPED, enter_ms=None)
    if not contact:
        return alone(rating, replace(inverter, enter_ms=None), now_ms)
    return on_grid(rating, inverter, grid, now_ms)


def alone(rating: InverterRating, inverter: Inverter, now_ms: int) -> Inverter:
    """An inverter whose output does not meet the grid: it forms an island if it can.

    Only one with a battery does: nothing else makes up for what sun and living room differ by. Its strings may trip
    at that, and come back as they would on a grid.
    """
    waits = inverter.retry_ms is not None and now_ms < inverter.retry_ms
    if rating.battery is None or inverter.dead or waits:
        return replace(inverter, link=Link.DOWN)
    if inverter.link is not Link.FORMING:
        back = now_ms + PV_TRIP_MS if inverter.pv_trips else None
        inverter = replace(inverter, link=Link.FORMING, pv_back_ms=back)
    if inverter.pv_back_ms is not None and now_ms < inverter.pv_back_ms:
        inverter = replace(inverter, pv_available_mw=0)
    return replace(inverter, retry_ms=None)


def on_grid(rating: InverterRating, inverter: Inverter, grid: Grid, now_ms: int) -> Inverter:
    """An inverter whose output meets the grid: it follows, or waits until it may."""
    controls = inverter.controls
    before = inverter.link
    if not grid.fit(rating.nominal_hz):
        return replace(inverter, link=Link.DOWN, enter_ms=None)
    permitted = not isinstance(controls, DerControls) or controls.permit
    ok = permitted and _enter_window(controls, grid)
    if before is Link.FOLLOWING and permitted:
        return inverter
    if before is Link.STOPPED and ok:
        return replace(inverter, link=Link.FOLLOWING, ramp_ms=now_ms, retry_ms=None)
    if before is not Link.WAITING or not ok or inverter.enter_ms is None:
        enter = now_ms + _enter_delay_ms(rating, controls, now_ms)
        return replace(inverter, link=Link.WAITING, enter_ms=enter, retry_ms=None)
    if now_ms < inverter.enter_ms:
        return inverter
    return replace(inverter, link=Link.FOLLOWING, enter_ms=None, ramp_ms=now_ms)


def wants_out(
    rating: InverterRating, inverter: Inverter, out: bool, grid: Grid, now_ms: int, *, let_go: bool
) -> tuple[Inverter, bool]:
    """Whether an inverter that owns its contacts wants to be off the grid, by itself or because it is asked.

    It leaves a grid that is not fit, and returns when the grid has been good, and nobody asked it to stay away, for
    the time of its delay. An island that it does not hold is given up for any fit grid at once.

    Args:
        rating: its plate.
        inverter: the inverter.
        out: whether it is off the grid.
        grid: what it measures there.
        now_ms: the moment.
        let_go: the living room has another way to the grid: when it is asked no more, its output ends at once.
    """
    controls = inverter.controls
    before, asked = inverter.asked_out, asked_out(rating, controls)
    inverter = replace(inverter, asked_out=asked)
    fit = grid.fit(rating.nominal_hz)
    if not controls.orders(rating.powers).run:
        return replace(inverter, enter_ms=None), False
    if not out:
        leaves = asked or not fit
        return (replace(inverter, enter_ms=None) if leaves else inverter), leaves
    if asked or not (fit and _enter_window(controls, grid)):
        return replace(inverter, enter_ms=None), True
    if inverter.link is Link.DOWN or (let_go and before):
        return inverter, False
    enter = inverter.enter_ms
    if enter is None:
        enter = now_ms + _enter_delay_ms(rating, controls, now_ms)
    return replace(inverter, enter_ms=enter), now_ms < enter


def owning(
    rating: InverterRating, inverter: Inverter, backup: Backup, returned: bool, grid: Grid, now_ms: int
) -> Inverter:
    """The relation to the grid of an inverter that owns its contacts, which are where ``backup`` says.

    ``returned`` means that it came back to the grid in this second.
    """
    orders = inverter.controls.orders(rating.powers)
    if not orders.run:
        return replace(inverter, link=Link.STOPPED, enter_ms=None)
    if backup.due_ms is not None:
        return replace(inverter, link=Link.DOWN)
    if backup.separated:
        return alone(rating, inverter, now_ms)
    if not orders.connect:
        # Asked to leave, and its contacts are welded: it gives nothing.
        return replace(inverter, link=Link.STOPPED, enter_ms=None)
    if returned and inverter.enter_ms is not None and now_ms >= inverter.enter_ms:
        return replace(inverter, link=Link.FOLLOWING, enter_ms=None, ramp_ms=now_ms)
    return on_grid(rating, inverter, grid, now_ms)


def _ramp_limit(inverter: Inverter, rating: InverterRating, now_ms: int) -> int:
    controls = inverter.controls
    if inverter.ramp_ms is None or not isinstance(controls, DerControls) or not controls.enter_ramp_s:
        return rating.ac_mw
    return min(rating.ac_mw, rating.ac_mw * (now_ms - inverter.ramp_ms) // (controls.enter_ramp_s * 1000))


def _battery_bounds(rating: InverterRating, inverter: Inverter, reserve: int, dt_s: int) -> tuple[int, int]:
    """What the battery can take and give for ``dt_s`` when ``reserve`` of its capacity stays; nothing without one."""
    battery = rating.battery
    if battery is None:
        return 0, 0
    floor = max(battery.floor_mj, battery.capacity_mj * reserve // FULL)
    return bounds(battery, inverter.stored_mj, floor, dt_s)


def follow(rating: InverterRating, inverter: Inverter, demand_mw: int, now_ms: int, dt_s: int) -> tuple[int, int]:
    """PV and battery power while in step with the grid, under the controller's orders."""
    orders = inverter.controls.orders(rating.powers)
    ramp = _ramp_limit(inverter, rating, now_ms)
    limit = min(orders.ac_limit_mw, ramp)
    low, high = _battery_bounds(rating, inverter, orders.reserve, dt_s)
    # The reserve only stops discharging; an order below it may still charge.
    low, high = max(low, min(orders.battery_low_mw, high)), min(high, orders.battery_high_mw)
    high = max(low, high)
    pv = inverter.pv_available_mw
    if not orders.charge_from_grid:
        low = max(low, -pv)
        high = max(low, high)
    if orders.ac_target_mw is not None:
        target = min(orders.ac_target_mw, limit)
        battery = min(max(target - pv, low), high)
        pv = min(pv, max(0, target - battery))
    else:
        battery = min(max(demand_mw - pv, low), high)
        if pv + battery > limit:
            battery = max(low, limit - pv)
            pv = min(pv, max(0, limit - battery))
            battery = min(battery, limit - pv)
    return pv, max(battery, -ramp - pv)


def form(rating: InverterRating, inverter: Inverter, living_mw: int, lit_ms: int, dt_s: int) -> tuple[int, int] | None:
    """PV and battery power that feed the island exactly, or None when they cannot: the island breaks down.

    The living room draws ``living_mw`` for ``lit_ms`` of the second; the powers are the means over all of it.
    """
    low, high = _battery_bounds(rating, inverter, 0, dt_s)
    pv = min(inverter.pv_available_mw, rating.ac_mw)
    if living_mw > min(rating.ac_mw, pv + high):
        return None
    mean_mw = living_mw * lit_ms // (dt_s * 1000)
    battery = max(mean_mw - pv, low)
    return mean_mw - battery, battery


def settle(rating: InverterRating, inverter: Inverter, pv_mw: int, battery_mw: int, dt_s: int) -> Inverter:
    """The inverter after PV and battery gave these powers for ``dt_s``."""
    ac = (pv_mw + battery_mw) * dt_s
    assert rating.battery is not None or battery_mw == 0, "power flowed in a battery that is not there"
    stored = (
        inverter.stored_mj if rating.battery is None else store(rating.battery, inverter.stored_mj, battery_mw, dt_s)
    )
    return replace(
        inverter,
        stored_mj=stored,
        pv_mw=pv_mw,
        battery_mw=battery_mw,
        throttled=pv_mw < inverter.pv_available_mw,
        pv_mj=inverter.pv_mj + pv_mw * dt_s,
        injected_mj=inverter.injected_mj + max(0, ac),
        absorbed_mj=inverter.absorbed_mj + max(0, -ac),
        charged_mj=inverter.charged_mj + max(0, -battery_mw * dt_s),
        discharged_mj=inverter.discharged_mj + max(0, battery_mw * dt_s),
        heartbeat=inverter.heartbeat + dt_s,
    )
