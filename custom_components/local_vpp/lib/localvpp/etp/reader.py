"""Reading the records of one device quickly, for whoever reads thousands of them a second.

Two things make it quick, and neither lets anything else pass. What is the same in all records of a device, from the
tag through the whole protected header to the device in the payload, is compared with the bytes that they must be. What
varies is matched by a regular expression of its deterministic encoding (`grammar`): bytes that match are proven to be
the one encoding of what they say, at a tenth of what decoding and encoding them again costs.

This is for the shapes that nearly all records of meters have. What is not of these, the reader leaves to
`Record.decode`: it takes rarer shapes, and says what is wrong with others. A record that both read, both read alike.
"""

from hashlib import sha256
import re
from typing import Final, NamedTuple

from . import cose, grammar
from .body import (
    HIGHEST_FREQUENCY,
    LONGEST_SLOT,
    Body,
    Carrier,
    ErrorFlag,
    MeterStatus,
    Register,
    Source,
    TimeStatus,
)
from .envelope import CONTENT_TYPE, FIRST_SEQ, METERED, Kind, RecordHash, issuer
from .errors import FieldError
from .grammar import BYTES_16, BYTES_32, BYTES_64, PAIR, TEXT, UNSIGNED, byte_string_head, number, small
from .keys import DeviceId, PublicKey

_MOST_SOURCES: Final = 4
"""A meter's export is of PV, battery, car and what nobody told; a transfer may name more."""

# A sealed record: array of three, and the head of an envelope of 256 bytes or more.
_SEALED: Final = b"\x83\x59"
_ENVELOPE_AT: Final = 4
# The payload has 24 to 255 bytes.
_PAYLOAD_HEAD: Final = b"\x58"
# Eight fields, which leaves out enrolments: version 1, then the device.
_PAYLOAD: Final = b"\xa8\x00\x01\x01\x50"

_READ: Final = (*METERED, Kind.SUPPLY)
"""What comes by the thousand. Other kinds have rules of their own, which `envelope.parse` knows."""
_ENVELOPE: Final = b"".join(
    (
        *(b"\x02", UNSIGNED),  # epoch
        *(b"\x03", UNSIGNED),  # seq
        *(b"\x04", BYTES_32),  # prev
        *(b"\x05", small(max(_READ))),
        *(b"\x06", UNSIGNED),  # slot
        *(b"\x07", BYTES_32),  # commitment
        BYTES_64,  # signature
    )
)
_BODY: Final = b"".join(
    (
        rb"([\xab-\xb7])\x01\x01",  # 11 to 23 keys; version 1
        *(b"\x02", UNSIGNED),  # start
        *(b"\x03", UNSIGNED),  # end
        *(b"\x04", small(max(TimeStatus))),
        *(b"\x05", BYTES_16),  # sender
        *(b"\x06", BYTES_16),  # receiver
        *(b"\x07", UNSIGNED),  # energy
        *(rb"(?:\x08\x82", UNSIGNED, UNSIGNED, b")?"),  # import register
        *(rb"(?:\x09\x82", UNSIGNED, UNSIGNED, b")?"),  # export register
        *(rb"\x0a", grammar.pairs(max(Source), _MOST_SOURCES)),  # attributes
        *(rb"(?:\x0b", UNSIGNED, b")?"),  # frequency
        *(b"(?:\x0c", TEXT, b")?"),  # place
        *(rb"\x0d", small(max(MeterStatus))),
        *(b"\x0e", small(sum(ErrorFlag))),
        *(b"\x0f", UNSIGNED),  # slot length
        *(b"(?:\x10", UNSIGNED, b")?"),  # price
        *(b"(?:\x11", BYTES_32, b")?"),  # root of the seconds
        *(b"(?:\x12", UNSIGNED, b")?"),  # number of seconds
        *(b"(?:\x14", TEXT, b")?"),  # meter
        *(b"(?:\x17", small(max(Carrier)), b")?"),
        *(rb"(?:\x18\x18\x82", UNSIGNED, UNSIGNED, b")?"),  # generated
        *(rb"(?:\x18\x19\x82", UNSIGNED, UNSIGNED, b")?"),  # charged
        *(rb"(?:\x18\x1a\x82", UNSIGNED, UNSIGNED, b")?"),  # discharged
    )
)
_NEEDED_KEYS: Final = 11
_RECORD: Final = re.compile(_ENVELOPE + BYTES_32 + rb"(?:\x58.|\x59..)(" + _BODY + b")", re.DOTALL)
"""What follows the device: the rest of the envelope, the salt, and the body with its head."""
_PAIR: Final = re.compile(PAIR, re.DOTALL)
_SIGNATURE_GROUP: Final = 7
_SALT_GROUP: Final = 8
_BODY_GROUP: Final = 9

_OF_A_METER: Final = frozenset(bytes([kind]) for kind in _READ)
_KINDS: Final = tuple(Kind)
_TIME_STATUS: Final = tuple(TimeStatus)
_METER_STATUS: Final = tuple(MeterStatus)
_SOURCES: Final = tuple(Source)
_CARRIERS: Final = frozenset(Carrier)
_FLAGS: Final = tuple(ErrorFlag(value) for value in range(sum(ErrorFlag) + 1))


class Opened(NamedTuple):
    """A record of the reader's device whose body opens its commitment. Its signature is proven by `Reader.verify`."""

    hash: RecordHash
    epoch: int
    seq: int
    prev: RecordHash
    kind: Kind
    slot: int
    body: Body
    envelope: bytes
    salt: bytes
    encoded: bytes
    """The body as it was written."""
    signed: bytes
    """What the signature is over."""
    signature: bytes


