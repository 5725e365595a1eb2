"""A real coordinator that lies in a round: its flats refuse, say why, and keep what proves it."""

from collections.abc import Callable, Iterable
from copy import replace
import secrets

import pytest

from coordinator.ledger import Ledger
from coordinator.market import closing, steps, telling
from coordinator.store import market as store
from coordinator.store.market import StoredRound
from localvpp.etp import DeviceId
from localvpp.market import Node, Order, PriceRule, Trade as Pair, clear
from localvpp.market.rounds import NONCE_LENGTH, Bid, GateList, OpenedBook, Outcome, Placed, quorum_problem
from localvpp.trading import Phase
from localvpp.wire import MarketSaid

from ..conftest import ORIGIN
from ..flat import until
from .conftest import FLATS, ROUND, TRADED, WANTED, Trade, ask, bid
from .test_market_round import stored

type Book = Callable[[OpenedBook, Trade], OpenedBook]
type Result = Callable[[OpenedBook, Outcome, Trade], Outcome]


def lie(monkeypatch: pytest.MonkeyPatch, trade: Trade, book: Book | None = None, result: Result | None = None) -> None:
    """Have the coordinator change what it has worked out rightly."""
    right_book, right_outcome = steps.book_of, steps.outcome_of

    def book_of(*args: object) -> bytes:
        told: bytes = right_book(*args)  # type: ignore[arg-type]
        return told if book is None else book(OpenedBook.decode(told), trade).encode()

    def outcome_of(data: bytes) -> Bid:
        told = right_outcome(data)
        if result is None:
            return told
        lied = result(OpenedBook.decode(data), Outcome.decode(told.document), trade)
        return Bid(lied.encode(), lied.result)

    monkeypatch.setattr(steps, "book_of", book_of)
    monkeypatch.setattr(steps, "outcome_of", outcome_of)


def blind_of(trade: Trade, name: str) -> bytes:
    """The coordinator knows whose documents it was shown."""
    device = trade.flats[name].membership.device
    return Placed.decode(trade.market.rounds[ROUND].shown[device]).offer.blind


def with_orders(opened: OpenedBook, blind: bytes, orders: tuple[Order, ...]) -> OpenedBook:
    offers = [replace(offer, orders=orders) if offer.blind == blind else offer for offer in opened.offers]
    return replace(opened, offers=tuple(offers))


def changed(opened: OpenedBook, trade: Trade) -> OpenedBook:
    return with_orders(opened, blind_of(trade, "105"), (bid(600, 2600), bid(100, 1100)))


def dropped(opened: OpenedBook, trade: Trade) -> OpenedBook:
    """It says that they were not shown."""
    gone = opened.offer_of(blind_of(trade, "105"))
    assert gone is not None
    return replace(opened, offers=tuple(each for each in opened.offers if each != gone), withheld=(gone.digest,))


def forgotten(opened: OpenedBook, trade: Trade) -> OpenedBook:
    """Another seed is made, out of fewer orders than the log holds."""
    gone = blind_of(trade, "105")
    return replace(opened, offers=tuple(offer for offer in opened.offers if offer.blind != gone))


def made_up(opened: OpenedBook, trade: Trade) -> OpenedBook:
    nobody = Placed.of(ORIGIN, secrets.token_bytes(16), TRADED, 0, secrets.token_bytes(NONCE_LENGTH), (ask(5000, 0),))
    offers = sorted((*opened.offers, nobody.offer), key=lambda offer: offer.blind)
    return replace(opened, offers=tuple(offers), voters=len(offers))


def other_rule(opened: OpenedBook, trade: Trade) -> OpenedBook:
    return replace(opened, price=PriceRule.BID)


def later(opened: OpenedBook, trade: Trade) -> OpenedBook:
    return replace(opened, log_size=opened.log_size + 1)


def moved(opened: OpenedBook, trade: Trade) -> OpenedBook:
    nodes = (Node(id="building"), Node(id="far", parent="building", import_limit_wh=0, export_limit_wh=0))
    places = {offer.blind: "far" if offer.blind == blind_of(trade, "105") else "building" for offer in opened.offers}
    return replace(opened, nodes=nodes, places=places)


