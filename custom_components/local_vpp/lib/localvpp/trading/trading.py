"""A flat in its building's market: it commits its orders, shows them once nobody can order any more, and checks.

Documents are durable before they are signed, and a verdict is durable before it is sent: neither a restart nor whoever
asks again gets other orders, or a second verdict on one round, out of this flat. What it finds wrong is kept as
evidence before it is told. A slot none of whose rounds is traded is settled by the sharing key.
"""

import asyncio
from collections.abc import Callable, Sequence
from itertools import groupby
from typing import Final, Protocol

from ..clock import Clock
from ..etp import FieldError, RecordHash, Signer
from ..guard import Guard
from ..lineage import Lineage
from ..market import Order
from ..market.rounds import Placed, Rules
from ..store import FlatStore
from ..wire import (
    MOST_ASKED,
    AskMarket,
    BestSoFar,
    FromFlat,
    GateClosed,
    Keys,
    MarketRules,
    MarketSaid,
    Membership,
    OpenBook,
    OrdersTaken,
    ProposalHeard,
    RoundName,
    Traded,
    Untraded,
    open_market_word,
)
from .counting import Counting
from .heard import Heard
from .hearing import Hearing
from .kept import KEEP_DOCUMENTS_S, KeptRound
from .keybook import KeyBook
from .placing import Placing
from .proving import Log
from .rulebook import RuleBook
from .searching import Searching
from .shelf import Shelf
from .state import MarketState, SlotState
from .view import slot_state

FORGET_S: Final = 3_600
"""So long after its begin a slot is shown; what is kept of it stays."""
FORGET_EVERY_S: Final = 3_600.0


type _Basis = tuple[tuple[KeptRound, ...], int | None, bool]
"""What the state of a slot is made of: its rounds, the number of the last one, and whether it is still to begin."""


class TradingListener(Protocol):
    """Who runs the flat."""

    async def seal_orders(self, slot: int, document: bytes) -> RecordHash | None:
        """Make the record of a slot's orders; None while that cannot be done."""

    def tell_building(self, message: FromFlat) -> bool:
        """Send a message, if the link is up; return whether it is."""

    def market_changed(self) -> None:
        """Show the new state."""


