"""The records that a flat has forgotten, because it was restored from a backup: its own, and nobody else's."""

from typing import Final

from sqlalchemy.ext.asyncio import AsyncEngine

from localvpp.etp import DeviceId
from localvpp.wire import LARGEST_BATCH, LARGEST_MESSAGE, AskRecords, Code, LoggedRecord, Refused, TheRecords

from ..ledger import Ledger
from ..store import entries as entry_store

_ROOM: Final = LARGEST_MESSAGE // 2
"""Bytes of records in one answer; their proofs and the proof of growth take less than the rest."""


async def records_after(
    engine: AsyncEngine, ledger: Ledger, device: DeviceId, asked: AskRecords
) -> TheRecords | Refused:
    """Return a device's records after a seq, each with its proof under one head that has grown out of the known one.

    Raises TlogError when the log has fewer entries than the flat has witnessed; SQLAlchemyError, OSError.
    """
    async with engine.connect() as connection:
        found = await entry_store.chain_after(connection, device, asked.after, ledger.size, LARGEST_BATCH)
    sealed: list[tuple[bytes, int]] = []
    room = _ROOM
    for entry in found:
        data = entry.sealed
        if data is None:
            if not sealed:
                return Refused(
                    Code.ERASED, f"the body of record {entry.seq} was erased: it cannot be given back", fatal=False
                )
            break
        room -= len(data)
        if room < 0 and sealed:
            break
        sealed.append((data, entry.index))
    head, proofs, growth = await ledger.proven([index for _, index in sealed], asked.size)
    records = tuple(LoggedRecord(data, index, proof.path) for (data, index), proof in zip(sealed, proofs, strict=True))
    return TheRecords(records, head.checkpoint.decode(), growth)
