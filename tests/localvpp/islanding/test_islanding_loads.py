"""Loads go in the order of their tiers and come back one by one; the living room goes last."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
import itertools

from hypothesis import given, settings, strategies as st
import pytest

from localvpp.islanding import Load, LoadPolicy, LoadsSeen, LoadsState, PolicyError, Switch, shed_or_restore

HEATER = Load("water heater", 0, 2000)
KITCHEN = Load("kitchen", 1, 1500)
FRIDGE = Load("refrigerator", 2, 600)
LIVING = Load("living room", 3, 400)
LOADS = (HEATER, KITCHEN, FRIDGE, LIVING)
POLICY = LoadPolicy()


class Room:
    """Loads that follow their switches."""

    def __init__(self, loads: Sequence[Load] = LOADS) -> None:
        self.loads = loads
        self.on = {load.name: True for load in loads}
        self.state = LoadsState()
        self.now = 1000.0
        self.moves: list[tuple[float, Switch]] = []

    def run(self, seconds: float, seen: LoadsSeen, every: float = 2.0) -> list[str]:
        """Look again and again; return what was switched, + on and - off."""
        end, moved = self.now + seconds, list[str]()
        while self.now < end:
            self.state, switch = shed_or_restore(
                self.state, self.loads, replace(seen, on=dict(self.on)), self.now, POLICY
            )
            if switch is not None:
                self.on[switch.name] = switch.on
                self.moves.append((self.now, switch))
                moved.append(("+" if switch.on else "-") + switch.name)
            self.now += every
        return moved


def island(soc: float | None, free_w: float | None = 5000.0, **more: bool) -> LoadsSeen:
    return LoadsSeen(islanded=True, soc_percent=soc, free_w=free_w, **more)


def test_a_charge_that_dips_for_a_moment_sheds_nothing() -> None:
    room = Room()
    assert room.run(170, island(60)) == []
    assert room.run(10, island(80)) == []
    assert room.run(170, island(60)) == []


def test_tiers_go_one_after_the_other_as_the_charge_falls_and_the_living_room_last() -> None:
    room = Room()
    assert room.run(200, island(70)) == ["-water heater"]
    assert room.run(200, island(40)) == ["-kitchen"]
    assert room.run(200, island(20)) == ["-refrigerator"]
    assert room.run(600, island(11)) == []
    assert room.run(200, island(9)) == ["-living room"]


def test_they_come_back_in_the_reverse_order_one_each_22_seconds_when_there_is_charge_again() -> None:
    room = Room()
    room.run(300, island(9))
    room.run(1000, island(9))
    assert not any(room.on.values())
    room.moves.clear()
    assert room.run(300, island(95)) == ["+living room", "+refrigerator", "+kitchen", "+water heater"]
    times = [at for at, _ in room.moves]
    assert all(after - before >= 22 for before, after in itertools.pairwise(times))


def test_nothing_comes_back_at_the_share_at_which_it_went() -> None:
    room = Room()
    room.run(200, island(70))
    assert room.run(600, island(84)) == []
    assert room.run(60, island(85)) == ["+water heater"]


def test_what_takes_more_than_the_inverter_has_left_waits() -> None:
    room = Room()
    room.run(200, island(70))
    assert room.run(600, island(95, free_w=1900)) == []
    assert room.run(60, island(95, free_w=None)) == []
    assert room.run(60, island(95, free_w=2000)) == ["+water heater"]


def test_an_overload_sheds_at_once_tier_by_tier_but_never_the_living_room() -> None:
    room = Room()
    assert room.run(60, island(90, overloaded=True)) == ["-water heater", "-kitchen", "-refrigerator"]
    assert room.on["living room"]


def test_in_a_drill_the_living_room_stays_whatever_the_charge() -> None:
    room = Room((FRIDGE, LIVING))
    assert room.run(600, replace(island(5), drilling=True)) == ["-refrigerator"]
    assert room.on["living room"]


def test_a_load_that_brings_the_island_down_five_times_stays_off_until_somebody_has_looked() -> None:
    room = Room((HEATER, LIVING))
    room.run(10, island(90, overloaded=True))
    for _ in range(5):
        assert room.run(100, island(95)) == ["+water heater"]
        room.now = room.moves[-1][0] + 5
        assert room.run(2, island(95, collapsed=True)) == ["-water heater"]
    assert room.state.locked(POLICY) == {"water heater"}
    assert room.run(600, island(95)) == []
    room.state, _ = shed_or_restore(
        room.state, room.loads, replace(island(95), forgiven="water heater"), room.now, POLICY
    )
    room.now += 2
    assert not room.state.locked(POLICY)


def test_an_island_that_collapses_long_after_a_load_came_back_is_not_its_fault() -> None:
    room = Room((HEATER, LIVING))
    room.run(10, island(90, overloaded=True))
    room.run(200, island(95))
    room.now += 60
    room.run(2, island(95, collapsed=True))
    assert not room.state.collapses


def test_with_the_grid_back_all_come_back_one_by_one_whatever_the_charge() -> None:
    room = Room()
    room.run(1500, island(9))
    assert room.run(300, LoadsSeen(islanded=False)) == [
        "+living room",
        "+refrigerator",
        "+kitchen",
        "+water heater",
    ]


def test_of_an_unknown_charge_nothing_is_shed_and_nothing_comes_back() -> None:
    room = Room()
    assert room.run(1000, island(None)) == []
    room.run(200, island(70))
    assert room.run(1000, island(None)) == []


@given(st.lists(st.tuples(st.sampled_from([5, 15, 30, 60, 80, 99, None]), st.booleans(), st.booleans()), max_size=40))
@settings(deadline=None)
def test_whatever_happens_the_living_room_is_never_off_while_another_load_is_on(
    turns: Iterable[tuple[float | None, bool, bool]],
) -> None:
    room = Room()
    for soc, overloaded, collapsed in turns:
        room.run(90, island(soc, overloaded=overloaded, collapsed=collapsed), every=30)
        if not room.on["living room"]:
            others = [load.name for load in LOADS[:3] if room.on[load.name]]
            assert not others


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"shed_below": (50.0, 75.0)}, "each tier goes at a lower share"),
        ({"shed_below": (95.0, 50.0)}, "or the first tier never comes back"),
        ({"hysteresis": 0.0}, "write more than 0"),
        ({"shed_below": (101.0, 50.0)}, "between 0 and 100"),
        ({"spacing_s": 0.0}, "more than 0"),
    ],
)
def test_numbers_that_break_the_order_are_refused(fields: dict[str, object], told: str) -> None:
    with pytest.raises(PolicyError, match=told):
        LoadPolicy(**fields)  # type: ignore[arg-type]
