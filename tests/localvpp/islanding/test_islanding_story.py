"""What a flat does in an outage, at its end, and in a drill, told second by second with the real numbers."""

from dataclasses import replace

import pytest

from localvpp.islanding import (
    Asked,
    Command,
    Contact,
    Drill,
    Fault,
    Floors,
    Notice,
    Owner,
    Phase,
    Policy,
    PolicyError,
    State,
    Wiring,
    step,
)

from .plant import GridIs, Plant, Sight, Weld

DRILL = Drill(300.0, 10_000.0)


class Flat:
    """The logic and its plant, a turn each second."""

    def __init__(self, wiring: Wiring = Wiring.PAIR, **policy: object) -> None:
        self.policy = Policy(wiring=wiring, returns_by_itself=True, **policy)  # type: ignore[arg-type]
        self.plant = Plant(wiring)
        self.now = 100_000.0
        self.state = State(since=self.now)
        self.sight = Sight.ALL
        self.soc: float | None = 80.0
        self.commands: list[Command] = []
        self.notices: list[Notice] = []
        self.dark_s = 0
        self.run(2)

    def run(self, seconds: int, asked: Asked | Drill | None = None) -> None:
        """Let time pass; what is asked is asked in the first second."""
        for _ in range(seconds):
            self.plant = self.plant.by_itself()
            taken = step(self.state, self.plant.seen(self.sight, self.soc, asked), self.now, self.policy)
            asked, self.state, self.plant = None, taken.state, self.plant.held(taken.holds)
            if taken.command is not None:
                self.commands.append(taken.command)
                self.plant = self.plant.obey(taken.command)
            self.notices += taken.notices
            self.dark_s += not self.plant.lit
            self.now += 1

    def grid(self, grid: GridIs) -> None:
        """Have the grid be so from now on."""
        self.plant = replace(self.plant, grid=grid)

    def restart(self) -> None:
        """The program starts again; of what it knew, phase and owner are on the disk."""
        locked = self.state.phase is Phase.FAULT_LOCKED
        self.state = State(
            phase=Phase.FAULT_LOCKED if locked else Phase.UNKNOWN,
            owner=self.state.owner,
            fault=self.state.fault,
            since=self.now,
        )


def outage(flat: Flat, seconds: int = 60) -> None:
    flat.grid(GridIs.GONE)
    flat.run(seconds)


def test_in_an_outage_the_living_room_is_fed_again_step_by_step() -> None:
    flat = Flat()
    outage(flat, 12)
    assert flat.commands == [Command.OPEN_MAIN, Command.CLOSE_ISLAND]
    assert (flat.state.phase, flat.state.owner) == (Phase.ISLANDED, Owner.OUTAGE)
    assert flat.notices == [Notice.GRID_LOST, Notice.ISLANDED]
    assert flat.dark_s <= 6


def test_an_inverter_without_its_grid_makes_its_voltage_before_the_main_contact_is_open_and_that_is_no_fault() -> None:
    flat = Flat()
    flat.grid(GridIs.GONE)
    flat.run(1)
    assert (flat.plant.forming, flat.plant.main, flat.plant.against_the_grid) == (True, Contact.CLOSED, False)
    flat.run(12)
    assert (flat.state.phase, flat.state.fault) == (Phase.ISLANDED, None)


@pytest.mark.parametrize("island", [Contact.CLOSED, None])
def test_an_inverter_that_forms_while_nothing_proves_the_islands_contact_open_is_cut_off(
    island: Contact | None,
) -> None:
    flat = Flat()
    flat.grid(GridIs.GONE)
    flat.run(1)
    seen = replace(flat.plant.by_itself().seen(Sight.ALL, 80.0, None), island_contact=island)
    taken = step(flat.state, seen, flat.now, flat.policy)
    assert (taken.command, taken.state.fault) == (Command.OPEN_ISLAND, Fault.FORMING_ON_GRID)


def test_a_living_room_that_goes_dark_because_its_inverter_returned_to_the_grid_is_fed_again() -> None:
    flat = Flat()
    outage(flat)
    flat.grid(GridIs.GOOD)
    flat.run(100)
    assert (flat.state.phase, flat.plant.lit) == (Phase.RETURN_HOLD, True), "its leave was renewed"
    flat.plant, flat.dark_s = replace(flat.plant, asked=False), 0
    flat.run(10)
    assert (flat.state.phase, flat.plant.lit, flat.dark_s) == (Phase.RETURN_HOLD, True, 0)
    assert flat.commands.count(Command.FORM) == 1
    flat.run(300)
    assert (flat.state.phase, flat.plant.lit) == (Phase.CONNECTED, True)


