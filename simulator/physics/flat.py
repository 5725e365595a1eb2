"""One flat: load, PV, battery, billing meter and how its living room is wired, one second at a time.

``step`` is pure. Its balance is exact in integers: the load that was served equals PV plus battery plus grid.

Three wirings, by what stands between the living room and the grid:

- a :class:`~simulator.physics.relay.Relay`: a transfer switch of its own, with the inverter on the living room's side;
- a :class:`~simulator.physics.backup.Backup`: the inverter's backup terminals, whose contacts the inverter owns;
- a :class:`~simulator.physics.pair.Pair`: two contactors, one to the grid, one to the inverter's output for outages.
"""

from dataclasses import dataclass, replace

from . import inverter as hybrid
from .backup import Backup, transfer
from .energy import EnergyRegisters
from .grid import DEAD, Grid, at_flat
from .inverter import Inverter, InverterRating, Link
from .pair import Pair, settle as settle_pair
from .relay import Relay, settle as settle_relay

type Switch = Relay | Backup | Pair


@dataclass(frozen=True, slots=True, kw_only=True)
class FlatRating:
    """What a flat is made of; ``living_permille`` is the living room's share of the load."""

    living_permille: int
    inverter: InverterRating | None

    def fit(self, grid: Grid) -> bool:
        """Whether the flat's own switch takes this for a grid."""
        return grid.present if self.inverter is None else grid.fit(self.inverter.nominal_hz)


@dataclass(frozen=True, slots=True)
class FlatInputs:
    """What one second brings: the wish for power, the sun's offer at the AC terminals (milliwatts), and the grid.

    ``surge_mw`` is drawn in the living room on top of its share.
    """

    demand_mw: int
    pv_mw: int
    grid: Grid
    surge_mw: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Flat:
    """A flat at one moment; powers in milliwatts.

    Attributes:
        switch: how the living room is wired.
        clock_ms: the simulation's monotonic clock.
        grid: the grid at the billing meter.
        load_mw: load served.
        living_mw: the living room's part of it.
        grid_mw: power at the billing meter, positive: import.
        energised: the living room has voltage.
        dark_ms: for how long the living room had none, since the simulation began.
    """

    switch: Switch
    inverter: Inverter | None
    meter: EnergyRegisters
    clock_ms: int = 0
    grid: Grid = DEAD
    load_mw: int = 0
    living_mw: int = 0
    grid_mw: int = 0
    energised: bool = True
    dark_ms: int = 0

    @property
    def islanded(self) -> bool:
        """The living room lives on its own inverter."""
        return self.forming and (not isinstance(self.switch, Pair) or self.switch.island.contact)

    @property
    def forming(self) -> bool:
        """The inverter makes a voltage by itself, whatever hangs on it."""
        return self.inverter is not None and self.inverter.link is Link.FORMING

    @property
    def separated(self) -> bool:
        """What lies behind the inverter's own contacts, or behind the relay of the living room, is off the grid."""
        match self.switch:
            case Relay(contact=contact):
                return not contact
            case Backup() as output:
                return output.separated
            case Pair(output=output):
                return output.separated


@dataclass(frozen=True, slots=True)
class _Fed:
    """For how many milliseconds of a step the living room hangs on the grid, and on the inverter."""

    switch: Switch
    inverter: Inverter | None
    grid_ms: int
    island_ms: int


def settle_switch(switch: Switch, grid_fit: bool, now_ms: int) -> Switch:
    """The contacts outside of the inverter where they are by ``now_ms``, between two steps."""
    match switch:
        case Relay():
            return settle_relay(switch, grid_fit, now_ms)
        case Pair():
            return settle_pair(switch, now_ms)
        case Backup():
            return switch


def _behind_relay(rating: FlatRating, flat: Flat, relay: Relay, grid: Grid, dt_ms: int) -> _Fed:
    now = flat.clock_ms + dt_ms
    inverter = flat.inverter
    relay = settle_relay(relay, rating.fit(grid), now)
    if inverter is not None and rating.inverter is not None:
        inverter = hybrid.beyond_contact(rating.inverter, inverter, grid, relay.contact, now)
    on_grid = grid.present and relay.contact
    islanded = inverter is not None and inverter.link is Link.FORMING
    return _Fed(relay, inverter, dt_ms if on_grid else 0, dt_ms if islanded else 0)


