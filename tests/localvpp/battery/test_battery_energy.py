"""Energy comes out exact, whatever the power does, whenever the flat is stopped, and with the device's own counters."""

from itertools import pairwise
import json

from hypothesis import given, strategies as st
import pytest

from localvpp.battery import UJ_PER_WH, AnomalyKind, BatteryLife, Trace, plain_life, read_trace, write_trace
from localvpp.battery.energy import GIVEN_UP_MS, HOLD_MS
from localvpp.devices import BatteryReading

from .life import Life

PIECES = st.lists(st.tuples(st.integers(1, HOLD_MS), st.integers(-20_000_000, 20_000_000)), max_size=40)
"""For how many milliseconds, and with how many milliwatts."""


def feed(trace: Trace, at_ms: int, mw: int, **more: int) -> Trace:
    return trace.fold(BatteryReading(power_w=mw / 1000, **more), at_ms, 1_000_000)[0]


@given(pieces=PIECES, begin_ms=st.integers(0, 10**12))
def test_the_energy_of_a_piecewise_constant_power_is_its_exact_sum(
    pieces: list[tuple[int, int]], begin_ms: int
) -> None:
    trace, at_ms = Trace.begun(0), begin_ms
    for ms, mw in pieces:
        trace = feed(trace, at_ms, mw)
        at_ms += ms
    trace = feed(trace, at_ms, 0)
    assert trace.discharge.total_uj == sum(ms * mw for ms, mw in pieces if mw > 0)
    assert trace.charge.total_uj == -sum(ms * mw for ms, mw in pieces if mw < 0)
    assert trace.day.charged_uj == trace.charge.total_uj
    assert trace.day.discharged_uj == trace.discharge.total_uj
    assert trace.unknown_ms == 0


@given(pieces=PIECES, stops=st.sets(st.integers(0, 39), max_size=5))
def test_a_restart_anywhere_loses_only_the_energy_of_the_piece_it_falls_in(
    pieces: list[tuple[int, int]], stops: set[int]
) -> None:
    trace, at_ms, lost = Trace.begun(0), 0, 0
    for number, (ms, mw) in enumerate(pieces):
        trace = feed(trace, at_ms, mw)
        at_ms += ms
        if number in stops:
            trace = read_trace(write_trace(trace), [trace.day])
            at_ms = 0
            lost += ms * abs(mw)
    trace = feed(trace, at_ms, 0)
    assert trace.throughput_uj == sum(ms * abs(mw) for ms, mw in pieces) - lost


@given(pieces=PIECES, saved=st.integers(0, 39), lasted=st.integers(0, 39))
def test_a_crash_loses_what_came_since_the_last_save_and_nothing_else(
    pieces: list[tuple[int, int]], saved: int, lasted: int
) -> None:
    trace, at_ms, kept = Trace.begun(0), 0, ""
    for number, (ms, mw) in enumerate(pieces):
        trace = feed(trace, at_ms, mw)
        at_ms += ms
        if number == saved:
            kept = write_trace(trace)
        if kept and number == saved + lasted:
            trace, at_ms = read_trace(kept, [trace.day]), 7
    trace = feed(trace, at_ms, 0)
    crashed = saved + lasted < len(pieces)
    lost = range(saved, saved + lasted + 1) if crashed else range(0)
    assert trace.throughput_uj == sum(ms * abs(mw) for number, (ms, mw) in enumerate(pieces) if number not in lost)


@given(
    pieces=PIECES,
    capacities=st.lists(st.one_of(st.none(), st.integers(1, 20_000)), min_size=40, max_size=40),
)
def test_cycles_only_grow_whatever_capacity_is_told(
    pieces: list[tuple[int, int]], capacities: list[int | None]
) -> None:
    trace, at_ms, seen = Trace.begun(0), 0, []
    for (ms, mw), capacity in zip(pieces, capacities, strict=False):
        trace = trace.fold(BatteryReading(power_w=mw / 1000, capacity_wh=capacity), at_ms, 0)[0]
        seen.append(trace.cycles_millionths)
        at_ms += ms
    known = [each for each in seen if each is not None]
    assert all(before <= after for before, after in pairwise(known))
    assert None not in seen[len(seen) - len(known) :], "what was known stays so"


