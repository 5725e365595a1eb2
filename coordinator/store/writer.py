"""The one connection through which a log is written.

SQLite's file lies in the data folder, which is one process's alone. A database on a server is within reach of every
machine that has its URL, so there the connection holds a lock of the server's. Lock and transactions are of one
session: whoever commits holds the lock, and a session that is lost has lost both. The compare-and-set of the log's head
(`entries.append`) does not rely on it; the lock is there so that a second coordinator is told at its start instead of
reading the same meters and settling the same slots.
"""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Final

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from .database import LOCKS, is_server
from .entries import AnotherWriterError

LOCK_S: Final = 2
"""How long the lock is waited for: a process that was killed a moment ago has not let go of it yet."""

_WRITER: Final = 2
"""The advisory lock of the log's writer."""
_LOCK_NOT_AVAILABLE: Final = "55P03"

_HOLDER: Final = text(
    "SELECT pid, coalesce(host(client_addr), 'the server itself') AS client FROM pg_locks "
    "JOIN pg_stat_activity USING (pid) WHERE locktype = 'advisory' AND granted AND classid = :locks "
    "AND objid = :writer AND pg_locks.database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)


class LogWriter:
    """Writes to one log, and keeps others from it."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._connection: AsyncConnection | None = None

    async def open(self) -> None:
        """Connect, anew if there was a connection, and keep other writers out.

        Raises AnotherWriterError.
        """
        await self.close()
        async with AsyncExitStack() as stack:
            self._connection = await self._engine.connect()
            stack.push_async_callback(self.close)
            if is_server(self._engine):
                await self._lock(self._connection)
            stack.pop_all()

    async def close(self) -> None:
        """Let other writers in."""
        connection, self._connection = self._connection, None
        if connection is None:
            return
        if is_server(self._engine):
            await connection.invalidate()  # Back in the pool it would still hold the lock.
        await connection.close()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncConnection]:
        """Give a transaction of the log's writer.

        Raises AnotherWriterError when its session is lost: SQLAlchemy would go on with a new one, without the lock.
        """
        connection = self._connection
        if connection is None or connection.invalidated:
            raise AnotherWriterError("the session that kept other writers out is lost")
        async with connection.begin():
            yield connection

    @staticmethod
    async def _lock(connection: AsyncConnection) -> None:
        key = {"locks": LOCKS, "writer": _WRITER}
        try:
            async with connection.begin():
                await connection.execute(text(f"SET LOCAL lock_timeout = '{LOCK_S}s'"))
                await connection.execute(text("SELECT pg_advisory_lock(:locks, :writer)"), key)
        except DBAPIError as error:
            if getattr(error.orig, "sqlstate", None) != _LOCK_NOT_AVAILABLE:
                raise
            holder = (await connection.execute(_HOLDER, key)).one_or_none()
            by = "" if holder is None else f", connected from {holder.client} (process {holder.pid} of the server)"
            raise AnotherWriterError(
                f"another coordinator writes to this database{by}: stop it first, or give this building a database of "
                "its own"
            ) from error
