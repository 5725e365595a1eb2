"""A building's ledger in a folder, as the coordinator opens it, and meters that sign what it is to log."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
import time
from typing import Final

from coordinator.keys import BuildingKeys, load_keys
from coordinator.ledger import GATHER_S, FolderLock, Ledger, Scribe
from coordinator.store import Member, Role, close_database, open_database
from localvpp import heap
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
from localvpp.logfolder import LogFolder
from localvpp.wire import LARGEST_BATCH

ORIGIN: Final = "vpp.example/benchmark"
SLOT_S: Final = 60
_BACK_S: Final = 365 * 86_400
"""Meters begin a year ago, so that none of their slots lies ahead."""


@dataclass(slots=True)
class Meter:
    """A flat's meter: its key, its chain and its registers."""

    name: str
    building: DeviceId
    signer: Ed25519Signer = field(default_factory=Ed25519Signer.generate)
    imported: int = 10_000
    exported: int = 5_000
    slot: int = field(default_factory=lambda: (int(time.time()) - _BACK_S) // 3600 * 3600)
    device: DeviceId = field(init=False)
    chain: Chain = field(init=False)

    def __post_init__(self) -> None:
        self.device = self.signer.public.device_id
        self.chain = Chain(self.device, ORIGIN)

    def next_slot(self) -> list[bytes]:
        """Sign both records of the next slot, import and export."""
        came_in, went_out = 7, 3
        registers = (
            Register(self.imported, self.imported + came_in),
            Register(self.exported, self.exported + went_out),
        )
        sealed = [self._interval(came_in, registers, out=False), self._interval(went_out, registers, out=True)]
        self.imported += came_in
        self.exported += went_out
        self.slot += SLOT_S
        return sealed

    def submission(self, records: int = LARGEST_BATCH) -> list[bytes]:
        """Sign the records of as many slots as fill a submission."""
        return [record for _ in range(records // 2) for record in self.next_slot()]

    def witness(self, key: PublicKey) -> bytes:
        """Sign a record that names the key which this flat cosigns with."""
        body = Body(
            start_ms=self.slot * 1000,
            end_ms=self.slot * 1000,
            slot_seconds=SLOT_S,
            sender=self.device,
            receiver=self.building,
            energy_wh=0,
            attributes=(),
        )
        return self._seal(Kind.WITNESS, body, Enrolled(self.device, key)).encode()

    def _interval(self, energy: int, registers: tuple[Register, Register], *, out: bool) -> bytes:
        body = Body(
            start_ms=self.slot * 1000,
            end_ms=(self.slot + SLOT_S) * 1000,
            slot_seconds=SLOT_S,
            sender=self.device if out else self.building,
            receiver=self.building if out else self.device,
            energy_wh=energy,
            attributes=((Source.SOLAR if out else Source.GRID, energy),),
            imported=registers[0],
            exported=registers[1],
        )
        return self._seal(Kind.INTERVAL, body).encode()

    def _seal(self, kind: Kind, body: Body, named: Enrolled | None = None) -> Record:
        record, self.chain = self.chain.seal(self.signer, kind, self.slot, body, named)
        return record


@dataclass(frozen=True, slots=True)
class Building:
    """An open ledger, and who signs for it."""

    ledger: Ledger
    scribe: Scribe
    keys: BuildingKeys
    clock: SystemClock

    async def meters(self, count: int) -> list[Meter]:
        """Enrol meters of flats."""
        meters = []
        for number in range(count):
            meter = Meter(f"{101 + number}", self.scribe.device)
            key = meter.signer.public
            member = Member(meter.device, meter.name, Role.FLAT, key, "benchmark", self.clock.wall_ms())
            await self.scribe.enrol(member, SLOT_S, self.clock)
            meters.append(meter)
        return meters

    async def log(self, meter: Meter, sealed: Sequence[bytes]) -> None:
        """Submit records and return when they are durable, published and proven; none may be refused."""
        logged = await self.ledger.submit(meter.device, sealed)
        refused = [result for result in logged.results if result.refused is not None]
        if refused or len(logged.results) != len(sealed):
            raise RuntimeError(f"the ledger did not take all records: {refused[:1]}")


@asynccontextmanager
async def opened(folder: Path, gather_s: float = GATHER_S, processes: int | None = None) -> AsyncIterator[Building]:
    """Open a new building's ledger in a folder that is empty or not there, founded."""
    async with AsyncExitStack() as stack:
        stack.enter_context(FolderLock(folder))
        keys, clock = load_keys(folder / "keys", ORIGIN), SystemClock()
        engine = await open_database(f"sqlite+aiosqlite:///{folder / 'coordinator.db'}")
        stack.push_async_callback(close_database, engine)
        key = keys.building.public
        next_key = foresee(Ed25519Signer.generate().public, ORIGIN)
        founder = Member(
            key.device_id, Role.BUILDING.value, Role.BUILDING, key, "benchmark", clock.wall_ms(), next_key=next_key
        )
        ledger = Ledger(
            engine,
            LogFolder(folder / "log"),
            origin=ORIGIN,
            founder=founder,
            signer=keys.log,
            verifier=keys.log_verifier,
            clock=clock,
            gather_s=gather_s,
            processes=processes,
        )
        await stack.enter_async_context(ledger)
        scribe = Scribe(ledger, keys.building, key.device_id, ORIGIN)
        await scribe.enrol(founder, SLOT_S, clock)
        heap.started()  # As a coordinator does when it is ready.
        yield Building(ledger, scribe, keys, clock)
