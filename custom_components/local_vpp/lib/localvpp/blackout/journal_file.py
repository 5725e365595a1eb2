"""The journal of the blackout logic on a disk: one entry, replaced as a whole, durable before its command (I16).

A new file is written, brought to the disk and given the old one's name, and the folder is brought to the disk: after a
crash there is the entry of before or the new one. A journal that cannot be read is put aside for whoever looks, and
the flat begins as one that knows no reason for an island.
"""

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from uuid import uuid4

from ..disk import Disk
from ..islanding import Command, State
from ..islanding.journal import Entry, JournalError, decode, encode, entry_of, is_new, resumed

LAST_S: Final = 10.0
"""So long an entry that is being written is waited for when the program ends."""
_BOOT: Final = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True, slots=True)
class Resumed:
    """What the journal gave at the start."""

    state: State
    entry: Entry | None
    problem: str | None = None
    """Why nothing is known of before, as a sentence."""


class JournalFile:
    """One flat's journal. It blocks; what is for the event loop says so."""

    def __init__(self, path: Path, disk: Disk) -> None:
        self._path = path
        self._disk = disk
        self._boot = ""
        self._entry: Entry | None = None

    async def resume(self, now: float) -> Resumed:
        """Read what was written last. For the event loop; raises nothing."""
        return await asyncio.to_thread(self._resume, now)

    def _resume(self, now: float) -> Resumed:
        self._boot = _boot()
        problem: str | None = None
        try:
            self._entry = decode(self._path.read_bytes())
        except FileNotFoundError:
            pass
        except JournalError as error:
            aside = self._path.with_suffix(".unreadable")
            problem = (
                f"{error}; it is kept as {aside.name}, and why the living room may be off the grid is not known: look "
                "whether it is, and why"
            )
            with suppress(OSError):
                self._disk.rename(str(self._path), str(aside))
        except OSError as error:
            problem = f"the journal {self._path} cannot be read ({error}): mend the disk, and start again"
        return Resumed(resumed(self._entry, boot=self._boot, now=now), self._entry, problem)

    def wants(self, state: State, command: Command | None) -> bool:
        """Whether something has to be written before the program goes on."""
        return is_new(self._entry, state, command)

    async def write(self, state: State, command: Command | None, now: float) -> None:
        """Make it durable. For the event loop; raises OSError, and then the entry of before still holds."""
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
        fresh = str(self._path.with_suffix(".new"))
        self._disk.write(fresh, data)
        self._disk.rename(fresh, str(self._path))
        self._disk.sync_folder(str(self._path.parent))


def _boot() -> str:
    """Name this run of the machine; where it has no name, times of before are taken as of now."""
    try:
        return _BOOT.read_text(encoding="ascii").strip()
    except OSError:
        return uuid4().hex
