"""Queries on how far the log was looked at for what came late, and on what was corrected."""

from sqlalchemy import Update, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from localvpp.etp import Body, Kind

from .entries import Entry, of_kind
from .tables import corrected


async def looked(connection: AsyncConnection) -> int:
    """Return of how many entries all that came late was looked at."""
    size: int = (await connection.execute(select(corrected.c.log_size))).scalar_one()
    return size


def looking(size: int) -> Update:
    """Return the statement that says how many entries were looked at."""
    return update(corrected).values(log_size=size)


async def of_slot(connection: AsyncConnection, slot: int) -> list[tuple[Entry, Body | None]]:
    """Return the corrections of a slot, oldest first; without a body where a rebuilt building does not have it."""
    return [(entry, entry.opened()) for entry in await of_kind(connection, slot, Kind.CORRECTION)]
