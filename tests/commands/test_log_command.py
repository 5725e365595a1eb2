from collections.abc import Callable
from dataclasses import replace
import json
from pathlib import Path

import pytest

from commands.main import main
from localvpp import tlog
from localvpp.etp import Chain, DeviceId, Ed25519Signer, Kind, Register, foresee

from .conftest import BUILDING, FLAT_101, FLAT_102, ORIGIN, SLOT, SmallLog, empty_body, metered


def verify(log: SmallLog, capsys: pytest.CaptureFixture[str], *more: str) -> tuple[int, dict]:
    code = main(["log", "verify", str(log.folder), "--vkey", log.vkey, *more])
    return code, json.loads(capsys.readouterr().out)


def test_a_sound_log_verifies_and_says_what_was_checked(
    small_log: SmallLog, capsys: pytest.CaptureFixture[str]
) -> None:
    code, found = verify(small_log, capsys)
    assert (code, found["ok"], found["fault"]) == (0, True, None)
    assert (found["origin"], found["size"], found["entries_verified"], found["devices"]) == (ORIGIN, 6, 6, 3)


def test_a_flipped_bit_in_an_entry_is_found_and_named(small_log: SmallLog, capsys: pytest.CaptureFixture[str]) -> None:
    bundle = small_log.folder / "tile/entries/000.p/6"
    data = bytearray(bundle.read_bytes())
    data[-1] ^= 1
    bundle.write_bytes(data)
    code, found = verify(small_log, capsys)
    assert code == 1
    assert found["fault"]["index"] == 5


def grown(log: SmallLog) -> None:
    body = metered(FLAT_102, SLOT + 60, Register(920, 930), Register(0, 0), incoming=True)
    log.seal(FLAT_102, Kind.INTERVAL, body, SLOT + 60)
    log.publish()


@pytest.mark.parametrize(
    ("path", "what"), [("tile/0/000.p/6", "tile"), ("tile/entries/000.p/6", "entry bundle")], ids=["tile", "bundle"]
)
@pytest.mark.parametrize("damage", [lambda data: data[:-1] + bytes([data[-1] ^ 1]), lambda data: data[:-32]])
def test_a_superseded_file_that_was_altered_is_found_and_named(
    path: str,
    what: str,
    damage: Callable[[bytes], bytes],
    small_log: SmallLog,
    capsys: pytest.CaptureFixture[str],
) -> None:
    grown(small_log)
    code, found = verify(small_log, capsys)
    assert (code, found["leftovers_verified"], found["leftovers_unchecked"]) == (0, 2, 0)
    file = small_log.folder / path
    file.write_bytes(damage(file.read_bytes()))
    code, found = verify(small_log, capsys)
    assert (code, found["ok"], found["entries_verified"]) == (1, False, 7)
    assert (found["fault"]["what"], found["fault"]["path"]) == (what, path)


def test_what_lies_beyond_the_head_or_is_no_file_of_a_log_is_counted_as_unchecked(
    small_log: SmallLog, capsys: pytest.CaptureFixture[str]
) -> None:
    older = (small_log.folder / "checkpoint").read_bytes()
    grown(small_log)
    (small_log.folder / "checkpoint").write_bytes(older)  # As while a log grows: the head is published last.
    (small_log.folder / "tile/0/001").write_bytes(bytes(32 * 256))
    (small_log.folder / "tile/note").write_bytes(b"mine")
    code, found = verify(small_log, capsys)
    assert (code, found["ok"], found["size"]) == (0, True, 6)
    assert (found["leftovers_verified"], found["leftovers_unchecked"]) == (0, 4)


def test_a_record_out_of_its_chain_is_found_although_the_tree_is_sound(
    small_log: SmallLog, capsys: pytest.CaptureFixture[str]
) -> None:
    device = FLAT_101.public.device_id
    small_log.chains[device] = Chain(device, ORIGIN)  # the flat forgets its chain and begins at seq 1 again
    body = metered(FLAT_101, SLOT + 60, Register(100, 101), Register(80, 80), incoming=True)
    small_log.seal(FLAT_101, Kind.INTERVAL, body, SLOT + 60)
    small_log.publish()
    code, found = verify(small_log, capsys)
    assert (code, found["fault"]["what"], found["fault"]["index"]) == (1, "entry", 6)
    assert "seq 1 does not follow 2" in found["fault"]["reason"]


