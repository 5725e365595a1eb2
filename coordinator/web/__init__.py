"""The building's door: REST, live events, the log's files and the pages."""

from .api import Api
from .application import load_openapi, make_application
from .drills import DrillApi
from .events import StateView, record_event, slot_event
from .live import LiveStream
from .market import MarketApi
from .public_log import PublicLog
from .security import Gate, resident_token
from .wallet import WalletApi

__all__ = [
    "Api",
    "DrillApi",
    "Gate",
    "LiveStream",
    "MarketApi",
    "PublicLog",
    "StateView",
    "WalletApi",
    "load_openapi",
    "make_application",
    "record_event",
    "resident_token",
    "slot_event",
]
