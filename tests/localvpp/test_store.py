"""What the store said yes to is there after whatever happened; what it cannot keep it refuses aloud."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
import hashlib
from pathlib import Path
import signal
import sqlite3
import subprocess
import sys
import threading

import pytest

from localvpp.behind import Behind, Count
from localvpp.etp import EMPTY, DeviceId, Ed25519Signer, Record, RecordHash
from localvpp.slots import Interval, Reading, Why
from localvpp.store import FlatStore, Kept, StoreError, Totals
from localvpp.store_file import read_interval, read_reading, write_interval, write_reading
from localvpp.trading import OwnTrade
from localvpp.trading.kept import TradingBook
from localvpp.wire import LeftOut, RoundName, SettledProof, SlotResult
from localvpp.wordbook import WordBook

from .place import ORIGIN, SLOT

OPEN = Interval(SLOT, Why.BOUNDARY, Reading(SLOT * 1000, 5, 6), Reading(SLOT * 1000 + 900, 7, 8), 1, 2, 3, 4, True)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "flat.db"


@pytest.fixture
async def store(path: Path, device: DeviceId) -> AsyncIterator[FlatStore]:
    store = await FlatStore.open(path, device, ORIGIN)
    yield store
    await store.close()


def result(slot: int, **changes: int) -> SlotResult:
    numbers = {"import_wh": 9, "export_wh": 0, "shared_in_wh": 4, "shared_out_wh": 0, "inside_money": -8800}
    fields = numbers | {"grid_money": -15500, "inside_price": 2200, "grid_price": 3100, "feed_in_price": 850} | changes
    return SlotResult(
        slot=slot,
        after=slot - 60,
        **fields,
        records=(RecordHash(bytes(32)),),
        transfers=(b"sealed",),
        indexes=(7,),
        proofs=("proof",),
        settled=SettledProof(b"settled", 8, "proof"),
        statement=b"signed",
    )


def left_out(slot: int) -> LeftOut:
    return LeftOut(slot, slot - 60, SettledProof(b"settled", 8, "proof"), b"signed")


async def test_a_new_store_is_empty(store: FlatStore) -> None:
    saved = await store.load()
    assert (saved.head, saved.open, saved.last) == (EMPTY, None, ())
    assert (saved.pending, saved.proven, saved.settled_slot, saved.totals) == (0, 0, 0, Totals())
    assert await store.unsent(10) == []
    assert await store.hash_at(1) is None
    assert await store.kept(RecordHash(bytes(32))) is None
    assert await WordBook(store).result(SLOT) is None
    assert await store.noted("x") is None


async def test_everything_is_there_after_it_was_opened_again(
    path: Path, device: DeviceId, make_records: Callable[..., list[Record]]
) -> None:
    first, second, third = make_records(3)
    store = await FlatStore.open(path, device, ORIGIN)
    await store.append([first, second], OPEN)
    await store.append([third], OPEN)
    assert await store.proven([(first.hash, 4, "proof 1"), (second.hash, 5, "proof 2")]) == 1
    await store.save_seconds(OPEN, [(SLOT * 1000 + 500, 1, b"frame 1"), (SLOT * 1000 + 1500, 2, b"frame 2")])
    assert await WordBook(store).settled(result(SLOT))
    await store.note("slot_seconds", b"60")
    await store.close()

    store = await FlatStore.open(path, device, ORIGIN)
    saved = await store.load()
    assert (saved.head.seq, saved.head.hash) == (3, third.hash)
    assert saved.open == OPEN
    assert [(kept.record, kept.index) for kept in saved.last] == [(second, 5), (third, None)]
    assert (saved.pending, saved.proven, saved.settled_slot) == (1, 2, SLOT)
    assert saved.totals == Totals(1, 4, 0, -8800, -15500)
    assert await store.unsent(10) == [third.encode()]
    kept = await store.kept(second.hash)
    assert kept is not None
    assert (kept.record, kept.index, kept.proof) == (second, 5, "proof 2")
    assert await store.hash_at(2) == second.hash
    assert await store.intervals(SLOT) == [Kept(first, 4, "proof 1")]
    assert await WordBook(store).result(SLOT) == result(SLOT)
    assert await store.noted("slot_seconds") == b"60"
    await store.close()


async def test_records_wait_in_the_order_of_the_chain(
    store: FlatStore, make_records: Callable[..., list[Record]]
) -> None:
    records = make_records(5)
    await store.append(records, None)
    assert await store.unsent(3) == [record.encode() for record in records[:3]]
    assert await store.proven([(records[1].hash, 9, "proof")]) == 4
    assert await store.unsent(10) == [records[at].encode() for at in (0, 2, 3, 4)]


async def test_a_batch_that_does_not_fit_is_not_half_kept(
    store: FlatStore, make_records: Callable[..., list[Record]]
) -> None:
    first, second = make_records(2)
    await store.append([first], OPEN)
    with pytest.raises(StoreError, match="UNIQUE"):
        await store.append([second, first], None)
    saved = await store.load()
    assert (saved.head.seq, saved.open) == (1, OPEN)
    await store.append([second], None)
    assert (await store.load()).head.seq == 2


async def test_frames_are_found_by_their_time_and_forgotten(store: FlatStore) -> None:
    frames = [(1000 * at, at, b"frame %d" % at) for at in range(1, 6)]
    await store.save_seconds(None, frames)
    assert await store.frames(1000, 4000) == [b"frame 2", b"frame 3", b"frame 4"]
    assert await store.forget_frames(3000) == 2
    assert await store.frames(0, 10_000) == [b"frame 3", b"frame 4", b"frame 5"]


async def test_a_result_is_stored_once(store: FlatStore) -> None:
    assert await WordBook(store).settled(result(SLOT))
    assert not await WordBook(store).settled(result(SLOT, shared_in_wh=5))
    assert await WordBook(store).settled(result(SLOT + 60, inside_money=100))
    saved = await store.load()
    assert saved.totals == Totals(2, 8, 0, -8700, -31000)
    assert saved.settled_slot == SLOT + 60


async def test_each_settled_slot_has_one_word_and_the_next_one_is_found(store: FlatStore) -> None:
    assert await WordBook(store).settled(result(SLOT))
    await WordBook(store).left_out(left_out(SLOT + 60))
    await WordBook(store).left_out(left_out(SLOT + 60))
    assert await WordBook(store).settled(result(SLOT + 180))
    assert [await WordBook(store).word(SLOT + at) for at in (0, 60, 120)] == [result(SLOT), left_out(SLOT + 60), None]
    assert await WordBook(store).result(SLOT + 60) is None
    assert [await WordBook(store).word_after(SLOT + at) for at in (-60, 0, 60, 180)] == [
        result(SLOT),
        left_out(SLOT + 60),
        result(SLOT + 180),
        None,
    ]
    saved = await store.load()
    assert (saved.settled_slot, saved.totals.slots) == (SLOT + 180, 2)
    await WordBook(store).left_out(left_out(SLOT + 240))
    assert (await store.load()).settled_slot == SLOT + 240


async def test_what_was_settled_in_an_older_protocol_counts_and_is_not_read(path: Path, device: DeviceId) -> None:
    store = await FlatStore.open(path, device, ORIGIN)
    await WordBook(store).settled(result(SLOT))
    await store.run(lambda db: db.executescript(_TO_THE_SECOND_VERSION))
    await store.close()
    store = await FlatStore.open(path, device, ORIGIN)
    saved = await store.load()
    assert (saved.settled_slot, saved.totals) == (SLOT, Totals(1, 4, 0, -8800, -15500))
    assert (
        await WordBook(store).word(SLOT),
        await WordBook(store).result(SLOT),
        await WordBook(store).word_after(0),
    ) == (None, None, None)
    assert not await WordBook(store).settled(result(SLOT))
    await WordBook(store).left_out(left_out(SLOT + 60))
    assert await WordBook(store).word_after(0) == left_out(SLOT + 60)
    await store.close()


_TO_THE_SECOND_VERSION = """
DROP TABLE placed; DROP TABLE market_round; DROP TABLE usage; DROP TABLE key_history;
DROP TABLE told; DROP TABLE drill; DROP TABLE battery; DROP TABLE battery_day; DROP TABLE battery_anomaly;
ALTER TABLE result DROP COLUMN protocol; UPDATE result SET data = x'8108';
DROP TABLE left_out; DROP INDEX record_slot; ALTER TABLE evidence DROP COLUMN kind; PRAGMA user_version = 2;
"""


async def test_what_was_traded_in_rounds_of_before_stays(path: Path, device: DeviceId) -> None:
    store = await FlatStore.open(path, device, ORIGIN)
    await store.run(lambda db: db.executescript(_TO_ONE_ROUND_A_SLOT))
    await store.close()
    store = await FlatStore.open(path, device, ORIGIN)
    book = TradingBook(store)
    traded, shared = await book.one(RoundName(SLOT, 0)), await book.one(RoundName(SLOT + 60, 0))
    assert traded is not None
    assert (traded.cleared_name, traded.trades) == (hashlib.sha256(b"cleared").digest(), (OwnTrade(True, 70, 1700),))
    assert (traded.price, traded.untraded, traded.documents) == (1700, None, ())
    assert shared is not None
    assert (shared.cleared_name, shared.untraded) == (None, "no_trades")
    assert await book.traded(0) == [(RoundName(SLOT, 0), (OwnTrade(True, 70, 1700),), 1700)]
    await store.close()


_TO_ONE_ROUND_A_SLOT = f"""
DROP TABLE key_history; DROP TABLE market_round;
CREATE TABLE market_slot (slot, rules, findings, cleared, trades, price, shared);
INSERT INTO market_slot VALUES ({SLOT}, x'01', '[]', x'{b"cleared".hex()}', '[[true, 70, 1700]]', 1700, NULL);
INSERT INTO market_slot VALUES ({SLOT + 60}, x'01', '[]', NULL, '[]', NULL, 'no_trades'); PRAGMA user_version = 7;
"""  # noqa: S608 - words of our own


async def test_slots_with_intervals_are_found_between_two_others(
    store: FlatStore, make_records: Callable[..., list[Record]]
) -> None:
    await store.append(make_records(4), None)
    assert await store.interval_slots(SLOT, SLOT + 180) == [SLOT + 60, SLOT + 120]
    assert await store.interval_slots(0, SLOT) == []


async def test_what_was_begun_is_ended_before_a_cancelled_caller_goes_on(
    store: FlatStore, make_records: Callable[..., list[Record]]
) -> None:
    """An agent that is stopped at a slot's end must know whether its records are stored."""
    (record,) = make_records(1)
    release = threading.Event()
    busy = asyncio.create_task(store._run(release.wait))
    await asyncio.sleep(0)
    append = asyncio.create_task(store.append([record], OPEN))
    await asyncio.sleep(0)  # It waits for the store's thread.
    append.cancel()
    await asyncio.sleep(0)
    assert not append.done()
    release.set()
    with pytest.raises(asyncio.CancelledError):
        await append
    saved = await store.load()
    assert (saved.head.seq, saved.open) == (1, OPEN)
    assert await busy


