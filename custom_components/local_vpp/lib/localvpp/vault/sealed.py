"""Sealing bytes for several recipients: HPKE (RFC 9180, February 2022) around one fresh content key.

    sealed  = { 0: 1, 1: [+ [recipient id: bstr .size 8, wrapped key: bstr]], 2: ciphertext }
    wrapped = HPKE single-shot, base mode, DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, ChaCha20-Poly1305, info = context
    ciphertext = ChaCha20-Poly1305(content key, nonce 0, padded plaintext, aad = context)

The nonce may be constant because the key is used once. The context names what is sealed, so that a blob cannot be put
in another's place. Plaintexts are padded to whole kilobytes, and to as many as their kind asks for at least: their
length would tell how much there is to hide.
"""

from collections.abc import Sequence
import secrets
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from ..etp import EtpError, FieldError, cbor
from ..etp.fields import Fields
from .recipient import ID_LENGTH, Recipient, SecretKey

VERSION: Final = 1
_SUITE: Final = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)
_KEY_LENGTH: Final = 32
_NONCE: Final = bytes(12)
_PAD: Final = 1024
_LENGTH: Final = 4


class SealError(Exception):
    """What was to be opened is no sealed blob, is for somebody else, or was changed."""


def seal(recipients: Sequence[Recipient], context: bytes, plaintext: bytes, room: int = 0) -> bytes:
    """Return bytes that each recipient, and nobody else, can open under the same context.

    Whatever is shorter than `room` looks as if it were so long.
    """
    assert recipients, "sealed for nobody"
    key = secrets.token_bytes(_KEY_LENGTH)
    padded = len(plaintext).to_bytes(_LENGTH) + plaintext.ljust(room, b"\0")
    padded += bytes(-len(padded) % _PAD)
    wrapped: list[cbor.Value] = [
        [recipient.id, _SUITE.encrypt(key, recipient.key, info=context)] for recipient in recipients
    ]
    return cbor.encode({0: VERSION, 1: wrapped, 2: ChaCha20Poly1305(key).encrypt(_NONCE, padded, context)})


def open_sealed(secret: SecretKey, context: bytes, data: bytes) -> bytes:
    """Return what was sealed for a key under a context.

    Raises SealError.
    """
    wrapped, ciphertext = _parse(data)
    own = next((key for recipient, key in wrapped if recipient == secret.public.id), None)
    if own is None:
        known = ", ".join(recipient.hex() for recipient, _ in wrapped)
        raise SealError(f"sealed for {known}, not for {secret.public.id.hex()}: take the key of that sheet")
    try:
        key = _SUITE.decrypt(own, secret.key, info=context)
        padded = ChaCha20Poly1305(key).decrypt(_NONCE, ciphertext, context)
    except (InvalidTag, ValueError) as error:
        raise SealError("the sealed blob was changed, or stands in another's place") from error
    length = int.from_bytes(padded[:_LENGTH])
    plaintext = padded[_LENGTH : _LENGTH + length]
    assert len(plaintext) == length, "what was authenticated was padded by `seal`"
    return plaintext


def sealed_for(data: bytes) -> frozenset[bytes]:
    """Return the ids of those who can open what was sealed.

    Raises SealError.
    """
    wrapped, _ = _parse(data)
    return frozenset(recipient for recipient, _ in wrapped)


def _parse(data: bytes) -> tuple[list[tuple[bytes, bytes]], bytes]:
    """Return recipients with their wrapped keys, and the ciphertext."""
    try:
        fields = Fields(cbor.decode(data, "the sealed blob"), "the sealed blob")
        fields.version(0, "version", VERSION)
        wrapped = [_wrapped(item) for item in fields.list_(1, "recipients")]
        ciphertext = fields.bytes_(2, "ciphertext")
        fields.end()
    except EtpError as error:
        raise SealError(str(error)) from error
    return wrapped, ciphertext


def _wrapped(item: cbor.Value) -> tuple[bytes, bytes]:
    match item:
        case [bytes() as recipient, bytes() as key] if len(recipient) == ID_LENGTH:
            return recipient, key
        case _:
            raise FieldError("the sealed blob: a recipient is [id, wrapped key]")
