"""The blackout logic on the simulator's flats over real Modbus TCP: outages, flapping grids, drills, lost lines."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from localvpp.blackout import DrillWish
from localvpp.islanding import Asked, Grid, Notice, Owner, Phase, Wiring, japanese
from localvpp.islanding.report import Level
from localvpp.wire import Membership
from simulator.settings import Fault

from ..devices.simulated_building import write_home
from .room import settings_of
from .simulated_room import WATCHDOG_S, SimulatedRoom, simulated_room

pytestmark = pytest.mark.usefixtures("socket_enabled")

POLICY = {
    "profile": japanese(50, nominal_v=200),
    "steady_s": 30.0,
    "announce_s": 5.0,
}


@pytest.fixture
def wiring() -> Wiring:
    return Wiring.PAIR


@pytest.fixture
async def room(wiring: Wiring, membership: Membership, tmp_path: Path) -> AsyncIterator[SimulatedRoom]:
    watchdog = {"watchdog_s": WATCHDOG_S} if wiring is Wiring.PAIR else {}
    settings = settings_of(wiring, POLICY, **watchdog)
    async with simulated_room(settings, membership, tmp_path, write_home(tmp_path / "home.csv")) as room:
        await room.seconds(8)
        assert room.blackout.state.phase is Phase.CONNECTED, room.blackout.state
        yield room


@pytest.mark.parametrize("wiring", list(Wiring))
async def test_an_outage_is_seen_and_told_within_one_poll_and_a_second(room: SimulatedRoom) -> None:
    room.grid(False)
    await room.seconds(2)
    assert room.blackout.state.grid is Grid.GONE
    assert {Notice.GRID_LOST, Notice.ISLANDED} & set(room.notices)
    await room.seconds(20)
    state = room.blackout.state
    assert (state.phase, state.owner, room.household.state.energised) == (Phase.ISLANDED, Owner.OUTAGE, True)


@pytest.mark.slow
async def test_a_grid_of_299_good_seconds_is_not_returned_to_and_one_of_300_is_once(room: SimulatedRoom) -> None:
    room.grid(False)
    await room.seconds(30)
    room.grid(True)
    await room.seconds(299)
    assert room.blackout.state.phase is Phase.RETURN_HOLD
    room.grid(False)
    await room.seconds(5)
    assert (room.blackout.state.phase, room.household.state.energised) == (Phase.ISLANDED, True)
    room.grid(True)
    room.dark.clear()
    await room.seconds(640)
    assert (room.blackout.state.phase, room.household.state.energised) == (Phase.CONNECTED, True)
    assert room.notices.count(Notice.RETURNED) == 1
    assert sum(room.dark) < 15, "dark only on the way from the island to the grid"


@pytest.mark.slow
@pytest.mark.parametrize("wiring", [Wiring.PAIR, Wiring.OWNED])
async def test_a_drill_goes_through_real_drivers_from_its_announcement_to_its_record(room: SimulatedRoom) -> None:
    await room.seconds(40)
    assert room.blackout.drill(DrillWish(Level.QUICK, 60.0, "the caretaker")) == ()
    await room.seconds(40)
    assert (room.blackout.state.phase, room.blackout.state.owner) == (Phase.ISLANDED, Owner.DRILL)
    assert room.household.state.energised
    await room.seconds(440)
    await room.until(lambda: room.sealed)
    state = room.blackout.state
    assert (state.phase, room.household.state.energised) == (Phase.CONNECTED, True)
    assert state.last_drill is not None
    assert state.last_drill.aborted is None


async def test_a_line_that_is_lost_in_the_middle_of_a_transition_is_waited_for(room: SimulatedRoom) -> None:
    room.grid(False)
    await room.seconds(1)
    for _ in range(10):
        await room.seconds()
        if room.blackout.state.phase is Phase.ISLANDING:
            break
    for device in ("relay", "inverter", "meter"):
        room.breaks(device, Fault.SILENT)
    await room.seconds(50)
    assert Notice.FEEDBACK_LOST in room.notices
    for device in ("relay", "inverter", "meter"):
        room.breaks(device, None)
    await room.seconds(60)
    assert (room.blackout.state.phase, room.household.state.energised) == (Phase.ISLANDED, True)


@pytest.mark.parametrize("wiring", [Wiring.PAIR, Wiring.OWNED])
async def test_a_program_that_dies_in_a_persons_island_leaves_a_flat_that_returns_by_itself(
    room: SimulatedRoom, wiring: Wiring
) -> None:
    await room.seconds(10)
    room.blackout.ask(Asked.ISLAND)
    await room.seconds(30)
    assert (room.blackout.state.phase, room.blackout.state.owner) == (Phase.ISLANDED, Owner.PERSON)
    await room.kill()
    limit = WATCHDOG_S if wiring is Wiring.PAIR else room.settings.lease_s + 30
    for _ in range(limit + 5):
        room.clock.move(1.0)
        room.plant.tick()
    assert not room.household.state.islanded
    assert room.household.state.energised
    await room.start()
    await room.seconds(80)
    assert (room.blackout.state.phase, room.blackout.state.owner) == (Phase.CONNECTED, Owner.NONE)


async def test_a_program_that_starts_again_in_an_outage_lights_the_living_room_again_by_itself(
    room: SimulatedRoom,
) -> None:
    room.grid(False)
    await room.seconds(30)
    assert (room.blackout.state.phase, room.household.state.energised) == (Phase.ISLANDED, True)
    await room.kill()
    for _ in range(WATCHDOG_S + 5):
        room.clock.move(1.0)
        room.plant.tick()
    assert not room.household.state.energised, "nobody speaks to the contactors: the living room hangs on the grid"
    await room.start()
    room.dark.clear()
    await room.seconds(60)
    state = room.blackout.state
    assert (state.phase, state.owner, room.household.state.energised) == (Phase.ISLANDED, Owner.OUTAGE, True)
    assert sum(room.dark) < 20, "it is lit again as soon as feedback is there"
    room.grid(True)
    await room.seconds(340)
    assert (room.blackout.state.phase, room.household.state.energised) == (Phase.CONNECTED, True)


async def test_a_welded_main_contact_is_told_of_and_nothing_forms_against_the_grid(room: SimulatedRoom) -> None:
    room.breaks("relay", Fault.WELDED)
    room.grid(False)
    await room.seconds(45)
    assert room.blackout.state.phase is Phase.FAULT_LOCKED
    assert room.told[-1].detail == "main_welded"
