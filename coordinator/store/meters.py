"""What the building's own meters must not forget: the interval that is open."""

from dataclasses import asdict
import json

from sqlalchemy import Delete, Insert, delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from localvpp.etp import DeviceId
from localvpp.slots import Interval, Reading, Why

from .tables import meter_books


def keeping(device: DeviceId, interval: Interval) -> tuple[Delete, Insert]:
    """Return the statements that keep a meter's open interval."""
    return (
        delete(meter_books).where(meter_books.c.device == device),
        insert(meter_books).values(device=device, open_interval=written(interval)),
    )


async def kept(connection: AsyncConnection, device: DeviceId) -> Interval | None:
    """Return a meter's open interval; None when it never had one."""
    found = await connection.execute(select(meter_books.c.open_interval).where(meter_books.c.device == device))
    row = found.one_or_none()
    return None if row is None else _read(row.open_interval)


def written(interval: Interval) -> bytes:
    """Return an open interval as it is kept."""
    values = asdict(interval)
    del values["why"]  # Why it will end is not known yet.
    return json.dumps(values).encode()


def _read(data: bytes) -> Interval:
    values = json.loads(data)
    begin, end = (Reading(**values.pop(name)) for name in ("begin", "end"))
    return Interval(why=Why.BOUNDARY, begin=begin, end=end, **values)
