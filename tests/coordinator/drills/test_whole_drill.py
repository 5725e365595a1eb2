"""A building's drill with real flats: announced, acknowledged, held in a living room, drawn up, and brought home."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from coordinator.config import BuildingConfig
from coordinator.store import drills as store
from localvpp.blackout.document import decode
from localvpp.islanding import Contact, Phase
from localvpp.islanding.report import Level

from ..agent import AgentClock
from ..conftest import SLOT, House, open_house
from ..flat import WAIT_S, until
from .conftest import DrillHouse
from .living import LivingFlat


@pytest.fixture
def clock() -> AgentClock:
    return AgentClock(SLOT * 1000)


@pytest.fixture
async def living(drilling: DrillHouse, clock: AgentClock, tmp_path: Path) -> AsyncIterator[LivingFlat]:
    flat = await LivingFlat.enrolled(drilling.house, clock, tmp_path / "101.db")
    assert isinstance(flat, LivingFlat)
    await flat.start()
    await flat.online()
    yield flat
    if not flat.run.done():
        await flat.stop()


async def seconds(house: DrillHouse, flat: LivingFlat, number: int, phase: Phase | None = None) -> None:
    """Let seconds pass in flat and building; until the flat is in a phase, if one is named."""
    bulk = house.house.coordinator.meters.bulk
    assert bulk is not None
    for _ in range(number):
        await flat.second()
        await bulk.read(house.meter)
        await house.drills.second()
        if phase is not None and flat.blackout.state.phase is phase:
            return
    assert phase is None, f"the flat is {flat.blackout.state.phase}"


async def until_told(house: DrillHouse, flat: LivingFlat, told: Callable[[], bool]) -> None:
    """Let seconds pass until the building has been told: what a flat says waits for its store, each time."""
    async with asyncio.timeout(WAIT_S):
        while not told():
            await seconds(house, flat, 1)


async def test_a_flat_follows_its_building_and_proves_its_living_room(drilling: DrillHouse, living: LivingFlat) -> None:
    await seconds(drilling, living, 30)
    drill = await drilling.begin(length_s=60)
    await seconds(drilling, living, 1)
    shown = (await living.until(lambda state: state.building_drill is not None)).building_drill
    assert shown is not None
    assert (shown.drill, shown.level) == (drill.hex(), Level.QUICK)
    living.blackout.acknowledge("Hanako")
    await drilling.stands("101", acknowledged_by="Hanako")
    await seconds(drilling, living, 60, Phase.ISLANDED)
    assert living.room.plant.main is Contact.OPEN
    await seconds(drilling, living, 5)
    await drilling.stands("101", accepted=True, phase="islanded")
    status, state = await drilling.get("/api/v1/state")
    assert (status, state["blackout"]["islanded"]) == (200, 1)
    await seconds(drilling, living, 200, Phase.CONNECTED)
    await until_told(drilling, living, lambda: drilling.drills.flats["101"].document is not None)
    flat = drilling.drills.flats["101"]
    document = decode(flat.document)
    assert (document.report.level, document.report.aborted) == (Level.QUICK, None)
    assert document.flat == "101"
    assert (flat.passed, flat.aborted) == (True, None), document.report.criteria
    await until(lambda: living.flat.drills._followed is None)
    response = await drilling.house.get(f"/api/v1/drills/{drill.hex()}/flats/101/report")
    assert (response.status, await response.read()) == (200, flat.document)


async def test_a_flats_own_reasons_reach_the_manager(drilling: DrillHouse, living: LivingFlat) -> None:
    living.room.soc = 35.0
    await seconds(drilling, living, 30)
    await drilling.begin(length_s=60)
    await seconds(drilling, living, 20)
    await drilling.stands("101", accepted=False)
    assert "battery_low" in drilling.drills.flats["101"].reasons
    assert living.blackout.state.phase is Phase.CONNECTED


async def test_the_manager_ends_a_drill_and_the_flat_returns_by_its_own_rules(
    drilling: DrillHouse, living: LivingFlat
) -> None:
    await seconds(drilling, living, 30)
    drill = await drilling.begin(length_s=600)
    await seconds(drilling, living, 60, Phase.ISLANDED)
    await drilling.drills.stop(drill)
    await seconds(drilling, living, 30, Phase.RETURN_HOLD)
    await seconds(drilling, living, 200, Phase.CONNECTED)
    await until_told(drilling, living, lambda: drilling.drills.flats["101"].ended_ms is not None)
    assert drilling.drills.flats["101"].passed is False
    assert living.room.plant.lit


async def test_without_its_coordinator_the_flat_comes_home_and_tells_the_next_one(
    config: BuildingConfig, clock: AgentClock, socket_enabled: None, tmp_path: Path
) -> None:
    async with open_house(config, clock) as house:
        before = DrillHouse(house)
        living = await LivingFlat.enrolled(house, clock, tmp_path / "101.db")
        assert isinstance(living, LivingFlat)
        await living.start()
        await living.online()
        await seconds(before, living, 30)
        drill = await before.begin(length_s=600)
        await seconds(before, living, 60, Phase.ISLANDED)
    for _ in range(300):
        await living.second()
        if living.blackout.state.phase is Phase.CONNECTED:
            break
    assert living.blackout.state.phase is Phase.CONNECTED
    assert living.room.plant.lit
    for _ in range(10):
        await living.second()
    await living.stop()
    async with open_house(config, clock) as house:
        living.move(house)
        await living.start()
        await living.released()
        for _ in range(3):
            await living.second()
        await home(house, drill)
        await living.stop()


async def home(house: House, drill: bytes) -> None:
    """Wait until the flat has told that it is home; the drill was ended when the coordinator started."""

    async def told() -> store.DrillFlat:
        async with house.coordinator.engine.connect() as connection:
            return next(each for each in await store.flats_of(connection, drill) if each.flat == "101")

    drills = house.coordinator.drills
    assert drills.drill is not None
    assert drills.drill.ended == "restarted"
    await until(lambda: drills.flats["101"].ended_ms is not None)
    kept = await told()
    assert (kept.passed, kept.accepted, kept.aborted) == (False, True, "coordinator")
