"""The building's signature on where it says that a flat's chain ends in its log.

The welcome tells it unsigned, and nothing is held against anybody for that. A flat to which the log was proven to hold
more asks for it signed: what the building's key says then, over a nonce of the flat's, contradicts what the log's key
has signed before.
"""

from dataclasses import dataclass
from typing import Final

from ..etp import DeviceId, FieldError, PublicKey, RecordHash, Signer, cbor, cose
from ..etp.envelope import HASH_LENGTH, issuer
from ..etp.fields import Fields
from ..etp.keys import DEVICE_ID_LENGTH
from .messages import NONCE_LENGTH, PROTOCOL, LastRecord

CHAIN_END_TYPE: Final = "application/vnd.local-vpp.chain-end+cbor"


@dataclass(frozen=True, slots=True)
class SignedEnd:
    """Where a flat's chain ends in a log of so many entries; None when the log has no record of it."""

    last: LastRecord | None
    size: int


def sign_chain_end(
    signer: Signer, building: DeviceId, origin: str, device: DeviceId, nonce: bytes, end: SignedEnd
) -> bytes:
    """Return the building's statement, made for one flat's device and its nonce."""
    payload: dict[int, cbor.Value] = {0: PROTOCOL, 1: device, 2: nonce, 3: end.size}
    if end.last is not None:
        payload[4] = [end.last.epoch, end.last.seq, end.last.hash]
    return cose.sign(
        signer,
        content_type=CHAIN_END_TYPE,
        issuer=issuer(building),
        subject=origin,
        payload=cbor.encode(payload),
    )


def open_chain_end(
    data: bytes, building_key: PublicKey, building: DeviceId, origin: str, device: DeviceId, nonce: bytes
) -> SignedEnd:
    """Return what the building says, proven to be its word and to answer this nonce.

    Raises EncodingError, FieldError or SignatureError.
    """
    statement = cose.parse(data, "the chain's end")
    if (statement.content_type, statement.issuer, statement.subject) != (CHAIN_END_TYPE, issuer(building), origin):
        raise FieldError(f"it is a {statement.content_type!r} of {statement.issuer!r} for {statement.subject!r}")
    statement.verify(building_key)
    fields = Fields(cbor.decode(statement.payload, "the chain's end"), "the chain's end")
    fields.version(0, "protocol", PROTOCOL)
    if (fields.bytes_(1, "device", DEVICE_ID_LENGTH), fields.bytes_(2, "nonce", NONCE_LENGTH)) != (device, nonce):
        raise FieldError("the chain's end answers another flat, or another question")
    size = fields.unsigned(3, "log size")
    last = _last(fields.list_(4, "last record", 3)) if fields.has(4) else None
    fields.end()
    return SignedEnd(last, size)


def _last(parts: list[cbor.Value]) -> LastRecord:
    match parts:
        case [int() as epoch, int() as seq, bytes() as name] if len(name) == HASH_LENGTH:
            return LastRecord(epoch, seq, RecordHash(name))
        case _:
            raise FieldError("the chain's end: the last record is [epoch, seq, hash]")
