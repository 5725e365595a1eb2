"""A flat's signed answer to the coordinator's challenge: it proves the flat's key, and asks for the building's.

Both sign a nonce that the other has drawn for this connection, so that neither word can be said again over another one.
"""

from dataclasses import dataclass
from typing import Final

from ..etp import DeviceId, FieldError, Signer, cbor, cose
from ..etp.envelope import issuer
from ..etp.fields import Fields
from ..etp.keys import DEVICE_ID_LENGTH
from .messages import NONCE_LENGTH, PROTOCOL

HELLO_TYPE: Final = "application/vnd.local-vpp.hello+cbor"


def sign_hello(signer: Signer, device: DeviceId, origin: str, nonce: bytes, own_nonce: bytes, witnessed: int) -> bytes:
    """Return the flat's signed answer to a challenge, with a nonce of its own for the coordinator to sign.

    `witnessed` are the entries of the newest head that the flat has witnessed, 0 when none: what the coordinator shows
    next must have grown out of it.
    """
    return cose.sign(
        signer,
        content_type=HELLO_TYPE,
        issuer=issuer(device),
        subject=origin,
        payload=cbor.encode({0: PROTOCOL, 1: device, 2: nonce, 3: own_nonce, 4: witnessed}),
    )


@dataclass(frozen=True, slots=True)
class Greeting:
    """What a Hello claims, its signature still to be verified with the key enrolled for the device."""

    statement: cose.Statement
    device: DeviceId
    own_nonce: bytes
    witnessed: int
    """Entries of the newest head that the flat has witnessed, 0 when none."""


def open_hello(data: bytes, origin: str, nonce: bytes) -> Greeting:
    """Return a Hello's claims if it answers this challenge.

    Raises EncodingError or FieldError: VersionError, if it speaks another protocol.
    """
    statement = cose.parse(data, "the hello")
    if (statement.content_type, statement.subject) != (HELLO_TYPE, origin):
        raise FieldError(f"the hello is a {statement.content_type!r} for {statement.subject!r}")
    fields = Fields(cbor.decode(statement.payload, "the hello's payload"), "the hello")
    fields.version(0, "protocol", PROTOCOL)
    device = DeviceId(fields.bytes_(1, "device", DEVICE_ID_LENGTH))
    if statement.issuer != issuer(device):
        raise FieldError(f"the hello names issuer {statement.issuer!r} but device {device.hex()}")
    if fields.bytes_(2, "nonce", NONCE_LENGTH) != nonce:
        raise FieldError("the hello answers another challenge")
    own_nonce = fields.bytes_(3, "own nonce", NONCE_LENGTH)
    witnessed = fields.unsigned(4, "witnessed size")
    fields.end()
    return Greeting(statement, device, own_nonce, witnessed)
