"""Gets back from the flats what a round was cleared by, where the log says that it was, and the database has it not.

So it is for a coordinator that was built anew from a mirror, or whose database was: the log names a document by its
hash, and each flat keeps book, result and the document that names both, for 14 days. By a hash nobody can be given
another document. One flat is asked for one document, the next one for the next; who gives something else is told so
once, and is not asked for a while.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
import logging
from typing import Final

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from localvpp.clock import Clock
from localvpp.etp import DeviceId, Kind, Standing
from localvpp.market import MarketError
from localvpp.market.rounds import Cleared, OpenedBook, Outcome, RoundError, digest
from localvpp.wire import AskPapers, Paper

from ..ledger import Ledger
from ..link import Hub
from ..market.ending import Ended, Why
from ..store import Entry, Member, entries as entry_store, market as market_store, slots as slot_store
from ..store.market import StoredRound

LOOK_S: Final = 1.0
AGAIN_S: Final = 600.0
"""So often it is looked what is lacking, and a flat is asked again for what it did not have; a new connection is asked
at once."""
ANSWER_S: Final = 30.0
"""A flat that has not answered by then is left alone for a while."""
DISTRUST_S: Final = 3600.0
"""So long a flat is left alone that gave something else."""
MOST_AT_ONCE: Final = 4
"""Documents that are asked for at once, each of another flat: a document has most of a megabyte."""

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Lost:
    """A round that was cleared, and what has come back of it."""

    entry: Entry
    """Its CLEARED record."""
    written_ms: int
    seconds: int
    name: bytes
    """Of the document that the record names."""
    cleared: Cleared | None = None
    documents: dict[bytes, bytes] = field(default_factory=dict)
    without: dict[bytes, set[DeviceId]] = field(default_factory=dict)
    """Who has said of a document that he does not have it."""

    @property
    def names(self) -> tuple[bytes, ...]:
        """The documents that are needed, as far as that is known."""
        return (self.name,) if self.cleared is None else (self.name, self.cleared.book, self.cleared.result)

    @property
    def is_whole(self) -> bool:
        """Whether all are there."""
        return self.cleared is not None and self.documents.keys() >= set(self.names)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a flat was asked for, and when."""

    slot: int
    name: bytes
    since: float


