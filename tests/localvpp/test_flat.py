"""The agent of a flat: what its devices say becomes frames and records, whatever fails beside it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import suppress
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from itertools import pairwise
import logging
from pathlib import Path
import threading

import aiohttp
import pytest

from localvpp import flat as flat_module, tlog
from localvpp.devices import BatteryReading, DeviceSilentError, InverterReading, MeterReading
from localvpp.etp import EMPTY, DeviceId, Ed25519Signer, Frame, Kind, Record, RecordHash, Register, Source, open_frame
from localvpp.flat import KEEP_FRAMES_MS, SAVE_EVERY_S, Flat, FlatDevices, FlatState
from localvpp.link import LinkState, LinkStatus
from localvpp.slots import METERED
from localvpp.standing import LedgerState
from localvpp.store import FlatStore, StoreError
from localvpp.wire import AskWitness, Membership

from .place import ORIGIN, SLOT, HandClock
from .scripted_devices import PassingTime, ScriptedBattery, ScriptedInverter, ScriptedMeter, ScriptedRelay
from .small_coordinator import PATIENCE_S, SmallCoordinator

SECONDS = 10
"""Length of a slot here: short, to have many."""


@dataclass
class Home:
    """One flat, which may be stopped and started again."""

    signer: Ed25519Signer
    membership: Membership
    path: Path
    session: aiohttp.ClientSession
    clock: HandClock
    meter: ScriptedMeter = field(default_factory=ScriptedMeter)
    inverter: ScriptedInverter = field(default_factory=ScriptedInverter)
    battery: ScriptedBattery = field(default_factory=ScriptedBattery)
    relay: ScriptedRelay = field(default_factory=ScriptedRelay)
    states: list[FlatState] = field(default_factory=list)

    async def start(self, *, fitted: Collection[str] = ("inverter", "battery", "relay")) -> None:
        self.store = await FlatStore.open(self.path, self.membership.device, ORIGIN)
        self.time = PassingTime(self.clock)
        devices = FlatDevices(
            meter=self.meter,
            inverter=self.inverter if "inverter" in fitted else None,
            battery=self.battery if "battery" in fitted else None,
            relay=self.relay if "relay" in fitted else None,
        )
        self.flat = Flat(
            devices=devices,
            signer=self.signer,
            membership=self.membership,
            store=self.store,
            session=self.session,
            software="tests",
            clock=self.clock,
            sleep=self.time,
        )
        self._news = asyncio.Event()
        self.flat.subscribe(self._take)
        self.run = asyncio.create_task(self.flat.run())
        await self.time.asleep("poll")

    def _take(self, state: FlatState) -> None:
        self.states.append(state)
        self._news.set()

    async def until(self, ready: Callable[[FlatState], bool]) -> FlatState:
        """Wait until a state is told that a test waits for."""
        async with asyncio.timeout(PATIENCE_S):
            while not ready(self.flat.state):
                self._news.clear()
                await self._news.wait()
        return self.flat.state

    async def online(self) -> None:
        await self.until(lambda state: state.link.state is LinkState.ONLINE)

    async def stop(self) -> None:
        self.run.cancel()
        with suppress(asyncio.CancelledError):
            await self.run
        await self.store.close()

    async def records(self) -> list[Record]:
        """What the meter's intervals gave, oldest first: of each what came in, and what went out."""
        return [record for record in await self.chain() if record.kind in METERED]

    async def imports(self) -> list[Record]:
        """Of each interval what came in, oldest first."""
        return [record for record in await self.records() if record.body.receiver == self.membership.device]

    async def chain(self) -> list[Record]:
        """All records of the flat's own store, oldest first."""
        records: list[Record] = []
        while name := await self.store.hash_at(len(records) + 1):
            kept = await self.store.kept(name)
            assert kept is not None
            records.append(kept.record)
        return records


