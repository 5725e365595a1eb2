"""Signed notes: text that one or more keys have signed, and the text form of those keys.

Specification: C2SP signed-note v1.0.0 (https://c2sp.org/signed-note@v1.0.0), read in November 2026. The form of private keys,
``PRIVATE+KEY+…``, is that of Go's ``golang.org/x/mod/sumdb/note``, which all tools of this family read.

There is one way for every signature type. A key in text is a ``VerifierKey`` or ``SignerKey`` of a type that has a row in
``_KEY_FORMS``; what a type signs and how is a class with the shape of ``Verifier`` or ``Signer``. A note is opened
with any mixture of them. This module brings the plain Ed25519 type; witnesses' types are in modules of their own.
"""

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final, NewType, Protocol, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from .errors import FormatError, SignatureError
from .strict import decode_base64, encode_base64

# Four bytes that tell keys of one name apart. It identifies, it does not protect: anyone can make a key with a given id.
KeyId = NewType("KeyId", bytes)

# The specification asks verifiers to take at least 16 signatures and to have a limit; Go's verifier stops at 100.
MAX_SIGNATURES: Final = 100
# 100 post-quantum signatures of some 3.3 kB in base64, and room for the text. Refused before anything is parsed.
MAX_NOTE_BYTES: Final = 1_000_000

_KEY_ID_BYTES: Final = 4
_PRIVATE_PREFIX: Final = "PRIVATE+KEY+"
_LINE_START: Final = "— "
_KEY_ID_HEX: Final = re.compile(r"[0-9a-f]{8}")


class SignatureType(IntEnum):
    """The byte that says how a key signs. Only types with a row in ``_KEY_FORMS`` are listed."""

    ED25519 = 0x01
    """Ed25519 over the text of the note."""
    COSIGNATURE = 0x04
    """Ed25519 over a time and a checkpoint: a witness's statement (C2SP tlog-cosignature)."""


# --- Ed25519 --------------------------------------------------------------------------------------------------------------

# The curve's points of order 1, 2, 4 and 8, by y coordinate, with the encodings of 0 and 1 that are not reduced modulo
# p = 2**255 - 19. With either sign bit: 14 encodings. Under such a "key" one signature fits many texts, and libraries
# disagree on which they accept; refusing them leaves OpenSSL and libsodium accepting the same signatures.
_P: Final = 2**255 - 19
_ORDER_8_Y: Final = 0x05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826
_LOW_ORDER_Y: Final = frozenset({0, 1, _P - 1, _P, _P + 1, _ORDER_8_Y, _P - _ORDER_8_Y})


def ed25519_public_key(raw: bytes) -> Ed25519PublicKey:
    """Take 32 bytes as an Ed25519 public key.

    Raises:
        FormatError: when they are not 32 bytes.
        SignatureError: when they are one of the 14 encodings of a point of low order.
    """
    if len(raw) != 32:
        raise FormatError(f"an Ed25519 public key has 32 bytes, not {len(raw)}")
    if int.from_bytes(raw, "little") & (2**255 - 1) in _LOW_ORDER_Y:
        raise SignatureError(f"the Ed25519 public key {raw.hex()} is a point of low order, under which anyone can sign")
    return Ed25519PublicKey.from_public_bytes(raw)


def _check_ed25519(raw: bytes) -> None:
    ed25519_public_key(raw)


def _ed25519_public_of(seed: bytes) -> bytes:
    return Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()


# --- Keys in text ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _KeyForm:
    """How the keys of one signature type are made."""

    check_public: Callable[[bytes], None]
    seed_bytes: int
    public_of: Callable[[bytes], bytes]


_ED25519_FORM: Final = _KeyForm(check_public=_check_ed25519, seed_bytes=32, public_of=_ed25519_public_of)
_KEY_FORMS: Final[Mapping[SignatureType, _KeyForm]] = {
    SignatureType.ED25519: _ED25519_FORM,
    SignatureType.COSIGNATURE: _ED25519_FORM,
}


