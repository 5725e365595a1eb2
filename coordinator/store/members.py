"""Queries on the key directory."""

from collections import defaultdict
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from sqlalchemy import Insert, Update, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql import Executable

from localvpp.etp import Algorithm, DeviceId, Line, NextKey, PublicKey, RecordHash, Standing

from .tables import members, retired_keys


class Role(StrEnum):
    """What a member of the building is."""

    BUILDING = "building"
    FLAT = "flat"
    BULK = "bulk"
    COMMON = "common"
    ROOF = "roof"
    """PV that belongs to the building, by a meter of its own: it shares as a flat does."""


SHARING: Final = frozenset({Role.FLAT, Role.ROOF})
"""Who takes part in the sharing of a slot."""


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

    standing: Standing = Standing.ACTIVE
    retired: tuple[PublicKey, ...] = ()
    """What it signed with before, oldest first."""
    next_key: NextKey | None = None
    """What the building's next key has to open; None for every other member."""

    @property
    def is_current(self) -> bool:
        """Whether the name is this device's: it was not revoked."""
        return self.standing is not Standing.REVOKED

    @property
    def line(self) -> Line:
        """What the log's entries say of the member."""
        return Line(
            device=self.device,
            key=self.key,
            retired=self.retired,
            standing=self.standing,
            witness=self.witness,
            mirror=self.mirror,
            next_key=self.next_key,
        )

    def has(self, key: PublicKey) -> bool:
        """Whether the member signs anything with a key, or did."""
        return key in (self.key, *self.retired, self.witness, self.mirror)

    def saying(self, line: Line) -> Member:
        """Return the member with what further entries say of it."""
        return replace(
            self,
            key=line.key,
            retired=line.retired,
            standing=line.standing,
            witness=line.witness,
            mirror=line.mirror,
            next_key=line.next_key,
        )


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
        standing=member.standing.value,
        next_key=member.next_key,
    )


def changing(old: Line, new: Line) -> list[Executable]:
    """Return the statements that store what an entry has changed of a member, to be run with the entry."""
    changed: Update = (
        update(members)
        .where(members.c.device == new.device)
        .values(
            algorithm=int(new.key.algorithm),
            public_key=new.key.data,
            standing=new.standing.value,
            witness_key=new.witness and new.witness.data,
            mirror_key=new.mirror and new.mirror.data,
            next_key=new.next_key,
        )
    )
    begin = len(old.retired)
    return [changed, *(_retiring(new.device, place, key) for place, key in enumerate(new.retired[begin:], begin))]


def _retiring(device: DeviceId, place: int, key: PublicKey) -> Insert:
    return insert(retired_keys).values(public_key=key.data, algorithm=int(key.algorithm), device=device, place=place)


async def every(connection: AsyncConnection) -> list[Member]:
    """Return all members, those that were revoked among them."""
    retired: dict[bytes, list[PublicKey]] = defaultdict(list)
    for row in await connection.execute(select(retired_keys).order_by(retired_keys.c.place)):
        retired[row.device].append(PublicKey(Algorithm(row.algorithm), row.public_key))
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
            standing=Standing(row.standing),
            retired=tuple(retired[row.device]),
            next_key=None if row.next_key is None else NextKey(row.next_key),
        )
        for row in rows
    ]


def _ed25519(data: bytes | None) -> PublicKey | None:
    return None if data is None else PublicKey(Algorithm.ED25519, data)