def test_a_flat_that_writes_a_transfer_is_found(small_log: SmallLog, capsys: pytest.CaptureFixture[str]) -> None:
    body = metered(FLAT_102, SLOT, Register(0, 5), Register(0, 0), incoming=True)
    small_log.seal(FLAT_102, Kind.TRANSFER, body)
    small_log.publish()
    code, found = verify(small_log, capsys)
    assert code == 1
    assert "only the building" in found["fault"]["reason"]


def witnessed(log: SmallLog, signed: int) -> tuple[bytes, tlog.Policy]:
    """Return the log's head with some witnesses' signatures, and a policy that asks for two of its three."""
    keys = [tlog.SignerKey(f"{ORIGIN}/w/{n}", tlog.SignatureType.COSIGNATURE, bytes([n]) * 32) for n in range(3)]
    witnesses = tuple(tlog.PolicyWitness(f"flat{n}", key.verifier_key) for n, key in enumerate(keys))
    group = tlog.Group("flats", 2, tuple(each.name for each in witnesses))
    note = tlog.Note.parse(log.checkpoints[-1])
    lines = tlog.cosign(note.text, [tlog.Ed25519Cosigner(key) for key in keys[:signed]], SLOT)
    policy = tlog.Policy((tlog.PolicyLog(log.key.verifier_key),), witnesses, (group,), "flats")
    return tlog.Note(note.text, (*note.signatures, *lines)).encode(), policy


