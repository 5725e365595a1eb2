"""A record is read back as it was written, and not at all when one byte of it is another."""

from collections.abc import Callable, Iterator
from dataclasses import replace
import hashlib
from typing import Any

import cbor2
from hypothesis import given, settings, strategies as st
import pytest

from localvpp.etp import (
    EMPTY,
    METERED,
    BadKeyError,
    Body,
    Carrier,
    Chain,
    ChainError,
    CommitmentError,
    DeviceId,
    Ed25519Signer,
    EncodingError,
    Enrolled,
    Envelope,
    Es256Signer,
    EtpError,
    FieldError,
    Kind,
    Record,
    RecordHash,
    Register,
    SignatureError,
    Signer,
    Source,
    TimeStatus,
    cose,
    parse_envelope,
    record_hash,
)
from localvpp.etp.record import LARGEST, checked, commitment

from ..place import ORIGIN, SLOT
from .strategies import bodies, envelopes

QUICK = settings(deadline=None, max_examples=50)

# --- Golden bytes: seed 000102…1f, salt 646566…83; scitt-cose 0.5.0 and cwt 3.3.0 verify the statement -------

GOLDEN_SIGNER = Ed25519Signer(bytes(range(32)))
GOLDEN_SALT = bytes(range(100, 132))
GOLDEN_DEVICE = DeviceId(b"\xf1" * 16)
GOLDEN_BODY = Body(
    start_ms=1_795_312_800_120,
    end_ms=1_795_312_860_095,
    slot_seconds=60,
    sender=DeviceId(b"\xb0" * 16),
    receiver=GOLDEN_DEVICE,
    energy_wh=12,
    attributes=((Source.GRID, 12),),
    time_status=TimeStatus.SYNCHRONISED,
    meter="12000101",
    imported=Register(1_234_000, 1_234_012),
    exported=Register(567, 567),
    frequency_mhz=60_010,
    place="101",
    seconds_root=bytes(range(32)),
    seconds_count=60,
)
GOLDEN_BODY_BYTES = bytes.fromhex(
    "b2"  # a map of 18, keys in the order of their bytes
    "0101"  # version
    "021b000001a200fb5178"  # start
    "031b000001a200fc3bbf"  # end
    "0402"  # synchronised
    "0550b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0"  # sender
    "0650f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1"  # receiver
    "070c"  # 12 Wh
    "08821a0012d4501a0012d45c"  # import register
    "0982190237190237"  # export register
    "0aa1010c"  # {grid: 12}
    "0b19ea6a"  # 60.010 Hz
    "0c63313031"  # place "101"
    "0d00"  # meter good
    "0e00"  # no error
    "0f183c"  # slots of 60 s
    "115820000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"  # root of the seconds
    "12183c"  # 60 seconds
    "14683132303030313031"  # meter "12000101"
)
GOLDEN_ENVELOPE_BYTES = bytes.fromhex(
    "d284"  # COSE_Sign1 of four parts
    "5889"  # protected header
    "a4"
    "0127"  # EdDSA
    "0378226170706c69636174696f6e2f766e642e6c6f63616c2d7670702e6574702b63626f72"  # content type
    "044856475aa75463474c"  # key id
    "0fa2"  # claims
    "01783575726e3a6c6f63616c2d7670703a6465766963653a"  # issuer: urn:local-vpp:device:
    "6631663166316631663166316631663166316631663166316631663166316631"  # and the device in hex
    "02781a7670702e6578616d706c652f73616b7572612d68656967687473"  # subject: the building's origin
    "a0"  # nothing unprotected
    "5867"  # payload
    "a8"
    "0001"  # version
    "0150f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1"  # device
    "0200"  # epoch
    "0301"  # seq
    "0458200000000000000000000000000000000000000000000000000000000000000000"  # prev
    "0501"  # interval
    "061a6b024ca0"  # slot
    "075820392b8cbcc0d056e9031f25cae991d47362779cb92ef74cc0844ed9717d64b634"  # commitment
    "5840"  # signature
    "9fce399cb8a2d2fd242277ed2fbeeb88394da13d87a25a954dfffa0a672d7a1e"
    "bc5fdf4303db8183ce84ac31821c97ce75008d7f7814934462727d2397a03506"
)
GOLDEN_HASH = "c808d283c2b9afaaae8772b168f47c0e55a6bc018b82b463890ae28d623dc914"


