"""Drills of one flat at work: begun only when nothing speaks against it, ended by what has to end it, and drawn up."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from localvpp.blackout import DrillWish
from localvpp.blackout.document import decode, digest
from localvpp.islanding import Asked, Notice, Owner, Phase, Refusal, Wiring
from localvpp.islanding.report import Level
from localvpp.store import FlatStore
from localvpp.wire import Membership

from ..islanding.plant import GridIs
from .room import Room, settings_of

QUICK = DrillWish(Level.QUICK, 120.0, "the caretaker")
POLICY = {"steady_s": 60.0, "announce_s": 10.0}


@pytest.fixture
def wiring() -> Wiring:
    return Wiring.PAIR


@pytest.fixture
def fields() -> dict[str, object]:
    return {}


@pytest.fixture
async def room(
    wiring: Wiring, fields: dict[str, object], membership: Membership, tmp_path: Path
) -> AsyncIterator[Room]:
    room = Room(settings_of(wiring, POLICY, **fields), membership, tmp_path)
    await room.start()
    await room.seconds(70)
    yield room
    assert not room.touched
    await room.kill()


async def drilling(room: Room, wish: DrillWish = QUICK) -> None:
    """Hold a drill as far as its island."""
    assert room.blackout.drill(wish) == ()
    for _ in range(40):
        await room.seconds()
        if room.blackout.state.phase is Phase.ISLANDED:
            break
    assert (room.blackout.state.phase, room.blackout.state.owner) == (Phase.ISLANDED, Owner.DRILL)


async def kept(room: Room) -> None:
    """Wait until the drill that is over is kept."""
    await room.until(lambda: Notice.DRILL_ENDED in room.notices)


@pytest.mark.parametrize("wiring", [Wiring.PAIR, Wiring.OWNED])
async def test_a_drill_is_held_drawn_up_kept_and_logged(room: Room, wiring: Wiring) -> None:
    await drilling(room)
    assert room.blackout.state.drill == QUICK
    assert room.blackout.state.drill_ends_s is not None
    room.blackout.notified(3)
    room.blackout.acknowledge("a resident")
    await room.seconds(500)
    await kept(room)
    state = room.blackout.state
    assert (state.phase, state.drill, room.plant.lit) == (Phase.CONNECTED, None, True)
    summary = state.last_drill
    assert summary is not None
    (report,) = await room.blackout.reports()
    data = await room.blackout.report(summary.report)
    assert data is not None
    assert (report.summary, report.size, digest(data)) == (summary, len(data), summary.report)
    document = decode(data)
    await room.until(lambda: room.sealed)
    criteria = {each.name: each.passed for each in document.report.criteria}
    assert all(criteria.values()), document.report.criteria
    assert (summary.passed, summary.aborted, summary.level) == (True, None, Level.QUICK)
    assert document.report.people.notified == 3
    assert len(document.report.people.acknowledged_after_s) == 1
    assert document.separated
    assert document.report.wh_by_tier["rest"] == pytest.approx(500 * document.report.length_s / 3600, rel=0.1)
    assert [(each.report, each.separated, each.level) for each in room.sealed] == [(summary.report, True, Level.QUICK)]
    assert (state.overdue, state.next_drill_ms) == (False, summary.ended_ms + 180 * 86_400_000)
    assert room.notices[0] is Notice.DRILL_ANNOUNCED


async def test_a_real_outage_in_a_drill_takes_it_over_and_the_flat_does_not_return(room: Room) -> None:
    await drilling(room)
    room.dark_s = 0
    room.grid(GridIs.GONE)
    await room.seconds(300)
    await kept(room)
    state = room.blackout.state
    assert (state.phase, state.owner, room.dark_s) == (Phase.ISLANDED, Owner.OUTAGE, 0)
    assert Notice.DRILL_BECAME_OUTAGE in room.notices
    assert state.last_drill is not None
    assert (state.last_drill.aborted, state.last_drill.passed, state.drill) == ("outage", False, None)


async def test_no_drill_and_no_island_begins_upon_a_charge_that_is_in_doubt(room: Room) -> None:
    room.cells.soc = 3.0
    await room.seconds(1)
    assert room.blackout.drill(QUICK) == (Refusal.BATTERY_UNKNOWN,)
    assert Refusal.BATTERY_UNKNOWN in room.blackout.island_refusals()
    room.blackout.ask(Asked.ISLAND)
    await room.seconds(1)
    assert (room.notices[-1], room.commands) == (Notice.ISLAND_REFUSED, [])


@pytest.mark.parametrize(
    ("fields", "ask", "why"),
    [
        ({}, lambda room: room.blackout.warn(True, "typhoon"), Refusal.WARNING),
        ({}, lambda room: room.blackout.warn(None), Refusal.WARNING),
        ({}, lambda room: room.blackout.event_near(True), Refusal.WARNING),
        ({}, lambda room: setattr(room.cells, "soc", 35.0), Refusal.BATTERY_LOW),
        ({}, lambda room: setattr(room.lines, "inverter", False), Refusal.NOT_POSSIBLE),
        ({"medical": True}, lambda room: None, Refusal.MEDICAL),
        ({"attended": True}, lambda room: None, Refusal.NOT_ATTENDED),
        ({}, lambda room: setattr(room, "load_w", 2_900_000.0), Refusal.ENDURANCE),
    ],
)
async def test_what_speaks_against_a_drill_is_said_and_nothing_begins(room: Room, ask, why: Refusal) -> None:  # type: ignore[no-untyped-def]
    ask(room)
    room.output.separable = room.lines.inverter
    await room.seconds(8)
    assert why in room.blackout.drill(QUICK)
    await room.seconds(60)
    assert (room.blackout.state.drill, room.commands, room.notices) == (None, [], [])


@pytest.mark.parametrize("fields", [{"attended": True}])
async def test_whoever_acknowledged_the_buildings_announcement_attends(room: Room) -> None:
    assert room.blackout.drill(QUICK) == (Refusal.NOT_ATTENDED,)
    assert room.blackout.drill(replace(QUICK, attended=True)) == ()


@pytest.mark.parametrize("fields", [{"medical": True, "attended": True}])
async def test_who_is_in_the_flat_may_confirm_a_drill(room: Room) -> None:
    room.blackout.acknowledge("a resident")
    assert room.blackout.drill(QUICK) == (Refusal.MEDICAL,), "with a medical device a look is not enough"
    assert room.blackout.drill(DrillWish(Level.QUICK, 120.0, "a resident", confirmed=True)) == ()


async def test_only_one_drill_is_held_at_a_time_and_only_while_connected(room: Room) -> None:
    assert room.blackout.drill(QUICK) == ()
    assert Refusal.BUSY in room.blackout.drill(QUICK)
    room.blackout.ask(Asked.RETURN)
    await room.seconds(3)
    await kept(room)
    assert room.blackout.state.last_drill is not None
    assert room.blackout.state.last_drill.aborted == "person"
    room.grid(GridIs.GONE)
    await room.seconds(30)
    assert Refusal.NOT_CONNECTED in room.blackout.drill(QUICK)


@pytest.mark.parametrize(
    ("happens", "why"),
    [
        (lambda room: room.blackout.ask(Asked.RETURN), "person"),
        (lambda room: setattr(room.cells, "soc", 29.0), "battery"),
        (lambda room: setattr(room, "load_w", 4000.0), "overload"),
        (lambda room: room.blackout.warn(True, "lightning"), "warning"),
    ],
)
async def test_what_has_to_end_a_drill_leads_it_back(room: Room, happens, why: str) -> None:  # type: ignore[no-untyped-def]
    await drilling(room)
    happens(room)
    await room.seconds(60)
    assert (room.blackout.state.phase, room.plant.lit) == (Phase.RETURN_HOLD, True)
    await room.seconds(300)
    await kept(room)
    assert room.blackout.state.last_drill is not None
    assert room.blackout.state.last_drill.aborted == why
    assert Notice.DRILL_ABORTED in room.notices


async def test_a_drill_of_the_building_ends_when_the_building_is_not_heard(room: Room) -> None:
    await drilling(room, DrillWish(Level.BUILDING, 120.0, "the building", call="c0"))
    room.online = False
    await room.seconds(59)
    assert room.blackout.state.owner is Owner.DRILL
    await room.seconds(3)
    assert room.blackout.state.phase is Phase.RETURN_HOLD
    await room.seconds(320)
    await kept(room)
    last = room.blackout.state.last_drill
    assert last is not None
    assert (last.aborted, last.call) == ("coordinator", "c0")


async def test_stale_feedback_ends_a_drill_after_15_seconds(room: Room) -> None:
    await drilling(room)
    room.lines.meter = room.lines.inverter = False
    await room.seconds(15)
    assert room.blackout.state.phase is Phase.ISLANDED
    await room.seconds(3)
    assert room.blackout.state.phase is Phase.RETURN_HOLD
    assert Notice.DRILL_ABORTED in room.notices
    room.lines.meter = room.lines.inverter = True
    await room.seconds(330)
    assert (room.blackout.state.phase, room.plant.lit) == (Phase.CONNECTED, True)


async def test_a_drill_that_was_not_passed_is_to_be_seen_before_the_next(room: Room) -> None:
    await drilling(room)
    room.blackout.ask(Asked.RETURN)
    await room.seconds(340)
    await kept(room)
    assert Refusal.FAILED_BEFORE in room.blackout.drill(QUICK)
    await room.kill()
    await room.start()
    await room.seconds(3)
    assert Refusal.FAILED_BEFORE in room.blackout.drill(QUICK), "a restart is no look"
    room.blackout.acknowledge("the caretaker")
    assert Refusal.FAILED_BEFORE not in room.blackout.drill(QUICK)


async def test_whoever_sees_when_the_next_drill_is_due_sees_what_was_told_before_too(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Home Assistant tells then what had not reached everybody, in whichever second that is."""
    assert room.blackout.drill(QUICK) == ()
    await room.until(lambda: room.blackout._keeping.idle)
    (announced,) = room.blackout.state.told
    await room.kill()
    shown, noted = [], FlatStore.noted

    async def in_a_second(store: FlatStore, key: str) -> bytes | None:
        room.blackout.second(room.round(), online=True)
        shown.append(room.blackout.state)
        return await noted(store, key)

    monkeypatch.setattr(FlatStore, "noted", in_a_second)
    await room.start()
    assert shown, "a second came before all was recalled"
    room.blackout.second(room.round(), online=True)
    shown.append(room.blackout.state)
    known = [each for each in shown if each.next_drill_ms is not None]
    assert shown[-1] in known
    assert all(each.told[:1] == (announced,) for each in known)


