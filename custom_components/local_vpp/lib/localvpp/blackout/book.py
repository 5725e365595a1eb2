"""What of the blackout logic stands in the flat's database: what people were told, and the documents of its drills."""

from collections.abc import Sequence
from dataclasses import dataclass
import sqlite3
from typing import Final

from ..islanding import Notice
from ..islanding.report import Level
from ..store import FlatStore
from .state import DrillSummary, Told

SHOWN: Final = 20
"""So many of the newest notices are shown."""
_KEPT: Final = 1000
"""So many are kept: those of years."""


@dataclass(frozen=True, slots=True)
class KeptReport:
    """A drill's document that the flat keeps."""

    begun_ms: int
    summary: DrillSummary
    size: int
    """Of the document, in bytes."""


@dataclass(frozen=True, slots=True)
class Unlogged:
    """A drill of which a record is still to be made."""

    report: bytes
    level: Level
    begun_ms: int
    ended_ms: int
    separated: bool


class BlackoutBook:
    """Keeps them. All methods raise StoreError when the file fails them."""

    def __init__(self, store: FlatStore) -> None:
        self._store = store

    async def told(self) -> tuple[Told, ...]:
        """Return the newest notices, oldest first."""

        def work(db: sqlite3.Connection) -> tuple[Told, ...]:
            rows = db.execute(
                "SELECT number, time_ms, notice, detail FROM told ORDER BY number DESC LIMIT ?", (SHOWN,)
            ).fetchall()
            return tuple(Told(number, time_ms, Notice(said), detail) for number, time_ms, said, detail in rows[::-1])

        return await self._store.run(work)

    async def tell(self, told: Sequence[Told]) -> None:
        """Keep what people were told."""

        def work(db: sqlite3.Connection) -> None:
            with db:
                db.executemany(
                    "INSERT OR REPLACE INTO told (number, time_ms, notice, detail) VALUES (?, ?, ?, ?)",
                    [(each.number, each.time_ms, each.notice.value, each.detail) for each in told],
                )
                db.execute("DELETE FROM told WHERE number <= (SELECT MAX(number) FROM told) - ?", (_KEPT,))

        await self._store.run(work)

    async def reports(self) -> list[KeptReport]:
        """Return all drills, newest first."""

        def work(db: sqlite3.Connection) -> list[KeptReport]:
            rows = db.execute(
                "SELECT begun_ms, ended_ms, level, passed, aborted, transfer, report, call, LENGTH(document) FROM drill"
                " ORDER BY ended_ms DESC, rowid DESC"
            ).fetchall()
            return [
                KeptReport(
                    begun_ms,
                    DrillSummary(ended_ms, Level(level), bool(passed), aborted, transfer, report, call),
                    size,
                )
                for begun_ms, ended_ms, level, passed, aborted, transfer, report, call, size in rows
            ]

        return await self._store.run(work)

    async def document(self, report: bytes) -> bytes | None:
        """Return a drill's document by its SHA-256."""

        def work(db: sqlite3.Connection) -> bytes | None:
            row = db.execute("SELECT document FROM drill WHERE report = ?", (report,)).fetchone()
            return None if row is None else bytes(row[0])

        return await self._store.run(work)

    async def newest(self) -> bytes | None:
        """Return the document of the last drill."""

        def work(db: sqlite3.Connection) -> bytes | None:
            row = db.execute("SELECT document FROM drill ORDER BY ended_ms DESC, rowid DESC LIMIT 1").fetchone()
            return None if row is None else bytes(row[0])

        return await self._store.run(work)

    async def unlogged(self) -> list[Unlogged]:
        """Return the drills of which the flat's chain has no record yet, oldest first."""

        def work(db: sqlite3.Connection) -> list[Unlogged]:
            rows = db.execute(
                "SELECT report, level, begun_ms, ended_ms, separated FROM drill WHERE logged = 0 ORDER BY rowid"
            ).fetchall()
            return [
                Unlogged(report, Level(level), begun_ms, ended_ms, bool(away))
                for report, level, begun_ms, ended_ms, away in rows
            ]

        return await self._store.run(work)

    async def logged(self, report: bytes) -> None:
        """Take down that the flat's chain has a drill's record."""

        def work(db: sqlite3.Connection) -> None:
            with db:
                db.execute("UPDATE drill SET logged = 1 WHERE report = ?", (report,))

        await self._store.run(work)

    async def keep(self, begun_ms: int, summary: DrillSummary, document: bytes, *, separated: bool) -> None:
        """Keep a drill's document; whether the flat was `separated` for it stands in its record."""

        def work(db: sqlite3.Connection) -> None:
            with db:
                db.execute(
                    "INSERT OR REPLACE INTO drill"
                    " (report, begun_ms, ended_ms, level, passed, aborted, transfer, call, document, separated)"
                    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    (
                        summary.report,
                        begun_ms,
                        summary.ended_ms,
                        summary.level.value,
                        summary.passed,
                        summary.aborted,
                        summary.transfer,
                        summary.call,
                        document,
                        separated,
                    ),
                )

        await self._store.run(work)
