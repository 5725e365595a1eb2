"""How a flat's chain grows: what its devices said becomes signed records, and each is stored before it counts.

`slots` decides where an interval ends and `supply` what was drawn of gas, `etp` what a record is; here they are sealed
one after the other with the flat's key and written together with what goes on from them, so that a crash neither loses
nor doubles energy. The frames of the seconds are signed and kept here, too, for a record names them by their root.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
import logging
from typing import Final, Protocol

from . import tlog
from .adopting import AdoptionBook, Dropped
from .adoption import Adopted
from .behind import Behind
from .blackout.book import Unlogged
from .clock import Clock
from .drill_record import KIND as DRILL, drill_body, drill_slot
from .etp import (
    EMPTY,
    Algorithm,
    Body,
    Chain,
    DeviceId,
    Enrolled,
    Kind,
    PublicKey,
    Record,
    RecordHash,
    Signer,
    off_loop,
)
from .flat_state import Adoption, LastRecord
from .gas_book import GasBook
from .market_record import market_body
from .round import Round
from .slots import Interval, MeterPlace, Reading, Sample, Seconds, SlotBook, bodies, telling
from .store import FlatStore, Saved, StoreError
from .supply import KIND as SUPPLY, Drawn, SupplyBook, supply_body
from .wire import Membership, Terms

_LOGGER = logging.getLogger(__name__)

KEEP_FRAMES_MS: Final = 7 * 24 * 3600 * 1000
"""A week of seconds, about 150 MB: long enough to settle a dispute about a slot."""
MOST_UNSAVED: Final = 43_200
"""So many signed seconds wait for a database that fails: half a day, about 10 MB."""
_TERMS: Final = "slot_seconds"
_ANNOUNCED: Final = {Kind.WITNESS: "witness announced", Kind.MIRROR: "mirror announced"}


class SealingListener(Protocol):
    """The flat that the records are of: who its building is, and who hears of what was sealed."""

    @property
    def building(self) -> DeviceId:
        """The building by its newest key."""

    def head_keys(self) -> Mapping[Kind, tlog.VerifierKey | None]:
        """The keys that the flat signs the log's heads with, by the kind of record that names each."""

    def note(self, key: str, value: str) -> None:
        """Keep this over a restart; it need not be durable yet when this returns."""

    def records_sealed(self, number: int, newest: LastRecord | None = None) -> None:
        """So many records more wait for the log; the newest of the meter, if one of them is the meter's."""

    def gap_ended(self, adoption: Adoption) -> None:
        """The gap of an adopted chain is recorded."""


