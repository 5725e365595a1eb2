"""The flat's connection to its coordinator. See `connection` for what it does, `meeting` for how the chains meet."""

from .connection import FIRST_WAIT_S, LONGEST_WAIT_S, STEADY_S, Link, LinkListener
from .status import FatalLinkError, LinkError, LinkState, LinkStatus

__all__ = [
    "FIRST_WAIT_S",
    "LONGEST_WAIT_S",
    "STEADY_S",
    "FatalLinkError",
    "Link",
    "LinkError",
    "LinkListener",
    "LinkState",
    "LinkStatus",
]
