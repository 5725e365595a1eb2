"""A flat's living room through outages: seen and told at once, commanded only when that is written down."""

import asyncio
from collections.abc import AsyncIterator
import os
from pathlib import Path
from typing import override

import pytest

from localvpp.blackout import SettingsError
from localvpp.blackout.alarms import NIGHT_S
from localvpp.disk import Disk
from localvpp.islanding import Asked, Command, Fault, Grid, Notice, Owner, Phase, Place, State, Wiring
from localvpp.islanding.journal import encode, entry_of
from localvpp.wire import Membership

from ..islanding.plant import GridIs, Weld
from .room import Room, settings_of


class FullDisk(Disk):
    """A disk that takes nothing, until it does."""

    def __init__(self) -> None:
        self.full = True

    @override
    def write(self, path: str, data: bytes) -> None:
        if self.full:
            raise OSError(28, "No space left on device", path)
        super().write(path, data)


@pytest.fixture
def wiring() -> Wiring:
    return Wiring.PAIR


@pytest.fixture
async def room(wiring: Wiring, membership: Membership, tmp_path: Path) -> AsyncIterator[Room]:
    room = Room(settings_of(wiring), membership, tmp_path)
    await room.start()
    await room.seconds(2)
    yield room
    assert not room.touched
    await room.kill()


async def outage(room: Room, seconds: int = 30) -> None:
    room.grid(GridIs.GONE)
    await room.seconds(seconds)


@pytest.mark.parametrize("wiring", list(Wiring))
async def test_an_outage_is_seen_and_told_in_the_second_in_which_it_is_read(room: Room) -> None:
    assert (room.blackout.state.phase, room.blackout.state.grid) == (Phase.CONNECTED, Grid.GOOD)
    await outage(room, 1)
    assert room.blackout.state.grid is Grid.GONE
    assert room.notices[:1] in ([Notice.GRID_LOST], [Notice.ISLANDED])


async def test_a_pair_feeds_the_living_room_and_returns_after_300_good_seconds_once(room: Room) -> None:
    await outage(room)
    state = room.blackout.state
    assert (state.phase, state.owner, state.place) == (Phase.ISLANDED, Owner.OUTAGE, Place.ISLANDED)
    assert room.plant.lit
    assert room.notices == [Notice.GRID_LOST, Notice.ISLANDED]
    room.grid(GridIs.GOOD)
    await room.seconds(299)
    await outage(room, 5)
    assert Command.CLOSE_MAIN not in room.commands
    room.grid(GridIs.GOOD)
    room.dark_s = 0
    await room.seconds(640)
    assert room.blackout.state.phase is Phase.CONNECTED
    assert (room.commands.count(Command.CLOSE_MAIN), room.plant.lit) == (1, True)
    assert room.dark_s <= 10


@pytest.mark.parametrize("wiring", [Wiring.PAIR])
async def test_the_leave_of_an_inverter_is_renewed_while_the_island_is_wanted(room: Room) -> None:
    await outage(room)
    assert Command.FORM not in room.commands, "one that feeds by itself is not asked: some would stop"
    room.grid(GridIs.GOOD)
    room.dark_s = 0
    await room.seconds(250)
    assert (room.blackout.state.phase, room.plant.lit) == (Phase.RETURN_HOLD, True)
    assert room.dark_s <= 2, "until it is seen to have returned to its grid, and asked to feed"
    assert 4 <= room.commands.count(Command.FORM) <= 10


@pytest.mark.parametrize("wiring", [Wiring.PAIR])
async def test_an_inverter_that_a_drill_has_shown_to_feed_when_it_is_asked_leaves_no_gap_when_the_grid_is_back(
    room: Room,
) -> None:
    room.blackout._drills.passed_ms = room.clock.wall_ms()
    await outage(room)
    room.grid(GridIs.GOOD)
    room.dark_s = 0
    await room.seconds(250)
    assert (room.blackout.state.phase, room.dark_s) == (Phase.RETURN_HOLD, 0)


