"""Submissions become groups while the group before is being written; what was found by an old directory is not kept."""

import asyncio
from collections.abc import Sequence
import threading
from typing import override

import pytest

from coordinator.config import BuildingConfig
from coordinator.ledger.admission import Basis, Examiner, Refusal, Verdict
from coordinator.ledger.intake import Group, Intake
from coordinator.ledger.submission import NOTHING_ELSE, Logged, Submission
from coordinator.store import Member, Role
from localvpp.etp import DeviceId, Ed25519Signer, Kind, RecordHash, Register
from localvpp.wire import Code

from .conftest import ORIGIN, SLOT
from .flat import WAIT_S, Flat, ManualClock, until
from .ledgers import FaultyDisk, opened

DEVICE = DeviceId(bytes(16))
VERDICT = Refusal(RecordHash(bytes(32)), Code.BAD_RECORD, "")


def submission(records: int) -> Submission:
    answer: asyncio.Future[Logged] = asyncio.get_running_loop().create_future()
    return Submission(DEVICE, (b"",) * records, False, NOTHING_ELSE, answer)


async def examine(batch: list[Submission]) -> Group:
    return Group(batch, [[VERDICT] * len(each.sealed) for each in batch], len(batch))


async def test_groups_wait_for_each_other_and_are_no_larger_than_a_commit() -> None:
    intake = Intake(examine, gather_s=0.0, largest=10)
    task = asyncio.create_task(intake.run())
    groups = []
    async with asyncio.timeout(WAIT_S):
        for size in (4, 5, 3, 20, 1):
            await intake.put(submission(size))
        intake.close()
        while (group := await intake.take()) is not None:
            groups.append(group)
        await task
    assert [len(each.sealed) for group in groups for each in group.batch] == [4, 5, 3, 20, 1]
    assert all(len(group) == sum(len(each.sealed) for each in group.batch) for group in groups)
    assert all(
        len(group) < 10 or len(group.batch) == 1 or len(group) - len(group.batch[-1].sealed) < 10 for group in groups
    )


async def test_what_waits_to_be_taken_is_taken_together() -> None:
    intake = Intake(examine, gather_s=0.0, largest=10)
    task = asyncio.create_task(intake.run())
    async with asyncio.timeout(WAIT_S):
        for size in (4, 5):
            await intake.put(submission(size))
        intake.close()
        await task
        group = await intake.take()
        assert await intake.take() is None
    assert group is not None
    assert [len(each.sealed) for each in group.batch] == [4, 5]


async def test_of_two_directories_a_group_was_examined_by_the_older_one() -> None:
    assert (await examine([submission(1)] * 2) + await examine([submission(1)])).version == 1


async def test_an_intake_that_fails_lets_nobody_wait() -> None:
    async def fails(_: list[Submission]) -> Group:
        raise RuntimeError("a fault of the program's own")

    intake = Intake(fails, gather_s=0.0, largest=10)
    task = asyncio.create_task(intake.run())
    async with asyncio.timeout(WAIT_S):
        await intake.put(submission(1))
        assert await intake.take() is None
        with pytest.raises(asyncio.QueueShutDown):
            await intake.put(submission(1))
        with pytest.raises(RuntimeError, match="the program's own"):
            await task


class HeldDisk(FaultyDisk):
    """Publishes when it is let."""

    go = threading.Event()

    @override
    def rename(self, old: str, new: str) -> None:
        assert self.go.wait(WAIT_S)
        super().rename(old, new)


class WatchedExaminer(Examiner):
    """Tells what it has found."""

    found: list[Verdict]

    @override
    def examine(self, batch: Sequence[tuple[DeviceId, Sequence[bytes]]], basis: Basis) -> list[list[Verdict]]:
        verdicts = super().examine(batch, basis)
        self.found += [verdict for each in verdicts for verdict in each]
        return verdicts


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch) -> list[Verdict]:
    verdicts: list[Verdict] = []
    monkeypatch.setattr(WatchedExaminer, "found", verdicts, raising=False)
    monkeypatch.setattr("coordinator.ledger.examiners.Examiner", WatchedExaminer)
    return verdicts


def refused(found: list[Verdict], code: Code) -> bool:
    return any(isinstance(each, Refusal) and each.code is code for each in found)


async def test_records_are_judged_by_the_entries_before_them_whenever_they_were_examined(
    config: BuildingConfig, clock: ManualClock, found: list[Verdict]
) -> None:
    clock.pass_ms(180_000)
    disk = HeldDisk(config.data / "log")
    disk.go.set()
    async with opened(config, clock, disk) as each, asyncio.timeout(WAIT_S), asyncio.TaskGroup() as tasks:
        flat = Flat("101", ORIGIN, each.scribe.device)
        member = Member(flat.device, "101", Role.FLAT, flat.key, "test", clock.wall_ms())
        disk.go.clear()
        enrolling = tasks.create_task(each.scribe.enrol(member, 60, clock))
        await until(lambda: len(found) == 2)  # The building's own enrolment, and this.
        first = tasks.create_task(each.ledger.submit(flat.device, [record.encode() for record in flat.slot(SLOT, 5)]))
        await until(lambda: refused(found, Code.UNKNOWN_FLAT))
        assert not enrolling.done()
        disk.go.set()
        assert [result.refused for result in (await first).results] == [None, None]

        fresh, nothing = Ed25519Signer.generate(), (Register(0, 0), Register(0, 0))
        body = flat.body(SLOT + 60, 0, registers=nothing)
        rotation, flat.chain = flat.chain.seal(flat.signer, Kind.ROTATE, SLOT + 60, body, successor=fresh)
        flat.signer = fresh
        disk.go.clear()
        rotating = tasks.create_task(each.ledger.submit(flat.device, [rotation.encode()]))
        await until(lambda: len(found) == 7)  # The flat's two were examined twice.
        then = tasks.create_task(
            each.ledger.submit(flat.device, [record.encode() for record in flat.slot(SLOT + 60, 5)])
        )
        await until(lambda: refused(found, Code.BAD_SIGNATURE))
        disk.go.set()
        assert [result.refused for result in (await rotating).results] == [None]
        assert [result.refused for result in (await then).results] == [None, None]
