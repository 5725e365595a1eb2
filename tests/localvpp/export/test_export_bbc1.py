"""A record as a BBc-1 transaction: its id follows from record, place and transaction before, and every byte counts."""

from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
import json
from typing import Any

from hypothesis import given, settings, strategies as st
import pytest

from localvpp.etp import Ed25519Signer, Es256Signer, EtpError, Kind, Record, Register, SignatureError
from localvpp.export import ExportError, MalformedError, UnfitError, bbc1, canonical_json
from localvpp.export.bbc1 import Asset, Id, Pointer, Transaction, Unsigned

from ..place import ORIGIN
from .conftest import DEVICE, EXPORTER, INDEX, RECORD, mangled

# --- Golden bytes; py-bbclib 1.6.1 writes the same -----------------------------------------------------------------

BODY = (
    b'{"algorithm":"ED25519","body":{"end_ms":1795312860095,"energy_wh":12,"errors":[],"evidence":[],'
    b'"export_wh":{"begin":567,"end":567},"frequency_mhz":60010,"import_wh":{"begin":1234000,"end":1234012},'
    b'"meter":"12000101","meter_status":"good","place":"101","price":null,'
    b'"receiver":"53b3f6dbfd8ba18610340da14661b6b2","seconds":null,"sender":"b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0",'
    b'"slot_seconds":60,"sources":{"grid":12},"start_ms":1795312800120,"time_status":"synchronised"},'
    b'"building":"vpp.example/sakura-heights",'
    b'"commitment":"6f30f5442e36e10ae47858f259393f63b8ba713b70091229a92d78b2c335e022",'
    b'"device":"53b3f6dbfd8ba18610340da14661b6b2","epoch":0,'
    b'"hash":"fe4ce58d7aba8731339eb9473979a17e5511446db202f71d82fa1654b27a120c","key_id":"56475aa75463474c",'
    b'"kind":"interval","leaf_hash":"48872a3684fe930200001002a58fb3c5c0ccd418847b4ba343f8a3c6b75d6556",'
    b'"log_index":4,"prev":"0000000000000000000000000000000000000000000000000000000000000000","seq":1,'
    b'"slot":1795312800}'
)
CONTENT = (
    bytes.fromhex(
        "02000000"  # version
        "bf3bfc00a2010000"  # the record's end, in ms
        "2000"  # ids of 32 bytes
        "00000000"  # no events, no references
        "0100"  # one relation
        "78040000"
        "2000f75a822508da0500e54e3f71dedd0df5ad00b13d2847625cc9bb01925ee762ee"  # SHA-256(origin)
        "0000"  # no pointer: the first of its device
        "48040000"
        "20008d702618fc9f24280cb399c42104528b6fda821e6b4a13175c35eb1d8c53a88f"  # SHA-256(asset after this)
        "2000a9dbb6fc815964c38d9c6bf4d416286560cdf648de817a249f5c6c5f4fe7062a"  # SHA-256(device id)
        "2000fe4ce58d7aba8731339eb9473979a17e5511446db202f71d82fa1654b27a120c"  # nonce: the record's hash
        "d2010000"  # the .etp file has 466 bytes
        "20005cce6874093313f1f07c1d6b9406b0b0b4c34fed274200f956709639aa6595d1"  # and this SHA-256
        "0000b803"  # a body of 952 bytes
    )
    + BODY
    + bytes.fromhex(
        "0000000000000000"  # neither raw asset nor hashes
        "0100260000000100"  # one witness
        "2000c5a7e097d40b64859fbfea22cf5970c03adb8ac47204393512e327c2b321d13f"  # SHA-256(exporter's key)
        "0000"
    )
)
GOLDEN = (
    b"\0\0"
    + CONTENT
    + bytes.fromhex(
        "0000"  # no cross reference
        "01008d000000"
        "02000000"  # P-256
        "08020000"
        "043988322ab9f52c7f11d5d1aa92a2ac0b00275bcad8e934682257323fda672482"
        "855b7389f116c19c0014311c3d57dc02001e3a0ec8bd90c797732034aacd9918"
        "00020000"
        "5b924ac845c82c4c680f5b295b3e272f9b83fd1953aa9a7d5b0ec52335b6a0bb"
        "444756036b1379d34ae842cadb212fb4252185ee508fa154209ee92b60e89669"
    )
)
GOLDEN_ID = "61aac1f678bb6c5e8bd3d9974da413f9b71531e8d364ca388254612ea49b9599"


