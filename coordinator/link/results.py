"""The results of settled slots, as one flat gets them: with its transfers, each proven to be in the log."""

import asyncio

from sqlalchemy.ext.asyncio import AsyncEngine

from localvpp.etp import DeviceId
from localvpp.settlement import Share, SlotPrices
from localvpp.wire import SlotResult

from ..ledger import Ledger
from ..store import slots as slot_store

_AT_ONCE = 32


async def results_after(engine: AsyncEngine, ledger: Ledger, device: DeviceId, after: int) -> list[SlotResult]:
    """Return the next results of a flat, oldest first: some at a time, none when it has all.

    Raises TlogError when the files of the log are damaged.
    """
    results = []
    async with engine.connect() as connection:
        for slot, share in await slot_store.shares_after(connection, device, after, _AT_ONCE):
            moved = await slot_store.transfers_of(connection, slot, device)
            if any(each.index >= ledger.size for each in moved):
                break  # Durable but not yet published; whoever publishes it tells the links.
            settled = await slot_store.one(connection, slot)
            assert settled is not None, "a share is stored together with its slot"
            results.append(await asyncio.to_thread(_result, ledger, slot, share, settled.prices, moved))
    return results


def _result(
    ledger: Ledger, slot: int, share: Share, prices: SlotPrices, moved: list[slot_store.LoggedTransfer]
) -> SlotResult:
    told = [(each.index, each.sealed) for each in moved if each.sealed is not None]
    return SlotResult(
        slot=slot,
        import_wh=share.import_wh,
        export_wh=share.export_wh,
        shared_in_wh=share.shared_in_wh,
        shared_out_wh=share.shared_out_wh,
        inside_money=share.inside_money,
        grid_money=share.grid_money,
        inside_price=prices.inside,
        grid_price=prices.grid,
        feed_in_price=prices.feed_in,
        transfers=tuple(sealed for _, sealed in told),
        indexes=tuple(index for index, _ in told),
        proofs=tuple(ledger.proof(index).encode().decode() for index, _ in told),
        statement=b"",
    )
