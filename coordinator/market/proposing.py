"""The search for a round's best result, where orders refuse parts: everybody may propose, and the best counts.

The coordinator clears the book as everybody can, tells what came of it as the first bid to beat, searches on by itself,
and takes from each flat what is right and better than the best so far: that is an entry of the log before the flat is
told so. When the time for it is over the best is the result. Clearing and searching take seconds: they run beside all
else, as tasks, in steps that are counted, and nothing that a flat proposes can make them longer.
"""

import asyncio
from collections.abc import Callable
import logging
import threading
from typing import Final

from localvpp.clock import Clock
from localvpp.etp import DeviceId, Kind
from localvpp.market import MarketError
from localvpp.market.rounds import (
    MOST_PROPOSALS,
    Bid,
    OpenedBook,
    Outcome,
    bid_of,
    digest,
    not_better,
    searched,
)
from localvpp.traded import untellable
from localvpp.wire import LONGEST_FINDING, MOST_FINDINGS, Proposal, ProposalHeard, no_room, room_for_result

from ..ledger import LedgerError
from ..store import Member, market as store
from ..store.market import StoredProposal
from .board import Board
from .books import outcome_of
from .hearing import Round
from .searching import Search
from .telling import Telling
from .writing import Writing

_CLEARED_AT_ONCE: Final = 2
_SEARCHED_AT_ONCE: Final = 1
"""A search takes longer, and no round waits for another one's."""
_OWN: Final = b"building"
"""Draws where the coordinator looks."""

_log = logging.getLogger(__name__)