class Sealing:
    """The chain of one flat, and the open interval that its next record ends.

    Raises StoreError where the file fails it, and SignerUnavailableError while the key is out: then nothing was sealed,
    the open interval waits for the key, and no energy is lost.
    """

    def __init__(
        self,
        membership: Membership,
        signer: Signer,
        former: Signer | None,
        store: FlatStore,
        gas: GasBook,
        clock: Clock,
        listener: SealingListener,
    ) -> None:
        self.signer = signer
        self._former = former
        """What it signed with before a rotation that the log has not proven to hold."""
        self._membership = membership
        self._store = store
        self._adoptions = AdoptionBook(store)
        self._gas = gas
        self._clock = clock
        self._listener = listener
        self._chain = Chain(membership.device, membership.origin)
        self._terms: Terms | None = None
        self._book: SlotBook | None = None
        self._supply: SupplyBook | None = None
        """Of the gas; None until it goes on from what was signed."""
        self._resume: Interval | None = None
        self._gap_from: Reading | None = None
        """The last reading that the log knows of, while the gap since then is to be recorded."""
        self._held = asyncio.Lock()
        """Held by whoever makes the chain longer, or goes on from another end of it."""
        self._count = 0
        self._unsaved: list[tuple[int, int, bytes]] = []
        self._gives_up = False
        """Whether more of them wait than can be held."""
        self._announced: dict[Kind, str] = {}
        """The keys for the log's heads that the chain names, in note form."""

    @property
    def begun(self) -> bool:
        """Whether there is a record."""
        return self._chain.head != EMPTY

    @property
    def epoch(self) -> int:
        """Of the next record."""
        return self._chain.head.epoch

    @property
    def slot_seconds(self) -> int | None:
        """The length of a slot; None before the building's terms were ever known."""
        return None if self._book is None else self._book.slot_seconds

    @property
    def interval(self) -> Interval | None:
        """The meter's interval that is still open; None before the first reading."""
        return None if self._book is None else self._book.open

    # --- starting from what was left -----------------------------------------------------------

    async def restore(self, saved: Saved) -> None:
        """Go on from what the store holds."""
        noted = await self._store.noted(_TERMS)
        if noted is not None:
            self._book = SlotBook(int(noted), saved.open)
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

    async def adopt(self, adopted: Adopted) -> tuple[Saved, Sequence[Dropped]]:
        """Go on from the end that the chain has in the log; return what is saved now, and which records gave way."""
        async with self._held:
            dropped = await self._adoptions.adopt(adopted, self._clock.wall_ms())
            await self._sign_as_the_chain_says()
            saved = await self._store.load()
            self._go_on_from(saved)
        return saved, dropped

    async def _sign_as_the_chain_says(self) -> None:
        """Go back to the former key when the log has another record in the place of the rotation away from it."""
        if self._former is None or self.signer.public in await self._adoptions.keys():
            return
        _LOGGER.warning(
            "Flat %s signs with its former key again: the log has another record in the place of the one that named "
            "a new key",
            self._membership.flat,
        )
        self.signer, self._former = self._former, None

    def terms_agreed(self, terms: Terms) -> None:
        """Begin to keep slots, or keep them by a new length."""
        self._terms = terms
        if self._book is None or self._book.slot_seconds != terms.slot_seconds:
            self._book = _by_length(self._book or SlotBook(0, self._resume), terms.slot_seconds)
            self._listener.note(_TERMS, str(terms.slot_seconds))

    # --- each second ---------------------------------------------------------------------------

    async def sign_frame(self, read: Round) -> bytes:
        """Return a second's frame, signed; it is stored with the next `save` or record."""
        self._count += 1
        frame, signer = read.frame(self._membership.device, self._count), self.signer
        data = await off_loop(signer, lambda: frame.sign(signer, self._membership.origin))
        self._unsaved.append((read.time_ms, self._count, data))
        if len(self._unsaved) > MOST_UNSAVED:
            if not self._gives_up:
                _LOGGER.warning(
                    "Flat %s gives up the oldest signed seconds: no database takes them", self._membership.flat
                )
            self._gives_up = True
            del self._unsaved[0]
        return data

    async def record(self, read: Round, meter: str | None, gas_meter: str | None, behind: Behind) -> None:
        """Seal what this second completes.

        Args:
            read: what the devices said.
            meter: the meter's serial number.
            gas_meter: that of the gas meter.
            behind: what the counters behind the meter show.
        """
        async with self._held:
            if read.sample is None and self._book is not None:
                self._book = self._book.silent(read.islanded)
            elif read.sample is not None:
                reading = replace(read.sample.reading, meter=meter, behind=behind)
                await self._take(replace(read.sample, reading=reading), meter)
            if read.gas is not None and read.gas.volume_l is not None:
                await self._seal_gas(self._clock.wall_ms() - read.gas.age_ms, gas_meter)
            await self._announce_keys()

    async def save(self) -> None:
        """Store the frames since the last time."""
        async with self._held:
            await self._save_seconds()

    async def _take(self, sample: Sample, meter: str | None) -> None:
        if self._book is None:
            return  # The length of a slot is not known before the building's terms are.
        before = self._book
        if self._gap_from is not None:
            await self._end_gap(before, self._gap_from, sample, meter)
            return
        book, closed = before.feed(sample)
        if closed:
            await self._seal(before, book, closed, meter)
            return
        self._book = book
        if before.open is None:
            await self._save_seconds()  # The begin of the very first interval must survive a crash, too.

    async def _end_gap(self, before: SlotBook, last: Reading, sample: Sample, meter: str | None) -> None:
        """Record the energy since the last reading that the log knows, and begin anew with this one."""
        book, closed = before.resume(last, sample)
        await self._seal(before, book, closed, meter)
        self._gap_from = None
        gap_s = max(sample.reading.time_ms - last.time_ms, 0) // 1000
        self._listener.gap_ended(Adoption(self._chain.head.epoch, gap_s))

    async def _seal(self, before: SlotBook, book: SlotBook, closed: Sequence[Interval], meter: str | None) -> None:
        await self._save_seconds()
        place = MeterPlace(
            device=self._membership.device,
            building=self._listener.building,
            slot_seconds=book.slot_seconds,
            serial=meter,
            place=self._membership.flat,
        )
        chain, records = self._chain, list[Record]()
        for interval in closed:
            for kind, body in bodies(interval, place, await self._seconds_of(interval)):
                seal = partial(chain.seal, self.signer, kind, interval.slot, body)
                record, chain = await off_loop(self.signer, seal)
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
        self._listener.records_sealed(len(records), LastRecord.of(telling(records), self._membership.device, None))

    async def _seal_gas(self, time_ms: int, gas_meter: str | None) -> None:
        """Record what was drawn of gas when a slot is over."""
        if self._book is None or self._gas.total_l is None:
            return  # The length of a slot is not known before the building's terms are.
        if self._supply is None:
            self._supply = SupplyBook.after(await self._store.newest(SUPPLY), self._gas.since_ms)
        drawn = Drawn(time_ms, self._gas.total_l)
        book, due = self._supply.feed(drawn, self._clock.wall_ms(), self._book.slot_seconds)
        if due is not None:
            body = supply_body(
                due,
                device=self._membership.device,
                building=self._listener.building,
                slot_seconds=self._book.slot_seconds,
                meter=gas_meter,
                place=self._membership.flat,
            )
            seal = partial(self._chain.seal, self.signer, SUPPLY, due.slot, body)
            record, chain = await off_loop(self.signer, seal)
            await self._gas.keep()
            await self._save_seconds()
            await self._store.append([record], self._book.open)
            self._chain = chain
            self._listener.records_sealed(1)
        self._supply = book

    async def seal_drill(self, drill: Unlogged) -> bool:
        """Make the record of a drill; return False while the length of a slot is not known.

        One that is there already is not made again: the program may have ended before that was noted.
        """
        async with self._held:
            if self._book is None or not self._book.slot_seconds:
                return False
            newest = await self._store.newest(DRILL)
            if newest is not None and newest.body.evidence == (drill.report,):
                return True
            slot_seconds = self._book.slot_seconds
            body = drill_body(
                report=drill.report,
                level=drill.level,
                begun_ms=drill.begun_ms,
                ended_ms=drill.ended_ms,
                separated=drill.separated,
                device=self._membership.device,
                slot_seconds=slot_seconds,
                place=self._membership.flat,
            )
            await self._seal_word(DRILL, drill_slot(drill.begun_ms, slot_seconds), body)
            return True

    async def seal_orders(self, slot: int, document: bytes) -> RecordHash | None:
        """Make the record of a slot's orders; return its name, or None when it is too late, or for no slot of today's.

        One that is there already is not made again: the program may have ended before that was noted. Such a record
        would be refused, and all that come after it on the chain with it.

        Args:
            slot: its begin.
            document: the hash of the orders.
        """
        async with self._held:
            if self._book is None or not self._book.slot_seconds:
                return None
            newest = await self._store.newest(Kind.ORDERS)
            if newest is not None and newest.body.evidence == (document,):
                return newest.hash
            now_ms = self._clock.wall_ms()
            if slot % self._book.slot_seconds or now_ms >= slot * 1000:
                return None
            body = market_body(
                document=document,
                written_ms=now_ms,
                sender=self._membership.device,
                receiver=self._listener.building,
                slot_seconds=self._book.slot_seconds,
                place=self._membership.flat,
            )
            return (await self._seal_word(Kind.ORDERS, slot, body)).hash

    async def _seal_word(self, kind: Kind, slot: int, body: Body) -> Record:
        """Make a record that ends no interval."""
        record, chain = await off_loop(self.signer, partial(self._chain.seal, self.signer, kind, slot, body))
        await self._save_seconds()
        await self._store.append([record], self._book.open if self._book else self._resume)
        self._chain = chain
        self._listener.records_sealed(1)
        return record

    async def _announce_keys(self) -> None:
        """Name the keys that this flat signs the log's heads with, as far as the chain does not name them yet."""
        keys = self._listener.head_keys()
        terms = self._terms
        fresh = {
            kind: key for kind, key in keys.items() if key is not None and self._announced.get(kind) != key.encode()
        }
        if terms is None or not fresh:
            return
        now_ms = self._clock.wall_ms()
        body = Body.word(now_ms, now_ms, terms.slot_seconds, sender=self._membership.device, receiver=terms.building)
        slot = now_ms // 1000 // terms.slot_seconds * terms.slot_seconds
        chain, records = self._chain, list[Record]()
        for kind, key in fresh.items():
            named = Enrolled(self._membership.device, PublicKey(Algorithm.ED25519, key.public))
            record, chain = await off_loop(self.signer, partial(chain.seal, self.signer, kind, slot, body, named))
            records.append(record)
        await self._save_seconds()
        await self._store.append(records, self._book.open if self._book else self._resume)
        self._chain = chain
        for kind, key in fresh.items():
            self._announced[kind] = key.encode()
            self._listener.note(_ANNOUNCED[kind], key.encode())
        self._listener.records_sealed(len(records))

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
        frames = tuple(self._unsaved)
        await self._store.save_seconds(self._book.open if self._book else self._resume, frames)
        if frames:
            # Only now: those that could not be stored wait for the next time.
            self._unsaved = [each for each in self._unsaved if each[1] > frames[-1][1]]
            self._gives_up = False
            await self._store.forget_frames(frames[-1][0] - KEEP_FRAMES_MS)


def _by_length(book: SlotBook, slot_seconds: int) -> SlotBook:
    """Return a book whose open interval is in slots of another length."""
    if book.slot_seconds == slot_seconds:
        return book
    other = SlotBook(slot_seconds)
    return replace(other, open=book.open and replace(book.open, slot=other.slot_of(book.open.begin.time_ms)))
