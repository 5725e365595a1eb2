import json
from pathlib import Path

import pytest

from commands.main import main
from localvpp.etp import DeviceId, Ed25519Signer, Envelope, Kind

from .conftest import SmallLog


def test_a_sealed_record_is_shown_with_its_body(
    small_log: SmallLog, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "record.etp"
    file.write_bytes(small_log.records[4].encode())
    assert main(["etp", "show", str(file)]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert (shown["kind"], shown["seq"], shown["body"]["energy_wh"]) == ("interval", 2, 30)
    assert shown["body"]["sources"] == {"solar": 30}
    assert shown["body"]["export_wh"] == {"begin": 50, "end": 80}


def test_an_envelope_out_of_the_log_is_shown_without_a_body(
    small_log: SmallLog, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "entry"
    file.write_bytes(small_log.records[1].signed.statement.data)
    assert main(["etp", "show", str(file)]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown["kind"] == "enrol"
    assert "body" not in shown
    assert shown["enrolled"]["algorithm"] == "ED25519"


def test_what_the_building_says_of_a_device_and_of_its_next_key_is_shown(
    small_log: SmallLog, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "entry"
    founding = small_log.records[0]
    file.write_bytes(founding.signed.statement.data)
    assert main(["etp", "show", str(file)]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert founding.envelope.next_key is not None
    assert shown["next_key"] == founding.envelope.next_key.hex()
    assert "concerns" not in shown
    envelope = Envelope(
        device=founding.envelope.device,
        epoch=0,
        seq=2,
        prev=founding.hash,
        kind=Kind.REVOKE,
        slot=0,
        commitment=bytes(32),
        concerns=DeviceId(bytes(range(16))),
    )
    file.write_bytes(envelope.sign(Ed25519Signer.generate(), founding.signed.building))
    assert main(["etp", "show", str(file)]) == 0
    assert json.loads(capsys.readouterr().out)["concerns"] == bytes(range(16)).hex()


@pytest.mark.parametrize("mangled", [b"", b"\xd2", b"hello", b"\x83\x40\x40\x40"])
def test_what_is_no_record_is_refused_with_the_files_name(
    mangled: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "nonsense.etp"
    file.write_bytes(mangled)
    assert main(["etp", "show", str(file)]) == 1
    assert "nonsense.etp is no record" in capsys.readouterr().err


def test_a_missing_file_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["etp", "show", str(tmp_path / "gone.etp")]) == 1
    assert "gone.etp cannot be read" in capsys.readouterr().err
