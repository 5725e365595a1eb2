"""A contactor whose contact follows its coil later, and the transfer switch of an autonomous flat made of one.

The switch's main contact joins the living room to the grid. It opens by itself when the grid is gone and closes by
itself when the grid is back and the coil still asks for it: a controller that dies leaves the living room on the grid.
A welded contact stays where it is.
"""

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True, kw_only=True)
class Relay:
    """A contactor at one moment.

    Attributes:
        lag_ms: how long the contact needs to follow, 200 to 1000 ms.
        command: the coil: closed (True) or open.
        contact: closed (True) or open, as its feedback contact tells.
        due_ms: when a movement under way ends, on the simulation's clock; None at rest.
        welded: the contact does not move.
    """

    lag_ms: int
    command: bool = True
    contact: bool = True
    due_ms: int | None = None
    welded: bool = False


def move(relay: Relay, wanted: bool, now_ms: int) -> Relay:
    """The contactor at ``now_ms``: starts, ends or gives up a movement to where its contact is wanted."""
    if relay.welded or wanted == relay.contact:
        return relay if relay.due_ms is None else replace(relay, due_ms=None)
    if relay.due_ms is None:
        return replace(relay, due_ms=now_ms + relay.lag_ms)
    if now_ms < relay.due_ms:
        return relay
    return replace(relay, contact=wanted, due_ms=None)


def settle(relay: Relay, grid_fit: bool, now_ms: int) -> Relay:
    """The transfer switch at ``now_ms``."""
    return move(relay, relay.command and grid_fit, now_ms)
