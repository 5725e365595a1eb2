"""What there is to show of a flat's bidding. Plain values: energy in Wh, prices in ticks of 0.01 yen/kWh."""

from dataclasses import dataclass
from enum import StrEnum

from ..market import Order


class Why(StrEnum):
    """Why nothing is ordered for a slot."""

    OFF = "off"
    OFFLINE = "offline"
    """The building is not reached."""
    NO_RULES = "no_rules"
    """The building has not told, over this connection, that it has a market."""
    ISLANDED = "islanded"
    NO_PRICES = "no_prices"
    LOAD_UNKNOWN = "load_unknown"
    """What the flat will use cannot be foretold yet."""
    SUN_UNKNOWN = "sun_unknown"
    BATTERY_UNKNOWN = "battery_unknown"
    """Neither the battery nor its resident says all of what it holds and what it can."""
    NOTHING = "nothing"
    """There is nothing to buy or to sell."""
    REFUSED = "refused"
    """Orders could not be made or placed: the log says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """What a flat has bought and sold by the market since local midnight, in slots that have been cleared."""

    begin: int
    """Seconds of Unix time."""
    bought_wh: int = 0
    sold_wh: int = 0
    saved: int | None = 0
    """In 10⁻⁵ yen: what the same energy would have cost more, or brought less, at the grid's prices. Of settled slots
    it is of what was delivered, of the others of what was traded. None while the prices of one of these are unknown."""
    slots: int = 0
    """With trades of its own."""
    settled: int = 0
    """How many of them are settled."""


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
    """Of the newest slot in which all trades had one price."""
    today: Day | None = None
