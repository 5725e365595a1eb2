"""A meter of the building that is silent behind the other's gateway: a real coordinator, real sockets, real seconds."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby
from pathlib import Path
import time

import pytest

from coordinator.app import Coordinator, run
from coordinator.config import load
from coordinator.meters import MeterPost
from coordinator.store import entries as entry_store
from localvpp.devices import Meter
from localvpp.etp import Kind
from simulator import Settings
from simulator.plant import Plant
from simulator.runner import prepare, read_profiles
from simulator.settings import Fault
from simulator.site import BULK, COMMON, Site, build

from ..held_bus import held_bus
from .conftest import FILE

SLOT_S = 60
HELD_S = 3.0


@dataclass
class Building:
    """A coordinator with both of its meters behind one simulated gateway."""

    folder: Path
    port: int
    seconds: dict[str, list[bool]] = field(default_factory=dict)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Coordinator]:
        """Run the coordinator while the block lasts."""
        self.folder.mkdir()
        file = self.folder / "building.yaml"
        address = f"tcp://127.0.0.1:{self.port}?unit="
        file.write_text(f'{FILE}meters: {{bulk: "{address}{BULK}", common: "{address}{COMMON}"}}\n')
        ready: asyncio.Future[Coordinator] = asyncio.get_running_loop().create_future()
        running = asyncio.create_task(run(load(file), ready.set_result))
        await asyncio.wait({running, ready}, return_when=asyncio.FIRST_COMPLETED)
        try:
            yield ready.result() if ready.done() else await running or pytest.fail("it ended")
            assert not running.done()
        finally:
            running.cancel()
            with suppress(asyncio.CancelledError):
                await running

    def unknown(self, name: str) -> list[int]:
        """Lengths of the times in which a meter was not read."""
        return [len(list(run)) for known, run in groupby(self.seconds[name]) if not known]


@pytest.fixture
async def site(tmp_path: Path, socket_enabled: None) -> AsyncIterator[Site]:
    """A building whose meters stand still."""
    home = tmp_path / "home.csv"
    start = datetime(2026, 7, 8)  # noqa: DTZ001 - a home's own clock
    home.write_text("\n".join([",GC,GG", *(f"{start + timedelta(minutes=30 * n)},0.3,0.0" for n in range(96))]) + "\n")
    settings = Settings(flats=4, profiles=[home], profile_start=start)
    profiles = read_profiles(settings)
    plant: Plant = prepare(settings, profiles, lambda: 0, lambda: 0)
    site = build(plant, profiles.generator, "127.0.0.1", 0)
    await site.open()
    yield site
    await site.close()


@pytest.mark.slow
@pytest.mark.real_time
async def test_no_slot_of_the_common_meter_is_lost_to_a_bulk_meter_that_is_silent_behind_the_same_gateway(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    buildings = dict[str, Building]()
    read = MeterPost.read

    async def noted(post: MeterPost, meter: Meter) -> bool:
        known = await read(post, meter)
        database = str(post._engine.url.database)
        building = next(each for name, each in buildings.items() if f"/{name}/" in database)
        building.seconds.setdefault(post.name, []).append(known)
        return known

    monkeypatch.setattr(MeterPost, "read", noted)
    gateway = site.building
    coordinators: dict[str, Coordinator] = {}
    logged: dict[str, list[tuple[Kind, int]]] = {}
    async with AsyncExitStack() as stack:
        held = await stack.enter_async_context(held_bus(gateway.host, gateway.port, HELD_S))
        for name, port in (("direct", gateway.port), ("held", held)):
            buildings[name] = Building(tmp_path / name, port)
            coordinators[name] = await stack.enter_async_context(buildings[name].running())
        now = time.time()
        boundary = now - now % SLOT_S + SLOT_S
        if boundary - now < 8:
            boundary += SLOT_S
        await asyncio.sleep(boundary - time.time() - 0.4)
        site.set_fault("building", "bulk", Fault.SILENT)
        buildings["asleep"] = Building(tmp_path / "asleep", gateway.port)
        coordinators["asleep"] = await stack.enter_async_context(buildings["asleep"].running())
        await asyncio.sleep(boundary + SLOT_S + 7 - time.time())
        for name, coordinator in coordinators.items():
            logged[name] = await of_common(coordinator)
    for name, building in buildings.items():
        assert {kind for kind, _ in logged[name]} == {Kind.INTERVAL}, f"{name}: the common meter lost a slot"
        assert (Kind.INTERVAL, boundary) in logged[name]
        assert max(building.unknown("common"), default=0) <= (HELD_S if name == "held" else 1), name
        assert not building.seconds["bulk"][-1]
    assert buildings["direct"].unknown("common") == [], "it loses not one second"
    assert caplog.text.count("The bulk meter cannot be read") == len(buildings), "told once when it broke"
    assert "The common meter cannot be read" not in caplog.text, "it has not fallen silent"
    assert "meter is read again" not in caplog.text


async def of_common(coordinator: Coordinator) -> list[tuple[Kind, int]]:
    """What the common parts' meter wrote, by kind and slot."""
    async with coordinator.engine.connect() as connection:
        found = await entry_store.span(connection, 0, coordinator.ledger.size)
    common = coordinator.ledger.directory.named("common")
    assert common is not None
    return [(each.kind, each.slot) for each in found if each.device == common.device and each.kind is not Kind.ENROL]
