"""The building's own meters: read each second, written to the log slot by slot, as a flat does with its own.

What a meter's book (`localvpp.slots`) has closed is kept in one transaction with the interval that is open then, and is
taken from there in the transaction that logs it: a log may be held for long, and a stop meanwhile makes no gap. After a
crash the interval that was open goes on from its begin; what could not be read in between becomes a gap, never a guess.

Both meters may be behind one gateway, which carries one request at a time and is deaf to everybody while it waits for a
meter that does not answer. So they are read one after the other, and a silent one costs the other as little as may be.
"""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
import logging
from math import inf
from typing import Final

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.sql import Executable

from localvpp.clock import Clock
from localvpp.devices import (
    METER_BESIDE_METER,
    DeviceAddress,
    DeviceError,
    Door,
    LateMeter,
    Meter,
    MeterReading,
    RegisterMap,
    load_map,
)
from localvpp.devices.backend import ModbusLinks
from localvpp.etp import DeviceId, Record
from localvpp.outage import Outage, Proof, nonsense_of, proof_of, reason_of
from localvpp.slots import MOST_RATED_W, Interval, MeterPlace, Reading, Sample, SlotBook, bodies, is_quiet

from .ledger import LedgerUnavailableError, RefusedError, Scribe
from .metrics import Metrics
from .store import meters as meter_store
from .store.meters import Closed

METER_MAP: Final = "eastron_sdm120"
"""The register map of the building's meters."""
POLL_S: Final = 1.0
LINK_LOST_S: Final = 5.0
"""A meter that was away for so long may have been cut off together with the other, which then may be back, too."""
STALE_S: Final = 5.0
"""A reading older than this is not the present any more: unknown."""
KEEP_EVERY_S: Final = 60.0
READ_TIMEOUT_S: Final = 0.9
"""A read that takes longer than its second would be told with the wrong time."""

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Pending:
    """Records that are sealed when the ledger takes them."""

    number: int
    """Counts what a meter's book has closed while this runs, and is still kept from before."""
    records: Closed
    after: Interval | None
    """The book after them, to be kept with them; None once both are kept."""


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
        *,
        pv_alone: bool = False,
    ) -> None:
        """`pv_alone`: by the building's file nothing but PV is behind the meter, so what it gives is the sun's."""
        self.name = name
        self._pv_alone = pv_alone
        self._place = place
        self._scribe = scribe
        self._engine = engine
        self._clock = clock
        self._metrics = metrics
        self._book = SlotBook(place.slot_seconds)
        self._pending: list[_Pending] = []
        self._next_number = 0
        self._newest: tuple[float, MeterReading] | None = None
        self._kept_at: float | None = None
        self._outage = Outage()
        self._unkept = Outage()
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
        """Go on with what is to be logged yet, and with the interval that was open."""
        async with self._engine.connect() as connection:
            opened = await meter_store.kept(connection, self.device)
            waiting = await meter_store.all_waiting(connection, self.device)
        self._pending = [_Pending(number, records, None) for number, records in waiting]
        self._next_number = waiting[-1][0] + 1 if waiting else 0
        if opened is not None:
            slot = self._book.slot_of(opened.begin.time_ms)
            self._book = replace(self._book, open=replace(opened, slot=slot))

    def slot_ends(self) -> bool:
        """Whether a slot's boundary is so near that nothing may come between a meter and its reading."""
        return is_quiet(self._clock.wall_ms(), self._place.slot_seconds)

    async def second(self, meter: Meter) -> None:
        """Read once and write what that closes."""
        await self.read(meter)
        await self.write()

    async def read(self, meter: Meter) -> bool:
        """Read once; return whether the meter answered."""
        try:
            async with asyncio.timeout(READ_TIMEOUT_S):
                reading = await meter.read()
        except (DeviceError, TimeoutError) as error:
            self._broke(reason_of(error, READ_TIMEOUT_S), proof_of(error, meter.door))
            return False
        if (nonsense := nonsense_of(reading)) is not None:
            self._broke(nonsense, Proof.BROKEN)
            return True
        self._answered()
        self._newest = (self._clock.monotonic(), reading)
        if meter.identity.serial != self._place.serial:
            self._place = replace(self._place, serial=meter.identity.serial)
        if reading.import_wh is not None and reading.export_wh is not None:
            registers = Reading(self._clock.wall_ms(), reading.import_wh, reading.export_wh, meter.identity.serial)
            await self._take(reading, registers)
        return True

    async def write(self) -> None:
        """Write what was closed, as far as the ledger takes it."""
        await self._write_pending()

    async def _take(self, reading: MeterReading, registers: Reading) -> None:
        watts = None if reading.power_w is None else round(reading.power_w)
        is_sun = self._pv_alone and watts is not None
        sample = Sample(
            reading=registers,
            grid_w=watts,
            pv_w=-watts if watts is not None and is_sun else None,
            battery_w=0 if is_sun else None,
            frequency_mhz=None if reading.frequency_hz is None else round(reading.frequency_hz * 1000),
            rated_w=reading.rated_w or MOST_RATED_W,
        )
        was_open = self._book.open is not None
        self._book, closed = self._book.feed(sample)
        opened = self._book.open
        assert opened is not None, "a book that was fed is open"
        if closed:
            self._pending.append(_Pending(self._next_number, self._bodies(closed), opened))
            self._next_number += 1
            await self._keep_pending()
        elif self._is_kept and (not was_open or self._keep_is_due()):
            await self._keep(meter_store.keeping(self.device, opened))

    def _bodies(self, closed: Sequence[Interval]) -> Closed:
        return tuple(
            (kind, interval.slot, body) for interval in closed for kind, body in bodies(interval, self._place, None)
        )

    def _keep_is_due(self) -> bool:
        return self._kept_at is None or self._clock.monotonic() - self._kept_at >= KEEP_EVERY_S

    @property
    def _is_kept(self) -> bool:
        """Whether all that was closed is kept: what is kept of the book must never be ahead of that."""
        return all(pending.after is None for pending in self._pending)

    async def _keep_pending(self) -> None:
        for pending in self._pending:
            if pending.after is not None:
                closed = meter_store.waiting(self.device, pending.number, pending.records)
                if not await self._keep((*closed, *meter_store.keeping(self.device, pending.after))):
                    return
                pending.after = None

    async def _keep(self, statements: Sequence[Executable]) -> bool:
        self._kept_at = self._clock.monotonic()
        try:
            async with self._engine.begin() as connection:
                for statement in statements:
                    await connection.execute(statement)
        except SQLAlchemyError as error:
            if self._unkept.fails(self._clock.monotonic()):
                _log.warning(
                    "The open interval of the %s meter cannot be kept for a restart: see whether the database answers "
                    "and its disk has room (%s)",
                    self.name,
                    error,
                )
            return False
        if self._unkept.answers(self._clock.monotonic()):
            _log.warning("The open interval of the %s meter is kept again", self.name)
        return True

    async def _write_pending(self) -> None:
        await self._keep_pending()
        while self._pending and self._pending[0].after is None:
            first = self._pending[0]
            try:
                await self._scribe.ready()
                if not await self._is_written(first):
                    await self._scribe.write(first.records, self._takes(first.number))
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

    def _takes(self, number: int) -> Callable[[Sequence[Record]], Sequence[Executable]]:
        return lambda _: (meter_store.logged(self.device, number),)

    async def _is_written(self, pending: _Pending) -> bool:
        """Whether an earlier try was logged although its answer was lost: then it does not wait any more."""
        async with self._engine.connect() as connection:
            waiting = await meter_store.all_waiting(connection, self.device)
        return all(number != pending.number for number, _ in waiting)

    def _broke(self, reason: str, proof: Proof) -> None:
        self._metrics.meter_errors.labels(self.name).inc()
        if self._outage.fails(self._clock.monotonic(), proof):
            _log.warning("The %s meter cannot be read: %s", self.name, reason)
        self._unread = f"the {self.name} meter cannot be read: {reason}"

    def _answered(self) -> None:
        if self._outage.answers(self._clock.monotonic()):
            _log.warning("The %s meter is read again", self.name)
        self._unread = None


