"""Holds the rounds of each slot: closes the gates, opens the books, clears them, asks every flat, logs what came of it.

The book follows from the log and from what flats have shown, the result from the book, and it counts when enough flats
have found that so, as far as they can see (docs/protocol.md says what they cannot).
"""

import asyncio
from collections.abc import Awaitable, Callable
import logging
from typing import Final

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from localvpp.clock import Clock
from localvpp.etp import DeviceId, Standing
from localvpp.wire import AskMarket, Proposal, RoundName, ShowOrders, Verdict

from ..config import BuildingConfig, MarketRulesConfig
from ..ledger import Ledger, Scribe
from ..link import Hub
from ..store import Member, market as store, slots as slot_store
from ..store.market import StoredRound
from .board import Board
from .closing import AHEAD_SLOTS, Closing
from .hearing import Message, Round
from .herald import Herald
from .meterpapers import PapersOfMeters
from .proposing import Proposing
from .ruling import Ruling
from .steps import Steps
from .taking import Taking
from .telling import Telling
from .troubles import TROUBLES, LostError
from .writing import Writing

LOOK_S: Final = 1.0
KEEP_S: Final = 62 * 86_400
"""So long books, results and what was shown and said are kept: a month, and the time to ask about its bill."""
FORGET_EVERY_S: Final = 3600.0

_log = logging.getLogger(__name__)

