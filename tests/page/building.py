"""A building's log and state, made by the real record and log code, to be served to the page and spoiled for it."""

import base64
from dataclasses import dataclass, field
import hashlib
from typing import Any

from localvpp import etp, tlog

ORIGIN = "vpp.example/sakura-heights"
SLOT_SECONDS = 60
FIRST_SLOT = 1_795_312_800

type Plain = dict[str, Any]


@dataclass
class Log:
    """A log in memory: its files by path, and the heads it has signed."""

    signer: tlog.Ed25519Signer
    origin: str = ORIGIN
    files: dict[str, bytes] = field(default_factory=dict)
    entries: list[bytes] = field(default_factory=list)
    note: bytes = b""
    _frontier: tlog.Frontier = field(default_factory=tlog.Frontier)
    _hashes: tlog.StoredHashes = field(default_factory=tlog.StoredHashes)

    def __post_init__(self) -> None:
        self._publish(0)

    def proof(self, index: int, note: bytes | None = None) -> bytes:
        """The `.tlog-proof` of an entry, under the newest head as it is published, or as another note has it."""
        return tlog.make_proof(len(self.entries), index, self._hashes, note or self.note).encode()

    @property
    def root(self) -> bytes:
        return self._frontier.root()

    def append(self, entries: list[bytes]) -> None:
        before = len(self.entries)
        for entry in entries:
            self.entries.append(entry)
            self._hashes.extend(self._frontier.append(tlog.leaf_hash(entry)))
        self._publish(before)

    def _publish(self, before: int) -> None:
        size = len(self.entries)
        for tile in tlog.tiles_to_write(before, size):
            self.files[tile.path] = tlog.tile_content(tile, self._hashes)
        for bundle in tlog.bundles_to_write(before, size):
            first = bundle.index * tlog.TILE_WIDTH
            self.files[bundle.path] = tlog.encode_bundle(self.entries[first : first + bundle.width])
        self.note = tlog.sign_checkpoint(tlog.Checkpoint(self.origin, size, self._frontier.root()), [self.signer])

    def flip_entry(self, index: int) -> None:
        """Flip one bit of an entry, in every file that holds it."""
        changed = bytes([self.entries[index][0] ^ 1]) + self.entries[index][1:]
        self.entries[index] = changed
        for path in [path for path in self.files if path.startswith("tile/entries/")]:
            bundle = tlog.Bundle.parse(path)
            first = bundle.index * tlog.TILE_WIDTH
            if first <= index < first + bundle.width:
                self.files[path] = tlog.encode_bundle(self.entries[first : first + bundle.width])


@dataclass
class Device:
    """Whoever signs records: a flat, or the building."""

    name: str
    signer: etp.Ed25519Signer
    chain: etp.Chain

    @classmethod
    def create(cls, name: str) -> Device:
        signer = etp.Ed25519Signer.generate()
        return cls(name, signer, etp.Chain(signer.public.device_id, ORIGIN))

    @property
    def id(self) -> etp.DeviceId:
        return self.chain.device


