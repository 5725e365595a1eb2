"""What of the blackout logic is told and kept: notices at once, and all of it in the flat's database soon after.

What the database does not take, or does not give at the start, is tried again each second; people are told whether it
is kept or not.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
import logging
from typing import Final

from ..clock import Clock
from ..islanding import Notice
from ..store import FlatStore, StoreError
from .book import SHOWN, BlackoutBook, Unlogged
from .drills import Held
from .reading import DocumentError
from .state import DrillSummary, Told

_EARLY: Final = -1_000_000
"""What is told before it is known which number was the last is numbered from here: below all that are kept, and so many
are not told by the time that the database can be read."""

_LOGGER = logging.getLogger(__name__)


class Keeping:
    """Tells and keeps for one flat.

    Args:
        book: the flat's database, as the blackout logic has it.
        store: the same, for small notes.
        clock: its times.
        flat: its name, for the log.
        draw: gives a drill's document and its summary, of the drill, the document before it, and what was told.
        drill_kept: is told of a drill's summary, None where none could be drawn up, and how it ended.
        seal: makes a drill's record, or says that it cannot yet.
    """

    def __init__(
        self,
        book: BlackoutBook,
        store: FlatStore,
        clock: Clock,
        flat: str,
        *,
        draw: Callable[[Held, bytes | None, Sequence[Told]], tuple[bytes, DrillSummary]],
        drill_kept: Callable[[DrillSummary | None, str], None],
        seal: Callable[[Unlogged], Awaitable[bool]],
    ) -> None:
        self._book = book
        self._store = store
        self._clock = clock
        self._flat = flat
        self._draw = draw
        self._drill_kept = drill_kept
        self._seal = seal
        self.told: tuple[Told, ...] = ()
        """The newest notices, oldest first."""
        self._listeners: list[Callable[[Told], None]] = []
        self._unkept: list[Told] = []
        self._notes: dict[str, bytes] = {}
        self._over: list[Held] = []
        self._last: int | None = None
        """The number of what an earlier run told last; None before that could be read."""
        self._unlogged = True
        """Whether a drill may be without its record."""
        self.problem: str | None = None
        """Why it cannot be kept, as a sentence."""
        self._wake = asyncio.Event()

    @property
    def idle(self) -> bool:
        """Whether all is kept; a record may still wait for the building's terms."""
        return not (self._unkept or self._notes or self._over)

    def subscribe(self, listener: Callable[[Told], None]) -> Callable[[], None]:
        """Call a listener with each notice; return how to stop that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def tell(self, notice: Notice, detail: str = "") -> None:
        """Tell people."""
        begin = _EARLY if self._last is None else self._last
        number = (self.told[-1].number if self.told else begin) + 1
        told = Told(number, self._clock.wall_ms(), notice, detail)
        self.told = (*self.told, told)[-SHOWN:]
        self._unkept.append(told)
        self._wake.set()
        _LOGGER.info("Flat %s tells its people: %s%s", self._flat, notice, f" ({detail})" if detail else "")
        for listener in tuple(self._listeners):
            listener(told)

    def note(self, key: str, value: bytes) -> None:
        """Keep this over a restart, soon."""
        self._notes[key] = value
        self._wake.set()

    def drill_over(self, held: Held) -> None:
        """Draw a drill up, and keep and log it, soon."""
        self._over.append(held)
        self._wake.set()

    def second(self) -> None:
        """Try again what could not be kept or logged."""
        if self._unlogged or not self.idle:
            self._wake.set()

    async def restore(self) -> None:
        """Go on from what was kept; nothing is kept before. Raises StoreError."""
        if self._last is not None:
            return
        told = await self._book.told()
        # What was told meanwhile comes after it, and takes the place of none.
        last = told[-1].number if told else 0
        since = [replace(each, number=each.number - _EARLY + last) for each in self._unkept]
        self._unkept = since
        self.told = (*told, *since)[-SHOWN:]
        self._last = last

    def number_of(self, number: int) -> int | None:
        """Return which number a notice has that was told with one; None before that is known."""
        if number >= 0:
            return number
        return None if self._last is None else number - _EARLY + self._last

    async def noted(self, key: str) -> bytes | None:
        """Return what was noted last. Raises StoreError."""
        return self._notes[key] if key in self._notes else await self._store.noted(key)

    async def run(self) -> None:
        """Keep until cancelled."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            await self.keep_now()

    async def keep_now(self) -> None:
        """Keep all there is; what fails is kept with the next."""
        if self._last is None:
            return
        try:
            await self._keep_told()
            while self._over:
                await self._keep_drill(self._over[0])
                del self._over[0]
            if self._unlogged:
                await self._log_drills()
            while self._notes:
                key, value = next(iter(self._notes.items()))
                await self._store.note(key, value)
                if self._notes.get(key) is value:
                    del self._notes[key]
            await self._keep_told()
        except StoreError as error:
            if self.problem is None:
                _LOGGER.warning("Flat %s: what its blackout logic tells cannot be kept: %s", self._flat, error)
            self.problem = f"what is told cannot be kept, for {error}; look at the disk: whether it is full, or broken"
        else:
            if self.problem is not None:
                _LOGGER.info("Flat %s: what its blackout logic tells is kept again", self._flat)
            self.problem = None

    async def _keep_told(self) -> None:
        while told := tuple(self._unkept):
            await self._book.tell(told)
            del self._unkept[: len(told)]

    async def _keep_drill(self, held: Held) -> None:
        begun_ms = held.session.begun_ms
        told = [each for each in self.told if begun_ms <= each.time_ms <= held.ended_ms]
        try:
            document, summary = self._draw(held, await self._book.newest(), told)
        except DocumentError as error:
            _LOGGER.warning("Flat %s: its drill's report cannot be drawn up: %s", self._flat, error)
            self._drill_kept(None, f"its report cannot be drawn up: {error}")
            return
        await self._book.keep(begun_ms, summary, document, separated=held.session.separated)
        self._unlogged = True
        self._drill_kept(summary, "passed" if summary.passed else summary.aborted or "not passed")

    async def _log_drills(self) -> None:
        for drill in await self._book.unlogged():
            if not await self._seal(drill):
                return  # The building's terms, or the key, are not there yet.
            await self._book.logged(drill.report)
        self._unlogged = False
