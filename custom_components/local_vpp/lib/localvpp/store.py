"""What a flat must not forget: its records, its open interval and its frames; other rooms keep theirs here, too.

SQLite with a write-ahead log. A record is committed (synchronous=FULL) before it is sent for the first time, and kept
until the coordinator has proven that it is in the log and beyond: the flat owns its history. Frames are
written in batches and may lose the last seconds in a crash.

sqlite3 blocks, so all of it runs on one thread of its own; the methods are for the event loop.
"""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
import sqlite3
from typing import Final, Self

from .etp import EMPTY, METERED, DeviceId, EtpError, Head, Kind, Record, RecordHash
from .pin import Pin
from .slots import Interval, Reading
from .store_file import StoreError, connect, read_interval, read_reading, write_interval
from .wire import ProtocolError, SlotResult

__all__ = ["EPOCH", "GAP_FROM", "OPEN", "FlatStore", "Kept", "Saved", "StoreError", "Totals"]


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums over all settled slots. Money in 10⁻⁵ yen, income positive."""

    slots: int = 0
    shared_in_wh: int = 0
    shared_out_wh: int = 0
    inside_money: int = 0
    grid_money: int = 0

    def plus(self, result: SlotResult) -> Totals:
        """Return the totals after one more slot."""
        return Totals(
            self.slots + 1,
            self.shared_in_wh + result.shared_in_wh,
            self.shared_out_wh + result.shared_out_wh,
            self.inside_money + result.inside_money,
            self.grid_money + result.grid_money,
        )


@dataclass(frozen=True, slots=True)
class Kept:
    """A stored record and where the log has it."""

    record: Record
    index: int | None
    proof: str | None


@dataclass(frozen=True, slots=True)
class Saved:
    """What an agent starts from."""

    head: Head
    """Of the last record; its epoch is that of the next one."""
    open: Interval | None
    last: tuple[Kept, ...]
    """The newest two records of the meter, or fewer, in their order."""
    pending: int
    proven: int
    """Seq of the newest record that the log has proven to hold, 0 when none."""
    settled_slot: int
    """The last settled slot of which the building's word is stored, 0 when none."""
    totals: Totals
    gap_from: Reading | None = None
    """The last reading that the log knows, while the gap since then is still to be recorded."""


EPOCH: Final = "epoch"
GAP_FROM: Final = "gap from"
OPEN: Final = "open"
"""Names of what is kept beside the records, for who writes them in a transaction of its own."""


