"""What a battery may hold hours later lies between the least and the most, whatever the flat does by then."""

from dataclasses import replace

from hypothesis import given, strategies as st

from localvpp.bidder.charge import between, later
from localvpp.market.bidding import Battery, Wishes

from .flat import BATTERY, SLOT_S

NOW = Battery(capacity_wh=6000, stored_wh=3000, charge_wh=1000, discharge_wh=800, efficiency_percent=90)
RESERVE = Wishes(reserve_percent=20)

needs = st.lists(
    st.tuples(st.integers(-3000, 3000), st.integers(0, 1000), st.floats(0, 1)).map(
        lambda told: (float(told[0]), float(told[0] + told[1]), told[0] + round(told[1] * told[2]))
    ),
    max_size=40,
)
"""The least, the most, and what it came to."""


@given(needs, st.integers(0, 6000), st.sampled_from([Wishes(), RESERVE]))
def test_what_comes_lies_between(steps: list[tuple[float, float, int]], stored_wh: int, kept: Wishes) -> None:
    battery = replace(NOW, stored_wh=stored_wh)
    least, most = later((battery, battery), 0, [step[:2] for step in steps], RESERVE)
    for *_, need in steps:
        battery = battery.after(-min(need, battery.gives_wh(kept)) if need > 0 else min(-need, battery.takes_wh()))
    # Each step rounds what is lost to whole Wh.
    slack = 2 * len(steps)
    assert least.stored_wh - slack <= battery.stored_wh
    if kept == RESERVE:
        assert battery.stored_wh <= most.stored_wh + slack
    assert most.efficiency_percent == least.efficiency_percent == 90


def test_of_a_time_of_which_nothing_is_known_anything_may_be() -> None:
    least, most = later((NOW, NOW), 0, [None], RESERVE)
    assert (least.stored_wh, most.stored_wh) == (2200, 4000)
    least, most = later((NOW, NOW), 0.5, [], RESERVE)
    assert (least.stored_wh, most.stored_wh) == (2600, 3500)
    least, most = later((NOW, NOW), 0, [None] * 10, RESERVE)
    assert (least.stored_wh, most.stored_wh) == (0, 6000)


def test_a_charge_that_is_not_told_may_be_any() -> None:
    told = between(BATTERY, SLOT_S, 90)
    assert told is not None
    assert {each.stored_wh for each in told} == {3000}
    unknown = between(replace(BATTERY, soc_percent=None), SLOT_S, 90)
    assert unknown is not None
    assert [each.stored_wh for each in unknown] == [0, 6000]
    assert between(None, SLOT_S, 90) is None
    assert between(replace(BATTERY, capacity_wh=None), SLOT_S, 90) is None
