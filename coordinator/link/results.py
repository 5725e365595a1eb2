"""The word on settled slots that one flat gets: its share with its transfers, or that it was left out; all proven."""

import asyncio
from collections import OrderedDict
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from localvpp.etp import Kind, Record, RecordHash
from localvpp.onerecord import Places
from localvpp.wire import ClearedProof, LeftOut, SettledProof, SlotResult, SlotWord

from ..ledger import Ledger
from ..store import Entry, Member, entries as entry_store, slots as slot_store

_AT_ONCE = 32
_KEPT: Final = 16


class SlotPlaces:
    """Where each record of a traded slot stands among its trades.

    It follows from all of them: they are read once for all flats that ask for the newest slots at the same time.
    """

    def __init__(self) -> None:
        self._known: OrderedDict[RecordHash, Places] = OrderedDict()
        self._lock = asyncio.Lock()

    async def of(self, connection: AsyncConnection, settled: Entry) -> Places | None:
        """Return those of the slot of a SETTLED record; None where it was settled by the sharing key."""
        body = settled.opened()
        assert body is not None, "the building's own records are not erased"
        if not body.evidence:
            return None
        async with self._lock:
            if settled.hash not in self._known:
                found = await entry_store.of_kind(connection, settled.slot, Kind.TRANSFER)
                sealed = [entry.sealed for entry in found if entry.sealed is not None]
                self._known[settled.hash] = await asyncio.to_thread(_places, body.seconds_count or 0, sealed)
                if len(self._known) > _KEPT:
                    self._known.popitem(last=False)
            self._known.move_to_end(settled.hash)
            return self._known[settled.hash]


def _places(count: int, sealed: list[bytes]) -> Places:
    return Places(count, [Record.decode(each) for each in sealed])


async def words_after(
    engine: AsyncEngine, ledger: Ledger, places: SlotPlaces, member: Member, after: int
) -> list[SlotWord]:
    """Return the next words to a flat, oldest first, without their signatures: some at a time, none when it has all.

    Raises TlogError when the files of the log are damaged.
    """
    words = []
    async with engine.connect() as connection:
        told = await slot_store.tellable_after(connection, member.device, member.enrolled_ms, after, _AT_ONCE)
        for each in told:
            if max([each.record.index, *(moved.index for moved in each.moved)]) >= ledger.size:
                break  # Durable but not yet published; whoever publishes it tells the links.
            words.append(await asyncio.to_thread(_word, ledger, each, await places.of(connection, each.record)))
    return words


def _word(ledger: Ledger, told: slot_store.ToTell, places: Places | None) -> SlotWord:
    record, share = told.record, told.share
    assert record.sealed is not None, "the building's own records are not erased"
    moved = [(each.index, each.sealed) for each in told.moved if each.sealed is not None]
    if share is None:
        moved = []
    paths = [] if places is None else [path for _, each in moved for path in places.paths(Record.decode(each))]
    cleared = [ClearedProof(each.sealed or b"", each.index, _proof(ledger, each.index)) for each in told.cleared]
    settled = SettledProof(record.sealed, record.index, _proof(ledger, record.index), tuple(cleared), tuple(paths))
    if share is None:
        return LeftOut(slot=told.slot, after=told.before, settled=settled, statement=b"")
    return SlotResult(
        slot=told.slot,
        after=told.before,
        import_wh=share.import_wh,
        export_wh=share.export_wh,
        shared_in_wh=share.shared_in_wh,
        shared_out_wh=share.shared_out_wh,
        inside_money=share.inside_money,
        grid_money=share.grid_money,
        inside_price=told.prices.inside,
        grid_price=told.prices.grid,
        feed_in_price=told.prices.feed_in,
        records=told.records,
        transfers=tuple(sealed for _, sealed in moved),
        indexes=tuple(index for index, _ in moved),
        proofs=tuple(_proof(ledger, index) for index, _ in moved),
        settled=settled,
        statement=b"",
    )


def _proof(ledger: Ledger, index: int) -> str:
    return ledger.proof(index).encode().decode()
