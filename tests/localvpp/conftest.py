"""One building and one of its flats, with fixed keys, and a clock that moves when a test says so."""

from collections.abc import Callable
from hashlib import sha256
from typing import Any, override

import pytest

from localvpp.clock import Clock
from localvpp.etp import Body, Chain, DeviceId, Ed25519Signer, Kind, Record, Register, Source
from localvpp.wire import Membership, Terms

ORIGIN = "vpp.example/sakura-heights"
SLOT = 1_795_312_800
"""22 November 2026, 02:40 UTC: a slot of 60 s begins."""


class HandClock(Clock):
    """Stands still until a test moves it; both of its times move together unless the wall clock is stepped."""

    def __init__(self) -> None:
        self.wall = SLOT * 1000
        self.passed = 0.0

    @override
    def wall_ms(self) -> int:
        return self.wall

    @override
    def monotonic(self) -> float:
        return self.passed

    def move(self, seconds: float) -> None:
        self.wall += round(seconds * 1000)
        self.passed += seconds


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
    return Membership("http://127.0.0.1:1", ORIGIN, "101", device, building.public)


@pytest.fixture(scope="session")
def make_terms(building: Ed25519Signer) -> Callable[..., Terms]:
    """The building's terms, with the fields that a test changes."""

    def make(**changes: Any) -> Terms:
        fields: dict[str, Any] = {
            "origin": ORIGIN,
            "log_key": f"{ORIGIN}+00000000+AAAA",
            "slot_seconds": 60,
            "inside_price": 2200,
            "grid_price": 3100,
            "feed_in_price": 850,
            "building": building.public.device_id,
        }
        return Terms(**(fields | changes))

    return make
