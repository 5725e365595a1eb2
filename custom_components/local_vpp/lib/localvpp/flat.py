"""The agent of one flat: reads its devices each second, signs what they say, and keeps the chain of its records.

It ties the rooms and owns none of their rules: devices decide what a register means, `slots` where an interval
ends, `etp` what a record is, `link` how it reaches the building. Home Assistant and the headless flat run this same
agent; they differ in where the devices' connections come from and in who listens.

A device that fails makes its own values unknown and leaves the others alone. One that fell silent is knocked at now and
then: right after the others were read, so that their line is free again by their next second, and never about a slot's
boundary.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
import logging
from types import MappingProxyType
from typing import Final

import aiohttp

from . import tlog
from .clock import Clock, SystemClock
from .devices import (
    Battery,
    BatteryReading,
    DeviceError,
    Door,
    Inverter,
    InverterReading,
    Meter,
    MeterReading,
    Relay,
    RelayReading,
)
from .etp import Chain, Frame, Kind, Record, RecordHash, Signer
from .link import Link, LinkState, LinkStatus
from .slots import Interval, MeterPlace, Reading, Sample, Seconds, SlotBook, bodies, is_quiet
from .store import FlatStore, Saved, StoreError, Totals
from .wire import Membership, SlotResult, Terms

_LOGGER = logging.getLogger(__name__)

POLL_PHASE: Final = 0.5
"""Fraction of the wall clock's second at which devices are read: away from its turn, where meters refresh."""
READ_TIMEOUT_S: Final = 0.9
"""A device that has not answered by the next poll is unknown for this second."""
IN_TURN_S: Final = 0.3
"""So long the meter and then the relay have the line for themselves. Behind one gateway each request waits for those
before it, and none of theirs is to wait for an inverter that is about to fall asleep."""
LINK_LOST_S: Final = 5.0
"""A device that was away for so long may have been cut off together with others, who then may be back, too."""
SAVE_EVERY_S: Final = 10
"""Frames are written in batches, to spare SD cards; a crash loses at most these seconds of raw readings."""
KEEP_FRAMES_MS: Final = 7 * 24 * 3600 * 1000
"""A week of seconds, about 150 MB: long enough to settle a dispute about a slot."""
_TERMS: Final = "slot_seconds"
_DISTRUSTED: Final = "distrusted"


class LedgerState(StrEnum):
    """How far the flat's records can be proven."""

    UNKNOWN = "unknown"
    """No record was made yet."""
    PENDING = "pending"
    """Records wait to be sent or proven."""
    PROVEN = "proven"
    """The log is proven to hold all records."""
    DIVERGED = "diverged"
    """The log holds other records of this flat than its own store."""
    DISTRUSTED = "distrusted"
    """The log or a settlement contradicted itself: evidence against the coordinator."""


