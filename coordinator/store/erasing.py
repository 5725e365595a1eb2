"""Destroying what the log does not need: salts and bodies of a device's own records, down to the bytes on the disk."""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
import sqlite3
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlalchemy.sql import Executable

from localvpp.etp import ERASABLE, DeviceId, Record

from .database import StoreError, is_server
from .tables import conflicts, entries, market_orders, market_verdicts, shares

SCRUB_S: Final = 3600
"""A table of many years takes minutes to be written anew."""


@dataclass(frozen=True, slots=True)
class Due:
    """Which records of a device are to lose their bodies."""

    device: DeviceId
    until_ms: int
    """Their slots have ended by then."""
    slot_seconds: int
    settled_slot: int
    """The last slot that is settled: what is later is still needed."""
    size: int
    """The log had so many entries."""

    @property
    def ended(self) -> ColumnElement[bool]:
        """Those whose slots have ended in time and that still have a body."""
        c = entries.c
        return and_(
            c.device == self.device,
            c.kind.in_([int(kind) for kind in ERASABLE]),
            c.body.is_not(None),
            c.log_index < self.size,
            c.end_ms <= self.until_ms,
            c.slot <= self.until_ms // 1000 - self.slot_seconds,
        )

    def over(self, slot: ColumnElement[int], device: ColumnElement[bytes]) -> ColumnElement[bool]:
        """What the device has told of slots that have ended in time and are settled."""
        last = min(self.until_ms // 1000 - self.slot_seconds, self.settled_slot)
        return and_(device == self.device, slot <= last)

    @property
    def erasable(self) -> ColumnElement[bool]:
        """Those that no settlement needs any more."""
        return and_(self.ended, entries.c.slot <= self.settled_slot)


@dataclass(frozen=True, slots=True)
class Span:
    """What is due: how much, and from when to when, in milliseconds of Unix time."""

    count: int
    kept: int
    """Records whose slots have ended in time, but are not settled."""
    start_ms: int
    end_ms: int


async def span(connection: AsyncConnection, due: Due) -> Span:
    """Return what is due."""
    c = entries.c
    found = (
        await connection.execute(select(func.count(), func.min(c.slot), func.max(c.end_ms)).where(due.erasable))
    ).one()
    ended = (await connection.execute(select(func.count()).where(due.ended))).scalar_one()
    return Span(found[0], ended - found[0], (found[1] or 0) * 1000, found[2] or 0)


async def erasing(connection: AsyncConnection, due: Due) -> Sequence[Executable]:
    """Return the statements that erase what is due, to be run with the entry that says so."""
    own = (
        select(conflicts.c.hash, conflicts.c.sealed)
        .join(entries, (entries.c.device == conflicts.c.device) & (entries.c.seq == conflicts.c.seq))
        .where(due.erasable)
    )
    # The evidence of two records with one seq is in their envelopes; a body is not part of it.
    bared = [
        update(conflicts)
        .where(conflicts.c.hash == row.hash)
        .values(sealed=Record.decode(row.sealed).signed.statement.data)
        for row in await connection.execute(own)
    ]
    # What it has ordered, in words that say whose they are; in books the orders stay, and nobody's name is at them.
    shown = [delete(table).where(due.over(table.c.slot, table.c.device)) for table in (market_orders, market_verdicts)]
    # Money and what passed the meter stay, for they are its partners', too; what was behind it is the flat's alone.
    behind = update(shares).where(due.over(shares.c.slot, shares.c.device)).values(made_wh=None, used_wh=None)
    return [*bared, *shown, behind, update(entries).where(due.erasable).values(salt=None, body=None)]


async def scrub(engine: AsyncEngine) -> None:
    """Make the database forget what was erased: no byte of it stays in its file.

    SQLite's file and its write-ahead log are written anew. PostgreSQL writes the table anew; the server's own archive,
    if it keeps one, is its administrator's. Raises StoreError; to be called again then.
    """
    async with engine.connect() as connection:
        raw = (await connection.get_raw_connection()).driver_connection
        assert raw is not None, "a connection was just made"
        await (_scrub_server(raw) if is_server(engine) else _scrub_file(raw))


async def _scrub_file(raw: Any) -> None:
    try:
        await raw.execute("VACUUM")
        cursor = await raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        busy, _, _ = await cursor.fetchone()
        await cursor.close()
    except sqlite3.Error as error:
        raise StoreError(f"the database cannot be written anew now ({error}): erase again later") from error
    if busy:
        raise StoreError("the database's write-ahead log is being read, and still holds erased bytes: erase again")


async def _scrub_server(raw: Any) -> None:
    driver = import_module("asyncpg")
    try:
        for table in (entries, conflicts, market_orders, market_verdicts, shares):
            await raw.execute(f"VACUUM FULL {table.name}", timeout=SCRUB_S)
    except (driver.PostgresError, driver.InterfaceError, TimeoutError, OSError) as error:
        reason = str(error) or type(error).__name__
        raise StoreError(f"the database's tables cannot be written anew now ({reason}): erase again later") from error
