"""Trees behind the same protocol as the medians; an extra that says so where it is missing."""

from datetime import UTC
import sys

import numpy as np
import pytest

from localvpp.forecast import Blend, ForecastError, History, Kind, SeasonalNaive, forecast
from localvpp.forecast.boosted import boosted_load, boosted_pv

from ...needed import module
from .homes import DAY, HALF_HOUR, MONDAY, regular, sunny


def test_what_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "lightgbm", None)
    with pytest.raises(ForecastError, match=r"local-vpp\[lightgbm\]"):
        forecast(regular(70), MONDAY + 70 * DAY, 2, Kind.LOAD, UTC, method=boosted_load())


def test_trees_foretell_what_repeats_itself() -> None:
    module("lightgbm", "lightgbm")
    history = regular(120, noise=30)
    at = MONDAY + 119 * DAY
    true = history.wh[119 * 48 :]
    errors = {}
    for method in (boosted_load(), SeasonalNaive()):
        told = forecast(history, at, 48, Kind.LOAD, UTC, method=method)
        errors[told.method] = np.abs(np.array([slot.point for slot in told.slots]) - true).mean()
        assert all(slot.quantiles is not None for slot in told.slots)
    assert errors["lightgbm"] < errors["seasonal-naive"]


def test_trees_see_nothing_of_later_and_say_the_same_twice() -> None:
    module("lightgbm", "lightgbm")
    history = regular(90, noise=30)
    at = MONDAY + 80 * DAY + 5 * HALF_HOUR
    told = forecast(history, at, 60, Kind.LOAD, UTC, method=boosted_load())
    wh = np.array(history.wh)
    wh[80 * 48 + 5 :] = 7_777
    assert forecast(History(MONDAY, HALF_HOUR, wh), at, 60, Kind.LOAD, UTC, method=boosted_load()) == told


def test_trees_know_night_and_what_is_too_little() -> None:
    module("lightgbm", "lightgbm")
    told = forecast(sunny(100), MONDAY + 100 * DAY, 48, Kind.PV, UTC, method=boosted_pv())
    assert [slot.point for slot in told.slots[:10]] == [0] * 10
    little = forecast(regular(20), MONDAY + 20 * DAY, 4, Kind.LOAD, UTC, method=boosted_load())
    assert all(slot.point is None and slot.reason is not None for slot in little.slots)
    assert all(slot.point is not None for slot in forecast(regular(20), MONDAY + 20 * DAY, 4, Kind.LOAD, UTC).slots)


def test_it_is_no_default() -> None:
    assert forecast(regular(60), MONDAY + 60 * DAY, 1, Kind.LOAD, UTC).method == Blend().name
