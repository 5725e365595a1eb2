"""What a flat writes when it goes on from the end that its chain has in the log: all of it, or nothing.

In one transaction the log's records take the place of those that contradict them, which become evidence, and the next
epoch begins with a gap still to be recorded. Whoever crashes before it adopts again, after it goes on.
"""

from collections.abc import Sequence
from dataclasses import dataclass
import hashlib
import json
import sqlite3
from typing import Final

from .adoption import WITHIN_MS, Adopted, last_reading, rotated_to
from .etp import METERED, Kind, PublicKey, Record
from .notebook import EvidenceKind
from .store import EPOCH, GAP_FROM, OPEN, FlatStore
from .store_file import write_reading

CONTRADICTION: Final = "this flat has signed another record with the seq of a logged one"
_ADOPTIONS: Final = "adoptions"
KEPT_TIMES: Final = 15
"""More than are ever counted; the list must not grow for good."""


@dataclass(frozen=True, slots=True)
class Dropped:
    """A record that the log never got, for it has another one in its place."""

    seq: int
    contradicts: bool
    """Whether it is signed evidence; else it only followed on one that is."""


class AdoptionBook:
    """The adoptions of one flat, in its database. All methods raise StoreError when the file fails them."""

    def __init__(self, store: FlatStore) -> None:
        self._store = store

    async def times(self) -> Sequence[int]:
        """Return when the flat has adopted its chain, the last times."""
        return await self._store.run(_times)

    async def keys(self) -> Sequence[PublicKey]:
        """Return the keys that the flat's own rotations name."""

        def work(db: sqlite3.Connection) -> list[PublicKey]:
            rows = db.execute("SELECT sealed FROM record WHERE kind = ? ORDER BY seq", (int(Kind.ROTATE),)).fetchall()
            return rotated_to(Record.decode(row[0]) for row in rows)

        return await self._store.run(work)

    async def adopt(self, adopted: Adopted, now_ms: int) -> tuple[Dropped, ...]:
        """Take the log's records over; return those of the flat's own that gave way."""

        def work(db: sqlite3.Connection) -> tuple[Dropped, ...]:
            with db:
                dropped = _drop(db, adopted, now_ms)
                for each in adopted.records:
                    _insert(db, each.record)
                    db.execute(
                        "UPDATE record SET log_index = ?, proof = ? WHERE hash = ?",
                        (each.index, each.proof, each.record.hash),
                    )
                _go_on(db, adopted)
                _note(db, _ADOPTIONS, json.dumps([*_times(db)[-KEPT_TIMES:], now_ms]).encode())
            return dropped

        return await self._store.run(work)

    async def contradiction(self, now_ms: int) -> bytes | None:
        """Return a sealed record that this flat has signed beside a logged one of late; None when there is none."""

        def work(db: sqlite3.Connection) -> bytes | None:
            row = db.execute(
                "SELECT ours FROM evidence WHERE reason = ? AND ABS(? - seen_ms) < ? ORDER BY seen_ms DESC LIMIT 1",
                (CONTRADICTION, now_ms, WITHIN_MS),
            ).fetchone()
            return None if row is None else bytes(row[0])

        return await self._store.run(work)


def _drop(db: sqlite3.Connection, adopted: Adopted, now_ms: int) -> tuple[Dropped, ...]:
    """Take out what is not the log's; what stands in the place of a logged record is kept as evidence."""
    logged = {each.record.envelope.seq: each.record for each in adopted.records}
    dropped = []
    rows = db.execute("SELECT seq, hash, sealed FROM record WHERE seq > ? ORDER BY seq", (adopted.after,)).fetchall()
    for seq, name, sealed in rows:
        theirs = logged.get(seq)
        if theirs is not None and theirs.hash == name:
            continue
        dropped.append(Dropped(seq, theirs is not None))
        told = b"" if theirs is None else theirs.encode()
        reason = CONTRADICTION if theirs is not None else f"{CONTRADICTION}, and this one after it"
        db.execute(
            "INSERT OR IGNORE INTO evidence (hash, seen_ms, reason, ours, theirs, kind) VALUES (?, ?, ?, ?, ?, ?)",
            (hashlib.sha256(sealed + b"\0" + told).digest(), now_ms, reason, sealed, told, EvidenceKind.TWO_RECORDS),
        )
        db.execute("DELETE FROM record WHERE seq = ?", (seq,))
    return tuple(dropped)


def _insert(db: sqlite3.Connection, record: Record) -> None:
    envelope = record.envelope
    db.execute(
        "INSERT OR IGNORE INTO record (seq, epoch, hash, kind, slot, sealed) VALUES (?, ?, ?, ?, ?, ?)",
        (envelope.seq, envelope.epoch, record.hash, int(record.kind), envelope.slot, record.encode()),
    )


def _go_on(db: sqlite3.Connection, adopted: Adopted) -> None:
    """Begin the next epoch where the newest reading in the log ends."""
    _note(db, EPOCH, str(adopted.epoch).encode())
    kinds = ", ".join(str(int(kind)) for kind in METERED)
    row = db.execute(
        f"SELECT sealed FROM record WHERE kind IN ({kinds}) ORDER BY seq DESC LIMIT 1"  # noqa: S608 - numbers of our own
    ).fetchone()
    if row is None:
        return  # The log knows no reading yet: the open interval still begins where its first one will.
    reading = last_reading(Record.decode(row[0]))
    _note(db, OPEN, b"null")
    if reading is None:
        db.execute("DELETE FROM meta WHERE key = ?", (GAP_FROM,))
    else:
        _note(db, GAP_FROM, write_reading(reading))


def _times(db: sqlite3.Connection) -> list[int]:
    row = db.execute("SELECT value FROM meta WHERE key = ?", (_ADOPTIONS,)).fetchone()
    return [] if row is None else [int(each) for each in json.loads(row[0])]


def _note(db: sqlite3.Connection, key: str, value: bytes) -> None:
    db.execute("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)", (key, value))
