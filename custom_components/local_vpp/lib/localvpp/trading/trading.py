"""A flat in its building's market: it commits its orders, shows them once nobody can order any more, and checks.

Documents are durable before they are signed, and a verdict is durable before it is sent: neither a restart nor whoever
asks again gets other orders, or a second verdict on one slot, out of this flat. What it finds wrong is kept as evidence
before it is told. It believes a book only if the log is proven to hold the building's record of it, and a result only
if a record names the words of enough flats; without either the slot is settled by the sharing key.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
import logging
import secrets
from typing import Final, Protocol

from .. import tlog
from ..clock import Clock
from ..etp import EtpError, FieldError, Kind, RecordHash, SignatureError, Signer, SignerUnavailableError, off_loop
from ..guard import Guard
from ..lineage import Lineage
from ..market import Objective, Order, PriceRule
from ..market.rounds import NONCE_LENGTH, Placed, digest
from ..notebook import Evidence, EvidenceKind, Notebook
from ..store import FlatStore
from ..wire import (
    LONGEST_FINDING,
    MOST_ASKED,
    MOST_FINDINGS,
    AskMarket,
    FromFlat,
    GateClosed,
    MarketRules,
    MarketSaid,
    Membership,
    OpenBook,
    OrdersTaken,
    Proposed,
    Shared,
    ShowOrders,
    Traded,
    Verdict,
    encode,
    open_market_word,
    sign_verdict,
)
from .judging import cleared_problems, judge, promised_of, with_trades
from .kept import KEEP_DOCUMENTS_S, Document, KeptSlot, TradingBook, with_document
from .proving import Log, prove_named, testify
from .state import MarketState
from .view import newest_of, slot_state

_LOGGER = logging.getLogger(__name__)

AHEAD_MS: Final = 60_000
"""So far a flat's clock and the building's may be apart."""
FURTHEST_S: Final = 366 * 86_400
"""So far ahead orders can be placed."""
FORGET_S: Final = 3_600
"""So long after its begin a slot is shown; what is kept of it stays."""
_RULES: Final = "market rules"


class TradingError(Exception):
    """Orders cannot be placed; says why, and what to do."""


class TradingListener(Protocol):
    """Who runs the flat."""

    async def seal_orders(self, slot: int, document: bytes) -> RecordHash | None:
        """Make the record of a slot's orders; None while that cannot be done."""

    def tell_building(self, message: FromFlat) -> None:
        """Send a message, if the link is up."""

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
        self._store = store
        self._book = TradingBook(store)
        self._notebook = Notebook(store)
        self._signer = signer
        self._guard = guard
        self._slot_seconds = slot_seconds
        self._clock = clock
        self._listener = listener
        self._lock = asyncio.Lock()
        """Whatever changes a slot is done one after the other."""
        self._slots: dict[int, KeptSlot] = {}
        self._rules: tuple[MarketRules, bytes] | None = None
        self._shown: set[int] = set()
        """Slots whose orders were shown over this connection."""
        self.told = False
        """Whether the building has told the rules over this connection: those that are kept may be of a market that
        is no more."""
        self.state = MarketState()

    async def restore(self, lineage: Lineage) -> None:
        """Go on with what was known before a restart."""
        now = self._clock.wall_ms() // 1000
        await self._book.forget(now - KEEP_DOCUMENTS_S)
        self._slots = await self._book.slots(now - FORGET_S)
        if noted := await self._store.noted(_RULES):
            try:
                self._rules = (self._opened_rules(noted, lineage), noted)
            except EtpError as error:
                _LOGGER.debug("The market's rules are of another protocol, and are asked for: %s", error)
        self._show()

    def _opened_rules(self, statement: bytes, lineage: Lineage) -> MarketRules:
        """Return rules that were told, perhaps before the building renewed its key. Raises EtpError."""
        own = self._own
        for since in reversed(lineage.keys):
            try:
                word = open_market_word(statement, since.key, lineage.building, own.origin, own.device)
            except SignatureError:
                continue
            if isinstance(word, MarketRules):
                return word
            break
        raise FieldError("these are no rules of the building's market")

    # --- what the flat wants -----------------------------------------------------------------------

    async def place(self, slot: int, orders: Sequence[Order]) -> Placed:
        """Order for a slot, in the place of what was ordered before; return the document that will be shown.

        No orders withdraw those before. Names and flat of the orders do not matter. Raises TradingError, MarketError.
        """
        async with self._lock:
            rules, statement = self._may_place(slot)
            nonce = secrets.token_bytes(NONCE_LENGTH)
            placed = Placed.of(self._own.origin, self._own.device, slot, nonce, orders)
            kept = self._slots.get(slot) or await self._book.one(slot) or KeptSlot(slot=slot, rules=statement)
            if kept.ended or kept.closed is not None or self._clock.wall_ms() >= self._gate_ms(slot, rules):
                raise TradingError(f"slot {slot}: its gate is closed, order for a later one")
            document = Document(placed=placed, placed_ms=self._clock.wall_ms())
            await self._change(replace(with_document(kept, document), rules=statement))
            await self._seal(slot)
        return placed

    def _may_place(self, slot: int) -> tuple[MarketRules, bytes]:
        seconds = self._slot_seconds()
        if self._rules is None or seconds is None:
            raise TradingError("the building has told no rules of a market: it has none, or was not reached yet")
        if slot % seconds:
            raise TradingError(f"slot {slot} does not begin a slot of {seconds} s")
        if slot > self._clock.wall_ms() // 1000 + FURTHEST_S:
            raise TradingError(f"slot {slot} is more than a year ahead")
        return self._rules

    def _gate_ms(self, slot: int, rules: MarketRules) -> int:
        return (slot - rules.gate_s) * 1000

    async def _seal(self, slot: int) -> None:
        """Have the newest document signed, if it is not; older ones that never were are left."""
        kept = self._slots[slot]
        if not kept.documents or kept.documents[-1].record is not None or kept.closed is not None:
            return
        document = kept.documents[-1]
        record = await self._listener.seal_orders(slot, document.placed.digest)
        if record is not None:
            await self._change(with_document(kept, replace(document, record=record)))

    # --- each second -------------------------------------------------------------------------------

    async def second(self) -> None:
        """Do what is due; what waits for a check that goes on is due again in a second."""
        if self._lock.locked() or not self._slots:
            return
        async with self._lock:
            now_ms = self._clock.wall_ms()
            for slot in tuple(self._slots):
                await self._look(slot, now_ms)

    async def _look(self, slot: int, now_ms: int) -> None:
        rules = None if self._rules is None else self._rules[0]
        kept = self._slots[slot]
        if (kept.ended or not kept.logged) and now_ms >= (slot + FORGET_S) * 1000:
            del self._slots[slot]
            self._show()
            return
        if rules is not None and now_ms < self._gate_ms(slot, rules):
            await self._seal(slot)
        if self._slots[slot].unproven:
            await self._look_up(slot, now_ms)
        kept = self._slots[slot]
        if kept.closed is not None and kept.book is None and not kept.ended:
            for message in self._due_to_show(kept):
                self._listener.tell_building(message)
        if now_ms // 1000 == slot:
            self._show()  # What is not cleared by now is shared, as far as this flat knows.

    async def _look_up(self, slot: int, now_ms: int) -> None:
        kept = self._slots[slot]
        for each in kept.unproven:
            assert each.record is not None, "it waits for the log"
            found = await self._store.kept(each.record)
            if found is not None and found.index is not None:
                kept = with_document(kept, replace(each, index=found.index, proven_ms=now_ms))
        if kept != self._slots[slot]:
            await self._change(kept)

    def _due_to_show(self, kept: KeptSlot) -> list[FromFlat]:
        """Return what is to be shown: the orders that count, once, when it is known which and nobody can order more."""
        assert kept.log_size is not None, "the gate is closed"
        if kept.slot in self._shown or kept.unproven or self._rules is None:
            return []
        counts = kept.counted(kept.log_size)
        if counts is None or self._clock.wall_ms() < self._gate_ms(kept.slot, self._rules[0]) - AHEAD_MS:
            return []
        self._shown.add(kept.slot)
        return [ShowOrders(kept.slot, counts.placed.encode())]

    # --- what the building says --------------------------------------------------------------------

    async def again(self) -> Sequence[FromFlat]:
        """Return what a new connection begins with."""
        self._shown.clear()
        self.told = False
        lacking = [kept.slot for kept in self._slots.values() if not kept.ended and (kept.logged or kept.closed)]
        return [AskMarket(tuple(sorted(lacking)[:MOST_ASKED]))]

    async def take(self, said: MarketSaid | OpenBook | Traded, log: Log) -> Sequence[FromFlat]:
        """Take what the building says; return what is answered at once.

        Raises EtpError, TlogError: it is of somebody else, for somebody else, or not proven. Nothing has changed then.
        """
        async with self._lock:
            match said:
                case MarketSaid():
                    return await self._said(said, log)
                case OpenBook():
                    return await self._proposed(said, log)
                case Traded():
                    await self._traded(said, log)
                    return []

    def _word(self, statement: bytes, lineage: Lineage) -> object:
        own = self._own
        return open_market_word(statement, lineage.newest, lineage.building, own.origin, own.device)

    async def _said(self, said: MarketSaid, log: Log) -> Sequence[FromFlat]:
        match self._word(said.statement, log.lineage):
            case MarketRules() as rules:
                if rules.objective not in set(Objective) or rules.price not in set(PriceRule):
                    raise FieldError(f"the market has objective {rules.objective!r} and price rule {rules.price!r}")
                self._rules = (rules, said.statement)
                self.told = True
                await self._store.note(_RULES, said.statement)
                self._show()
                return []
            case GateClosed() as closed:
                return await self._closed(closed, said, log)
            case OrdersTaken(slot, orders):
                await self._taken(slot, orders, said.statement)
                return []
            case Shared() as shared:
                await self._shared(shared, said.statement)
                return []
            case other:
                raise FieldError(f"the building says {other} without a book")

    async def _kept(self, slot: int) -> KeptSlot | None:
        """Return a slot, or the begin of one that this flat has not had to do with; None without rules."""
        known = self._slots.get(slot) or await self._book.one(slot)
        if known is not None:
            return known
        return None if self._rules is None else KeptSlot(slot=slot, rules=self._rules[1])

    async def _closed(self, closed: GateClosed, said: MarketSaid, log: Log) -> Sequence[FromFlat]:
        note = said.checkpoint.encode()
        head = tlog.open_checkpoint(note, log.key, origin=log.origin).checkpoint
        if head.size != closed.log_size:
            raise FieldError(f"the gate was closed at {closed.log_size} entries, shown is a head of {head.size}")
        await self._guard.compare(head, note)
        kept = await self._kept(closed.slot)
        if kept is None:
            return []
        if kept.closed is not None and kept.log_size != closed.log_size:
            told = f"at {kept.log_size} entries of the log, and then at {closed.log_size}"
            await self._hold_against(kept, [f"the gate of slot {kept.slot} was closed {told}"], said.statement)
        elif kept.closed is None:
            await self._change(replace(kept, closed=said.statement, log_size=closed.log_size))
        self._shown.discard(closed.slot)
        if self._slots[closed.slot].unproven:
            await self._look_up(closed.slot, self._clock.wall_ms())
        kept = self._slots[closed.slot]
        return [] if kept.book is not None or kept.ended else self._due_to_show(kept)

    async def _taken(self, slot: int, orders: bytes, statement: bytes) -> None:
        kept = await self._kept(slot)
        if kept is not None and any(each.placed.digest == orders for each in kept.documents):
            await self._change(replace(kept, taken=statement))

    async def _shared(self, shared: Shared, statement: bytes) -> None:
        kept = await self._kept(shared.slot)
        if kept is None or kept.shared is not None:
            return
        if kept.cleared is not None:
            found = [f"slot {kept.slot} is said to be settled by the sharing key, and the log says that it was traded"]
            await self._hold_against(kept, found, statement)
            return
        _LOGGER.info("Slot %s of flat %s is settled by the sharing key: %s", kept.slot, self._own.flat, shared.why)
        await self._change(replace(kept, shared=shared.why))

    # --- the book and its result -------------------------------------------------------------------

    async def _proposed(self, said: OpenBook, log: Log) -> Sequence[FromFlat]:
        word = self._word(said.statement, log.lineage)
        proposed = Proposed(said.slot, digest(said.book), digest(said.result))
        if word != proposed:
            raise FieldError(f"the book and the result of slot {said.slot} are not those that the building has signed")
        proven = prove_named(log, Kind.BOOK, said.slot, proposed.book, said)
        await self._guard.compare(proven.head, proven.note)
        kept = await self._kept(said.slot)
        if kept is None:
            return []
        if kept.book is not None and kept.result is not None:
            return await self._proposed_again(kept, proposed, said)
        rules = self._opened_rules(kept.rules, log.lineage)
        promised, gate_ms = promised_of(self._own.origin, kept, rules), self._gate_ms(kept.slot, rules)
        found = await asyncio.to_thread(judge, said, kept, promised, gate_ms, proven.head)
        return await self._judged(replace(kept, book=said.book, result=said.result), proposed, found, said)

    async def _proposed_again(self, kept: KeptSlot, proposed: Proposed, said: OpenBook) -> Sequence[FromFlat]:
        """Say the same of the same; of another book or result for the slot, that there are two."""
        assert kept.book is not None, "there is one"
        assert kept.result is not None, "there is one"
        if (digest(kept.book), digest(kept.result)) == (proposed.book, proposed.result):
            known = kept.verdict is not None and self._clock.wall_ms() < kept.slot * 1000
            return [Verdict(kept.slot, kept.verdict or b"", kept.findings)] if known else []
        findings = [f"the building proposes a second book or result for slot {kept.slot}"]
        await self._hold_against(kept, findings, encode(said))
        signed = await self._sign(proposed, findings)
        return [] if signed is None else [Verdict(kept.slot, signed, tuple(findings))]

    async def _judged(
        self, kept: KeptSlot, proposed: Proposed, found: Sequence[str], said: OpenBook
    ) -> Sequence[FromFlat]:
        findings = [each[:LONGEST_FINDING] for each in found[:MOST_FINDINGS]]
        in_time = self._clock.wall_ms() < kept.slot * 1000
        signed = await self._sign(proposed, findings) if in_time else None
        if in_time and signed is None:
            return []  # The key is out: the building asks again.
        if findings:
            await self._hold_against(kept, findings, encode(said))
        await self._change(replace(kept, verdict=signed, findings=tuple(findings)))
        return [] if signed is None else [Verdict(kept.slot, signed, tuple(findings))]

    async def _sign(self, proposed: Proposed, findings: Sequence[str]) -> bytes | None:
        signer, own = self._signer(), self._own

        def sign() -> bytes:
            return sign_verdict(signer, own.device, own.origin, proposed.slot, proposed.book, proposed.result, findings)

        try:
            return await off_loop(signer, sign)
        except SignerUnavailableError as error:
            _LOGGER.warning("Flat %s cannot sign its word on slot %s: %s", own.flat, proposed.slot, error)
            return None

    async def _traded(self, said: Traded, log: Log) -> None:
        proven = prove_named(log, Kind.CLEARED, said.slot, digest(said.document), said)
        await self._guard.compare(proven.head, proven.note)
        kept = await self._kept(said.slot)
        if kept is None or kept.cleared is not None or kept.book is None or kept.result is None:
            return
        written_ms = proven.record.body.start_ms
        findings = await asyncio.to_thread(cleared_problems, said.document, written_ms, kept, self._own.origin)
        if kept.shared is not None:
            findings.append(f"slot {kept.slot} is traded by the log, and was said to be settled by the sharing key")
        if findings:
            await self._hold_against(kept, findings, encode(said))
            await self._change(replace(kept, findings=(*kept.findings, *findings)[:MOST_FINDINGS]))
            return
        counts = await asyncio.to_thread(with_trades, kept, newest_of(kept))
        await self._change(replace(counts, cleared=said.document))

    # --- what is kept and shown --------------------------------------------------------------------

    async def _hold_against(self, kept: KeptSlot, findings: Sequence[str], theirs: bytes) -> None:
        """Keep what the building has signed and what it contradicts, before anything is told of it."""
        _LOGGER.error("Flat %s disputes slot %s: %s", self._own.flat, kept.slot, "; ".join(findings))
        counts = kept.counted(kept.log_size) if kept.log_size is not None else None
        records = [each.record for each in kept.documents if each.record is not None]
        own = [found for record in records if (found := await self._store.kept(record)) is not None]
        document = None if counts is None else counts.placed.encode()
        ours = testify(kept.rules, kept.closed, kept.taken, kept.verdict, document, own)
        reason = f"slot {kept.slot}: {'; '.join(findings)}"
        await self._notebook.keep(Evidence(self._clock.wall_ms(), reason, ours, theirs, EvidenceKind.MARKET))

    async def _change(self, kept: KeptSlot) -> None:
        await self._book.keep(kept)
        self._slots[kept.slot] = kept
        self._show()

    def _show(self) -> None:
        now = self._clock.wall_ms() // 1000
        slots = tuple(slot_state(kept, now) for _, kept in sorted(self._slots.items()))
        state = MarketState(rules=None if self._rules is None else self._rules[0], slots=slots)
        if state != self.state:
            self.state = state
            self._listener.market_changed()
