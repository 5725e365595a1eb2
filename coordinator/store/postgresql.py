"""What makes a PostgreSQL server serve as SQLite does: durable commits, errors of one family, a say in who writes.

The driver is the optional extra `postgresql`: nothing of it is imported before a database on a server is opened.
"""

from importlib import import_module
import logging
from typing import Any, Final, override

from sqlalchemy import Connection, PoolProxiedConnection, event
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool

CONNECT_S: Final = 10
"""A server that takes longer to let a client in is as good as away."""
COMMAND_S: Final = 60
"""No statement here takes a tenth of it; in a network that swallows packets one would wait for a quarter of an hour."""

_SETTINGS: Final = {
    "application_name": "local-vpp",
    # A commit is on the server's disk before it returns, whatever the server's own default is.
    "synchronous_commit": "on",
    # A machine that lost its power holds its locks until the server notices: here within 40 s, not two hours.
    "tcp_keepalives_idle": "10",
    "tcp_keepalives_interval": "10",
    "tcp_keepalives_count": "3",
}

_REMEDIES: Final = {
    "28000": "check the user in `database`, and what pg_hba.conf lets in",
    "28P01": "check user and password in `database`",
    "3D000": "make it with createdb --encoding=UTF8 --template=template0 --owner=USER NAME",
}
"""By SQLSTATE."""

_log = logging.getLogger(__name__)


class ServerAwayError(SQLAlchemyError):
    """The server cannot be reached, or does not let this client in."""


class UnfitServerError(SQLAlchemyError):
    """The server is set up in a way that would spoil what is stored."""


def _bare_errors() -> tuple[type[BaseException], ...]:
    """Return the errors of network and driver, which SQLAlchemy lets through where no statement runs."""
    driver = import_module("asyncpg")
    return driver.PostgresError, driver.InterfaceError, OSError


class _Pool(AsyncAdaptedQueuePool):
    """Tells every failure to connect as an error of SQLAlchemy."""

    @override
    def connect(self) -> PoolProxiedConnection:
        try:
            return super().connect()
        except _bare_errors() as error:
            raise _away(error) from error


def make_engine(url: str) -> AsyncEngine:
    """Return an engine for a server. Nothing is connected yet."""
    engine = create_async_engine(
        url,
        poolclass=_Pool,
        pool_pre_ping=True,  # A server that was started anew has closed all connections.
        isolation_level="READ COMMITTED",
        connect_args={"server_settings": _SETTINGS, "timeout": CONNECT_S, "command_timeout": COMMAND_S},
    )
    event.listen(engine.sync_engine, "handle_error", _handle)
    return engine


def _handle(context: ExceptionContext) -> None:
    """Tell a network that broke in a statement as an error of SQLAlchemy."""
    error = context.original_exception
    if context.sqlalchemy_exception is None and isinstance(error, _bare_errors()):
        raise _away(error) from error


def _away(error: BaseException) -> ServerAwayError:
    remedy = _REMEDIES.get(getattr(error, "sqlstate", None) or "", "see that the server runs and is reached from here")
    return ServerAwayError(f"{str(error) or type(error).__name__}: {remedy}")


def check_server(connection: Connection) -> None:
    """Look at how the server is set up.

    Raises UnfitServerError where names would not be stored as they are; a server that may forget is told of.
    """
    encoding = _setting(connection, "server_encoding")
    if encoding != "UTF8":
        raise UnfitServerError(
            f"it stores text as {encoding}, and names here may have any letters: make one with "
            "createdb --encoding=UTF8 --template=template0"
        )
    for name in ("fsync", "full_page_writes"):
        if _setting(connection, name) != "on":
            _log.warning(
                "The database server runs with %s off: a power cut may destroy what was accepted. Set it on in "
                "postgresql.conf",
                name,
            )


def _setting(connection: Connection, name: str) -> Any:
    return connection.exec_driver_sql(f"SHOW {name}").scalar_one()
