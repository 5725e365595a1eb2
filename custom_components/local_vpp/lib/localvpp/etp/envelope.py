"""The envelope of an ETP: what the log, and so every neighbour, gets to see.

It carries a pseudonymous device id, the place of the record on its device's chain (epoch, seq, prev),
kind, slot and a salted commitment to the body, signed. Nobody's consumption can be read from it, and
destroying salt and body leaves the log verifiable.

    payload = { 0: version, 1: device, 2: epoch, 3: seq, 4: prev, 5: kind, 6: slot, 7: commitment,
                ? 8: [device, algorithm, public key],           ; the key that comes into the directory
                ? 9: signature,                                 ; of a rotation's new key: see Envelope.to_possess
                ? 10: device,                                   ; whom a word of the building concerns
                ? 11: commitment }                              ; to the building's next key: see `foreseen`
    commitment = SHA-256(salt ‖ body), salt of 32 random bytes
"""

from dataclasses import dataclass
from enum import IntEnum
import hashlib
from typing import Final, NewType

from . import cbor, cose
from .cbor import Value
from .errors import FieldError
from .fields import Fields
from .foreseen import NEXT_KEY_LENGTH, NextKey
from .keys import DEVICE_ID_LENGTH, Algorithm, DeviceId, PublicKey, Signer, algorithm

RecordHash = NewType("RecordHash", bytes)
"""SHA-256 of an envelope's bytes: the name of a record, and the `prev` of the next one."""

CONTENT_TYPE: Final = "application/vnd.local-vpp.etp+cbor"
VERSION: Final = 1
HASH_LENGTH: Final = 32
SALT_LENGTH: Final = 32
FIRST_SEQ: Final = 1
NO_PREVIOUS: Final = RecordHash(bytes(HASH_LENGTH))
"""`prev` of a device's first record."""


class Kind(IntEnum):
    """What a record says."""

    BEGIN = 0
    INTERVAL = 1
    """Energy that moved through a meter in a slot, one record per direction."""
    END = 2
    TARIFF_CHANGE = 3
    EXCEPTION = 4
    """The meter was exchanged or its counters were reset."""
    GAP = 5
    """The registers of both ends are known, but not how the energy spreads over the slots between."""
    ENROL = 6
    ROTATE = 7
    """From the next entry on, the device signs with the key that it names, and with no other."""
    REVOKE = 8
    """From this entry on, no record of the device that it concerns is taken, for good."""
    RAW = 9
    TRANSFER = 10
    """Energy shared from one flat with another, by the settlement of a slot."""
    WITNESS = 11
    """From this entry on, the device cosigns the log's heads with the key that it names."""
    MIRROR = 12
    """From this entry on, the device signs with the key that it names for every head that it holds a whole copy of."""
    SETTLED = 13
    """The building has settled a slot, by what the log held when it had so many entries (`Body.log_size`)."""
    SUSPEND = 14
    """From this entry on, no record of the device that it concerns is taken, until it is reinstated."""
    REINSTATE = 15
    """Lifts a suspension; a revocation stays."""
    ERASED = 16
    """The building has destroyed salts and bodies of the device's earlier records; their envelopes stay."""
    SUPPLY = 17
    """What moved through a meter of another carrier than electricity, between two readings (`Body.carrier`)."""
    DRILL = 18
    """The device has held a blackout drill: the report is a document of its own, which the record names by its hash."""
    ORDERS = 19
    """What a flat wants to buy or sell in the slot, as a document that is shown when no order is taken any more."""
    BOOK = 20
    """All orders of a slot that were shown in time, and by what rules they are cleared: a document."""
    CLEARED = 21
    """Who buys from whom in the slot, and which flats have found that right: a document."""
    PROPOSAL = 22
    """A result that somebody has proposed for the slot's book, and that is better than all before it: a document."""
    CORRECTION = 23
    """What a meter has told of a settled slot since has changed its value (`Body.correction`); the newest counts."""
    PAYMENT = 24
    """Money that a flat has paid the association, or got of it, or such a record taken back (`Body.payment`)."""


