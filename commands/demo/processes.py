"""Child processes that end with us: started, watched, their output kept, stopped in reverse order."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
import os
from pathlib import Path
import signal
import sys
from typing import Final, Self

from ..errors import CommandError

STOP_S: Final = 15
"""Home Assistant takes three to four seconds to end cleanly; after this a process is killed."""
_TAIL: Final = 15
"""Lines of a dead process's log that are shown."""


@dataclass(frozen=True, slots=True)
class Child:
    """A running process, its name and where its output goes."""

    name: str
    process: asyncio.subprocess.Process
    log: Path

    def tail(self) -> str:
        """The last lines that it wrote."""
        try:
            return "\n".join(self.log.read_text(errors="replace").splitlines()[-_TAIL:])
        except OSError as error:
            return str(error)

    def story(self) -> str:
        """How it ended and what it wrote last; only of a process that has ended by itself."""
        code = self.process.returncode
        assert code is not None, "it runs"
        how = f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
        return f"{self.name} has ended by itself ({how}). The end of its log:\n{self.tail()}"


class Processes:
    """All children; leaving the context stops them."""

    def __init__(self, logs: Path) -> None:
        self._logs = logs
        self._children: dict[str, Child] = {}
        self._watches: set[asyncio.Task[None]] = set()
        self._fallen: asyncio.Queue[Child] = asyncio.Queue()

    async def __aenter__(self) -> Self:
        await asyncio.to_thread(self._logs.mkdir, parents=True, exist_ok=True)
        return self

    async def __aexit__(self, *_: object) -> None:
        for watch in tuple(self._watches):
            watch.cancel()
        for child in reversed(list(self._children.values())):
            _signal(child, signal.SIGTERM)
        await asyncio.gather(*(self._end(child) for child in self._children.values()))

    @staticmethod
    async def _end(child: Child) -> None:
        try:
            async with asyncio.timeout(STOP_S):
                await child.process.wait()
        except TimeoutError:
            _signal(child, signal.SIGKILL)
            await child.process.wait()

    async def start(
        self,
        name: str,
        arguments: Sequence[str],
        *,
        environment: Mapping[str, str] | None = None,
        announces: bool = False,
    ) -> tuple[Child, str]:
        """Start a process under a name (again, if one of that name has ended); return it with its first line.

        The line is waited for only if it `announces` itself with one on standard output.
        Raises CommandError when it ends before.
        """
        log = self._logs / f"{name}.log"
        with log.open("ab") as errors:
            process = await asyncio.create_subprocess_exec(
                *arguments,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE if announces else errors,
                stderr=errors,
                env={**os.environ, **(environment or {})},
                # Ctrl-C in the terminal is for us alone: we stop them in order.
                start_new_session=True,
                limit=2**20,
            )
        child = Child(name, process, log)
        self._children[name] = child
        watch = asyncio.create_task(self._watch(child), name=f"watch {name}")
        self._watches.add(watch)
        watch.add_done_callback(self._watches.discard)
        line = b""
        if announces:
            assert process.stdout is not None
            line = await process.stdout.readline()
            if not line:
                await process.wait()
                raise CommandError(f"{name} ended before it was ready:\n{child.tail()}")
        return child, line.decode()

    async def local_vpp(self, name: str, *arguments: str, announces: bool = False) -> tuple[Child, str]:
        """Start a `local-vpp` of this very installation."""
        return await self.start(name, [sys.executable, "-m", "commands.main", *arguments], announces=announces)

    def tails(self) -> str:
        """What each of them wrote last, as far as it wrote anything."""
        said = ((child.name, child.tail()) for child in self._children.values())
        return "\n".join(f"The end of the log of {name}:\n{tail}" for name, tail in said if tail)

    async def kill(self, name: str) -> None:
        """End a child at once, as a power cut would. It is ours no longer, so that nobody takes it for fallen."""
        child = self._children.pop(name)
        _signal(child, signal.SIGKILL)
        await child.process.wait()

    async def fallen(self) -> Child:
        """Wait for a child to end by itself, and return it."""
        return await self._fallen.get()

    async def _watch(self, child: Child) -> None:
        await child.process.wait()
        if self._children.get(child.name) is child:
            self._fallen.put_nowait(child)


async def run_once(*arguments: str) -> str:
    """Run a `local-vpp` of this installation to its end and return what it printed.

    Raises CommandError when it fails.
    """
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "commands.main",
        *arguments,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        output, errors = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
    if process.returncode:
        raise CommandError(f"local-vpp {' '.join(arguments[:3])} failed: {errors.decode().strip() or output.decode()}")
    return output.decode()


def _signal(child: Child, number: signal.Signals) -> None:
    if child.process.returncode is None:
        # The child leads a session of its own: what it started ends with it.
        os.killpg(child.process.pid, number)
