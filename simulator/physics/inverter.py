"""A hybrid inverter: how it is linked to the grid, and how it shares power between PV, battery and flat."""

from dataclasses import dataclass, replace
from enum import Enum
from typing import Final

from .battery import BatteryRating, bounds, store
from .controls import FULL, Controls, DerControls, Rating
from .grid import NOMINAL_MV, Grid

PV_AWAKE_MW: Final = 5_000
"""Below 5 W of PV the DC side sleeps, as trackers do at night."""

RETRY_MS: Final = 60_000
"""After an island broke down the inverter waits this long before it tries a black start."""

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
    """An inverter's plate: AC power, PV installed, battery (None: PV alone), and its vendor's enter-service delay."""

    ac_mw: int
    pv_wp: int
    battery: BatteryRating | None
    enter_delay_s: int

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


def link(rating: InverterRating, inverter: Inverter, grid: Grid, contact: bool, now_ms: int) -> Inverter:
    """The inverter's relation to the grid after this second, before powers are shared.

    ``contact`` is the main contact of the living room: closed means that the inverter's output meets the grid, where
    it may only follow. It forms an island only behind an open contact, and only with a battery: nothing else makes up
    for what sun and living room differ by.
    """
    controls = inverter.controls
    before = inverter.link
    if not controls.orders(rating.powers).run:
        return replace(inverter, link=Link.STOPPED, enter_ms=None)
    if not contact:
        if rating.battery is None:
            return replace(inverter, link=Link.DOWN, enter_ms=None)
        if inverter.retry_ms is not None and now_ms < inverter.retry_ms:
            return replace(inverter, link=Link.DOWN, enter_ms=None)
        return replace(inverter, link=Link.FORMING, enter_ms=None, retry_ms=None)
    if not grid.present:
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


def form(rating: InverterRating, inverter: Inverter, living_mw: int, dt_s: int) -> tuple[int, int] | None:
    """PV and battery power that feed the island exactly, or None when they cannot: the island breaks down."""
    low, high = _battery_bounds(rating, inverter, 0, dt_s)
    pv = min(inverter.pv_available_mw, rating.ac_mw)
    if living_mw > min(rating.ac_mw, pv + high):
        return None
    battery = max(living_mw - pv, low)
    return living_mw - battery, battery


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
