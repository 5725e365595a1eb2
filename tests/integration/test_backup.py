"""A backup of Home Assistant that is made while the flat runs holds the flat's records whole."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing
import os
from pathlib import Path
import sqlite3
import tarfile
import time
from unittest.mock import AsyncMock, patch

from homeassistant.components.backup import BackupManager, BackupManagerError, async_get_manager
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.local_vpp.backup import async_post_backup, async_pre_backup
from custom_components.local_vpp.const import DeviceKind
from custom_components.local_vpp.lib.localvpp.etp import (
    EMPTY,
    Body,
    Chain,
    DeviceId,
    Ed25519Signer,
    Kind,
    Record,
    Register,
    Source,
)
from custom_components.local_vpp.lib.localvpp.sealing import Sealing
from custom_components.local_vpp.lib.localvpp.store import FlatStore
from custom_components.local_vpp.storage import database_path

from .conftest import SEED, MakeEntry, set_up, until

ORIGIN = "vpp.example/sakura-heights"
SLOT = 1_795_312_800


@pytest.fixture(autouse=True)
def _no_slot_ends() -> Iterator[None]:
    """Let the flat make no records of its own: a test's would not fit into its chain."""
    with patch.object(Sealing, "record", AsyncMock()):
        yield


async def backups(hass: HomeAssistant) -> BackupManager:
    """Home Assistant's own backups, into a folder of its configuration."""
    assert await async_setup_component(hass, "backup", {})
    await hass.async_block_till_done()
    return async_get_manager(hass)


async def make_backup(manager: BackupManager) -> Path:
    """Make a backup, as a person does by pressing the button; return its file."""
    folder = manager.hass.config.path("backups")
    before = tars(folder)
    await manager.async_create_backup(
        agent_ids=["backup.local"],
        include_addons=None,
        include_all_addons=False,
        include_database=True,
        include_folders=None,
        include_homeassistant=True,
        name="test",
        password=None,
    )
    (file,) = tars(folder) - before
    return file


def tars(folder: str) -> set[Path]:
    return set(Path(folder).glob("*.tar"))


def unpack(backup: Path, into: Path) -> Path:
    """Unpack a backup as a restore does; return the folder with Home Assistant's storage."""
    with tarfile.open(backup) as outer:
        outer.extractall(into, filter="data")
    with tarfile.open(into / "homeassistant.tar.gz") as inner:
        inner.extractall(into, filter="data")
    return into / "data" / ".storage"


class Writer:
    """Writes to a flat's database as fast as it takes it: frames, and a chain of records."""

    def __init__(self, store: FlatStore) -> None:
        self._store = store
        self._signer = Ed25519Signer(SEED)
        self._chain = Chain(self._signer.public.device_id, ORIGIN)
        self.written = 0
        self.longest_s = 0.0

    async def write(self) -> None:
        """Append one record and ten frames."""
        slot, wh = SLOT + self.written * 1800, self.written
        body = Body(
            start_ms=slot * 1000,
            end_ms=(slot + 1800) * 1000,
            slot_seconds=1800,
            sender=DeviceId(bytes(16)),
            receiver=self._signer.public.device_id,
            energy_wh=1,
            attributes=((Source.GRID, 1),),
            imported=Register(wh, wh + 1),
            exported=Register(0, 0),
        )
        begin = time.monotonic()
        record, chain = self._chain.seal(self._signer, Kind.INTERVAL, slot, body)
        await self._store.save_seconds(None, [(slot * 1000 + n, n, bytes(2000)) for n in range(10)])
        await self._store.append([record], None)
        self._chain = chain
        self.written += 1
        self.longest_s = max(self.longest_s, time.monotonic() - begin)

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[None]:
        """Write without a pause."""

        done = asyncio.Event()

        async def work() -> None:
            while not done.is_set():
                await self.write()

        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(work())
            try:
                yield
            finally:
                done.set()


async def records_of(path: Path) -> list[Record]:
    """Open a copied database as its flat would after a restore, and follow its chain from the first record on."""
    with closing(sqlite3.connect(path)) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    store = await FlatStore.open(path, Ed25519Signer(SEED).public.device_id, ORIGIN)
    try:
        head = (await store.load()).head
        records = [Record.decode(sealed) for sealed in await store.unsent(100_000)]
    finally:
        await store.close()
    follows = EMPTY
    for record in records:
        follows = follows.follow(record.envelope, record.hash)
    assert follows == head
    return records


