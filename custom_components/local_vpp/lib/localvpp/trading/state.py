"""What there is to show of a flat's market: the rules, and how its slots and their rounds stand. Plain values.

Energy is in Wh, prices in ticks of 0.01 yen/kWh.
"""

from dataclasses import dataclass
from enum import StrEnum

from ..market import Order
from ..market.rounds import Rules


class Phase(StrEnum):
    """Where a slot, or a round of it, stands, as this flat knows it."""

    OPEN = "open"
    """A round of the slot is over, nothing is traded yet, and orders for the next one can be placed."""
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
    """Nothing is traded: a slot none of whose rounds is traded is settled by the sharing key."""


@dataclass(frozen=True, slots=True)
class OwnTrade:
    """What this flat buys or sells. Whose the other side is it does not know."""

    buys: bool
    wh: int
    price: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundState:
    """One round."""

    number: int
    phase: Phase
    orders: tuple[Order, ...] = ()
    """This flat's, as they count or would."""
    trades: tuple[OwnTrade, ...] = ()
    """This flat's, once the result counts."""
    price: int | None = None
    """The one price of all trades of the round; None where there are several, or none."""
    findings: tuple[str, ...] = ()
    """What is wrong with book or result, as this flat sees it; kept as evidence."""
    why: str = ""
    """Why nothing is traded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotState:
    """One slot, out of its rounds."""

    slot: int
    phase: Phase
    """Of the newest round that this flat has to do with; traded, when that is over and anything is."""
    orders: tuple[Order, ...] = ()
    """This flat's of that round."""
    trades: tuple[OwnTrade, ...] = ()
    """This flat's of all rounds that count."""
    price: int | None = None
    """The one price of the newest round that has one."""
    findings: tuple[str, ...] = ()
    why: str = ""
    """Why nothing is traded; empty where something is."""
    rounds: tuple[RoundState, ...] = ()
    """Those that this flat has to do with, in their order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MarketState:
    """The flat's market."""

    rules: Rules | None = None
    """Those that hold for the next slot; None while the building has told none: then nothing can be ordered."""
    slots: tuple[SlotState, ...] = ()
    """Those that are not over, and the last one that is, oldest first."""