@pytest.fixture
async def home(
    coordinator: SmallCoordinator, signer: Ed25519Signer, membership: Membership, tmp_path: Path, clock: HandClock
) -> AsyncIterator[Home]:
    coordinator.terms = replace(coordinator.terms, slot_seconds=SECONDS)
    url = await coordinator.start()
    async with aiohttp.ClientSession() as session:
        home = Home(signer, replace(membership, url=url), tmp_path / "flat.db", session, clock)
        yield home
        if not home.run.done():
            await home.stop()


# --- A slot -------------------------------------------------------------------------------------------------


async def test_a_full_slot_becomes_records_that_the_log_proves(
    home: Home, coordinator: SmallCoordinator, device: DeviceId
) -> None:
    home.meter.step, home.meter.power_w = (2, 1), -3600.0
    await home.start()
    await home.online()
    await home.time.seconds(SECONDS + 1)
    state = await home.until(lambda state: state.ledger is LedgerState.PROVEN)
    named, came, went = await home.chain()
    assert named.kind is Kind.WITNESS
    assert (came.kind, came.envelope.slot) == (Kind.INTERVAL, SLOT)
    assert (came.body.energy_wh, came.body.receiver) == (20, device)
    assert (went.body.energy_wh, went.body.sender) == (10, device)
    assert came.body.imported == went.body.imported == Register(1_000_000, 1_000_020)
    assert went.body.attributes == ((Source.SOLAR, 10),)
    assert (came.body.start_ms, came.body.end_ms) == (SLOT * 1000 + 500, SLOT * 1000 + 10_500)
    assert (came.body.frequency_mhz, came.body.meter, came.body.place) == (60_010, "12000101", "101")
    came.verify(home.signer.public, ORIGIN)
    assert [coordinator.entry(index) for index in range(3)] == [named.hash, came.hash, went.hash]
    assert state.last_record is not None
    assert (state.last_record.hash, state.last_record.index, state.last_record.incoming) == (came.hash, 1, True)
    assert state.pending == 0


async def test_the_seconds_of_a_record_are_the_frames_that_can_be_shown(home: Home) -> None:
    await home.start()
    await home.time.seconds(2)  # Nothing is booked before the terms are known, but frames are kept.
    await home.online()
    await home.time.seconds(25)
    await home.until(lambda state: state.pending == 0 and state.last_record is not None)
    records = await home.records()
    assert len(records) == 4
    for record in records:
        frames = await home.store.frames(record.body.start_ms, record.body.end_ms)
        frontier = tlog.Frontier()
        for data in frames:
            frontier.append(tlog.leaf_hash(data))
        assert (record.body.seconds_root, record.body.seconds_count) == (frontier.root(), len(frames))
        last = open_frame(frames[-1], home.signer.public, ORIGIN)
        assert (last.time_ms, last.import_wh) == (record.body.end_ms, record.body.imported and record.body.imported.end)
    assert records[2].body.seconds_count == 10


async def test_devices_are_read_in_the_middle_of_each_second(home: Home) -> None:
    await home.start()
    for second in range(3):
        await home.time.seconds()
        assert home.clock.wall == SLOT * 1000 + 500 + 1000 * second
    home.clock.move(0.3)  # A poll that took long is followed by a shorter wait.
    await home.time.seconds()
    assert home.clock.wall % 1000 == 500


async def test_a_frame_has_the_time_of_the_meters_reading_however_slow_the_others_are(
    home: Home, coordinator: SmallCoordinator
) -> None:
    def slow() -> InverterReading:
        home.clock.move(0.4)
        return InverterReading(pv_power_w=1.0)

    home.inverter.act = slow
    await home.start()
    await home.online()
    assert (await frame_of(home, coordinator)).time_ms == SLOT * 1000 + 500


async def test_without_terms_nothing_is_booked_and_with_known_ones_it_is_even_alone(
    home: Home, coordinator: SmallCoordinator
) -> None:
    home.membership = replace(home.membership, url="http://127.0.0.1:1")
    await home.start()
    await home.time.seconds(SECONDS + 1)
    assert (await home.store.load()).open is None
    await home.stop()
    await home_meets(home, coordinator)
    home.membership = replace(home.membership, url="http://127.0.0.1:1")
    await home.start()
    await home.time.seconds(SECONDS + 5)
    assert len(await home.records()) >= 1
    assert home.flat.state.ledger is LedgerState.PENDING


