"""aics-tlog, which knows nothing of us, verifies our log with a quorum of witnesses, and refuses what was changed."""

import json
from pathlib import Path
import shutil
from typing import Any

import pytest

from localvpp.tlog import (
    EMPTY_ROOT,
    Checkpoint,
    Ed25519Signer,
    SignatureType,
    prove_consistency,
    prove_inclusion,
    root,
    sign_checkpoint,
)
from localvpp.tlog.strict import encode_base64

from .conftest import attempt, run, tool
from .logs import ORIGIN, OurLog, flipped

pytestmark = pytest.mark.slow

SIZE = 3 * 256 + 40
OLD = 300


@pytest.fixture(scope="module")
def python() -> Path:
    return tool("aics-tlog") / "bin" / "python"


@pytest.fixture(scope="module")
def log() -> OurLog:
    return OurLog.grow(SIZE, (SignatureType.COSIGNATURE,) * 4)


@pytest.fixture(scope="module")
def good(log: OurLog, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the log at its newest checkpoint."""
    folder = tmp_path_factory.mktemp("good")
    log.write(folder, log.cosigned(1, OLD, SIZE))
    return folder


@pytest.fixture
def folder(good: Path, tmp_path: Path) -> Path:
    """A copy to be spoiled."""
    return shutil.copytree(good, tmp_path / "log")


class Verifier:
    """Its commands, with the keys of our log and a quorum of three."""

    def __init__(self, python: Path, log: OurLog) -> None:
        self._command = [str(python), "-m", "aics_tlog"]
        self._keys = ["--log-key", log.vkey, "--origin", ORIGIN]
        for vkey in log.witness_vkeys:
            self._keys += ["--witness-key", vkey]

    def accept(self, what: str, *more: str | Path, quorum: int = 3) -> dict[str, Any]:
        said: dict[str, Any] = json.loads(run(*self._command, what, *self._keys, "--quorum", str(quorum), *more))
        assert said["ok"] is True
        return said

    def refuse(self, why: str, what: str, *more: str | Path, quorum: int = 3) -> None:
        done = attempt(*self._command, what, *self._keys, "--quorum", str(quorum), *more)
        said = json.loads(done.stdout)
        assert (done.returncode, said["ok"]) == (1, False), done
        assert why in done.stdout

    def accept_bare(self, what: str, *more: str | Path) -> None:
        """Without keys: a proof against roots that are given."""
        assert json.loads(run(*self._command, what, *more))["ok"] is True

    def refuse_bare(self, what: str, *more: str | Path) -> None:
        done = attempt(*self._command, what, *more)
        assert (done.returncode, json.loads(done.stdout)["ok"]) == (1, False), done


@pytest.fixture(scope="module")
def aics(python: Path, log: OurLog) -> Verifier:
    return Verifier(python, log)


def spoil(path: Path, place: int, bit: int = 0) -> None:
    path.write_bytes(flipped(path.read_bytes(), place, bit))


def test_the_checkpoint_with_its_quorum_is_verified_over_the_tiles(aics: Verifier, good: Path) -> None:
    for quorum in (0, 3, 4):
        said = aics.accept("verify-checkpoint", "--tiles", good, quorum=quorum)
        assert (said["size"], said["log_ok"], said["cosignatures"], said["tiles_ok"]) == (SIZE, True, 4, True)


def test_a_quorum_that_is_not_there_is_refused(aics: Verifier, log: OurLog, good: Path, folder: Path) -> None:
    aics.refuse("4 valid fresh cosignatures < 5", "verify-checkpoint", "--tiles", good, quorum=5)
    (folder / "checkpoint").write_bytes(log.checkpoint(SIZE))
    aics.refuse("0 valid fresh cosignatures < 1", "verify-checkpoint", "--tiles", folder, quorum=1)


def test_a_checkpoint_with_one_bit_changed_is_refused(aics: Verifier, good: Path, folder: Path) -> None:
    note = (good / "checkpoint").read_bytes()
    lines = note.splitlines(keepends=True)
    starts = [sum(len(line) for line in lines[:number]) for number in range(len(lines))]
    log_line, witness_line = "log signature from vpp.example", "cosignature from vpp.example/building-7/w/0"
    for place, why in (
        (starts[0], "origin mismatch"),
        (starts[1], log_line),
        (starts[2] + 5, log_line),
        (starts[4] + 80, log_line),
        (starts[5] + 100, witness_line),
    ):
        (folder / "checkpoint").write_bytes(flipped(note, place))
        aics.refuse(why, "verify-checkpoint", "--tiles", folder, quorum=4)
    (folder / "checkpoint").write_bytes(note)
    aics.accept("verify-checkpoint", "--tiles", folder, quorum=4)


def test_an_entry_is_proven_from_the_tiles_and_carried_away_in_a_bundle(
    aics: Verifier, log: OurLog, good: Path, tmp_path: Path
) -> None:
    leaf, bundle = tmp_path / "leaf", tmp_path / "bundle.json"
    for index in (0, 255, 256, 700, SIZE - 1):
        leaf.write_bytes(log.entries[index])
        more = ("--index", str(index), "--leaf", leaf, "--tiles", good)
        aics.accept("verify-inclusion", *more, "--bundle-out", bundle)
        aics.accept("verify-bundle", "--bundle", bundle, "--offline")
        leaf.write_bytes(flipped(log.entries[index], 3))
        aics.refuse("the leaf is not included at this index", "verify-inclusion", *more)
    text = bundle.read_text(encoding="utf-8")
    for field, why in (
        ("entry_bytes", "inclusion proof does not verify"),
        ("inclusion_proof", "inclusion proof does not verify"),
        ("checkpoint_note", "not a signed note"),
    ):
        place = text.index(field) + len(field) + 12
        bundle.write_text(text[:place] + ("A" if text[place] != "A" else "B") + text[place + 1 :], encoding="utf-8")
        aics.refuse(why, "verify-bundle", "--bundle", bundle, "--offline")


def test_a_tile_with_one_bit_changed_does_not_prove_an_entry(
    aics: Verifier, log: OurLog, folder: Path, tmp_path: Path
) -> None:
    leaf = tmp_path / "leaf"
    leaf.write_bytes(log.entries[700])
    more = ("--index", "700", "--leaf", leaf, "--tiles", folder)
    aics.accept("verify-inclusion", *more)
    for tile, why in (
        ("tile/0/002", "tile/0/002 does not match its parent tile"),
        ("tile/0/003.p/40", "right-edge tiles do not match the root"),
        ("tile/1/000.p/3", "right-edge tiles do not match the root"),
    ):
        spoil(folder / tile, 40)
        aics.refuse(why, "verify-inclusion", *more)
        spoil(folder / tile, 40)
    aics.accept("verify-inclusion", *more)


def root_of(log: OurLog, size: int) -> str:
    return encode_base64(root(size, log.hashes))


def test_a_proof_of_ours_is_verified_without_tiles(aics: Verifier, log: OurLog, tmp_path: Path) -> None:
    leaf, proof = tmp_path / "leaf", tmp_path / "proof"
    leaf.write_bytes(log.entries[700])
    path = [encode_base64(step) for step in prove_inclusion(SIZE, 700, log.hashes)]
    more: list[str | Path] = ["--leaf", leaf, "--index", "700", "--size", str(SIZE), "--root", root_of(log, SIZE)]
    more += ["--proof", proof]
    proof.write_text("\n".join(path) + "\n", encoding="ascii")
    aics.accept_bare("verify-inclusion", *more)
    proof.write_text("\n".join(reversed(path)) + "\n", encoding="ascii")
    aics.refuse_bare("verify-inclusion", *more)


def test_growth_is_proven_from_the_tiles_and_by_our_proof(
    aics: Verifier, log: OurLog, good: Path, tmp_path: Path
) -> None:
    old, proof = tmp_path / "old", tmp_path / "proof"
    old.write_bytes(log.cosigned(1, OLD))
    said = aics.accept("verify-consistency", "--old-checkpoint", old, "--tiles", good)
    assert (said["old_size"], said["new_size"]) == (OLD, SIZE)
    path = [encode_base64(step) for step in prove_consistency(OLD, SIZE, log.hashes)]
    more: list[str | Path] = ["--old-size", str(OLD), "--new-size", str(SIZE), "--proof", proof]
    more += ["--old-root", root_of(log, OLD), "--new-root", root_of(log, SIZE)]
    proof.write_text("\n".join(path) + "\n", encoding="ascii")
    aics.accept_bare("verify-consistency", *more)
    proof.write_text("\n".join([path[1], path[0], *path[2:]]) + "\n", encoding="ascii")
    aics.refuse_bare("verify-consistency", *more)


def test_a_log_that_has_signed_two_histories_is_found_out(
    aics: Verifier, log: OurLog, good: Path, tmp_path: Path
) -> None:
    old = tmp_path / "old"
    forked = Checkpoint(ORIGIN, OLD, EMPTY_ROOT)
    old.write_bytes(sign_checkpoint(forked, [Ed25519Signer(log.log_key)]))
    more = ("--old-checkpoint", old, "--tiles", good)
    aics.refuse("history was rewritten", "verify-consistency", *more, quorum=0)
    old.write_bytes(log.checkpoint(OLD))
    aics.accept("verify-consistency", *more, quorum=0)
