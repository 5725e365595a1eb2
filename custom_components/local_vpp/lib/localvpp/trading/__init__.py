"""What a flat does in the building's market: it orders, shows its orders at the gate, and checks what comes of them."""

from .heard import Heard
from .placing import TradingError, Unplaced
from .state import MarketState, OwnTrade, Phase, RoundState, SlotState
from .trading import Trading, TradingListener

__all__ = [
    "Heard",
    "MarketState",
    "OwnTrade",
    "Phase",
    "RoundState",
    "SlotState",
    "Trading",
    "TradingError",
    "TradingListener",
    "Unplaced",
]