class Proposing:
    """Of all rounds whose orders refuse parts."""

    def __init__(self, board: Board, writing: Writing, telling: Telling, clock: Clock) -> None:
        self._board = board
        self._writing = writing
        self._telling = telling
        self._clock = clock
        self._may_clear = asyncio.Semaphore(_CLEARED_AT_ONCE)
        self._may_search = asyncio.Semaphore(_SEARCHED_AT_ONCE)
        self._work: set[asyncio.Task[Bid]] = set()

    async def close(self) -> None:
        """End what runs beside; a thread that searches ends with its next step, and is not waited for."""
        for task in self._work:
            task.cancel()
        await asyncio.gather(*self._work, return_exceptions=True)

    async def result(self, known: Round) -> Bid | None:
        """Return what the result of a round is; None while its book is cleared, or better ones may come.

        Raises MarketError, SQLAlchemyError, SignerUnavailableError, LedgerError, TlogError, OSError.
        """
        book = known.stored.book
        assert book is not None, "it is fixed"
        if known.search is None:
            known.search = Search(self._begin(_cleared, book, self._may_clear))
        search = known.search
        if search.best is None:
            if not search.clearing.done():
                return None
            search.best = search.clearing.result()
            if known.proposals:
                search.best = _read(known.proposals[-1].document)
        if search.best.is_best or self._clock.wall_ms() >= known.proposals_ms:
            self.forget(known)
            return search.best
        await self._propose_own(known, search, book)
        await self.tell(known)
        return None

    def forget(self, known: Round) -> None:
        """End the search of a round: it is over, or its result is fixed."""
        if known.search is not None:
            for task in (known.search.clearing, known.search.own):
                if task is not None:
                    task.cancel()
        known.search = None

    def again(self, known: Round, before: Round) -> None:
        """Go on with what was searched of a round, which is known anew from the database."""
        known.chooses, known.search = before.chooses, before.search
        if known.search is not None and known.search.best is not None and known.proposals:
            known.search.best = _read(known.proposals[-1].document)

    async def tell(self, known: Round) -> None:
        """Tell the best so far to whoever is connected and has not heard it over this connection."""
        search = known.search
        if search is None or search.best is None or known.stored.result is not None:
            return
        if search.message_of is not search.best:
            search.message = await self._telling.message(known.stored, search.best.document)
            search.message_of = None if search.message is None else search.best
            if search.message is not None:
                search.room = room_for_result(search.message)
        if search.message is None:
            return  # The book is durable, and will be published.
        for device in tuple(self._board.listening - search.told):
            if device in self._board.hub:
                await self._telling.best(device, search.message)
                search.told.add(device)

    def joined(self, known: Round, device: DeviceId) -> None:
        """Tell a flat again what is best: it has a new connection."""
        if known.search is not None:
            known.search.told.discard(device)

    # --- what is proposed --------------------------------------------------------------------------

    async def judged(self, member: Member, told: Proposal) -> Bid | None:
        """Check what a flat proposes, as far as the best so far does not matter; answer what is of no use."""
        known = self._board.rounds.get(told.at)
        reason = self._untimely(known, member.device)
        if reason is not None:
            self._answer(member, told, (reason,))
            return None
        assert known is not None, "else it is said that it is over"
        assert known.stored.book is not None, "it is searched"
        assert known.search is not None, "it is searched"
        assert known.search.room is not None, "its book was told"
        if too_large := no_room(told.document, known.search.room):
            _log.warning("What flat %s proposes for %s cannot be told: %s", member.name, told.at, too_large)
            self._answer(member, told, (too_large,))
            return None
        bid, found = await asyncio.to_thread(_checked, told.document, known.stored.book)
        if bid is None:
            _log.warning("What flat %s proposes for %s is wrong: %s", member.name, told.at, "; ".join(found))
            self._answer(member, told, found)
        return bid

    async def offered(self, member: Member, told: Proposal, bid: Bid) -> None:
        """Take what a flat proposes, if it is better than the best so far, and tell it so.

        Raises SQLAlchemyError, SignerUnavailableError, TlogError, OSError.
        """
        known = self._board.rounds.get(told.at)
        if known is None or (search := known.search) is None or search.best is None:
            self._answer(member, told, (_LATE,))
            return
        reason = not_better(bid.result, search.best.result)
        if reason is not None:
            self._answer(member, told, (reason,))
            return
        try:
            record = await self._take(known, search, bid)
        except LedgerError as error:
            self._answer(member, told, (f"it is not taken now: {error}",))
            return
        _log.info("Flat %s has proposed a better result for %s", member.name, told.at)
        self._answer(member, told, (), record)

    def _untimely(self, known: Round | None, device: DeviceId) -> str | None:
        """Say why nothing is taken of a flat for a round."""
        if known is None or self._clock.wall_ms() >= known.proposals_ms or known.stored.result is not None:
            return _LATE
        search = known.search
        if search is None or search.best is None or search.room is None:
            return "nothing is to be beaten: its book is not told yet, or divides every order"
        search.tries[device] += 1
        if search.tries[device] > MOST_PROPOSALS:
            return f"of one flat {MOST_PROPOSALS} proposals are looked at in a round"
        return None

    def _answer(self, member: Member, told: Proposal, reasons: tuple[str, ...], record: bytes = b"") -> None:
        said = tuple(each[:LONGEST_FINDING] for each in reasons[:MOST_FINDINGS])
        if member.device in self._board.hub:
            self._board.hub.send(member.device, ProposalHeard(told.at, digest(told.document), record, said))

    async def _propose_own(self, known: Round, search: Search, book: bytes) -> None:
        if search.own is None:
            search.own = self._begin(_searched, book, self._may_search)
        if search.heard_own or search.room is None or not search.own.done():
            return
        assert search.best is not None, "it is cleared"
        try:
            bid = search.own.result()
        except MarketError as error:
            _log.error("The book of %s cannot be searched: %s", known.at, error)
            search.heard_own = True
            return
        except Exception:  # noqa: BLE001 - whatever it is, it is logged, and others go on
            # Whatever is wrong with a search, what everybody clears is there.
            _log.exception("The book of %s was not searched, for a fault", known.at)
            search.heard_own = True
            return
        if not_better(bid.result, search.best.result) is None:
            if too_large := no_room(bid.document, search.room):
                _log.warning("A better result was found for %s, and cannot be told: %s", known.at, too_large)
            else:
                await self._take(known, search, bid)
                _log.info("A better result was found for %s", known.at)
        search.heard_own = True

    async def _take(self, known: Round, search: Search, bid: Bid) -> bytes:
        """Log a result that is better than the best so far; return its sealed record."""
        taken_ms = self._clock.wall_ms()
        try:
            record = await self._writing.write(
                Kind.PROPOSAL,
                known,
                bid.document,
                lambda sealed: store.proposed(known.at, StoredProposal(sealed.hash, bid.document, taken_ms)),
                known.proposals_ms,
            )
        except BaseException:
            self._board.doubtful = True  # It may be logged.
            raise
        known.proposals.append(StoredProposal(record.hash, bid.document, taken_ms))
        search.best = bid
        return record.encode()

    def _begin(
        self, work: Callable[[bytes, Callable[[], bool]], Bid], book: bytes, may: asyncio.Semaphore
    ) -> asyncio.Task[Bid]:
        stop = threading.Event()

        async def run() -> Bid:
            async with may:
                try:
                    return await asyncio.to_thread(work, book, stop.is_set)
                finally:
                    stop.set()  # Of a task that is cancelled the thread would go on, and keep others waiting.

        task = asyncio.create_task(run())
        self._work.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[Bid]) -> None:
        self._work.discard(task)
        if not task.cancelled():
            task.exception()  # Whoever asks for the result is told; a round that is over asks no more.


_LATE: Final = "the round takes no proposals, or none any more"


def _cleared(book: bytes, _stopped: Callable[[], bool]) -> Bid:
    """Clear a book as everybody does. Raises MarketError."""
    return outcome_of(book)


def _searched(book: bytes, stopped: Callable[[], bool]) -> Bid:
    """Look further, until nobody waits for it any more. Raises MarketError."""
    opened = OpenedBook.decode(book)
    outcome = searched(opened, book, _OWN, stopped)
    bid, found = _checked(outcome.encode(), book)
    if bid is None:
        raise MarketError("; ".join(found))
    return bid


def _checked(document: bytes, book: bytes) -> tuple[Bid | None, tuple[str, ...]]:
    """Return what a proposal is worth, or all that is wrong with it."""
    bid, found = bid_of(document, book)
    if bid is not None and (why := untellable(OpenedBook.decode(book), document, bid.result)):
        return None, (why,)
    return bid, found


def _read(document: bytes) -> Bid:
    return Bid(document, Outcome.decode(document).result)
