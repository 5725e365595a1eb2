"""From random rounds to deliveries: nothing is lost or made, no book has more trades than told, and flats see lies."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
import random

import pytest

from localvpp.etp import Body, DeviceId, FieldError, RecordHash, Source
from localvpp.export.plain import plain_body
from localvpp.market import MarketError, Node, Objective, Order, PriceRule
from localvpp.market.rounds import OpenedBook, Outcome, Own, Placed
from localvpp.settlement import Settlement, SlotPrices, Trade, Traded, Use, deliver, left_over, settle
from localvpp.traded import (
    MOST_TRADES_OF_ONE,
    Made,
    allows,
    busiest,
    made,
    most_trades,
    problem_with_own,
    terms_of,
    together,
    trade_of,
    trades_of,
)
from localvpp.trading.judging import own_market, own_trades, with_trades
from localvpp.trading.kept import Document, KeptRound
from localvpp.wire import RoundName

from .market.rounds import SLOT, ask, bid, opened, outcome, placed

PRICES = SlotPrices(2200, 3150, 850)
ROUNDS = 300
GREEN = frozenset({"green"})
NODES = (
    Node(id="building"),
    Node(id="near", parent="building", import_limit_wh=200, export_limit_wh=200),
    Node(id="far", parent="building", import_limit_wh=300, export_limit_wh=300),
)
RULES = [
    *((objective, PriceRule.MID) for objective in Objective),
    *((Objective.GAIN, rule) for rule in PriceRule),
    (Objective.ENERGY, PriceRule.PAIR),
]


@dataclass(frozen=True)
class Round:
    """A round, whose flats are known to the test."""

    documents: tuple[Placed, ...]
    book: OpenedBook
    outcome: Outcome
    uses: dict[DeviceId, Use]
    """What meters counted; who is not there is unknown."""

    @property
    def trades(self) -> tuple[Trade[DeviceId], ...]:
        owners = {order.id: DeviceId(each.device) for each in self.documents for order in each.offer.orders}
        return trades_of(self.outcome.result, owners)

    @property
    def settled(self) -> Settlement[DeviceId]:
        return settle(self.uses, PRICES, Traded(self.trades))

    @property
    def made(self) -> tuple[Made[DeviceId], ...]:
        """The trades as they are settled, with their numbers."""
        owners = {order.id: DeviceId(each.device) for each in self.documents for order in each.offer.orders}
        return together(made([self.outcome.result], owners))

    def own(self, number: int) -> tuple[Made[bytes], ...]:
        """A flat's trades, as it has them from the result: it knows nobody else."""
        mine = self.documents[number]
        return own_trades([(self.book, self.outcome, Own(mine, taken=True))], mine.device)

    def told(self, number: int) -> list[Body]:
        """A flat's transfers."""
        device = self.documents[number].device
        return [each for each in bodies(self) if device in {each.sender, each.receiver}]

    def problem(self, number: int, told: Sequence[Body]) -> str | None:
        device = DeviceId(self.documents[number].device)
        need, surplus = left_over({device: self.uses[device]})
        return problem_with_own(self.own(number), told, device, need[device], surplus[device])


def bodies(known: Round) -> list[Body]:
    return [
        Body(
            start_ms=SLOT * 1000,
            end_ms=(SLOT + 60) * 1000,
            slot_seconds=60,
            sender=each.trade.seller,
            receiver=each.trade.buyer,
            energy_wh=each.energy_wh,
            attributes=((Source.SOLAR, each.energy_wh),) if each.energy_wh else (),
            price=each.trade.price,
            trade=terms_of(each, trade.numbers),
        )
        for each, trade in zip(deliver(known.trades, *left_over(known.uses)), known.made, strict=True)
    ]


def orders(draw: random.Random, green: float) -> tuple[Order, ...]:
    made = []
    for tens in draw.sample(range(8, 31), draw.randint(1, 4)):  # A flat joins orders of one limit.
        wh, limit = draw.randint(1, 400), tens * 100
        if draw.random() < 0.5:
            made.append(ask(wh, limit, attributes=frozenset({"solar"}) if draw.random() < 0.5 else frozenset()))
        else:
            made.append(bid(wh, limit, requires=GREEN if draw.random() < green else frozenset()))
    return tuple(replace(order, id=f"{at}") for at, order in enumerate(made))