async def test_a_cancelled_caller_hears_of_a_failure_all_the_same(
    store: FlatStore, make_records: Callable[..., list[Record]]
) -> None:
    (record,) = make_records(1)
    await store.append([record], OPEN)
    again = asyncio.create_task(store.append([record], None))
    await asyncio.sleep(0)
    again.cancel()
    with pytest.raises(StoreError):
        await again
    assert (await store.load()).open == OPEN


# --- Files that are not this flat's ------------------------------------------------------------------------


async def refused(path: Path, device: DeviceId, named: str, origin: str = ORIGIN) -> None:
    with pytest.raises(StoreError, match=named):
        await FlatStore.open(path, device, origin)


async def test_the_store_of_another_flat_or_building_is_refused(path: Path, device: DeviceId) -> None:
    await (await FlatStore.open(path, device, ORIGIN)).close()
    await refused(path, DeviceId(bytes(16)), "another flat or building")
    await refused(path, device, "another flat or building", "vpp.example/next-door")
    await (await FlatStore.open(path, device, ORIGIN)).close()


async def test_the_database_of_another_program_is_refused_and_left_alone(tmp_path: Path, device: DeviceId) -> None:
    path = tmp_path / "other.db"
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE theirs (x)")
    db.close()
    await refused(path, device, "another program")
    with sqlite3.connect(path) as db:
        assert db.execute("SELECT name FROM sqlite_schema").fetchall() == [("theirs",)]
    db.close()


