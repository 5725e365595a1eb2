"""Small rounds for tests: five flats that sell and buy, and what was promised to them."""

from dataclasses import replace
import hashlib

from localvpp.market import Objective, Order, PriceRule, Side, clear
from localvpp.market.rounds import OpenedBook, Outcome, Placed, Promised, Rules, digest

ORIGIN = "vpp.example/test"
SLOT = 1_795_312_800


def ask(wh: int, limit: int, **other: object) -> Order:
    return Order(id=f"ask {wh} at {limit}", flat="own", side=Side.ASK, wh=wh, limit=limit, **other)  # type: ignore[arg-type]


def bid(wh: int, limit: int, **other: object) -> Order:
    return Order(id=f"bid {wh} at {limit}", flat="own", side=Side.BID, wh=wh, limit=limit, **other)  # type: ignore[arg-type]


WANTED = (
    (ask(500, 1000), ask(300, 1500)),
    (ask(400, 1200),),
    (bid(350, 2500),),
    (bid(350, 2500),),
    (bid(600, 2000), bid(100, 1100)),
)
"""Two sellers and three buyers; two of these want the same, and there is not enough for both and the third."""


RULES = Rules(
    origin=ORIGIN, number=3, since=0, gate_s=300, show_s=10, leads_s=(), objective=Objective.GAIN, price=PriceRule.MID
)


def promised(rules: Rules) -> Promised:
    """What a flat was told before the gate of the slot's first round."""
    return Promised(slot=SLOT, number=0, rules=rules, log_since=0, log_size=20, listed=None, node=rules.node_of("101"))


def placed(number: int, orders: tuple[Order, ...] | None = None, nonce: bytes | None = None) -> Placed:
    device = hashlib.sha256(b"device %d" % number).digest()[:16]
    nonce = nonce or hashlib.sha256(b"nonce %d" % number).digest()
    return Placed.of(ORIGIN, device, SLOT, 0, nonce, WANTED[number] if orders is None else orders)


def opened(*documents: Placed, **changes: object) -> OpenedBook:
    offers = tuple(sorted((each.offer for each in documents), key=lambda offer: offer.blind))
    book = OpenedBook(
        origin=ORIGIN,
        slot=SLOT,
        number=0,
        rules=digest(RULES.encode()),
        objective=Objective.GAIN,
        price=PriceRule.MID,
        log_since=0,
        log_size=20,
        voters=max(5, len(offers)),
        enrolled=5,
        offers=offers,
    )
    return replace(book, **changes)  # type: ignore[arg-type]


def outcome(book: OpenedBook) -> Outcome:
    return Outcome(ORIGIN, SLOT, 0, digest(book.encode()), clear(book.book(), book.objective, book.price))


PROMISED = promised(RULES)
