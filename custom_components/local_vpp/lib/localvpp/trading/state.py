"""What there is to show of a flat's market: the rules, and how its slots stand. Plain values.

Energy is in Wh, prices in ticks of 0.01 yen/kWh.
"""

from dataclasses import dataclass
from enum import StrEnum

from ..market import Order
from ..wire import MarketRules


class Phase(StrEnum):
    """Where a slot stands, as this flat knows it."""

    PLACED = "placed"
    """This flat's orders wait for the log."""
    LOGGED = "logged"
    CLOSED = "closed"
    """The gate is closed: orders are being shown."""
    AGREED = "agreed"
    """This flat has found book and result right; it counts when enough others have, too."""
    DISPUTED = "disputed"
    """It has found something wrong."""
    TRADED = "traded"
    SHARED = "shared"
    """Nothing is traded: the slot is settled by the sharing key."""


@dataclass(frozen=True, slots=True)
class OwnTrade:
    """What this flat buys or sells. Whose the other side is it does not know."""

    buys: bool
    wh: int
    price: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotState:
    """One slot."""

    slot: int
    phase: Phase
    orders: tuple[Order, ...] = ()
    """This flat's, as they count or would."""
    trades: tuple[OwnTrade, ...] = ()
    """This flat's, once the result counts."""
    price: int | None = None
    """The one price of all trades of the slot; None where there are several, or none."""
    findings: tuple[str, ...] = ()
    """What is wrong with book or result, as this flat sees it; kept as evidence."""
    why: str = ""
    """Why nothing is traded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MarketState:
    """The flat's market."""

    rules: MarketRules | None = None
    """None while the building has told none: then nothing can be ordered."""
    slots: tuple[SlotState, ...] = ()
    """Those that are not over, and the last one that is, oldest first."""
