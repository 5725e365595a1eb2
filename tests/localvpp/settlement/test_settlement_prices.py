"""Prices are announced before their slots begin, and stand for good."""

import json

from hypothesis import given, strategies as st
import pytest

from localvpp.settlement import (
    HIGHEST_PRICE,
    MOST_TOLD,
    ContradictionError,
    KnownPrices,
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


@given(several)
def test_what_is_written_is_read_back(prices: PriceList) -> None:
    assert read_prices(plain_prices(prices)) == prices


@given(several, several.map(lambda prices: prices.newest), st.integers(0, 2**43), st.sampled_from([60, 900, 1800]))
def test_prices_are_announced_for_whole_slots_to_come(
    prices: PriceList, others: SlotPrices, now_ms: int, slot_seconds: int
) -> None:
    longer = prices.announce(others, now_ms, slot_seconds)
    assert longer.newest == others
    assert longer.periods[: len(prices.periods)] == prices.periods
    assert all(period.since % slot_seconds == 0 or period in prices.periods for period in longer.periods)


def test_only_the_newest_periods_are_told() -> None:
    periods = tuple(PricePeriod(60 * at, DEAR if at % 2 else CHEAP) for at in range(100))
    assert PriceList(periods).told.periods == periods[-64:]


@pytest.mark.parametrize(
    "plain",
    [[[2**63, 2, 3, 1]], [[0, 2, HIGHEST_PRICE + 1, 1]], [[0, 2, 2**64, 1]], [[0, 2, 3, -1]], [[0, 2, 3]]],
    ids=str,
)
def test_numbers_that_are_no_prices_are_refused(plain: list[list[int]]) -> None:
    with pytest.raises(ValueError, match=r"four numbers|is above"):
        read_prices(plain)
    assert read_prices([[2**63 - 1, 2, HIGHEST_PRICE, 1]]).newest.grid == HIGHEST_PRICE


# --- What a flat knows of them ---------------------------------------------------------------------------------------


def told(*periods: PricePeriod, at_ms: int = NOW * 1000) -> KnownPrices:
    return KnownPrices(PriceList(periods), at_ms)


FIRST = PricePeriod(0, CHEAP)


@given(several, several.map(lambda prices: prices.newest), st.integers(0, 2**43), st.sampled_from([60, 900, 1800]))
def test_whoever_was_told_of_a_list_knows_whatever_is_announced_after_it(
    prices: PriceList, others: SlotPrices, now_ms: int, slot_seconds: int
) -> None:
    longer = prices.announce(others, now_ms, slot_seconds)
    assert KnownPrices(prices, now_ms).hear(longer, now_ms + 7) == KnownPrices(longer, now_ms + 7)


@given(several, st.lists(st.tuples(st.integers(0, 2**40), st.integers(0, 2**40)), max_size=2))
def test_what_a_flat_knows_is_read_back(prices: PriceList, holes: list[tuple[int, int]]) -> None:
    known = KnownPrices(prices, 7, tuple(holes))
    assert KnownPrices.read(json.loads(json.dumps(known.plain()))) == known


def test_what_was_known_before_holes_were_kept_is_read() -> None:
    assert KnownPrices.read([7, [[0, 2000, 3000, 800]]]) == told(FIRST, at_ms=7)


@pytest.mark.parametrize(
    ("newer", "named"),
    [
        ([PricePeriod(0, DEAR)], "not in the building's list any more"),
        ([PricePeriod(60, CHEAP)], "not in the building's list any more"),
        ([FIRST, PricePeriod(NOW - 30, DEAR)], "after those slots had begun"),
        ([FIRST, PricePeriod(NOW, DEAR)], "after those slots had begun"),
    ],
    ids=["replaced", "forgotten", "in the past", "at this very moment"],
)
def test_a_list_that_changes_what_was_told_is_a_contradiction(newer: list[PricePeriod], named: str) -> None:
    with pytest.raises(ContradictionError, match=named):
        told(FIRST).hear(PriceList(tuple(newer)), NOW * 1000)


def test_a_period_that_was_announced_and_is_gone_is_a_contradiction() -> None:
    with pytest.raises(ContradictionError, match="not in the building's list any more"):
        told(FIRST, PricePeriod(NOW + 90, DEAR)).hear(first_prices(CHEAP), NOW * 1000)


def test_a_period_that_is_inserted_before_an_announced_one_is_a_contradiction() -> None:
    announced, inserted = PricePeriod(NOW + 3600, DEAR), PricePeriod(NOW + 90, DEAR)
    known = told(FIRST, announced)
    with pytest.raises(ContradictionError, match="inserted between announced periods"):
        known.hear(PriceList((FIRST, inserted, announced)), NOW * 1000)
    later = PricePeriod(NOW + 7200, CHEAP)
    assert known.hear(PriceList((FIRST, announced, later)), NOW * 1000).prices.periods == (FIRST, announced, later)


def changes(count: int, begin: int) -> list[PricePeriod]:
    """So many periods, one a minute."""
    return [PricePeriod(begin + 60 * at, DEAR if at % 2 else CHEAP) for at in range(count)]


def test_a_flat_that_was_away_for_as_many_changes_as_are_told_knows_all_prices() -> None:
    later = changes(MOST_TOLD - 1, NOW + 90)
    known = told(FIRST).hear(PriceList((FIRST, *later)).told, (NOW + 7200) * 1000)
    assert known.prices.periods == (FIRST, *later)
    assert known.holes == ()


def test_a_flat_that_was_away_for_more_changes_than_are_told_does_not_know_what_held_between() -> None:
    later = changes(MOST_TOLD + 10, NOW + 90)
    known = told(FIRST).hear(PriceList((FIRST, *later)).told, (NOW + 7200) * 1000)
    begin = later[10].since
    assert (known.at(NOW - 30), known.at(NOW)) == (CHEAP, CHEAP)
    assert {known.at(slot) for slot in range(NOW + 30, begin, 60)} == {None}
    assert known.at(begin) == later[10].prices
    # The hole stays, whatever is told of it afterwards: too late to be believed, and no contradiction.
    again = known.hear(PriceList((FIRST, *later)), (NOW + 7300) * 1000)
    assert (again.holes, again.prices) == (known.holes, known.prices)
    assert again.at(later[5].since) is None
    with pytest.raises(ContradictionError, match="after those slots had begun"):
        known.hear(PriceList((FIRST, PricePeriod(NOW - 60, DEAR), *later)), (NOW + 7300) * 1000)


def test_prices_that_were_announced_before_a_flat_went_away_begin_for_certain() -> None:
    announced = PricePeriod(NOW + 3600, DEAR)
    later = changes(MOST_TOLD, NOW + 7200)
    known = told(FIRST, announced).hear(PriceList((FIRST, announced, *later)).told, (NOW + 9000) * 1000)
    assert (known.at(NOW + 3540), known.at(NOW + 3600), known.at(NOW + 3660)) == (CHEAP, DEAR, None)


def test_a_flat_that_came_after_many_changes_does_not_know_what_held_before() -> None:
    later = changes(MOST_TOLD, NOW)
    known = KnownPrices(PriceList((FIRST, *later)).told, (NOW + 7200) * 1000)
    assert known.at(NOW - 60) is None
    assert known.hear(PriceList((FIRST, *later)), (NOW + 7300) * 1000).at(NOW - 60) is None
