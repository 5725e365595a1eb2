"""What breaks inside a demonstration leaves it as one sentence: real processes that really die."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
import os
from pathlib import Path
import signal
import sys

import aiohttp
import pytest

from commands.demo import guard
from commands.demo.guard import guarded
from commands.demo.processes import Processes
from commands.errors import CommandError
from commands.main import main

SLEEPER = "import sys, time; print('the last words', file=sys.stderr); print('up', flush=True); time.sleep(600)"
PATIENCE_S = 300
"""One minute to run, up to two and a half for the last slot, and a busy machine's starts."""


@asynccontextmanager
async def sleeper(folder: Path) -> AsyncIterator[tuple[Processes, int]]:
    async with Processes(folder / "logs") as processes:
        child, _ = await processes.start("sleeper", [sys.executable, "-c", SLEEPER], announces=True)
        yield processes, child.process.pid


async def for_ever() -> int:
    await asyncio.Event().wait()
    return 0


async def test_a_process_that_dies_ends_the_course_with_its_name_and_last_words(tmp_path: Path) -> None:
    async with sleeper(tmp_path) as (processes, pid):
        os.kill(pid, signal.SIGKILL)
        with pytest.raises(CommandError, match=r"sleeper has ended by itself \(killed by SIGKILL\)[^$]*the last words"):
            await guarded(processes, for_ever())


async def test_a_failed_check_is_told_with_what_each_process_wrote_last(tmp_path: Path) -> None:
    async with sleeper(tmp_path) as (processes, _):
        assert processes.tails() == "The end of the log of sleeper:\nthe last words"


def broken(group: bool) -> Exception:
    error = aiohttp.ClientError("cannot connect")
    return ExceptionGroup("tasks", [ExceptionGroup("inner", [error])]) if group else error


@pytest.mark.parametrize("group", [False, True])
async def test_a_connection_that_breaks_is_explained_by_the_process_that_died(group: bool, tmp_path: Path) -> None:
    async with sleeper(tmp_path) as (processes, pid):

        async def course() -> int:
            os.kill(pid, signal.SIGKILL)
            raise broken(group)

        with pytest.raises(CommandError, match="sleeper has ended by itself"):
            await guarded(processes, course())


@pytest.fixture
def soon_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """A short wait for word of a process that has ended, where none has."""
    monkeypatch.setattr(guard, "_TOLD_S", 0.1)


@pytest.mark.usefixtures("soon_told")
@pytest.mark.parametrize("group", [False, True])
async def test_a_connection_that_breaks_while_all_processes_run_is_told(group: bool, tmp_path: Path) -> None:
    async with sleeper(tmp_path) as (processes, _):

        async def course() -> int:
            raise broken(group)

        with pytest.raises(CommandError, match="although every process runs: ClientError: cannot connect"):
            await guarded(processes, course())


@pytest.mark.usefixtures("soon_told")
async def test_what_a_group_of_tasks_has_to_say_comes_out_of_it(tmp_path: Path) -> None:
    async with sleeper(tmp_path) as (processes, _):

        async def course() -> int:
            raise ExceptionGroup("tasks", [CommandError("no invite")])

        with pytest.raises(CommandError, match="no invite"):
            await guarded(processes, course())


async def test_a_process_that_was_killed_on_purpose_has_not_fallen(tmp_path: Path) -> None:
    async with sleeper(tmp_path) as (processes, _):

        async def course() -> int:
            await processes.kill("sleeper")
            await processes.start("sleeper", [sys.executable, "-c", SLEEPER], announces=True)
            return 7

        assert await guarded(processes, course()) == 7


@pytest.mark.parametrize("name", ["flat", "coordinator"])
def test_a_command_describes_itself_with_the_names_as_they_are(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main([name, "--help"])
    told = capsys.readouterr().out
    assert {"flat": "A flat without Home Assistant.", "coordinator": "The service of a building."}[name] in told


@asynccontextmanager
async def demonstration(folder: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "commands.main", "demo", "--check", "--flats", "2", "--minutes", "1", "--home-assistants", "0"),
        *("--keep", str(folder)),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
            await process.wait()


def coordinator_of(folder: Path) -> int:
    """The process that was started with the building.yaml of this folder."""
    words = [b"coordinator", b"run", str(folder / "building.yaml").encode()]
    found = []
    for process in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            said = process.read_bytes().split(b"\0")
        except OSError:
            continue  # It has ended since.
        if said[-4:-1] == words:
            found.append(int(process.parent.name))
    (pid,) = found
    return pid


async def until_line(process: asyncio.subprocess.Process, holds: Callable[[str], bool]) -> None:
    assert process.stdout is not None
    while line := await process.stdout.readline():
        if holds(line.decode()):
            return
    pytest.fail("the demonstration ended before it said so")


@pytest.mark.slow
@pytest.mark.usefixtures("socket_enabled")
@pytest.mark.parametrize("phase", ["Enrolling", "Waiting for the last slot"])
async def test_a_coordinator_that_is_killed_ends_the_check_with_the_reason(phase: str, tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    async with asyncio.timeout(PATIENCE_S), demonstration(folder) as process:
        await until_line(process, lambda line: line.startswith(phase))
        os.kill(await asyncio.to_thread(coordinator_of, folder), signal.SIGKILL)
        _, errors = await process.communicate()
        said = errors.decode()
    assert process.returncode == 1, said
    assert said.startswith("local-vpp: coordinator has ended by itself (killed by SIGKILL)"), said
    assert "Traceback" not in said
