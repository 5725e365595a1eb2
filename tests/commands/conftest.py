"""What the commands work on: a small, real log on disk, signed and proven as in a building, and a running building."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
import os
from pathlib import Path
from typing import Any

import pytest

from localvpp import tlog
from localvpp.clock import SystemClock
from localvpp.etp import (
    Body,
    Chain,
    DeviceId,
    Ed25519Signer,
    Enrolled,
    Kind,
    PublicKey,
    Record,
    Register,
    Source,
    foresee,
)

from ..coordinator.conftest import NEXT, House, open_house, write_config
from ..coordinator.flat import ManualClock
from ..new_database import NewDatabase

ORIGIN = "vpp.example/test"
SLOT = 1_795_312_800


@dataclass
class SmallLog:
    """Writes records into a folder as tiles."""

    folder: Path
    key: tlog.SignerKey
    records: list[Record] = field(default_factory=list)
    chains: dict[DeviceId, Chain] = field(default_factory=dict)
    checkpoints: list[bytes] = field(default_factory=list)

    def seal(self, signer: Ed25519Signer, kind: Kind, body: Body, slot: int = SLOT, **more: Any) -> Record:
        device = signer.public.device_id
        chain = self.chains.get(device, Chain(device, ORIGIN))
        record, self.chains[device] = chain.seal(signer, kind, slot, body, **more)
        self.records.append(record)
        return record

    def enrol(self, key: PublicKey) -> None:
        """Have the building enrol a key: its own first, with what it commits to."""
        next_key = foresee(NEXT.public, ORIGIN) if key == BUILDING.public else None
        named = Enrolled(key.device_id, key)
        self.seal(BUILDING, Kind.ENROL, empty_body(key.device_id), enrolled=named, next_key=next_key)

    def publish(self) -> bytes:
        """Write bundles, tiles and checkpoint for all records so far."""
        entries = [record.signed.statement.data for record in self.records]
        hashes = tlog.StoredHashes()
        frontier = tlog.Frontier()
        for entry in entries:
            hashes.extend(frontier.append(tlog.leaf_hash(entry)))
        for bundle in tlog.bundles_to_write(0, len(entries)):
            begin = bundle.index * tlog.TILE_WIDTH
            self._write(bundle.path, tlog.encode_bundle(entries[begin : begin + bundle.width]))
        for tile in tlog.tiles_to_write(0, len(entries)):
            self._write(tile.path, tlog.tile_content(tile, hashes))
        checkpoint = tlog.sign_checkpoint(
            tlog.Checkpoint(ORIGIN, len(entries), frontier.root()), [tlog.Ed25519Signer(self.key)]
        )
        self._write("checkpoint", checkpoint)
        self.checkpoints.append(checkpoint)
        self.hashes = hashes
        return checkpoint

    def proof(self, index: int) -> bytes:
        return tlog.make_proof(len(self.records), index, self.hashes, self.checkpoints[-1]).encode()

    @property
    def vkey(self) -> str:
        return self.key.verifier_key.encode()

    def _write(self, path: str, data: bytes) -> None:
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)


def signer(number: int) -> Ed25519Signer:
    return Ed25519Signer(bytes([number]) * 32)


BUILDING, FLAT_101, FLAT_102, BULK, COMMON = (signer(number) for number in range(1, 6))


def empty_body(subject: DeviceId) -> Body:
    """Of an enrolment one minute before the slot."""
    return Body(
        start_ms=(SLOT - 60) * 1000,
        end_ms=(SLOT - 60) * 1000,
        slot_seconds=60,
        sender=BUILDING.public.device_id,
        receiver=subject,
        energy_wh=0,
        attributes=(),
    )


def metered(flat: Ed25519Signer, slot: int, imported: Register, exported: Register, *, incoming: bool) -> Body:
    ends = (BUILDING.public.device_id, flat.public.device_id)
    sender, receiver = ends if incoming else reversed(ends)
    energy = imported.moved if incoming else exported.moved
    source = Source.GRID if incoming else Source.SOLAR
    return Body(
        start_ms=slot * 1000,
        end_ms=(slot + 60) * 1000,
        slot_seconds=60,
        sender=sender,
        receiver=receiver,
        energy_wh=energy,
        attributes=((source, energy),) if energy else (),
        imported=imported,
        exported=exported,
    )


@pytest.fixture
def small_log(tmp_path: Path) -> SmallLog:
    """A log with the building, two flats, and a slot in which 101 gives what 102 uses."""
    log = SmallLog(tmp_path / "log", tlog.SignerKey(ORIGIN, tlog.SignatureType.ED25519, bytes([9]) * 32))
    for key in (BUILDING.public, FLAT_101.public, FLAT_102.public):
        log.enrol(key)
    log.seal(FLAT_101, Kind.INTERVAL, metered(FLAT_101, SLOT, Register(100, 100), Register(50, 80), incoming=True))
    log.seal(FLAT_101, Kind.INTERVAL, metered(FLAT_101, SLOT, Register(100, 100), Register(50, 80), incoming=False))
    log.seal(FLAT_102, Kind.INTERVAL, metered(FLAT_102, SLOT, Register(900, 920), Register(0, 0), incoming=True))
    log.publish()
    return log


@pytest.fixture
def umask_kept() -> Iterator[None]:
    """Some commands narrow what the process's files may be read by."""
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.fixture
async def house(tmp_path: Path, new_database: NewDatabase, socket_enabled: None) -> AsyncIterator[House]:
    """A coordinator to which a command can speak; it begins at the machine's time, as the command does."""
    config = write_config(tmp_path)
    new_database.lay(config)
    async with open_house(config, ManualClock(SystemClock().wall_ms())) as opened:
        yield opened
