"""Checkpoints: what a log says of itself, its size and its root, as a signed note.

Specification: C2SP tlog-checkpoint v1.0.0 (8 November 2025), https://c2sp.org/tlog-checkpoint@v1.0.0.

Extension lines, which the specification allows and advises against, are refused: no monitor can audit them,
post-quantum cosignatures do not cover them, and witnesses in the field answer them with an error.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self

from .errors import FormatError, SignatureError
from .merkle import HASH_BYTES, Hash, to_hash
from .note import NoteSignature, OpenedNote, Signer, Verifier, open_note, sign_note
from .strict import MAX_NUMBER, decode_base64, decode_decimal, encode_base64


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The head of a log: which log, how many entries, and the root over all of them."""

    origin: str
    size: int
    root: Hash

    def __post_init__(self) -> None:
        if not self.origin or any(char < " " or "\ud800" <= char <= "\udfff" for char in self.origin):
            raise FormatError(
                f"a checkpoint's origin is a non-empty line without control characters, not {self.origin!r}"
            )
        if not 0 <= self.size <= MAX_NUMBER:
            raise FormatError(f"a checkpoint's size is from 0 to 2^63-1, not {self.size}")
        if len(self.root) != HASH_BYTES:
            raise FormatError(f"a checkpoint's root has {HASH_BYTES} bytes, not {len(self.root)}")

    def encode(self) -> bytes:
        """Write the text which is signed: three lines."""
        return f"{self.origin}\n{self.size}\n{encode_base64(self.root)}\n".encode()

    @classmethod
    def parse(cls, text: bytes) -> Self:
        """Read that text: the inverse of ``encode``.

        Raises:
            FormatError: when it is not three lines of an origin, a size and a root.
        """
        try:
            lines = text.decode().split("\n")
        except UnicodeDecodeError:
            raise FormatError("the checkpoint is not UTF-8") from None
        if len(lines) > 4 and not lines[-1]:
            raise FormatError(
                f"the checkpoint has {len(lines) - 4} extension lines; this log and its witnesses take none"
            )
        if len(lines) != 4 or lines[3]:
            raise FormatError("a checkpoint has three lines: origin, size and root")
        size = decode_decimal(lines[1], "the checkpoint's size")
        return cls(lines[0], size, to_hash(decode_base64(lines[2], "the checkpoint's root")))


@dataclass(frozen=True, slots=True)
class OpenedCheckpoint:
    """A checkpoint which the log's key has signed, and the note it came in, with the cosignatures on it."""

    checkpoint: Checkpoint
    note: OpenedNote


def sign_checkpoint(checkpoint: Checkpoint, signers: Iterable[Signer], existing: Sequence[NoteSignature] = ()) -> bytes:
    """Write the signed note. The first signer should be the log's key, named like the origin."""
    return sign_note(checkpoint.encode(), signers, existing)


def open_checkpoint(
    data: bytes, log_key: Verifier, *, origin: str | None = None, cosigners: Iterable[Verifier] = ()
) -> OpenedCheckpoint:
    """Read a signed checkpoint of a known log.

    Args:
        data: the signed note.
        log_key: the key of the log, which must have signed.
        origin: the log's origin; by default the name of its key.
        cosigners: keys of witnesses; those that have signed are in ``note.verified``.

    Raises:
        FormatError: when it is not a signed checkpoint.
        SignatureError: when the log has not signed it, a known key's signature is wrong, or it is of another log.
    """
    note = open_note(data, (log_key, *cosigners))
    if not note.signed_by(log_key):
        raise SignatureError(f"the checkpoint is not signed by its log's key {log_key.name!r}")
    checkpoint = Checkpoint.parse(note.text)
    expected = log_key.name if origin is None else origin
    if checkpoint.origin != expected:
        raise SignatureError(f"the checkpoint is of the log {checkpoint.origin!r}, not of {expected!r}")
    return OpenedCheckpoint(checkpoint, note)