def test_an_inverter_that_does_not_feed_again_is_told_of_and_the_flat_returns_in_its_time() -> None:
    flat = Flat()
    outage(flat)
    flat.grid(GridIs.GOOD)
    flat.run(100)
    flat.plant = replace(flat.plant, weld=Weld.INVERTER, forming=False)
    flat.run(30)
    assert Notice.BACKUP_FAILED in flat.notices
    flat.run(230)
    assert (flat.state.phase, flat.plant.lit) == (Phase.CONNECTED, True)


def test_old_feedback_moves_no_contact() -> None:
    flat = Flat()
    flat.sight = Sight.OLD
    outage(flat, 300)
    assert flat.commands == []


def test_299_seconds_of_a_good_grid_are_not_enough_and_300_are_and_it_returns_once() -> None:
    flat = Flat()
    outage(flat)
    flat.grid(GridIs.GOOD)
    flat.run(299)
    assert flat.state.phase is Phase.RETURN_HOLD
    outage(flat, 5)
    assert (flat.state.phase, flat.commands.count(Command.CLOSE_MAIN)) == (Phase.ISLANDED, 0)
    flat.grid(GridIs.GOOD)
    flat.run(640)
    assert flat.state.phase is Phase.CONNECTED
    assert flat.commands.count(Command.CLOSE_MAIN) == 1
    flat.run(3600)
    assert flat.commands.count(Command.OPEN_MAIN) == 1


def test_a_grid_that_flaps_is_watched_longer_each_time() -> None:
    flat = Flat()
    outage(flat)
    held = []
    for seconds in (299, 599, 1799):
        flat.grid(GridIs.GOOD)
        flat.run(seconds)
        held.append(flat.state.phase)
        outage(flat, 5)
    assert held == [Phase.RETURN_HOLD] * 3
    assert Command.CLOSE_MAIN not in flat.commands


def test_a_voltage_between_the_windows_starts_the_watch_anew() -> None:
    flat = Flat()
    outage(flat)
    flat.grid(GridIs.GOOD)
    flat.run(290)
    flat.grid(GridIs.DOUBTFUL)
    flat.run(1)
    flat.grid(GridIs.GOOD)
    flat.run(290)
    assert flat.state.phase is Phase.RETURN_HOLD


@pytest.mark.parametrize("wiring", [Wiring.PAIR, Wiring.OWNED])
def test_a_word_of_long_ago_that_the_grid_is_good_begins_the_watch_anew_and_returns_nobody(wiring: Wiring) -> None:
    flat = Flat(wiring)
    outage(flat)
    flat.grid(GridIs.GOOD)
    flat.run(290)
    flat.sight = Sight.OLD_GRID
    flat.run(1000)
    flat.sight = Sight.ALL
    flat.run(290)
    assert flat.state.phase is Phase.RETURN_HOLD
    assert not {Command.CLOSE_MAIN, Command.RECONNECT} & set(flat.commands)


def test_a_meter_that_is_silent_is_no_outage() -> None:
    flat = Flat()
    flat.sight = Sight.NO_GRID
    flat.run(3600)
    assert (flat.state.phase, flat.commands) == (Phase.CONNECTED, [])


def test_of_nothing_known_nothing_follows() -> None:
    flat = Flat()
    flat.grid(GridIs.GONE)
    flat.sight = Sight.NOTHING
    flat.run(3600)
    assert flat.commands == []


def test_a_device_that_left_the_grid_by_itself_is_not_sent_back_upon_what_the_meter_said_before() -> None:
    flat = Flat(Wiring.OWNED)
    flat.run(400)
    flat.plant = replace(flat.plant, main=Contact.OPEN, forming=True)
    flat.run(290)
    assert (flat.state.owner, flat.commands) == (Owner.OUTAGE, [])
    flat.run(20)
    assert flat.commands == [Command.RECONNECT]


