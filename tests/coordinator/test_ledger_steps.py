"""Every storage step of a commit and of a recovery fails, or is done and fails: the log is what it was, or more."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
import shutil
from typing import Any, Final

import pytest

from coordinator.config import BuildingConfig, load
from coordinator.ledger import LedgerUnavailableError
from localvpp import tlog
from localvpp.etp import DeviceId, Record

from .conftest import FILE, SLOT
from .flat import WAIT_S, ManualClock, until
from .ledgers import COMMIT, ENTRIES, FaultyDisk, How, Opened, Step, check_whole, faulty_database, opened

BEFORE: Final = 254
"""Entries of the log before the commit, two short of a full bundle."""
MORE: Final = 6
LATER_MS: Final = 86_400_000
"""The records of a whole log are made at once, and none of them is of the future."""


FILES: Final[tuple[Step, ...]] = (
    ("put", "tile/entries/000.new"),
    ("rename", "tile/entries/000"),
    ("make_folder", "tile/entries/001.p"),
    ("put", "tile/entries/001.p/4.new"),
    ("rename", "tile/entries/001.p/4"),
    ("put", "tile/0/000.new"),
    ("rename", "tile/0/000"),
    ("make_folder", "tile/0/001.p"),
    ("put", "tile/0/001.p/4.new"),
    ("rename", "tile/0/001.p/4"),
    ("make_folder", "tile/1"),
    ("make_folder", "tile/1/000.p"),
    ("put", "tile/1/000.p/1.new"),
    ("rename", "tile/1/000.p/1"),
)
PUBLISHED: Final[tuple[Step, ...]] = (("put", "checkpoint.new"), ("rename", "checkpoint"))
SYNC: Final[tuple[Step, ...]] = (
    ("sync", "tile/entries/000"),
    ("sync", "tile/entries/001.p/4"),
    ("sync", "tile/0/000"),
    ("sync", "tile/0/001.p/4"),
    ("sync", "tile/1/000.p/1"),
)
NAMES: Final[tuple[Step, ...]] = (
    # The names of folders that this process has not written into yet, and of new ones, as well.
    ("sync_folder", ".."),
    ("sync_folder", "."),
    ("sync_folder", "tile"),
    ("sync_folder", "tile/entries"),
    ("sync_folder", "tile/entries/001.p"),
    ("sync_folder", "tile/0"),
    ("sync_folder", "tile/0/001.p"),
    ("sync_folder", "tile/1"),
    ("sync_folder", "tile/1/000.p"),
)
SYNCED: Final[tuple[Step, ...]] = (("write", "synced.new"), ("rename", "synced"), ("sync_folder", "."))
DROPS: Final[tuple[Step, ...]] = (("remove", "tile/entries/000.p"), ("remove", "tile/0/000.p"))
"""These are not needed for anything: a sync whose files cannot be removed is one."""

COMMITTED: Final = (*FILES, *PUBLISHED)
"""What a sender waits for."""
MADE_DURABLE: Final = (*SYNC, ("sync", "checkpoint"), *NAMES, *SYNCED)
"""What comes later."""
RECOVERED: Final = (
    *FILES,
    *SYNC,
    *NAMES,
    *SYNCED,
    ("write", "checkpoint.new"),
    ("rename", "checkpoint"),
    ("sync_folder", "."),
)


def ways(steps: Sequence[Step]) -> Iterator[Any]:
    """Every step with every way in which it can fail."""
    for what, path in steps:
        for how in How:
            if how is How.TEARS and what not in {"write", "put"}:
                continue
            if how is How.IS_DONE and (what, path) == ENTRIES:
                continue  # Without the commit nothing is done.
            yield pytest.param((what, path), how, id=f"{what} {path} {how.value}")


@dataclass(frozen=True)
class Case:
    """A log before the commit, and the records of the commit."""

    folder: Path
    device: DeviceId
    records: tuple[bytes, ...]

    def copy(self, to: Path) -> BuildingConfig:
        shutil.copytree(self.folder, to, dirs_exist_ok=True)
        return load(to / "building.yaml")


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    folder = tmp_path_factory.mktemp("before")
    (folder / "building.yaml").write_text(FILE)

    async def make() -> Case:
        async with opened(load(folder / "building.yaml"), clock()) as each:
            flat = await each.enrolled("101")
            known = [record.encode() for at in range((BEFORE - 2) // 2) for record in flat.slot(SLOT + at * 60, 5, 2)]
            await each.ledger.submit(flat.device, known)
            assert check_whole(each) == BEFORE
            more = [record.encode() for at in range(MORE // 2) for record in flat.slot(SLOT + (200 + at) * 60, 7, 1)]
            return Case(folder, flat.device, tuple(more))

    return asyncio.run(make())


def clock() -> ManualClock:
    return ManualClock(SLOT * 1000 + LATER_MS)


@dataclass
class Heads:
    """Every checkpoint that was ever seen, by its size: there is one of each."""

    seen: dict[int, bytes]

    def add(self, *checkpoints: bytes) -> None:
        for checkpoint in checkpoints:
            size = int(checkpoint.split(b"\n")[1])
            assert self.seen.setdefault(size, checkpoint) == checkpoint, f"two checkpoints of size {size}"


async def submitted_again(each: Opened, case: Case, heads: Heads) -> None:
    """Submit what was not answered: it has the places that it has, and no others."""
    for _ in range(2):
        logged = await each.ledger.submit(case.device, case.records)
        assert [result.index for result in logged.results] == list(range(BEFORE, BEFORE + MORE))
        heads.add(logged.checkpoint)
        for result, sealed in zip(logged.results, case.records, strict=True):
            verify_answer(each, result.index, result.proof, sealed, logged.checkpoint)
    assert each.ledger.trouble is None
    assert check_whole(each, *heads.seen.values()) == BEFORE + MORE


def verify_answer(each: Opened, index: int | None, path: Sequence[bytes], sealed: bytes, checkpoint: bytes) -> None:
    assert index is not None
    head = tlog.open_checkpoint(checkpoint, each.keys.log_verifier).checkpoint
    leaf = tlog.leaf_hash(Record.decode(sealed).signed.statement.data)
    tlog.verify_inclusion(head.size, index, leaf, [tlog.to_hash(each) for each in path], head.root)


async def test_these_are_the_steps_of_a_commit_in_their_order(case: Case, tmp_path: Path) -> None:
    disk = FaultyDisk(tmp_path / "data" / "log")
    async with opened(case.copy(tmp_path), clock(), disk) as each:
        disk.steps.clear()
        await each.ledger.submit(case.device, case.records)
        assert tuple(disk.steps) == COMMITTED
        assert check_whole(each) == BEFORE + MORE
        disk.steps.clear()
    assert tuple(disk.steps) == (*MADE_DURABLE, *DROPS)


@pytest.mark.parametrize("restart", [True, False], ids=["and a restart", "and going on"])
@pytest.mark.parametrize(("step", "how"), ways((ENTRIES, COMMIT, *COMMITTED)))
async def test_a_commit_that_fails_at_any_step_is_there_as_a_whole_or_not_at_all(
    step: Step, how: How, restart: bool, case: Case, tmp_path: Path
) -> None:
    config, heads = case.copy(tmp_path), Heads({})
    disk = FaultyDisk(tmp_path / "data" / "log")
    async with opened(config, clock(), disk) as each:
        heads.add(each.folder.read_checkpoint())
        disk.at, disk.how = step, how
        with faulty_database(each.engine, step, how), pytest.raises(LedgerUnavailableError, match="input/output error"):
            await each.ledger.submit(case.device, case.records)
        assert each.ledger.trouble is not None
        assert each.ledger.size == BEFORE
        heads.add(*disk.checkpoints)
        disk.at = None
        if not restart:
            await submitted_again(each, case, heads)
        heads.add(*disk.checkpoints)
    durable = not restart or step not in (ENTRIES, COMMIT) or how is How.IS_DONE
    async with opened(config, clock()) as each:
        assert check_whole(each, *heads.seen.values()) == (BEFORE + MORE if durable else BEFORE)
        await submitted_again(each, case, heads)


@pytest.mark.parametrize(("step", "how"), ways(MADE_DURABLE))
async def test_a_sync_that_fails_at_any_step_has_all_since_the_last_one_made_again(
    step: Step,
    how: How,
    case: Case,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr("coordinator.ledger.publishing.SYNC_EVERY_S", 0.0)
    monkeypatch.setattr("coordinator.ledger.ledger.RETRY_S", 0.01)
    config, heads = case.copy(tmp_path), Heads({})
    disk = FaultyDisk(tmp_path / "data" / "log")
    async with opened(config, clock(), disk) as each:
        disk.at, disk.how, disk.once = step, how, True
        logged = await each.ledger.submit(case.device, case.records)
        heads.add(logged.checkpoint)
        await until(lambda: "The ledger takes records again" in caplog.text)
        assert caplog.text.count("The ledger cannot sync") == disk.failures == 1
        again = [each for each in disk.steps if each in FILES]
        known = (step, how) == (("rename", "synced"), How.IS_DONE)
        assert again == [each for each in FILES if each[0] != "make_folder" and not known]
        await submitted_again(each, case, heads)


class UnforeseenError(Exception):
    """What nobody has reckoned with."""


@pytest.mark.parametrize("step", [SYNC[0], DROPS[0]])
async def test_an_unforeseen_error_of_syncing_ends_the_ledger_and_nothing_is_synced_over_it(
    step: Step, case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("coordinator.ledger.publishing.SYNC_EVERY_S", 0.0)
    monkeypatch.setattr("coordinator.ledger.ledger.RETRY_S", 0.01)
    config, heads = case.copy(tmp_path), Heads({})
    disk = FaultyDisk(tmp_path / "data" / "log")

    async def work() -> None:
        async with opened(config, clock(), disk) as each:
            disk.at, disk.error = step, UnforeseenError
            heads.add((await each.ledger.submit(case.device, case.records)).checkpoint)
            with pytest.raises(UnforeseenError):
                await asyncio.wait_for(each.ledger.join(), WAIT_S)
            with pytest.raises(LedgerUnavailableError, match="the ledger is closed"):
                await each.ledger.submit(case.device, case.records)

    with pytest.raises(UnforeseenError):
        await work()
    assert disk.failures == 1
    if step == SYNC[0]:
        assert SYNCED[1] not in disk.steps[disk.steps.index(PUBLISHED[1]) :]
    async with opened(config, clock()) as each:
        assert check_whole(each, *heads.seen.values()) == BEFORE + MORE
        await submitted_again(each, case, heads)


@pytest.mark.parametrize(("step", "how"), ways((SYNC[0], NAMES[2], SYNCED[0], SYNCED[1])))
async def test_a_sync_that_fails_when_the_ledger_closes_is_made_up_for_at_the_next_start(
    step: Step, how: How, case: Case, tmp_path: Path
) -> None:
    config, heads = case.copy(tmp_path), Heads({})
    disk = FaultyDisk(tmp_path / "data" / "log")
    async with opened(config, clock(), disk) as each:
        disk.at, disk.how = step, how
        logged = await each.ledger.submit(case.device, case.records)
        heads.add(logged.checkpoint)
    assert disk.failures > 0
    async with opened(config, clock()) as each:
        assert check_whole(each, *heads.seen.values()) == BEFORE + MORE
        await submitted_again(each, case, heads)


@pytest.mark.parametrize(("step", "how"), ways(RECOVERED))
async def test_a_recovery_that_fails_at_any_step_is_made_again(
    step: Step, how: How, case: Case, tmp_path: Path
) -> None:
    config, heads = case.copy(tmp_path), Heads({})
    disk = FaultyDisk(tmp_path / "data" / "log", FILES[0], How.FAILS)
    async with opened(config, clock(), disk) as each:
        with pytest.raises(LedgerUnavailableError):
            await each.ledger.submit(case.device, case.records)
    again = FaultyDisk(tmp_path / "data" / "log", step, how)
    with pytest.raises(OSError, match="input/output error"):
        async with opened(config, clock(), again):
            pytest.fail("the recovery has not come to the step")
    heads.add(*again.checkpoints)
    async with opened(config, clock()) as each:
        assert check_whole(each) == BEFORE + MORE
        await submitted_again(each, case, heads)


@pytest.mark.parametrize(("step", "how"), ways(DROPS))
async def test_partial_files_that_cannot_be_dropped_keep_nobody_from_anything(
    step: Step, how: How, case: Case, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    config, heads = case.copy(tmp_path), Heads({})
    disk = FaultyDisk(tmp_path / "data" / "log")
    async with opened(config, clock(), disk) as each:
        disk.at, disk.how = step, how
        logged = await each.ledger.submit(case.device, case.records)
        heads.add(logged.checkpoint)
        assert check_whole(each) == BEFORE + MORE
    assert "cannot be removed" in caplog.text
    async with opened(config, clock()) as each:
        await submitted_again(each, case, heads)
    partial = sorted(str(path.relative_to(config.data / "log")) for path in (config.data / "log").rglob("*.p"))
    assert partial == ["tile/0/001.p", "tile/1/000.p", "tile/entries/001.p"], "a restart drops what was left"


async def test_a_ledger_in_trouble_recovers_by_itself_when_the_disk_does(
    case: Case, tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("coordinator.ledger.ledger.RETRY_S", 0.05)
    config, told = case.copy(tmp_path), []
    disk = FaultyDisk(tmp_path / "data" / "log")
    async with opened(config, clock(), disk) as each:
        each.ledger.subscribe(lambda committed: told.append((committed.first, committed.size)))
        disk.at = ("rename", "checkpoint")
        for _ in range(3):
            with pytest.raises(LedgerUnavailableError):
                await each.ledger.submit(case.device, case.records)
        assert caplog.text.count("The ledger cannot write") == 1
        assert told == []
        disk.at = None
        await until(lambda: bool(told))
        assert each.ledger.trouble is None
        assert caplog.text.count("The ledger takes records again") == 1
        assert told == [(BEFORE, BEFORE + MORE)], "what was durable is told once it is published"
        assert check_whole(each) == BEFORE + MORE
