"""Prices are announced before their slots begin, and stand for good."""

from hypothesis import given, strategies as st
import pytest

from localvpp.settlement import (
    ContradictionError,
    PriceList,
    PricePeriod,
    SlotPrices,
    first_prices,
    plain_prices,
    read_prices,
)

CHEAP = SlotPrices(inside=2000, grid=3000, feed_in=800)
DEAR = SlotPrices(inside=2500, grid=3500, feed_in=800)
NOW = 1_795_312_830
"""In the middle of a slot of 60 s."""

several = st.lists(
    st.tuples(
        st.integers(0, 2**40),
        st.lists(st.integers(0, 10**7), min_size=3, max_size=3).map(sorted).map(lambda p: SlotPrices(p[1], p[2], p[0])),
    ),
    min_size=1,
    max_size=8,
    unique_by=lambda period: period[0],
).map(lambda periods: PriceList(tuple(PricePeriod(*period) for period in sorted(periods, key=lambda p: p[0]))))


def test_the_first_prices_hold_from_the_beginning_until_others_do() -> None:
    prices = first_prices(CHEAP).announce(DEAR, NOW * 1000, 60)
    begin = NOW - 30 + 120
    assert prices.periods[-1] == PricePeriod(begin, DEAR)
    assert (prices.at(0), prices.at(begin - 60), prices.at(begin), prices.newest) == (CHEAP, CHEAP, DEAR, DEAR)


def test_a_slot_of_before_the_first_period_told_has_unknown_prices() -> None:
    assert PriceList((PricePeriod(60, CHEAP),)).at(0) is None


def test_prices_that_hold_already_are_not_announced_again() -> None:
    assert first_prices(CHEAP).announce(CHEAP, NOW * 1000, 60) == first_prices(CHEAP)


def test_prices_announced_twice_within_a_slot_follow_one_another() -> None:
    prices = first_prices(CHEAP).announce(DEAR, NOW * 1000, 60).announce(CHEAP, NOW * 1000, 60)
    assert [period.since for period in prices.periods] == [0, NOW + 90, NOW + 150]


@given(several, several.map(lambda prices: prices.newest), st.integers(0, 2**43), st.sampled_from([60, 900, 1800]))
def test_whoever_was_told_of_a_list_follows_whatever_is_announced_after_it(
    prices: PriceList, others: SlotPrices, now_ms: int, slot_seconds: int
) -> None:
    longer = prices.announce(others, now_ms, slot_seconds)
    assert prices.follow(longer, now_ms) == longer
    assert longer.newest == others
    assert all(period.since % slot_seconds == 0 or period in prices.periods for period in longer.periods)


@given(several)
def test_what_is_written_is_read_back(prices: PriceList) -> None:
    assert read_prices(plain_prices(prices)) == prices


def test_a_list_that_tells_only_of_newer_periods_takes_nothing_away() -> None:
    known = first_prices(CHEAP)
    whole = known.announce(DEAR, NOW * 1000, 60)
    assert known.follow(PriceList(whole.periods[1:]), NOW * 1000) == whole


def test_only_the_newest_periods_are_told() -> None:
    periods = tuple(PricePeriod(60 * at, DEAR if at % 2 else CHEAP) for at in range(100))
    assert PriceList(periods).told.periods == periods[-64:]


@pytest.mark.parametrize(
    "newer",
    [
        first_prices(DEAR),
        PriceList((PricePeriod(0, CHEAP), PricePeriod(NOW - 30, DEAR))),
        PriceList((PricePeriod(0, CHEAP), PricePeriod(NOW, DEAR))),
    ],
    ids=["replaced", "in the past", "at this very moment"],
)
def test_a_list_that_changes_what_was_told_is_a_contradiction(newer: PriceList) -> None:
    with pytest.raises(ContradictionError):
        first_prices(CHEAP).follow(newer, NOW * 1000)


def test_a_period_that_was_announced_and_is_gone_is_a_contradiction() -> None:
    known = first_prices(CHEAP).announce(DEAR, NOW * 1000, 60)
    with pytest.raises(ContradictionError, match="not in the building's list any more"):
        known.follow(first_prices(CHEAP), NOW * 1000)
