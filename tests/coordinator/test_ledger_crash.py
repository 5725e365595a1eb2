"""The order of a commit: a crash at any of its steps neither loses what was durable nor invents what was not."""

import asyncio
from collections.abc import Iterable
from contextlib import AsyncExitStack
from dataclasses import replace
import logging
import shutil

import pytest
from sqlalchemy import update

from coordinator.config import BuildingConfig
from coordinator.ledger import Committed, Conflict, LedgerError, LedgerUnavailableError
from coordinator.store import conflicts as conflict_store, tables
from localvpp import tlog
from localvpp.etp import Ed25519Signer, record_hash
from localvpp.wire import Code

from .conftest import ORIGIN, SLOT, on_both_databases
from .flat import WAIT_S, Flat, ManualClock
from .ledgers import COMMIT, ENTRIES, How, Opened, Step, check_whole, faulty_database, opened
from .postgresql import PostgreSql

pytestmark = on_both_databases


CRASHES: dict[str, tuple[Step, How]] = {
    "in the transaction": (ENTRIES, How.FAILS),
    "before its end": (COMMIT, How.FAILS),
    "after its end": (COMMIT, How.IS_DONE),
    "in the first file": (("put", "tile/entries/000.p/8.new"), How.TEARS),
    "after the last tile": (("rename", "tile/0/000.p/8"), How.IS_DONE),
    "before the checkpoint": (("put", "checkpoint.new"), How.FAILS),
    "after the checkpoint": (("rename", "checkpoint"), How.IS_DONE),
}
"""On both databases; `test_ledger_steps` has every step of the files."""


async def goes_on(each: Opened, flat: Flat, records: list[bytes]) -> None:
    """Submit what was not answered, to the same ledger."""
    logged = await each.ledger.submit(flat.device, records)
    assert [result.index for result in logged.results] == [4, 5, 6, 7]
    assert each.ledger.trouble is None
    assert check_whole(each) == 8


async def test_two_records_with_one_seq_in_one_submission_are_refused_and_the_ledger_goes_on(
    config: BuildingConfig, clock: ManualClock
) -> None:
    clock.pass_ms(120_000)
    async with opened(config, clock) as each:
        flat = await each.enrolled("101")
        chain = flat.chain
        first = flat.slot(SLOT, 5)
        flat.chain = chain
        second = flat.slot(SLOT, 6)
        logged = await each.ledger.submit(flat.device, [record.encode() for record in (*first, *second)])
        assert [result.refused for result in logged.results] == [None, None, Code.CONFLICT, Code.OUT_OF_ORDER]
        assert each.ledger.trouble is None
        async with each.engine.connect() as connection:
            assert await conflict_store.count(connection) == 1


async def test_a_key_in_two_hands_is_suspended_though_publishing_fails(
    config: BuildingConfig, clock: ManualClock
) -> None:
    clock.pass_ms(120_000)
    async with opened(config, clock) as each:
        heard: list[Conflict] = []
        each.ledger.on_conflict(heard.append)
        flat = await each.enrolled("101")
        chain = flat.chain
        first = flat.slot(SLOT, 5)
        flat.chain = chain
        second = flat.slot(SLOT, 6)
        sealed = [record.encode() for record in (*first, *second)]
        each.disk.at = ("put", "checkpoint.new")
        with pytest.raises(LedgerUnavailableError):
            await each.ledger.submit(flat.device, sealed)
        each.disk.at = None
        answered = await each.ledger.submit(flat.device, sealed)
        assert {result.refused for result in answered.results} <= {Code.SUSPENDED, Code.OUT_OF_ORDER}
        (conflict,) = heard
        assert (conflict.device, conflict.hash) == (flat.device, second[0].hash)
        assert each.ledger.conflicts == (conflict,)
        check_whole(each)


