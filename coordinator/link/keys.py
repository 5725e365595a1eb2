"""What the log says of the keys of devices, for a flat that verifies their words."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Final

from sqlalchemy.ext.asyncio import AsyncEngine

from localvpp.etp import DeviceId, Signer, off_loop
from localvpp.tlog import TlogProof
from localvpp.wire import LARGEST_MESSAGE, AskKeys, Keys, LoggedEnvelope, Terms, sign_keys

from ..ledger import Ledger
from ..store.keyed import entries_on

ROOM: Final = LARGEST_MESSAGE // 2
"""Bytes of envelopes and proofs in one answer; what is around them takes less than the rest."""
_AT_ONCE: Final = 512
"""Entries that are proven for one answer at most: as many as fit, where envelopes and proofs are small."""
_AROUND: Final = 64
"""Bytes that stand around an entry and its proof in the message, at most."""
_STEP: Final = 34
"""Bytes of one step of a proof in the message."""


async def keys_of(
    engine: AsyncEngine, ledger: Ledger, terms: Terms, signer: Signer, device: DeviceId, asked: AskKeys
) -> Keys:
    """Return what a flat asks for, as far as it fits into one message, signed for it.

    Raises SignerUnavailableError; TlogError, OSError, SQLAlchemyError.
    """
    size = ledger.size
    async with engine.connect() as connection:
        found = await entries_on(connection, {*asked.devices, terms.building}, asked.since, size)
    some = found[:_AT_ONCE]
    head, proofs, _ = await ledger.proven([index for index, _ in some], 0)
    fits = await asyncio.to_thread(_fitting, some, proofs)
    until = max(size, asked.since) if fits == len(found) else found[fits][0]
    told = Keys(
        devices=asked.devices,
        since=asked.since,
        until=until,
        entries=tuple(
            LoggedEnvelope(envelope, index, proof.path)
            for (index, envelope), proof in zip(some[:fits], proofs[:fits], strict=True)
        ),
        checkpoint=head.checkpoint.decode(),
        statement=b"",
    )
    sign = partial(sign_keys, signer, terms.building, terms.origin, device, told)
    return replace(told, statement=await off_loop(signer, sign))


def _fitting(entries: Sequence[tuple[int, bytes]], proofs: Sequence[TlogProof]) -> int:
    """Return how many of some entries fit with their proofs."""
    room = ROOM
    for at, ((_, envelope), proof) in enumerate(zip(entries, proofs, strict=True)):
        room -= len(envelope) + _STEP * len(proof.path) + _AROUND
        if room < 0:
            return at
    return len(entries)
