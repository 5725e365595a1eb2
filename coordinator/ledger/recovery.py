"""What the ledger finds when it starts: the database says what is in the log, and the files are brought to that.

A database and files that are not of one log, or an old copy of the database, are refused: going on would fork the log.
"""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
import logging
from typing import Final

from sqlalchemy.ext.asyncio import AsyncEngine

from localvpp.etp import DeviceId, Head, Standing
from localvpp.logfolder import CHECKPOINT, SYNCED, LogFolder
from localvpp.tlog import (
    TILE_WIDTH,
    Bundle,
    Ed25519Verifier,
    MissingError,
    OpenedCheckpoint,
    Tile,
    TlogError,
    open_checkpoint,
)

from ..store import (
    Member,
    StoredHead,
    conflicts as conflict_store,
    entries as entry_store,
    members as member_store,
    snapshot,
)
from .conflict import Conflict, conflict_of
from .errors import LedgerError
from .tree import Growth, Tree

UNSYNCED: Final = 64 * TILE_WIDTH
"""Entries after which a commit waits until the files are synced: so many, and those of one commit, are at most made
again after a power cut."""
_CHUNK: Final = 16 * TILE_WIDTH
"""Entries that are read and written at once."""
_NOT_DROPPED: Final = 2 * UNSYNCED // TILE_WIDTH
"""Full tiles that are looked at for partial ones beside them: more than become full between two syncs."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Recovered:
    """All that the ledger knows, as it is durable and published."""

    tree: Tree
    published: StoredHead | None
    heads: Mapping[DeviceId, Head]
    reached: Mapping[DeviceId, int]
    members: Sequence[Member]
    conflicts: Sequence[Conflict]
    words: Sequence[entry_store.Word]
    """What the building has said since, as far as there are conflicts."""


class Recovery:
    """Brings the files of one log to what its database says. May be run again and again."""

    def __init__(
        self, engine: AsyncEngine, folder: LogFolder, origin: str, founder: Member, verifier: Ed25519Verifier
    ) -> None:
        self._engine = engine
        self._folder = folder
        self._origin = origin
        self._founder = founder
        self._verifier = verifier

    async def run(self) -> Recovered:
        """Return what is durable, once it is published.

        Raises LedgerError when database, files and keys are not of one log.
        """
        async with snapshot(self._engine) as connection:
            head = await entry_store.head(connection)
            heads = await entry_store.chain_heads(connection)
            reached = await entry_store.reached(connection)
            members = await member_store.every(connection)
            conflicts = [conflict_of(row) for row in await conflict_store.every(connection)]
            asked = conflicts or any(member.standing is Standing.SUSPENDED for member in members)
            words = await entry_store.words(connection) if asked else []
        self._check(head, members)
        tree = await self._tree_of_files(0 if head is None else head.size)
        if head is not None:
            await self._catch_up(tree, head)
        return Recovered(tree, head, heads, reached, members, conflicts, words)

    async def _catch_up(self, tree: Tree, head: StoredHead) -> None:
        """Write the files as far as they were not, and publish the checkpoint."""
        while tree.size < head.size:
            end = min(tree.size + _CHUNK, head.size)
            growth = await asyncio.to_thread(Growth, tree, await self._leaves(tree.size, end))
            await asyncio.to_thread(self._folder.put, growth.files())
            tree.adopt(growth)
        if tree.root != head.root:
            raise LedgerError(
                f"the {head.size} entries of the database make the root {tree.root.hex()}, but {head.root.hex()} "
                "was signed: the database is damaged; restore it from a backup or rebuild it from a mirror"
            )
        await asyncio.to_thread(self._folder.sync, self._folder.unsynced(), head.checkpoint)
        await asyncio.to_thread(self._publish, head.checkpoint)
        await asyncio.to_thread(self._folder.drop_partials, _newest_full(head.size))

    def _publish(self, checkpoint: bytes) -> None:
        """Publish a checkpoint unless it is published; what witnesses have signed since begins with the same bytes."""
        try:
            self._opened(CHECKPOINT)
            published = self._folder.read_checkpoint()
        except TlogError:
            published = b""  # It was not there yet, or a power cut has torn it.
        if not published.startswith(checkpoint):
            self._folder.write([(CHECKPOINT, checkpoint)])

    def _check(self, head: StoredHead | None, members: Sequence[Member]) -> None:
        if head is None:
            return
        try:
            opened = open_checkpoint(head.checkpoint, self._verifier, origin=self._origin).checkpoint
        except TlogError as error:
            raise LedgerError(
                f"the database is of the log {head.origin!r}, signed with another key or under another origin than "
                f"{self._origin!r} ({error}): use the keys and the origin that it was made with"
            ) from error
        if (opened.size, opened.root) != (head.size, head.root):
            raise LedgerError("the database's checkpoint is not over its entries: restore the database from a backup")
        founder = next((member for member in members if member.name == self._founder.name), None)
        if founder is None or founder.key != self._founder.key:
            raise LedgerError(
                "the building's key is not the one that the log names: put the file keys/building back, or begin a "
                "new log under a new origin in a new data folder"
            )
        if founder.next_key is None:
            raise LedgerError(
                "the log was begun by an older version, which committed to no next key of the building: begin a new "
                "log under a new origin in a new data folder"
            )

    async def _tree_of_files(self, most: int) -> Tree:
        """Return the tree whose files are known to be on the disk, or an empty one to make all anew.

        Of what is published beyond it a power cut may have left anything.
        """
        await asyncio.to_thread(self._refuse_old, most)
        try:
            opened = (await asyncio.to_thread(self._opened, SYNCED)).checkpoint
            if opened.size > most:
                raise LedgerError(_old(opened.size, most))
            tail = await self._leaves(opened.size // TILE_WIDTH * TILE_WIDTH, opened.size)
            tree = await asyncio.to_thread(Tree.load, self._folder, opened.size, opened.root, tail)
            await asyncio.to_thread(self._check_edge, tree)
        except MissingError as error:
            if most:
                _log.warning("%s: the log's files are written anew from the database", error)
        except TlogError as error:
            _log.warning("The log's files are damaged (%s): they are written anew from the database", error)
        else:
            return tree
        return Tree(self._folder)

    def _refuse_old(self, most: int) -> None:
        """Raise LedgerError when more was published than the database knows of."""
        try:
            published = self._opened(CHECKPOINT).checkpoint.size
        except TlogError:
            return  # It was not there yet, or a power cut has torn it: it is published again.
        if published > most:
            raise LedgerError(_old(published, most))

    def _opened(self, path: str) -> OpenedCheckpoint:
        return open_checkpoint(self._folder.read(path), self._verifier, origin=self._origin)

    def _check_edge(self, tree: Tree) -> None:
        if tree.tail:
            self._folder.read_bundle(Bundle(tree.size // TILE_WIDTH, len(tree.tail)))

    async def _leaves(self, begin: int, end: int) -> list[bytes]:
        async with self._engine.connect() as connection:
            return await entry_store.leaves(connection, begin, end)


def _old(files: int, database: int) -> str:
    return (
        f"the published checkpoint has {files} entries, the database only {database}: the database is an old copy. "
        "Going on would fork the log; restore the newest database, or begin a new log under a new origin"
    )


def _newest_full(size: int) -> Iterator[Tile | Bundle]:
    """Give the full tiles and bundles whose partial files a commit may not have come to drop."""
    for end in range(size // TILE_WIDTH, max(size // TILE_WIDTH - _NOT_DROPPED, 0), -1):
        yield Bundle(end - 1)
    level, count = 0, size // TILE_WIDTH
    while count:
        for end in range(count, max(count - _NOT_DROPPED, 0), -1):
            yield Tile(level, end - 1)
        level, count = level + 1, count // TILE_WIDTH
