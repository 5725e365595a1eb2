"""From submissions to groups whose records are examined, while the group before is being written."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final

from .admission import Verdict
from .submission import Submission

WAITING: Final = 256
"""Submissions that may wait; then senders do."""


@dataclass(frozen=True, slots=True)
class Group:
    """Submissions with what was found of each of their records."""

    batch: list[Submission] = field(default_factory=list)
    verdicts: list[list[Verdict]] = field(default_factory=list)
    version: int = 0
    """Of the directory that they were examined by, the older one of two."""

    def __add__(self, more: Group) -> Group:
        return Group(self.batch + more.batch, self.verdicts + more.verdicts, min(self.version, more.version))

    def __len__(self) -> int:
        """Return how many records they are."""
        return sum(map(len, self.verdicts))


class Intake:
    """Gathers submissions into groups, has them examined, and keeps them until they are taken."""

    def __init__(
        self, examine: Callable[[list[Submission]], Awaitable[Group]], *, gather_s: float, largest: int
    ) -> None:
        self._examine = examine
        self._gather_s = gather_s
        self._largest = largest
        self._queue: asyncio.Queue[Submission] = asyncio.Queue(WAITING)
        self._turn = asyncio.Condition()
        self._next: Group | None = None
        self._ended = False

    async def put(self, submission: Submission) -> None:
        """Take a submission; wait while too many do. Raises asyncio.QueueShutDown when it is closed."""
        await self._queue.put(submission)

    def close(self) -> None:
        """Take no more: what came before is still examined."""
        self._queue.shutdown()

    async def run(self) -> None:
        """Work until closed."""
        try:
            while batch := await self._gather():
                await self._hand_over(await self._examine(batch))
        finally:
            # Who waits for a place in the queue would else take those that are freed, and never be answered.
            self._queue.shutdown(immediate=True)
            async with self._turn:
                self._ended = True
                self._turn.notify_all()

    async def take(self) -> Group | None:
        """Return all that is examined, up to a commit's worth, as soon as there is any; None at the end."""
        async with self._turn:
            await self._turn.wait_for(lambda: self._next is not None or self._ended)
            group, self._next = self._next, None
            self._turn.notify_all()
            return group

    async def _gather(self) -> list[Submission]:
        """Wait for submissions; return a commit's worth of them, none when no more can come."""
        batch: list[Submission] = []
        room = self._largest
        deadline: float | None = None
        try:
            while room > 0:
                if self._queue.empty():
                    async with asyncio.timeout_at(deadline):
                        submission = await self._queue.get()
                else:
                    submission = self._queue.get_nowait()
                batch.append(submission)
                room -= len(submission.sealed)
                deadline = deadline or asyncio.get_running_loop().time() + self._gather_s
        except TimeoutError, asyncio.QueueShutDown:
            pass
        return batch

    async def _hand_over(self, group: Group) -> None:
        """Let a group be taken next, with the one that waits already if both are not too many."""

        def fits() -> bool:
            return self._next is None or len(self._next) + len(group) <= self._largest

        async with self._turn:
            await self._turn.wait_for(fits)
            self._next = group if self._next is None else self._next + group
            self._turn.notify_all()
