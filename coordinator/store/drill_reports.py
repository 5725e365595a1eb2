"""Queries on what was drawn up of the building's drills."""

from dataclasses import dataclass

from sqlalchemy import Executable, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from .drills import StoredDrill
from .tables import drill_reports, drills


@dataclass(frozen=True, slots=True)
class DrillReport:
    """A document, and the name of the record that names it."""

    record: bytes
    document: bytes


def keeping(drill: bytes, report: DrillReport) -> Executable:
    """Return the statement that keeps a report."""
    return insert(drill_reports).values(drill=drill, record=report.record, document=report.document)


async def of(connection: AsyncConnection, drill: bytes) -> DrillReport | None:
    """Return what was drawn up of a drill."""
    found = select(drill_reports.c.record, drill_reports.c.document).where(drill_reports.c.drill == drill)
    row = (await connection.execute(found)).one_or_none()
    return None if row is None else DrillReport(row.record, row.document)


async def due(connection: AsyncConnection) -> list[StoredDrill]:
    """Return the drills that were held, are over, and of which nothing was drawn up, oldest first."""
    over = (
        select(drills)
        .outerjoin(drill_reports, drill_reports.c.drill == drills.c.drill)
        .where(drills.c.announced_ms.is_not(None), drills.c.ended_ms.is_not(None), drill_reports.c.drill.is_(None))
        .order_by(drills.c.ended_ms)
    )
    return [StoredDrill(**row) for row in (await connection.execute(over)).mappings()]
