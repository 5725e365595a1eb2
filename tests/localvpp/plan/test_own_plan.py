"""A flat's plan is made of what it has used, made and traded."""

from datetime import date

import pytest

from localvpp.ownplan import NEIGHBOURS, own_plan, planned
from localvpp.plan import Day, Field, Kind, PlanError, check, zone_named
from localvpp.store import FlatStore
from localvpp.trading.state import OwnTrade

from ..bidder.flat import MIDNIGHT, SLOT_S, keep, lived

DAY = Day.of(date(2026, 11, 24), zone_named("Asia/Tokyo"), SLOT_S)
NOON = MIDNIGHT + 12 * 3600


def test_trades_stand_in_the_flats_plan_beside_what_it_will_use_and_make() -> None:
    traded = [
        (DAY.begin + 10 * 3600, [OwnTrade(buys=False, wh=500, price=1500)]),
        (DAY.begin + 19 * 3600, [OwnTrade(buys=True, wh=300, price=1500)]),
        (DAY.end, [OwnTrade(buys=True, wh=9, price=1500)]),
    ]
    plan = planned("101", DAY, NOON, list(lived(30, NOON)), traded)
    assert (plan.kind, plan.name, plan.number, plan.made_at) == (Kind.FLAT, "101", 3, NOON)
    assert check(plan) == ()
    sold, bought = plan.column(Field.SOLD), plan.column(Field.BOUGHT)
    assert (int(sold[20]), int(sold.sum()), int(bought[38]), int(bought.sum())) == (500, 500, 300, 300)
    assert int(plan.column(Field.DEMAND)[38]) == 450
    assert int(plan.column(Field.GENERATION)[20]) == 1000
    assert int(plan.column(Field.TO_GRID)[20]) == 1000 - 150 - 500
    assert plan.name != NEIGHBOURS


async def test_a_flat_that_has_lived_makes_its_plan_from_its_database(store: FlatStore) -> None:
    await keep(store, lived(30, NOON))
    plan = await own_plan("101", store, DAY, NOON)
    assert int(plan.column(Field.DEMAND)[38]) == 450
    assert (plan.number, check(plan)) == (1, ())


async def test_who_has_lived_for_no_time_has_no_plan(store: FlatStore) -> None:
    with pytest.raises(PlanError, match="let it run for some days"):
        await own_plan("101", store, DAY, NOON)
