"""Two records with one number convict their signer, and nothing else does."""

import base64
from collections.abc import Callable
from dataclasses import replace
import json
from pathlib import Path
from typing import Any

import pytest

from commands.main import main
from localvpp.etp import (
    Body,
    Chain,
    Ed25519Signer,
    Es256Signer,
    EtpError,
    Kind,
    NoEquivocationError,
    Record,
    SignatureError,
    Signer,
    prove_equivocation,
)

ORIGIN = "vpp.example/test"
SLOT = 1_795_312_800


def body(signer: Signer) -> Body:
    return Body(
        start_ms=SLOT * 1000,
        end_ms=SLOT * 1000,
        slot_seconds=60,
        sender=signer.public.device_id,
        receiver=signer.public.device_id,
        energy_wh=0,
        attributes=(),
    )


def chain(signer: Signer, number: int, origin: str = ORIGIN) -> list[Record]:
    """The first records of a device; each call makes others."""
    chain, records = Chain(signer.public.device_id, origin), []
    for _ in range(number):
        record, chain = chain.seal(signer, Kind.BEGIN, SLOT, body(signer))
        records.append(record)
    return records


def envelope(record: Record) -> bytes:
    return record.signed.statement.data


@pytest.fixture(params=[Ed25519Signer, Es256Signer])
def signer(request: pytest.FixtureRequest) -> Signer:
    made: Signer = request.param.generate()
    return made


def test_two_records_with_one_number_are_proof(signer: Signer) -> None:
    one, other = chain(signer, 2), chain(signer, 2)
    proven = prove_equivocation(envelope(one[1]), envelope(other[1]), signer.public)
    assert (proven.seq, proven.first.hash, proven.second.hash) == (2, one[1].hash, other[1].hash)


def same(one: list[Record], _: list[Record], __: Signer) -> tuple[bytes, bytes]:
    return envelope(one[0]), envelope(one[0])


def one_after_the_other(one: list[Record], _: list[Record], __: Signer) -> tuple[bytes, bytes]:
    return envelope(one[0]), envelope(one[1])


def of_another_building(one: list[Record], _: list[Record], signer: Signer) -> tuple[bytes, bytes]:
    return envelope(one[0]), envelope(chain(signer, 1, f"{ORIGIN}-other")[0])


def of_another_device(one: list[Record], _: list[Record], signer: Signer) -> tuple[bytes, bytes]:
    record, _ = replace(Chain(signer.public.device_id, ORIGIN), device=type(signer.public.device_id)(bytes(16))).seal(
        signer, Kind.BEGIN, SLOT, body(signer)
    )
    return envelope(one[0]), envelope(record)


def damaged(one: list[Record], other: list[Record], _: Signer) -> tuple[bytes, bytes]:
    data = bytearray(envelope(other[0]))
    data[-1] ^= 1
    return envelope(one[0]), bytes(data)


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (same, "both are the same record"),
        (one_after_the_other, "different numbers, 1 and 2"),
        (of_another_building, "different buildings"),
        (of_another_device, "different devices"),
        (damaged, "not of key"),
    ],
)
def test_anything_less_is_none(signer: Signer, make: Callable[..., Any], told: str) -> None:
    one, other = chain(signer, 2), chain(signer, 2)
    with pytest.raises(EtpError, match=told):
        prove_equivocation(*make(one, other, signer), signer.public)


def test_another_keys_records_do_not_convict(signer: Signer) -> None:
    one, other = chain(signer, 1), chain(signer, 1)
    stranger = Ed25519Signer.generate()
    with pytest.raises(EtpError) as error:
        prove_equivocation(envelope(one[0]), envelope(other[0]), stranger.public)
    assert isinstance(error.value, SignatureError)
    assert not isinstance(error.value, NoEquivocationError)


# --- The command --------------------------------------------------------------------------------------------


def key_of(signer: Signer) -> str:
    return base64.b64encode(signer.public.data).decode()


def test_the_command_takes_records_envelopes_and_evidence(
    signer: Signer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one, other = chain(signer, 1)[0], chain(signer, 1)[0]
    (tmp_path / "one.etp").write_bytes(one.encode())
    (tmp_path / "other").write_bytes(envelope(other))
    files = [str(tmp_path / "one.etp"), str(tmp_path / "other")]
    assert main(["etp", "equivocation", *files, "--public-key", key_of(signer)]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["ok"], told["seq"], told["enrolled_key"]) == (True, 1, True)
    assert told["hashes"] == [one.hash.hex(), other.hash.hex()]
    evidence = {
        "public_key": key_of(signer),
        "logged": base64.b64encode(envelope(one)).decode(),
        "other": base64.b64encode(envelope(other)).decode(),
    }
    (tmp_path / "evidence.json").write_text(json.dumps(evidence))
    assert main(["etp", "equivocation", str(tmp_path / "evidence.json")]) == 0
    capsys.readouterr()
    evidence["other"] = evidence["logged"]
    (tmp_path / "evidence.json").write_text(json.dumps(evidence))
    assert main(["etp", "equivocation", str(tmp_path / "evidence.json")]) == 1
    assert json.loads(capsys.readouterr().out) == {"ok": False, "fault": "both are the same record"}


@pytest.mark.parametrize(
    ("content", "more", "told"),
    [
        ("{}", [], "it needs public_key, logged, other"),
        ("no json", [], "is no evidence in JSON"),
        ('{"public_key": "!", "logged": "", "other": ""}', [], "is not base64"),
        ('{"public_key": "AAAA", "logged": "", "other": ""}', [], "is no public key"),
        ("{}", ["x", "y"], "give two records, or one file of evidence"),
        ("{}", ["x"], "give it with --public-key"),
    ],
)
def test_files_that_are_no_evidence_are_told(
    content: str, more: list[str], told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "evidence.json"
    file.write_text(content)
    assert main(["etp", "equivocation", str(file), *more]) == 1
    assert told in capsys.readouterr().err
