"""Proofs to carry away: that an entry is in a log, in one text that is checked without any network.

Specification: C2SP tlog-proof, version line ``c2sp.org/tlog-proof@v1``, text as of November 2026,
    https://c2sp.org/tlog-proof.
Files of this form are named ``*.tlog-proof``.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Self

from .checkpoint import Checkpoint, OpenedCheckpoint, open_checkpoint
from .errors import FormatError, ProofError
from .keys import VerifierKey
from .merkle import HASH_BYTES, Hash, HashReader, leaf_hash, prove_inclusion, to_hash, verify_inclusion
from .note import MAX_NOTE_BYTES, Verifier
from .policy import AcceptedCheckpoint, Policy, accept_checkpoint
from .strict import MAX_NUMBER, decode_base64, decode_decimal, encode_base64

_FIRST_LINE: Final = "c2sp.org/tlog-proof@v1"
# A path in a tree of fewer than 2**63 entries.
_MAX_PATH: Final = 63
# Extra data is the application's; 64 KiB is more than any of ours and keeps a proof small.
_MAX_EXTRA: Final = 0x10000
_MAX_BYTES: Final = MAX_NOTE_BYTES + 2 * _MAX_EXTRA + 64 * _MAX_PATH


@dataclass(frozen=True, slots=True, kw_only=True)
class TlogProof:
    """A proof as it is written: nothing about it has been verified.

    Attributes:
        index: the entry's place in the log.
        path: the inclusion path, leaf's sibling first.
        checkpoint: the signed checkpoint, byte for byte.
        extra: data of the application, which nothing authenticates; None when there is none.
    """

    index: int
    path: tuple[Hash, ...]
    checkpoint: bytes
    extra: bytes | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.index <= MAX_NUMBER:
            raise FormatError(f"a proof's index is from 0 to 2^63-1, not {self.index}")
        if len(self.path) > _MAX_PATH or any(len(step) != HASH_BYTES for step in self.path):
            raise FormatError(f"a proof's path has at most {_MAX_PATH} hashes of {HASH_BYTES} bytes")
        if self.extra is not None and not 1 <= len(self.extra) <= _MAX_EXTRA:
            raise FormatError(
                f"a proof's extra data has from 1 to {_MAX_EXTRA} bytes, not {len(self.extra)}; leave it out if empty"
            )
        if not self.checkpoint or len(self.checkpoint) > MAX_NOTE_BYTES:
            raise FormatError(f"a proof's checkpoint has from 1 to {MAX_NOTE_BYTES} bytes, not {len(self.checkpoint)}")

    def encode(self) -> bytes:
        """Write the text."""
        lines = [_FIRST_LINE]
        if self.extra is not None:
            lines.append(f"extra {encode_base64(self.extra)}")
        lines.append(f"index {self.index}")
        lines.extend(encode_base64(step) for step in self.path)
        return "\n".join([*lines, "", ""]).encode() + self.checkpoint

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """Read a proof without verifying it: the inverse of ``encode``.

        Raises:
            FormatError: when it is not in that form.
        """
        if len(data) > _MAX_BYTES:
            raise FormatError(f"a proof of {len(data)} bytes is larger than {_MAX_BYTES}")
        head, empty_line, checkpoint = data.partition(b"\n\n")
        if not empty_line:
            raise FormatError("a proof has an empty line before its checkpoint")
        try:
            lines = head.decode("ascii").split("\n")
        except UnicodeDecodeError:
            raise FormatError("the lines of a proof before its checkpoint are not ASCII") from None
        if lines.pop(0) != _FIRST_LINE:
            raise FormatError(f"a proof starts with the line {_FIRST_LINE!r}")
        extra = None
        if lines and lines[0].startswith("extra "):
            extra = decode_base64(lines.pop(0).removeprefix("extra "), "the proof's extra data")
        if not lines or not lines[0].startswith("index "):
            raise FormatError("a proof has a line 'index' with the entry's place before its path")
        index = decode_decimal(lines.pop(0).removeprefix("index "), "the proof's index")
        if len(lines) > _MAX_PATH:
            raise FormatError(f"a proof's path has at most {_MAX_PATH} hashes, not {len(lines)}")
        path = tuple(to_hash(decode_base64(line, "a hash of the proof's path")) for line in lines)
        return cls(index=index, path=path, checkpoint=checkpoint, extra=extra)


def make_proof(size: int, index: int, reader: HashReader, checkpoint: bytes, extra: bytes | None = None) -> TlogProof:
    """Make the proof of entry ``index`` for a signed checkpoint of ``size`` entries.

    Raises:
        ProofError: unless 0 <= index < size.
    """
    return TlogProof(index=index, path=tuple(prove_inclusion(size, index, reader)), checkpoint=checkpoint, extra=extra)


def verify_proof(
    proof: TlogProof, entry: bytes, log_key: Verifier, *, origin: str | None = None, cosigners: Iterable[Verifier] = ()
) -> OpenedCheckpoint:
    """Check that ``entry`` is in the log at the proof's index, by a checkpoint that the log has signed.

    Returns:
        the checkpoint, whose ``note.verified`` says which of the ``cosigners`` have signed it; how many are enough is
        the caller's policy.

    Raises:
        FormatError, SignatureError: when the checkpoint is not one of this log, as ``open_checkpoint``.
        ProofError: when the entry is not proven.
    """
    opened = open_checkpoint(proof.checkpoint, log_key, origin=origin, cosigners=cosigners)
    _verify_entry(proof, entry, opened.checkpoint)
    return opened


def verify_proof_by_policy(
    proof: TlogProof, entry: bytes, policy: Policy, logs: Iterable[VerifierKey] = ()
) -> AcceptedCheckpoint:
    """Check that ``entry`` is in a log at the proof's index, by a checkpoint that a policy accepts.

    Needs nothing but its arguments: the policy is known beforehand, the proof and the entry were carried here.

    Args:
        proof: the proof.
        entry: the bytes of the entry.
        policy: which logs and witnesses to trust.
        logs: logs to trust besides those of the policy.

    Raises:
        FormatError, SignatureError, QuorumError: when the policy does not accept the checkpoint, as
            ``accept_checkpoint``.
        ProofError: when the entry is not proven.
    """
    accepted = accept_checkpoint(proof.checkpoint, policy, logs)
    _verify_entry(proof, entry, accepted.checkpoint)
    return accepted


def _verify_entry(proof: TlogProof, entry: bytes, head: Checkpoint) -> None:
    if proof.index >= head.size:
        raise ProofError(f"the proof is for entry {proof.index}, but its checkpoint has {head.size} entries")
    verify_inclusion(head.size, proof.index, leaf_hash(entry), proof.path, head.root)
