"""A flat that bids by itself: before each gate it foretells the slot, and orders as its residents wish.

It orders once in each round of a slot, a little before the gate: as late as the log needs, for each minute makes a
forecast better; in the early rounds what is sure, and in the next ones what is left. Orders that stand in a round
already, a person's or its own of before a restart, are left as they are.
"""

import asyncio
from dataclasses import dataclass
import logging
from typing import Final, Protocol

from ..clock import Clock
from ..forecast import ForecastError
from ..market import MarketError, Order, suited_to
from ..market.rounds import Rules, partner_tag
from ..store import FlatStore
from ..trading import OwnTrade, Phase, RoundState, SlotState, Trading, TradingError
from ..trading.kept import TradingBook
from ..usage_book import UsageBook
from ..usage_history import LOOKS_BACK_S
from ..wire import RoundName, SlotWord
from ..wordbook import WordBook
from .day import day_of, summed, worth
from .deciding import Decision, Situation, decide, hindrance
from .settings import MarketSettings
from .state import BidderState, Why

_LOGGER = logging.getLogger(__name__)

LEAD_S: Final = 120
"""So long before the gate a flat decides: an order has to be signed, sent and logged by then, and twice as long before
as a gate may seem to be closed too early by a clock that is late (`trading.proving.AHEAD_MS`)."""
AGAIN_S: Final = 10.0
"""So long after a failure it tries again: what fails for a moment, as a link does, is there again by then."""
MOST_TRIES: Final = 6
"""For one round. What fails as often fails until its gate."""
_OVER: Final = frozenset({Phase.TRADED, Phase.SHARED})
_LONGEST_DAY_S: Final = 25 * 3600


@dataclass(frozen=True, slots=True)
class _Failed:
    """How often ordering in a round has failed, and when last, by the clock that nobody sets."""

    tries: int
    at: float


class BidderListener(Protocol):
    """Who runs the flat."""

    def situation(self) -> Situation:
        """Return what is known now."""

    def bidder_changed(self) -> None:
        """Show the new state."""


