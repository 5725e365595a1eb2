"""What a slot is settled by where its market was cleared: the trades, and how many records the slot has.

The log holds no document of a round. Trades are read once, when the slot is settled, from the documents that were
shown, and stand in its TRANSFER records from then on: whoever works the slot out again has them from there.
"""

import asyncio
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
import logging

from sqlalchemy.ext.asyncio import AsyncConnection

from localvpp.etp import Body, DeviceId, Kind, Record
from localvpp.market.rounds import OpenedBook, Outcome, Placed, digest
from localvpp.settlement import Trade
from localvpp.traded import most_trades, trade_of, trades_of

from ..store import Entry, entries as entry_store, market as market_store

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Cleared:
    """The trades of a slot."""

    document: bytes
    """The name of the CLEARED document, as the CLEARED record has it."""
    trades: tuple[Trade[DeviceId], ...]
    records: int
    """How many TRANSFER records the slot has, whatever was traded."""


async def cleared_slot(connection: AsyncConnection, slot: int, log_size: int) -> Cleared | None:
    """Return what came of a slot's market; None where the slot is settled by the sharing key.

    A coordinator that was built anew from a mirror after a slot was cleared has no documents of it. It can only share.
    """
    document = named(await entry_store.of_kind(connection, slot, Kind.CLEARED), log_size)
    if document is None:
        return None
    rounds = [each for each in await market_store.of_slot(connection, slot) if each.cleared_record is not None]
    stored = rounds[0] if rounds else None
    if stored is None or stored.cleared is None or stored.book is None or stored.result is None:
        _log.error("Slot %s was traded, but there are no documents of it: it is settled by the sharing key", slot)
        return None
    assert digest(stored.cleared) == document, "the round names the record that was logged with it"
    shown = await market_store.shown(connection, stored.at)
    return await asyncio.to_thread(of_documents, document, stored.book, stored.result, shown)


def named(cleared: Iterable[Entry], log_size: int) -> bytes | None:
    """Return the document that a slot's CLEARED record names, if a log of that size held one."""
    for entry in cleared:
        body = entry.opened()
        if body is not None and entry.index < log_size:
            return body.evidence[0]
    return None


def of_documents(document: bytes, book: bytes, result: bytes, shown: Mapping[DeviceId, bytes]) -> Cleared:
    """Return the trades of a round from its documents, which were checked when they were made."""
    owners = {order.id: device for device, data in shown.items() for order in Placed.decode(data).offer.orders}
    return Cleared(document, trades_of(Outcome.decode(result).result, owners), most_trades(OpenedBook.decode(book)))


def of_records(settled: Body, transfers: Collection[Record]) -> Cleared | None:
    """Return the trades of a slot that is settled, from its own records; None: it was settled by the sharing key.

    Raises ValueError for a transfer of no trade in a slot that was settled by them.
    """
    if not settled.evidence:
        return None
    trades = [trade_of(record.body) for record in transfers if not record.body.stands_in]
    return Cleared(settled.evidence[0], tuple(trades), len(transfers))
