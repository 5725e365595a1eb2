"""The word on a slot that is said to be settled by trades: what the log has to prove of it, and when."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest

from localvpp import tlog
from localvpp.etp import Body, DeviceId, Ed25519Signer, EtpError, Kind, Record, Source, TradeTerms
from localvpp.lineage import Lineage
from localvpp.market import Order, Side
from localvpp.market_record import market_body
from localvpp.meterslot import evidence_of
from localvpp.onerecord import Places
from localvpp.settled import OwnMarket, SettlementError, check_market, check_own, check_word
from localvpp.settlement import KnownPrices, Trade, first_prices
from localvpp.store import Kept
from localvpp.traded import Made
from localvpp.wire import ClearedProof, LeftOut, Membership, SettledProof, SlotResult, Terms, same_word, word_name

from .metered import MeteredFlat
from .place import PRICES, SLOT
from .small_coordinator import SmallCoordinator

PARTNER = DeviceId(b"\x0f" * 16)
THIRD = DeviceId(b"\x0e" * 16)
NAME, OTHER = b"\x01" * 32, b"\x02" * 32
PRICE = 2000
WH = 5


@dataclass
class Slot:
    """A slot in which the flat bought 5 Wh of a partner, as trade 1 of 3; and how a building may bend it."""

    building: SmallCoordinator
    membership: Membership
    meter: MeteredFlat
    own: list[Kept]
    """The flat's records of the slot."""

    @property
    def device(self) -> DeviceId:
        return self.membership.device

    def cleared(self, name: bytes = NAME, *, at_ms: int = SLOT * 1000 - 1, slot: int = SLOT) -> Record:
        """What the market came to, next in the log."""
        device = self.building.terms.building
        body = market_body(document=name, written_ms=at_ms, sender=device, receiver=device, slot_seconds=60)
        return self.log(Kind.CLEARED, body, slot)

    def log(self, kind: Kind, body: Body, slot: int = SLOT) -> Record:
        building = self.building
        record, building.chain = building.chain.seal(building.building, kind, slot, body)
        building.log.add(record.signed.statement.data)
        return record

    def lived(self) -> None:
        """Let the flat's meter count 12 Wh, and the log have its records."""
        for record in self.meter.read((0.5, 0, 0), (60.5, 12, 0)):
            self.own.append(Kept(record, self.building.log.add(record.signed.statement.data), None))
        self.building.evidence = tuple(each.record.hash for each in self.own)

    def transfer(self, number: int = 1, *, sender: DeviceId = PARTNER, receiver: DeviceId | None = None) -> Record:
        """A trade's record."""
        body = Body(
            start_ms=SLOT * 1000,
            end_ms=(SLOT + 60) * 1000,
            slot_seconds=60,
            sender=sender,
            receiver=receiver or self.device,
            energy_wh=WH,
            attributes=((Source.SOLAR, WH),),
            price=PRICE,
            evidence=(evidence_of(self.building.evidence),) * 2,
            trade=TradeTerms(wh=WH, earned=PRICE, offered_wh=WH, wanted_wh=WH, numbers=(number,)),
        )
        return self.log(Kind.TRANSFER, body)

    def settled(self, names: tuple[bytes, ...] = (NAME,), places: Places | None = None) -> Record:
        """The record that the slot is settled, next in the log."""
        device = self.building.terms.building
        body = Body(
            start_ms=SLOT * 1000,
            end_ms=(SLOT + 60) * 1000,
            slot_seconds=60,
            sender=device,
            receiver=device,
            energy_wh=0,
            attributes=(),
            price=PRICES.inside,
            seconds_root=None if places is None else places.root,
            seconds_count=None if places is None else 3,
            evidence=names,
            log_size=self.building.log.frontier.size,
        )
        return self.log(Kind.SETTLED, body)

    def at(self, record: Record) -> ClearedProof:
        """A record with its place, and what proves it."""
        log = self.building.log
        index = log.add(record.signed.statement.data)
        return ClearedProof(record.encode(), index, log.proof(index).encode().decode())

    def word(
        self, settled: Record, cleared: tuple[Record, ...], moved: tuple[Record, ...] = (), places: Places | None = None
    ) -> SlotResult:
        """What the building says, all of it proven in its newest head."""
        told = self.at(settled)
        paths = tuple(path for each in moved for path in (() if places is None else places.paths(each)))
        proof = SettledProof(told.sealed, told.index, told.proof, tuple(self.at(each) for each in cleared), paths)
        given = [self.at(each) for each in moved]
        received = WH * len(moved)
        return SlotResult(
            slot=SLOT,
            after=0,
            import_wh=12,
            export_wh=0,
            shared_in_wh=received,
            shared_out_wh=0,
            inside_money=-received * PRICE,
            grid_money=-(12 - received) * PRICES.grid,
            inside_price=PRICES.inside,
            grid_price=PRICES.grid,
            feed_in_price=PRICES.feed_in,
            records=self.building.evidence,
            transfers=tuple(each.sealed for each in given),
            indexes=tuple(each.index for each in given),
            proofs=tuple(each.proof for each in given),
            settled=proof,
            statement=b"",
        )

    def check(self, word: SlotResult | LeftOut, market: OwnMarket | None = None, before: Kept | None = None) -> None:
        """Judge a word as a flat does, of whose market it has heard nothing where nothing is given."""
        known = KnownPrices(first_prices(PRICES), SLOT * 1000)
        terms, verifier, lineage = self.building.terms, self.building.log.verifier, Lineage.of(self.membership)
        market = OwnMarket((), heard=False) if market is None else market
        check_word(word, self.device, lineage, self.own, terms, verifier, known, market, before)