@pytest.mark.parametrize("wiring", [Wiring.OWNED])
async def test_an_inverter_that_owns_its_contacts_leaves_and_returns_as_it_is_asked(room: Room) -> None:
    await room.seconds(20)
    room.blackout.ask(Asked.ISLAND)
    await room.seconds(200)
    assert (room.blackout.state.phase, room.blackout.state.owner) == (Phase.ISLANDED, Owner.PERSON)
    assert room.commands.count(Command.GO_OFF_GRID) >= 6, "its lease of 60 s is renewed at half"
    await room.seconds(200)
    room.blackout.ask(Asked.RETURN)
    await room.seconds(20)
    assert room.blackout.state.phase is Phase.CONNECTED
    assert room.commands[-1] is Command.RECONNECT


@pytest.mark.parametrize("wiring", [Wiring.OWNED])
async def test_a_program_that_dies_leaves_a_device_that_returns_by_itself(room: Room) -> None:
    await room.seconds(20)
    room.blackout.ask(Asked.ISLAND)
    await room.seconds(40)
    assert not room.plant.lit or room.plant.forming
    await room.kill()
    for _ in range(room.settings.lease_s):
        room.clock.move(1.0)
        room._expire()
    assert (room.plant.forming, room.plant.lit) == (False, True)
    await room.start()
    await room.seconds(20)
    assert (room.blackout.state.phase, room.blackout.state.owner) == (Phase.CONNECTED, Owner.NONE)


@pytest.mark.parametrize("wiring", [Wiring.PAIR, Wiring.OWNED])
async def test_a_program_that_starts_again_in_an_outage_goes_on_feeding(room: Room) -> None:
    await outage(room)
    await room.kill()
    room.commands.clear()
    await room.start()
    await room.seconds(100)
    assert (room.blackout.state.phase, room.blackout.state.owner) == (Phase.ISLANDED, Owner.OUTAGE)
    assert not {Command.OPEN_ISLAND, Command.OPEN_MAIN, Command.CLOSE_MAIN, Command.RECONNECT} & set(room.commands)


@pytest.mark.parametrize("wiring", [Wiring.PAIR, Wiring.OWNED])
async def test_an_island_that_a_person_asked_for_does_not_outlive_the_program(room: Room, wiring: Wiring) -> None:
    await room.seconds(400)
    room.blackout.ask(Asked.ISLAND)
    await room.seconds(60)
    assert room.blackout.state.owner is Owner.PERSON
    await room.kill()
    await room.start()
    await room.seconds(500)
    assert (room.blackout.state.phase, room.blackout.state.owner) == (Phase.CONNECTED, Owner.NONE)
    assert room.plant.lit


async def test_what_cannot_be_written_down_is_not_commanded_and_is_told(membership: Membership, tmp_path: Path) -> None:
    disk = FullDisk()
    room = Room(settings_of(Wiring.PAIR), membership, tmp_path, disk=disk)
    await room.start()
    await outage(room, 60)
    assert room.commands == []
    assert Notice.JOURNAL_FAILED in room.notices
    assert room.notices.count(Notice.JOURNAL_FAILED) == 1
    assert "cannot be written" in room.blackout.state.problems[0]
    disk.full = False
    await room.seconds(15)
    assert (room.blackout.state.phase, room.plant.lit, room.blackout.state.problems) == (Phase.ISLANDED, True, ())
    await room.kill()


