"""What the building's own meters must not forget: the interval that is open, and what was closed and is not logged."""

from collections.abc import Sequence
from dataclasses import asdict
import json

from sqlalchemy import Delete, Insert, delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from localvpp.etp import Body, DeviceId, Kind, cbor
from localvpp.slots import Interval, Reading, Why

from .tables import meter_books, meter_waiting

type Closed = tuple[tuple[Kind, int, Body], ...]
"""Records to be sealed: kind, slot, body."""


def keeping(device: DeviceId, interval: Interval) -> tuple[Delete, Insert]:
    """Return the statements that keep a meter's open interval."""
    return (
        delete(meter_books).where(meter_books.c.device == device),
        insert(meter_books).values(device=device, open_interval=_written(interval)),
    )


async def kept(connection: AsyncConnection, device: DeviceId) -> Interval | None:
    """Return a meter's open interval; None when it never had one."""
    found = await connection.execute(select(meter_books.c.open_interval).where(meter_books.c.device == device))
    row = found.one_or_none()
    return None if row is None else _read(row.open_interval)


def _written(interval: Interval) -> bytes:
    """Return an open interval as it is kept."""
    values = asdict(interval)
    del values["why"]  # Why it will end is not known yet.
    for name in ("begin", "end"):
        del values[name]["behind"]  # The building's own meters have nothing behind them.
    return json.dumps(values).encode()


def waiting(device: DeviceId, number: int, records: Closed) -> tuple[Delete, Insert]:
    """Return the statements that keep what a meter's book has closed until it is logged.

    They may be run again: a commit that seems to have failed may have been done.
    """
    told: list[cbor.Value] = [[int(kind), slot, body.encode()] for kind, slot, body in records]
    kept = insert(meter_waiting).values(device=device, number=number, records=cbor.encode(told))
    return logged(device, number), kept


def logged(device: DeviceId, number: int) -> Delete:
    """Return the statement to be run with the entries that log it: it waits no more."""
    return delete(meter_waiting).where(meter_waiting.c.device == device, meter_waiting.c.number == number)


async def all_waiting(connection: AsyncConnection, device: DeviceId) -> Sequence[tuple[int, Closed]]:
    """Return what of a meter is still to be logged, with its numbers, oldest first."""
    found = await connection.execute(
        select(meter_waiting.c.number, meter_waiting.c.records)
        .where(meter_waiting.c.device == device)
        .order_by(meter_waiting.c.number)
    )
    return [(row.number, _closed(row.records)) for row in found]


def _closed(data: bytes) -> Closed:
    told = cbor.decode(data, "what a meter has closed")
    assert isinstance(told, list), "it was written so"
    records: list[tuple[Kind, int, Body]] = []
    for each in told:
        match each:
            case [int(kind), int(slot), bytes(body)]:
                records.append((Kind(kind), slot, Body.decode(body)))
            case _:
                raise AssertionError("it was written so")
    return tuple(records)


def _read(data: bytes) -> Interval:
    values = json.loads(data)
    begin, end = (Reading(**values.pop(name)) for name in ("begin", "end"))
    return Interval(why=Why.BOUNDARY, begin=begin, end=end, **values)
