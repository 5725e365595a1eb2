"""A receipt proves what the log's own proof says, its size and index with it, and nothing when one byte is another."""

from typing import Any

import cbor2
from hypothesis import given, settings, strategies as st
import pytest

from localvpp.etp import (
    BadKeyError,
    Ed25519Signer,
    EncodingError,
    Es256Signer,
    EtpError,
    Signer,
    parse_envelope,
)
from localvpp.export import ExportError, MalformedError, receipt
from localvpp.tlog import (
    Checkpoint,
    Ed25519Verifier,
    ProofError,
    SignatureType,
    SignerKey,
    TlogError,
    VerifierKey,
    leaf_hash,
)

from ..place import ORIGIN
from .conftest import ENTRY, FLAT, INDEX, LOG, LOG_SEED, RECORD, Tree, grow, mangled

# --- Golden bytes: the record in a log of seven entries; scitt-cose 0.5.0 verifies them --------------------------

PROTECTED = bytes.fromhex(
    "a4"
    "0127"  # EdDSA
    "044824f6ed6acbfe1009"  # key id
    "0fa3"  # claims
    "01781a7670702e6578616d706c652f73616b7572612d68656967687473"  # issuer: the log's origin
    "02781a7670702e6578616d706c652f73616b7572612d68656967687473"  # subject: the statement's
    "3a0001000007"  # of a tree of 7 (-65537)
    "19018b01"  # RFC9162_SHA256 (395)
)
GOLDEN = (
    bytes.fromhex("d2845853")
    + PROTECTED
    + bytes.fromhex(
        "a119018ca1"  # proofs (396)
        "2081586a83"  # one of inclusion (-1)
        "0704"  # of entry 4 in a tree of 7
        "83"
        "58209ff537b618a257ef82908c45915acbaeb6d9dea035d6d93964fc88c19e98c8b3"
        "5820be15781b628a28414c1c8a11b86db8422fa1041215fe0d7c4496d23cda1e4142"
        "58209799f307517ef517c2205df9b67762bf34756b20099fb7dfcce76bcebd273b2e"
        "f6"  # the root travels with nobody
        "5840"
        "d788dc64b7e35c5eeeb2def151d98f832f4612c361b4d201ea8be4f96d984395"
        "a27792667e11b901094784976bf41d939fe80af55c9d23760803cdf9d6a1b609"
    )
)


def inclusion(tree: Tree, signer: Signer = LOG) -> bytes:
    return receipt.sign_inclusion(signer, tree.head(7), INDEX, tree.path(INDEX, 7), entry=ENTRY)


def test_golden_receipt(tree: Tree) -> None:
    assert inclusion(tree) == GOLDEN
    assert receipt.parse(GOLDEN).verify_inclusion(ENTRY, LOG.public, ORIGIN) == tree.head(7)


def test_golden_statement() -> None:
    transparent = receipt.attach(ENTRY, [GOLDEN])
    protected_and_before = ENTRY.index(b"\xa0")  # where the unprotected header stood empty
    assert transparent[:protected_and_before] == ENTRY[:protected_and_before]
    assert transparent[protected_and_before:].startswith(bytes.fromhex("a119018a8159010d"))  # 394, one, of 269 bytes
    assert transparent.endswith(ENTRY[protected_and_before + 1 :])


# --- What is proven ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("signer", [LOG, Es256Signer.generate()], ids=["EdDSA", "ES256"])
def test_every_entry_of_every_small_tree_has_its_receipt(signer: Signer) -> None:
    statements = [ENTRY] + [FLAT_STATEMENTS[at] for at in range(6)]
    tree = grow(statements)
    for size in range(1, len(statements) + 1):
        for index in range(size):
            data = receipt.sign_inclusion(
                signer, tree.head(size), index, tree.path(index, size), entry=statements[index]
            )
            parsed = receipt.parse(data)
            assert parsed.proof == receipt.Inclusion(size, index, tuple(tree.path(index, size)))
            assert parsed.verify_inclusion(statements[index], signer.public, ORIGIN) == tree.head(size)
            with pytest.raises(EtpError, match="signature"):
                parsed.verify_inclusion(statements[index - 1] + b"\0", signer.public, ORIGIN)


