"""Who shared how much with whom in a slot, and what it costs: integer arithmetic that every flat can re-run."""

from .apportion import apportion
from .known import ContradictionError, KnownPrices
from .prices import MOST_TOLD, PriceList, PricePeriod, first_prices, plain_prices, read_prices
from .slot import HIGHEST_PRICE, Settlement, Share, SlotPrices, Transfer, Use, settle

__all__ = [
    "HIGHEST_PRICE",
    "MOST_TOLD",
    "ContradictionError",
    "KnownPrices",
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
