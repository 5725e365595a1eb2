"""The gas that a flat has used in all, kept in its database: what its counter shows may begin anew, the total does not.

It is kept when it has grown, at most once in ten seconds. A crash loses none of it: the counter goes on.
"""

import json
from typing import Final

from .clock import Clock
from .devices import GasReading, GasTotal
from .store import FlatStore

_NOTE: Final = "gas_total"
KEEP_EVERY_S: Final = 10.0


class GasBook:
    """Of one flat.

    Args:
        store: the flat's database.
        start_l: what the dial showed when its pulses were begun to be counted; None for a meter that tells its dial.
            Another one than before begins the total anew.
        clock: of monotonic and wall time.
    """

    def __init__(self, store: FlatStore, start_l: int | None, clock: Clock) -> None:
        self._store = store
        self._start_l = start_l
        self._clock = clock
        self._total: GasTotal | None = None
        self._loaded = False
        self.since_ms = 0
        """When the total was begun: what was counted before is of another dial."""
        self._kept: GasTotal | None = None
        self._kept_at = 0.0

    @property
    def total_l(self) -> int | None:
        """Litres in all; None before the first reading."""
        return None if self._total is None else self._total.total_l

    async def take(self, reading: GasReading) -> None:
        """Take in one second's reading.

        Raises StoreError.
        """
        if not self._loaded:
            self._total = self._kept = await self._load()
            self._loaded = True
            if self._total is None:
                self.since_ms = self._clock.wall_ms()
        if reading.volume_l is None:
            return
        begun = self._total or GasTotal(total_l=reading.volume_l if self._start_l is None else self._start_l)
        self._total = begun.after(reading, self._clock.wall_ms() - reading.age_ms)
        if self._kept is None or self._clock.monotonic() - self._kept_at >= KEEP_EVERY_S:
            await self.keep()

    async def keep(self) -> None:
        """Make durable what was taken in.

        Raises StoreError.
        """
        total, kept = self._total, self._kept
        if total is None or (kept is not None and (total.total_l, total.counter_l) == (kept.total_l, kept.counter_l)):
            return
        plain = {
            "start_l": self._start_l,
            "total_l": total.total_l,
            "counter_l": total.counter_l,
            "time_ms": total.time_ms,
            "since_ms": self.since_ms,
        }
        await self._store.note(_NOTE, json.dumps(plain).encode())
        self._kept, self._kept_at = total, self._clock.monotonic()

    async def _load(self) -> GasTotal | None:
        noted = await self._store.noted(_NOTE)
        if noted is None:
            return None
        plain = json.loads(noted)
        if plain["start_l"] != self._start_l:
            return None
        self.since_ms = plain["since_ms"]
        return GasTotal(total_l=plain["total_l"], counter_l=plain["counter_l"], time_ms=plain["time_ms"])
