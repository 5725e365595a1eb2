"""A flat's computer that witnesses and mirrors over HTTP, for tests of its door and of the gate before it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import aiohttp

from commands.gate import Limits
from commands.witness import Address, serving_witness
from localvpp import tlog
from localvpp.etp import DeviceId, Ed25519Signer
from localvpp.guard import Guard
from localvpp.logfolder import LogFolder
from localvpp.mirror import Mirror
from localvpp.mirror_door import MirrorDoor
from localvpp.notebook import Notebook
from localvpp.store import FlatStore

from ..localvpp.place import ORIGIN, HandClock
from ..localvpp.small_coordinator import Ear, SmallLog

DEVICE: DeviceId = Ed25519Signer(sha256(b"a mirroring flat").digest()).public.device_id
HASH = tlog.origin_hash(ORIGIN)


def grow(log: SmallLog, count: int) -> None:
    for number in range(len(log.entries), len(log.entries) + count):
        log.add(b"entry %d" % number)


@dataclass
class Box:
    """The flat's computer: what a restart leaves is its store and its folder."""

    store: FlatStore
    folder: Path
    session: aiohttp.ClientSession
    log: SmallLog
    guard: Guard
    mirror: Mirror
    door: MirrorDoor
    clock: HandClock
    url: str

    async def post(self, call: str, body: bytes | AsyncIterator[bytes], **headers: str) -> tuple[int, str, bytes]:
        async with self.session.post(f"{self.url}/mirror/{call}", data=body, headers=headers) as response:
            return response.status, response.headers.get("Content-Type", ""), await response.read()

    async def pending(self, old: int) -> tuple[int, str, bytes]:
        """Tell of the log as it is now."""
        path = tuple(tlog.prove_consistency(old, len(self.log.entries), self.log.hashes))
        return await self.post("add-checkpoint", tlog.AddCheckpoint(old, path, self.log.checkpoint()).encode())

    def upload(self, start: int, stop: int, ticket: bytes = b"") -> bytes:
        """A request with entries [start, stop) under the log's newest checkpoint."""
        header = tlog.AddEntries(ORIGIN, start, len(self.log.entries), ticket)
        return tlog.build_upload(header, self.log.entries[start:stop], self.log.hashes)

    def read(self, said: tuple[int, str, bytes]) -> tlog.Cosigned | tlog.Resume | tlog.Refused:
        assert self.mirror.key is not None
        text = tlog.Note.parse(self.log.checkpoint()).text
        return tlog.read_upload_answer(*said, text, [tlog.make_verifier(self.mirror.key)])

    def size(self) -> int:
        """Check the folder as an auditor does; return its size."""
        found = tlog.check_log(LogFolder(self.folder), self.log.verifier)
        assert found.fault is None, found.fault
        assert found.checkpoint is not None
        return found.checkpoint.size


async def make(store: FlatStore, folder: Path, session: aiohttp.ClientSession, log: SmallLog) -> Box:
    notebook, clock = Notebook(store), HandClock()
    guard = Guard(ORIGIN, DEVICE, notebook, clock, Ear())
    mirror = Mirror(ORIGIN, DEVICE, folder, notebook, session, "http://127.0.0.1:1", clock)
    door = MirrorDoor(ORIGIN, guard, mirror, clock)
    return Box(store, folder, session, log, guard, mirror, door, clock, "")


@asynccontextmanager
async def opened(
    store: FlatStore, folder: Path, session: aiohttp.ClientSession, log: SmallLog, limits: Limits | None = None
) -> AsyncIterator[Box]:
    """Serve a box that has met its coordinator."""
    box = await make(store, folder, session, log)
    await box.guard.open(log.key.verifier_key, 0)
    await box.mirror.open(log.key.verifier_key, 0)
    async with serving_witness(box.guard, Address("127.0.0.1", 0), box.door, limits=limits, clock=box.clock) as box.url:
        yield box
