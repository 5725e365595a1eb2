"""`local-vpp log` over HTTP finds what it finds in a folder, a few files at a time, and does not wait for ever."""

from collections.abc import Callable, Iterator
import json
from pathlib import Path
import shutil
import socket
from typing import Any

import pytest

from commands import readers
from commands.main import main
from localvpp import tlog
from localvpp.etp import Kind, Register

from .conftest import BUILDING, FLAT_101, ORIGIN, SLOT, SmallLog, metered
from .log_server import LogServer

pytestmark = pytest.mark.usefixtures("socket_enabled")

RECORDS = 2 * 256 + 8


@pytest.fixture(scope="module")
def long_log(tmp_path_factory: pytest.TempPathFactory) -> SmallLog:
    """A log of two full bundles and a partial one."""
    key = tlog.SignerKey(ORIGIN, tlog.SignatureType.ED25519, bytes([9]) * 32)
    log = SmallLog(tmp_path_factory.mktemp("long") / "log", key)
    for public in (BUILDING.public, FLAT_101.public):
        log.enrol(public)
    body = metered(FLAT_101, SLOT, Register(100, 101), Register(0, 0), incoming=True)
    for _ in range(RECORDS - 2):
        log.seal(FLAT_101, Kind.INTERVAL, body)
    log.publish()
    return log


@pytest.fixture
def server(long_log: SmallLog) -> Iterator[LogServer]:
    with LogServer(long_log.folder).running() as server:
        yield server


type Verify = Callable[[str], tuple[int, dict[str, Any]]]


@pytest.fixture
def verify(long_log: SmallLog, capsys: pytest.CaptureFixture[str]) -> Verify:
    def run(where: str) -> tuple[int, dict[str, Any]]:
        code = main(["log", "verify", where, "--vkey", long_log.vkey])
        return code, json.loads(capsys.readouterr().out)

    return run


def test_a_log_over_http_is_found_as_it_is_in_its_folder(server: LogServer, long_log: SmallLog, verify: Verify) -> None:
    over_http = verify(server.address)
    code, found = verify(str(long_log.folder))
    assert (found["leftovers_verified"], found["leftovers_unchecked"]) == (0, 0)
    nobody_can_list = dict.fromkeys(("leftovers_verified", "leftovers_unchecked"))
    assert over_http == (code, found | nobody_can_list)
    assert (over_http[0], over_http[1]["size"], over_http[1]["entries_verified"]) == (0, RECORDS, RECORDS)


def test_every_file_is_fetched_once_and_four_at_a_time_at_most(
    server: LogServer, long_log: SmallLog, verify: Verify
) -> None:
    # The checkpoint and its two partial tiles are read one by one. The first bundle is then not sent before three more
    # requests have come: without reading ahead they never would.
    server.gate = ("tile/entries/000", 3 + 1 + 3)
    assert verify(server.address + "/")[0] == 0
    files = {str(path.relative_to(long_log.folder)) for path in long_log.folder.rglob("*") if path.is_file()}
    assert sorted(server.asked) == sorted(files)
    assert server.most_at_once <= 4


def test_compressed_files_are_read(server: LogServer, verify: Verify) -> None:
    server.zipped = True
    assert verify(server.address)[0] == 0


def test_a_flipped_bit_is_found_where_it_is(server: LogServer, verify: Verify) -> None:
    def flipped(path: str, data: bytes) -> bytes:
        return data[:-1] + bytes([data[-1] ^ 1]) if path == "tile/entries/001" else data

    server.change = flipped
    code, found = verify(server.address)
    assert (code, found["fault"]["what"], found["fault"]["index"]) == (1, "entry", 2 * 256 - 1)


def test_a_missing_file_is_the_logs_fault_and_named(server: LogServer, verify: Verify) -> None:
    server.change = lambda path, data: 404 if path == "tile/0/001" else data
    code, found = verify(server.address)
    assert (code, found["fault"]["path"]) == (1, "tile/0/001")
    code, found = verify(f"{server.address}/elsewhere")
    assert (code, found["fault"]["path"]) == (1, "checkpoint")


@pytest.fixture
def complaint(long_log: SmallLog, capsys: pytest.CaptureFixture[str]) -> Callable[[str], str]:
    """What is said when a log cannot be read, which says nothing against it."""

    def run(where: str) -> str:
        assert main(["log", "verify", where, "--vkey", long_log.vkey]) == 1
        printed = capsys.readouterr()
        assert printed.out == ""
        return printed.err

    return run


def test_a_servers_error_is_not_the_logs(server: LogServer, complaint: Callable[[str], str]) -> None:
    server.change = lambda path, data: 503 if path == "tile/entries/001" else data
    assert f"{server.address}/tile/entries/001 answers 503" in complaint(server.address)


def test_a_file_larger_than_any_can_be_is_not_read_to_its_end(
    server: LogServer, complaint: Callable[[str], str]
) -> None:
    server.change = lambda path, data: bytes(9000) if path == "tile/0/001" else data
    assert "tile/0/001 has more than the 8192 bytes" in complaint(server.address)


