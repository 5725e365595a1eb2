"""What a flat keeps of its market, in its database: its documents before they are signed, and each round as it stands.

A flat that forgot its nonces could not show its orders, and one that forgot its verdict could sign two.
"""

from dataclasses import astuple, dataclass, replace
import json
import sqlite3
from typing import Any, Final

from ..etp import DeviceId, RecordHash
from ..etp.keys import DEVICE_ID_LENGTH
from ..market import MarketError
from ..market.rounds import GateList, Placed, digest
from ..store import FlatStore
from ..wire import RoundName
from .state import OwnTrade

KEEP_DOCUMENTS_S: Final = 14 * 86_400
"""So long the documents of all are kept."""


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
class KeptRound:
    """A round as this flat knows it. Statements are as they were signed."""

    at: RoundName
    rules: bytes
    """The building's word on those that it is made by, as they were told when the flat last ordered for the round, or
    when its gate was closed."""
    closed: bytes | None = None
    """The building's word that the gate is closed."""
    listed: GateList | None = None
    """The list of all orders that came with it."""
    log_since: int | None = None
    log_size: int | None = None
    taken: bytes | None = None
    """The building's word that it has this flat's orders."""
    best: bytes | None = None
    """The building's word on book and best result so far, the first that this flat has heard."""
    proposal: bytes | None = None
    """The best result that this flat has found for that book, and proposes."""
    proposed_ms: int | None = None
    """When it was sent over the connection that is up; None as long as none carries it."""
    proposal_record: bytes | None = None
    """The building's PROPOSAL record of it, once it is taken."""
    book: bytes | None = None
    result: bytes | None = None
    ordering: frozenset[DeviceId] = frozenset()
    """Devices of which the log is proven to hold orders of the round: they alone can vouch for theirs in the book."""
    vouches: bool = False
    """Whether this flat's own orders, as it gave them, are among those that count in the result."""
    verdict: bytes | None = None
    """What this flat has signed of the two; None for one that came too late, or as long as its key is out."""
    first: bytes | None = None
    """The result that was proposed before this one, which is without the orders of those who gave no word on it,"""
    first_verdict: bytes | None = None
    """and what this flat has signed of that."""
    findings: tuple[str, ...] = ()
    cleared: bytes | None = None
    cleared_name: bytes | None = None
    """Of the result that counts: its name stays, when the document is dropped."""
    trades: tuple[OwnTrade, ...] = ()
    """This flat's, once the result counts."""
    price: int | None = None
    """The one price of all trades, where there is one."""
    untraded: str | None = None
    """Why nothing is traded by it."""
    documents: tuple[Document, ...] = ()
    """Oldest first."""

    @property
    def slot(self) -> int:
        """The slot."""
        return self.at.slot

    @property
    def is_traded(self) -> bool:
        """Whether its result counts."""
        return self.cleared_name is not None

    @property
    def logged(self) -> bool:
        """Whether orders of this flat are on their way into the log, or there."""
        return any(each.record is not None for each in self.documents)

    @property
    def ended(self) -> bool:
        """Whether it is known what came of the round."""
        return self.is_traded or self.untraded is not None

    def counted(self, log_since: int, log_size: int) -> Document | None:
        """Return which document counts, the log having had so many entries at the gate before, and at this one."""
        held = [each for each in self.documents if each.index is not None and log_since <= each.index < log_size]
        return max(held, key=lambda each: each.index or 0, default=None)

    @property
    def unproven(self) -> tuple[Document, ...]:
        """Documents of which it is not known yet whether the log has them."""
        return tuple(each for each in self.documents if each.record is not None and each.index is None)