@dataclass(frozen=True, slots=True)
class LastRecord:
    """The newest record of the flat, for display."""

    hash: RecordHash
    seq: int
    kind: Kind
    slot: int
    end_ms: int
    incoming: bool
    """Whether the energy came in (from the building) or went out."""
    energy_wh: int
    index: int | None
    """Place in the log, once proven."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FlatState:
    """Everything there is to show of a flat, at one second. Unknown is None."""

    meter: MeterReading | None = None
    inverter: InverterReading | None = None
    battery: BatteryReading | None = None
    relay: RelayReading | None = None
    problems: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Device by name → what is wrong with it, as a sentence."""
    link: LinkStatus = field(default=LinkStatus(LinkState.CONNECTING))
    terms: Terms | None = None
    ledger: LedgerState = LedgerState.UNKNOWN
    ledger_reason: str = ""
    log_size: int | None = None
    last_record: LastRecord | None = None
    pending: int = 0
    totals: Totals = field(default=Totals())
    last_result: SlotResult | None = None
    acknowledged: int = field(default=0, compare=False)
    """Count of the last frame that the coordinator has. It grows each second, and is no news by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FlatDevices:
    """The devices of a flat. Only the meter makes records."""

    meter: Meter
    inverter: Inverter | None = None
    battery: Battery | None = None
    relay: Relay | None = None


class Flat:
    """The agent. `run` works until it is cancelled; `state` is always the newest whole picture."""

    def __init__(
        self,
        *,
        devices: FlatDevices,
        signer: Signer,
        membership: Membership,
        store: FlatStore,
        session: aiohttp.ClientSession,
        software: str,
        clock: Clock | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.state = FlatState()
        self.membership = membership
        self._devices = devices
        self._signer = signer
        self._store = store
        self._clock = clock or SystemClock()
        self._sleep = sleep
        self._link = Link(session, membership, signer, store, self._clock, self, software, sleep)
        self._listeners: list[Callable[[FlatState], None]] = []
        self._chain = Chain(membership.device, membership.origin)
        self._book: SlotBook | None = None
        self._resume: Interval | None = None
        self._count = 0
        self._unsaved: list[tuple[int, int, bytes]] = []
        self._failing: dict[str, float] = {}
        self._notes: dict[str, bytes] = {}
        self._noted = asyncio.Event()

    def subscribe(self, listener: Callable[[FlatState], None]) -> Callable[[], None]:
        """Call a listener with each new state; return how to stop that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    async def run(self) -> None:
        """Read, sign, keep and send until cancelled; what was read is saved on the way out."""
        await self._restore(await self._store.load())
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._poll(), name=f"flat {self.membership.flat} poll")
                tasks.create_task(self._link.run(), name=f"flat {self.membership.flat} link")
                tasks.create_task(self._keep_notes(), name=f"flat {self.membership.flat} notes")
        finally:
            await self._save_notes()
            await self._save_seconds()

    def battery_found(self, battery: Battery) -> None:
        """Read a battery, too, from now on: its inverter slept when the agent began."""
        self._devices = replace(self._devices, battery=battery)

    # --- notes: what the link tells in passing and a restart must not forget ---------------------

    def _note(self, key: str, value: str) -> None:
        self._notes[key] = value.encode()
        self._noted.set()

    async def _keep_notes(self) -> None:
        while True:
            await self._noted.wait()
            self._noted.clear()
            await self._save_notes()

    async def _save_notes(self) -> None:
        while self._notes:
            key, value = self._notes.popitem()
            await self._store.note(key, value)

    # --- starting from what was left -----------------------------------------------------------

    async def _restore(self, saved: Saved) -> None:
        self._chain = replace(self._chain, head=saved.head)
        self._resume = saved.open
        noted = await self._store.noted(_TERMS)
        if noted is not None:
            self._book = SlotBook(int(noted), saved.open)
        last = saved.last
        self._update(
            pending=saved.pending,
            totals=saved.totals,
            last_record=self._describe(last.record, last.index) if last else None,
            ledger=_ledger(bool(last), saved.pending),
        )
        if (distrusted := await self._store.noted(_DISTRUSTED)) is not None:
            self._update(ledger=LedgerState.DISTRUSTED, ledger_reason=distrusted.decode())

    # --- each second ---------------------------------------------------------------------------

    async def _poll(self) -> None:
        saved_at = self._clock.monotonic()
        async with asyncio.TaskGroup() as knocks:
            while True:
                # Only the fraction of the wall clock's second is used: a step of the clock moves the phase, no timer.
                await self._sleep((POLL_PHASE * 1000 - self._clock.wall_ms()) % 1000 / 1000 or 1.0)
                await self._second()
                if (door := next(self._doors(), None)) is not None:
                    # Not waited for: the next second's readings are due before the knock is given up.
                    knocks.create_task(door.knock(), name=f"flat {self.membership.flat} knock")
                if self._clock.monotonic() - saved_at >= SAVE_EVERY_S:
                    saved_at = self._clock.monotonic()
                    await self._save_seconds()

    def _doors(self) -> Iterator[Door]:
        """Give the doors that may be knocked at now. The meter's own silence has no boundary to be kept from."""
        devices = self._devices
        if (door := devices.meter.door) is not None and door.due:
            yield door
        if self._book is not None and is_quiet(self._clock.wall_ms(), self._book.slot_seconds):
            return
        for device in (devices.relay, devices.inverter):
            if device is not None and (door := device.door) is not None and door.due:
                yield door

    async def _second(self) -> None:
        devices = self._devices
        problems: dict[str, str] = {}
        loop = asyncio.get_running_loop()
        began = loop.time()

        async def read[R](name: str, reading: Callable[[], Awaitable[R]] | None) -> R | None:
            if reading is None:
                return None
            try:
                async with asyncio.timeout_at(began + READ_TIMEOUT_S):
                    value = await reading()
            except (DeviceError, TimeoutError) as error:
                problems[name] = str(error) or f"no answer within {READ_TIMEOUT_S} s"
                self._broke(name, problems[name])
                return None
            self._healed(name)
            return value

        async def read_meter() -> tuple[MeterReading | None, int]:
            reading = await read("meter", devices.meter.read)
            return reading, self._clock.wall_ms()  # Its own time, however long the others take.

        async def its_turn(task: asyncio.Task[object]) -> None:
            await asyncio.wait({task}, timeout=max(0.0, began + IN_TURN_S - loop.time()))

        async with asyncio.TaskGroup() as tasks:
            metered = tasks.create_task(read_meter())
            await its_turn(metered)
            switching = tasks.create_task(read("relay", devices.relay.read if devices.relay else None))
            await its_turn(switching)
            inverting = tasks.create_task(read("inverter", devices.inverter.read if devices.inverter else None))
            storing = tasks.create_task(read("battery", devices.battery.read if devices.battery else None))
        meter, time_ms = metered.result()
        inverter, battery, relay = inverting.result(), storing.result(), switching.result()
        sample = _sample(time_ms, meter, inverter, battery, has_battery=devices.battery is not None)
        self._sign_frame(time_ms, meter, inverter, battery)
        if sample is not None:
            await self._take(sample)
        self._update(meter=meter, inverter=inverter, battery=battery, relay=relay, problems=MappingProxyType(problems))

    def _sign_frame(
        self,
        time_ms: int,
        meter: MeterReading | None,
        inverter: InverterReading | None,
        battery: BatteryReading | None,
    ) -> None:
        self._count += 1
        frame = Frame(
            device=self.membership.device,
            time_ms=time_ms,
            count=self._count,
            grid_w=_whole(meter.power_w if meter else None),
            import_wh=meter.import_wh if meter else None,
            export_wh=meter.export_wh if meter else None,
            pv_w=_whole(inverter.pv_power_w if inverter else None),
            battery_w=_whole(battery.power_w if battery else None),
            soc_permille=_whole(battery.soc_percent if battery else None, 10),
            frequency_mhz=_whole(meter.frequency_hz if meter else None, 1000),
            voltage_mv=_whole(meter.voltage_v if meter else None, 1000),
            islanded=_islanded(inverter),
        )
        data = frame.sign(self._signer, self.membership.origin)
        self._link.send_frame(data)
        self._unsaved.append((time_ms, self._count, data))

    async def _take(self, sample: Sample) -> None:
        if self._book is None:
            return  # The length of a slot is not known before the building's terms are.
        before, (book, closed) = self._book, self._book.feed(sample)
        if closed:
            await self._seal(before, book, closed)
            return
        self._book = book
        if before.open is None:
            await self._save_seconds()  # The begin of the very first interval must survive a crash, too.

    async def _seal(self, before: SlotBook, book: SlotBook, closed: Sequence[Interval]) -> None:
        terms = self.state.terms
        await self._save_seconds()
        place = MeterPlace(
            device=self.membership.device,
            building=terms.building if terms else self.membership.building_key.device_id,
            slot_seconds=book.slot_seconds,
            serial=self._devices.meter.identity.serial,
            place=self.membership.flat,
        )
        chain, records = self._chain, []
        for interval in closed:
            for kind, body in bodies(interval, place, await self._seconds_of(interval)):
                record, chain = chain.seal(self._signer, kind, interval.slot, body)
                records.append(record)
        # The book moves on with its records or not at all: else energy would be counted twice, or never. New terms
        # may have come meanwhile: what is sealed keeps the old length, what goes on has the new one.
        assert self._book is not None
        self._book = book = _by_length(book, self._book.slot_seconds)
        try:
            await self._store.append(records, book.open)
        except StoreError:
            self._book = _by_length(before, self._book.slot_seconds)
            raise
        self._chain = chain
        self._update(
            last_record=self._describe(records[-1], None),
            pending=self.state.pending + len(records),
            ledger=_ledger(True, len(records), self.state.ledger),
        )
        self._link.records_waiting()

    async def _seconds_of(self, interval: Interval) -> Seconds | None:
        """Root and number of the stored frames after the begin's, up to the end's: what anyone can ask to be shown."""
        frames = await self._store.frames(interval.begin.time_ms, interval.end.time_ms)
        if not frames:
            return None
        frontier = tlog.Frontier()
        for frame in frames:
            frontier.append(tlog.leaf_hash(frame))
        return Seconds(frontier.root(), frontier.size)

    async def _save_seconds(self) -> None:
        frames, self._unsaved = self._unsaved, []
        await self._store.save_seconds(self._book.open if self._book else self._resume, frames)
        if frames:
            await self._store.forget_frames(frames[-1][0] - KEEP_FRAMES_MS)

    # --- what the link tells -------------------------------------------------------------------

    def link_changed(self, status: LinkStatus) -> None:
        """Show where the connection stands."""
        ledger, reason = self.state.ledger, self.state.ledger_reason
        if ledger is not LedgerState.DISTRUSTED:
            if status.state is LinkState.DIVERGED:
                ledger, reason = LedgerState.DIVERGED, status.reason
            elif ledger is LedgerState.DIVERGED and status.state is LinkState.ONLINE:
                ledger, reason = _ledger(self.state.last_record is not None, self.state.pending), ""
        self._update(link=status, ledger=ledger, ledger_reason=reason)

    def terms_agreed(self, terms: Terms) -> None:
        """Begin to keep slots, or keep them by a new length."""
        self._update(terms=terms)
        if self._book is None or self._book.slot_seconds != terms.slot_seconds:
            self._book = _by_length(self._book or SlotBook(0, self._resume), terms.slot_seconds)
            self._note(_TERMS, str(terms.slot_seconds))

    def records_proven(self, proven: Sequence[tuple[RecordHash, int]], pending: int) -> None:
        """Show the newest record's place in the log."""
        last = self.state.last_record
        index = dict(proven).get(last.hash) if last else None
        self._update(
            last_record=replace(last, index=index) if last and index is not None else last,
            pending=pending,
            ledger=_ledger(True, pending, self.state.ledger),
        )

    def slot_settled(self, result: SlotResult) -> None:
        """Add a slot's settlement to the totals."""
        self._update(totals=self.state.totals.plus(result), last_result=result)

    def head_moved(self, checkpoint: tlog.Checkpoint) -> None:
        """Show the log's size."""
        self._update(log_size=checkpoint.size)

    def ledger_distrusted(self, reason: str) -> None:
        """Show, and keep showing after a restart, too, that the ledger contradicted itself."""
        _LOGGER.error("Flat %s distrusts the ledger: %s", self.membership.flat, reason)
        self._note(_DISTRUSTED, reason)
        self._update(ledger=LedgerState.DISTRUSTED, ledger_reason=reason)

    def frame_acknowledged(self, count: int) -> None:
        """Remember the newest frame that has arrived; the next state shows it."""
        self.state = replace(self.state, acknowledged=count)

    # --- state ---------------------------------------------------------------------------------

    def _update(self, **changes: object) -> None:
        self.state = replace(self.state, **changes)  # type: ignore[arg-type]  # checked by the dataclass's own fields
        for listener in tuple(self._listeners):
            listener(self.state)

    def _describe(self, record: Record, index: int | None) -> LastRecord:
        body, envelope = record.body, record.envelope
        return LastRecord(
            record.hash,
            envelope.seq,
            envelope.kind,
            envelope.slot,
            body.end_ms,
            body.receiver == self.membership.device,
            body.energy_wh,
            index,
        )

    def _broke(self, name: str, reason: str) -> None:
        if name not in self._failing:
            self._failing[name] = self._clock.monotonic()
            _LOGGER.warning("The %s of flat %s fails: %s", name, self.membership.flat, reason)

    def _healed(self, name: str) -> None:
        if (since := self._failing.pop(name, None)) is None:
            return
        _LOGGER.info("The %s of flat %s answers again", name, self.membership.flat)
        if self._clock.monotonic() - since >= LINK_LOST_S:
            for device in (self._devices.meter, self._devices.relay, self._devices.inverter):
                if device is not None and device.door is not None:
                    device.door.hasten()


