"""The payments of a building: few in a log of millions, and found by an index of their own."""

import asyncio
from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Row, select, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from localvpp.etp import Body, RecordHash, StandIn
from localvpp.payments import Booked

from .database import StoreError
from .tables import PAYMENTS, entries

_OF_THE_INDEX: Final = text(PAYMENTS)
"""In its own words: with parameters in their place no database would see that the index has all of them."""
_PAGE: Final = 500
"""Entries that are read at once: some 50 ms of decoding on a small computer, beside the event loop."""


async def booked(connection: AsyncConnection) -> list[Booked]:
    """Return all payments, in the order of the log, without what stands in for some.

    Raises StoreError where one cannot be read: accounts without it would be wrong.
    """
    found, _ = await _since(connection, -1)
    return found


class Bookings:
    """All payments for a process that writes the log: each is read once, for what is logged is never changed.

    What stands in is most of it in a large building, so that reading all for each question would take seconds.
    """

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._read: tuple[Booked, ...] = ()
        self._last = -1
        self._lock = asyncio.Lock()

    async def every(self) -> Sequence[Booked]:
        """Return what `booked` does. Raises StoreError, as it."""
        async with self._lock:
            async with self._engine.connect() as connection:
                found, self._last = await _since(connection, self._last)
            self._read = (*self._read, *found) if found else self._read
            return self._read


async def _since(connection: AsyncConnection, last: int) -> tuple[list[Booked], int]:
    """Return the payments after an entry, and the last entry that was read."""
    found: list[Booked] = []
    while True:
        rows = (
            await connection.execute(
                select(entries.c.log_index, entries.c.hash, entries.c.body)
                .where(_OF_THE_INDEX, entries.c.log_index > last)
                .order_by(entries.c.log_index)
                .limit(_PAGE)
            )
        ).all()
        if not rows:
            return found, last
        found += await asyncio.to_thread(_decoded, rows)
        last = rows[-1].log_index


def _decoded(rows: Sequence[Row[Any]]) -> list[Booked]:
    found = []
    for row in rows:
        if row.body is None:
            raise StoreError(f"entry {row.log_index} is a payment, and its body is not here: no account is known")
        body = Body.decode(row.body)
        if not isinstance(body.payment, StandIn):
            found.append(Booked(row.log_index, RecordHash(row.hash), body))
    return found