COSIGNING: Final = frozenset({Kind.WITNESS, Kind.MIRROR})
"""Kinds by which a device names a key of its own under the log's heads."""

KEYED: Final = frozenset({Kind.ENROL, Kind.ROTATE, *COSIGNING})
"""Kinds that bring a key into the directory."""

METERED: Final = (Kind.INTERVAL, Kind.EXCEPTION, Kind.GAP)
"""The kinds of records that a meter's intervals give."""

CONCERNING: Final = frozenset({Kind.REVOKE, Kind.SUSPEND, Kind.REINSTATE, Kind.ERASED})
"""Kinds by which the building says something of a device."""

DOCUMENTED: Final = frozenset({Kind.DRILL, Kind.ORDERS, Kind.BOOK, Kind.CLEARED, Kind.PROPOSAL})
"""Kinds that name one document by its hash, and measure nothing."""

SIGNATURE_LENGTH: Final = 64


@dataclass(frozen=True, slots=True)
class Enrolled:
    """A line of the key directory: from this entry on, the device signs with the key."""

    device: DeviceId
    key: PublicKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """The public part of a record."""

    device: DeviceId
    epoch: int
    """Counts how often the device had to adopt its chain anew, after a restored backup."""
    seq: int
    """Counts the device's records from 1, without a hole and without a reset."""
    prev: RecordHash
    kind: Kind
    slot: int
    """Begin of the slot, in seconds of Unix time."""
    commitment: bytes
    enrolled: Enrolled | None = None
    possession: bytes | None = None
    """A rotation's new key has signed, too: nobody takes a key that he does not hold."""
    concerns: DeviceId | None = None
    next_key: NextKey | None = None
    """What the building's key after the one in `enrolled` has to open."""

    def sign(self, signer: Signer, building: str) -> bytes:
        """Return the signed statement of this envelope, for the building's log named by its origin."""
        value = self._value()
        if self.possession is not None:
            value[9] = self.possession
        return cose.sign(
            signer,
            content_type=CONTENT_TYPE,
            issuer=issuer(self.device),
            subject=building,
            payload=cbor.encode(value),
        )

    def to_possess(self, building: str) -> bytes:
        """Return what a rotation's new key signs: the payload without that signature, for one building.

        An array that begins with this text is no Sig_structure of COSE: what one of them is signed for is never taken
        for the other.
        """
        return cbor.encode(["local-vpp rotate", building, cbor.encode(self._value())])

    def _value(self) -> dict[int, Value]:
        value: dict[int, Value] = {
            0: VERSION,
            1: self.device,
            2: self.epoch,
            3: self.seq,
            4: self.prev,
            5: int(self.kind),
            6: self.slot,
            7: self.commitment,
        }
        if self.enrolled:
            key = self.enrolled.key
            value[8] = [self.enrolled.device, int(key.algorithm), key.data]
        if self.concerns is not None:
            value[10] = self.concerns
        if self.next_key is not None:
            value[11] = self.next_key
        return value


@dataclass(frozen=True, slots=True)
class SignedEnvelope:
    """An envelope with the statement that it came in."""

    envelope: Envelope
    statement: cose.Statement
    hash: RecordHash
    """The record's name."""

    @property
    def building(self) -> str:
        """Origin of the building whose log the record is meant for."""
        return self.statement.subject


def issuer(device: DeviceId) -> str:
    """The SCITT issuer of a device's statements."""
    return f"urn:local-vpp:device:{device.hex()}"


def record_hash(data: bytes) -> RecordHash:
    """The name of the record whose envelope has these bytes."""
    return RecordHash(hashlib.sha256(data).digest())


