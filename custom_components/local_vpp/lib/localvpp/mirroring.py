"""The flat's copy of the log, kept as the log grows, with the signatures that its witnesses give.

`mirror` is the copy itself and checks all that goes into it; here stands when it is brought up to date, and what
follows when that fails: it is told once, and tried again.
"""

import asyncio
from collections.abc import Awaitable, Callable
import logging
from typing import Final, Protocol

from .guard import Guard
from .mirror import Held, Mirror, MirrorError, MirrorRefusedError

_LOGGER = logging.getLogger(__name__)

RETRY_S: Final = 30.0
"""Before a log that could not be copied is tried again."""
QUORUM_WAIT_S: Final = 0.5
"""A quorum takes a second or less, if its flats are there."""


class MirroringListener(Protocol):
    """Who shows what the copy holds, and says so to the building."""

    def mirrored(self, held: Held) -> None:
        """The copy has come to a head."""

    def mirror_failed(self, reason: str, *, refuses: bool) -> None:
        """It could not; it `refuses` to go on until a person has looked."""


class Mirroring:
    """Keeps the copy of one flat. Its two tasks run until they are cancelled."""

    def __init__(
        self,
        flat: str,
        mirror: Mirror,
        witness: Guard,
        epoch: Callable[[], int],
        listener: MirroringListener,
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        self._flat = flat
        self._mirror = mirror
        self._witness = witness
        self._epoch = epoch
        """Of the flat's chain: the mirror has another key in each."""
        self._listener = listener
        self._sleep = sleep
        self._moved = asyncio.Event()
        self._copied = asyncio.Event()
        """Set when the copy has come to a head whose quorum is to be kept beside it."""

    def head_moved(self) -> None:
        """Copy the log up to the head that has just been witnessed."""
        self._moved.set()

    async def follow(self) -> None:
        """Copy the log as it grows, and say so."""
        failing = False
        while True:
            await self._moved.wait()
            self._moved.clear()
            log_key = self._witness.log_key
            assert log_key is not None, "a head was witnessed, so the log's key is known"
            try:
                if self._mirror.key is None:
                    await self._mirror.open(log_key, self._epoch())
                held = await self._mirror.catch_up(self._witness.head)
            except MirrorError as error:
                if not failing:
                    _LOGGER.warning("Flat %s does not mirror the log: %s", self._flat, error)
                failing = True
                self._listener.mirror_failed(str(error), refuses=isinstance(error, MirrorRefusedError))
                await self._sleep(RETRY_S)
                self._moved.set()
                continue
            if failing:
                failing = False
                _LOGGER.info("Flat %s mirrors the log again", self._flat)
            self._listener.mirrored(held)
            self._copied.set()

    async def keep_quorum(self) -> None:
        """Have the copy show that the witnesses have signed its head, soon after they have."""
        while True:
            await self._copied.wait()
            self._copied.clear()
            wait = QUORUM_WAIT_S
            while not await self._mirror.keep_quorum() and not self._copied.is_set():
                await self._sleep(wait)
                wait = min(wait * 2, RETRY_S)
