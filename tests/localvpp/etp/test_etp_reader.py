"""The quick reader reads what `Record.decode` reads, to the same values, and nothing else."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import cbor2
from hypothesis import given, settings, strategies as st
import pytest

from localvpp.etp import (
    METERED,
    Body,
    Chain,
    DeviceId,
    Ed25519Signer,
    Enrolled,
    Envelope,
    Es256Signer,
    EtpError,
    Kind,
    NextKey,
    Opened,
    Reader,
    Record,
    RecordHash,
    SignatureError,
    Signer,
)
from localvpp.etp.grammar import byte_string
from localvpp.etp.record import commitment

from ..place import ORIGIN, SLOT
from .strategies import bodies, envelopes, supplies
from .test_etp_record import GOLDEN_BODY, GOLDEN_BODY_BYTES, GOLDEN_DEVICE, GOLDEN_SALT, GOLDEN_SIGNER, mangled

READER = Reader(GOLDEN_DEVICE, GOLDEN_SIGNER.public, ORIGIN)
ENVELOPE = Envelope(
    device=GOLDEN_DEVICE,
    epoch=0,
    seq=1,
    prev=RecordHash(bytes(32)),
    kind=Kind.INTERVAL,
    slot=SLOT,
    commitment=bytes(32),
)


def sealed(body: bytes, envelope: Envelope = ENVELOPE, signer: Signer = GOLDEN_SIGNER, building: str = ORIGIN) -> bytes:
    """A record whose commitment and signature are good for this body, whatever it is."""
    opens = replace(envelope, commitment=commitment(GOLDEN_SALT, body))
    return b"\x83" + b"".join(map(byte_string, (opens.sign(signer, building), GOLDEN_SALT, body)))


def careful(data: bytes) -> Record | None:
    try:
        return Record.decode(data)
    except EtpError:
        return None


def agree(opened: Opened, record: Record | None, device: DeviceId = GOLDEN_DEVICE) -> None:
    """Both readers say the same."""
    assert record is not None, "the quick reader has read what is no record"
    envelope, statement = record.envelope, record.signed.statement
    assert envelope == Envelope(
        device=device,
        epoch=opened.epoch,
        seq=opened.seq,
        prev=opened.prev,
        kind=opened.kind,
        slot=opened.slot,
        commitment=commitment(opened.salt, opened.encoded),
    )
    assert (opened.hash, opened.body, opened.salt, opened.encoded) == (
        record.hash,
        record.body,
        record.salt,
        record.encoded,
    )
    assert (opened.envelope, opened.signature) == (statement.data, statement.signature)
    assert opened.signed == cbor2.dumps(["Signature1", statement.protected, b"", statement.payload])


def common(body: Body) -> bool:
    """Whether a body is of the shape that the quick reader is for."""
    return (
        not body.evidence
        and body.log_size is None
        and body.reason is None
        and len(body.attributes) <= 4
        and all(text is None or len(text.encode()) < 24 for text in (body.place, body.meter))
    )


@settings(deadline=None, max_examples=300)
@given(bodies(), envelopes())
def test_both_readers_read_every_record_alike(body: Body, envelope: Envelope) -> None:
    envelope = replace(envelope, device=GOLDEN_DEVICE)
    data = sealed(body.encode(), envelope)
    opened = READER.read(data)
    if opened is None:
        assert envelope.kind not in METERED or not common(body)
        return
    agree(opened, careful(data))
    READER.verify(opened)


@settings(deadline=None, max_examples=200)
@given(supplies(), envelopes())
def test_both_readers_read_another_carriers_records_alike_and_in_their_own_kind_only(
    body: Body, envelope: Envelope
) -> None:
    of_a_carrier = replace(envelope, device=GOLDEN_DEVICE)
    if of_a_carrier.kind is not Kind.SUPPLY:
        data = sealed(body.encode(), of_a_carrier)
        assert careful(data) is None
        assert READER.read(data) is None
        of_a_carrier = replace(
            of_a_carrier, kind=Kind.SUPPLY, enrolled=None, possession=None, concerns=None, next_key=None
        )
        energy = sealed(replace(body, carrier=None).encode(), of_a_carrier)
        assert careful(energy) is None
        assert READER.read(energy) is None
    data = sealed(body.encode(), of_a_carrier)
    opened = READER.read(data)
    if opened is None:
        assert not common(body)
        return
    agree(opened, careful(data))
    assert opened.body.unit == "L"


@pytest.mark.parametrize("signer", [GOLDEN_SIGNER, Es256Signer.generate()], ids=["EdDSA", "ES256"])
def test_every_byte_of_a_record_counts(signer: Signer) -> None:
    reader = Reader(GOLDEN_DEVICE, signer.public, ORIGIN)
    whole = sealed(GOLDEN_BODY_BYTES, signer=signer)
    opened = reader.read(whole)
    assert opened is not None
    reader.verify(opened)
    for _, data in mangled(whole):
        changed = reader.read(data)
        if changed is None or data == whole:
            continue
        agree(changed, careful(data))
        with pytest.raises(SignatureError):
            reader.verify(changed)


# --- Bodies that open their commitment ----------------------------------------------------------------------


def heads(value: int, major: int) -> Iterator[bytes]:
    """Every head of CBOR that says a value, the shortest first."""
    for info, length in ((24, 1), (25, 2), (26, 4), (27, 8)):
        if value < 24 and info == 24:
            yield bytes([major << 5 | value])
        if value < 256**length:
            yield bytes([major << 5 | info]) + value.to_bytes(length)


def encodings(value: Any) -> Iterator[bytes]:
    """The deterministic encoding of a value, then each that has one longer head or an indefinite length."""
    match value:
        case int():
            yield from heads(value, 0)
        case bytes():
            yield from (head + value for head in heads(len(value), 2))
            yield b"\x5f" + byte_string(value) + b"\xff"
        case str():
            yield from (head + value.encode() for head in heads(len(value.encode()), 3))
        case list():
            yield from _container(value, [(item,) for item in value], 4)
        case dict():
            yield from _container(value, list(value.items()), 5)


def _container(value: Any, items: list[tuple[Any, ...]], major: int) -> Iterator[bytes]:
    parts = [[list(encodings(each)) for each in item] for item in items]
    shortest = b"".join(each[0] for item in parts for each in item)
    for head in heads(len(value), major):
        yield head + shortest
    yield bytes([major << 5 | 31]) + shortest + b"\xff"
    flat = [each for item in parts for each in item]
    for at, choices in enumerate(flat):
        for other in choices[1:]:
            yield next(heads(len(value), major)) + b"".join(
                other if at == index else each[0] for index, each in enumerate(flat)
            )


def test_of_all_encodings_of_a_body_one_is_read() -> None:
    value = cbor2.loads(GOLDEN_BODY_BYTES)
    first, *others = encodings(value)
    assert first == GOLDEN_BODY_BYTES
    assert len(others) > 100
    assert READER.read(sealed(first)) is not None
    for other in others:
        assert cbor2.loads(other) == value
        assert READER.read(sealed(other)) is None
        assert careful(sealed(other)) is None


@pytest.mark.parametrize("head", [b for b in range(0xA0, 0xC0) if b != GOLDEN_BODY_BYTES[0]])
def test_a_head_that_promises_another_number_of_keys_is_not_believed(head: int) -> None:
    assert READER.read(sealed(bytes([head]) + GOLDEN_BODY_BYTES[1:])) is None


@settings(deadline=None, max_examples=400)
@given(st.data())
def test_whatever_body_the_quick_reader_reads_the_careful_one_reads_alike(data: st.DataObject) -> None:
    body = bytearray(data.draw(bodies()).encode())
    for _ in range(data.draw(st.integers(1, 3))):
        begin = data.draw(st.integers(0, len(body)))
        end = data.draw(st.integers(begin, min(begin + 4, len(body))))
        body[begin:end] = data.draw(st.binary(max_size=5))
    whole = sealed(bytes(body))
    if (opened := READER.read(whole)) is not None:
        agree(opened, careful(whole))


@settings(deadline=None, max_examples=200)
@given(
    st.dictionaries(
        st.integers(0, 28),
        st.integers(0, 70)
        | st.binary(max_size=33)
        | st.text(max_size=3)
        | st.lists(st.integers(0, 2**63), min_size=1, max_size=3),
    )
)
def test_other_fields_are_read_alike_or_not_at_all(more: dict[int, Any]) -> None:
    whole = sealed(cbor2.dumps(cbor2.loads(GOLDEN_BODY_BYTES) | more, canonical=True))
    record = careful(whole)
    if (opened := READER.read(whole)) is not None:
        agree(opened, record)
    elif record is not None:
        assert not common(record.body)


@pytest.mark.parametrize(
    "more",
    [
        {2: 1_795_312_860_096},  # ends before it starts
        {7: 13},  # not the sum of the attributes
        {8: [5, 4]},  # runs backwards
        {24: [5, 4]},
        {25: [5]},
        {26: [5, -1]},
        {10: {1: 0, 2: 12}},  # an attribute without energy
        {11: 100_001},
        {12: "x" * 24},
        {15: 0},
        {15: 3601},
        {2: 2**63},
        {19: [bytes(32)]},
    ],
    ids=str,
)
def test_what_is_rare_or_wrong_is_left_to_the_careful_reader(more: dict[int, Any]) -> None:
    assert READER.read(sealed(cbor2.dumps(cbor2.loads(GOLDEN_BODY_BYTES) | more, canonical=True))) is None


def test_text_that_is_no_unicode_is_not_read() -> None:
    whole = sealed(GOLDEN_BODY_BYTES.replace(b"\x63101", b"\x63\xed\xa0\x80"))
    assert READER.read(whole) is None
    assert careful(whole) is None


# --- Records of others --------------------------------------------------------------------------------------


def test_records_of_another_device_key_or_building_are_not_this_readers() -> None:
    other = Ed25519Signer.generate()
    body = GOLDEN_BODY.encode()
    for whole in (
        sealed(body, replace(ENVELOPE, device=DeviceId(b"\xf2" * 16))),
        sealed(body, signer=other),
        sealed(body, building="vpp.example/next-door"),
    ):
        assert careful(whole) is not None
        assert READER.read(whole) is None


def test_a_record_that_names_one_device_outside_and_another_inside_is_not_read() -> None:
    whole = sealed(GOLDEN_BODY_BYTES)
    inside = whole.replace(b"\x01\x50" + GOLDEN_DEVICE, b"\x01\x50" + b"\xf2" * 16)
    assert inside != whole
    assert READER.read(inside) is None
    assert careful(inside) is None


def test_an_enrolment_is_left_to_the_careful_reader() -> None:
    enrolled = Enrolled(GOLDEN_DEVICE, GOLDEN_SIGNER.public)
    chain = Chain(GOLDEN_DEVICE, ORIGIN)
    next_key = NextKey(bytes(32))
    record, _ = chain.seal(GOLDEN_SIGNER, Kind.ENROL, SLOT, GOLDEN_BODY, enrolled, next_key=next_key)
    assert READER.read(record.encode()) is None
    without_key = bytearray(sealed(GOLDEN_BODY_BYTES))
    at = without_key.index(b"\x05\x01\x06\x1a") + 1
    without_key[at] = Kind.ENROL
    assert READER.read(bytes(without_key)) is None


def test_the_first_record_of_a_chain_is_number_one() -> None:
    number_zero = bytearray(sealed(GOLDEN_BODY_BYTES))
    at = number_zero.index(b"\x02\x00\x03\x01\x04") + 3
    number_zero[at] = 0
    assert READER.read(bytes(number_zero)) is None
    assert careful(bytes(number_zero)) is None