class Papers:
    """Of one building."""

    def __init__(self, engine: AsyncEngine, ledger: Ledger, hub: Hub, clock: Clock, origin: str) -> None:
        self._engine = engine
        self._ledger = ledger
        self._hub = hub
        self._clock = clock
        self._origin = origin
        self._lock = asyncio.Lock()
        self._lost: dict[bytes, _Lost] = {}
        """By the name that the log has."""
        self._useless: dict[bytes, tuple[int, str]] = {}
        """Those that came back and cannot be used: of which slot, and why. By another release they may be."""
        self._looked: float | None = None
        self._connected: frozenset[DeviceId] = frozenset()
        self._asked: dict[DeviceId, _Asked] = {}
        self._without: dict[tuple[DeviceId, bytes], float] = {}
        """Until when a flat is not asked again for what it did not have."""
        self._rests: dict[DeviceId, float] = {}
        """Until when a flat is asked for nothing."""
        self._failing = False
        self._listeners: list[Callable[[StoredRound], None]] = []

    def subscribe(self, listener: Callable[[StoredRound], None]) -> None:
        """Call a listener, in the event loop, when a round is whole again."""
        self._listeners.append(listener)

    @property
    def lacking(self) -> int:
        """How many rounds are not whole."""
        return len(self._lost)

    @property
    def useless(self) -> int:
        """How many rounds are whole and cannot be used."""
        return len(self._useless)

    def is_gone(self, slot: int) -> bool:
        """Whether a document of a slot is lacking that no flat has: all that are not suspended or revoked say so."""
        active = {each.device for each in self._ledger.directory.flats if each.standing is Standing.ACTIVE}
        return bool(active) and any(
            active <= lost.without.get(name, set())
            for lost in self._lost.values()
            if lost.entry.slot == slot
            for name in lost.names
            if name not in lost.documents
        )

    @property
    def trouble(self) -> str | None:
        """What is lacking; None when nothing is."""
        told = list[str]()
        if self._lost:
            slots = sorted({each.entry.slot for each in self._lost.values()})
            told.append(
                f"documents of {len(self._lost)} rounds that the log says were cleared are not here (slots {slots[0]} "
                f"to {slots[-1]}): flats are asked for them, and {len(self._connected)} are connected"
            )
        if self._useless:
            slot, why = min(self._useless.values())
            told.append(
                f"documents of {len(self._useless)} rounds that the log says were cleared are here and cannot be used "
                f"(the first of slot {slot}: {why}): start a release that reads them before their slots are settled "
                "without them"
            )
        return "; ".join(told) or None

    async def run(self, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        """Look each second, until cancelled."""
        while True:
            await sleep(LOOK_S)
            try:
                await self.second()
            except SQLAlchemyError as error:
                if not self._failing:
                    _log.warning("Documents of rounds cannot be looked for: %s", error)
                self._failing = True
            else:
                self._failing = False

    async def second(self) -> None:
        """Ask for what is lacking, and store what is whole. Raises SQLAlchemyError."""
        now = self._clock.monotonic()
        async with self._lock:
            if self._looked is None or now >= self._looked + AGAIN_S:
                await self._look()
                self._looked = now
            if not self._lost:
                return
            for lost in [each for each in self._lost.values() if each.is_whole]:
                await self._finish(lost)
            connected = frozenset(each.device for each in self._ledger.directory.flats if each.device in self._hub)
            joined, self._connected = connected - self._connected, connected
            self._without = {of: at for of, at in self._without.items() if at > now and of[0] not in joined}
            for device, asked in tuple(self._asked.items()):
                if device not in connected:
                    del self._asked[device]
                elif now >= asked.since + ANSWER_S:
                    del self._asked[device]
                    self._rests[device] = now + AGAIN_S
            self._ask_all(now)

    async def take(self, member: Member, told: Paper) -> str | None:
        """Take what a flat gives; return what is wrong with it. Raises SQLAlchemyError."""
        device, now, problem = member.device, self._clock.monotonic(), None
        async with self._lock:
            asked = self._asked.get(device)
            if asked is None or (asked.slot, asked.name) != (told.slot, told.name):
                return None  # It comes late: another flat was asked.
            del self._asked[device]
            lost = next((each for each in self._lost.values() if told.name in each.names), None)
            if not told.document:
                self._without[device, told.name] = now + AGAIN_S
                if lost is not None:
                    lost.without.setdefault(told.name, set()).add(device)
            elif digest(told.document) != told.name:
                self._rests[device] = now + DISTRUST_S
                problem = "this is not the document that was asked for"
                _log.warning("Flat %s gives another document than the one it was asked for", member.name)
            elif lost is not None:
                await self._keep(lost, told.name, told.document)
            self._ask_all(now)
        return problem

    async def _look(self) -> None:
        """See which rounds of slots that are not settled were cleared, and have no documents here."""
        async with self._engine.connect() as connection:
            last = max(await slot_store.last(connection) or -1, await entry_store.last_settled(connection) or -1)
            found, useless = dict[bytes, _Lost](), dict[bytes, tuple[int, str]]()
            for entry in await entry_store.of_slots(connection, Kind.CLEARED, last + 1):
                body = entry.opened()
                if body is None:
                    continue
                name = body.evidence[0]
                if name in self._useless:
                    useless[name] = self._useless[name]
                elif not await _is_here(connection, entry.slot, name):
                    found[name] = self._lost.get(name) or _Lost(entry, body.start_ms, body.slot_seconds, name)
        if found.keys() - self._lost.keys():
            _log.warning("Documents of %d rounds that were cleared are not here: flats are asked", len(found))
        # Of slots that are settled by now nothing is wanted any more.
        self._lost, self._useless = found, useless

    def _ask_all(self, now: float) -> None:
        for device in sorted(self._connected):
            self._ask(device, now)

    def _ask(self, device: DeviceId, now: float) -> None:
        """Ask one flat for one document, if there is one to ask it for."""
        if device in self._asked or len(self._asked) >= MOST_AT_ONCE or now < self._rests.get(device, now):
            return
        being = {each.name for each in self._asked.values()}
        for slot, name in self._wanted():
            if name not in being and (device, name) not in self._without:
                self._asked[device] = _Asked(slot, name, now)
                self._hub.send(device, AskPapers(slot, name))
                return

    def _wanted(self) -> Iterator[tuple[int, bytes]]:
        for lost in sorted(self._lost.values(), key=lambda each: (each.entry.slot, each.entry.index)):
            yield from ((lost.entry.slot, name) for name in lost.names if name not in lost.documents)

    async def _keep(self, lost: _Lost, name: bytes, document: bytes) -> None:
        lost.documents[name] = document
        if name == lost.name:
            try:
                lost.cleared = await asyncio.to_thread(_cleared, document, self._origin, lost.entry.slot)
            except MarketError as error:
                self._give_up(lost, error)
        if lost.is_whole:
            await self._finish(lost)

    def _give_up(self, lost: _Lost, error: MarketError) -> None:
        # The log names it, so it is what was cleared: nobody has another.
        _log.error("A round of slot %s was cleared by documents that cannot be used: %s", lost.entry.slot, error)
        self._useless[lost.name] = lost.entry.slot, str(error)
        del self._lost[lost.name]

    async def _finish(self, lost: _Lost) -> None:
        """Store a round that is whole. Raises SQLAlchemyError."""
        async with self._engine.begin() as connection:
            books = await entry_store.of_kind(connection, lost.entry.slot, Kind.BOOK)
            try:
                stored = await asyncio.to_thread(_round, lost, books)
            except MarketError as error:
                self._give_up(lost, error)
                return
            if not await market_store.give_back(connection, stored):
                return  # It has not ended here: once more when it has.
        del self._lost[lost.name]
        _log.info("The documents of %s are here again", stored.at)
        for listener in self._listeners:
            listener(stored)


async def _is_here(connection: AsyncConnection, slot: int, name: bytes) -> bool:
    return any(
        stored.cleared is not None
        and stored.book is not None
        and stored.result is not None
        and digest(stored.cleared) == name
        for stored in await market_store.of_slot(connection, slot)
    )


def _cleared(document: bytes, origin: str, slot: int) -> Cleared:
    """Read what says that a result counts. Raises MarketError."""
    cleared = Cleared.decode(document)
    if (cleared.origin, cleared.slot) != (origin, slot):
        raise RoundError(f"it is of slot {cleared.slot} in {cleared.origin}")
    return cleared


def _round(lost: _Lost, books: list[Entry]) -> StoredRound:
    """Return a round of its documents and records: all that can still be known of it. Raises MarketError."""
    cleared = lost.cleared
    assert cleared is not None, "it is whole"
    book, result = lost.documents[cleared.book], lost.documents[cleared.result]
    opened, outcome = OpenedBook.decode(book), Outcome.decode(result)
    at = (cleared.origin, cleared.slot, cleared.number)
    if (opened.origin, opened.slot, opened.number) != at or (outcome.origin, outcome.slot, outcome.number) != at:
        raise RoundError("book and result are of other rounds")
    if outcome.book != cleared.book:
        raise RoundError("the result is of another book")
    named = [(entry, body) for entry in books if (body := entry.opened()) is not None]
    record = next(((entry, body) for entry, body in named if body.evidence == (cleared.book,)), None)
    if record is None:
        raise RoundError("no BOOK record of the slot names the book")
    return StoredRound(
        slot=cleared.slot,
        number=cleared.number,
        seconds=lost.seconds,
        rules=None,
        closed_ms=record[1].start_ms,
        log_since=opened.log_since,
        log_size=opened.log_size,
        checkpoint=b"",
        voters=(),
        enrolled=opened.enrolled,
        book=book,
        book_record=record[0].hash,
        result=result,
        cleared=lost.documents[lost.name],
        cleared_record=lost.entry.hash,
        ended=Ended.TRADED,
        ended_ms=lost.written_ms,
        why=Why.REBUILT,
    )