def a_round(draw: random.Random) -> Round:
    while True:
        green = draw.choice([0, 0.4])
        documents = tuple(placed(number, orders(draw, green)) for number in range(draw.randint(1, 7)))
        objective, rule = draw.choice(RULES)
        lines = draw.random() < 0.5
        changes = (
            {"nodes": NODES, "places": {each.offer.blind: draw.choice(NODES).id for each in documents}} if lines else {}
        )
        book = opened(*documents, objective=objective, price=rule, voters=9, **changes)
        try:
            cleared = outcome(book)
        except MarketError:
            continue  # A rule that does not go with lines, or with green orders.
        uses = {
            DeviceId(each.device): Use(draw.randint(0, 900), draw.randint(0, 900))
            for each in documents
            if draw.random() < 0.9
        }
        return Round(documents, book, cleared, uses)


def test_no_book_has_more_trades_than_its_slot_has_records_and_nothing_is_lost_or_made() -> None:
    draw = random.Random(20_261_126)
    most = traded = rents = 0
    for _ in range(ROUNDS):
        known = a_round(draw)
        bound = most_trades(known.book)
        assert len(known.outcome.result.trades) <= bound
        assert len(known.trades) <= bound
        most += len(known.outcome.result.trades) == bound > 0
        settled = known.settled
        shares = settled.shares.values()
        traded += bool(settled.transfers)
        rents += settled.rent > 0
        assert sum(each.inside_money for each in shares) + settled.rent == 0
        assert sum(each.shared_in_wh - each.shared_out_wh for each in shares) == 0
        for each in shares:
            drawn = each.shared_in_wh + each.bought_wh - each.shared_out_wh - each.sold_wh
            assert drawn == each.import_wh - each.export_wh
        for device in known.uses:
            (number,) = [at for at, each in enumerate(known.documents) if each.device == device]
            assert known.problem(number, known.told(number)) is None
    assert min(most, traded, rents) > 0


def test_what_the_records_say_of_trades_is_all_that_their_settlement_follows_from() -> None:
    draw = random.Random(1)
    for _ in range(50):
        known = a_round(draw)
        again = tuple(trade_of(body) for body in bodies(known))
        assert again == known.trades
        assert settle(known.uses, PRICES, Traded(again)) == known.settled


def test_a_flat_sells_itself_nothing() -> None:
    mine = placed(0, (ask(100, 1000), bid(100, 3000)))
    known = Round((mine,), book := opened(mine), outcome(book), {DeviceId(mine.device): Use(0, 50)})
    assert len(known.outcome.result.trades) == 1
    assert (known.trades, known.own(0)) == ((), ())
    assert known.settled.shares[DeviceId(mine.device)].sold_wh == 50
    kept = KeptRound(at=RoundName(SLOT, 0), rules=b"", book=book.encode(), result=known.outcome.encode())
    assert with_trades(kept, mine).trades == ()


def test_who_has_ordered_nothing_knows_that_it_has_no_trades_though_it_has_not_heard_of_all_rounds() -> None:
    traded = KeptRound(at=RoundName(SLOT, 0), rules=b"", cleared_name=b"c" * 32)
    for rounds, names in (((), ()), ((traded,), (b"c" * 32,))):
        known = own_market(rounds, DeviceId(bytes(16)))
        assert (known.cleared, known.trades, known.heard) == (names, (), False)


def test_trades_are_numbered_through_all_rounds_those_within_a_flat_too() -> None:
    mine, other = placed(0, (ask(100, 1000), bid(100, 3000))), placed(1, (bid(50, 2000),))
    seller = placed(2, (ask(50, 1500),))
    results = [outcome(opened(mine)).result, outcome(opened(other, seller)).result, outcome(opened(mine)).result]
    owners = {order.id: each.device for each in (mine, other, seller) for order in each.offer.orders}
    (only,) = made(results, owners)
    assert (only.numbers, only.trade.seller, only.trade.wh) == ((1,), seller.device, 50)
    (both,) = together([only, replace(only, numbers=(4,))])
    assert (both.numbers, both.trade.wh) == ((1, 4), 100)


@pytest.fixture
def short() -> Round:
    """101 has 300 Wh of the 800 that it sold; all others have what they traded."""
    documents = tuple(placed(number) for number in range(5))
    uses = [Use(0, 300), Use(0, 480), Use(420, 0), Use(420, 0), Use(540, 0)]
    book = opened(*documents)
    devices = [DeviceId(each.device) for each in documents]
    return Round(documents, book, outcome(book), dict(zip(devices, uses, strict=True)))


def lying(body: Body, price: int = 0, *, nothing: bool = False, **terms: int | tuple[int, ...]) -> Body:
    """A transfer dearer by a price, of which nothing was delivered, or with other terms."""
    assert body.trade is not None
    assert body.price is not None
    moved = {"energy_wh": 0, "attributes": ()} if nothing else {}
    trade = replace(body.trade, **{"earned": body.trade.earned + price} | terms)
    return replace(body, price=body.price + price, trade=trade, **moved)  # type: ignore[arg-type]


