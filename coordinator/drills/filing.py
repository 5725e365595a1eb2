"""A drill's report, once nothing of it is awaited any more: kept, and named by a record in the building's log.

What a flat tells later is kept beside it, and changes it no more: the record names the report to the byte.
"""

from collections.abc import Collection
from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncEngine

from localvpp.blackout.building_document import BuildingDocument, decode_building, encode_building
from localvpp.blackout.document import digest
from localvpp.drill_record import KIND, drill_body, drill_slot
from localvpp.islanding.report import Level

from ..ledger import Scribe
from ..store import drills as store
from ..store.drills import DrillFlat, StoredDrill


def is_due(drill: StoredDrill, flats: Collection[DrillFlat], now_ms: int, bound_s: float) -> bool:
    """Whether the report of a drill is to be drawn up: every flat is home, or would have told so by now."""
    awaited = [flat for flat in flats if flat.called_ms is not None and (flat.is_out or flat.lacks_document)]
    latest = max((flat.called_ms or 0 for flat in awaited), default=0)
    begun = drill.announced_ms is not None and drill.ended_ms is not None and drill.record is None
    return begun and (not awaited or now_ms - latest > bound_s * 1000)


async def keep(engine: AsyncEngine, drill: StoredDrill, document: BuildingDocument) -> StoredDrill:
    """Keep the report. Raises SQLAlchemyError."""
    kept = replace(drill, document=encode_building(document))
    async with engine.begin() as connection:
        await store.change(connection, kept)
    return kept


async def log(scribe: Scribe, drill: StoredDrill, slot_seconds: int) -> StoredDrill:
    """Log the record that names a report which is kept. Raises RefusedError, LedgerUnavailableError."""
    assert drill.document is not None, "it is kept"
    document = decode_building(drill.document)
    body = drill_body(
        report=digest(drill.document),
        level=Level.BUILDING,
        begun_ms=document.begun_ms,
        ended_ms=document.ended_ms,
        separated=False,
        device=scribe.device,
        slot_seconds=slot_seconds,
        place=None,
    )
    (record,) = await scribe.write(
        [(KIND, drill_slot(document.begun_ms, slot_seconds), body)],
        lambda sealed: [store.logged(drill.drill, sealed[0].hash)],
    )
    return replace(drill, record=record.hash)
