"""What a flat keeps of its market, in its database: its documents before they are signed, and each slot as it stands.

A flat that forgot its nonces could not show its orders, and one that forgot its verdict could sign two.
"""

from collections.abc import Sequence
from dataclasses import astuple, dataclass, replace
import json
import sqlite3
from typing import Any, Final

from ..etp import RecordHash
from ..market import MarketError
from ..market.rounds import Placed
from ..store import FlatStore
from .state import OwnTrade

KEEP_DOCUMENTS_S: Final = 14 * 86_400
"""So long books and results are kept; what was found of them, and the own orders, stay."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One document of this flat's orders."""

    placed: Placed
    placed_ms: int
    record: RecordHash | None = None
    """Of the ORDERS record that names it; None before it is signed."""
    index: int | None = None
    """Where the log is proven to hold that."""
    proven_ms: int | None = None
    """When this flat knew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptSlot:
    """A slot as this flat knows it. Statements are as they were signed."""

    slot: int
    rules: bytes
    """The building's word on them, which was the newest when the flat first had to do with the slot."""
    closed: bytes | None = None
    """The building's word that the gate is closed."""
    log_size: int | None = None
    taken: bytes | None = None
    """The building's word that it has this flat's orders."""
    book: bytes | None = None
    result: bytes | None = None
    verdict: bytes | None = None
    """What this flat has signed of the two; None for one that came too late."""
    findings: tuple[str, ...] = ()
    cleared: bytes | None = None
    trades: tuple[OwnTrade, ...] = ()
    """This flat's, once the result counts."""
    price: int | None = None
    """The one price of all trades, where there is one."""
    shared: str | None = None
    """Why nothing is traded."""
    documents: tuple[Document, ...] = ()
    """Oldest first."""

    @property
    def logged(self) -> bool:
        """Whether orders of this flat are on their way into the log, or there."""
        return any(each.record is not None for each in self.documents)

    @property
    def ended(self) -> bool:
        """Whether it is known what came of the slot."""
        return self.cleared is not None or self.shared is not None

    def counted(self, log_size: int) -> Document | None:
        """Return which document counts, the log having had so many entries at the gate."""
        held = [each for each in self.documents if each.index is not None and each.index < log_size]
        return max(held, key=lambda each: each.index or 0, default=None)

    @property
    def unproven(self) -> tuple[Document, ...]:
        """Documents of which it is not known yet whether the log has them."""
        return tuple(each for each in self.documents if each.record is not None and each.index is None)


