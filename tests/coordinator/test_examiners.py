"""Records are examined alike in this process and in others, and whatever happens to those, they are examined."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
import logging
import os
from pathlib import Path
import signal

import pytest

from coordinator.ledger import examiners as module
from coordinator.ledger.admission import Admitted, Basis, Examiner, Refusal, Verdict
from coordinator.ledger.examiners import ANSWER_S, SMALLEST_SHARE, START_S, WORTH_STARTING, Batch, Examiners, _parts
from coordinator.store import Member, Role
from localvpp.etp import Chain, DeviceId, Ed25519Signer, Kind
from localvpp.wire import Code

from .conftest import ORIGIN, SLOT
from .flat import WAIT_S, Flat

BUILDING = Ed25519Signer.generate()
NOW_MS = (SLOT + 3600) * 1000
SLOTS = 30


def member(flat: Flat) -> Member:
    return Member(flat.device, flat.name, Role.FLAT, flat.key, "test", NOW_MS)


@dataclass
class Told:
    batch: list[tuple[DeviceId, Sequence[bytes]]]
    directory: dict[DeviceId, Member]


@pytest.fixture(scope="module")
def told() -> Told:
    """A batch worth two processes, with every kind of bad record among the good ones."""
    flats = [Flat(str(number), ORIGIN, BUILDING.public.device_id) for number in range(101, 111)]
    directory = {flat.device: member(flat) for flat in flats}
    batch: list[tuple[DeviceId, Sequence[bytes]]] = []
    for flat in flats:
        records = [record for slot in range(SLOTS) for record in flat.slot(SLOT + slot * 60, 5, 2)]
        batch.append((flat.device, [record.encode() for record in records]))
    good = list(batch[0][1])
    stranger = Flat("999", ORIGIN, BUILDING.public.device_id)
    next_door = replace(Flat("998", "vpp.example/next-door", stranger.building), signer=flats[0].signer)
    early = flats[1].seal(Kind.INTERVAL, SLOT + 7200, flats[1].slot(SLOT + 7200, 0)[0].body)
    odd = flats[2].slot(SLOT + 30, 5)[0]
    forged, _ = Chain(flats[4].device, ORIGIN).seal(stranger.signer, Kind.INTERVAL, SLOT, odd.body)
    batch += [
        (flats[0].device, [b"", b"junk", good[0][:-1], good[0] + b"\0"]),
        (stranger.device, [stranger.slot(SLOT, 5)[0].encode()]),
        (flats[1].device, [good[0]]),
        (flats[0].device, [next_door.slot(SLOT, 5)[0].encode()]),
        (flats[1].device, [early.encode()]),
        (flats[2].device, [odd.encode()]),
        (flats[4].device, [forged.encode()]),
    ]
    return Told(batch, directory)


def basis(directory: Mapping[DeviceId, Member]) -> Basis:
    return Basis(BUILDING.public.device_id, directory, NOW_MS)


def here(batch: Batch, directory: Mapping[DeviceId, Member]) -> list[list[Verdict]]:
    return Examiner(ORIGIN).examine(batch, basis(directory))


@asynccontextmanager
async def examiners(
    processes: int | None = 2, *, idle_s: float = 60, restart_s: float = 60, answer_s: float = ANSWER_S
) -> AsyncIterator[Examiners]:
    made = Examiners(ORIGIN, processes, idle_s=idle_s, restart_s=restart_s, answer_s=answer_s)
    async with made:
        yield made


async def gone(process: int) -> None:
    """Return when a process has ended."""
    async with asyncio.timeout(WAIT_S):
        while alive(process):
            await asyncio.sleep(0.02)


def alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


async def test_each_bad_record_is_refused_with_its_reason_and_the_good_ones_pass(told: Told) -> None:
    async with examiners(0) as made:
        verdicts = await made.examine(told.batch, basis(told.directory))
        assert made.process is None
    for (sender, records), found in zip(told.batch[:10], verdicts[:10], strict=True):
        assert len(found) == len(records) == 2 * SLOTS
        assert all(isinstance(each, Admitted) and each.device == sender for each in found)
    refused = [each for found in verdicts[10:] for each in found if isinstance(each, Refusal)]
    assert [each.code for each in refused] == [
        *[Code.BAD_RECORD] * 4,
        Code.UNKNOWN_FLAT,
        Code.WRONG_DEVICE,
        Code.BAD_RECORD,
        Code.FROM_THE_FUTURE,
        Code.BAD_RECORD,
        Code.BAD_SIGNATURE,
    ]
    assert "is meant for 'vpp.example/next-door'" in refused[6].message
    assert "does not begin a slot" in refused[8].message


def test_a_batch_is_divided_into_parts_of_about_as_many_records(told: Told) -> None:
    count = sum(len(records) for _, records in told.batch)
    for parts in (2, 3, 4):
        divided = _parts(told.batch, count, parts)
        assert [each for part in divided for each in part] == told.batch
        sizes = [sum(len(records) for _, records in part) for part in divided]
        assert max(sizes) - min(sizes) <= 2 * 2 * SLOTS


@pytest.mark.slow
async def test_processes_say_the_same_and_end_with_whoever_asks_them(told: Told) -> None:
    async with examiners() as made:
        await made.start()
        process = made.process
        assert process is not None
        for _ in range(3):
            assert await made.examine(told.batch, basis(told.directory)) == here(told.batch, told.directory)
        assert made.process == process
        assert await made.examine(told.batch[:1], basis(told.directory)) == here(told.batch[:1], told.directory)
    assert not alive(process)


@pytest.mark.slow
async def test_processes_hear_of_new_members_and_of_new_keys(told: Told) -> None:
    last, _ = told.batch[9]
    without = {device: each for device, each in told.directory.items() if device != last}
    rekeyed = told.directory | {last: replace(told.directory[last], key=Ed25519Signer.generate().public)}
    async with examiners() as made:
        await made.start()
        for directory in (without, told.directory, rekeyed, told.directory, without):
            verdicts = await made.examine(told.batch, basis(directory))
            assert verdicts == here(told.batch, directory)
            assert isinstance(verdicts[9][0], Admitted) == (directory is told.directory)


@pytest.mark.slow
async def test_a_killed_process_costs_no_record_and_is_told_of_once(
    told: Told, caplog: pytest.LogCaptureFixture
) -> None:
    async with examiners(restart_s=0) as made:
        await made.start()
        process = made.process
        assert process is not None
        os.kill(process, signal.SIGKILL)
        with caplog.at_level(logging.WARNING):
            for _ in range(2):
                assert await made.examine(told.batch, basis(told.directory)) == here(told.batch, told.directory)
        assert caplog.text.count("The processes that verify signatures are gone") == 1
        async with asyncio.timeout(WAIT_S):
            while made.process is None:  # A batch after the loss has others started.
                assert await made.examine(told.batch, basis(told.directory)) == here(told.batch, told.directory)
        assert made.process != process
        assert await made.examine(told.batch, basis(told.directory)) == here(told.batch, told.directory)


@pytest.mark.slow
async def test_processes_that_answer_no_more_are_not_waited_for_and_are_ended(
    told: Told, caplog: pytest.LogCaptureFixture
) -> None:
    async with examiners(answer_s=0.5) as made:
        await made.start()
        process = made.process
        assert process is not None
        os.killpg(process, signal.SIGSTOP)
        async with asyncio.timeout(WAIT_S):
            assert await made.examine(told.batch, basis(told.directory)) == here(told.batch, told.directory)
        assert caplog.text.count("The processes that verify signatures are gone") == 1
        assert made.process is None
        await gone(process)


NEVER_ANSWERS = """\
import socket, sys
asked = socket.socket(fileno=int(sys.argv[2]))
while asked.recv(65_536):
    pass
