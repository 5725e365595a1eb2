"""What bidding and delivering depend on, out of what a flat knows at one moment. Pure."""

from .bidder import Situation
from .blackout.state import BlackoutState
from .delivering import Around
from .devices import Battery
from .flat_state import FlatState
from .islanding import Grid
from .link import LinkState
from .rounds import FlatDevices
from .slots import Interval
from .steering import cadence_of
from .trading.state import MarketState


def situation_of(
    state: FlatState, devices: FlatDevices, *, slot_seconds: int | None, market_told: bool, islanded: bool | None
) -> Situation:
    """Return what bidding depends on.

    Args:
        state: all that is shown of the flat.
        devices: those that it has.
        slot_seconds: the length of a slot; None before it is known.
        market_told: whether the building has told the market's rules over this connection.
        islanded: whether the flat is cut off from the grid, as its devices said last.
    """
    return Situation(
        slot_seconds=slot_seconds,
        prices=None if state.terms is None else state.terms.prices,
        online=state.link.state is LinkState.ONLINE,
        market_told=market_told,
        islanded=islanded,
        has_inverter=devices.inverter is not None,
        has_battery=devices.battery is not None,
        battery=state.battery,
        efficiency_percent=None if state.life is None else state.life.efficiency_percent,
        steerable=devices.battery is not None and devices.battery.controllable,
        reserve_percent=None if state.blackout is None else state.blackout.reserve_percent,
    )


def around_of(
    market: MarketState, blackout: BlackoutState | None, slot_seconds: int | None, interval: Interval | None
) -> Around:
    """Return what a second's delivery depends on, beside its readings.

    Args:
        market: the flat's.
        blackout: what is known of blackouts; None where the flat looks after none.
        slot_seconds: the length of a slot; None before it is known.
        interval: the meter's, which is still open.
    """
    return Around(
        slot_seconds=slot_seconds,
        market=market,
        interval=interval,
        reserve_percent=None if blackout is None else blackout.reserve_percent,
        grid=Grid.GOOD if blackout is None else blackout.grid,
    )


def steers_battery(battery: Battery | None, *, delivers: bool, fills: bool) -> bool:
    """Whether a battery is commanded, or would be after an outage: then somebody has to say what its line bears."""
    return battery is not None and cadence_of(battery) is not None and (delivers or fills)
