"""One flat: load, PV, battery, billing meter and the living room's relay, one second at a time.

``step`` is pure. Its balance is exact in integers: the load that was served equals PV plus battery plus grid.
"""

from dataclasses import dataclass, replace

from . import inverter as hybrid
from .energy import EnergyRegisters
from .grid import DEAD, Grid, at_flat
from .inverter import Inverter, InverterRating, Link
from .relay import Relay, settle as settle_relay


@dataclass(frozen=True, slots=True, kw_only=True)
class FlatRating:
    """What a flat is made of; ``living_permille`` is the living room's share of the load."""

    living_permille: int
    inverter: InverterRating | None


@dataclass(frozen=True, slots=True)
class FlatInputs:
    """What one second brings: the wish for power, the sun's offer at the AC terminals (milliwatts), and the grid."""

    demand_mw: int
    pv_mw: int
    grid: Grid


@dataclass(frozen=True, slots=True, kw_only=True)
class Flat:
    """A flat at one moment; powers in milliwatts.

    Attributes:
        clock_ms: the simulation's monotonic clock.
        grid: the grid at the billing meter.
        load_mw: load served.
        living_mw: the living room's part of it.
        grid_mw: power at the billing meter, positive: import.
        energised: the living room has voltage.
    """

    relay: Relay
    inverter: Inverter | None
    meter: EnergyRegisters
    clock_ms: int = 0
    grid: Grid = DEAD
    load_mw: int = 0
    living_mw: int = 0
    grid_mw: int = 0
    energised: bool = True

    @property
    def islanded(self) -> bool:
        """The living room lives on its own inverter."""
        return self.inverter is not None and self.inverter.link is Link.FORMING


def step(rating: FlatRating, flat: Flat, inputs: FlatInputs, dt_s: int) -> Flat:
    """The flat ``dt_s`` seconds later."""
    now = flat.clock_ms + dt_s * 1000
    relay = settle_relay(flat.relay, inputs.grid.present, now)
    living = inputs.demand_mw * rating.living_permille // 1000
    rest = inputs.demand_mw - living
    on_grid = (rest if inputs.grid.present else 0) + (living if inputs.grid.present and relay.contact else 0)
    inverter = flat.inverter
    pv = battery = 0
    islanded = False
    if inverter is not None and rating.inverter is not None:
        ready = replace(inverter, controls=inverter.controls.at(now), pv_available_mw=inputs.pv_mw)
        inverter = hybrid.link(rating.inverter, ready, inputs.grid, relay.contact, now)
        if inverter.link is Link.FOLLOWING:
            pv, battery = hybrid.follow(rating.inverter, inverter, on_grid, now, dt_s)
        elif inverter.link is Link.FORMING:
            fed = hybrid.form(rating.inverter, inverter, living, dt_s)
            if fed is None:
                inverter = replace(inverter, link=Link.DOWN, retry_ms=now + hybrid.RETRY_MS)
            else:
                pv, battery = fed
                islanded = True
        inverter = hybrid.settle(rating.inverter, inverter, pv, battery, dt_s)
    load = on_grid + (living if islanded else 0)
    energised = islanded or (inputs.grid.present and relay.contact)
    grid_mw = load - pv - battery
    assert inputs.grid.present or grid_mw == 0, "power crossed a meter without a grid"
    return replace(
        flat,
        relay=relay,
        inverter=inverter,
        meter=flat.meter.count(grid_mw, dt_s),
        clock_ms=now,
        grid=at_flat(inputs.grid, grid_mw),
        load_mw=load,
        living_mw=living if energised else 0,
        grid_mw=grid_mw,
        energised=energised,
    )
