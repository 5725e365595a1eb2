"""The journal on a disk: durable in the order that a power cut needs, and one whole entry or the other after any."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path
import threading
from typing import override

import pytest

from localvpp.blackout.journal_file import JournalFile
from localvpp.blackout.logic import DISK_S, Logic
from localvpp.disk import Disk
from localvpp.islanding import (
    Asked,
    Command,
    Contact,
    Fault,
    Mode,
    Observation,
    Owner,
    Phase,
    Policy,
    State,
    Supply,
    Wiring,
)
from localvpp.islanding.journal import decode

from ..place import HandClock
from .room import PATIENCE_S

DRILLING = State(phase=Phase.ISLANDING, owner=Owner.DRILL, since=5.0, islandings=(4.0,))
OUTAGE = State(phase=Phase.ISLANDED, owner=Owner.OUTAGE, since=9.0)


class CutDisk(Disk):
    """A disk that notes each step, and fails at one of them."""

    def __init__(self, fails_at: str = "") -> None:
        self.steps: list[str] = []
        self.fails_at = fails_at

    def _step(self, name: str) -> None:
        self.steps.append(name)
        if name == self.fails_at:
            raise OSError(5, "Input/output error")

    @override
    def write(self, path: str, data: bytes) -> None:
        self._step("write")
        super().write(path, data)

    @override
    def rename(self, old: str, new: str) -> None:
        self._step("rename")
        super().rename(old, new)

    @override
    def sync_folder(self, path: str) -> None:
        self._step("sync")
        super().sync_folder(path)


async def test_an_entry_is_on_the_disk_before_it_has_its_name_and_its_name_before_it_counts(tmp_path: Path) -> None:
    disk = CutDisk()
    journal = JournalFile(tmp_path / "blackout.journal", disk)
    begun = await journal.resume(10.0)
    assert (begun.state.owner, begun.entry, begun.problem) == (Owner.NONE, None, None)
    assert journal.wants(DRILLING, None)
    await journal.write(DRILLING, Command.OPEN_MAIN, 11.0)
    assert disk.steps == ["write", "rename", "sync"]
    assert not journal.wants(DRILLING, None)
    assert journal.wants(DRILLING, Command.FORM)
    entry = decode((tmp_path / "blackout.journal").read_bytes())
    assert (entry.seq, entry.owner, entry.command) == (1, Owner.DRILL, Command.OPEN_MAIN)


@pytest.mark.parametrize("step", ["write", "rename", "sync"])
async def test_a_disk_that_fails_at_a_step_leaves_one_whole_entry_and_says_so(tmp_path: Path, step: str) -> None:
    path = tmp_path / "blackout.journal"
    first = JournalFile(path, Disk())
    await first.resume(10.0)
    await first.write(OUTAGE, None, 11.0)
    journal = JournalFile(path, CutDisk(step))
    await journal.resume(12.0)
    with pytest.raises(OSError, match="Input/output error"):
        await journal.write(DRILLING, Command.OPEN_MAIN, 13.0)
    assert journal.wants(DRILLING, None), "it does not count as written"
    owner = decode(path.read_bytes()).owner
    assert owner is (Owner.DRILL if step == "sync" else Owner.OUTAGE)


async def test_what_is_known_after_a_start_is_the_reason_and_not_the_place(tmp_path: Path) -> None:
    path = tmp_path / "blackout.journal"
    first = JournalFile(path, Disk())
    await first.resume(10.0)
    await first.write(DRILLING, Command.OPEN_MAIN, 11.0)
    resumed = await JournalFile(path, Disk()).resume(20.0)
    assert (resumed.state.phase, resumed.state.owner) == (Phase.UNKNOWN, Owner.DRILL)
    assert resumed.state.islandings == (4.0,)


@pytest.mark.parametrize("damage", [b"", b"{", b"[]\n", b'{"format":9}\n'])
async def test_a_damaged_journal_locks_the_logic_and_is_kept_before_anything_takes_its_place(
    tmp_path: Path, damage: bytes
) -> None:
    path = tmp_path / "blackout.journal"
    path.write_bytes(damage)
    for _ in range(2):
        # A program that ends before it has written anything finds the same.
        disk = CutDisk()
        journal = JournalFile(path, disk)
        resumed = await journal.resume(10.0)
        assert (resumed.state.phase, resumed.state.fault) == (Phase.FAULT_LOCKED, Fault.JOURNAL_UNREADABLE)
        assert (resumed.state.owner, resumed.entry, disk.steps) == (Owner.NONE, None, [])
        assert resumed.problem is not None
        assert "kept as blackout.unreadable" in resumed.problem
        assert path.read_bytes() == damage
    await journal.write(resumed.state, None, 11.0)
    assert disk.steps == ["write", "rename", "sync"] * 2, "the evidence is on the disk first"
    assert path.with_suffix(".unreadable").read_bytes() == damage
    again = await JournalFile(path, Disk()).resume(12.0)
    assert (again.state.fault, again.problem) == (Fault.JOURNAL_UNREADABLE, None), "a restart is no look"


async def test_a_disk_that_cannot_keep_the_evidence_keeps_the_damaged_journal(tmp_path: Path) -> None:
    path = tmp_path / "blackout.journal"
    path.write_bytes(b"{")
    journal = JournalFile(path, CutDisk("write"))
    resumed = await journal.resume(10.0)
    with pytest.raises(OSError, match="Input/output error"):
        await journal.write(resumed.state, None, 11.0)
    assert path.read_bytes() == b"{"


def names(folder: Path) -> set[str]:
    return {each.name for each in folder.iterdir()}


def files(folder: Path) -> dict[str, bytes]:
    return {each.name: each.read_bytes() for each in folder.iterdir()}


async def test_each_damaged_journal_is_kept_under_a_name_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "blackout.journal"
    for damage in (b"{", b"[", b"{"):
        path.write_bytes(damage)
        journal = JournalFile(path, Disk())
        await journal.write((await journal.resume(10.0)).state, None, 11.0)
    kept = files(tmp_path)
    del kept[path.name]
    assert kept == {"blackout.unreadable": b"{", "blackout.unreadable-2": b"["}


WELDED = State(phase=Phase.FAULT_LOCKED, fault=Fault.MAIN_WELDED, since=5.0)


async def withheld(tmp_path: Path) -> Path:
    """A journal that says that the logic is locked, in whose place the disk gives an error: it is a folder's name."""
    path = tmp_path / "blackout.journal"
    first = JournalFile(path, Disk())
    await first.resume(10.0)
    await first.write(WELDED, None, 11.0)
    path.rename(tmp_path / "away")
    path.mkdir()
    return path


