"""A pinned database is whole in a copy of its files, at whatever moment they are copied; its flat is not held up."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from hashlib import sha256
from pathlib import Path
import shutil
import sqlite3

import pytest

from localvpp.etp import EMPTY, DeviceId, Record
from localvpp.pin import Pin, PinError
from localvpp.store import FlatStore

from .place import ORIGIN, SLOT
from .small_coordinator import PATIENCE_S

FRAME = bytes(1000)
WAL_PAGES = 1000
"""From this size of the log on, SQLite carries it over by itself after each transaction."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "flat's #1 data" / "flat.db"


@pytest.fixture
async def store(path: Path, device: DeviceId) -> AsyncIterator[FlatStore]:
    store = await FlatStore.open(path, device, ORIGIN)
    yield store
    await store.close()


def digest(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()


def wal(path: Path) -> Path:
    return path.with_name(path.name + "-wal")


async def write(store: FlatStore, batch: int, frames: int = 100) -> None:
    """Store some 100 kB of frames."""
    first = batch * frames
    await store.save_seconds(None, [(SLOT * 1000 + n, n, FRAME) for n in range(first, first + frames)])


async def chain_of(copy: Path, device: DeviceId) -> list[Record]:
    """Open a copy as its flat would after a restore, and follow its chain from the first record on."""
    with closing(sqlite3.connect(copy)) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    restored = await FlatStore.open(copy, device, ORIGIN)
    try:
        head = (await restored.load()).head
        records = [Record.decode(sealed) for sealed in await restored.unsent(10_000)]
    finally:
        await restored.close()
    follows = EMPTY
    for record in records:
        follows = follows.follow(record.envelope, record.hash)
    assert follows == head
    return records


async def test_a_pinned_file_does_not_change_and_its_flat_goes_on(
    path: Path, store: FlatStore, device: DeviceId, make_records: Callable[..., list[Record]], tmp_path: Path
) -> None:
    first, *more = make_records(12)
    await store.append([first], None)
    pin = await store.pin()
    try:
        before = digest(path)
        copies = []
        for batch, record in enumerate(more):
            await write(store, batch)
            async with asyncio.timeout(PATIENCE_S):
                await store.append([record], None)
            # The log is copied in the middle of the flat's work, and torn at that.
            for torn in (0, 1, 1000, 4096):
                log = wal(path).read_bytes()
                copies.append((batch, torn, log[: len(log) - torn]))
        assert len(await store.frames(0, 2**62)) == 1100
        assert wal(path).stat().st_size > 4096 * WAL_PAGES, "without the pin it would have been carried over"
        assert digest(path) == before

        alone = tmp_path / "alone.db"
        shutil.copy(path, alone)
        assert await chain_of(alone, device) == [first], "the file alone is whole, too"
        for number, (batch, torn, log) in enumerate(copies):
            copy = tmp_path / f"copy {number}.db"
            shutil.copy(path, copy)
            wal(copy).write_bytes(log)
            # Torn is at most the last transaction.
            assert len(await chain_of(copy, device)) == batch + 2 - bool(torn)
    finally:
        pin.draw()

    await write(store, 11)
    assert digest(path) != before
    after = tmp_path / "after.db"
    shutil.copy(path, after)
    shutil.copy(wal(path), wal(after))
    assert len(await chain_of(after, device)) == 12


async def test_without_a_pin_the_same_work_changes_the_file(path: Path, store: FlatStore) -> None:
    before = digest(path)
    for batch in range(11):
        await write(store, batch)
    assert digest(path) != before


async def test_a_flat_that_is_started_again_meanwhile_leaves_the_file_alone(
    path: Path, device: DeviceId, make_records: Callable[..., list[Record]], tmp_path: Path
) -> None:
    first, second, third = make_records(3)
    store = await FlatStore.open(path, device, ORIGIN)
    await store.append([first], None)
    pin = await store.pin()
    before = digest(path)
    await store.append([second], None)
    await store.close()
    assert digest(path) == before
    assert wal(path).exists()

    store = await FlatStore.open(path, device, ORIGIN)
    await store.append([third], None)
    for batch in range(11):
        await write(store, batch)
    assert digest(path) == before
    copy = tmp_path / "copy.db"
    shutil.copy(path, copy)
    shutil.copy(wal(path), wal(copy))
    assert await chain_of(copy, device) == [first, second, third]
    pin.draw()
    await store.close()
    assert not wal(path).exists(), "all is carried over, as at every end"
    assert await chain_of(path, device) == [first, second, third]


async def test_what_cannot_be_held_still_is_said_and_left_as_it_was(
    path: Path, store: FlatStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("localvpp.pin._WAIT_S", 0.05)
    await write(store, 0)
    with closing(sqlite3.connect(path)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT COUNT(*) FROM frame").fetchone()
        with pytest.raises(PinError, match="read by another program"):
            await store.pin()
        await write(store, 1)
    (await store.pin()).draw()

    missing = tmp_path / "missing.db"
    with pytest.raises(PinError, match=r"missing\.db cannot be held still"):
        Pin.put(missing)
    assert not missing.exists()
    text = tmp_path / "text.db"
    text.write_text("no database at all, but the only copy of something" * 100)
    with pytest.raises(PinError, match=r"text\.db cannot be held still"):
        Pin.put(text)
    assert text.read_text().startswith("no database")
    other = tmp_path / "other.db"
    with closing(sqlite3.connect(other)) as database:
        database.execute("CREATE TABLE t (x)")
    with pytest.raises(PinError, match="journal mode delete"):
        Pin.put(other)
