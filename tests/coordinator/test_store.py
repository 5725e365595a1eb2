"""The database: its migrations make what the tables say, and a commit is on the disk."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import closing, suppress
from dataclasses import replace
import logging
from pathlib import Path
import sqlite3
import sys
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.operations import Operations
import pytest
from sqlalchemy import Connection, MetaData, QueuePool, Table, delete, event, insert, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from coordinator.store import (
    AnotherWriterError,
    StoredHead,
    StoreError,
    alone,
    close_database,
    conflicts,
    database,
    entries,
    invites,
    market as market_store,
    open_database,
    snapshot,
    tables,
)
from coordinator.store.market import StoredVerdict
from localvpp.etp import DeviceId
from localvpp.wire import Invite

from .conftest import on_both_databases


@pytest.fixture
def url(tmp_path: Path, database: str | None) -> str:
    return database or f"sqlite+aiosqlite:///{tmp_path / 'test.db'}"


@on_both_databases
async def test_the_migrations_make_the_tables_of_the_metadata(url: str) -> None:
    def differences(connection: Connection) -> list[object]:
        return list(compare_metadata(MigrationContext.configure(connection), tables.metadata))

    engine = await open_database(url)
    async with engine.connect() as connection:
        assert await connection.run_sync(differences) == []
    await close_database(engine)


@on_both_databases
async def test_a_database_is_opened_again_as_it_was_left(url: str) -> None:
    engine = await open_database(url)
    async with engine.begin() as connection:
        await connection.execute(insert(tables.meter_books).values(device=b"\0", open_interval=b"\1"))
    await close_database(engine)
    engine = await open_database(url)
    async with engine.connect() as connection:
        assert (await connection.execute(select(tables.meter_books.c.open_interval))).scalar_one() == b"\1"
    await close_database(engine)


@on_both_databases
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


@on_both_databases
async def test_what_an_earlier_schema_held_is_there_in_the_newest(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    upgrade = command.upgrade
    entry = {"epoch": 0, "kind": 1, "slot": 0, "end_ms": 0, "logged_ms": 0, "envelope": b"e"}
    member = {"name": "101", "role": "flat", "algorithm": -8, "software": "", "enrolled_ms": 0}
    held: dict[Table, list[dict[str, Any]]] = {
        tables.entries: [
            {"log_index": at, "hash": bytes([at]), "device": b"d", "seq": at, "salt": None, "body": None} | entry
            for at in range(3)
        ],
        tables.members: [
            {"device": b"d", "public_key": b"k", "enrolled_by": b"\0", "witness_key": b"w", "mirror_key": None}
            | {"standing": "active"}
            | member
        ],
        tables.retired_keys: [{"public_key": b"r", "algorithm": -8, "device": b"d", "place": 0}],
        tables.conflicts: [
            {"hash": b"c", "logged_hash": b"\1", "device": b"d", "seq": 1, "sealed": b"s", "seen_ms": 1}
        ],
    }
    with monkeypatch.context() as patch:
        patch.setattr(command, "upgrade", lambda config, _: upgrade(config, "0004"))
        engine = await open_database(url)
    async with engine.begin() as connection:
        for table, rows in held.items():
            await connection.execute(insert(table), rows)
    await close_database(engine)
    engine = await open_database(url)
    async with engine.begin() as connection:
        for table, rows in held.items():
            found = await connection.execute(select(table))
            added = {"next_key": None} if table is tables.members else {}  # A log of that time is not read on.
            assert [dict(row) for row in found.mappings()] == [row | added for row in rows]
        with pytest.raises(IntegrityError):
            await connection.execute(delete(tables.members))
    await close_database(engine)


@on_both_databases
async def test_what_was_said_of_a_result_before_there_was_a_second_is_of_the_first_and_nobody_vouched(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    upgrade = command.upgrade
    with monkeypatch.context() as patch:
        patch.setattr(command, "upgrade", lambda config, _: upgrade(config, "0015"))
        engine = await open_database(url)
    rounds = {"seconds": 60, "log_size": 9, "enrolled": 2, "checkpoint": b"head", "voters": ["0d" * 16]}
    held: list[tuple[str, dict[str, Any]]] = [
        ("market_rounds", {"slot": 60, "number": number, "closed_ms": 1, "log_since": 0, "book": b"b"} | rounds)
        for number in (0, 1)
    ]
    held.append(("market_orders", {"slot": 60, "number": 0, "device": DEVICE, "document": b"o", "shown_ms": 2}))
    verdict = {"slot": 60, "number": 0, "statement": b"word", "said_ms": 3}
    held.append(("market_verdicts", verdict | {"device": DEVICE, "findings": []}))
    held.append(("market_verdicts", verdict | {"device": OTHER, "findings": ["the price is 1 × 10⁻⁵ too high"]}))
    async with engine.begin() as connection:
        for name, row in held:
            table = await connection.run_sync(as_it_was, name)
            await connection.execute(insert(table).values(row))
    await close_database(engine)
    engine = await open_database(url)
    async with engine.begin() as connection:
        first, second = await market_store.of_slot(connection, 60)
        assert (first.voters, first.book, first.listed, first.first) == ((b"\x0d" * 16,), b"b", None, None)
        said = await market_store.verdicts(connection, first)
        assert {
            device: (word.statement, word.findings, word.vouches, word.said_ms) for device, word in said.items()
        } == {
            DEVICE: (b"word", (), False, 3),
            OTHER: (b"word", ("the price is 1 × 10⁻⁵ too high",), False, 3),
        }
        assert await market_store.first_words(connection, first.at) == (b"word", b"word")
        later = replace(first, first=b"first")
        assert await market_store.verdicts(connection, later) == {}, "nobody has said anything of a second one"
        await market_store.say(connection, later, DEVICE, StoredVerdict(b"again", (), True, 4))
        assert (await market_store.verdicts(connection, later))[DEVICE].vouches
        assert await market_store.shown(connection, first.at) == {DEVICE: b"o"}
        assert second.number == 1
        with pytest.raises(IntegrityError):
            await connection.execute(delete(tables.market_rounds))
    async with engine.connect() as connection:
        with pytest.raises(IntegrityError):  # A flat has one word on it.
            await market_store.say(connection, first, DEVICE, StoredVerdict(b"another", (), True, 5))
    await close_database(engine)


DEVICE, OTHER = DeviceId(b"d" * 16), DeviceId(b"o" * 16)


def as_it_was(connection: Connection, name: str) -> Table:
    """A table with the columns that the database has now."""
    found = Table(name, MetaData(), autoload_with=connection)
    for column in tables.metadata.tables[name].columns:
        if column.name in found.columns:  # How values are written follows from the type, which SQLite does not keep.
            found.columns[column.name].type = column.type
    return found


@on_both_databases
async def test_two_that_open_a_new_database_at_once_both_get_it(url: str) -> None:
    engines = await asyncio.gather(open_database(url), open_database(url))
    for engine in engines:
        await close_database(engine)


@pytest.mark.parametrize("mode", ["delete", "wal"])
async def test_whoever_holds_a_new_database_is_waited_for_and_when_he_dies_another_makes_it(
    mode: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """SQLite itself waits for nobody who has the file before it is a WAL, and afterwards for a time only."""
    monkeypatch.setattr(database, "BUSY_S", 0)
    caplog.set_level(logging.INFO, database.__name__)
    file = tmp_path / "test.db"
    with closing(sqlite3.connect(file, isolation_level=None)) as held:
        held.execute(f"PRAGMA journal_mode={mode}")
        held.execute("BEGIN IMMEDIATE")
        held.execute("CREATE TABLE entries (log_index)")
        opening = asyncio.create_task(open_database(f"sqlite+aiosqlite:///{file}"))
        async with asyncio.timeout(60):
            while "it is waited for" not in caplog.text:
                assert not opening.done(), await opening
                await asyncio.sleep(0.01)
        done, _ = await asyncio.wait({opening}, timeout=10 * database._LOOK_S)
        assert not done
        held.execute("ROLLBACK")
        engine = await opening
    async with engine.connect() as connection:
        assert (await connection.execute(select(tables.entries))).all() == []
    await close_database(engine)
    assert caplog.text.count("it is waited for") == 1


async def test_a_database_that_is_up_to_date_is_opened_while_another_one_writes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "test.db"
    url = f"sqlite+aiosqlite:///{file}"
    await close_database(await open_database(url))
    monkeypatch.setattr(database, "BUSY_S", 0)
    with closing(sqlite3.connect(file, isolation_level=None)) as held:
        held.execute("BEGIN IMMEDIATE")
        async with asyncio.timeout(60):
            await close_database(await open_database(url))


@on_both_databases
async def test_a_database_that_a_newer_version_made_is_refused(url: str) -> None:
    engine = await open_database(url)
    async with alone(engine) as connection:
        newest = (await connection.execute(text("SELECT version_num FROM alembic_version"))).scalar_one()
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    await close_database(engine)
    with pytest.raises(StoreError, match=f"has the schema 9999, .* knows those up to {newest}: run that version"):
        await open_database(url)


async def test_who_no_longer_waits_for_a_database_leaves_nothing_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(database, "BUSY_S", 0)
    caplog.set_level(logging.INFO, database.__name__)
    file = tmp_path / "test.db"
    with closing(sqlite3.connect(file, isolation_level=None)) as held:
        held.execute("PRAGMA journal_mode=wal")
        held.execute("BEGIN IMMEDIATE")
        opening = asyncio.create_task(open_database(f"sqlite+aiosqlite:///{file}"))
        async with asyncio.timeout(60):
            while "it is waited for" not in caplog.text:
                assert not opening.done(), await opening
                await asyncio.sleep(0.01)
        opening.cancel()
        with pytest.raises(asyncio.CancelledError):
            await opening
    # Only now: SQLite closes a file late that the same process has locked.
    assert not is_open(file)


def is_open(file: Path) -> bool:
    """Whether this process has a file open."""
    for each in Path("/proc/self/fd").iterdir():
        with suppress(FileNotFoundError):
            if each.readlink() == file:
                return True
    return False


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


@on_both_databases
async def test_of_the_records_that_contradict_one_only_the_first_is_kept(url: str) -> None:
    engine = await open_database(url)
    async with engine.begin() as connection:
        logged = {"log_index": 0, "hash": b"0", "device": b"d", "epoch": 0, "seq": 5, "kind": 1, "slot": 0}
        times: dict[str, object] = {"end_ms": 0, "logged_ms": 0, "envelope": b"e"}
        await connection.execute(insert(tables.entries).values(logged | times))
        for name, seq in ((b"1", 5), (b"1", 5), (b"2", 5), (b"3", 6)):
            row = {"hash": name, "logged_hash": b"0", "device": b"d", "seq": seq, "sealed": b"s", "seen_ms": 1}
            await conflicts.keep(connection, row)
        found = await connection.execute(select(tables.conflicts.c.hash, tables.conflicts.c.seq).order_by("seq"))
        assert [tuple(row) for row in found] == [(b"1", 5), (b"3", 6)]
    await close_database(engine)


def head(size: int) -> StoredHead:
    return StoredHead("vpp.example/test", size, bytes(32), b"signed", 0)


@on_both_databases
async def test_of_several_writers_that_follow_one_head_one_goes_on(url: str) -> None:
    engine = await open_database(url)

    async def follow(old_size: int | None, size: int) -> int:
        async with engine.begin() as connection:
            await entries.append(connection, (), old_size, head(size))
        return size

    await follow(None, 1)
    for size in range(1, 6):
        outcomes = await asyncio.gather(*(follow(size, size + 1) for _ in range(4)), return_exceptions=True)
        assert outcomes.count(size + 1) == 1
        assert [type(each) for each in outcomes if each != size + 1] == [AnotherWriterError] * 3
        async with engine.connect() as connection:
            assert await entries.head(connection) == head(size + 1)
    await close_database(engine)


@on_both_databases
async def test_a_snapshot_is_of_one_moment_and_a_later_one_of_a_later(url: str) -> None:
    engine = await open_database(url)
    async with snapshot(engine) as early:
        assert await entries.head(early) is None
        async with engine.begin() as connection:
            await entries.append(connection, (), None, head(1))
        assert await entries.head(early) is None
    async with snapshot(engine) as late:
        assert await entries.head(late) == head(1)
    await close_database(engine)


@on_both_databases
async def test_of_invites_that_are_issued_at_once_one_is_good(url: str) -> None:
    engine = await open_database(url)

    async def issue() -> None:
        async with alone(engine) as connection:
            await invites.add(connection, Invite.issue("101"), 0, 1)

    await asyncio.gather(*(issue() for _ in range(4)))
    async with engine.connect() as connection:
        good = select(tables.invites.c.id).where(tables.invites.c.secret.is_not(None))
        assert len((await connection.execute(good)).all()) == 1
    await close_database(engine)


async def test_sqlite_syncs_each_commit_and_checks_references(url: str) -> None:
    engine = await open_database(url)
    async with engine.connect() as connection:
        for pragma, value in (("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1)):
            assert (await connection.exec_driver_sql(f"PRAGMA {pragma}")).scalar_one() == value
    await close_database(engine)


async def test_a_file_that_is_no_database_and_a_driver_that_is_not_there_are_told_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "asyncpg", None)  # As if it were not installed.
    with pytest.raises(StoreError, match=r"needs the Python package 'asyncpg': install local-vpp\[postgresql\]"):
        await open_database("postgresql+asyncpg://vpp@localhost/vpp")
    (tmp_path / "broken.db").write_text("this is text, and long enough to be taken for a header of a database file")
    with pytest.raises(StoreError, match=r"broken\.db cannot be used"):
        await open_database(f"sqlite+aiosqlite:///{tmp_path / 'broken.db'}")
    with pytest.raises(StoreError, match="cannot be used"):
        await open_database(f"sqlite+aiosqlite:///{tmp_path / 'nowhere' / 'test.db'}")


@pytest.mark.parametrize("query", [entries.chain_heads, entries.reached])
async def test_a_start_does_not_look_at_every_record(
    query: Callable[[AsyncConnection], Awaitable[object]], url: str
) -> None:
    engine = await open_database(url)
    statements: list[tuple[str, Any]] = []

    def watch(_connection: object, _cursor: object, statement: str, parameters: Any, *_: object) -> None:
        statements.append((statement, parameters))

    event.listen(engine.sync_engine, "before_cursor_execute", watch)
    async with engine.connect() as connection:
        await query(connection)
        statement, parameters = statements[-1]
        plan = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        steps = [row.detail for row in plan]
    assert any(step.startswith("SEARCH entries USING") for step in steps), steps
    assert not any(step.startswith("SCAN entries") for step in steps), steps
    await close_database(engine)


@on_both_databases
async def test_what_came_of_slots_stays_when_they_get_several_rounds(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    upgrade = command.upgrade
    with monkeypatch.context() as patch:
        patch.setattr(command, "upgrade", lambda config, _: upgrade(config, "0010"))
        engine = await open_database(url)
    columns = "slot, seconds, closed_ms, log_size, checkpoint, voters, book, cleared_record, ended, ended_ms, why"
    values = ":slot, 60, 5, 9, :bytes, '[]', :bytes, :bytes, :ended, :ended_ms, :why"
    rows = [(60, "traded", 7, None), (120, "shared", 8, "no_trades"), (180, None, None, None)]
    async with engine.begin() as connection:
        for slot, ended, ended_ms, why in rows:
            told = {"slot": slot, "bytes": b"b" * 32, "ended": ended, "ended_ms": ended_ms, "why": why}
            await connection.execute(text(f"INSERT INTO market_slots ({columns}) VALUES ({values})"), told)  # noqa: S608
    await close_database(engine)
    with pytest.raises(StoreError, match="1 slots that were traded are not settled, the first is 60"):
        await open_database(url)
    with monkeypatch.context() as patch:
        patch.setattr(command, "upgrade", lambda config, _: upgrade(config, "0010"))
        engine = await open_database(url)
    columns = "slot, seconds, settled_ms, inside_price, grid_price, feed_in_price, building_money, missing, rent"
    async with engine.begin() as connection:
        await connection.execute(text(f"INSERT INTO slots ({columns}) VALUES (60, 60, 7, 1, 2, 0, 0, '[]', 0)"))  # noqa: S608
    await close_database(engine)
    engine = await open_database(url)
    async with engine.connect() as connection:
        found = [(await market_store.of_slot(connection, slot))[0] for slot, *_ in rows]
    assert [(each.slot, each.number, each.ended, each.ended_ms, each.why, each.book) for each in found] == [
        (60, 0, "traded", 7, None, None),
        (120, 0, "untraded", 8, "no_trades", None),
        (180, 0, "untraded", 5, "rebuilt", None),
    ]
    await close_database(engine)
