"""A flat's database held still while somebody copies its files one by one: a backup.

With a write-ahead log SQLite changes the database itself only in a checkpoint; all else is appended to the log beside
it. A pin begins with a checkpoint of everything and then lets none happen, by a reader on a connection of its own,
which no checkpoint of any other connection may overtake. So the database's file is whole and does not change, and a
copy of the log, taken at whatever moment, is a begin of the log: SQLite drops a torn end by its checksums. Nothing is
withheld for it. The flat goes on reading, signing and storing, records are durable before they are sent as ever, and
all that has to be paid is a log that grows until the pin is drawn.
"""

from pathlib import Path
import sqlite3
from typing import Final, Self

_WAIT_S: Final = 2.0
"""How long another program may take to read. The flat's own writing waits with it, and its seconds with that."""


class PinError(Exception):
    """A database cannot be held still; it was left as it was."""


class Pin:
    """Holds one database still until it is drawn. Blocking: call it from a thread."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    @classmethod
    def put(cls, path: Path) -> Self:
        """Hold a database still. No connection may be writing to it at that moment.

        Raises PinError when it is none, or when another program reads it.
        """
        # One that is not there is not made. The pin is put by one thread and drawn by another.
        uri = f"{path.absolute().as_uri()}?mode=rw"
        try:
            db = sqlite3.connect(uri, uri=True, timeout=_WAIT_S, isolation_level=None, check_same_thread=False)
        except sqlite3.Error as error:
            raise PinError(f"{path} cannot be held still for a copy: {error}") from error
        try:
            _hold(db, path)
        except sqlite3.Error as error:
            db.close()
            raise PinError(f"{path} cannot be held still for a copy: {error}") from error
        except PinError:
            db.close()
            raise
        return cls(db)

    def draw(self) -> None:
        """Let the database go on as before."""
        self._db.close()


def _hold(db: sqlite3.Connection, path: Path) -> None:
    mode = db.execute("PRAGMA journal_mode").fetchone()[0]
    if mode != "wal":
        raise PinError(f"{path} has no write-ahead log (journal mode {mode}): its disk does not offer what that needs")
    busy, _, _ = db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    if busy:
        # The log was not emptied: it could be begun anew under the copy.
        raise PinError(f"{path} is being read by another program: close that one, and try again")
    db.execute("BEGIN")
    # A transaction begins to read with its first query.
    db.execute("SELECT COUNT(*) FROM sqlite_schema").fetchone()