def golden() -> Record:
    envelope = Envelope(
        device=GOLDEN_DEVICE,
        epoch=0,
        seq=1,
        prev=RecordHash(bytes(32)),
        kind=Kind.INTERVAL,
        slot=SLOT,
        commitment=commitment(GOLDEN_SALT, GOLDEN_BODY.encode()),
    )
    return Record(parse_envelope(envelope.sign(GOLDEN_SIGNER, ORIGIN)), GOLDEN_SALT, GOLDEN_BODY, GOLDEN_BODY_BYTES)


def test_golden_body() -> None:
    assert GOLDEN_BODY.encode() == GOLDEN_BODY_BYTES
    assert Body.decode(GOLDEN_BODY_BYTES) == GOLDEN_BODY


def test_a_golden_body_with_what_was_counted_behind_the_meter() -> None:
    body = replace(GOLDEN_BODY, generated=Register(40, 52), charged=Register(0, 0), discharged=Register(7, 300))
    data = b"\xb5" + GOLDEN_BODY_BYTES[1:] + bytes.fromhex("181882182818341819820000181a820719012c")
    assert (body.encode(), Body.decode(data)) == (data, body)
    assert body.behind == {"generated": Register(40, 52), "charged": Register(0, 0), "discharged": Register(7, 300)}


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind not in METERED])
def test_only_a_meters_record_tells_what_was_counted_behind_it(kind: Kind) -> None:
    word = Body.word(0, 0, 60, sender=DeviceId(b"\x01" * 16), receiver=DeviceId(b"\x02" * 16))
    with pytest.raises(FieldError):
        checked(kind, replace(word, generated=Register(0, 1)))


def test_nothing_of_another_carrier_is_generated_and_no_counter_runs_backwards() -> None:
    with pytest.raises(FieldError, match="another carrier"):
        replace(GOLDEN_BODY, carrier=Carrier.GAS, generated=Register(0, 0))
    with pytest.raises(FieldError, match="the charged register runs backwards: 2 to 1 Wh"):
        replace(GOLDEN_BODY, charged=Register(2, 1))


def test_golden_envelope() -> None:
    record = golden()
    assert record.signed.statement.data == GOLDEN_ENVELOPE_BYTES
    assert record.hash.hex() == GOLDEN_HASH == hashlib.sha256(GOLDEN_ENVELOPE_BYTES).hexdigest()
    assert record.envelope.commitment == hashlib.sha256(GOLDEN_SALT + GOLDEN_BODY_BYTES).digest()


def test_golden_record() -> None:
    sealed = b"\x83\x59\x01\x39" + GOLDEN_ENVELOPE_BYTES + b"\x58\x20" + GOLDEN_SALT + b"\x58\x97" + GOLDEN_BODY_BYTES
    assert golden().encode() == sealed
    again = Record.decode(sealed)
    assert again == golden()
    again.verify(GOLDEN_SIGNER.public, ORIGIN)


# --- Round trips --------------------------------------------------------------------------------------------


@QUICK
@given(bodies())
def test_a_body_reads_back_as_itself(body: Body) -> None:
    assert Body.decode(body.encode()) == body


@QUICK
@given(envelopes())
def test_an_envelope_reads_back_as_itself_and_verifies(envelope: Envelope) -> None:
    signed = parse_envelope(envelope.sign(GOLDEN_SIGNER, ORIGIN))
    assert (signed.envelope, signed.building) == (envelope, ORIGIN)
    signed.statement.verify(GOLDEN_SIGNER.public)
    assert signed.hash == record_hash(signed.statement.data)


@settings(deadline=None, max_examples=20)
@given(st.lists(bodies(), min_size=1, max_size=4))
def test_a_chain_of_records_reads_back_and_links(made: list[Body]) -> None:
    chain, head = Chain(GOLDEN_DEVICE, ORIGIN), EMPTY
    for body in made:
        record, chain = chain.seal(GOLDEN_SIGNER, Kind.INTERVAL, SLOT, body)
        again = Record.decode(record.encode())
        assert again == record
        again.verify(GOLDEN_SIGNER.public, ORIGIN)
        head = head.follow(again.envelope, again.hash)
    assert head == chain.head
    assert head.seq == len(made)


