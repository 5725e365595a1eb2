"""Takes a round from step to step: from what was shown to the book, its result, and what came of it.

What a step has fixed is durable before anybody hears of it, and no later step changes it: where the gate was closed,
the book, the result. A coordinator that is killed between two steps and started again goes on with the next one; when
it is too late for that nothing is traded. There is never a second book of a round, and of
results only the one that leaves out who has given no word (`leaving`).
"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
import logging

from localvpp.clock import Clock
from localvpp.etp import Kind
from localvpp.market import MarketError
from localvpp.market.rounds import Asked, Bid, agreement_problem, claim_problem, quorum_problem
from localvpp.wire import RoundName

from ..store import market as store
from ..store.market import StoredRound
from .board import Board
from .books import TooLargeError, asked_of, book_of, chooses, cleared_of, outcome_of, words_of
from .ending import Ended, Why
from .hearing import Round
from .leaving import Leaving
from .proposing import Proposing
from .telling import Telling
from .troubles import StaleError
from .writing import Writing

_log = logging.getLogger(__name__)


class Steps:
    """Of all rounds."""

    def __init__(self, board: Board, writing: Writing, proposing: Proposing, telling: Telling, clock: Clock) -> None:
        self._board = board
        self._writing = writing
        self._proposing = proposing
        self._telling = telling
        self._clock = clock
        self._leaving = Leaving(clock)

    async def close(self) -> None:
        """End what runs beside."""
        await self._leaving.close()

    async def go_on(self, known: Round) -> None:
        """Take each step that is due, one after the other.

        Raises SQLAlchemyError, SignerUnavailableError, LedgerError, TlogError, OSError.
        """
        if self._clock.wall_ms() >= known.end_ms:
            await self._end(known, await self._why(known))
            return
        try:
            if known.stored.book is None and not await self._make_book(known):
                return
            if known.stored.book_record is None:
                await self._log_book(known)
            if known.stored.result is None:
                best = await self._result(known)
                if best is None:
                    return
                if not best.result.trades:
                    await self._end(known, Why.NO_TRADES)
                    return
                await self._keep(known, replace(known.stored, result=best.document))
            if known.message is None:
                known.message = await self._telling.message(known.stored)
            asked = await self._asked(known)
        except MarketError as error:
            _log.error("Nothing can be traded by %s: %s", known.at, error)
            await self._end(known, Why.TOO_LARGE if isinstance(error, TooLargeError) else Why.UNCLEARED)
            return
        await self.propose(known)
        words = words_of(known.stored, known.verdicts)
        is_fixed = known.stored.cleared is not None  # By words that were enough, whichever are known now.
        if is_fixed or agreement_problem(asked, words.agreed.keys(), words.vouching) is None:
            await self._log_cleared(known, words.all)
        elif (second := self._leaving.second(known)) is not None:
            await self._propose_second(known, second)

    async def _propose_second(self, known: Round, result: bytes) -> None:
        """Propose a result without those who have no word on the first one: words on that count no more.

        Raises SQLAlchemyError, SignerUnavailableError, TlogError, OSError, MarketError.
        """
        _log.warning("In %s flats have given no word on the result: one without their orders is proposed", known.at)
        self._leaving.forget(known)
        await self._keep(known, replace(known.stored, first=known.stored.result, result=result))
        known.verdicts, known.told, known.message, known.asked = {}, set(), None, None
        known.message = await self._telling.message(known.stored)
        await self.propose(known)

    async def _asked(self, known: Round) -> Asked:
        """Return what it takes for the result of a round to count: worked out once. Raises MarketError."""
        if known.asked is None:
            book, result = known.stored.book, known.stored.result
            assert book is not None, "it is fixed"
            assert result is not None, "it is fixed"
            known.asked = await asyncio.to_thread(asked_of, book, result, dict(known.committed))
        return known.asked

    async def _result(self, known: Round) -> Bid | None:
        """Return the result of a round; None while it is searched for.

        Raises MarketError, SQLAlchemyError, SignerUnavailableError, LedgerError, TlogError, OSError.
        """
        book = known.stored.book
        assert book is not None, "it is fixed"
        if known.chooses is None:
            known.chooses = await asyncio.to_thread(chooses, book)
        if known.chooses:
            return await self._proposing.result(known)
        return await asyncio.to_thread(outcome_of, book)

    async def propose(self, known: Round) -> None:
        """Show book and result to whoever is connected and has not seen them over this connection."""
        if known.message is None:
            return  # It is durable, and will be published.
        if known.open_since is None:
            known.open_since = self._clock.monotonic()
        for device in tuple(self._board.listening - known.told):
            if device in self._board.hub:
                await self._telling.proposed(device, known.message)
                known.told.add(device)

    def again(self, known: Round, before: Round) -> None:
        """Go on with what was begun for a round, which is known anew from the database."""
        known.show_until, known.open_since = before.show_until, before.open_since
        if known.stored.result == before.stored.result:
            known.told, known.leave = before.told, before.leave
        else:
            self._leaving.forget(before)  # A second one was stored, and nobody has heard.
        self._proposing.again(known, before)

    def drop(self, known: Round) -> None:
        """End what is worked out for a round that is over."""
        self._proposing.forget(known)
        self._leaving.forget(known)
        self._board.rounds.pop(known.at, None)

    async def tell_ended(self, at: RoundName) -> None:
        """Tell whoever is connected what came of a round; whoever is not asks."""
        async with self._board.engine.connect() as connection:
            stored = await store.one(connection, at)
        if stored is not None:
            await self._telling.ended(stored, *self._board.listening)

    async def fail(self, known: Round) -> None:
        """End a round that the program cannot go on with, unless it has ended already: what is logged stays.

        Raises SQLAlchemyError, SignerUnavailableError, TlogError, OSError.
        """
        async with self._board.engine.connect() as connection:
            stored = await store.one(connection, known.at)
        if stored is None or stored.ended is not None:
            self.drop(known)
            return
        known.stored = stored
        await self._end(known, Why.FAULT)

    async def _why(self, known: Round) -> Why:
        """Say why nothing came of a round until it was over."""
        stored = known.stored
        if stored.book is None:
            return Why.NOT_SHOWN
        if stored.book_record is None or stored.result is None:
            return Why.NO_BOOK
        try:
            asked = await self._asked(known)
        except MarketError:
            return Why.UNCLEARED
        words = words_of(stored, known.verdicts)
        if quorum_problem(asked, words.agreed.keys()) is None:
            return Why.UNCLAIMED if claim_problem(asked, words.vouching) else Why.UNLOGGED
        disputed = any(not verdict.agrees for verdict in known.verdicts.values())
        return Why.DISPUTED if disputed else Why.NO_QUORUM

    async def _make_book(self, known: Round) -> bool:
        """Fix the book once all have shown their orders, or had their time to; return whether there is one.

        Raises MarketError.
        """
        late = self._clock.monotonic() >= known.show_until
        if not late and known.shown.keys() < known.committed.keys():
            return False
        names = {device: member.name for device, member in self._board.ledger.directory.by_device.items()}
        if silent := sorted(names.get(device, device.hex()) for device in known.committed.keys() - known.shown.keys()):
            _log.warning("In %s flats have not shown what they ordered: %s", known.at, ", ".join(silent))
        if not known.shown:
            await self._end(known, Why.NOT_SHOWN)
            return False
        stored = replace(known.stored, voters=tuple(sorted({*known.stored.voters, *known.shown})))
        documents = known.rules, dict(known.shown), names
        book = await asyncio.to_thread(book_of, stored, *documents)
        await self._keep(known, replace(stored, book=book))
        return True

    async def _log_book(self, known: Round) -> None:
        stored = known.stored
        assert stored.book is not None, "it is fixed"
        record = await self._writing.write(
            Kind.BOOK, known, stored.book, lambda sealed: store.book_logged(stored.at, sealed.hash)
        )
        known.stored = replace(stored, book_record=record.hash)

    async def _log_cleared(self, known: Round, words: Sequence[bytes]) -> None:
        cleared = known.stored.cleared or cleared_of(known.stored, known.rules.origin, words)
        await self._keep(known, replace(known.stored, cleared=cleared))
        stored = known.stored
        assert stored.cleared is not None, "it is fixed"
        now_ms = self._clock.wall_ms()
        record = await self._writing.write(
            Kind.CLEARED,
            known,
            stored.cleared,
            lambda sealed: store.cleared_logged(stored.at, sealed.hash, Ended.TRADED, now_ms),
        )
        known.stored = replace(stored, cleared_record=record.hash, ended=Ended.TRADED, ended_ms=now_ms)
        self.drop(known)
        _log.info("By %s there are trades: %s flats have agreed", stored.at, len(words))
        await self.tell_ended(stored.at)

    async def _keep(self, known: Round, changed: StoredRound) -> None:
        """Fix a step. Raises SQLAlchemyError, StaleError."""
        async with self._board.engine.begin() as connection:
            is_kept = await store.change(connection, changed)
        if not is_kept:
            raise StaleError(f"{known.at} is not as it is known here: it is looked at again")
        known.stored = changed

    async def _end(self, known: Round, why: Why) -> None:
        """End a round: nothing is traded by it."""
        _log.warning("Nothing is traded by %s: %s", known.at, why)
        now_ms = self._clock.wall_ms()
        await self._keep(known, replace(known.stored, ended=Ended.UNTRADED, ended_ms=now_ms, why=why.value))
        self.drop(known)
        await self.tell_ended(known.at)
