"""Bid what it is worth to you: the default, and the advice.

A flat's battery serves the flat first. What it needs then is worth the grid's price to it, for that is what it would
pay otherwise; what it has over is worth the feed-in price. Under the mid price a flat can sometimes gain a little by
lying, at the price of sometimes not trading at all; by telling the truth it never pays more, nor gets less, than
without the market.
"""

from dataclasses import dataclass

from ..order import Order
from .view import Desk, View


@dataclass(frozen=True, slots=True)
class TrueLimit:
    """One order: all that is needed, or all that is left over."""

    name: str = "true-limit"

    def orders(self, view: View) -> tuple[Order, ...]:
        """See Strategy."""
        desk = Desk(view)
        left = left_over(view)
        if left > 0:
            desk.bid(left, view.grid[0])
        else:
            desk.ask(-left, view.feed_in[0])
        return desk.orders()


def left_over(view: View) -> int:
    """Return the net need (negative: surplus) once the flat's own battery has done what it can."""
    if view.net_wh > 0:
        return view.net_wh - min(view.net_wh, view.gives_wh)
    return view.net_wh + min(-view.net_wh, view.takes_wh)
