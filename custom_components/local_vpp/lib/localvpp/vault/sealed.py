"""Sealing bytes for several recipients: HPKE (RFC 9180, February 2022) around one fresh content key.

    sealed  = { 0: 2, 1: [+ [recipient id: bstr .size 8, wrapped key: bstr .size 80]], 2: ciphertext }
    wrapped = HPKE single-shot, base mode, DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, ChaCha20-Poly1305, info = context
    ciphertext = ChaCha20-Poly1305(content key, nonce 0, length in 4 bytes ‖ plaintext ‖ zeros, aad = context)

The nonce may be constant because the key is used once. The context names what is sealed, so that a blob cannot be put
in another's place. Plaintexts are padded to whole kilobytes: their length would tell how much there is to hide. Whoever
knows a recipient's public key can seal for it, so what opens is still read as strictly as anything from outside.
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

VERSION: Final = 2
"""1 had bodies in CBOR, as long as they were."""
MOST_RECIPIENTS: Final = 16
_SUITE: Final = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)
_KEY_LENGTH: Final = 32
_NONCE: Final = bytes(12)
_PAD: Final = 1024
_LENGTH: Final = 4
_TAG: Final = 16
_WRAPPED_LENGTH: Final = 32 + _KEY_LENGTH + _TAG
"""HPKE's encapsulated key, then the content key and its tag."""


class SealError(Exception):
    """What was to be opened is no sealed blob, is for somebody else, or was changed."""


def seal(recipients: Sequence[Recipient], context: bytes, plaintext: bytes) -> bytes:
    """Return bytes that each recipient, and nobody else, can open under the same context."""
    assert 0 < len(set(recipients)) == len(recipients) <= MOST_RECIPIENTS, "sealed for somebody, each once"
    key = secrets.token_bytes(_KEY_LENGTH)
    padded = len(plaintext).to_bytes(_LENGTH) + plaintext
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
    plaintext, rest = padded[_LENGTH : _LENGTH + length], padded[_LENGTH + length :]
    if len(plaintext) != length or len(rest) >= _PAD or any(rest):
        raise SealError(f"the sealed blob says {length} bytes, and is not these, padded with zeros to whole kilobytes")
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
        if not 0 < len({recipient for recipient, _ in wrapped}) == len(wrapped) <= MOST_RECIPIENTS:
            raise FieldError(
                f"the sealed blob is for {len(wrapped)} recipients: expected 1 to {MOST_RECIPIENTS}, each once"
            )
        if len(ciphertext) <= _TAG or (len(ciphertext) - _TAG) % _PAD:
            raise FieldError(
                f"the sealed blob's ciphertext has {len(ciphertext)} bytes: expected whole kilobytes and a tag"
            )
    except EtpError as error:
        raise SealError(str(error)) from error
    return wrapped, ciphertext


def _wrapped(item: cbor.Value) -> tuple[bytes, bytes]:
    match item:
        case [bytes() as recipient, bytes() as key] if len(recipient) == ID_LENGTH and len(key) == _WRAPPED_LENGTH:
            return recipient, key
        case _:
            raise FieldError(
                f"the sealed blob: a recipient is [id of {ID_LENGTH} bytes, wrapped key of {_WRAPPED_LENGTH}]"
            )
