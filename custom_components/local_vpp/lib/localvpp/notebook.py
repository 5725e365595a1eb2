"""What a flat has witnessed of its building's log, and what it holds against the building: durable before it is said.

Both live in the flat's database. A state is written in the place of the one it grew out of, and of no other: two
answers that were worked out of one state cannot both be given.
"""

from base64 import b64encode
from dataclasses import dataclass
from enum import StrEnum
import hashlib
import secrets
import sqlite3
from typing import Final

from . import tlog
from .store import FlatStore, StoreError

_SEED_LENGTH: Final = 32

MOST_EVIDENCE: Final = 64
"""Pieces of one kind: one is proof, and who signs ever new lies must not fill a flat's disk with them."""


class EvidenceKind(StrEnum):
    """What a piece of evidence is made of."""

    HEADS = "heads"
    """Two signed notes of one log: the head that this flat had witnessed (or nothing), and one that contradicts it."""
    SETTLEMENT = "settlement"
    """The flat's testimony (`settled.testify`), and a signed word on a slot that does not follow from it."""
    TWO_SETTLEMENTS = "two settlements"
    """Two signed words on one slot that say different things, each a message as it came over the link."""
    PRICES = "prices"
    """Two signed terms whose prices cannot both be true."""
    TWO_RECORDS = "two records"
    """A sealed record of this flat that gave way, and the logged one in its place, or nothing where it only came after
    such a one. It speaks of the flat's own key, which is in two hands, and not against the building."""
    CUT = "cut log"
    """A sealed record of this flat, a line feed and the log's proof of it; and the building's signed word that the
    flat's chain ends before it in the log, or with another record in its place (`wire.sign_chain_end`)."""
    TWICE = "record twice"
    """A sealed record of this flat, a line feed and the log's proof of it; and the log's proof of it elsewhere."""
    FORGED = "forged record"
    """The signed note of the witnessed head, and a sealed record that the log holds in this flat's name and none of its
    keys has signed, a line feed, and the log's proof of it."""
    MARKET = "market"
    """What the flat was told of a slot's round and what it has logged (`trading.proving.testify`), and a signed book
    with its result, or a word, that does not follow from it."""
    UNFORESEEN = "unforeseen key"
    """What the building's key has committed to, 32 bytes; and a sealed rotation that it has signed, to a key which does
    not open that. It says that the building's key is in other hands, and not that its log contradicts itself."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the building, or its log, contradicted itself with."""

    seen_ms: int
    reason: str
    ours: bytes
    """What was known before."""
    theirs: bytes
    """What contradicts it, signed by the building or its log, as it was received."""
    kind: EvidenceKind = EvidenceKind.HEADS

    def plain(self) -> dict[str, str | int]:
        """Return it as JSON shows it: signed notes are text that anybody can verify, all else is Base64."""
        text = bytes.decode if self.kind is EvidenceKind.HEADS else lambda told: b64encode(told).decode()
        return {
            "seen_ms": self.seen_ms,
            "kind": self.kind,
            "reason": self.reason,
            "ours": text(self.ours),
            "theirs": text(self.theirs),
        }


class Purpose(StrEnum):
    """What a flat signs heads for: each says something else, so each has a key of its own."""

    WITNESS = "witness"
    MIRROR = "mirror"


class Notebook:
    """The witness's part of a flat's database. All methods raise StoreError when the file fails them."""

    def __init__(self, store: FlatStore) -> None:
        self._store = store

    async def seed(self, epoch: int, purpose: Purpose) -> bytes:
        """Return the seed of a key that signs heads, made on the first call for an epoch.

        A flat that was restored from a backup has forgotten what it signed since: it begins a new epoch, and with it
        a new key, so that no key ever says two things.
        """

        def work(db: sqlite3.Connection) -> bytes:
            key = f"{purpose} seed {epoch}"
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

    async def keep(self, evidence: Evidence, name: bytes | None = None) -> bool:
        """Keep evidence; return False when it was kept already, or there is more than enough of its kind.

        The name tells what is kept already; without one, that is the same bytes.
        """
        told = evidence.ours + b"\0" + evidence.theirs if name is None else evidence.kind.encode() + b"\0" + name
        values = (evidence.seen_ms, evidence.reason, evidence.ours, evidence.theirs, evidence.kind)

        def work(db: sqlite3.Connection) -> bool:
            with db:
                done = db.execute(
                    "INSERT OR IGNORE INTO evidence (hash, seen_ms, reason, ours, theirs, kind)"
                    " SELECT ?, ?, ?, ?, ?, ? WHERE (SELECT COUNT(*) FROM evidence WHERE kind = ?) < ?",
                    (hashlib.sha256(told).digest(), *values, evidence.kind, MOST_EVIDENCE),
                )
            return bool(done.rowcount)

        return await self._store.run(work)

    async def evidence(self) -> list[Evidence]:
        """Return all evidence, oldest first."""

        def work(db: sqlite3.Connection) -> list[Evidence]:
            rows = db.execute("SELECT seen_ms, reason, ours, theirs, kind FROM evidence ORDER BY seen_ms, rowid")
            return [Evidence(row[0], row[1], row[2], row[3], EvidenceKind(row[4])) for row in rows]

        return await self._store.run(work)
