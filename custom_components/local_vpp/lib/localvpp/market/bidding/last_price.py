"""Bid as the last round went: who lost bids the last price, if he can afford it.

The rule that Mitsubishi Electric and Tokyo Tech published for the re-bidding of losers. The last price is where trades
are, so an order there likely trades, at a better price than its true limit when many others bid likewise. It never goes
beyond the true limit; where no last price is known it bids that.
"""

from dataclasses import dataclass

from ..order import Order
from .true_limit import left_over
from .view import Desk, View


@dataclass(frozen=True, slots=True)
class LastPrice:
    """One order, at the last price or the true limit, whichever costs the flat less."""

    name: str = "last-price"

    def orders(self, view: View) -> tuple[Order, ...]:
        """See Strategy."""
        desk = Desk(view)
        left, last = left_over(view), view.last_price
        if left > 0:
            desk.bid(left, view.grid[0] if last is None else min(last, view.grid[0]))
        else:
            desk.ask(-left, view.feed_in[0] if last is None else max(last, view.feed_in[0]))
        return desk.orders()