@pytest.mark.parametrize("reopen", [True, False], ids=["and a restart", "and going on"])
@pytest.mark.parametrize("crash", CRASHES)
async def test_after_a_crash_records_are_submitted_again_and_have_one_place_each(
    crash: str, reopen: bool, config: BuildingConfig, clock: ManualClock
) -> None:
    step, how = CRASHES[crash]
    clock.pass_ms(180_000)
    async with opened(config, clock) as each:
        flat = await each.enrolled("101")
        known = flat.slot(SLOT, 5, 2)
        await each.ledger.submit(flat.device, [record.encode() for record in known])
        assert check_whole(each) == 4
        records = [record.encode() for record in (*flat.slot(SLOT + 60, 7, 1), *flat.slot(SLOT + 120, 3))]
        each.disk.at, each.disk.how = step, how
        with faulty_database(each.engine, step, how), pytest.raises(LedgerUnavailableError, match="input/output error"):
            await each.ledger.submit(flat.device, records)
        each.disk.at = None
        assert each.ledger.trouble is not None
        assert each.ledger.size == 4
        if not reopen:
            await goes_on(each, flat, records)
    async with opened(config, clock) as each:
        durable = not reopen or step not in (ENTRIES, COMMIT) or how is How.IS_DONE
        assert check_whole(each) == (8 if durable else 4)
        again = await each.ledger.submit(flat.device, records)
        assert [result.index for result in again.results] == [4, 5, 6, 7]
        assert each.ledger.head(flat.device).seq == 6
        assert check_whole(each) == 8


async def test_whoever_reads_the_checkpoint_while_it_grows_finds_all_of_its_files(
    config: BuildingConfig, clock: ManualClock
) -> None:
    """At the moment a checkpoint is put in its place, every file that it speaks of is in its own."""
    seen: list[int] = []
    async with opened(config, clock) as each:
        put = each.folder.put

        def checked(files: Iterable[tuple[str, bytes]]) -> None:
            listed = list(files)
            put(listed)
            if any(path == "checkpoint" for path, _ in listed):
                result = tlog.check_log(each.folder, each.keys.log_verifier)
                assert result.fault is None, str(result.fault)
                seen.append(result.entries)

        each.folder.put = checked  # type: ignore[method-assign]  # watched where it happens
        flat = await each.enrolled("101")
        clock.pass_ms(3_600_000)
        for minute in range(50):
            await each.ledger.submit(flat.device, [record.encode() for record in flat.slot(SLOT + minute * 60, 1, 1)])
    assert seen == [2, *range(4, 103, 2)]


async def test_a_log_of_several_tiles_is_whole_and_keeps_no_partial_ones(
    config: BuildingConfig, clock: ManualClock
) -> None:
    clock.pass_ms(86_400_000)
    async with opened(config, clock) as each:
        flat = await each.enrolled("101")
        records = [record.encode() for minute in range(260) for record in flat.slot(SLOT + minute * 60, 1)]
        for begin in range(0, 520, 100):
            await each.ledger.submit(flat.device, records[begin : begin + 100])
        assert check_whole(each) == 522
        proof = each.ledger.proof(300)
        entry = tlog.read_bundle(each.folder, tlog.Bundle(1))[300 - 256]
        tlog.verify_proof(proof, entry, each.keys.log_verifier, origin=ORIGIN)
    kept = sorted(str(path.relative_to(each.folder.path)) for path in each.folder.path.rglob("*.p"))
    assert kept == ["tile/0/002.p", "tile/1/000.p", "tile/entries/002.p"]
    async with opened(config, clock) as each:
        more = [record.encode() for record in flat.slot(SLOT + 260 * 60, 1)]
        logged = await each.ledger.submit(flat.device, more)
        assert [result.index for result in logged.results] == [522, 523]
        assert check_whole(each) == 524


@pytest.mark.parametrize("damage", ["all files", "the last bundle", "a tile", "a byte of a tile"])
async def test_files_that_are_lost_are_written_anew_from_the_database(
    damage: str, config: BuildingConfig, clock: ManualClock, caplog: pytest.LogCaptureFixture
) -> None:
    clock.pass_ms(60_000)
    async with opened(config, clock) as each:
        flat = await each.enrolled("101")
        await each.ledger.submit(flat.device, [record.encode() for record in flat.slot(SLOT, 5, 2)])
    log = config.data / "log"
    match damage:
        case "all files":
            shutil.rmtree(log)
        case "the last bundle":
            shutil.rmtree(log / "tile" / "entries")
        case "a tile":
            shutil.rmtree(log / "tile" / "0")
        case "a byte of a tile":
            tile = log / "tile" / "0" / "000.p" / "4"
            first, *others = tile.read_bytes()
            tile.write_bytes(bytes([first ^ 1, *others]))
    with caplog.at_level(logging.WARNING):
        async with opened(config, clock) as each:
            assert "written anew from the database" in caplog.text
            assert check_whole(each) == 4


def copied(config: BuildingConfig, request: pytest.FixtureRequest) -> BuildingConfig:
    """Copy a building's database; return the building with the copy for its database."""
    if config.database is not None:
        server: PostgreSql = request.getfixturevalue("postgresql")
        return replace(config, database=server.copy(config.database))
    assert not (config.data / "building.db-wal").exists()
    shutil.copy(config.data / "building.db", config.data / "copy.db")
    return replace(config, database=f"sqlite+aiosqlite:///{config.data / 'copy.db'}")