"""


@pytest.mark.slow
async def test_who_stops_waits_for_no_processes_that_are_being_started(
    told: Told, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(module, "_PROGRAM", NEVER_ANSWERS)
    async with asyncio.timeout(WAIT_S):
        async with examiners() as made:
            assert await made.examine(told.batch, basis(told.directory)) == here(told.batch, told.directory)
            while made._starting is None:
                await asyncio.sleep(0.01)
            process = made._starting.process
            begun = asyncio.get_running_loop().time()
        assert asyncio.get_running_loop().time() - begun < START_S / 2, "as long as a start may take it was not"
    assert not alive(process)
    assert made.process is None
    assert caplog.text == "", "nobody is told of what he has ended himself"


@pytest.mark.slow
async def test_what_lies_in_the_folder_where_the_coordinator_was_started_is_not_its_code(
    told: Told, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "coordinator.py").write_text("raise SystemExit('somebody else')")
    monkeypatch.chdir(tmp_path)
    async with examiners() as made:
        await made.start()
        assert made.process is not None
        assert await made.examine(told.batch, basis(told.directory)) == here(told.batch, told.directory)


@pytest.mark.slow
async def test_processes_are_started_by_a_large_batch_only_and_ended_when_idle(told: Told) -> None:
    small = [(sender, records[:5]) for sender, records in told.batch[:10]]
    async with examiners(idle_s=0.5) as made:
        assert sum(len(records) for _, records in small) < 2 * SMALLEST_SHARE < WORTH_STARTING
        assert sum(len(records) for _, records in told.batch) >= WORTH_STARTING
        assert await made.examine(small, basis(told.directory)) == here(small, told.directory)
        assert made.process is None
        assert not made._changes
        assert await made.examine(told.batch, basis(told.directory)) == here(told.batch, told.directory)
        async with asyncio.timeout(WAIT_S):
            while (process := made.process) is None:
                await asyncio.sleep(0.02)
            await gone(process)
        assert made.process is None
        assert await made.examine(told.batch, basis(told.directory)) == here(told.batch, told.directory)


async def test_where_there_is_one_processor_there_are_no_processes(told: Told) -> None:
    async with examiners(1) as made:
        await made.start()
        assert made.process is None
        assert await made.examine(told.batch, basis(told.directory)) == here(told.batch, told.directory)
        assert made.process is None