def test_a_silent_server_is_given_up(monkeypatch: pytest.MonkeyPatch, complaint: Callable[[str], str]) -> None:
    monkeypatch.setattr(readers, "_SILENCE_S", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}/log"
        assert f"{address}/checkpoint cannot be read: " in complaint(address)


def test_an_address_where_nobody_listens_is_named(complaint: Callable[[str], str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        address = f"http://127.0.0.1:{closed.getsockname()[1]}/log"
    assert "is this the log's address?" in complaint(address)
    assert "cannot be read" in complaint("http:///log")


# --- Proofs ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("index", [0, 255, 256, RECORDS - 1])
def test_a_proof_over_http_proves_the_entry(index: int, server: LogServer, long_log: SmallLog, tmp_path: Path) -> None:
    proof, entry = tmp_path / "proof", tmp_path / "entry"
    asked = ["log", "proof", server.address, str(index), "--vkey", long_log.vkey, "--out", str(proof)]
    assert main([*asked, "--entry", str(entry)]) == 0
    assert proof.read_bytes() == long_log.proof(index)
    assert entry.read_bytes() == long_log.records[index].signed.statement.data
    assert len(server.asked) <= 5  # The checkpoint, two tiles at the edge, tile and bundle of the entry.


def cosigned(log: SmallLog, flats: int, needed: int, signed: int) -> tuple[bytes, bytes, tlog.Policy]:
    """Return the published checkpoint with 16 cosignatures, the lines of all who have signed, and the policy."""
    keys = [tlog.SignerKey(f"{ORIGIN}/w/{n}", tlog.SignatureType.COSIGNATURE, bytes([n]) * 32) for n in range(flats)]
    witnesses = tuple(tlog.PolicyWitness(f"flat{n}", key.verifier_key) for n, key in enumerate(keys))
    group = tlog.Group("flats", needed, tuple(each.name for each in witnesses))
    policy = tlog.Policy((tlog.PolicyLog(log.key.verifier_key),), witnesses, (group,), "flats")
    note = tlog.Note.parse(log.checkpoints[-1])
    lines = tlog.cosign(note.text, [tlog.Ed25519Cosigner(key) for key in keys[:signed]], SLOT)
    published = tlog.Note(note.text, (*note.signatures, *lines[: tlog.MAX_PUBLISHED])).encode()
    return published, b"".join(line.encode().encode() for line in lines), policy


@pytest.mark.parametrize(("signed", "enough"), [(21, True), (20, False)])
def test_a_proof_has_as_many_cosignatures_as_the_policy_needs(
    long_log: SmallLog, tmp_path: Path, signed: int, enough: bool
) -> None:
    folder = tmp_path / "log"
    shutil.copytree(long_log.folder, folder)
    published, lines, policy = cosigned(long_log, flats=30, needed=21, signed=signed)
    (folder / "checkpoint").write_bytes(published)
    (folder / "policy").write_bytes(policy.encode())
    (folder / "cosignatures").mkdir()
    (folder / "cosignatures" / str(RECORDS)).write_bytes(lines)
    out, entry = tmp_path / "proof", tmp_path / "entry"
    with LogServer(folder).running() as server:
        asked = ["log", "proof", server.address, "7", "--vkey", long_log.vkey, "--out", str(out), "--entry", str(entry)]
        assert main(asked) == 0
    proof = tlog.TlogProof.parse(out.read_bytes())
    if enough:
        assert len(tlog.verify_proof_by_policy(proof, entry.read_bytes(), policy).times) == 21
    else:
        assert proof.checkpoint == published


@pytest.mark.parametrize(("signed", "enough"), [(21, True), (20, False)])
def test_all_signatures_under_a_served_head_count_for_a_policy(
    long_log: SmallLog, tmp_path: Path, capsys: pytest.CaptureFixture[str], signed: int, enough: bool
) -> None:
    folder, file = tmp_path / "log", tmp_path / "policy"
    shutil.copytree(long_log.folder, folder)
    published, lines, policy = cosigned(long_log, flats=30, needed=21, signed=signed)
    (folder / "checkpoint").write_bytes(published)
    (folder / "cosignatures").mkdir()
    (folder / "cosignatures" / str(RECORDS)).write_bytes(lines)
    file.write_bytes(policy.encode())
    with LogServer(folder).running() as server:
        code = main(["log", "verify", server.address, "--vkey", long_log.vkey, "--policy", str(file)])
    found = json.loads(capsys.readouterr().out)
    assert (code, len(found["cosigned"])) == (0 if enough else 1, signed)


def test_a_log_without_a_policy_beside_it_is_proven_by_what_it_publishes(long_log: SmallLog, tmp_path: Path) -> None:
    folder, out = tmp_path / "log", tmp_path / "proof"
    shutil.copytree(long_log.folder, folder)
    published, _, _ = cosigned(long_log, flats=16, needed=11, signed=16)
    (folder / "checkpoint").write_bytes(published)
    with LogServer(folder).running() as server:
        assert main(["log", "proof", server.address, "7", "--vkey", long_log.vkey, "--out", str(out)]) == 0
    assert tlog.TlogProof.parse(out.read_bytes()).checkpoint == published
