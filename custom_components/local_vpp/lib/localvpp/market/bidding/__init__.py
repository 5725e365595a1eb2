"""How a flat bids: what its residents wish, and strategies that make orders of a forecast within those wishes."""

from .battery_aware import BatteryAware
from .errors import WishError
from .last_price import LastPrice
from .true_limit import TrueLimit
from .view import ASSUMED_EFFICIENCY_PERCENT, Battery, BiddingError, Strategy, View
from .wishes import Wishes, read_wishes
from .word import AgreedWord, WordError, WordProblem

STRATEGIES: dict[str, Strategy] = {each.name: each for each in (TrueLimit(), BatteryAware(), LastPrice())}
"""By the names that residents choose them by; the first is the default."""

__all__ = [
    "ASSUMED_EFFICIENCY_PERCENT",
    "STRATEGIES",
    "AgreedWord",
    "Battery",
    "BatteryAware",
    "BiddingError",
    "LastPrice",
    "Strategy",
    "TrueLimit",
    "View",
    "WishError",
    "Wishes",
    "WordError",
    "WordProblem",
    "read_wishes",
]
