"""Queries on the evidence against whoever signed two records with one seq."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import exists, func, insert, literal, select
from sqlalchemy.ext.asyncio import AsyncConnection

from localvpp.etp import DeviceId, EtpError, Record, RecordHash

from .tables import conflicts, entries


def row_of(
    name: RecordHash, logged: RecordHash, device: DeviceId, seq: int, sealed: bytes, seen_ms: int
) -> dict[str, Any]:
    """Return the row of a record that contradicts a logged one."""
    return {"hash": name, "logged_hash": logged, "device": device, "seq": seq, "sealed": sealed, "seen_ms": seen_ms}


async def keep(connection: AsyncConnection, row: Mapping[str, Any]) -> None:
    """Keep evidence, the first for each record that is contradicted: one is proof, and more would fill the disk."""
    known = exists().where(conflicts.c.device == row["device"], conflicts.c.seq == row["seq"])
    values = select(*(literal(row[column.name], column.type) for column in conflicts.c)).where(~known)
    # One statement: a transaction that reads first could not wait for another writer.
    await connection.execute(insert(conflicts).from_select(list(conflicts.c), values))


async def every(connection: AsyncConnection) -> list[Mapping[str, Any]]:
    """Return who contradicted which of his records, oldest first."""
    c = conflicts.c
    rows = await connection.execute(
        select(c.hash, c.logged_hash, c.device, c.seq, c.seen_ms).order_by(c.seen_ms, c.device, c.seq)
    )
    return [dict(row) for row in rows.mappings()]


async def evidence(connection: AsyncConnection, name: RecordHash) -> tuple[bytes, bytes] | None:
    """Return the logged envelope and the one that contradicts it, by the name of the latter."""
    row = (
        await connection.execute(
            select(entries.c.envelope, conflicts.c.sealed)
            .join(conflicts, (conflicts.c.device == entries.c.device) & (conflicts.c.seq == entries.c.seq))
            .where(conflicts.c.hash == name)
        )
    ).one_or_none()
    return None if row is None else (row.envelope, _envelope(row.sealed))


def _envelope(kept: bytes) -> bytes:
    """Return the envelope of what is kept of a record: the whole of it, or the envelope alone once it was erased."""
    try:
        return Record.decode(kept).signed.statement.data
    except EtpError:
        return kept


async def count(connection: AsyncConnection) -> int:
    """Return how many records were contradicted."""
    return (await connection.execute(select(func.count()).select_from(conflicts))).scalar_one()
