"""Every mismatch for which a plan would be sent back is found, and told by part, slot, field, value and remedy."""

from dataclasses import replace
from datetime import date
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given, settings, strategies as st
import numpy as np
import pytest

from localvpp.plan import Day, Fault, Field, Finding, Part, Plan, PlanError, Sheet, check, responding
from tests.localvpp.plan.plans import CODES, DAY, MADE, building, changed


def found(plan: Plan) -> set[tuple[Fault, str, int | None, str]]:
    return {(one.fault, one.part, one.slot, one.field) for one in check(plan)}


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 10**6), st.integers(1, 8), st.sampled_from([60, 300, 900, 1800, 3600]))
def test_what_is_made_is_right(seed: int, flats: int, length: int) -> None:
    plan = building(seed, flats, Day.of(date(2026, 11, 27), DAY.zone, length), codes=CODES)
    assert check(plan) == ()
    assert check(plan.whole) == ()


@settings(deadline=None, max_examples=200)
@given(
    st.integers(0, 50),
    st.sampled_from(["", "101", "102", "103"]),
    st.sampled_from(list(Field)[:8]),
    st.integers(1, 48),
    st.integers(-2000, 2000).filter(bool),
)
def test_no_single_value_can_be_changed_unnoticed(seed: int, part: str, field: Field, slot: int, by: int) -> None:
    plan = building(seed)
    sheet = plan.sheet if not part else next(one.sheet for one in plan.parts if one.name == part)
    findings = check(changed(plan, field, slot, int(sheet.column(field)[slot - 1]) + by, part))
    assert {Fault.BALANCE, Fault.SUM} <= {one.fault for one in findings}
    assert {one.slot for one in findings} == {slot}


def test_a_mismatch_says_what_to_do() -> None:
    plan = changed(building(1), Field.DEMAND, 7, int(building(1).column(Field.DEMAND)[6]) + 30)
    balance, total = check(plan)
    wh = int(plan.column(Field.FROM_GRID)[6])
    assert balance.says == (
        f"slot 7, from_grid_wh is {wh}: demand and sales are 30 Wh more than what is procured: "
        "procure that much more, or correct the other columns"
    )
    assert (total.fault, total.field) == (Fault.SUM, Field.DEMAND)
    assert total.remedy == f"the flats have {int(plan.column(Field.DEMAND)[6]) - 30} Wh: give their sum"


def test_a_negative_value_belongs_into_the_other_column() -> None:
    assert (Fault.NEGATIVE, "101", 3, Field.GENERATION) in found(changed(building(2), Field.GENERATION, 3, -5, "101"))


def test_nobody_takes_and_gives_in_one_slot() -> None:
    plan = building(3)
    for field in (Field.FROM_GRID, Field.TO_GRID):
        plan = changed(plan, field, 5, int(plan.column(field)[4]) + 40)
    assert found(plan) == {(Fault.BOTH_WAYS, "", 5, Field.TO_GRID)}


def test_what_is_sold_inside_is_bought_inside() -> None:
    plan = building(4, 2)
    sold = int(plan.column(Field.SOLD)[8])
    plan = changed(
        changed(plan, Field.SOLD, 9, sold + 60), Field.GENERATION, 9, int(plan.column(Field.GENERATION)[8]) + 60
    )
    assert (Fault.INSIDE, "", 9, Field.SOLD) in found(plan.whole)


def test_begin_end_and_number_of_slots_are_the_day_s() -> None:
    plan = building(5)
    assert found(replace(plan, begin=DAY.begin + 1800, end=DAY.end + 1800)) == {
        (Fault.PERIOD, "", None, "begin"),
        (Fault.PERIOD, "", None, "end"),
    }
    short = replace(plan, sheet=Sheet(plan.sheet.wh[:, :47]))
    assert (Fault.SLOTS, "", None, "slots") in found(short)
    lacking = replace(plan, parts=(Part("101", Sheet(plan.parts[0].sheet.wh[:, :47])), *plan.parts[1:]))
    assert found(lacking) == {(Fault.SLOTS, "101", None, "slots")}


@pytest.mark.parametrize("length", [7, 1111, 7200])
def test_a_length_that_is_none_is_told(length: int) -> None:
    assert (Fault.FORM, "", None, "slot_seconds") in found(replace(building(6), slot_seconds=length))


def test_codes_have_their_form() -> None:
    plan = building(7, codes=CODES | {"sender": "12a45", "area": "3"})
    assert found(plan) == {(Fault.CODE, "", None, "sender"), (Fault.CODE, "", None, "area")}


