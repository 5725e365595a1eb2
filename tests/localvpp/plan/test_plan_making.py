"""Plans made of a real forecast and a cleared book: what is left open is the grid's, and flats sum to the building."""

from dataclasses import replace
from datetime import date

from hypothesis import given, settings, strategies as st
import numpy as np
import pytest

from localvpp.forecast import History, Kind as Foretold, forecast
from localvpp.market import Book, Objective, Order, PriceRule, Side, clear
from localvpp.plan import Day, Deal, Field, Needs, Plan, PlanError, check, deals_of, gather, plan_flat, responding
from tests.localvpp.plan.plans import DAY, MADE, TOKYO, building, foretold


def row(plan: Plan, slot: int) -> dict[str, int]:
    return {field.value: int(plan.column(field)[slot - 1]) for field in plan.sheet.fields}


def test_a_forecast_of_six_weeks_makes_a_day() -> None:
    begin = DAY.begin - 42 * 86_400
    history = History.of(begin, 1800, [200.4 + 3 * (slot % 48) for slot in range(42 * 48)])
    told = forecast(history, DAY.begin, 48, Foretold.LOAD, TOKYO)
    plan = plan_flat("101", DAY, Needs(load=told), [], number=1, made_at=MADE)
    assert check(plan) == ()
    assert plan.column(Field.DEMAND).tolist() == [round(slot.point or 0) for slot in told.slots]
    assert np.array_equal(plan.column(Field.FROM_GRID), plan.column(Field.DEMAND))


def test_trades_and_battery_leave_the_rest_to_the_grid() -> None:
    needs = Needs(
        load=foretold(DAY, [300.0] * 48),
        pv=foretold(DAY, [0.0, 700.0, *[100.0] * 46], Foretold.PV),
        charge={DAY.begin + 1800: 150},
        discharge={DAY.begin: 80},
    )
    traded = [
        Deal(DAY.begin + 1800, "101", "102", 200),
        Deal(DAY.begin, "103", "101", 90),
        Deal(DAY.begin, "103", "102", 7),
    ]
    plan = plan_flat("101", DAY, needs, traded, number=1, made_at=MADE)
    assert row(plan, 1) | {"demand_wh": 300} == {
        "demand_wh": 300,
        "charge_wh": 0,
        "sold_wh": 0,
        "to_grid_wh": 0,
        "generation_wh": 0,
        "discharge_wh": 80,
        "bought_wh": 90,
        "from_grid_wh": 130,
    }
    assert (row(plan, 2)["to_grid_wh"], row(plan, 2)["sold_wh"], row(plan, 3)["from_grid_wh"]) == (50, 200, 200)


def test_who_sold_more_than_he_will_have_takes_it_from_the_grid() -> None:
    plan = plan_flat(
        "101", DAY, Needs(load=foretold(DAY, [100.0] * 48)), [Deal(DAY.begin, "101", "102", 40)], number=1, made_at=MADE
    )
    assert (row(plan, 1)["from_grid_wh"], row(plan, 1)["sold_wh"]) == (140, 40)
    assert check(plan) == ()


def test_a_cleared_book_becomes_deals_of_flats() -> None:
    orders = (
        Order(id="roof", flat="101", side=Side.ASK, wh=400, limit=900, slot=3),
        Order(id="car", flat="102", side=Side.BID, wh=300, limit=2600, slot=3),
        Order(id="wash", flat="103", side=Side.BID, wh=50, limit=2000, slot=0),
        Order(id="sun", flat="101", side=Side.ASK, wh=500, limit=900, slot=0),
    )
    book = Book(seed=b"seed", orders=orders)
    result = clear(book, Objective.GAIN, PriceRule.MID)
    assert sorted(deals_of(book, result, DAY.begin, 1800), key=lambda deal: deal.begin) == [
        Deal(DAY.begin, "101", "103", 50),
        Deal(DAY.begin + 3 * 1800, "101", "102", 300),
    ]
    with pytest.raises(PlanError, match="names an order that the book does not have"):
        deals_of(replace(book, orders=orders[:1]), result, DAY.begin, 1800)


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 10**6), st.integers(1, 8))
def test_the_building_draws_what_its_flats_draw(seed: int, flats: int) -> None:
    plan = building(seed, flats)
    assert np.array_equal(plan.sheet.draw, sum(part.sheet.draw for part in plan.parts))
    assert np.array_equal(plan.sheet.draw, plan.column(Field.FROM_GRID) - plan.column(Field.TO_GRID))


def test_a_slot_that_nobody_foretells_is_refused_and_not_zero() -> None:
    for points in ([100.0] * 20, [*[100.0] * 20, None, *[100.0] * 27]):
        with pytest.raises(PlanError) as error:
            plan_flat("101", DAY, Needs(load=foretold(DAY, points)), [], number=1, made_at=MADE)
        finding = error.value.finding
        assert (finding.slot, finding.field, finding.value) == (21, "demand_wh", None)


def test_what_has_been_is_as_the_standing_plan_has_it() -> None:
    first = plan_flat("101", DAY, Needs(load=foretold(DAY, [100.0] * 48)), [], number=1, made_at=MADE)
    later = Needs(load=foretold(DAY, [250.0] * 38, first=10))
    plan = plan_flat("101", DAY, later, [], number=2, made_at=DAY.begin + 5 * 3600, standing=first)
    assert plan.column(Field.DEMAND).tolist() == [100] * 10 + [250] * 38
    with pytest.raises(PlanError, match="slot 1, demand_wh is None"):
        plan_flat("101", DAY, later, [], number=2, made_at=MADE)
    with pytest.raises(PlanError, match="the same flat and day"):
        plan_flat("102", DAY, later, [], number=2, made_at=MADE, standing=first)


def test_what_does_not_lie_on_the_day_s_slots_is_refused() -> None:
    needs = Needs(load=foretold(DAY, [100.0] * 48))
    with pytest.raises(PlanError, match="no slot of 1800 s begins then"):
        plan_flat("101", DAY, needs, [Deal(DAY.begin + 60, "101", "102", 5)], number=1, made_at=MADE)
    with pytest.raises(PlanError, match="in slots of 900 s"):
        plan_flat("101", Day.of(date(2026, 11, 27), TOKYO, 900), needs, [], number=1, made_at=MADE)
    other = plan_flat("101", DAY, needs, [Deal(DAY.end, "101", "102", 5)], number=1, made_at=MADE)
    assert not other.column(Field.SOLD).any()


def test_a_building_is_gathered_of_flats_of_one_day() -> None:
    needs = Needs(load=foretold(DAY, [100.0] * 48))
    flat = plan_flat("101", DAY, needs, [], number=1, made_at=MADE)
    with pytest.raises(PlanError, match="one flat at least"):
        gather("house", [], number=1, made_at=MADE)
    with pytest.raises(PlanError, match="plans of flats"):
        gather("house", [building()], number=1, made_at=MADE)
    with pytest.raises(PlanError, match=r"102, date is .*: 101 has 2026-11-27"):
        gather("house", [flat, replace(flat, name="102", date=date(2026, 11, 28))], number=1, made_at=MADE)
    with pytest.raises(PlanError, match="each flat once"):
        gather("house", [flat, flat], number=1, made_at=MADE)


def test_demand_response_is_told_beside_the_plan() -> None:
    plan = building(1)
    told = responding(plan, [500] * 48, (500 - plan.sheet.draw).tolist())
    assert check(told) == ()
    assert told.sheet.responds
    assert told.column(Field.BASELINE).tolist() == [500] * 48