@pytest.fixture
def slot(
    building: Ed25519Signer,
    signer: Ed25519Signer,
    membership: Membership,
    meter: MeteredFlat,
    make_terms: Callable[..., Terms],
) -> Slot:
    coordinator = SmallCoordinator(building, signer.public, make_terms())
    return Slot(coordinator, membership, meter, [])


def heard(*names: bytes, device: DeviceId) -> OwnMarket:
    """What the flat knows, once it has seen the results: it has bought of one neighbour, two others have traded."""
    return OwnMarket(names, (Made(Trade(bytes(PARTNER), bytes(device), WH, PRICE), (1,)),), 3)


def test_a_flat_without_orders_believes_a_traded_slot_that_the_log_has_a_result_of(slot: Slot) -> None:
    cleared = slot.cleared()
    slot.lived()
    places = Places(3, [])
    word = slot.word(slot.settled(places=places), (cleared,))
    slot.check(word)
    alone = LeftOut(SLOT, 0, word.settled, b"")
    with pytest.raises(SettlementError, match="was left out"):
        slot.check(alone)
    slot.own.clear()
    slot.check(alone)


def test_a_flat_without_orders_does_not_take_a_slot_for_traded_that_the_log_has_no_result_of(slot: Slot) -> None:
    cleared, elsewhere = slot.cleared(OTHER), slot.cleared(slot=SLOT + 60)
    slot.lived()
    settled = slot.settled(places=Places(3, []))
    with pytest.raises(SettlementError, match="settled by 1 results of the market, and 0 are shown"):
        slot.check(slot.word(settled, ()))
    with pytest.raises(SettlementError, match="is of another result than the slot is settled by"):
        slot.check(slot.word(settled, (cleared,)))
    with pytest.raises(SettlementError, match="does not say what this slot's market came to"):
        slot.check(slot.word(settled, (elsewhere,)))
    with pytest.raises(SettlementError, match="does not say what this slot's market came to"):
        slot.check(slot.word(settled, (slot.transfer(),)))
    shown = slot.word(settled, (slot.cleared(),))
    with pytest.raises(SettlementError, match="not below the"):
        slot.check(shown)
    proofs = (replace(shown.settled.cleared[0], proof=shown.settled.proof),)
    with pytest.raises(EtpError, match="the proof is of entry"):
        slot.check(replace(shown, settled=replace(shown.settled, cleared=proofs)))
    nameless = replace(shown.settled, cleared=(), sealed=slot.settled().encode())
    with pytest.raises(SettlementError, match="names a result, and not the records of its trades"):
        check_own(replace(shown, settled=nameless), slot.device, slot.own)