class FlatStore:
    """The database of one flat. All methods raise StoreError when the file fails them."""

    def __init__(self, path: Path, connection: sqlite3.Connection, thread: ThreadPoolExecutor) -> None:
        self._path = path
        self._db = connection
        self._thread = thread

    @classmethod
    async def open(cls, path: Path, device: DeviceId, origin: str) -> Self:
        """Open the flat's database, making it when it is not there.

        Raises StoreError when the file belongs to another device or building, or is no such database.
        """
        thread = ThreadPoolExecutor(1, thread_name_prefix=f"store {path.name}")
        try:
            db = await asyncio.get_running_loop().run_in_executor(thread, connect, path, device, origin)
        except StoreError:
            thread.shutdown()
            raise
        except BaseException:
            thread.shutdown(wait=False)  # Cancelled: it may still be at work.
            raise
        return cls(path, db, thread)

    async def close(self) -> None:
        """Close the file; what was accepted is in it."""
        await self._run(self._db.close)
        self._thread.shutdown()

    async def pin(self) -> Pin:
        """Hold the file still for a copy. It is done on the store's own thread, where nothing is being written.

        Raises PinError.
        """
        return await self._run(lambda: Pin.put(self._path))

    async def _run[T](self, work: Callable[[], T]) -> T:
        future = asyncio.get_running_loop().run_in_executor(self._thread, work)
        try:
            try:
                return await asyncio.shield(future)
            except asyncio.CancelledError:
                # Whoever is cancelled must know what is stored: what was begun is ended first.
                await asyncio.wait([future])
                if error := future.exception():
                    # Whoever takes the error in hand is cancelled all the same: where it waits next.
                    task = asyncio.current_task()
                    assert task is not None, "a task was cancelled"
                    task.uncancel()
                    task.cancel()
                    raise error from None
                raise
        except (sqlite3.Error, EtpError, ProtocolError, ValueError) as error:
            raise StoreError(f"the flat's database fails or is damaged: {error}") from error

    async def run[T](self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Let another room do its own queries, on the store's thread; one that writes opens its own transaction."""
        return await self._run(lambda: work(self._db))

    async def load(self) -> Saved:
        """Return what the agent left."""
        return await self._run(self._load)

    def _load(self) -> Saved:
        row = self._db.execute("SELECT epoch, seq, hash FROM record ORDER BY seq DESC LIMIT 1").fetchone()
        kinds = ", ".join(str(int(kind)) for kind in METERED)
        rows = self._db.execute(
            f"SELECT sealed, log_index, proof FROM record WHERE kind IN ({kinds}) ORDER BY seq DESC LIMIT 2"  # noqa: S608 - numbers of our own
        ).fetchall()
        totals = self._db.execute(
            "SELECT COUNT(*), COALESCE(SUM(shared_in_wh), 0), COALESCE(SUM(shared_out_wh), 0),"
            " COALESCE(SUM(inside_money), 0), COALESCE(SUM(grid_money), 0), COALESCE(MAX(slot), 0) FROM result"
        ).fetchone()
        left_out = self._db.execute("SELECT COALESCE(MAX(slot), 0) FROM left_out").fetchone()[0]
        return Saved(
            head=self._head(row),
            open=read_interval(self._meta(OPEN)),
            last=tuple(Kept(Record.decode(data), index, proof) for data, index, proof in reversed(rows)),
            pending=self._db.execute("SELECT COUNT(*) FROM record WHERE log_index IS NULL").fetchone()[0],
            proven=self._db.execute("SELECT COALESCE(MAX(seq), 0) FROM record WHERE log_index IS NOT NULL").fetchone()[
                0
            ],
            settled_slot=max(totals[5], left_out),
            totals=Totals(*totals[:5]),
            gap_from=read_reading(self._meta(GAP_FROM)),
        )

    def _head(self, row: tuple[int, int, bytes] | None) -> Head:
        head = Head(row[0], row[1], RecordHash(row[2])) if row else EMPTY
        begun = self._meta(EPOCH)
        return head if begun is None else replace(head, epoch=max(head.epoch, int(begun)))

    async def append(self, records: Sequence[Record], open_interval: Interval | None) -> None:
        """Make records durable, together with the interval that begins where they end."""

        def work() -> None:
            with self._db:
                for record in records:
                    envelope = record.envelope
                    self._db.execute(
                        "INSERT INTO record (seq, epoch, hash, kind, slot, sealed) VALUES (?, ?, ?, ?, ?, ?)",
                        (envelope.seq, envelope.epoch, record.hash, int(record.kind), envelope.slot, record.encode()),
                    )
                if any(record.kind in METERED for record in records):
                    self._db.execute("DELETE FROM meta WHERE key = ?", (GAP_FROM,))
                self._set_meta(OPEN, write_interval(open_interval))

        await self._run(work)

    async def save_seconds(self, open_interval: Interval | None, frames: Sequence[tuple[int, int, bytes]]) -> None:
        """Store frames (time in ms, count, signed bytes) and how far the open interval has grown."""

        def work() -> None:
            with self._db:
                self._db.executemany("INSERT OR REPLACE INTO frame (time_ms, count, data) VALUES (?, ?, ?)", frames)
                self._set_meta(OPEN, write_interval(open_interval))

        await self._run(work)

    async def frames(self, after_ms: int, until_ms: int) -> list[bytes]:
        """Return the signed frames with after_ms < time ≤ until_ms, oldest first."""

        def work() -> list[bytes]:
            rows = self._db.execute(
                "SELECT data FROM frame WHERE time_ms > ? AND time_ms <= ? ORDER BY time_ms, count",
                (after_ms, until_ms),
            )
            return [row[0] for row in rows]

        return await self._run(work)

    async def forget_frames(self, before_ms: int) -> int:
        """Delete the frames of before a time; return how many there were."""

        def work() -> int:
            with self._db:
                return self._db.execute("DELETE FROM frame WHERE time_ms < ?", (before_ms,)).rowcount

        return await self._run(work)

    async def unsent(self, limit: int) -> list[bytes]:
        """Return the oldest sealed records that the log has not been proven to hold."""

        def work() -> list[bytes]:
            rows = self._db.execute("SELECT sealed FROM record WHERE log_index IS NULL ORDER BY seq LIMIT ?", (limit,))
            return [row[0] for row in rows]

        return await self._run(work)

    async def proven(self, proofs: Sequence[tuple[RecordHash, int, str]]) -> int:
        """Keep where the log holds records, with their .tlog-proof texts; return how many are still unsent."""

        def work() -> int:
            with self._db:
                self._db.executemany(
                    "UPDATE record SET log_index = ?, proof = ? WHERE hash = ?",
                    [(index, proof, name) for name, index, proof in proofs],
                )
            return int(self._db.execute("SELECT COUNT(*) FROM record WHERE log_index IS NULL").fetchone()[0])

        return await self._run(work)

    async def hash_at(self, seq: int) -> RecordHash | None:
        """Return the hash of the flat's record with this seq, if it has one."""

        def work() -> RecordHash | None:
            row = self._db.execute("SELECT hash FROM record WHERE seq = ?", (seq,)).fetchone()
            return RecordHash(row[0]) if row else None

        return await self._run(work)

    async def head_at(self, seq: int) -> Head:
        """Return the end that the flat's own chain has with this seq; EMPTY for 0.

        Raises StoreError when it has none.
        """

        def work() -> Head:
            row = self._db.execute("SELECT epoch, seq, hash FROM record WHERE seq = ?", (seq,)).fetchone()
            if row is None and seq:
                raise ValueError(f"record {seq} is missing")
            return Head(row[0], row[1], RecordHash(row[2])) if row else EMPTY

        return await self._run(work)

    async def kept(self, name: RecordHash) -> Kept | None:
        """Return a record with its place in the log."""

        def work() -> Kept | None:
            row = self._db.execute("SELECT sealed, log_index, proof FROM record WHERE hash = ?", (name,)).fetchone()
            return Kept(Record.decode(row[0]), row[1], row[2]) if row else None

        return await self._run(work)

    async def intervals(self, slot: int) -> list[Kept]:
        """Return the flat's interval records of a slot."""
        return await self.of_slot(slot, Kind.INTERVAL)

    async def of_slot(self, slot: int, kind: Kind) -> list[Kept]:
        """Return the flat's records of a slot and a kind."""

        def work() -> list[Kept]:
            rows = self._db.execute(
                "SELECT sealed, log_index, proof FROM record WHERE slot = ? AND kind = ? ORDER BY seq",
                (slot, int(kind)),
            )
            return [Kept(Record.decode(data), index, proof) for data, index, proof in rows]

        return await self._run(work)

    async def logged_before(self, index: int) -> Kept | None:
        """Return the flat's newest record that the log is proven to hold at a place before one."""

        def work() -> Kept | None:
            row = self._db.execute(
                "SELECT sealed, log_index, proof FROM record WHERE log_index < ? ORDER BY seq DESC LIMIT 1", (index,)
            ).fetchone()
            return Kept(Record.decode(row[0]), row[1], row[2]) if row else None

        return await self._run(work)

    async def interval_slots(self, after: int, before: int) -> list[int]:
        """Return the slots between two others that the flat has interval records of."""

        def work() -> list[int]:
            rows = self._db.execute(
                "SELECT DISTINCT slot FROM record WHERE slot > ? AND slot < ? AND kind = ? ORDER BY slot",
                (after, before, int(Kind.INTERVAL)),
            )
            return [row[0] for row in rows]

        return await self._run(work)

    async def newest(self, kind: Kind) -> Record | None:
        """Return the newest record of a kind that this flat has signed; None when there is none."""

        def work() -> Record | None:
            row = self._db.execute(
                "SELECT sealed FROM record WHERE kind = ? ORDER BY seq DESC LIMIT 1", (int(kind),)
            ).fetchone()
            return None if row is None else Record.decode(row[0])

        return await self._run(work)

    async def note(self, key: str, value: bytes) -> None:
        """Store a small value of the agent's own."""

        def work() -> None:
            with self._db:
                self._set_meta(key, value)

        await self._run(work)

    async def noted(self, key: str) -> bytes | None:
        """Return a small value of the agent's own."""
        return await self._run(lambda: self._meta(key))

    def _meta(self, key: str) -> bytes | None:
        row = self._db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return row[0] if row else None

    def _set_meta(self, key: str, value: bytes) -> None:
        self._db.execute("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)", (key, value))
