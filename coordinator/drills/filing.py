"""A drill's report, once nothing of it is awaited any more: kept, and named by a record in the building's log.

What a flat tells later is kept beside it, and changes it no more: the record names the report to the byte.
"""

from collections.abc import Collection
from dataclasses import replace
import logging
from typing import Final

from sqlalchemy.ext.asyncio import AsyncEngine

from localvpp.blackout.building_document import BuildingDocument, decode_building, encode_building
from localvpp.blackout.document import digest
from localvpp.clock import Clock
from localvpp.drill_record import KIND, drill_body, drill_slot
from localvpp.islanding.report import Level

from ..ledger import LedgerUnavailableError, Scribe
from ..store import drills as store
from ..store.drills import DrillFlat, StoredDrill
from .bounds import bound_s
from .report import building_document

AGAIN_S: Final = 60.0
"""Reports of drills before the newest one are looked after so often."""

_log = logging.getLogger(__name__)


class Filing:
    """Keeps and logs reports; all that waits raises SQLAlchemyError, RefusedError, DocumentError."""

    def __init__(
        self, engine: AsyncEngine, scribe: Scribe, clock: Clock, *, origin: str, slot_seconds: int, software: str
    ) -> None:
        self._engine = engine
        self._scribe = scribe
        self._clock = clock
        self._origin = origin
        self._slot_seconds = slot_seconds
        self._software = software
        self._looked_at: float | None = None

    def report(self, drill: StoredDrill, flats: Collection[DrillFlat]) -> BuildingDocument:
        """Return the report of a drill that is over, as far as flats have told theirs by now."""
        return building_document(drill, flats, origin=self._origin, device=self._scribe.device, by=self._software)

    async def others(self, newest: bytes) -> None:
        """File, now and then, what is due of drills before the newest one."""
        now = self._clock.monotonic()
        if self._looked_at is not None and now - self._looked_at < AGAIN_S:
            return
        self._looked_at = now
        async with self._engine.connect() as connection:
            others = [each for each in await store.unlogged(connection) if each.drill != newest]
            told = [(each, await store.flats_of(connection, each.drill)) for each in others]
        for drill, flats in told:
            await self.one(drill, flats)

    async def one(self, drill: StoredDrill, flats: Collection[DrillFlat]) -> StoredDrill:
        """File what is due of a drill, and return it as it stands then."""
        if not self._is_due(drill, flats):
            return drill
        if drill.document is None:
            drill = replace(drill, document=encode_building(self.report(drill, flats)))
            async with self._engine.begin() as connection:
                await store.change(connection, drill)
        try:
            return await self._logged(drill)
        except LedgerUnavailableError as error:
            _log.debug("The report of a drill is not in the log yet: %s", error)
            return drill

    def _is_due(self, drill: StoredDrill, flats: Collection[DrillFlat]) -> bool:
        """Whether a report is to be drawn up: every flat is home, or would have told so by now."""
        awaited = [flat for flat in flats if flat.called_ms is not None and (flat.is_out or flat.lacks_document)]
        latest = max((flat.called_ms or 0 for flat in awaited), default=0)
        begun = drill.announced_ms is not None and drill.ended_ms is not None and drill.record is None
        return begun and (not awaited or self._clock.wall_ms() - latest > bound_s(drill) * 1000)

    async def _logged(self, drill: StoredDrill) -> StoredDrill:
        """Log the record that names the report which is kept."""
        assert drill.document is not None, "it is kept"
        document = decode_building(drill.document)
        body = drill_body(
            report=digest(drill.document),
            level=Level.BUILDING,
            begun_ms=document.begun_ms,
            ended_ms=document.ended_ms,
            separated=False,
            device=self._scribe.device,
            slot_seconds=self._slot_seconds,
            place=None,
        )
        (record,) = await self._scribe.write(
            [(KIND, drill_slot(document.begun_ms, self._slot_seconds), body)],
            lambda sealed: [store.logged(drill.drill, sealed[0].hash)],
        )
        return replace(drill, record=record.hash)
