"""A round as the coordinator knows it, and why what a flat says of it does not count. Pure."""

import asyncio
from dataclasses import dataclass, field

from localvpp.etp import DeviceId, PublicKey
from localvpp.market import MarketError, refused_by
from localvpp.market.rounds import Asked, Placed, Rules
from localvpp.wire import (
    AskMarket,
    Found,
    OpenBook,
    Proposal,
    RoundName,
    ShowOrders,
    Verdict,
    findings_name,
    open_verdict,
)

from ..store.market import StoredProposal, StoredRound, StoredVerdict
from .searching import Search

type Message = AskMarket | ShowOrders | Proposal | Verdict


@dataclass(frozen=True, slots=True)
class Leave:
    """The result of a round without the offers that nobody vouches for, as it is worked out."""

    vouching: frozenset[DeviceId]
    """Who did when that was begun."""
    task: asyncio.Task[bytes | None]
    """None where nothing would be traded."""


@dataclass(slots=True)
class Round:
    """A round that has not ended."""

    stored: StoredRound
    rules: Rules
    committed: dict[DeviceId, bytes]
    """What each flat's ORDERS record names that counts."""
    show_until: float
    """Of the monotonic clock."""
    shown: dict[DeviceId, bytes] = field(default_factory=dict)
    verdicts: dict[DeviceId, StoredVerdict] = field(default_factory=dict)
    chooses: bool | None = None
    """Whether orders of its book refuse parts; None as long as nobody has looked."""
    search: Search | None = None
    """For its best result, where they do."""
    proposals: list[StoredProposal] = field(default_factory=list)
    """What was found by it, each better than the one before."""
    asked: Asked | None = None
    """What it takes for its result to count; None as long as nobody has looked."""
    open_since: float | None = None
    """When its result was first shown to flats, since the coordinator was started: of the monotonic clock."""
    leave: Leave | None = None
    """What is worked out in its place, without those who have no word on it."""
    message: OpenBook | None = None
    """Book and result with their proofs."""
    told: set[DeviceId] = field(default_factory=set)
    """Who was asked for a verdict over this connection."""

    @property
    def at(self) -> RoundName:
        """Which round it is."""
        return self.stored.at

    @property
    def end_ms(self) -> int:
        """By when enough flats have to have agreed."""
        return self.rules.end_ms(self.stored.slot, self.stored.number)

    @property
    def proposals_ms(self) -> int:
        """Until when better results are taken, where orders refuse parts."""
        return self.rules.proposals_ms(self.stored.slot, self.stored.number)


def orders_problem(told: ShowOrders, known: Round, origin: str, device: DeviceId) -> str | None:
    """Say why a document is not what a flat has logged, or cannot be in the round's book."""
    try:
        placed = Placed.decode(told.document)
    except MarketError as error:
        return f"they cannot be read: {error}"
    if (placed.origin, placed.device, placed.slot, placed.number) != (origin, device, told.at.slot, told.at.number):
        return "they are of another flat, round or building"
    if placed.digest != known.committed.get(device):
        return f"the log holds others for {told.at}"
    if sum(hashed == placed.digest for hashed in known.committed.values()) > 1:
        return "another flat has logged the same: whose they are nobody could tell by the log"
    for order in placed.offer.orders:
        if why := refused_by(known.rules.price, order):
            return why
    return None


def verdict_of(told: Verdict, names: tuple[bytes, bytes], origin: str, device: DeviceId, key: PublicKey) -> Found:
    """Return what a flat says of this book and this result. Raises EtpError, ValueError for what is no such word."""
    found = open_verdict(told.statement, device, origin)
    found.statement.verify(key)
    if (found.at, found.book, found.result) != (told.at, *names):
        raise ValueError(f"it is on another book or result than those of {told.at}")
    if found.findings != (findings_name(told.findings) if told.findings else None):
        raise ValueError("it was signed over other findings")
    return found
