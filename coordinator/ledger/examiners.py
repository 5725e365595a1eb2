"""Who examines a commit's records: a thread of this process, or for many records at once a process on each processor.

Verifying signatures is nine tenths of examining. Threads do not share it well: whenever one of them comes back from a
signature it has to wait for Python's lock, which the thread that writes the commit before may hold for milliseconds.
So there are processes for it. They are started when there is work for them and ended when there is none, they are
nice, so that the web server and the building's meters come first, and whatever happens to them, be it that they end or
that they answer no more, the records are examined here instead.
"""

import asyncio
from collections.abc import Coroutine, Sequence
from contextlib import suppress
import logging
from multiprocessing.connection import Connection
import os
import signal
import socket
import struct
import subprocess
import sys
import threading
from typing import Final

from localvpp.etp import DeviceId

from ..store import Member
from . import examining
from .admission import Basis, Examiner, Verdict

type Batch = Sequence[tuple[DeviceId, Sequence[bytes]]]
"""Senders, each with records in the order of its chain."""

WORTH_STARTING: Final = 512
"""Records at once for which processes are started: what a hundred flats tell at a slot's end is not worth that."""
SMALLEST_SHARE: Final = 64
"""Records for which one that runs is asked: telling it costs as much as some of them."""
IDLE_S: Final = 60.0
"""Processes that nobody asks are ended after so long: they take memory."""
RESTART_S: Final = 60.0
"""Processes that were lost are not started again before."""
START_S: Final = 30.0
"""How long they may take to start: a second of processor time, on a machine that may be busy with a hundred flats."""
ANSWER_S: Final = 10.0
"""How long they may take to answer, a hundred times as long as a thousand records need. Whoever waits for ever keeps
all flats waiting."""
STOPPING_S: Final = 5.0
"""How long they may take to finish what they were asked; a thousand records take a tenth of a second."""

_PROGRAM: Final = f"import sys; from {examining.__name__} import main; main(sys.argv[1:])"

_log = logging.getLogger(__name__)


