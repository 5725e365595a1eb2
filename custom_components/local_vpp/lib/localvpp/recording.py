"""What each second's devices said is recorded here, one second after the other, beside the seconds themselves.

A database that is slow holds up neither the next reading nor the living room: a second waits for its record for a
moment, and goes on without it. Seconds that wait are recorded in their order, with the times of their own readings.
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, Protocol

from .clock import Clock
from .counters import Counters
from .devices import Identity
from .etp import SignerUnavailableError
from .gas_book import GasBook
from .round import Round
from .sealing import Sealing
from .store import StoreError
from .tracing import Tracing
from .usage_book import UsageBook

WAIT_S: Final = 1.0
"""So long a second waits for its record, in real time: more than a disk takes, and less than a contactor's watchdog."""
SAVE_EVERY_S: Final = 10
"""Frames are written in batches, to spare SD cards; a crash loses at most these seconds of raw readings."""
MOST_WAITING: Final = 600
"""So many seconds wait to be recorded; after ten minutes the oldest gives way, as in a pause. The registers hold the
energy; what it was made of is unknown then."""


class Diary(Protocol):
    """What is looked after once a second, and kept in the database."""

    async def second(self) -> None:
        """Raises StoreError."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Second:
    """What is to be recorded of a second."""

    read: Round
    at_s: float
    """When it was, by a clock that nobody sets."""
    meter: str | None
    """The meter's serial number."""
    gas_meter: str | None
    inverter: Identity | None
    battery: Identity | None


class Recording:
    """Of one flat. `run` raises StoreError where the database fails it; it may be run again.

    Args:
        sealing: makes the records.
        gas: the gas in all.
        tracing: the battery's life.
        diaries: the building's drills, and its market.
        usage: what forecasts are made of.
        clock: its times.
    """

    def __init__(
        self,
        sealing: Sealing,
        gas: GasBook,
        tracing: Tracing,
        diaries: Sequence[Diary],
        usage: UsageBook,
        clock: Clock,
    ) -> None:
        self._sealing = sealing
        self._gas = gas
        self._tracing = tracing
        self._diaries = diaries
        self._usage = usage
        self._clock = clock
        self._counters: Counters | None = None
        """None before the first second."""
        self._due: deque[Second] = deque(maxlen=MOST_WAITING)
        self._open = False
        self._saved_at = clock.monotonic()
        self._wake = asyncio.Event()
        self._rests = asyncio.Event()
        """Set while nothing is being recorded."""
        self._rests.set()
        self.trouble: SignerUnavailableError | None = None
        """Why nothing can be signed."""

    async def take(self, second: Second) -> None:
        """Have a second recorded, and wait a moment for that. While `run` does not run it is not recorded."""
        if not self._open:
            return
        in_time = self._rests.is_set()
        self._due.append(second)
        self._rests.clear()
        self._wake.set()
        if in_time:
            # What takes longer is recorded when the database has come to it.
            with suppress(TimeoutError):
                async with asyncio.timeout(WAIT_S):
                    await self._rests.wait()

    async def run(self) -> None:
        """Record until cancelled. Raises StoreError; what waits then is not recorded."""
        self._open = True
        self._saved_at = self._clock.monotonic()
        try:
            while True:
                await self._wake.wait()
                self._wake.clear()
                while self._due:
                    await self._record(self._due.popleft())
                self._rests.set()
        finally:
            self._open = False
            self._due.clear()
            self._rests.set()
            self.trouble = None

    async def _record(self, second: Second) -> None:
        read = second.read
        self.trouble = None
        if read.gas is not None:
            await self._gas.take(read.gas)
        if self._counters is None:
            begun = self._sealing.interval
            self._counters = Counters.resumed(None if begun is None else begun.end)
        self._counters = self._counters.after(read, second.inverter, second.battery)
        try:
            await self._sealing.record(read, second.meter, second.gas_meter, self._counters.now)
        except SignerUnavailableError as error:
            # Nothing was sealed: the open interval waits for the key, and no energy is lost.
            self.trouble = error
        if second.battery is not None and read.battery_news is not None:
            await self._tracing.take(second.battery, read.battery_news)
        for diary in self._diaries:
            await diary.second()
        await self._usage.take(read, second.at_s)
        if self._clock.monotonic() - self._saved_at >= SAVE_EVERY_S:
            self._saved_at = self._clock.monotonic()
            await self._sealing.save()

    async def save(self) -> None:
        """Make durable what was taken in; what fails does not keep the rest from it.

        Raises StoreError.
        """
        failed: StoreError | None = None
        for keep in (self._sealing.save, self._tracing.keep, self._gas.keep):
            try:
                await keep()
            except StoreError as error:
                failed = failed or error
        if failed is not None:
            raise failed
