"""What the coordinator knows of the search for a round's best result, until its result is fixed."""

import asyncio
from collections import Counter
from dataclasses import dataclass, field

from localvpp.etp import DeviceId
from localvpp.market.rounds import Bid
from localvpp.wire import OpenBook


@dataclass(slots=True)
class Search:
    """Of one round."""

    clearing: asyncio.Task[Bid]
    best: Bid | None = None
    """None until the book is cleared."""
    own: asyncio.Task[Bid] | None = None
    """What the coordinator looks for by itself."""
    heard_own: bool = False
    """Whether that is over."""
    told: set[DeviceId] = field(default_factory=set)
    """Who was told the best so far over this connection."""
    tries: Counter[DeviceId] = field(default_factory=Counter)
    message: OpenBook | None = None
    """Book and best result so far, with their proofs,"""
    message_of: Bid | None = None
    """and which result that is."""
    room: int | None = None
    """Bytes that a better result may have, so that flats can be told of it; None before they can be told of any.

    While a newer best is not published it is as of the one before: what is better is taken all the same.
    """
