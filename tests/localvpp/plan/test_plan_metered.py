"""A building's plan out of meters and trades: who is new, or has left, has what it has traded, and stops nobody's."""

from datetime import date

import numpy as np

from localvpp.forecast import History
from localvpp.plan import LOOKS_BACK_S, Day, Deal, Field, Metered, Plan, check, plan_metered, zone_named

SLOT_S = 1800
DAY = Day.of(date(2026, 11, 24), zone_named("Asia/Tokyo"), SLOT_S)
NOON = DAY.begin + 12 * 3600


def metered(name: str, taken_wh: int) -> Metered:
    """A meter that has counted the same in each slot of five weeks."""
    begin = DAY.begin - LOOKS_BACK_S
    count = LOOKS_BACK_S // SLOT_S
    return Metered(
        name=name,
        taken=History(begin, SLOT_S, np.full(count, float(taken_wh))),
        given=History(begin, SLOT_S, np.zeros(count)),
    )


def made(*deals: Deal) -> Plan:
    return plan_metered("Sakura", DAY, NOON, [metered("101", 250), metered("102", 100)], deals)


def test_a_flat_that_traded_before_it_was_there_at_the_gate_has_its_trades_in_the_plan() -> None:
    plan = made(Deal(NOON, "103", "101", 70), Deal(NOON + SLOT_S, "102", "103", 40))
    assert [part.name for part in plan.parts] == ["101", "102", "103"]
    new, at = plan.alone("103"), (NOON - DAY.begin) // SLOT_S
    for field, wh in (
        (Field.GENERATION, {at: 70}),
        (Field.SOLD, {at: 70}),
        (Field.DEMAND, {at + 1: 40}),
        (Field.BOUGHT, {at + 1: 40}),
    ):
        column = new.column(field)
        assert {slot: int(column[slot]) for slot in range(DAY.slots) if column[slot]} == wh
    assert plan.alone("101").column(Field.BOUGHT)[at] == 70, "the other side of it"
    assert check(plan) == ()


def test_without_trades_who_is_new_is_not_in_the_plan() -> None:
    assert [part.name for part in made().parts] == ["101", "102"]
    assert made() == made(Deal(DAY.end, "103", "101", 70)), "of another day"
