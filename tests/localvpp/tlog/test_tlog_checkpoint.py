"""Checkpoints and carried proofs: strict in what they are, refused for any change."""

import base64
from collections.abc import Callable
from hashlib import sha256
from typing import Any

from hypothesis import given, strategies as st
import pytest

from localvpp.tlog import (
    EMPTY_ROOT,
    Checkpoint,
    Ed25519Signer,
    Ed25519Verifier,
    FormatError,
    Hash,
    ProofError,
    SignatureError,
    SignatureType,
    SignerKey,
    TlogError,
    TlogProof,
    make_proof,
    open_checkpoint,
    sign_checkpoint,
    sign_note,
    verify_proof,
)

ORIGIN = "vpp.example/building-7"
ROOT = base64.b64encode(EMPTY_ROOT).decode()


@given(
    st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1),
    st.integers(0, 2**63 - 1),
    st.binary(min_size=32, max_size=32),
)
def test_checkpoints_are_read_as_they_were_written(origin: str, size: int, root: bytes) -> None:
    checkpoint = Checkpoint(origin, size, Hash(root))
    assert Checkpoint.parse(checkpoint.encode()) == checkpoint


def test_a_published_checkpoint_text_is_read() -> None:
    text = b"example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
    checkpoint = Checkpoint.parse(text)
    assert (checkpoint.origin, checkpoint.size) == ("example.com/behind-the-sofa", 20852163)
    assert checkpoint.encode() == text


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (f"{ORIGIN}\n01\n{ROOT}\n", "leading zeros"),
        (f"{ORIGIN}\n+1\n{ROOT}\n", "decimal"),
        (f"{ORIGIN}\n-1\n{ROOT}\n", "decimal"),
        (f"{ORIGIN}\n 1\n{ROOT}\n", "decimal"),
        (f"{ORIGIN}\n1_0\n{ROOT}\n", "decimal"),
        (f"{ORIGIN}\n１\n{ROOT}\n", "decimal"),
        (f"{ORIGIN}\n\n{ROOT}\n", "decimal"),
        (f"{ORIGIN}\n{2**63}\n{ROOT}\n", "decimal"),
        (f"{ORIGIN}\n{'9' * 5000}\n{ROOT}\n", "decimal"),
        (f"\n1\n{ROOT}\n", "origin"),
        (f"{ORIGIN}\n1\n{ROOT[:-1]}\n", "base64"),
        (f"{ORIGIN}\n1\n{ROOT[:-2]}V=\n", "base64"),
        (f"{ORIGIN}\n1\nAAAA\n", "32 bytes"),
        (f"{ORIGIN}\n1\n\n", "32 bytes"),
        (f"{ORIGIN}\n1\n{ROOT}", "three lines"),
        (f"{ORIGIN}\n1\n", "three lines"),
        (f"{ORIGIN}\n1\n{ROOT}\nextension\n", "extension"),
        (f"{ORIGIN}\n1\n{ROOT}\n\n", "extension"),
        (f"{ORIGIN}\n1\n{ROOT}\nextension", "three lines"),
    ],
)
def test_texts_that_are_no_checkpoint_are_refused(text: str, why: str) -> None:
    with pytest.raises(FormatError, match=why):
        Checkpoint.parse(text.encode())


def test_a_checkpoint_that_is_not_utf8_is_refused() -> None:
    with pytest.raises(FormatError, match="UTF-8"):
        Checkpoint.parse(b"\xff\n1\n" + ROOT.encode() + b"\n")


def test_impossible_checkpoints_cannot_be_made() -> None:
    for origin in ("", "two\nlines", "a\x00"):
        with pytest.raises(FormatError, match="origin"):
            Checkpoint(origin, 0, EMPTY_ROOT)
    for size in (-1, 2**63):
        with pytest.raises(FormatError, match="size"):
            Checkpoint(ORIGIN, size, EMPTY_ROOT)
    with pytest.raises(FormatError, match="root"):
        Checkpoint(ORIGIN, 0, Hash(b"short"))


def test_only_the_logs_own_key_and_origin_open_its_checkpoint(signer: Ed25519Signer, verifier: Ed25519Verifier) -> None:
    checkpoint = Checkpoint(ORIGIN, 5, EMPTY_ROOT)
    signed = sign_checkpoint(checkpoint, [signer])
    assert open_checkpoint(signed, verifier).checkpoint == checkpoint
    with pytest.raises(SignatureError, match=r"not of 'vpp\.example/other'"):
        open_checkpoint(signed, verifier, origin="vpp.example/other")
    other = sign_checkpoint(Checkpoint("vpp.example/other", 5, EMPTY_ROOT), [signer])
    with pytest.raises(SignatureError, match=r"of the log 'vpp\.example/other'"):
        open_checkpoint(other, verifier)
    assert open_checkpoint(other, verifier, origin="vpp.example/other").checkpoint.size == 5