async def home_meets(home: Home, coordinator: SmallCoordinator) -> None:
    """The flat is online once, for a second."""
    assert coordinator._server is not None
    home.membership = replace(home.membership, url=str(coordinator._server.make_url("")).rstrip("/"))
    await home.start()
    await home.online()
    await home.time.seconds()
    await home.stop()


# --- Devices that fail --------------------------------------------------------------------------------------


async def frame_of(home: Home, coordinator: SmallCoordinator) -> Frame:
    """The frame of one more second, as the coordinator has it."""
    seen = len(coordinator.frames)
    await home.time.seconds()
    async with asyncio.timeout(PATIENCE_S):
        while len(coordinator.frames) <= seen:
            await coordinator.heard.get()
    return coordinator.frames[-1]


async def test_a_frame_says_what_is_known(home: Home, coordinator: SmallCoordinator, device: DeviceId) -> None:
    await home.start()
    await home.online()
    assert await frame_of(home, coordinator) == Frame(
        device=device,
        time_ms=SLOT * 1000 + 500,
        count=1,
        grid_w=3600,
        import_wh=1_000_000,
        export_wh=5_000,
        pv_w=1800,
        battery_w=-300,
        soc_permille=642,
        frequency_mhz=60_010,
        voltage_mv=201_500,
        islanded=False,
    )


async def test_a_device_that_fails_leaves_the_others_alone_and_heals(
    home: Home, coordinator: SmallCoordinator, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "localvpp.flat")
    good = home.inverter.act
    home.inverter.act = lambda: DeviceSilentError("the inverter does not answer; check its cable")
    await home.start()
    await home.online()
    for _ in range(3):
        frame = await frame_of(home, coordinator)
    assert (frame.pv_w, frame.islanded) == (None, None)
    assert (frame.grid_w, frame.battery_w, frame.soc_permille) == (3600, -300, 642)
    state = home.flat.state
    assert (state.inverter, dict(state.problems)) == (
        None,
        {"inverter": "the inverter does not answer; check its cable"},
    )
    assert state.meter is not None
    home.inverter.act = good
    assert (await frame_of(home, coordinator)).pv_w == 1800
    assert dict(home.flat.state.problems) == {}
    # Told once when it broke, once when it healed.
    told = [record.getMessage() for record in caplog.records if "inverter" in record.getMessage()]
    assert told == [
        "The inverter of flat 101 fails: the inverter does not answer; check its cable",
        "The inverter of flat 101 answers again",
    ]


async def test_a_device_that_is_silent_is_unknown_for_the_second(
    home: Home, coordinator: SmallCoordinator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flat_module, "READ_TIMEOUT_S", 0.02)
    home.battery.act = lambda: None
    await home.start()
    await home.online()
    frame = await frame_of(home, coordinator)
    assert (frame.battery_w, frame.soc_permille, frame.pv_w) == (None, None, 1800)
    assert home.flat.state.problems["battery"] == "no answer within 0.02 s"


async def test_unknown_values_are_absent_and_make_no_sample(home: Home, coordinator: SmallCoordinator) -> None:
    home.meter.act = lambda: MeterReading(power_w=120.0, import_wh=7)  # The export register is unknown.
    home.battery.act = BatteryReading
    home.inverter.act = lambda: InverterReading(grid_connected=False)
    await home.start()
    await home.online()
    frame = await frame_of(home, coordinator)
    assert (frame.grid_w, frame.import_wh, frame.export_wh, frame.frequency_mhz) == (120, 7, None, None)
    assert (frame.battery_w, frame.soc_permille) == (None, None)
    # Cut off from the grid, but whether it holds the voltage is unknown: so is whether the flat is an island.
    assert frame.islanded is None
    home.inverter.act = lambda: InverterReading(grid_connected=False, grid_forming=True)
    assert (await frame_of(home, coordinator)).islanded is True
    assert (await home.store.load()).open is None
    home.meter.act = home.meter.count
    await frame_of(home, coordinator)
    assert (await home.store.load()).open is not None


