"""The last weeks' real days: whole, known, and none of them later than it may be."""

from datetime import UTC

import numpy as np
import pytest

from localvpp.forecast import ForecastError, History, net_days

from .homes import DAY, HALF_HOUR, MONDAY, changed, regular, sunny


def numbered(days: int) -> History:
    """Each slot holds its own number."""
    return History(MONDAY, HALF_HOUR, np.arange(days * 48.0))


def test_days_are_those_before_at_the_same_time_of_the_day() -> None:
    at = MONDAY + 40 * DAY
    found = net_days(numbered(60), None, at, at, 4, UTC)
    assert found.tolist() == [[day * 48 + slot for slot in range(4)] for day in range(39, 11, -1)]


def test_over_midnight_only_days_that_are_over_count() -> None:
    at = MONDAY + 40 * DAY + 36 * HALF_HOUR
    begin = at + HALF_HOUR
    found = net_days(numbered(60), None, at, begin, 48, UTC)
    newest = (begin - MONDAY) // HALF_HOUR - 2 * 48  # From yesterday on, its last slot would be the one that runs.
    assert found[0].tolist() == list(range(newest, newest + 48))
    assert found.max() < (at - MONDAY) // HALF_HOUR


def test_what_the_roof_makes_is_taken_off_and_unknown_days_are_left_out() -> None:
    load, pv = regular(40), sunny(40)
    at = MONDAY + 40 * DAY
    whole = net_days(load, pv, at, at, 48, UTC)
    assert whole[0].tolist() == np.rint(load.wh[39 * 48 :] - pv.wh[39 * 48 :]).astype(int).tolist()
    holed = net_days(changed(load, {38 * 48 + 7: None}), changed(pv, {35 * 48: None}), at, at, 48, UTC)
    assert holed.tolist() == np.delete(whole, [1, 4], axis=0).tolist()
    assert net_days(regular(2), None, at, at, 48, UTC).shape == (0, 48)


def test_nothing_later_is_looked_at() -> None:
    at = MONDAY + 40 * DAY + 5 * HALF_HOUR
    later = changed(numbered(60), {40 * 48 + 5 + slot: 9_999.0 for slot in range(400)})
    assert np.array_equal(
        net_days(later, None, at, at + HALF_HOUR, 48, UTC), net_days(numbered(60), None, at, at + HALF_HOUR, 48, UTC)
    )


def test_what_does_not_fit_is_named() -> None:
    with pytest.raises(ForecastError, match="begin"):
        net_days(numbered(3), None, MONDAY, MONDAY + 1, 4, UTC)
    with pytest.raises(ForecastError, match="pv"):
        net_days(numbered(3), regular(3, slot_seconds=900), MONDAY, MONDAY, 4, UTC)
