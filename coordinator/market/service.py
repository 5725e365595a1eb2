"""Holds the round of each slot: closes the gate, opens the book, clears it, asks every flat, logs what came of it.

What a step has fixed is durable before anybody hears of it, and no later step changes it: where the gate was closed,
the book, the result. A coordinator that is killed between two steps and started again goes on with the next one; when
it is too late for that the slot is settled by the sharing key. There is never a second book or result of a slot.

The book follows from the log and from what flats have shown, the result from the book, and it counts when enough flats
have found that so, as far as they can see (docs/protocol.md says what they cannot).
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
import logging
from typing import Final

from sqlalchemy import Update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from localvpp.clock import Clock
from localvpp.etp import Body, DeviceId, Kind, Record, RecordHash, SignerUnavailableError, Standing
from localvpp.market import MarketError
from localvpp.market.rounds import Outcome, digest
from localvpp.market_record import market_body
from localvpp.tlog import TlogError
from localvpp.wire import AskMarket, ShowOrders, Verdict

from ..config import BuildingConfig, MarketRulesConfig
from ..ledger import Ledger, LedgerError, LedgerUnavailableError, Scribe
from ..link import Hub
from ..store import Member, entries as entry_store, market as store
from ..store.market import StoredRound, StoredVerdict
from .books import TooLargeError, agreed, book_of, cleared_of, outcome_of
from .ending import Ended, Why
from .gates import closing
from .hearing import Message, Round, orders_problem, verdict_problem
from .herald import Herald
from .lines import Lines, lines_of
from .proofs import ordering, orders_at
from .telling import Telling

LOOK_S: Final = 1.0

_log = logging.getLogger(__name__)

_TROUBLES: Final = (SQLAlchemyError, SignerUnavailableError, LedgerError, TlogError, OSError)
"""What may be over in a second, or a minute."""


class Market:
    """The building's rounds."""

    def __init__(
        self,
        config: BuildingConfig,
        rules: MarketRulesConfig,
        engine: AsyncEngine,
        ledger: Ledger,
        hub: Hub,
        scribe: Scribe,
        herald: Herald,
        clock: Clock,
    ) -> None:
        self._config = config
        self.rules = rules
        self.lines: Lines = lines_of(config.drills.lines, config.flats, config.slot_seconds)
        self._engine = engine
        self._ledger = ledger
        self._hub = hub
        self._scribe = scribe
        self._telling = Telling(rules, engine, ledger, hub, herald)
        self._clock = clock
        self._lock = asyncio.Lock()
        """What changes a round is done one after the other."""
        self.rounds: dict[int, Round] = {}
        """Those that have not ended, by their slots."""
        self._listening: set[DeviceId] = set()
        """Flats that take part: they have asked, over a connection that may have ended since."""
        self._closed = 0
        """The last slot whose gate is known to be closed."""
        self._doubtful = False
        """Whether the database may hold more of a round than is known here: an answer was lost."""
        self._trouble: str | None = None

    async def resume(self) -> None:
        """Know again what had not ended when the coordinator stopped."""
        async with self._engine.connect() as connection:
            stored = await store.unended(connection)
            newest = await store.newest(connection, 1)
        self.rounds = {each.slot: await self._known(each) for each in stored}
        self._closed = newest[0].slot if newest else 0

    async def _known(self, stored: StoredRound) -> Round:
        async with self._engine.connect() as connection:
            orders = await orders_at(connection, stored.slot, stored.log_size)
            shown = await store.shown(connection, stored.slot)
            verdicts = await store.verdicts(connection, stored.slot)
        committed = {
            device: body.evidence[0] for device, entry in orders.items() if (body := entry.opened()) is not None
        }
        show_until = self._clock.monotonic() + self.rules.show_s
        return Round(stored, committed, show_until, shown, dict(verdicts))

    # --- each second -----------------------------------------------------------------------------

    async def run(self, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        """Look each second, until cancelled."""
        while True:
            await sleep(LOOK_S)
            try:
                await self.second()
            except _TROUBLES as error:
                if self._trouble is None:
                    _log.error("The market cannot go on: %s", error)
                self._trouble = str(error)
            else:
                if self._trouble is not None:
                    _log.warning("The market goes on")
                self._trouble = None

    async def second(self) -> None:
        """Do what is due.

        Raises SQLAlchemyError, SignerUnavailableError, LedgerError, TlogError, OSError: it is tried again, with what
        the database holds by then. One round in trouble holds up no other.
        """
        async with self._lock:
            if self._doubtful:
                await self._look_again()
            now_ms = self._clock.wall_ms()
            for slot in closing(now_ms, self._config.slot_seconds, self.rules.gate_s):
                if slot > self._closed:
                    await self._close(slot)
            trouble: Exception | None = None
            for slot in sorted(self.rounds):
                try:
                    await self._go_on(self.rounds[slot])
                except _TROUBLES as error:
                    self._doubtful, trouble = True, error
            if trouble is not None:
                raise trouble

    async def _look_again(self) -> None:
        """Know the rounds as the database has them: what was to be written may have been, its answer lost."""
        before = self.rounds
        await self.resume()
        for slot, known in self.rounds.items():
            if slot in before:
                known.show_until, known.told = before[slot].show_until, before[slot].told
        self._doubtful = False
        for slot in before.keys() - self.rounds.keys():
            await self._tell_ended(slot)

    # --- the gate --------------------------------------------------------------------------------

    async def _close(self, slot: int) -> None:
        """Close a slot's gate at the log's head."""
        head = self._ledger.published
        if head is None:
            return
        async with self._engine.connect() as connection:
            orders = await orders_at(connection, slot, head.size)
            late = await ordering(connection, slot)
            books = await entry_store.of_kind(connection, slot, Kind.BOOK)
            cleared = await entry_store.of_kind(connection, slot, Kind.CLEARED)
        # A coordinator that was built anew from a mirror finds rounds in its log that it has no documents of.
        ended = Ended.TRADED if cleared else Ended.SHARED if books or not orders else None
        stored = StoredRound(
            slot=slot,
            seconds=self._config.slot_seconds,
            closed_ms=self._clock.wall_ms(),
            log_size=head.size,
            checkpoint=head.checkpoint,
            voters=tuple(sorted(device for device in self._listening if device in self._hub)),
            cleared_record=cleared[0].hash if cleared else None,
            ended=ended,
            ended_ms=None if ended is None else self._clock.wall_ms(),
            why=None if ended is None else Why.REBUILT if books else Why.NO_ORDERS,
        )
        async with self._engine.begin() as connection:
            await store.add(connection, stored)
        self._closed = slot
        if ended is None:
            self.rounds[slot] = await self._known(stored)
            _log.debug("The gate of slot %s is closed at %s entries, %s flats order", slot, head.size, len(orders))
            for device in tuple(self._listening):
                await self._telling.closed(device, stored)
            return
        for device in self._listening.intersection(late):
            await self._telling.ended(device, stored)

    # --- from step to step -----------------------------------------------------------------------

    async def _go_on(self, known: Round) -> None:
        """Take each step that is due, one after the other."""
        if self._clock.wall_ms() >= known.stored.slot * 1000:
            await self._share(known, self._why(known))
            return
        try:
            if known.stored.book is None and not await self._make_book(known):
                return
            if known.stored.book_record is None:
                await self._log_book(known)
            if known.stored.result is None:
                assert known.stored.book is not None, "it is fixed"
                result = await asyncio.to_thread(outcome_of, known.stored.book)
                if not (await asyncio.to_thread(Outcome.decode, result)).result.trades:
                    await self._share(known, Why.NO_TRADES)
                    return
                await self._keep(known, replace(known.stored, result=result))
            if known.message is None:
                known.message = await self._telling.message(known.stored)
        except MarketError as error:
            _log.error("Slot %s cannot be traded: %s", known.stored.slot, error)
            await self._share(known, Why.TOO_LARGE if isinstance(error, TooLargeError) else Why.UNCLEARED)
            return
        await self._propose(known)
        if (words := agreed(known.stored, known.verdicts)) is not None:
            await self._log_cleared(known, words)

    async def _propose(self, known: Round) -> None:
        """Show book and result to whoever is connected and has not seen them over this connection."""
        if known.message is None:
            return  # It is durable, and will be published.
        for device in tuple(self._listening - known.told):
            if device in self._hub:
                await self._telling.proposed(device, known.message)
                known.told.add(device)

    def _why(self, known: Round) -> Why:
        """Say why nothing came of a round until its slot began."""
        stored = known.stored
        if stored.book is None:
            return Why.NOT_SHOWN
        if stored.book_record is None or stored.result is None:
            return Why.NO_BOOK
        if agreed(stored, known.verdicts) is not None:
            return Why.UNLOGGED
        disputed = any(not verdict.agrees for verdict in known.verdicts.values())
        return Why.DISPUTED if disputed else Why.NO_QUORUM

    async def _make_book(self, known: Round) -> bool:
        """Fix the book once all have shown their orders, or had their time to; return whether there is one.

        Raises MarketError.
        """
        late = self._clock.monotonic() >= known.show_until
        if not late and known.shown.keys() < known.committed.keys():
            return False
        if not known.shown:
            await self._share(known, Why.NOT_SHOWN)
            return False
        voters = tuple(sorted({*known.stored.voters, *known.shown}))
        places = {device: node for device in known.shown if (node := self._node(device)) is not None}
        stored = replace(known.stored, voters=voters)
        shown, nodes = dict(known.shown), self.lines.nodes
        book = await asyncio.to_thread(book_of, stored, self._config.origin, self.rules, shown, nodes, places)
        await self._keep(known, replace(stored, book=book))
        return True

    async def _log_book(self, known: Round) -> None:
        stored = known.stored
        assert stored.book is not None, "it is fixed"
        record = await self._write(Kind.BOOK, stored, stored.book, lambda name: store.book_logged(stored.slot, name))
        known.stored = replace(stored, book_record=record)

    async def _log_cleared(self, known: Round, words: Sequence[bytes]) -> None:
        if known.stored.cleared is None:
            cleared = cleared_of(known.stored, self._config.origin, words)
            await self._keep(known, replace(known.stored, cleared=cleared))
        stored = known.stored
        assert stored.cleared is not None, "it is fixed"
        now_ms = self._clock.wall_ms()
        record = await self._write(
            Kind.CLEARED,
            stored,
            stored.cleared,
            lambda name: store.cleared_logged(stored.slot, name, Ended.TRADED, now_ms),
        )
        known.stored = replace(stored, cleared_record=record, ended=Ended.TRADED, ended_ms=now_ms)
        del self.rounds[stored.slot]
        _log.info("Slot %s is traded: %s flats have agreed", stored.slot, len(words))
        await self._tell_ended(stored.slot)

    async def _write(
        self, kind: Kind, stored: StoredRound, document: bytes, follows: Callable[[RecordHash], Update]
    ) -> RecordHash:
        """Log the record that names a document, with the statement that names the record.

        Raises RefusedError, LedgerUnavailableError.
        """

        def says(_: Sequence[Record]) -> tuple[Kind, int, Body]:
            # When it is about to be sealed: another writer may have kept it waiting. See `market_record.late_ms`.
            now_ms = self._clock.wall_ms()
            if now_ms >= stored.slot * 1000:
                raise LedgerUnavailableError(f"slot {stored.slot} has begun: no {kind.name} record is written of it")
            body = market_body(
                document=digest(document),
                written_ms=now_ms,
                sender=self._scribe.device,
                receiver=self._scribe.device,
                slot_seconds=stored.seconds,
            )
            return kind, stored.slot, body

        (record,) = await self._scribe.write([says], lambda sealed: [follows(sealed[0].hash)])
        return record.hash

    async def _keep(self, known: Round, changed: StoredRound) -> None:
        async with self._engine.begin() as connection:
            await store.change(connection, changed)
        known.stored = changed

    async def _share(self, known: Round, why: Why) -> None:
        """End a round: the slot is settled by the sharing key."""
        _log.warning("Slot %s is settled by the sharing key: %s", known.stored.slot, why)
        await self._keep(
            known, replace(known.stored, ended=Ended.SHARED, ended_ms=self._clock.wall_ms(), why=why.value)
        )
        del self.rounds[known.stored.slot]
        await self._tell_ended(known.stored.slot)

    async def _tell_ended(self, slot: int) -> None:
        """Tell whoever is connected what came of a round; whoever is not asks."""
        async with self._engine.connect() as connection:
            stored = await store.one(connection, slot)
        for device in tuple(self._listening) if stored is not None else ():
            assert stored is not None, "it was asked"
            await self._telling.ended(device, stored)

    # --- what flats say --------------------------------------------------------------------------

    async def take(self, member: Member, told: Message) -> None:
        """Take what a flat says of the market. What is of no use is left: the flat finds that its word is not counted.

        Raises SQLAlchemyError, SignerUnavailableError, TlogError, OSError: then the flat says it again with its next
        connection.
        """
        if member.standing is not Standing.ACTIVE:
            return
        async with self._lock:
            match told:
                case AskMarket():
                    await self._asked(member, told.slots)
                case ShowOrders():
                    await self._shows(member, told)
                case Verdict():
                    await self._judges(member, told)

    async def _asked(self, member: Member, slots: Sequence[int]) -> None:
        device = member.device
        self._listening.add(device)
        await self._telling.rules(device, self._node(device))
        for _, known in sorted(self.rounds.items()):
            known.told.discard(device)
            await self._telling.closed(device, known.stored)
            await self._propose(known)
        for slot in sorted(set(slots) - self.rounds.keys()):
            stored = await self._what_came_of(slot, device)
            if stored is not None:
                await self._telling.late(device, stored)

    async def _what_came_of(self, slot: int, device: DeviceId) -> StoredRound | None:
        """Return a round that is over; one of a flat's orders whose gate was not closed until it began is over, too."""
        async with self._engine.connect() as connection:
            stored = await store.one(connection, slot)
            has_ordered = stored is None and device in await ordering(connection, slot)
        begun = slot * 1000 <= self._clock.wall_ms() and slot % self._config.slot_seconds == 0
        head = self._ledger.published
        if not has_ordered or not begun or head is None:
            return stored
        now_ms = self._clock.wall_ms()
        stored = StoredRound(
            slot=slot,
            seconds=self._config.slot_seconds,
            closed_ms=now_ms,
            log_size=head.size,
            checkpoint=head.checkpoint,
            voters=(),
            ended=Ended.SHARED,
            ended_ms=now_ms,
            why=Why.MISSED,
        )
        async with self._engine.begin() as connection:
            await store.add(connection, stored)
        return stored

    async def _shows(self, member: Member, told: ShowOrders) -> None:
        known = self.rounds.get(told.slot)
        device = member.device
        if known is None or (known.stored.book is not None and device not in known.shown):
            return
        committed = known.committed.get(device)
        problem = orders_problem(told, committed, self._config.origin, device)
        if problem is not None or committed is None:
            _log.warning("Orders of flat %s do not count: %s", member.name, problem)
            return
        if device not in known.shown:
            async with self._engine.begin() as connection:
                await store.show(connection, told.slot, device, told.document, self._clock.wall_ms())
            known.shown[device] = told.document
        await self._telling.taken(device, told.slot, committed)

    async def _judges(self, member: Member, told: Verdict) -> None:
        known = self.rounds.get(told.slot)
        device = member.device
        if known is None or known.stored.result is None or known.stored.book is None or device in known.verdicts:
            return
        key = (self._ledger.directory.get(device) or member).key  # It may be a new one.
        names = (digest(known.stored.book), digest(known.stored.result))
        problem = verdict_problem(told, names, self._config.origin, device, key)
        if problem is not None:
            _log.warning("A verdict of flat %s does not count: %s", member.name, problem)
            return
        if told.findings:
            _log.warning("Flat %s disputes slot %s: %s", member.name, told.slot, "; ".join(told.findings))
        verdict = StoredVerdict(told.statement, told.findings, self._clock.wall_ms())
        async with self._engine.begin() as connection:
            await store.say(connection, told.slot, device, verdict)
        known.verdicts[device] = verdict

    def _node(self, device: DeviceId) -> str | None:
        member = self._ledger.directory.get(device)
        return None if member is None or not self.lines.nodes else self.lines.places.get(member.name)
