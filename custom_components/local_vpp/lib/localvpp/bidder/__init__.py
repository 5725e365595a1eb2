"""A flat that bids by itself in its building's market, and what it has bought and sold today."""

from .bidder import LEAD_S, Bidder, BidderListener
from .day import day_of, summed, worth
from .deciding import Decision, Situation, decide
from .settings import MarketSettings
from .state import BidderState, Day, Why

__all__ = [
    "LEAD_S",
    "Bidder",
    "BidderListener",
    "BidderState",
    "Day",
    "Decision",
    "MarketSettings",
    "Situation",
    "Why",
    "day_of",
    "decide",
    "summed",
    "worth",
]
