"""What the connections of flats need of the coordinator, and what a flat is told of the building's terms now."""

from dataclasses import dataclass, field, replace
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncEngine

from localvpp.clock import Clock
from localvpp.etp import (
    Signer,
    Standing,
)
from localvpp.wire import (
    AskMarket,
    DrillAnswer,
    DrillDocument,
    DrillNews,
    Paper,
    Proposal,
    RollCall,
    ShowOrders,
    Terms,
    Verdict,
)

from ..ledger import Ledger
from ..metrics import Metrics
from ..store import Member
from ..witnesses import Cosigning, Mirrors
from .frames import LiveFrames
from .hub import Hub
from .results import SlotPlaces


class DrillPost(Protocol):
    """Who takes what flats say of drills."""

    async def take(self, member: Member, told: RollCall | DrillAnswer | DrillNews | DrillDocument) -> None:
        """Take it. Raises SQLAlchemyError when it cannot be made durable now."""


class MarketPost(Protocol):
    """Who takes what flats say of the market."""

    async def take(self, member: Member, told: AskMarket | ShowOrders | Proposal | Verdict) -> None:
        """Take it. Raises SQLAlchemyError, TlogError, OSError, SignerUnavailableError when that cannot be done now."""


class PapersPost(Protocol):
    """Who takes documents that flats give back."""

    async def take(self, member: Member, told: Paper) -> str | None:
        """Take one; return what is wrong with it. Raises SQLAlchemyError when it cannot be made durable now."""


@dataclass(frozen=True, slots=True)
class LinkServices:
    """What a session needs of the coordinator."""

    engine: AsyncEngine
    ledger: Ledger
    hub: Hub
    frames: LiveFrames
    metrics: Metrics
    clock: Clock
    terms: Terms
    signer: Signer
    cosigning: Cosigning
    mirrors: Mirrors
    drills: DrillPost
    market: MarketPost | None
    """None where flats do not trade."""
    papers: PapersPost
    places: SlotPlaces = field(default_factory=SlotPlaces)

    def terms_of(self, member: Member) -> Terms:
        """Return what one flat is told now."""
        now = self.ledger.directory.get(member.device) or member
        return replace(
            self.terms,
            signed_ms=self.clock.wall_ms(),
            held=self.ledger.held is not None,
            suspended=now.standing is Standing.SUSPENDED,
        )