def narrowed(opened: OpenedBook, trade: Trade) -> OpenedBook:
    """A line that was told to nobody lets nothing through."""
    return moved(opened, trade)


def limits(opened: OpenedBook) -> dict[str, int]:
    return {order.id: order.limit for offer in opened.offers for order in offer.orders}


def worse(opened: OpenedBook, outcome: Outcome, trade: Trade) -> Outcome:
    """One Wh less is traded, and all sums say so."""
    right, limit = outcome.result, limits(opened)
    first = right.trades[0]
    gain = right.gain - (limit[first.buyer] - limit[first.seller])
    trades = (replace(first, wh=first.wh - 1), *right.trades[1:])
    return replace(outcome, result=replace(right, trades=trades, energy_wh=right.energy_wh - 1, gain=gain))


def dearer(opened: OpenedBook, outcome: Outcome, trade: Trade) -> Outcome:
    """All pay a tick more: 10⁻² yen for a kWh, 10⁻⁵ for a Wh."""
    right = outcome.result
    trades = tuple(replace(each, price=each.price + 1) for each in right.trades)
    return replace(outcome, result=replace(right, trades=trades))


def other_tie(opened: OpenedBook, outcome: Outcome, trade: Trade) -> Outcome:
    """Of the two who want the same, the other one gets it."""
    equal = [opened.offer_of(blind_of(trade, name)) for name in ("103", "104")]
    one, other = (offer.orders[0].id for offer in equal if offer is not None)
    names = {one: other, other: one}
    trades = tuple(replace(each, buyer=names.get(each.buyer, each.buyer)) for each in outcome.result.trades)
    assert trades != outcome.result.trades, "one of the two got less than the other"
    return replace(outcome, result=replace(outcome.result, trades=trades))


def of_another_seed(opened: OpenedBook, outcome: Outcome, trade: Trade) -> Outcome:
    """All that decides among equals is chosen until it suits, and the certificate is right but for that."""
    for _ in range(100):
        result = clear(replace(opened.book(), seed=secrets.token_bytes(32)), opened.objective, opened.price)
        if result != outcome.result:
            return replace(outcome, result=result)
    raise AssertionError("no seed decides otherwise")


def self_served(opened: OpenedBook, outcome: Outcome, trade: Trade) -> Outcome:
    """A trade that no order wants."""
    pair = Pair("nobody", outcome.result.trades[0].buyer, 1, 1500)
    return replace(outcome, result=replace(outcome.result, trades=(*outcome.result.trades, pair)))


@pytest.mark.parametrize("told", [worse, dearer, of_another_seed, self_served])
async def test_a_result_that_is_not_the_right_one_is_refused_by_all(
    trade: Trade, monkeypatch: pytest.MonkeyPatch, told: Result
) -> None:
    lie(monkeypatch, trade, result=told)
    await trade.enter(*FLATS)
    wanted = WANTED | {"102": (ask(40, 1200),)}  # There is not enough for both 103 and 104.
    await trade.order(wanted | {"101": (ask(500, 1000),), "105": (bid(600, 2000),)})
    await refused(trade, FLATS)


async def test_a_tie_that_is_decided_otherwise_is_refused_by_all(trade: Trade, monkeypatch: pytest.MonkeyPatch) -> None:
    lie(monkeypatch, trade, result=other_tie)
    await trade.enter(*FLATS)
    await trade.order({"101": (ask(500, 1000),), "103": (bid(350, 2500),), "104": (bid(350, 2500),)})
    await refused(trade, FLATS)