async def test_a_journal_that_cannot_be_read_locks_the_logic_until_a_person_has_looked_and_is_told_and_kept(
    membership: Membership, tmp_path: Path
) -> None:
    (tmp_path / "blackout.journal").write_bytes(b"{}\n")
    room = Room(settings_of(Wiring.PAIR), membership, tmp_path)
    await room.start()
    await room.seconds(3)
    assert room.notices == [Notice.JOURNAL_FAILED]
    assert (tmp_path / "blackout.unreadable").read_bytes() == b"{}\n"
    assert "blackout.unreadable" in room.blackout.state.problems[0]
    await outage(room)
    assert (room.commands, room.blackout.state.fault) == ([], Fault.JOURNAL_UNREADABLE)
    await room.kill()
    await room.start()
    await room.seconds(3)
    assert room.blackout.state.fault is Fault.JOURNAL_UNREADABLE, "a restart is no look"
    room.blackout.ask(Asked.ACKNOWLEDGE)
    await room.seconds(20)
    assert (room.blackout.state.phase, room.blackout.state.problems, room.plant.lit) == (Phase.ISLANDED, (), True)
    await room.kill()


async def test_a_disk_that_does_not_answer_at_the_start_is_told_and_waited_for(
    membership: Membership, tmp_path: Path
) -> None:
    journal = tmp_path / "blackout.journal"
    os.mkfifo(journal)  # Whoever reads it waits until somebody writes.
    room = Room(settings_of(Wiring.PAIR), membership, tmp_path)
    starting = asyncio.create_task(room.start())
    while not hasattr(room, "blackout"):
        await asyncio.sleep(0.001)
    room.grid(GridIs.GONE)
    for _ in range(15):
        await asyncio.sleep(0.001)
        room.clock.move(1.0)
        room.blackout.second(room.round(), online=True)
    assert room.notices == [Notice.JOURNAL_FAILED]
    assert room.blackout.state.problems[0].startswith("the journal is being read for more than 10 s")
    entry = entry_of(State(since=0.0), None, seq=1, boot="before", now=0.0)
    await asyncio.to_thread(journal.write_bytes, encode(entry))
    await starting
    await room.seconds(20)
    assert (room.blackout.state.phase, room.plant.lit, room.blackout.state.problems) == (Phase.ISLANDED, True, ())
    await room.kill()


async def test_devices_that_are_lost_in_the_middle_of_a_transition_are_waited_for(room: Room) -> None:
    room.grid(GridIs.GONE)
    while Command.OPEN_MAIN not in room.commands:
        await room.seconds()
    room.lines.relays = room.lines.inverter = room.lines.commands = False
    given = len(room.commands)
    await room.seconds(120)
    assert room.commands[given:] == []
    assert Notice.FEEDBACK_LOST in room.notices
    assert room.blackout.state.feedback_lost
    room.lines.relays = room.lines.inverter = room.lines.commands = True
    await room.seconds(30)
    assert (room.blackout.state.phase, room.plant.lit) == (Phase.ISLANDED, True)
    assert not room.blackout.state.feedback_lost


async def test_a_welded_main_contact_locks_the_logic_until_a_person_has_looked(room: Room) -> None:
    room.plant = room.plant.__class__(Wiring.PAIR, weld=Weld.MAIN)
    await outage(room, 60)
    assert (room.blackout.state.phase, room.blackout.state.fault) == (Phase.FAULT_LOCKED, Fault.MAIN_WELDED)
    assert room.told[-1].detail == "main_welded"
    await room.kill()
    await room.start()
    await room.seconds(5)
    assert room.blackout.state.fault is Fault.MAIN_WELDED, "a restart is no look"
    room.plant = room.plant.__class__(Wiring.PAIR)
    room.blackout.ask(Asked.ACKNOWLEDGE)
    await room.seconds(5)
    assert (room.blackout.state.phase, room.blackout.state.fault) == (Phase.CONNECTED, None)


@pytest.mark.parametrize("wiring", [Wiring.AUTONOMOUS])
async def test_notices_outlive_the_program_and_their_numbers_grow_on(room: Room) -> None:
    await outage(room, 5)
    told = room.blackout.state.told
    assert [each.notice for each in told][-1] is Notice.ISLANDED
    await room.kill()
    await room.start()
    assert room.blackout.state.told == told
    room.grid(GridIs.GOOD)
    await room.seconds(5)
    assert room.blackout.state.told[-1].number == told[-1].number + 1