def check_name(name: str) -> None:
    """Check the name of a key: not empty, no Unicode space, no plus sign, no control character.

    Raises:
        FormatError: when it cannot stand in a key or a signature line.
    """
    if not name or "+" in name or any(char.isspace() or char < " " or "\ud800" <= char <= "\udfff" for char in name):
        raise FormatError(f"a key's name must be non-empty, without spaces, control characters and '+', not {name[:80]!r}")


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A public key with its name, as in a vkey text."""

    name: str
    kind: SignatureType
    public: bytes

    def __post_init__(self) -> None:
        check_name(self.name)
        _KEY_FORMS[self.kind].check_public(self.public)

    @property
    def key_id(self) -> KeyId:
        """The id that stands beside the name in a signature line."""
        digest = hashlib.sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.public).digest()
        return KeyId(digest[:_KEY_ID_BYTES])

    def encode(self) -> str:
        """Write the vkey text: name, id in hex and base64 of type and key, with ``+`` between them."""
        return f"{self.name}+{self.key_id.hex()}+{encode_base64(bytes([self.kind]) + self.public)}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a vkey text: the inverse of ``encode``.

        Raises:
            FormatError: when it is not in that form, its id does not fit, or its type is not known here.
            SignatureError: when the key must never be trusted.
        """
        name, key_id, kind, public = _split_key(text, "verifier key")
        key = cls(name, kind, public)
        if key.key_id.hex() != key_id:
            raise FormatError(f"the verifier key of {name!r} has the id {key_id}, but its content gives {key.key_id.hex()}")
        return key


@dataclass(frozen=True, slots=True)
class SignerKey:
    """A private key with its name. Neither ``repr`` nor an error shows the secret; ``encode`` does."""

    name: str
    kind: SignatureType
    seed: bytes = field(repr=False)

    def __post_init__(self) -> None:
        check_name(self.name)
        wanted = _KEY_FORMS[self.kind].seed_bytes
        if len(self.seed) != wanted:
            raise FormatError(f"the private key of {self.name!r} has {len(self.seed)} bytes, not {wanted}")

    @property
    def verifier_key(self) -> VerifierKey:
        """The public half."""
        return VerifierKey(self.name, self.kind, _KEY_FORMS[self.kind].public_of(self.seed))

    def encode(self) -> str:
        """Write the private key text. It is a secret."""
        key_id = self.verifier_key.key_id.hex()
        return f"{_PRIVATE_PREFIX}{self.name}+{key_id}+{encode_base64(bytes([self.kind]) + self.seed)}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a private key text: the inverse of ``encode``.

        Raises:
            FormatError: when it is not in that form, its id does not fit, or its type is not known here.
        """
        if not text.startswith(_PRIVATE_PREFIX):
            raise FormatError(f"a private key starts with {_PRIVATE_PREFIX!r}")
        name, key_id, kind, seed = _split_key(text.removeprefix(_PRIVATE_PREFIX), "private key")
        key = cls(name, kind, seed)
        if key.verifier_key.key_id.hex() != key_id:
            raise FormatError(f"the private key of {name!r} does not have the id {key_id}")
        return key


def _split_key(text: str, what: str) -> tuple[str, str, SignatureType, bytes]:
    """Divide a key text into name, id in hex, type and key. Errors never repeat the text, which may be secret."""
    parts = text.split("+", 2)
    if len(parts) != 3 or _KEY_ID_HEX.fullmatch(parts[1]) is None:
        raise FormatError(f"a {what} has the form name+id+base64 with eight lower-case hex digits as id")
    name, key_id, encoded = parts
    check_name(name)
    try:
        raw = decode_base64(encoded, f"the {what}")
    except FormatError:
        raise FormatError(f"the {what} of {name!r} is not canonical base64") from None
    if not raw:
        raise FormatError(f"the {what} of {name!r} is empty")
    try:
        kind = SignatureType(raw[0])
    except ValueError:
        raise FormatError(f"the {what} of {name!r} has the signature type 0x{raw[0]:02x}, which is not known here") from None
    return name, key_id, kind, raw[1:]


# --- Who signs and who verifies -------------------------------------------------------------------------------------------


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


# --- Notes ----------------------------------------------------------------------------------------------------------------


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
        if len(raw) <= _KEY_ID_BYTES:
            raise FormatError(f"the signature of {name!r} has {len(raw)} bytes: no more than its key id")
        return cls(name, KeyId(raw[:_KEY_ID_BYTES]), raw[_KEY_ID_BYTES:])


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
        FormatError: when the text is not one (UTF-8, no control characters, newline at its end), or there is no signature.
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
            raise SignatureError(f"the signature of {line.name!r} (key id {line.key_id.hex()}) is wrong; refuse the note")
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