def export(record: Record, previous: Transaction | None = None) -> Transaction:
    return bbc1.export(record, INDEX, EXPORTER, previous)


def test_golden_transaction() -> None:
    made = export(RECORD)
    assert made.content.encode() == CONTENT
    assert made.id.hex() == GOLDEN_ID == sha256(sha256(CONTENT).digest() + b"\0\0").hexdigest()
    read = bbc1.parse(GOLDEN)
    read.verify()
    assert (read.content, read.key, read.encode()) == (made.content, EXPORTER.public, GOLDEN)


# --- What a transaction says ---------------------------------------------------------------------------------------


def test_an_export_made_twice_is_one_transaction() -> None:
    first, second = export(RECORD), export(RECORD)
    assert first.signature != second.signature
    assert first.id == second.id


def test_the_file_of_the_asset_is_the_sealed_record() -> None:
    asset = export(RECORD).content.asset
    sealed = RECORD.encode()
    assert (asset.file_size, asset.file_digest) == (len(sealed), sha256(sealed).digest())


def test_the_device_is_the_assets_user_and_the_exporter_the_witness() -> None:
    content = export(RECORD).content
    assert content.asset.user == sha256(DEVICE).digest()
    assert content.witness == sha256(EXPORTER.public.data).digest()
    assert content.asset_group == sha256(ORIGIN.encode()).digest()


def test_pointers_chain_the_transactions_of_a_device(make_record: Callable[..., Record]) -> None:
    second = make_record(seq=2, prev=RECORD.hash)
    first_sent = export(RECORD)
    second_sent = export(second, first_sent)
    third_sent = export(make_record(seq=3, prev=second.hash), second_sent)
    assert second_sent.content.previous == Pointer(first_sent.id, first_sent.content.asset.id)
    assert third_sent.content.previous == Pointer(second_sent.id, second_sent.content.asset.id)
    assert bbc1.parse(third_sent.encode()) == third_sent
    third_sent.verify()


def test_a_chain_leaves_no_record_out_and_mixes_no_devices(make_record: Callable[..., Record]) -> None:
    second, first_sent = make_record(seq=2, prev=RECORD.hash), export(RECORD)
    third = make_record(seq=3, prev=second.hash)
    with pytest.raises(UnfitError, match="none left out"):
        export(third, first_sent)
    with pytest.raises(UnfitError, match="none left out"):
        export(RECORD, first_sent)
    for changes, named in (
        ({"asset_group": bbc1.group_of("elsewhere")}, "another building"),
        ({"asset": replace(first_sent.content.asset, user=Id(bytes(32)))}, "another device"),
    ):
        foreign = Transaction(replace(first_sent.content, **changes), first_sent.key, first_sent.signature)
        with pytest.raises(UnfitError, match=named):
            export(second, foreign)


def test_every_kind_of_record_is_exported(make_record: Callable[..., Record]) -> None:
    for kind in (Kind.INTERVAL, Kind.GAP, Kind.EXCEPTION, Kind.TRANSFER):
        told = json.loads(export(make_record(kind=kind)).content.asset.body)
        assert told["kind"] == kind.name.lower()


# --- What is not exported ------------------------------------------------------------------------------------------


def test_only_a_p256_key_signs() -> None:
    with pytest.raises(UnfitError, match="P-256"):
        bbc1.export(RECORD, INDEX, Ed25519Signer.generate(), None)


def test_an_integer_that_readers_of_json_round_is_refused(make_record: Callable[..., Record]) -> None:
    largest = 2**53 - 1
    assert export(make_record(exported=Register(0, largest)))
    with pytest.raises(UnfitError, match="9007199254740992"):
        export(make_record(exported=Register(0, largest + 1)))


def test_a_body_beyond_64_kilobytes_is_refused(make_record: Callable[..., Record]) -> None:
    with pytest.raises(UnfitError, match="at most 65535"):
        export(make_record(evidence=(bytes(32),) * 1000))


# --- Nothing but the very bytes ------------------------------------------------------------------------------------


def accepted(data: bytes) -> bool:
    try:
        bbc1.parse(data).verify()
    except ExportError, EtpError:
        return False
    return True