async def test_an_old_copy_of_the_database_is_refused(
    config: BuildingConfig, clock: ManualClock, request: pytest.FixtureRequest
) -> None:
    clock.pass_ms(60_000)
    async with opened(config, clock) as each:
        flat = await each.enrolled("101")
    old = copied(config, request)
    async with opened(config, clock) as each:
        await each.ledger.submit(flat.device, [record.encode() for record in flat.slot(SLOT, 5)])
    with pytest.raises(LedgerError, match="the database is an old copy"):
        async with opened(old, clock):
            pass
    async with opened(config, clock) as each:
        assert check_whole(each) == 4


@pytest.mark.parametrize(("key", "told"), [("log", "signed with another key"), ("building", "keys/building")])
async def test_a_key_that_is_not_this_logs_is_refused(
    key: str, told: str, config: BuildingConfig, clock: ManualClock
) -> None:
    async with opened(config, clock):
        pass
    (config.data / "keys" / key).write_text(Ed25519Signer.generate().seed().hex())
    with pytest.raises(LedgerError, match=told):
        async with opened(config, clock):
            pass


async def test_a_damaged_database_is_not_published(config: BuildingConfig, clock: ManualClock) -> None:
    async with opened(config, clock) as each:
        await each.enrolled("101")
        async with each.engine.begin() as connection:
            damage = update(tables.entries).where(tables.entries.c.log_index == 1).values(envelope=b"\0")
            await connection.execute(damage)
    shutil.rmtree(config.data / "log")
    with pytest.raises(LedgerError, match="the database is damaged"):
        async with opened(config, clock):
            pass
    assert not (config.data / "log" / "checkpoint").exists()


async def test_a_second_process_on_the_same_folder_is_refused(config: BuildingConfig, clock: ManualClock) -> None:
    async with opened(config, clock):
        with pytest.raises(LedgerError, match=r"in use by process \d+"):
            async with opened(config, clock):
                pass
    async with opened(config, clock) as each:
        assert check_whole(each) == 1


async def test_many_devices_in_one_commit_each_get_their_own_answer(config: BuildingConfig, clock: ManualClock) -> None:
    clock.pass_ms(120_000)
    async with opened(config, clock) as each:
        flats = [await each.enrolled(str(name)) for name in range(101, 111)]
        sealed = [[record.encode() for record in flat.slot(SLOT, 5, 2)] for flat in flats]
        sealed[3] = [b"junk", *sealed[3]]
        answers = await asyncio.gather(
            *(each.ledger.submit(flat.device, records) for flat, records in zip(flats, sealed, strict=True))
        )
        assert len({answer.checkpoint for answer in answers if answer.checkpoint}) < len(flats)
        for at, (answer, records) in enumerate(zip(answers, sealed, strict=True)):
            if at == 3:
                assert [result.refused for result in answer.results] == [
                    Code.BAD_RECORD,
                    Code.OUT_OF_ORDER,
                    Code.OUT_OF_ORDER,
                ]
                assert answer.results[0].hash == record_hash(records[0])
            else:
                assert all(result.index is not None for result in answer.results)
        assert check_whole(each) == 1 + 10 + 18


async def test_who_waits_for_a_place_in_the_queue_is_answered_when_the_ledger_stops(
    config: BuildingConfig, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("coordinator.ledger.intake.WAITING", 1)
    clock.pass_ms(120_000)

    def fails(_: Committed) -> None:
        raise RuntimeError("a fault of the program's own")

    async with AsyncExitStack() as stack:
        each = await stack.enter_async_context(opened(config, clock))
        flats = [await each.enrolled(name) for name in ("101", "102", "103", "104", "105", "106")]
        each.ledger.subscribe(fails)
        senders = [
            asyncio.create_task(each.ledger.submit(flat.device, [record.encode() for record in flat.slot(SLOT, 3)]))
            for flat in flats
        ]
        async with asyncio.timeout(WAIT_S):
            answers = await asyncio.gather(*senders, return_exceptions=True)
            with pytest.raises(RuntimeError, match="the program's own"):
                await stack.aclose()
    for answer in answers:
        assert isinstance(answer, LedgerUnavailableError), answer
    async with opened(config, clock) as again:
        assert check_whole(again) > 1 + len(flats), "what was committed before the fault is durable"
