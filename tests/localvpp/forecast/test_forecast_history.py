"""A series of slots in which the unknown is a value."""

import math

import numpy as np
import pytest

from localvpp.forecast import ForecastError, History, summed

from .homes import HALF_HOUR, MONDAY, regular


def test_unknown_stays_unknown() -> None:
    history = History.of(MONDAY, HALF_HOUR, [1, None, 0, math.nan])
    assert [math.isnan(value) for value in history.wh] == [False, True, False, True]
    assert history.end == MONDAY + 4 * HALF_HOUR


def test_a_history_cannot_be_changed_afterwards() -> None:
    given = np.zeros(3)
    history = History(MONDAY, HALF_HOUR, given)
    given[0] = 7
    assert history.wh[0] == 0
    with pytest.raises(ValueError, match="read-only"):
        history.wh[0] = 1


@pytest.mark.parametrize(
    ("at", "known"), [(-1, 0), (0, 0), (1_799, 0), (1_800, 1), (3_599, 1), (3_600, 2), (5_400, 3), (9_999_999, 3)]
)
def test_a_slot_is_known_once_it_has_ended(at: int, known: int) -> None:
    assert len(History.of(MONDAY, HALF_HOUR, [1, 2, 3]).until(MONDAY + at).wh) == known


def test_what_is_not_held_is_unknown() -> None:
    history = History.of(MONDAY, HALF_HOUR, [1, 2, 3])
    assert np.array_equal(history.between(MONDAY - HALF_HOUR, 2), [math.nan, 1], equal_nan=True)
    assert np.array_equal(history.between(MONDAY + 2 * HALF_HOUR, 3), [3, math.nan, math.nan], equal_nan=True)
    assert np.isnan(history.between(MONDAY + 9 * HALF_HOUR, 2)).all()


@pytest.mark.parametrize(
    ("begin", "length", "values", "field"),
    [
        (MONDAY + 1, 1_800, [1.0], "begin"),
        (MONDAY, 0, [1.0], "slot_seconds"),
        (MONDAY, 7_200, [1.0], "slot_seconds"),
        (MONDAY, 1_234, [1.0], "slot_seconds"),
        (MONDAY, 1_800, [1.0, -0.1], f"energy of the slot at {MONDAY + 1_800}"),
        (MONDAY, 1_800, [1.0, math.inf], f"energy of the slot at {MONDAY + 1_800}"),
        (MONDAY, 1_800, [1e13], f"energy of the slot at {MONDAY}"),
    ],
)
def test_bad_values_are_refused_by_name(begin: int, length: int, values: list[float], field: str) -> None:
    with pytest.raises(ForecastError) as refused:
        History(begin, length, np.array(values))
    assert refused.value.field == field
    assert field in str(refused.value)


def test_a_building_is_the_sum_of_its_homes_and_unknown_where_one_is() -> None:
    total = summed([History.of(MONDAY, HALF_HOUR, [1, 2, None]), History.of(MONDAY, HALF_HOUR, [10, 20, 30])])
    assert np.array_equal(total.wh, [11, 22, math.nan], equal_nan=True)
    with pytest.raises(ForecastError, match="histories"):
        summed([regular(2), regular(3)])
    with pytest.raises(ForecastError, match="histories"):
        summed([])
