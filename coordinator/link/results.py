"""The word on settled slots that one flat gets: its share with its transfers, or that it was left out; all proven."""

import asyncio

from sqlalchemy.ext.asyncio import AsyncEngine

from localvpp.wire import LeftOut, SettledProof, SlotResult, SlotWord

from ..ledger import Ledger
from ..store import Member, slots as slot_store

_AT_ONCE = 32


async def words_after(engine: AsyncEngine, ledger: Ledger, member: Member, after: int) -> list[SlotWord]:
    """Return the next words to a flat, oldest first, without their signatures: some at a time, none when it has all.

    Raises TlogError when the files of the log are damaged.
    """
    words = []
    async with engine.connect() as connection:
        told = await slot_store.tellable_after(connection, member.device, member.enrolled_ms, after, _AT_ONCE)
        for each in told:
            if max([each.record.index, *(moved.index for moved in each.moved)]) >= ledger.size:
                break  # Durable but not yet published; whoever publishes it tells the links.
            words.append(await asyncio.to_thread(_word, ledger, each))
    return words


def _word(ledger: Ledger, told: slot_store.ToTell) -> SlotWord:
    record, share = told.record, told.share
    assert record.sealed is not None, "the building's own records are not erased"
    settled = SettledProof(record.sealed, record.index, _proof(ledger, record.index))
    if share is None:
        return LeftOut(slot=told.slot, after=told.before, settled=settled, statement=b"")
    moved = [(each.index, each.sealed) for each in told.moved if each.sealed is not None]
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
