"""From a slot's market to what its settlement delivers, and to what the records of it say. Pure.

A slot that is settled by its trades has a TRANSFER record for each of them, also for one of which nothing was
delivered: so the records alone say all that its settlement follows from, whoever has no documents of the round.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from .etp import Body, DeviceId, TradeTerms
from .market import Objective, Order, Result, Side
from .market.rounds import OpenedBook, RoundError
from .settlement import Delivered, Trade
from .settlement.apportion import Ordered
from .settlement.delivery import cut, merged
from .wire import LARGEST_DOCUMENT_OF_ROUND


class UnownedError(RoundError):
    """An offer of a book is of nobody whom the log names, or of several."""


MOST_TRADES_OF_ONE: Final = 400
"""In a slot: a flat is told of all of them with their proofs in one message."""


@dataclass(frozen=True, slots=True)
class Made[Name: Ordered]:
    """A trade of a slot, and which it is among those of all its results, counted from 0 through the rounds."""

    trade: Trade[Name]
    numbers: tuple[int, ...]
    """One, or those that are settled as one."""


def made[Name: Ordered](results: Iterable[Result], owners: Mapping[str, Name]) -> tuple[Made[Name], ...]:
    """Return the trades of a slot's results between the owners of their orders, one by one.

    What somebody sells to himself is none, although it has a number: his own surplus covers his own use without one.
    """
    every = (each for result in results for each in result.trades)
    between = [(number, owners[each.seller], owners[each.buyer], each) for number, each in enumerate(every)]
    return tuple(
        Made(Trade(seller, buyer, each.wh, each.price, each.seller_price), (number,))
        for number, seller, buyer, each in between
        if seller != buyer
    )


def together[Name: Ordered](trades: Iterable[Made[Name]]) -> tuple[Made[Name], ...]:
    """Return trades as they are settled: in their fixed order, those of the same parties and prices as one."""
    known = list(trades)
    numbers: dict[tuple[Name, Name, int, int], list[int]] = {}
    for each in known:
        numbers.setdefault(_key(each.trade), []).extend(each.numbers)
    return tuple(Made(trade, tuple(sorted(numbers[_key(trade)]))) for trade in merged(each.trade for each in known))


def owners_of[Name: Ordered](opened: OpenedBook, committed: Mapping[Name, bytes]) -> dict[str, Name]:
    """Return whose each order of a book is, by what each flat's ORDERS record names. Raises UnownedError.

    The hash of a record is of an offer with its blind, which has a nonce and the device in it: an offer is of the one
    who has logged its hash, as long as no other has.
    """
    who: dict[bytes, list[Name]] = {}
    for name, hashed in committed.items():
        who.setdefault(hashed, []).append(name)
    owners = {offer.digest: who.get(offer.digest, []) for offer in opened.offers}
    if unowned := sum(len(each) != 1 for each in owners.values()):
        raise UnownedError(f"{unowned} offers of the book are not of one flat each whose orders the log names")
    return {order.id: owners[offer.digest][0] for offer in opened.offers for order in offer.orders}


def trades_of[Name: Ordered](result: Result, owners: Mapping[str, Name]) -> tuple[Trade[Name], ...]:
    """Return a result's trades between the owners of its orders, as they are settled."""
    return tuple(each.trade for each in together(made([result], owners)))


def most_trades(opened: OpenedBook) -> int:
    """Return how many trades a book can have, whatever is traded: how many TRANSFER records its slot has.

    In each stage of the clearing every trade but the last uses up what an order has there. There is a second stage
    where lines limit, or most energy is the goal, and somebody buys nothing but green: then those who sell green may
    trade in both.
    """
    orders = [order for offer in opened.offers for order in offer.orders]
    twice = 0
    if (opened.nodes or opened.objective is Objective.ENERGY) and any(order.wants_green for order in orders):
        twice = sum(order.side is Side.ASK and order.is_green for order in orders)
    return max(len(orders) + twice - 1, 0)


def busiest(opened: OpenedBook, result: Result) -> int:
    """Return how many trades that flat has which has most of them."""
    owners = {order.id: offer.blind for offer in opened.offers for order in offer.orders}
    trades = trades_of(result, owners)
    counts = Counter(party for trade in trades for party in (trade.seller, trade.buyer))
    return max(counts.values(), default=0)


def untellable(opened: OpenedBook, document: bytes, result: Result) -> str | None:
    """Say why flats could not be told of a result, or of how its trades went; None when they can."""
    if (most := busiest(opened, result)) > MOST_TRADES_OF_ONE:
        return f"a flat has {most} trades, and of {MOST_TRADES_OF_ONE} it can be told how they went"
    if len(document) > LARGEST_DOCUMENT_OF_ROUND:
        return f"it has {len(document)} bytes, and {LARGEST_DOCUMENT_OF_ROUND} fit into a message"
    return None


def terms_of(delivered: Delivered[DeviceId], numbers: tuple[int, ...]) -> TradeTerms:
    """Return what a trade's record says of it, besides parties, energy and the buyer's price."""
    trade = delivered.trade
    return TradeTerms(
        wh=trade.wh,
        earned=trade.earned,
        offered_wh=delivered.offered_wh,
        wanted_wh=delivered.wanted_wh,
        numbers=numbers,
    )