@pytest.mark.parametrize(
    ("told", "says"),
    [
        (made_up, "the book has 6 offers, and the log held orders of 5 flats at the gate: one at least is made up"),
        (forgotten, "the book has 4 offers, and the log held orders of 5 flats at the gate: one at least is left out"),
        (narrowed, "line far is {"),
        (other_rule, "the book's price rule is bid, and mid was told before"),
        (later, "the book counts orders up to entry"),
    ],
)
async def test_a_book_that_is_not_as_it_was_told_is_refused_by_all(
    trade: Trade, monkeypatch: pytest.MonkeyPatch, told: Book, says: str
) -> None:
    lie(monkeypatch, trade, told)
    await trade.enter(*FLATS)
    await trade.order()
    findings = await refused(trade, FLATS)
    assert all(any(each.startswith(says) for each in found) for found in findings.values())


@pytest.mark.parametrize(
    ("told", "says"),
    [
        (changed, "order 0 of this flat is {'side': 'bid', 'wh': 600, 'limit': 2600} in the book, and was"),
        (dropped, "are not in the book, though the building has taken them"),
        (moved, "this flat is at node far in the book, and is at None"),
    ],
)
async def test_who_is_cheated_refuses_and_in_a_small_building_nothing_is_traded_without_him(
    trade: Trade, monkeypatch: pytest.MonkeyPatch, told: Book, says: str
) -> None:
    lie(monkeypatch, trade, told)
    await trade.enter("101", "103", "105")
    await trade.order({name: WANTED[name] for name in trade.flats})
    findings = await refused(trade, ("105",))
    assert any(says in each for each in findings["105"])


async def test_orders_that_are_changed_after_they_were_shown_are_not_those_that_were_listed_and_all_refuse(
    trade: Trade, monkeypatch: pytest.MonkeyPatch
) -> None:
    lie(monkeypatch, trade, changed)
    await trade.enter(*FLATS)
    await trade.order()
    findings = await refused(trade, FLATS)
    says = "the book is of other orders than were listed at the gate: 1 of it were not, and 1 that were are not in it"
    assert all(says in found for found in findings.values())
    async with trade.house.coordinator.engine.connect() as connection:
        said = await store.verdicts(connection, await stored(trade))
    cheated = DeviceId(trade.flats["105"].membership.device)
    assert [device for device, verdict in said.items() if not verdict.vouches] == [cheated]
    (proof,) = await trade.accused("105")
    assert b'"limit":2000' in proof.ours, "its own orders, as they were logged"
    assert b'"limit":2600' in proof.theirs, "the book that the building has logged"


def list_without(monkeypatch: pytest.MonkeyPatch, trade: Trade, name: str, *others: Placed) -> None:
    """Have the coordinator list other orders at the gate than those that a flat has logged."""
    right = GateList.of

    def of(origin: str, slot: int, number: int, orders: Iterable[bytes]) -> GateList:
        (gone,) = {each.placed.digest for each in trade.flats[name].flat.trading._shelf.rounds[ROUND].documents}
        told = [each for each in orders if each != gone]
        return right(origin, slot, number, [*told, *(each.digest for each in others)])

    monkeypatch.setattr(closing.GateList, "of", of)


async def test_who_is_not_in_the_list_at_the_gate_shows_nothing_and_has_the_proof(
    trade: Trade, monkeypatch: pytest.MonkeyPatch
) -> None:
    list_without(monkeypatch, trade, "105")
    await trade.enter(*FLATS)
    await trade.order()
    await trade.to_gate()
    await trade.shut()
    known = trade.market.rounds[ROUND]
    await until(lambda: len(known.shown) == 4)
    (proof,) = await trade.accused("105")
    assert proof.reason.endswith("were in the log at the gate, and are not in the list of all")
    assert known.stored.listed is not None
    assert known.stored.listed in proof.ours
    assert trade.flats["105"].flat.trading._placing.shown == set()
    await trade.second(2)
    assert len(await trade.accused("105")) == 1, "it is held against the building once"


