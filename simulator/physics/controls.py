"""What a controller has asked of an inverter, and when each request falls back by itself.

The two generations of SunSpec (models 123/124, and models 703/704/715 of 2021) and each maker's own registers are ways
of writing the same wishes; :class:`Orders` is what all come down to. Every lease ends at a moment of the simulation's
monotonic clock.
"""

from dataclasses import dataclass, replace
from typing import Final, Protocol, Self

FULL: Final = 10_000
"""100 % in hundredths of a percent, the unit of every share here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rating:
    """An inverter's powers in milliwatts (and its battery's, for which the percentages of model 124 are meant)."""

    ac_mw: int
    charge_mw: int
    discharge_mw: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Orders:
    """What the inverter's control loop obeys for one step, in milliwatts.

    Attributes:
        run: False stops the inverter.
        connect: False asks it to leave the grid: it forms an island where it has an output for that, else it stops.
        ac_limit_mw: highest AC output.
        battery_low_mw: lowest battery power (negative: charging) the controller allows.
        battery_high_mw: highest battery power the controller allows; below zero it forces charging.
        ac_target_mw: fixed AC power (positive: output), or None for self-consumption.
        charge_from_grid: whether the battery may take more than the PV gives.
        reserve: share of the capacity kept for an outage.
    """

    run: bool
    connect: bool = True
    ac_limit_mw: int
    battery_low_mw: int
    battery_high_mw: int
    ac_target_mw: int | None = None
    charge_from_grid: bool = True
    reserve: int = 0


def expired(deadline_ms: int | None, now_ms: int) -> bool:
    """Whether a lease has ended; None for one that never does."""
    return deadline_ms is not None and now_ms >= deadline_ms


def remaining_s(deadline_ms: int | None, now_ms: int) -> int:
    """Whole seconds until a lease falls back, rounded up; 0 when none runs."""
    return 0 if deadline_ms is None else max(0, -((now_ms - deadline_ms) // 1000))


def deadline(now_ms: int, seconds: int) -> int | None:
    """When a lease of ``seconds`` taken now ends; None for 0, which SunSpec reads as "never"."""
    return now_ms + seconds * 1000 if seconds else None


@dataclass(frozen=True, slots=True, kw_only=True)
class LegacyControls:
    """Models 123 and 124; shares in hundredths of a percent, times in seconds, deadlines on the simulation's clock."""

    connect: bool = True
    connect_wanted: bool = True
    connect_window_s: int = 0
    connect_at_ms: int | None = None
    connect_revert_s: int = 0
    connect_until_ms: int | None = None
    limit_enabled: bool = False
    limit: int = FULL
    limit_revert_s: int = 0
    limit_until_ms: int | None = None
    charge_limited: bool = False
    discharge_limited: bool = False
    out_rate: int = FULL
    in_rate: int = FULL
    rate_revert_s: int = 0
    rate_until_ms: int | None = None
    reserve: int = 500
    charge_from_grid: bool = True

    def at(self, now_ms: int) -> LegacyControls:
        """These controls with every lease that ended by ``now_ms`` fallen back to the device's default."""
        controls = self
        if expired(self.connect_until_ms, now_ms):
            controls = replace(controls, connect=True, connect_wanted=True, connect_at_ms=None, connect_until_ms=None)
        if expired(controls.connect_at_ms, now_ms):
            controls = replace(controls, connect=controls.connect_wanted, connect_at_ms=None)
        if expired(self.limit_until_ms, now_ms):
            controls = replace(controls, limit_enabled=False, limit=FULL, limit_until_ms=None)
        if expired(self.rate_until_ms, now_ms):
            controls = replace(
                controls,
                charge_limited=False,
                discharge_limited=False,
                out_rate=FULL,
                in_rate=FULL,
                rate_until_ms=None,
            )
        return controls

    def orders(self, rating: Rating) -> Orders:
        """Negative rates force: below zero ``out_rate`` charges and ``in_rate`` discharges."""
        low = -(rating.charge_mw * self.in_rate // FULL) if self.charge_limited else -rating.charge_mw
        high = rating.discharge_mw * self.out_rate // FULL if self.discharge_limited else rating.discharge_mw
        return Orders(
            run=True,
            connect=self.connect,
            ac_limit_mw=rating.ac_mw * self.limit // FULL if self.limit_enabled else rating.ac_mw,
            battery_low_mw=min(low, high),
            battery_high_mw=high,
            charge_from_grid=self.charge_from_grid,
            reserve=self.reserve,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class DerControls:
    """Models 703, 704 and 715; powers in watts, shares in tenths of a percent as the registers hold them."""

    permit: bool = True
    enter_volt_high: int = 1100
    enter_volt_low: int = 900
    enter_hz_high: int = 6200
    enter_hz_low: int = 5700
    enter_delay_s: int = 300
    enter_random_s: int = 0
    enter_ramp_s: int = 0
    limit_enabled: bool = False
    limit: int = 1000
    limit_revert: int = 1000
    limit_enabled_revert: bool = False
    limit_revert_s: int = 0
    limit_until_ms: int | None = None
    set_enabled: bool = False
    set_in_watts: bool = True
    set_w: int = 0
    set_w_revert: int = 0
    set_pct: int = 0
    set_pct_revert: int = 0
    set_enabled_revert: bool = False
    set_revert_s: int = 0
    set_until_ms: int | None = None
    anti_islanding: bool = True
    controller_heartbeat: int = 0
    started: bool = True
    standby: bool = False

    def at(self, now_ms: int) -> DerControls:
        """These controls with every lease that ended by ``now_ms`` replaced by its reversion values."""
        controls = self
        if expired(self.limit_until_ms, now_ms):
            controls = replace(
                controls, limit_enabled=self.limit_enabled_revert, limit=self.limit_revert, limit_until_ms=None
            )
        if expired(self.set_until_ms, now_ms):
            controls = replace(
                controls,
                set_enabled=self.set_enabled_revert,
                set_w=self.set_w_revert,
                set_pct=self.set_pct_revert,
                set_until_ms=None,
            )
        return controls

    def orders(self, rating: Rating) -> Orders:
        """``WSet`` fixes the power at the inverter's AC terminals, battery and PV together."""
        target = None
        if self.set_enabled:
            target = self.set_w * 1000 if self.set_in_watts else rating.ac_mw * self.set_pct // 1000
        return Orders(
            run=self.started and not self.standby,
            ac_limit_mw=rating.ac_mw * self.limit // 1000 if self.limit_enabled else rating.ac_mw,
            battery_low_mw=-rating.charge_mw,
            battery_high_mw=rating.discharge_mw,
            ac_target_mw=target,
            reserve=500,
        )


class Controls(Protocol):
    """What an inverter of any family was asked; those of one maker stand with its registers."""

    def at(self, now_ms: int) -> Self:
        """These controls with every lease that ended by ``now_ms`` fallen back."""

    def orders(self, rating: Rating) -> Orders:
        """What the inverter's control loop obeys."""
