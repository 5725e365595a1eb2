"""One building and one of its flats, with fixed keys, a store and a coordinator small enough to lie."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from localvpp.etp import Body, Chain, DeviceId, Ed25519Signer, Kind, Record, RecordHash, Register, Source
from localvpp.guard import Guard
from localvpp.link import Link
from localvpp.notebook import Notebook
from localvpp.settlement import first_prices
from localvpp.standing import LedgerState
from localvpp.store import FlatStore
from localvpp.wire import Membership, Terms

from .home import SECONDS, Home
from .metered import MeteredFlat
from .place import NEXT_KEY, ORIGIN, PRICES, SLOT, HandClock
from .small_coordinator import Ear, SmallCoordinator, Waits


@pytest.fixture(autouse=True)
def disable_http_server() -> None:
    """Keep Home Assistant's web server from starting: done without, for the core knows of no Home Assistant.

    Replacing parts of it for each test, as its library does, would be a tenth of the time of most tests here.
    """


@pytest.fixture(autouse=True)
def skip_stop_scripts() -> None:
    """Have no script of Home Assistant stopped at a test's end; done without as well."""


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture(scope="session")
def signer() -> Ed25519Signer:
    """The flat's key."""
    return Ed25519Signer(sha256(b"the flat's key in tests").digest())


@pytest.fixture(scope="session")
def building() -> Ed25519Signer:
    """The building's key."""
    return Ed25519Signer(sha256(b"the building's key in tests").digest())


@pytest.fixture(scope="session")
def stranger() -> Ed25519Signer:
    """A key that nobody enrolled."""
    return Ed25519Signer(sha256(b"a stranger's key in tests").digest())


@pytest.fixture(scope="session")
def device(signer: Ed25519Signer) -> DeviceId:
    return signer.public.device_id


@pytest.fixture(scope="session")
def make_body(building: Ed25519Signer, device: DeviceId) -> Callable[..., Body]:
    """Bodies of a slot in which the flat took 12 Wh, with the fields that a test changes."""

    def make(**changes: Any) -> Body:
        fields: dict[str, Any] = {
            "start_ms": SLOT * 1000,
            "end_ms": (SLOT + 60) * 1000,
            "slot_seconds": 60,
            "sender": building.public.device_id,
            "receiver": device,
            "energy_wh": 12,
            "attributes": ((Source.GRID, 12),),
            "imported": Register(1_234_000, 1_234_012),
            "exported": Register(567, 567),
        }
        return Body(**(fields | changes))

    return make


@pytest.fixture
def make_records(
    signer: Ed25519Signer, device: DeviceId, make_body: Callable[..., Body]
) -> Callable[..., list[Record]]:
    """The first records of the flat's chain, one for each slot, each 12 Wh of import."""

    def make(count: int, **changes: Any) -> list[Record]:
        chain, records = Chain(device, ORIGIN), []
        for at in range(count):
            body = make_body(start_ms=(SLOT + 60 * at) * 1000, end_ms=(SLOT + 60 * at + 60) * 1000, **changes)
            record, chain = chain.seal(signer, Kind.INTERVAL, SLOT + 60 * at, body)
            records.append(record)
        return records

    return make


@pytest.fixture(scope="session")
def membership(building: Ed25519Signer, device: DeviceId) -> Membership:
    return Membership("http://127.0.0.1:1", ORIGIN, "101", device, building.public, NEXT_KEY)


@pytest.fixture(scope="session")
def make_terms(building: Ed25519Signer) -> Callable[..., Terms]:
    """The building's terms, with the fields that a test changes."""

    def make(**changes: Any) -> Terms:
        fields: dict[str, Any] = {
            "origin": ORIGIN,
            "log_key": f"{ORIGIN}+00000000+AAAA",
            "slot_seconds": 60,
            "prices": first_prices(PRICES),
            "building": building.public.device_id,
            "signed_ms": SLOT * 1000,
        }
        return Terms(**(fields | changes))

    return make


@pytest.fixture
async def store(tmp_path: Path, device: DeviceId) -> AsyncIterator[FlatStore]:
    store = await FlatStore.open(tmp_path / "flat.db", device, ORIGIN)
    yield store
    await store.close()


@pytest.fixture
async def coordinator(
    socket_enabled: None, building: Ed25519Signer, signer: Ed25519Signer, make_terms: Callable[..., Terms]
) -> AsyncIterator[SmallCoordinator]:
    coordinator = SmallCoordinator(building, signer.public, make_terms())
    yield coordinator
    await coordinator.stop()


@pytest.fixture
def meter(signer: Ed25519Signer, building: Ed25519Signer) -> MeteredFlat:
    """The flat's meter."""
    return MeteredFlat(signer, building.public.device_id)


@pytest.fixture
def keep(store: FlatStore, coordinator: SmallCoordinator) -> Callable[..., Any]:
    """Store records of the flat, log them, and let the flat know where the log has them, unless told otherwise."""

    async def work(records: Sequence[Record], *, logged: bool = True, known: bool = True) -> list[RecordHash]:
        await store.append(records, None)
        if logged:
            places = coordinator.take([record.encode() for record in records])
            if known:
                await store.proven([(name, at, coordinator.log.proof(at).encode().decode()) for name, at in places])
        return [record.hash for record in records]

    return work


@pytest.fixture
async def used(meter: MeteredFlat, keep: Callable[..., Any], coordinator: SmallCoordinator) -> tuple[RecordHash, ...]:
    """The flat has imported 12 Wh in the slot, which the building's settlement follows from."""
    coordinator.evidence = tuple(await keep(meter.read((0.5, 0, 0), (60.5, 12, 0))))
    return coordinator.evidence


@pytest.fixture
def ear() -> Ear:
    return Ear()


@pytest.fixture
def waits() -> Waits:
    return Waits()


@pytest.fixture
async def start(
    coordinator: SmallCoordinator,
    membership: Membership,
    signer: Ed25519Signer,
    store: FlatStore,
    clock: HandClock,
    ear: Ear,
    waits: Waits,
) -> AsyncIterator[Callable[..., Any]]:
    """Start the flat's link to the small coordinator; a second time, as after a restart of the flat."""
    tasks: list[asyncio.Task[None]] = []
    urls: list[str] = []

    async def end() -> None:
        while tasks:
            task = tasks.pop()
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async with aiohttp.ClientSession() as session:

        async def begin() -> Link:
            await end()
            if not urls:
                urls.append(await coordinator.start())
            (url,) = urls
            own = replace(membership, url=url)
            guard = Guard(own.origin, own.device, Notebook(store), clock, ear)
            link = Link(session, own, signer, store, guard, clock, ear, "tests", waits)
            ear.link = link
            tasks.append(asyncio.create_task(link.run()))
            return link

        yield begin
        await end()


@pytest.fixture
async def home(
    coordinator: SmallCoordinator, signer: Ed25519Signer, membership: Membership, tmp_path: Path, clock: HandClock
) -> AsyncIterator[Home]:
    coordinator.terms = replace(coordinator.terms, slot_seconds=SECONDS)
    url = await coordinator.start()
    async with aiohttp.ClientSession() as session:
        home = Home(signer, replace(membership, url=url), tmp_path / "flat.db", session, clock)
        yield home
        if not home.run.done():
            await home.stop()


@pytest.fixture
async def lived_in(home: Home) -> Home:
    """A flat whose first records are proven."""
    await home.start()
    await home.online()
    await home.time.seconds(SECONDS + 1)
    await home.until(lambda state: state.ledger is LedgerState.PROVEN and state.last_record is not None)
    return home