@given(
    steps=st.lists(
        st.tuples(
            st.integers(1, 20_000),
            st.one_of(st.none(), st.integers(-10_000_000, 10_000_000)),
            st.one_of(st.none(), st.integers(0, 50_000)),
        ),
        max_size=60,
    )
)
def test_what_has_moved_never_becomes_less_whatever_counter_and_power_say(
    steps: list[tuple[int, int | None, int | None]],
) -> None:
    trace, at_ms, seen = Trace.begun(0), 0, [0]
    for ms, mw, counter in steps:
        reading = BatteryReading(power_w=None if mw is None else mw / 1000, charge_wh=counter, discharge_wh=counter)
        trace = trace.fold(reading, at_ms, 0)[0]
        at_ms += ms
        seen.append(trace.charge.total_uj)
    assert seen == sorted(seen)
    assert trace.day.charged_uj == trace.charge.total_uj


def test_an_hour_of_charging_and_one_of_discharging_is_most_of_a_cycle() -> None:
    life = Life()
    life.seconds(3600, power_w=-5000.0, capacity_wh=10_000)
    life.seconds(3600, power_w=4500.0)
    trace = life.second(power_w=0.0)
    shown = BatteryLife.of(trace)
    # The very first second's power was not known to have begun before.
    assert (shown.charged_wh, shown.discharged_wh, shown.counted) == (5000, 4500, False)
    assert trace.cycles_millionths == (5000 + 4500) * 1_000_000 // 20_000
    assert shown.cycles_hundredths == 47


def test_cycles_are_counted_with_what_the_resident_states_and_say_so() -> None:
    life = Life()
    life.seconds(3600, power_w=-5000.0, capacity_wh=10_000, stated=("capacity_wh",))
    trace = life.seconds(3600, power_w=4500.0)
    assert read_trace(write_trace(trace), [trace.day]).cycles == trace.cycles
    exported = plain_life(BatteryLife.of(trace))
    assert (exported["usable_capacity_wh"], exported["usable_capacity_source"]) == (10_000, "resident")
    assert exported["full_equivalent_cycles"] == 0.47
    assert trace.day.capacity_wh is None, "nobody has measured it"
    trace = life.second(stated=())
    assert plain_life(BatteryLife.of(trace))["usable_capacity_source"] == "device"
    assert trace.day.capacity_wh == 10_000


def test_what_was_kept_before_residents_could_state_it_was_the_devices_word() -> None:
    kept = json.loads(write_trace(Life().second(power_w=0.0, capacity_wh=10_000)))
    del kept["cycles"]["stated"]
    assert plain_life(BatteryLife.of(read_trace(json.dumps(kept), [])))["usable_capacity_source"] == "device"


def test_the_devices_counters_win() -> None:
    life = Life()
    life.second(power_w=-3600.0, charge_wh=1000, discharge_wh=500)
    life.seconds(9)
    assert life.trace.charge.total_uj == 0, "the counter has not moved"
    life.second(charge_wh=1011)
    assert life.trace.charge.total_uj == 11 * UJ_PER_WH
    assert life.trace.counted
    assert life.said == []


def test_a_counter_that_comes_later_takes_over_from_what_was_integrated() -> None:
    life = Life()
    life.seconds(11, power_w=-3600.0)
    assert life.trace.charge.total_uj == 10 * UJ_PER_WH
    life.second(charge_wh=70_000)
    life.second(charge_wh=70_002)
    assert life.trace.charge.total_uj == 13 * UJ_PER_WH


def test_a_counter_counts_on_while_the_flat_is_stopped() -> None:
    life = Life()
    life.seconds(5, power_w=-3600.0, charge_wh=1000, discharge_wh=0)
    trace = read_trace(write_trace(life.trace), [life.trace.day])
    again = Life(trace, at_ms=0, told=life.told)
    again.second(charge_wh=1500)
    assert again.trace.charge.total_uj == 500 * UJ_PER_WH
    assert again.said == []


