"""Queries on the rounds of the building's market."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from sqlalchemy import RowMapping, Update, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from localvpp.etp import DeviceId

from .tables import market_orders, market_slots, market_verdicts


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRound:
    """The round of a slot as it stands. Times are milliseconds of Unix time."""

    slot: int
    seconds: int
    closed_ms: int
    log_size: int
    """Entries of the log when the gate was closed, and the head that says so."""
    checkpoint: bytes
    voters: tuple[DeviceId, ...]
    """Flats that were connected then; once there is a book, those that have shown orders, too."""
    book: bytes | None = None
    book_record: bytes | None = None
    result: bytes | None = None
    cleared: bytes | None = None
    cleared_record: bytes | None = None
    ended: str | None = None
    ended_ms: int | None = None
    why: str | None = None


@dataclass(frozen=True, slots=True)
class StoredVerdict:
    """What a flat has said first of a slot."""

    statement: bytes
    findings: tuple[str, ...]
    said_ms: int

    @property
    def agrees(self) -> bool:
        """Whether nothing was found."""
        return not self.findings


async def add(connection: AsyncConnection, told: StoredRound) -> None:
    """Store a round whose gate is closed."""
    await connection.execute(insert(market_slots).values(**_row(told)))


async def change(connection: AsyncConnection, told: StoredRound) -> None:
    """Store how a round stands that has not ended."""
    where = (market_slots.c.slot == told.slot, market_slots.c.ended.is_(None))
    await connection.execute(update(market_slots).where(*where).values(**_row(told)))


def book_logged(slot: int, record: bytes) -> Update:
    """Return the statement that names a book's record, to be run with the entry."""
    return update(market_slots).where(market_slots.c.slot == slot).values(book_record=record)


def cleared_logged(slot: int, record: bytes, ended: str, ended_ms: int) -> Update:
    """Return the statement that ends a round by its record, to be run with the entry."""
    return (
        update(market_slots)
        .where(market_slots.c.slot == slot)
        .values(cleared_record=record, ended=ended, ended_ms=ended_ms)
    )


async def one(connection: AsyncConnection, slot: int) -> StoredRound | None:
    """Return a slot's round."""
    row = (await connection.execute(select(market_slots).where(market_slots.c.slot == slot))).mappings().one_or_none()
    return None if row is None else _round(row)


async def unended(connection: AsyncConnection) -> list[StoredRound]:
    """Return the rounds that have not ended, oldest first."""
    found = select(market_slots).where(market_slots.c.ended.is_(None)).order_by(market_slots.c.slot)
    return [_round(row) for row in (await connection.execute(found)).mappings()]


async def newest(connection: AsyncConnection, limit: int) -> list[StoredRound]:
    """Return the newest rounds, newest first."""
    found = select(market_slots).order_by(market_slots.c.slot.desc()).limit(limit)
    return [_round(row) for row in (await connection.execute(found)).mappings()]


async def cleared_between(connection: AsyncConnection, begin: int, end: int) -> list[StoredRound]:
    """Return the rounds in which something was traded, of the slots that begin in a time."""
    such = (market_slots.c.slot >= begin, market_slots.c.slot < end, market_slots.c.cleared_record.is_not(None))
    found = select(market_slots).where(*such).order_by(market_slots.c.slot)
    return [_round(row) for row in (await connection.execute(found)).mappings()]


async def shown_between(connection: AsyncConnection, device: DeviceId, begin: int, end: int) -> dict[int, list[bytes]]:
    """Return a flat's documents by slot, of the slots that begin in a time."""
    such = (market_orders.c.device == device, market_orders.c.slot >= begin, market_orders.c.slot < end)
    found: dict[int, list[bytes]] = {}
    for row in await connection.execute(select(market_orders.c.slot, market_orders.c.document).where(*such)):
        found.setdefault(row.slot, []).append(row.document)
    return found


async def show(connection: AsyncConnection, slot: int, device: DeviceId, document: bytes, shown_ms: int) -> None:
    """Store the document of a flat's orders."""
    values = {"slot": slot, "device": device, "document": document, "shown_ms": shown_ms}
    await connection.execute(insert(market_orders).values(**values))


async def shown(connection: AsyncConnection, slot: int) -> dict[DeviceId, bytes]:
    """Return the documents of a slot."""
    rows = await connection.execute(
        select(market_orders.c.device, market_orders.c.document).where(market_orders.c.slot == slot)
    )
    return {DeviceId(row.device): row.document for row in rows}


async def say(connection: AsyncConnection, slot: int, device: DeviceId, verdict: StoredVerdict) -> None:
    """Store a flat's verdict."""
    values = asdict(verdict) | {"slot": slot, "device": device, "findings": list(verdict.findings)}
    await connection.execute(insert(market_verdicts).values(**values))


async def verdicts(connection: AsyncConnection, slot: int) -> Mapping[DeviceId, StoredVerdict]:
    """Return what was said of a slot."""
    rows = await connection.execute(select(market_verdicts).where(market_verdicts.c.slot == slot))
    return {DeviceId(row.device): StoredVerdict(row.statement, tuple(row.findings), row.said_ms) for row in rows}


def _row(told: StoredRound) -> dict[str, object]:
    return asdict(told) | {"voters": [device.hex() for device in told.voters]}


def _round(row: RowMapping) -> StoredRound:
    voters = tuple(DeviceId(bytes.fromhex(device)) for device in row["voters"])
    return StoredRound(**dict(row) | {"voters": voters})
