"""Who can open what is sealed: an X25519 key whose secret half is written on paper (`sheet`)."""

from dataclasses import dataclass
import hashlib
from typing import Final, Self

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from .sheet import SheetError, read_sheet, write_sheet

RECOVERY: Final = "RECOVERY"
"""The label of a building's recovery key: one who finds the sheet shall know what it is."""
AUDITOR: Final = "AUDITOR"
"""The label of an auditor's key."""
KEY_LENGTH: Final = 32
ID_LENGTH: Final = 8
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
        return write_sheet(self.label, self.data)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the key that a person typed off the sheet.

        Raises SecretKeyError.
        """
        try:
            return cls(*read_sheet(text))
        except SheetError as error:
            raise SecretKeyError(str(error)) from error
