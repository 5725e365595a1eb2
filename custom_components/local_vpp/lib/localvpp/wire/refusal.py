"""The building's signature on its refusal of an enrolment.

A flat gives up a key that the building has refused. What nobody signed is no refusal: whoever stands between the two
could pass the key on and answer himself, and the flat would lose the key that it is enrolled with.
"""

from hashlib import sha256
from typing import Final

from ..etp import DeviceId, FieldError, PublicKey, Signer, cbor, cose
from ..etp.envelope import issuer
from ..etp.fields import Fields
from .messages import PROTOCOL

REFUSAL_TYPE: Final = "application/vnd.local-vpp.enrolment-refused+cbor"


def sign_refusal(signer: Signer, building: DeviceId, origin: str, invite: bytes, key: PublicKey, code: str) -> bytes:
    """Return the building's statement that it has not enrolled a key, and why."""
    return cose.sign(
        signer,
        content_type=REFUSAL_TYPE,
        issuer=issuer(building),
        subject=origin,
        payload=cbor.encode({0: PROTOCOL, 1: invite, 2: _name(key), 3: code}),
    )


def verify_refusal(data: bytes, building_key: PublicKey, origin: str, invite: bytes, key: PublicKey, code: str) -> None:
    """Raise EncodingError, FieldError or SignatureError unless the building has refused this key with this code."""
    statement = cose.parse(data, "the refusal")
    if (statement.content_type, statement.subject) != (REFUSAL_TYPE, origin):
        raise FieldError(f"the refusal is a {statement.content_type!r} for {statement.subject!r}")
    statement.verify(building_key)
    fields = Fields(cbor.decode(statement.payload, "the refusal"), "the refusal")
    fields.version(0, "protocol", PROTOCOL)
    said = (fields.bytes_(1, "invite", len(invite)), fields.bytes_(2, "key", sha256().digest_size))
    if (*said, fields.text(3, "code")) != (invite, _name(key), code):
        raise FieldError("the refusal is of another invite or key, or for another reason")
    fields.end()


def _name(key: PublicKey) -> bytes:
    return sha256(key.data).digest()
