"""Keys of signed notes, and the text they are given and kept in.

Specification: C2SP signed-note v1.0.0 (https://c2sp.org/signed-note@v1.0.0), as ``note``; the types of cosignatures are
    those of C2SP tlog-cosignature v1.1.0-rc.1 (23 April 2026). The form of private keys, ``PRIVATE+KEY+…``, is that of
    Go's ``golang.org/x/mod/sumdb/note``, which the tools of this family read.

A signature type is one row of ``_KEY_FORMS``: how its public keys are checked and made from a seed. What a type signs,
and how, is a pair of classes with the shapes of ``note.Verifier`` and ``note.Signer``.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
import hashlib
import re
from typing import Final, NewType, Self

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from .errors import FormatError, SignatureError, UnsupportedError
from .strict import decode_base64, encode_base64

try:
    from cryptography.hazmat.primitives.asymmetric import mldsa
except ImportError:
    mldsa = None  # type: ignore[assignment]  # an older package; every use asks first

# Four bytes that tell keys of one name apart. It identifies, it does not protect: anyone can make a key with a
# given id.
KeyId = NewType("KeyId", bytes)

KEY_ID_BYTES: Final = 4

_PRIVATE_PREFIX: Final = "PRIVATE+KEY+"
_KEY_ID_HEX: Final = re.compile(r"[0-9a-f]{8}")


class SignatureType(IntEnum):
    """The byte that says how a key signs. Only types with a row in ``_KEY_FORMS`` are listed."""

    ED25519 = 0x01
    """Ed25519 over the text of the note."""
    COSIGNATURE = 0x04
    """Ed25519 over a time and a checkpoint: a witness's statement (C2SP tlog-cosignature)."""
    MLDSA_COSIGNATURE = 0x06
    """ML-DSA-44 over a time and a subtree: the same statement, safe from quantum computers (C2SP tlog-cosignature)."""


# --- Ed25519 ------------------------------------------------------------------------------------------------

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


# --- ML-DSA-44 (FIPS 204) -----------------------------------------------------------------------------------

_MLDSA44_PUBLIC_BYTES: Final = 1312


def mldsa44_public_key(raw: bytes) -> mldsa.MLDSA44PublicKey:
    """Take 1312 bytes as an ML-DSA-44 public key.

    Raises:
        FormatError: when they are not 1312 bytes.
        UnsupportedError: when this machine cannot verify with such keys.
    """
    if len(raw) != _MLDSA44_PUBLIC_BYTES:
        raise FormatError(f"an ML-DSA-44 public key has {_MLDSA44_PUBLIC_BYTES} bytes, not {len(raw)}")
    if mldsa is None:
        raise _no_mldsa()
    try:
        return mldsa.MLDSA44PublicKey.from_public_bytes(raw)
    except UnsupportedAlgorithm:
        raise _no_mldsa() from None


def mldsa44_private_key(seed: bytes) -> mldsa.MLDSA44PrivateKey:
    """Make the private key of a seed of 32 bytes.

    Raises:
        UnsupportedError: when this machine cannot sign with such keys.
    """
    if mldsa is None:
        raise _no_mldsa()
    try:
        return mldsa.MLDSA44PrivateKey.from_seed_bytes(seed)
    except UnsupportedAlgorithm:
        raise _no_mldsa() from None


def _no_mldsa() -> UnsupportedError:
    return UnsupportedError(
        "a key is of type 0x06 (ML-DSA-44), which the cryptography package here cannot compute; "
        "install cryptography 50 or newer, or take the key out of the configuration"
    )


def _check_mldsa44(raw: bytes) -> None:
    mldsa44_public_key(raw)


def _mldsa44_public_of(seed: bytes) -> bytes:
    return mldsa44_private_key(seed).public_key().public_bytes_raw()


# --- Keys in text -------------------------------------------------------------------------------------------


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
    SignatureType.MLDSA_COSIGNATURE: _KeyForm(check_public=_check_mldsa44, seed_bytes=32, public_of=_mldsa44_public_of),
}


def check_name(name: str) -> None:
    """Check the name of a key: not empty, no Unicode space, no plus sign, no control character.

    Raises:
        FormatError: when it cannot stand in a key or a signature line.
    """
    if not name or "+" in name or any(char.isspace() or char < " " or "\ud800" <= char <= "\udfff" for char in name):
        raise FormatError(
            f"a key's name must be non-empty, without spaces, control characters and '+', not {name[:80]!r}"
        )


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
        return KeyId(digest[:KEY_ID_BYTES])

    def encode(self) -> str:
        """Write the vkey text: name, id in hex and base64 of type and key, with ``+`` between them."""
        return f"{self.name}+{self.key_id.hex()}+{encode_base64(bytes([self.kind]) + self.public)}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a vkey text: the inverse of ``encode``.

        Raises:
            FormatError: when it is not in that form, its id does not fit, or its type is not known here.
            SignatureError: when the key must never be trusted.
            UnsupportedError: when it is of a known type that this machine cannot compute.
        """
        name, key_id, kind, public = _split_key(text, "verifier key")
        key = cls(name, kind, public)
        if key.key_id.hex() != key_id:
            raise FormatError(
                f"the verifier key of {name!r} has the id {key_id}, but its content gives {key.key_id.hex()}"
            )
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
            UnsupportedError: when it is of a known type that this machine cannot compute.
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
        raise FormatError(
            f"the {what} of {name!r} has the signature type 0x{raw[0]:02x}, which is not known here"
        ) from None
    return name, key_id, kind, raw[1:]
