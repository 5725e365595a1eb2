"""Draws up the building's drills: when all of one is known, its document is kept and named by a record in the log.

That is when every flat that was called is home and its report has come; and at the latest when a flat cannot be out any
more, for one may be lost for good. The document and its record are kept in one transaction: neither is without the
other, and a drill is drawn up once.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection
import logging
from typing import Final

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from localvpp.blackout.building_document import LEVEL, encode_building
from localvpp.blackout.document import digest
from localvpp.clock import Clock
from localvpp.drill_record import KIND, drill_body, drill_slot

from ..config import BuildingConfig
from ..ledger import LedgerError
from ..ledger.scribe import Scribe
from ..store import drill_reports, drills as store
from ..store.drill_reports import DrillReport
from ..store.drills import DrillFlat, StoredDrill
from .document import building_document
from .service import RETURN_S

LOOK_S: Final = 10.0

_log = logging.getLogger(__name__)


class DrawingUp:
    """Draws drills up, one after the other."""

    def __init__(
        self, config: BuildingConfig, engine: AsyncEngine, scribe: Scribe, clock: Clock, software: str
    ) -> None:
        self._config = config
        self._engine = engine
        self._scribe = scribe
        self._clock = clock
        self._software = software
        self._trouble: str | None = None

    async def run(self, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        """Look every few seconds, until cancelled."""
        while True:
            await sleep(LOOK_S)
            try:
                await self.look()
            except (SQLAlchemyError, LedgerError) as error:
                if self._trouble is None:
                    _log.error("The report of a drill waits: %s", error)
                self._trouble = str(error)
            else:
                if self._trouble is not None:
                    _log.warning("Reports of drills are drawn up again")
                self._trouble = None

    async def look(self) -> None:
        """Draw up what is due. Raises SQLAlchemyError or LedgerError: then it is tried again."""
        async with self._engine.connect() as connection:
            due = [
                (drill, await store.flats_of(connection, drill.drill)) for drill in await drill_reports.due(connection)
            ]
        for drill, flats in due:
            if _all_told(flats) or self._is_late(drill):
                await self._draw_up(drill, flats)

    def _is_late(self, drill: StoredDrill) -> bool:
        assert drill.ended_ms is not None, "it is over"
        return self._clock.wall_ms() - drill.ended_ms >= (drill.length_s + RETURN_S) * 1000

    async def _draw_up(self, drill: StoredDrill, flats: list[DrillFlat]) -> None:
        document = building_document(
            drill,
            flats,
            name=self._config.name,
            origin=self._config.origin,
            device=self._scribe.device,
            software=self._software,
        )
        data = encode_building(document)
        body = drill_body(
            report=digest(data),
            level=LEVEL,
            begun_ms=document.begun_ms,
            ended_ms=document.ended_ms,
            separated=any(flat.accepted for flat in flats),
            device=self._scribe.device,
            slot_seconds=self._config.slot_seconds,
            place=None,
        )
        slot = drill_slot(document.begun_ms, self._config.slot_seconds)
        await self._scribe.write(
            [(KIND, slot, body)],
            lambda records: [drill_reports.keeping(drill.drill, DrillReport(records[0].hash, data))],
        )
        _log.warning("The drill is drawn up: %s", "passed" if document.passed else "not passed")


def _all_told(flats: Collection[DrillFlat]) -> bool:
    return all(not flat.is_out and (flat.digest is None or flat.document is not None) for flat in flats)
