"""A coordinator of a small building, in this process: real database, real files, real sockets."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
import pytest_socket

from coordinator.app import Coordinator, serving
from coordinator.config import BuildingConfig, load
from coordinator.enrolment import issue_invite
from coordinator.members import Action
from coordinator.nextkey import LABEL, SHEET, commit
from coordinator.rotation import rotate_own
from coordinator.store import Role
from localvpp.clock import Clock
from localvpp.enrol import enrol
from localvpp.etp import Ed25519Signer, PublicKey
from localvpp.etp.pkcs11 import KeyUri
from localvpp.tlog import Ed25519Verifier, VerifierKey
from localvpp.vault import write_sheet
from localvpp.wire import Invite

from ..new_database import NewDatabase
from . import postgresql as servers
from .flat import Flat, FlatClient, ManualClock, connected
from .postgresql import PostgreSql

ORIGIN = "vpp.example/test"
SLOT = 1_795_312_800
"""Begin of a slot, where the clocks of these tests begin."""

NEXT = Ed25519Signer(b"\x21" * 32)
"""The next key of a building that has just been founded."""

FILE = """
name: Test House
origin: vpp.example/test
data: ./data
listen: {host: 127.0.0.1, port: 0, announce: false}
slot_minutes: 1
settle_after: 600
prices: {inside: "22.00", grid: "31.50", feed_in: "8.50"}
flats: ["101", "102", "103"]
"""


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(SLOT * 1000)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgreSql]:
    """A server for all tests, each of which gets a database of its own."""
    pytest_socket.enable_socket()  # As `socket_enabled` does, which is for one test.
    with servers.running() as server:
        yield server


on_both_databases = pytest.mark.parametrize(
    "database", ["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)], indirect=True
)
"""Runs a test in SQLite and, among the slow ones, on a real server of PostgreSQL."""


@pytest.fixture
def database(request: pytest.FixtureRequest) -> str | None:
    """The URL of an empty database; None for what a building without one in its file gets."""
    if getattr(request, "param", "sqlite") == "sqlite":
        return None
    request.getfixturevalue("socket_enabled")
    server: PostgreSql = request.getfixturevalue("postgresql")
    return server.new_database()


def write_config(folder: Path, database: str | None = None) -> BuildingConfig:
    """Write the file of a building that has never run."""
    file = folder / "building.yaml"
    file.write_text(FILE if database is None else f"{FILE}database: {database}\n")
    return load(file)


@pytest.fixture
def config(tmp_path: Path, database: str | None, new_database: NewDatabase) -> BuildingConfig:
    """A building whose database has its schema and nothing else."""
    config = write_config(tmp_path, database)
    if database is None:
        new_database.lay(config)
    return config


class House:
    """A running coordinator with what a test asks of it."""

    def __init__(self, coordinator: Coordinator, session: aiohttp.ClientSession, clock: ManualClock) -> None:
        self.coordinator = coordinator
        self.session = session
        self.clock = clock
        building = coordinator.ledger.directory.named("building")
        assert building is not None
        assert building.next_key is not None
        self.key: PublicKey = building.key
        self.next_key = building.next_key

    @property
    def url(self) -> str:
        return self.coordinator.url

    async def log_key(self) -> Ed25519Verifier:
        async with self.session.get(f"{self.url}/api/v1/building") as response:
            return Ed25519Verifier(VerifierKey.parse((await response.json())["log_key"]))

    async def invite(self, name: str) -> Invite:
        """Issue an invite."""
        return await issue_invite(self.coordinator.engine, self.coordinator.config, name, self.clock)

    async def invited(self, name: str) -> Flat:
        """Enrol a flat."""
        flat = Flat(name, ORIGIN, self.key.device_id)
        invite = await self.invite(name)
        membership = await enrol(self.session, self.url, invite, flat.signer, software="test 1")
        assert membership.device == flat.device
        return flat

    @asynccontextmanager
    async def link(self, flat: Flat, settled_slot: int = 0) -> AsyncIterator[FlatClient]:
        """Connect a flat."""
        async with connected(self.session, self.url, flat, self.key, settled_slot) as client:
            yield client

    async def reinstate(self, name: str) -> None:
        """Suspend whom the coordinator is to suspend by itself, and reinstate a flat as its manager does."""
        await self.coordinator.members.suspend_conflicting()
        await self.coordinator.members.say(name, Action.REINSTATE, {})

    async def get(self, path: str, *, token: bool = True) -> aiohttp.ClientResponse:
        """Ask for a path, as the manager."""
        headers = {"Authorization": f"Bearer {self.coordinator.web_token}"} if token else {}
        response = await self.session.get(f"{self.url}{path}", headers=headers)
        await response.read()
        return response


type Open = Callable[[], Awaitable[House]]


def prepare(config: BuildingConfig) -> None:
    """Make the building's next key before its first start, as its manager does."""
    keys = config.data / "keys"
    for folder in (config.data, keys):
        folder.mkdir(mode=0o700, exist_ok=True)
    commit(keys, NEXT.public, config.origin)


async def turn_key(config: BuildingConfig, clock: Clock, former: KeyUri | None = None) -> PublicKey:
    """Renew the building's key, as its manager does, who keeps the sheet of the next one away from the data folder."""
    kept, made = config.file.with_name("kept.sheet"), config.data / SHEET
    if made.exists():
        made.replace(kept)
    elif not kept.exists():
        kept.write_text(write_sheet(LABEL, NEXT.seed()))
    return await rotate_own(config, Role.BUILDING, clock, former, sheet=kept)


@asynccontextmanager
async def open_house(config: BuildingConfig, clock: ManualClock) -> AsyncIterator[House]:
    """Run a coordinator; settling is left to the test."""
    prepare(config)
    async with aiohttp.ClientSession() as session, serving(config, clock, gather_s=0) as (coordinator, _):
        suspending = asyncio.create_task(coordinator.members.run())
        try:
            yield House(coordinator, session, clock)
        finally:
            suspending.cancel()
            await asyncio.wait([suspending])


@pytest.fixture
async def house(config: BuildingConfig, clock: ManualClock, socket_enabled: None) -> AsyncIterator[House]:
    async with open_house(config, clock) as opened:
        yield opened