class Trading:
    """One flat's market. All that waits raises StoreError when the store fails.

    Args:
        membership: the flat, and its building.
        store: the flat's database.
        signer: gives the key that the flat signs with.
        guard: compares heads of the log.
        slot_seconds: gives the length of a slot; None before it is known.
        clock: both times.
        listener: seals, sends and shows.
    """

    def __init__(
        self,
        membership: Membership,
        store: FlatStore,
        signer: Callable[[], Signer],
        guard: Guard,
        slot_seconds: Callable[[], int | None],
        clock: Clock,
        listener: TradingListener,
    ) -> None:
        self._own = membership
        self._clock = clock
        self._listener = listener
        self._lock = asyncio.Lock()
        """Whatever changes a round is done one after the other."""
        self._shelf = Shelf(membership, store, clock, self._show)
        self._rules = RuleBook(membership, store, self._shelf)

        async def seal(slot: int, document: bytes) -> RecordHash | None:
            return await listener.seal_orders(slot, document)

        self._placing = Placing(membership, store, self._shelf, self._rules, slot_seconds, seal, clock)
        self._searching = Searching(
            membership.flat, membership.device, self._shelf, self._lock, clock, listener.tell_building
        )
        self._keys = KeyBook(membership, store, guard, clock)
        self._hearing = Hearing(
            membership, self._shelf, self._rules, self._placing, self._searching, signer, guard, clock
        )
        self._counting = Counting(self._shelf, self._rules, self._keys, guard, self._hearing.kept)
        self._forgot = clock.monotonic()
        self.told = False
        """Whether the building has told the rules over this connection: those that are kept may be of a market that
        is no more."""
        self._shown: dict[int, tuple[_Basis, SlotState]] = {}
        """How each slot is shown, and out of what: who has ordered for a whole year changes one of 17,520 at a time."""
        self.state = MarketState()

    async def restore(self, lineage: Lineage) -> None:
        """Go on with what was known before a restart."""
        await self._forget()
        self._shelf.rounds = await self._shelf.book.rounds(self._now() - FORGET_S)
        await self._rules.restore(lineage)
        await self._keys.restore()
        self._show()

    async def run(self) -> None:
        """Look for better results, where that is of use, until cancelled."""
        await self._searching.run()

    @property
    def rules(self) -> tuple[Rules, ...]:
        """All rules that the building has told, and that may hold for a slot to come."""
        return self._rules.all

    def rules_of(self, slot: int) -> Rules | None:
        """Return the rules of a slot."""
        known = self._rules.of(slot)
        return None if known is None else known[0]

    async def place(self, slot: int, orders: Sequence[Order]) -> Placed:
        """Order in the open round of a slot, in the place of what was ordered in it before; return what will be shown.

        No orders withdraw those before. Names and flat of the orders do not matter. Raises TradingError, MarketError.
        """
        async with self._lock:
            return await self._placing.place(slot, orders)

    async def place_first(self, at: RoundName, orders: Sequence[Order]) -> Placed | None:
        """Order in a round; None where somebody has ordered in it already, even if he has withdrawn it.

        Names and flat of the orders do not matter. Raises TradingError, MarketError.
        """
        async with self._lock:
            return await self._placing.place_first(at, orders)

    # --- each second -------------------------------------------------------------------------------

    async def second(self) -> None:
        """Do what is due; what waits for a check that goes on is due again in a second."""
        if self._lock.locked():
            return
        async with self._lock:
            if self._clock.monotonic() >= self._forgot + FORGET_EVERY_S:
                await self._forget()
            now_ms = self._clock.wall_ms()
            for question in self._keys.overdue():
                self._listener.tell_building(question)
            for at in tuple(self._shelf.rounds):
                await self._look(at, now_ms)

    async def _forget(self) -> None:
        self._forgot = self._clock.monotonic()
        await self._shelf.book.forget(self._now() - KEEP_DOCUMENTS_S)

    async def _look(self, at: RoundName, now_ms: int) -> None:
        rules, kept = self._rules.of(at.slot), self._shelf.rounds[at]
        if (kept.ended or not kept.logged) and now_ms >= (at.slot + FORGET_S) * 1000:
            del self._shelf.rounds[at]
            self._show()
            return
        if rules is not None and now_ms < rules[0].gate_ms(at.slot, at.number):
            await self._placing.seal(at)
        if self._shelf.rounds[at].unproven:
            await self._placing.look_up(at)
        kept = self._shelf.rounds[at]
        due: Sequence[FromFlat] = ()
        if kept.book is not None and kept.verdict is None:
            due = await self._hearing.verdict(kept)
        elif kept.closed is not None and kept.book is None and not kept.ended:
            due = await self._hearing.show(kept)
        for message in due:
            self._listener.tell_building(message)
        if now_ms // 1000 == at.slot:
            self._show()  # What is not cleared by now is shared, as far as this flat knows.

    # --- what the building says --------------------------------------------------------------------

    async def again(self) -> Sequence[FromFlat]:
        """Return what a new connection begins with. Raises StoreError."""
        async with self._lock:
            await self._searching.unsent()
        self._placing.shown.clear()
        self._hearing.connected()
        self.told = False
        lacking = {
            at
            for at, kept in self._shelf.rounds.items()
            if not kept.ended and (kept.closed is not None or (kept.logged and self._gate_passed(at)))
        }
        lacking.update(self._counting.again())
        return [AskMarket(tuple(sorted(lacking)[:MOST_ASKED]))]

    def _gate_passed(self, at: RoundName) -> bool:
        rules = self._rules.of(at.slot)
        return rules is None or self._clock.wall_ms() >= rules[0].gate_ms(at.slot, at.number)

    async def take(self, said: MarketSaid | OpenBook | ProposalHeard | Traded | Keys, log: Log) -> Heard:
        """Take what the building says; return what is answered at once, and of which slots more is known now.

        Raises EtpError, TlogError: it is of somebody else, for somebody else, or not proven. Nothing has changed then.
        """
        async with self._lock:
            match said:
                case MarketSaid():
                    return await self._said(said, log)
                case OpenBook():
                    word = self._word(said.statement, log.lineage)
                    if isinstance(word, BestSoFar):
                        return Heard(tuple(await self._hearing.best_so_far(word, said, log)))
                    return Heard(tuple(await self._hearing.proposed(word, said, log)))
                case ProposalHeard():
                    await self._hearing.heard(said, log)
                    return Heard()
                case Traded():
                    return await self._counting.traded(said, log)
                case Keys():
                    return await self._counting.keys_told(said, log)

    def _word(self, statement: bytes, lineage: Lineage) -> object:
        own = self._own
        return open_market_word(statement, lineage.newest, lineage.building, own.origin, own.device)

    async def _said(self, said: MarketSaid, log: Log) -> Heard:
        match self._word(said.statement, log.lineage):
            case MarketRules() as rules:
                await self._rules.take(rules, said)
                self.told = True
                self._show()
                return Heard()
            case GateClosed() as closed:
                return Heard(tuple(await self._hearing.closed(closed, said, log)))
            case OrdersTaken() as taken:
                await self._hearing.taken(taken, said.statement)
                return Heard()
            case Untraded() as untraded:
                await self._hearing.untraded(untraded, said.statement)
                return Heard(ended=(untraded.at.slot,))
            case other:
                raise FieldError(f"the building says {other} without a book")

    # --- what is shown -----------------------------------------------------------------------------

    def _now(self) -> int:
        return self._clock.wall_ms() // 1000

    def _show(self) -> None:
        now, shown = self._now(), dict[int, tuple[_Basis, SlotState]]()
        rounds = sorted(self._shelf.rounds.values(), key=lambda each: (each.at.slot, each.at.number))
        for slot, kept in groupby(rounds, lambda each: each.at.slot):
            rules = self._rules.of(slot)
            last = None if rules is None else rules[0].last
            basis = (tuple(kept), last, now < slot)
            before = self._shown.get(slot)
            shown[slot] = before if before and before[0] == basis else (basis, slot_state(basis[0], last, now))
        self._shown = shown
        rules = self._rules.of(now)
        state = MarketState(rules=None if rules is None else rules[0], slots=tuple(slot for _, slot in shown.values()))
        if state != self.state:
            self.state = state
            self._listener.market_changed()
