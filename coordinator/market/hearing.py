"""A round as the coordinator knows it, and why what a flat says of it does not count. Pure."""

from dataclasses import dataclass, field

from localvpp.etp import DeviceId, EtpError, PublicKey
from localvpp.market import MarketError
from localvpp.market.rounds import Placed
from localvpp.wire import AskMarket, OpenBook, ShowOrders, Verdict, findings_name, open_verdict

from ..store.market import StoredRound, StoredVerdict

type Message = AskMarket | ShowOrders | Verdict


@dataclass(slots=True)
class Round:
    """A round that has not ended."""

    stored: StoredRound
    committed: dict[DeviceId, bytes]
    """What each flat's ORDERS record names that counts."""
    show_until: float
    """Of the monotonic clock."""
    shown: dict[DeviceId, bytes] = field(default_factory=dict)
    verdicts: dict[DeviceId, StoredVerdict] = field(default_factory=dict)
    message: OpenBook | None = None
    """Book and result with their proofs."""
    told: set[DeviceId] = field(default_factory=set)
    """Who was asked for a verdict over this connection."""


def orders_problem(told: ShowOrders, committed: bytes | None, origin: str, device: DeviceId) -> str | None:
    """Say why a document is not what a flat has logged; `committed` is what its record names."""
    try:
        placed = Placed.decode(told.document)
    except MarketError as error:
        return f"they cannot be read: {error}"
    if (placed.origin, placed.device, placed.slot) != (origin, device, told.slot):
        return "they are of another flat, slot or building"
    if placed.digest != committed:
        return f"the log holds others for slot {told.slot}"
    return None


def verdict_problem(
    told: Verdict, names: tuple[bytes, bytes], origin: str, device: DeviceId, key: PublicKey
) -> str | None:
    """Say why a verdict is none of a flat on this book and this result."""
    try:
        found = open_verdict(told.statement, device, origin)
        found.statement.verify(key)
    except EtpError as error:
        return str(error)
    if (found.slot, found.book, found.result) != (told.slot, *names):
        return f"it is on another book or result than those of slot {told.slot}"
    if found.findings != (findings_name(told.findings) if told.findings else None):
        return "it was signed over other findings"
    return None
