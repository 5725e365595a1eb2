"""Who sells to whom before all others: flats whose orders name each other."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..arrays import Ints
from ..lots import Lots
from ..order import Order, Side


@dataclass(frozen=True, slots=True)
class Partnership:
    """A seller, a buyer, and the orders by which they trade: numbers that rise."""

    seller: str
    buyer: str
    orders: Ints


def partnerships(orders: Sequence[Order], lots: Lots) -> list[Partnership]:
    """Return the partners, by the best rank that an order of theirs has: both have to name each other.

    Bids that buy nothing but green energy meet their partner's green asks before his other bids meet all.
    """
    naming = [number for number, order in enumerate(orders) if order.partner is not None]
    if not naming:
        return []
    offers: dict[tuple[str, str], list[int]] = {}
    wishes: dict[tuple[str, str], list[int]] = {}
    ranked = lots.ranked(np.array(naming, np.int64)).tolist()
    for number in ranked:
        order = orders[number]
        assert order.partner is not None
        if order.side is Side.ASK:
            offers.setdefault((order.flat, order.partner), []).append(number)
        else:
            wishes.setdefault((order.partner, order.flat), []).append(number)
    ranks = {number: rank for rank, number in enumerate(ranked)}
    found = []
    for pair in offers.keys() & wishes.keys():
        first = min(ranks[number] for number in (*offers[pair], *wishes[pair]))
        for green in (True, False):
            bids = [number for number in wishes[pair] if orders[number].wants_green is green]
            asks = [number for number in offers[pair] if orders[number].is_green or not green]
            if bids and asks:
                found.append((first, not green, Partnership(*pair, np.sort(np.array(asks + bids, np.int64)))))
    return [partnership for *_, partnership in sorted(found, key=lambda one: one[:2])]
