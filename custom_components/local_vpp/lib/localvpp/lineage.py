"""Which key the building has signed with, at which place of its log: how a flat follows a rotation of that key.

A flat knows one key of its building from its enrolment, and the hash of the next one. The building renews its key by a
ROTATE entry that the old key has signed, and the new one, too, which has to be the one of that hash; the entry holds
the hash of the one after. A coordinator that has renewed it shows these entries before its terms, each with its proof;
from the one that the flat's key has signed they lead to the key that has signed the terms. Once that has come out, the
flat stores it, and believes the old key nothing any more but what stands in the log before.
"""

from dataclasses import dataclass, replace
import json
from typing import Any, Final, Self

from . import tlog
from .etp import (
    NEXT_KEY_LENGTH,
    BadKeyError,
    DeviceId,
    EtpError,
    FieldError,
    Kind,
    NextKey,
    PublicKey,
    Record,
    UnforeseenKeyError,
    check_foreseen,
)
from .etp.keys import algorithm
from .store import FlatStore, StoreError
from .wire import BuildingRotated, Membership, Terms

_KEPT: Final = "building keys"


class UnforeseenRotationError(UnforeseenKeyError):
    """The building's key has signed a rotation to a key that it has not committed to: it is in other hands."""

    def __init__(self, message: str, sealed: bytes) -> None:
        super().__init__(message)
        self.sealed = sealed
        """The rotation, signed by both keys."""


@dataclass(frozen=True, slots=True)
class Since:
    """A key, and the first entry that it may have signed."""

    index: int
    key: PublicKey


@dataclass(frozen=True, slots=True)
class Lineage:
    """The keys of one building, as a flat knows them, oldest first; at least one."""

    building: DeviceId
    """The building's device, which does not change with its keys."""
    keys: tuple[Since, ...]
    next_key: NextKey
    """What the key that comes after them has to open, as the newest of them has committed to it."""

    @classmethod
    def of(cls, membership: Membership) -> Self:
        """Return what a flat knows from its enrolment."""
        key = membership.building_key
        return cls(key.device_id, (Since(0, key),), membership.next_key)

    @property
    def newest(self) -> PublicKey:
        """What the building signs with now."""
        return self.keys[-1].key

    def at(self, index: int) -> PublicKey:
        """Return what the building signed the entry with that stands at a place of the log."""
        return next(since.key for since in reversed(self.keys) if since.index <= index)

    def follow(self, told: BuildingRotated, origin: str) -> Lineage:
        """Return the lineage with the rotations that lead on from the newest key.

        Raises UnforeseenRotationError for a key that the one before has not committed to, EtpError when one of them is
        no rotation. That the log holds them is yet to be proven: `check_logged`.
        """
        lineage = self
        for each in told.records:
            record = Record.decode(each.sealed)
            envelope, named = record.envelope, record.envelope.enrolled
            if record.signed.statement.header.key_id != lineage.newest.key_id:
                continue  # Of a time before this flat's enrolment, or followed already.
            record.verify(lineage.newest, origin)
            if envelope.kind is not Kind.ROTATE or named is None or envelope.possession is None:
                raise FieldError(f"record {record.hash.hex()} does not name another key of the building")
            named.key.verify(envelope.possession, envelope.to_possess(origin))
            try:
                next_key = check_foreseen(envelope, named.key, lineage.next_key, origin)
            except UnforeseenKeyError as error:
                raise UnforeseenRotationError(str(error), each.sealed) from error
            keys = (*lineage.keys, Since(each.index + 1, named.key))
            lineage = replace(lineage, building=envelope.device, keys=keys, next_key=next_key)
        return lineage

    def plain(self) -> dict[str, Any]:
        """Return it as JSON values."""
        keys = [[since.index, int(since.key.algorithm), since.key.data.hex()] for since in self.keys]
        return {"building": self.building.hex(), "keys": keys, "next_key": self.next_key.hex()}

    @classmethod
    def read(cls, plain: Any) -> Self:
        """Return what `plain` was written from.

        Raises KeyError, TypeError, ValueError or BadKeyError.
        """
        keys = [Since(int(at), PublicKey(algorithm(kind), bytes.fromhex(key))) for at, kind, key in plain["keys"]]
        if not keys:
            raise ValueError("no key")
        next_key = NextKey(bytes.fromhex(plain["next_key"]))
        if len(next_key) != NEXT_KEY_LENGTH:
            raise ValueError(f"a next key of {len(next_key)} bytes")
        return cls(DeviceId(bytes.fromhex(plain["building"])), tuple(keys), next_key)


def check_logged(told: BuildingRotated, followed: Lineage, known: int, log_key: tlog.Verifier, terms: Terms) -> None:
    """Raise TlogError or EtpError unless a log holds the rotations that were followed, and the terms are of whose.

    They are those behind the keys that were known before, so many. That it has grown out of the log which the flat has
    witnessed, its witness has to say: `Guard.follow`.
    """
    places = {since.index - 1 for since in followed.keys[known:]}
    if places and followed.building != terms.building:
        raise FieldError(f"the rotations are of device {followed.building.hex()}, not of the building's")
    for each in told.records:
        if each.index in places:
            entry = Record.decode(each.sealed).signed.statement.data
            path = tuple(tlog.to_hash(step) for step in each.proof)
            proof = tlog.TlogProof(index=each.index, path=path, checkpoint=told.checkpoint.encode())
            tlog.verify_proof(proof, entry, log_key, origin=terms.origin)


async def load_lineage(store: FlatStore, membership: Membership) -> Lineage:
    """Return the building's keys as a flat has stored them; those of its enrolment, when it was enrolled anew since.

    Raises StoreError.
    """
    kept = await store.noted(_KEPT)
    if kept is None:
        return Lineage.of(membership)
    try:
        lineage = Lineage.read(json.loads(kept))
    except (KeyError, TypeError, ValueError, EtpError, BadKeyError) as error:
        raise StoreError(f"the flat's database holds keys of the building that cannot be read: {error}") from error
    known = any(since.key == membership.building_key for since in lineage.keys)
    return lineage if known else Lineage.of(membership)


async def keep_lineage(store: FlatStore, lineage: Lineage) -> None:
    """Make the building's keys durable.

    Raises StoreError.
    """
    await store.note(_KEPT, json.dumps(lineage.plain()).encode())
