"""Cosignatures: what is signed is what the specification says, and any change to it is refused."""

from collections.abc import Callable
import importlib.util
import sys
from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given, strategies as st
import pytest

from localvpp.tlog import (
    EMPTY_ROOT,
    Checkpoint,
    Ed25519CosignatureVerifier,
    Ed25519Cosigner,
    Ed25519Signer,
    Ed25519Verifier,
    FormatError,
    Hash,
    MldsaCosignatureVerifier,
    MldsaCosigner,
    NoteSignature,
    SignatureError,
    SignatureType,
    SignerKey,
    Subtree,
    TimedSignature,
    UnsupportedError,
    VerifierKey,
    cosign,
    cosignature_time,
    cosigned_subtree,
    cosigned_text,
    keys,
    make_cosigner,
    make_verifier,
    open_checkpoint,
    select_cosignatures,
    sign_checkpoint,
    sign_note,
)

ORIGIN = "vpp.example/building-7"
NOW = 1_700_000_000
TEXT = Checkpoint(ORIGIN, 5, EMPTY_ROOT).encode()
TYPES = [SignatureType.COSIGNATURE, SignatureType.MLDSA_COSIGNATURE]

type MakeKey = Callable[..., SignerKey]


def test_an_ed25519_cosigner_signs_the_text_that_the_specification_shows() -> None:
    text = b"example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
    assert cosigned_text(1679315147, text) == (
        b"cosignature/v1\n"
        b"time 1679315147\n"
        b"example.com/behind-the-sofa\n"
        b"20852163\n"
        b"CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
    )


def test_the_time_of_the_published_example_is_read() -> None:
    line = NoteSignature.parse(
        "— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZC"
        "B9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA=="
    )
    assert cosignature_time(line) == 1679315147
    assert len(TimedSignature.parse(line.signature).signature) == 64


def test_an_ed25519_cosignature_is_a_time_and_a_signature_that_any_library_verifies(cosigner_key: MakeKey) -> None:
    key = cosigner_key(1)
    raw = Ed25519Cosigner(key).at(NOW).sign(TEXT)
    assert raw[:8] == NOW.to_bytes(8)
    Ed25519PublicKey.from_public_bytes(key.verifier_key.public).verify(raw[8:], cosigned_text(NOW, TEXT))


def test_an_mldsa_cosigner_signs_the_structure_of_the_specification() -> None:
    root = Hash(bytes(range(32)))
    message = cosigned_subtree("witness.example/w1", 1679315147, Subtree("example.com/log", 0, 6, root))
    assert message == (
        b"subtree/v1\n\x00"
        b"\x12witness.example/w1"
        b"\x00\x00\x00\x00\x64\x18\x50\xcb"
        b"\x0fexample.com/log"
        b"\x00\x00\x00\x00\x00\x00\x00\x00"
        b"\x00\x00\x00\x00\x00\x00\x00\x06" + bytes(range(32))
    )


@pytest.mark.parametrize("kind", TYPES)
def test_keys_of_cosigners_are_read_as_they_were_written(kind: SignatureType, cosigner_key: MakeKey) -> None:
    key = cosigner_key(1, kind)
    assert SignerKey.parse(key.encode()) == key
    assert VerifierKey.parse(key.verifier_key.encode()) == key.verifier_key
    assert len(key.verifier_key.public) == (32 if kind is SignatureType.COSIGNATURE else 1312)
    with pytest.raises(FormatError, match="public key has"):
        VerifierKey(key.name, kind, key.verifier_key.public[:-1])
    with pytest.raises(FormatError, match="private key of"):
        SignerKey(key.name, kind, key.seed[:-1])


@pytest.mark.parametrize("kind", TYPES)
def test_a_cosigned_checkpoint_opens_with_log_and_witness(
    kind: SignatureType, cosigner_key: MakeKey, signer: Ed25519Signer, verifier: Ed25519Verifier
) -> None:
    key = cosigner_key(1, kind)
    checkpoint = Checkpoint(ORIGIN, 5, EMPTY_ROOT)
    note = sign_checkpoint(checkpoint, [signer, make_cosigner(key).at(NOW)])
    witness = make_verifier(key.verifier_key)
    opened = open_checkpoint(note, verifier, cosigners=[witness])
    assert opened.checkpoint == checkpoint
    assert opened.note.signed_by(witness)
    assert cosignature_time(opened.note.verified[1]) == NOW
    other = make_verifier(cosigner_key(2, kind).verifier_key)
    assert not open_checkpoint(note, verifier, cosigners=[other]).note.signed_by(other)