def test_a_log_that_no_witness_has_signed_is_sound_and_is_not_enough_for_a_policy(
    small_log: SmallLog, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """As a manager could write it for his auditor alone."""
    code, found = verify(small_log, capsys)
    assert (code, found["cosigned"]) == (0, "not looked at")
    file, more = tmp_path / "policy", tmp_path / "signed"
    one, policy = witnessed(small_log, 1)
    file.write_bytes(policy.encode())
    code, found = verify(small_log, capsys, "--policy", str(file))
    assert (code, found["ok"], found["cosigned"]) == (1, False, [])
    assert "0 of the 3 members of 'flats' have signed, 2 must" in found["fault"]["reason"]
    (small_log.folder / "checkpoint").write_bytes(one)
    code, found = verify(small_log, capsys, "--policy", str(file))
    assert (code, found["cosigned"]) == (1, ["flat0"])
    # The same head with a quorum, as a proof brings it, is enough; and so is the log's own.
    more.write_bytes(witnessed(small_log, 2)[0])
    code, found = verify(small_log, capsys, "--policy", str(file), "--earlier", str(more))
    assert (code, found["cosigned"]) == (0, ["flat0", "flat1"])
    (small_log.folder / "checkpoint").write_bytes(more.read_bytes())
    code, found = verify(small_log, capsys, "--policy", str(file))
    assert (code, found["cosigned"]) == (0, ["flat0", "flat1"])
    # A quorum under an older head says nothing of what came after it.
    grown(small_log)
    code, found = verify(small_log, capsys, "--policy", str(file), "--earlier", str(more))
    assert (code, found["ok"], found["cosigned"]) == (1, False, [])


def test_a_mirrors_folder_shows_by_itself_that_a_quorum_has_signed_its_head(
    small_log: SmallLog, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, kept = tmp_path / "policy", small_log.folder / "cosigned"
    signed, policy = witnessed(small_log, 2)
    file.write_bytes(policy.encode())
    kept.write_bytes(signed)
    code, found = verify(small_log, capsys, "--policy", str(file))
    assert (code, found["cosigned"]) == (0, ["flat0", "flat1"])
    # What lies there is held against the policy as anything else: too few, nonsense, and a quorum under another head.
    for data in (witnessed(small_log, 1)[0], b"nonsense", signed.replace(b"\n", b"\nextension\n", 1)):
        kept.write_bytes(data)
        assert verify(small_log, capsys, "--policy", str(file))[0] == 1
    kept.write_bytes(signed)
    grown(small_log)
    assert verify(small_log, capsys, "--policy", str(file))[0] == 1


def test_a_mirrors_proof_convinces_by_the_quorum_that_lies_beside_its_head(
    small_log: SmallLog, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With no server left, and no network."""
    rules, kept = tmp_path / "policy", small_log.folder / "cosigned"
    proof, record = tmp_path / "proof", tmp_path / "etp"
    signed, policy = witnessed(small_log, 2)
    rules.write_bytes(policy.encode())
    record.write_bytes(small_log.records[4].encode())
    asked = ["etp", "verify", str(record), "--proof", str(proof), "--policy", str(rules)]

    def prove() -> int:
        key = small_log.key.verifier_key.encode()
        assert main(["log", "proof", str(small_log.folder), "4", "--vkey", key, "--out", str(proof)]) == 0
        capsys.readouterr()
        return main(asked)

    assert prove() == 1
    kept.write_bytes(signed)
    assert prove() == 0
    assert json.loads(capsys.readouterr().out)["witnesses"] == ["flat0", "flat1"]
    # What is no checkpoint of this log under this head is no part of a proof.
    for data in (b"nonsense", signed.replace(b"\n", b"\nextension\n", 1)):
        kept.write_bytes(data)
        assert prove() == 1
    kept.write_bytes(signed)
    grown(small_log)
    assert prove() == 1


def test_a_head_of_another_history_beside_a_mirrors_own_is_found_without_a_policy(
    small_log: SmallLog, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = small_log.folder / "cosigned"
    signed, _ = witnessed(small_log, 2)
    head = tlog.open_checkpoint(signed, tlog.Ed25519Verifier(small_log.key.verifier_key)).checkpoint

    def forked(size: int) -> bytes:
        return tlog.sign_checkpoint(
            tlog.Checkpoint(ORIGIN, size, tlog.leaf_hash(b"another")), [tlog.Ed25519Signer(small_log.key)]
        )

    for size in (head.size - 1, head.size):
        kept.write_bytes(forked(size))
        code, found = verify(small_log, capsys)
        assert (code, found["ok"], found["fault"]["path"]) == (1, False, "cosigned")
    # One of a log that has grown while the folder was copied, nonsense, and the head itself are no contradiction.
    for data in (forked(head.size + 1), b"nonsense", signed):
        kept.write_bytes(data)
        assert verify(small_log, capsys)[0] == 0
    grown(small_log)
    assert verify(small_log, capsys)[0] == 0, "an older head of the same history"


def test_a_building_whose_key_is_renewed_by_one_that_it_has_not_committed_to_is_found(
    small_log: SmallLog, capsys: pytest.CaptureFixture[str]
) -> None:
    """As whoever has stolen both its key and the log's would write it."""
    thief = Ed25519Signer.generate()
    body = empty_body(DeviceId(bytes(16)))
    small_log.seal(BUILDING, Kind.ROTATE, body, successor=thief, next_key=foresee(BUILDING.public, ORIGIN))
    small_log.publish()
    code, found = verify(small_log, capsys)
    assert (code, found["fault"]["what"]) == (1, "entry")
    assert (
        f"the key {thief.public.fingerprint} is not the one that the building's key before has committed to"
        in (found["fault"]["reason"])
    )


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("quorum none\n", "asks for no witness"),
        ("log vpp.example/other+aa+AQ\n", "policy: "),
        (None, "policy of another log"),
    ],
)
def test_a_policy_that_asks_for_nobody_or_is_anothers_is_refused(
    text: str | None, named: str, small_log: SmallLog, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tlog.SignerKey("vpp.example/other", tlog.SignatureType.ED25519, bytes(32)).verifier_key
    _, policy = witnessed(small_log, 0)
    file = tmp_path / "policy"
    file.write_bytes(replace(policy, logs=(tlog.PolicyLog(other),)).encode() if text is None else text.encode())
    assert main(["log", "verify", str(small_log.folder), "--vkey", small_log.vkey, "--policy", str(file)]) == 1
    assert named in capsys.readouterr().err


def test_a_log_that_was_rewritten_contradicts_a_kept_checkpoint(
    small_log: SmallLog, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = tmp_path / "kept"
    kept.write_bytes(small_log.checkpoints[0])
    small_log.seal(
        FLAT_102,
        Kind.INTERVAL,
        metered(FLAT_102, SLOT + 60, Register(920, 930), Register(0, 0), incoming=True),
        SLOT + 60,
    )
    small_log.publish()
    code, found = verify(small_log, capsys, "--earlier", str(kept))
    assert (code, found["checkpoints_verified"]) == (0, 2)

    last = small_log.records.pop(4)  # 101's export vanishes, 102's records remain; then the log is published anew
    assert last.body.energy_wh == 30
    small_log.publish()
    code, found = verify(small_log, capsys, "--earlier", str(kept))
    assert code == 1
    assert found["fault"]["what"] == "checkpoint"


def test_a_key_that_is_none_is_answered_with_what_one_looks_like(
    small_log: SmallLog, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["log", "verify", str(small_log.folder), "--vkey", "nonsense"]) == 1
    assert "name+hash+key" in capsys.readouterr().err


def test_a_log_of_another_key_does_not_verify(small_log: SmallLog, capsys: pytest.CaptureFixture[str]) -> None:
    checkpoint = small_log.folder / "checkpoint"
    checkpoint.write_bytes(checkpoint.read_bytes().replace(b"\n6\n", b"\n7\n"))
    code, found = verify(small_log, capsys)
    assert (code, found["fault"]["path"]) == (1, "checkpoint")


# --- Proofs ------------------------------------------------------------------------------------------------------


def test_a_proof_goes_to_standard_output_and_proves_its_entry(
    small_log: SmallLog, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["log", "proof", str(small_log.folder), "4", "--vkey", small_log.vkey]) == 0
    proof = tlog.TlogProof.parse(capsys.readouterr().out.encode())
    verifier = tlog.Ed25519Verifier(tlog.VerifierKey.parse(small_log.vkey))
    opened = tlog.verify_proof(proof, small_log.records[4].signed.statement.data, verifier)
    assert (proof.index, opened.checkpoint.size) == (4, 6)
    with pytest.raises(tlog.ProofError):
        tlog.verify_proof(proof, small_log.records[3].signed.statement.data, verifier)


@pytest.mark.parametrize(("index", "named"), [("6", "has 6 entries"), ("-1", "has 6 entries")])
def test_an_entry_that_is_not_there_cannot_be_proven(
    index: str, named: str, small_log: SmallLog, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["log", "proof", str(small_log.folder), "--vkey", small_log.vkey, "--", index]) == 1
    assert named in capsys.readouterr().err


@pytest.mark.parametrize("path", ["tile/0/000.p/6", "tile/entries/000.p/6", "checkpoint"])
def test_no_proof_is_made_of_files_that_were_tampered_with(
    path: str, small_log: SmallLog, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, out = small_log.folder / path, tmp_path / "proof"
    data = bytearray(file.read_bytes())
    data[-3] ^= 1
    file.write_bytes(data)
    assert main(["log", "proof", str(small_log.folder), "5", "--vkey", small_log.vkey, "--out", str(out)]) == 1
    assert "cannot be proven" in capsys.readouterr().err
    assert not out.exists()


def test_a_missing_tile_and_a_missing_folder_are_named(small_log: SmallLog, capsys: pytest.CaptureFixture[str]) -> None:
    (small_log.folder / "tile/0/000.p/6").unlink()
    assert main(["log", "proof", str(small_log.folder), "5", "--vkey", small_log.vkey]) == 1
    assert "has no file 'tile/0/000.p/6'" in capsys.readouterr().err
    assert main(["log", "verify", str(small_log.folder / "gone"), "--vkey", small_log.vkey]) == 1
    assert "is no folder" in capsys.readouterr().err
