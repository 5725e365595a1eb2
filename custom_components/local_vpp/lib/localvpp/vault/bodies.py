"""The bodies of one entry bundle, sealed together.

    plaintext = one frame for each entry, in the log's order
    frame     = length in 4 bytes ‖ salt (32 bytes) ‖ body ‖ zeros up to whole buckets; length is that of salt and body,
                and 0 where the body was erased, which takes one bucket, too

One blob for up to 256 entries: an observer learns from it neither who moved energy nor how much, and one key
agreement serves them all. CBOR writes a small number in fewer bytes than a large one, and whoever can get the same
bundle with one entry more sees how much that one has added: so each body is padded by itself, to a bucket that holds
whatever a meter's record can say in numbers, with 112 bytes of its meter's and its flat's name.
What needs more, as a manager's long reason, takes a second bucket, and that is all it tells.

An erased body has left nothing but its place; a blob that is made again without it replaces the one before.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from ..etp import cbor
from .recipient import Recipient, SecretKey
from .sealed import SealError, open_sealed, seal

BUCKET: Final = 384
_LENGTH: Final = 4
_SALT_LENGTH: Final = 32


@dataclass(frozen=True, slots=True)
class Opening:
    """What opens the commitment of one envelope."""

    salt: bytes
    body: bytes


def seal_bodies(recipients: Sequence[Recipient], origin: str, first: int, openings: Sequence[Opening | None]) -> bytes:
    """Return the sealed bodies of the entries from index `first` on; None where a body was erased."""
    plain = b"".join(_frame(each) for each in openings)
    return seal(recipients, _context(origin, first, len(openings)), plain)


def open_bodies(secret: SecretKey, origin: str, first: int, count: int, data: bytes) -> list[Opening | None]:
    """Return the bodies of the entries `[first, first + count)`.

    Raises SealError.
    """
    plain = open_sealed(secret, _context(origin, first, count), data)
    found: list[Opening | None] = []
    at = 0
    for index in range(first, first + count):
        end = at + _framed(int.from_bytes(plain[at : at + _LENGTH]))
        if end > len(plain):
            raise SealError(f"the sealed bodies end before the body of entry {index} does")
        found.append(_opening(plain[at:end], index))
        at = end
    if at != len(plain):
        raise SealError(f"the sealed bodies have {len(plain) - at} bytes more than {count} entries")
    return found


def _framed(length: int) -> int:
    """Return how long a frame is."""
    return -(-(_LENGTH + length) // BUCKET) * BUCKET


def _frame(opening: Opening | None) -> bytes:
    content = b"" if opening is None else opening.salt + opening.body
    return (len(content).to_bytes(_LENGTH) + content).ljust(_framed(len(content)), b"\0")


def _opening(frame: bytes, index: int) -> Opening | None:
    length = int.from_bytes(frame[:_LENGTH])
    content, rest = frame[_LENGTH : _LENGTH + length], frame[_LENGTH + length :]
    if any(rest):
        raise SealError(f"the sealed body of entry {index} is not padded with zeros")
    if not content:
        return None
    if length < _SALT_LENGTH:
        raise SealError(f"the sealed body of entry {index} has {length} bytes, fewer than a salt")
    return Opening(content[:_SALT_LENGTH], content[_SALT_LENGTH:])


def _context(origin: str, first: int, count: int) -> bytes:
    return cbor.encode(["local-vpp bodies", origin, first, count])