async def test_orders_that_are_made_up_in_the_place_of_a_true_one_have_nobody_who_vouches_for_them(
    trade: Trade, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All but the cheated flat see a book of the right list, as many orders as records, and a right result."""
    await trade.enter(*FLATS)
    bad = Placed.of(ORIGIN, trade.flats["105"].membership.device, TRADED, 0, bytes(32), (bid(600, 2600),))
    list_without(monkeypatch, trade, "105", bad)
    lie(monkeypatch, trade, lambda opened, _: with_offer(opened, bad))
    await trade.order()
    await trade.to_gate()
    await trade.shut()
    known = trade.market.rounds[ROUND]
    await until(lambda: len(known.shown) == 4)
    known.show_until = trade.clock.monotonic()
    await trade.judged()
    verdicts = {name: known.verdicts[DeviceId(trade.flats[name].membership.device)] for name in FLATS}
    assert [verdict.agrees for verdict in verdicts.values()] == [True, True, True, True, False]
    assert known.asked is not None
    assert quorum_problem(known.asked, {b"%d" % number for number in range(4)}) is None, "they would be enough"
    await trade.market.second()
    assert ROUND in trade.market.rounds, "and they do not count"
    await trade.begin()
    for name in FLATS:
        assert (await trade.stands(name, Phase.SHARED)).why == "unclaimed"
    assert [len(await trade.evidence(name)) for name in FLATS] == [0, 0, 0, 0, 2]


def with_offer(opened: OpenedBook, more: Placed) -> OpenedBook:
    """Show what nobody has shown, of what was listed."""
    offers = sorted((*opened.offers, more.offer), key=lambda offer: offer.blind)
    withheld = tuple(each for each in opened.withheld if each != more.digest)
    return replace(opened, offers=tuple(offers), withheld=withheld, voters=max(opened.voters, len(offers)))


async def test_two_lists_at_one_gate_are_proof_by_themselves(trade: Trade) -> None:
    await trade.enter("101", "103", "105")
    await trade.order({name: WANTED[name] for name in trade.flats})
    await trade.close()
    stored = trade.market.rounds[ROUND].stored
    assert stored.listed is not None
    told = GateList.decode(stored.listed)
    other = replace(told, orders=tuple(sorted((*told.orders[1:], bytes(32)))))
    device = DeviceId(trade.flats["101"].membership.device)
    await trade.market.telling.closed(device, replace(stored, listed=other.encode()))
    (proof,) = await trade.accused("101")
    assert proof.reason == f"{ROUND}: at the gate of {ROUND} two lists of its orders were told"
    assert stored.listed in proof.ours


async def test_a_list_that_is_not_the_one_that_was_signed_is_no_gate(
    trade: Trade, monkeypatch: pytest.MonkeyPatch
) -> None:
    await trade.enter("101")
    await trade.order({"101": WANTED["101"]})
    right = MarketSaid
    monkeypatch.setattr(telling, "MarketSaid", lambda word, note, document: right(word, note, document + b" "))
    await trade.to_gate()
    await trade.shut()
    agent = trade.flats["101"]
    await agent.until(lambda state: "is not the one that the building has signed" in state.link.reason)
    assert agent.flat.trading._placing.shown == set()
    assert await agent.flat.evidence() == []


async def refused(trade: Trade, names: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """See that these flats refuse what is proposed, say why, keep it, and that nothing is traded."""
    await trade.close()
    await trade.judged()
    assert ROUND in trade.market.rounds, "it was not agreed to"
    verdicts = trade.market.rounds[ROUND].verdicts
    devices = {DeviceId(trade.flats[name].membership.device): name for name in names}
    findings = {name: verdicts[device].findings for device, name in devices.items()}
    assert all(findings.values())
    for name in names:
        assert trade.state(name).phase is Phase.DISPUTED
        assert trade.state(name).findings == findings[name]
        (reason,) = await trade.evidence(name)
        assert reason == f"{ROUND}: {'; '.join(findings[name])}"
    await trade.begin()
    assert ROUND not in trade.market.rounds
    for name in trade.flats:
        assert (await trade.stands(name, Phase.SHARED)).why == "disputed"
    return findings


async def test_a_second_result_of_a_slot_is_proof_by_itself(trade: Trade) -> None:
    await trade.enter(*FLATS)
    await trade.order()
    await trade.close()
    await trade.judged()
    known = trade.market.rounds[ROUND]
    message = known.message
    assert message is not None
    other = worse(OpenedBook.decode(message.book), Outcome.decode(message.result), trade).encode()
    device = DeviceId(trade.flats["101"].membership.device)
    await trade.market.telling.proposed(device, replace(message, result=other))
    (proof,) = await trade.accused("101")
    assert proof.reason == f"{ROUND}: the building proposes a second book or result for {ROUND}"
    assert trade.state("101").phase is Phase.AGREED


async def test_a_gate_that_is_closed_twice_is_proof_by_itself(trade: Trade) -> None:
    await trade.enter("101", "103", "105")
    await trade.order({name: WANTED[name] for name in trade.flats})
    await trade.close()
    stored = trade.market.rounds[ROUND].stored
    await trade.flats["101"].flat.trading.place(TRADED + 60, WANTED["101"])
    await trade.flats["101"].until(lambda state: not state.pending)
    newer = trade.house.coordinator.ledger.published
    assert newer is not None
    other = replace(stored, log_size=newer.size, checkpoint=newer.checkpoint)
    await trade.market.telling.closed(DeviceId(trade.flats["101"].membership.device), other)
    (proof,) = await trade.accused("101")
    closed = f"was closed at {stored.log_size} entries of the log, and then at {newer.size}"
    assert proof.reason == f"{ROUND}: the gate of {ROUND} {closed}"


async def test_a_gate_that_is_closed_at_an_older_head_leaves_out_nobody_unseen(
    trade: Trade, monkeypatch: pytest.MonkeyPatch
) -> None:
    await trade.enter("101", "103", "105")
    await trade.order({name: WANTED[name] for name in ("101", "103")})
    older = trade.house.coordinator.ledger.published
    assert older is not None
    await trade.order({"105": WANTED["105"]})
    monkeypatch.setattr(Ledger, "published", property(lambda _: older))
    await trade.close()
    monkeypatch.undo()
    findings = await judged_by(trade, "105")
    assert len(findings) == 1
    assert "were entry" in findings[0]
    assert findings[0].endswith(f"of the log before the gate, which is said to have closed at {older.size}")


async def judged_by(trade: Trade, name: str) -> tuple[str, ...]:
    """Return what a flat finds of the round whose gate is closed."""
    await trade.judged()
    return trade.market.rounds[ROUND].verdicts[DeviceId(trade.flats[name].membership.device)].findings


async def test_a_gate_that_is_closed_long_before_its_time_is_shown_no_orders_and_held_against_it(trade: Trade) -> None:
    await trade.enter("101")
    later = TRADED + 60
    await trade.flats["101"].flat.trading.place(later, WANTED["101"])
    await trade.flats["101"].until(lambda state: not state.pending)
    await trade.second()
    head = trade.house.coordinator.ledger.published
    assert head is not None
    early = StoredRound(
        slot=later,
        number=0,
        seconds=60,
        rules=0,
        closed_ms=0,
        log_since=0,
        log_size=head.size,
        listed=GateList.of(ORIGIN, later, 0, ()).encode(),
        checkpoint=head.checkpoint,
        voters=(),
        enrolled=1,
    )
    await trade.market.telling.closed(DeviceId(trade.flats["101"].membership.device), early)
    await trade.flats["101"].until(lambda state: [each.phase for each in state.market.slots] == [Phase.CLOSED])
    assert trade.flats["101"].flat.trading._placing.shown == set()
    (told,) = await trade.accused("101")
    assert "before its time" in told.reason


async def test_a_slot_that_was_traded_is_not_shared_afterwards(trade: Trade) -> None:
    await trade.enter("101", "103", "105")
    await trade.order({name: WANTED[name] for name in trade.flats})
    await trade.close()
    await trade.judged()
    await trade.ended()
    await trade.market.telling.untraded(DeviceId(trade.flats["105"].membership.device), ROUND, "no_quorum")
    (proof,) = await trade.accused("105")
    assert "nothing is said to be traded by it, and the log says that its result counts" in proof.reason
    assert trade.state("105").phase is Phase.TRADED
