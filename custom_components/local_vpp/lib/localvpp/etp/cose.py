"""COSE_Sign1 (RFC 9052, August 2022) as a SCITT signed statement (RFC 9943, June 2026).

    COSE_Sign1 = #6.18([ protected: bstr, unprotected: {}, payload: bstr, signature: bstr ])
    protected  = { 1: algorithm, 3: content type, 4: key id, 15: { 1: issuer, 2: subject } }

The unprotected map stays empty: the bytes that were signed, sent, hashed and logged are the same.
Written by hand over cbor2, because a strict reader is the point: it accepts only what re-encodes
to the same bytes at every level.
"""

from dataclasses import dataclass
from typing import Final

import cbor2

from . import cbor
from .errors import EncodingError, FieldError, SignatureError
from .keys import KEY_ID_LENGTH, Algorithm, KeyId, PublicKey, Signer, algorithm

_TAG: Final = 18
_ALG, _CONTENT_TYPE, _KID, _CLAIMS = 1, 3, 4, 15
_ISS, _SUB = 1, 2
LARGEST: Final = 4096
"""Bytes of a statement at most: a record needs about 300; tlog-tiles could carry 65,535."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A parsed COSE_Sign1. Nothing is proven of it until `verify`."""

    data: bytes
    """The statement as it was sent: what gets hashed and logged."""
    protected: bytes
    algorithm: Algorithm
    content_type: str
    key_id: KeyId
    issuer: str
    subject: str
    payload: bytes
    signature: bytes

    def verify(self, key: PublicKey) -> None:
        """Raise SignatureError unless this statement was signed by the key."""
        if key.key_id != self.key_id or key.algorithm is not self.algorithm:
            raise SignatureError(f"signed by key {self.key_id.hex()}, expected {key.key_id.hex()}")
        key.verify(self.signature, _to_be_signed(self.protected, self.payload))


def sign(signer: Signer, *, content_type: str, issuer: str, subject: str, payload: bytes) -> bytes:
    """Return the signed statement over a payload."""
    protected = cbor.encode(
        {
            _ALG: int(signer.public.algorithm),
            _CONTENT_TYPE: content_type,
            _KID: signer.public.key_id,
            _CLAIMS: {_ISS: issuer, _SUB: subject},
        }
    )
    signature = signer.sign(_to_be_signed(protected, payload))
    return cbor2.dumps(cbor2.CBORTag(_TAG, [protected, {}, payload, signature]), canonical=True)


def parse(data: bytes, what: str) -> Statement:
    """Return a statement read strictly, its signature not yet checked.

    Raises EncodingError, FieldError or BadKeyError (an unknown algorithm), naming `what`.
    """
    if len(data) > LARGEST:
        raise EncodingError(f"{what} has {len(data)} bytes; at most {LARGEST} are read")
    # d2 = tag 18, 84 = array of four: the only bytes a strict statement can begin with.
    if data[:2] != b"\xd2\x84":
        raise EncodingError(f"{what} is not a tagged COSE_Sign1")
    parts = cbor.decode(data[1:], what)
    match parts:
        case [bytes() as protected, dict() as unprotected, bytes() as payload, bytes() as signature]:
            pass
        case _:
            raise EncodingError(f"{what} is not a COSE_Sign1 of four parts")
    if unprotected:
        raise FieldError(f"{what} has unprotected headers; they must be empty")
    header = cbor.decode(protected, f"{what}'s protected header")
    match header:
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
    return Statement(
        data=data,
        protected=protected,
        algorithm=algorithm(alg),
        content_type=content_type,
        key_id=KeyId(kid),
        issuer=issuer,
        subject=subject,
        payload=payload,
        signature=signature,
    )


def _to_be_signed(protected: bytes, payload: bytes) -> bytes:
    return cbor2.dumps(["Signature1", protected, b"", payload], canonical=True)
