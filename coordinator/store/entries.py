"""Queries on the log's entries, its head, and the evidence against whoever signed two records with one seq."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select, exists, func, insert, literal, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from localvpp.etp import Body, DeviceId, EtpError, Head, Kind, Record, RecordHash, cbor, parse_envelope
from localvpp.slots import METERED

from .tables import conflicts, entries, log_head


class AnotherWriterError(Exception):
    """The log's head in the database is not the one that this process wrote."""


@dataclass(frozen=True, slots=True)
class StoredHead:
    """The newest signed checkpoint."""

    origin: str
    size: int
    root: bytes
    checkpoint: bytes
    signed_ms: int


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of the log, with its record as long as that was not erased."""

    index: int
    hash: RecordHash
    device: DeviceId
    seq: int
    kind: Kind
    slot: int
    logged_ms: int
    envelope: bytes
    salt: bytes | None
    body: bytes | None

    @property
    def sealed(self) -> bytes | None:
        """The sealed record; None when salt and body were erased."""
        if self.salt is None or self.body is None:
            return None
        return cbor.encode([self.envelope, self.salt, self.body])

    def opened(self) -> Body | None:
        """The body; None when it was erased."""
        return None if self.body is None else Body.decode(self.body)


def entry_of(index: int, record: Record, logged_ms: int) -> Entry:
    """Return the entry of a record that gets a place in the log."""
    return Entry(
        index=index,
        hash=record.hash,
        device=record.envelope.device,
        seq=record.envelope.seq,
        kind=record.kind,
        slot=record.envelope.slot,
        logged_ms=logged_ms,
        envelope=record.signed.statement.data,
        salt=record.salt,
        body=record.body.encode(),
    )


def entry_row(entry: Entry, record: Record) -> dict[str, Any]:
    """Return the row of an entry."""
    return {
        "log_index": entry.index,
        "hash": entry.hash,
        "device": entry.device,
        "epoch": record.envelope.epoch,
        "seq": entry.seq,
        "kind": int(entry.kind),
        "slot": entry.slot,
        "end_ms": record.body.end_ms,
        "logged_ms": entry.logged_ms,
        "envelope": entry.envelope,
        "salt": entry.salt,
        "body": entry.body,
    }


def conflict_row(record: Record, sealed: bytes, logged: RecordHash, seen_ms: int) -> dict[str, Any]:
    """Return the row of a record that contradicts a logged one."""
    return {
        "hash": record.hash,
        "logged_hash": logged,
        "device": record.envelope.device,
        "seq": record.envelope.seq,
        "sealed": sealed,
        "seen_ms": seen_ms,
    }


async def head(connection: AsyncConnection) -> StoredHead | None:
    """Return the newest signed checkpoint; None for a log that has none yet."""
    row = (await connection.execute(select(log_head))).one_or_none()
    return None if row is None else StoredHead(row.origin, row.size, row.root, row.checkpoint, row.signed_ms)


async def append(
    connection: AsyncConnection, rows: Sequence[Mapping[str, Any]], old_size: int | None, new: StoredHead
) -> None:
    """Write entries and the checkpoint over them, as part of the caller's transaction.

    `old_size` is the size that the head must have now; None for the first. Raises AnotherWriterError.
    """
    values = {
        "origin": new.origin,
        "size": new.size,
        "root": new.root,
        "checkpoint": new.checkpoint,
        "signed_ms": new.signed_ms,
    }
    if old_size is None:
        await connection.execute(insert(log_head).values(id=1, **values))
    else:
        found = await connection.execute(
            update(log_head).where(log_head.c.id == 1, log_head.c.size == old_size).values(values)
        )
        if found.rowcount != 1:
            raise AnotherWriterError(
                f"the log's head in the database is not at {old_size}: another process writes to it"
            )
    if rows:
        await connection.execute(insert(entries), list(rows))


async def record_conflict(connection: AsyncConnection, row: Mapping[str, Any]) -> None:
    """Keep evidence, the first for each record that is contradicted: one is proof, and more would fill the disk."""
    known = exists().where(conflicts.c.device == row["device"], conflicts.c.seq == row["seq"])
    values = select(*(literal(row[column.name], column.type) for column in conflicts.c)).where(~known)
    # One statement: a transaction that reads first could not wait for another writer.
    await connection.execute(insert(conflicts).from_select(list(conflicts.c), values))


async def all_conflicts(connection: AsyncConnection) -> list[Mapping[str, Any]]:
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
            .join(conflicts, conflicts.c.logged_hash == entries.c.hash)
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


@dataclass(frozen=True, slots=True)
class Word:
    """What the building has said of a device."""

    kind: Kind
    concerns: DeviceId
    logged_ms: int
    reason: str | None


async def words(connection: AsyncConnection) -> list[Word]:
    """Return what the building has said of devices that suspends, reinstates or revokes them, oldest first."""
    said = (Kind.SUSPEND, Kind.REINSTATE, Kind.REVOKE)
    rows = await connection.execute(
        _whole().where(entries.c.kind.in_([int(kind) for kind in said])).order_by(entries.c.log_index)
    )
    told = []
    for entry in map(_entry, rows):
        concerns, body = parse_envelope(entry.envelope).envelope.concerns, entry.opened()
        assert concerns is not None, "a word without its device is not logged"
        told.append(Word(entry.kind, concerns, entry.logged_ms, None if body is None else body.reason))
    return told


async def chain_after(connection: AsyncConnection, device: DeviceId, seq: int, size: int, limit: int) -> list[Entry]:
    """Return a device's entries after a seq, in the order of its chain, of the first `size` (what is published)."""
    rows = await connection.execute(
        _whole()
        .where(entries.c.device == device, entries.c.seq > seq, entries.c.log_index < size)
        .order_by(entries.c.seq)
        .limit(limit)
    )
    return [_entry(row) for row in rows]


