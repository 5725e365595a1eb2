"""The building's signature on what it tells of the keys of some devices: these entries of the log, and no others.

Each entry is proven by itself. That none was left out no proof shows, and whoever stands between the two could take one
away: then a word that a renewed key has signed would seem to be nobody's. So the building signs it, for one flat.
"""

from hashlib import sha256
from typing import Final

from ..etp import DeviceId, FieldError, PublicKey, Signer, cbor, cose
from ..etp.envelope import HASH_LENGTH, issuer
from ..etp.fields import Fields
from ..etp.keys import DEVICE_ID_LENGTH
from .keys import Keys
from .messages import PROTOCOL

KEYS_TYPE: Final = "application/vnd.local-vpp.keys+cbor"


def sign_keys(signer: Signer, building: DeviceId, origin: str, device: DeviceId, told: Keys) -> bytes:
    """Return the building's statement on what it tells one flat's device; the statement in it is not looked at."""
    return cose.sign(
        signer,
        content_type=KEYS_TYPE,
        issuer=issuer(building),
        subject=origin,
        payload=cbor.encode(
            {0: PROTOCOL, 1: device, 2: told.since, 3: told.until, 4: _devices(told), 5: _entries(told)}
        ),
    )


def check_keys(told: Keys, building_key: PublicKey, building: DeviceId, origin: str, device: DeviceId) -> None:
    """Raise unless the building has signed this, for this flat: EncodingError, FieldError or SignatureError."""
    what = "the word on keys"
    statement = cose.parse(told.statement, what)
    if (statement.content_type, statement.issuer, statement.subject) != (KEYS_TYPE, issuer(building), origin):
        raise FieldError(f"{what} is a {statement.content_type!r} of {statement.issuer!r} for {statement.subject!r}")
    statement.verify(building_key)
    fields = Fields(cbor.decode(statement.payload, what), what)
    fields.version(0, "protocol", PROTOCOL)
    if (named := fields.bytes_(1, "device", DEVICE_ID_LENGTH)) != device:
        raise FieldError(f"{what} is for device {named.hex()}")
    signed = (
        fields.unsigned(2, "first entry"),
        fields.unsigned(3, "last entry"),
        fields.bytes_(4, "devices", HASH_LENGTH),
        fields.bytes_(5, "entries", HASH_LENGTH),
    )
    fields.end()
    if signed != (told.since, told.until, _devices(told), _entries(told)):
        raise FieldError(f"{what} was signed over others")


def _devices(told: Keys) -> bytes:
    return sha256(cbor.encode(list(told.devices))).digest()


def _entries(told: Keys) -> bytes:
    return sha256(cbor.encode([[each.index, each.envelope] for each in told.entries])).digest()
