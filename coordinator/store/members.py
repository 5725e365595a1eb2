"""Queries on the key directory."""

from dataclasses import dataclass, replace
from enum import StrEnum

from sqlalchemy import Insert, Update, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from localvpp.etp import Algorithm, DeviceId, Kind, PublicKey, RecordHash

from .tables import members


class Role(StrEnum):
    """What a member of the building is."""

    BUILDING = "building"
    FLAT = "flat"
    BULK = "bulk"
    COMMON = "common"


@dataclass(frozen=True, slots=True)
class Member:
    """A line of the key directory."""

    device: DeviceId
    name: str
    """A flat's number, or the role of what is the building's own."""
    role: Role
    key: PublicKey
    software: str
    enrolled_ms: int
    witness: PublicKey | None = None
    """What the member cosigns the log's heads with, once its chain has named it. Always an Ed25519 key."""
    mirror: PublicKey | None = None
    """What it signs with for heads that it holds a whole copy of; Ed25519, too."""

    def naming(self, kind: Kind, key: PublicKey) -> Member:
        """Return the member with a key that a WITNESS or MIRROR record of it names."""
        return replace(self, witness=key) if kind is Kind.WITNESS else replace(self, mirror=key)


def adding(member: Member, enrolled_by: RecordHash) -> Insert:
    """Return the statement that adds a member, to be run with the entry that enrols it."""
    return insert(members).values(
        device=member.device,
        name=member.name,
        role=member.role.value,
        algorithm=int(member.key.algorithm),
        public_key=member.key.data,
        software=member.software,
        enrolled_by=enrolled_by,
        enrolled_ms=member.enrolled_ms,
    )


def naming(device: DeviceId, kind: Kind, key: PublicKey) -> Update:
    """Return the statement that stores a member's further key, to be run with the entry that names it."""
    column = "witness_key" if kind is Kind.WITNESS else "mirror_key"
    return update(members).where(members.c.device == device).values({column: key.data})


async def every(connection: AsyncConnection) -> list[Member]:
    """Return all members."""
    rows = await connection.execute(select(members).order_by(members.c.enrolled_ms, members.c.name))
    return [
        Member(
            device=DeviceId(row.device),
            name=row.name,
            role=Role(row.role),
            key=PublicKey(Algorithm(row.algorithm), row.public_key),
            software=row.software,
            enrolled_ms=row.enrolled_ms,
            witness=_ed25519(row.witness_key),
            mirror=_ed25519(row.mirror_key),
        )
        for row in rows
    ]


def _ed25519(data: bytes | None) -> PublicKey | None:
    return None if data is None else PublicKey(Algorithm.ED25519, data)
