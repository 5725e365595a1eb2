"""A ledger by itself, over real files and a real database, each of whose steps can be made to fail."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any, Final, override

from sqlalchemy import Connection, event
from sqlalchemy.ext.asyncio import AsyncEngine

from coordinator.config import BuildingConfig
from coordinator.keys import BuildingKeys, load_keys
from coordinator.ledger import FolderLock, Ledger, Scribe
from coordinator.store import Member, Role, close_database, open_database
from localvpp import tlog
from localvpp.disk import Disk
from localvpp.etp import foresee
from localvpp.logfolder import LogFolder

from .conftest import NEXT, ORIGIN
from .flat import Flat, ManualClock


class How(Enum):
    """What a failing step leaves."""

    FAILS = "fails"
    TEARS = "tears"
    """Half of what was to be written is there."""
    IS_DONE = "is done, and fails"


type Step = tuple[str, str]
"""An operation, and the file or the statement."""

ENTRIES: Final[Step] = ("database", "insert the entries")
COMMIT: Final[Step] = ("database", "commit")


class FaultyDisk(Disk):
    """Remembers its steps, and what was published; fails at one of them."""

    def __init__(self, root: Path, at: Step | None = None, how: How = How.FAILS) -> None:
        self._root = root
        self.at = at
        self.how = how
        self.error: type[Exception] | None = None
        """What it fails with, when it is nothing that a disk is known to do."""
        self.steps: list[Step] = []
        self.checkpoints: list[bytes] = []
        """What was written to be published."""
        self.failures = 0
        self.once = False
        """Whether it fails once only, and remembers the steps since."""

    @override
    def write(self, path: str, data: bytes) -> None:
        self._do("write", path, lambda: super(FaultyDisk, self).write(path, data), half=data[: len(data) // 2])
        self._remember(path, data)

    @override
    def put(self, path: str, data: bytes) -> None:
        self._do("put", path, lambda: super(FaultyDisk, self).put(path, data), half=data[: len(data) // 2])
        self._remember(path, data)

    def _remember(self, path: str, data: bytes) -> None:
        if path.endswith("/checkpoint.new"):
            self.checkpoints.append(data)

    @override
    def sync(self, path: str) -> None:
        self._do("sync", path, lambda: super(FaultyDisk, self).sync(path))

    @override
    def rename(self, old: str, new: str) -> None:
        self._do("rename", new, lambda: super(FaultyDisk, self).rename(old, new))

    @override
    def make_folder(self, path: str) -> None:
        self._do("make_folder", path, lambda: super(FaultyDisk, self).make_folder(path))

    @override
    def sync_folder(self, path: str) -> None:
        self._do("sync_folder", path, lambda: super(FaultyDisk, self).sync_folder(path))

    @override
    def remove(self, folder: str) -> None:
        self._do("remove", folder, lambda: super(FaultyDisk, self).remove(folder))

    def _do(self, what: str, path: str, act: Callable[[], None], half: bytes | None = None) -> None:
        step = (what, str(Path(path).relative_to(self._root, walk_up=True)))
        if step == self.at:
            if self.how is How.TEARS:
                assert half is not None, "only a write can tear"
                super().write(path, half)
            elif self.how is How.IS_DONE:
                act()
            self.failures += 1
            if self.once:
                self.at = None
                self.steps.clear()
            if self.error is not None:
                raise self.error(path)
            raise OSError(5, "input/output error", path)
        act()
        self.steps.append(step)


@contextmanager
def faulty_database(engine: AsyncEngine, at: Step | None, how: How) -> Iterator[None]:
    """Let a step of the database fail."""

    def inserting(_c: Connection, _cursor: object, statement: str, *_: Any) -> None:
        if statement.startswith("INSERT INTO entries"):
            raise OSError(5, "input/output error")

    def committing(connection: Connection) -> None:
        if how is How.IS_DONE:
            connection.connection.commit()
        raise OSError(5, "input/output error")

    with ExitStack() as stack:
        for step, name, listener in ((ENTRIES, "before_cursor_execute", inserting), (COMMIT, "commit", committing)):
            if step == at:
                event.listen(engine.sync_engine, name, listener)
                stack.callback(event.remove, engine.sync_engine, name, listener)
        yield


@dataclass(slots=True)
class Opened:
    ledger: Ledger
    scribe: Scribe
    engine: AsyncEngine
    folder: LogFolder
    keys: BuildingKeys
    clock: ManualClock
    disk: FaultyDisk

    async def enrolled(self, name: str) -> Flat:
        flat = Flat(name, ORIGIN, self.scribe.device)
        member = Member(flat.device, name, Role.FLAT, flat.key, "test", self.clock.wall_ms())
        await self.scribe.enrol(member, 60, self.clock)
        return flat


@asynccontextmanager
async def opened(config: BuildingConfig, clock: ManualClock, disk: FaultyDisk | None = None) -> AsyncIterator[Opened]:
    """Open a building's ledger, founded."""
    async with AsyncExitStack() as stack:
        stack.enter_context(FolderLock(config.data))
        keys = load_keys(config.data / "keys", ORIGIN)
        engine = await open_database(config.database_url)
        stack.push_async_callback(close_database, engine)
        key = keys.building.public
        next_key = foresee(NEXT.public, ORIGIN)
        founder = Member(key.device_id, "building", Role.BUILDING, key, "test", clock.wall_ms(), next_key=next_key)
        disk = disk or FaultyDisk(config.data / "log")
        folder = LogFolder(config.data / "log", disk)
        ledger = Ledger(
            engine,
            folder,
            origin=ORIGIN,
            founder=founder,
            signer=keys.log,
            verifier=keys.log_verifier,
            clock=clock,
            gather_s=0.0,
        )
        await stack.enter_async_context(ledger)
        scribe = Scribe(ledger, keys.building, key.device_id, ORIGIN)
        if not ledger.size:
            await scribe.enrol(founder, 60, clock)
        yield Opened(ledger, scribe, engine, folder, keys, clock, disk)


def check_whole(each: Opened, *earlier: bytes) -> int:
    """Check every byte of the published log, and that it has grown out of earlier heads; return its size."""
    checked = tlog.check_log(each.folder, each.keys.log_verifier, origin=ORIGIN)
    assert checked.fault is None, str(checked.fault)
    head = checked.checkpoint
    assert head is not None
    assert head.size == each.ledger.size == checked.entries
    reader = tlog.TileHashReader(head.size, head.root, each.folder)
    for note in earlier:
        old = tlog.open_checkpoint(note, each.keys.log_verifier, origin=ORIGIN).checkpoint
        path = tlog.prove_consistency(old.size, head.size, reader)
        tlog.verify_consistency(old.size, head.size, old.root, head.root, path)
    return head.size