async def test_a_backup_that_is_made_while_the_flat_writes_holds_a_whole_chain(
    hass: HomeAssistant, entry: MockConfigEntry, tmp_path_factory: pytest.TempPathFactory
) -> None:
    assert entry.unique_id is not None
    path, store = database_path(hass, entry.unique_id), entry.runtime_data.coordinator.store
    manager, writer = await backups(hass), Writer(store)
    # What takes a while to be packed, so that the flat writes all through the copy.
    await hass.async_add_executor_job(Path(hass.config.path("pictures.bin")).write_bytes, os.urandom(10_000_000))
    files = []
    async with writer.at_work():
        for _ in range(3):
            await until(lambda at=writer.written + 5: writer.written >= at)
            begin = writer.written
            file = await make_backup(manager)
            assert writer.written > begin + 5, "the flat goes on"
            # One may be in the file and not counted yet.
            files.append((begin, writer.written + 1, file))
    assert writer.longest_s < 2, "the flat waits for no backup"
    for begin, end, file in files:
        folder = await hass.async_add_executor_job(unpack, file, tmp_path_factory.mktemp("restored"))
        assert begin <= len(await records_of(folder / path.name)) <= end
        alone = tmp_path_factory.mktemp("alone") / path.name
        alone.write_bytes((folder / path.name).read_bytes())
        assert begin <= len(await records_of(alone)) <= end, "the database's file is whole by itself"
    assert len(await store.unsent(100_000)) == writer.written

    # The flat is set up from the restored file, and goes on.
    assert await hass.config_entries.async_unload(entry.entry_id)
    path.write_bytes((folder / path.name).read_bytes())
    assert await hass.config_entries.async_setup(entry.entry_id)
    last = entry.runtime_data.coordinator.data.last_record
    assert begin <= last.seq <= end


async def test_a_backup_that_does_not_end_is_waited_for_no_longer_and_told_so(
    hass: HomeAssistant, entry: MockConfigEntry, caplog: pytest.LogCaptureFixture
) -> None:
    assert entry.unique_id is not None
    path, writer = database_path(hass, entry.unique_id), Writer(entry.runtime_data.coordinator.store)
    log = path.with_suffix(".db-wal")

    async def pinned() -> bool:
        """Whether the log is being kept: else it is begun anew whenever it has grown enough."""
        for _ in range(2):
            before = path.read_bytes()
            while log.stat().st_size < 5_000_000 and path.read_bytes() == before:
                await writer.write()
            if path.read_bytes() != before:
                return False
        return True

    with patch("custom_components.local_vpp.backup.LONGEST_S", 1.0):
        await async_pre_backup(hass)
        await until(lambda: "is not done after" in caplog.text)
    assert not await pinned()
    with pytest.raises(HomeAssistantError) as caught:
        await async_post_backup(hass)
    assert caught.value.translation_key == "backup_too_long"
    await async_post_backup(hass)

    # The next one is made as if nothing had been; and one of which no end is told ends with the next.
    await async_pre_backup(hass)
    assert await pinned()
    await async_pre_backup(hass)
    await async_post_backup(hass)
    assert not await pinned()
    assert caplog.text.count("is not done after") == 1


async def test_a_database_that_cannot_be_held_still_fails_the_backup_and_not_the_flat(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    assert entry.unique_id is not None
    manager, path = await backups(hass), database_path(hass, entry.unique_id)
    writer = Writer(entry.runtime_data.coordinator.store)
    with (
        patch("custom_components.local_vpp.lib.localvpp.pin._WAIT_S", 0.05),
        closing(sqlite3.connect(path)) as reader,
    ):
        await writer.write()
        reader.execute("BEGIN")
        reader.execute("SELECT COUNT(*) FROM frame").fetchone()
        with pytest.raises(BackupManagerError, match=r"Sakura Heights 101 cannot be held still .* another program"):
            await make_backup(manager)
        await writer.write()
    assert entry.state is ConfigEntryState.LOADED
    await make_backup(manager)


async def test_a_flat_that_does_not_run_is_backed_up_too(
    hass: HomeAssistant, make_entry: MakeEntry, tmp_path_factory: pytest.TempPathFactory
) -> None:
    manager, entry = await backups(hass), await make_entry(DeviceKind.METER)
    assert entry.unique_id is not None
    path = database_path(hass, entry.unique_id)
    # It has no database yet.
    await make_backup(manager)
    assert not path.exists()
    await set_up(hass, entry)
    writer = Writer(entry.runtime_data.coordinator.store)
    await writer.write()
    assert await hass.config_entries.async_unload(entry.entry_id)

    # It comes up, and goes down, while it is being copied.
    await async_pre_backup(hass)
    before = path.read_bytes()
    assert await hass.config_entries.async_setup(entry.entry_id)
    assert entry.runtime_data.coordinator.data.last_record.seq == 1
    assert await hass.config_entries.async_unload(entry.entry_id)
    assert path.read_bytes() == before
    assert path.with_suffix(".db-wal").stat().st_size > 0
    await async_post_backup(hass)
    assert path.read_bytes() != before, "all is carried over at the end"

    # A file that is no database is nothing that could be written to.
    path.write_text("no database at all, but the only copy of something")
    file = await make_backup(manager)
    folder = await hass.async_add_executor_job(unpack, file, tmp_path_factory.mktemp("restored"))
    assert (folder / path.name).read_text().startswith("no database")
