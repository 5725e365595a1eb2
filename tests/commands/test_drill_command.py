"""`local-vpp drill`: a report is shown, proven by its record from files alone, and written as PDF."""

from collections.abc import Callable
from dataclasses import replace
import json
from pathlib import Path
from typing import Any

import pypdfium2
import pytest

from commands.main import main
from localvpp.blackout.building_document import encode_building
from localvpp.blackout.document import digest, encode
from localvpp.drill_record import drill_body
from localvpp.etp import DeviceId, Kind
from localvpp.islanding.report import Level

from ..localvpp.blackout.drills import BEGUN_MS, document, held
from ..localvpp.blackout.test_blackout_pdf import building
from .conftest import BUILDING, FLAT_101, FLAT_102, ORIGIN, SLOT, SmallLog

DEVICE = FLAT_101.public.device_id


@pytest.fixture
def report() -> bytes:
    return encode(document(building=ORIGIN, device=DEVICE, flat="101"))


class Files:
    """A log with a drill's record in it, as files."""

    def __init__(self, log: SmallLog, folder: Path, report: bytes) -> None:
        self.log, self.folder = log, folder
        self.log.seal(FLAT_101, Kind.DRILL, self.body(report))
        self.log.publish()

    def body(self, report: bytes, **other: Any) -> Any:
        said = drill_body(
            report=digest(report),
            level=Level.QUICK,
            begun_ms=BEGUN_MS,
            ended_ms=BEGUN_MS + 999_000,
            separated=True,
            device=DEVICE,
            slot_seconds=60,
            place="101",
        )
        return replace(said, **other)

    def put(self, name: str, data: bytes) -> str:
        path = self.folder / name
        path.write_bytes(data)
        return str(path)

    def etp(self, index: int = -1) -> str:
        return self.put("drill.etp", self.log.records[index].encode())

    def proof(self, index: int) -> str:
        return self.put(f"{index}.tlog-proof", self.log.proof(index))

    @property
    def last(self) -> int:
        return len(self.log.records) - 1


@pytest.fixture
def files(small_log: SmallLog, tmp_path: Path, report: bytes) -> Files:
    return Files(small_log, tmp_path, report)


@pytest.fixture
def ask(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, dict[str, Any]]]:
    def asked(*arguments: str) -> tuple[int, dict[str, Any]]:
        code = main(["drill", *arguments])
        return code, json.loads(capsys.readouterr().out)

    return asked


type Ask = Callable[..., tuple[int, dict[str, Any]]]


def test_a_report_is_shown_with_its_hash(files: Files, ask: Ask, report: bytes) -> None:
    code, told = ask("show", files.put("report.json", report))
    assert (code, told["sha256"], told["flat"], told["level"]) == (0, digest(report).hex(), "101", "l2")


def test_a_report_is_proven_by_a_logged_and_signed_record(files: Files, ask: Ask, report: bytes) -> None:
    name = files.put("report.json", report)
    enrolment = files.put("enrolment.cose", files.log.records[1].signed.statement.data)
    code, told = ask(
        "verify",
        *(name, "--etp", files.etp(), "--proof", files.proof(files.last), "--log-key", files.log.vkey),
        *("--enrolment", enrolment, "--enrolment-proof", files.proof(1)),
    )
    assert code == 0
    assert (told["proven"], told["not_checked"]) == (["report", "inclusion", "signature"], [])
    assert (told["passed"], told["level"], told["index"]) == (True, "l2", files.last)
    policy = files.put("policy", f"log {files.log.vkey}\nquorum none\n".encode())
    code, told = ask("verify", name, "--etp", files.etp(), "--proof", files.proof(files.last), "--policy", policy)
    assert (code, told["proven"], told["not_checked"]) == (0, ["report", "inclusion"], ["signature"])


def test_what_was_not_checked_is_said(files: Files, ask: Ask, report: bytes) -> None:
    code, told = ask("verify", files.put("report.json", report), "--etp", files.etp())
    assert (code, told["proven"], told["not_checked"]) == (0, ["report"], ["inclusion", "signature"])
    assert told["index"] is None


