"""The agent of one flat: reads its devices each second, signs what they say, and keeps the chain of its records.

It ties the rooms and owns none of their rules: devices decide what a register means, `rounds` when they are read,
`slots` where an interval ends, `etp` what a record is, `link` how it reaches the building. Home Assistant and the
headless flat run this same agent; they differ in where the devices' connections come from and in who listens.

No device has to answer for the agent to run, the meter no more than the others: link, witness and mirror serve the
whole building, whose records may wait for this flat's signature under the log's head.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from functools import partial
import logging
from pathlib import Path
from types import MappingProxyType
from typing import Final

import aiohttp

from . import tlog
from .adopting import AdoptionBook
from .adoption import Adopted
from .battery_book import BatteryBook, KeptBattery
from .clock import Clock, SystemClock
from .devices import Battery, energy_wh
from .etp import (
    EMPTY,
    Algorithm,
    Body,
    Chain,
    Enrolled,
    Kind,
    PublicKey,
    RecordHash,
    Signer,
    SignerUnavailableError,
    off_loop,
)
from .flat_state import Adoption, FlatState, LastRecord
from .gas_book import GasBook
from .guard import Guard
from .lineage import load_lineage
from .link import Link, LinkState, LinkStatus
from .mirror import Mirror, MirrorError, MirrorRefusedError
from .mirror_door import MirrorDoor
from .notebook import Evidence, Notebook
from .outage import Outages
from .rounds import FlatDevices, Round, Rounds
from .slots import Interval, MeterPlace, Reading, Sample, Seconds, SlotBook, bodies, is_quiet, telling
from .standing import LedgerState, Standing
from .store import FlatStore, Saved, StoreError
from .supply import KIND as SUPPLY, Drawn, SupplyBook, supply_body
from .tracing import Tracing
from .wire import Membership, SlotResult, Terms

__all__ = ["KEEP_FRAMES_MS", "SAVE_EVERY_S", "Adoption", "Flat", "FlatState", "LastRecord"]

_LOGGER = logging.getLogger(__name__)

POLL_PHASE: Final = 0.5
"""Fraction of the wall clock's second at which devices are read: away from its turn, where meters refresh."""
SAVE_EVERY_S: Final = 10
"""Frames are written in batches, to spare SD cards; a crash loses at most these seconds of raw readings."""
KEEP_FRAMES_MS: Final = 7 * 24 * 3600 * 1000
"""A week of seconds, about 150 MB: long enough to settle a dispute about a slot."""
_TERMS: Final = "slot_seconds"
_LASTING: Final = {LedgerState.DISTRUSTED: "distrusted", LedgerState.FORKED: "forked"}
"""Doubts that a restart does not end, and where they are noted."""
_ANNOUNCED: Final = {Kind.WITNESS: "witness announced", Kind.MIRROR: "mirror announced"}
MIRROR_RETRY_S: Final = 30.0
"""Before a log that could not be copied is tried again."""
QUORUM_WAIT_S: Final = 0.5
"""A quorum takes a second or less, if its flats are there."""


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
        mirror: Path | None = None,
        clock: Clock | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        former: Signer | None = None,
    ) -> None:
        self.state = FlatState()
        self.membership = membership
        self._signer = signer
        self._former = former
        """What it signed with before a rotation that the log has not proven to hold."""
        self._store = store
        self._clock = clock or SystemClock()
        self._outages = Outages(membership.flat, self._clock)
        self._rounds = Rounds(devices, self._outages, self._clock)
        self._sleep = sleep
        self._notebook = Notebook(store)
        self._adoptions = AdoptionBook(store)
        self._batteries = BatteryBook(store, membership.device)
        self._supply: SupplyBook | None = None
        """Of the gas; None until it goes on from what was signed."""
        self._gas = GasBook(store, devices.gas_start_l, self._clock)
        self._tracing = Tracing(membership.flat, self._batteries, self._clock)
        self.witness = Guard(membership.origin, membership.device, self._notebook, self._clock, self)
        """What this flat signs the log's heads with; others may ask it, too."""
        self._mirror: Mirror | None = None
        self.door: MirrorDoor | None = None
        """Where others may bring the log to be mirrored; None without a mirror."""
        if mirror is not None:
            who = (membership.origin, membership.device)
            self._mirror = Mirror(*who, mirror, self._notebook, session, membership.url, self._clock)
            self.door = MirrorDoor(membership.origin, self.witness, self._mirror, self._clock)
        self._link = Link(session, membership, signer, store, self.witness, self._clock, self, software, sleep, former)
        self._standing = Standing()
        self._listeners: list[Callable[[FlatState], None]] = []
        self._chain = Chain(membership.device, membership.origin)
        self._book: SlotBook | None = None
        self._resume: Interval | None = None
        self._gap_from: Reading | None = None
        """The last reading that the log knows of, while the gap since then is to be recorded."""
        self._sealing = asyncio.Lock()
        """Held by whoever makes the chain longer, or goes on from another end of it."""
        self._count = 0
        self._unsaved: list[tuple[int, int, bytes]] = []
        self._notes: dict[str, bytes] = {}
        self._noted = asyncio.Event()
        self._announced: dict[Kind, str] = {}
        """The keys for the log's heads that the chain names, in note form."""
        self._head_moved = asyncio.Event()
        self._copied = asyncio.Event()
        """Set when the mirror has come to a head whose quorum is to be kept beside it."""

    @property
    def fingerprint(self) -> str:
        """Of the key that this flat signs with."""
        return self._signer.public.fingerprint

    @property
    def building_key(self) -> PublicKey:
        """What the building signs with by now, as far as this flat has heard."""
        return self._link.lineage.newest

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
                if self._mirror is not None:
                    tasks.create_task(self._keep_mirror(self._mirror), name=f"flat {self.membership.flat} mirror")
                    tasks.create_task(self._keep_quorum(self._mirror), name=f"flat {self.membership.flat} quorum")
        finally:
            await self._rounds.close()
            await self._save_notes()
            await self._save_seconds()
            await self._tracing.keep()
            await self._gas.keep()

    def battery_found(self, battery: Battery) -> None:
        """Read a battery, too, from now on: its inverter slept when the agent began."""
        self._rounds.battery_found(battery)

    # --- the mirror ----------------------------------------------------------------------------

    async def _keep_mirror(self, mirror: Mirror) -> None:
        """Copy the log as it grows, and say so to the building."""
        failing = False
        while True:
            await self._head_moved.wait()
            self._head_moved.clear()
            log_key = self.witness.log_key
            assert log_key is not None, "a head was witnessed, so the log's key is known"
            try:
                if mirror.key is None:
                    await mirror.open(log_key, self._chain.head.epoch)
                held = await mirror.catch_up(self.witness.head)
            except MirrorError as error:
                if not failing:
                    _LOGGER.warning("Flat %s does not mirror the log: %s", self.membership.flat, error)
                failing = True
                refuses = isinstance(error, MirrorRefusedError)
                self._update(mirrored=None, mirror_reason=str(error), mirror_refuses=refuses)
                await self._sleep(MIRROR_RETRY_S)
                self._head_moved.set()
                continue
            if failing:
                failing = False
                _LOGGER.info("Flat %s mirrors the log again", self.membership.flat)
            self._update(mirrored=held.size, mirror_reason="", mirror_refuses=False)
            self._link.mirrored(held)
            self._copied.set()

    async def _keep_quorum(self, mirror: Mirror) -> None:
        """Have the copy show that the witnesses have signed its head, soon after they have."""
        while True:
            await self._copied.wait()
            self._copied.clear()
            wait = QUORUM_WAIT_S
            while not await mirror.keep_quorum() and not self._copied.is_set():
                await self._sleep(wait)
                wait = min(wait * 2, MIRROR_RETRY_S)

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
        self._link.lineage = await load_lineage(self._store, self.membership)
        noted = await self._store.noted(_TERMS)
        if noted is not None:
            self._book = SlotBook(int(noted), saved.open)
        for doubt, key in _LASTING.items():
            if reason := await self._store.noted(key):
                self._standing.doubt(doubt, reason.decode())
        self._go_on_from(saved)
        for kind, key in _ANNOUNCED.items():
            if (announced := await self._store.noted(key)) is not None:
                self._announced[kind] = announced.decode()

    def _go_on_from(self, saved: Saved) -> None:
        self._chain = replace(self._chain, head=saved.head)
        self._resume, self._gap_from = saved.open, saved.gap_from
        self._supply = None
        if self._book is not None:
            self._book = replace(self._book, open=saved.open)
        places = {kept.record.hash: kept.index for kept in saved.last}
        last = telling([kept.record for kept in saved.last]) if saved.last else None
        self._update(
            pending=saved.pending,
            totals=saved.totals,
            last_record=LastRecord.of(last, self.membership.device, places[last.hash]) if last else None,
        )

    async def chain_adopted(self, adopted: Adopted) -> None:
        """Go on from the end that the chain has in the log: in the next epoch, with a gap since its last reading."""
        async with self._sealing:
            dropped = await self._adoptions.adopt(adopted, self._clock.wall_ms())
            await self._sign_as_the_chain_says()
            saved = await self._store.load()
            self._go_on_from(saved)
            if self._mirror is not None:
                self._mirror.close()
        _LOGGER.warning(
            "Flat %s was behind the building's log, as after a restored backup: it takes over %d records up to %d and "
            "goes on in epoch %d",
            self.membership.flat,
            len(adopted.records),
            adopted.head.seq,
            saved.head.epoch,
        )
        if dropped:
            _LOGGER.warning(
                "Flat %s drops its unsent records %d to %d, for the log has others in their place; they are kept as "
                "evidence",
                self.membership.flat,
                dropped[0].seq,
                dropped[-1].seq,
            )
        if self._gap_from is None:
            self._update(adopted=Adoption(saved.head.epoch, 0))

    async def _sign_as_the_chain_says(self) -> None:
        """Go back to the former key when the log has another record in the place of the rotation away from it."""
        if self._former is None or self._signer.public in await self._adoptions.keys():
            return
        _LOGGER.warning(
            "Flat %s signs with its former key again: the log has another record in the place of the one that named "
            "a new key",
            self.membership.flat,
        )
        self._signer, self._former = self._former, None
        self._link.sign_with(self._signer)

    # --- each second ---------------------------------------------------------------------------

    async def _poll(self) -> None:
        saved_at = self._clock.monotonic()
        async with asyncio.TaskGroup() as knocks:
            while True:
                # Only the fraction of the wall clock's second is used: a step of the clock moves the phase, no timer.
                await self._sleep((POLL_PHASE * 1000 - self._clock.wall_ms()) % 1000 / 1000 or 1.0)
                await self._second()
                quiet = self._book is not None and is_quiet(self._clock.wall_ms(), self._book.slot_seconds)
                if (door := next(self._rounds.doors(quiet=quiet), None)) is not None:
                    # Not waited for: the next second's readings are due before the knock is given up.
                    knocks.create_task(door.knock(), name=f"flat {self.membership.flat} knock")
                if self._clock.monotonic() - saved_at >= SAVE_EVERY_S:
                    saved_at = self._clock.monotonic()
                    async with self._sealing:
                        await self._save_seconds()

    async def _second(self) -> None:
        read = await self._rounds.read()
        trouble: SignerUnavailableError | None = None
        try:
            await self._sign_frame(read)
        except SignerUnavailableError as error:
            trouble = error
        if read.gas is not None:
            await self._gas.take(read.gas)
        async with self._sealing:
            try:
                if read.sample is not None:
                    await self._take(read.sample)
                if read.gas is not None and read.gas.volume_l is not None:
                    await self._sign_gas(self._clock.wall_ms() - read.gas.age_ms)
                await self._announce_keys()
            except SignerUnavailableError as error:
                # Nothing was sealed: the open interval waits for the key, and no energy is lost.
                trouble = error
        if trouble is None:
            self._outages.answered("key")
        else:
            self._outages.broke("key", str(trouble))
        if (battery := self._rounds.battery) is not None and read.battery_news is not None:
            await self._tracing.take(battery.identity, read.battery_news)
        self._update(
            meter=read.meter,
            inverter=read.inverter,
            battery=read.battery,
            relay=read.relay,
            charger=read.charger,
            gas=read.gas,
            gas_l=self._gas.total_l,
            gas_wh=energy_wh(self._gas.total_l, self._rounds.devices.gas_heating_kj_m3),
            life=self._tracing.life,
            problems=MappingProxyType({**read.problems, **({"key": str(trouble)} if trouble else {})}),
        )

    async def _sign_frame(self, read: Round) -> None:
        self._count += 1
        frame, signer = read.frame(self.membership.device, self._count), self._signer
        data = await off_loop(signer, lambda: frame.sign(signer, self.membership.origin))
        self._link.send_frame(data)
        self._unsaved.append((read.time_ms, self._count, data))

    async def _take(self, sample: Sample) -> None:
        if self._book is None:
            return  # The length of a slot is not known before the building's terms are.
        before = self._book
        if self._gap_from is not None:
            await self._end_gap(before, self._gap_from, sample)
            return
        book, closed = before.feed(sample)
        if closed:
            await self._seal(before, book, closed)
            return
        self._book = book
        if before.open is None:
            await self._save_seconds()  # The begin of the very first interval must survive a crash, too.

    async def _end_gap(self, before: SlotBook, last: Reading, sample: Sample) -> None:
        """Record the energy since the last reading that the log knows, and begin anew with this one."""
        book, closed = before.resume(last, sample)
        await self._seal(before, book, closed)
        self._gap_from = None
        gap_s = max(sample.reading.time_ms - last.time_ms, 0) // 1000
        self._update(adopted=Adoption(self._chain.head.epoch, gap_s))

    async def _seal(self, before: SlotBook, book: SlotBook, closed: Sequence[Interval]) -> None:
        await self._save_seconds()
        place = MeterPlace(
            device=self.membership.device,
            building=self._link.lineage.building,
            slot_seconds=book.slot_seconds,
            serial=self._rounds.meter.identity.serial,
            place=self.membership.flat,
        )
        chain, records = self._chain, []
        for interval in closed:
            for kind, body in bodies(interval, place, await self._seconds_of(interval)):
                seal = partial(chain.seal, self._signer, kind, interval.slot, body)
                record, chain = await off_loop(self._signer, seal)
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
            last_record=LastRecord.of(telling(records), self.membership.device, None),
            pending=self.state.pending + len(records),
        )
        self._link.records_waiting()

    async def _sign_gas(self, time_ms: int) -> None:
        """Record what was drawn of gas when a slot is over. Called with the chain held."""
        if self._book is None or self._gas.total_l is None:
            return  # The length of a slot is not known before the building's terms are.
        if self._supply is None:
            self._supply = SupplyBook.after(await self._store.newest(SUPPLY), self._gas.since_ms)
        drawn = Drawn(time_ms, self._gas.total_l)
        book, due = self._supply.feed(drawn, self._clock.wall_ms(), self._book.slot_seconds)
        if due is not None:
            gas = self._rounds.devices.gas
            body = supply_body(
                due,
                device=self.membership.device,
                building=self._link.lineage.building,
                slot_seconds=self._book.slot_seconds,
                meter=None if gas is None else gas.identity.serial,
                place=self.membership.flat,
            )
            seal = partial(self._chain.seal, self._signer, SUPPLY, due.slot, body)
            record, chain = await off_loop(self._signer, seal)
            await self._gas.keep()
            await self._save_seconds()
            await self._store.append([record], self._book.open)
            self._chain = chain
            self._update(pending=self.state.pending + 1)
            self._link.records_waiting()
        self._supply = book

    async def _announce_keys(self) -> None:
        """Name the keys that this flat signs the log's heads with, as far as the chain does not name them yet.

        Called with the chain held.
        """
        keys = {Kind.WITNESS: self.witness.key, Kind.MIRROR: self._mirror.key if self._mirror else None}
        terms = self.state.terms
        fresh = {
            kind: key for kind, key in keys.items() if key is not None and self._announced.get(kind) != key.encode()
        }
        if terms is None or not fresh:
            return
        now_ms = self._clock.wall_ms()
        body = Body(
            start_ms=now_ms,
            end_ms=now_ms,
            slot_seconds=terms.slot_seconds,
            sender=self.membership.device,
            receiver=terms.building,
            energy_wh=0,
            attributes=(),
        )
        slot = now_ms // 1000 // terms.slot_seconds * terms.slot_seconds
        chain, records = self._chain, []
        for kind, key in fresh.items():
            named = Enrolled(self.membership.device, PublicKey(Algorithm.ED25519, key.public))
            record, chain = await off_loop(self._signer, partial(chain.seal, self._signer, kind, slot, body, named))
            records.append(record)
        await self._save_seconds()
        await self._store.append(records, self._book.open if self._book else self._resume)
        self._chain = chain
        for kind, key in fresh.items():
            self._announced[kind] = key.encode()
            self._note(_ANNOUNCED[kind], key.encode())
        self._update(pending=self.state.pending + len(records))
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
        if status.state is LinkState.DIVERGED:
            self._standing.doubt(LedgerState.DIVERGED, status.reason)
        elif status.state is LinkState.ONLINE:
            self._standing.trust_again(LedgerState.DIVERGED)
        self._update(link=status)

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
        )

    def slot_settled(self, result: SlotResult) -> None:
        """Add a slot's settlement to the totals."""
        self._update(totals=self.state.totals.plus(result), last_result=result)

    def head_moved(self, checkpoint: tlog.Checkpoint, *, grown: bool) -> None:
        """Show the log's size; a log that proves its growth again is no longer forked."""
        self._head_moved.set()
        if grown and self._standing.trust_again(LedgerState.FORKED):
            self._note(_LASTING[LedgerState.FORKED], "")
            _LOGGER.info("Flat %s: the ledger proves that it has grown, again", self.membership.flat)
        self._update(log_size=checkpoint.size)

    def ledger_forked(self, reason: str) -> None:
        """Show that the log does not prove that it has grown out of what this flat has witnessed."""
        self._doubt(LedgerState.FORKED, reason)

    def ledger_distrusted(self, reason: str) -> None:
        """Show that the ledger contradicted itself, for good."""
        self._doubt(LedgerState.DISTRUSTED, reason)

    def _doubt(self, doubt: LedgerState, reason: str) -> None:
        if self._standing.doubt(doubt, reason):
            _LOGGER.error("Flat %s: the ledger is %s: %s", self.membership.flat, doubt, reason)
            self._note(_LASTING[doubt], reason)
            self._update()

    async def evidence(self) -> list[Evidence]:
        """Return what this flat holds against the building and its log, oldest first.

        Raises StoreError.
        """
        return await self._notebook.evidence()

    async def batteries(self) -> list[KeptBattery]:
        """Return the life of each battery that this flat ever had, as it was last kept.

        Raises StoreError.
        """
        return await self._batteries.batteries()

    def frame_acknowledged(self, count: int) -> None:
        """Remember the newest frame that has arrived; the next state shows it."""
        self.state = replace(self.state, acknowledged=count)

    # --- state ---------------------------------------------------------------------------------

    def _update(self, **changes: object) -> None:
        state = replace(self.state, **changes)  # type: ignore[arg-type]  # checked by the dataclass's own fields
        ledger, reason = self._standing.show(recorded=self._chain.head != EMPTY, pending=state.pending)
        self.state = replace(state, ledger=ledger, ledger_reason=reason)
        for listener in tuple(self._listeners):
            listener(self.state)


def _by_length(book: SlotBook, slot_seconds: int) -> SlotBook:
    """Return a book whose open interval is in slots of another length."""
    if book.slot_seconds == slot_seconds:
        return book
    other = SlotBook(slot_seconds)
    return replace(other, open=book.open and replace(book.open, slot=other.slot_of(book.open.begin.time_ms)))
