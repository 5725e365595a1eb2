"""The building's market: orders of a slot, their clearing, and the proof that nothing better was possible.

Pure and exact: integers only, the same bytes everywhere, so that every flat can check what the coordinator proposes.
"""

from .book import Book
from .check import check
from .checking.claim import Fault, Finding
from .clear import clear
from .clearing.milp import is_installed as blocks_are_programmed
from .clearing.whole import CANONICAL, USUAL, Effort
from .errors import BookError, JsonError, MarketError, NetworkError, OrderError, ResultError
from .network import Network, Node
from .order import GREEN, GREEN_SOURCES, HIGHEST_LIMIT, LARGEST_BOOK_WH, LARGEST_ORDER_WH, Order, Side
from .plain import plain_book, plain_result, read_book, read_result
from .result import Certificate, Result, Trade
from .rules import Objective, PriceRule
from .strict import read_json
from .suited import most_orders, refused_by, suited_to, unsuited, unsuited_rules

__all__ = [
    "CANONICAL",
    "GREEN",
    "GREEN_SOURCES",
    "HIGHEST_LIMIT",
    "LARGEST_BOOK_WH",
    "LARGEST_ORDER_WH",
    "USUAL",
    "Book",
    "BookError",
    "Certificate",
    "Effort",
    "Fault",
    "Finding",
    "JsonError",
    "MarketError",
    "Network",
    "NetworkError",
    "Node",
    "Objective",
    "Order",
    "OrderError",
    "PriceRule",
    "Result",
    "ResultError",
    "Side",
    "Trade",
    "blocks_are_programmed",
    "check",
    "clear",
    "most_orders",
    "plain_book",
    "plain_result",
    "read_book",
    "read_json",
    "read_result",
    "refused_by",
    "suited_to",
    "unsuited",
    "unsuited_rules",
]