FLAT_STATEMENTS = [RECORD.envelope.sign(Ed25519Signer(bytes([at]) * 32), ORIGIN) for at in range(1, 7)]


def test_every_growth_of_every_small_tree_has_its_receipt(tree: Tree) -> None:
    for new in range(1, 8):
        for old in range(1, new + 1):
            data = receipt.sign_consistency(LOG, tree.head(old), tree.head(new), tree.growth(old, new))
            assert receipt.parse(data).verify_consistency(tree.head(old), LOG.public) == tree.head(new)
            forged = Checkpoint(ORIGIN, old, leaf_hash(b"another past"))
            with pytest.raises((ProofError, EtpError)):
                receipt.parse(data).verify_consistency(forged, LOG.public)


def test_a_proof_for_another_size_of_the_same_shape_is_refused(tree: Tree) -> None:
    # Entry 4 has the same siblings on the same sides in trees of 7 and of 8: only the signed size tells them apart.
    path = tuple(tree.path(INDEX, 7))
    protected, _, _, signature = cbor2.loads(GOLDEN).value
    for size, index in ((8, 4), (8, 5), (6, 4), (2**62, 4)):
        proof = cbor2.dumps([size, index, list(path)])
        moved = cbor2.dumps(cbor2.CBORTag(18, [protected, {396: {-1: [proof]}}, None, signature]))
        with pytest.raises(MalformedError, match="its header says 7"):
            receipt.parse(moved)


def test_a_receipt_is_of_one_log_one_key_and_one_kind(tree: Tree) -> None:
    grown = receipt.parse(receipt.sign_consistency(LOG, tree.head(3), tree.head(7), tree.growth(3, 7)))
    included = receipt.parse(GOLDEN)
    with pytest.raises(EtpError, match="is of the log"):
        included.verify_inclusion(ENTRY, LOG.public, "vpp.example/next-door")
    with pytest.raises(EtpError, match="expected"):
        included.verify_inclusion(ENTRY, FLAT.public, ORIGIN)
    with pytest.raises(EtpError, match="expected"):
        grown.verify_consistency(tree.head(3), FLAT.public)
    with pytest.raises(MalformedError, match="not inclusion"):
        grown.verify_inclusion(ENTRY, LOG.public, ORIGIN)
    with pytest.raises(MalformedError, match="not consistency"):
        included.verify_consistency(tree.head(7), LOG.public)
    with pytest.raises(MalformedError, match="begins at 3"):
        grown.verify_consistency(tree.head(4), LOG.public)


def test_what_is_not_in_the_log_gets_no_receipt(tree: Tree) -> None:
    other = FLAT_STATEMENTS[0]
    for entry, index, size in ((other, INDEX, 7), (ENTRY, INDEX - 1, 7), (ENTRY, INDEX, 6)):
        with pytest.raises(ProofError):
            receipt.sign_inclusion(LOG, tree.head(size), index, tree.path(INDEX, 7), entry=entry)
    with pytest.raises(EtpError, match="not a tagged COSE_Sign1"):
        receipt.sign_inclusion(LOG, tree.head(7), 0, tree.path(0, 7), entry=b"entry 0")
    forged = Checkpoint(ORIGIN, 7, leaf_hash(b"forged"))
    with pytest.raises(ProofError):
        receipt.sign_consistency(LOG, tree.head(3), forged, tree.growth(3, 7))
    with pytest.raises(ProofError, match="two logs"):
        receipt.sign_consistency(LOG, Checkpoint("elsewhere", 3, tree.head(3).root), tree.head(7), tree.growth(3, 7))
    with pytest.raises(ProofError, match="empty tree"):
        receipt.sign_consistency(LOG, tree.head(0), tree.head(7), [])