def parse(data: bytes) -> SignedEnvelope:
    """Return an envelope read strictly, its signature not yet checked.

    Raises EncodingError, FieldError or BadKeyError.
    """
    statement = cose.parse(data, "the envelope")
    if statement.content_type != CONTENT_TYPE:
        raise FieldError(f"the envelope's content type is {statement.content_type!r}, expected {CONTENT_TYPE!r}")
    fields = Fields(cbor.decode(statement.payload, "the envelope's payload"), "the envelope")
    fields.version(0, "version", VERSION)
    envelope = Envelope(
        device=DeviceId(fields.bytes_(1, "device", DEVICE_ID_LENGTH)),
        epoch=fields.unsigned(2, "epoch"),
        seq=fields.unsigned(3, "seq"),
        prev=RecordHash(fields.bytes_(4, "prev", HASH_LENGTH)),
        kind=fields.enum(5, "kind", Kind),
        slot=fields.unsigned(6, "slot"),
        commitment=fields.bytes_(7, "commitment", HASH_LENGTH),
        enrolled=_enrolled(fields.list_(8, "enrolled key", 3)) if fields.has(8) else None,
        possession=fields.bytes_(9, "proof of possession", SIGNATURE_LENGTH) if fields.has(9) else None,
        concerns=DeviceId(fields.bytes_(10, "device concerned", DEVICE_ID_LENGTH)) if fields.has(10) else None,
        next_key=NextKey(fields.bytes_(11, "next key", NEXT_KEY_LENGTH)) if fields.has(11) else None,
    )
    fields.end()
    if statement.issuer != issuer(envelope.device):
        raise FieldError(f"the envelope names issuer {statement.issuer!r} but device {envelope.device.hex()}")
    if envelope.seq < FIRST_SEQ:
        raise FieldError(f"the envelope: seq is {envelope.seq}, the first record has {FIRST_SEQ}")
    _check_parts(envelope)
    return SignedEnvelope(envelope, statement, record_hash(data))


def _check_parts(envelope: Envelope) -> None:
    """Raise FieldError unless the envelope has the fields of its kind, and no others."""
    kind, named = envelope.kind, envelope.enrolled
    if (named is None) == (kind in KEYED):
        raise FieldError("the envelope: a key belongs to ENROL, ROTATE, WITNESS and MIRROR records, and to them only")
    if (envelope.possession is None) == (kind is Kind.ROTATE):
        raise FieldError("the envelope: a proof of possession belongs to ROTATE records, and to them only")
    if (envelope.concerns is None) == (kind in CONCERNING):
        raise FieldError(
            "the envelope: a device concerned belongs to REVOKE, SUSPEND, REINSTATE and ERASED records, to them only"
        )
    _check_next_key(envelope)
    if named is None or kind is Kind.ENROL:
        return
    if named.device != envelope.device:
        raise FieldError(f"the envelope: a {kind.name} record names a key of the device that writes it")
    if kind in COSIGNING and named.key.algorithm is not Algorithm.ED25519:
        raise FieldError(f"the envelope: a {kind.name} record names an Ed25519 key")


def _check_next_key(envelope: Envelope) -> None:
    """Raise FieldError unless the building's own enrolment foresees a key, and no record does but a rotation.

    Which of the devices that rotate is the building, the roster knows.
    """
    kind, named = envelope.kind, envelope.enrolled
    founds = kind is Kind.ENROL and named is not None and named.device == envelope.device
    if founds and envelope.next_key is None:
        raise FieldError(
            "the envelope: the enrolment of the building's own key commits to its next one: this log was begun by an "
            "older version, begin a new one under a new origin"
        )
    if envelope.next_key is not None and not founds and kind is not Kind.ROTATE:
        raise FieldError(
            "the envelope: a commitment to the next key belongs to the building's own ENROL and ROTATE records"
        )


def _enrolled(parts: list[Value]) -> Enrolled:
    match parts:
        case [bytes() as device, int() as alg, bytes() as data] if len(device) == DEVICE_ID_LENGTH:
            return Enrolled(DeviceId(device), PublicKey(algorithm(alg), data))
        case _:
            raise FieldError("the envelope: an enrolled key is [device, algorithm, public key]")