@pytest.mark.parametrize("wiring", list(Wiring))
@pytest.mark.parametrize("level", [Level.PAPER, Level.TELEMETRY])
async def test_a_drill_on_paper_moves_nothing(room: Room, level: Level) -> None:
    assert room.blackout.drill(DrillWish(level, 30.0, "a resident")) == ()
    await room.seconds(40)
    await kept(room)
    last = room.blackout.state.last_drill
    assert last is not None
    assert (last.level, last.passed, room.commands) == (level, True, [])
    await room.until(lambda: room.sealed)
    assert [each.separated for each in room.sealed] == [False]


@pytest.mark.parametrize("wiring", [Wiring.PAIR, Wiring.OWNED])
@pytest.mark.parametrize(
    "after_s",
    [
        0,
        10,
        12,
        14,
        60,
        *(pytest.param(each, marks=pytest.mark.slow) for each in (5, 9, 11, 13, 15, 16, 18, 20, 131, 132)),
    ],
)
async def test_a_drill_whose_program_is_killed_is_led_back_and_told_of(room: Room, after_s: int) -> None:
    assert room.blackout.drill(QUICK) == ()
    await room.seconds(after_s)
    await room.until(lambda: room.blackout._keeping.idle)
    await room.kill()
    await room.start()
    await room.seconds(420)
    await kept(room)
    assert (room.blackout.state.phase, room.blackout.state.owner) == (Phase.CONNECTED, Owner.NONE)
    assert (room.plant.lit, room.plant.forming) == (True, False)
    last = room.blackout.state.last_drill
    assert last is not None
    assert (last.aborted, last.passed) == ("restart", False)


