"""`local-vpp flat capture`: what the devices of a running flat said lately, register by register, in a file.

The agent keeps it in memory alone: written each second, it would wear out an SD card for nothing. It is asked by a
signal, SIGUSR1, and answers by a file in its own folder, which nobody else can read; the command takes the serial
numbers out, writes what is left where it was told to, and removes the agent's.

A signal that a process does not expect ends it. So the agent writes its number into the lock of its folder when it
expects one, and the number counts only while the lock is held: it cannot be that of another process.
"""

import argparse
import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
import fcntl
import json
import logging
import os
from pathlib import Path
import signal
from typing import Final, TextIO

from localvpp.devices import (
    SUNSPEC,
    CaptureError,
    Captures,
    MapError,
    Recording,
    load_map,
    read_recordings,
    redacted,
    write_recordings,
)

from .errors import CommandError
from .flatkeys import LOCK

_LOGGER = logging.getLogger(__name__)

_ANSWER: Final = "capture.jsonl.gz"
_WAIT_S: Final = 15.0
"""The agent writes within a second, after whatever it is doing."""
_LOOK_S: Final = 0.05


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the subcommand."""
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument(
        "--output",
        type=Path,
        metavar="FILE",
        default=Path(_ANSWER),
        help="where to write it (default %(default)s); packed if it ends with .gz",
    )
    parser.add_argument("--with-serials", action="store_true", help="leave the devices' serial numbers in it")


@asynccontextmanager
async def capturing(captures: Captures, data: Path, lock: TextIO) -> AsyncIterator[None]:
    """Answer the command while the block runs.

    Args:
        captures: what is asked for.
        data: the flat's folder.
        lock: that of the folder, which is held.
    """
    loop = asyncio.get_running_loop()
    writing: set[asyncio.Task[None]] = set()

    def answer() -> None:
        task = loop.create_task(_answer(captures.recordings(), data / _ANSWER), name="write a capture")
        writing.add(task)
        task.add_done_callback(writing.discard)

    loop.add_signal_handler(signal.SIGUSR1, answer)
    lock.write(f"{os.getpid()}\n")
    lock.flush()
    try:
        yield
    finally:
        lock.truncate(0)  # From now on a signal would end the process before it has saved what it read.
        signal.signal(signal.SIGUSR1, signal.SIG_IGN)
        await asyncio.gather(*writing)


async def _answer(recordings: list[Recording], path: Path) -> None:
    def write() -> None:
        fresh = path.with_name(f"new-{path.name}")
        write_recordings(fresh, recordings)
        fresh.replace(path)

    try:
        await asyncio.to_thread(write)
    except OSError as error:
        _LOGGER.warning("The capture cannot be written to %s: %s", path, error)


async def take(arguments: argparse.Namespace) -> None:
    """Ask the agent, and write what it answers."""
    answer: Path = arguments.data / _ANSWER
    output: Path = arguments.output
    try:
        await asyncio.to_thread(answer.unlink, missing_ok=True)
        os.kill(_agent(arguments.data), signal.SIGUSR1)
        await _appears(answer)
        recordings = (await asyncio.to_thread(read_recordings, answer)).values()
        await asyncio.to_thread(answer.unlink)
        shown = list(recordings) if arguments.with_serials else [_shared(each) for each in recordings]
        await asyncio.to_thread(write_recordings, output, shown)
    except (OSError, CaptureError, MapError) as error:
        raise CommandError(f"no capture: {error}") from error
    print(json.dumps({"file": str(output), "requests": {each.device: len(each.exchanges) for each in shown}}))


def _shared(recording: Recording) -> Recording:
    return redacted(recording, None if recording.type == SUNSPEC else load_map(recording.type))


def _agent(data: Path) -> int:
    """Return the process that holds a folder's lock and expects the signal.

    The lock is tried only where a number stands: an agent that is just starting must find it free.

    Raises CommandError, OSError.
    """
    path = data / LOCK
    if path.exists():
        with path.open(encoding="ascii") as file:
            number = file.read().strip()
            if number.isdecimal() and _is_held(file) and path.read_text(encoding="ascii").strip() == number:
                return int(number)
    raise CommandError(f"no flat runs on {data}: what its devices say is kept while it runs, start it first")


def _is_held(file: TextIO) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    return False


async def _appears(path: Path) -> None:
    try:
        async with asyncio.timeout(_WAIT_S):
            while not await asyncio.to_thread(path.exists):  # noqa: ASYNC110 - another process makes it
                await asyncio.sleep(_LOOK_S)
    except TimeoutError as error:
        raise CommandError(f"the flat did not answer within {_WAIT_S:g} s: see its log") from error
