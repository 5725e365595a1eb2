"""What is around an island: loads that are shed and come back, a reserve that is raised and put back, a slow refill."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import override

import pytest

from localvpp.control import UNKNOWN_LINE_W
from localvpp.devices import Cadence, DeviceRefusedError, Steerable
from localvpp.islanding import Asked, Load, LoadsSeen, Notice, Phase, Wiring
from localvpp.islanding.endurance import Forecast, Recharge, Reserve
from localvpp.wire import Membership

from ..islanding.plant import GridIs
from .room import Cells, Room, Switches, settings_of

LOADS = (Load("heater", 0, 1200.0), Load("fridge", 2, 300.0), Load("lamps", 3, 100.0))


CHANGE_S = 60.0


class WearyCells(Cells, Steerable):
    """A battery whose set-points are kept in a memory that wears out."""

    @property
    @override
    def cadence(self) -> Cadence:
        return Cadence(lease_s=120, change_s=CHANGE_S)


@pytest.fixture
def switches() -> Switches:
    return Switches("heater", "fridge", "lamps")


@pytest.fixture
async def room(membership: Membership, tmp_path: Path, switches: Switches) -> AsyncIterator[Room]:
    settings = settings_of(
        Wiring.AUTONOMOUS,
        loads=LOADS,
        reserve=Reserve(usual_percent=30),
        recharge=Recharge(delay_s=60.0),
    )
    room = Room(settings, membership, tmp_path, switchboard=switches)
    await room.start()
    await room.seconds(2)
    yield room
    await room.kill()


async def test_loads_go_by_the_charge_and_come_back_with_the_grid(room: Room, switches: Switches) -> None:
    room.grid(GridIs.GONE)
    room.cells.soc = 60.0
    await room.seconds(200)
    assert (switches.asked, room.blackout.state.shed) == ([("heater", False)], ("heater",))
    room.cells.soc = 20.0
    await room.seconds(200)
    assert switches.asked[1:] == [("fridge", False)]
    assert switches.states["lamps"], "the living room goes last"
    room.grid(GridIs.GOOD)
    await room.seconds(120)
    assert switches.asked[2:] == [("fridge", True), ("heater", True)]
    assert room.blackout.state.shed == ()


async def test_what_was_shed_is_given_back_by_the_program_that_comes_after(room: Room, switches: Switches) -> None:
    room.grid(GridIs.GONE)
    room.cells.soc = 60.0
    await room.seconds(200)
    await room.kill()
    room.grid(GridIs.GOOD)
    await room.start()
    assert room.blackout.state.shed == ("heater",)
    await room.seconds(5)
    assert switches.asked == [("heater", False), ("heater", True)]


async def test_what_a_failing_database_does_not_take_is_told_and_kept_when_it_does(
    room: Room, switches: Switches, caplog: pytest.LogCaptureFixture
) -> None:
    await room.store.run(lambda db: db.execute("PRAGMA query_only = ON"))
    room.grid(GridIs.GONE)
    room.cells.soc = 60.0
    await room.seconds(200)
    assert switches.asked == [("heater", False)], "what is shed does not wait for a database"
    (problem,) = room.blackout.state.problems
    assert "readonly database" in problem
    await room.store.run(lambda db: db.execute("PRAGMA query_only = OFF"))
    await room.seconds(2)
    await room.until(lambda: room.blackout._keeping.idle)
    await room.seconds(1)
    assert room.blackout.state.problems == ()
    said = [each.message for each in caplog.records if "what its blackout logic tells" in each.message]
    assert ["cannot be kept" in each for each in said] == [True, False], "told once, and healed once"
    told = room.blackout.state.told
    await room.kill()
    await room.start()
    assert (room.blackout.state.shed, room.blackout.state.told) == (("heater",), told)


async def test_a_program_that_starts_in_an_outage_without_feedback_gives_no_load_back(
    room: Room, switches: Switches
) -> None:
    room.grid(GridIs.GONE)
    room.cells.soc = 60.0
    await room.seconds(200)
    await room.kill()
    room.lines.inverter = False
    await room.start()
    await room.seconds(120)
    assert switches.asked == [("heater", False)]


async def test_a_charge_that_jumps_for_a_reading_sheds_nothing_and_one_that_is_told_on_does(
    room: Room, switches: Switches
) -> None:
    room.cells.soc = 90.0
    room.grid(GridIs.GONE)
    await room.seconds(20)
    for _ in range(60):
        room.cells.soc = 3.0
        await room.seconds(2)
        room.cells.soc = 90.0
        await room.seconds(3)
    assert (switches.asked, Notice.BATTERY_LOW in room.notices) == ([], False)
    room.cells.soc = 3.0
    await room.seconds(200)
    assert ("heater", False) in switches.asked
    assert Notice.BATTERY_LOW in room.notices


async def test_a_charge_that_jumps_up_for_a_reading_gives_nothing_back(room: Room, switches: Switches) -> None:
    room.cells.soc = 62.0
    room.grid(GridIs.GONE)
    await room.seconds(250)
    assert switches.asked == [("heater", False)]
    for _ in range(30):
        room.cells.soc = 100.0
        await room.seconds(1)
        room.cells.soc = 62.0
        await room.seconds(2)
    assert switches.asked == [("heater", False)]
    room.cells.soc = 100.0
    await room.seconds(60)
    assert switches.asked == [("heater", False), ("heater", True)]


async def test_an_overload_sheds_at_once(room: Room, switches: Switches) -> None:
    room.grid(GridIs.GONE)
    await room.seconds(3)
    room.load_w = 3500.0
    await room.seconds(1)
    assert switches.asked == [("heater", False)]


async def test_a_switch_that_does_not_move_is_asked_again_and_told_of(room: Room, switches: Switches) -> None:
    switches.stuck.add("heater")
    room.grid(GridIs.GONE)
    room.cells.soc = 60.0
    await room.seconds(400)
    assert switches.asked == [("heater", False)] * 5
    assert room.blackout.state.problems == ("the switch of heater does not move: it does not answer",)


async def test_a_load_that_brings_the_island_down_again_and_again_stays_off_until_it_is_forgiven(
    membership: Membership, tmp_path: Path, switches: Switches
) -> None:
    room = Room(settings_of(Wiring.AUTONOMOUS, loads=LOADS), membership, tmp_path, switchboard=switches)
    await room.start()
    await room.seconds(2)
    shedding = room.blackout._shedding
    now, locked = 1000.0, frozenset[str]()
    shedding.second(LoadsSeen(islanded=True, soc_percent=90.0, overloaded=True), now)
    for _ in range(5):
        now += 100.0
        shedding.second(LoadsSeen(islanded=True, soc_percent=90.0, free_w=5000.0), now)
        locked |= shedding.second(LoadsSeen(islanded=True, soc_percent=90.0, collapsed=True), now + 5)
    assert locked == frozenset({"heater"}) == shedding.locked_out
    shedding.forgive("heater")
    shedding.second(LoadsSeen(islanded=True, soc_percent=90.0, free_w=0.0), now + 6)
    assert shedding.locked_out == frozenset()
    await room.kill()


async def test_a_reserve_is_written_on_a_change_only_and_put_back_after_a_warning(room: Room) -> None:
    await room.seconds(100)
    assert room.cells.reserves == [30]
    room.blackout.warn(True, "typhoon")
    assert room.blackout.state.reserve_percent == 100
    await room.seconds(200)
    assert room.cells.reserves == [30, 100]
    await room.until(lambda: room.blackout._keeping.idle)
    await room.kill()
    await room.start()
    await room.seconds(100)
    assert room.cells.reserves == [30, 100, 30], "a warning that is over after a restart is put back, and once"
    await room.kill()
    await room.start()
    await room.seconds(100)
    assert room.cells.reserves == [30, 100, 30], "what is so already is not written"


async def test_a_device_that_keeps_less_than_it_took_is_told_of_and_not_written_again(room: Room) -> None:
    room.cells.most_reserve = 95
    await room.seconds(100)
    room.blackout.warn(True, "typhoon")
    await room.seconds(600)
    assert room.cells.reserves == [30, 100]
    (problem,) = room.blackout.state.problems
    assert problem.startswith("the battery keeps 95 % for an outage, though it took 100 %")
    room.blackout.warn(False)
    await room.seconds(200)
    assert room.cells.reserves == [30, 100, 30]
    assert room.blackout.state.problems == ()


async def test_a_warning_of_which_nothing_is_known_is_taken_as_in_force(room: Room) -> None:
    room.blackout.warn(None)
    assert room.blackout.state.reserve_percent == 100


async def test_a_battery_that_refuses_its_reserve_is_told_of_and_asked_seldom(room: Room) -> None:
    room.cells.refuses = DeviceRefusedError("out of writings for today")
    room.blackout.warn(True)
    await room.seconds(120)
    assert room.blackout.state.problems == ("the battery does not keep 100 % for an outage: out of writings for today",)


async def test_what_no_driver_foresees_ends_no_blackout_logic(room: Room, caplog: pytest.LogCaptureFixture) -> None:
    room.cells.refuses = AttributeError("no such thing")
    room.blackout.warn(True)
    await room.seconds(200)
    told = [each for each in caplog.records if each.getMessage() == "Flat 101: what sets its battery is at fault"]
    assert len(told) == 1, "it was tried twice, and is told once"
    assert room.blackout.state.problems == (
        "the battery does not keep 100 % for an outage: this program is at fault: AttributeError('no such thing')",
    )
    room.grid(GridIs.GONE)
    await room.seconds(5)
    assert room.blackout.state.phase is Phase.ISLANDED


async def test_a_command_that_fails_as_no_driver_foresees_ends_no_blackout_logic(
    membership: Membership, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = Room(settings_of(Wiring.OWNED), membership, tmp_path)
    await room.start()
    await room.seconds(2)

    async def fails(_: int) -> None:
        raise AttributeError("no such thing")

    with monkeypatch.context() as patched:
        patched.setattr(room.output, "go_off_grid", fails)
        room.blackout.ask(Asked.ISLAND)
        await room.seconds(3)
    assert any("AttributeError('no such thing')" in each for each in room.blackout.state.problems)
    await room.seconds(30)
    assert room.blackout.state.phase is Phase.ISLANDED, "it was asked once more"
    await room.kill()


async def test_a_memory_that_wears_out_is_not_written_to_for_each_second_of_the_slow_filling(
    membership: Membership, tmp_path: Path
) -> None:
    recharge = Recharge(delay_s=60.0)
    room = Room(settings_of(Wiring.AUTONOMOUS, recharge=recharge), membership, tmp_path, cells=WearyCells())
    room.cells.soc = 15.0
    await room.start()
    await room.seconds(2)
    room.grid(GridIs.GONE)
    await room.seconds(5)
    room.grid(GridIs.GOOD)
    await room.seconds(30)
    begun = room.clock.monotonic() - 30
    for _ in range(600):
        await room.seconds()
        watts = room.cells.powers[-1]
        assert watts is not None
        assert -recharge.most_w(room.clock.monotonic() - begun, 2000.0) - 1 <= watts <= 0, "never more than its share"
    assert -2000 <= (room.cells.powers[-1] or 0) <= -1600
    assert len(room.cells.powers) <= 600 / CHANGE_S + 2
    await room.kill()


async def test_after_an_outage_the_battery_is_filled_slowly_and_then_left_alone(room: Room) -> None:
    room.cells.soc = 15.0
    room.grid(GridIs.GONE)
    await room.seconds(5)
    room.grid(GridIs.GOOD)
    await room.seconds(30)
    assert room.cells.powers == [0], "its delay"
    await room.seconds(60 + 60)
    assert -450 <= (room.cells.powers[-1] or 0) <= -150, "10 % of 2000 W a minute"
    room.cells.soc = 30.0
    await room.seconds(8)
    assert room.cells.powers[-1] is None, "the reserve is there"
    before = len(room.cells.powers)
    await room.seconds(100)
    assert len(room.cells.powers) == before


@pytest.fixture
async def reserveless(membership: Membership, tmp_path: Path) -> AsyncIterator[Room]:
    """A flat whose battery keeps what its maker has set, just after an outage."""
    room = Room(settings_of(Wiring.AUTONOMOUS, recharge=Recharge(delay_s=60.0)), membership, tmp_path)
    room.cells.soc = 15.0
    await room.start()
    await room.seconds(2)
    room.grid(GridIs.GONE)
    await room.seconds(5)
    room.grid(GridIs.GOOD)
    await room.seconds(30)
    yield room
    await room.kill()


async def test_without_a_reserve_the_battery_is_filled_slowly_too_and_then_left_alone(reserveless: Room) -> None:
    room = reserveless
    assert room.cells.powers == [0], "its delay"
    room.cells.soc = 20.0
    await room.seconds(330)
    assert room.cells.powers[-1] == pytest.approx(-1000, abs=10), "half of 2000 W after five minutes"
    asked = room.cells.powers
    assert [each for each in asked if each is not None] == sorted(asked, key=lambda each: -(each or 0)), "ever more"
    await room.seconds(310)
    assert room.cells.powers[-1] is None, "it may take all that it can"
    before = len(room.cells.powers)
    await room.seconds(100)
    assert len(room.cells.powers) == before


async def test_a_battery_is_filled_with_no_more_than_the_line_bears_beside_the_flat(reserveless: Room) -> None:
    room = reserveless
    room.bears_w, room.load_w = 2500, 1800.0
    room.cells.soc = 20.0
    await room.seconds(330)
    assert room.cells.powers[-1] == -700, "1800 W of the line's 2500 W are the flat's"
    room.load_w = 3000.0
    await room.seconds(2)
    assert room.cells.powers[-1] == 0, "the flat alone takes more than the line bears"


async def test_a_line_of_which_nobody_says_what_it_bears_is_taken_for_a_weak_one(reserveless: Room) -> None:
    room = reserveless
    room.bears_w, room.load_w = None, 1200.0
    room.cells.soc = 20.0
    await room.seconds(330)
    assert room.cells.powers[-1] == -(UNKNOWN_LINE_W - 1200), "and not half of what the battery takes"
    room.load_w = 2200.0
    await room.seconds(2)
    assert room.cells.powers[-1] == 0


async def test_a_program_that_starts_again_goes_on_with_the_ramp(reserveless: Room) -> None:
    room = reserveless
    await room.seconds(210)
    assert room.cells.powers[-1] == pytest.approx(-600, abs=10)
    await room.until(lambda: room.blackout._keeping.idle)
    await room.kill()
    room.clock.move(60.0)
    room.cells.powers.clear()
    await room.start()
    await room.seconds(3)
    assert room.cells.powers[-1] == pytest.approx(-800, abs=20), "a minute later, and not at once all that it can"


async def test_after_another_start_of_the_machine_the_ramp_begins_anew(
    reserveless: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = reserveless
    await room.seconds(210)
    await room.until(lambda: room.blackout._keeping.idle)
    await room.kill()
    room.clock.passed = 50.0
    room.cells.powers.clear()
    monkeypatch.setattr("localvpp.blackout.charging.name_of_boot", lambda: "another")
    await room.start()
    await room.seconds(30)
    assert room.cells.powers == [0], "nobody knows how long ago the grid was back"
    await room.seconds(60)
    assert room.cells.powers[-1] == pytest.approx(-100, abs=20)


async def test_a_machine_that_starts_again_after_the_outage_fills_the_battery_slowly(
    reserveless: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = reserveless
    room.grid(GridIs.GONE)
    await room.seconds(5)
    await room.until(lambda: room.blackout._keeping.idle)
    await room.kill()
    (room.folder / "blackout.journal").unlink()
    room.grid(GridIs.GOOD)
    room.plant = room.plant.by_itself()
    room.cells.powers.clear()
    await room.start()
    await room.seconds(30)
    assert room.cells.powers == [0]


async def test_a_battery_that_is_found_late_is_held_to_the_ramp_then(reserveless: Room) -> None:
    room = reserveless
    await room.until(lambda: room.blackout._keeping.idle)
    await room.kill()
    room.cells.controllable = False
    room.cells.powers.clear()
    await room.start()
    await room.seconds(30)
    assert room.cells.powers == []
    room.cells.controllable = True
    await room.seconds(100)
    assert room.cells.powers[0] == pytest.approx(-10, abs=20)


async def test_a_building_whose_programs_all_start_with_the_grid_does_not_draw_at_once(room: Room) -> None:
    room.cells.soc = 15.0
    room.grid(GridIs.GONE)
    await room.seconds(5)
    await room.kill()
    room.grid(GridIs.GOOD)
    room.plant = room.plant.by_itself()
    await room.start()
    await room.seconds(10)
    assert room.cells.powers == [0]
    assert room.blackout.state.phase is Phase.CONNECTED


async def test_hours_left_are_told_with_the_sun_and_without(room: Room) -> None:
    room.cells.soc, room.load_w = 60.0, 500.0
    await room.seconds(8)
    state = room.blackout.state
    assert state.lasts_s == pytest.approx(10 * 3600), "50 % of 10 kWh at 500 W"
    assert state.lasts_sun_s == state.lasts_s
    room.blackout.expect_sun([Forecast(7200.0, 1000.0)])
    await room.seconds(1)
    state = room.blackout.state
    assert state.lasts_s is not None
    assert state.lasts_sun_s is not None
    assert state.lasts_sun_s > state.lasts_s + 3600
    room.cells.soh = 80.0
    await room.seconds(1)
    assert room.blackout.state.lasts_s == pytest.approx(8 * 3600), "it holds 8 kWh by now"


async def test_a_battery_that_is_down_to_the_emergencys_floor_is_told_of_once(room: Room) -> None:
    room.grid(GridIs.GONE)
    room.cells.soc = 10.0
    await room.seconds(10)
    assert room.notices.count(Notice.BATTERY_LOW) == 1
