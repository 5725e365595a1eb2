"""pyocmf verifies our OCMF, in its strict reading, and has nothing to say against its pair of readings."""

from collections.abc import Callable
from dataclasses import replace
import json
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
import pytest

from localvpp.etp import ErrorFlag, Es256Signer, MeterStatus, PublicKey, Record, Register, Source, TimeStatus
from localvpp.export import ocmf

from ..localvpp.export.conftest import BODY, BUILDING, DEVICE, EXPORTER, INDEX, RECORD, seal
from .conftest import run, tool

pytestmark = pytest.mark.slow

PROGRAM = """
import json, sys
from pyocmf import OCMF
from pyocmf.compliance import check_eichrecht_transaction
from pyocmf.exceptions import PyOCMFError

def verified(text, key):
    try:
        return OCMF.from_string(text, strict=True).verify_signature(key)
    except PyOCMFError:
        return None

told = []
for asked in json.load(open(sys.argv[1])):
    begin, end = (OCMF.from_string(text, strict=True) for text in asked["texts"])
    issues = check_eichrecht_transaction(begin.payload, end.payload)
    told.append({
        "verified": [verified(text, asked["key"]) for text in asked["texts"]],
        "tampered": [verified(text, asked["key"]) for text in asked["tampered"]],
        "issues": [f"{issue.severity.value} {issue.code.value}" for issue in issues],
        "values": [str(one.payload.RD[0].RV) for one in (begin, end)],
        "times": [str(one.payload.RD[0].timestamp) for one in (begin, end)],
    })
json.dump(told, sys.stdout)
"""

type Answers = Callable[..., list[dict[str, Any]]]


def der(key: PublicKey) -> str:
    point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), key.data)
    return point.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo).hex()


def texts(record: Record) -> list[str]:
    sets = ocmf.data_sets(record, INDEX, ocmf.Assurance.CERTIFIED)
    return [ocmf.sign(data_set, EXPORTER, record.signed.statement.data) for data_set in sets]


@pytest.fixture
def answers(tmp_path: Path) -> Answers:
    """Ask pyocmf about pairs of readings."""
    python, questions = tool("pyocmf") / "bin/python", tmp_path / "questions.json"

    def ask(*records: Record, key: PublicKey = EXPORTER.public, tampered: tuple[str, ...] = ()) -> list[Any]:
        asked = [{"texts": texts(record), "key": der(key), "tampered": tampered} for record in records]
        questions.write_text(json.dumps(asked))
        return list(json.loads(run(python, "-W", "error", "-c", PROGRAM, questions)))

    return ask


def test_the_readings_of_a_slot_verify_without_an_issue(answers: Answers) -> None:
    exported = replace(
        BODY,
        sender=DEVICE,
        receiver=BUILDING,
        energy_wh=7,
        attributes=((Source.SOLAR, 7),),
        exported=Register(567, 574),
    )
    imported, out = answers(RECORD, seal(exported, seq=2, prev=RECORD.hash))
    assert imported == {
        "verified": [True, True],
        "tampered": [],
        "issues": [],
        "values": ["1234.000", "1234.012"],
        "times": ["2026-11-22 02:00:00.120000+00:00", "2026-11-22 02:01:00.095000+00:00"],
    }
    assert (out["verified"], out["issues"], out["values"]) == ([True, True], [], ["0.567", "0.574"])


def test_what_the_record_says_against_itself_is_found(answers: Answers) -> None:
    doubtful = (
        replace(BODY, time_status=TimeStatus.INFORMATIVE),
        replace(BODY, errors=ErrorFlag.ENERGY),
        replace(BODY, meter_status=MeterStatus.EXCHANGED),
    )
    issues = [found["issues"] for found in answers(*map(seal, doubtful))]
    assert issues == [["warning TIME_SYNC"] * 2, ["error ERROR_FLAGS"] * 2, ["error METER_STATUS"] * 2]


def test_tampered_readings_and_strangers_keys_are_refused(answers: Answers) -> None:
    begin, _ = texts(RECORD)
    tampered = (
        begin.replace("1234.000", "1233.000"),
        begin.replace("1234.000", "1234.0"),
        begin.replace("T1", "T2"),
        begin.replace('"XI":4', '"XI":5'),
        begin.replace("02:00:00", "02:00:01"),
        begin.replace("CERTIFIED", "SECURE"),
    )
    assert begin not in tampered
    (found,) = answers(RECORD, tampered=tampered)
    assert found["tampered"] == [False] * len(tampered)
    (of_stranger,) = answers(RECORD, key=Es256Signer.generate().public)
    assert of_stranger["verified"] == [False, False]
