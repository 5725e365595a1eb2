"""Who shared how much with whom in a slot, and what it costs: integer arithmetic that every flat can re-run."""

from .apportion import apportion
from .prices import ContradictionError, PriceList, PricePeriod, first_prices, plain_prices, read_prices
from .slot import Settlement, Share, SlotPrices, Transfer, Use, settle

__all__ = [
    "ContradictionError",
    "PriceList",
    "PricePeriod",
    "Settlement",
    "Share",
    "SlotPrices",
    "Transfer",
    "Use",
    "apportion",
    "first_prices",
    "plain_prices",
    "read_prices",
    "settle",
]
