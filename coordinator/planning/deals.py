"""What was traded in the slots of a span: the one place that reads rounds for plans."""

import asyncio
from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from localvpp.etp import DeviceId
from localvpp.market.rounds import Outcome, Placed
from localvpp.plan import Deal
from localvpp.plan.errors import wrong
from localvpp.settlement import Trade
from localvpp.traded import trades_of

from ..market.ending import Ended
from ..store import market as market_store
from ..store.tables import market_slots


async def deals_between(
    connection: AsyncConnection, begin: int, end: int, names: Mapping[DeviceId, str]
) -> tuple[Deal, ...]:
    """Return the trades of all slots that begin within a span and were cleared, by the names of flats.

    Raises PlanError where the documents of one are gone: a plan without its trades would be another.
    """
    cleared = (market_slots.c.slot >= begin, market_slots.c.slot < end, market_slots.c.ended == Ended.TRADED)
    slots = (await connection.execute(select(market_slots.c.slot).where(*cleared).order_by(market_slots.c.slot))).all()
    found: list[Deal] = []
    for row in slots:
        stored = await market_store.one(connection, row.slot)
        assert stored is not None, "it was there in the same snapshot"
        shown = await market_store.shown(connection, row.slot)
        if stored.result is None or not shown:
            raise wrong(
                "deals", row.slot, "the documents of this slot's market are not here any more: no plan of its day"
            )
        trades = await asyncio.to_thread(_trades, stored.result, shown)
        found += [
            Deal(row.slot, names.get(each.seller, each.seller.hex()), names.get(each.buyer, each.buyer.hex()), each.wh)
            for each in trades
        ]
    return tuple(found)


def _trades(result: bytes, shown: Mapping[DeviceId, bytes]) -> tuple[Trade[DeviceId], ...]:
    owners = {order.id: device for device, data in shown.items() for order in Placed.decode(data).offer.orders}
    return trades_of(Outcome.decode(result).result, owners)