def test_two_records_of_the_same_body_have_different_salts(make_body: Callable[..., Body]) -> None:
    first, chain = Chain(GOLDEN_DEVICE, ORIGIN).seal(GOLDEN_SIGNER, Kind.INTERVAL, SLOT, make_body())
    second, _ = chain.seal(GOLDEN_SIGNER, Kind.INTERVAL, SLOT, make_body())
    assert first.salt != second.salt
    assert first.envelope.commitment != second.envelope.commitment


# --- Nothing but the very bytes -----------------------------------------------------------------------------


def mangled(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Every byte changed in three ways, taken away, told twice; every truncation."""
    for at in range(len(data)):
        for mask in (0x01, 0x80, 0xFF):
            yield f"byte {at} ^ {mask:#x}", data[:at] + bytes([data[at] ^ mask]) + data[at + 1 :]
        yield f"without byte {at}", data[:at] + data[at + 1 :]
        yield f"byte {at} twice", data[: at + 1] + data[at:]
        yield f"cut at {at}", data[:at]
    yield "a byte more", data + b"\0"


def accepted(signer: Signer, data: bytes) -> bool:
    """Whether a sealed record passes; any other error than ours fails the test that asks."""
    try:
        Record.decode(data).verify(signer.public, ORIGIN)
    except EtpError:
        return False
    return True


@pytest.mark.parametrize("signer", [GOLDEN_SIGNER, Es256Signer.generate()], ids=["EdDSA", "ES256"])
def test_every_byte_of_a_sealed_record_counts(signer: Signer) -> None:
    record, _ = Chain(GOLDEN_DEVICE, ORIGIN).seal(signer, Kind.INTERVAL, SLOT, GOLDEN_BODY)
    whole = record.encode()
    assert accepted(signer, whole)
    passed = [how for how, data in mangled(whole) if data != whole and accepted(signer, data)]
    assert passed == []


@settings(deadline=None, max_examples=120)
@given(st.data())
def test_no_bytes_raise_anything_but_ours(data: st.DataObject) -> None:
    whole = golden().encode()
    mutated = bytearray(whole)
    for _ in range(data.draw(st.integers(0, 4))):
        begin = data.draw(st.integers(0, len(mutated)))
        end = data.draw(st.integers(begin, min(begin + 8, len(mutated))))
        mutated[begin:end] = data.draw(st.binary(max_size=12))
    assert accepted(GOLDEN_SIGNER, bytes(mutated)) == (bytes(mutated) == whole)


@settings(deadline=None, max_examples=120)
@given(st.binary(max_size=120))
def test_random_bytes_are_no_record_no_statement_and_no_body(data: bytes) -> None:
    for read in (Record.decode, Body.decode, parse_envelope, lambda data: cose.parse(data, "it")):
        with pytest.raises(EtpError):
            read(data)


@settings(deadline=None, max_examples=100)
@given(st.dictionaries(st.integers(0, 23), st.integers(0, 70) | st.binary(max_size=33) | st.text(max_size=3)))
def test_a_body_that_is_read_is_written_with_the_same_bytes(more: dict[int, Any]) -> None:
    data = cbor2.dumps(cbor2.loads(GOLDEN_BODY_BYTES) | more, canonical=True)
    try:
        body = Body.decode(data)
    except EtpError:
        return
    assert body.encode() == data


# --- Layers that are not the one encoding -------------------------------------------------------------------


def parts() -> list[Any]:
    value = cbor2.loads(GOLDEN_ENVELOPE_BYTES)
    return list(value.value)


def statement(protected: bytes, payload: bytes, unprotected: bytes = b"\xa0") -> bytes:
    """A statement whose signature is good for these bytes, whatever they are."""
    signature = GOLDEN_SIGNER.sign(cbor2.dumps(["Signature1", protected, b"", payload], canonical=True))
    return b"\xd2\x84" + cbor2.dumps(protected) + unprotected + cbor2.dumps(payload) + cbor2.dumps(signature)


def test_the_statement_made_by_hand_is_the_golden_one() -> None:
    protected, _, payload, _ = parts()
    assert statement(protected, payload) == GOLDEN_ENVELOPE_BYTES


@pytest.mark.parametrize("layer", ["protected", "payload"])
@pytest.mark.parametrize(
    ("how", "change"),
    [
        ("indefinite length", lambda data: b"\xbf" + data[1:] + b"\xff"),
        ("a trailing byte", lambda data: data + b"\x00"),
        ("a key twice", lambda data: bytes([data[0] + 1]) + data[1:] + data[1:3]),
        ("a non-minimal key", lambda data: data[:1] + b"\x18" + data[1:]),
        ("a wrong key order", lambda data: data[:1] + data[3:] + data[1:3]),
        ("a float", lambda data: bytes([data[0] + 1]) + data[1:] + b"\x17\xf9\x3c\x00"),
        ("a tag", lambda data: b"\xd9\xd9\xf7" + data),
        ("a bignum", lambda data: bytes([data[0] + 1]) + data[1:] + b"\x17\xc2\x41\x01"),
        ("a negative key", lambda data: bytes([data[0] + 1]) + data[1:] + b"\x20\x00"),
        ("null", lambda data: bytes([data[0] + 1]) + data[1:] + b"\x17\xf6"),
    ],
)
def test_a_signature_does_not_excuse_another_encoding(layer: str, how: str, change: Callable[[bytes], bytes]) -> None:
    protected, _, payload, _ = parts()
    changed = (change(protected), payload) if layer == "protected" else (protected, change(payload))
    with pytest.raises(EncodingError):
        parse_envelope(statement(*changed))


def test_a_body_that_opens_its_commitment_is_still_read_strictly() -> None:
    for body in (b"\xbf" + GOLDEN_BODY_BYTES[1:] + b"\xff", GOLDEN_BODY_BYTES + b"\0"):
        envelope = replace(golden().envelope, commitment=commitment(GOLDEN_SALT, body))
        sealed = cbor2.dumps([envelope.sign(GOLDEN_SIGNER, ORIGIN), GOLDEN_SALT, body])
        with pytest.raises(EncodingError, match=r"^the body "):
            Record.decode(sealed)


def header(**changes: Any) -> bytes:
    value = cbor2.loads(parts()[0])
    for key, item in changes.items():
        if item is None:
            value.pop(int(key[1:]))
        else:
            value[int(key[1:])] = item
    return cbor2.dumps(value, canonical=True)


@pytest.mark.parametrize(
    "changes",
    [
        {"k1": None},
        {"k1": 5},
        {"k1": True},
        {"k1": b"\x27"},
        {"k3": None},
        {"k3": "application/vnd.local-vpp.frame+cbor"},
        {"k4": None},
        {"k4": b"\0" * 7},
        {"k15": None},
        {"k15": {1: "urn:local-vpp:device:" + "f1" * 16}},
        {"k15": {1: "urn:local-vpp:device:" + "f2" * 16, 2: ORIGIN}},
        {"k15": {1: "urn:local-vpp:device:" + "f1" * 16, 2: ORIGIN, 3: "more"}},
        {"k2": [1]},
    ],
    ids=str,
)
def test_another_protected_header_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises((FieldError, BadKeyError)):
        parse_envelope(statement(header(**changes), parts()[2]))


def test_the_fully_specified_number_of_ed25519_is_read_too() -> None:
    signed = parse_envelope(statement(header(k1=-19), parts()[2]))
    signed.statement.verify(GOLDEN_SIGNER.public)


def test_unprotected_headers_are_refused() -> None:
    protected, _, payload, _ = parts()
    with pytest.raises(FieldError, match="unprotected"):
        parse_envelope(statement(protected, payload, b"\xa1\x01\x01"))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        (0, 0),
        (0, 2),
        (1, b"\xf1" * 15),
        (2, 2**63),
        (3, 0),
        (3, True),
        (4, b"\0" * 31),
        (5, 11),
        (5, 6),
        (7, b"\0" * 33),
        (8, [b"\xf1" * 16, -8, b"\7" * 32]),
        (9, 1),
    ],
)
def test_another_payload_is_refused(key: int, value: Any) -> None:
    protected, _, payload, _ = parts()
    changed = cbor2.dumps(cbor2.loads(payload) | {key: value}, canonical=True)
    with pytest.raises(FieldError):
        parse_envelope(statement(protected, changed))


@pytest.mark.parametrize("key", range(8))
def test_each_field_of_the_payload_is_needed(key: int) -> None:
    protected, _, payload, _ = parts()
    value = cbor2.loads(payload)
    del value[key]
    with pytest.raises(FieldError, match=rf"\(key {key}\)"):
        parse_envelope(statement(protected, cbor2.dumps(value, canonical=True)))


def test_a_statement_of_more_than_four_kilobytes_is_not_read() -> None:
    with pytest.raises(EncodingError, match="at most 4096"):
        cose.parse(b"\xd2\x84" + bytes(5000), "it")


def test_a_record_of_more_than_its_limit_is_not_read() -> None:
    with pytest.raises(FieldError, match=f"at most {LARGEST}"):
        Record.decode(bytes(LARGEST + 1))


@pytest.mark.parametrize(
    "inside", [b"\x80", b"\x01", b"\x82\x41a\x41b", b"\x83\x41a\x41b\x61c", b"\x84\x41a\x41b\x41c\x41d"]
)
def test_a_sealed_record_is_three_byte_strings(inside: bytes) -> None:
    with pytest.raises(FieldError, match=r"\[envelope, salt, body\]"):
        Record.decode(inside)


# --- What a record proves -----------------------------------------------------------------------------------


def test_a_record_is_not_of_another_building_or_key(stranger: Ed25519Signer) -> None:
    record = golden()
    record.verify(GOLDEN_SIGNER.public, ORIGIN)
    with pytest.raises(FieldError, match="is meant for"):
        record.verify(GOLDEN_SIGNER.public, "vpp.example/next-door")
    with pytest.raises(SignatureError, match="expected"):
        record.verify(stranger.public, ORIGIN)


def test_body_and_salt_open_the_commitment_of_their_own_envelope_only() -> None:
    other = replace(GOLDEN_BODY, energy_wh=13, attributes=((Source.GRID, 13),))
    for salt, body in ((GOLDEN_SALT, other.encode()), (bytes(32), GOLDEN_BODY_BYTES)):
        with pytest.raises(CommitmentError, match=GOLDEN_HASH):
            Record.decode(cbor2.dumps([GOLDEN_ENVELOPE_BYTES, salt, body]))
    with pytest.raises(FieldError, match="salt has 31 bytes"):
        Record.decode(cbor2.dumps([GOLDEN_ENVELOPE_BYTES, bytes(31), GOLDEN_BODY_BYTES]))


def test_bytes_do_not_move_between_salt_and_body() -> None:
    whole = GOLDEN_SALT + GOLDEN_BODY_BYTES
    for split in (31, 33):
        with pytest.raises(FieldError, match="salt has"):
            Record.decode(cbor2.dumps([GOLDEN_ENVELOPE_BYTES, whole[:split], whole[split:]]))


@pytest.mark.parametrize(
    ("key", "value", "named"),
    [
        (1, 0, "version is 0"),
        (1, 2, "version is 2"),
        (2, 1_795_312_860_096, "ends at"),
        (4, 4, "time status"),
        (5, b"\xf1" * 16, "the same"),
        (5, b"\xb0" * 15, "15 bytes"),
        (7, 13, "sum"),
        (8, [5, 4], "import register runs backwards"),
        (8, [0, 2**63], "import register"),
        (8, [-1, 4], "import register"),
        (8, [True, 4], "import register"),
        (8, [1, 2, 3], "import register"),
        (9, [5, 4], "export register runs backwards"),
        (10, {1: 12, 2: 0}, "no energy"),
        (10, {1: 13, 2: -1}, "no energy"),
        (10, {9: 12}, "attribute 9"),
        (10, {1: True, 2: 11}, "attribute"),
        (11, 100_001, "frequency"),
        (12, "x" * 65, "at most 64"),
        (12, b"x", "place"),
        (13, 9, "meter status"),
        (14, 8, "unknown bit"),
        (15, 0, "a slot of 0 s"),
        (15, 3601, "slot length"),
        (17, b"\0" * 31, "31 bytes"),
        (19, [], "evidence"),
        (19, [b"\0" * 31], "evidence"),
        (19, b"\0" * 32, "evidence"),
        (16, -1, "price"),
        (23, 0, "carrier"),
        (23, 2, "carrier"),
        (23, b"", "carrier"),
        (0, [12, 5, 12, 12], "trade"),
        (0, [12, -1, 12, 12, []], "trade"),
        (0, [12, 5, 12, 12, [1, "2"]], "trade"),
        (0, [12, 5, 12, 12, [2, 1]], "numbers"),
        (0, [12, 5, 12, 12, [0]], "price of None"),
    ],
)
def test_a_body_that_contradicts_itself_is_refused_by_name(key: int, value: Any, named: str) -> None:
    data = cbor2.dumps(cbor2.loads(GOLDEN_BODY_BYTES) | {key: value}, canonical=True)
    with pytest.raises(FieldError, match=named):
        Body.decode(data)


def test_the_root_of_the_seconds_and_their_number_go_together() -> None:
    for key in (17, 18):
        value = cbor2.loads(GOLDEN_BODY_BYTES)
        del value[key]
        with pytest.raises(FieldError, match="go together"):
            Body.decode(cbor2.dumps(value, canonical=True))


def test_attributes_are_sorted_and_name_a_source_once() -> None:
    for attributes in (
        ((Source.SOLAR, 6), (Source.GRID, 6)),
        ((Source.GRID, 6), (Source.GRID, 6)),
        ((Source.GRID, 5), (Source.GRID, 7)),
    ):
        with pytest.raises(FieldError, match="sorted"):
            replace(GOLDEN_BODY, attributes=attributes)


# --- The chain ----------------------------------------------------------------------------------------------


def test_a_chain_takes_the_next_record_only(make_records: Callable[..., list[Record]]) -> None:
    first, second, third = make_records(3)
    head = EMPTY.follow(first.envelope, first.hash)
    with pytest.raises(ChainError, match="send record 2 first"):
        head.follow(third.envelope, third.hash)
    with pytest.raises(ChainError, match="does not follow 1"):
        head.follow(first.envelope, first.hash)
    with pytest.raises(ChainError, match="but record 1 is"):
        head.follow(replace(second.envelope, prev=RecordHash(bytes(32))), second.hash)
    with pytest.raises(ChainError, match="older"):
        replace(head, epoch=1).follow(second.envelope, second.hash)
    assert head.follow(second.envelope, second.hash).follow(third.envelope, third.hash).seq == 3


@pytest.mark.parametrize(
    "changes",
    [
        {"start_ms": -1},
        {"meter": "x" * 65},
        {"frequency_mhz": 100_001},
        {"place": "\ud800"},
        {"imported": Register(-1, 0)},
    ],
    ids=str,
)
def test_a_body_that_no_reader_would_take_is_not_signed(
    changes: dict[str, Any], make_body: Callable[..., Body]
) -> None:
    with pytest.raises(EtpError):
        Chain(GOLDEN_DEVICE, ORIGIN).seal(GOLDEN_SIGNER, Kind.INTERVAL, SLOT, make_body(**changes))


def test_a_key_belongs_to_an_enrolment_and_to_the_naming_of_a_witness(
    signer: Ed25519Signer, make_body: Callable[..., Body]
) -> None:
    chain = Chain(GOLDEN_DEVICE, ORIGIN)
    enrolled, witness = Enrolled(signer.public.device_id, signer.public), Enrolled(GOLDEN_DEVICE, signer.public)
    for kind, key in ((Kind.ENROL, enrolled), (Kind.WITNESS, witness), (Kind.MIRROR, witness)):
        record, _ = chain.seal(GOLDEN_SIGNER, kind, SLOT, make_body(), key)
        assert Record.decode(record.encode()).envelope.enrolled == key
    for kind, given_key in ((Kind.ENROL, None), (Kind.WITNESS, None), (Kind.INTERVAL, enrolled)):
        with pytest.raises(FieldError, match="belongs to ENROL, ROTATE, WITNESS and MIRROR records"):
            chain.seal(GOLDEN_SIGNER, kind, SLOT, make_body(), given_key)


@pytest.mark.parametrize(
    "named",
    [
        Enrolled(DeviceId(b"\x0f" * 16), GOLDEN_SIGNER.public),
        Enrolled(GOLDEN_DEVICE, Es256Signer.generate().public),
    ],
    ids=["of another device", "no key for cosignatures"],
)
def test_a_device_names_its_own_witness_key_and_one_that_can_cosign(
    named: Enrolled, make_body: Callable[..., Body]
) -> None:
    with pytest.raises(FieldError, match="WITNESS record names a"):
        Chain(GOLDEN_DEVICE, ORIGIN).seal(GOLDEN_SIGNER, Kind.WITNESS, SLOT, make_body(), named)
