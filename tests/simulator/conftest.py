"""A small simulated building on real sockets, whose seconds pass when a test lets them.

Its profiles are measured homes written here: no numeric library.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

import aiohttp
from pymodbus.client import AsyncModbusTcpClient
import pytest

from simulator import Settings
from simulator.plant import Plant
from simulator.runner import Profiles, Running, prepare, read_profiles, serving
from simulator.site import build


@pytest.fixture(scope="session")
def home_csv(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two weeks of a home that draws 600 W all day, with 3 kWp-like sun from 6 to 18."""
    path = tmp_path_factory.mktemp("profiles") / "home.csv"
    lines = [",GC,GG"]
    moment = datetime(2026, 7, 8)  # noqa: DTZ001 - a home's own clock
    for _ in range(48 * 14):
        sun = 1.0 if 6 <= moment.hour < 18 else 0.0
        lines.append(f"{moment},0.3,{sun}")
        moment += timedelta(minutes=30)
    path.write_text("\n".join(lines) + "\n")
    return path


class Clock:
    """The simulation's clock, moved by hand."""

    plant: Plant | None = None
    now_ms = 0

    def pass_ms(self, milliseconds: int) -> None:
        """Let time pass; each whole second is a tick of the plant."""
        assert self.plant is not None, "the plant is made before its time passes"
        self.now_ms += milliseconds
        while self.now_ms >= self.plant.ticks * 1000:
            self.plant.tick()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def profiles(home_csv: Path) -> Profiles:
    """The home of ``home_csv``, read once."""
    return read_profiles(Settings(profiles=[home_csv]))


@pytest.fixture
async def simulator(profiles: Profiles, clock: Clock, socket_enabled: None) -> AsyncIterator[Running]:
    """Four flats on free ports; inverters wait two seconds after the grid is back."""
    settings = Settings(flats=4, reconnect_delay_s=2)
    clock.plant = prepare(settings, profiles, lambda: clock.now_ms, lambda: clock.now_ms)
    async with serving(build(clock.plant, profiles.generator, settings.host, 0), 0) as running:
        yield running


@pytest.fixture
async def api(simulator: Running) -> AsyncIterator[Callable[..., Awaitable[Any]]]:
    """Call the control API: ``await api("/api/grid", {"on": False})`` gives the status and the JSON."""
    async with aiohttp.ClientSession(simulator.url) as session:

        async def call(path: str, body: object = None) -> Any:
            method = "GET" if body is None else "POST"
            async with session.request(method, path, json=body) as response:
                return response.status, await response.json()

        yield call


@pytest.fixture
async def modbus(simulator: Running) -> AsyncIterator[Callable[..., Awaitable[AsyncModbusTcpClient]]]:
    """Connect to a flat's gateway, or to the building's, with a client that gives up after ``patience_s``."""
    clients: list[AsyncModbusTcpClient] = []

    async def connect(flat: str, patience_s: float = 10) -> AsyncModbusTcpClient:
        site = simulator.site
        gateway = site.building if flat == "building" else site.flats[flat]
        client = AsyncModbusTcpClient(gateway.host, port=gateway.port, timeout=patience_s, retries=0)
        # What client.connect() does, without the tenth of a second that it waits afterwards.
        assert await client.ctx.connect()
        clients.append(client)
        return client

    yield connect
    for client in clients:
        client.close()


class Eventually(Protocol):
    """Ask while simulated time passes until the answer holds; fails with the last answer when it does not in time."""

    async def __call__[T](
        self, ask: Callable[[], Awaitable[T]], holds: Callable[[T], bool], within_s: float = 8
    ) -> T: ...


@pytest.fixture
def eventually(clock: Clock) -> Eventually:
    async def poll[T](ask: Callable[[], Awaitable[T]], holds: Callable[[T], bool], within_s: float = 8) -> T:
        end_ms = clock.now_ms + within_s * 1000
        while not holds(answer := await ask()):
            assert clock.now_ms < end_ms, f"after {within_s} s still {answer!r}"
            clock.pass_ms(100)
        return answer

    return poll