def test_a_flat_says_what_is_wrong_with_its_transfers(short: Round) -> None:
    first, *rest = told = short.told(0)
    assert short.problem(0, told) is None
    assert first.trade is not None
    assert rest[0].trade is not None
    for lie, why in (
        (rest, "no transfer is of trades"),
        ([*told, first], "has traded"),
        ([lying(first, 100), *rest], "has traded"),
        ([lying(first, wh=first.trade.wh + 1), *rest], "has traded"),
        ([lying(first, numbers=rest[0].trade.numbers), *rest], "has traded"),
        ([lying(first, numbers=(99,)), *rest], "has traded"),
        ([lying(first, numbers=()), *rest], "has traded"),
        ([lying(first, earned=first.trade.earned - 1), *rest], "has traded"),
        ([replace(first, receiver=rest[0].receiver), *rest], "told in parts"),
        ([lying(first, offered_wh=first.trade.offered_wh - 1), *rest], "by this flat's own meter"),
        ([replace(first, trade=None), *rest], "no trade"),
    ):
        problem = short.problem(0, lie)
        assert problem is not None
        assert why in problem


def test_a_buyer_knows_what_it_wanted_and_not_what_its_sellers_had(short: Round) -> None:
    number = next(at for at in (2, 3, 4) if short.told(at))
    first, *rest = short.told(number)
    assert first.trade is not None
    less = lying(first, nothing=True, offered_wh=0)
    assert short.problem(number, [less, *rest]) is None, "only the seller can tell"
    unwanted = lying(first, nothing=True, wanted_wh=0)
    problem = short.problem(number, [unwanted, *rest])
    assert problem is not None
    assert "0 Wh are said to be wanted" in problem


def test_less_than_both_sides_bore_cannot_be_written(short: Round) -> None:
    first = next(body for body in bodies(short) if body.energy_wh)
    with pytest.raises(FieldError, match="being offered"):
        replace(first, energy_wh=0, attributes=())


def test_who_has_too_many_trades_is_found() -> None:
    seller = placed(0, (ask(10_000, 1000),))
    buyers = [placed(at, tuple(bid(1, 2000 + 64 * at + each) for each in range(64))) for at in range(1, 8)]
    book = opened(seller, *buyers, price=PriceRule.BID, voters=9)
    assert busiest(book, outcome(book).result) == 7 * 64 > MOST_TRADES_OF_ONE
    one_price = replace(book, price=PriceRule.MID)
    assert busiest(one_price, outcome(one_price).result) == 7


def test_what_a_transfer_says_of_its_trade_is_exported(short: Round) -> None:
    first = next(body for body in bodies(short) if body.energy_wh)
    assert first.trade is not None
    assert plain_body(first)["trade"] == {
        "wh": first.trade.wh,
        "earned": first.trade.earned,
        "offered_wh": first.trade.offered_wh,
        "wanted_wh": first.trade.wanted_wh,
        "numbers": first.trade.numbers,
    }
    assert "trade" not in plain_body(replace(first, trade=None))


def test_whoever_has_not_seen_the_result_holds_transfers_against_its_own_orders(short: Round) -> None:
    for number, mine in enumerate(short.documents):
        told, device = short.told(number), DeviceId(mine.device)
        assert allows(mine.offer.orders, told, device)
        assert not allows((), told, device)
        assert not allows(mine.offer.orders, [*told, *told, *told], device)
        worse = [lying(body, -1000 if body.sender == device else 1000) for body in told]
        assert not allows(mine.offer.orders, worse, device)
        assert not allows(mine.offer.orders, [replace(body, trade=None) for body in told], device)


def test_what_may_have_been_ordered_in_many_rounds_is_not_multiplied_without_end() -> None:
    def unheard(number: int, documents: int) -> KeptRound:
        several = tuple(
            Document(placed=placed(0, (bid(1 + each, 2000),)), placed_ms=0, record=RecordHash(bytes(32)), index=each)
            for each in range(documents)
        )
        return KeptRound(at=RoundName(SLOT, number), rules=b"", documents=several)

    few = own_market([unheard(number, 5) for number in range(3)], DeviceId(bytes(16)))
    assert (len(few.ordered), few.trades, few.heard) == (125, None, False)
    many = own_market([unheard(number, 60) for number in range(9)], DeviceId(bytes(16)))
    assert (many.ordered, many.trades, many.heard) == ((), None, False)
