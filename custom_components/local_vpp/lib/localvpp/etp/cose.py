"""COSE_Sign1 (RFC 9052, August 2022) as a SCITT signed statement (RFC 9943, June 2026).

    COSE_Sign1 = #6.18([ protected: bstr, unprotected: {}, payload: bstr, signature: bstr ])
    protected  = { 1: algorithm, 3: content type, 4: key id, 15: { 1: issuer, 2: subject } }

The unprotected map stays empty: the bytes that were signed, sent, hashed and logged are the same.
Written by hand over cbor2, because a strict reader is the point: it accepts only what re-encodes
to the same bytes at every level.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from . import cbor
from .errors import EncodingError, FieldError, SignatureError
from .grammar import byte_string
from .keys import KEY_ID_LENGTH, Algorithm, KeyId, PublicKey, Signer, algorithm

_ALG, _CONTENT_TYPE, _KID, _CLAIMS = 1, 3, 4, 15
_ISS, _SUB = 1, 2
LARGEST: Final = 4096
"""Bytes of a statement at most: a record needs about 300; tlog-tiles could carry 65,535."""

BEGIN: Final = b"\xd2\x84"
"""Tag 18, array of four: the only bytes a strict statement can begin with."""
NO_HEADERS: Final = b"\xa0"
_KEPT_HEADERS: Final = 1024
"""A device's protected header is the same in all of its records: those of many buildings' flats are kept parsed."""


@dataclass(frozen=True, slots=True)
class Header:
    """The protected header."""

    algorithm: Algorithm
    content_type: str
    key_id: KeyId
    issuer: str
    subject: str


@dataclass(frozen=True, slots=True)
class Statement:
    """A parsed COSE_Sign1. Nothing is proven of it until `verify`."""

    data: bytes
    """The statement as it was sent: what gets hashed and logged."""
    protected: bytes
    header: Header
    payload: bytes
    signature: bytes

    @property
    def content_type(self) -> str:
        """What the payload is."""
        return self.header.content_type

    @property
    def issuer(self) -> str:
        """Who says it."""
        return self.header.issuer

    @property
    def subject(self) -> str:
        """Of what, or for whom, it is said."""
        return self.header.subject

    def verify(self, key: PublicKey) -> None:
        """Raise SignatureError unless this statement was signed by the key."""
        header = self.header
        if key.key_id != header.key_id or key.algorithm is not header.algorithm:
            raise SignatureError(f"signed by key {header.key_id.hex()}, expected {key.key_id.hex()}")
        key.verify(self.signature, to_be_signed(self.protected, self.payload))


def protected_header(key: PublicKey, *, content_type: str, issuer: str, subject: str) -> bytes:
    """Return the header under which a key signs: the same bytes for all statements of one kind."""
    return cbor.encode(
        {
            _ALG: int(key.algorithm),
            _CONTENT_TYPE: content_type,
            _KID: key.key_id,
            _CLAIMS: {_ISS: issuer, _SUB: subject},
        }
    )


def sign(signer: Signer, *, content_type: str, issuer: str, subject: str, payload: bytes) -> bytes:
    """Return the signed statement over a payload."""
    protected = protected_header(signer.public, content_type=content_type, issuer=issuer, subject=subject)
    signature = signer.sign(to_be_signed(protected, payload))
    return _written(protected, payload, signature)


def _written(protected: bytes, payload: bytes, signature: bytes) -> bytes:
    return BEGIN + byte_string(protected) + NO_HEADERS + byte_string(payload) + byte_string(signature)


def parse(data: bytes, what: str) -> Statement:
    """Return a statement read strictly, its signature not yet checked.

    Raises EncodingError, FieldError or BadKeyError (an unknown algorithm), naming `what`.
    """
    if len(data) > LARGEST:
        raise EncodingError(f"{what} has {len(data)} bytes; at most {LARGEST} are read")
    if data[:2] != BEGIN:
        raise EncodingError(f"{what} is not a tagged COSE_Sign1")
    protected, payload, signature = _parts(data, what)
    return Statement(data, protected, _header(protected, what), payload, signature)


def _parts(data: bytes, what: str) -> tuple[bytes, bytes, bytes]:
    array = data[len(BEGIN) - 1 :]
    match cbor.read(array, what):
        case [bytes() as protected, dict() as unprotected, bytes() as payload, bytes() as signature] if (
            not unprotected and data == _written(protected, payload, signature)
        ):
            return protected, payload, signature
    # It is not a statement, and the general reader says why.
    match cbor.decode(array, what):
        case [bytes() as protected, dict() as unprotected, bytes() as payload, bytes() as signature]:
            pass
        case _:
            raise EncodingError(f"{what} is not a COSE_Sign1 of four parts")
    if unprotected:
        raise FieldError(f"{what} has unprotected headers; they must be empty")
    return protected, payload, signature


@lru_cache(_KEPT_HEADERS)
def _header(protected: bytes, what: str) -> Header:
    match cbor.decode(protected, f"{what}'s protected header"):
        case {
            1: alg,
            3: str() as content_type,
            4: bytes() as kid,
            15: {1: str() as issuer, 2: str() as subject, **claims},
            **more,
        }:
            pass
        case _:
            raise FieldError(f"{what}'s protected header must hold algorithm, content type, key id, issuer and subject")
    if claims or more:
        raise FieldError(f"{what} has a protected header that no reader knows")
    if len(kid) != KEY_ID_LENGTH:
        raise FieldError(f"{what}'s key id has {len(kid)} bytes instead of {KEY_ID_LENGTH}")
    return Header(algorithm(alg), content_type, KeyId(kid), issuer, subject)


def to_be_signed(protected: bytes, payload: bytes) -> bytes:
    """Return what the signature is over: the Sig_structure ["Signature1", protected, h'', payload]."""
    return b"\x84\x6aSignature1" + byte_string(protected) + b"\x40" + byte_string(payload)
