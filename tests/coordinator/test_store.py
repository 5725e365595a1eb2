"""The database: its migrations make what the tables say, and a commit is on the disk."""

import asyncio
from pathlib import Path
from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.operations import Operations
import pytest
from sqlalchemy import Connection, QueuePool

from coordinator.store import StoreError, close_database, entries, open_database
from coordinator.store.tables import metadata


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite+aiosqlite:///{tmp_path / 'test.db'}"


async def test_the_migrations_make_the_tables_of_the_metadata(url: str) -> None:
    def differences(connection: Connection) -> list[object]:
        return list(compare_metadata(MigrationContext.configure(connection), metadata))

    engine = await open_database(url)
    async with engine.connect() as connection:
        assert await connection.run_sync(differences) == []
    await close_database(engine)


async def test_a_database_is_opened_again_as_it_was_left(url: str) -> None:
    engine = await open_database(url)
    async with engine.begin() as connection:
        await connection.exec_driver_sql("INSERT INTO meter_books VALUES (x'00', x'01')")
    await close_database(engine)
    engine = await open_database(url)
    async with engine.connect() as connection:
        assert (await connection.exec_driver_sql("SELECT open_interval FROM meter_books")).scalar_one() == b"\x01"
    await close_database(engine)


async def test_a_migration_that_was_interrupted_leaves_nothing_and_is_made_again(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    create, made = Operations.create_table, 0

    def create_some(self: Operations, *arguments: Any, **options: Any) -> Any:
        nonlocal made
        made += 1
        if made == 4:
            raise OSError(5, "input/output error")
        return create(self, *arguments, **options)

    with monkeypatch.context() as patch:
        patch.setattr(Operations, "create_table", create_some)
        with pytest.raises(StoreError, match="input/output error"):
            await open_database(url)
    assert made == 4
    await close_database(await open_database(url))


async def test_two_that_open_a_new_database_at_once_both_get_it(url: str) -> None:
    engines = await asyncio.gather(open_database(url), open_database(url))
    for engine in engines:
        await close_database(engine)


async def test_a_connection_that_is_given_back_late_is_waited_for_and_closed(url: str) -> None:
    engine = await open_database(url)
    pool, late = engine.pool, await engine.connect()
    assert isinstance(pool, QueuePool)
    closing = asyncio.create_task(close_database(engine))
    done, _ = await asyncio.wait({closing}, timeout=0.05)
    assert not done
    await late.close()
    await closing
    assert (pool.checkedin(), pool.checkedout()) == (0, 0)


async def test_of_the_records_that_contradict_one_only_the_first_is_kept(url: str) -> None:
    engine = await open_database(url)
    async with engine.begin() as connection:
        await connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        for name, seq in ((b"1", 5), (b"1", 5), (b"2", 5), (b"3", 6)):
            row = {"hash": name, "logged_hash": b"0", "device": b"d", "seq": seq, "sealed": b"s", "seen_ms": 1}
            await entries.record_conflict(connection, row)
        found = await connection.exec_driver_sql("SELECT hash, seq FROM conflicts ORDER BY seq")
        assert [tuple(row) for row in found] == [(b"1", 5), (b"3", 6)]
        await connection.rollback()
    await close_database(engine)


async def test_sqlite_syncs_each_commit_and_checks_references(url: str) -> None:
    engine = await open_database(url)
    async with engine.connect() as connection:
        for pragma, value in (("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1)):
            assert (await connection.exec_driver_sql(f"PRAGMA {pragma}")).scalar_one() == value
    await close_database(engine)


async def test_a_file_that_is_no_database_and_a_driver_that_is_not_there_are_told_so(tmp_path: Path) -> None:
    (tmp_path / "broken.db").write_text("this is text, and long enough to be taken for a header of a database file")
    with pytest.raises(StoreError, match=r"broken\.db cannot be used"):
        await open_database(f"sqlite+aiosqlite:///{tmp_path / 'broken.db'}")
    with pytest.raises(StoreError, match="cannot be used"):
        await open_database(f"sqlite+aiosqlite:///{tmp_path / 'nowhere' / 'test.db'}")
