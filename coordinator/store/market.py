"""Queries on the rounds of the building's market, and on its rules."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass

from sqlalchemy import (
    ColumnElement,
    Insert,
    RowMapping,
    Table,
    Update,
    and_,
    delete,
    insert,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from localvpp.etp import DeviceId, Kind
from localvpp.quorum import needed_of
from localvpp.wire import RoundName

from .tables import entries, market_orders, market_proposals, market_rounds, market_rules, market_verdicts


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRound:
    """A round as it stands. Times are milliseconds of Unix time."""

    slot: int
    number: int
    seconds: int
    rules: int | None
    """The number of those that it is made by."""
    closed_ms: int
    log_since: int
    """Entries of the log when the gate of the slot's round before was closed."""
    log_size: int
    """When this one's was, and the head that says so."""
    checkpoint: bytes
    voters: tuple[DeviceId, ...]
    """Flats that were connected then; once there is a book, those that have shown orders, too."""
    enrolled: int
    """How many flats there were then."""
    listed: bytes | None = None
    """The list of the orders that the log held then, as flats are told it; None of rounds that ended there."""
    book: bytes | None = None
    book_record: bytes | None = None
    result: bytes | None = None
    first: bytes | None = None
    """The result that was proposed before, which flats gave no word on: `result` is without their orders."""
    cleared: bytes | None = None
    cleared_record: bytes | None = None
    ended: str | None = None
    ended_ms: int | None = None
    why: str | None = None

    @property
    def at(self) -> RoundName:
        """Which round it is."""
        return RoundName(self.slot, self.number)

    @property
    def came_back(self) -> bool:
        """Whether flats have given its documents back: who was asked, and what each flat showed and said, is lost."""
        return self.cleared_record is not None and self.why is not None

    @property
    def needed(self) -> int:
        """How many of the voters have to agree."""
        return needed_of(len(self.voters), self.enrolled)


@dataclass(frozen=True, slots=True)
class StoredVerdict:
    """What a flat has said first of a slot."""

    statement: bytes
    findings: tuple[str, ...]
    vouches: bool
    """Whether its own orders are among those that count, as it gave them."""
    said_ms: int

    @property
    def agrees(self) -> bool:
        """Whether nothing was found."""
        return not self.findings


@dataclass(frozen=True, slots=True)
class StoredProposal:
    """A result that was taken, for it was better than all before it."""

    record: bytes
    """The PROPOSAL record that names it."""
    document: bytes
    taken_ms: int


async def add(connection: AsyncConnection, told: StoredRound) -> None:
    """Store a round whose gate is closed."""
    await connection.execute(insert(market_rounds).values(**_row(told)))


async def change(connection: AsyncConnection, told: StoredRound) -> bool:
    """Store how a round stands that has not ended; return whether that can be.

    By whose words it counts is fixed once: of one round no two CLEARED documents get as far as to be logged.
    """
    c = market_rounds.c
    fixed = c.cleared.is_(None) if told.cleared is None else or_(c.cleared.is_(None), c.cleared == told.cleared)
    where = (_is(market_rounds, told.at), c.ended.is_(None), fixed)
    return (await connection.execute(update(market_rounds).where(*where).values(**_row(told)))).rowcount == 1


async def give_back(connection: AsyncConnection, told: StoredRound) -> bool:
    """Store a round that was traded, and whose documents are here again; return whether that can be.

    Of one that has not ended here it waits for that.
    """
    known = await one(connection, told.at)
    if known is None:
        await add(connection, told)
        return True
    if known.ended is None:
        return False
    await connection.execute(update(market_rounds).where(_is(market_rounds, told.at)).values(**_row(told)))
    return True


def book_logged(at: RoundName, record: bytes) -> Update:
    """Return the statement that names a book's record, to be run with the entry."""
    return update(market_rounds).where(_is(market_rounds, at)).values(book_record=record)


def cleared_logged(at: RoundName, record: bytes, ended: str, ended_ms: int) -> Update:
    """Return the statement that ends a round by its record, to be run with the entry."""
    return (
        update(market_rounds)
        .where(_is(market_rounds, at))
        .values(cleared_record=record, ended=ended, ended_ms=ended_ms)
    )


def proposed(at: RoundName, proposal: StoredProposal) -> Insert:
    """Return the statement that keeps a proposal, to be run with its entry."""
    return insert(market_proposals).values(**asdict(proposal) | {"slot": at.slot, "number": at.number})


async def proposals(connection: AsyncConnection, at: RoundName) -> list[StoredProposal]:
    """Return what was proposed for a round, in the order of the log: each is better than the one before."""
    c = market_proposals.c
    # Hashes have no index: few entries are of the slot.
    logged = and_(entries.c.slot == at.slot, entries.c.kind == int(Kind.PROPOSAL), entries.c.hash == c.record)
    found = (
        select(c.record, c.document, c.taken_ms)
        .join(entries, logged)
        .where(_is(market_proposals, at))
        .order_by(entries.c.log_index)
    )
    return [StoredProposal(row.record, row.document, row.taken_ms) for row in await connection.execute(found)]


async def one(connection: AsyncConnection, at: RoundName) -> StoredRound | None:
    """Return a round."""
    found = select(market_rounds).where(_is(market_rounds, at))
    row = (await connection.execute(found)).mappings().one_or_none()
    return None if row is None else _round(row)


async def of_slot(connection: AsyncConnection, slot: int) -> list[StoredRound]:
    """Return the rounds of a slot in their order."""
    found = select(market_rounds).where(market_rounds.c.slot == slot).order_by(market_rounds.c.number)
    return [_round(row) for row in (await connection.execute(found)).mappings()]


