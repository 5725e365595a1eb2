"""`local-vpp etp verify` and `etp export`: nothing leaves that is not proven, and what leaves can be checked again."""

from collections.abc import Callable
from dataclasses import replace
import json
import os
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)
import pytest

from commands.main import main
from localvpp import tlog
from localvpp.drill_record import drill_body
from localvpp.etp import ErrorFlag, Es256Signer, Kind, Register
from localvpp.export import bbc1, ocmf, receipt
from localvpp.islanding.report import Level
from localvpp.supply import Drawn, Supply, supply_body

from .conftest import BUILDING, FLAT_101, ORIGIN, SLOT, SmallLog, metered

EXPORTER = Es256Signer(ec.derive_private_key(0xC0FFEE, ec.SECP256R1()))


@pytest.fixture
def files(small_log: SmallLog, tmp_path: Path) -> Files:
    return Files(small_log, tmp_path)


class Files:
    """A small log's records and proofs as files, and the keys of those who export."""

    def __init__(self, log: SmallLog, folder: Path) -> None:
        self.log = log
        self.folder = folder

    def put(self, name: str, data: bytes, mode: int = 0o600) -> str:
        path = self.folder / name
        path.write_bytes(data)
        path.chmod(mode)
        return str(path)

    def record(self, index: int) -> str:
        return self.put(f"{index}.etp", self.log.records[index].encode())

    def envelope(self, index: int) -> str:
        return self.put(f"{index}.cose", self.log.records[index].signed.statement.data)

    def proof(self, index: int) -> str:
        return self.put(f"{index}.tlog-proof", self.log.proof(index))

    def of(self, index: int) -> list[str]:
        return [self.record(index), "--proof", self.proof(index)]

    def enrolment(self, index: int) -> list[str]:
        return ["--enrolment", self.envelope(index), "--enrolment-proof", self.proof(index)]

    @property
    def log_key(self) -> list[str]:
        return ["--log-key", self.log.vkey]

    @property
    def exporter(self) -> list[str]:
        return ["--key", self.put("export.pem", EXPORTER.pem())]

    @property
    def logs_own(self) -> list[str]:
        return ["--key", self.put("log.key", self.log.key.seed.hex().encode() + b"\n")]


type Ask = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture
def ask(capsys: pytest.CaptureFixture[str]) -> Ask:
    """Run a subcommand that answers in JSON."""

    def run(*arguments: str) -> tuple[int, dict[str, Any]]:
        code = main(["etp", *arguments])
        return code, json.loads(capsys.readouterr().out)

    return run


