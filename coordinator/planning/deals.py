"""What was traded in the slots of a span: the one place that reads rounds for plans."""

import asyncio
from collections.abc import Mapping

from sqlalchemy.ext.asyncio import AsyncConnection

from localvpp.etp import DeviceId
from localvpp.market import MarketError
from localvpp.market.rounds import OpenedBook, Outcome, RoundError
from localvpp.plan import Deal
from localvpp.plan.errors import wrong
from localvpp.settlement import Trade
from localvpp.traded import owners_of, trades_of

from ..store import market as market_store
from ..store.market import StoredRound
from ..store.orders import committed, orders_at


async def deals_between(
    connection: AsyncConnection, begin: int, end: int, names: Mapping[DeviceId, str]
) -> tuple[Deal, ...]:
    """Return the trades of all slots that begin within a span and were cleared, by the names of flats.

    `names` has those of all members that ever were: what a box that was replaced has traded is its flat's.
    Raises PlanError where the documents of one are gone: a plan without its trades would be another.
    """
    found: list[Deal] = []
    for stored in await market_store.cleared_between(connection, begin, end):
        orders = await orders_at(connection, stored.slot, stored.log_since, stored.log_size)
        try:
            trades = await asyncio.to_thread(_trades, stored, committed(orders))
        except MarketError as error:
            raise wrong(
                "deals", stored.slot, "the documents of this slot's market are not here any more: no plan of its day"
            ) from error
        found += [
            Deal(
                stored.slot, names.get(each.seller, each.seller.hex()), names.get(each.buyer, each.buyer.hex()), each.wh
            )
            for each in trades
        ]
    return tuple(found)


def _trades(stored: StoredRound, ordered: Mapping[DeviceId, bytes]) -> tuple[Trade[DeviceId], ...]:
    if stored.book is None or stored.result is None:
        raise RoundError("there are none")
    return trades_of(Outcome.decode(stored.result).result, owners_of(OpenedBook.decode(stored.book), ordered))
