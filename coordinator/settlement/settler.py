"""Settles the slots, one after the other, each once.

A slot is ripe when every meter that was enrolled at its begin has told past its end, or when `settle_after` is over;
nothing is awaited of a device that is suspended or revoked. While the ledger takes no records nobody is late: nothing
is settled then, and all have `settle_after` from when it takes them again.
Its transfer records are logged in an order of chance, or the place of his own would tell a flat who else gives. They,
its row and the flats' shares are one transaction with the log's entries: after a crash the slot
is settled or it is not, never twice and never half. Slots are settled in their order, so a flat that knows the last
one it has heard of knows what it lacks; what comes for a settled slot afterwards is logged and not shared. What it
changes of the slot's values is a record of its own (`correcting`), which stands in the log before the next slot is
settled.

A slot that was traded, and whose documents were lost with the server, waits for flats to give them back (`papers`), and
all slots after it wait with it: flats hold a settlement that passes over a slot against the building. After
`PAPERS_WAIT_S`, or once every flat has said that it lacks one of them, it is settled by the sharing key, for there is
nothing else.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
import logging
from random import SystemRandom
from typing import Final

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.sql import Executable

from localvpp.clock import Clock
from localvpp.etp import Body, DeviceId, Kind, Record, Standing
from localvpp.meterslot import Told, reached_end
from localvpp.settlement import DYNAMIC, PriceList

from ..ledger import Ledger, LedgerUnavailableError, RefusedError, Scribe
from ..store import Member, Role, entries as entry_store, slots as slot_store
from ..store.slots import SettledSlot
from .cleared import Cleared, PapersMissingError, cleared_slot
from .correcting import Corrector
from .papers import Papers
from .working import settled_body, told_by, work_out

LOOK_EVERY_S: Final = 5.0
"""Besides after each commit: time alone makes a slot ripe, too."""

PAPERS_WAIT_S: Final = 7 * 86_400
"""So long after its end a traded slot waits for its documents at least: flats keep them for 14 days."""
PAPERS_ASKED_S: Final = 3600.0
"""And so long flats are asked by a coordinator that was started later."""

_CHANCE: Final = SystemRandom()
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Moment:
    """What was published at one moment. A slot is found, ripe and settled by the same, and its record says by which.

    So the next settled slot is the first that the log of this size holds an interval of: a flat can tell when its own
    was passed over. And nobody is passed over who told a moment later, while the database was asked.
    """

    size: int
    members: tuple[Member, ...]
    reached_ms: Mapping[DeviceId, int | None]
    """Until when each member's records tell."""


