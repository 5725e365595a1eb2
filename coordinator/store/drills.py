"""Queries on the building's drills."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass

from sqlalchemy import RowMapping, Update, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from .tables import drill_flats, drills


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredDrill:
    """A drill as it stands. Times are milliseconds of Unix time."""

    drill: bytes
    level: str
    length_s: int
    notice_s: int
    """Between the announcement and the first call."""
    within_s: int
    """From the announcement to the end at the latest."""
    most: int
    limit_w: int | None
    """The contract demand; None where nobody is separated."""
    seed: str
    planned_ms: int
    announced_ms: int | None = None
    ended_ms: int | None = None
    ended: str | None = None
    most_seen: int = 0
    demand_seen_w: int | None = None
    document: bytes | None = None
    """Its report, once nothing of it is awaited any more."""
    record: bytes | None = None
    """The record in the log that names the report."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DrillFlat:
    """One flat in a drill."""

    drill: bytes
    flat: str
    device: bytes | None = None
    announced_ms: int | None = None
    """When the announcement was sent to it."""
    notified_ms: int | None = None
    acknowledged_ms: int | None = None
    acknowledged_by: str | None = None
    call: bytes | None = None
    called_ms: int | None = None
    answered_ms: int | None = None
    accepted: bool | None = None
    reasons: tuple[str, ...] = ()
    words: str | None = None
    phase: str | None = None
    ended_ms: int | None = None
    passed: bool | None = None
    aborted: str | None = None
    transfer: str | None = None
    digest: bytes | None = None
    document: bytes | None = None

    @property
    def is_out(self) -> bool:
        """Whether it was called, and is not known to be home."""
        return self.called_ms is not None and self.accepted is not False and self.ended_ms is None

    @property
    def lacks_document(self) -> bool:
        """Whether it has named a report that has not come yet."""
        return self.digest is not None and self.document is None


async def add(connection: AsyncConnection, drill: StoredDrill, flats: Iterable[DrillFlat]) -> None:
    """Store a drill that was planned."""
    await connection.execute(insert(drills).values(**asdict(drill)))
    rows = [_row(flat) for flat in flats]
    if rows:
        await connection.execute(insert(drill_flats), rows)


async def change(connection: AsyncConnection, drill: StoredDrill) -> None:
    """Store how a drill stands."""
    await connection.execute(update(drills).where(drills.c.drill == drill.drill).values(**asdict(drill)))


async def change_flat(connection: AsyncConnection, flat: DrillFlat) -> None:
    """Store how a flat stands in a drill."""
    where = (drill_flats.c.drill == flat.drill, drill_flats.c.flat == flat.flat)
    await connection.execute(update(drill_flats).where(*where).values(**_row(flat)))


def logged(drill: bytes, record: bytes) -> Update:
    """Return the statement that names a drill's record, to be run with the entry."""
    return update(drills).where(drills.c.drill == drill).values(record=record)


async def newest(connection: AsyncConnection, limit: int) -> list[StoredDrill]:
    """Return the newest drills, newest first."""
    found = await connection.execute(select(drills).order_by(drills.c.planned_ms.desc(), drills.c.drill).limit(limit))
    return [StoredDrill(**row) for row in found.mappings()]


async def one(connection: AsyncConnection, drill: bytes) -> StoredDrill | None:
    """Return a drill."""
    row = (await connection.execute(select(drills).where(drills.c.drill == drill))).mappings().one_or_none()
    return None if row is None else StoredDrill(**row)


async def unfinished(connection: AsyncConnection) -> list[StoredDrill]:
    """Return the drills that have begun and not ended."""
    begun = select(drills).where(drills.c.announced_ms.is_not(None), drills.c.ended_ms.is_(None))
    return [StoredDrill(**row) for row in (await connection.execute(begun)).mappings()]


async def unlogged(connection: AsyncConnection) -> list[StoredDrill]:
    """Return the drills that are over and that no record in the log names, oldest first."""
    over = select(drills).where(
        drills.c.announced_ms.is_not(None), drills.c.ended_ms.is_not(None), drills.c.record.is_(None)
    )
    return [StoredDrill(**row) for row in (await connection.execute(over.order_by(drills.c.planned_ms))).mappings()]


async def flats_of(connection: AsyncConnection, drill: bytes) -> list[DrillFlat]:
    """Return the flats of a drill, in the order of their names."""
    found = select(drill_flats).where(drill_flats.c.drill == drill).order_by(drill_flats.c.flat)
    return [_flat(row) for row in (await connection.execute(found)).mappings()]


async def called(connection: AsyncConnection, call: bytes, device: bytes) -> DrillFlat | None:
    """Return the flat that a call went to, if it is that of this device."""
    found = select(drill_flats).where(drill_flats.c.call == call, drill_flats.c.device == device)
    row = (await connection.execute(found)).mappings().one_or_none()
    return None if row is None else _flat(row)


async def out(connection: AsyncConnection, since_ms: int) -> list[DrillFlat]:
    """Return the flats of all drills that were called since then and are not known to be home; the newest call last."""
    where = (drill_flats.c.called_ms >= since_ms, drill_flats.c.ended_ms.is_(None))
    found = select(drill_flats).where(*where).order_by(drill_flats.c.called_ms)
    return [flat for row in (await connection.execute(found)).mappings() if (flat := _flat(row)).is_out]


def _row(flat: DrillFlat) -> dict[str, object]:
    return asdict(flat) | {"reasons": list(flat.reasons)}


def _flat(row: RowMapping) -> DrillFlat:
    return DrillFlat(**dict(row) | {"reasons": tuple(row["reasons"])})
