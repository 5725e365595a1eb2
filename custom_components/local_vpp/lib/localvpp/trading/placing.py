"""Places a flat's orders: in the round that is open, durable before they are signed, and shown after its gate."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from enum import StrEnum
import secrets
from typing import Final

from ..clock import Clock
from ..etp import RecordHash
from ..market import Order, refused_by
from ..market.rounds import NONCE_LENGTH, Placed, Rules
from ..store import FlatStore
from ..wire import Membership, RoundName, ShowOrders
from .kept import KEEP_DOCUMENTS_S, Document, KeptRound, with_document
from .proving import AHEAD_MS
from .rulebook import RuleBook
from .shelf import Shelf

FURTHEST_S: Final = 366 * 86_400
"""So far ahead orders can be placed."""
EARLY_S: Final = 3_600
"""What is said of a slot so long before its first gate is kept: that the gate is closed too early."""


class Unplaced(StrEnum):
    """Why orders cannot be placed."""

    NO_MARKET = "no_market"
    NO_BEGIN = "no_begin"
    """No slot begins then."""
    TOO_FAR = "too_far"
    LEFT_OUT = "left_out"
    """The building's rules leave the flat out."""
    UNSERVED = "unserved"
    """The price rule serves no such orders."""
    CLOSING = "closing"
    """Between the time of a gate and the word that it is closed."""
    CLOSED = "closed"


class TradingError(Exception):
    """Orders cannot be placed; says why, and what to do."""

    def __init__(self, problem: Unplaced, message: str) -> None:
        super().__init__(message)
        self.problem = problem


