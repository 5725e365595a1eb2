"""The periods of a flat's usage, kept in its database for a little more than a year.

A period is written when it ends, once in five minutes; those of a night in which the inverter slept at its end. What a
crash loses is the period, or the night, that goes on.
"""

import asyncio
from collections.abc import Sequence
import sqlite3
from typing import Final

from .round import Round
from .store import FlatStore
from .usage import PERIOD_S, Period, Usage
from .usage_dark import Dark

KEPT_S: Final = 400 * 86_400
"""Forecasts look back nine weeks; the year is for those that will look at the same season of the year before."""
_DROPPED: Final = 2
"""Old periods, at most, for each new one: a clock that stood years ahead for an hour does not take the year with it."""


class UsageBook:
    """Of one flat, in its database."""

    def __init__(self, store: FlatStore) -> None:
        self._store = store
        self._usage = Usage()
        self._dark = Dark()
        self.ended: Final = asyncio.Event()
        """Set with each period that has ended."""

    async def take(self, read: Round, at_s: float) -> None:
        """Take in one second's reading, and when it was made, by a clock that nobody sets.

        Raises StoreError.
        """
        began, wall_s = self._usage.begin, read.time_ms // 1000
        self._usage, period = self._usage.take(wall_s, at_s, read.load_w, read.sun_w)
        dark: tuple[Period, ...] = ()
        if read.has_inverter:
            self._dark, dark = self._dark.take(wall_s, at_s, read.load_w, read.sun_w, read.dark_load_w, read.sun_made)
        if known := [*([] if period is None else [period]), *dark]:
            await self.remember(known)
        if self._usage.begin != began:
            self.ended.set()

    async def remember(self, periods: Sequence[Period]) -> None:
        """Keep periods, one or many at once: of one that is known already, what was kept first stays.

        Raises StoreError.
        """
        await self._store.run(lambda db: _put(db, periods))

    async def since(self, begin: int) -> Sequence[Period]:
        """Return what is known of the periods from a time on, oldest first.

        Raises StoreError.
        """

        def work(db: sqlite3.Connection) -> list[Period]:
            rows = db.execute("SELECT begin, load_j, pv_j FROM usage WHERE begin >= ? ORDER BY begin", (begin,))
            return [Period(*row) for row in rows]

        return await self._store.run(work)


def _put(db: sqlite3.Connection, periods: Sequence[Period]) -> None:
    assert all(period.begin % PERIOD_S == 0 for period in periods), "periods are aligned to the clock"
    with db:
        # A clock that was set back tells of a time that is known: what was heard first, by the clock of then, stays.
        db.executemany(
            "INSERT OR IGNORE INTO usage (begin, load_j, pv_j) VALUES (?, ?, ?)",
            [(period.begin, period.load_j, period.pv_j) for period in periods],
        )
        newest = max((period.begin for period in periods), default=0)
        db.execute(
            "DELETE FROM usage WHERE begin IN (SELECT begin FROM usage WHERE begin < ? ORDER BY begin LIMIT ?)",
            (newest - KEPT_S, _DROPPED * len(periods)),
        )
