"""Signed notes: text that one or more keys have signed.

Specification: C2SP signed-note v1.0.0 (https://c2sp.org/signed-note@v1.0.0), read in November 2026.

There is one way for every signature type: a note is signed and opened with any mixture of ``Signer`` and ``Verifier``.
This module brings the plain Ed25519 type; the types of witnesses are in modules of their own.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from .errors import FormatError, SignatureError
from .keys import KEY_ID_BYTES, KeyId, SignatureType, SignerKey, VerifierKey, check_name, ed25519_public_key
from .strict import decode_base64, encode_base64

# The specification asks verifiers to take at least 16 signatures and to have a limit; Go's verifier stops at 100.
MAX_SIGNATURES: Final = 100
# 100 post-quantum signatures of some 3.3 kB in base64, and room for the text. Refused before anything is parsed.
MAX_NOTE_BYTES: Final = 1_000_000

_LINE_START: Final = "— "


# --- Who signs and who verifies -----------------------------------------------------------------------------


class Verifier(Protocol):
    """A known key. The pair of name and id must be unique among those a note is opened with."""

    @property
    def name(self) -> str: ...  # noqa: D102  (said by the class)

    @property
    def key_id(self) -> KeyId: ...  # noqa: D102  (said by the class)

    def verify(self, text: bytes, signature: bytes) -> bool:
        """Say whether ``signature`` (all after the key id) is this key's over ``text`` (with its last newline)."""
        ...


class Signer(Protocol):
    """A key of our own."""

    @property
    def name(self) -> str: ...  # noqa: D102  (said by the class)

    @property
    def key_id(self) -> KeyId: ...  # noqa: D102  (said by the class)

    def sign(self, text: bytes) -> bytes:
        """Give what stands after the key id in the signature line for ``text`` (with its last newline)."""
        ...


class Ed25519Verifier:
    """Verifies signatures of type 0x01."""

    __slots__ = ("_public", "key_id", "name")

    def __init__(self, key: VerifierKey) -> None:
        if key.kind is not SignatureType.ED25519:
            raise FormatError(f"the key of {key.name!r} is of type {key.kind.name}, not {SignatureType.ED25519.name}")
        self.name: Final = key.name
        self.key_id: Final = key.key_id
        self._public = ed25519_public_key(key.public)

    def verify(self, text: bytes, signature: bytes) -> bool:
        """Say whether the signature is right."""
        try:
            self._public.verify(signature, text)
        except InvalidSignature:
            return False
        return True


class Ed25519Signer:
    """Signs with type 0x01."""

    __slots__ = ("_private", "key_id", "name")

    def __init__(self, key: SignerKey) -> None:
        if key.kind is not SignatureType.ED25519:
            raise FormatError(f"the key of {key.name!r} is of type {key.kind.name}, not {SignatureType.ED25519.name}")
        self.name: Final = key.name
        self.key_id: Final = key.verifier_key.key_id
        self._private = Ed25519PrivateKey.from_private_bytes(key.seed)

    def sign(self, text: bytes) -> bytes:
        """Give the 64 bytes of the signature."""
        return self._private.sign(text)


# --- Notes --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class NoteSignature:
    """One signature line."""

    name: str
    key_id: KeyId
    signature: bytes

    def encode(self) -> str:
        """Write the line with its newline."""
        return f"{_LINE_START}{self.name} {encode_base64(self.key_id + self.signature)}\n"

    @classmethod
    def parse(cls, line: str) -> Self:
        """Read a line without its newline.

        Raises:
            FormatError: when it is not what ``encode`` writes.
        """
        name, space, encoded = line.removeprefix(_LINE_START).partition(" ")
        if not line.startswith(_LINE_START) or not space:
            raise FormatError(f"a signature line has the form '— name base64', not {line[:80]!r}")
        check_name(name)
        raw = decode_base64(encoded, f"the signature of {name!r}")
        if len(raw) <= KEY_ID_BYTES:
            raise FormatError(f"the signature of {name!r} has {len(raw)} bytes: no more than its key id")
        return cls(name, KeyId(raw[:KEY_ID_BYTES]), raw[KEY_ID_BYTES:])


