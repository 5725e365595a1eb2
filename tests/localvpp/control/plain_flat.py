"""A flat as simple as can be: a load, a roof, a battery that follows at once, a meter that counts whole watt-hours."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from localvpp.control import (
    Claimant,
    Do,
    Held,
    Let,
    Pace,
    Power,
    Progress,
    Seen,
    Turn,
    Wish,
    asked_w,
    bounds,
    may_give,
    power,
    turn,
)

SLOT_S = 1800
EFFICIENCY = 0.92
"""One way; better than what the rule counts upon."""
OWN_MARGIN = 0.05
"""So many percent above the reserve the battery stops by itself: more than it gives in a second."""


@dataclass
class PlainFlat:
    """One flat, and the rule at work in it."""

    load_w: float = 500.0
    pv_w: float = 0.0
    capacity_wh: int = 6000
    soc_percent: float = 60.0
    battery_most_w: float = 3000.0
    inverter_w: float | None = None
    line_w: float = 72_000.0
    kept_percent: int = 20
    pace: Pace = field(default_factory=lambda: Pace(lease_s=30))
    traded_wh: int = 0
    now: float = 0.0
    battery_w: float = 0.0
    out_ws: float = 0.0
    in_ws: float = 0.0
    held: Held | None = None
    reserved: bool = False
    writes: list[tuple[float, int]] = field(default_factory=list)
    """When the set-point was moved, and to what."""

    @property
    def grid_w(self) -> float:
        """What comes in."""
        return self.load_w - self.pv_w - self.battery_w

    @property
    def exchanged_wh(self) -> int:
        """What its registers have counted, outwards less inwards."""
        return int(self.out_ws // 3600) - int(self.in_ws // 3600)

    def seen(self) -> Seen:
        """What is read of it."""
        return Seen(
            grid_w=self.grid_w,
            battery_w=self.battery_w,
            soc_percent=self.soc_percent,
            capacity_wh=self.capacity_wh,
            charge_w=self.battery_most_w,
            discharge_w=self.battery_most_w,
            pv_w=self.pv_w,
            inverter_w=self.inverter_w,
            line_w=self.line_w,
            kept_percent=self.kept_percent,
        )

    def decide(self, others: Mapping[Claimant, Wish] | None = None) -> Turn:
        """Do what the rule says."""
        seen = self.seen()
        limits = bounds(seen, self.pace)
        asked = asked_w(Progress(self.traded_wh, self.exchanged_wh, SLOT_S - self.now, SLOT_S), seen)
        self.reserved = not may_give(asked, limits, seen, reserved=self.reserved)
        wish: Wish = Let.GO if self.reserved else power(asked, limits)
        before = self.held
        done = turn(before, {Claimant.MARKET: wish, **(others or {})}, self.pace, self.now)
        self.held = done.held
        if done.do is Do.RELEASE:
            self.held = None
        if done.do is Do.ASK and done.held is not None and (before is None or before.watts != done.held.watts):
            self.writes.append((self.now, done.held.watts))
            assert isinstance(wish, Power) or others, "it was wished"
        return done

    def second(self, *, alive: bool = True) -> None:
        """Let a second pass."""
        if alive:
            self.decide()
        held = self.held
        # Without a command it serves its own flat as long as its own reserve, which is lower, lets it.
        wish = self.load_w - self.pv_w if held is None else float(held.watts)
        self.battery_w = max(-self.battery_most_w, min(self.battery_most_w, wish))
        if held is None and self.soc_percent <= self.kept_percent + OWN_MARGIN:
            self.battery_w = min(self.battery_w, 0.0)
        if self.soc_percent >= 100:
            self.battery_w = max(self.battery_w, 0.0)
        cells_w = self.battery_w / EFFICIENCY if self.battery_w > 0 else self.battery_w * EFFICIENCY
        self.soc_percent -= cells_w / 3600 / self.capacity_wh * 100
        self.out_ws += max(0.0, -self.grid_w)
        self.in_ws += max(0.0, self.grid_w)
        self.now += 1
