"""Plan against meter, priced by what is handed in; the unknown stays unknown."""

from hypothesis import given, settings, strategies as st
import pytest

from localvpp.plan import Deal, Imbalance, ImbalancePrice, Needs, PlanError, Sum, imbalances, plan_flat, summed
from localvpp.settlement import SlotPrices
from tests.localvpp.plan.plans import DAY, MADE, building, foretold

GRID = ImbalancePrice.grid(SlotPrices(inside=1500, grid=3100, feed_in=850))
PLAN = plan_flat("101", DAY, Needs(load=foretold(DAY, [400.0] * 48)), [], number=1, made_at=MADE)


def test_more_costs_the_grid_s_price_and_less_earns_the_feed_in() -> None:
    found = imbalances(PLAN, [500, 300, 400, None, *[400] * 44], [GRID] * 48)
    assert found[:4] == (
        Imbalance(1, 400, 500, -100, -310_000),
        Imbalance(2, 400, 300, 100, 85_000),
        Imbalance(3, 400, 400, 0, 0),
        Imbalance(4, 400, None, None, None),
    )
    assert summed(found) == Sum(long_wh=100, short_wh=100, money=-225_000, unmetered_slots=1, unpriced_slots=0)


def test_a_published_price_holds_in_both_directions() -> None:
    price = ImbalancePrice.published(1234)
    found = imbalances(PLAN, [500, 300, *[401] * 46], [price, price, *[None] * 46])
    assert [slot.money for slot in found[:3]] == [-123_400, 123_400, None]
    assert summed(found) == Sum(long_wh=100, short_wh=146, money=0, unmetered_slots=0, unpriced_slots=46)


def test_a_flat_s_meter_counts_its_trades_too() -> None:
    deals = [Deal(DAY.begin, "101", "102", 150), Deal(DAY.begin + 1800, "103", "101", 30)]
    plan = plan_flat("101", DAY, Needs(load=foretold(DAY, [400.0] * 48)), deals, number=1, made_at=MADE)
    assert [slot.wh for slot in imbalances(plan, [400] * 48, [GRID] * 48)] == [0] * 48


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 10**6), st.integers(-5000, 5000))
def test_a_building_is_off_by_what_its_meter_is_off(seed: int, by: int) -> None:
    plan = building(seed)
    found = imbalances(plan, [int(wh) + by for wh in plan.sheet.draw], [ImbalancePrice.published(1000)] * 48)
    assert {slot.wh for slot in found} == {-by}
    total = summed(found)
    assert total.long_wh - total.short_wh == -48 * by
    assert total.money == 1000 * (total.long_wh - total.short_wh)


def test_there_is_a_value_for_each_slot() -> None:
    with pytest.raises(PlanError, match="metered is '47 values': give one for each of the 48 slots"):
        imbalances(PLAN, [0] * 47, [GRID] * 48)
    with pytest.raises(PlanError, match="prices is '49 values'"):
        imbalances(PLAN, [0] * 48, [GRID] * 49)
    with pytest.raises(PlanError, match=r"slot 2, metered is 0\.5"):
        imbalances(PLAN, [0, 0.5, *[0] * 46], [GRID] * 48)  # type: ignore[list-item]
    with pytest.raises(PlanError, match="short is 1000001"):
        ImbalancePrice.published(1_000_001)