def test_a_witness_cannot_speak_for_the_log(signer: Ed25519Signer, verifier: Ed25519Verifier) -> None:
    witness_key = SignerKey("witness.example", SignatureType.ED25519, sha256(b"w").digest())
    witness, witness_verifier = Ed25519Signer(witness_key), Ed25519Verifier(witness_key.verifier_key)
    checkpoint = Checkpoint(ORIGIN, 5, EMPTY_ROOT)
    with pytest.raises(SignatureError, match="not signed by its log's key"):
        open_checkpoint(sign_checkpoint(checkpoint, [witness]), verifier, cosigners=[witness_verifier])
    opened = open_checkpoint(sign_checkpoint(checkpoint, [signer, witness]), verifier, cosigners=[witness_verifier])
    assert opened.note.signed_by(witness_verifier)


def test_another_key_with_the_logs_name_cannot_speak_for_the_log(verifier: Ed25519Verifier) -> None:
    namesake_key = SignerKey(ORIGIN, SignatureType.ED25519, sha256(b"another key").digest())
    namesake = Ed25519Verifier(namesake_key.verifier_key)
    signed = sign_checkpoint(Checkpoint(ORIGIN, 5, EMPTY_ROOT), [Ed25519Signer(namesake_key)])
    with pytest.raises(SignatureError, match="not signed by its log's key"):
        open_checkpoint(signed, verifier, cosigners=[namesake])
    assert open_checkpoint(signed, namesake).checkpoint.size == 5


def test_a_signed_note_that_is_no_checkpoint_is_refused(signer: Ed25519Signer, verifier: Ed25519Verifier) -> None:
    with pytest.raises(FormatError):
        open_checkpoint(sign_note(b"hello\n", [signer]), verifier)