def trade_of(body: Body) -> Trade[DeviceId]:
    """Return the trade that a TRANSFER record is of. Raises ValueError for one that is of none."""
    terms, price = body.trade, body.price
    if terms is None or price is None:
        raise ValueError("the transfer is of no trade")
    return Trade(body.sender, body.receiver, terms.wh, price, None if terms.earned == price else terms.earned)


def problem_with_own(
    own: Sequence[Made[bytes]], told: Sequence[Body], device: DeviceId, need: int, surplus: int
) -> str | None:
    """Say why a flat's transfers are not what came of its trades; None when they are.

    Args:
        own: its trades, one by one, the other side being whatever stands for one neighbour.
        told: its transfers.
        device: the flat's, also in `own`.
        need: Wh that its meter counted inwards beyond its own surplus.
        surplus: outwards.
    """
    try:
        trades = [trade_of(body) for body in told]
    except ValueError as error:
        return str(error)
    if problem := _unlike(own, zip(trades, told, strict=True), device):
        return problem
    if list(merged(trades)) != sorted(trades, key=_place):
        return "a trade is told in parts"
    inorder = sorted(zip(trades, told, strict=True), key=lambda pair: _place(pair[0]))
    sold = {at: trade.wh for at, (trade, _) in enumerate(inorder) if trade.seller == device}
    bought = {at: trade.wh for at, (trade, _) in enumerate(inorder) if trade.buyer == device}
    bears = cut({device: sold}, {device: surplus}) | cut({device: bought}, {device: need})
    for at, (trade, body) in enumerate(inorder):
        assert body.trade is not None, "it is a trade's"
        said = body.trade.offered_wh if at in sold else body.trade.wanted_wh
        if said != bears[at]:
            side = "offered" if at in sold else "wanted"
            return (
                f"of a trade of {trade.wh} Wh for {trade.price}, {said} Wh are said to be {side}; by this flat's own "
                f"meter and trades it is {bears[at]} Wh"
            )
    return None


def allows(orders: Iterable[Order], told: Iterable[Body], device: DeviceId) -> bool:
    """Whether transfers can be of trades of these orders, as far as their limits and energies say."""
    left = list(orders)
    asks = sorted((each for each in left if each.side is Side.ASK), key=lambda order: order.limit)
    bids = sorted((each for each in left if each.side is Side.BID), key=lambda order: -order.limit)
    sold, bought = [], []
    for body in told:
        if body.trade is None or body.price is None:
            return False
        if body.sender == device:
            sold.append((body.trade.earned, body.trade.wh))
        else:
            bought.append((-body.price, body.trade.wh))
    return _covered([(each.limit, each.wh) for each in asks], sold) and _covered(
        [(-each.limit, each.wh) for each in bids], bought
    )


def _covered(limits: Sequence[tuple[int, int]], trades: Sequence[tuple[int, int]]) -> bool:
    """Whether at each price no more is traded, up to it, than orders are content with."""
    return all(
        sum(wh for at, wh in trades if at <= price) <= sum(wh for limit, wh in limits if limit <= price)
        for price, _ in trades
    )


def _unlike(own: Iterable[Made[bytes]], told: Iterable[tuple[Trade[DeviceId], Body]], device: DeviceId) -> str | None:
    """Say in what transfers are not of a flat's trades: by their numbers, at their prices, of all their energy."""
    by_number = {number: each.trade for each in own for number in each.numbers}
    left = dict(by_number)
    for trade, body in told:
        numbers = () if body.trade is None else body.trade.numbers
        mine = [left.pop(number, None) for number in numbers]
        said = _terms(trade, device)
        if not mine or any(each is None or _terms(each, device)[:-1] != said[:-1] for each in mine):
            return (
                f"a transfer {_written([said])} as trades {list(numbers)}, and this flat has {_of(by_number, device)}"
            )
        if sum(each.wh for each in mine if each is not None) != trade.wh:
            return (
                f"a transfer is of {trade.wh} Wh of trades {list(numbers)}, and this flat has {_of(by_number, device)}"
            )
    if left:
        return f"this flat has {_of(by_number, device)}, and no transfer is of trades {sorted(left)}"
    return None


def _terms(trade: Trade[bytes] | Trade[DeviceId], device: bytes) -> tuple[bool, int, int, int]:
    """Return whether a flat sells, both prices, and Wh."""
    return trade.seller == device, trade.price, trade.earned, trade.wh


def _key[Name: Ordered](trade: Trade[Name]) -> tuple[Name, Name, int, int]:
    return trade.seller, trade.buyer, trade.price, trade.earned


def _place(trade: Trade[DeviceId]) -> tuple[DeviceId, DeviceId, int, int]:
    return trade.seller, trade.buyer, -trade.price, -trade.earned


def _of(by_number: Mapping[int, Trade[bytes]], device: bytes) -> str:
    return f"traded {_written([_terms(each, device) for _, each in sorted(by_number.items())])}"


def _written(trades: Iterable[tuple[bool, int, int, int]]) -> str:
    told = [
        f"{'sold' if sells else 'bought'} {wh} Wh for {earned if sells else price}"
        for sells, price, earned, wh in trades
    ]
    return ", ".join(told) or "nothing"
