"""What proves a round's book, its orders and what came of it to a flat: records of the log, with their places."""

from collections.abc import Collection, Iterable
from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from localvpp.etp import DeviceId, Kind
from localvpp.market.rounds import Rules, digest
from localvpp.wire import (
    LARGEST_MESSAGE,
    ROOM_TO_SIGN,
    LoggedEnvelope,
    LoggedRecord,
    OpenBook,
    RoundName,
    Traded,
    encode,
)

from ..ledger import Ledger
from ..store import Entry, entries as entry_store, market as store
from ..store.market import StoredRound
from ..store.orders import orders_at
from .books import TooLargeError
from .ending import Ended
from .troubles import LostError


async def ordering(connection: AsyncConnection, slot: int) -> Collection[DeviceId]:
    """Return who has an ORDERS record of a slot, in time or not."""
    return {entry.device for entry in await entry_store.of_kind(connection, slot, Kind.ORDERS)}


async def lost_round(connection: AsyncConnection, at: RoundName, rules: Rules) -> Ended | None:
    """Return what came of a round that the log knows of, and this database does not; None where it knows of none.

    A coordinator that was built anew from a mirror finds rounds in its log that it has no documents of.
    """
    known = {
        name for each in await store.of_slot(connection, at.slot) for name in (each.book_record, each.cleared_record)
    }
    gate_ms, end_ms = rules.gate_ms(at.slot, at.number), rules.end_ms(at.slot, at.number)
    for kind, ended in ((Kind.CLEARED, Ended.TRADED), (Kind.BOOK, Ended.UNTRADED)):
        for entry in await entry_store.of_kind(connection, at.slot, kind):
            if entry.hash not in known and gate_ms <= entry.end_ms < end_ms:
                return ended
    return None


async def open_book(engine: AsyncEngine, ledger: Ledger, told: StoredRound) -> OpenBook | None:
    """Return a round's book and result with their proofs, not signed yet; None while the book is not published.

    Raises TooLargeError, LostError, TlogError, OSError, SQLAlchemyError.
    """
    assert told.book is not None, "there is a book"
    assert told.result is not None, "it was cleared"
    async with engine.connect() as connection:
        found = await orders_at(connection, told.slot, told.log_since, told.log_size)
        orders = [entry for entry in found.values() if entry.body is not None]  # Others are in no book: see `closing`.
        books = await entry_store.of_kind(connection, told.slot, Kind.BOOK)
        proposed = await _proposed(connection, told.slot, digest(told.result))
    record, sealed = _record(books, told.book_record, told)
    if max(each.index for each in (record, *proposed)) >= ledger.size:
        return None
    own = [each.index for each in (record, *proposed)]
    head, proofs, _ = await ledger.proven([*own, *(each.index for each in orders)], 0)
    proof, best, proofs = proofs[0], proofs[1 : len(own)], proofs[len(own) :]
    message = OpenBook(
        at=told.at,
        statement=b"",
        book=told.book,
        result=told.result,
        record=sealed,
        index=record.index,
        proof=proof.path,
        orders=tuple(
            LoggedEnvelope(each.envelope, each.index, path.path) for each, path in zip(orders, proofs, strict=True)
        ),
        proposal=_logged(proposed[0], best[0].path) if proposed else None,
        checkpoint=head.checkpoint.decode(),
    )
    if (size := len(encode(message)) + ROOM_TO_SIGN) > LARGEST_MESSAGE:
        raise TooLargeError(f"book, result and proofs have {size} bytes, and {LARGEST_MESSAGE} fit into a message")
    return message


async def _proposed(connection: AsyncConnection, slot: int, result: bytes) -> list[Entry]:
    """Return the PROPOSAL record that names a result, by its hash; none where nobody has proposed it."""
    found = await entry_store.of_kind(connection, slot, Kind.PROPOSAL)
    return [each for each in found if (body := each.opened()) is not None and body.evidence == (result,)][:1]


def _logged(entry: Entry, path: tuple[bytes, ...]) -> LoggedRecord:
    assert entry.sealed is not None, "the building's own records are not erased"
    return LoggedRecord(entry.sealed, entry.index, path)


def signed(message: OpenBook, statement: bytes) -> OpenBook:
    """Return the message with the building's word to one flat."""
    return replace(message, statement=statement)


async def traded(engine: AsyncEngine, ledger: Ledger, told: StoredRound) -> Traded | None:
    """Return what came of a round with its proof; None while it is not published.

    Raises LostError, TlogError, OSError, SQLAlchemyError.
    """
    assert told.cleared is not None, "it was traded"
    async with engine.connect() as connection:
        cleared = await entry_store.of_kind(connection, told.slot, Kind.CLEARED)
    record, sealed = _record(cleared, told.cleared_record, told)
    if record.index >= ledger.size:
        return None
    head, (proof,), _ = await ledger.proven([record.index], 0)
    return Traded(told.at, told.cleared, sealed, record.index, proof.path, head.checkpoint.decode())


def _record(entries: Iterable[Entry], name: bytes | None, told: StoredRound) -> tuple[Entry, bytes]:
    """Return a record of a round by its name, and as it was sealed. Raises LostError."""
    record = next((entry for entry in entries if entry.hash == name), None)
    if record is None or record.sealed is None:
        # The building's own records are not erased; what a mirror did not give back is not here.
        raise LostError(f"a record of {told.at} is not here")
    return record, record.sealed
