"""What a slot is settled by where its market was cleared: the trades, and how many records the slot has.

The log holds no document of a round. Trades are read once, when the slot is settled, from book and result, and whose
each order is from the ORDERS records that the book's offers are named by. They stand in the slot's TRANSFER records
from then on: whoever works the slot out again has them from there.
"""

import asyncio
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from localvpp.etp import Body, DeviceId, Kind, Record
from localvpp.market import MarketError
from localvpp.market.rounds import OpenedBook, Outcome, digest
from localvpp.settlement import Trade
from localvpp.traded import Made, UnownedError, made, most_trades, owners_of, together, trade_of

from ..store import Entry, entries as entry_store, market as market_store
from ..store.orders import committed, orders_at


class PapersMissingError(Exception):
    """A slot was cleared, and what it was cleared by is not here, or cannot be used; says what."""

    def __init__(self, why: str, *, may_come: bool) -> None:
        super().__init__(why)
        self.may_come = may_come
        """Whether somebody may still have it."""


@dataclass(frozen=True, slots=True)
class RoundOf:
    """The documents of a round that counts."""

    book: bytes
    result: bytes
    committed: Mapping[DeviceId, bytes]
    """What each flat's ORDERS record names that counts."""


@dataclass(frozen=True, slots=True)
class Cleared:
    """The trades of a slot."""

    documents: tuple[bytes, ...]
    """The names of the CLEARED documents, as the CLEARED records have them, in the order of the rounds."""
    made: tuple[Made[DeviceId], ...]
    """Its trades as they are settled: in their fixed order, with their numbers."""
    count: int
    """How many trades the results have."""
    records: int
    """How many TRANSFER records the slot has, whatever was traded."""

    @property
    def trades(self) -> tuple[Trade[DeviceId], ...]:
        """The trades without their numbers."""
        return tuple(each.trade for each in self.made)


async def cleared_slot(connection: AsyncConnection, slot: int, log_size: int) -> Cleared | None:
    """Return what came of a slot's market; None where the slot is settled by the sharing key.

    Raises PapersMissingError, as long as a coordinator that was built anew from a mirror after the slot was cleared
    has not had its documents back from the flats.
    """
    entries = await entry_store.of_kind(connection, slot, Kind.CLEARED)
    if any(entry.body is None for entry in entries if entry.index < log_size):
        why = f"slot {slot} was traded, and the body of the record that names by what is not here"
        raise PapersMissingError(why, may_come=False)
    documents = named(entries, log_size)
    if not documents:
        return None
    rounds = []
    for stored in await market_store.of_slot(connection, slot):
        if stored.cleared is None or digest(stored.cleared) not in documents:
            continue
        if stored.book is not None and stored.result is not None:
            orders = await orders_at(connection, slot, stored.log_since, stored.log_size)
            rounds.append(RoundOf(stored.book, stored.result, committed(orders)))
    if len(rounds) != len(documents):
        lacking = f"{len(documents) - len(rounds)} of its {len(documents)} rounds that count"
        raise PapersMissingError(f"slot {slot} was traded, and the documents of {lacking} are not here", may_come=True)
    try:
        return await asyncio.to_thread(of_documents, documents, rounds)
    except MarketError as error:
        # Another release may read what this one does not; a record whose body is lost is lost.
        may_come = not isinstance(error, UnownedError)
        why = f"slot {slot} was traded, and its documents cannot be used: {error}"
        raise PapersMissingError(why, may_come=may_come) from error


def named(cleared: Iterable[Entry], log_size: int) -> tuple[bytes, ...]:
    """Return the documents that a slot's CLEARED records name, in the order of the log, of those that it held then."""
    bodies = [entry.opened() for entry in cleared if entry.index < log_size]
    return tuple(body.evidence[0] for body in bodies if body is not None)


def of_documents(documents: tuple[bytes, ...], rounds: Sequence[RoundOf]) -> Cleared:
    """Return the trades of a slot's rounds from their documents, which were checked when they were made.

    Raises MarketError for a document of a form that is not read here, and for orders that the log names nobody of.
    """
    results = [Outcome.decode(each.result).result for each in rounds]
    books = [OpenedBook.decode(each.book) for each in rounds]
    owners: dict[str, DeviceId] = {}
    for opened, each in zip(books, rounds, strict=True):
        owners |= owners_of(opened, each.committed)
    count = sum(len(result.trades) for result in results)
    records = sum(most_trades(opened) for opened in books)
    return Cleared(documents, together(made(results, owners)), count, records)


def of_records(settled: Body, transfers: Collection[Record]) -> Cleared | None:
    """Return the trades of a slot that is settled, from its own records; None: it was settled by the sharing key.

    Raises ValueError for a transfer of no trade in a slot that was settled by them.
    """
    if not settled.evidence:
        return None
    told = [Made(trade_of(body), numbers_of(body)) for body in (each.body for each in transfers) if not body.stands_in]
    return Cleared(settled.evidence, together(told), settled.seconds_count or 0, len(transfers))


def numbers_of(body: Body) -> tuple[int, ...]:
    """Return of which trades a transfer is."""
    return () if body.trade is None else body.trade.numbers