@pytest.mark.parametrize("wiring", [Wiring.PAIR, Wiring.OWNED])
async def test_an_inverter_that_cannot_be_asked_feeds_in_an_outage_and_in_no_island_that_a_person_asks_for(
    room: Room,
) -> None:
    room.output.separable = False
    await room.seconds(20)
    room.blackout.ask(Asked.ISLAND)
    await room.seconds(30)
    assert (room.notices, room.commands, room.plant.lit) == ([Notice.ISLAND_REFUSED], [], True)
    assert room.told[0].detail == "not_possible"
    await outage(room)
    assert (room.blackout.state.phase, room.plant.lit) == (Phase.ISLANDED, True)
    assert room.blackout.state.problems == ()


async def test_a_flat_that_lacks_what_its_wiring_needs_is_refused(membership: Membership, tmp_path: Path) -> None:
    room = Room(settings_of(Wiring.AUTONOMOUS), membership, tmp_path)
    room.settings = settings_of(Wiring.PAIR)
    with pytest.raises(SettingsError, match="the flat has not a main relay and not an island relay"):
        await room.start()
    await room.store.close()


@pytest.mark.parametrize("wiring", [Wiring.PAIR, Wiring.OWNED])
async def test_a_meter_that_falls_silent_for_a_moment_again_and_again_begins_the_hold_anew(room: Room) -> None:
    await outage(room, 60)
    room.grid(GridIs.GOOD)
    for _ in range(10):
        await room.seconds(92)
        room.lines.meter = False
        await room.seconds(8)
        room.lines.meter = True
    assert room.blackout.state.phase is Phase.RETURN_HOLD
    await room.seconds(320)
    assert (room.blackout.state.phase, room.plant.lit) == (Phase.CONNECTED, True)


@pytest.mark.parametrize("every_s", [10, 60])
@pytest.mark.parametrize("wiring", [Wiring.PAIR, Wiring.OWNED])
async def test_a_flat_whose_meter_tells_each_minute_returns(room: Room, every_s: int) -> None:
    room.meter_every_s = every_s
    await room.seconds(300)
    await outage(room, 200)
    assert (room.blackout.state.phase, room.blackout.state.owner) == (Phase.ISLANDED, Owner.OUTAGE)
    room.grid(GridIs.GOOD)
    await room.seconds(299)
    assert room.blackout.state.phase is Phase.RETURN_HOLD
    # The inverter of a pair looks at the grid before the meter's next word, which is still of the outage: one flap.
    await room.seconds(100 if (every_s, room.plant.wiring) != (60, Wiring.PAIR) else 400)
    assert (room.blackout.state.phase, room.plant.lit) == (Phase.CONNECTED, True)


@pytest.mark.parametrize("wiring", [Wiring.AUTONOMOUS])
@pytest.mark.parametrize("end", ["outage", "a day"])
async def test_an_inverter_that_sleeps_by_night_is_missed_when_the_grid_goes_or_after_a_day(
    room: Room, end: str
) -> None:
    await room.seconds(10)
    room.lines.inverter = False
    await room.seconds(300)
    assert Notice.FEEDBACK_LOST not in room.notices
    assert not room.blackout.state.feedback_lost
    if end == "outage":
        room.grid(GridIs.GONE)
    else:
        room.clock.move(NIGHT_S)
    await room.seconds(3)
    assert room.notices.count(Notice.FEEDBACK_LOST) == 1
    room.grid(GridIs.GOOD)
    room.lines.inverter = True
    await room.seconds(3)
    assert not room.blackout.state.feedback_lost


@pytest.mark.parametrize("wiring", [Wiring.AUTONOMOUS])
async def test_an_inverter_that_fell_silent_in_an_island_is_missed_at_once(room: Room) -> None:
    await outage(room, 10)
    room.lines.inverter = False
    room.grid(GridIs.GOOD)
    await room.seconds(60)
    assert Notice.FEEDBACK_LOST in room.notices
