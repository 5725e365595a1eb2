"""Where a flat's connection stands, and why it ended."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from ..guard import Doubt
from ..tlog import VerifierKey
from ..wire import Code, Terms

_HELD: Final = "the building's log waits for its witnesses, and takes records then"
_SUSPENDED: Final = (
    "the building has suspended this flat and takes nothing of it but its word as a witness: ask the manager why. The "
    "flat goes on measuring, and sends its records when it is reinstated"
)


class LinkState(StrEnum):
    """Where the connection stands."""

    CONNECTING = "connecting"
    ONLINE = "online"
    REFUSED = "refused"
    """The coordinator does not accept this flat or one of its records, or proved another key than the building's: a
    person must look."""
    DIVERGED = "diverged"
    """The log holds other records of this flat than its own store, and they cannot be adopted: they are not proven,
    or a second copy of it runs."""


class LinkError(Exception):
    """The connection ended, with the reason."""


class ReleasedError(LinkError):
    """The flat is to connect anew, and to hear whether its records are taken: nothing has broken."""


class LogBehindError(LinkError):
    """The building's renewed key stands in a log that is held and smaller than the witnessed one: it is not believed.

    The flat still has a word to say, as a witness.
    """

    state = LinkState.CONNECTING
    """What the flat shows meanwhile."""

    def __init__(self, message: str, log_key: VerifierKey) -> None:
        super().__init__(message)
        self.log_key = log_key
        """Of that log, which has signed what was witnessed, too."""


class FatalLinkError(LinkError):
    """Trying again soon cannot help."""

    def __init__(self, state: LinkState, message: str, code: Code | None = None, *, foreign: bool = False) -> None:
        super().__init__(message)
        self.state = state
        self.code = code
        self.foreign = foreign
        """Whether what answers is of another log, or signs with a key that the building has renewed."""


class FormerKeyError(FatalLinkError):
    """The terms are signed with a key that the building has renewed, as this flat was shown: they are not believed.

    If they are of the log that it has witnessed, it still has a word to say, as a witness.
    """

    def __init__(self, message: str, log_key: VerifierKey) -> None:
        super().__init__(LinkState.REFUSED, message, foreign=True)
        self.log_key = log_key
        """Of the log that the terms name; whether it has signed what was witnessed is yet to be looked at."""


class StolenKeyError(FatalLinkError):
    """The building's key names a key in its place that it has not committed to: somebody else has it."""

    def __init__(self, message: str, sealed: bytes) -> None:
        super().__init__(LinkState.REFUSED, message)
        self.sealed = sealed
        """The rotation, which the building's key has signed."""


@dataclass(frozen=True, slots=True)
class LinkStatus:
    """Where the connection stands, and why, in a sentence."""

    state: LinkState
    reason: str = ""
    code: Code | None = None
    """The coordinator's own, when it has refused this flat or a record of it."""
    stolen: bool = False
    """Whether whoever is there has the building's key and wants to put another in its place: no invite of his helps."""
    foreign: bool = False
    """Whether whoever is there is of another log, or signs with a key that was renewed: no invite of his helps."""


def greeted(terms: Terms, doubt: Doubt | None, *, diverged: bool) -> LinkStatus:
    """Return what a connection that was greeted shows.

    Args:
        terms: the building's, which it was greeted with.
        doubt: why the flat's witness signs nothing.
        diverged: whether the ends of the chain have not met; so it is shown until they have.
    """
    if terms.suspended:
        return LinkStatus(LinkState.REFUSED, _SUSPENDED, Code.SUSPENDED)
    why = _HELD if terms.held else ""
    if doubt is not None:
        why = f"{why}. This flat's witness signs nothing: {doubt.reason}"
    return LinkStatus(LinkState.DIVERGED if diverged else LinkState.ONLINE, why)
