"""The entries that say something of devices' keys: few in a log of millions, and found by an index of their own."""

import asyncio
from collections.abc import Collection
from typing import Final

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from localvpp.etp import DeviceId, Envelope, Kind, parse_envelope

from .tables import KEYED, entries

_OF_THE_INDEX: Final = text(KEYED)
"""In its own words: with parameters in their place no database would see that the index has all of them."""


async def entries_on(
    connection: AsyncConnection, devices: Collection[DeviceId], begin: int, end: int
) -> list[tuple[int, bytes]]:
    """Return index and envelope of the entries [begin, end) that say something of the keys of devices, oldest first."""
    rows = await connection.execute(
        select(entries.c.log_index, entries.c.envelope)
        .where(_OF_THE_INDEX, entries.c.log_index >= begin, entries.c.log_index < end)
        .order_by(entries.c.log_index)
    )
    return await asyncio.to_thread(_on, [(row.log_index, row.envelope) for row in rows], frozenset(devices))


async def enrolled_since(connection: AsyncConnection, index: int) -> frozenset[DeviceId]:
    """Return which devices were enrolled by an entry or a later one."""
    rows = await connection.execute(
        select(entries.c.envelope).where(_OF_THE_INDEX, entries.c.log_index >= index, entries.c.kind == int(Kind.ENROL))
    )
    named = (parse_envelope(row.envelope).envelope.enrolled for row in rows)
    return frozenset(each.device for each in named if each is not None)


def _on(told: list[tuple[int, bytes]], devices: frozenset[DeviceId]) -> list[tuple[int, bytes]]:
    return [(index, each) for index, each in told if _about(parse_envelope(each).envelope) in devices]


def _about(envelope: Envelope) -> DeviceId | None:
    return envelope.concerns if envelope.enrolled is None else envelope.enrolled.device
