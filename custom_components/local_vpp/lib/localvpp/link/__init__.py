"""The flat's connection to its coordinator.

See `connection` for what it does, `handshake` for how both sides prove their keys, `following` for when a renewed key
of the building is believed, `meeting` for how the chains meet, `delivery` for how records come into the log.
"""

from .connection import FIRST_WAIT_S, LONGEST_WAIT_S, STEADY_S, Link
from .handshake import Caller, Introduced, shake_hands
from .listener import LinkListener
from .peer import SocketPeer
from .status import FatalLinkError, LinkError, LinkState, LinkStatus

__all__ = [
    "FIRST_WAIT_S",
    "LONGEST_WAIT_S",
    "STEADY_S",
    "Caller",
    "FatalLinkError",
    "Introduced",
    "Link",
    "LinkError",
    "LinkListener",
    "LinkState",
    "LinkStatus",
    "SocketPeer",
    "shake_hands",
]
