"""Whether and how a flat bids in its building's market: from the entry's options to what the bidder is told.

Who has never looked at them trades, by the default: an order at the true limit never costs a flat more, nor brings it
less, than the grid does. That the battery delivers what was traded is another matter: it commands a device, and is
done only where somebody has said so. What cannot be kept is refused by `localvpp.bidder`, in plain words.
"""

from collections.abc import Mapping
from datetime import tzinfo
from typing import Any, Final

from .const import (
    CONF_BUY_NOT_ABOVE,
    CONF_DELIVER,
    CONF_GREEN_ONLY,
    CONF_KEEP_PERCENT,
    CONF_LINE_W,
    CONF_NEIGHBOUR,
    CONF_SELL_NOT_BELOW,
    CONF_STRATEGY,
    CONF_TRADES,
)
from .lib.localvpp.bidder import MarketSettings
from .lib.localvpp.bidder.settings import DEFAULT_STRATEGY
from .lib.localvpp.market.bidding import read_wishes
from .lib.localvpp.market.bidding.wishes import BUY, GREEN_ONLY, RESERVE, SELL
from .lib.localvpp.market.bidding.word import NEIGHBOUR

_WORDS: Final = {
    CONF_SELL_NOT_BELOW: SELL,
    CONF_BUY_NOT_ABOVE: BUY,
    CONF_GREEN_ONLY: GREEN_ONLY,
    CONF_NEIGHBOUR: NEIGHBOUR,
    CONF_KEEP_PERCENT: RESERVE,
}


def market_settings_of(options: Mapping[str, Any], zone: tzinfo) -> MarketSettings:
    """Return the settings that the options of the market describe.

    Raises:
        WishError: one of them cannot be kept; says which and why.
    """
    return MarketSettings(
        zone=zone,
        trades=options.get(CONF_TRADES, True),
        strategy=options.get(CONF_STRATEGY, DEFAULT_STRATEGY),
        deliver=options.get(CONF_DELIVER, False),
        line_w=options.get(CONF_LINE_W),
        wishes=read_wishes({word: options[key] for key, word in _WORDS.items() if key in options}),
    )
