"""Both limits of a building's drill hold in every turn, whatever the flats do (I20)."""

from collections.abc import Callable
from dataclasses import replace
import itertools
from typing import Final

from hypothesis import given, settings, strategies as st
import pytest

from coordinator.config import most_at_once
from coordinator.drills.planner import begin, could_add, turn
from coordinator.drills.values import (
    IN_TRANSITION,
    Against,
    Answered,
    Back,
    DrillState,
    Ended,
    FlatSeen,
    Go,
    Line,
    Place,
    Returned,
    Rules,
    Seen,
    Stage,
)

from .world import LONGEST_S, STEP_S, Building, Way

RULES: Final = Rules(flats=2, most=1, limit_w=50_000, bound_s=LONGEST_S + 300)
HOME: Final = FlatSeen(online=True, islanded=False, grid_w=500, pv_w=0, battery_w=0)


def run(
    building: Building, rules: Rules, seed: str, lasts_s: float, check: Callable[[], None]
) -> tuple[DrillState, set[str]]:
    """Run a drill until it has ended and every flat that ever comes back is back."""
    state = begin(seed, building.flats, 0.0, first_s=60.0, lasts_s=lasts_s)
    called: set[str] = set()
    now = 0.0
    while now < lasts_s + LONGEST_S:
        building.step(now, rules)
        seen = building.seen()
        state, calls = turn(state, seen, now, rules)
        for call in calls:
            if isinstance(call, Go):
                assert call.flat not in called, "a flat is called once"
                assert seen.flats[call.flat].islanded is False
                assert seen.demand_w is not None
                assert not seen.event, "no flat is called in an event or near the peak"
                called.add(call.flat)
        building.do(calls, now)
        assert len(state.at(*IN_TRANSITION)) <= rules.at_once
        check()
        now += STEP_S
    assert state.ended is not None, "every drill ends (L2)"
    return state, called