class Placing:
    """One flat's orders. All that waits raises StoreError when the store fails.

    Args:
        membership: the flat.
        store: its database.
        shelf: its rounds.
        rules: of the market.
        slot_seconds: gives the length of a slot; None before it is known.
        seal: makes the record of a slot's orders; None while that cannot be done.
        clock: its wall time.
    """

    def __init__(
        self,
        membership: Membership,
        store: FlatStore,
        shelf: Shelf,
        rules: RuleBook,
        slot_seconds: Callable[[], int | None],
        seal: Callable[[int, bytes], Awaitable[RecordHash | None]],
        clock: Clock,
    ) -> None:
        self._own = membership
        self._store = store
        self._shelf = shelf
        self._rules = rules
        self._slot_seconds = slot_seconds
        self._seal_orders = seal
        self._clock = clock
        self.shown: set[RoundName] = set()
        """Rounds whose orders were shown over this connection."""

    async def place(self, slot: int, orders: Sequence[Order]) -> Placed:
        """Order in the open round of a slot, in the place of what was ordered in it before.

        Raises TradingError, MarketError.
        """
        rules, statement = self._may_order(slot, orders)
        return await self._placed(await self._open(slot, rules), statement, orders)

    async def place_first(self, at: RoundName, orders: Sequence[Order]) -> Placed | None:
        """Order in a round; None where somebody has ordered in it already, even if he has withdrawn it.

        Raises TradingError, MarketError.
        """
        rules, statement = self._may_order(at.slot, orders)
        if await self._open(at.slot, rules) != at:
            raise TradingError(Unplaced.CLOSED, f"{at}: its gate is closed, order in a later one")
        kept = await self._shelf.of(at)
        if kept is not None and kept.documents:
            return None
        return await self._placed(at, statement, orders)

    async def _placed(self, at: RoundName, statement: bytes, orders: Sequence[Order]) -> Placed:
        slot = at.slot
        nonce = secrets.token_bytes(NONCE_LENGTH)
        placed = Placed.of(self._own.origin, self._own.device, slot, at.number, nonce, orders)
        kept = await self._shelf.of(at) or KeptRound(at=at, rules=statement)
        document = Document(placed=placed, placed_ms=self._clock.wall_ms())
        await self._shelf.change(replace(with_document(kept, document), rules=statement))
        await self.seal(at)
        return placed

    def is_round(self, at: RoundName) -> bool:
        """Whether there can be a round of which this flat has to hear: by the rules that it was told, and near enough.

        Whoever is told of any others would keep as many as the building can sign.
        """
        seconds, rules = self._slot_seconds(), self._rules.of(at.slot)
        if seconds is None or rules is None or at.slot % seconds or at.number > rules[0].last:
            return False
        now_s = self._clock.wall_ms() // 1000
        return now_s - KEEP_DOCUMENTS_S <= at.slot <= now_s + rules[0].lead_s(0) + EARLY_S

    def _may_order(self, slot: int, orders: Sequence[Order]) -> tuple[Rules, bytes]:
        rules = self._may_place(slot)
        for order in orders:
            if why := refused_by(rules[0].price, order):
                raise TradingError(Unplaced.UNSERVED, f"order {order.id!r}: {why}")
        return rules

    def _may_place(self, slot: int) -> tuple[Rules, bytes]:
        seconds, rules = self._slot_seconds(), self._rules.of(slot)
        if seconds is None or not self._rules.all:
            raise TradingError(
                Unplaced.NO_MARKET, "the building has told no rules of a market: it has none, or was not reached yet"
            )
        if slot % seconds:
            raise TradingError(Unplaced.NO_BEGIN, f"slot {slot} does not begin a slot of {seconds} s")
        if slot > self._clock.wall_ms() // 1000 + FURTHEST_S:
            raise TradingError(Unplaced.TOO_FAR, f"slot {slot} is more than a year ahead")
        if rules is None:
            raise TradingError(Unplaced.CLOSED, f"slot {slot} is before all that is traded, order for a later one")
        if self._own.flat in rules[0].without:
            raise TradingError(
                Unplaced.LEFT_OUT,
                f"the building's rules leave flat {self._own.flat} out: its meter may not be billed from; ask its "
                "manager",
            )
        return rules

    async def _open(self, slot: int, rules: Rules) -> RoundName:
        """Return the first round of a slot whose gate is open, once it is sure that the one before is closed."""
        now_ms = self._clock.wall_ms()
        for number in range(rules.last + 1):
            at = RoundName(slot, number)
            kept = await self._shelf.of(at)
            is_closed = kept is not None and (kept.ended or kept.closed is not None)
            if is_closed:
                continue
            if now_ms < rules.gate_ms(slot, number):
                return at
            if number < rules.last and now_ms < rules.end_ms(slot, number):
                # What the log takes before the building has closed it would count for this round, and not for the next.
                raise TradingError(
                    Unplaced.CLOSING, f"{at}: its gate is being closed: order in a moment for the next round"
                )
        raise TradingError(Unplaced.CLOSED, f"slot {slot}: its gate is closed, order for a later one")

    async def seal(self, at: RoundName) -> None:
        """Have the newest document of a round signed, if it is not; older ones that never were are left."""
        kept = self._shelf.rounds[at]
        if not kept.documents or kept.documents[-1].record is not None or kept.closed is not None:
            return
        document = kept.documents[-1]
        record = await self._seal_orders(at.slot, document.placed.digest)
        if record is not None:
            await self._shelf.change(with_document(kept, replace(document, record=record)))

    async def look_up(self, at: RoundName) -> None:
        """Ask the store which of a round's documents the log is proven to hold by now."""
        kept = self._shelf.rounds[at]
        for each in kept.unproven:
            assert each.record is not None, "it waits for the log"
            found = await self._store.kept(each.record)
            if found is not None and found.index is not None:
                kept = with_document(kept, replace(each, index=found.index, proven_ms=self._clock.wall_ms()))
        if kept != self._shelf.rounds[at]:
            await self._shelf.change(kept)

    def due_to_show(self, kept: KeptRound) -> list[ShowOrders]:
        """Return what is to be shown: the orders that count, once, when it is known which and nobody can order more."""
        assert kept.log_since is not None, "the gate is closed"
        assert kept.log_size is not None, "the gate is closed"
        rules = self._rules.of(kept.slot)
        if kept.at in self.shown or kept.unproven or rules is None:
            return []
        counts = kept.counted(kept.log_since, kept.log_size)
        if counts is None or self._clock.wall_ms() < rules[0].gate_ms(kept.slot, kept.at.number) - AHEAD_MS:
            return []
        self.shown.add(kept.at)
        return [ShowOrders(kept.at, counts.placed.encode())]