async def test_a_flat_with_a_meter_alone_is_a_whole_flat(home: Home, coordinator: SmallCoordinator) -> None:
    await home.start(fitted=())
    await home.online()
    frame = await frame_of(home, coordinator)
    assert (frame.grid_w, frame.pv_w, frame.battery_w, frame.islanded) == (3600, None, None, None)
    await home.time.seconds(SECONDS)
    await home.until(lambda state: state.ledger is LedgerState.PROVEN)


@pytest.mark.parametrize(
    ("fitted", "source"),
    [(set(), Source.UNKNOWN), ({"inverter"}, Source.SOLAR), ({"inverter", "battery"}, Source.UNKNOWN)],
    ids=["no inverter", "no battery", "a battery that does not answer"],
)
async def test_export_is_solar_only_when_no_battery_can_have_made_it(
    fitted: set[str], source: Source, home: Home
) -> None:
    home.meter.step, home.meter.power_w = (0, 1), -3600.0
    home.battery.act = BatteryReading
    await home.start(fitted=fitted)
    await home.online()
    await home.time.seconds(SECONDS + 1)
    await home.until(lambda state: state.ledger is LedgerState.PROVEN and state.pending == 0)
    _, exported = await home.records()
    assert [kind for kind, _ in exported.body.attributes] == [source]


async def test_a_battery_that_is_found_late_is_read_from_then_on(home: Home, coordinator: SmallCoordinator) -> None:
    await home.start(fitted={"inverter"})
    await home.online()
    assert (await frame_of(home, coordinator)).battery_w is None
    home.flat.battery_found(home.battery)
    assert (await frame_of(home, coordinator)).battery_w == -300


async def test_a_meter_that_was_silent_over_a_boundary_makes_a_gap(home: Home) -> None:
    await home.start()
    await home.online()
    await home.time.seconds(5)
    counted = home.meter.imported
    home.meter.act = lambda: DeviceSilentError("no answer")
    await home.time.seconds(10)
    home.meter.act = home.meter.count
    home.meter.imported += 10
    await home.time.seconds(6)
    await home.until(lambda state: state.ledger is LedgerState.PROVEN)
    gap, interval = await home.imports()
    assert (gap.kind, gap.envelope.slot) == (Kind.GAP, SLOT)
    assert gap.body.imported == Register(1_000_000, counted + 10)
    assert gap.body.seconds_count == 15  # 4 with a reading, 10 without, and the one of the return
    assert (interval.kind, interval.envelope.slot) == (Kind.INTERVAL, SLOT + 10)
    assert interval.body.imported is not None
    assert interval.body.imported.begin == counted + 10


async def test_an_exchanged_meter_is_an_exception(home: Home) -> None:
    await home.start()
    await home.online()
    await home.time.seconds(5)
    home.meter.imported, home.meter.exported = 0, 0
    await home.time.seconds(1)
    await home.until(lambda state: state.ledger is LedgerState.PROVEN)
    (record,) = await home.imports()
    assert (record.kind, record.body.energy_wh) == (Kind.EXCEPTION, 4)
    frames = await home.store.frames(record.body.start_ms, record.body.end_ms)
    assert record.body.seconds_count == len(frames) == 4  # not the one of the new meter


# --- Stopping and starting ----------------------------------------------------------------------------------


def chained(records: list[Record]) -> int:
    """Check seq, prev and registers of all records; return how many watt-hours of import they hold."""
    head = EMPTY
    for record in records:
        head = head.follow(record.envelope, record.hash)
    spans = [record.body.imported for record in records if record.kind in METERED]
    moved = 0
    for before, after in pairwise(spans):
        assert before is not None
        assert after is not None
        assert after == before or after.begin == before.end
        moved += 0 if after == before else after.moved
    assert spans[0] is not None
    return spans[0].moved + moved