@pytest.fixture
def refused(capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Run a subcommand that says in one sentence why it does not do what was asked."""

    def run(*arguments: str) -> str:
        assert main(["etp", *arguments]) == 1
        printed = capsys.readouterr()
        assert printed.out == ""
        return printed.err

    return run


type Export = Callable[..., bytes]


@pytest.fixture
def export(tmp_path: Path) -> Export:
    def run(how: str, *arguments: str) -> bytes:
        out = tmp_path / "exported"
        assert main(["etp", "export", *arguments, "--format", how, "--out", str(out)]) == 0
        return out.read_bytes()

    return run


# --- Verify ------------------------------------------------------------------------------------------------------


def test_a_record_its_body_and_its_signature_are_proven_from_files_alone(files: Files, ask: Ask) -> None:
    code, told = ask("verify", *files.of(4), *files.log_key, *files.enrolment(1))
    assert (code, told["ok"], told["proven"]) == (0, True, ["inclusion", "body", "signature"])
    assert (told["log"], told["index"], told["size"], told["energy_wh"]) == (ORIGIN, 4, 6, 30)
    assert told["hash"] == files.log.records[4].hash.hex()


def test_what_was_not_checked_is_not_among_what_is_proven(files: Files, ask: Ask) -> None:
    code, told = ask("verify", *files.of(4), *files.log_key)
    assert (code, told["proven"]) == (0, ["inclusion", "body"])
    code, told = ask("verify", files.envelope(4), "--proof", files.proof(4), *files.log_key)
    assert (code, told["proven"], told["energy_wh"]) == (0, ["inclusion"], None)


def test_litres_of_gas_are_proven_and_never_called_watt_hours(
    files: Files, ask: Ask, export: Export, refused: Callable[..., str]
) -> None:
    supply = Supply(SLOT, Drawn(SLOT * 1000, 5_000), Drawn((SLOT + 60) * 1000, 5_120))
    body = supply_body(
        supply,
        device=FLAT_101.public.device_id,
        building=BUILDING.public.device_id,
        slot_seconds=60,
        meter="G-4711",
        place="101",
    )
    files.log.seal(FLAT_101, Kind.SUPPLY, body)
    files.log.publish()
    code, told = ask("verify", *files.of(6), *files.log_key, *files.enrolment(1))
    assert (code, told["proven"]) == (0, ["inclusion", "body", "signature"])
    assert (told["kind"], told["energy_wh"]) == ("supply", None)
    code, shown = ask("show", files.record(6))
    assert code == 0
    assert (shown["body"]["carrier"], shown["body"]["moved_l"], shown["body"]["energy_wh"]) == ("gas", 120, None)
    # The formats of any record take it, in its own unit; that of energy meters has no word for litres.
    transaction = export("bbc1", *files.of(6), *files.log_key, *files.exporter, "--first")
    assert b'"moved_l":120' in transaction
    assert b'"energy_wh":null' in transaction
    statement = files.put("supply.cose", export("cose", *files.of(6), *files.logs_own))
    assert ask("verify", statement, *files.log_key)[1]["ok"]
    told = refused("export", *files.of(6), "--format", "ocmf", *files.log_key, *files.exporter)
    assert "a record of kind supply has no readings of an electricity meter" in told


def test_what_an_island_may_have_made_is_exported_as_such(files: Files, ask: Ask, export: Export) -> None:
    said = metered(FLAT_101, SLOT + 60, Register(100, 105), Register(80, 80), incoming=True)
    files.log.seal(FLAT_101, Kind.INTERVAL, replace(said, errors=ErrorFlag.ISLAND, frequency_mhz=59_400), SLOT + 60)
    files.log.publish()
    transaction = export("bbc1", *files.of(6), *files.log_key, *files.exporter, "--first")
    assert b'"errors":["island"]' in transaction
    assert b'"frequency_mhz":59400' in transaction
    readings = export("ocmf", *files.of(6), *files.log_key, *files.exporter).decode()
    assert readings.count('"EF":"E"') == 2
    statement = files.put("island.cose", export("cose", *files.of(6), *files.logs_own))
    assert ask("verify", statement, *files.log_key)[1]["ok"]


def test_a_drill_is_exported_but_for_meter_readings(
    files: Files, ask: Ask, export: Export, refused: Callable[..., str]
) -> None:
    report = bytes(range(32))
    body = drill_body(
        report=report,
        level=Level.QUICK,
        begun_ms=SLOT * 1000,
        ended_ms=(SLOT + 300) * 1000,
        separated=True,
        device=FLAT_101.public.device_id,
        slot_seconds=60,
        place="101",
    )
    files.log.seal(FLAT_101, Kind.DRILL, body)
    files.log.publish()
    code, told = ask("verify", *files.of(6), *files.log_key, *files.enrolment(1))
    assert (code, told["kind"], told["energy_wh"]) == (0, "drill", 0)
    shown = ask("show", files.record(6))[1]["body"]
    assert (shown["evidence"], shown["reason"], shown["errors"]) == ([report.hex()], "l2", ["island"])
    assert report.hex().encode() in export("bbc1", *files.of(6), *files.log_key, *files.exporter, "--first")
    statement = files.put("drill.cose", export("cose", *files.of(6), *files.logs_own))
    assert ask("verify", statement, *files.log_key)[1]["ok"]
    told = refused("export", *files.of(6), "--format", "ocmf", *files.log_key, *files.exporter)
    assert "a record of kind drill has no readings of an electricity meter" in told


def test_the_building_enrols_itself(files: Files, ask: Ask) -> None:
    code, told = ask("verify", *files.of(0), *files.log_key, *files.enrolment(0))
    assert (code, told["proven"]) == (0, ["inclusion", "body", "signature"])


def test_a_record_that_is_not_the_proven_one_is_refused(files: Files, ask: Ask) -> None:
    code, told = ask("verify", files.record(3), "--proof", files.proof(4), *files.log_key)
    assert (code, told["ok"]) == (1, False)
    assert "is not in the tree" in told["fault"]


def test_a_flipped_bit_is_refused_in_record_and_proof(files: Files, ask: Ask) -> None:
    record, proof = files.log.records[4].encode(), files.log.proof(4)
    for at in (3, len(record) // 2, -1):
        mangled = bytearray(record)
        mangled[at] ^= 1
        code, told = ask("verify", files.put("x.etp", bytes(mangled)), "--proof", files.proof(4), *files.log_key)
        assert (code, told["ok"]) == (1, False)
    for at in (30, len(proof) // 2, -5):
        mangled = bytearray(proof)
        mangled[at] ^= 1
        code, told = ask("verify", files.record(4), "--proof", files.put("x.proof", bytes(mangled)), *files.log_key)
        assert (code, told["ok"]) == (1, False)


def test_another_logs_key_proves_nothing(files: Files, ask: Ask) -> None:
    elsewhere = files.log.vkey.replace("test+", "elsewhere+")
    assert main(["etp", "verify", *files.of(4), "--log-key", elsewhere]) == 1  # its id does not fit its name
    stranger = type(files.log.key)(ORIGIN, files.log.key.kind, bytes(32)).verifier_key.encode()
    code, told = ask("verify", *files.of(4), "--log-key", stranger)
    assert (code, told["ok"]) == (1, False)
    assert "no known key has signed" in told["fault"]


def test_an_enrolment_of_another_device_or_of_later_does_not_count(files: Files, ask: Ask) -> None:
    code, told = ask("verify", *files.of(4), *files.log_key, *files.enrolment(2))
    assert (code, told["fault"]) == (1, f"the enrolment is not that of device {FLAT_101.public.device_id.hex()}")
    code, told = ask("verify", *files.of(4), *files.log_key, "--enrolment", files.envelope(1))
    assert code == 1
    assert "give its proof" in told["fault"]
    files.log.records.append(files.log.records.pop(1))  # A log in which the flat is enrolled after its records.
    files.log.publish()
    code, told = ask("verify", *files.of(3), *files.log_key, *files.enrolment(5))
    assert (code, told["fault"]) == (1, "the device was enrolled at 5, after its record at 3")


def test_without_a_key_nothing_is_trusted(files: Files, refused: Callable[..., str]) -> None:
    assert "give its verifier key with --log-key" in refused("verify", *files.of(4))
    assert "is no log's verifier key" in refused("verify", *files.of(4), "--log-key", "nonsense")
    assert "cannot be read" in refused("verify", str(files.folder / "gone"), *files.log_key)


# --- Policies ----------------------------------------------------------------------------------------------------


WITNESSES = [tlog.SignerKey(f"w{at}", tlog.SignatureType.COSIGNATURE, bytes([at]) * 32) for at in (1, 2, 3)]


def policy(files: Files, quorum: int, *, log: bool = True) -> list[str]:
    lines = [f"log {files.log.vkey}"] if log else []
    lines += [f"witness {key.name} {key.verifier_key.encode()}" for key in WITNESSES]
    lines += [f"group all-flats {quorum} w1 w2 w3", "quorum all-flats"]
    return ["--policy", files.put("policy", "".join(f"{line}\n" for line in lines).encode())]


def cosigned(files: Files, count: int) -> str:
    """The proof of entry 4, its checkpoint cosigned by so many witnesses."""
    proof = tlog.TlogProof.parse(files.log.proof(4))
    note = tlog.Note.parse(proof.checkpoint)
    signers = [tlog.make_cosigner(key).at(1_795_312_900) for key in WITNESSES[:count]]
    checkpoint = tlog.sign_note(note.text, signers, note.signatures)
    return files.put("4.cosigned", replace(proof, checkpoint=checkpoint).encode())


def test_a_policy_asks_for_witnesses(files: Files, ask: Ask) -> None:
    two = cosigned(files, 2)
    code, told = ask("verify", files.record(4), "--proof", two, *policy(files, 2))
    assert (code, told["witnesses"]) == (0, ["w1", "w2"])
    code, told = ask("verify", files.record(4), "--proof", two, *policy(files, 3))
    assert (code, told["ok"]) == (1, False)
    assert "2 of the 3 members" in told["fault"]
    code, told = ask("verify", files.record(4), "--proof", two, *files.log_key)
    assert (code, told["witnesses"]) == (0, [])


def test_a_policy_without_a_log_gets_it_beside_it(files: Files, ask: Ask, refused: Callable[..., str]) -> None:
    asked = ["verify", files.record(4), "--proof", cosigned(files, 3), *policy(files, 3, log=False)]
    assert "no log is trusted" in refused(*asked)
    assert ask(*asked, *files.log_key)[0] == 0
    assert ask("verify", files.record(4), "--proof", cosigned(files, 3), *policy(files, 3), *files.log_key)[0] == 0


def test_a_receipt_has_no_witnesses(files: Files, ask: Ask, export: Export) -> None:
    statement = files.put("statement.cose", export("cose", *files.of(4), *files.logs_own))
    code, told = ask("verify", statement, *policy(files, 1))
    assert (code, told["ok"]) == (1, False)
    assert "the policy asks for witnesses" in told["fault"]
    code, told = ask("verify", statement, "--proof", cosigned(files, 1), *policy(files, 1))
    assert (code, told["witnesses"]) == (0, ["w1"])


def test_a_policy_that_is_none_is_named_with_its_line(files: Files, refused: Callable[..., str]) -> None:
    told = refused("verify", *files.of(4), "--policy", files.put("policy", b"log nonsense\nquorum none\n"))
    assert "policy: line 1 of the policy" in told


def test_a_witness_is_no_log(files: Files, refused: Callable[..., str]) -> None:
    told = refused("verify", *files.of(4), "--log-key", WITNESSES[0].verifier_key.encode())
    assert "is no log's verifier key" in told


# --- COSE --------------------------------------------------------------------------------------------------------


def test_a_transparent_statement_brings_its_own_proof(files: Files, ask: Ask, export: Export) -> None:
    data = export("cose", *files.of(4), *files.logs_own)
    entry = files.log.records[4].signed.statement.data
    assert receipt.detach(data)[0] == entry
    statement = files.put("statement.cose", data)
    code, told = ask("verify", statement, *files.log_key, *files.enrolment(1))
    assert (code, told["proven"], told["index"], told["size"]) == (0, ["inclusion", "signature"], 4, 6)
    code, shown = ask("show", statement)
    assert (code, shown["hash"]) == (0, files.log.records[4].hash.hex())
    assert shown["receipts"] == [
        {"log": ORIGIN, "key_id": shown["receipts"][0]["key_id"], "proof": "inclusion", "size": 6, "index": 4}
    ]


def test_the_receipt_alone_is_the_one_in_the_statement(files: Files, export: Export) -> None:
    _, receipts = receipt.detach(export("cose", *files.of(4), *files.logs_own))
    assert receipts == (export("receipt", *files.of(4), *files.logs_own),)


def test_a_receipt_is_the_logs_to_sign(files: Files, refused: Callable[..., str]) -> None:
    told = refused("export", *files.of(4), "--format", "cose", *files.exporter)
    assert "a receipt is the log's to sign" in told
    another = ["--key", files.put("other", b"07" * 32)]
    assert "no known key has signed" in refused("export", *files.of(4), "--format", "cose", *another)
    assert "give the record's with --proof" in refused("export", files.record(4), "--format", "cose", *files.logs_own)
    stranger = type(files.log.key)(ORIGIN, files.log.key.kind, bytes(32)).verifier_key.encode()
    told = refused("export", *files.of(4), "--format", "cose", *files.logs_own, "--log-key", stranger)
    assert f"not of {stranger}" in told


# --- OCMF --------------------------------------------------------------------------------------------------------


def test_readings_at_begin_and_end_are_two_lines(files: Files, export: Export) -> None:
    lines = export("ocmf", *files.of(4), *files.log_key, *files.exporter).decode().splitlines()
    begin, end = (ocmf.open_ocmf(line, EXPORTER.public)[0] for line in lines)
    assert (begin.wh, end.wh, begin.obis, begin.pagination, end.pagination) == (50, 80, ocmf.Obis.EXPORT, 3, 4)
    assert (begin.log, begin.index, begin.assurance) == (ORIGIN, 4, ocmf.Assurance.TRUSTED)


def test_with_the_devices_enrolment_the_assignment_is_certified(files: Files, export: Export) -> None:
    text = export("ocmf", *files.of(4), *files.log_key, *files.exporter, *files.enrolment(1)).decode()
    assert all('"IL":"CERTIFIED"' in line for line in text.splitlines())


def test_what_has_no_readings_is_not_exported_as_readings(files: Files, refused: Callable[..., str]) -> None:
    common = ["--format", "ocmf", *files.log_key, *files.exporter]
    assert "kind enrol has no readings" in refused("export", *files.of(1), *common)
    envelope = [files.envelope(4), "--proof", files.proof(4)]
    assert "give the .etp file" in refused("export", *envelope, *common)


# --- BBc-1 -------------------------------------------------------------------------------------------------------


def test_transactions_are_chained_by_the_one_before(
    files: Files, export: Export, refused: Callable[..., str], capsys: pytest.CaptureFixture[str]
) -> None:
    common = [*files.log_key, *files.exporter]
    first = export("bbc1", *files.of(3), *common)
    assert capsys.readouterr().err == f"transaction {bbc1.parse(first).id.hex()}\n"
    assert "give the transaction of the one before" in refused("export", *files.of(4), "--format", "bbc1", *common)
    second = bbc1.parse(export("bbc1", *files.of(4), *common, "--previous", files.put("3.bbc1", first)))
    assert second.content.previous == bbc1.Pointer(bbc1.parse(first).id, bbc1.parse(first).content.asset.id)
    second.verify()
    began = bbc1.parse(export("bbc1", *files.of(4), *common, "--first"))
    assert began.content.previous is None
    assert "another device" in refused(
        "export", *files.of(5), "--format", "bbc1", *common, "--previous", files.put("3.bbc1", first)
    )


def test_a_transaction_before_that_was_tampered_with_begins_nothing(
    files: Files, export: Export, refused: Callable[..., str]
) -> None:
    first = bytearray(export("bbc1", *files.of(3), *files.log_key, *files.exporter))
    first[-1] ^= 1
    told = refused(
        "export",
        *files.of(4),
        *("--format", "bbc1", *files.log_key, *files.exporter, "--previous", files.put("3.bbc1", bytes(first))),
    )
    assert "is not of key" in told


def test_only_transactions_are_chained(files: Files, refused: Callable[..., str]) -> None:
    told = refused("export", *files.of(4), "--format", "ocmf", *files.log_key, *files.exporter, "--first")
    assert "other formats have none" in told


# --- What may be exported, and with which key --------------------------------------------------------------------


@pytest.mark.parametrize("how", ["ocmf", "bbc1", "cose"])
def test_what_is_not_proven_is_not_exported(how: str, files: Files, refused: Callable[..., str]) -> None:
    key = files.logs_own if how == "cose" else files.exporter
    unproven = [files.record(3), "--proof", files.proof(4), "--format", how, *key, *files.log_key]
    out = files.folder / "never"
    assert "is not exported: entry 4 is not in the tree" in refused("export", *unproven, "--out", str(out))
    assert not out.exists()


def pem(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey, password: bytes | None = None) -> bytes:
    how = BestAvailableEncryption(password) if password else NoEncryption()
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, how)


def test_a_key_that_others_can_read_does_not_sign(files: Files, refused: Callable[..., str]) -> None:
    for mode in (0o640, 0o604, 0o620):
        key = files.put("open.pem", EXPORTER.pem(), mode)
        told = refused("export", *files.of(4), "--format", "ocmf", *files.log_key, "--key", key)
        assert "chmod 600" in told


@pytest.mark.parametrize(
    ("content", "named"),
    [
        (b"", "holds no private key"),
        (b"nonsense", "holds no private key"),
        (b"ab" * 31, "holds no private key"),
        (pem(ec.generate_private_key(ec.SECP384R1())), "needs a P-256 key"),
        (pem(ec.generate_private_key(ec.SECP256R1()), b"secret"), "is encrypted"),
        (b"07" * 32, "signed with a P-256 key"),
    ],
    ids=["empty", "nonsense", "short", "P-384", "encrypted", "Ed25519"],
)
def test_a_key_of_another_kind_is_named_without_its_content(
    content: bytes, named: str, files: Files, refused: Callable[..., str]
) -> None:
    told = refused("export", *files.of(4), "--format", "ocmf", *files.log_key, "--key", files.put("key", content))
    assert named in told
    secret = content.decode("ascii").splitlines()[1:-1] or [content.decode("ascii")]
    assert not any(line in told for line in secret if line)


def test_a_missing_key_and_one_that_is_no_file_are_named(files: Files, refused: Callable[..., str]) -> None:
    common = ["export", *files.of(4), "--format", "ocmf", *files.log_key, "--key"]
    assert "gone.pem cannot be read: No such file" in refused(*common, str(files.folder / "gone.pem"))
    assert "cannot be read: Is a directory" in refused(*common, str(files.folder))


def test_a_pem_of_openssls_older_form_signs_as_well(files: Files, export: Export) -> None:
    key = ec.derive_private_key(0xC0FFEE, ec.SECP256R1())
    old = key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    text = export("ocmf", *files.of(4), *files.log_key, "--key", files.put("old.pem", old)).decode()
    assert ocmf.open_ocmf(text.splitlines()[0], EXPORTER.public)


def test_standard_output_gets_the_export_unless_it_is_a_terminal(
    files: Files, capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = ["etp", "export", *files.of(4), "--format", "cose", *files.logs_own]
    assert main(asked) == 0
    statement, _ = receipt.detach(capfdbinary.readouterr().out)
    assert statement == files.log.records[4].signed.statement.data
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    assert main(asked) == 1
    printed = capfdbinary.readouterr()
    assert (printed.out, b"name a file with --out" in printed.err) == (b"", True)


def test_a_file_that_cannot_be_written_is_named(files: Files, refused: Callable[..., str]) -> None:
    out = files.folder / "no" / "where"
    told = refused("export", *files.of(4), "--format", "cose", *files.logs_own, "--out", str(out))
    assert f"cannot be written to {out}: {os.strerror(2)}" in told
