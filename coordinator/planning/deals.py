"""What was traded in the slots of a span: the one place that reads rounds for plans."""

import asyncio
from collections.abc import Mapping

from sqlalchemy.ext.asyncio import AsyncConnection

from localvpp.etp import DeviceId
from localvpp.market.rounds import Outcome, Placed
from localvpp.plan import Deal
from localvpp.plan.errors import wrong
from localvpp.settlement import Trade
from localvpp.traded import trades_of

from ..store import market as market_store


async def deals_between(
    connection: AsyncConnection, begin: int, end: int, names: Mapping[DeviceId, str]
) -> tuple[Deal, ...]:
    """Return the trades of all slots that begin within a span and were cleared, by the names of flats.

    `names` has those of all members that ever were: what a box that was replaced has traded is its flat's.
    Raises PlanError where the documents of one are gone: a plan without its trades would be another.
    """
    found: list[Deal] = []
    for stored in await market_store.cleared_between(connection, begin, end):
        shown = await market_store.shown(connection, stored.at)
        if stored.result is None or not shown:
            raise wrong(
                "deals", stored.slot, "the documents of this slot's market are not here any more: no plan of its day"
            )
        trades = await asyncio.to_thread(_trades, stored.result, shown)
        found += [
            Deal(
                stored.slot, names.get(each.seller, each.seller.hex()), names.get(each.buyer, each.buyer.hex()), each.wh
            )
            for each in trades
        ]
    return tuple(found)


def _trades(result: bytes, shown: Mapping[DeviceId, bytes]) -> tuple[Trade[DeviceId], ...]:
    owners = {order.id: device for device, data in shown.items() for order in Placed.decode(data).offer.orders}
    return trades_of(Outcome.decode(result).result, owners)