def test_a_receipts_signature_is_none_on_a_checkpoint_though_one_key_makes_both(tree: Tree) -> None:
    verifier = Ed25519Verifier(VerifierKey(ORIGIN, SignatureType.ED25519, LOG.public.data))
    assert SignerKey(ORIGIN, SignatureType.ED25519, LOG_SEED).verifier_key.public == LOG.public.data
    signature = receipt.parse(GOLDEN).signature
    assert not verifier.verify(tree.head(7).encode(), signature)


# --- Nothing but the very bytes ---------------------------------------------------------------------------------


def accepted(data: bytes) -> bool:
    try:
        receipt.parse(data).verify_inclusion(ENTRY, LOG.public, ORIGIN)
    except ExportError, EtpError, TlogError:
        return False
    return True


def test_every_byte_of_a_receipt_counts() -> None:
    assert accepted(GOLDEN)
    assert [how for how, data in mangled(GOLDEN) if data != GOLDEN and accepted(data)] == []


@settings(deadline=None, max_examples=100)
@given(st.data())
def test_no_bytes_raise_anything_but_ours(data: st.DataObject) -> None:
    whole = receipt.attach(ENTRY, [GOLDEN])
    mutated = bytearray(whole)
    for _ in range(data.draw(st.integers(0, 3))):
        begin = data.draw(st.integers(0, len(mutated)))
        end = data.draw(st.integers(begin, min(begin + 8, len(mutated))))
        mutated[begin:end] = data.draw(st.binary(max_size=12))
    try:
        statement, receipts = receipt.detach(bytes(mutated))
        parse_envelope(statement).statement.verify(FLAT.public)
        assert receipts
        for each in receipts:
            receipt.parse(each).verify_inclusion(statement, LOG.public, ORIGIN)
    except ExportError, EtpError, TlogError:
        assert bytes(mutated) != whole
    else:
        assert bytes(mutated) == whole


def rebuilt(**changes: Any) -> bytes:
    """The golden receipt with other parts, encoded as it should be."""
    protected, unprotected, payload, signature = cbor2.loads(GOLDEN).value
    parts = {"protected": protected, "unprotected": unprotected, "payload": payload, "signature": signature} | changes
    return cbor2.dumps(cbor2.CBORTag(18, list(parts.values())), canonical=True)


def header(**changes: Any) -> bytes:
    value = dict(cbor2.loads(PROTECTED)) | {int(key[1:]): item for key, item in changes.items()}
    return cbor2.dumps({key: item for key, item in value.items() if item is not None}, canonical=True)


PROOF = cbor2.dumps([7, INDEX, [bytes(32)] * 3])
CLAIMS = {1: ORIGIN, 2: ORIGIN, -65537: 7}


