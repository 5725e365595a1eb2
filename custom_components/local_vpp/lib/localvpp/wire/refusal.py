"""The building's signature on its refusal of an enrolment.

A flat gives up a key that the building has refused. What nobody signed is no refusal: whoever stands between the two
could pass the key on and answer himself, and the flat would lose the key that it is enrolled with. Nor is what refuses
another request, be it of the same key by the same invite: the request's own bytes are signed, and it has a nonce.
"""

from hashlib import sha256
from typing import Final

from ..etp import DeviceId, FieldError, PublicKey, Signer, cbor, cose
from ..etp.envelope import issuer
from ..etp.fields import Fields
from .messages import PROTOCOL

REFUSAL_TYPE: Final = "application/vnd.local-vpp.enrolment-refused+cbor"


def sign_refusal(signer: Signer, building: DeviceId, origin: str, request: bytes, code: str) -> bytes:
    """Return the building's statement that it has not enrolled what a request asks for, and why."""
    return cose.sign(
        signer,
        content_type=REFUSAL_TYPE,
        issuer=issuer(building),
        subject=origin,
        payload=cbor.encode({0: PROTOCOL, 1: sha256(request).digest(), 2: code}),
    )


def verify_refusal(data: bytes, building_key: PublicKey, origin: str, request: bytes, code: str) -> None:
    """Raise EncodingError, FieldError or SignatureError unless the building has refused this request with this code."""
    statement = cose.parse(data, "the refusal")
    if (statement.content_type, statement.subject) != (REFUSAL_TYPE, origin):
        raise FieldError(f"the refusal is a {statement.content_type!r} for {statement.subject!r}")
    statement.verify(building_key)
    fields = Fields(cbor.decode(statement.payload, "the refusal"), "the refusal")
    fields.version(0, "protocol", PROTOCOL)
    if fields.bytes_(1, "request", sha256().digest_size) != sha256(request).digest():
        raise FieldError("the refusal is of another request")
    if fields.text(2, "code") != code:
        raise FieldError("the refusal is for another reason")
    fields.end()
