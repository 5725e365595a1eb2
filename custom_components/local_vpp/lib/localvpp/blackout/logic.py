"""The transition function at work: each second's observation in, and each command out when the journal has it (I16).

While the journal is being written nothing is decided, and the flat's frames go on. What cannot be written down is not
commanded; but for what lets go of a device while the logic is locked or hands off, which needs no memory to be undone.

A journal that cannot be read locks the logic. Where the disk gives it later on, what it says counts; else a person has
to look.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
import logging
from typing import Final

from ..clock import Clock
from ..islanding import Command, Fault, Observation, Owner, Phase, Policy, State, Step, step
from .journal_file import JournalFile, Resumed

_LOGGER = logging.getLogger(__name__)

DISK_S: Final = 10.0
"""A disk that has not written a few hundred bytes by then is as good as broken."""
REREAD_S: Final = 10.0
"""A journal that the disk does not give is asked for again after so long."""
_LETS_GO: Final = frozenset({Phase.FAULT_LOCKED, Phase.SAFE_HANDOFF})
_LETTING_GO: Final = frozenset({Command.OPEN_ISLAND, Command.FOLLOW, Command.RELEASE})
"""What energises nothing, and may come late."""


@dataclass(frozen=True, slots=True)
class _Writing:
    taken: Step
    at: float


class Logic:
    """Leads the logic of one flat.

    Args:
        policy: how it behaves.
        journal: where it writes what it is about to do.
        clock: its times.
        flat: its name, for the log.
        give: is given each command, once that is durable.
    """

    def __init__(
        self, policy: Policy, journal: JournalFile, clock: Clock, flat: str, give: Callable[[Command], None]
    ) -> None:
        self._policy = policy
        self._journal = journal
        self._clock = clock
        self._flat = flat
        self._give = give
        self._state: State | None = None
        self._writing: _Writing | None = None
        self._wake = asyncio.Event()
        self._again = asyncio.Event()
        """Set when a journal that the disk did not give is to be read again."""
        self._read_at = clock.monotonic()
        self.shown = State(since=clock.monotonic())
        """The newest state, whether it is durable yet or not: what there is to show."""
        self.was: Owner = Owner.NONE
        """For whom the flat was separated when the program before ended."""
        self.unreadable: str | None = None
        """Why the journal could not be read at the start; None once a person has looked, or it was read after all."""
        self._failed: str | None = None

    @property
    def ready(self) -> bool:
        """Whether a turn can be led: the journal was read, and is not being written."""
        return self._state is not None and self._writing is None

    @property
    def begun(self) -> bool:
        """Whether the journal was read."""
        return self._state is not None

    @property
    def journal_problem(self) -> str | None:
        """Why nothing is commanded now, as a sentence."""
        if self._state is None and self._clock.monotonic() - self._read_at > DISK_S:
            return f"the journal is being read for more than {DISK_S:g} s: mend the disk; nothing is commanded"
        if self._writing is not None and self._clock.monotonic() - self._writing.at > DISK_S:
            return f"the journal is being written for more than {DISK_S:g} s: mend the disk; nothing is commanded"
        return self._failed

    async def restore(self) -> None:
        """Begin with what the journal says. Raises nothing: a journal that cannot be read is a problem to be told."""
        self._read_at = self._clock.monotonic()
        self._begin(await self._journal.resume(self._clock.monotonic()))
        if self.unreadable is not None:
            _LOGGER.error("Flat %s: %s", self._flat, self.unreadable)

    def _begin(self, resumed: Resumed) -> None:
        self.unreadable = resumed.problem
        self._state = self.shown = resumed.state
        self.was = resumed.state.owner

    def turn(self, seen: Observation, now: float) -> Step:
        """Lead a turn; to be called while `ready`."""
        assert self._state is not None, "the journal was read"
        taken = step(self._state, seen, now, self._policy)
        if self._state.fault is Fault.JOURNAL_UNREADABLE is not taken.state.fault:
            self._journal.give_way()
            self.unreadable = None
        elif self._journal.barred and now - self._read_at >= REREAD_S:
            self._read_at = now
            self._again.set()
        self.shown = taken.state
        if self._journal.wants(taken.state, taken.command):
            self._writing = _Writing(taken, now)
            self._wake.set()
        else:
            self._state = taken.state
        return taken

    async def run(self) -> None:
        """Write the journal and give what it has, until cancelled. An entry that was begun is written to its end."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._write_on(), name=f"flat {self._flat} journal")
            tasks.create_task(self._read_on(), name=f"flat {self._flat} journal again")

    async def _write_on(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            if (writing := self._writing) is not None:
                await self._write(writing)

    async def _read_on(self) -> None:
        """Read a journal again that the disk did not give, and begin with what it says, unless a person has looked."""
        while True:
            await self._again.wait()
            self._again.clear()
            found = await self._journal.look(self._clock.monotonic())
            locked = self._state is not None and self._state.fault is Fault.JOURNAL_UNREADABLE
            if found.withheld or self._writing is not None or not locked:
                continue
            self._journal.begin(found)
            if found.entry is None:
                # It is damaged, or gone: that is no first start.
                self.unreadable = found.problem or self.unreadable
                continue
            _LOGGER.info("Flat %s: the journal of its blackout logic can be read after all", self._flat)
            self._begin(found)

    async def _write(self, writing: _Writing) -> None:
        taken, before = writing.taken, self._state
        assert before is not None, "a turn was led"
        command, pending = taken.command, taken.state.pending
        try:
            await self._journal.write(taken.state, command, writing.at)
        except OSError as error:
            self._broke(error)
            if taken.state.phase not in _LETS_GO:
                # Nothing is waited for that was not given.
                command, pending = None, before.pending
        else:
            self._healed()
            old = self._clock.monotonic() - writing.at > DISK_S
            if old and taken.state.phase not in _LETS_GO and command not in _LETTING_GO:
                # What it was decided upon is of long ago. The next second decides afresh.
                command, pending = None, before.pending
        if command is not None and pending is not None:
            # The device has its time from now on, whatever the disk took.
            late_s = self._clock.monotonic() - writing.at
            pending = replace(pending, deadline=pending.deadline + late_s)
        self._state = self.shown = replace(taken.state, pending=pending)
        self._writing = None
        if command is not None:
            self._give(command)

    def _broke(self, error: OSError) -> None:
        if self._failed is None:
            _LOGGER.error("Flat %s: the journal of its blackout logic cannot be written: %s", self._flat, error)
        self._failed = f"the journal cannot be written ({error}): mend the disk; nothing is commanded until then"

    def _healed(self) -> None:
        if self._failed is not None:
            _LOGGER.info("Flat %s: the journal of its blackout logic is written again", self._flat)
        self._failed = None
