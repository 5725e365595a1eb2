"""The parts of a profile, on days that can be worked out by hand."""

import math

import numpy as np
import pytest

from localvpp.forecast.conformal import FEWEST_DAYS, error_quantiles
from localvpp.forecast.intraday import fitted
from localvpp.forecast.profile import fading_mean, median, smoothed_median, weighted_median


def past(*days: float) -> np.ndarray:
    """One target, one slot, newest day first."""
    return np.array(days, dtype=float)[None, :, None]


def test_the_median_leaves_the_unknown_out() -> None:
    assert median(past(1, math.nan, 5, math.nan, 9))[0, 0] == 5
    assert median(past(1, 5, 9, 20))[0, 0] == 7
    assert np.isnan(median(past(1, math.nan, 5))[0, 0])


def test_an_outlier_does_not_move_a_median() -> None:
    assert weighted_median(past(2, 2, 2, 900, 2, 2), 1)[0, 0] == 2


def test_the_same_weekday_counts_twice() -> None:
    # Ages 1 to 7: three days say 1, three say 3, and the seventh, of the same weekday, tips the scales.
    assert weighted_median(past(1, 1, 1, 3, 3, 3, 3), 1)[0, 0] == 3
    assert weighted_median(past(1, 1, 1, 1, 3, 3, 1), 1)[0, 0] == 1


def test_newer_days_count_more() -> None:
    assert weighted_median(past(1, 1, 3, 3), 1)[0, 0] == 1
    assert fading_mean(past(10, 0, 0), 0.5)[0, 0] == pytest.approx(10 / 1.75)


def test_weights_are_of_known_days_only() -> None:
    assert fading_mean(past(math.nan, 4, 4, 4), 0.5)[0, 0] == 4
    assert weighted_median(past(math.nan, 1, 1, math.nan, 3), 1)[0, 0] == 1


def test_smoothing_goes_over_midnight_and_around_the_unknown() -> None:
    days = np.tile(np.array([4.0, 0.0, 0.0, 8.0]), (1, 3, 1))
    assert smoothed_median(days)[0].tolist() == [4.0, 1.0, 2.0, 5.0]
    days[:, :, 3] = math.nan
    assert smoothed_median(days)[0, 0] == pytest.approx((0.5 * 4 + 0.25 * 0) / 0.75)
    assert np.isnan(smoothed_median(days)[0, 3])


def test_ranks_of_errors() -> None:
    def of_days(*errors: float) -> tuple[float, ...] | None:
        return error_quantiles(np.array(errors)[:, None])

    assert of_days(*range(1, 20)) == (2, 10, 18)  # 19 of them: ranks 2, 10 and 18 of 20.
    assert of_days(*range(1, 20), math.nan) == (2, 10, 18)
    assert of_days(*range(1, 10)) == (1, 5, 9)
    assert of_days(*range(1, 11)) == (1, 5.5, 10)
    assert of_days(*range(FEWEST_DAYS - 1), math.nan) is None


def test_many_errors_of_few_days_tell_nothing() -> None:
    errors = np.arange(5.0 * FEWEST_DAYS).reshape(FEWEST_DAYS, 5)
    errors[0, 1:] = math.nan
    assert error_quantiles(errors) is not None
    assert error_quantiles(errors[1:]) is None


def test_the_fading_of_errors_is_found() -> None:
    noise = np.random.default_rng(3).normal(size=5_000)
    errors = np.zeros(5_000)
    for index in range(1, 5_000):
        errors[index] = 0.6 * errors[index - 1] + noise[index]
    errors[::37] = math.nan
    errors[-1] = 10.0
    found = fitted(errors)
    assert found.phi == pytest.approx(0.6, abs=0.03)
    assert found.correction(2) == (2, pytest.approx(10 * found.phi**2))
    assert found.correction(40) == (0, 0.0)


def test_an_error_of_long_ago_corrects_nothing() -> None:
    errors = np.tile([1.0, 1.0, 0.0, 1.0], 30)
    assert fitted(errors).correction(1)[1] > 0
    one_unknown = np.append(errors, math.nan)
    assert fitted(one_unknown).correction(1)[0] == 2
    assert fitted(np.append(errors, [math.nan] * 4)).correction(1) == (0, 0.0)
    assert fitted(errors[:20]).correction(1) == (0, 0.0)
