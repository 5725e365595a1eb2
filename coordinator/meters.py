"""The building's own meters: read each second, written to the log slot by slot, as a flat does with its own.

A meter's book (`localvpp.slots`) is kept in the same transaction as the records it yields. After a crash the interval
that was open goes on from its begin; what could not be read in between becomes a gap, never a guess.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
import logging
from typing import Final

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.sql import Executable

from localvpp.clock import Clock
from localvpp.devices import (
    DeviceAddress,
    DeviceError,
    MapMeter,
    Meter,
    MeterReading,
    RegisterMap,
    load_map,
    probe_meter,
)
from localvpp.devices.backend import ModbusLinks
from localvpp.etp import Body, DeviceId, Kind, Record
from localvpp.slots import Interval, MeterPlace, Reading, Sample, SlotBook, bodies

from .ledger import LedgerUnavailableError, RefusedError, Scribe
from .metrics import Metrics
from .store import meters as meter_store

METER_MAP: Final = "eastron_sdm120"
"""The register map of the building's meters."""
POLL_S: Final = 1.0
PROBE_AGAIN_S: Final = 5.0
STALE_S: Final = 5.0
"""A reading older than this is not the present any more: unknown."""
KEEP_EVERY_S: Final = 60.0
READ_TIMEOUT_S: Final = 0.9
"""A read that takes longer than its second would be told with the wrong time."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Pending:
    """Records that are sealed when the ledger takes them, and the book after them."""

    records: tuple[tuple[Kind, int, Body], ...]
    after: Interval


class MeterPost:
    """Watches one meter of the building."""

    def __init__(
        self,
        name: str,
        place: MeterPlace,
        scribe: Scribe,
        engine: AsyncEngine,
        clock: Clock,
        metrics: Metrics,
    ) -> None:
        self.name = name
        self._place = place
        self._scribe = scribe
        self._engine = engine
        self._clock = clock
        self._metrics = metrics
        self._book = SlotBook(place.slot_seconds)
        self._pending: list[_Pending] = []
        self._newest: tuple[float, MeterReading] | None = None
        self._kept_at: float | None = None
        self._broken = False
        self._unread: str | None = f"the {name} meter was not read yet"
        self._refused: str | None = None

    @property
    def device(self) -> DeviceId:
        """The meter's pseudonym."""
        return self._place.device

    @property
    def trouble(self) -> str | None:
        """Why the meter is not read, or its records are not taken; None when all is well."""
        return "; ".join(why for why in (self._unread, self._refused) if why) or None

    @property
    def now(self) -> MeterReading | None:
        """The newest reading; None when it is too old to be the present."""
        if self._newest is None or self._clock.monotonic() - self._newest[0] > STALE_S:
            return None
        return self._newest[1]

    async def resume(self) -> None:
        """Go on with the interval that was open, if its slots have the same length."""
        async with self._engine.connect() as connection:
            opened = await meter_store.kept(connection, self.device)
        if opened is not None:
            slot = self._book.slot_of(opened.begin.time_ms)
            self._book = replace(self._book, open=replace(opened, slot=slot))

    async def run(self, links: ModbusLinks, address: DeviceAddress, most_w: int) -> None:
        """Read the meter each second until cancelled; more than `most_w` cannot flow through it."""
        await self.resume()
        unit = links.unit(address)
        device = await asyncio.to_thread(_building_meter, most_w)
        while True:
            try:
                identity = await probe_meter(unit, device)
            except DeviceError as error:
                self._broke(str(error))
                await asyncio.sleep(PROBE_AGAIN_S)
                continue
            break
        self._place = replace(self._place, serial=identity.serial)
        meter = MapMeter(unit, device, identity)
        loop = asyncio.get_running_loop()
        due = loop.time()
        while True:
            await self.second(meter)
            due = max(due + POLL_S, loop.time())
            await asyncio.sleep(due - loop.time())

    async def second(self, meter: Meter) -> None:
        """Read once and write what that closes."""
        try:
            async with asyncio.timeout(READ_TIMEOUT_S):
                reading = await meter.read()
        except (DeviceError, TimeoutError) as error:
            self._broke(str(error) or f"no answer within {READ_TIMEOUT_S} s")
        else:
            self._healed()
            self._newest = (self._clock.monotonic(), reading)
            if reading.import_wh is not None and reading.export_wh is not None:
                await self._take(reading, Reading(self._clock.wall_ms(), reading.import_wh, reading.export_wh))
        await self._write_pending()

    async def _take(self, reading: MeterReading, registers: Reading) -> None:
        sample = Sample(
            reading=registers,
            grid_w=None if reading.power_w is None else round(reading.power_w),
            frequency_mhz=None if reading.frequency_hz is None else round(reading.frequency_hz * 1000),
        )
        was_open = self._book.open is not None
        self._book, closed = self._book.feed(sample)
        opened = self._book.open
        assert opened is not None, "a book that was fed is open"
        if closed:
            self._pending.append(_Pending(self._bodies(closed), opened))
        elif not self._pending and (not was_open or self._keep_is_due()):
            await self._keep(opened)

    def _bodies(self, closed: Sequence[Interval]) -> tuple[tuple[Kind, int, Body], ...]:
        return tuple(
            (kind, interval.slot, body) for interval in closed for kind, body in bodies(interval, self._place, None)
        )

    def _keep_is_due(self) -> bool:
        return self._kept_at is None or self._clock.monotonic() - self._kept_at >= KEEP_EVERY_S

    async def _keep(self, opened: Interval) -> None:
        self._kept_at = self._clock.monotonic()
        try:
            async with self._engine.begin() as connection:
                for statement in meter_store.keeping(self.device, opened):
                    await connection.execute(statement)
        except SQLAlchemyError as error:
            _log.warning("The open interval of the %s meter cannot be kept: %s", self.name, error)

    async def _write_pending(self) -> None:
        while self._pending:
            first = self._pending[0]
            try:
                await self._scribe.ready()
                if not await self._is_written(first):
                    await self._scribe.write(first.records, self._keeps(first.after))
            except (LedgerUnavailableError, SQLAlchemyError) as error:
                _log.debug("Records of the %s meter wait for the ledger: %s", self.name, error)
                return
            except RefusedError as error:  # The clock was set back: they wait until it comes to their time again.
                if self._refused is None:
                    _log.warning("Records of the %s meter are refused, and wait: %s", self.name, error)
                self._refused = f"records of the {self.name} meter are refused, and wait: {error}"
                return
            if self._refused is not None:
                self._refused = None
                _log.warning("Records of the %s meter are taken again", self.name)
            self._pending.pop(0)
            self._kept_at = self._clock.monotonic()

    def _keeps(self, after: Interval) -> Callable[[Sequence[Record]], Sequence[Executable]]:
        return lambda _: meter_store.keeping(self.device, after)

    async def _is_written(self, pending: _Pending) -> bool:
        """Whether an earlier try was logged although its answer was lost: then the book after it is kept."""
        async with self._engine.connect() as connection:
            kept = await meter_store.kept(connection, self.device)
        return kept is not None and meter_store.written(kept) == meter_store.written(pending.after)

    def _broke(self, reason: str) -> None:
        self._metrics.meter_errors.labels(self.name).inc()
        if not self._broken:
            self._broken = True
            _log.warning("The %s meter cannot be read: %s", self.name, reason)
        self._unread = reason

    def _healed(self) -> None:
        if self._broken:
            self._broken = False
            _log.warning("The %s meter is read again", self.name)
        self._unread = None


def _building_meter(most_w: int) -> RegisterMap:
    """Return the register map for a meter behind current transformers. Blocking: it reads the map's file."""
    device = load_map(METER_MAP)
    assert device.rated_power_w is not None, "a meter's map has a rating"
    return device.rated(max(most_w, device.rated_power_w))


@dataclass(frozen=True, slots=True)
class OwnMeters:
    """The building's own meters; None where it has none."""

    bulk: MeterPost | None = None
    common: MeterPost | None = None

    @property
    def posts(self) -> tuple[MeterPost, ...]:
        """Those that there are."""
        return tuple(post for post in (self.bulk, self.common) if post is not None)

    @property
    def bulk_now(self) -> MeterReading | None:
        """What the bulk meter shows; None when unknown."""
        return self.bulk.now if self.bulk else None

    @property
    def common_now(self) -> MeterReading | None:
        """What the common parts' meter shows; None when unknown."""
        return self.common.now if self.common else None

    @property
    def trouble(self) -> str | None:
        """Why a meter cannot be read; None when all are."""
        return "; ".join(post.trouble for post in self.posts if post.trouble) or None
