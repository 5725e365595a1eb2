"""The papers of the building's meters, taken anew when the file of its accounts has changed.

The association writes that file while the coordinator runs: a meter was verified anew, another one was built in. Rules
that are made of it hold for good, so nothing is taken of a file that is being written: it is read once it is the same
in two looks. One that cannot be read, or is not there any more, changes nothing; what was read before stays, and the
log says what to mend. It is tried again with each look, for what was wrong may be none of the file's own: the tariff
that it names, or a disk.
"""

import asyncio
from collections.abc import Mapping
import logging
from typing import Final

from localvpp.clock import Clock
from localvpp.settlement.month import MeterPapers

from ..config import BuildingConfig, ConfigError, meters_of
from ..filestamp import NOT_THERE, Stamp, stamp_of

LOOK_S: Final = 5.0
"""Between two looks at the file: longer than it takes to write it, and soon for whoever has."""

_log = logging.getLogger(__name__)


class PapersOfMeters:
    """Of one building."""

    def __init__(self, config: BuildingConfig, clock: Clock) -> None:
        self._config = config
        self._clock = clock
        self._read: Stamp = NOT_THERE
        """Of the file as it was read last, or was tried to be."""
        self._seen: Stamp = NOT_THERE
        """Of the file in the last look."""
        self._looked = clock.monotonic()
        self._fault = ""
        """Why the file could not be read when it was tried last."""
        self._missed = ""
        """What is wrong when there is no file: there was one. Nothing is, where there was none."""
        self.known: Mapping[str, MeterPapers] | None = None
        """By flat, as they were read last; None where the building has no accounts."""
        self.doubtful = False
        """Whether the file cannot be read as it is now: what it is to say is not known."""

    async def begin(self) -> None:
        """Read the file as it is."""
        self._looked = self._clock.monotonic()
        self._seen = await self._stamp()
        await self._take(self._seen)

    async def look(self) -> None:
        """Read the file anew if it has changed, or could not be read, and is not being written any more."""
        now = self._clock.monotonic()
        if now < self._looked + LOOK_S:
            return
        before, self._looked = self._seen, now
        self._seen = await self._stamp()
        if self._seen == before and (self._fault or self._seen != self._read):
            await self._take(self._seen)

    def miss(self, why: str) -> None:
        """Know that there were accounts, though there is no file: it was taken away while nobody looked."""
        self._missed, self.doubtful = f"{self._config.accounts}: {why}", True
        self._doubt(self._missed, self._fault)

    async def _stamp(self) -> Stamp:
        file = self._config.accounts
        return NOT_THERE if file is None else await asyncio.to_thread(stamp_of, file)

    async def _take(self, stamp: Stamp) -> None:
        # Until it could be read nothing follows from it; where the program fails the same file is not tried again.
        self._read, was_doubtful, self.doubtful = stamp, self.doubtful, True
        said, self._fault = self._fault, ""
        try:
            known = await asyncio.to_thread(meters_of, self._config)
        except ConfigError as error:
            self._doubt(str(error), said)
            return
        if known is None and self._missed:
            self._doubt(self._missed, said)
            return
        if known is not None:
            self._missed = f"{self._config.accounts}: is not there any more: put it back"
        if was_doubtful:
            _log.warning("The papers of the building's meters can be read again")
        elif self.known is not None and known != self.known:
            _log.info("The papers of the building's meters have changed")
        self.known, self.doubtful = known, False

    def _doubt(self, why: str, said: str) -> None:
        self._fault = why
        if why != said:
            _log.error("Whose meter may not be billed from is not known, and the market's rules stay: %s", why)
