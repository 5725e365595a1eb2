"""How the log's files come to be read by everybody at once, and to the disk a little later.

What a sender relies on is in the database when he is answered. The files are made of it, and made of it again when a
power cut takes them: to sync them one by one in each commit would take most of a commit's time and wear out a flash
disk for nothing. So they are put in their places, and now and then those of several commits are synced together; after
that the head which all of them are of is written down as synced, and recovery begins there.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Final

from localvpp.logfolder import CHECKPOINT, LogFolder
from localvpp.tlog import TILE_WIDTH, Bundle, Tile

from .recovery import UNSYNCED
from .tree import Growth

SYNC_EVERY_S: Final = 5.0
"""So long after the first of them the files of commits are synced."""


class Publishing:
    """Puts a log's files, and has them synced."""

    def __init__(self, folder: LogFolder, failed: Callable[[OSError], None]) -> None:
        """Take where to put them, and who is told that a sync has failed.

        Nobody knows then what of the files is on the disk: all since the last sync has to be made again (`remaking`).
        """
        self._folder = folder
        self._failed = failed
        self.lock: Final = asyncio.Lock()
        """Held by whoever publishes, until it is known what is published."""
        self._remaking = asyncio.Lock()
        """Held by whoever syncs, or makes the files again."""
        self._due = asyncio.Event()
        self._head: bytes | None = None
        """What was published and not synced."""
        self._sound = True
        """Whether all files of it are in their places, none of a later head, and of what was synced all on the disk."""
        self._entries = 0
        """Since the last sync."""
        self._replaced: list[Tile | Bundle] = []
        """Full tiles and bundles since then: the partial ones beside them are needed until the next."""

    @asynccontextmanager
    async def publishing(self, growth: Growth, checkpoint: bytes) -> AsyncIterator[None]:
        """Put the files of a growth, and then its checkpoint; inside it is taken over. Raises OSError."""
        async with self.lock:
            with self._or_unsound():
                await asyncio.to_thread(self._put, growth, checkpoint)
                yield
            self._head = checkpoint
            self._entries += growth.size - growth.old_size
            self._replaced += [place for place in growth.places() if place.width == TILE_WIDTH]
            self._due.set()

    def _put(self, growth: Growth, checkpoint: bytes) -> None:
        self._folder.put(growth.files())
        self._folder.put([(CHECKPOINT, checkpoint)])

    @contextmanager
    def _or_unsound(self) -> Iterator[None]:
        """Sync nothing any more until the files are made again, when what is done inside fails, however it does."""
        try:
            yield
        except BaseException:
            self._sound = False
            raise

    @asynccontextmanager
    async def remaking(self) -> AsyncIterator[None]:
        """Let files be made again, of which all are synced inside; nothing else is synced or published meanwhile."""
        async with self._remaking, self.lock:
            self._sound = False
            yield
            self._all_synced()
            self._sound = True

    async def keep_synced(self) -> None:
        """Sync what has not been synced for a while, until cancelled. Ends by itself with an unforeseen error only."""
        while True:
            await self._due.wait()
            await asyncio.sleep(SYNC_EVERY_S)
            await self.sync()

    async def sync_if_must(self) -> None:
        """Sync when so much is not synced that the next commit has to wait for it."""
        if self._entries >= UNSYNCED:
            await self.sync()

    async def sync(self) -> None:
        """Sync all that is published, and drop the partial files that nobody needs any more."""
        async with self._remaking:
            async with self.lock:
                head, replaced = self._head, self._replaced
                if head is None or not self._sound:
                    self._due.clear()  # Whoever makes the files again syncs them.
                    return
                unsynced = self._folder.unsynced()
                self._all_synced()
            try:
                with self._or_unsound():
                    await asyncio.to_thread(self._folder.sync, unsynced, head)
            except OSError as error:
                self._failed(error)
            else:
                await asyncio.to_thread(self._folder.drop_partials, replaced)

    def _all_synced(self) -> None:
        self._head, self._entries, self._replaced = None, 0, []
        self._due.clear()