def test_a_signed_checkpoint_with_any_bit_changed_is_refused(signer: Ed25519Signer, verifier: Ed25519Verifier) -> None:
    signed = sign_checkpoint(Checkpoint(ORIGIN, 20852163, EMPTY_ROOT), [signer])
    for bit in range(len(signed) * 8):
        wrong = bytearray(signed)
        wrong[bit // 8] ^= 1 << bit % 8
        with pytest.raises(TlogError):
            open_checkpoint(bytes(wrong), verifier)
    for end in range(len(signed)):
        with pytest.raises(TlogError):
            open_checkpoint(signed[:end], verifier)
    assert open_checkpoint(signed, verifier).checkpoint.size == 20852163


@pytest.fixture
def proof(make_tree: Callable[[int], Any], signer: Ed25519Signer) -> TlogProof:
    """Proof that `record 7` is entry 7 of 13."""
    tree = make_tree(13)
    signed = sign_checkpoint(Checkpoint(ORIGIN, 13, tree.root), [signer])
    return make_proof(13, 7, tree.hashes, signed)


def test_a_proof_proves_its_entry_and_no_other(proof: TlogProof, verifier: Ed25519Verifier) -> None:
    read = TlogProof.parse(proof.encode())
    assert read == proof
    assert verify_proof(read, b"record 7", verifier).checkpoint.size == 13
    for other in (b"record 6", b"record 70", b""):
        with pytest.raises(ProofError, match="entry 7 is not in the tree"):
            verify_proof(read, other, verifier)


def test_a_proof_reads_as_the_specification_draws_it(proof: TlogProof) -> None:
    lines = proof.encode().decode().split("\n")
    assert lines[:2] == ["c2sp.org/tlog-proof@v1", "index 7"]
    assert [base64.b64decode(line) for line in lines[2:6]] == list(proof.path)
    assert lines[6:9] == ["", ORIGIN, "13"]
    with_extra = TlogProof(index=7, path=proof.path, checkpoint=proof.checkpoint, extra=b"salt")
    assert with_extra.encode().split(b"\n")[1] == b"extra c2FsdA=="
    assert TlogProof.parse(with_extra.encode()) == with_extra


def test_a_proof_with_any_bit_changed_or_cut_off_is_refused(proof: TlogProof, verifier: Ed25519Verifier) -> None:
    text = proof.encode()
    for bit in range(len(text) * 8):
        wrong = bytearray(text)
        wrong[bit // 8] ^= 1 << bit % 8
        with pytest.raises(TlogError):
            verify_proof(TlogProof.parse(bytes(wrong)), b"record 7", verifier)
    for end in range(len(text)):
        with pytest.raises(TlogError):
            verify_proof(TlogProof.parse(text[:end]), b"record 7", verifier)
    verify_proof(TlogProof.parse(text), b"record 7", verifier)


def test_the_only_entry_of_a_log_is_proven_without_a_path(
    make_tree: Callable[[int], Any], signer: Ed25519Signer, verifier: Ed25519Verifier
) -> None:
    tree = make_tree(1)
    proof = make_proof(1, 0, tree.hashes, sign_checkpoint(Checkpoint(ORIGIN, 1, tree.root), [signer]))
    assert proof.path == ()
    assert TlogProof.parse(proof.encode()) == proof
    verify_proof(proof, b"record 0", verifier)


def test_a_proof_beyond_its_checkpoint_is_refused(proof: TlogProof, verifier: Ed25519Verifier) -> None:
    beyond = TlogProof(index=13, path=proof.path, checkpoint=proof.checkpoint)
    with pytest.raises(ProofError, match="has 13 entries"):
        verify_proof(beyond, b"record 7", verifier)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"index": -1}, "index"),
        ({"index": 2**63}, "index"),
        ({"path": (EMPTY_ROOT,) * 64}, "path"),
        ({"path": (Hash(b"short"),)}, "path"),
        ({"checkpoint": b""}, "checkpoint"),
        ({"extra": b""}, "extra"),
        ({"extra": bytes(65_537)}, "extra"),
    ],
)
def test_impossible_proofs_cannot_be_made(change: dict[str, Any], why: str) -> None:
    good: dict[str, Any] = {"index": 0, "path": (), "checkpoint": b"checkpoint"}
    assert TlogProof(**good).extra is None
    with pytest.raises(FormatError, match=why):
        TlogProof(**(good | change))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "an empty line before its checkpoint"),
        ("c2sp.org/tlog-proof@v2\nindex 0\n\ncheckpoint", "starts with the line 'c2sp.org/tlog-proof@v1'"),
        ("c2sp.org/tlog-proof@v1\r\nindex 0\r\n\ncheckpoint", "starts with the line 'c2sp.org/tlog-proof@v1'"),
        ("c2sp.org/tlog-proof@v1\n\ncheckpoint", "a line 'index'"),
        ("c2sp.org/tlog-proof@v1\nindex\n\ncheckpoint", "a line 'index'"),
        ("c2sp.org/tlog-proof@v1\nindex 00\n\ncheckpoint", "without leading zeros, not '00'"),
        ("c2sp.org/tlog-proof@v1\nindex 0\n\n", "checkpoint has from 1 to 1000000 bytes, not 0"),
        ("c2sp.org/tlog-proof@v1\nextra \nindex 0\n\ncheckpoint", "extra data has from 1 to 65536 bytes, not 0"),
        ("c2sp.org/tlog-proof@v1\nextra c2FsdB==\nindex 0\n\ncheckpoint", "extra data is not canonical base64"),
        ("c2sp.org/tlog-proof@v1\nindex 0\nextra c2FsdA==\n\ncheckpoint", "a hash of the proof's path is not base64"),
        ("c2sp.org/tlog-proof@v1\nindex 0\nAAAA\n\ncheckpoint", "a hash has 32 bytes, not 3"),
        ("c2sp.org/tlog-proof@v1\nindex 0\n" + f"{ROOT}\n" * 64 + "\ncheckpoint", "at most 63 hashes, not 64"),
        ("c2sp.org/tlog-proof@v1\nindex 0\nä\n\ncheckpoint", "not ASCII"),
        ("x" * 2_000_000, "a proof of 2000000 bytes is larger"),
    ],
)
def test_texts_that_are_no_proof_are_refused_with_their_reason(text: str, why: str) -> None:
    with pytest.raises(FormatError, match=why):
        TlogProof.parse(text.encode())


@given(
    st.integers(0, 2**63 - 1),
    st.lists(st.binary(min_size=32, max_size=32).map(Hash), max_size=5),
    st.binary(min_size=1, max_size=60),
    st.none() | st.binary(min_size=1, max_size=60),
)
def test_proofs_are_read_as_they_were_written(
    index: int, path: list[Hash], checkpoint: bytes, extra: bytes | None
) -> None:
    proof = TlogProof(index=index, path=tuple(path), checkpoint=checkpoint, extra=extra)
    assert TlogProof.parse(proof.encode()) == proof
