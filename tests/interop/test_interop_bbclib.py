"""py-bbclib reads our BBc-1 transactions, writes the same bytes itself, and refuses what was tampered with."""

from collections.abc import Callable
import json
from pathlib import Path
from typing import Any

import pytest

from localvpp.etp import Record
from localvpp.export import bbc1

from ..localvpp.export.conftest import BODY, DEVICE, EXPORTER, INDEX, RECORD, seal
from .conftest import attempt, run, tool

pytestmark = pytest.mark.slow

READER = Path(__file__).with_name("bbclib_reader.py")
FIRST = bbc1.export(RECORD, INDEX, EXPORTER, None)
SECOND_RECORD = seal(BODY, seq=2, prev=RECORD.hash)
SECOND = bbc1.export(SECOND_RECORD, INDEX + 1, EXPORTER, FIRST)


@pytest.fixture
def python() -> Path:
    return tool("py-bbclib") / "bin/python"


type Read = Callable[[bytes, bytes], dict[str, Any] | None]


@pytest.fixture
def read(python: Path, tmp_path: Path) -> Read:
    """What py-bbclib reads in a transaction beside its record's file; None when it cannot."""
    transaction, file = tmp_path / "transaction", tmp_path / "record.etp"

    def ask(data: bytes, sealed: bytes) -> dict[str, Any] | None:
        transaction.write_bytes(data)
        file.write_bytes(sealed)
        done = attempt(python, READER, "read", transaction, file)
        return json.loads(done.stdout) if done.returncode == 0 else None

    return ask


def test_a_chain_of_transactions_is_read_and_verified(read: Read) -> None:
    for sent, record, pointers in (
        (FIRST, RECORD, []),
        (SECOND, SECOND_RECORD, [[FIRST.id.hex(), FIRST.content.asset.id.hex()]]),
    ):
        found = read(sent.encode(), record.encode())
        assert found == {
            "wire": 0,
            "valid": True,
            "written_again": True,
            "version": 2,
            "timestamp": record.body.end_ms,
            "id": sent.id.hex(),
            "group": sent.content.asset_group.hex(),
            "asset": sent.content.asset.id.hex(),
            "asset_again": sent.content.asset.id.hex(),
            "user": bbc1.user_of_device(DEVICE).hex(),
            "body": sent.content.asset.body.decode(),
            "file": True,
            "pointers": pointers,
            "witnesses": [bbc1.user_of_key(EXPORTER.public).hex()],
        }


def test_from_the_same_values_py_bbclib_writes_the_same_bytes(python: Path) -> None:
    for sent, record in ((FIRST, RECORD), (SECOND, SECOND_RECORD)):
        assert run(python, READER, "write", json.dumps(values(sent, record))) == sent.encode().hex()


def values(sent: bbc1.Transaction, record: Record) -> dict[str, Any]:
    content = sent.content
    told: dict[str, Any] = {
        "timestamp": content.time_ms,
        "group": content.asset_group.hex(),
        "user": content.asset.user.hex(),
        "nonce": content.asset.nonce.hex(),
        "body": content.asset.body.decode(),
        "file": record.encode().hex(),
        "witness": content.witness.hex(),
        "public_key": sent.key.data.hex(),
        "signature": sent.signature.hex(),
    }
    if content.previous:
        told["pointer"] = [content.previous.transaction.hex(), content.previous.asset.hex()]
    return told


@pytest.mark.parametrize("at", [10, 40, 200, 700, -200, -20], ids=str)
def test_a_flipped_bit_is_refused(at: int, read: Read) -> None:
    data = bytearray(SECOND.encode())
    data[at] ^= 1
    found = read(bytes(data), SECOND_RECORD.encode())
    assert found is None or not found["valid"]


def test_another_file_is_not_that_of_the_asset(read: Read) -> None:
    found = read(SECOND.encode(), RECORD.encode())
    assert found is not None
    assert (found["valid"], found["file"]) == (True, False)
