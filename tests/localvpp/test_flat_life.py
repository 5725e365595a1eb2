"""The life of a flat's agent: stopped and started, restored, with new terms, and with a store that fails."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from http import HTTPStatus
from itertools import pairwise
from pathlib import Path
import shutil
import threading

import pytest

from localvpp.devices import DeviceSilentError
from localvpp.etp import EMPTY, METERED, DeviceId, Kind, MeterStatus, Record, Register
from localvpp.flat import SAVE_EVERY_S, Adoption
from localvpp.sealing import KEEP_FRAMES_MS
from localvpp.standing import LedgerState
from localvpp.store import StoreError

from .home import SECONDS, Home
from .place import SLOT
from .small_coordinator import PATIENCE_S, SmallCoordinator


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


async def test_a_meter_exchanged_while_the_flat_was_stopped_gives_no_energy(home: Home) -> None:
    await home.start()
    await home.online()
    await home.time.seconds(5)
    await home.stop()
    home.clock.move(3600)
    home.meter.imported += 18_000_000
    await home.start()
    await home.online()
    await home.time.seconds(1)
    await home.until(lambda state: state.ledger is LedgerState.PROVEN)
    (before,) = await home.imports()
    assert (before.kind, before.body.meter_status, before.body.energy_wh) == (
        Kind.EXCEPTION,
        MeterStatus.EXCHANGED,
        4,
    )
    await home.time.seconds(10)
    await home.until(lambda state: state.pending == 0)
    assert sum(record.body.energy_wh for record in await home.imports()) < 20, "it goes on with the new one's registers"


async def test_a_flat_whose_meter_is_dead_at_the_start_links_witnesses_and_closes_the_gap_when_it_answers(
    home: Home, coordinator: SmallCoordinator
) -> None:
    good, home.meter.act = home.meter.act, lambda: DeviceSilentError("the meter does not answer")
    await home.start()
    await home.online()
    assert (await home.frame(coordinator)).import_wh is None
    assert (await home.flat.witness.answer(coordinator.announce().request)).status == HTTPStatus.OK
    await home.until(lambda state: state.ledger is LedgerState.PROVEN)
    assert [record.kind for record in await home.chain()] == [Kind.WITNESS]
    home.meter.act = good
    await home.time.seconds(3)
    await home.stop()

    home.meter.act = lambda: DeviceSilentError("the meter does not answer")
    await home.start()
    await home.online()
    await home.time.seconds(2 * SECONDS)
    assert home.flat.witness.head is not None
    request = coordinator.announce(old=home.flat.witness.head.size).request
    assert (await home.flat.witness.answer(request)).status == HTTPStatus.OK
    assert await home.records() == [], "nothing is made up meanwhile"
    home.meter.act = good
    home.meter.imported += 500
    await home.time.seconds(1)
    await home.until(lambda state: state.ledger is LedgerState.PROVEN and state.pending == 0)
    (gap,) = await home.imports()
    assert (gap.kind, gap.body.imported) == (Kind.GAP, Register(1_000_000, 1_000_503))
    assert gap.envelope.slot == SLOT


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


async def test_a_restored_flat_goes_on_in_the_next_epoch_with_a_gap_and_fresh_keys(
    lived_in: Home, coordinator: SmallCoordinator, tmp_path: Path
) -> None:
    await lived_in.stop()
    backup = tmp_path / "backup.db"
    shutil.copy(lived_in.path, backup)
    await lived_in.start()
    await lived_in.online()
    await lived_in.time.seconds(2 * SECONDS)
    await lived_in.until(lambda state: state.ledger is LedgerState.PROVEN)
    lost = await lived_in.chain()
    await lived_in.stop()
    for old in lived_in.path.parent.glob("flat.db*"):
        old.unlink()
    shutil.copy(backup, lived_in.path)
    lived_in.clock.move(25)
    lived_in.meter.imported += 23
    await lived_in.start()
    await lived_in.online()
    await lived_in.time.seconds(3)
    state = await lived_in.until(lambda state: state.ledger is LedgerState.PROVEN and state.adopted is not None)
    records = await lived_in.chain()
    assert [record.hash for record in records[: len(lost)]] == [record.hash for record in lost]
    fresh = records[len(lost) :]
    assert [record.kind for record in fresh] == [Kind.GAP, Kind.GAP, Kind.WITNESS]
    assert {record.envelope.epoch for record in fresh} == {1}
    last = [record for record in lost if record.kind is Kind.INTERVAL][-1].body
    gap = fresh[0].body
    assert last.imported is not None
    assert gap.imported is not None
    assert (gap.start_ms, gap.imported.begin) == (last.end_ms, last.imported.end)
    assert gap.energy_wh == gap.imported.moved == 24
    assert state.adopted == Adoption(1, (gap.end_ms - gap.start_ms) // 1000)
    named = [record.envelope.enrolled for record in records if record.kind is Kind.WITNESS]
    assert len({each.key.data for each in named if each is not None}) == 2
    # What comes after is an interval as ever.
    await lived_in.time.seconds(2 * SECONDS)
    await lived_in.until(lambda state: state.ledger is LedgerState.PROVEN)
    assert (await lived_in.records())[-1].kind is Kind.INTERVAL
    assert coordinator.head.epoch == 1


async def test_a_restart_before_the_gap_is_recorded_loses_nothing_of_it(
    home: Home, coordinator: SmallCoordinator, make_records: Callable[..., list[Record]]
) -> None:
    coordinator.take([record.encode() for record in make_records(1)])
    home.meter.imported, home.meter.exported = 1_234_500, 600
    good, home.meter.act = home.meter.act, lambda: DeviceSilentError("the meter does not answer")
    await home.start()
    await home.online()
    await home.time.seconds(2)
    await home.stop()
    home.meter.act = good
    await home.start()
    await home.online()
    await home.time.seconds(1)
    records = await home.records()
    gap = next(record for record in records if record.kind is Kind.GAP)
    assert gap.envelope.epoch == 1
    assert gap.body.imported == Register(1_234_012, 1_234_500)


async def test_settled_slots_add_up_in_the_state(
    lived_in: Home, coordinator: SmallCoordinator, device: DeviceId
) -> None:
    coordinator.evidence = tuple(record.hash for record in await lived_in.records() if record.kind is Kind.INTERVAL)
    result = coordinator.settle(DeviceId(b"\x0f" * 16), device, energy_wh=5, import_wh=10, seconds=SECONDS)
    await coordinator.say(result)
    state = await lived_in.until(lambda state: state.totals.slots == 1)
    assert (state.last_result, state.totals.shared_in_wh, state.totals.inside_money) == (result, 5, -11_000)
    await coordinator.say(coordinator.announce())
    await lived_in.until(lambda state: state.log_size == coordinator.log.frontier.size)
    await lived_in.stop()
    await lived_in.start()
    assert lived_in.flat.state.totals == state.totals
