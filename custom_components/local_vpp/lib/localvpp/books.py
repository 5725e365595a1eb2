"""A flat's books: open while its database works, closed when that fails, and opened again from what it holds.

Whoever has a living room to be kept alight does not end with a database: the books are opened again and again until it
works. Any other flat ends with it, and whoever runs it starts it again.
"""

import asyncio
from collections.abc import Awaitable, Callable
import logging
from typing import Final, Protocol

from .store import StoreError

_LOGGER = logging.getLogger(__name__)

REOPEN_S: Final = 10.0
"""Before books are opened again that a failing database has closed."""


class BookedFlat(Protocol):
    """The flat whose books they are. All that waits raises StoreError."""

    async def restore_books(self) -> None:
        """Go on from what the database holds."""

    def work_on_books(self, tasks: asyncio.TaskGroup) -> None:
        """Begin all that needs the database."""

    async def save_books(self) -> None:
        """Make durable what was taken in."""

    def books_closed(self, why: str) -> None:
        """Show that nothing is recorded, and why."""


class Books:
    """Of one flat.

    Args:
        name: the flat's, for the log.
        flat: it.
        sleep: waits.
        outlived: whether the flat goes on without them.
    """

    def __init__(
        self, name: str, flat: BookedFlat, sleep: Callable[[float], Awaitable[None]], *, outlived: bool
    ) -> None:
        self._name = name
        self._flat = flat
        self._sleep = sleep
        self._outlived = outlived
        self.problem: str | None = None
        """Why they are closed, as a sentence."""

    async def open(self) -> bool:
        """Go on from what the database holds; return whether it could be read. Raises StoreError."""
        try:
            await self._flat.restore_books()
        except StoreError as error:
            self._closed(error)
            return False
        return True

    async def run(self, *, opened: bool) -> None:
        """Work on them until cancelled, as long as the database works. Raises StoreError."""
        while True:
            try:
                if opened:
                    async with asyncio.TaskGroup() as tasks:
                        self._flat.work_on_books(tasks)
            except* StoreError as group:
                self._closed(_first(group))
            await self._sleep(REOPEN_S)
            opened = await self._reopen()

    async def close(self) -> None:
        """Make durable what was taken in, before the flat stops. Raises StoreError."""
        if self.problem is None:
            await self._flat.save_books()
        elif not await self._reopen():
            _LOGGER.error("Flat %s stops, and what it has read since its database fails is lost", self._name)

    async def _reopen(self) -> bool:
        """Go on from what the database holds, if it can be read and written again."""
        if not await self.open():
            return False
        try:
            await self._flat.save_books()
        except StoreError as error:
            self._closed(error)
            return False
        self.problem = None
        _LOGGER.info("The database of flat %s works again, and all is recorded", self._name)
        return True

    def _closed(self, error: StoreError) -> None:
        """Take down that the database fails. Raises it where the flat ends with that."""
        if not self._outlived:
            raise error
        if self.problem is None:
            _LOGGER.error("The database of flat %s fails, and nothing is recorded: %s", self._name, error)
        self.problem = f"nothing is recorded, for {error}; look at the disk: whether it is full, or broken"
        self._flat.books_closed(self.problem)


def _first(group: BaseExceptionGroup[StoreError]) -> StoreError:
    error: BaseException = group
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    assert isinstance(error, StoreError), "the group holds no other"
    return error
