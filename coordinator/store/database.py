"""Opening the database and bringing its schema up to date; the kinds of transactions that need more than a begin.

SQLite runs in WAL mode with `synchronous=FULL`: a commit is on the disk before it returns, and readers (the
command line beside the running service) never wait for the writer. What PostgreSQL needs stands in `postgresql`.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
import logging
from pathlib import Path
import sqlite3
from typing import Any, Final

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, QueuePool, delete, event, func, make_url, select
from sqlalchemy.exc import SQLAlchemyError, StatementError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from .postgresql import check_server, make_engine
from .tables import metadata

MIGRATIONS: Final = Path(__file__).parent / "migrations"

BUSY_S: Final = 10
"""How long a writer waits for another one; the command line writes for milliseconds."""

LOCKS: Final = 0x4C565050
"""The class of this product's advisory locks in a database of PostgreSQL: "LVPP"."""

GIVEN_BACK_S: Final = 5
"""How long closing waits for connections in use: for a rollback, which takes milliseconds."""

_LOOK_S: Final = 0.05
"""How often is looked whether another one has made the schema: SQLite tells nobody, and where two make one new file a
WAL, the second fails at once, whatever `BUSY_S` is."""

_WRITES: Final = "local_vpp_writes"
"""An execution option: the transaction will write, although it reads first."""
_ALONE: Final = 1
"""The advisory lock of transactions that run one after the other; `writer` has another."""


_log = logging.getLogger(__name__)


class StoreError(Exception):
    """The database cannot be used."""


async def open_database(url: str, *, must_exist: bool = False) -> AsyncEngine:
    """Return an engine whose database has the newest schema.

    A file that is not there is made, unless it must exist: what only reads has nothing to read then, and would leave an
    empty building behind. While another process makes the schema or brings it up to date, it is waited for: in a file
    however long that takes, on a server for a minute (`postgresql.COMMAND_S`). One that dies has done nothing of it.
    Raises StoreError, also for a schema that a newer version made.
    """
    engine = _engine(url)
    if must_exist and engine.dialect.name == "sqlite":
        file = Path(str(engine.url.database))
        if not await asyncio.to_thread(file.exists):
            raise StoreError(
                f"the building's database {file} is not there: the coordinator makes it when it first runs. Run this "
                "where the coordinator runs, or let `data` of the building's file name the folder that has it"
            )
    try:
        await _bring_up_to_date(engine)
    except BaseException as error:
        # Also of a task that is cancelled while it waits: nobody else has the engine to close it.
        await close_database(engine)
        if isinstance(error, SQLAlchemyError | OSError | sqlite3.Error):
            raise StoreError(f"the database {_where(engine)} cannot be used: {in_words(error)}") from error
        raise
    return engine


async def _bring_up_to_date(engine: AsyncEngine) -> None:
    """Make the schema, or leave it as it is, as soon as nobody else is about to."""
    told = False
    while True:
        try:
            return await _upgraded(engine)
        except (SQLAlchemyError, sqlite3.Error) as error:
            if not _is_busy(error):
                raise
        if not told:
            told = True
            _log.info("Another process is opening the database or bringing it up to date: it is waited for")
        await asyncio.sleep(_LOOK_S)


async def _upgraded(engine: AsyncEngine) -> None:
    async with engine.connect() as connection:
        found, newest, known = await connection.run_sync(_revisions)
    if found == newest:
        return
    if found is not None and found not in known:
        raise StoreError(
            f"the database {_where(engine)} has the schema {found}, which a newer version of local-vpp made; this one "
            f"knows those up to {newest}: run that version, or put back a backup of before it"
        )
    async with alone(engine) as connection:
        await connection.run_sync(_upgrade)


def _is_busy(error: Exception) -> bool:
    """Whether another one holds the file of SQLite."""
    cause = error.orig if isinstance(error, StatementError) else error
    code = getattr(cause, "sqlite_errorcode", None)
    # The lower byte is the kind; above it stands what of that kind (https://sqlite.org/rescode.html).
    return code is not None and code & 0xFF == sqlite3.SQLITE_BUSY


def _where(engine: AsyncEngine) -> str:
    return engine.url.render_as_string(hide_password=True)


def in_words(error: Exception) -> str:
    """Return what the database's driver says, without the statement and the address that SQLAlchemy adds to it."""
    return str(error.orig if isinstance(error, StatementError) and error.orig is not None else error)


@asynccontextmanager
async def alone(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """Give a transaction beside which no other one of this kind runs: what it has read still holds when it writes."""
    async with engine.execution_options(**{_WRITES: True}).begin() as connection:
        if is_server(engine):
            await connection.execute(select(func.pg_advisory_xact_lock(LOCKS, _ALONE)))
        yield connection


@asynccontextmanager
async def snapshot(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """Give a transaction that reads everything as of one moment, as in SQLite every one does."""
    if is_server(engine):
        engine = engine.execution_options(isolation_level="REPEATABLE READ")
    async with engine.connect() as connection:
        yield connection


async def empty(connection: AsyncConnection) -> None:
    """Take every row out of a building's database."""
    for table in reversed(metadata.sorted_tables):
        await connection.execute(delete(table))


def is_server(engine: AsyncEngine) -> bool:
    """Whether the database is on a server, where other machines may write to it, too."""
    return engine.dialect.name == "postgresql"


def _engine(url: str) -> AsyncEngine:
    try:
        if make_url(url).get_backend_name() == "postgresql":
            return make_engine(url)
        engine = create_async_engine(url)
    except ModuleNotFoundError as error:
        raise StoreError(
            f"the database needs the Python package {error.name!r}: install local-vpp[postgresql]"
        ) from error
    event.listen(engine.sync_engine, "connect", _prepare)
    event.listen(engine.sync_engine, "begin", _begin)
    return engine


def _prepare(connection: Any, _record: object) -> None:
    # Left to itself, Python's driver begins no transaction for a CREATE TABLE, and a migration that was killed would
    # leave half of its tables. SQLAlchemy's remedy: the driver begins none at all, and `_begin` does.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        f"busy_timeout={BUSY_S * 1000}",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "secure_delete=ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Connection) -> None:
    # SQLite lets a transaction that has read wait for no other writer, only fail: what reads first and then writes
    # says so at its begin.
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _revisions(connection: Connection) -> tuple[str | None, str | None, frozenset[str]]:
    """Return the schema that the database has, the newest one, and all that are known."""
    if connection.dialect.name == "postgresql":
        check_server(connection)
    scripts = ScriptDirectory.from_config(_migrations())
    known = frozenset(script.revision for script in scripts.walk_revisions())
    return MigrationContext.configure(connection).get_current_revision(), scripts.get_current_head(), known


def _migrations() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config


def _upgrade(connection: Connection) -> None:
    config = _migrations()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


async def close_database(engine: AsyncEngine) -> None:
    """Close all connections, also while this task is being cancelled."""
    await asyncio.shield(_close(engine))


async def _close(engine: AsyncEngine) -> None:
    # A task that is cancelled while it gives its connection back leaves that to another task. The pool closes only what
    # it has: what is given back later would stay open.
    pool = engine.pool
    with suppress(TimeoutError):
        async with asyncio.timeout(GIVEN_BACK_S):
            while isinstance(pool, QueuePool) and pool.checkedout():  # noqa: ASYNC110 - the pool tells nobody
                await asyncio.sleep(0.005)
    await engine.dispose()
