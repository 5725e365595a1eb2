"""The witnesses of one building."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from hashlib import sha256
from pathlib import Path

import pytest

from localvpp.etp import Ed25519Signer
from localvpp.store import FlatStore

from ..flat import ManualClock
from .signing import LOG, ORIGIN, Flat, MakeFlats


@pytest.fixture
async def make_flats(tmp_path: Path, clock: ManualClock) -> AsyncIterator[MakeFlats]:
    async with AsyncExitStack() as stack:

        async def make(count: int) -> list[Flat]:
            flats = []
            for number in range(count):
                device = Ed25519Signer(sha256(b"flat %d" % number).digest()).public.device_id
                store = await FlatStore.open(tmp_path / f"{number}.db", device, ORIGIN)
                stack.push_async_callback(store.close)
                flat = Flat(number, store, device, clock)
                await flat.guard.open(LOG.verifier_key, 0)
                flats.append(flat)
            return flats

        yield make


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever has not signed is asked again without a pause."""
    monkeypatch.setattr("coordinator.witnesses.cosigning.RETRY_S", 0)


@pytest.fixture
async def flat(make_flats: MakeFlats) -> Flat:
    """The building's only flat."""
    (flat,) = await make_flats(1)
    return flat