def test_every_byte_counts() -> None:
    assert accepted(GOLDEN)
    assert [how for how, data in mangled(GOLDEN) if data != GOLDEN and accepted(data)] == []


def test_a_signature_of_another_key_is_refused() -> None:
    made, other = export(RECORD), Es256Signer.generate()
    signature = other.sign(made.content.to_be_signed())
    with pytest.raises(SignatureError):
        Transaction(made.content, made.key, signature).verify()
    with pytest.raises(MalformedError, match="not the user of the key"):
        Transaction(made.content, other.public, signature).verify()


def test_the_other_form_of_a_signature_is_refused() -> None:
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    made = export(RECORD)
    twin = made.signature[:32] + (order - int.from_bytes(made.signature[32:])).to_bytes(32)
    with pytest.raises(SignatureError, match="larger of its two s"):
        Transaction(made.content, made.key, twin).verify()


@pytest.mark.parametrize(
    ("at", "value", "named"),
    [
        (0, b"\x10\x00", "format is 16"),
        (2, b"\x01", "version is 1"),
        (14, b"\x08", "length of ids is 8"),
        (16, b"\x01", "number of events is 1"),
        (18, b"\x01", "number of references is 1"),
        (20, b"\x02", "number of relations is 2"),
        (60, b"\x02", "2 pointers"),
        (len(GOLDEN) - 149, b"\x01", "number of cross references is 1"),
        (len(GOLDEN) - 147, b"\x00", "number of signatures is 0"),
        (len(GOLDEN) - 141, b"\x01", "type of key is 1"),
    ],
)
def test_a_transaction_of_another_shape_is_refused_by_name(at: int, value: bytes, named: str) -> None:
    data = GOLDEN[:at] + value + GOLDEN[at + len(value) :]
    with pytest.raises(MalformedError, match=named):
        bbc1.parse(data)


def test_long_input_is_not_read() -> None:
    with pytest.raises(MalformedError, match="are read"):
        bbc1.parse(bytes(100_000))


# --- Round trips ---------------------------------------------------------------------------------------------------

ids = st.binary(min_size=32, max_size=32).map(Id)
unsigned = st.builds(
    Unsigned,
    time_ms=st.integers(0, 2**64 - 1),
    asset_group=ids,
    previous=st.none() | st.builds(Pointer, ids, ids),
    asset=st.builds(
        Asset,
        user=ids,
        nonce=ids,
        file_size=st.integers(1, 2**32 - 1),
        file_digest=ids,
        body=st.binary(max_size=300),
    ),
    witness=st.just(bbc1.user_of_key(EXPORTER.public)),
)


@settings(deadline=None, max_examples=60)
@given(unsigned)
def test_a_transaction_reads_back_as_itself(content: Unsigned) -> None:
    transaction = Transaction(content, EXPORTER.public, EXPORTER.sign(content.to_be_signed()))
    read = bbc1.parse(transaction.encode())
    assert read == transaction
    read.verify()


@settings(deadline=None, max_examples=100)
@given(st.data())
def test_no_bytes_raise_anything_but_ours(data: st.DataObject) -> None:
    mutated = bytearray(GOLDEN)
    for _ in range(data.draw(st.integers(0, 3))):
        begin = data.draw(st.integers(0, len(mutated)))
        end = data.draw(st.integers(begin, min(begin + 8, len(mutated))))
        mutated[begin:end] = data.draw(st.binary(max_size=12))
    assert accepted(bytes(mutated)) == (bytes(mutated) == GOLDEN)


# --- Canonical JSON ------------------------------------------------------------------------------------------------

plain: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("abcxyz_", min_size=1), inner, max_size=4),
    max_leaves=12,
)


@settings(deadline=None, max_examples=60)
@given(plain)
def test_canonical_json_reads_back_as_itself_and_has_one_form(value: Any) -> None:
    text = canonical_json(value)
    assert json.loads(text) == value
    assert canonical_json(json.loads(text)) == text


@pytest.mark.parametrize("value", [2**53, -(2**53), [2**53], {"a": {"b": [0, 2**63]}}])
def test_integers_beyond_53_bits_are_not_written(value: Any) -> None:
    with pytest.raises(UnfitError):
        canonical_json(value)