def test_a_main_contact_that_is_welded_is_asked_twice_and_the_inverter_never_forms() -> None:
    flat = Flat()
    flat.plant = replace(flat.plant, weld=Weld.MAIN)
    outage(flat)
    assert flat.commands == [Command.OPEN_MAIN, Command.OPEN_MAIN, Command.RELEASE]
    assert (flat.state.phase, flat.state.fault) == (Phase.FAULT_LOCKED, Fault.MAIN_WELDED)
    assert Notice.LOCKED in flat.notices


def test_a_main_contact_that_does_not_close_leaves_the_living_room_on_the_battery() -> None:
    flat = Flat()
    outage(flat)
    flat.plant = replace(flat.plant, weld=Weld.MAIN, grid=GridIs.GOOD)
    flat.run(1000)
    assert Notice.RETURN_FAILED in flat.notices
    assert flat.plant.lit
    flat.run(20_000)
    assert (flat.state.phase, flat.state.fault) == (Phase.FAULT_LOCKED, Fault.CANNOT_RETURN)
    assert flat.plant.lit


def test_a_person_who_has_looked_lets_it_go_on() -> None:
    flat = Flat()
    flat.plant = replace(flat.plant, weld=Weld.MAIN)
    outage(flat)
    flat.plant = replace(flat.plant, weld=Weld.NOTHING, grid=GridIs.GOOD)
    flat.run(60)
    assert flat.state.phase is Phase.FAULT_LOCKED
    flat.run(2, Asked.ACKNOWLEDGE)
    assert (flat.state.phase, flat.state.fault) == (Phase.CONNECTED, None)


@pytest.mark.parametrize("wiring", [Wiring.PAIR, Wiring.OWNED])
def test_a_drill_ends_by_itself_with_the_living_room_fed(wiring: Wiring) -> None:
    flat = Flat(wiring)
    flat.run(1900)
    flat.run(1, DRILL)
    assert flat.state.phase is Phase.DRILL_PRECHECK
    flat.run(120)
    assert (flat.state.phase, flat.state.owner) == (Phase.ISLANDED, Owner.DRILL)
    flat.run(400)
    assert (flat.state.phase, flat.state.owner) == (Phase.CONNECTED, Owner.NONE)
    assert flat.plant.lit


def test_a_real_outage_takes_a_drill_over_without_returning() -> None:
    flat = Flat()
    flat.run(1900)
    flat.run(120, DRILL)
    flat.commands.clear()
    outage(flat, 400)
    assert (flat.state.phase, flat.state.owner) == (Phase.ISLANDED, Owner.OUTAGE)
    assert Notice.DRILL_BECAME_OUTAGE in flat.notices
    assert flat.commands == []


def test_a_drill_ends_when_the_battery_falls_to_its_floor() -> None:
    flat = Flat()
    flat.run(1900)
    flat.run(120, DRILL)
    flat.soc = 30.0
    flat.run(60)
    assert (flat.state.phase, flat.plant.lit) == (Phase.CONNECTED, True)
    assert Notice.DRILL_ABORTED in flat.notices


@pytest.mark.parametrize(
    "drill",
    [
        replace(DRILL, warned=True),
        replace(DRILL, endurance_s=899.0),
        replace(DRILL, endurance_s=None),
        replace(DRILL, medical=True),
        replace(DRILL, attended=False),
        replace(DRILL, length_s=3601.0, endurance_s=1e6),
    ],
)
def test_a_drill_that_something_speaks_against_does_not_begin(drill: Drill) -> None:
    flat = Flat()
    flat.run(1900)
    flat.run(300, drill)
    assert flat.notices == [Notice.DRILL_REFUSED]
    assert flat.commands == []


def test_whoever_is_in_the_room_may_say_no_before_a_drill_begins() -> None:
    flat = Flat()
    flat.run(1900)
    flat.run(30, DRILL)
    flat.run(120, Asked.RETURN)
    assert flat.commands == []
    assert flat.notices == [Notice.DRILL_ABORTED]


@pytest.mark.parametrize("wiring", [Wiring.OWNED, Wiring.PAIR])
def test_a_word_that_comes_while_a_drill_is_beginning_ends_it_though_a_command_is_waited_for(wiring: Wiring) -> None:
    flat = Flat(wiring)
    flat.run(1900)
    flat.run(1, DRILL)
    while flat.state.pending is None:
        flat.run(1)
    assert flat.state.phase is Phase.ISLANDING
    flat.run(1, Asked.RETURN)
    flat.run(400)
    assert (flat.state.phase, flat.state.owner, flat.plant.lit) == (Phase.CONNECTED, Owner.NONE, True)


