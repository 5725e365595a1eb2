"""Writes proof.json: records, their proofs and a policy made by the Python side, which the page's own code must verify.

Run from the repository: `python frontend/test/golden/make_proof.py`. The same seed gives the same file.
"""

import base64
import hashlib
import json
from pathlib import Path
from typing import Final

from localvpp import etp
from localvpp.etp import cbor
from localvpp.etp.record import commitment
from localvpp.tlog import (
    Checkpoint,
    Ed25519Cosigner,
    Ed25519Signer,
    Frontier,
    Group,
    Hash,
    Note,
    NoteSignature,
    Policy,
    PolicyLog,
    PolicyWitness,
    SignatureType,
    SignerKey,
    StoredHashes,
    leaf_hash,
    make_proof,
    sign_checkpoint,
)

ORIGIN: Final = "vpp.example/golden"
SLOT: Final = 1_795_312_800
SIZE: Final = 11
INDEXES: Final = (0, 5, 10)
TIME: Final = SLOT + 60
"""When the first witness signs; each next one signs a second later."""
FLATS: Final = ("101", "102", "103", "104")
SIGNING: Final = FLATS[:3]


def seed(what: str) -> bytes:
    """Return a secret that everybody knows."""
    return hashlib.sha256(b"golden " + what.encode()).digest()


def sealed_records() -> list[tuple[bytes, bytes]]:
    """Return the entry and the file of each record of one device's chain; the last one suspends."""
    signer = etp.Ed25519Signer(seed("device"))
    device, building = signer.public.device_id, etp.Ed25519Signer(seed("building")).public.device_id
    prev, records = bytes(32), []
    for n in range(SIZE):
        slot = SLOT - 60 * (SIZE - n)
        body = etp.Body(
            start_ms=slot * 1000,
            end_ms=(slot + 60) * 1000,
            slot_seconds=60,
            sender=device if n % 2 else building,
            receiver=building if n % 2 else device,
            energy_wh=30 + n,
            attributes=((etp.Source.SOLAR, 20), (etp.Source.BATTERY, 10 + n))
            if n % 2
            else ((etp.Source.GRID, 30 + n),),
            imported=etp.Register(1000 + n, 1030 + n + n),
            frequency_mhz=60_010,
            place="101",
            meter="M-0001",
            reason="the flat's computer was stolen" if n == SIZE - 1 else None,
        ).encode()
        salt = seed(f"salt {n}")
        envelope = etp.Envelope(
            device=device,
            epoch=0,
            seq=n + 1,
            prev=etp.RecordHash(prev),
            kind=etp.Kind.SUSPEND if n == SIZE - 1 else etp.Kind.INTERVAL,
            slot=slot,
            commitment=commitment(salt, body),
        )
        entry = envelope.sign(signer, ORIGIN)
        prev = etp.record_hash(entry)
        records.append((entry, cbor.encode([entry, salt, body])))
    return records


def main() -> None:
    """Write the file beside this one."""
    key = SignerKey(ORIGIN, SignatureType.ED25519, seed("log key"))
    records = sealed_records()
    frontier, stored = Frontier(), StoredHashes()
    for entry, _ in records:
        stored.extend(frontier.append(leaf_hash(entry)))
    head = sign_checkpoint(Checkpoint(ORIGIN, SIZE, Hash(frontier.root())), [Ed25519Signer(key)])

    names = (*FLATS, "outsider")
    witnesses = {
        name: SignerKey(f"{ORIGIN}/w/{name}", SignatureType.COSIGNATURE, seed(f"witness {name}")) for name in names
    }
    policy = Policy(
        (PolicyLog(key.verifier_key),),
        tuple(PolicyWitness(name, each.verifier_key) for name, each in witnesses.items()),
        (Group("flats", 3, FLATS), Group("outside", 1, ("outsider",)), Group("building", 2, ("flats", "outside"))),
        "building",
    )
    text = Note.parse(head).text
    cosigners = {name: Ed25519Cosigner(each) for name, each in witnesses.items()}
    lines = {
        name: NoteSignature(each.name, each.key_id, each.cosign(TIME + n, text)).encode()
        for n, (name, each) in enumerate(cosigners.items())
    }
    signed = head + "".join(lines[name] for name in (*SIGNING, "outsider")).encode()

    def base64_of(data: bytes) -> str:
        return base64.b64encode(data).decode()

    golden = {
        "vkey": key.verifier_key.encode(),
        "policy": policy.encode().decode(),
        "head": head.decode(),
        "lines": lines,
        "time": TIME,
        "records": {
            str(index): {
                "file": base64_of(records[index][1]),
                "proof": make_proof(SIZE, index, stored, signed).encode().decode(),
            }
            for index in INDEXES
        },
    }
    Path(__file__).with_name("proof.json").write_text(json.dumps(golden, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