async def test_a_restart_goes_on_with_the_interval_and_the_chain(home: Home) -> None:
    await home.start()
    await home.online()
    await home.time.seconds(13)
    await home.until(lambda state: state.ledger is LedgerState.PROVEN)
    await home.stop()
    await home.start()
    assert home.flat.state.ledger is LedgerState.PROVEN
    assert home.flat.state.last_record is not None
    assert home.flat.state.last_record.index == 1
    await home.online()
    await home.time.seconds(8)
    await home.until(lambda state: state.ledger is LedgerState.PROVEN and state.pending == 0)
    _, second = await home.imports()
    assert second.body.imported is not None
    assert second.body.imported.moved == 10
    assert second.body.seconds_count == 10
    assert chained(await home.chain()) == 20


async def test_a_restart_after_a_long_stop_is_a_gap(home: Home) -> None:
    await home.start()
    await home.online()
    await home.time.seconds(5)
    await home.stop()
    home.clock.move(3600)
    home.meter.imported += 500
    await home.start()
    await home.online()
    await home.time.seconds(1)
    await home.until(lambda state: state.ledger is LedgerState.PROVEN)
    (gap,) = await home.imports()
    assert (gap.kind, gap.body.energy_wh, gap.envelope.slot) == (Kind.GAP, 505, SLOT)


@pytest.mark.parametrize("before", [3, SECONDS])
async def test_a_stop_while_the_store_is_busy_loses_and_doubles_nothing(home: Home, before: int) -> None:
    await home.start()
    await home.online()
    await home.time.seconds(before)
    release = threading.Event()
    busy = asyncio.create_task(home.store._run(release.wait))
    await home.time.wake("poll")  # With a slot's seconds before, this one closes the slot.
    await asyncio.sleep(0)
    home.run.cancel()
    await asyncio.sleep(0)
    release.set()
    await busy
    await home.stop()
    await home.start()
    await home.online()
    await home.time.seconds(SECONDS + 2)
    await home.until(lambda state: state.ledger is LedgerState.PROVEN and state.pending == 0)
    records = await home.chain()
    open_interval = (await home.store.load()).open
    assert open_interval is not None
    assert chained(records) == open_interval.begin.import_wh - 1_000_000


async def test_when_the_store_fails_the_agent_ends_and_its_energy_is_not_lost(home: Home) -> None:
    await home.start()
    await home.online()
    await home.time.seconds(SECONDS)
    await home.store._run(lambda: home.store._db.execute("PRAGMA query_only = ON"))
    await home.time.wake("poll")
    with pytest.raises((StoreError, ExceptionGroup)) as caught:
        async with asyncio.timeout(PATIENCE_S):
            await home.run
    assert "readonly" in str(caught.value) + repr(caught.value.__context__)
    await home.store._run(lambda: home.store._db.execute("PRAGMA query_only = OFF"))
    await home.store.close()
    await home.start()
    await home.online()
    await home.time.seconds(2)
    await home.until(lambda state: state.ledger is LedgerState.PROVEN)
    assert chained(await home.chain()) > 8
    first, *_ = await home.imports()
    assert first.body.imported is not None
    assert first.body.imported.begin == 1_000_000


async def test_records_that_cannot_be_stored_leave_their_interval_open(
    home: Home, make_records: Callable[..., list[Record]]
) -> None:
    """Here because somebody else wrote the flat's next record."""
    await home.start()
    await home.online()
    await home.time.seconds(SECONDS)
    await home.store.append(make_records(2)[1:], None)
    await home.time.wake("poll")
    with pytest.raises(ExceptionGroup) as caught:
        async with asyncio.timeout(PATIENCE_S):
            await home.run
    assert caught.group_contains(StoreError, match="UNIQUE")
    saved = await home.store.load()
    assert saved.open is not None
    assert (saved.open.begin.import_wh, saved.open.end.import_wh) == (1_000_000, 1_000_009)
    await home.store.close()


