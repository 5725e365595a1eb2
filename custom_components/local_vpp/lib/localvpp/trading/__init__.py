"""What a flat does in the building's market: it orders, shows its orders at the gate, and checks what comes of them."""

from .state import MarketState, OwnTrade, Phase, SlotState
from .trading import Trading, TradingError, TradingListener

__all__ = ["MarketState", "OwnTrade", "Phase", "SlotState", "Trading", "TradingError", "TradingListener"]