class TradingBook:
    """The queries. All raise StoreError when the file fails them."""

    def __init__(self, store: FlatStore) -> None:
        self._store = store

    async def rounds(self, since: int) -> dict[RoundName, KeptRound]:
        """Return the rounds of slots that begin at a time or later, and older ones with orders that nothing came of."""

        def work(db: sqlite3.Connection) -> dict[RoundName, KeptRound]:
            rows = db.execute(
                f"SELECT {_COLUMNS} FROM market_round AS r"  # noqa: S608 - words of our own
                " WHERE slot >= ? OR (cleared_name IS NULL AND untraded IS NULL AND EXISTS (SELECT 1 FROM placed"
                " WHERE placed.slot = r.slot AND placed.number = r.number AND placed.record IS NOT NULL))"
                " ORDER BY slot, number LIMIT ?",
                (since, _MOST_OPEN),
            ).fetchall()
            return {kept.at: kept for row in rows for kept in (_round(db, row),)}

        return await self._store.run(work)

    async def one(self, at: RoundName) -> KeptRound | None:
        """Return a round."""
        found = await self._where("slot = ? AND number = ?", (at.slot, at.number))
        return found[0] if found else None

    async def of_slot(self, slot: int) -> list[KeptRound]:
        """Return the rounds of a slot, in their order."""
        return await self._where("slot = ?", (slot,))

    async def _where(self, condition: str, values: tuple[int, ...]) -> list[KeptRound]:
        def work(db: sqlite3.Connection) -> list[KeptRound]:
            rows = db.execute(
                f"SELECT {_COLUMNS} FROM market_round WHERE {condition} ORDER BY number",  # noqa: S608 - words of our own
                values,
            ).fetchall()
            return [_round(db, row) for row in rows]

        return await self._store.run(work)

    async def traded(self, since: int) -> list[tuple[RoundName, tuple[OwnTrade, ...], int | None]]:
        """Return the traded rounds of slots that begin at a time or later: own trades, and the price of all."""

        def work(db: sqlite3.Connection) -> list[tuple[RoundName, tuple[OwnTrade, ...], int | None]]:
            rows = db.execute(
                "SELECT slot, number, trades, price FROM market_round WHERE slot >= ? AND cleared_name IS NOT NULL"
                " ORDER BY slot, number",
                (since,),
            )
            return [(RoundName(slot, number), _trades(trades), price) for slot, number, trades, price in rows]

        return await self._store.run(work)

    async def keep(self, kept: KeptRound) -> None:
        """Keep how a round stands, its documents with it."""

        def work(db: sqlite3.Connection) -> None:
            with db:
                db.execute(
                    f"INSERT OR REPLACE INTO market_round ({_COLUMNS})"  # noqa: S608 - words of our own
                    f" VALUES ({', '.join('?' * len(_COLUMNS.split(', ')))})",
                    (
                        kept.at.slot,
                        kept.at.number,
                        kept.rules,
                        kept.closed,
                        kept.log_since,
                        kept.log_size,
                        kept.taken,
                        kept.book,
                        kept.result,
                        kept.verdict,
                        json.dumps(kept.findings),
                        kept.cleared,
                        kept.cleared_name,
                        json.dumps([astuple(trade) for trade in kept.trades]),
                        kept.price,
                        kept.untraded,
                        kept.best,
                        kept.proposal,
                        kept.proposed_ms,
                        kept.proposal_record,
                        None if kept.listed is None else kept.listed.encode(),
                        b"".join(sorted(kept.ordering)),
                        kept.vouches,
                        kept.first,
                        kept.first_verdict,
                    ),
                )
                db.executemany(
                    "INSERT INTO placed (digest, slot, number, placed_ms, document, record, proven_ms)"
                    " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (digest)"
                    " DO UPDATE SET record = excluded.record, proven_ms = excluded.proven_ms",
                    [
                        (
                            each.placed.digest,
                            kept.at.slot,
                            kept.at.number,
                            each.placed_ms,
                            each.placed.encode(),
                            each.record,
                            each.proven_ms,
                        )
                        for each in kept.documents
                    ],
                )

        await self._store.run(work)

    async def document(self, slot: int, name: bytes) -> bytes | None:
        """Return a document of a slot's rounds by its name: a book, a result, or what says that one counts."""

        def work(db: sqlite3.Connection) -> bytes | None:
            rows = db.execute("SELECT book, result, cleared FROM market_round WHERE slot = ?", (slot,))
            kept = (document for row in rows for document in row if document is not None)
            return next((document for document in kept if digest(document) == name), None)

        return await self._store.run(work)

    async def forget(self, before: int) -> None:
        """Drop the documents of all for slots before one; what was found of them, and the own orders, stay."""

        def work(db: sqlite3.Connection) -> None:
            with db:
                db.execute(
                    "UPDATE market_round SET book = NULL, result = NULL, cleared = NULL, best = NULL, proposal = NULL,"
                    " proposal_record = NULL, listed = NULL, ordering = NULL, first = NULL, rules = x''"
                    " WHERE slot < ? AND rules != x''",
                    (before,),
                )

        await self._store.run(work)


_COLUMNS: Final = (
    "slot, number, rules, closed, log_since, log_size, taken, book, result, verdict, findings, cleared, cleared_name,"
    " trades, price, untraded, best, proposal, proposed_ms, proposal_record, listed, ordering, vouches,"
    " first, first_verdict"
)
_MOST_OPEN: Final = 5_000
"""Rounds that are looked at, the nearest ones; the rest is in the database all the same."""


def _round(db: sqlite3.Connection, row: tuple[Any, ...]) -> KeptRound:
    told = dict(zip(_COLUMNS.split(", "), row, strict=True))
    at = RoundName(told.pop("slot"), told.pop("number"))
    told |= {"findings": tuple(json.loads(told["findings"])), "trades": _trades(told["trades"])}
    told |= {"listed": None if told["listed"] is None else _read(GateList, told["listed"])}
    told |= {"ordering": _devices(told["ordering"] or b""), "vouches": bool(told["vouches"])}
    return KeptRound(at=at, documents=tuple(_documents(db, at)), **told)


def _trades(kept: str) -> tuple[OwnTrade, ...]:
    return tuple(OwnTrade(*trade) for trade in json.loads(kept))


def _devices(kept: bytes) -> frozenset[DeviceId]:
    length = DEVICE_ID_LENGTH
    return frozenset(DeviceId(kept[begin : begin + length]) for begin in range(0, len(kept), length))


def _documents(db: sqlite3.Connection, at: RoundName) -> list[Document]:
    rows = db.execute(
        "SELECT document, placed_ms, placed.record, log_index, proven_ms FROM placed"
        " LEFT JOIN record ON record.hash = placed.record"
        " WHERE placed.slot = ? AND placed.number = ? ORDER BY placed.rowid",
        (at.slot, at.number),
    )
    return [
        Document(
            placed=_read(Placed, document),
            placed_ms=placed_ms,
            record=None if record is None else RecordHash(record),
            index=index,
            proven_ms=proven_ms,
        )
        for document, placed_ms, record, index, proven_ms in rows
    ]


def _read[Kind: (Placed, GateList)](kind: type[Kind], document: bytes) -> Kind:
    try:
        return kind.decode(document)
    except MarketError as error:
        raise ValueError(f"a document of the market cannot be read: {error}") from error


def with_document(kept: KeptRound, changed: Document) -> KeptRound:
    """Return a round with one of its documents as it stands now, or with a further one."""
    known = [each.placed.digest for each in kept.documents]
    if changed.placed.digest not in known:
        return replace(kept, documents=(*kept.documents, changed))
    documents = tuple(changed if each.placed.digest == changed.placed.digest else each for each in kept.documents)
    return replace(kept, documents=documents)
