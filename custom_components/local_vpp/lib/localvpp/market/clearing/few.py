"""A slot of few orders at one place, cleared for the most gain in plain Python: what a building's slots are.

In columns of a hundred orders numpy has little to count, and each of its calls takes as long as for a thousand: here
they take a half of that time. The solution is the same, written down as what it is: a rising price passes the orders
until no less is sold than is bought above it; both sides then trade what the shorter one has, and of the longer one
those yield who stand at the price, the last rank first. `gain`, `pairing` and `pricing` say it in columns, for as many
orders as there are, and over lines. Both give the same bytes (`tests/localvpp/market/test_market_few.py`), and a check
knows of neither.
"""

from collections.abc import Iterable, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Final

from ..book import Book
from ..lots import one_place, refuse_too_much
from ..order import Order, Side
from ..result import Part, Proof, Stage, trades_of
from ..rules import Objective, PriceRule
from ..ties import tie_order

FEW: Final = 300
"""Up to here it is the quicker way, by a third where hardly any orders are equal and by little where nearly all are;
from 400 on it takes as long, and many equal orders are ranked quicker in columns."""
_PLACE: Final = one_place().names[0]

type _Row = tuple[int, int, str]
"""Limit, Wh, id: sorted, rows are in the order of columns (`lots`), but for ranks."""
type _Pair = tuple[str, str, int, int, int]
"""Seller, buyer, Wh, the seller's limit and the buyer's."""
_limit_and_wh = itemgetter(0, 1)


def are_few(book: Book, objective: Objective, rule: PriceRule) -> bool:
    """Return whether a book is of this kind: few orders that ask for nothing but energy at a limit, and no lines."""
    return (
        objective is Objective.GAIN
        and rule is not PriceRule.MCAFEE
        and book.lines is None
        and not (book.has_partners or book.has_green_bids or book.has_whole)
        and all(len(orders) <= FEW for orders in book.slots().values())
    )


def clear_few(orders: Sequence[Order], seed: bytes, rule: PriceRule) -> Part:
    """Clear, pair and price the orders of one slot.

    Raises BookError for more energy than can be counted with.
    """
    asks, bids, buying = list[_Row](), list[_Row](), Side.BID
    for order in orders:
        (bids if order.side is buying else asks).append((order.limit, order.wh, order.id))
    asks.sort()
    bids.sort()
    wanted = _energy(bids)
    refuse_too_much(orders, _energy(asks) + wanted)
    price = _price(asks, bids, wanted)
    asks = _in_turn([row for row in asks if row[0] <= price], seed)
    bids = _in_turn([row for row in bids if row[0] >= price], seed)
    sold, bought = _energy(asks), _energy(bids)
    if sold > bought:
        asks = _yielding(asks, sold - bought, price, seed)
    elif bought > sold:
        bids = _yielding(bids, bought - sold, price, seed)
    pairs = _met(asks, bids)
    return Part(
        proof=Proof(stage=Stage.MARKET, slot=orders[0].slot, trades=len(pairs), prices={_PLACE: price}),
        trades=list(trades_of(_priced(pairs, rule))),
        energy_wh=min(sold, bought),
        gain=sum([limit * wh for limit, wh, _ in bids]) - sum([limit * wh for limit, wh, _ in asks]),
    )


def _energy(rows: Iterable[_Row]) -> int:
    return sum([wh for _, wh, _ in rows])


def _price(asks: list[_Row], bids: list[_Row], needed: int) -> int:
    """Return the lowest limit at which no less is sold than is bought above it; all bids together need so much."""
    for limit, wh, _ in sorted(asks + bids):
        needed -= wh
        if needed <= 0:
            return limit
    raise AssertionError("at the highest limit nobody buys above it")


def _in_turn(rows: list[_Row], seed: bytes) -> list[_Row]:
    """Return orders as pairs are made: of one limit the smaller first, of equally large ones the better rank."""
    if len({(limit, wh) for limit, wh, _ in rows}) == len(rows):
        return rows
    return [row for _, equal in groupby(rows, _limit_and_wh) for row in _ranked(list(equal), seed)]


def _ranked(rows: list[_Row], seed: bytes) -> list[_Row]:
    """Return equal orders, the one first that comes first."""
    if len(rows) < 2:
        return rows
    return [rows[index] for index in tie_order(seed, [name for *_, name in rows]).tolist()]


def _yielding(rows: list[_Row], spare: int, price: int, seed: bytes) -> list[_Row]:
    """Return what orders trade of which so much is to spare: who stands at the price yields, the last rank first."""
    trading = {}
    for _, wh, name in reversed(_ranked([row for row in rows if row[0] == price], seed)):
        trading[name] = max(wh - spare, 0)
        spare = max(spare - wh, 0)
    return [(limit, trading.get(name, wh), name) for limit, wh, name in rows]


def _met(asks: list[_Row], bids: list[_Row]) -> list[_Pair]:
    """Pair two sides of the same energy, from the top."""
    pairs, rest = list[_Pair](), iter(bids)
    offered, wanted, buyer = 0, 0, ""
    for asked, energy, seller in asks:
        have = energy
        while have > wanted:
            if wanted:
                pairs.append((seller, buyer, wanted, asked, offered))
                have -= wanted
            offered, wanted, buyer = next(rest)
        if have:
            pairs.append((seller, buyer, have, asked, offered))
            wanted -= have
    return pairs


def _priced(pairs: list[_Pair], rule: PriceRule) -> list[tuple[str, str, int, int, None]]:
    """Return trades, by what `pricing` says of each rule."""
    if rule is PriceRule.BID:
        return [(seller, buyer, wh, offered, None) for seller, buyer, wh, _, offered in pairs]
    if rule is PriceRule.PAIR:
        return [(seller, buyer, wh, (asked + offered) // 2, None) for seller, buyer, wh, asked, offered in pairs]
    # The last pair has the dearest ask, the first one the lowest bid.
    middle = (pairs[-1][3] + pairs[0][4]) // 2 if pairs else 0
    return [(seller, buyer, wh, middle, None) for seller, buyer, wh, _, _ in pairs]