def test_a_program_that_starts_again_in_the_middle_of_a_drill_leads_it_back() -> None:
    flat = Flat()
    flat.run(1900)
    flat.run(120, DRILL)
    flat.restart()
    flat.run(400)
    assert (flat.state.phase, flat.state.owner) == (Phase.CONNECTED, Owner.NONE)
    assert flat.plant.lit


def test_a_program_that_starts_again_in_an_outage_goes_on_feeding() -> None:
    flat = Flat()
    outage(flat)
    flat.restart()
    flat.commands.clear()
    flat.run(600)
    assert (flat.state.phase, flat.state.owner, flat.commands) == (Phase.ISLANDED, Owner.OUTAGE, [])


@pytest.mark.parametrize("wiring", [Wiring.AUTONOMOUS, Wiring.OWNED])
def test_an_outage_that_began_while_no_program_ran_is_told_once_and_so_is_its_end(wiring: Wiring) -> None:
    flat = Flat(wiring)
    flat.grid(GridIs.GONE)
    for _ in range(60):
        flat.plant = flat.plant.by_itself()
    flat.restart()
    flat.run(600)
    assert (flat.state.phase, flat.state.owner, flat.notices) == (Phase.ISLANDED, Owner.OUTAGE, [Notice.ISLANDED])
    flat.grid(GridIs.GOOD)
    flat.run(650)  # As after a grid that was back for a moment, which nobody saw.
    assert (flat.state.phase, flat.notices) == (Phase.CONNECTED, [Notice.ISLANDED, Notice.RETURNED])


def test_a_fifth_separation_in_an_hour_stays_on_the_battery_until_a_person_has_looked() -> None:
    flat = Flat(hold_s=(300.0,))
    for _ in range(4):
        outage(flat, 30)
        flat.grid(GridIs.GOOD)
        flat.run(340)
    assert (flat.state.phase, flat.state.fault) == (Phase.FAULT_LOCKED, Fault.TOO_MANY_TRANSITIONS)
    assert flat.plant.lit


def test_an_inverter_that_is_its_own_master_is_followed() -> None:
    flat = Flat(Wiring.AUTONOMOUS)
    outage(flat)
    assert (flat.state.phase, flat.commands) == (Phase.ISLANDED, [])
    flat.grid(GridIs.GOOD)
    flat.run(60)
    assert (flat.state.phase, flat.commands) == (Phase.CONNECTED, [])
    flat.run(1900)
    flat.run(10, DRILL)
    assert flat.notices[-1] is Notice.DRILL_REFUSED


def test_an_island_that_a_person_asked_for_ends_at_their_word_at_its_time_or_at_its_floor() -> None:
    for end in ("word", "time", "floor"):
        flat = Flat()
        flat.run(400)
        flat.run(60, Asked.ISLAND)
        assert (flat.state.phase, flat.state.owner) == (Phase.ISLANDED, Owner.PERSON)
        if end == "floor":
            flat.soc = 20.0
        flat.run(60 if end != "time" else 4 * 3600, Asked.RETURN if end == "word" else None)
        assert flat.state.phase is Phase.CONNECTED, end
        assert flat.plant.main is Contact.CLOSED


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"hold_s": (200.0,)}, "the device itself waits 300 s"),
        ({"hold_s": (600.0, 300.0)}, "none shorter than the one before"),
        ({"wiring": Wiring.OWNED, "returns_by_itself": False}, "set the flat up as autonomous"),
        ({"break_s": 0.0}, "write more than 0"),
        ({"return_answer_s": 1.0}, "at least as long as anything else"),
    ],
)
def test_numbers_that_break_an_order_of_safety_are_refused(fields: dict[str, object], told: str) -> None:
    with pytest.raises(PolicyError, match=told):
        Policy(**{"wiring": Wiring.PAIR, **fields})  # type: ignore[arg-type]


def test_floors_that_do_not_rise_are_refused() -> None:
    with pytest.raises(PolicyError, match="drill_abort 15 %"):
        Floors(drill_abort=15.0)
