"""What there is to show of a flat's bidding. Plain values: energy in Wh, prices in ticks of 0.01 yen/kWh."""

from dataclasses import dataclass
from enum import StrEnum

from ..market import Order


class Why(StrEnum):
    """Why nothing is ordered for a slot."""

    OFF = "switched off"
    OFFLINE = "not connected to the building"
    NO_RULES = "the building has not told the market's rules"
    ISLANDED = "separated from the grid"
    NO_PRICES = "the grid's prices are unknown"
    LOAD_UNKNOWN = "the load cannot be foretold yet"
    SUN_UNKNOWN = "the sun cannot be foretold yet"
    BATTERY_UNKNOWN = "the battery does not say what it holds and can"
    NOTHING = "nothing to buy or to sell"
    REFUSED = "the orders could not be placed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """What a flat has bought and sold by the market since local midnight, in slots that have been cleared."""

    begin: int
    """Seconds of Unix time."""
    bought_wh: int = 0
    sold_wh: int = 0
    saved: int | None = 0
    """In 10⁻⁵ yen: what the same energy would have cost more, or brought less, at the grid's prices. None while the
    prices of one of the slots are unknown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BidderState:
    """What is known of it; all is unknown without a market."""

    next_gate_ms: int | None = None
    """When the next slot closes that can still be ordered for."""
    next_slot: int | None = None
    """The slot that begins next."""
    orders: tuple[Order, ...] | None = None
    """This flat's for that; None before it is decided."""
    why: Why | None = None
    """Why there are none."""
    last_price: int | None = None
    """At which the newest slot was cleared in which anybody traded."""
    today: Day | None = None
