"""A whole record, envelope, salt and body together: what a flat keeps and hands to those it concerns.

sealed record = [ envelope: bstr, salt: bstr .size 32, body: bstr ]        ; a .etp file is its CBOR
"""

from dataclasses import dataclass
import hashlib
import hmac
from typing import Final

from . import cbor
from .body import Body, ErrorFlag, MeterStatus
from .envelope import (
    DOCUMENTED,
    HASH_LENGTH,
    METERED,
    SALT_LENGTH,
    Envelope,
    Kind,
    RecordHash,
    SignedEnvelope,
    parse,
)
from .errors import CommitmentError, FieldError
from .grammar import byte_string
from .keys import PublicKey
from .payment import StandIn

LARGEST: Final = 16 * 1024
"""Bytes of a sealed record at most: one needs about 600; evidence adds 34 for each hash."""
MEDIA_TYPE: Final = "application/vnd.local-vpp.sealed-etp+cbor"


@dataclass(frozen=True, slots=True)
class Record:
    """A record whose body opens the envelope's commitment. Its signature is proven by `verify`."""

    signed: SignedEnvelope
    salt: bytes
    body: Body
    encoded: bytes
    """The body as it was written: what the envelope commits to."""

    @property
    def envelope(self) -> Envelope:
        """The public part."""
        return self.signed.envelope

    @property
    def hash(self) -> RecordHash:
        """The record's name."""
        return self.signed.hash

    @property
    def kind(self) -> Kind:
        """What the record says."""
        return self.signed.envelope.kind

    def verify(self, key: PublicKey, building: str) -> None:
        """Raise SignatureError or FieldError unless the key signed this record for this building."""
        if self.signed.building != building:
            raise FieldError(f"the record is meant for {self.signed.building!r}, not for {building!r}")
        self.signed.statement.verify(key)

    def encode(self) -> bytes:
        """Return the sealed record."""
        return _written(self.signed.statement.data, self.salt, self.encoded)

    @classmethod
    def decode(cls, data: bytes) -> Record:
        """Return a sealed record read strictly, its signature not yet checked.

        Raises EncodingError, FieldError, BadKeyError or CommitmentError.
        """
        if len(data) > LARGEST:
            raise FieldError(f"the record has {len(data)} bytes; at most {LARGEST} are read")
        envelope, salt, body = _parts(data)
        signed = parse(envelope)
        if len(salt) != SALT_LENGTH:
            raise FieldError(f"the record's salt has {len(salt)} bytes, expected {SALT_LENGTH}")
        if not hmac.compare_digest(commitment(salt, body), signed.envelope.commitment):
            raise CommitmentError(f"the body of record {signed.hash.hex()} is not the one that its envelope commits to")
        return cls(signed, salt, checked(signed.envelope.kind, Body.decode(body)), body)


def checked(kind: Kind, body: Body) -> Body:
    """Give back a body of a kind that may have it.

    Whoever counts by kinds never meets litres among watt-hours, and whoever looks for a document finds one hash.

    Raises FieldError.
    """
    if (kind is Kind.SUPPLY) is (body.carrier is None):
        raise FieldError("a carrier belongs to the bodies of SUPPLY records, and to them only")
    if body.trade is not None and kind is not Kind.TRANSFER:
        raise FieldError("a trade belongs to the bodies of TRANSFER records, and to them only")
    if (kind is Kind.CORRECTION) is (body.correction is None):
        raise FieldError("a correction belongs to the bodies of CORRECTION records, and to them only")
    if body.correction is not None and (body.energy_wh or body.place is None or body.log_size is None):
        raise FieldError("a CORRECTION record moves nothing, and says whose value changes, by how many entries")
    if (kind is Kind.PAYMENT) is (body.payment is None):
        raise FieldError("a payment belongs to the bodies of PAYMENT records, and to them only")
    if body.payment is not None and not _is_between_two(body, nobody=isinstance(body.payment, StandIn)):
        raise FieldError(
            "a PAYMENT record moves money and no energy, between two, and says of which flat's account; "
            "what stands in for one is the building's to itself, and says of no account"
        )
    if body.behind and kind not in METERED:
        raise FieldError(f"a {kind.name} record has counters of what is behind a meter, and is no meter's")
    if kind in DOCUMENTED and not _names_a_document(body):
        raise FieldError(f"a {kind.name} record names one document by its hash, and measures nothing")
    if kind is Kind.DRILL and (body.sender != body.receiver or not body.reason):
        raise FieldError("a DRILL record is a word of a device to itself, with the drill's level as its reason")
    return body


def _is_between_two(body: Body, *, nobody: bool) -> bool:
    """Whether a body moves money between two on somebody's account; or nothing, if it stands in for such a one."""
    return not body.energy_wh and (body.place is None) is nobody and (body.sender == body.receiver) is nobody


def _names_a_document(body: Body) -> bool:
    measured = (body.imported, body.exported, body.frequency_mhz, body.meter, body.seconds_root)
    settled = (body.price, body.log_size)
    return (
        len(body.evidence) == 1
        and not body.energy_wh
        and not body.errors & ErrorFlag.ENERGY
        and body.meter_status is MeterStatus.GOOD
        and measured == (None,) * len(measured)
        and settled == (None,) * len(settled)
    )


def _parts(data: bytes) -> tuple[bytes, bytes, bytes]:
    match cbor.read(data, "the record"):
        case [bytes() as envelope, bytes() as salt, bytes() as body] if data == _written(envelope, salt, body):
            return envelope, salt, body
    # It is not a record, and the general reader says why.
    match cbor.decode(data, "the record"):
        case [bytes() as envelope, bytes() as salt, bytes() as body]:
            return envelope, salt, body
        case _:
            raise FieldError("a sealed record is [envelope, salt, body]")


def _written(envelope: bytes, salt: bytes, body: bytes) -> bytes:
    return b"\x83" + byte_string(envelope) + byte_string(salt) + byte_string(body)


def commitment(salt: bytes, body: bytes) -> bytes:
    """Return what an envelope says of its body: 32 bytes that give nothing away without the salt."""
    digest = hashlib.sha256(salt + body).digest()
    assert len(digest) == HASH_LENGTH
    return digest
