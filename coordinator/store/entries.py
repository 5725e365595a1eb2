"""Queries on the log's entries and its head."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import batched
from typing import Any, Final

from sqlalchemy import (
    Column,
    ColumnElement,
    Dialect,
    Label,
    Row,
    Select,
    bindparam,
    func,
    insert,
    select,
    tuple_,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.compiler import SQLCompiler

from localvpp.etp import METERED, Body, DeviceId, Head, Kind, RecordHash, cbor, parse_envelope

from .members import Role
from .tables import entries, log_head, members

_AT_ONCE: Final = 500
"""Places asked for in one statement; databases bound the parameters of one."""
_NEWEST: Final = 1000
"""Records that are looked at for how late it is."""


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
    """An entry of the log, with its record as long as that was not erased: the columns of the table, in their order."""

    index: int
    hash: RecordHash
    device: DeviceId
    epoch: int
    seq: int
    kind: Kind
    slot: int
    end_ms: int
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

    def row(self) -> tuple[int | bytes | None, ...]:
        """The row of the table."""
        return (
            self.index,
            self.hash,
            self.device,
            self.epoch,
            self.seq,
            int(self.kind),
            self.slot,
            self.end_ms,
            self.logged_ms,
            self.envelope,
            self.salt,
            self.body,
        )


async def head(connection: AsyncConnection) -> StoredHead | None:
    """Return the newest signed checkpoint; None for a log that has none yet."""
    row = (await connection.execute(select(log_head))).one_or_none()
    return None if row is None else StoredHead(row.origin, row.size, row.root, row.checkpoint, row.signed_ms)


_BEGIN_HEAD: Final = insert(log_head).values(id=1)
_MOVE_HEAD: Final = update(log_head).where(log_head.c.id == 1, log_head.c.size == bindparam("old_size"))


async def append(
    connection: AsyncConnection, new_entries: Sequence[Entry], old_size: int | None, new: StoredHead
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
        await connection.execute(_BEGIN_HEAD, values)
    else:
        found = await connection.execute(_MOVE_HEAD, values | {"old_size": old_size})
        if found.rowcount != 1:
            raise AnotherWriterError(
                f"the log's head in the database is not at {old_size}: another process writes to it"
            )
    if new_entries:
        # Rows go to the driver as they are: to let SQLAlchemy look at each of their values costs as much as to write
        # them.
        statement = _insertion(connection.dialect)
        await connection.exec_driver_sql(statement, [entry.row() for entry in new_entries])


@lru_cache(4)
def _insertion(dialect: Dialect) -> str:
    """Return the statement that inserts an entry by position, as the database's driver wants it."""
    compiled = insert(entries).compile(dialect=dialect)
    assert isinstance(compiled, SQLCompiler)
    assert compiled.positiontup == [column.name for column in entries.c], "the driver wants values by position"
    return str(compiled)


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


async def revoked_ms(connection: AsyncConnection) -> dict[DeviceId, int]:
    """Return when devices were revoked, by the building's own words. It reads the whole log."""
    rows = await connection.execute(
        select(entries.c.envelope, entries.c.end_ms)
        .where(entries.c.kind == int(Kind.REVOKE))
        .order_by(entries.c.log_index)
    )
    found = {parse_envelope(row.envelope).envelope.concerns: row.end_ms for row in rows}
    return {device: end_ms for device, end_ms in found.items() if device is not None}


async def chain_after(connection: AsyncConnection, device: DeviceId, seq: int, size: int, limit: int) -> list[Entry]:
    """Return a device's entries after a seq, in the order of its chain, of the first `size` (what is published)."""
    rows = await connection.execute(
        _whole()
        .where(entries.c.device == device, entries.c.seq > seq, entries.c.log_index < size)
        .order_by(entries.c.seq)
        .limit(limit)
    )
    return [_entry(row) for row in rows]


async def at_seqs(
    connection: AsyncConnection, places: Collection[tuple[DeviceId, int]]
) -> dict[tuple[DeviceId, int], tuple[int, RecordHash]]:
    """Return index and name of the logged records at places (device, seq) of their chains."""
    found: dict[tuple[DeviceId, int], tuple[int, RecordHash]] = {}
    for some in batched(places, _AT_ONCE, strict=False):
        rows = await connection.execute(
            select(entries.c.log_index, entries.c.hash, entries.c.device, entries.c.seq).where(
                tuple_(entries.c.device, entries.c.seq).in_(some)
            )
        )
        found |= {(DeviceId(row.device), row.seq): (row.log_index, RecordHash(row.hash)) for row in rows}
    return found


async def chain_heads(connection: AsyncConnection) -> dict[DeviceId, Head]:
    """Return the end of every device's chain."""
    c = entries.c
    rows = await connection.execute(select(members.c.device, *(_last(column) for column in (c.epoch, c.seq, c.hash))))
    return {DeviceId(row.device): Head(row.epoch, row.seq, RecordHash(row.hash)) for row in rows if row.seq is not None}


