"""The rounds that a flat has to do with: durable before they count, and with what it holds against its building."""

from collections.abc import Callable, Sequence
import logging

from ..clock import Clock
from ..notebook import Evidence, EvidenceKind, Notebook
from ..store import FlatStore
from ..wire import Membership, RoundName
from .kept import KeptRound, TradingBook
from .proving import testify

_LOGGER = logging.getLogger(__name__)


class Shelf:
    """All that waits raises StoreError when the store fails."""

    def __init__(self, membership: Membership, store: FlatStore, clock: Clock, changed: Callable[[], None]) -> None:
        self._own = membership
        self._store = store
        self._clock = clock
        self._changed = changed
        self._notebook = Notebook(store)
        self.book = TradingBook(store)
        self.rounds: dict[RoundName, KeptRound] = {}
        """Those that are looked at."""

    async def of(self, at: RoundName) -> KeptRound | None:
        """Return a round; None when this flat has had nothing to do with it."""
        return self.rounds.get(at) or await self.book.one(at)

    async def change(self, kept: KeptRound) -> None:
        """Keep how a round stands now."""
        await self.book.keep(kept)
        self.rounds[kept.at] = kept
        self._changed()

    async def hold_against(self, kept: KeptRound, findings: Sequence[str], theirs: bytes) -> None:
        """Keep what the building has signed and what it contradicts, before anything is told of it."""
        _LOGGER.error("Flat %s disputes %s: %s", self._own.flat, kept.at, "; ".join(findings))
        counts = None
        if kept.log_since is not None and kept.log_size is not None:
            counts = kept.counted(kept.log_since, kept.log_size)
        records = [each.record for each in kept.documents if each.record is not None]
        own = [found for record in records if (found := await self._store.kept(record)) is not None]
        document = None if counts is None else counts.placed.encode()
        proposed = kept.proposal, kept.proposal_record
        listed = None if kept.listed is None else kept.listed.encode()
        ours = testify(kept.rules, kept.closed, listed, kept.taken, kept.verdict, document, own, proposed)
        reason = f"{kept.at}: {'; '.join(findings)}"
        await self._notebook.keep(Evidence(self._clock.wall_ms(), reason, ours, theirs, EvidenceKind.MARKET))

    async def contradicted(self, reason: str, before: bytes, now: bytes) -> None:
        """Keep two words of the building's on its rules that cannot both be true."""
        _LOGGER.error("Flat %s: %s", self._own.flat, reason)
        ours = testify(before, None, None, None, None, None, (), (None, None))
        await self._notebook.keep(Evidence(self._clock.wall_ms(), reason, ours, now, EvidenceKind.MARKET))