async def count_conflicts(connection: AsyncConnection) -> int:
    """Return how many records were contradicted."""
    return (await connection.execute(select(func.count()).select_from(conflicts))).scalar_one()


async def at_seq(connection: AsyncConnection, device: DeviceId, seq: int) -> tuple[int, RecordHash] | None:
    """Return index and name of a device's logged record."""
    row = (
        await connection.execute(
            select(entries.c.log_index, entries.c.hash).where(entries.c.device == device, entries.c.seq == seq)
        )
    ).one_or_none()
    return None if row is None else (row.log_index, RecordHash(row.hash))


async def chain_heads(connection: AsyncConnection) -> dict[DeviceId, Head]:
    """Return the end of every device's chain."""
    last = select(entries.c.device, func.max(entries.c.seq).label("seq")).group_by(entries.c.device).subquery()
    rows = await connection.execute(
        select(entries.c.device, entries.c.epoch, entries.c.seq, entries.c.hash).join(
            last, (entries.c.device == last.c.device) & (entries.c.seq == last.c.seq)
        )
    )
    return {DeviceId(row.device): Head(row.epoch, row.seq, RecordHash(row.hash)) for row in rows}


async def reached(connection: AsyncConnection) -> dict[DeviceId, int]:
    """Return until when, in milliseconds of Unix time, each meter's records tell."""
    rows = await connection.execute(
        select(entries.c.device, func.max(entries.c.end_ms).label("end_ms"))
        .where(entries.c.kind.in_([int(kind) for kind in METERED]))
        .group_by(entries.c.device)
    )
    return {DeviceId(row.device): row.end_ms for row in rows}


async def leaves(connection: AsyncConnection, begin: int, end: int) -> list[bytes]:
    """Return the envelopes of entries [begin, end)."""
    rows = await connection.execute(
        select(entries.c.envelope)
        .where(entries.c.log_index >= begin, entries.c.log_index < end)
        .order_by(entries.c.log_index)
    )
    return [row.envelope for row in rows]


async def one(connection: AsyncConnection, index: int) -> Entry | None:
    """Return an entry."""
    row = (await connection.execute(_whole().where(entries.c.log_index == index))).one_or_none()
    return None if row is None else _entry(row)


async def newest(connection: AsyncConnection, limit: int, before: int | None, size: int) -> list[Entry]:
    """Return entries, newest first, of the first `size` (what is published)."""
    below = size if before is None else min(before, size)
    rows = await connection.execute(
        _whole().where(entries.c.log_index < below).order_by(entries.c.log_index.desc()).limit(limit)
    )
    return [_entry(row) for row in rows]


async def span(connection: AsyncConnection, begin: int, end: int) -> list[Entry]:
    """Return entries [begin, end), oldest first."""
    rows = await connection.execute(
        _whole().where(entries.c.log_index >= begin, entries.c.log_index < end).order_by(entries.c.log_index)
    )
    return [_entry(row) for row in rows]


async def of_kind(connection: AsyncConnection, slot: int, kind: Kind) -> list[Entry]:
    """Return the records of a slot that are of a kind, in the order of the log."""
    rows = await connection.execute(
        _whole().where(entries.c.slot == slot, entries.c.kind == int(kind)).order_by(entries.c.log_index)
    )
    return [_entry(row) for row in rows]


async def intervals(connection: AsyncConnection, slot: int) -> list[Entry]:
    """Return the interval records of a slot in the order of the log."""
    return await of_kind(connection, slot, Kind.INTERVAL)


async def next_slot(
    connection: AsyncConnection, devices: Sequence[DeviceId], after: int, seconds: int, size: int
) -> int | None:
    """Return the first slot of a length, later than `after`, that one of the devices has an interval record of.

    Looked at are the first `size` entries.
    """
    found = await connection.execute(
        select(func.min(entries.c.slot)).where(
            entries.c.slot > after,
            entries.c.log_index < size,
            entries.c.slot % seconds == 0,
            entries.c.kind == int(Kind.INTERVAL),
            entries.c.device.in_(devices),
        )
    )
    slot: int | None = found.scalar_one_or_none()
    return slot


def _whole() -> Select[Any]:
    c = entries.c
    return select(c.log_index, c.hash, c.device, c.seq, c.kind, c.slot, c.logged_ms, c.envelope, c.salt, c.body)


def _entry(row: Row[Any]) -> Entry:
    return Entry(
        index=row.log_index,
        hash=RecordHash(row.hash),
        device=DeviceId(row.device),
        seq=row.seq,
        kind=Kind(row.kind),
        slot=row.slot,
        logged_ms=row.logged_ms,
        envelope=row.envelope,
        salt=row.salt,
        body=row.body,
    )
