"""From a slot's market to what its settlement delivers, and to what the records of it say. Pure.

A slot that is settled by its trades has a TRANSFER record for each of them, also for one of which nothing was
delivered: so the records alone say all that its settlement follows from, whoever has no documents of the round.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from .etp import Body, DeviceId, TradeTerms
from .market import Objective, Order, Result, Side
from .market.rounds import OpenedBook
from .settlement import Delivered, Trade
from .settlement.delivery import cut, merged

MOST_TRADES_OF_ONE: Final = 400
"""In a slot: a flat is told of all of them with their proofs in one message."""


def trades_of[Name: bytes](result: Result, owners: Mapping[str, Name]) -> tuple[Trade[Name], ...]:
    """Return a result's trades between the owners of its orders, those of the same parties and prices as one.

    What somebody sells to himself is none: his own surplus covers his own use without one.
    """
    between = [(owners[each.seller], owners[each.buyer], each) for each in result.trades]
    return merged(
        Trade(seller, buyer, each.wh, each.price, each.seller_price)
        for seller, buyer, each in between
        if seller != buyer
    )


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


def terms_of(delivered: Delivered[DeviceId]) -> TradeTerms:
    """Return what a trade's record says of it, besides parties, energy and the buyer's price."""
    trade = delivered.trade
    return TradeTerms(wh=trade.wh, earned=trade.earned, offered_wh=delivered.offered_wh, wanted_wh=delivered.wanted_wh)


def trade_of(body: Body) -> Trade[DeviceId]:
    """Return the trade that a TRANSFER record is of. Raises ValueError for one that is of none."""
    terms, price = body.trade, body.price
    if terms is None or price is None:
        raise ValueError("the transfer is of no trade")
    return Trade(body.sender, body.receiver, terms.wh, price, None if terms.earned == price else terms.earned)


def problem_with_own(
    own: Sequence[Trade[bytes]], told: Sequence[Body], device: DeviceId, need: int, surplus: int
) -> str | None:
    """Say why a flat's transfers are not what came of its trades; None when they are.

    Args:
        own: its trades, the other side being whatever stands for one neighbour.
        told: its transfers.
        device: the flat's, also in `own`.
        need: Wh that its meter counted inwards beyond its own surplus.
        surplus: outwards.
    """
    try:
        trades = [trade_of(body) for body in told]
    except ValueError as error:
        return str(error)
    if problem := _unlike(own, trades, device):
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


def _unlike(own: Iterable[Trade[bytes]], told: Iterable[Trade[DeviceId]], device: DeviceId) -> str | None:
    made, said = _by_partner(own, device), _by_partner(told, device)
    if made == said:
        return None
    return f"this flat has traded {_written(made)}, and its transfers are of {_written(said)}"


def _by_partner(trades: Iterable[Trade[bytes]], device: bytes) -> list[list[tuple[bool, int, int, int]]]:
    """Return what was traded with each neighbour, whoever they are: whether it was sold, Wh, and both prices."""
    found: dict[bytes, list[tuple[bool, int, int, int]]] = {}
    for each in merged(trades):
        sells = each.seller == device
        found.setdefault(each.buyer if sells else each.seller, []).append((sells, each.wh, each.price, each.earned))
    return sorted(sorted(each) for each in found.values())


def _place(trade: Trade[DeviceId]) -> tuple[DeviceId, DeviceId, int, int]:
    return trade.seller, trade.buyer, -trade.price, -trade.earned


def _written(by_partner: list[list[tuple[bool, int, int, int]]]) -> str:
    told = [
        f"{'sold' if sells else 'bought'} {wh} Wh for {earned if sells else price}"
        for partner in by_partner
        for sells, wh, price, earned in partner
    ]
    return ", ".join(told) or "nothing"