class Examiners:
    """Examines batches; several may be under way. Use as `async with`."""

    def __init__(
        self,
        origin: str,
        processes: int | None = None,
        *,
        idle_s: float = IDLE_S,
        restart_s: float = RESTART_S,
        answer_s: float = ANSWER_S,
    ) -> None:
        """Use so many processes; by default one for each processor, and none where there is but one."""
        if processes is None:
            processes = os.process_cpu_count() or 1
        self._origin = origin
        self._most = processes if processes > 1 else 0
        self._idle_s = idle_s
        self._restart_s = restart_s
        self._answer_s = answer_s
        self._here = Examiner(origin)
        self._crew: _Crew | None = None
        self._starting: _Crew | None = None
        """Processes that have not answered yet."""
        self._left = False
        """Whether nobody asks any more."""
        self._idle: asyncio.TimerHandle | None = None
        self._not_before = 0.0
        self._changes: set[asyncio.Task[None]] = set()
        """Processes that are being started or ended."""

    async def __aenter__(self) -> Examiners:
        return self

    async def __aexit__(self, *_: object) -> None:
        self._left = True
        if self._starting is not None:
            self._starting.leave()  # Who stops waits for no start.
        while self._changes:
            await asyncio.gather(*self._changes)
        if self._idle is not None:  # Those that were being started have it set.
            self._idle.cancel()
        if self._crew is not None:
            await asyncio.to_thread(self._crew.end)

    @property
    def process(self) -> int | None:
        """The number of the process that has started the others; None when there are none."""
        return None if self._crew is None else self._crew.process

    async def examine(self, batch: Batch, basis: Basis) -> list[list[Verdict]]:
        """Admit of each sender's records those that are sound, signed by their sender and such as it may write."""
        count = sum(len(records) for _, records in batch)
        shares = min(self._most, count // SMALLEST_SHARE)
        crew = self._called(count) if shares > 1 else None
        if crew is None:
            return await asyncio.to_thread(self._here.examine, batch, basis)
        parts = _parts(batch, count, shares)
        answers = await asyncio.gather(*(self._ask(crew, number, part, basis) for number, part in enumerate(parts)))
        return [verdicts for answer in answers for verdicts in answer]

    async def start(self) -> None:
        """Start the processes, and return when they answer."""
        if self._most and self._crew is None:
            try:
                self._starting = await asyncio.to_thread(_Crew, self._origin, self._most)
                if self._left:
                    self._starting.leave()
                await asyncio.to_thread(self._starting.begin, self._answer_s)
            except (OSError, EOFError) as error:
                if not self._left:
                    self._lose(error)
            else:
                self._crew = self._starting
                self._stay()
            finally:
                self._starting = None

    def _called(self, count: int) -> _Crew | None:
        """Return the processes; if there are none and it is worth it, have them started for the next time."""
        if self._crew is not None:
            self._stay()
        elif count >= WORTH_STARTING and not self._changes and asyncio.get_running_loop().time() >= self._not_before:
            self._change(self.start())
        return self._crew

    def _stay(self) -> None:
        """Keep the processes for a while."""
        if self._idle is not None:
            self._idle.cancel()
        self._idle = asyncio.get_running_loop().call_later(self._idle_s, self._dismiss)

    async def _ask(self, crew: _Crew, number: int, part: Batch, basis: Basis) -> list[list[Verdict]]:
        try:
            return await asyncio.to_thread(crew.examine, number, part, basis)
        except (OSError, EOFError) as error:
            if self._crew is crew:
                self._dismiss()
                self._lose(error)
            return await asyncio.to_thread(self._here.examine, part, basis)

    def _lose(self, error: OSError | EOFError) -> None:
        self._not_before = asyncio.get_running_loop().time() + self._restart_s
        _log.warning(
            "The processes that verify signatures are gone (%r): this one verifies all, and may start others in %.0f s",
            error,
            self._restart_s,
        )

    def _dismiss(self) -> None:
        crew, self._crew = self._crew, None
        if crew is not None:
            self._change(asyncio.to_thread(crew.end))

    def _change(self, change: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(change, name="examiners")
        self._changes.add(task)
        task.add_done_callback(self._changes.discard)


class _Crew:
    """The processes, from the side that asks them. Blocking."""

    def __init__(self, origin: str, count: int) -> None:
        """Start them. Raises OSError when that cannot be done."""
        pairs = [socket.socketpair() for _ in range(count)]
        theirs = [their.fileno() for _, their in pairs]
        try:
            self._started = subprocess.Popen(  # noqa: S603  (our own module, with values of our own)
                # -P: what lies in the folder where somebody stands is not our code.
                [sys.executable, "-P", "-c", _PROGRAM, origin, *map(str, theirs)],
                stdin=subprocess.DEVNULL,
                pass_fds=theirs,
                start_new_session=True,  # Ctrl-C is for the coordinator, which then lets go of them.
            )
        finally:
            for _, their in pairs:
                their.close()
        self._chairs = [_Chair(ours) for ours, _ in pairs]

    def begin(self, answer_s: float) -> None:
        """Wait until they answer, and from then on for no answer longer than so.

        Raises OSError or EOFError when they do not, or nobody wants to know any more; then they are ended.
        """
        try:
            for chair in self._chairs:
                chair.wait_at_most(START_S)
                chair.examine((), Basis(DeviceId(b""), {}, 0))
                chair.wait_at_most(answer_s)
        except OSError, EOFError:
            self.end()
            raise

    @property
    def process(self) -> int:
        """The number of the first of them."""
        return self._started.pid

    def examine(self, number: int, batch: Batch, basis: Basis) -> list[list[Verdict]]:
        """Let one of them examine records. Raises OSError or EOFError when it is gone."""
        return self._chairs[number].examine(batch, basis)

    def leave(self) -> None:
        """Have whoever waits for an answer hear that there is none, and ask no more. Blocks nobody."""
        for chair in self._chairs:
            chair.shut()

    def end(self) -> None:
        """Ask no more; they notice, and end."""
        for chair in self._chairs:
            chair.leave()
        try:
            self._started.wait(STOPPING_S)
        except subprocess.TimeoutExpired:
            os.killpg(self._started.pid, signal.SIGKILL)  # It leads the others' group.
            self._started.wait()


class _Chair:
    """The connection to one process, and what it was told."""

    def __init__(self, ours: socket.socket) -> None:
        self._socket = ours
        self._connection = Connection(os.dup(ours.fileno()))
        self._lock = threading.Lock()
        self._told: dict[DeviceId, Member] = {}

    def wait_at_most(self, seconds: float) -> None:
        """Have sending and receiving fail that get nowhere for so long."""
        whole = int(seconds)
        patience = struct.pack("@ll", whole, int((seconds - whole) * 1_000_000))  # struct timeval of socket(7)
        for option in (socket.SO_SNDTIMEO, socket.SO_RCVTIMEO):
            self._socket.setsockopt(socket.SOL_SOCKET, option, patience)

    def examine(self, batch: Batch, basis: Basis) -> list[list[Verdict]]:
        """Ask, and wait for the answer. Raises OSError or EOFError when there is none."""
        with self._lock:
            news = examining.news_of((sender for sender, _ in batch), basis.members, self._told)
            self._connection.send((batch, news, basis.building, basis.now_ms))
            verdicts: list[list[Verdict]] = self._connection.recv()
            examining.learn(self._told, news)
            return verdicts

    def shut(self) -> None:
        """Have whoever waits for an answer hear that there is none."""
        with suppress(OSError):  # The process has ended before.
            self._socket.shutdown(socket.SHUT_RDWR)

    def leave(self) -> None:
        """Ask no more."""
        self.shut()
        with self._lock:
            self._connection.close()
            self._socket.close()


def _parts(batch: Batch, count: int, parts: int) -> list[Batch]:
    """Divide a batch into parts of about as many records each; a sender's records stay together."""
    divided: list[list[tuple[DeviceId, Sequence[bytes]]]] = [[] for _ in range(parts)]
    before = 0
    for sender, records in batch:
        divided[before * parts // count].append((sender, records))
        before += len(records)
    return list(divided)
