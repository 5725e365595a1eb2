"""The rotation of a flat's key: which key signs is told by the flat's own chain.

The order makes a crash between any two steps harmless, wherever the keys are kept: the fresh key is durable before the
record that names it, the record before anything is signed with that key, and the old key stays until the log has proven
to hold the record. Whoever starts asks the chain which key is the present one, and so ends whatever was begun.
"""

from dataclasses import dataclass
import sqlite3

from .clock import Clock
from .etp import Body, Chain, DeviceId, Kind, PublicKey, Record, Signer, off_loop
from .etp.body import LONGEST_SLOT
from .lineage import load_lineage
from .store import FlatStore
from .wire import Membership


@dataclass(frozen=True, slots=True)
class FlatKeys:
    """What a flat signs with."""

    current: Signer
    former: Signer | None = None
    """Until the log has proven to hold the rotation."""


@dataclass(frozen=True, slots=True)
class Rotation:
    """The newest rotation that a flat's chain holds."""

    key: PublicKey
    is_proven: bool


async def newest_rotation(store: FlatStore) -> Rotation | None:
    """Return the newest rotation; None when the flat signs with the key it was enrolled with.

    Raises StoreError.
    """
    return await store.run(_newest)


def is_named(key: PublicKey, rotation: Rotation | None, device: DeviceId) -> bool:
    """Whether a chain with this newest rotation names a key as the one that signs its next record."""
    return key.device_id == device if rotation is None else key == rotation.key


async def record_rotation(
    store: FlatStore, membership: Membership, current: Signer, fresh: Signer, clock: Clock
) -> None:
    """Have the flat's chain name a fresh key, which is durable already; the flat is stopped.

    Raises SignerUnavailableError or StoreError: then nothing has changed.
    """
    saved = await store.load()
    now_ms = clock.wall_ms()
    building = (await load_lineage(store, membership)).building
    body = Body.word(now_ms, now_ms, LONGEST_SLOT, sender=membership.device, receiver=building)
    slot = now_ms // 1000 // LONGEST_SLOT * LONGEST_SLOT
    chain = Chain(membership.device, membership.origin, saved.head)
    signer = current if current.blocks else fresh
    record, _ = await off_loop(signer, lambda: chain.seal(current, Kind.ROTATE, slot, body, successor=fresh))
    await store.append([record], saved.open)


def _newest(db: sqlite3.Connection) -> Rotation | None:
    row = db.execute(
        "SELECT sealed, log_index FROM record WHERE kind = ? ORDER BY seq DESC LIMIT 1", (int(Kind.ROTATE),)
    ).fetchone()
    if row is None:
        return None
    named = Record.decode(row[0]).envelope.enrolled
    assert named is not None, "a rotation without a key is not read"
    return Rotation(named.key, is_proven=row[1] is not None)
