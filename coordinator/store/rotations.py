"""The rotations of one device's key: few, and told to every flat that connects."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from localvpp.etp import DeviceId, Kind

from .tables import entries


async def indexes(connection: AsyncConnection, device: DeviceId, size: int) -> list[int]:
    """Return the places of a device's rotations in a log of so many entries, oldest first."""
    found = await connection.execute(
        select(entries.c.log_index)
        .where(entries.c.device == device, entries.c.kind == int(Kind.ROTATE), entries.c.log_index < size)
        .order_by(entries.c.log_index)
    )
    return list(found.scalars())
