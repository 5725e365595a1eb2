"""What is left to order once something is traded, and what of a need is sure long before. Pure; whole numbers only."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from ..market import Order, Side
from ..trading.state import OwnTrade


def still_wanted(orders: Iterable[Order], made: Iterable[OwnTrade]) -> tuple[Order, ...]:
    """Return orders less what the slot's earlier rounds have traded of them: those first that are served first.

    What was sold too much is not bought back, nor the other way round: a trade is delivered as far as its side's meter
    counts that way, and a second one against it changes nothing of that.
    """
    done = {Side.BID: 0, Side.ASK: 0}
    for trade in made:
        done[Side.BID if trade.buys else Side.ASK] += trade.wh
    left = []
    for order in sorted(orders, key=lambda each: -each.limit if each.side is Side.BID else each.limit):
        taken = min(order.wh, done[order.side])
        done[order.side] -= taken
        if order.wh > taken:
            left.append(replace(order, wh=order.wh - taken))
    return joined(left)


def joined(orders: Iterable[Order]) -> tuple[Order, ...]:
    """Return orders with those as one that are of one kind: a round takes no others."""
    alike: dict[object, Order] = {}
    for order in orders:
        known = alike.get(order.kind)
        alike[order.kind] = (
            order
            if known is None
            else replace(known, wh=known.wh + order.wh, attributes=known.attributes | order.attributes)
        )
    return tuple(alike.values())


def sure_net(load: Sequence[float], sun: Sequence[float], gives_wh: int = 0, takes_wh: int = 0) -> int:
    """Return the net need in Wh that is sure, negative for a surplus; nothing where neither is.

    Args:
        load: the least and the most that the flat will use, as far as a forecast can tell.
        sun: the same of what its roof will give.
        gives_wh: the most that a battery may give of what is needed.
        takes_wh: the most that it may take of what is left over.
    """
    need, surplus = load[0] - sun[1] - gives_wh, sun[0] - load[1] - takes_wh
    return max(int(need), 0) - max(int(surplus), 0)
