"""What flats have of their trades: each one's part in them as the log tells it, and what its parts come to.

A trade is a transfer record of its slot, once that is settled: it says what was agreed, what of that was delivered, and
what each of the two had by its own meter.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from localvpp.etp import DeviceId, Record
from localvpp.settlement import SlotPrices


@dataclass(frozen=True, slots=True)
class Deal:
    """What one flat has bought and sold, in Wh, and what that saved it against the grid's prices, in 10⁻⁵ yen."""

    bought_wh: int = 0
    sold_wh: int = 0
    saved: int = 0

    def and_one(self, *, buys: bool, wh: int, price: int, prices: SlotPrices) -> Deal:
        """Add what was bought or sold for a price."""
        if buys:
            return Deal(self.bought_wh + wh, self.sold_wh, self.saved + wh * (prices.grid - price))
        return Deal(self.bought_wh, self.sold_wh + wh, self.saved + wh * (price - prices.feed_in))


@dataclass(frozen=True, slots=True)
class Part:
    """One flat's part in a trade of a settled slot."""

    device: DeviceId
    buys: bool
    price: int
    """What it pays or earns, in 0.01 yen/kWh."""
    traded_wh: int
    delivered_wh: int
    borne_wh: int
    """What it had for the trade by its own meter, to give or to take."""


def parts_of(transfers: Iterable[Record]) -> Iterator[Part]:
    """Yield the two parts of each trade: the buyer's, then the seller's."""
    for body in (record.body for record in transfers):
        trade = body.trade
        if trade is None or body.price is None:
            continue
        yield Part(body.receiver, True, body.price, trade.wh, body.energy_wh, trade.wanted_wh)
        yield Part(body.sender, False, trade.earned, trade.wh, body.energy_wh, trade.offered_wh)