@pytest.mark.parametrize("fields", [{"living_rated_w": 1500}])
@pytest.mark.parametrize(("load_w", "met"), [(500.0, True), (400.0, False)])
async def test_a_drill_under_load_is_passed_at_30_percent_of_the_circuits_rating(
    room: Room, load_w: float, met: bool
) -> None:
    room.load_w = load_w
    await drilling(room, DrillWish(Level.LOAD, 120.0, "the caretaker"))
    await room.seconds(500)
    await kept(room)
    last = room.blackout.state.last_drill
    assert last is not None
    data = await room.blackout.report(last.report)
    assert data is not None
    criteria = {each.name: each.passed for each in decode(data).report.criteria}
    assert (criteria["load"], last.passed) == (met, met)


async def test_a_deep_drill_that_comes_down_to_its_floor_has_done_what_it_was_to_do(room: Room) -> None:
    await drilling(room, DrillWish(Level.DEEP, 1200.0, "the caretaker"))
    room.cells.soc = 30.0
    await room.seconds(360)
    await kept(room)
    last = room.blackout.state.last_drill
    assert last is not None
    assert (last.level, last.aborted, room.blackout.state.phase) == (Level.DEEP, None, Phase.CONNECTED)


async def test_a_drill_is_overdue_when_none_was_passed_for_so_many_days(room: Room) -> None:
    assert not room.blackout.state.overdue
    room.clock.wall += 181 * 86_400_000
    await room.seconds(1)
    assert room.blackout.state.overdue
    await drilling(room)
    await room.seconds(500)
    await kept(room)
    assert not room.blackout.state.overdue
    await room.kill()
    await room.start()
    await room.seconds(1)
    assert not room.blackout.state.overdue
