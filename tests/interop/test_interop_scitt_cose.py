"""scitt-cose, written by others, verifies our statements and receipts, and refuses what was tampered with."""

from collections.abc import Callable
import json
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
import pytest

from localvpp.etp import PublicKey
from localvpp.export import receipt

from ..localvpp.export.conftest import ENTRY, FLAT, INDEX, LOG, grow
from .conftest import run, tool

pytestmark = pytest.mark.slow

PROGRAM = """
import json, sys
from scitt_cose.cose_sign1 import CoseError
from scitt_cose.receipt import verify_receipt
from scitt_cose.statement import extract_receipts, parse_signed_statement

told = []
for asked in json.load(open(sys.argv[1])):
    data = bytes.fromhex(asked["statement"])
    statement = parse_signed_statement(data, public_key_pem=asked["device_key"])
    try:
        attached = extract_receipts(data)
    except CoseError:
        attached = []
    receipts = []
    for each in attached:
        found = verify_receipt(each, leaf_entry_hex=asked["leaf"], log_public_key_pem=asked["log_key"])
        receipts.append([found.ok, found.root, found.tree_size, found.leaf_index, found.issuer, found.subject])
    told.append([statement["signature_verified"], statement["issuer"], statement["subject"], receipts])
json.dump(told, sys.stdout)
"""
TREE = grow([ENTRY if at == INDEX else b"entry %d" % at for at in range(7)])
RECEIPT = receipt.sign_inclusion(LOG, TREE.head(7), INDEX, TREE.path(INDEX, 7), entry=ENTRY)


def pem(key: PublicKey) -> str:
    public = Ed25519PublicKey.from_public_bytes(key.data)
    return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def asked(statement: bytes, leaf: bytes = ENTRY, log: PublicKey = LOG.public) -> dict[str, str]:
    return {"statement": statement.hex(), "leaf": leaf.hex(), "device_key": pem(FLAT.public), "log_key": pem(log)}


type Answers = Callable[[list[dict[str, str]]], list[Any]]


@pytest.fixture
def answers(tmp_path: Path) -> Answers:
    """Ask scitt-cose about many statements at once."""
    python, questions = tool("scitt-cose") / "bin/python", tmp_path / "questions.json"

    def ask(asked: list[dict[str, str]]) -> list[Any]:
        questions.write_text(json.dumps(asked))
        return list(json.loads(run(python, "-c", PROGRAM, questions)))

    return ask


def test_our_statement_and_its_receipt_verify(answers: Answers) -> None:
    device = f"urn:local-vpp:device:{FLAT.public.device_id.hex()}"
    origin, head = TREE.head(7).origin, TREE.head(7)
    bare, transparent = answers([asked(ENTRY), asked(receipt.attach(ENTRY, [RECEIPT]))])
    assert bare == [True, device, origin, []]
    assert transparent == [True, device, origin, [[True, head.root.hex(), 7, INDEX, origin, origin]]]


def test_a_receipt_is_of_its_entry_and_its_log_alone(answers: Answers) -> None:
    transparent = receipt.attach(ENTRY, [RECEIPT])
    found = answers([asked(transparent, leaf=b"entry 3"), asked(transparent, log=FLAT.public)])
    assert [receipts[0][0] for *_, receipts in found] == [False, False]


def test_a_flipped_bit_is_refused_wherever_it_is(answers: Answers) -> None:
    whole = receipt.attach(ENTRY, [RECEIPT])
    flipped = [whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :] for at in range(len(whole))]
    found = answers([asked(data) for data in flipped])
    passed = [
        at
        for at, (statement, _, _, receipts) in enumerate(found)
        if statement is True and receipts and all(ok for ok, *_ in receipts)
    ]
    assert passed == []
