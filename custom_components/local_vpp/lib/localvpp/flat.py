"""The agent of one flat: reads its devices each second, signs what they say, and keeps the chain of its records.

It ties the rooms and owns none of their rules: devices decide what a register means, `rounds` when they are read,
`slots` where an interval ends, `etp` what a record is, `sealing` when one is made, `link` how it reaches the building,
`mirroring` how the log is copied. Home Assistant and the headless flat run this same agent; they differ in where the
devices' connections come from and in who listens.

No device has to answer for the agent to run, the meter no more than the others: link, witness and mirror serve the
whole building, whose records may wait for this flat's signature under the log's head.

A database that fails ends the agent, and whoever runs it starts it again; but not where there is a living room to be
kept alight: devices are read then, and the blackout logic goes on, while the books are closed, until they can be opened
again from what the database holds.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC
import logging
from pathlib import Path
from typing import Final

import aiohttp

from . import tlog
from .adoption import Adopted
from .battery_book import BatteryBook, KeptBattery
from .bidder import Bidder, MarketSettings, Situation
from .blackout import Blackout, Unlogged
from .blackout.calls import BuildingDrill, DrillCalls
from .books import Books
from .clock import Clock, SystemClock
from .delivering import Delivering
from .devices import Battery, energy_wh
from .doubts import Doubts
from .etp import DeviceId, Kind, PublicKey, RecordHash, Signer, SignerUnavailableError
from .flat_state import Adoption, FlatState, LastRecord
from .foresight import Foresight
from .gas_book import GasBook
from .guard import Guard
from .lineage import Lineage, load_lineage
from .link import Link, LinkState, LinkStatus
from .mirror import Held, Mirror
from .mirror_door import MirrorDoor
from .mirroring import Mirroring
from .notebook import Evidence, Notebook
from .notes import Notes
from .outage import Outages
from .picture import Picture
from .recording import SAVE_EVERY_S, Recording, Second
from .rounds import FlatDevices, Rounds
from .sealing import Sealing
from .slots import is_quiet
from .standing import LedgerState
from .steering import Steering
from .store import FlatStore, Saved
from .surroundings import around_of, situation_of, steers_battery
from .tracing import Tracing
from .trading import Heard, Trading
from .trading.proving import Log
from .usage_book import UsageBook
from .wearing import Wearing
from .wire import (
    DrillSaid,
    FromFlat,
    Keys,
    MarketSaid,
    Membership,
    OpenBook,
    ProposalHeard,
    SlotResult,
    SlotWord,
    Terms,
    Traded,
)

__all__ = ["SAVE_EVERY_S", "Adoption", "Flat", "FlatState", "LastRecord"]

_LOGGER = logging.getLogger(__name__)

POLL_PHASE: Final = 0.5
"""Fraction of the wall clock's second at which devices are read: away from its turn, where meters refresh."""
_BIDS_NOT: Final = MarketSettings(zone=UTC, trades=False)