@dataclass(frozen=True, slots=True)
class Note:
    """A note as it is written: nothing about it has been verified."""

    text: bytes
    signatures: tuple[NoteSignature, ...]

    def __post_init__(self) -> None:
        _check_text(self.text)
        if not 1 <= len(self.signatures) <= MAX_SIGNATURES:
            raise FormatError(f"a note has from 1 to {MAX_SIGNATURES} signatures, not {len(self.signatures)}")

    def encode(self) -> bytes:
        """Write the note."""
        return self.text + b"\n" + "".join(line.encode() for line in self.signatures).encode()

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """Read a note without verifying it: the inverse of ``encode``.

        Raises:
            FormatError: when it is not in the form of a signed note, or larger than a verifier should read.
        """
        if len(data) > MAX_NOTE_BYTES:
            raise FormatError(f"a note of {len(data)} bytes is larger than {MAX_NOTE_BYTES}")
        # The text may have empty lines of its own: the last one divides.
        middle = data.rfind(b"\n\n")
        if middle < 0 or not data.endswith(b"\n") or middle + 2 == len(data):
            raise FormatError("a note has a text, an empty line, and signature lines which end in a newline")
        text = data[: middle + 1]
        try:
            lines = data[middle + 2 : -1].decode().split("\n")
        except UnicodeDecodeError:
            raise FormatError("the signature lines of a note are not UTF-8") from None
        if len(lines) > MAX_SIGNATURES:
            raise FormatError(f"a note has from 1 to {MAX_SIGNATURES} signatures, not {len(lines)}")
        return cls(text, tuple(NoteSignature.parse(line) for line in lines))


@dataclass(frozen=True, slots=True)
class OpenedNote:
    """A note whose text at least one known key has signed.

    Attributes:
        text: the signed text, with its last newline.
        verified: the first signature of each known key, in the order of the note; all are right.
        unknown: signatures of keys that were not given; they say nothing.
    """

    text: bytes
    verified: tuple[NoteSignature, ...]
    unknown: tuple[NoteSignature, ...]

    def signed_by(self, key: Verifier) -> bool:
        """Say whether this key is among those that have signed."""
        return any((line.name, line.key_id) == (key.name, key.key_id) for line in self.verified)


def sign_note(text: bytes, signers: Iterable[Signer], existing: Sequence[NoteSignature] = ()) -> bytes:
    """Write a note: the text, the signatures it already has, then those of our signers.

    Raises:
        FormatError: when the text is not one (UTF-8, no control characters, newline at its end), or there is no
            signature.
    """
    # Before signing: a signature over a text that no one may read must never exist.
    _check_text(text)
    ours = [NoteSignature(signer.name, signer.key_id, signer.sign(text)) for signer in signers]
    return Note(text, (*existing, *ours)).encode()


def open_note(data: bytes, verifiers: Iterable[Verifier]) -> OpenedNote:
    """Read a note and verify the signature of every known key on it.

    Raises:
        FormatError: when it is not a note, or two of the verifiers have the same name and id.
        SignatureError: when a known key's signature is wrong, though others may be right, or no known key has signed.
    """
    known: dict[tuple[str, KeyId], Verifier] = {}
    for verifier in verifiers:
        identity = (verifier.name, verifier.key_id)
        if identity in known:
            raise FormatError(f"two known keys are both {verifier.name!r} with id {verifier.key_id.hex()}; keep one")
        known[identity] = verifier
    note = Note.parse(data)
    verified: dict[tuple[str, KeyId], NoteSignature] = {}
    unknown: list[NoteSignature] = []
    for line in note.signatures:
        identity = (line.name, line.key_id)
        if identity not in known:
            unknown.append(line)
        elif known[identity].verify(note.text, line.signature):
            # A key counts once, however often it has signed.
            verified.setdefault(identity, line)
        else:
            raise SignatureError(
                f"the signature of {line.name!r} (key id {line.key_id.hex()}) is wrong; refuse the note"
            )
    if not verified:
        raise SignatureError(f"no known key has signed the note; it is signed by {sorted({s.name for s in unknown})}")
    return OpenedNote(note.text, tuple(verified.values()), tuple(unknown))


def _check_text(text: bytes) -> None:
    if not text.endswith(b"\n"):
        raise FormatError("the text of a note must end in a newline")
    try:
        decoded = text.decode()
    except UnicodeDecodeError:
        raise FormatError("the text of a note is not UTF-8") from None
    if any(char < " " and char != "\n" for char in decoded):
        raise FormatError("the text of a note must not have control characters other than newline")
