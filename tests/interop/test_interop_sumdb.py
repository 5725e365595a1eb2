"""Go's packages for signed logs verify ours and write what we read; each refuses what was changed of the other's."""

import base64
from collections.abc import Callable, Iterator
from http import HTTPStatus
import json
import os
from pathlib import Path
import shutil
import subprocess
from typing import Any

import pytest

from localvpp.tlog import (
    AddCheckpoint,
    Ed25519Verifier,
    Hash,
    Note,
    ProofError,
    SignatureError,
    SignatureType,
    TlogError,
    TlogProof,
    WitnessedLog,
    add_checkpoint,
    make_cosigner,
    make_proof,
    open_checkpoint,
    open_note,
    prove_consistency,
    to_hash,
    verify_consistency,
    verify_proof,
)
from localvpp.tlog.strict import decode_base64, encode_base64

from ..needed import lacks
from .conftest import run, tool
from .logs import NOW, ORIGIN, OurLog, flipped

pytestmark = pytest.mark.slow

SIZE = 3 * 256 + 40
OLD = 300
INDEX = 700
# Where Debian's golang-golang-x-mod-dev puts its sources.
_GOCODE = Path("/usr/share/gocode/src/golang.org/x/mod")

type Ask = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def sumdb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ask]:
    """Ask the Go program; what it answers is right where its `Error` is empty."""
    go = tool("go") / "bin" / "go"
    if not (_GOCODE / "sumdb" / "note").is_dir():
        lacks("Go's packages are not here: run scripts/interop, or install golang-golang-x-mod-dev")
    folder = tmp_path_factory.mktemp("sumdb")
    shutil.copy(Path(__file__).parent / "sumdb" / "main.go", folder)
    (folder / "go.mod").write_text(
        f"module sumdb\n\ngo 1.27\n\nrequire golang.org/x/mod v0.7.0\n\nreplace golang.org/x/mod => {_GOCODE}\n",
        encoding="ascii",
    )
    quiet = {"GOPROXY": "off", "GOFLAGS": "-mod=mod", "GOTOOLCHAIN": "local", "GOTELEMETRY": "off"}
    home = {"HOME": str(folder), "GOCACHE": str(go.parents[1] / "cache"), "GOPATH": str(folder / "path")}
    run(go, "build", "-o", "sumdb", ".", cwd=folder, env={"PATH": os.environ["PATH"], **quiet, **home})
    with subprocess.Popen([folder / "sumdb"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        out, told = process.stdin, process.stdout

        def ask(do: str, **fields: Any) -> dict[str, Any]:
            out.write(json.dumps({"Do": do, **{name: plain(value) for name, value in fields.items()}}) + "\n")
            out.flush()
            said: dict[str, Any] = json.loads(told.readline())
            return said

        yield ask
        out.close()
        assert process.wait(timeout=10) == 0


def plain(value: Any) -> Any:
    """Bytes as Go's JSON has them."""
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return [plain(each) for each in value] if isinstance(value, list | tuple) else value


@pytest.fixture(scope="module")
def log() -> OurLog:
    return OurLog.grow(SIZE, (SignatureType.MLDSA_COSIGNATURE, SignatureType.COSIGNATURE))


def signature_of(note: bytes) -> bytes:
    return Note.parse(note).signatures[0].signature


def with_signature(note: bytes, signature: bytes) -> bytes:
    parsed = Note.parse(note)
    line = parsed.signatures[0]
    return Note(parsed.text, (type(line)(line.name, line.key_id, signature),)).encode()


def spoiled(note: bytes) -> Iterator[bytes]:
    """The note with each byte of its text and of its signature changed in turn."""
    text = len(Note.parse(note).text)
    yield from (flipped(note, place) for place in range(text))
    signature = signature_of(note)
    yield from (with_signature(note, flipped(signature, place)) for place in range(len(signature)))


# --- Go reads what we write ---------------------------------------------------------------------------------


def test_go_verifies_our_checkpoint_and_refuses_it_with_any_byte_changed(sumdb: Ask, log: OurLog) -> None:
    note = log.checkpoint(SIZE)
    said = sumdb("checkpoint", Key=log.vkey, New=note)
    assert (said["Error"], said["Size"]) == ("", SIZE)
    for wrong in spoiled(note):
        assert sumdb("checkpoint", Key=log.vkey, New=wrong)["Error"], wrong


def test_go_verifies_our_checkpoint_with_the_lines_of_witnesses_on_it(sumdb: Ask, log: OurLog) -> None:
    said = sumdb("checkpoint", Key=log.vkey, New=log.cosigned(1, OLD, SIZE))
    assert (said["Error"], said["Size"]) == ("", SIZE)


def test_go_verifies_our_proof_of_an_entry_and_refuses_it_with_any_byte_changed(sumdb: Ask, log: OurLog) -> None:
    note = log.checkpoint(SIZE)
    for index in (0, 255, 256, INDEX, SIZE - 1):
        proof = make_proof(SIZE, index, log.hashes, note)
        entry = log.entries[index]
        assert not sumdb("proof", Key=log.vkey, Proof=proof.encode(), Entry=entry)["Error"]
        for place in range(len(entry)):
            assert sumdb("proof", Key=log.vkey, Proof=proof.encode(), Entry=flipped(entry, place))["Error"]
        for step, bit in ((step, bit) for step in range(len(proof.path)) for bit in (0, 100, 255)):
            wrong = Hash(flipped(proof.path[step], bit // 8, bit % 8))
            path = (*proof.path[:step], wrong, *proof.path[step + 1 :])
            changed = TlogProof(index=index, path=path, checkpoint=note)
            assert sumdb("proof", Key=log.vkey, Proof=changed.encode(), Entry=entry)["Error"]
        moved = TlogProof(index=index ^ 1, path=proof.path, checkpoint=note)
        assert sumdb("proof", Key=log.vkey, Proof=moved.encode(), Entry=entry)["Error"]


def test_go_verifies_that_our_log_has_grown_and_refuses_a_changed_proof(sumdb: Ask, log: OurLog) -> None:
    new = log.checkpoint(SIZE)
    for size in (1, 255, 256, OLD, SIZE - 1, SIZE):
        old = log.checkpoint(size)
        path = prove_consistency(size, SIZE, log.hashes)
        lines = [encode_base64(step) for step in path]
        assert not sumdb("consistency", Key=log.vkey, Old=old, New=new, Path=lines)["Error"]
        for step in range(len(path)):
            wrong = [*lines[:step], encode_base64(flipped(path[step], 31, 7)), *lines[step + 1 :]]
            assert sumdb("consistency", Key=log.vkey, Old=old, New=new, Path=wrong)["Error"]
        if path:
            assert sumdb("consistency", Key=log.vkey, Old=old, New=new, Path=lines[1:])["Error"]
    old = log.checkpoint(OLD)
    lines = [encode_base64(step) for step in prove_consistency(OLD, SIZE, log.hashes)]
    for wrong_note in (log.checkpoint(OLD - 1), log.checkpoint(OLD + 1), *list(spoiled(old))[::9]):
        assert sumdb("consistency", Key=log.vkey, Old=wrong_note, New=new, Path=lines)["Error"]


def test_gos_cryptography_verifies_our_post_quantum_cosignature(sumdb: Ask, log: OurLog) -> None:
    note = log.cosigned(1, OLD, SIZE)
    witness = log.witness_vkeys[0]
    said = sumdb("cosignature", Witness=witness, New=note)
    assert (said["Error"], said["Size"], said["Time"]) == ("", SIZE, NOW)
    parsed = Note.parse(note)
    line = parsed.signatures[1]
    for place in (*range(8), *range(8, len(line.signature), 97), len(line.signature) - 1):
        wrong = type(line)(line.name, line.key_id, flipped(line.signature, place))
        assert sumdb("cosignature", Witness=witness, New=Note(parsed.text, (wrong,)).encode())["Error"]
    for place in range(len(parsed.text) - 1):
        assert sumdb("cosignature", Witness=witness, New=flipped(note, place))["Error"]


# --- We read what Go writes ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def theirs(sumdb: Ask, log: OurLog) -> dict[str, Any]:
    """A log that Go has grown, hashed, proven and signed, with a key that we have made."""
    said = sumdb("write", Key=log.log_key.encode(), Origin=ORIGIN, Entries=log.entries, OldSize=OLD, Index=INDEX)
    assert not said["Error"], said
    for name in ("Old", "New", "Proof"):
        said[name] = base64.b64decode(said[name])
    return said


@pytest.fixture
def verifier(log: OurLog) -> Ed25519Verifier:
    return Ed25519Verifier(log.log_key.verifier_key)


def test_what_go_signs_is_byte_for_byte_what_we_sign(theirs: dict[str, Any], log: OurLog) -> None:
    assert theirs["Old"] == log.checkpoint(OLD)
    assert theirs["New"] == log.checkpoint(SIZE)
    assert theirs["Path"] == [encode_base64(step) for step in prove_consistency(OLD, SIZE, log.hashes)]
    assert theirs["Proof"] == make_proof(SIZE, INDEX, log.hashes, log.checkpoint(SIZE)).encode()


def test_we_verify_gos_note_and_refuse_it_with_any_byte_changed(
    theirs: dict[str, Any], verifier: Ed25519Verifier
) -> None:
    assert open_checkpoint(theirs["New"], verifier).checkpoint.size == SIZE
    assert open_note(theirs["New"], [verifier]).signed_by(verifier)
    for wrong in spoiled(theirs["New"]):
        with pytest.raises(TlogError):
            open_checkpoint(wrong, verifier)
    with pytest.raises(SignatureError):
        open_checkpoint(theirs["New"], verifier, origin="vpp.example/other")


def test_we_verify_gos_proofs_and_refuse_them_changed(
    theirs: dict[str, Any], log: OurLog, verifier: Ed25519Verifier
) -> None:
    proof = TlogProof.parse(theirs["Proof"])
    assert verify_proof(proof, log.entries[INDEX], verifier).checkpoint.size == SIZE
    with pytest.raises(ProofError):
        verify_proof(proof, flipped(log.entries[INDEX], 0), verifier)
    old, new = (open_checkpoint(theirs[name], verifier).checkpoint for name in ("Old", "New"))
    path = [to_hash(decode_base64(step, "a step")) for step in theirs["Path"]]
    verify_consistency(old.size, new.size, old.root, new.root, path)
    for step in range(len(path)):
        wrong = [*path[:step], Hash(flipped(path[step], 0)), *path[step + 1 :]]
        with pytest.raises(ProofError):
            verify_consistency(old.size, new.size, old.root, new.root, wrong)


def test_a_witness_of_ours_signs_a_log_of_gos(sumdb: Ask, theirs: dict[str, Any], log: OurLog) -> None:
    known = WitnessedLog(ORIGIN, (log.log_key.verifier_key,))
    witness = [make_cosigner(log.witness_keys[0])]
    first = add_checkpoint({ORIGIN: known}, AddCheckpoint(0, (), theirs["Old"]).encode(), NOW, witness)
    assert first.log is not None
    path = tuple(to_hash(decode_base64(step, "a step")) for step in theirs["Path"])
    request = AddCheckpoint(OLD, path, theirs["New"]).encode()
    second = add_checkpoint({ORIGIN: first.log}, request, NOW + 1, witness)
    assert second.status is HTTPStatus.OK
    said = sumdb("cosignature", Witness=log.witness_vkeys[0], New=theirs["New"] + second.body)
    assert (said["Error"], said["Size"], said["Time"]) == ("", SIZE, NOW + 1)
    # From the first checkpoint the same request is a conflict, and with a step turned round no proof.
    assert add_checkpoint({ORIGIN: known}, request, NOW, witness).status is HTTPStatus.CONFLICT
    turned = AddCheckpoint(OLD, (path[1], path[0], *path[2:]), theirs["New"]).encode()
    refused = add_checkpoint({ORIGIN: first.log}, turned, NOW, witness)
    assert refused.status is HTTPStatus.UNPROCESSABLE_CONTENT