def test_a_flat_without_orders_has_no_transfers(slot: Slot) -> None:
    cleared = slot.cleared()
    slot.lived()
    moved = slot.transfer()
    places = Places(3, [moved])
    with pytest.raises(SettlementError, match="this flat has traded nothing"):
        slot.check(slot.word(slot.settled(places=places), (cleared,), (moved,), places))


def test_what_was_bought_is_believed_when_its_record_is_the_one_of_the_trade(slot: Slot) -> None:
    cleared = slot.cleared()
    slot.lived()
    moved = slot.transfer()
    others = [slot.transfer(number, sender=PARTNER, receiver=THIRD) for number in (0, 2)]
    places = Places(3, [moved, *others])
    word = slot.word(slot.settled(places=places), (cleared,), (moved,), places)
    market = heard(NAME, device=slot.device)
    slot.check(word, market)
    with pytest.raises(SettlementError, match="settled by 3 trades, and the results have 4"):
        slot.check(word, replace(market, count=4))
    for paths, told in (((), "1 trades, and 0 are proven"), (word.settled.paths * 2, "more paths than trades")):
        with pytest.raises((SettlementError, EtpError), match=told):
            slot.check(replace(word, settled=replace(word.settled, paths=paths)), market)


def test_a_flat_that_has_not_heard_what_came_of_its_orders_takes_no_trade_that_they_do_not_allow(slot: Slot) -> None:
    cleared = slot.cleared()
    slot.lived()
    moved = slot.transfer()
    places = Places(3, [moved])
    word = slot.word(slot.settled(places=places), (cleared,), (moved,), places)

    def ordered(limit: int, wh: int = WH) -> tuple[Order, ...]:
        return (Order(id="own", flat="own", side=Side.BID, wh=wh, limit=limit),)

    def unheard(*may: tuple[Order, ...]) -> OwnMarket:
        return OwnMarket((), None, ordered=may, heard=False)

    slot.check(word, unheard(ordered(PRICE)))
    slot.check(word, unheard((), ordered(PRICE)))  # Either may be what counted.
    for may in ((ordered(PRICE - 1),), (ordered(PRICE, WH - 1),), ((), ordered(PRICE - 1))):
        with pytest.raises(SettlementError, match="by trades that this flat's orders do not allow"):
            slot.check(word, unheard(*may))


def test_two_records_of_one_trade_cannot_both_be_shown(slot: Slot) -> None:
    cleared = slot.cleared()
    slot.lived()
    sellers = slot.transfer()
    buyers = slot.transfer()
    assert sellers.hash != buyers.hash
    places = Places(3, [sellers])
    settled = slot.settled(places=places)
    market = heard(NAME, device=slot.device)
    slot.check(slot.word(settled, (cleared,), (sellers,), places), market)
    with pytest.raises(tlog.ProofError, match="entry 1 is not in the tree of 3 entries"):
        slot.check(slot.word(settled, (cleared,), (buyers,), Places(3, [buyers])), market)
    with pytest.raises(EtpError, match="or a second one"):
        Places(3, [sellers, buyers])
    elsewhere = slot.transfer(0)
    both = Places(3, [sellers, elsewhere])
    with pytest.raises(SettlementError, match=r"as trades \[0\], and this flat has traded"):
        slot.check(slot.word(slot.settled(places=both), (cleared,), (elsewhere,), both), market)


def test_a_result_that_came_behind_the_flats_own_record_of_the_slot_is_refused(slot: Slot) -> None:
    slot.lived()
    backdated = slot.cleared()
    word = slot.word(slot.settled(places=Places(3, [])), (backdated,))
    with pytest.raises(SettlementError, match="behind this flat's own record at 0"):
        slot.check(word)
    unproven = [replace(each, index=None) for each in slot.own]
    with pytest.raises(SettlementError, match="behind this flat's own record at 0"):
        check_own(word, slot.device, slot.own)
    check_own(word, slot.device, unproven)


