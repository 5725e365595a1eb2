"""Cosignatures: a witness's statement that a checkpoint is consistent with all it has seen of the log, and when.

Specification: C2SP tlog-cosignature v1.1.0-rc.1 (23 April 2026), https://c2sp.org/tlog-cosignature. Its Ed25519 type
    (0x04, ``cosignature/v1``) is that of v1.0.1; its ML-DSA-44 type (0x06, ``subtree/v1``) is new in it.

A cosignature is a line of the checkpoint's note whose bytes are a time and a signature. A ``Cosigner`` is a key; with a
time it is a ``note.Signer``. Nothing here reads a clock.

One Ed25519 key must have one name only: its message does not say who signs. ML-DSA-44 signs the name too, and may sign
any subtree, with the time 0 for "no statement of when".
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Protocol, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from .checkpoint import Checkpoint
from .errors import FormatError
from .keys import (
    KeyId,
    SignatureType,
    SignerKey,
    VerifierKey,
    ed25519_public_key,
    mldsa44_private_key,
    mldsa44_public_key,
)
from .merkle import HASH_BYTES, Hash
from .note import Ed25519Verifier, NoteSignature, Signer, Verifier
from .strict import MAX_NUMBER
from .subtree import is_subtree

# Every verifier accepts this many signatures on a note (C2SP signed-note); a checkpoint with more is not for everyone.
MAX_PUBLISHED: Final = 16

_TIME_BYTES: Final = 8
_ED25519_BYTES: Final = 64
_MLDSA44_BYTES: Final = 2420
_SUBTREE_LABEL: Final = b"subtree/v1\n\0"
_MAX_OPAQUE: Final = 255


# --- What is signed -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TimedSignature:
    """What stands after the key id in the line of a cosigner.

    Attributes:
        time: seconds of the POSIX clock; 0 says nothing of when.
        signature: the bare signature, whose length its type fixes.
    """

    time: int
    signature: bytes

    def __post_init__(self) -> None:
        if not 0 <= self.time <= MAX_NUMBER:
            raise FormatError(f"the time of a cosignature is from 0 to 2^63-1, not {self.time}")
        if not self.signature:
            raise FormatError("a cosignature is not empty after its time")

    def encode(self) -> bytes:
        """Write the time in 64 bits, high byte first, and the signature."""
        return self.time.to_bytes(_TIME_BYTES) + self.signature

    @classmethod
    def parse(cls, raw: bytes) -> Self:
        """Read them: the inverse of ``encode``.

        Raises:
            FormatError: when there is no signature after the time, or the time is beyond 2^63-1.
        """
        if len(raw) <= _TIME_BYTES:
            raise FormatError(f"a cosignature of {len(raw)} bytes has no signature after its time")
        return cls(int.from_bytes(raw[:_TIME_BYTES]), raw[_TIME_BYTES:])


@dataclass(frozen=True, slots=True)
class Subtree:
    """Entries ``[start, end)`` of a log, and the root over them. With ``start == 0`` it is what a checkpoint says."""

    origin: str
    start: int
    end: int
    root: Hash

    def __post_init__(self) -> None:
        if not is_subtree(self.start, self.end) or self.end > MAX_NUMBER:
            raise FormatError(f"[{self.start}, {self.end}) is not a subtree of any log")
        if len(self.root) != HASH_BYTES:
            raise FormatError(f"a subtree's root has {HASH_BYTES} bytes, not {len(self.root)}")

    @classmethod
    def of(cls, checkpoint: Checkpoint) -> Self:
        """Give the subtree that is the whole tree of a checkpoint."""
        return cls(checkpoint.origin, 0, checkpoint.size, checkpoint.root)


def cosigned_text(time: int, text: bytes) -> bytes:
    """Give what an Ed25519 cosigner signs: two lines of its own and the text of the checkpoint."""
    return b"cosignature/v1\ntime %d\n" % time + text


def cosigned_subtree(cosigner: str, time: int, subtree: Subtree) -> bytes:
    """Give what an ML-DSA-44 cosigner signs (``cosigned_message``).

    Raises:
        FormatError: when a name is not of 1 to 255 bytes, or a time is given for a subtree which is not at the start.
    """
    if subtree.start and time:
        raise FormatError(f"a subtree that starts at {subtree.start} is cosigned with the time 0, not {time}")
    return b"".join(
        (
            _SUBTREE_LABEL,
            _opaque(cosigner, "cosigner's name"),
            time.to_bytes(_TIME_BYTES),
            _opaque(subtree.origin, "log's origin"),
            subtree.start.to_bytes(8),
            subtree.end.to_bytes(8),
            subtree.root,
        )
    )


# --- Who signs and who verifies -----------------------------------------------------------------------------


class Cosigner(Protocol):
    """A key of a witness or a mirror."""

    @property
    def name(self) -> str: ...  # noqa: D102  (said by the class)

    @property
    def key_id(self) -> KeyId: ...  # noqa: D102  (said by the class)

    def at(self, time: int) -> Signer:
        """Give the signer of checkpoints at ``time``, seconds of the POSIX clock.

        Raises:
            FormatError: when the time is not from 1 to 2^63-1. Only a subtree may be cosigned without a time.
        """
        ...


class Ed25519CosignatureVerifier:
    """Verifies cosignatures of type 0x04."""

    __slots__ = ("_public", "key_id", "name")

    def __init__(self, key: VerifierKey) -> None:
        _check_kind(key, SignatureType.COSIGNATURE)
        self.name: Final = key.name
        self.key_id: Final = key.key_id
        self._public = ed25519_public_key(key.public)

    def verify(self, text: bytes, signature: bytes) -> bool:
        """Say whether the signature is right over the text and the time that stands before it."""
        timed = _timed(signature, _ED25519_BYTES)
        if timed is None:
            return False
        try:
            self._public.verify(timed.signature, cosigned_text(timed.time, text))
        except InvalidSignature:
            return False
        return True


class Ed25519Cosigner:
    """Cosigns with type 0x04."""

    __slots__ = ("_private", "key_id", "name")

    def __init__(self, key: SignerKey) -> None:
        _check_kind(key, SignatureType.COSIGNATURE)
        self.name: Final = key.name
        self.key_id: Final = key.verifier_key.key_id
        self._private = Ed25519PrivateKey.from_private_bytes(key.seed)

    def at(self, time: int) -> Signer:
        """Give the signer at a time."""
        return _SignerAt(self, time)

    def cosign(self, time: int, text: bytes) -> bytes:
        """Give time and signature over the text of a checkpoint."""
        Checkpoint.parse(text)
        return TimedSignature(time, self._private.sign(cosigned_text(time, text))).encode()


class MldsaCosignatureVerifier:
    """Verifies cosignatures of type 0x06."""

    __slots__ = ("_public", "key_id", "name")

    def __init__(self, key: VerifierKey) -> None:
        _check_kind(key, SignatureType.MLDSA_COSIGNATURE)
        self.name: Final = key.name
        self.key_id: Final = key.key_id
        self._public = mldsa44_public_key(key.public)

    def verify(self, text: bytes, signature: bytes) -> bool:
        """Say whether the signature is right over what the checkpoint ``text`` says and the time before it."""
        try:
            subtree = Subtree.of(Checkpoint.parse(text))
        except FormatError:
            return False
        return self.verify_subtree(subtree, signature)

    def verify_subtree(self, subtree: Subtree, signature: bytes) -> bool:
        """Say whether the signature is right over a subtree and the time before it."""
        timed = _timed(signature, _MLDSA44_BYTES)
        if timed is None:
            return False
        try:
            self._public.verify(timed.signature, cosigned_subtree(self.name, timed.time, subtree))
        except InvalidSignature, FormatError:
            return False
        return True


class MldsaCosigner:
    """Cosigns with type 0x06."""

    __slots__ = ("_private", "key_id", "name")

    def __init__(self, key: SignerKey) -> None:
        _check_kind(key, SignatureType.MLDSA_COSIGNATURE)
        self.name: Final = key.name
        self.key_id: Final = key.verifier_key.key_id
        self._private = mldsa44_private_key(key.seed)

    def at(self, time: int) -> Signer:
        """Give the signer at a time."""
        return _SignerAt(self, time)

    def cosign(self, time: int, text: bytes) -> bytes:
        """Give time and signature over the tree of a checkpoint."""
        return self._sign(time, Subtree.of(Checkpoint.parse(text)))

    def sign_subtree(self, subtree: Subtree) -> bytes:
        """Give what stands after the key id for a subtree, without a time."""
        return self._sign(0, subtree)

    def _sign(self, time: int, subtree: Subtree) -> bytes:
        return TimedSignature(time, self._private.sign(cosigned_subtree(self.name, time, subtree))).encode()


class _SignerAt:
    """A cosigner at one time: what ``sign_note`` takes."""

    __slots__ = ("_cosigner", "_time", "key_id", "name")

    def __init__(self, cosigner: Ed25519Cosigner | MldsaCosigner, time: int) -> None:
        if not 1 <= time <= MAX_NUMBER:
            raise FormatError(f"a checkpoint is cosigned at a time from 1 to 2^63-1, not {time}; set the clock")
        self.name: Final = cosigner.name
        self.key_id: Final = cosigner.key_id
        self._cosigner = cosigner
        self._time = time

    def sign(self, text: bytes) -> bytes:
        """Give time and signature."""
        return self._cosigner.cosign(self._time, text)


def make_verifier(key: VerifierKey) -> Verifier:
    """Make the verifier for a key of any known type.

    Raises:
        UnsupportedError: when this machine cannot verify with keys of this type.
    """
    match key.kind:
        case SignatureType.ED25519:
            return Ed25519Verifier(key)
        case SignatureType.COSIGNATURE:
            return Ed25519CosignatureVerifier(key)
        case SignatureType.MLDSA_COSIGNATURE:
            return MldsaCosignatureVerifier(key)


def make_cosigner(key: SignerKey) -> Cosigner:
    """Make the cosigner for a private key.

    Raises:
        FormatError: when the key is not of a cosigner's type.
        UnsupportedError: when this machine cannot sign with keys of this type.
    """
    match key.kind:
        case SignatureType.COSIGNATURE:
            return Ed25519Cosigner(key)
        case SignatureType.MLDSA_COSIGNATURE:
            return MldsaCosigner(key)
        case SignatureType.ED25519:
            raise FormatError(f"the key of {key.name!r} signs notes, not cosignatures; make one of type 0x04 or 0x06")


# --- Cosignatures on a checkpoint ---------------------------------------------------------------------------


def cosign(text: bytes, cosigners: Iterable[Cosigner], time: int) -> tuple[NoteSignature, ...]:
    """Give the line of each cosigner for the text of a checkpoint.

    Raises:
        FormatError: when the text is no checkpoint, or the time cannot be that of a cosignature.
    """
    signers = [cosigner.at(time) for cosigner in cosigners]
    return tuple(NoteSignature(signer.name, signer.key_id, signer.sign(text)) for signer in signers)


def cosignature_time(line: NoteSignature) -> int:
    """Give the time in the line of a cosigner, which counts only once the line is verified.

    Raises:
        FormatError: when the line is not of a cosigner.
    """
    return TimedSignature.parse(line.signature).time


def select_cosignatures(
    text: bytes, lines: Iterable[NoteSignature], verifiers: Iterable[Verifier], count: int = MAX_PUBLISHED
) -> tuple[NoteSignature, ...]:
    """Give the right cosignatures of the first ``count`` verifiers that have one, in the order of the verifiers.

    Lines of others and wrong ones are left out: one wrong line would make every reader refuse the whole note.
    ``Policy.choose`` finds the witnesses whose lines meet a quorum of groups.

    Args:
        text: the text of the checkpoint.
        lines: what witnesses have answered.
        verifiers: the known keys, those to be published first in front.
        count: how many at most.
    """
    offered: dict[tuple[str, KeyId], list[NoteSignature]] = {}
    for line in lines:
        offered.setdefault((line.name, line.key_id), []).append(line)
    chosen: list[NoteSignature] = []
    for verifier in verifiers:
        if len(chosen) >= count:
            break
        candidates = offered.get((verifier.name, verifier.key_id), ())
        right = next((line for line in candidates if verifier.verify(text, line.signature)), None)
        if right is not None:
            chosen.append(right)
    return tuple(chosen)


# --- Parts --------------------------------------------------------------------------------------------------


def _timed(signature: bytes, length: int) -> TimedSignature | None:
    """Read a cosignature of a type, or give None when it cannot be one. The length comes first."""
    if len(signature) != _TIME_BYTES + length:
        return None
    try:
        return TimedSignature.parse(signature)
    except FormatError:
        return None


def _opaque(text: str, what: str) -> bytes:
    raw = text.encode()
    if not 1 <= len(raw) <= _MAX_OPAQUE:
        raise FormatError(f"for ML-DSA-44 the {what} has from 1 to {_MAX_OPAQUE} bytes, not {len(raw)}")
    return bytes([len(raw)]) + raw


def _check_kind(key: VerifierKey | SignerKey, kind: SignatureType) -> None:
    if key.kind is not kind:
        raise FormatError(f"the key of {key.name!r} is of type {key.kind.name}, not {kind.name}")
