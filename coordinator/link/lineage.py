"""The rotations of the building's own key, for a flat that may know an older one."""

from sqlalchemy.ext.asyncio import AsyncEngine

from localvpp.wire import BuildingRotated, LoggedRecord

from ..ledger import Ledger
from ..store import entries as entry_store, rotations
from ..store.members import Member


async def building_rotated(
    engine: AsyncEngine, ledger: Ledger, building: Member, witnessed: int
) -> BuildingRotated | None:
    """Return the building's rotations, each with its proof; None when it signs with the key of its enrolment.

    The head that they are proven in is shown to have grown out of the one of `witnessed` entries. A log that has fewer
    cannot show that, and whoever has witnessed more does not believe it.

    Raises TlogError when the files of the log are damaged; SQLAlchemyError, OSError.
    """
    if not building.retired:
        return None
    async with engine.connect() as connection:
        found = [
            entry
            for index in await rotations.indexes(connection, building.device, ledger.size)
            if (entry := await entry_store.one(connection, index)) is not None
        ]
    indexes = [entry.index for entry in found]
    head, proofs, growth = await ledger.proven(indexes, witnessed if witnessed <= ledger.size else 0)
    records = []
    for entry, proof in zip(found, proofs, strict=True):
        assert entry.sealed is not None, "the building's own records are not erased"
        records.append(LoggedRecord(entry.sealed, entry.index, proof.path))
    return BuildingRotated(tuple(records), head.checkpoint.decode(), growth)
