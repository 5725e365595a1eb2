"""The building's market: orders of a slot, their clearing, and the proof that nothing better was possible.

Pure and exact: integers only, the same bytes everywhere, so that every flat can check what the coordinator proposes.
"""

from .errors import BookError, MarketError, NetworkError, OrderError, ResultError
from .network import Network, Node
from .order import GREEN, GREEN_SOURCES, HIGHEST_LIMIT, LARGEST_BOOK_WH, LARGEST_ORDER_WH, Order, Side

__all__ = [
    "GREEN",
    "GREEN_SOURCES",
    "HIGHEST_LIMIT",
    "LARGEST_BOOK_WH",
    "LARGEST_ORDER_WH",
    "BookError",
    "MarketError",
    "Network",
    "NetworkError",
    "Node",
    "Order",
    "OrderError",
    "ResultError",
    "Side",
]