def test_demand_response_is_the_difference_to_the_baseline() -> None:
    plan = building(8)
    right = responding(plan, plan.sheet.draw + 100, [100] * 48)
    assert check(right) == ()
    assert found(changed(right, Field.CURTAILMENT, 11, 90)) == {(Fault.RESPONSE, "", 11, Field.CURTAILMENT)}


def test_a_first_plan_has_to_be_there_before_the_gate() -> None:
    assert check(replace(building(9), made_at=DAY.begin - 3600)) == ()
    late = check(replace(building(9), made_at=DAY.begin + 1800 - 3599))
    assert [(one.fault, one.slot, one.field) for one in late] == [(Fault.GATE, slot, "made_at") for slot in (1, 2)]
    assert check(replace(building(9), made_at=DAY.begin), gate_seconds=0) == ()


@pytest.mark.parametrize(
    ("zone", "day", "length", "slots"),
    [
        ("Asia/Tokyo", date(2026, 11, 27), 1800, 48),
        ("Europe/Berlin", date(2026, 3, 29), 1800, 46),
        ("Europe/Berlin", date(2026, 10, 25), 1800, 50),
        ("Europe/Berlin", date(2026, 10, 25), 900, 100),
        ("Australia/Lord_Howe", date(2026, 10, 4), 1800, 47),
        ("America/Havana", date(2026, 3, 8), 1800, 46),
        ("America/Havana", date(2026, 11, 1), 1800, 50),
        ("Asia/Kolkata", date(2026, 11, 27), 3600, 24),
        ("Asia/Tokyo", date(2026, 11, 27), 60, 1440),
    ],
)
def test_a_day_has_the_slots_that_begin_on_it(zone: str, day: date, length: int, slots: int) -> None:
    found = Day.of(day, ZoneInfo(zone), length)
    assert (found.slots, found.begin % length) == (slots, 0)
    assert check(building(10, 2, found)) == ()


def test_days_follow_one_another_without_a_gap() -> None:
    zone = ZoneInfo("Europe/Berlin")
    days = [Day.of(date.fromordinal(date(2026, 1, 1).toordinal() + number), zone) for number in range(365)]
    assert all(before.end == after.begin for before, after in pairwise(days))
    assert sum(day.slots for day in days) == 17_520


def test_what_is_no_plan_is_refused() -> None:
    plan = building(11)
    for field, value in (("number", 0), ("made_at", -1), ("name", "=SUM(A1)"), ("name", ""), ("made_at", True)):
        with pytest.raises(PlanError) as error:
            replace(plan, **{field: value})
        assert (error.value.finding.field, error.value.finding.value) == (field, value)
    with pytest.raises(PlanError, match="each flat once"):
        replace(plan, parts=(plan.parts[0], plan.parts[0]))
    with pytest.raises(PlanError, match="slot 3, demand_wh is 1000000000001: give whole Wh"):
        Sheet.of(4, {Field.DEMAND: [0, 0, 10**12 + 1, 0]})
    with pytest.raises(PlanError, match=r"slot 2, demand_wh is 0\.5"):
        Sheet.of(2, {Field.DEMAND: [1, 0.5]})  # type: ignore[list-item]


@pytest.mark.parametrize("wh", [10**12 + 1, -(10**12) - 1, -(2**63), 2**63 - 1])
def test_numbers_beyond_all_energy_make_no_sheet(wh: int) -> None:
    values = np.zeros((8, 3), np.int64)
    values[4, 2] = wh
    with pytest.raises(PlanError, match=f"slot 3, generation_wh is {wh}"):
        Sheet(values)


@pytest.mark.parametrize("values", [np.zeros((8, 3)), np.zeros((9, 3), np.int64), np.zeros((8, 0), np.int64)])
def test_a_sheet_has_a_row_of_whole_numbers_for_each_field(values: np.ndarray) -> None:
    with pytest.raises(PlanError):
        Sheet(values)


def test_a_finding_of_a_flat_names_it() -> None:
    assert Finding(Fault.BALANCE, "101", 2, "to_grid_wh", 5, "sell").says == "101, slot 2, to_grid_wh is 5: sell"


def test_sheets_are_their_values_and_cannot_be_written() -> None:
    one, other = building(12), building(12)
    assert one == other
    assert one.made_at == MADE
    with pytest.raises(ValueError, match="read-only"):
        one.sheet.wh[0, 0] = 1
    assert np.array_equal(one.sheet.draw, one.column(Field.FROM_GRID) - one.column(Field.TO_GRID))
