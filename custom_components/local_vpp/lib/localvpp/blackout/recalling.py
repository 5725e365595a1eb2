"""What the blackout logic knew when the program before it ended, from the flat's database, as soon as that gives it.

The logic itself needs none of it, for it has a journal of its own: it goes on meanwhile.
"""

import asyncio
import logging
from typing import Final

from ..clock import Clock
from ..store import StoreError
from .book import BlackoutBook
from .charging import Charging
from .drills import Drills
from .keeping import Keeping
from .shedding import Shedding

_LOGGER = logging.getLogger(__name__)

SINCE: Final = "blackout since"
DRILL: Final = "blackout drill"
UNSEEN: Final = "blackout drill unseen"
"""Names of what is noted: when the flat was set up, the drill under way, and that one was not passed and not seen."""


class Recalling:
    """Of one flat."""

    def __init__(
        self,
        flat: str,
        book: BlackoutBook,
        keeping: Keeping,
        shedding: Shedding,
        charging: Charging,
        drills: Drills,
        clock: Clock,
    ) -> None:
        self._flat = flat
        self._book = book
        self._keeping = keeping
        self._shedding = shedding
        self._charging = charging
        self._drills = drills
        self._clock = clock
        self._again = asyncio.Event()
        self.done = False
        """Whether what the database holds is known."""
        self.problem: str | None = None
        """Why it is not, as a sentence."""

    def second(self) -> None:
        """Try it again, where it could not be read."""
        self._again.set()

    async def run(self) -> None:
        """Read it, as often as that takes."""
        while not self.done:
            try:
                await self._recall(self._clock.monotonic())
            except StoreError as error:
                if self.problem is None:
                    _LOGGER.warning("Flat %s: what its blackout logic knew cannot be read: %s", self._flat, error)
                self.problem = f"what was told and held before cannot be read, for {error}; look at the disk"
                self._again.clear()
                await self._again.wait()
        if self.problem is not None:
            _LOGGER.info("Flat %s: what its blackout logic knew can be read again", self._flat)
        self.problem = None

    async def _recall(self, now: float) -> None:
        keeping, drills = self._keeping, self._drills
        await keeping.restore()
        await self._shedding.restore()
        await self._charging.restore(now)
        kept = await self._book.reports()
        drills.restore([each.summary for each in kept], failed_unseen=bool(await keeping.noted(UNSEEN)))
        since = await keeping.noted(SINCE)
        under_way = await keeping.noted(DRILL)
        # When the next drill is due is shown from here on: nothing is awaited before one may be asked for.
        drills.since_ms = self._clock.wall_ms() if since is None else int(since)
        if since is None:
            keeping.note(SINCE, str(drills.since_ms).encode())
        if under_way:
            drills.resume(under_way, now, [each.begun_ms for each in kept])
        self.done = True
