"""The charge as far as a reading can be believed: what no power can have moved has to be told for a while."""

from itertools import pairwise

from hypothesis import given, strategies as st
import pytest

from localvpp.blackout.charge import CONFIRM_READINGS, CONFIRM_S, Charge, believed
from localvpp.devices import BatteryReading


def told(*percents: float | None, step_s: float = 1.0, **battery: float) -> list[float | None]:
    """What is believed after each reading, one each second of a battery of 10 kWh and 5 kW."""
    fields = {"capacity_wh": 10_000, "max_charge_w": 5000.0, "max_discharge_w": 5000.0, **battery}
    charge: Charge | None = None
    found: list[float | None] = []
    for number, percent in enumerate(percents):
        reading = BatteryReading(soc_percent=percent, **fields)  # type: ignore[arg-type]
        charge = believed(charge, reading, 100.0 + number * step_s)
        found.append(None if charge is None else charge.percent)
    return found


@pytest.mark.parametrize("jump", [100.0, 3.0, 0.0])
def test_one_reading_that_jumps_is_not_believed(jump: float) -> None:
    assert told(62.0, 62.0, jump, 62.0, 61.0) == [62.0, 62.0, 62.0, 62.0, 61.0]


@pytest.mark.parametrize("jump", [100.0, 3.0])
def test_a_jump_that_is_told_for_five_seconds_is(jump: float) -> None:
    assert told(62.0, *[jump] * 7) == [*[62.0] * 6, jump, jump]


def test_readings_that_jump_to_and_fro_are_not_believed() -> None:
    assert told(62.0, *[100.0, 3.0] * 20) == [62.0] * 41


def test_a_new_jump_has_to_be_told_for_a_while_itself() -> None:
    assert told(62.0, *[100.0] * 5, *[3.0] * 6) == [*[62.0] * 11, 3.0]


def test_the_same_reading_told_again_and_again_confirms_nothing() -> None:
    charge = believed(None, BatteryReading(soc_percent=62.0), 100.0)
    for _ in range(20):
        charge = believed(charge, BatteryReading(soc_percent=3.0), 101.0)
    assert charge is not None
    assert (charge.percent, charge.at) == (62.0, 100.0)


def test_what_is_held_keeps_the_time_at_which_it_was_so() -> None:
    charge = believed(None, BatteryReading(soc_percent=62.0), 100.0)
    charge = believed(charge, BatteryReading(soc_percent=3.0), 109.0)
    assert charge is not None
    assert charge.at == 100.0, "it is unknown when that is too long ago"


def test_a_battery_that_is_seldom_read_may_have_moved_meanwhile() -> None:
    assert told(62.0, 70.0, 62.0, step_s=600.0) == [62.0, 70.0, 62.0]
    assert told(62.0, 90.0, step_s=600.0) == [62.0, 62.0]


def test_nothing_told_is_nothing_known() -> None:
    assert told(None, 62.0, None) == [None, 62.0, 62.0]


@given(st.lists(st.floats(0, 100) | st.sampled_from((3.0, 4.0, 62.0, 63.0, 100.0)), min_size=1, max_size=30))
def test_what_is_believed_moves_at_most_as_far_as_the_power_or_to_what_was_told_for_long_enough(
    percents: list[float],
) -> None:
    found = told(*percents)
    assert found[0] == percents[0]
    for number, (before, after) in enumerate(pairwise(found), 1):
        assert before is not None
        assert after is not None
        if after == before:
            continue
        assert after == percents[number]
        if abs(after - before) > 2.9:  # So far its power can move it, with a margin, in all these seconds.
            told_lately = percents[number - CONFIRM_READINGS + 1 : number + 1]
            assert len(told_lately) == CONFIRM_READINGS
            assert all(abs(a - b) <= 2.1 for a, b in pairwise(percents[number - int(CONFIRM_S) : number + 1]))