async def test_frames_are_saved_in_batches_and_forgotten_after_a_week(
    home: Home, coordinator: SmallCoordinator
) -> None:
    coordinator.terms = replace(coordinator.terms, slot_seconds=60)  # A slot's end would save them, too.
    await home.start()
    await home.online()
    await home.time.seconds()
    begin = home.clock.wall
    assert len(await home.store.frames(0, begin)) == 1  # with the begin of the first interval
    await home.time.seconds(SAVE_EVERY_S - 3)
    assert await home.store.frames(begin, home.clock.wall) == []
    await home.time.seconds(4)
    assert len(await home.store.frames(begin, home.clock.wall)) >= SAVE_EVERY_S - 1
    home.clock.move(KEEP_FRAMES_MS / 1000)
    await home.time.seconds(SAVE_EVERY_S + 2)
    assert await home.store.frames(0, begin + 5000) == []
    assert await home.store.frames(home.clock.wall - 10_000, home.clock.wall) != []


# --- Terms and trust ----------------------------------------------------------------------------------------


async def test_new_terms_with_shorter_slots_put_no_long_time_into_a_short_slot(
    home: Home, coordinator: SmallCoordinator
) -> None:
    coordinator.terms = replace(coordinator.terms, slot_seconds=60)
    await home.start()
    await home.online()
    await home.time.seconds(30)
    coordinator.terms = replace(coordinator.terms, slot_seconds=SECONDS)
    await coordinator.drop()
    await home.time.wake("link")
    await home.until(lambda state: state.terms is not None and state.terms.slot_seconds == SECONDS)
    await home.online()
    await home.time.seconds(SECONDS + 5)
    await home.until(lambda state: state.ledger is LedgerState.PROVEN)
    records = await home.imports()
    assert records[0].kind is Kind.GAP
    assert records[0].body.energy_wh >= 29
    assert {record.kind for record in records[1:]} == {Kind.INTERVAL}
    assert all(record.body.slot_seconds == SECONDS for record in records)


async def test_new_terms_that_come_while_records_are_sealed_hold_for_what_goes_on(home: Home) -> None:
    await home.start()
    await home.online()
    terms = home.flat.state.terms
    assert terms is not None
    await home.time.seconds(2)
    frames = home.store.frames

    async def meanwhile(after_ms: int, until_ms: int) -> list[bytes]:
        home.flat.terms_agreed(replace(terms, slot_seconds=2 * SECONDS))
        return await frames(after_ms, until_ms)

    home.store.frames = meanwhile  # type: ignore[method-assign]  # the moment in between is what is tested
    await home.time.seconds(SECONDS)
    await home.until(lambda state: state.ledger is LedgerState.PROVEN)
    assert [record.body.slot_seconds for record in await home.records()] == [SECONDS, SECONDS]
    await home.stop()
    await home.start()
    saved = await home.store.load()
    assert saved.open is not None
    assert saved.open.slot % (2 * SECONDS) == 0
    assert await home.store.noted("slot_seconds") == b"20"


async def test_a_note_that_cannot_be_stored_ends_the_agent(home: Home) -> None:
    await home.start()
    await home.online()
    await home.store._run(lambda: home.store._db.execute("PRAGMA query_only = ON"))
    home.flat.ledger_distrusted("two roots")
    with pytest.raises((StoreError, ExceptionGroup)):
        async with asyncio.timeout(PATIENCE_S):
            await home.run
    await home.store._run(lambda: home.store._db.execute("PRAGMA query_only = OFF"))
    await home.store.close()


async def test_distrust_outlives_a_restart(home: Home) -> None:
    await home.start()
    home.flat.ledger_distrusted("the log has shown two roots")
    await home.stop()
    await home.start()
    state = home.flat.state
    assert (state.ledger, state.ledger_reason) == (LedgerState.DISTRUSTED, "the log has shown two roots")
    await home.online()
    await home.time.seconds(SECONDS + 1)
    await home.until(lambda state: state.last_record is not None and state.last_record.index is not None)
    assert home.flat.state.ledger is LedgerState.DISTRUSTED