@settings(deadline=None, max_examples=25)
@given(
    count=st.integers(1, 30),
    seed=st.integers(0, 2**32 - 1),
    room_w=st.integers(0, 30_000),
    most=st.none() | st.integers(1, 6),
)
def test_neither_limit_is_ever_exceeded(count: int, seed: int, room_w: int, most: int | None) -> None:
    building = Building.drawn(count, seed)
    building.base_w = 5_000 + sum(flat.pv_w + flat.battery_w for flat in building.flats.values())
    rules = replace(RULES, flats=count, most=most or count, limit_w=building.demand_w + room_w)
    bound = min(rules.most, max(1, count // 10))

    def check() -> None:
        assert building.moving <= bound
        assert building.demand_w <= rules.limit_w

    run(building, rules, str(seed), 3600.0, check)


@settings(deadline=None, max_examples=10)
@given(seed=st.integers(0, 2**32 - 1), room_w=st.integers(0, 12_000))
def test_no_line_of_the_tree_is_overloaded(seed: int, room_w: int) -> None:
    building = Building.drawn(20, seed)
    names = list(building.flats)
    drawn = [frozenset(names[:10]), frozenset(names[10:]), frozenset(names[5:8])]

    def flow(flats: frozenset[str]) -> int:
        return sum(building.flats[name].draws_w for name in flats)

    lines = tuple(Line(f"line {at}", max(1, flow(flats) + room_w), flats) for at, flats in enumerate(drawn))
    limit_w = 1_000_000
    rules = replace(RULES, flats=60, most=6, limit_w=limit_w, lines=lines)
    begun = {line.name: flow(line.flats) for line in lines}

    def check() -> None:
        for line in lines:
            assert flow(line.flats) <= max(line.limit_w, begun[line.name])

    run(building, rules, str(seed), 1800.0, check)


@pytest.mark.parametrize(("flats", "most"), [(1, 1), (8, 1), (10, 1), (19, 1), (20, 2), (100, 10), (109, 10)])
def test_no_more_than_a_tenth_of_the_flats_moves_at_once_but_one_does_always(flats: int, most: int) -> None:
    assert most_at_once(flats) == most
    assert most <= max(1, flats / 10)


@pytest.mark.parametrize(("asked", "most"), [(1, 1), (2, 2), (3, 3), (4, 3), (30, 3), (1000, 3)])
def test_whatever_is_asked_for_no_more_than_a_tenth_is_called(asked: int, most: int) -> None:
    names = [str(n) for n in range(30)]
    state = begin("seed", names, 0.0, first_s=0.0, lasts_s=36_000.0)
    seen = Seen(flats=dict.fromkeys(names, HOME), demand_w=0)
    rules = replace(RULES, flats=30, most=asked, limit_w=1_000_000)
    for now in range(0, 1200, 5):
        state, _ = turn(state, seen, float(now), rules)
        assert len(state.at(*IN_TRANSITION)) <= most
    assert (state.calls, state.against) == (most, Against.FULL)


def test_a_hundred_flats_have_their_turn_within_both_limits() -> None:
    building = Building.drawn(100, 7, ways=[Way.FOLLOW] * 30 + [Way.REFUSE, Way.ABORT, Way.SILENT, Way.DEAF])
    rules = replace(RULES, flats=100, most=most_at_once(100), limit_w=building.demand_w + 60_000)
    peak = [0, 0]

    def check() -> None:
        peak[0], peak[1] = max(peak[0], building.moving), max(peak[1], building.demand_w)
        assert building.moving <= 10
        assert building.demand_w <= rules.limit_w

    state, called = run(building, rules, "a hundred", 6 * 3600.0, check)
    assert len(called) > 90
    assert peak[0] > 5, "the room that there is is used"
    assert state.ended in {Ended.TIME, Ended.DONE}


def test_the_order_and_the_pauses_are_those_of_the_seed() -> None:
    def calls(seed: str) -> list[tuple[float, str]]:
        state = begin(seed, [str(n) for n in range(20)], 0.0, first_s=0.0, lasts_s=3600.0)
        told: list[tuple[float, str]] = []
        seen = Seen(flats={str(n): HOME for n in range(20)}, demand_w=0)
        for now in range(900):
            state, made = turn(state, seen, float(now), replace(RULES, flats=200, most=20, limit_w=200_000))
            told += [(float(now), call.flat) for call in made]
        return told

    first = calls("spring")
    assert first == calls("spring")
    assert len(first) == 20
    assert [flat for _, flat in first] != [flat for _, flat in calls("autumn")]
    pauses = [after - before for (before, _), (after, _) in itertools.pairwise(first)]
    assert all(20 <= pause <= 41 for pause in pauses)
    assert len(set(pauses)) > 3


def test_whoever_has_no_turn_changes_nothing_in_the_order_of_the_others() -> None:
    names = [str(n) for n in range(20)]
    whole = begin("spring", names, 0.0, first_s=0.0, lasts_s=3600.0).order
    out = {"7": Place(stage=Stage.OUT, called_at=-1.0)}
    left = begin("spring", names, 0.0, first_s=0.0, lasts_s=3600.0, already=out, absent={"3", "4"})
    assert left.order == tuple(flat for flat in whole if flat not in {"3", "4", "7"})
    assert set(left.places) == set(names) - {"3", "4"}


def one(**changes: object) -> tuple[DrillState, Seen]:
    state = begin("seed", ["101", "102"], 0.0, first_s=0.0, lasts_s=3600.0)
    seen = Seen(flats={"101": HOME, "102": HOME}, demand_w=10_000)
    return state, replace(seen, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "against"),
    [
        ({"event": True}, Against.EVENT),
        ({"demand_w": None}, Against.DEMAND_UNKNOWN),
        ({"demand_w": 47_001}, Against.CONTRACT),
        ({"flats": {}}, Against.NOBODY),
        ({"flats": dict.fromkeys(["101", "102"], replace(HOME, islanded=None))}, Against.NOBODY),
        ({"flats": dict.fromkeys(["101", "102"], replace(HOME, islanded=True))}, Against.NOBODY),
        ({"flats": dict.fromkeys(["101", "102"], replace(HOME, grid_w=None))}, Against.NOBODY),
        ({"flats": dict.fromkeys(["101", "102"], replace(HOME, online=False))}, Against.NOBODY),
    ],
    ids=str,
)
def test_what_is_unknown_or_too_much_calls_nobody_and_says_why(changes: dict[str, object], against: Against) -> None:
    state, calls = turn(*one(**changes), 0.0, RULES)
    assert (calls, state.against) == ((), against)


def test_a_drill_of_which_only_flats_without_devices_are_left_is_over_after_a_while() -> None:
    state, seen = one()
    seen = replace(seen, flats=dict.fromkeys(["101", "102"], replace(HOME, islanded=None)))
    for now in range(120):
        state, calls = turn(state, seen, float(now), RULES)
        assert (calls, state.ended) == ((), None)
    assert turn(state, seen, 120.0, RULES)[0].ended is Ended.DONE


@pytest.mark.parametrize(
    "waits", [replace(HOME, online=False, islanded=None), replace(HOME, islanded=True), replace(HOME, grid_w=None)]
)
def test_a_flat_that_may_still_be_called_is_waited_for(waits: FlatSeen) -> None:
    state, seen = one()
    seen = replace(seen, flats={"101": replace(HOME, islanded=None), "102": waits})
    for now in range(0, 3600, 60):
        state, calls = turn(state, seen, float(now), RULES)
        assert (calls, state.ended) == ((), None)


def test_a_flat_that_tells_again_where_it_is_is_called() -> None:
    state, seen = one()
    mute = replace(seen, flats=dict.fromkeys(["101", "102"], replace(HOME, islanded=None)))
    for now in range(119):
        state, _ = turn(state, mute, float(now), RULES)
    state, calls = turn(state, seen, 119.0, RULES)
    assert (len(calls), state.mute_since, state.ended) == (1, None, None)


def test_a_meter_that_was_silent_a_moment_ago_is_not_believed_at_once() -> None:
    state, seen = one()
    state, _ = turn(state, replace(seen, demand_w=None), 0.0, RULES)
    state, calls = turn(state, seen, 5.0, RULES)
    assert (calls, state.against) == ((), Against.DEMAND_UNKNOWN)
    assert turn(state, seen, 15.0, RULES)[1]


def test_the_most_that_the_meter_has_shown_of_late_counts() -> None:
    """A flat that has just left the grid is missing in the meter's figure, and not yet in its frame."""
    (state, seen), now = one(), 5.0
    state, _ = turn(replace(state, next_at=now), replace(seen, demand_w=49_000), 0.0, RULES)
    state, calls = turn(state, seen, now, RULES)
    assert (calls, state.against) == ((), Against.CONTRACT)
    assert turn(state, seen, now + RULES.lag_s, RULES)[1]


def test_whoever_was_called_keeps_his_place_until_he_is_known_to_be_home() -> None:
    state, seen = one()
    state, (called,) = turn(state, seen, 0.0, RULES)
    for now in (60.0, RULES.bound_s - 1):
        state, calls = turn(state, seen, now, RULES)
        assert (calls, state.against) == ((), Against.FULL)
    # By now it is back by itself (L2), and says that it has a grid.
    state, calls = turn(state, seen, RULES.bound_s, RULES)
    assert state.places[called.flat].stage is Stage.HOME
    assert calls == (Go(({"101", "102"} - {called.flat}).pop()),)


def test_a_flat_of_which_nothing_is_heard_is_never_taken_as_home() -> None:
    state, seen = one()
    state, (called,) = turn(state, seen, 0.0, RULES)
    lost = replace(seen, flats={**seen.flats, called.flat: FlatSeen()})
    state, calls = turn(state, lost, 3599.0, RULES)
    assert calls == ()
    state, calls = turn(state, lost, 3600.0, RULES)
    assert (state.ended, calls) == (Ended.TIME, (Back(called.flat),))


def test_a_refusal_frees_the_place_at_once_and_what_comes_too_late_changes_nothing() -> None:
    state, seen = one()
    state, (first,) = turn(state, seen, 0.0, RULES)
    refused = replace(seen, news=(Answered(first.flat, accepted=False),))
    state, (second,) = turn(state, refused, 60.0, RULES)
    assert second.flat != first.flat
    late = (Answered(first.flat, accepted=True), Returned(first.flat), Answered(second.flat, accepted=True))
    state, _ = turn(state, replace(seen, news=late), 61.0, RULES)
    assert [state.places[each.flat].stage for each in (first, second)] == [Stage.REFUSED, Stage.OUT]
    changed = Answered(second.flat, accepted=False)
    state, _ = turn(state, replace(seen, news=(changed,)), 62.0, RULES)
    assert state.places[second.flat].stage is Stage.OUT
    state, _ = turn(state, replace(seen, news=(Returned(second.flat),)), 400.0, RULES)
    assert state.ended is Ended.DONE


@pytest.mark.parametrize("why", [Ended.STOPPED, Ended.WARNING, Ended.OUTAGE])
def test_a_drill_that_is_ended_calls_back_whoever_is_out_and_nobody_else(why: Ended) -> None:
    state, seen = one()
    state, (called,) = turn(state, seen, 0.0, RULES)
    state, calls = turn(state, replace(seen, stop=why), 1.0, RULES)
    assert (state.ended, calls) == (why, (Back(called.flat),))
    assert turn(state, replace(seen, stop=why), 2.0, RULES) == (
        replace(
            state, demands=((0.0, 10_000), (1.0, 10_000), (2.0, 10_000)), places=turn(state, seen, 2.0, RULES)[0].places
        ),
        (),
    )


def test_a_flat_that_an_earlier_drill_has_called_holds_its_place_in_the_next() -> None:
    out = Place(stage=Stage.OUT, called_at=-100.0, worst_w=5000)
    state = begin("seed", ["101", "102"], 0.0, first_s=0.0, lasts_s=3600.0, already={"101": out})
    assert state.order == ("102",)
    seen = Seen(flats={"102": HOME}, demand_w=0)
    state, calls = turn(state, seen, 0.0, RULES)
    assert (calls, state.against) == ((), Against.FULL)


def test_what_a_flat_may_add_is_what_it_draws_at_worst_less_what_is_measured() -> None:
    flat = FlatSeen(online=True, islanded=False, grid_w=-1200, pv_w=2000, battery_w=500)
    state = begin("seed", ["101"], 0.0, first_s=0.0, lasts_s=3600.0)
    # Load 1300 W, and 3000 W into the battery, where it gave 1200 W: 5500 W.
    for limit_w, called in ((15_499, 0), (15_500, 1)):
        _, calls = turn(state, Seen(flats={"101": flat}, demand_w=10_000), 0.0, replace(RULES, limit_w=limit_w))
        assert len(calls) == called
    assert could_add(Place(worst_w=4300, gave_w=2500, drawn=((0.0, -1200), (5.0, 0)))) == 5500
    assert could_add(Place(worst_w=4300, gave_w=2500, drawn=((0.0, 4300), (5.0, None)))) == 6800


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"flats": 0}, "flats 0"),
        ({"most": 0}, "most 0"),
        ({"limit_w": -1}, "limit_w -1"),
        ({"lines": (Line("riser", 0, frozenset()),)}, "riser"),
    ],
    ids=str,
)
def test_rules_that_bound_nothing_are_refused(changes: dict[str, object], named: str) -> None:
    with pytest.raises(ValueError, match=named):
        replace(RULES, **changes)  # type: ignore[arg-type]
