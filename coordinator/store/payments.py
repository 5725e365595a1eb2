"""The payments of a building: few in a log of millions, and found by an index of their own."""

from typing import Final

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from localvpp.etp import Body, RecordHash, StandIn
from localvpp.payments import Booked

from .database import StoreError
from .tables import PAYMENTS, entries

_OF_THE_INDEX: Final = text(PAYMENTS)
"""In its own words: with parameters in their place no database would see that the index has all of them."""


async def booked(connection: AsyncConnection) -> list[Booked]:
    """Return all payments, in the order of the log, without what stands in for some.

    Raises StoreError where one cannot be read: accounts without it would be wrong.
    """
    rows = await connection.execute(
        select(entries.c.log_index, entries.c.hash, entries.c.body).where(_OF_THE_INDEX).order_by(entries.c.log_index)
    )
    found = []
    for row in rows:
        if row.body is None:
            raise StoreError(f"entry {row.log_index} is a payment, and its body is not here: no account is known")
        body = Body.decode(row.body)
        if not isinstance(body.payment, StandIn):
            found.append(Booked(row.log_index, RecordHash(row.hash), body))
    return found