def test_another_report_record_or_proof_proves_nothing(files: Files, ask: Ask, report: bytes) -> None:
    name = files.put("report.json", report)
    faults = {}
    better = encode(document(held(), building=ORIGIN, device=DEVICE, flat="101", asked_by="Somebody Else"))
    faults["names the report"] = ("verify", files.put("better.json", better), "--etp", files.etp())
    faults["of kind interval"] = ("verify", name, "--etp", files.put("i.etp", files.log.records[3].encode()))
    faults["not in the tree|does not|root|inclusion"] = (
        *("verify", name, "--etp", files.etp(), "--proof", files.proof(3), "--log-key", files.log.vkey),
    )
    for fault, arguments in faults.items():
        code, told = ask(*arguments)
        assert (code, told["ok"]) == (1, False)
        assert any(part in told["fault"] for part in fault.split("|")), told["fault"]


def test_the_record_of_another_device_level_building_or_slot_proves_nothing(files: Files, ask: Ask) -> None:
    other = FLAT_102.public.device_id
    cases: list[tuple[dict[str, Any], dict[str, Any], int, str]] = [
        ({"device": other}, {}, SLOT, "the report is of device"),
        ({"building": "vpp.example/other"}, {}, SLOT, "the report is of 'vpp.example/other'"),
        ({}, {"reason": "l3"}, SLOT, "the report is of level l2, the record says l3"),
        ({}, {}, SLOT + 60, "name the slot in which it began"),
        ({}, {"sender": DeviceId(other), "receiver": DeviceId(other)}, SLOT, "by the device that held it"),
    ]
    for changes, said, slot, fault in cases:
        report = encode(document(**({"building": ORIGIN, "device": DEVICE} | changes)))
        files.log.seal(FLAT_101, Kind.DRILL, files.body(report, **said), slot)
        code, told = ask("verify", files.put("report.json", report), "--etp", files.etp())
        assert (code, told["ok"]) == (1, False)
        assert fault in told["fault"]


def test_a_report_that_was_changed_is_refused_before_anything_is_proven(
    files: Files, report: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    changed = report.replace(b'"passed":true', b'"passed":false', 1)
    assert changed != report
    assert main(["drill", "verify", files.put("report.json", changed), "--etp", files.etp()]) == 1
    assert "it was changed after it was drawn up" in capsys.readouterr().err
    cose = files.put("drill.cose", files.log.records[-1].signed.statement.data)
    assert main(["drill", "verify", files.put("report.json", report), "--etp", cose]) == 1
    assert "give the .etp file" in capsys.readouterr().err


def test_a_buildings_report_is_proven_by_the_buildings_record(files: Files, ask: Ask) -> None:
    device = BUILDING.public.device_id
    report = encode_building(replace(building(), building=ORIGIN, device=device))
    body = files.body(report, sender=device, receiver=device, reason="lb")
    files.log.seal(BUILDING, Kind.DRILL, body)
    code, told = ask("verify", files.put("report.json", report), "--etp", files.etp())
    assert (code, told["level"], told["passed"], told["device"]) == (0, "lb", False, device.hex())


def test_a_report_becomes_a_pdf_that_cites_its_record(
    files: Files, report: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, name = tmp_path / "report.pdf", files.put("report.json", report)
    arguments = ["drill", "pdf", name, "--language", "en", "-o", str(out), "--utc-offset", "-03:30"]
    assert main([*arguments, "--etp", files.etp()]) == 0
    text = pypdfium2.PdfDocument(out)[0].get_textpage().get_text_bounded()
    assert files.log.records[-1].hash.hex() in text
    assert "2026-11-21 22:30:20" in text
    assert main([*arguments[:-1], "9"]) == 1
    assert "as in +09:00" in capsys.readouterr().err
    assert main([*arguments, "--etp", files.put("i.etp", files.log.records[3].encode())]) == 1
    assert "of kind interval" in capsys.readouterr().err
    assert main([*arguments, "--font", str(tmp_path / "none.ttf")]) == 1
    assert "none.ttf cannot be used" in capsys.readouterr().err