class TradingBook:
    """The queries. All raise StoreError when the file fails them."""

    def __init__(self, store: FlatStore) -> None:
        self._store = store

    async def slots(self, since: int) -> dict[int, KeptSlot]:
        """Return the slots that begin at a time or later, and older ones with orders of which nothing came yet."""

        def work(db: sqlite3.Connection) -> dict[int, KeptSlot]:
            rows = db.execute(
                f"SELECT {_COLUMNS} FROM market_slot"  # noqa: S608 - words of our own
                " WHERE slot >= ? OR (cleared IS NULL AND shared IS NULL AND EXISTS"
                " (SELECT 1 FROM placed WHERE placed.slot = market_slot.slot AND placed.record IS NOT NULL))"
                " ORDER BY slot LIMIT ?",
                (since, _MOST_OPEN),
            ).fetchall()
            return {row[0]: _slot(row, _documents(db, row[0])) for row in rows}

        return await self._store.run(work)

    async def one(self, slot: int) -> KeptSlot | None:
        """Return a slot."""

        def work(db: sqlite3.Connection) -> KeptSlot | None:
            row = db.execute(
                f"SELECT {_COLUMNS} FROM market_slot WHERE slot = ?",  # noqa: S608 - words of our own
                (slot,),
            ).fetchone()
            return None if row is None else _slot(row, _documents(db, slot))

        return await self._store.run(work)

    async def traded(self, since: int) -> list[tuple[int, tuple[OwnTrade, ...], int | None]]:
        """Return the slots that begin at a time or later and were traded: this flat's trades, and the price of all."""

        def work(db: sqlite3.Connection) -> list[tuple[int, tuple[OwnTrade, ...], int | None]]:
            rows = db.execute(
                "SELECT slot, trades, price FROM market_slot WHERE slot >= ? AND cleared IS NOT NULL ORDER BY slot",
                (since,),
            )
            return [(slot, _trades(trades), price) for slot, trades, price in rows]

        return await self._store.run(work)

    async def keep(self, kept: KeptSlot) -> None:
        """Keep how a slot stands, its documents with it."""

        def work(db: sqlite3.Connection) -> None:
            with db:
                db.execute(
                    f"INSERT OR REPLACE INTO market_slot ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608
                    (
                        kept.slot,
                        kept.rules,
                        kept.closed,
                        kept.log_size,
                        kept.taken,
                        kept.book,
                        kept.result,
                        kept.verdict,
                        json.dumps(kept.findings),
                        kept.cleared,
                        json.dumps([astuple(trade) for trade in kept.trades]),
                        kept.price,
                        kept.shared,
                    ),
                )
                db.executemany(
                    "INSERT INTO placed (digest, slot, placed_ms, document, record, proven_ms)"
                    " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (digest)"
                    " DO UPDATE SET record = excluded.record, proven_ms = excluded.proven_ms",
                    [
                        (
                            each.placed.digest,
                            kept.slot,
                            each.placed_ms,
                            each.placed.encode(),
                            each.record,
                            each.proven_ms,
                        )
                        for each in kept.documents
                    ],
                )

        await self._store.run(work)

    async def forget(self, before: int) -> None:
        """Drop books and results of slots before one."""

        def work(db: sqlite3.Connection) -> None:
            with db:
                db.execute(
                    "UPDATE market_slot SET book = NULL, result = NULL WHERE slot < ? AND book IS NOT NULL", (before,)
                )

        await self._store.run(work)


_COLUMNS: Final = (
    "slot, rules, closed, log_size, taken, book, result, verdict, findings, cleared, trades, price, shared"
)
_MOST_OPEN: Final = 1_000
"""Slots that are looked at, the nearest ones; the rest is in the database all the same."""


def _slot(row: tuple[Any, ...], own: Sequence[Document]) -> KeptSlot:
    slot, rules, closed, log_size, taken, book, result, verdict, findings, cleared, trades, price, shared = row
    return KeptSlot(
        slot=slot,
        rules=rules,
        closed=closed,
        log_size=log_size,
        taken=taken,
        book=book,
        result=result,
        verdict=verdict,
        findings=tuple(json.loads(findings)),
        cleared=cleared,
        trades=_trades(trades),
        price=price,
        shared=shared,
        documents=tuple(own),
    )


def _trades(kept: str) -> tuple[OwnTrade, ...]:
    return tuple(OwnTrade(*trade) for trade in json.loads(kept))


def _documents(db: sqlite3.Connection, slot: int) -> list[Document]:
    rows = db.execute(
        "SELECT document, placed_ms, placed.record, log_index, proven_ms FROM placed"
        " LEFT JOIN record ON record.hash = placed.record WHERE placed.slot = ? ORDER BY placed.rowid",
        (slot,),
    )
    return [
        Document(
            placed=_read(document),
            placed_ms=placed_ms,
            record=None if record is None else RecordHash(record),
            index=index,
            proven_ms=proven_ms,
        )
        for document, placed_ms, record, index, proven_ms in rows
    ]


def _read(document: bytes) -> Placed:
    try:
        return Placed.decode(document)
    except MarketError as error:
        raise ValueError(f"orders cannot be read: {error}") from error


def with_document(kept: KeptSlot, changed: Document) -> KeptSlot:
    """Return a slot with one of its documents as it stands now, or with a further one."""
    known = [each.placed.digest for each in kept.documents]
    if changed.placed.digest not in known:
        return replace(kept, documents=(*kept.documents, changed))
    documents = tuple(changed if each.placed.digest == changed.placed.digest else each for each in kept.documents)
    return replace(kept, documents=documents)