async def test_a_store_of_a_newer_version_is_refused(path: Path, device: DeviceId) -> None:
    await (await FlatStore.open(path, device, ORIGIN)).close()
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA user_version = 99")
    db.close()
    await refused(path, device, "newer version")


async def test_a_file_that_is_no_database_is_refused(tmp_path: Path, device: DeviceId) -> None:
    path = tmp_path / "flat.db"
    path.write_bytes(b"this is no database, whatever its name says" * 100)
    await refused(path, device, "cannot be used")
    assert path.read_bytes().startswith(b"this is no database")
    await refused(tmp_path, device, "cannot be used")
    await refused(path / "below" / "flat.db", device, "cannot be used")


async def test_a_damaged_file_is_a_clear_error(
    path: Path, device: DeviceId, make_records: Callable[..., list[Record]]
) -> None:
    store = await FlatStore.open(path, device, ORIGIN)
    await store.append(make_records(40), OPEN)
    await store.close()
    overwrite_pages(path)
    with pytest.raises(StoreError, match=r"damaged|cannot be used"):
        await load(path, device)


def overwrite_pages(path: Path) -> None:
    data = bytearray(path.read_bytes())
    for page in range(2, len(data) // 4096):
        data[page * 4096 : page * 4096 + 64] = b"\xa5" * 64
    path.write_bytes(data)


async def load(path: Path, device: DeviceId) -> None:
    store = await FlatStore.open(path, device, ORIGIN)
    try:
        await store.load()
    finally:
        await store.close()


async def test_a_record_that_was_changed_in_the_file_is_not_believed(
    path: Path, device: DeviceId, make_records: Callable[..., list[Record]]
) -> None:
    (record,) = make_records(1)
    store = await FlatStore.open(path, device, ORIGIN)
    await store.append([record], OPEN)
    await store.close()
    sealed = bytearray(record.encode())
    sealed[-1] ^= 1
    with sqlite3.connect(path) as db:
        db.execute("UPDATE record SET sealed = ?", (bytes(sealed),))
    db.close()
    with pytest.raises(StoreError, match="not the one that its envelope commits to"):
        await load(path, device)


# --- Killed -------------------------------------------------------------------------------------------------

KILLED = """
import asyncio, sys
from pathlib import Path
from localvpp.etp import Body, Chain, DeviceId, Ed25519Signer, Kind, Register
from localvpp.slots import Interval, Reading, Why
from localvpp.store import FlatStore

async def main(path, origin):
    signer = Ed25519Signer(bytes(32))
    device = signer.public.device_id
    store = await FlatStore.open(Path(path), device, origin)
    chain = Chain(device, origin)
    while True:
        at = chain.head.seq
        body = Body(start_ms=at, end_ms=at + 1, slot_seconds=60, sender=DeviceId(bytes(16)), receiver=device,
                    energy_wh=0, attributes=(), imported=Register(at, at + 1))
        record, chain = chain.seal(signer, Kind.GAP, 0, body)
        reading = Reading(at + 1, at + 1, 0)
        await store.append([record], Interval(0, Why.BOUNDARY, reading, reading))
        print(record.envelope.seq, record.hash.hex(), flush=True)

asyncio.run(main(*sys.argv[1:]))
"""


@pytest.mark.slow
@pytest.mark.parametrize("after", [1, 7, 60])
async def test_a_process_that_is_killed_has_kept_what_it_was_told_is_kept(path: Path, after: int) -> None:
    def work_until_killed() -> list[str]:
        with subprocess.Popen(
            [sys.executable, "-c", KILLED, path, ORIGIN], stdout=subprocess.PIPE, text=True
        ) as process:
            assert process.stdout is not None
            told = [process.stdout.readline() for _ in range(after)]
            process.send_signal(signal.SIGKILL)
            return told + process.stdout.readlines()

    told = [line.split() for line in await asyncio.to_thread(work_until_killed) if line.endswith("\n")]
    assert len(told) >= after
    device = Ed25519Signer(bytes(32)).public.device_id
    store = await FlatStore.open(path, device, ORIGIN)
    saved = await store.load()
    records = [Record.decode(sealed) for sealed in await store.unsent(1_000_000)]
    await store.close()
    # At most the one record more that was stored and not yet told of.
    assert len(told) <= len(records) <= len(told) + 1
    assert [record.hash.hex() for record in records[: len(told)]] == [name for _, name in told]
    head = EMPTY
    for record in records:
        head = head.follow(record.envelope, record.hash)
    assert saved.head == head
    # The interval that was open goes on exactly where the last record ends.
    assert saved.open is not None
    assert records[-1].body.imported is not None
    assert saved.open.begin.import_wh == records[-1].body.imported.end


def test_an_open_interval_keeps_whose_registers_it_is_of_and_one_of_before_that_was_kept_is_read() -> None:
    of_a1 = replace(OPEN, begin=replace(OPEN.begin, meter="A1"), end=replace(OPEN.end, meter="A1"))
    assert read_interval(write_interval(of_a1)) == of_a1
    assert read_reading(write_reading(of_a1.end)) == of_a1.end
    assert read_reading(b"[1, 2, 3]") == Reading(1, 2, 3)
    assert read_reading(b'[1, 2, 3, "A1"]') == Reading(1, 2, 3, "A1")


def test_an_open_interval_keeps_what_was_counted_behind_the_meter() -> None:
    behind = Behind(Count(10, "sun", 2), None, Count(0, "none"), asleep=True)
    begun = replace(OPEN, begin=replace(OPEN.begin, behind=behind))
    assert read_interval(write_interval(begun)) == begun