async def test_distrust_stays_and_keeps_its_reason(home: Home, coordinator: SmallCoordinator) -> None:
    await home.start()
    await home.online()
    coordinator.log.add(b"one")
    forked = tlog.Checkpoint(ORIGIN, 1, tlog.leaf_hash(b"another one"))
    await coordinator.say(coordinator.announce())
    note = tlog.sign_checkpoint(forked, [coordinator.log.signer])
    await coordinator.say(AskWitness(2, tlog.AddCheckpoint(1, (), note).encode()))
    reason = (await home.until(lambda state: state.ledger is LedgerState.DISTRUSTED)).ledger_reason
    assert "cannot both be true" in reason
    await coordinator.drop()
    await home.until(lambda state: state.link.state is LinkState.CONNECTING)
    await home.time.wake("link")
    await home.online()
    await home.time.seconds(SECONDS + 1)
    await home.until(lambda state: state.last_record is not None and state.last_record.index is not None)
    assert (home.flat.state.ledger, home.flat.state.ledger_reason) == (LedgerState.DISTRUSTED, reason)


async def forked(home: Home, coordinator: SmallCoordinator) -> str:
    """Have the flat witness a head, and then show it a larger one that does not follow; return what it says."""
    await home.start()
    await home.online()
    coordinator.log.add(b"one")
    await coordinator.say(coordinator.announce())
    size = coordinator.log.frontier.size
    await home.until(lambda state: state.log_size == size)
    larger = tlog.Checkpoint(ORIGIN, size + 1, tlog.leaf_hash(b"another one"))
    note = tlog.sign_checkpoint(larger, [coordinator.log.signer])
    await coordinator.say(AskWitness(2, tlog.AddCheckpoint(size, (), note).encode()))
    state = await home.until(lambda state: state.ledger is LedgerState.FORKED)
    assert [each.theirs for each in await home.flat.evidence()] == [note]
    return state.ledger_reason


async def test_a_fork_that_is_suspected_is_shown_until_the_log_proves_its_growth(
    home: Home, coordinator: SmallCoordinator, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "localvpp.flat")
    reason = await forked(home, coordinator)
    assert "does not prove that one has grown into the other" in reason
    await home.time.seconds(SECONDS + 1)  # Records that are made and proven meanwhile heal nothing.
    await home.until(lambda state: state.last_record is not None and state.last_record.index is not None)
    assert home.flat.state.ledger is LedgerState.FORKED
    size = home.flat.state.log_size
    assert size is not None
    assert coordinator.log.frontier.size > size
    await coordinator.say(coordinator.announce(old=size))
    state = await home.until(lambda state: state.ledger is LedgerState.PROVEN)
    assert state.ledger_reason == ""
    assert len(await home.flat.evidence()) == 1
    told = [each.getMessage() for each in caplog.records if "the ledger" in each.getMessage()]
    assert told == [f"Flat 101: the ledger is forked: {reason}", "Flat 101: the ledger proves that it has grown, again"]


async def test_a_suspected_fork_outlives_a_restart_and_another_doubt(home: Home, coordinator: SmallCoordinator) -> None:
    reason = await forked(home, coordinator)
    size = home.flat.state.log_size
    assert size is not None
    await home.stop()
    await home.start()
    assert (home.flat.state.ledger, home.flat.state.ledger_reason) == (LedgerState.FORKED, reason)
    await home.online()
    home.flat.link_changed(LinkStatus(LinkState.DIVERGED, "another copy"))
    home.flat.link_changed(LinkStatus(LinkState.ONLINE))
    assert home.flat.state.ledger is LedgerState.FORKED
    coordinator.log.add(b"two")
    await coordinator.say(coordinator.announce(old=size))
    await home.until(lambda state: state.ledger is not LedgerState.FORKED)
    await home.stop()
    await home.start()
    assert home.flat.state.ledger is not LedgerState.FORKED