async def reached(connection: AsyncConnection) -> dict[DeviceId, int]:
    """Return until when, in milliseconds of Unix time, each meter's chain tells: the end of its last interval."""
    metered = entries.c.kind.in_([int(kind) for kind in METERED])
    # The building itself has no meter, and records for each transfer of each slot.
    rows = await connection.execute(
        select(members.c.device, _last(entries.c.end_ms, metered)).where(members.c.role != Role.BUILDING.value)
    )
    return {DeviceId(row.device): row.end_ms for row in rows if row.end_ms is not None}


def _last[T](column: Column[T], *such: ColumnElement[bool]) -> Label[T]:
    """Return a column of a member's last record: one look at an index, however long the log."""
    last = select(column).where(entries.c.device == members.c.device, *such).order_by(entries.c.seq.desc()).limit(1)
    return last.correlate(members).scalar_subquery().label(column.name)


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


async def of_kind(
    connection: AsyncConnection, slot: int, kind: Kind, names: Select[tuple[bytes]] | None = None
) -> list[Entry]:
    """Return the records of a slot that are of a kind, in the order of the log; of some names, where they are given."""
    query = _whole().where(entries.c.slot == slot, entries.c.kind == int(kind)).order_by(entries.c.log_index)
    if names is not None:
        query = query.where(entries.c.hash.in_(names))
    return [_entry(row) for row in await connection.execute(query)]


async def of_slots(
    connection: AsyncConnection, kind: Kind, begin: int, end: int | None = None, device: DeviceId | None = None
) -> list[Entry]:
    """Return the records of a kind that are of the slots from begin to before end, in the order of the log."""
    query = _whole().where(entries.c.slot >= begin, entries.c.kind == int(kind)).order_by(entries.c.log_index)
    query = query if end is None else query.where(entries.c.slot < end)
    query = query if device is None else query.where(entries.c.device == device)
    return [_entry(row) for row in await connection.execute(query)]


async def latest_slot(connection: AsyncConnection, kind: Kind) -> int | None:
    """Return the latest slot of which there is a record of a kind. It reads the whole log."""
    found: int | None = (
        await connection.execute(select(func.max(entries.c.slot)).where(entries.c.kind == int(kind)))
    ).scalar_one()
    return found


async def newest_ms(connection: AsyncConnection, devices: Sequence[DeviceId], kinds: Sequence[Kind]) -> int | None:
    """Return the latest time that the newest records of some devices tell of; None where there is no such record.

    A record that comes late, of a time long ago, hides none that came before it.
    """
    newest = (
        select(entries.c.end_ms)
        .where(entries.c.device.in_(devices), entries.c.kind.in_([int(kind) for kind in kinds]))
        .order_by(entries.c.log_index.desc())
        .limit(_NEWEST)
        .subquery()
    )
    found: int | None = (await connection.execute(select(func.max(newest.c.end_ms)))).scalar_one()
    return found


async def intervals(connection: AsyncConnection, slot: int) -> list[Entry]:
    """Return the interval records of a slot in the order of the log."""
    return await of_kind(connection, slot, Kind.INTERVAL)


async def told_between(
    connection: AsyncConnection, begin: int, end: int, kind: Kind = Kind.INTERVAL, of: Sequence[DeviceId] | None = None
) -> set[int]:
    """Return the slots from begin to before end that there are records of a kind of; by some devices, where told."""
    query = select(entries.c.slot).where(entries.c.slot >= begin, entries.c.slot < end, entries.c.kind == int(kind))
    if of is not None:
        query = query.where(entries.c.device.in_(of))
    return {row.slot for row in await connection.execute(query.distinct())}


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


async def last_settled(connection: AsyncConnection) -> int | None:
    """Return the last slot that the log says is settled, be it known here how or not."""
    such = select(entries.c.slot).where(entries.c.kind == int(Kind.SETTLED)).order_by(entries.c.slot.desc()).limit(1)
    slot: int | None = (await connection.execute(such)).scalar_one_or_none()
    return slot


async def closing(connection: AsyncConnection, slot: int) -> Entry | None:
    """Return the SETTLED record by which nothing more of a slot is looked at: its own, or the next later slot's."""
    such = _whole().where(entries.c.slot >= slot, entries.c.kind == int(Kind.SETTLED))
    row = (await connection.execute(such.order_by(entries.c.slot).limit(1))).one_or_none()
    return None if row is None else _entry(row)


async def late_slots(connection: AsyncConnection, since: int, until: int, last: int, first: int = 0) -> list[int]:
    """Return the slots up to the last settled one that interval records of the entries [since, until) are of."""
    found = await connection.execute(
        select(entries.c.slot)
        .where(
            entries.c.log_index >= since,
            entries.c.log_index < until,
            entries.c.kind == int(Kind.INTERVAL),
            entries.c.slot.between(first, last),
        )
        .distinct()
        .order_by(entries.c.slot)
    )
    return [row.slot for row in found]


def _whole() -> Select[Any]:
    return select(entries)


def _entry(row: Row[Any]) -> Entry:
    return Entry(
        index=row.log_index,
        hash=RecordHash(row.hash),
        device=DeviceId(row.device),
        epoch=row.epoch,
        seq=row.seq,
        kind=Kind(row.kind),
        slot=row.slot,
        end_ms=row.end_ms,
        logged_ms=row.logged_ms,
        envelope=row.envelope,
        salt=row.salt,
        body=row.body,
    )