@dataclass(slots=True)
class _Watched:
    """A meter that is read, and how it does."""

    post: MeterPost
    meter: LateMeter
    endpoint: object
    silent_since: float | None = None


class Watch:
    """Reads the building's meters each second, until cancelled."""

    def __init__(self, posts: Sequence[tuple[MeterPost, DeviceAddress, int]], links: ModbusLinks) -> None:
        """Take the meters with their addresses, and the most power in watts that can flow through each."""
        self._posts = posts
        self._links = links
        self._watched: list[_Watched] = []

    async def run(self) -> None:
        """Read the meters each second until cancelled."""
        for post, address, most_w in self._posts:
            await post.resume()
            device = await asyncio.to_thread(_building_meter, most_w)
            unit, line = self._links.unit(address), self._links.line(address)
            meter = LateMeter(unit, device, line=line, manners=METER_BESIDE_METER)
            self._watched.append(_Watched(post, meter, address.link.endpoint))
        loop = asyncio.get_running_loop()
        due = loop.time()
        async with asyncio.TaskGroup() as knocks:
            while True:
                await self._second(loop.time)
                if (door := next(self._doors(), None)) is not None:
                    # Not waited for: the next second's readings are due before the knock is given up.
                    knocks.create_task(door.knock(), name="knock at a meter of the building")
                due = max(due + POLL_S, loop.time())
                await asyncio.sleep(due - loop.time())

    async def _second(self, now: Callable[[], float]) -> None:
        # Who fell silent first comes last: what may hold up the line is asked when the other has been read.
        for each in sorted(self._watched, key=lambda each: -inf if each.silent_since is None else -each.silent_since):
            began = now()
            if not await each.post.read(each.meter):
                each.silent_since = began if each.silent_since is None else each.silent_since
                continue
            if each.silent_since is not None and began - each.silent_since >= LINK_LOST_S:
                for other in self._watched:
                    other.meter.door.hasten()
            each.silent_since = None
        await asyncio.gather(*(each.post.write() for each in self._watched))

    def _doors(self) -> Iterator[Door]:
        """Give the doors that may be knocked at now: about a boundary none behind which the other meter is read."""
        for each in self._watched:
            beside = any(
                other.silent_since is None
                for other in self._watched
                if other is not each and other.endpoint == each.endpoint
            )
            if each.meter.door.due and not (beside and each.post.slot_ends()):
                yield each.meter.door


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
    roof: MeterPost | None = None

    @property
    def posts(self) -> tuple[MeterPost, ...]:
        """Those that there are."""
        return tuple(post for post in (self.bulk, self.common, self.roof) if post is not None)

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