async def test_the_witness_is_named_once_and_again_when_its_naming_could_not_be_stored(
    home: Home, coordinator: SmallCoordinator
) -> None:
    await home.start()
    await home.online()
    await home.store._run(lambda: home.store._db.execute("PRAGMA query_only = ON"))
    await home.time.wake("poll")
    with pytest.raises((StoreError, ExceptionGroup)):
        async with asyncio.timeout(PATIENCE_S):
            await home.run
    await home.store._run(lambda: home.store._db.execute("PRAGMA query_only = OFF"))
    assert await home.chain() == []
    await home.store.close()
    for _ in range(2):
        await home.start()
        await home.online()
        await home.time.seconds(3)
        await home.until(lambda state: state.ledger is LedgerState.PROVEN)
        (named,) = await home.chain()
        assert named.envelope.enrolled is not None
        assert home.flat.witness.key is not None
        assert named.envelope.enrolled.key.data == home.flat.witness.key.public
        await home.stop()


async def test_a_flat_whose_chain_diverges_cosigns_nothing_more(home: Home, coordinator: SmallCoordinator) -> None:
    await home.start()
    await home.online()
    request = coordinator.announce().request
    assert (await home.flat.witness.answer(request)).status == HTTPStatus.OK
    await home.time.seconds(1)
    await home.until(lambda state: state.ledger is LedgerState.PROVEN)
    coordinator.head = replace(coordinator.head, hash=RecordHash(bytes(32)))
    await coordinator.drop()
    await home.time.wake("link")
    await home.until(lambda state: state.link.state is LinkState.DIVERGED)
    assert (await home.flat.witness.answer(request)).status == HTTPStatus.SERVICE_UNAVAILABLE


async def test_a_log_that_was_cut_is_distrusted_and_not_merely_diverged(
    home: Home, coordinator: SmallCoordinator
) -> None:
    await home.start()
    await home.online()
    await home.time.seconds(SECONDS + 1)
    await home.until(lambda state: state.ledger is LedgerState.PROVEN)
    coordinator.head = EMPTY
    await coordinator.drop()
    await home.time.wake("link")
    state = await home.until(lambda state: state.link.state is LinkState.DIVERGED)
    assert state.ledger is LedgerState.DISTRUSTED
    assert "has proven to hold record 3" in state.ledger_reason


async def test_a_diverged_chain_is_shown_until_it_meets_again(
    home: Home, coordinator: SmallCoordinator, make_records: Callable[..., list[Record]]
) -> None:
    coordinator.take([record.encode() for record in make_records(1)])
    await home.start()
    state = await home.until(lambda state: state.ledger is LedgerState.DIVERGED)
    assert "a restored backup" in state.ledger_reason
    coordinator.head = EMPTY
    await home.time.wake("link")
    state = await home.until(lambda state: state.ledger is not LedgerState.DIVERGED)
    assert (state.ledger, state.ledger_reason) == (LedgerState.UNKNOWN, "")


async def test_settled_slots_add_up_in_the_state(home: Home, coordinator: SmallCoordinator, device: DeviceId) -> None:
    await home.start()
    await home.online()
    await home.time.seconds(SECONDS + 1)
    await home.until(lambda state: state.ledger is LedgerState.PROVEN and state.last_record is not None)
    coordinator.evidence = tuple(record.hash for record in await home.records())
    result = coordinator.settle(DeviceId(b"\x0f" * 16), device, energy_wh=5, import_wh=10)
    await coordinator.say(result)
    state = await home.until(lambda state: state.totals.slots == 1)
    assert (state.last_result, state.totals.shared_in_wh, state.totals.inside_money) == (result, 5, -11_000)
    await coordinator.say(coordinator.announce())
    await home.until(lambda state: state.log_size == coordinator.log.frontier.size)
    await home.stop()
    await home.start()
    assert home.flat.state.totals == state.totals


async def test_a_listener_hears_until_it_has_left(home: Home) -> None:
    await home.start()
    heard: list[FlatState] = []
    leave = home.flat.subscribe(heard.append)
    await home.time.seconds()
    assert heard[-1].meter is not None
    leave()
    count = len(heard)
    await home.time.seconds()
    assert len(heard) == count