class Building:
    """Flats with real keys, whose records stand in a real log; the values of their meters are the test's."""

    def __init__(self, flats: list[str]) -> None:
        self.replace_log_key(b"log key of the tests")
        self.building = Device.create("building")
        self.flats = {name: Device.create(name) for name in flats}
        self.readings: dict[str, Plain] = {name: reading(n) for n, name in enumerate(flats)}
        self.bulk: Plain = {
            "bulk_w": 5210,
            "common_w": 800,
            "frequency_hz": 60.01,
            "import_wh": 1_200_345,
            "export_wh": 120,
        }
        self.records: list[Plain] = []
        self.sealed: dict[int, bytes] = {}
        self.slots: list[Plain] = []
        self.policy: bytes | None = None
        """What `/log/policy` says; None before there are witnesses."""
        self.cosigners: dict[str, tlog.Ed25519Cosigner] = {}
        self.cosigned: dict[int, dict[str, bytes]] = {}
        """The witnesses' lines under the head of each size."""
        self.quorum: tuple[int, int] | None = None
        self.mirrors: list[Plain] | None = []
        self.unmirrored_ms: int | None = None
        self.conflicts: list[Plain] = []
        self.objections: list[Plain] = []
        self.held: str | None = None
        self.next_key_here = False
        self.blackout: Plain | None = None
        self.told: Plain = {}
        """What the coordinator tells of its witnesses instead of the truth."""
        self.time_ms = self.head_ms = (FIRST_SLOT + 24) * 1000
        self._witnesses: list[tlog.PolicyWitness] = []
        self._needed = 0
        for flat in (self.building, *self.flats.values()):
            enrolled = etp.Enrolled(flat.id, flat.signer.public)
            next_key = etp.foresee(etp.Ed25519Signer(bytes(32)).public, ORIGIN) if flat is self.building else None
            self.record(self.building, etp.Kind.ENROL, FIRST_SLOT, self.building, flat, {}, enrolled, next_key=next_key)

    def replace_log_key(self, secret: bytes) -> None:
        """Begin an empty log with a key of its own."""
        key = tlog.SignerKey(ORIGIN, tlog.SignatureType.ED25519, hashlib.sha256(secret).digest())
        self.log_key = key.verifier_key.encode()
        self.log = Log(tlog.Ed25519Signer(key))

    def record(
        self,
        signer: Device,
        kind: etp.Kind,
        slot: int,
        sender: Device,
        receiver: Device,
        sources: dict[etp.Source, int],
        enrolled: etp.Enrolled | None = None,
        *,
        forged: bool = False,
        millihertz: int | None = None,
        next_key: etp.NextKey | None = None,
    ) -> Plain:
        """Log a record; the answer is what the `records` event says of it. A forged one is signed by somebody else."""
        body = etp.Body(
            start_ms=slot * 1000,
            end_ms=(slot + SLOT_SECONDS) * 1000,
            slot_seconds=SLOT_SECONDS,
            sender=sender.id,
            receiver=receiver.id,
            energy_wh=sum(sources.values()),
            attributes=tuple(sorted(sources.items())),
            frequency_mhz=millihertz,
        )
        record, signer.chain = signer.chain.seal(signer.signer, kind, slot, body, enrolled, next_key=next_key)
        entry = record.signed.statement.data
        if forged:
            entry = entry[:-1] + bytes([entry[-1] ^ 1])
        self.log.append([entry])
        self.sealed[len(self.log.entries) - 1] = etp.cbor.encode([entry, record.salt, record.encoded])
        plain = {
            "index": len(self.log.entries) - 1,
            "hash": record.hash.hex(),
            "time_ms": self.time_ms,
            "device": signer.id.hex(),
            "flat": signer.name,
            "kind": kind.name.lower(),
            "slot": slot,
            "seq": record.envelope.seq,
            "sender": sender.name,
            "receiver": receiver.name,
            "energy_wh": body.energy_wh,
            "sources": {source.name.lower(): wh for source, wh in body.attributes},
            "frequency_hz": None if millihertz is None else millihertz / 1000,
            "start_ms": body.start_ms,
            "end_ms": body.end_ms,
        }
        self.records.insert(0, plain)
        return plain

    def interval(self, flat: str, slot: int, wh: int) -> Plain:
        """Log what a flat's meter has counted."""
        device = self.flats[flat]
        sources = {etp.Source.GRID: wh} if wh else {}
        return self.record(device, etp.Kind.INTERVAL, slot, self.building, device, sources, millihertz=60_010)

    def transfer(self, sender: str, receiver: str, slot: int, solar: int, battery: int) -> Plain:
        """Log what one flat gave another."""
        sources = {source: wh for source, wh in ((etp.Source.SOLAR, solar), (etp.Source.BATTERY, battery)) if wh}
        return self.record(
            self.building, etp.Kind.TRANSFER, slot, self.flats[sender], self.flats[receiver], sources, millihertz=60_010
        )

    def settle(self, slot: int, sharing: int) -> Plain:
        """Settle a slot in which the first two flats share: 101 gives, 102 takes."""
        giver, taker, *others = self.flats
        use, surplus = 40 + sharing, 10 + sharing // 2
        shares = [
            _share(giver, export_wh=sharing + surplus, shared_out_wh=sharing, money=sharing * 2200),
            _share(taker, import_wh=sharing + use, shared_in_wh=sharing, money=-sharing * 2200),
            *(_share(name, import_wh=20, shared_in_wh=0, money=0) for name in others[:-1]),
        ]
        plain = {
            "slot": slot,
            "seconds": SLOT_SECONDS,
            "settled_ms": (slot + 2 * SLOT_SECONDS) * 1000,
            "shared_wh": sharing,
            "import_wh": sum(share["import_wh"] for share in shares),
            "export_wh": sum(share["export_wh"] for share in shares),
            "bulk_import_wh": 280,
            "bulk_export_wh": 0,
            "common_wh": 30,
            "loss_wh": None,
            "building_money": 0,
            "missing": others[-1:],
            "flats": shares,
        }
        self.slots.insert(0, plain)
        return plain

    # --- who else signs -----------------------------------------------------------------------------------------------

    def appoint(self, *flats: str, needed: int, secret: bytes = b"witness of the tests ", logged: bool = False) -> None:
        """Make flats the witnesses of the log; `logged` has an entry name the key, as it should be."""
        for flat in flats:
            device = self.flats[flat]
            name = f"{ORIGIN}/w/{device.id.hex()}"
            seed = hashlib.sha256(secret + flat.encode()).digest()
            key = tlog.SignerKey(name, tlog.SignatureType.COSIGNATURE, seed)
            self.cosigners[flat] = tlog.Ed25519Cosigner(key)
            self._witnesses.append(tlog.PolicyWitness(device.id.hex(), key.verifier_key))
            if logged:
                cosigning = etp.PublicKey(etp.Algorithm.ED25519, key.verifier_key.public)
                named = etp.Enrolled(device.id, cosigning)
                self.record(device, etp.Kind.WITNESS, FIRST_SLOT, device, device, {}, named)
        self._write_policy(needed)

    def dismiss(self, *flats: str) -> None:
        """Take witnesses off the list."""
        gone = {self.flats[flat].id.hex() for flat in flats}
        self._witnesses = [each for each in self._witnesses if each.name not in gone]

    def _write_policy(self, needed: int) -> None:
        log = tlog.PolicyLog(tlog.VerifierKey.parse(self.log_key))
        group = tlog.Group("flats", needed, tuple(each.name for each in self._witnesses))
        self._needed = needed
        self.policy = tlog.Policy((log,), tuple(self._witnesses), (group,), group.name).encode()

    def cosign(self, *flats: str, wrong: bool = False) -> None:
        """Have witnesses sign the newest head, and publish it with them once they are enough."""
        size = len(self.log.entries)
        note = tlog.Note.parse(self.log.note)
        lines = self.cosigned.setdefault(size, {})
        for flat in flats:
            signer = self.cosigners[flat]
            signature = signer.cosign(self.time_ms // 1000, note.text)
            if wrong:
                signature = signature[:-1] + bytes([signature[-1] ^ 1])
            lines[flat] = tlog.NoteSignature(signer.name, signer.key_id, signature).encode().encode()
        if len(lines) >= self._needed and not wrong:
            self.quorum = (size, self.time_ms)
            self.log.note = note.text + b"\n" + note.signatures[0].encode().encode()
            self.log.note += b"".join([*lines.values()][: tlog.MAX_PUBLISHED])

    def proof(self, index: int) -> bytes:
        """The `.tlog-proof` of an entry with every signature that the policy takes, as the coordinator makes it."""
        lines = self.cosigned.get(len(self.log.entries), {})
        if len(lines) <= tlog.MAX_PUBLISHED:
            return self.log.proof(index)
        note = tlog.Note.parse(self.log.note)
        whole = note.text + b"\n" + note.signatures[0].encode().encode() + b"".join(lines.values())
        return self.log.proof(index, whole)

    def _witnessed(self) -> Plain:
        size, since = self.quorum or (None, None)
        known = self.policy is not None
        return {
            "cosigners": len(self.cosigned.get(len(self.log.entries), {})) if known else None,
            "witnesses": len(self.cosigners) if known else None,
            "needed": self._needed if known else None,
            "quorum_size": size,
            "quorum_ms": since,
            "objections": self.objections,
            "unmirrored_ms": self.unmirrored_ms,
        } | self.told

    # --- what the coordinator tells -----------------------------------------------------------------------------------

    def about(self) -> Plain:
        """The answer of `/api/v1/building`."""
        public = self.building.signer.public
        return {
            "name": "さくらハイツ",
            "origin": ORIGIN,
            "version": "0.1.0",
            "fingerprint": public.fingerprint,
            "algorithm": int(public.algorithm),
            "public_key": base64.b64encode(public.data).decode(),
            "log_key": self.log_key,
            "slot_seconds": SLOT_SECONDS,
            "protocol": 1,
        }

    def state(self) -> Plain:
        """The `state` event."""
        flats = [
            {
                "flat": name,
                "device": device.id.hex(),
                "fingerprint": device.signer.public.fingerprint,
                **self.readings[name],
            }
            for name, device in self.flats.items()
        ]
        latency = {"p50": 12, "p99": 80, "frames": 12000}
        return {
            "time_ms": self.time_ms,
            "building": self.bulk,
            "flats": flats,
            "latency_ms": latency,
            "log": {"size": len(self.log.entries), "held": self.held, **self._witnessed()},
            "conflicts": self.conflicts,
            "mirrors": self.mirrors,
            "next_key_here": self.next_key_here,
            "blackout": self.blackout,
        }

    def head(self) -> Plain:
        """The `head` event."""
        return {
            "size": len(self.log.entries),
            "root": base64.b64encode(self.log.root).decode(),
            "origin": ORIGIN,
            "checkpoint": self.log.note.decode(),
            "time_ms": self.head_ms,
            "mirrors": self.mirrors,
            **self._witnessed(),
        }


def reading(number: int) -> Plain:
    """What a flat's devices tell: the even ones have PV, every fourth a battery."""
    solar = number % 2 == 0
    battery = number % 4 == 0
    return {
        "online": True,
        "age_ms": 240,
        "grid_w": -420 - 90 * (number % 7) if solar else 380 + 130 * (number % 5),
        "pv_w": 1800 + 60 * number if solar else None,
        "battery_w": -300 if battery else None,
        "soc": 64.2 if battery else None,
        "frequency_hz": 60.01,
        "import_wh": 1234 + number,
        "export_wh": 567,
        "islanded": False,
    }


def _share(
    flat: str,
    *,
    import_wh: int = 0,
    export_wh: int = 0,
    shared_in_wh: int = 0,
    shared_out_wh: int = 0,
    money: int = 0,
) -> Plain:
    return {
        "flat": flat,
        "import_wh": import_wh,
        "export_wh": export_wh,
        "shared_in_wh": shared_in_wh,
        "shared_out_wh": shared_out_wh,
        "inside_money": money,
        "grid_money": -(import_wh - shared_in_wh) * 3150 + (export_wh - shared_out_wh) * 850,
    }
