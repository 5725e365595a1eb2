"""A later plan replaces an earlier one until the gate; what was traded stands."""

from dataclasses import replace
from datetime import date

from hypothesis import given, settings, strategies as st
import numpy as np
import pytest

from localvpp.plan import (
    Deal,
    Fault,
    Field,
    Needs,
    Part,
    Plan,
    PlanError,
    check,
    check_revision,
    gather,
    plan_flat,
    renewed,
    responding,
)
from tests.localvpp.plan.plans import DAY, MADE, building, changed, foretold

NOON = DAY.begin + 12 * 3600
OPEN = 26
"""At noon the gate of the slot at 13:00, the 27th, has not passed: until one hour before it plans are taken."""


def house(demand: float, deals: list[Deal], number: int, made_at: int) -> Plan:
    flats = [
        plan_flat(name, DAY, Needs(load=foretold(DAY, [demand + index] * 48)), deals, number=number, made_at=made_at)
        for index, name in enumerate(("101", "102"))
    ]
    return gather("house", flats, number=number, made_at=made_at)


def faults(standing: Plan, newer: Plan, gate: int = 3600) -> set[Fault]:
    return {one.fault for one in check_revision(standing, newer, gate)}


def test_before_all_gates_everything_may_be_planned_otherwise() -> None:
    assert check_revision(house(100, [], 1, MADE), house(300, [], 2, MADE + 60)) == ()


def test_after_its_gate_a_slot_stays_as_it_was_planned() -> None:
    standing, newer = house(100, [], 1, MADE), house(300, [], 2, NOON)
    findings = check_revision(standing, newer)
    assert {one.fault for one in findings} == {Fault.GATE}
    assert {one.slot for one in findings} == set(range(1, OPEN + 1))
    assert findings[0].says == (
        "slot 1, demand_wh is 601: give 201, as was planned: the gate closed at 2026-11-26T23:00:00+09:00"
    )
    kept = renewed(standing, newer)
    assert kept.column(Field.DEMAND).tolist() == [201] * OPEN + [601] * (48 - OPEN)
    assert check(kept) == ()
    assert check_revision(standing, kept) == ()
    assert (kept.number, kept.made_at) == (2, NOON)


@pytest.mark.parametrize(("at", "closed"), [(DAY.begin - 3600, 0), (DAY.begin - 3599, 1), (DAY.begin - 1800, 1)])
def test_the_gate_is_an_hour_before_the_slot_to_the_second(at: int, closed: int) -> None:
    assert len({one.slot for one in check_revision(house(100, [], 1, MADE), house(300, [], 2, at))}) == closed


def test_the_gate_is_whatever_was_agreed_on() -> None:
    assert {one.slot for one in check_revision(house(100, [], 1, MADE), house(300, [], 2, NOON), 300)} == set(
        range(1, 26)
    )


def test_trades_that_were_made_stand() -> None:
    deal = Deal(DAY.begin + 40 * 1800, "101", "102", 70)
    standing, without = house(100, [deal], 1, MADE), house(100, [], 2, NOON)
    findings = check_revision(standing, without)
    assert {(one.fault, one.part, one.slot, one.field) for one in findings} == {
        (Fault.TRADES, "", 41, Field.SOLD),
        (Fault.TRADES, "", 41, Field.BOUGHT),
        (Fault.TRADES, "101", 41, Field.SOLD),
        (Fault.TRADES, "102", 41, Field.BOUGHT),
    }
    with pytest.raises(PlanError, match="give 70 or more: trades stand"):
        renewed(standing, without)
    more = house(100, [deal, Deal(deal.begin, "102", "101", 5)], 2, NOON)
    assert check_revision(standing, more) == ()


def test_neighbours_trade_on_after_the_gate_of_outside() -> None:
    standing = house(100, [], 1, MADE)
    newer = house(300, [Deal(NOON, "101", "102", 70)], 2, NOON)
    kept = renewed(standing, newer)
    assert check_revision(standing, kept) == ()
    assert check(kept) == ()
    assert int(kept.column(Field.SOLD)[24]) == 70
    assert [int(part.sheet.column(Field.FROM_GRID)[24]) for part in kept.parts] == [170, 31]
    assert np.array_equal(kept.sheet.draw[:OPEN], standing.sheet.draw[:OPEN])


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 1000), st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 30 * 3600)), max_size=4))
def test_whatever_comes_what_stands_is_right_and_its_past_is_fixed(seed: int, later: list[tuple[int, int]]) -> None:
    standing = building(seed)
    for number, (other, after) in enumerate(later, 2):
        at = standing.made_at + after
        drawn = building(other, number=number, made_at=at)
        # The same trades: drawn ones would take some back.
        sheets = {"": drawn.sheet} | {part.name: part.sheet for part in drawn.parts}
        for name, sheet in (("", standing.sheet), *((part.name, part.sheet) for part in standing.parts)):
            wh = sheets[name].wh.copy()
            for field in (Field.SOLD, Field.BOUGHT):
                wh[field.row] = sheet.wh[field.row]
            sheets[name] = replace(sheet, wh=wh).with_grid()
        newer = replace(
            drawn, sheet=sheets[""], parts=tuple(Part(part.name, sheets[part.name]) for part in drawn.parts)
        )
        kept = renewed(standing, newer)
        assert check(kept) == ()
        assert check_revision(standing, kept) == ()
        closed = standing.closed(at, 3600)
        assert np.array_equal(kept.sheet.wh[:, closed], standing.sheet.wh[:, closed])
        assert np.array_equal(kept.sheet.wh[:, ~closed], newer.sheet.wh[:, ~closed])
        standing = kept


def test_a_later_plan_has_a_later_number_and_time() -> None:
    standing = house(100, [], 3, MADE)
    assert faults(standing, house(100, [], 3, MADE)) == {Fault.ORDER}
    assert faults(standing, house(100, [], 4, MADE - 1)) == {Fault.ORDER}
    assert faults(standing, house(100, [], 9, MADE)) == set()


def test_another_day_or_house_replaces_nothing() -> None:
    standing, newer = house(100, [], 1, MADE), house(100, [], 2, MADE)
    assert faults(standing, replace(newer, name="other")) == {Fault.ANOTHER}
    assert faults(standing, replace(newer, date=date(2026, 11, 28))) == {Fault.ANOTHER}
    assert faults(standing, replace(newer, parts=newer.parts[:1])) == {Fault.ANOTHER}
    assert faults(responding(standing, [201] * 48, [0] * 48), newer) == {Fault.ANOTHER}
    with pytest.raises(PlanError, match="give the same flats"):
        renewed(standing, replace(newer, parts=newer.parts[:1]))


def test_a_baseline_is_fixed_by_the_gate_too() -> None:
    standing = responding(house(100, [], 1, MADE), [201] * 48, [0] * 48)
    newer = responding(house(100, [], 2, NOON), [301] * 48, [100] * 48)
    assert {one.field for one in check_revision(standing, newer)} == {Field.BASELINE, Field.CURTAILMENT}
    assert check(renewed(standing, newer)) == ()


def test_what_the_newer_plan_says_wrong_of_open_slots_is_left_to_be_found() -> None:
    standing, newer = house(100, [], 1, MADE), changed(house(100, [], 2, NOON), Field.FROM_GRID, 40, 999)
    assert {one.slot for one in check(renewed(standing, newer))} == {40}