@pytest.mark.parametrize(
    "changes",
    [
        {"payload": bytes(32)},
        {"payload": b""},
        {"signature": None},
        {"protected": b""},
        {"unprotected": {}},
        {"unprotected": {396: {}}},
        {"unprotected": {396: {-1: []}}},
        {"unprotected": {396: {-1: [PROOF, PROOF]}}},
        {"unprotected": {396: {-1: [PROOF], -2: [PROOF]}}},
        {"unprotected": {396: {-3: [PROOF]}}},
        {"unprotected": {396: {-1: [PROOF]}, 1: 1}},
        {"unprotected": {396.0: {-1: [PROOF]}}},
        {"unprotected": {396: {-1.0: [PROOF]}}},
        {"unprotected": {396: {-1: [7]}}},
        {"unprotected": {396: {-1: [cbor2.dumps([7, INDEX])]}}},
        {"unprotected": {396: {-1: [cbor2.dumps([7, INDEX, [bytes(31)] * 3])]}}},
        {"unprotected": {396: {-1: [cbor2.dumps([7, INDEX, [bytes(32)] * 64])]}}},
        {"unprotected": {396: {-1: [cbor2.dumps([7, -1, [bytes(32)] * 3])]}}},
        {"unprotected": {396: {-1: [cbor2.dumps([2**63, INDEX, [bytes(32)] * 3])]}}},
        {"unprotected": {396: {-1: [cbor2.dumps([7, True, [bytes(32)] * 3])]}}},
        {"unprotected": {396: {-1: [cbor2.dumps([7.0, INDEX, [bytes(32)] * 3])]}}},
        {"unprotected": {396: {-1: [PROOF + b"\0"]}}},
        {"unprotected": {396: {-1: [b"\x9f" + PROOF[1:] + b"\xff"]}}},
        {"protected": header(k1=None)},
        {"protected": header(k4=b"\0" * 7)},
        {"protected": header(k15=None)},
        {"protected": header(k15={1: ORIGIN, 2: ORIGIN})},
        {"protected": header(k15=CLAIMS | {6: 1})},
        {"protected": header(k15=CLAIMS | {-65537: 8})},
        {"protected": header(k395=None)},
        {"protected": header(k395=2)},
        {"protected": header(k395=True)},
        {"protected": header(k2=[395])},
        {"protected": cbor2.dumps({True: -8}) + header()[3:]},
    ],
    ids=str,
)
def test_another_receipt_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(MalformedError):
        receipt.parse(rebuilt(**changes))


def test_an_unknown_algorithm_is_refused_by_its_number() -> None:
    with pytest.raises(BadKeyError, match="-35"):
        receipt.parse(rebuilt(protected=header(k1=-35)))


def test_a_receipt_made_by_hand_is_the_golden_one() -> None:
    assert rebuilt() == GOLDEN
    assert header() == PROTECTED


def test_long_input_is_not_read() -> None:
    with pytest.raises(MalformedError, match="at most 4096"):
        receipt.parse(b"\xd2\x84" + bytes(5000))
    with pytest.raises(MalformedError, match="are read"):
        receipt.detach(b"\xd2\x84" + bytes(80_000))


# --- Transparent statements -------------------------------------------------------------------------------------


def test_detaching_gives_back_the_logged_bytes(tree: Tree) -> None:
    receipts = (GOLDEN, inclusion(tree, Ed25519Signer(bytes(range(64, 96)))))
    for attached in (receipts[:1], receipts):
        transparent = receipt.attach(ENTRY, attached)
        assert receipt.detach(transparent) == (ENTRY, attached)
        with pytest.raises(EncodingError, match="map key 394"):
            parse_envelope(transparent)
    assert receipt.detach(ENTRY) == (ENTRY, ())


@pytest.mark.parametrize(
    "unprotected",
    [{394: []}, {394: [1]}, {394: GOLDEN}, {394: [GOLDEN], 4: b""}, {394.0: [GOLDEN]}, {395: [GOLDEN]}, [GOLDEN]],
    ids=lambda value: str(value)[:12],
)
def test_other_unprotected_headers_are_refused(unprotected: Any) -> None:
    protected, _, payload, signature = cbor2.loads(ENTRY).value
    data = cbor2.dumps(cbor2.CBORTag(18, [protected, unprotected, payload, signature]), canonical=True)
    with pytest.raises(MalformedError):
        receipt.detach(data)


def test_only_receipts_are_attached_and_to_statements_only() -> None:
    with pytest.raises(MalformedError, match="from 1 to 16"):
        receipt.attach(ENTRY, [])
    with pytest.raises(MalformedError, match="from 1 to 16"):
        receipt.attach(ENTRY, [GOLDEN] * 17)
    with pytest.raises(MalformedError, match="receipt"):
        receipt.attach(ENTRY, [ENTRY])
    for no_statement in (b"", GOLDEN, receipt.attach(ENTRY, [GOLDEN])):
        with pytest.raises((EtpError, MalformedError)):
            receipt.attach(no_statement, [GOLDEN])
