"""The witness in conversation: what it signs, what it answers to everything else, and that it never goes back."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from hashlib import sha256
from http import HTTPStatus
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, strategies as st
import pytest

from localvpp.tlog import (
    EMPTY_ROOT,
    MAX_REQUEST_BYTES,
    NO_HEAD,
    AddCheckpoint,
    Answer,
    Checkpoint,
    Cosigned,
    Cosigner,
    Ed25519Signer,
    Ed25519Verifier,
    FormatError,
    Hash,
    MldsaCosigner,
    Note,
    NoteSignature,
    Refused,
    SignatureError,
    SignatureType,
    Signer,
    SignerKey,
    Stale,
    Subtree,
    TimedSignature,
    TlogError,
    WitnessedLog,
    add_checkpoint,
    cosign,
    cosignature_time,
    cosigned_text,
    leaf_hash,
    make_cosigner,
    make_verifier,
    open_checkpoint,
    open_note,
    origin_hash,
    prove_consistency,
    read_answer,
    root,
    sign_checkpoint,
    sign_note,
)

ORIGIN = "vpp.example/building-7"
NOW = 1_700_000_000
LARGEST = 70

type MakeKey = Callable[..., SignerKey]


@dataclass
class Witness:
    """A witness and the log that asks it: what carries the bytes, and keeps the state as the module demands."""

    hashes: Any
    log_signer: Signer
    logs: dict[str, WitnessedLog]
    cosigners: list[Cosigner]
    now: int = NOW
    answers: list[Answer[WitnessedLog]] = field(default_factory=list)

    def checkpoint(self, size: int, root_hash: Hash | None = None) -> bytes:
        head = Checkpoint(ORIGIN, size, root(size, self.hashes) if root_hash is None else root_hash)
        return sign_checkpoint(head, [self.log_signer])

    def request(self, old: int, new: int) -> bytes:
        return AddCheckpoint(old, tuple(prove_consistency(old, new, self.hashes)), self.checkpoint(new)).encode()

    def ask(self, request: bytes) -> Answer[WitnessedLog]:
        answer = add_checkpoint(self.logs, request, self.now, self.cosigners)
        if answer.log is not None:
            self.logs[answer.log.origin] = answer.log
        self.answers.append(answer)
        return answer

    def grow(self, old: int, new: int) -> Answer[WitnessedLog]:
        return self.ask(self.request(old, new))

    @property
    def size(self) -> int:
        return self.logs[ORIGIN].latest.size


@pytest.fixture
def witness(
    make_tree: Callable[[int], Any], signer: Ed25519Signer, signer_key: SignerKey, cosigner_key: MakeKey
) -> Witness:
    known = WitnessedLog(ORIGIN, (signer_key.verifier_key,))
    return Witness(make_tree(LARGEST).hashes, signer, {ORIGIN: known}, [make_cosigner(cosigner_key(1))])


def refused(answer: Answer[WitnessedLog], status: HTTPStatus, why: str) -> None:
    assert (answer.status, answer.log) == (status, None), answer
    assert why in answer.body.decode()
    assert answer.body.endswith(b"\n")
    assert answer.content_type == "text/plain; charset=utf-8"


# --- A log that grows ---------------------------------------------------------------------------------------


def test_a_witness_signs_a_log_that_grows(witness: Witness, verifier: Ed25519Verifier, cosigner_key: MakeKey) -> None:
    key = make_verifier(cosigner_key(1).verifier_key)
    old = 0
    for new in (0, 0, 1, 2, 7, 7, 8, 64, LARGEST):
        witness.now += 1
        answer = witness.grow(old, new)
        assert (answer.status, answer.content_type) == (HTTPStatus.OK, "text/plain; charset=utf-8")
        opened = open_checkpoint(witness.checkpoint(new) + answer.body, verifier, cosigners=[key])
        assert opened.note.signed_by(key)
        assert answer.body.count(b"\n") == 1
        assert witness.size == new
        assert cosignature_time(opened.note.verified[1]) == witness.now
        # What monitors are given says the same.
        served = open_checkpoint(witness.logs[ORIGIN].latest.note, verifier, cosigners=[key])
        assert (served.checkpoint.size, len(served.note.verified)) == (new, 2)
        old = new


def test_a_witness_follows_every_step_of_a_small_log(witness: Witness) -> None:
    for old in range(25):
        for new in range(old, 25):
            known = WitnessedLog(ORIGIN, witness.logs[ORIGIN].keys)
            witness.logs[ORIGIN] = known
            assert witness.grow(0, old).status is HTTPStatus.OK
            assert witness.grow(old, new).status is HTTPStatus.OK


def test_several_keys_of_one_witness_give_several_lines(
    witness: Witness, cosigner_key: MakeKey, verifier: Ed25519Verifier
) -> None:
    keys = [cosigner_key(1), cosigner_key(2, SignatureType.MLDSA_COSIGNATURE)]
    witness.cosigners = [make_cosigner(key) for key in keys]
    answer = witness.grow(0, 5)
    verifiers = [make_verifier(key.verifier_key) for key in keys]
    opened = open_checkpoint(witness.checkpoint(5) + answer.body, verifier, cosigners=verifiers)
    assert [line.name for line in opened.note.verified[1:]] == [key.name for key in keys]


def test_a_log_may_change_its_key(witness: Witness, signer_key: SignerKey) -> None:
    new_key = SignerKey(ORIGIN, SignatureType.ED25519, sha256(b"the log's next key").digest())
    witness.grow(0, 5)
    witness.log_signer = Ed25519Signer(new_key)
    refused(witness.grow(5, 6), HTTPStatus.FORBIDDEN, "no known key has signed")
    witness.logs[ORIGIN] = replace(witness.logs[ORIGIN], keys=(signer_key.verifier_key, new_key.verifier_key))
    assert witness.grow(5, 6).status is HTTPStatus.OK
    witness.log_signer = Ed25519Signer(signer_key)
    assert witness.grow(6, 7).status is HTTPStatus.OK


def test_unknown_signatures_are_neither_in_the_way_nor_passed_on(witness: Witness, cosigner_key: MakeKey) -> None:
    text = Checkpoint(ORIGIN, 5, root(5, witness.hashes)).encode()
    forged = NoteSignature(cosigner_key(1).name, cosigner_key(1).verifier_key.key_id, bytes(72))
    note = sign_note(text, [witness.log_signer], [forged])
    answer = witness.ask(AddCheckpoint(0, (), note).encode())
    assert answer.status is HTTPStatus.OK
    assert answer.log is not None
    served = Note.parse(answer.log.latest.note)
    assert [line.name for line in served.signatures] == [ORIGIN, cosigner_key(1).name]
    assert forged not in served.signatures


def test_a_witness_knows_several_logs_apart(witness: Witness) -> None:
    other_key = SignerKey("vpp.example/sister", SignatureType.ED25519, sha256(b"sister").digest())
    witness.logs["vpp.example/sister"] = WitnessedLog("vpp.example/sister", (other_key.verifier_key,))
    witness.grow(0, 5)
    note = sign_checkpoint(Checkpoint("vpp.example/sister", 1, leaf_hash(b"x")), [Ed25519Signer(other_key)])
    assert witness.ask(AddCheckpoint(0, (), note).encode()).status is HTTPStatus.OK
    assert (witness.size, witness.logs["vpp.example/sister"].latest.size) == (5, 1)
    # A checkpoint of one log under the key of the other.
    crossed = sign_checkpoint(Checkpoint("vpp.example/sister", 2, EMPTY_ROOT), [witness.log_signer])
    refused(witness.ask(AddCheckpoint(1, (), crossed).encode()), HTTPStatus.FORBIDDEN, "no known key has signed")


# --- Refusals, in the order of the specification ------------------------------------------------------------


ROOT_LINE = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="


@pytest.mark.parametrize(
    ("request_text", "why"),
    [
        ("", "empty line before its checkpoint"),
        ("old 0\n", "empty line before its checkpoint"),
        ("\n\n", "line 'old'"),
        ("new 0\n\nx", "line 'old'"),
        ("old\n\nx", "line 'old'"),
        ("old 00\n\nx", "the old size must be a decimal number"),
        ("old -1\n\nx", "the old size must be a decimal number"),
        ("old +1\n\nx", "the old size must be a decimal number"),
        ("old 1 \n\nx", "the old size must be a decimal number"),
        ("old  1\n\nx", "the old size must be a decimal number"),
        ("old 9223372036854775808\n\nx", "the old size must be a decimal number"),
        ("old 1\r\n\nx", "the old size must be a decimal number"),
        (f"old 1\n{ROOT_LINE[:-1]}\n\nx", "is not base64"),
        (f"old 1\n{ROOT_LINE[:-2]}V=\n\nx", "not canonical base64"),
        (f"old 1\n {ROOT_LINE}\n\nx", "is not base64"),
        ("old 1\nAAAA\n\nx", "a hash has 32 bytes"),
        ("old 1\n" + f"{ROOT_LINE}\n" * 64 + "\nx", "at most 63 hashes, not 64"),
        ("old 1\nä\n\nx", "not ASCII"),
        ("old 1\n\n", "a checkpoint has from 1"),
        (f"old 0\n\n{ORIGIN}\n", "an empty line, and signature lines"),
        (f"old 0\n\n{ORIGIN}\n0\n{ROOT_LINE}\n\n", "an empty line, and signature lines"),
        (f"old 0\n\n{ORIGIN}\n0\n{ROOT_LINE}\n\nno signature\n", "— name base64"),
        (f"old 0\n\n{ORIGIN}\n0\n{ROOT_LINE}\n\n— a AAAA\n", "no more than its key id"),
        pytest.param("x" * (MAX_REQUEST_BYTES + 1), "is larger than", id="too large"),
    ],
)
def test_requests_in_the_wrong_form_are_bad(request_text: str, why: str, witness: Witness) -> None:
    refused(witness.ask(request_text.encode()), HTTPStatus.BAD_REQUEST, why)
    assert witness.size == 0


def test_bytes_that_are_no_text_are_bad(witness: Witness) -> None:
    refused(witness.ask(b"old 0\n\n\xff\n0\n"), HTTPStatus.BAD_REQUEST, "not UTF-8")
    refused(witness.ask(b"\xff 0\n\nx\n0\n"), HTTPStatus.BAD_REQUEST, "not ASCII")


def test_an_unknown_log_is_not_found_before_its_signature_is_looked_at(witness: Witness) -> None:
    note = sign_checkpoint(Checkpoint("vpp.example/other", 0, EMPTY_ROOT), [witness.log_signer])
    refused(witness.ask(AddCheckpoint(0, (), note).encode()), HTTPStatus.NOT_FOUND, "'vpp.example/other' is not known")
    unsigned = f"old 7\n\nvpp.example/other\n0\n{ROOT_LINE}\n".encode()
    refused(witness.ask(unsigned), HTTPStatus.NOT_FOUND, "is not known")


def test_a_checkpoint_without_the_logs_signature_is_forbidden(witness: Witness, cosigner_key: MakeKey) -> None:
    text = Checkpoint(ORIGIN, 0, EMPTY_ROOT).encode()
    stranger = Ed25519Signer(SignerKey(ORIGIN, SignatureType.ED25519, bytes(32)))
    answer = witness.ask(AddCheckpoint(0, (), sign_note(text, [stranger])).encode())
    refused(answer, HTTPStatus.FORBIDDEN, "no known key has signed")
    line = cosign(text, [make_cosigner(cosigner_key(1))], NOW)
    answer = witness.ask(AddCheckpoint(0, (), Note(text, line).encode()).encode())
    refused(answer, HTTPStatus.FORBIDDEN, "no known key has signed")
    wrong = NoteSignature(ORIGIN, witness.log_signer.key_id, bytes(64))
    # A wrong signature of a known key makes the note bad, though a right one stands beside it.
    answer = witness.ask(AddCheckpoint(0, (), sign_note(text, [witness.log_signer], [wrong])).encode())
    refused(answer, HTTPStatus.FORBIDDEN, "is wrong")


def test_a_signed_note_that_is_no_checkpoint_is_bad(witness: Witness) -> None:
    for text, why in ((f"{ORIGIN}\n0\n{ROOT_LINE}\nmore\n", "extension"), (f"{ORIGIN}\n00\n{ROOT_LINE}\n", "decimal")):
        note = sign_note(text.encode(), [witness.log_signer])
        refused(witness.ask(AddCheckpoint(0, (), note).encode()), HTTPStatus.BAD_REQUEST, why)


def test_an_old_size_beyond_the_checkpoint_is_bad_before_it_is_a_conflict(witness: Witness) -> None:
    witness.grow(0, 9)
    for old in (9, 50):
        request = AddCheckpoint(old, (), witness.checkpoint(8)).encode()
        refused(witness.ask(request), HTTPStatus.BAD_REQUEST, f"the old size {old} is beyond the checkpoint's size 8")
    assert witness.size == 9


def test_another_old_size_is_a_conflict_that_names_ours(witness: Witness) -> None:
    for old, new in ((1, 1), (5, 9)):
        answer = witness.grow(old, new)
        assert (answer.status, answer.body, answer.content_type) == (HTTPStatus.CONFLICT, b"0\n", "text/x.tlog.size")
    witness.grow(0, 9)
    for old, new in ((0, 0), (0, 9), (0, LARGEST), (8, 8), (8, 9), (10, LARGEST)):
        answer = witness.grow(old, new)
        assert (answer.status, answer.body, answer.content_type) == (HTTPStatus.CONFLICT, b"9\n", "text/x.tlog.size")
        assert answer.log is None
    assert witness.grow(9, LARGEST).status is HTTPStatus.OK


def test_a_conflict_comes_before_the_proof_is_looked_at(witness: Witness) -> None:
    request = AddCheckpoint(5, (EMPTY_ROOT,) * 63, witness.checkpoint(9)).encode()
    assert witness.ask(request).status is HTTPStatus.CONFLICT


def test_a_log_never_shrinks(witness: Witness) -> None:
    witness.grow(0, 9)
    for size in range(9):
        for old in (size, 9):
            request = AddCheckpoint(old, (), witness.checkpoint(size)).encode()
            expected = HTTPStatus.CONFLICT if old == size else HTTPStatus.BAD_REQUEST
            assert witness.ask(request).status is expected
    assert witness.size == 9


def test_the_empty_tree_has_the_empty_root(witness: Witness) -> None:
    note = witness.checkpoint(0, Hash(bytes(32)))
    answer = witness.ask(AddCheckpoint(0, (), note).encode())
    refused(answer, HTTPStatus.UNPROCESSABLE_CONTENT, "the root of the empty tree")
    assert witness.logs[ORIGIN].latest == NO_HEAD


def test_the_proof_from_the_empty_tree_is_empty(witness: Witness) -> None:
    for size in (0, 5):
        request = AddCheckpoint(0, (EMPTY_ROOT,), witness.checkpoint(size)).encode()
        refused(witness.ask(request), HTTPStatus.UNPROCESSABLE_CONTENT, "takes 0 hashes, not 1")
    assert witness.size == 0


def test_one_size_with_two_roots_is_refused_and_is_evidence(witness: Witness) -> None:
    witness.grow(0, 9)
    answer = witness.ask(AddCheckpoint(9, (), witness.checkpoint(9, Hash(bytes(32)))).encode())
    refused(answer, HTTPStatus.UNPROCESSABLE_CONTENT, "one size with two roots")
    assert answer.evidence
    assert witness.grow(9, 9).status is HTTPStatus.OK


def test_a_fork_is_refused_and_is_evidence(witness: Witness) -> None:
    witness.grow(0, 9)
    path = prove_consistency(9, 20, witness.hashes)
    bad = [(path, Hash(bytes(32))), (path[1:], None), ([*path, path[0]], None), (path[::-1], None), ([], None)]
    for wrong, other_root in bad:
        answer = witness.ask(AddCheckpoint(9, tuple(wrong), witness.checkpoint(20, other_root)).encode())
        refused(answer, HTTPStatus.UNPROCESSABLE_CONTENT, "consistency of 9 with 20 entries")
        assert answer.evidence
    assert witness.size == 9
    assert not any(answer.evidence for answer in witness.answers if answer.status is HTTPStatus.OK)
    assert witness.grow(9, 20).status is HTTPStatus.OK


def test_a_request_with_any_byte_changed_is_not_signed(witness: Witness) -> None:
    witness.grow(0, 5)
    request = witness.request(5, 12)
    for place in range(len(request)):
        for flip in (1, 0x20, 0x80):
            wrong = request[:place] + bytes([request[place] ^ flip]) + request[place + 1 :]
            answer = witness.ask(wrong)
            assert answer.status is not HTTPStatus.OK, (place, flip)
    for end in range(len(request)):
        assert witness.ask(request[:end]).status is not HTTPStatus.OK
    assert witness.size == 5
    assert witness.ask(request).status is HTTPStatus.OK


# --- Time and rollback --------------------------------------------------------------------------------------


def test_a_clock_that_is_set_back_does_not_take_the_signature_back(witness: Witness) -> None:
    def signed_at(old: int, new: int) -> int:
        answer = witness.grow(old, new)
        return cosignature_time(NoteSignature.parse(answer.body.decode().rstrip("\n")))

    assert signed_at(0, 1) == NOW
    witness.now = NOW - 3600
    assert signed_at(1, 2) == NOW
    assert signed_at(2, 2) == NOW
    witness.now = NOW + 5
    assert signed_at(2, 3) == NOW + 5
    assert witness.logs[ORIGIN].time == NOW + 5


def test_a_clock_that_was_never_set_signs_nothing(witness: Witness) -> None:
    witness.now = 0
    with pytest.raises(FormatError, match="set the clock"):
        witness.grow(0, 1)
    assert witness.size == 0


def test_of_two_requests_at_once_only_one_is_signed(witness: Witness) -> None:
    """The race of the specification: with compare-and-set the slower of the two is asked again, and refused."""
    witness.grow(0, 5)
    before = dict(witness.logs)
    slow = add_checkpoint(before, witness.request(5, 6), NOW, witness.cosigners)
    fast = add_checkpoint(before, witness.request(5, 30), NOW, witness.cosigners)
    assert slow.log is not None
    assert fast.log is not None

    def compare_and_set(old: WitnessedLog, new: WitnessedLog) -> bool:
        if witness.logs[ORIGIN] != old:
            return False
        witness.logs[ORIGIN] = new
        return True

    assert compare_and_set(before[ORIGIN], fast.log)
    assert not compare_and_set(before[ORIGIN], slow.log)
    again = witness.grow(5, 6)
    assert (again.status, again.body) == (HTTPStatus.CONFLICT, b"30\n")
    assert witness.size == 30


def test_an_answer_that_was_lost_is_given_again(witness: Witness) -> None:
    first = witness.grow(0, 5)
    told = read_answer(*heard(witness.grow(0, 5)), text_of(witness.checkpoint(5)), [])
    assert told == Stale(5)
    assert witness.grow(5, 5).body == first.body


def test_a_function_of_its_arguments_leaves_them_alone(witness: Witness) -> None:
    before = dict(witness.logs)
    answer = add_checkpoint(before, witness.request(0, 5), NOW, witness.cosigners)
    assert before == witness.logs
    assert answer == add_checkpoint(before, witness.request(0, 5), NOW, witness.cosigners)


def test_monitors_find_a_log_under_the_hash_of_its_origin() -> None:
    assert origin_hash(ORIGIN) == sha256(ORIGIN.encode()).hexdigest()


# --- The side of the log ------------------------------------------------------------------------------------


def heard(answer: Answer[WitnessedLog]) -> tuple[int, str, bytes]:
    return int(answer.status), answer.content_type, answer.body


def text_of(note: bytes) -> bytes:
    return Note.parse(note).text


@given(
    st.integers(0, 2**63 - 1),
    st.lists(st.binary(min_size=32, max_size=32).map(Hash), max_size=63),
    st.binary(min_size=1, max_size=80),
)
def test_requests_are_read_as_they_were_written(old: int, path: Iterable[Hash], checkpoint: bytes) -> None:
    request = AddCheckpoint(old, tuple(path), checkpoint)
    assert AddCheckpoint.parse(request.encode()) == request


def test_impossible_requests_cannot_be_made() -> None:
    for bad in (
        (-1, (), b"x"),
        (2**63, (), b"x"),
        (0, (EMPTY_ROOT,) * 64, b"x"),
        (0, (Hash(b"s"),), b"x"),
        (0, (), b""),
    ):
        with pytest.raises(FormatError):
            AddCheckpoint(*bad)


def test_a_log_without_memory_finds_its_way_to_a_signature(
    witness: Witness, cosigner_key: MakeKey, verifier: Ed25519Verifier
) -> None:
    witness.grow(0, 7)
    text = text_of(witness.checkpoint(30))
    keys = [make_verifier(cosigner_key(1).verifier_key)]
    told = read_answer(*heard(witness.grow(0, 30)), text, keys)
    assert told == Stale(7)
    told = read_answer(*heard(witness.grow(7, 30)), text, keys)
    assert isinstance(told, Cosigned)
    note = sign_note(text, [witness.log_signer], told.lines)
    assert len(open_checkpoint(note, verifier, cosigners=keys).note.verified) == 2


def test_refusals_are_told_with_their_reason(witness: Witness) -> None:
    told = read_answer(*heard(witness.ask(b"")), b"", [])
    assert told == Refused(400, "a request has an empty line before its checkpoint")
    assert read_answer(409, "text/plain", b"roots differ", b"", []) == Refused(409, "roots differ")
    assert read_answer(502, "text/html", b"\xff" + b"x" * 9999, b"", []) == Refused(502, "\ufffd" + "x" * 199)
    assert read_answer(409, "Text/X.Tlog.Size; charset=utf-8", b"12\n", b"", []) == Stale(12)


@pytest.mark.parametrize("body", [b"", b"12", b"012\n", b"12\n\n", b"-1\n", b"\xff\n", b"9" * 40 + b"\n", b"1\n" * 30])
def test_sizes_in_the_wrong_form_are_refused(body: bytes) -> None:
    with pytest.raises(FormatError):
        read_answer(409, "text/x.tlog.size", body, b"", [])


def test_only_right_lines_of_known_keys_with_a_time_are_taken(witness: Witness, cosigner_key: MakeKey) -> None:
    text = text_of(witness.checkpoint(5))
    key = cosigner_key(1)
    keys = [make_verifier(key.verifier_key)]
    right, unknown = (cosign(text, [make_cosigner(cosigner_key(number))], NOW)[0] for number in (1, 2))

    def told(*lines: NoteSignature) -> Any:
        return read_answer(200, "text/plain", "".join(line.encode() for line in lines).encode(), text, keys)

    assert told(unknown, right) == Cosigned((right,))
    with pytest.raises(SignatureError, match="no known key"):
        told(unknown)
    with pytest.raises(SignatureError, match="is wrong"):
        told(NoteSignature(right.name, right.key_id, right.signature[:-1] + b"\0"))
    for body in (b"", b"hello\n", right.encode().encode()[:-1]):
        with pytest.raises(TlogError):
            read_answer(200, "text/plain", body, text, keys)


def test_a_cosignature_without_a_time_is_not_a_witness_answer(witness: Witness, cosigner_key: MakeKey) -> None:
    key = cosigner_key(1, SignatureType.MLDSA_COSIGNATURE)
    text = text_of(witness.checkpoint(5))
    head = Checkpoint.parse(text)
    cosigner = MldsaCosigner(key)
    timeless = NoteSignature(key.name, key.verifier_key.key_id, cosigner.sign_subtree(Subtree.of(head)))
    with pytest.raises(SignatureError, match="has no time"):
        read_answer(200, "", timeless.encode().encode(), text, [make_verifier(key.verifier_key)])


def test_a_witness_cannot_smuggle_a_signature_over_something_else(witness: Witness, cosigner_key: MakeKey) -> None:
    """With an empty line in the answer, text and lines divide elsewhere, and the line is right over a longer text."""
    text = text_of(witness.checkpoint(5))
    longer = text + b"\nsomething else\n"

    key = cosigner_key(1)
    signature = Ed25519PrivateKey.from_private_bytes(key.seed).sign(cosigned_text(NOW, longer))
    line = NoteSignature(key.name, key.verifier_key.key_id, TimedSignature(NOW, signature).encode())
    body = b"something else\n\n" + line.encode().encode()
    keys = [make_verifier(key.verifier_key)]
    assert open_note(text + b"\n" + body, keys).text == longer
    with pytest.raises(FormatError, match="more than lines of signatures"):
        read_answer(200, "", body, text, keys)