class Flat:
    """The agent. `run` works until it is cancelled; `state` is its newest whole picture."""

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
        blackout: Blackout | None = None,
        market: MarketSettings = _BIDS_NOT,
    ) -> None:
        first = FlatState(blackout=None if blackout is None else blackout.state)
        doubts = Doubts(membership.flat, store.noted, self.note)
        self._picture = Picture(first, membership.device, doubts, lambda: self._sealing.begun)
        self.blackout: Final = blackout
        """What keeps the living room alight; None where nothing is set up for it."""
        self.membership = membership
        self._store = store
        self._clock = clock or SystemClock()
        self._outages = Outages(membership.flat, self._clock)
        self._rounds = Rounds(devices, self._outages, self._clock)
        self._sleep = sleep
        self._notebook = Notebook(store)
        self._batteries = BatteryBook(store, membership.device)
        self._gas = GasBook(store, devices.gas_start_l, self._clock)
        self._sealing = Sealing(membership, signer, former, store, self._gas, self._clock, self)
        self._tracing = Tracing(membership.flat, self._batteries, self._clock)
        self.witness = Guard(membership.origin, membership.device, self._notebook, self._clock, self)
        """What this flat signs the log's heads with; others may ask it, too."""
        self._mirror: Mirror | None = None
        self._mirroring: Mirroring | None = None
        self.door: MirrorDoor | None = None
        """Where others may bring the log to be mirrored; None without a mirror."""
        if mirror is not None:
            who = (membership.origin, membership.device)
            self._mirror = Mirror(*who, mirror, self._notebook, session, membership.url, self._clock)
            self._mirroring = Mirroring(
                membership.flat, self._mirror, self.witness, lambda: self._sealing.epoch, self, sleep
            )
            self.door = MirrorDoor(membership.origin, self.witness, self._mirror, self._clock)
        self._link = Link(session, membership, signer, store, self.witness, self._clock, self, software, sleep, former)
        self.drills: Final = DrillCalls(membership, store, blackout, self._clock, self)
        """What the building says of drills; residents refuse and acknowledge them here."""
        self.trading: Final = Trading(
            membership,
            store,
            lambda: self._sealing.signer,
            self.witness,
            lambda: self._sealing.slot_seconds,
            self._clock,
            self,
        )
        """The flat's orders in the building's market, and what came of them."""
        self._usage = UsageBook(store)
        self._foresight = None if blackout is None else Foresight(self._usage, blackout.expect_sun, self._clock)
        self._bidder = Bidder(membership.flat, market, self.trading, self._usage, store, self._clock, self)
        steering = Steering(membership.flat, lambda: self._rounds.devices.battery, self._clock)
        self._steering = steering if blackout is None else blackout.steering
        self._market = market
        self._delivering = Delivering(market, self._steering, lambda: self._rounds.devices.battery, self._clock)
        self._wearing = Wearing(lambda: self._rounds.devices.battery, self._clock, self.note)
        self._islanded: bool | None = None
        diaries = (self.drills, self.trading, self._bidder)
        self._recording = Recording(self._sealing, self._gas, self._tracing, diaries, self._usage, self._clock)
        self._books = Books(membership.flat, self, sleep, outlived=blackout is not None)
        self.software: Final = software
        """Name and version of the program."""
        if blackout is not None:
            blackout.attach(self)
        self._notes = Notes(store)

    @property
    def state(self) -> FlatState:
        """What there is to show."""
        return self._picture.state

    @property
    def fingerprint(self) -> str:
        """Of the key that this flat signs with."""
        return self._sealing.signer.public.fingerprint

    @property
    def building_key(self) -> PublicKey:
        """What the building signs with by now, as far as this flat has heard."""
        return self._link.lineage.newest

    def subscribe(self, listener: Callable[[FlatState], None]) -> Callable[[], None]:
        """Call a listener with each new state; return how to stop that."""
        return self._picture.subscribe(listener)

    async def run(self) -> None:
        """Read, sign, keep and send until cancelled; what was read is saved on the way out."""
        opened = await self._books.open()
        flat = self.membership.flat
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._poll(), name=f"flat {flat} poll")
                tasks.create_task(self._books.run(opened=opened), name=f"flat {flat} books")
                if self.blackout is None:
                    tasks.create_task(self._steering.run(), name=f"flat {flat} steering")
                else:
                    tasks.create_task(self.blackout.run(), name=f"flat {flat} blackout")
        finally:
            await self._rounds.close()
            await self._books.close()

    # --- what the books ask ------------------------------------------------------------------------

    async def restore_books(self) -> None:
        """Go on from what the database holds. Raises StoreError."""
        await self._restore(await self._store.load())

    def work_on_books(self, tasks: asyncio.TaskGroup) -> None:
        """Record, and work with the building."""
        flat = self.membership.flat
        tasks.create_task(self._recording.run(), name=f"flat {flat} records")
        tasks.create_task(self._link.run(), name=f"flat {flat} link")
        tasks.create_task(self._notes.run(), name=f"flat {flat} notes")
        tasks.create_task(self._bidder.run(), name=f"flat {flat} bidder")
        tasks.create_task(self.trading.run(), name=f"flat {flat} search")
        if self._foresight is not None:
            tasks.create_task(self._foresight.run(), name=f"flat {flat} foresight")
        if (mirroring := self._mirroring) is not None:
            tasks.create_task(mirroring.follow(), name=f"flat {flat} mirror")
            tasks.create_task(mirroring.keep_quorum(), name=f"flat {flat} quorum")

    async def save_books(self) -> None:
        """Make durable what was taken in. Raises StoreError."""
        await self._recording.save()
        self._wearing.keep()
        await self._notes.save()

    def books_closed(self, why: str) -> None:
        """Show that nothing is recorded and the building is not heard."""
        self._picture.update(link=LinkStatus(LinkState.CONNECTING, why))

    def battery_found(self, battery: Battery) -> None:
        """Read a battery, too, from now on: its inverter slept when the agent began."""
        self._rounds.battery_found(battery)

    # --- what the blackout logic asks and tells --------------------------------------------------

    @property
    def devices(self) -> FlatDevices:
        """The flat's devices, as they are known by now."""
        return self._rounds.devices

    def blackout_changed(self) -> None:
        """Show the new state of the blackout logic."""
        if self.blackout is not None:
            self._picture.update(blackout=self.blackout.state)

    async def seal_drill(self, drill: Unlogged) -> bool:
        """Make a drill's record, or return False while that cannot be done yet. Raises StoreError."""
        if self._books.problem is not None:
            return False
        try:
            return await self._sealing.seal_drill(drill)
        except SignerUnavailableError as error:
            self._outages.broke("key", str(error))
            return False

    # --- what the mirror tells -------------------------------------------------------------------

    def mirrored(self, held: Held) -> None:
        """Show how much of the log is copied, and say so to the building."""
        self._picture.update(mirrored=held.size, mirror_reason="", mirror_refuses=False)
        self._link.mirrored(held)

    def mirror_failed(self, reason: str, *, refuses: bool) -> None:
        """Show why the log is not copied."""
        self._picture.update(mirrored=None, mirror_reason=reason, mirror_refuses=refuses)

    def note(self, key: str, value: str) -> None:
        """Keep this over a restart, soon."""
        self._notes.note(key, value)

    # --- starting from what was left -----------------------------------------------------------

    async def _restore(self, saved: Saved) -> None:
        self._link.lineage = await load_lineage(self._store, self.membership)
        await self._picture.restore_doubts()
        await self._sealing.restore(saved)
        await self.drills.restore()
        await self.trading.restore(self._link.lineage)
        await self._bidder.restore()
        await self._wearing.restore(self._store.noted)
        self._picture.restored(saved)

    async def chain_adopted(self, adopted: Adopted) -> None:
        """Go on from the end that the chain has in the log: in the next epoch, with a gap since its last reading."""
        signer = self._sealing.signer
        saved, dropped = await self._sealing.adopt(adopted)
        if self._sealing.signer is not signer:
            self._link.sign_with(self._sealing.signer)
        self._picture.restored(saved)
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
        if saved.gap_from is None:
            self._picture.update(adopted=Adoption(saved.head.epoch, 0))

    # --- each second ---------------------------------------------------------------------------

    async def _poll(self) -> None:
        async with asyncio.TaskGroup() as knocks:
            while True:
                # Only the fraction of the wall clock's second is used: a step of the clock moves the phase, no timer.
                await self._sleep((POLL_PHASE * 1000 - self._clock.wall_ms()) % 1000 / 1000 or 1.0)
                await self._second()
                slot_seconds = self._sealing.slot_seconds
                quiet = slot_seconds is not None and is_quiet(self._clock.wall_ms(), slot_seconds)
                if (door := next(self._rounds.doors(quiet=quiet), None)) is not None:
                    # Not waited for: the next second's readings are due before the knock is given up.
                    knocks.create_task(door.knock(), name=f"flat {self.membership.flat} knock")

    async def _second(self) -> None:
        read = await self._rounds.read()
        self._islanded = read.islanded
        bears_w = self._market.bears_w(read.meter)
        if self.blackout is not None:
            online = self.state.link.state is LinkState.ONLINE
            self.blackout.second(read, online=online, database=self._books.problem, bears_w=bears_w)
        self._wearing.second()
        known = None if self.blackout is None else self.blackout.state
        sealing = self._sealing
        self._delivering.second(read, around_of(self.trading.state, known, sealing.slot_seconds, sealing.interval))
        trouble: SignerUnavailableError | None = None
        try:
            self._link.send_frame(await self._sealing.sign_frame(read))
        except SignerUnavailableError as error:
            trouble = error
        devices, battery = self._rounds.devices, self._rounds.battery
        await self._recording.take(
            Second(
                read=read,
                at_s=self._clock.monotonic(),
                meter=self._rounds.meter.identity.serial,
                gas_meter=None if devices.gas is None else devices.gas.identity.serial,
                inverter=None if devices.inverter is None else devices.inverter.identity,
                battery=None if battery is None else battery.identity,
            )
        )
        trouble = self._recording.trouble or trouble
        if trouble is None:
            self._outages.answered("key")
        else:
            self._outages.broke("key", str(trouble))
        fills = self.blackout is not None and self.blackout.settings.recharge is not None
        steers = steers_battery(battery, delivers=self._market.deliver, fills=fills)
        # A meter that is not heard may yet tell what the line bears.
        line_unknown = self.state.line_unknown if read.meter is None else steers and bears_w is None
        self._picture.looked(
            read,
            {"key": None if trouble is None else str(trouble), "database": self._books.problem},
            gas_l=self._gas.total_l,
            gas_wh=energy_wh(self._gas.total_l, devices.gas_heating_kj_m3),
            life=self._tracing.life,
            delivery=self._delivering.state,
            line_unknown=line_unknown,
            blackout=None if self.blackout is None else self.blackout.state,
        )

    # --- what the building says of drills ----------------------------------------------------------

    async def drill_said(self, said: DrillSaid, lineage: Lineage) -> Sequence[FromFlat]:
        """Answer the building's word on a drill. Raises EtpError, StoreError."""
        return await self.drills.take(said, lineage)

    async def drill_kept(self, call: bytes) -> None:
        """Forget what became of a call. Raises StoreError."""
        await self.drills.kept(call)

    async def drills_again(self) -> Sequence[FromFlat]:
        """Say what a new connection is to tell. Raises StoreError."""
        return await self.drills.again()

    def building_drill(self, drill: BuildingDrill | None) -> None:
        """Show what the building has announced."""
        self._picture.update(building_drill=drill)

    def tell_building(self, message: FromFlat) -> bool:
        """Tell the building of a drill, or of the market; return whether the link is up."""
        return self._link.tell(message)

    # --- the building's market -------------------------------------------------------------------

    async def market_said(
        self, said: MarketSaid | OpenBook | ProposalHeard | Traded | Keys, lineage: Lineage, log_key: tlog.Verifier
    ) -> Heard:
        """Hear what the building says of the market. Raises EtpError, TlogError, StoreError."""
        return await self.trading.take(said, Log(self.membership.origin, lineage, log_key))

    async def market_again(self) -> Sequence[FromFlat]:
        """Ask with a new connection. Raises StoreError."""
        return await self.trading.again()

    async def seal_orders(self, slot: int, document: bytes) -> RecordHash | None:
        """Make the record of a slot's orders, or return None while that cannot be done yet."""
        try:
            return await self._sealing.seal_orders(slot, document)
        except SignerUnavailableError as error:
            self._outages.broke("key", str(error))
            return None

    def market_changed(self) -> None:
        """Show the new state of the market."""
        self._picture.update(market=self.trading.state)

    def situation(self) -> Situation:
        """Return what bidding depends on, as it is now."""
        return situation_of(
            self.state,
            self._rounds.devices,
            slot_seconds=self._sealing.slot_seconds,
            market_told=self.trading.told,
            islanded=self._islanded,
        )

    def bidder_changed(self) -> None:
        """Show what the flat bids."""
        self._picture.update(bidder=self._bidder.state)

    # --- what the sealing asks and tells ---------------------------------------------------------

    @property
    def building(self) -> DeviceId:
        """The building by its newest key, as the link has followed it."""
        return self._link.lineage.building

    def head_keys(self) -> Mapping[Kind, tlog.VerifierKey | None]:
        """The keys of the flat's witness and of its mirror."""
        return {Kind.WITNESS: self.witness.key, Kind.MIRROR: self._mirror.key if self._mirror else None}

    def records_sealed(self, number: int, newest: LastRecord | None = None) -> None:
        """Show records that wait for the log, and have the link send them."""
        self._picture.sealed(number, newest)
        self._link.records_waiting()

    def gap_ended(self, adoption: Adoption) -> None:
        """Show that the flat went on from the log's end of its chain."""
        self._picture.update(adopted=adoption)

    # --- what the link tells -------------------------------------------------------------------

    def link_changed(self, status: LinkStatus) -> None:
        """Show where the connection stands."""
        self._picture.linked(status)

    def terms_agreed(self, terms: Terms) -> None:
        """Begin to keep slots, or keep them by a new length."""
        self._picture.update(terms=terms)
        self._sealing.terms_agreed(terms)

    def records_proven(self, proven: Sequence[tuple[RecordHash, int]], pending: int) -> None:
        """Show the newest record's place in the log."""
        self._picture.proven(proven, pending)

    def slot_settled(self, word: SlotWord) -> None:
        """Add a slot's settlement to the totals, if this flat had part in it."""
        if isinstance(word, SlotResult):
            self._picture.settled(word)
        self._bidder.slot_settled(word)

    def head_moved(self, checkpoint: tlog.Checkpoint, *, grown: bool) -> None:
        """Show the log's size; a log that proves its growth again is no longer forked."""
        if self._mirroring is not None:
            self._mirroring.head_moved()
        self._picture.grown(checkpoint.size, proven=grown)

    def ledger_forked(self, reason: str) -> None:
        """Show that the log does not prove that it has grown out of what this flat has witnessed."""
        self._picture.doubted(LedgerState.FORKED, reason)

    def ledger_distrusted(self, reason: str) -> None:
        """Show that the ledger contradicted itself, for good."""
        self._picture.doubted(LedgerState.DISTRUSTED, reason)

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
        self._picture.acknowledged(count)
