"""Writes the records of the building's own devices: each has one chain, so each has one scribe."""

import asyncio
from collections.abc import Callable, Sequence
from functools import partial

from sqlalchemy.sql import Executable

from localvpp.clock import Clock
from localvpp.etp import (
    Body,
    Chain,
    DeviceId,
    Enrolled,
    Kind,
    NextKey,
    Record,
    Signer,
    SignerUnavailableError,
    off_loop,
)

from ..store import Member, Role, members as member_store
from .errors import LedgerUnavailableError
from .ledger import Ledger
from .submission import Consequences, Logged

NOBODY = DeviceId(bytes(16))
"""The other side of the building's own enrolment: a record has two."""

type Said = tuple[Kind, int, Body]
"""Kind, slot and body of a record."""


class Scribe:
    """Seals and logs the records of one device whose key is here. Several tasks may write through one scribe."""

    def __init__(self, ledger: Ledger, signer: Signer, device: DeviceId, origin: str) -> None:
        self._ledger = ledger
        self._signer = signer
        self._origin = origin
        self._lock = asyncio.Lock()
        self.device = device

    async def write(
        self,
        records: Sequence[Said | Callable[[Sequence[Record]], Said]],
        follows: Callable[[Sequence[Record]], Sequence[Executable]] = lambda _: (),
    ) -> list[Record]:
        """Log records, all or none, with the statements that follow from them.

        One may be a function of those before it, as they were sealed.

        Raises RefusedError or LedgerUnavailableError; then nothing was logged, or all of it and the answer was lost.
        """
        assert records, "nothing to write"
        if self._ledger.directory.get(self.device) is None:
            raise LedgerUnavailableError("the device is not enrolled yet: nothing was sealed")
        async with self._lock:
            chain = self._chain()
            sealed: list[Record] = []
            for said in records:
                kind, slot, body = said(sealed) if callable(said) else said
                record, chain = await self._seal(partial(chain.seal, self._signer, kind, slot, body))
                sealed.append(record)
            await self._ledger.submit_whole(
                self.device, [record.encode() for record in sealed], Consequences(tuple(follows(sealed)))
            )
            return sealed

    async def enrol(
        self, member: Member, slot_seconds: int, clock: Clock, follows: Sequence[Executable] = ()
    ) -> tuple[Record, Logged]:
        """Log a member's enrolment; only the building's scribe may.

        Raises RefusedError or LedgerUnavailableError.
        """
        async with self._lock:
            chain = self._chain()
            now_ms = clock.wall_ms()
            receiver = NOBODY if member.role is Role.BUILDING else member.device
            body = Body.word(now_ms, now_ms, slot_seconds, sender=self.device, receiver=receiver, place=member.name)
            slot = now_ms // 1000 // slot_seconds * slot_seconds
            named = Enrolled(member.device, member.key)
            seal = partial(chain.seal, self._signer, Kind.ENROL, slot, body, named, next_key=member.next_key)
            record, _ = await self._seal(seal)
            statements = (member_store.adding(member, record.hash), *follows)
            logged = await self._ledger.submit_whole(self.device, [record.encode()], Consequences(statements, member))
            return record, logged

    async def rotate(
        self, successor: Signer, slot_seconds: int, clock: Clock, next_key: NextKey | None = None
    ) -> Record:
        """Log that the device signs with its successor's key from the next entry on; this scribe is done then.

        The building's own rotation commits to the key after, too.

        Raises RefusedError or LedgerUnavailableError.
        """
        async with self._lock:
            now_ms = clock.wall_ms()
            body = Body.word(now_ms, now_ms, slot_seconds, sender=self.device, receiver=NOBODY)
            slot = now_ms // 1000 // slot_seconds * slot_seconds
            chain = self._chain()
            seal = partial(chain.seal, self._signer, Kind.ROTATE, slot, body, successor=successor, next_key=next_key)
            record, _ = await self._seal(seal, successor)
            await self._ledger.submit_whole(self.device, [record.encode()], Consequences())
            return record

    async def say(self, kind: Kind, concerns: DeviceId, body: Body, follows: Sequence[Executable] = ()) -> Record:
        """Log what the building says of a device, with the statements that follow; only the building's scribe may.

        Raises RefusedError or LedgerUnavailableError.
        """
        slot = body.start_ms // 1000 // body.slot_seconds * body.slot_seconds
        async with self._lock:
            seal = partial(self._chain().seal, self._signer, kind, slot, body, concerns=concerns)
            record, _ = await self._seal(seal)
            await self._ledger.submit_whole(self.device, [record.encode()], Consequences(tuple(follows)))
            return record

    async def _seal(
        self, seal: Callable[[], tuple[Record, Chain]], other: Signer | None = None
    ) -> tuple[Record, Chain]:
        """Seal a record, with the device's key and perhaps with another one, too.

        Raises LedgerUnavailableError when a key does not sign now.
        """
        signer = other if other is not None and other.blocks else self._signer
        try:
            return await off_loop(signer, seal)
        except SignerUnavailableError as error:
            raise LedgerUnavailableError(f"nothing was sealed: {error}") from error

    async def ready(self) -> None:
        """Return when records can be written. Raises LedgerUnavailableError."""
        await self._ledger.ready()

    def _chain(self) -> Chain:
        """Return the chain to go on with: a ledger in trouble may not know its end, and a seq is never used twice."""
        if self._ledger.trouble is not None:
            raise LedgerUnavailableError(f"the ledger cannot write ({self._ledger.trouble}): nothing was sealed")
        if self._ledger.held is not None:
            raise LedgerUnavailableError(f"the ledger takes no record now ({self._ledger.held}): nothing was sealed")
        return Chain(self.device, self._origin, self._ledger.head(self.device))