def test_a_counter_that_is_not_told_any_more_is_given_up_after_an_hour() -> None:
    life = Life()
    life.seconds(2, power_w=-3600.0, charge_wh=1000)
    life.seconds(GIVEN_UP_MS // 1000 - 1, charge_wh=None)
    assert life.trace.charge.total_uj == 0
    life.second()
    assert not life.trace.charge.counted
    assert life.trace.charge.total_uj == 3600 * UJ_PER_WH
    life.second()
    assert life.trace.charge.total_uj == 3601 * UJ_PER_WH


@pytest.mark.parametrize("lost", [1, HOLD_MS // 1000 - 1])
def test_a_power_holds_over_a_few_lost_seconds(lost: int) -> None:
    life = Life()
    life.second(power_w=-3600.0)
    life.seconds(lost, power_w=None)
    life.second(power_w=-3600.0)
    assert life.trace.charge.total_uj == (lost + 1) * UJ_PER_WH
    assert life.trace.unknown_ms == 0


def test_what_nobody_knows_is_counted_as_unknown_time() -> None:
    life = Life()
    life.second(power_w=-3600.0)
    life.seconds(30, power_w=None)
    life.second(power_w=-3600.0)
    assert life.trace.charge.total_uj == 0
    assert BatteryLife.of(life.trace).unknown_s == 31


def test_a_counter_that_steps_back_adds_nothing_and_is_told_for_a_day() -> None:
    life = Life()
    life.second(power_w=-3600.0, charge_wh=80_000, discharge_wh=10)
    life.second(charge_wh=80_001)
    life.second(charge_wh=5)
    assert life.story == [(AnomalyKind.COUNTER_BACK, False)]
    assert life.said[0].reason == "its counter stepped back from 80001 Wh to 5 Wh: reset, or exchanged"
    assert life.said[0].since_ms == life.wall_ms
    life.second(charge_wh=7)
    # What was integrated in the second of the step stands.
    assert life.trace.charge.total_uj == 4 * UJ_PER_WH
    life.step(86_300_000)
    assert life.story == [(AnomalyKind.COUNTER_BACK, False)]
    life.step(200_000)
    assert life.story == [(AnomalyKind.COUNTER_BACK, False), (AnomalyKind.COUNTER_BACK, True)]


def counting(life: Life, hours: int, counter: float) -> None:
    """Charge with 3600 W; the counter moves by so many Wh a second."""
    start = life.told["charge_wh"]
    for second in range(1, hours * 3600 + 1):
        life.second(charge_wh=start + int(second * counter))


def test_a_counter_that_disagrees_with_the_power_is_told_once_and_heals_when_it_agrees() -> None:
    life = Life()
    life.second(power_w=-3600.0, charge_wh=0, discharge_wh=0)
    counting(life, 2, 1.0)
    assert life.said == []
    counting(life, 5, 0.5)
    kind = AnomalyKind.CHARGE_COUNTER_DISAGREES
    assert life.story == [(kind, False)]
    assert "one of them is wrong" in life.said[0].reason
    counting(life, 5, 1.0)
    assert life.story == [(kind, False), (kind, True)]


def test_a_counter_of_whole_kilowatt_hours_agrees() -> None:
    life = Life()
    life.step(0, power_w=-3600.0, charge_wh=7000, discharge_wh=0)
    # Its first step comes at once: 999 Wh were in it already.
    for second in range(1, 4 * 3600 + 1):
        life.second(charge_wh=7000 + (second + 999) // 1000 * 1000)
    assert life.said == []
    assert life.trace.charge.total_uj == 15_000 * UJ_PER_WH


def test_a_counter_that_stands_still_while_power_flows_is_told() -> None:
    life = Life()
    life.second(power_w=3600.0, charge_wh=0, discharge_wh=0)
    life.seconds(10_000)
    assert life.story == [(AnomalyKind.DISCHARGE_COUNTER_DISAGREES, False)]
    assert life.said[0].numbers == {"counted_wh": 0, "integrated_wh": 10_000}


def test_what_was_measured_before_is_not_integrated_nor_counted_again() -> None:
    life = Life()
    life.second(power_w=3600.0, soc_percent=50.0)
    for second in range(1, HOLD_MS // 1000):
        life.second(ages_ms={"power_w": 1000 * second, "soc_percent": 1000 * second})
    trace = life.second(ages_ms={})
    assert (trace.discharge.total_uj, trace.unknown_ms) == (HOLD_MS * 3_600_000, 0), (
        "it held until it was measured anew"
    )
    for second in range(1, HOLD_MS // 1000 + 1):
        life.second(ages_ms={"power_w": 1000 * second})
    trace = life.second(ages_ms={})
    assert trace.unknown_ms == HOLD_MS + 1000, "and no longer than that"


def test_what_was_measured_for_somebody_else_a_moment_ago_counts_from_then() -> None:
    life = Life()
    life.second(power_w=3600.0)
    # Whoever commands the battery reads it, too: each reading here finds a power that is half a second old.
    for _ in range(600):
        trace = life.second(ages_ms={"power_w": 500})
    assert (trace.discharge.total_uj, trace.unknown_ms) == (599_500 * 3_600_000, 0)


def test_a_current_that_only_stands_steps_to_nothing() -> None:
    life = Life()
    life.second(current_a=0.0, voltage_v=52.0)
    for second in range(1, 11):
        life.second(ages_ms={"current_a": 1000 * second, "voltage_v": 1000 * second})
    assert life.second(ages_ms={}, current_a=20.0, voltage_v=51.0).day.steps == (), "they are eleven seconds apart"
    assert life.second(current_a=0.0, voltage_v=52.0).day.steps == (50_000,)