def test_a_result_that_came_behind_another_record_of_the_flat_is_refused(slot: Slot) -> None:
    device = slot.building.terms.building
    late = slot.log(
        Kind.ORDERS,
        market_body(document=NAME, written_ms=SLOT * 1000 + 30_000, sender=device, receiver=device, slot_seconds=60),
    )
    early = slot.log(
        Kind.ORDERS,
        market_body(document=NAME, written_ms=SLOT * 1000 + 29_999, sender=device, receiver=device, slot_seconds=60),
    )
    backdated = slot.cleared()
    slot.lived()
    word = slot.word(slot.settled(places=Places(3, [])), (backdated,))
    slot.check(word, before=Kept(early, 1, None))
    with pytest.raises(SettlementError, match="which was made when the slot was under way"):
        slot.check(word, before=Kept(late, 0, None))


def test_a_result_that_says_itself_that_it_was_late_is_refused(slot: Slot) -> None:
    cleared = slot.cleared(at_ms=SLOT * 1000)
    slot.lived()
    with pytest.raises(SettlementError, match="when the slot had begun"):
        slot.check(slot.word(slot.settled(places=Places(3, [])), (cleared,)))


def test_a_flat_whose_records_came_late_asks_for_less(slot: Slot) -> None:
    for _ in range(5):
        slot.building.log.add(b"entries of others, %d" % slot.building.log.frontier.size)
    cleared = slot.cleared()
    slot.building.log.add(b"what others counted in the slot")
    slot.lived()  # It was away until now.
    slot.check(slot.word(slot.settled(places=Places(3, [])), (cleared,)))


def test_rounds_are_told_in_their_order_and_all_that_were_heard_of_are_among_them(slot: Slot) -> None:
    first, second = slot.cleared(NAME), slot.cleared(OTHER)
    slot.lived()
    places = Places(3, [])
    word = slot.word(slot.settled((NAME, OTHER), places), (first, second))
    for known in ((), (NAME,), (OTHER,), (NAME, OTHER)):
        slot.check(word, OwnMarket(known, heard=False))
    slot.check(word, OwnMarket((NAME, OTHER)))
    for known, is_heard, told in (
        ((OTHER, NAME), False, "by other trades"),
        ((NAME,), True, "by other trades"),
        ((), True, "said that nothing is traded"),
        ((b"\x03" * 32,), False, "by other trades"),
    ):
        with pytest.raises(SettlementError, match=told):
            slot.check(word, OwnMarket(known, heard=is_heard))
    turned = slot.word(slot.settled((OTHER, NAME), places), (second, first))
    with pytest.raises(SettlementError, match="in the order of the rounds"):
        slot.check(turned)
    shared = slot.word(slot.settled(()), ())
    with pytest.raises(SettlementError, match="by the sharing key, though it was traded"):
        check_market(shared, slot.device, OwnMarket((NAME,), heard=False))


def test_newer_proofs_make_no_other_word(slot: Slot) -> None:
    cleared = slot.cleared()
    slot.lived()
    settled = slot.settled(places=Places(3, []))
    one = slot.word(settled, (cleared,))
    slot.building.log.add(b"the log has grown")
    other = slot.word(settled, (cleared,))
    assert one != other
    assert same_word(one, other)
    assert word_name(one) == word_name(other)
    assert not same_word(one, slot.word(settled, ()))


def test_a_flat_sees_nothing_of_the_records_beside_its_own(slot: Slot) -> None:
    slot.lived()
    mine = slot.transfer()
    others = [slot.transfer(number, receiver=THIRD) for number in (0, 2)]
    places = Places(3, [mine, *others])
    (path,) = places.paths(mine)
    names: set[bytes] = {record.hash for record in others}
    assert not names.intersection(path)
    salted = [replace(record, salt=bytes(32)) for record in others]
    assert Places(3, [mine, *salted]).root != places.root, "without its salt no leaf can be guessed"


def test_trades_that_are_settled_as_one_stand_at_each_of_their_places(slot: Slot) -> None:
    slot.lived()
    once = slot.transfer()
    assert once.body.trade is not None
    body = replace(once.body, trade=replace(once.body.trade, numbers=(0, 2)))
    twice = slot.log(Kind.TRANSFER, body)
    assert len(Places(3, [twice, once]).paths(twice)) == 2
    with pytest.raises(EtpError, match="is of trade 2, one of 2"):
        Places(2, [twice])
    with pytest.raises(EtpError, match="trades: it has"):
        Places(2_000_000, [])
