"""Traces the flat's battery: feeds the trace with each second's reading, and keeps it once a minute.

A crash loses at most the seconds since; where the battery has counters of its own, not even their energy. What begins
or heals is kept at once, and told to the log once.
"""

import logging
from typing import Final

from .battery import Anomaly, BatteryLife, Trace
from .battery_book import BatteryBook
from .clock import Clock
from .devices import BatteryReading, Identity

_LOGGER = logging.getLogger(__name__)

KEEP_EVERY_S: Final = 60.0


class Tracing:
    """Of one flat. `life` is what there is to show, as it was at the last save."""

    def __init__(self, flat: str, book: BatteryBook, clock: Clock) -> None:
        self.life: BatteryLife | None = None
        self._flat = flat
        self._book = book
        self._clock = clock
        self._identity: Identity | None = None
        self._trace: Trace | None = None
        self._said: tuple[Anomaly, ...] = ()
        self._kept_at = 0.0

    async def take(self, identity: Identity, reading: BatteryReading) -> None:
        """Take in one second's reading of the battery.

        Raises StoreError.
        """
        now, wall_ms = self._clock.monotonic(), self._clock.wall_ms()
        if self._trace is None or identity != self._identity:
            await self._turn_to(identity, wall_ms)
        assert self._trace is not None, "the battery was just turned to"
        first = self.life is None
        self._trace, said = self._trace.fold(reading, round(now * 1000), wall_ms)
        for anomaly in said:
            self._tell(anomaly)
        self._said += said
        if first or said or now - self._kept_at >= KEEP_EVERY_S:
            await self.keep()

    async def keep(self) -> None:
        """Make durable what was taken in.

        Raises StoreError.
        """
        identity, trace, said = self._identity, self._trace, self._said
        if identity is None or trace is None:
            return
        proven_wh = await self._book.save(identity, trace, said, self._clock.wall_ms())
        self._said = self._said[len(said) :]
        self._kept_at = self._clock.monotonic()
        self.life = BatteryLife.of(trace, proven_wh)

    async def _turn_to(self, identity: Identity, wall_ms: int) -> None:
        await self.keep()
        kept = await self._book.load(identity)
        self._identity, self._said, self.life = identity, (), None
        self._trace = Trace.begun(wall_ms) if kept is None else kept.trace

    def _tell(self, anomaly: Anomaly) -> None:
        if anomaly.healed_ms is None:
            _LOGGER.warning("The battery of flat %s: %s", self._flat, anomaly.reason)
        else:
            _LOGGER.info("The battery of flat %s is well again: %s is over", self._flat, anomaly.kind)
