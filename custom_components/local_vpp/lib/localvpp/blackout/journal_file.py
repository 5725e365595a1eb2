"""The journal of the blackout logic on a disk: one entry, replaced as a whole, durable before its command (I16).

A new file is written, brought to the disk and given the old one's name, and the folder is brought to the disk: after a
crash there is the entry of before or the new one.

An entry that cannot be read may have said that the logic was locked: it begins locked then, until a person has looked.
Nothing takes the place of such a file before it is kept as evidence. Of one that is damaged its bytes are kept; one
that the disk does not give is not written over at all, until the disk gives it or a person has looked.
"""

import asyncio
from contextlib import suppress
from dataclasses import dataclass
import itertools
from pathlib import Path
from typing import Final

from ..disk import Disk
from ..islanding import Command, State
from ..islanding.journal import Entry, JournalError, decode, encode, entry_of, is_new, resumed, unreadable
from .boot import name_of_boot

LAST_S: Final = 10.0
"""So long an entry that is being written is waited for when the program ends."""
_LOOK: Final = (
    "Whether the logic was locked after a fault is not known: look whether the living room is off the grid, and why, "
    "and confirm it in the repairs"
)


@dataclass(frozen=True, slots=True)
class Resumed:
    """What the journal gave at the start."""

    state: State
    entry: Entry | None
    problem: str | None = None
    """Why nothing is known of before, as a sentence."""
    damaged: bytes | None = None
    """What stands there in place of an entry."""
    withheld: bool = False
    """Whether there is something that the disk does not give."""


class JournalFile:
    """One flat's journal. It blocks; what is for the event loop says so."""

    def __init__(self, path: Path, disk: Disk) -> None:
        self._path = path
        self._disk = disk
        self._boot = ""
        self._entry: Entry | None = None
        self._damaged: bytes | None = None
        """What is to be kept as evidence before anything takes its place."""
        self._withheld = False
        self._gives_way = False
        """Whether a person has looked, and what cannot be read is put aside as it is."""

    @property
    def barred(self) -> bool:
        """Whether nothing is written, for it would be over what may yet be read."""
        return self._withheld and not self._gives_way

    async def resume(self, now: float) -> Resumed:
        """Read what was written last, and go on from it. For the event loop; raises nothing."""
        found = await self.look(now)
        self.begin(found)
        return found

    async def look(self, now: float) -> Resumed:
        """Read what was written last. For the event loop; raises nothing."""
        return await asyncio.to_thread(self._read, now)

    def begin(self, found: Resumed) -> None:
        """Go on from what was read."""
        self._entry, self._damaged, self._withheld = found.entry, found.damaged, found.withheld

    def give_way(self) -> None:
        """Let what cannot be read be put aside, and write again: a person has looked."""
        self._gives_way = True

    def _read(self, now: float) -> Resumed:
        self._boot = self._boot or name_of_boot()
        try:
            data = self._path.read_bytes()
        except FileNotFoundError:
            return Resumed(resumed(None, boot=self._boot, now=now), None)
        except OSError as error:
            problem = f"the journal {self._path.name} cannot be read ({error}): mend the disk. {_LOOK}"
            return Resumed(unreadable(now), None, problem, withheld=True)
        try:
            entry = decode(data)
        except JournalError as error:
            aside = f"{self._path.stem}.unreadable"
            problem = f"{error}; it is kept as {aside}, or with a number behind that. {_LOOK}"
            return Resumed(unreadable(now), None, problem, damaged=data)
        return Resumed(resumed(entry, boot=self._boot, now=now), entry)

    def _aside(self, data: bytes | None) -> Path:
        """Name what a file that cannot be read is kept as: one of before keeps its name, unless it is the same."""
        for number in itertools.count(1):
            path = self._path.with_suffix(f".unreadable{f'-{number}' if number > 1 else ''}")
            if not path.exists() or (data is not None and path.read_bytes() == data):
                return path
        raise AssertionError("numbers do not end")

    def wants(self, state: State, command: Command | None) -> bool:
        """Whether something has to be written before the program goes on."""
        if self.barred and command is None:
            return False
        return is_new(self._entry, state, command)

    async def write(self, state: State, command: Command | None, now: float) -> None:
        """Make it durable. For the event loop; raises OSError, and then the entry of before still holds."""
        if self.barred:
            raise OSError(f"{self._path.name} cannot be read, and is not written over")
        seq = 1 if self._entry is None else self._entry.seq + 1
        entry = entry_of(state, command, seq=seq, boot=self._boot, now=now)
        work = asyncio.ensure_future(asyncio.to_thread(self._write, encode(entry)))
        try:
            await asyncio.wait([work])
        except asyncio.CancelledError:
            # Whoever is cancelled leaves no entry behind that is written later: what was begun is ended first.
            await asyncio.wait([work], timeout=LAST_S)
            raise
        work.result()
        self._entry = entry

    def _write(self, data: bytes) -> None:
        self._keep_aside()
        fresh = str(self._path.with_suffix(".new"))
        self._disk.write(fresh, data)
        self._disk.rename(fresh, str(self._path))
        self._disk.sync_folder(str(self._path.parent))

    def _keep_aside(self) -> None:
        """Keep what cannot be read, before an entry takes its place."""
        if self._damaged is not None:
            aside = self._aside(self._damaged)
            if not aside.exists():
                fresh = str(self._path.with_suffix(".aside"))
                self._disk.write(fresh, self._damaged)
                self._disk.rename(fresh, str(aside))
                self._disk.sync_folder(str(self._path.parent))
            self._damaged = None
        elif self._withheld:
            with suppress(FileNotFoundError):
                self._disk.rename(str(self._path), str(self._aside(None)))
            self._withheld = False
