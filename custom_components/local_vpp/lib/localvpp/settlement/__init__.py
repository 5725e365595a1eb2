"""Who shared how much with whom in a slot, and what it costs: integer arithmetic that every flat can re-run."""

from .apportion import apportion
from .delivery import Delivered, Imbalance, Trade, deliver, imbalances
from .keys import (
    DYNAMIC,
    WHOLE,
    Coefficients,
    Dynamic,
    KeyName,
    KeyRule,
    MaxMin,
    Ranked,
    SharingKey,
    Static,
    Times,
    Traded,
    among_devices,
    among_flats,
    read_rule,
)
from .known import ContradictionError, KnownPrices
from .prices import MOST_TOLD, PriceList, PricePeriod, first_prices, plain_prices, read_prices
from .slot import Settlement, Share, Use, left_over, settle
from .slot_prices import HIGHEST_PRICE, SlotPrices
from .transfer import Transfer

__all__ = [
    "DYNAMIC",
    "HIGHEST_PRICE",
    "MOST_TOLD",
    "WHOLE",
    "Coefficients",
    "ContradictionError",
    "Delivered",
    "Dynamic",
    "Imbalance",
    "KeyName",
    "KeyRule",
    "KnownPrices",
    "MaxMin",
    "PriceList",
    "PricePeriod",
    "Ranked",
    "Settlement",
    "Share",
    "SharingKey",
    "SlotPrices",
    "Static",
    "Times",
    "Trade",
    "Traded",
    "Transfer",
    "Use",
    "among_devices",
    "among_flats",
    "apportion",
    "deliver",
    "first_prices",
    "imbalances",
    "left_over",
    "plain_prices",
    "read_prices",
    "read_rule",
    "settle",
]