class Bidder:
    """Of one flat. All that waits raises StoreError when the store fails.

    Args:
        flat: its name.
        settings: what its residents want.
        trading: where orders are placed.
        usage: what forecasts are made of.
        store: the flat's database.
        clock: both times.
        listener: knows the rest, and shows.
    """

    def __init__(
        self,
        flat: str,
        settings: MarketSettings,
        trading: Trading,
        usage: UsageBook,
        store: FlatStore,
        clock: Clock,
        listener: BidderListener,
    ) -> None:
        self._flat = flat
        self._settings = settings
        self._trading = trading
        self._usage = usage
        self._words = WordBook(store)
        self._book = TradingBook(store)
        self._clock = clock
        self._listener = listener
        self._due = asyncio.Event()
        self._wanted: tuple[RoundName, Situation] | None = None
        """The round that is to be decided, and how things stand."""
        self._decided: dict[RoundName, Why | None] = {}
        """Rounds of slots that have not begun and were decided, and why nothing was ordered."""
        self._failed: dict[RoundName, _Failed] = {}
        """Those of them that could not be ordered in, and may be tried again."""
        self._trades: dict[RoundName, tuple[OwnTrade, ...]] = {}
        self._delivered: dict[int, int] = {}
        """What settled slots saved."""
        self._last: tuple[RoundName, int] | None = None
        """The round of the latest slot in which all trades had one price, and that."""
        self._trouble = ""
        self._key: bytes | None = None
        """Of the word that was agreed on with a neighbour, once it was needed."""
        self.state = BidderState()

    async def restore(self) -> None:
        """Go on with what was traded before a restart."""
        now = self._clock.wall_ms() // 1000
        self._wanted = None
        for at, trades, price in await self._book.traded(now - _LONGEST_DAY_S):
            self._count(at, trades, price)
        for word in await self._words.since(now - _LONGEST_DAY_S):
            self._delivered[word.slot] = worth(word)
        self._show(self._listener.situation())

    def slot_settled(self, settled: SlotWord) -> None:
        """Count what was delivered in a slot instead of what was traded."""
        self._delivered[settled.slot] = worth(settled)
        self._show(self._listener.situation())

    async def second(self) -> None:
        """Look whether a slot is due, and what has become of those before."""
        situation = self._listener.situation()
        for slot in self._trading.state.slots:
            for each in slot.rounds:
                if each.phase is Phase.TRADED:
                    self._count(RoundName(slot.slot, each.number), each.trades, each.price)
        if self._is_due(situation):
            self._due.set()
        self._show(situation)

    async def run(self) -> None:
        """Order until cancelled."""
        while True:
            await self._due.wait()
            self._due.clear()
            if self._wanted is not None:
                at, situation = self._wanted
                try:
                    self._decided[at] = await self._order(at, situation)
                    self._failed.pop(at, None)
                except TradingError as error:
                    self._decided[at] = Why.REFUSED
                    tries = 1 + (self._failed[at].tries if at in self._failed else 0)
                    self._failed[at] = _Failed(tries, self._clock.monotonic())
                    self._tell(at, error)
                self._wanted = None
                self._show(self._listener.situation())

    def _gate(self, situation: Situation) -> int | None:
        """Return the next slot whose last gate is open; None without a market."""
        rules, length = self._trading.state.rules, situation.slot_seconds
        if rules is None or length is None:
            return None
        return self._next(rules.gate_s, length)

    def _next(self, lead_s: int, length: int) -> int:
        """Return the first slot that begins later than so long from now."""
        return ((self._clock.wall_ms() // 1000 + lead_s) // length + 1) * length

    def _is_due(self, situation: Situation) -> bool:
        if situation.slot_seconds is None or self._wanted is not None:
            return False
        at = self._due_round(situation.slot_seconds)
        if at is None or hindrance(situation, self._settings, at.slot) is not None:
            return False
        self._wanted = (at, situation)
        return True

    def _due_round(self, length: int) -> RoundName | None:
        """Return a round whose gate is near and that is not decided; of several the one whose slot is next."""
        due = []
        for rules in self._trading.rules:
            for number in range(rules.last + 1):
                at = RoundName(self._next(rules.lead_s(number), length), number)
                left_s = rules.gate_ms(at.slot, number) / 1000 - self._clock.wall_ms() / 1000
                if left_s > min(LEAD_S, length / 2) or self._trading.rules_of(at.slot) != rules:
                    continue
                open_to_it = (at not in self._decided or self._may_try(at)) and not self._stands(at)
                if open_to_it and not self._awaits_earlier(at, rules):
                    due.append(at)
        return min(due, default=None)

    def _awaits_earlier(self, at: RoundName, rules: Rules) -> bool:
        """Whether what the round before has traded for this flat may still be heard: what is left hangs on it.

        Waited for until it has to be over, and then half of the time to this gate: an order needs the other half.
        """
        if at.number == 0:
            return False
        before = self._round(RoundName(at.slot, at.number - 1))
        if before is None or before.phase in _OVER or not before.orders:
            return False
        over_ms, gate_ms = rules.end_ms(at.slot, at.number - 1), rules.gate_ms(at.slot, at.number)
        return self._clock.wall_ms() < (over_ms + gate_ms) // 2

    def _may_try(self, at: RoundName) -> bool:
        """Whether a round that could not be ordered in is due again."""
        failed = self._failed.get(at)
        return failed is not None and failed.tries < MOST_TRIES and self._clock.monotonic() >= failed.at + AGAIN_S

    def _standing(self, slot: int) -> SlotState | None:
        """Return a slot that somebody has ordered for, even if he has withdrawn it, or whose gate is closed."""
        return next((each for each in self._trading.state.slots if each.slot == slot), None)

    def _stands(self, at: RoundName) -> bool:
        """Whether somebody has ordered in a round, even if he has withdrawn it, or its gate is closed."""
        return self._round(at) is not None

    def _round(self, at: RoundName) -> RoundState | None:
        """Return a round that this flat has to do with."""
        slot = self._standing(at.slot)
        rounds = () if slot is None else slot.rounds
        return next((each for each in rounds if each.number == at.number), None)

    async def _order(self, at: RoundName, situation: Situation) -> Why | None:
        """Decide, and place what was decided; return why there is nothing. Raises TradingError."""
        slot, rules, standing = at.slot, self._trading.rules_of(at.slot), self._standing(at.slot)
        now = self._clock.wall_ms() // 1000
        periods = await self._usage.since(now - LOOKS_BACK_S)
        last = None if self._last is None else self._last[1]
        try:
            decision: Decision = await asyncio.to_thread(
                decide,
                self._flat,
                slot,
                now,
                situation,
                self._settings,
                periods,
                last,
                early=rules is not None and at.number < rules.last,
                made=() if standing is None else standing.trades,
                partner=None if rules is None else await self._partner(at, rules),
            )
            orders = decision.orders
            if rules is not None:
                orders = tuple(suited_to(rules.price, order) for order in orders)
            if orders and await self._trading.place_first(at, orders) is None:
                # A person has, while it was worked out.
                _LOGGER.debug("Flat %s leaves %s as it was ordered by hand", self._flat, at)
                return None
        except (ForecastError, MarketError) as error:
            # Out of the same numbers nothing else would come a moment later.
            self._tell(at, error)
            return Why.REFUSED
        if self._trouble:
            self._trouble = ""
            _LOGGER.info("Flat %s can order again, in %s", self._flat, at)
        return decision.why

    def _tell(self, at: RoundName, error: Exception) -> None:
        """Log what keeps the flat from ordering, once for each kind of it."""
        if (problem := type(error).__name__) != self._trouble:
            self._trouble = problem
            _LOGGER.warning("Flat %s cannot order in %s: %s", self._flat, at, error)

    async def _partner(self, at: RoundName, rules: Rules) -> str | None:
        """Return by what the neighbour is found with whom a word was agreed on."""
        word = self._settings.wishes.neighbour
        if word is None:
            return None
        if self._key is None:
            self._key = await asyncio.to_thread(word.key, rules.origin)
        return partner_tag(self._key, rules.origin, at.slot, at.number)

    def _count(self, at: RoundName, trades: tuple[OwnTrade, ...], price: int | None) -> None:
        """Take down what came of a round that was cleared."""
        self._trades[at] = trades
        if price is not None and (self._last is None or at >= self._last[0]):
            self._last = (at, price)

    def _show(self, situation: Situation) -> None:
        state = self._shown(situation)
        if state != self.state:
            self.state = state
            self._listener.bidder_changed()

    def _shown(self, situation: Situation) -> BidderState:
        slot, rules, length = self._gate(situation), self._trading.state.rules, situation.slot_seconds
        if slot is None or rules is None or length is None:
            return BidderState()
        now = self._clock.wall_ms() // 1000
        day = day_of(now, self._settings.zone)
        self._trades = {at: own for at, own in self._trades.items() if at.slot >= day.start}
        self._delivered = {slot: saved for slot, saved in self._delivered.items() if slot >= day.start}
        begins = (now // length + 1) * length
        self._decided = {at: why for at, why in self._decided.items() if at.slot >= begins}
        self._failed = {at: failed for at, failed in self._failed.items() if at.slot >= begins}
        standing = self._standing(begins)
        orders: tuple[Order, ...] | None = None
        why: Why | None = None
        if standing is not None and standing.orders:
            orders = standing.orders
        elif (last := RoundName(begins, rules.last)) in self._decided:
            orders, why = (), self._decided[last]
        else:
            why = hindrance(situation, self._settings, begins)
        return BidderState(
            next_gate_ms=(slot - rules.gate_s) * 1000,
            next_slot=begins,
            orders=orders,
            why=why,
            last_price=None if self._last is None else self._last[1],
            today=summed(day, self._by_slot(), situation.prices, self._delivered),
        )

    def _by_slot(self) -> dict[int, list[OwnTrade]]:
        found: dict[int, list[OwnTrade]] = {}
        for at, own in self._trades.items():
            found.setdefault(at.slot, []).extend(own)
        return found