def _own_output(
    rating: InverterRating, inverter: Inverter, output: Backup, grid: Grid, begin_ms: int, now_ms: int, *, let_go: bool
) -> tuple[Backup, Inverter, int]:
    """The inverter and its output, and for how many milliseconds the output was at rest on its side."""
    before = output.separated
    inverter, out = hybrid.wants_out(rating, inverter, before, grid, now_ms, let_go=let_go)
    output, held_ms = transfer(output, out, begin_ms, now_ms)
    returned = before and not output.separated
    return output, hybrid.owning(rating, inverter, output, returned, grid, now_ms), held_ms


def _on_backup(rating: InverterRating, flat: Flat, output: Backup, grid: Grid, dt_ms: int) -> _Fed:
    assert flat.inverter is not None, "backup terminals are an inverter's"
    now = flat.clock_ms + dt_ms
    output, inverter, held_ms = _own_output(rating, flat.inverter, output, grid, flat.clock_ms, now, let_go=False)
    through = held_ms if grid.present and not output.separated else 0
    return _Fed(output, inverter, through, held_ms if inverter.link is Link.FORMING else 0)


def _on_pair(rating: InverterRating, flat: Flat, pair: Pair, grid: Grid, dt_ms: int) -> _Fed:
    assert flat.inverter is not None, "a pair joins an inverter's output"
    now = flat.clock_ms + dt_ms
    output, inverter, held_ms = _own_output(rating, flat.inverter, pair.output, grid, flat.clock_ms, now, let_go=True)
    pair = settle_pair(replace(pair, output=output), now)
    on_grid = grid.present and pair.main.contact
    islanded = inverter.link is Link.FORMING and pair.island.contact
    return _Fed(pair, inverter, dt_ms if on_grid else 0, held_ms if islanded else 0)


def _feed(rating: FlatRating, flat: Flat, grid: Grid, dt_ms: int) -> _Fed:
    match flat.switch:
        case Relay() as relay:
            return _behind_relay(rating, flat, relay, grid, dt_ms)
        case Backup() as output:
            assert rating.inverter is not None, "backup terminals are an inverter's"
            return _on_backup(rating.inverter, flat, output, grid, dt_ms)
        case Pair() as pair:
            assert rating.inverter is not None, "a pair joins an inverter's output"
            return _on_pair(rating.inverter, flat, pair, grid, dt_ms)


def step(rating: FlatRating, flat: Flat, inputs: FlatInputs, dt_s: int) -> Flat:
    """The flat ``dt_s`` seconds later."""
    dt_ms = dt_s * 1000
    now = flat.clock_ms + dt_ms
    if flat.inverter is not None:
        ready = replace(flat.inverter, controls=flat.inverter.controls.at(now), pv_available_mw=inputs.pv_mw)
        flat = replace(flat, inverter=ready)
    fed = _feed(rating, flat, inputs.grid, dt_ms)
    share = inputs.demand_mw * rating.living_permille // 1000
    living, rest = share + inputs.surge_mw, inputs.demand_mw - share
    on_grid = (rest if inputs.grid.present else 0) + living * fed.grid_ms // dt_ms
    inverter, island_ms = fed.inverter, fed.island_ms
    pv = battery = 0
    if inverter is not None and rating.inverter is not None:
        if inverter.link is Link.FOLLOWING:
            pv, battery = hybrid.follow(rating.inverter, inverter, on_grid, now, dt_s)
        elif inverter.link is Link.FORMING:
            made = hybrid.form(rating.inverter, inverter, living if island_ms else 0, island_ms, dt_s)
            if made is None:
                inverter = replace(inverter, link=Link.DOWN, retry_ms=now + hybrid.RETRY_MS)
                island_ms = 0
            else:
                pv, battery = made
        inverter = hybrid.settle(rating.inverter, inverter, pv, battery, dt_s)
    islanded = living * island_ms // dt_ms
    load = on_grid + islanded
    grid_mw = load - pv - battery
    assert fed.grid_ms + island_ms <= dt_ms, "the living room hung on grid and inverter at once"
    assert inputs.grid.present or grid_mw == 0, "power crossed a meter without a grid"
    lit_ms = fed.grid_ms + island_ms
    return replace(
        flat,
        switch=fed.switch,
        inverter=inverter,
        meter=flat.meter.count(grid_mw, dt_s),
        clock_ms=now,
        grid=at_flat(inputs.grid, grid_mw),
        load_mw=load,
        living_mw=load - rest if inputs.grid.present else load,
        grid_mw=grid_mw,
        energised=lit_ms > 0,
        dark_ms=flat.dark_ms + dt_ms - lit_ms,
    )