def _ledger(any_record: bool, pending: int, before: LedgerState = LedgerState.UNKNOWN) -> LedgerState:
    if before is LedgerState.DISTRUSTED or (before is LedgerState.DIVERGED and pending):
        return before
    if pending:
        return LedgerState.PENDING
    return LedgerState.PROVEN if any_record else LedgerState.UNKNOWN


def _by_length(book: SlotBook, slot_seconds: int) -> SlotBook:
    """Return a book whose open interval is in slots of another length."""
    if book.slot_seconds == slot_seconds:
        return book
    other = SlotBook(slot_seconds)
    return replace(other, open=book.open and replace(book.open, slot=other.slot_of(book.open.begin.time_ms)))


def _whole(value: float | None, times: int = 1) -> int | None:
    return None if value is None else round(value * times)


def _islanded(inverter: InverterReading | None) -> bool | None:
    if inverter is None or inverter.grid_connected is None:
        return None
    return False if inverter.grid_connected else inverter.grid_forming


def _sample(
    time_ms: int,
    meter: MeterReading | None,
    inverter: InverterReading | None,
    battery: BatteryReading | None,
    *,
    has_battery: bool,
) -> Sample | None:
    """Return a sample if both registers are known: without them there is nothing to prove.

    An inverter that answers without having a battery is known to discharge none; without an inverter nobody knows.
    """
    battery_w = _whole(battery.power_w if battery else None)
    if meter is None or meter.import_wh is None or meter.export_wh is None:
        return None
    return Sample(
        reading=Reading(time_ms, meter.import_wh, meter.export_wh),
        grid_w=_whole(meter.power_w),
        pv_w=_whole(inverter.pv_power_w if inverter else None),
        battery_w=0 if inverter is not None and not has_battery else battery_w,
        frequency_mhz=_whole(meter.frequency_hz, 1000),
        islanded=_islanded(inverter),
    )