BEHIND_MS: Final = 60_000
"""So far flats may have told of what is still to come by this clock."""


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
        ruling = Ruling(config, rules, engine, PapersOfMeters(config, clock))
        self.board = Board(engine, ledger, hub, ruling, clock)
        self.telling = Telling(engine, ledger, hub, herald)
        writing = Writing(scribe, clock)
        self.proposing = Proposing(self.board, writing, self.telling, clock)
        self.steps = Steps(self.board, writing, self.proposing, self.telling, clock)
        self._closing = Closing(config, self.board, ledger, self.telling, clock)
        self._taking = Taking(self.board, self._closing, self.steps, self.proposing, self.telling, clock)
        self._offers: set[asyncio.Task[None]] = set()
        """What flats have proposed, and the log does not hold yet."""
        self._config = config
        self._clock = clock
        self._lock = asyncio.Lock()
        """What changes a round is done one after the other."""
        self._forgot: float | None = None
        self._trouble: str | None = None
        self._faulty: set[RoundName] = set()
        """Rounds in which the program has failed, and that are still to be ended."""
        self._waits = False
        """Whether other rules wait for the time."""
        self._back: list[StoredRound] = []
        """Rounds whose documents are here again, and that flats are to be told of."""

    @property
    def rounds(self) -> dict[RoundName, Round]:
        """Those that have not ended."""
        return self.board.rounds

    async def resume(self) -> None:
        """Know again what had not ended when the coordinator stopped."""
        await self.board.ruling.resume(self._clock.wall_ms())
        await self._renew()
        await self.board.resume()

    async def close(self) -> None:
        """End what runs beside the rounds."""
        await self.proposing.close()
        await self.steps.close()
        await asyncio.gather(*self._offers, return_exceptions=True)

    async def run(self, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        """Look each second, until cancelled."""
        while True:
            await sleep(LOOK_S)
            try:
                await self.second()
            except TROUBLES as error:
                if self._trouble is None:
                    _log.error("The market cannot go on: %s", error)
                self._trouble = str(error)
            except Exception as error:  # noqa: BLE001 - whatever it is, it is logged, and others go on
                # A fault in what is not of one round: what comes after it is for the next second, and for all others.
                if self._trouble is None:
                    _log.exception("The market's program fails, and is tried again")
                self._trouble = repr(error)
            else:
                if self._trouble is not None:
                    _log.warning("The market goes on")
                self._trouble = None

    async def second(self) -> None:
        """Do what is due.

        Raises SQLAlchemyError, SignerUnavailableError, LedgerError, TlogError, OSError, LostError: it is tried again,
        with what the database holds by then. One round in trouble holds up no other.
        """
        async with self._lock:
            if self.board.doubtful:
                await self._look_again()
            trouble: Exception | None = None
            try:
                await self._renew()
                await self._closing.second()
            except TROUBLES as error:
                self.board.doubtful, trouble = True, error
            for at in sorted(self.rounds):
                try:
                    await self._go_on(self.rounds[at])
                except TROUBLES as error:
                    self.board.doubtful, trouble = True, error
            await self._forget()
            await self._tell_back()
            if trouble is not None:
                raise trouble

    async def _go_on(self, known: Round) -> None:
        """Take a round's next steps; one in which the program fails ends, and it is said so once.

        Raises what is one of TROUBLES.
        """
        if known.at not in self._faulty:
            try:
                await self.steps.go_on(known)
            except TROUBLES:
                raise
            except Exception:  # noqa: BLE001 - whatever it is, it is logged, and others go on
                _log.exception("The program fails in %s: nothing is traded by it, if nothing is yet", known.at)
                self._faulty.add(known.at)
            else:
                return
        try:
            await self.steps.fail(known)
        except TROUBLES:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, it is logged, and others go on
            _log.debug("%s is not ended, for another fault, and that is tried again: %r", known.at, error)
        else:
            self._faulty.discard(known.at)

    def came_back(self, stored: StoredRound) -> None:
        """Tell whoever has not heard it what came of a round whose documents are here again."""
        self._back.append(stored)

    async def _tell_back(self) -> None:
        """Tell one round a second: many may have come back, each is told to all flats, and other rounds go on."""
        if not self._back:
            return
        stored, known = self._back[0], self.board.ledger.directory
        members = [member for device in sorted(self.board.listening) if (member := known.get(device)) is not None]
        await self._late(stored, *(each.device for each in members if stored.closed_ms >= each.enrolled_ms))
        del self._back[0]

    async def _late(self, stored: StoredRound, *devices: DeviceId) -> None:
        try:
            await self.telling.late(stored, *devices)
        except LostError as error:
            _log.warning("It cannot be told what came of %s: %s", stored.at, error)

    async def _renew(self) -> None:
        """Tell the rules of the building's file and of its meters' papers, once this clock is near what flats told.

        Rules that a wrong clock has made could not be taken back; until then those hold that were told before.
        """
        ruling = self.board.ruling
        await ruling.look()
        now_ms = self._clock.wall_ms()
        if (new := ruling.news(now_ms)) is None:
            return
        told_ms = await self.board.told_ms()
        if told_ms is not None:
            ahead_ms = AHEAD_SLOTS * self._config.slot_seconds * 1000
            if not told_ms - BEHIND_MS <= now_ms <= told_ms + ahead_ms:
                if not self._waits:
                    _log.warning(
                        "Other rules of the market wait: this clock is %s s from all that flats have told",
                        (now_ms - told_ms) // 1000,
                    )
                self._waits = True
                return
        self._waits = False
        await ruling.renew(new)
        for device in tuple(self.board.listening):
            await self.telling.rules(device, new)

    async def _look_again(self) -> None:
        """Know the rounds as the database has them: what was to be written may have been, its answer lost."""
        before = self.rounds
        await self.board.resume()
        for at, known in self.rounds.items():
            if at in before:
                self.steps.again(known, before[at])
        self.board.doubtful = False
        for at in before.keys() - self.rounds.keys():
            self.steps.drop(before[at])
            await self.steps.tell_ended(at)

    async def _forget(self) -> None:
        """Drop the documents of old slots that are settled, now and then."""
        now = self._clock.monotonic()
        if self._forgot is not None and now < self._forgot + FORGET_EVERY_S:
            return
        self._forgot = now
        async with self.board.engine.begin() as connection:
            settled = await slot_store.last(connection)
            if settled is not None:
                await store.forget(connection, min(self._clock.wall_ms() // 1000 - KEEP_S, settled))

    async def take(self, member: Member, told: Message) -> None:
        """Take what a flat says of the market. What is of no use is left: the flat finds that its word is not counted.

        Raises SQLAlchemyError, SignerUnavailableError, TlogError, OSError: then the flat says it again with its next
        connection.
        """
        if member.standing is not Standing.ACTIVE:
            return
        if isinstance(told, Proposal):
            await self._propose(member, told)
            return
        over = list[StoredRound]()
        async with self._lock:
            try:
                match told:
                    case AskMarket():
                        await self._taking.joins(member)
                        over = await self._taking.over(member, told.rounds)
                    case ShowOrders():
                        await self._taking.shows(member, told)
                    case Verdict():
                        await self._taking.judges(member, told)
            except SQLAlchemyError:
                self.board.doubtful = True  # What was to be stored may be.
                raise
        # What is over changes no more, and proofs take their time.
        for stored in over:
            await self._late(stored, member.device)

    async def _propose(self, member: Member, told: Proposal) -> None:
        """Take a proposal: checked beside all else, and taken one after the other, whatever becomes of the link."""
        bid = await self.proposing.judged(member, told)
        if bid is None:
            return

        async def offer() -> None:
            async with self._lock:
                await self.proposing.offered(member, told, bid)

        task = asyncio.create_task(offer())
        self._offers.add(task)
        task.add_done_callback(self._offered)
        await asyncio.shield(task)

    def _offered(self, task: asyncio.Task[None]) -> None:
        self._offers.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.debug("A proposal was not taken: %s", error)  # The link has told so, if there still is one.
