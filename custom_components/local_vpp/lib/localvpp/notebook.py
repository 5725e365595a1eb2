"""What a flat has witnessed of its building's log, and what it holds against it: durable before it is said.

Both live in the flat's database. A state is written in the place of the one it grew out of, and of no other: two
answers that were worked out of one state cannot both be given.
"""

from dataclasses import dataclass
import hashlib
import secrets
import sqlite3
from typing import Final

from . import tlog
from .store import FlatStore, StoreError

MOST_EVIDENCE: Final = 1_000
"""Half a megabyte: who signs ever new heads that do not fit must not fill a flat's disk with them."""
_SEED_LENGTH: Final = 32


@dataclass(frozen=True, slots=True)
class Evidence:
    """Two signed heads of one log that cannot both be true, or of which it does not prove that they can."""

    seen_ms: int
    reason: str
    ours: bytes
    """The signed note of the head that this flat had witnessed; empty when there was none."""
    theirs: bytes
    """The signed note of the head that contradicts it."""

    def plain(self) -> dict[str, str | int]:
        """Return it as JSON shows it: both notes are text that anybody can verify with the log's key."""
        return {
            "seen_ms": self.seen_ms,
            "reason": self.reason,
            "ours": self.ours.decode(),
            "theirs": self.theirs.decode(),
        }


class Notebook:
    """The witness's part of a flat's database. All methods raise StoreError when the file fails them."""

    def __init__(self, store: FlatStore) -> None:
        self._store = store

    async def seed(self, epoch: int) -> bytes:
        """Return the seed of the witness's key, made on the first call for an epoch.

        A flat that was restored from a backup has forgotten what it signed since: it begins a new epoch, and with it
        a new key, so that no key ever says two things.
        """

        def work(db: sqlite3.Connection) -> bytes:
            key = f"witness seed {epoch}"
            with db:
                db.execute(
                    "INSERT OR IGNORE INTO meta (key, value) VALUES (?, ?)", (key, secrets.token_bytes(_SEED_LENGTH))
                )
            return bytes(db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()[0])

        return await self._store.run(work)

    async def witnessed(self, origin: str) -> tuple[tlog.Head, int]:
        """Return the newest head that was witnessed of a log, and the time of that."""

        def work(db: sqlite3.Connection) -> tuple[tlog.Head, int]:
            row = db.execute("SELECT size, root, note, time FROM witnessed WHERE origin = ?", (origin,)).fetchone()
            return (tlog.Head(row[0], tlog.to_hash(row[1]), row[2]), row[3]) if row else (tlog.NO_HEAD, 0)

        return await self._store.run(work)

    async def replace(self, old: tlog.WitnessedLog, new: tlog.WitnessedLog) -> None:
        """Make a new state durable in the place of the old one.

        Raises StoreError when another one stands there.
        """

        def work(db: sqlite3.Connection) -> int:
            values = (new.latest.size, new.latest.root, new.latest.note, new.time)
            with db:
                if old.latest == tlog.NO_HEAD:
                    return db.execute(
                        "INSERT OR IGNORE INTO witnessed (size, root, note, time, origin) VALUES (?, ?, ?, ?, ?)",
                        (*values, new.origin),
                    ).rowcount
                return db.execute(
                    "UPDATE witnessed SET size = ?, root = ?, note = ?, time = ?"
                    " WHERE origin = ? AND size = ? AND root = ? AND time = ?",
                    (*values, old.origin, old.latest.size, old.latest.root, old.time),
                ).rowcount

        if await self._store.run(work) != 1:
            raise StoreError(f"another program witnesses {old.origin} with this flat's database: stop one of the two")

    async def keep(self, evidence: Evidence) -> None:
        """Keep evidence, unless it is kept already, or so much is that more proves nothing more."""
        name = hashlib.sha256(evidence.ours + b"\0" + evidence.theirs).digest()

        def work(db: sqlite3.Connection) -> None:
            with db:
                db.execute(
                    "INSERT OR IGNORE INTO evidence (hash, seen_ms, reason, ours, theirs) SELECT ?, ?, ?, ?, ?"
                    " WHERE (SELECT COUNT(*) FROM evidence) < ?",
                    (name, evidence.seen_ms, evidence.reason, evidence.ours, evidence.theirs, MOST_EVIDENCE),
                )

        await self._store.run(work)

    async def evidence(self) -> list[Evidence]:
        """Return all evidence, oldest first."""

        def work(db: sqlite3.Connection) -> list[Evidence]:
            rows = db.execute("SELECT seen_ms, reason, ours, theirs FROM evidence ORDER BY seen_ms")
            return [Evidence(*row) for row in rows]

        return await self._store.run(work)
