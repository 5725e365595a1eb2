"""Writes proof.json: records, their proofs and a policy made by the Python side, which the page's own code must verify.

Run from the repository: `python frontend/test/golden/make_proof.py`. The same seed gives the same file.
"""

import base64
from dataclasses import replace
import hashlib
import json
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from localvpp import etp
from localvpp.etp import cbor
from localvpp.etp.keys import P256_ORDER
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
INDEXES: Final = (0, 5, 7, 8, 9, 10)
TIME: Final = SLOT + 60
"""When the first witness signs; each next one signs a second later."""
FLATS: Final = ("101", "102", "103", "104")
SIGNING: Final = FLATS[:3]


def seed(what: str) -> bytes:
    """Return a secret that everybody knows."""
    return hashlib.sha256(b"golden " + what.encode()).digest()


NEXT: Final = etp.Ed25519Signer(seed("next building"))
"""What the building commits to when it is founded."""


class DeterministicEs256:
    """A P-256 key of no secrecy that signs by RFC 6979, so that the same seed gives the same file."""

    def __init__(self, secret: bytes) -> None:
        self._key = ec.derive_private_key(int.from_bytes(secret) % P256_ORDER, ec.SECP256R1())
        point = self._key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        self.public = etp.PublicKey(etp.Algorithm.ES256, point)

    def sign(self, message: bytes) -> bytes:
        """Sign, as records are signed: with the smaller of the two s."""
        r, s = decode_dss_signature(self._key.sign(message, ec.ECDSA(SHA256(), deterministic_signing=True)))
        return r.to_bytes(32) + min(s, P256_ORDER - s).to_bytes(32)


class Device:
    """Whoever writes records, and the end of its chain."""

    def __init__(self, signer: etp.Signer) -> None:
        self.signer = signer
        self.id = signer.public.device_id
        self.seq, self.prev = 0, etp.RecordHash(bytes(32))


def sealed_records() -> list[tuple[bytes, bytes]]:
    """Return the entry and the file of each record: keys come, a device renews its own, and is suspended."""
    building, device = Device(etp.Ed25519Signer(seed("building"))), Device(etp.Ed25519Signer(seed("device")))
    chip, renewed = Device(DeterministicEs256(seed("chip"))), etp.Ed25519Signer(seed("renewed"))
    witness = SignerKey(f"{ORIGIN}/w/101", SignatureType.COSIGNATURE, seed("witness 101")).verifier_key
    records: list[tuple[bytes, bytes]] = []

    def write(
        by: Device,
        kind: etp.Kind,
        *,
        key: etp.Enrolled | None = None,
        concerns: Device | None = None,
        next_key: etp.NextKey | None = None,
    ) -> None:
        n = len(records)
        slot = SLOT - 60 * (SIZE - n)
        plain = key is None and concerns is None
        body = etp.Body(
            start_ms=slot * 1000,
            end_ms=(slot + 60) * 1000,
            slot_seconds=60,
            sender=by.id if n % 2 else building.id,
            receiver=building.id if n % 2 else by.id,
            energy_wh=30 + n if plain else 0,
            attributes=() if not plain else ((etp.Source.SOLAR, 20), (etp.Source.BATTERY, 10 + n)),
            imported=etp.Register(1000 + n, 1030 + n + n) if plain else None,
            frequency_mhz=60_010,
            place="101",
            meter="M-0001",
            reason="the flat's computer was stolen" if kind is etp.Kind.SUSPEND else None,
        ).encode()
        salt = seed(f"salt {n}")
        by.seq += 1
        envelope = etp.Envelope(
            device=by.id,
            epoch=0,
            seq=by.seq,
            prev=by.prev,
            kind=kind,
            slot=slot,
            commitment=commitment(salt, body),
            enrolled=key,
            concerns=None if concerns is None else concerns.id,
            next_key=next_key,
        )
        if kind is etp.Kind.ROTATE:
            envelope = replace(envelope, possession=renewed.sign(envelope.to_possess(ORIGIN)))
        entry = envelope.sign(by.signer, ORIGIN)
        etp.parse_envelope(entry)  # A record that Python refuses proves nothing of the page.
        by.prev = etp.record_hash(entry)
        records.append((entry, cbor.encode([entry, salt, body])))

    for each in (building, device, chip):
        next_key = etp.foresee(NEXT.public, ORIGIN) if each is building else None
        write(building, etp.Kind.ENROL, key=etp.Enrolled(each.id, each.signer.public), next_key=next_key)
    write(device, etp.Kind.INTERVAL)
    cosigning = etp.PublicKey(etp.Algorithm.ED25519, witness.public)
    write(device, etp.Kind.WITNESS, key=etp.Enrolled(device.id, cosigning))
    write(device, etp.Kind.INTERVAL)
    write(chip, etp.Kind.INTERVAL)
    write(device, etp.Kind.ROTATE, key=etp.Enrolled(device.id, renewed.public))
    device.signer = renewed
    write(device, etp.Kind.INTERVAL)
    write(chip, etp.Kind.INTERVAL)
    write(building, etp.Kind.SUSPEND, concerns=device)
    assert len(records) == SIZE
    return records


def rotations(last: bytes, device: etp.DeviceId) -> dict[str, bytes]:
    """Return entries that could each come next, by which the building renews its key, or a device that may not."""
    building = etp.Ed25519Signer(seed("building"))
    after, thief = etp.foresee(building.public, ORIGIN), etp.Ed25519Signer(seed("thief"))

    def rotate(
        by: etp.Signer, to: etp.Signer, next_key: etp.NextKey | None, of: etp.DeviceId = building.public.device_id
    ) -> bytes:
        envelope = etp.Envelope(
            device=of,
            epoch=0,
            seq=9,
            prev=etp.record_hash(last),
            kind=etp.Kind.ROTATE,
            slot=SLOT,
            commitment=bytes(32),
            enrolled=etp.Enrolled(of, to.public),
            next_key=next_key,
        )
        return replace(envelope, possession=to.sign(envelope.to_possess(ORIGIN))).sign(by, ORIGIN)

    return {
        "foreseen": rotate(building, NEXT, after),
        "unforeseen": rotate(building, thief, after),
        "uncommitted": rotate(building, NEXT, None),
        "afterwards": rotate(NEXT, thief, after),
        "of a device": rotate(etp.Ed25519Signer(seed("renewed")), thief, after, device),
    }


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
        "entries": [base64_of(entry) for entry, _ in records],
        "rotations": {
            name: base64_of(entry)
            for name, entry in rotations(records[-1][0], etp.parse_envelope(records[3][0]).envelope.device).items()
        },
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
