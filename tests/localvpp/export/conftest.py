"""A flat's record with fixed keys and salt, in a log of seven entries: every byte of it is known."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
import pytest

from localvpp import tlog
from localvpp.etp import (
    Body,
    DeviceId,
    Ed25519Signer,
    Envelope,
    Es256Signer,
    Kind,
    Record,
    RecordHash,
    Register,
    Source,
    TimeStatus,
    parse_envelope,
)
from localvpp.etp.record import commitment

from ..place import ORIGIN, SLOT

FLAT = Ed25519Signer(bytes(range(32)))
LOG_SEED = bytes(range(32, 64))
LOG = Ed25519Signer(LOG_SEED)
EXPORTER = Es256Signer(ec.derive_private_key(0x0123456789ABCDEF, ec.SECP256R1()))
DEVICE = FLAT.public.device_id
BUILDING = DeviceId(b"\xb0" * 16)
SALT = bytes(range(100, 132))
BODY = Body(
    start_ms=1_795_312_800_120,
    end_ms=1_795_312_860_095,
    slot_seconds=60,
    sender=BUILDING,
    receiver=DEVICE,
    energy_wh=12,
    attributes=((Source.GRID, 12),),
    time_status=TimeStatus.SYNCHRONISED,
    meter="12000101",
    imported=Register(1_234_000, 1_234_012),
    exported=Register(567, 567),
    frequency_mhz=60_010,
    place="101",
)


def seal(body: Body, *, seq: int = 1, prev: bytes = bytes(32), kind: Kind = Kind.INTERVAL) -> Record:
    """A record of the flat, the same bytes each time."""
    envelope = Envelope(
        device=DEVICE,
        epoch=0,
        seq=seq,
        prev=RecordHash(prev),
        kind=kind,
        slot=SLOT,
        commitment=commitment(SALT, body.encode()),
    )
    return Record(parse_envelope(envelope.sign(FLAT, ORIGIN)), SALT, body, body.encode())


RECORD = seal(BODY)
ENTRY = RECORD.signed.statement.data
INDEX = 4


@dataclass(frozen=True)
class Tree:
    """A log's tree in memory, at any of its sizes."""

    hashes: tlog.StoredHashes

    def head(self, size: int) -> tlog.Checkpoint:
        return tlog.Checkpoint(ORIGIN, size, tlog.root(size, self.hashes))

    def path(self, index: int, size: int) -> list[tlog.Hash]:
        return tlog.prove_inclusion(size, index, self.hashes)

    def growth(self, old: int, new: int) -> list[tlog.Hash]:
        return tlog.prove_consistency(old, new, self.hashes)


def grow(entries: list[bytes]) -> Tree:
    hashes, frontier = tlog.StoredHashes(), tlog.Frontier()
    for entry in entries:
        hashes.extend(frontier.append(tlog.leaf_hash(entry)))
    return Tree(hashes)


@pytest.fixture(scope="session")
def tree() -> Tree:
    """Seven entries, of which the record is that at INDEX."""
    return grow([ENTRY if at == INDEX else b"entry %d" % at for at in range(7)])


@pytest.fixture(scope="session")
def make_record() -> Callable[..., Record]:
    """The record with other fields in its body; those of the envelope by name."""

    def make(*, seq: int = 1, prev: bytes = bytes(32), kind: Kind = Kind.INTERVAL, **changes: Any) -> Record:
        return seal(replace(BODY, **changes), seq=seq, prev=prev, kind=kind)

    return make


def mangled(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Every byte changed (its last bit; small and capital letter), taken away, told twice; every truncation."""
    for at in range(len(data)):
        for mask in (0x01, 0x20):
            yield f"byte {at} ^ {mask:#x}", data[:at] + bytes([data[at] ^ mask]) + data[at + 1 :]
        yield f"without byte {at}", data[:at] + data[at + 1 :]
        yield f"byte {at} twice", data[: at + 1] + data[at:]
        yield f"cut at {at}", data[:at]
    yield "a byte more", data + b"\0"
    yield "a newline more", data + b"\n"
