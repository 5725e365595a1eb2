"""Who can open what is sealed: an X25519 key whose secret half is written on paper.

The written form is for people who type it in once, years later, after a fire: base32 in groups of five letters and
digits, without a digit that looks like a letter, and with a checksum that names a mistyped key before anything is
tried with it.

    secret = LABEL "-" base32(key 32 bytes ‖ SHA-256(LABEL ‖ key)[:3]), 56 characters in groups of seven
"""

import base64
from dataclasses import dataclass
import hashlib
import hmac
from typing import Final, Self

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

RECOVERY: Final = "RECOVERY"
"""The label of a building's recovery key: one who finds the sheet shall know what it is."""
AUDITOR: Final = "AUDITOR"
"""The label of an auditor's key."""
KEY_LENGTH: Final = 32
ID_LENGTH: Final = 8
_CHECK_LENGTH: Final = 3
_GROUP: Final = 7
_ANY: Final = X25519PrivateKey.from_private_bytes(bytes(range(KEY_LENGTH)))
"""Agrees on nothing with a point of low order, as every key does."""


class SecretKeyError(ValueError):
    """The text is no secret key, or one that was mistyped."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """The public half: it can seal, and cannot open."""

    data: bytes

    def __post_init__(self) -> None:
        if len(self.data) != KEY_LENGTH:
            raise SecretKeyError(f"a public X25519 key has {KEY_LENGTH} bytes, not {len(self.data)}")
        try:
            _ANY.exchange(self.key)
        except ValueError as error:
            raise SecretKeyError("a point of low order is no public key: everybody could open what it seals") from error

    @property
    def id(self) -> bytes:
        """The first 8 bytes of SHA-256 of the key: which of several recipients something is for."""
        return hashlib.sha256(self.data).digest()[:ID_LENGTH]

    @property
    def key(self) -> X25519PublicKey:
        """The key for HPKE."""
        return X25519PublicKey.from_public_bytes(self.data)


@dataclass(frozen=True, slots=True)
class SecretKey:
    """The secret half. Its repr hides it."""

    label: str
    data: bytes

    def __repr__(self) -> str:
        return f"SecretKey({self.label}, for {self.public.id.hex()})"

    @classmethod
    def generate(cls, label: str) -> Self:
        """Return a fresh key."""
        return cls(label, X25519PrivateKey.generate().private_bytes_raw())

    @property
    def key(self) -> X25519PrivateKey:
        """The key for HPKE."""
        return X25519PrivateKey.from_private_bytes(self.data)

    @property
    def public(self) -> Recipient:
        """The half that seals."""
        return Recipient(self.key.public_key().public_bytes_raw())

    @property
    def text(self) -> str:
        """What is printed on the sheet."""
        code = base64.b32encode(self.data + _check(self.label, self.data)).decode()
        return "-".join([self.label, *(code[at : at + _GROUP] for at in range(0, len(code), _GROUP))])

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the key that a person typed off the sheet.

        Raises SecretKeyError.
        """
        label, _, code = "".join(text.split()).partition("-")
        label = label.upper()
        # A person may read 0 for O and 1 for I: base32 has neither digit.
        folded = code.replace("-", "").upper().replace("0", "O").replace("1", "I")
        try:
            data = base64.b32decode(folded)
        except ValueError:
            data = b""
        if len(data) != KEY_LENGTH + _CHECK_LENGTH:
            raise SecretKeyError(
                f"a secret key is its label and eight groups of {_GROUP} characters, as in {RECOVERY}-ABCDEFG-…"
            )
        key, check = data[:KEY_LENGTH], data[KEY_LENGTH:]
        if not hmac.compare_digest(check, _check(label, key)):
            raise SecretKeyError("a character of the secret key was mistyped: its checksum does not come out")
        return cls(label, key)


def _check(label: str, key: bytes) -> bytes:
    return hashlib.sha256(f"local-vpp {label}\0".encode() + key).digest()[:_CHECK_LENGTH]
