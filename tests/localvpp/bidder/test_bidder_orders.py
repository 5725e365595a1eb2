"""A flat bids by itself: once for each slot, just before its gate, and only while nothing speaks against it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
import logging

import pytest

from localvpp.bidder import LEAD_S, Bidder, BidderState, MarketSettings, Situation, Why
from localvpp.bidder.bidder import AGAIN_S, MOST_TRIES
from localvpp.etp import Ed25519Signer, RecordHash, cbor
from localvpp.guard import Guard
from localvpp.lineage import Lineage
from localvpp.market import Objective, Order, PriceRule, Side
from localvpp.market.bidding import AgreedWord, Wishes
from localvpp.market.rounds import Placed, Rules, digest, partner_tag
from localvpp.notebook import Notebook
from localvpp.store import FlatStore
from localvpp.trading import OwnTrade, Phase, SlotState, Trading, TradingError, Unplaced
from localvpp.trading.kept import KeptRound
from localvpp.trading.rulebook import told_rules
from localvpp.trading.view import slot_state
from localvpp.usage_book import UsageBook
from localvpp.wire import FromFlat, MarketRules, Membership, RoundName, sign_market_word

from ..place import ORIGIN, PRICES, HandClock
from ..small_coordinator import PATIENCE_S, Ear
from .flat import HOUR, MIDNIGHT, SETTINGS, SLOT_S, keep, lived, situation

GATE_S = 300
NOON = MIDNIGHT + 12 * HOUR
DUE = NOON - GATE_S - LEAD_S
"""When the flat decides on the slot of noon."""
RULES = Rules(origin=ORIGIN, number=0, since=0, gate_s=GATE_S, show_s=10, objective=Objective.GAIN, price=PriceRule.MID)


@dataclass
class Resident:
    """Runs trading and bidding of one flat, without a link: its orders wait for their signature."""

    membership: Membership
    signer: Ed25519Signer
    store: FlatStore
    clock: HandClock
    known: Situation = field(default_factory=situation)
    settings: MarketSettings = SETTINGS
    states: list[BidderState] = field(default_factory=list)
    running: asyncio.Task[None] | None = None

    async def seal_orders(self, slot: int, document: bytes) -> RecordHash | None:
        return None

    def tell_building(self, message: FromFlat) -> None:
        raise AssertionError(f"{message} was not asked for")

    def market_changed(self) -> None:
        """What is shown of it these tests read from the trading itself."""

    def situation(self) -> Situation:
        return self.known

    def bidder_changed(self) -> None:
        self.states.append(self.bidder.state)

    async def start(self) -> None:
        """Begin as after a restart."""
        await self.stop()
        guard = Guard(ORIGIN, self.membership.device, Notebook(self.store), self.clock, Ear())
        length = lambda: self.known.slot_seconds  # noqa: E731
        self.trading = Trading(self.membership, self.store, lambda: self.signer, guard, length, self.clock, self)
        await self.trading.restore(Lineage.of(self.membership))
        self.bidder = Bidder("101", self.settings, self.trading, UsageBook(self.store), self.store, self.clock, self)
        await self.bidder.restore()
        self.running = asyncio.create_task(self.bidder.run())

    async def stop(self) -> None:
        if self.running is not None:
            self.running.cancel()
            with suppress(asyncio.CancelledError):
                await self.running

    async def at(self, moment: int) -> BidderState:
        """Let it be so late, and what is due be done."""
        self.clock.wall = moment * 1000
        await self.bidder.second()
        async with asyncio.timeout(PATIENCE_S):
            while self.bidder._wanted is not None:
                await asyncio.sleep(0.001)
        return self.bidder.state

    def slot(self, slot: int = NOON) -> SlotState | None:
        return next((each for each in self.trading.state.slots if each.slot == slot), None)

    def ordered(self) -> list[tuple[Side, int, int]]:
        """What waits for the slot of noon."""
        slot = self.slot()
        return [] if slot is None else [(each.side, each.wh, each.limit) for each in slot.orders]


ASKED = [(Side.ASK, 850, PRICES.feed_in)]


def told(rules: Rules, building: Ed25519Signer, membership: Membership) -> bytes:
    """What the building has told this flat."""
    document = rules.encode()
    word = MarketRules(rules.number, rules.since, digest(document))
    return told_rules(sign_market_word(building, building.public.device_id, ORIGIN, membership.device, word), document)


@pytest.fixture
async def make(
    membership: Membership, building: Ed25519Signer, signer: Ed25519Signer, store: FlatStore, clock: HandClock
) -> AsyncIterator[Callable[..., Resident]]:
    """A resident of a building with a market, at ten in the morning."""
    await store.note("rules of the market", cbor.encode([told(RULES, building, membership)]))
    clock.wall = (NOON - 2 * HOUR) * 1000
    made: list[Resident] = []

    def make(**changes: object) -> Resident:
        made.append(replace(Resident(membership, signer, store, clock), **changes))  # type: ignore[arg-type]
        return made[-1]

    yield make
    for each in made:
        await each.stop()


@pytest.fixture
async def resident(make: Callable[..., Resident], store: FlatStore) -> Resident:
    await keep(store, lived(35, NOON - HOUR))
    resident = make()
    await resident.start()
    return resident


async def test_it_orders_once_just_before_the_gate(resident: Resident) -> None:
    state = await resident.at(DUE - 1)
    assert (state.next_gate_ms, state.next_slot, state.orders, state.why) == (
        (NOON - GATE_S) * 1000,
        NOON,
        None,
        None,
    )
    assert resident.ordered() == []
    state = await resident.at(DUE)
    assert resident.ordered() == ASKED
    assert state.orders is not None
    assert [(each.side, each.wh, each.limit) for each in state.orders] == ASKED
    slot = resident.slot()
    await resident.at(DUE + 1)
    assert resident.slot() == slot, "the same document stands"
    state = await resident.at(NOON - GATE_S)
    assert (state.next_gate_ms, state.next_slot) == ((NOON + SLOT_S - GATE_S) * 1000, NOON)
    assert state.orders is not None, "they are for the slot that begins next"
    state = await resident.at(NOON)
    assert (state.next_slot, state.orders) == (NOON + SLOT_S, None)


async def test_orders_that_stand_are_left(resident: Resident) -> None:
    mine = Order(id="mine", flat="101", side=Side.BID, wh=77, limit=2000)
    await resident.trading.place(NOON, (mine,))
    await resident.at(DUE)
    assert resident.ordered() == [(Side.BID, 77, 2000)]


async def test_what_a_person_has_withdrawn_is_not_ordered_again(resident: Resident) -> None:
    await resident.trading.place(NOON, (Order(id="mine", flat="101", side=Side.BID, wh=77, limit=2000),))
    await resident.trading.place(NOON, ())
    state = await resident.at(DUE)
    assert resident.ordered() == []
    assert (state.orders, state.why) == (None, None)


@pytest.mark.parametrize("mine", [(Order(id="mine", flat="101", side=Side.BID, wh=77, limit=2000),), ()])
async def test_what_a_person_orders_while_the_flat_decides_stands(resident: Resident, mine: tuple[Order, ...]) -> None:
    place_first = resident.trading.place_first

    async def after_a_person(at: RoundName, orders: Sequence[Order]) -> Placed | None:
        assert orders, "the flat would order"
        await resident.trading.place(at.slot, mine)
        return await place_first(at, orders)

    resident.trading.place_first = after_a_person  # type: ignore[method-assign]
    await resident.at(DUE)
    assert resident.ordered() == [(each.side, each.wh, each.limit) for each in mine]
    await resident.at(NOON - GATE_S - 1)
    assert resident.ordered() == [(each.side, each.wh, each.limit) for each in mine]


async def test_what_was_decided_for_one_round_is_not_ordered_in_another(resident: Resident) -> None:
    resident.clock.wall = (NOON - GATE_S) * 1000
    with pytest.raises(TradingError, match="its gate is closed") as refused:
        await resident.trading.place_first(RoundName(NOON, 0), ())
    assert refused.value.problem is Unplaced.CLOSED


async def test_an_order_has_only_its_own_slot_shown_anew(resident: Resident, monkeypatch: pytest.MonkeyPatch) -> None:
    mine = (Order(id="mine", flat="101", side=Side.BID, wh=77, limit=2000),)
    for number in range(20):
        await resident.trading.place(NOON + number * SLOT_S, mine)
    anew: list[int] = []

    def counting(rounds: Sequence[KeptRound], last: int | None, now: int) -> SlotState:
        anew.append(rounds[0].slot)
        return slot_state(rounds, last, now)

    monkeypatch.setattr("localvpp.trading.trading.slot_state", counting)
    await resident.trading.place(NOON + 5 * SLOT_S, ())
    assert anew == [NOON + 5 * SLOT_S]
    orders = [len(each.orders) for each in resident.trading.state.slots]
    assert orders == [0 if number == 5 else 1 for number in range(20)]
    resident.clock.wall = NOON * 1000
    await resident.trading.second()
    assert anew[1:] == [NOON], "it has begun, and nothing was heard of it"
    assert [each.phase for each in resident.trading.state.slots[:2]] == [Phase.SHARED, Phase.PLACED]


async def test_slots_before_the_first_rules_are_traded_no_more(
    make: Callable[..., Resident], store: FlatStore, building: Ed25519Signer, membership: Membership
) -> None:
    await store.note("rules of the market", cbor.encode([told(replace(RULES, since=NOON), building, membership)]))
    resident = make()
    await resident.start()
    with pytest.raises(TradingError, match="order for a later one") as refused:
        await resident.trading.place(NOON - SLOT_S, ())
    assert refused.value.problem is Unplaced.CLOSED
    assert (await resident.trading.place(NOON, ())).slot == NOON


async def test_after_a_restart_nothing_is_ordered_twice(resident: Resident) -> None:
    await resident.at(DUE)
    slot = resident.slot()
    await resident.start()
    await resident.at(DUE + 5)
    assert resident.slot() == slot


async def test_a_slot_is_ordered_for_as_soon_as_nothing_hinders_it(resident: Resident) -> None:
    for known, why in (
        (situation(online=False), Why.OFFLINE),
        (situation(market_told=False), Why.NO_RULES),
        (situation(islanded=True), Why.ISLANDED),
        (situation(prices=None), Why.NO_PRICES),
    ):
        resident.known = known
        assert (await resident.at(DUE)).why is why
        assert resident.ordered() == []
    resident.known = situation()
    await resident.at(NOON - GATE_S - 1)
    assert resident.ordered() == ASKED


async def test_what_comes_too_late_is_not_ordered(resident: Resident) -> None:
    resident.known = situation(online=False)
    await resident.at(DUE)
    resident.known = situation()
    state = await resident.at(NOON - GATE_S)
    assert resident.slot() is None
    assert (state.orders, state.next_gate_ms) == (None, (NOON + SLOT_S - GATE_S) * 1000)


async def test_who_has_switched_it_off_orders_nothing(make: Callable[..., Resident], store: FlatStore) -> None:
    await keep(store, lived(35, NOON - HOUR))
    resident = make(settings=replace(SETTINGS, trades=False))
    await resident.start()
    state = await resident.at(DUE)
    assert (state.why, state.orders) == (Why.OFF, None)
    assert resident.slot() is None


async def test_a_flat_that_knows_too_little_orders_nothing_and_says_why(make: Callable[..., Resident]) -> None:
    resident = make()
    await resident.start()
    state = await resident.at(DUE)
    assert (state.why, state.orders) == (Why.LOAD_UNKNOWN, ())
    assert resident.slot() is None


async def test_without_a_market_all_is_unknown(make: Callable[..., Resident], store: FlatStore) -> None:
    await keep(store, lived(35, NOON - HOUR))
    await store.note("rules of the market", b"")
    resident = make()
    await resident.start()
    assert await resident.at(DUE) == BidderState()
    assert resident.states == []


async def test_in_short_slots_it_decides_half_a_slot_before_the_gate(resident: Resident) -> None:
    resident.known = situation(slot_seconds=60)
    await resident.at(NOON - GATE_S - 31)
    assert resident.ordered() == []
    await resident.at(NOON - GATE_S - 30)
    assert resident.ordered() == [(Side.ASK, 28, PRICES.feed_in)]


async def test_of_slots_whose_gate_is_long_before_them_each_keeps_its_reason(make: Callable[..., Resident]) -> None:
    resident = make(known=situation(slot_seconds=60))
    await resident.start()
    await resident.at(NOON - GATE_S - 30)
    resident.known = situation(slot_seconds=60, online=False)
    await resident.at(NOON - GATE_S + 30)
    state = await resident.at(NOON - 1)
    assert (state.next_slot, state.orders, state.why) == (NOON, (), Why.LOAD_UNKNOWN)
    state = await resident.at(NOON)
    assert (state.orders, state.why) == (None, Why.OFFLINE), "its gate was missed"


async def test_what_cannot_be_ordered_is_told_once(resident: Resident, caplog: pytest.LogCaptureFixture) -> None:
    huge = [(begin, 3600 * 10**9, 0) for begin in range(NOON - 30 * 86_400, NOON - HOUR, 300)]
    await resident.store.run(
        lambda db: db.executemany("INSERT OR REPLACE INTO usage (begin, load_j, pv_j) VALUES (?, ?, ?)", huge)
    )
    with caplog.at_level(logging.INFO):
        assert (await resident.at(DUE)).why is Why.REFUSED
        await resident.at(DUE + SLOT_S)
        assert len([each for each in caplog.records if "cannot order" in each.message]) == 1
        await resident.store.run(lambda db: db.execute("DELETE FROM usage"))
        await keep(resident.store, lived(35, NOON))
        await resident.at(DUE + 2 * SLOT_S)
    assert "can order again" in caplog.text


async def test_in_each_round_it_orders_once_in_the_early_ones_what_is_sure(
    make: Callable[..., Resident], store: FlatStore, building: Ed25519Signer, membership: Membership
) -> None:
    rules = replace(RULES, leads_s=(7200, 3600))
    await store.note("rules of the market", cbor.encode([told(rules, building, membership)]))
    await keep(store, lived(35, NOON - 3 * HOUR))
    resident = make()
    resident.clock.wall = (NOON - 3 * HOUR) * 1000
    await resident.start()
    orders = []
    for lead_s in (7200, 3600, GATE_S):
        await resident.at(NOON - lead_s - LEAD_S - 1)
        before = resident.slot()
        for _ in range(3):  # One second for each round that is due: the gates of three slots are closed at once.
            await resident.at(NOON - lead_s - LEAD_S)
        slot = resident.slot()
        assert slot is not None
        assert slot != before
        await resident.at(NOON - lead_s - LEAD_S + 1)
        assert resident.slot() == slot
        orders.append([(each.side, each.wh, each.limit) for each in slot.orders])
        resident.clock.wall = (NOON - lead_s + GATE_S) * 1000  # The round is over: its gate was closed by nobody here.
    assert [len(each) for each in orders] == [1, 1, 1]
    assert orders[2] == ASKED
    assert all(Side.ASK is side and wh <= 850 for each in orders for side, wh, _ in each)
    assert [each.number for each in slot.rounds] == [0, 1, 2]


CLOSE_S = 60
"""A gate so near to the one before that a flat would decide before what came of that can be known."""
CLOSE = replace(RULES, gate_s=CLOSE_S, show_s=10, leads_s=(3 * CLOSE_S,))


@pytest.fixture
async def between(
    make: Callable[..., Resident], store: FlatStore, building: Ed25519Signer, membership: Membership
) -> Resident:
    """A flat that has ordered in the first of two rounds, the second of which has a gate that is near."""
    await store.note("rules of the market", cbor.encode([told(CLOSE, building, membership)]))
    await keep(store, lived(35, NOON - HOUR))
    resident = make()
    await resident.start()
    await resident.at(NOON - 3 * CLOSE_S - LEAD_S)
    slot = resident.slot()
    assert slot is not None
    assert [each.number for each in slot.rounds] == [0]
    return resident


async def first_ends(resident: Resident, **changes: object) -> None:
    """What came of the first round is heard."""
    shelf = resident.trading._shelf
    await shelf.change(replace(shelf.rounds[RoundName(NOON, 0)], **changes))  # type: ignore[arg-type]


def second_round(resident: Resident) -> list[tuple[Side, int, int]]:
    slot = resident.slot()
    orders = [] if slot is None else [order for each in slot.rounds if each.number == 1 for order in each.orders]
    return [(each.side, each.wh, each.limit) for each in orders]


async def test_it_orders_what_is_left_once_it_hears_what_the_round_before_has_traded(between: Resident) -> None:
    await between.at(NOON - CLOSE_S - LEAD_S)
    assert second_round(between) == [], "how much is left is not known yet"
    sold = OwnTrade(buys=False, wh=300, price=20_00)
    await first_ends(between, closed=b"closed", cleared_name=b"result", trades=(sold,), price=20_00)
    await between.at(NOON - CLOSE_S - LEAD_S + 1)
    assert second_round(between) == [(Side.ASK, 550, PRICES.feed_in)]


async def test_it_orders_all_again_once_it_hears_that_nothing_was_traded(between: Resident) -> None:
    await first_ends(between, closed=b"closed", untraded="no_quorum")
    await between.at(NOON - CLOSE_S - LEAD_S)
    assert second_round(between) == ASKED


async def test_who_hears_nothing_of_the_round_before_orders_while_there_is_time(between: Resident) -> None:
    await first_ends(between, closed=b"closed")
    tries = counted(between)
    await between.at(NOON - CLOSE_S - LEAD_S)
    await between.at(NOON - 2 * CLOSE_S)  # The first round is over …
    await between.at(NOON - 2 * CLOSE_S + CLOSE_S // 2 - 1)  # … and what came of it may still be on its way.
    assert tries == []
    await between.at(NOON - 2 * CLOSE_S + CLOSE_S // 2)
    assert second_round(between) == ASKED


def counted(resident: Resident, failing: int = 0) -> list[int]:
    """Write down the seconds at which a resident places orders; so many times it fails at first."""
    place, tries = resident.trading.place_first, list[int]()

    async def counting(at: RoundName, orders: Sequence[Order]) -> Placed | None:
        tries.append(round(resident.clock.passed))
        if len(tries) <= failing:
            raise TradingError(Unplaced.CLOSING, "its gate is being closed: order in a moment for the next round")
        return await place(at, orders)

    resident.trading.place_first = counting  # type: ignore[method-assign]
    return tries


async def seconds(resident: Resident, number: int) -> BidderState:
    """Let so many seconds pass, each looked at."""
    for _ in range(number):
        resident.clock.passed += 1
        await resident.at(resident.clock.wall // 1000 + 1)
    return resident.bidder.state


async def test_what_fails_for_a_moment_is_tried_again(resident: Resident, caplog: pytest.LogCaptureFixture) -> None:
    tries = counted(resident, failing=2)
    assert (await resident.at(DUE)).why is Why.REFUSED
    assert resident.ordered() == []
    with caplog.at_level(logging.INFO):
        state = await seconds(resident, 2 * round(AGAIN_S))
    assert resident.ordered() == ASKED
    assert state.why is None
    assert tries == [0, AGAIN_S, 2 * AGAIN_S], "not in each second"
    assert [each.levelname for each in caplog.records if "order" in each.message] == ["WARNING", "INFO"], "told once"
    await seconds(resident, 30)
    assert len(tries) == 3, "it stands"


async def test_what_goes_on_failing_is_given_up_and_never_outlives_its_gate(
    make: Callable[..., Resident], store: FlatStore, building: Ed25519Signer, membership: Membership
) -> None:
    refusing = replace(RULES, price=PriceRule.MCAFEE)
    await store.note("rules of the market", cbor.encode([told(refusing, building, membership)]))
    await keep(store, (replace(each, pv_j=0) for each in lived(35, NOON - HOUR)))
    resident = make(settings=replace(SETTINGS, wishes=Wishes(green_only=True)))
    await resident.start()
    tries = counted(resident)
    await resident.at(DUE)
    state = await seconds(resident, LEAD_S - 1)
    assert tries == [round(each * AGAIN_S) for each in range(MOST_TRIES)]
    assert (state.orders, state.why) == ((), Why.REFUSED)
    await resident.at(DUE + SLOT_S)
    await resident.at(NOON + SLOT_S - GATE_S)
    await seconds(resident, 30)
    assert len(tries) == MOST_TRIES + 1, "its gate is closed"


WORD = AgreedWord.read("blue heron kettle")
PREFERS = replace(SETTINGS, wishes=Wishes(neighbour=WORD))


async def test_in_each_round_the_word_makes_another_tag_and_is_told_nowhere(
    make: Callable[..., Resident],
    store: FlatStore,
    building: Ed25519Signer,
    membership: Membership,
    caplog: pytest.LogCaptureFixture,
) -> None:
    rules = replace(RULES, leads_s=(3600,))
    await store.note("rules of the market", cbor.encode([told(rules, building, membership)]))
    await keep(store, lived(35, NOON - 2 * HOUR))
    resident = make(settings=PREFERS)
    resident.clock.wall = (NOON - 2 * HOUR) * 1000
    await resident.start()
    key, tags = WORD.key(ORIGIN), []
    with caplog.at_level(logging.DEBUG):
        for number, lead_s in enumerate((3600, GATE_S)):
            for _ in range(2):
                await resident.at(NOON - lead_s - LEAD_S)
            slot = resident.slot()
            assert slot is not None
            assert {each.partner for each in slot.orders} == {partner_tag(key, ORIGIN, NOON, number)}
            tags.append(slot.orders[0].partner)
            resident.clock.wall = (NOON - lead_s + GATE_S) * 1000
    assert len(set(tags)) == 2
    for shown in (caplog.text, repr(resident.states), repr(resident.trading.state), repr(resident)):
        assert "heron" not in shown
        assert key.hex() not in shown


async def test_where_the_price_rule_serves_no_partners_it_orders_without(
    make: Callable[..., Resident], store: FlatStore, building: Ed25519Signer, membership: Membership
) -> None:
    rules = replace(RULES, price=PriceRule.MCAFEE)
    await store.note("rules of the market", cbor.encode([told(rules, building, membership)]))
    await keep(store, lived(35, NOON - HOUR))
    resident = make(settings=PREFERS)
    await resident.start()
    state = await resident.at(DUE)
    assert (resident.ordered(), state.why) == (ASKED, None)
    assert state.orders is not None
    assert {each.partner for each in state.orders} == {None}
