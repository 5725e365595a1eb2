"""Records as tests look at them: all that a flat has kept, and the building's word that bodies were erased."""

from hashlib import sha256

from localvpp.etp import Body, Chain, Ed25519Signer, Kind, Record
from localvpp.store import FlatStore

from .place import ORIGIN, SLOT


async def all_records(store: FlatStore) -> list[Record]:
    """All records of a flat's own chain, oldest first."""
    records: list[Record] = []
    while name := await store.hash_at(len(records) + 1):
        kept = await store.kept(name)
        assert kept is not None
        records.append(kept.record)
    return records


def erased(device: Ed25519Signer) -> bytes:
    """The building's entry that a device's bodies were erased."""
    building = Ed25519Signer(sha256(b"building").digest())
    body = Body(
        start_ms=SLOT * 1000,
        end_ms=SLOT * 1000,
        slot_seconds=60,
        sender=building.public.device_id,
        receiver=device.public.device_id,
        energy_wh=0,
        attributes=(),
    )
    chain = Chain(building.public.device_id, ORIGIN)
    record, _ = chain.seal(building, Kind.ERASED, SLOT, body, concerns=device.public.device_id)
    return record.signed.statement.data
