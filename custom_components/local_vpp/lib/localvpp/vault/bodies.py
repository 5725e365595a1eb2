"""The bodies of one entry bundle, sealed together.

One blob for up to 256 entries: an observer learns from it neither who moved energy nor how much, and one key
agreement serves them all. Its length is that of so many entries with room for each: whoever sees a blob grow with each
entry learns nothing from how much. An erased body has left nothing but its place; a blob that is made again without it
replaces the one before, and is as long.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from ..etp import EtpError, cbor
from .recipient import Recipient, SecretKey
from .sealed import SealError, open_sealed, seal

ROOM: Final = 288
"""Bytes for each entry: an interval's record takes 200 to 215 of them, a transfer's between two whole slots 265. Only a
slot that a meter told in many parts takes more, and how many there were is in the log."""
_SALT_LENGTH: Final = 32


@dataclass(frozen=True, slots=True)
class Opening:
    """What opens the commitment of one envelope."""

    salt: bytes
    body: bytes


def seal_bodies(recipients: Sequence[Recipient], origin: str, first: int, openings: Sequence[Opening | None]) -> bytes:
    """Return the sealed bodies of the entries from index `first` on; None where a body was erased."""
    plain: list[cbor.Value] = [[] if each is None else [each.salt, each.body] for each in openings]
    context = _context(origin, first, len(openings))
    return seal(recipients, context, cbor.encode(plain), ROOM * len(openings))


def open_bodies(secret: SecretKey, origin: str, first: int, count: int, data: bytes) -> list[Opening | None]:
    """Return the bodies of the entries `[first, first + count)`.

    Raises SealError.
    """
    plain = open_sealed(secret, _context(origin, first, count), data)
    try:
        items = cbor.decode(plain, "the sealed bodies")
    except EtpError as error:
        raise SealError(str(error)) from error
    if not isinstance(items, list) or len(items) != count:
        raise SealError(f"the sealed bodies are not those of {count} entries")
    return [_opening(item) for item in items]


def _opening(item: cbor.Value) -> Opening | None:
    match item:
        case []:
            return None
        case [bytes() as salt, bytes() as body] if len(salt) == _SALT_LENGTH:
            return Opening(salt, body)
        case _:
            raise SealError("a sealed body is [salt, body], or [] when it was erased")


def _context(origin: str, first: int, count: int) -> bytes:
    return cbor.encode(["local-vpp bodies", origin, first, count])