@pytest.mark.parametrize("kind", TYPES)
def test_a_cosignature_with_any_byte_changed_is_refused(kind: SignatureType, cosigner_key: MakeKey) -> None:
    key = cosigner_key(1, kind)
    witness = make_verifier(key.verifier_key)
    raw = make_cosigner(key).at(NOW).sign(TEXT)
    assert witness.verify(TEXT, raw)
    for place in range(len(raw)):
        assert not witness.verify(TEXT, raw[:place] + bytes([raw[place] ^ 1]) + raw[place + 1 :]), place
    for place in range(len(TEXT)):
        assert not witness.verify(TEXT[:place] + bytes([TEXT[place] ^ 1]) + TEXT[place + 1 :], raw), place
    for wrong in (b"", raw[:8], raw[:-1], raw + b"\0", bytes(len(raw)), b"\xff" * len(raw)):
        assert not witness.verify(TEXT, wrong)


@pytest.mark.parametrize("kind", TYPES)
def test_a_time_beyond_63_bits_is_refused_though_it_is_signed(
    kind: SignatureType, cosigner_key: MakeKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = cosigner_key(1, kind)
    monkeypatch.setattr("localvpp.tlog.cosignature.MAX_NUMBER", 2**64 - 1)
    raw = make_cosigner(key).at(2**63).sign(TEXT)
    assert make_verifier(key.verifier_key).verify(TEXT, raw)
    monkeypatch.undo()
    assert not make_verifier(key.verifier_key).verify(TEXT, raw)


@pytest.mark.parametrize("kind", TYPES)
def test_checkpoints_are_cosigned_at_a_time_and_nothing_else_is(kind: SignatureType, cosigner_key: MakeKey) -> None:
    witness = make_cosigner(cosigner_key(1, kind))
    for time in (0, -1, 2**63):
        with pytest.raises(FormatError, match="set the clock"):
            witness.at(time)
    for text in (b"", b"hello\n", TEXT + b"extension\n", TEXT[:-1]):
        with pytest.raises(FormatError):
            witness.at(NOW).sign(text)
        with pytest.raises(FormatError):
            cosign(text, [witness], NOW)


def test_every_cosigner_gives_a_line(cosigner_key: MakeKey) -> None:
    people = [cosigner_key(number, kind) for number, kind in enumerate(TYPES)]
    lines = cosign(TEXT, [make_cosigner(key) for key in people], NOW)
    assert [line.name for line in lines] == [key.name for key in people]
    for key, line in zip(people, lines, strict=True):
        assert make_verifier(key.verifier_key).verify(TEXT, line.signature)


def test_an_ed25519_cosignature_does_not_say_who_signs_and_an_mldsa_one_does() -> None:
    """Why one Ed25519 key must have one name."""
    for kind, believed in zip(TYPES, (True, False), strict=True):
        first, second = (SignerKey(name, kind, bytes(32)) for name in ("vpp.example/w/1", "vpp.example/w/2"))
        raw = make_cosigner(first).at(NOW).sign(TEXT)
        assert make_verifier(second.verifier_key).verify(TEXT, raw) is believed
        assert first.verifier_key.key_id != second.verifier_key.key_id


def test_a_subtree_is_cosigned_without_a_time_and_believed_as_that_subtree_only(cosigner_key: MakeKey) -> None:
    key = cosigner_key(1, SignatureType.MLDSA_COSIGNATURE)
    witness = MldsaCosignatureVerifier(key.verifier_key)
    subtree = Subtree(ORIGIN, 8, 13, EMPTY_ROOT)
    raw = MldsaCosigner(key).sign_subtree(subtree)
    assert TimedSignature.parse(raw).time == 0
    assert witness.verify_subtree(subtree, raw)
    for other in (
        Subtree(ORIGIN, 8, 12, EMPTY_ROOT),
        Subtree(ORIGIN, 0, 13, EMPTY_ROOT),
        Subtree(ORIGIN + "x", 8, 13, EMPTY_ROOT),
        Subtree(ORIGIN, 8, 13, Hash(bytes(32))),
    ):
        assert not witness.verify_subtree(other, raw)
    # With a time it would claim that it is the newest tree.
    assert not witness.verify_subtree(subtree, NOW.to_bytes(8) + raw[8:])
    with pytest.raises(FormatError, match="with the time 0"):
        cosigned_subtree(key.name, NOW, subtree)


@pytest.mark.parametrize(
    ("start", "end", "root", "why"),
    [
        (7, 9, EMPTY_ROOT, "not a subtree"),
        (-8, 0, EMPTY_ROOT, "not a subtree"),
        (0, 2**63, EMPTY_ROOT, "not a subtree"),
        (0, 1, Hash(b"short"), "32 bytes"),
    ],
)
def test_impossible_subtrees_cannot_be_made(start: int, end: int, root: Hash, why: str) -> None:
    with pytest.raises(FormatError, match=why):
        Subtree(ORIGIN, start, end, root)


def test_names_too_long_for_mldsa_are_refused_and_not_cut() -> None:
    long_name = SignerKey("w" * 256, SignatureType.MLDSA_COSIGNATURE, bytes(32))
    with pytest.raises(FormatError, match="cosigner's name has from 1 to 255 bytes, not 256"):
        MldsaCosigner(long_name).at(NOW).sign(TEXT)
    far = Checkpoint("建" * 86, 5, EMPTY_ROOT).encode()
    key = SignerKey("w", SignatureType.MLDSA_COSIGNATURE, bytes(32))
    with pytest.raises(FormatError, match="log's origin has from 1 to 255 bytes, not 258"):
        MldsaCosigner(key).at(NOW).sign(far)
    assert not MldsaCosignatureVerifier(key.verifier_key).verify(far, bytes(2428))


def test_keys_of_another_type_are_refused(cosigner_key: MakeKey, signer_key: SignerKey) -> None:
    ed25519, mldsa = (cosigner_key(1, kind) for kind in TYPES)
    for key in (mldsa, signer_key):
        with pytest.raises(FormatError, match="not COSIGNATURE"):
            Ed25519Cosigner(key)
        with pytest.raises(FormatError, match="not COSIGNATURE"):
            Ed25519CosignatureVerifier(key.verifier_key)
    with pytest.raises(FormatError, match="not MLDSA_COSIGNATURE"):
        MldsaCosigner(ed25519)
    with pytest.raises(FormatError, match="not MLDSA_COSIGNATURE"):
        MldsaCosignatureVerifier(ed25519.verifier_key)
    with pytest.raises(FormatError, match="0x04 or 0x06"):
        make_cosigner(signer_key)
    assert isinstance(make_verifier(signer_key.verifier_key), Ed25519Verifier)


@given(st.integers(0, 2**63 - 1), st.binary(min_size=1, max_size=80))
def test_timed_signatures_are_read_as_they_were_written(time: int, signature: bytes) -> None:
    timed = TimedSignature(time, signature)
    assert TimedSignature.parse(timed.encode()) == timed


def test_bytes_that_are_no_timed_signature_are_refused() -> None:
    for raw in (b"", bytes(8)):
        with pytest.raises(FormatError, match="no signature"):
            TimedSignature.parse(raw)
    with pytest.raises(FormatError, match="from 0 to"):
        TimedSignature.parse(b"\x80" + bytes(8))
    with pytest.raises(FormatError, match="not empty"):
        TimedSignature(1, b"")
    with pytest.raises(FormatError, match="from 0 to"):
        TimedSignature(-1, b"x")


# --- Publishing ---------------------------------------------------------------------------------------------


def test_the_first_right_cosignatures_in_the_order_of_the_policy_are_published(
    cosigner_key: MakeKey, signer: Ed25519Signer, verifier: Ed25519Verifier
) -> None:
    people = [cosigner_key(number) for number in range(20)]
    verifiers = [make_verifier(key.verifier_key) for key in people]
    answers = list(cosign(TEXT, [make_cosigner(key) for key in reversed(people)], NOW))
    wrong = cosign(Checkpoint(ORIGIN, 6, EMPTY_ROOT).encode(), [make_cosigner(people[3])], NOW)
    unknown = cosign(TEXT, [make_cosigner(cosigner_key(99))], NOW)
    answers = [*wrong, *unknown, *(line for line in answers if line.name != people[3].name)]
    chosen = select_cosignatures(TEXT, answers, verifiers)
    expected = [key.name for number, key in enumerate(people) if number != 3][:16]
    assert [line.name for line in chosen] == expected
    opened = open_checkpoint(sign_note(TEXT, [signer], chosen), verifier, cosigners=verifiers)
    assert len(opened.note.verified) == 17
    # The wrong line would have made every reader refuse the note.
    with pytest.raises(SignatureError):
        open_checkpoint(sign_note(TEXT, [signer], [*chosen, *wrong]), verifier, cosigners=verifiers)


def test_a_wrong_answer_does_not_hide_the_right_one_and_a_witness_counts_once(cosigner_key: MakeKey) -> None:
    key = cosigner_key(1)
    later = cosign(TEXT, [make_cosigner(key)], NOW + 1)[0]
    right = cosign(TEXT, [make_cosigner(key)], NOW)[0]
    wrong = NoteSignature(right.name, right.key_id, right.signature[:-1] + b"\0")
    verifiers = [make_verifier(key.verifier_key)]
    assert select_cosignatures(TEXT, [wrong, right, later], verifiers) == (right,)
    assert select_cosignatures(TEXT, [wrong], verifiers) == ()
    assert select_cosignatures(TEXT, [right], verifiers, count=0) == ()


# --- A machine without ML-DSA -------------------------------------------------------------------------------


class _WithoutMldsa:
    """A cryptography package whose library lacks ML-DSA: it says so at the first use."""

    class MLDSA44PublicKey:
        @staticmethod
        def from_public_bytes(data: bytes) -> Any:
            raise UnsupportedAlgorithm("ML-DSA-44 is not supported by this version of OpenSSL")

    class MLDSA44PrivateKey:
        @staticmethod
        def from_seed_bytes(data: bytes) -> Any:
            raise UnsupportedAlgorithm("ML-DSA-44 is not supported by this version of OpenSSL")


def test_a_machine_that_cannot_compute_a_key_says_so(cosigner_key: MakeKey, monkeypatch: pytest.MonkeyPatch) -> None:
    key = cosigner_key(1, SignatureType.MLDSA_COSIGNATURE)
    private, public = key.encode(), key.verifier_key.encode()
    monkeypatch.setattr(keys, "mldsa", _WithoutMldsa)
    with pytest.raises(UnsupportedError, match="install cryptography 50 or newer"):
        VerifierKey.parse(public)
    with pytest.raises(UnsupportedError, match="install cryptography 50 or newer"):
        SignerKey.parse(private)
    monkeypatch.undo()
    assert VerifierKey.parse(public) == key.verifier_key


def test_a_package_from_before_the_key_says_so(cosigner_key: MakeKey, monkeypatch: pytest.MonkeyPatch) -> None:
    key = cosigner_key(1, SignatureType.MLDSA_COSIGNATURE)
    monkeypatch.setitem(sys.modules, "cryptography.hazmat.primitives.asymmetric.mldsa", None)
    monkeypatch.delattr("cryptography.hazmat.primitives.asymmetric.mldsa")
    spec = importlib.util.spec_from_file_location("localvpp.tlog.keys_of_an_older_machine", keys.__file__)
    assert spec is not None
    assert spec.loader is not None
    older: Any = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, spec.name, older)
    spec.loader.exec_module(older)
    with pytest.raises(UnsupportedError, match="install cryptography 50 or newer"):
        older.VerifierKey.parse(key.verifier_key.encode())
    with pytest.raises(UnsupportedError, match="install cryptography 50 or newer"):
        older.SignerKey.parse(key.encode())
    plain = cosigner_key(1)
    assert older.SignerKey.parse(plain.encode()).verifier_key.encode() == plain.verifier_key.encode()
