"""The living room's relay: a command coil, a main contact that follows it later, and two feedback inputs.

The main contact joins the living room to the grid. It opens by itself when the grid is gone and closes by itself when
the grid is back and the coil still asks for it: the relay is a transfer switch, and a controller that dies leaves the
living room on the grid. A welded contact stays where it is.
"""

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True, kw_only=True)
class Relay:
    """A relay at one moment.

    Attributes:
        lag_ms: how long the contact needs to follow, 200 to 1000 ms.
        command: the coil: closed (True) or open.
        contact: the main contact, as its feedback contact tells.
        due_ms: when a movement under way ends, on the simulation's clock; None at rest.
        welded: the contact does not move.
    """

    lag_ms: int
    command: bool = True
    contact: bool = True
    due_ms: int | None = None
    welded: bool = False


def settle(relay: Relay, grid_present: bool, now_ms: int) -> Relay:
    """The relay at ``now_ms``: starts, ends or gives up a movement of the main contact."""
    wanted = relay.command and grid_present
    if relay.welded or wanted == relay.contact:
        return relay if relay.due_ms is None else replace(relay, due_ms=None)
    if relay.due_ms is None:
        return replace(relay, due_ms=now_ms + relay.lag_ms)
    if now_ms < relay.due_ms:
        return relay
    return replace(relay, contact=wanted, due_ms=None)