async def known(connection: AsyncConnection, rounds: Iterable[RoundName]) -> set[RoundName]:
    """Return which of some rounds are stored: their gates are closed."""
    c = market_rounds.c
    wanted = [(at.slot, at.number) for at in rounds]
    found = await connection.execute(select(c.slot, c.number).where(tuple_(c.slot, c.number).in_(wanted)))
    return {RoundName(row.slot, row.number) for row in found}


async def unended(connection: AsyncConnection) -> list[StoredRound]:
    """Return the rounds that have not ended, in the order of their slots."""
    c = market_rounds.c
    found = select(market_rounds).where(c.ended.is_(None)).order_by(c.slot, c.number)
    return [_round(row) for row in (await connection.execute(found)).mappings()]


async def newest(connection: AsyncConnection, limit: int) -> list[StoredRound]:
    """Return the rounds of the latest slots, latest first, those of one slot in their order."""
    c = market_rounds.c
    slots = select(c.slot).distinct().order_by(c.slot.desc()).limit(limit).subquery()
    found = select(market_rounds).where(c.slot.in_(select(slots.c.slot))).order_by(c.slot.desc(), c.number)
    return [_round(row) for row in (await connection.execute(found)).mappings()]


async def forget(connection: AsyncConnection, before: int) -> None:
    """Drop what was shown and said of slots that began before one, with books and results; what came of them stays.

    Of a slot that is not settled all is kept: its trades are in no record yet.
    """
    for table in (market_orders, market_proposals, market_verdicts):
        await connection.execute(delete(table).where(table.c.slot < before))
    empty = {"listed": None, "book": None, "result": None, "first": None, "cleared": None}
    kept = or_(market_rounds.c.listed.is_not(None), market_rounds.c.book.is_not(None))
    old = and_(market_rounds.c.slot < before, kept)
    await connection.execute(update(market_rounds).where(old).values(**empty))


async def cleared_between(connection: AsyncConnection, begin: int, end: int) -> list[StoredRound]:
    """Return the rounds in which something was traded, of the slots that begin in a time."""
    such = (market_rounds.c.slot >= begin, market_rounds.c.slot < end, market_rounds.c.cleared_record.is_not(None))
    found = select(market_rounds).where(*such).order_by(market_rounds.c.slot, market_rounds.c.number)
    return [_round(row) for row in (await connection.execute(found)).mappings()]


async def show(connection: AsyncConnection, at: RoundName, device: DeviceId, document: bytes, shown_ms: int) -> None:
    """Store the document of a flat's orders."""
    values = {"slot": at.slot, "number": at.number, "device": device, "document": document, "shown_ms": shown_ms}
    await connection.execute(insert(market_orders).values(**values))


async def shown(connection: AsyncConnection, at: RoundName) -> dict[DeviceId, bytes]:
    """Return the documents of a round."""
    found = select(market_orders.c.device, market_orders.c.document).where(_is(market_orders, at))
    return {DeviceId(row.device): row.document for row in await connection.execute(found)}


async def say(connection: AsyncConnection, told: StoredRound, device: DeviceId, verdict: StoredVerdict) -> None:
    """Store a flat's verdict on a round's result, the first one or the second."""
    values = asdict(verdict) | {"slot": told.slot, "number": told.number, "device": device}
    values |= {"second": told.first is not None}
    await connection.execute(insert(market_verdicts).values(**values | {"findings": list(verdict.findings)}))


async def verdicts(connection: AsyncConnection, told: StoredRound) -> Mapping[DeviceId, StoredVerdict]:
    """Return what was said of a round's result: where a second one took the place of the first, of the second."""
    such = _is(market_verdicts, told.at), market_verdicts.c.second == (told.first is not None)
    rows = await connection.execute(select(market_verdicts).where(*such))
    return {
        DeviceId(row.device): StoredVerdict(row.statement, tuple(row.findings), row.vouches, row.said_ms)
        for row in rows
    }


async def first_words(connection: AsyncConnection, at: RoundName) -> tuple[bytes, ...]:
    """Return what was said of the result that was proposed first, sorted, where a second one took its place."""
    c = market_verdicts.c
    said = select(c.statement).where(_is(market_verdicts, at), c.second.is_(False))
    return tuple(sorted((await connection.execute(said)).scalars()))


async def rules_numbered(connection: AsyncConnection, number: int) -> bytes | None:
    """Return the document of rules; None where this database does not have them."""
    found = select(market_rules.c.document).where(market_rules.c.number == number)
    return (await connection.execute(found)).scalar_one_or_none()


async def rules(connection: AsyncConnection) -> list[bytes]:
    """Return the documents of all rules, oldest first."""
    found = select(market_rules.c.document).order_by(market_rules.c.number)
    return list((await connection.execute(found)).scalars())


async def add_rules(connection: AsyncConnection, number: int, document: bytes) -> None:
    """Store rules that are to be told."""
    await connection.execute(insert(market_rules).values(number=number, document=document))


def _is(table: Table, at: RoundName) -> ColumnElement[bool]:
    return and_(table.c.slot == at.slot, table.c.number == at.number)


def _row(told: StoredRound) -> dict[str, object]:
    return asdict(told) | {"voters": [device.hex() for device in told.voters]}


def _round(row: RowMapping) -> StoredRound:
    voters = tuple(DeviceId(bytes.fromhex(device)) for device in row["voters"])
    return StoredRound(**dict(row) | {"voters": voters})
