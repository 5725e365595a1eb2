"""Queries on invites."""

from dataclasses import dataclass

from sqlalchemy import Update, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from localvpp.wire import Invite

from .tables import invites


@dataclass(frozen=True, slots=True)
class StoredInvite:
    """An invite as it stands."""

    id: bytes
    flat: str
    secret: bytes | None
    expires_ms: int
    wrong_proofs: int
    used_ms: int | None
    answer: bytes | None
    """The building's proof that the flat was answered with."""

    @property
    def invite(self) -> Invite | None:
        """The invite itself; None when its secret is gone."""
        return None if self.secret is None else Invite(self.flat, self.id, self.secret)


async def add(connection: AsyncConnection, invite: Invite, issued_ms: int, expires_ms: int) -> None:
    """Store a fresh invite; one issued before for the same flat becomes void."""
    await connection.execute(update(invites).where(invites.c.flat == invite.flat).values(secret=None))
    await connection.execute(
        insert(invites).values(
            id=invite.id, flat=invite.flat, secret=invite.secret, issued_ms=issued_ms, expires_ms=expires_ms
        )
    )


async def find(connection: AsyncConnection, invite_id: bytes) -> StoredInvite | None:
    """Return the invite with an id."""
    row = (await connection.execute(select(invites).where(invites.c.id == invite_id))).one_or_none()
    if row is None:
        return None
    return StoredInvite(row.id, row.flat, row.secret, row.expires_ms, row.wrong_proofs, row.used_ms, row.answer)


async def count_wrong(connection: AsyncConnection, invite_id: bytes, most: int) -> int:
    """Count one more wrong proof and return how many there were; at `most` the invite becomes void."""
    counted = await connection.execute(
        update(invites)
        .where(invites.c.id == invite_id)
        .values(wrong_proofs=invites.c.wrong_proofs + 1)
        .returning(invites.c.wrong_proofs)
    )
    wrong: int = counted.scalar_one()
    if wrong >= most:
        await connection.execute(update(invites).where(invites.c.id == invite_id).values(secret=None))
    return wrong


async def erase_expired(connection: AsyncConnection, now_ms: int) -> None:
    """Erase the secrets of invites that time has ended."""
    await connection.execute(
        update(invites).where(invites.c.expires_ms <= now_ms, invites.c.secret.is_not(None)).values(secret=None)
    )


def using(invite_id: bytes, used_ms: int, answer: bytes) -> Update:
    """Return the statement that uses an invite up, to be run with the entry that enrols by it."""
    return update(invites).where(invites.c.id == invite_id).values(used_ms=used_ms, secret=None, answer=answer)