class Settler:
    """Settles the slots of one building."""

    def __init__(
        self,
        engine: AsyncEngine,
        ledger: Ledger,
        scribe: Scribe,
        papers: Papers,
        *,
        slot_seconds: int,
        settle_after: int,
        prices: PriceList,
        clock: Clock,
    ) -> None:
        self._engine = engine
        self._ledger = ledger
        self._scribe = scribe
        self._papers = papers
        self._seconds = slot_seconds
        self._settle_after = settle_after
        self._prices = prices
        self._clock = clock
        self._corrector = Corrector(engine, scribe, slot_seconds=slot_seconds, clock=clock)
        self._listeners: list[Callable[[SettledSlot], None]] = []
        self._news = asyncio.Event()
        self.trouble: str | None = None
        self._heard: int | None = None
        self._begun_after: int | None = None
        """The last slot that the log said was settled when this began. A coordinator that was built anew from a mirror
        without all bodies does not know how it was; it settles it no second time."""
        ledger.subscribe(lambda _: self._news.set())

    def subscribe(self, listener: Callable[[SettledSlot], None]) -> None:
        """Call a listener, in the event loop, after each settled slot."""
        self._listeners.append(listener)

    async def run(self) -> None:
        """Settle whatever gets ripe until cancelled."""
        while True:
            self._news.clear()
            try:
                await self.settle_ripe()
                if self.trouble is not None:
                    self.trouble = None
                    _log.warning("Slots are settled again")
            except (LedgerUnavailableError, RefusedError, PapersMissingError, SQLAlchemyError) as error:
                if self.trouble is None:
                    _log.warning("A slot cannot be settled now: %s", error)
                self.trouble = f"a slot cannot be settled now: {error}"
            try:
                async with asyncio.timeout(LOOK_EVERY_S):
                    await self._news.wait()
            except TimeoutError:
                continue

    async def settle_ripe(self) -> list[SettledSlot]:
        """Settle all slots that are ripe now, oldest first, and correct those of which something came late.

        Raises LedgerUnavailableError, RefusedError, PapersMissingError or SQLAlchemyError; to be called again, it goes
        on where it stopped.
        """
        settled = []
        await self._ledger.ready()
        await self._tell_unheard()
        while (ripe := await self._next_ripe()) is not None:
            await self._correct(ripe[1])
            done = await self._settle(*ripe)
            settled.append(done)
            self._tell(done)
        await self._correct(self._published())
        return settled

    async def _correct(self, now: _Moment) -> None:
        if self._ledger.held is None:
            await self._corrector.correct(now.members, now.size)

    def look(self) -> None:
        """Look at once: what a slot was waiting for may be there."""
        self._news.set()

    async def _tell_unheard(self) -> None:
        """Tell of a slot that was settled although the answer was lost."""
        async with self._engine.connect() as connection:
            last = await slot_store.last(connection)
            done = await slot_store.one(connection, last) if last is not None and last != self._heard else None
        if done is not None and self._heard is not None and self._ledger.trouble is None:
            self._tell(done)
        if self._heard is None:
            self._heard = -1 if last is None else last

    def _tell(self, done: SettledSlot) -> None:
        self._heard = done.slot
        for listener in self._listeners:
            listener(done)

    def _published(self) -> _Moment:
        members = tuple(self._ledger.directory.by_device.values())
        reached_ms = {member.device: self._ledger.reached_ms(member.device) for member in members}
        return _Moment(self._ledger.size, members, reached_ms)

    async def _next_ripe(self) -> tuple[int, _Moment] | None:
        now = self._published()
        flats = [member.device for member in now.members if member.role is Role.FLAT]
        async with self._engine.connect() as connection:
            if self._begun_after is None:
                told = await entry_store.last_settled(connection)
                self._begun_after = -1 if told is None else told
            last = await slot_store.last(connection)
            after = max(self._begun_after, -1 if last is None else last)
            slot = await entry_store.next_slot(connection, flats, after, self._seconds, now.size)
        if slot is None or self._ledger.held is not None:
            return None
        now_ms = self._clock.wall_ms()
        end_ms = (slot + self._seconds) * 1000
        if now_ms < end_ms:
            return None
        is_late = now_ms >= end_ms + self._settle_after * 1000
        if is_late and self._clock.monotonic() - self._ledger.taking_since >= self._settle_after:
            return slot, now
        expected = [
            member
            for member in now.members
            if member.role is not Role.BUILDING
            and member.enrolled_ms <= slot * 1000
            and member.standing is Standing.ACTIVE
        ]
        if not all(reached_end(now.reached_ms[member.device], slot, self._seconds) for member in expected):
            return None
        return (slot, now) if await self._exports_are_in(slot, now.size) else None

    async def _exports_are_in(self, slot: int, size: int) -> bool:
        """Whether no export record is still on its way: it comes right behind its import record."""
        told = await self._told(slot, size)
        for device, records in told.items():
            imports = sum(each.body.receiver == device for each in records)
            if imports > len(records) - imports:
                return False
        return True

    async def _told(self, slot: int, size: int) -> dict[DeviceId, list[Told]]:
        async with self._engine.connect() as connection:
            return told_by(await entry_store.intervals(connection, slot), size)

    async def _cleared(self, slot: int, size: int) -> Cleared | None:
        """Return what came of a slot's market; None where it is shared.

        Raises PapersMissingError as long as it is worth waiting.
        """
        try:
            async with self._engine.connect() as connection:
                return await cleared_slot(connection, slot, size)
        except PapersMissingError as error:
            until_ms = (slot + self._seconds + PAPERS_WAIT_S) * 1000
            asked_s = self._clock.monotonic() - self._ledger.taking_since
            may_come = error.may_come and not self._papers.is_gone(slot)
            if may_come and (self._clock.wall_ms() < until_ms or asked_s < PAPERS_ASKED_S):
                until = datetime.fromtimestamp(until_ms // 1000, UTC).isoformat(" ", "minutes")
                why = (
                    f"{error}. It waits for flats to give them back, and all slots after it wait, too; not before "
                    f"{until} it is settled by the sharing key"
                )
                raise PapersMissingError(why, may_come=True) from error
            _log.error("%s: it is settled by the sharing key, which flats hold against the building", error)
            return None

    async def _settle(self, slot: int, now: _Moment) -> SettledSlot:
        told = await self._told(slot, now.size)
        prices = self._prices.at(slot)
        assert prices is not None, "a building's first prices hold from the beginning"
        cleared = await self._cleared(slot, now.size)
        rule = self._prices.rule(self._prices.key_at(slot) or DYNAMIC.word)
        work = work_out(slot, self._seconds, told, now.members, prices, self._clock.wall_ms(), cleared, rule)
        transfers = list(work.transfers)
        _CHANCE.shuffle(transfers)

        def settles(sealed: Sequence[Record]) -> tuple[Kind, int, Body]:
            return settled_body(work, self._scribe.device, now.size, sealed)

        def follows(records: Sequence[Record]) -> list[Executable]:
            return [*slot_store.settling(work.settled, work.moved(records)), *self._corrector.follows]

        await self._scribe.write([*transfers, settles], follows)
        return work.settled