class Reader:
    """Reads the records that a device signs with a key for a building. A value: safe to use in any thread."""

    def __init__(self, device: DeviceId, key: PublicKey, building: str) -> None:
        protected = cose.protected_header(key, content_type=CONTENT_TYPE, issuer=issuer(device), subject=building)
        self.key: Final = key
        self._begin: Final = cose.BEGIN + grammar.byte_string(protected) + cose.NO_HEADERS + _PAYLOAD_HEAD
        self._payload: Final = _PAYLOAD + device
        self._payload_head_at: Final = _ENVELOPE_AT + len(self._begin) - 1
        self._varying_at: Final = self._payload_head_at + 2 + len(self._payload)
        self._signed: Final = cose.to_be_signed(protected, b"")[:-1]

    def verify(self, opened: Opened) -> None:
        """Raise SignatureError unless the key signed what was read."""
        self.key.verify(opened.signature, opened.signed)

    def read(self, sealed: bytes) -> Opened | None:
        """Return a sealed record of this device, key and building; None when it is for `Record.decode` to judge."""
        payload_at = self._payload_head_at + 2
        if not (
            sealed.startswith(_SEALED)
            and sealed.startswith(self._begin, _ENVELOPE_AT)
            and sealed.startswith(self._payload, payload_at)
        ):
            return None
        match = _RECORD.fullmatch(sealed, self._varying_at)
        if match is None:
            return None
        payload_end = match.start(_SIGNATURE_GROUP) - 2
        envelope_end = match.end(_SIGNATURE_GROUP)
        salt_end, body_at = match.end(_SALT_GROUP), match.start(_BODY_GROUP)
        length = payload_end - payload_at
        if not (
            24 <= length == sealed[payload_at - 1]
            and 256 <= envelope_end - _ENVELOPE_AT == sealed[2] << 8 | sealed[3]
            and sealed[salt_end:body_at] == byte_string_head(len(sealed) - body_at)
        ):
            return None
        epoch, seq, prev, kind, slot, commitment, signature, salt, encoded, *fields = match.groups()
        if sha256(salt + encoded).digest() != commitment:
            return None
        body = _body(*fields)
        if body is None or number(seq) < FIRST_SEQ or kind not in _OF_A_METER:
            return None
        if (_KINDS[kind[0]] is Kind.SUPPLY) is (body.carrier is None):
            return None
        envelope = sealed[_ENVELOPE_AT:envelope_end]
        return Opened(
            RecordHash(sha256(envelope).digest()),
            number(epoch),
            number(seq),
            RecordHash(prev),
            _KINDS[kind[0]],
            number(slot),
            body,
            envelope,
            salt,
            encoded,
            self._signed + sealed[payload_at - 2 : payload_end],
            signature,
        )


def _body(
    head: bytes,
    start: bytes,
    end: bytes,
    time_status: bytes,
    sender: bytes,
    receiver: bytes,
    energy: bytes,
    import_begin: bytes | None,
    import_end: bytes | None,
    export_begin: bytes | None,
    export_end: bytes | None,
    made_of: bytes,
    frequency: bytes | None,
    place: bytes | None,
    meter_status: bytes,
    errors: bytes,
    slot_seconds: bytes,
    price: bytes | None,
    seconds_root: bytes | None,
    seconds_count: bytes | None,
    meter: bytes | None,
    carrier: bytes | None,
    made_begin: bytes | None,
    made_end: bytes | None,
    charged_begin: bytes | None,
    charged_end: bytes | None,
    discharged_begin: bytes | None,
    discharged_end: bytes | None,
) -> Body | None:
    """Return the body of these fields; None when they make none."""
    registers = (import_begin, export_begin, made_begin, charged_begin, discharged_begin)
    optional = (*registers, frequency, place, price, seconds_root, seconds_count, meter, carrier)
    if head[0] != 0xA0 + _NEEDED_KEYS + len(optional) - optional.count(None):
        return None
    seconds, mean = number(slot_seconds), _number(frequency)
    if carrier is not None and carrier[0] not in _CARRIERS:
        return None
    if seconds > LONGEST_SLOT or (mean is not None and mean > HIGHEST_FREQUENCY):
        return None
    try:
        return Body(
            start_ms=number(start),
            end_ms=number(end),
            slot_seconds=seconds,
            sender=DeviceId(sender),
            receiver=DeviceId(receiver),
            energy_wh=number(energy),
            attributes=tuple([(_SOURCES[source[0]], number(wh)) for source, wh in _PAIR.findall(made_of, 1)]),
            time_status=_TIME_STATUS[time_status[0]],
            meter_status=_METER_STATUS[meter_status[0]],
            errors=_FLAGS[errors[0]],
            meter=None if meter is None else grammar.text(meter),
            imported=_register(import_begin, import_end),
            exported=_register(export_begin, export_end),
            frequency_mhz=mean,
            place=None if place is None else grammar.text(place),
            seconds_root=seconds_root,
            seconds_count=_number(seconds_count),
            price=_number(price),
            carrier=None if carrier is None else Carrier(carrier[0]),
            generated=_register(made_begin, made_end),
            charged=_register(charged_begin, charged_end),
            discharged=_register(discharged_begin, discharged_end),
        )
    except FieldError, UnicodeDecodeError:
        return None


def _number(item: bytes | None) -> int | None:
    return None if item is None else number(item)


def _register(begin: bytes | None, end: bytes | None) -> Register | None:
    return None if begin is None or end is None else Register(number(begin), number(end))