async def test_a_journal_that_the_disk_does_not_give_is_not_written_over_and_counts_when_it_is_given(
    tmp_path: Path,
) -> None:
    path, clock, given = await withheld(tmp_path), HandClock(), list[Command]()
    async with led(Disk(), clock, given, path) as logic:
        assert (logic.shown.phase, logic.shown.fault) == (Phase.FAULT_LOCKED, Fault.JOURNAL_UNREADABLE)
        assert logic.unreadable is not None
        assert "cannot be read" in logic.unreadable
        for _ in range(15):
            clock.move(1.0)
            logic.turn(CONNECTED, clock.monotonic())
            await ready(logic)
        assert (path.is_dir(), given, logic.journal_problem) == (True, [], None)
        assert names(tmp_path) == {"away", "blackout.journal"}
        path.rmdir()
        (tmp_path / "away").rename(path)
        async with asyncio.timeout(PATIENCE_S):
            while logic.shown.fault is Fault.JOURNAL_UNREADABLE:
                clock.move(1.0)
                logic.turn(CONNECTED, clock.monotonic())
                await asyncio.sleep(0.001)
        assert (logic.shown.phase, logic.shown.fault, logic.unreadable) == (
            Phase.FAULT_LOCKED,
            Fault.MAIN_WELDED,
            None,
        )


async def test_a_journal_that_the_disk_does_not_give_is_put_aside_when_a_person_has_looked(tmp_path: Path) -> None:
    path, clock, given = await withheld(tmp_path), HandClock(), list[Command]()
    async with led(Disk(), clock, given, path) as logic:
        logic.turn(replace(CONNECTED, asked=Asked.ACKNOWLEDGE), clock.monotonic())
        await ready(logic)
        clock.move(1.0)
        logic.turn(CONNECTED, clock.monotonic())
        await ready(logic)
        assert (logic.shown.phase, logic.shown.fault, logic.unreadable) == (Phase.CONNECTED, None, None)
    assert path.with_suffix(".unreadable").is_dir()
    assert decode(path.read_bytes()).phase is Phase.CONNECTED


async def test_what_is_against_the_grid_is_undone_though_the_journal_is_not_given(tmp_path: Path) -> None:
    path, clock, given = await withheld(tmp_path), HandClock(), list[Command]()
    against = replace(CONNECTED, mode=Mode.FORMING, separated=False, main=Contact.CLOSED)
    async with led(Disk(), clock, given, path) as logic:
        logic.turn(against, clock.monotonic())
        await ready(logic)
    assert given == [Command.RELEASE]
    assert path.is_dir()


class StalledDisk(Disk):
    """A disk that writes nothing before it is let go."""

    def __init__(self) -> None:
        self.goes = threading.Event()
        self.goes.set()

    @override
    def write(self, path: str, data: bytes) -> None:
        assert self.goes.wait(30.0)
        super().write(path, data)


GRID = Supply(101.0, 50.0)
CONNECTED = Observation(
    grid=GRID,
    island=GRID,
    main=Contact.CLOSED,
    island_contact=Contact.OPEN,
    mode=Mode.FOLLOWING,
    separated=False,
    soc_percent=80.0,
)


@asynccontextmanager
async def led(disk: Disk, clock: HandClock, given: list[Command], path: Path) -> AsyncIterator[Logic]:
    logic = Logic(
        Policy(wiring=Wiring.OWNED, returns_by_itself=True), JournalFile(path, disk), clock, "101", given.append
    )
    await logic.restore()
    task = asyncio.create_task(logic.run())
    try:
        yield logic
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def ready(logic: Logic) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not logic.ready:
            await asyncio.sleep(0.001)


@pytest.mark.parametrize(("late_s", "given_at_once"), [(1.0, True), (DISK_S + 1.0, False)])
async def test_what_was_decided_long_before_the_disk_has_written_it_is_decided_again(
    tmp_path: Path, late_s: float, given_at_once: bool
) -> None:
    disk, clock, given = StalledDisk(), HandClock(), list[Command]()
    async with led(disk, clock, given, tmp_path / "blackout.journal") as logic:
        for _ in range(3):
            logic.turn(CONNECTED, clock.monotonic())
            await ready(logic)
            clock.move(1.0)
        logic.turn(replace(CONNECTED, asked=Asked.ISLAND), clock.monotonic())
        await ready(logic)
        clock.move(1.0)
        disk.goes.clear()
        assert logic.turn(CONNECTED, clock.monotonic()).command is Command.GO_OFF_GRID
        clock.move(late_s)
        disk.goes.set()
        await ready(logic)
        assert given == ([Command.GO_OFF_GRID] if given_at_once else [])
        clock.move(1.0)
        logic.turn(CONNECTED, clock.monotonic())
        await ready(logic)
        assert given == [Command.GO_OFF_GRID], "it is asked once, by what is seen now"
