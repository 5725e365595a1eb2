"""A log in memory, and flats' witnesses with databases of their own that sign its heads."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from typing import override

from coordinator.witnesses import (
    Ask,
    Cosigning,
    OutsideWitness,
    Said,
    witness_policy,
)
from coordinator.witnesses.cosigning import Heads
from localvpp import tlog
from localvpp.etp import Algorithm, DeviceId, PublicKey
from localvpp.guard import Guard, GuardListener
from localvpp.notebook import Notebook
from localvpp.store import FlatStore

from ..flat import WAIT_S, ManualClock

ORIGIN = "vpp.example/test"


LOG = tlog.SignerKey(ORIGIN, tlog.SignatureType.ED25519, sha256(b"the log's key").digest())


class Log(Heads):
    """A log in memory that publishes to itself."""

    def __init__(self) -> None:
        self.entries: list[bytes] = []
        self.hashes = tlog.StoredHashes()
        self.frontier = tlog.Frontier()
        self.published = b""

    def grow(self, count: int, what: str = "entry") -> bytes:
        for _ in range(count):
            self.entries.append(f"{what} {len(self.entries)}".encode())
            self.hashes.extend(self.frontier.append(tlog.leaf_hash(self.entries[-1])))
        self.published = self.checkpoint()
        return self.published

    def fork(self, size: int) -> Log:
        other = Log()
        for entry in self.entries[:size]:
            other.entries.append(entry)
            other.hashes.extend(other.frontier.append(tlog.leaf_hash(entry)))
        return other

    def checkpoint(self) -> bytes:
        head = tlog.Checkpoint(ORIGIN, self.frontier.size, self.frontier.root())
        return tlog.sign_checkpoint(head, [tlog.Ed25519Signer(LOG)])

    @override
    async def grown(self, old: int) -> tuple[bytes, tuple[tlog.Hash, ...]]:
        return self.checkpoint(), tuple(tlog.prove_consistency(old, self.frontier.size, self.hashes))

    @override
    async def publish_again(self, size: int, checkpoint: bytes) -> None:
        if size == self.frontier.size:
            self.published = checkpoint


class Flat(GuardListener):
    """A flat's witness with a database of its own."""

    def __init__(self, number: int, store: FlatStore, device: DeviceId, clock: ManualClock) -> None:
        self.number = number
        self.device = device
        self.guard = Guard(ORIGIN, device, Notebook(store), clock, self)
        self.forked: list[str] = []
        self.asked = 0

    @property
    def name(self) -> str:
        return self.device.hex()

    @property
    def key(self) -> PublicKey:
        assert self.guard.key is not None
        return PublicKey(Algorithm.ED25519, self.guard.key.public)

    async def ask(self, request: bytes) -> Said:
        self.asked += 1
        said = await self.guard.answer(request)
        return Said(said.status, said.content_type, said.body)

    @override
    def head_moved(self, checkpoint: tlog.Checkpoint, *, grown: bool) -> None:
        pass

    @override
    def ledger_forked(self, reason: str) -> None:
        self.forked.append(reason)

    @override
    def ledger_distrusted(self, reason: str) -> None:
        self.forked.append(reason)


type MakeFlats = Callable[[int], Awaitable[list[Flat]]]


def cosigning(log: Log, flats: Sequence[Flat], clock: ManualClock, outside: Sequence[OutsideWitness] = ()) -> Cosigning:
    keys = {flat.device: flat.key for flat in flats}
    return Cosigning(log, LOG.verifier_key, lambda: witness_policy(LOG.verifier_key, keys, outside), clock)


@contextmanager
def asking(by: Cosigning, asks: dict[str, Ask]) -> Iterator[None]:
    """Have witnesses asked while the context lasts."""
    tasks = [asyncio.create_task(by.ask(name, ask)) for name, ask in asks.items()]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()


async def signed_by(by: Cosigning, count: int) -> None:
    """Wait until so many have signed the newest head."""
    done = asyncio.Event()
    by.subscribe(lambda state: done.set() if state.signers >= count else None)
    if by.state.signers < count:
        async with asyncio.timeout(WAIT_S):
            await done.wait()
