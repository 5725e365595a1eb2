"""The forecast as a whole: it reads nothing of later, knows what it does not know, and finds what repeats itself."""

from datetime import UTC
from itertools import pairwise
import math
from zoneinfo import ZoneInfo

from hypothesis import given, settings, strategies as st
import numpy as np
import pytest

from localvpp.forecast import (
    Blend,
    ClearSkyRatio,
    Forecast,
    ForecastError,
    History,
    Kind,
    Method,
    Reason,
    SeasonalNaive,
    WeightedMedian,
    forecast,
)

from .homes import DAY, HALF_HOUR, MONDAY, changed, regular, sunny

METHODS: list[tuple[Kind, Method]] = [
    (Kind.LOAD, Blend()),
    (Kind.LOAD, WeightedMedian()),
    (Kind.LOAD, SeasonalNaive()),
    (Kind.PV, ClearSkyRatio()),
]
_LOAD, _SUN = regular(70, noise=40), sunny(70)


def of(kind: Kind) -> History:
    return _LOAD if kind is Kind.LOAD else _SUN


@given(
    method=st.sampled_from(METHODS),
    at=st.integers(60 * DAY, 68 * DAY),
    later=st.dictionaries(st.integers(0, 300), st.none() | st.floats(0, 1e6), min_size=1, max_size=20),
    slots=st.integers(1, 120),
)
@settings(max_examples=60, deadline=None)
def test_nothing_that_ends_later_changes_anything(
    method: tuple[Kind, Method], at: int, later: dict[int, float | None], slots: int
) -> None:
    kind, how = method
    history, time = of(kind), MONDAY + at
    first = at // HALF_HOUR
    other = changed(history, {first + i: value for i, value in later.items() if first + i < len(history.wh)})
    told = forecast(history, time, slots, kind, UTC, method=how)
    assert forecast(other, time, slots, kind, UTC, method=how) == told
    assert forecast(history.until(time), time, slots, kind, UTC, method=how) == told


@given(st.sampled_from(METHODS), st.integers(1, 48))
@settings(max_examples=20, deadline=None)
def test_what_was_known_last_does_change_something(method: tuple[Kind, Method], slots: int) -> None:
    kind, how = method
    history = of(kind)
    at = MONDAY + 65 * DAY + DAY // 2
    before = changed(history, {65 * 48 + 23 - back: 5_000.0 for back in range(48 * 8)})
    assert forecast(before, at, slots, kind, UTC, method=how) != forecast(history, at, slots, kind, UTC, method=how)


@given(
    st.lists(st.none() | st.floats(0, 1e6), max_size=48 * 6),
    st.integers(0, 8 * DAY),
    st.sampled_from(METHODS),
    st.sampled_from(["UTC", "Asia/Tokyo", "Europe/Berlin", "Australia/Adelaide"]),
)
@settings(max_examples=80, deadline=None)
def test_whatever_is_known_the_answer_is_whole(
    values: list[float | None], at: int, method: tuple[Kind, Method], zone: str
) -> None:
    kind, how = method
    told = forecast(History.of(MONDAY, HALF_HOUR, values), MONDAY + at, 60, kind, ZoneInfo(zone), method=how)
    assert len(told.slots) == 60
    assert all(after.begin - before.begin == HALF_HOUR for before, after in pairwise(told.slots))
    assert MONDAY + at <= told.slots[0].begin < MONDAY + at + HALF_HOUR
    for slot in told.slots:
        assert (slot.reason is None) == (slot.quantiles is not None)
        if slot.quantiles is not None:
            assert list(slot.quantiles) == sorted(slot.quantiles)
            assert all(0 <= value < math.inf for value in slot.quantiles)
        if slot.point is None:
            assert slot.reason is Reason.TOO_FEW_DAYS
        else:
            assert 0 <= slot.point < math.inf


@pytest.mark.parametrize("slot_seconds", [300, 900, 1_800, 3_600])
def test_a_home_that_does_the_same_every_day_is_foretold_exactly(slot_seconds: int) -> None:
    history = regular(65, slot_seconds=slot_seconds)
    at = MONDAY + 64 * DAY
    width = DAY // slot_seconds
    told = forecast(history, at, width, Kind.LOAD, UTC, method=WeightedMedian())
    assert points(told) == pytest.approx(history.wh[-width:].tolist(), abs=0.001)
    assert quantiles(told)[:, 0] == pytest.approx(history.wh[-width:], abs=0.001)


def test_the_unknown_is_left_out_and_not_taken_for_nothing() -> None:
    history = regular(64)
    holes = {index: None for day in range(36, 64, 2) for index in range(day * 48, day * 48 + 48)}
    at = MONDAY + 64 * DAY
    whole = forecast(history, at, 48, Kind.LOAD, UTC, method=WeightedMedian())
    holed = forecast(changed(history, holes), at, 48, Kind.LOAD, UTC, method=WeightedMedian())
    assert points(holed) == pytest.approx(points(whole), abs=0.001)
    assert holed.used.unknown == 14 * 48
    assert holed.used.known + holed.used.unknown == whole.used.known


def test_two_days_tell_nothing_and_say_so() -> None:
    told = forecast(regular(2), MONDAY + 2 * DAY, 48, Kind.LOAD, UTC)
    assert {(slot.point, slot.quantiles, slot.reason) for slot in told.slots} == {(None, None, Reason.TOO_FEW_DAYS)}
    assert told.used.known == 96


def test_three_days_tell_a_value_and_nobody_knows_how_good_it_is() -> None:
    told = forecast(regular(3), MONDAY + 3 * DAY, 48, Kind.LOAD, UTC)
    assert all(slot.point is not None and slot.quantiles is None for slot in told.slots)
    assert {slot.reason for slot in told.slots} == {Reason.TOO_FEW_ERRORS}


@pytest.mark.parametrize(("days", "reasons"), [(11, {Reason.TOO_FEW_ERRORS}), (12, {None})])
def test_how_good_it_is_is_known_after_nine_days_of_errors(days: int, reasons: set[Reason | None]) -> None:
    """Three days tell a value of the fourth: its error is the first one."""
    told = forecast(sunny(days), MONDAY + days * DAY, 48, Kind.PV, UTC)
    assert {slot.reason for slot in told.slots} == reasons


def test_a_roof_that_gives_again_after_weeks_without_is_foretold_within_what_it_can() -> None:
    """Snow, or a broken inverter: on the first day with sun nothing tells what a clear sky would give."""
    history = sunny(70)
    dark = changed(history, dict.fromkeys(range(20 * 48, 60 * 48), 0.0))
    for hours in (12, 24, 36, 72, 7 * 24):
        told = forecast(dark, MONDAY + 60 * DAY + hours * 3_600, 48, Kind.PV, UTC)
        assert max(points(told)) <= history.wh.max()
        assert {slot.reason for slot in told.slots} == {Reason.TOO_FEW_ERRORS}, "that it was dark was certain"
    told = forecast(dark, MONDAY + 70 * DAY, 48, Kind.PV, UTC)
    assert {slot.reason for slot in told.slots} == {None}
    assert quantiles(told)[:, 2].max() <= 2 * history.wh.max()


def test_of_a_roof_that_has_given_nothing_for_weeks_nobody_knows_how_certain_that_is() -> None:
    dark = History(MONDAY, HALF_HOUR, np.zeros(64 * 48))
    told = forecast(dark, MONDAY + 64 * DAY, 48, Kind.PV, UTC)
    assert {(slot.point, slot.quantiles, slot.reason) for slot in told.slots} == {(0, None, Reason.TOO_FEW_ERRORS)}


def test_what_a_forecast_rests_on_begins_with_a_local_day() -> None:
    begins = {
        zone: forecast(regular(99), MONDAY + 98 * DAY, 1, Kind.LOAD, ZoneInfo(zone)).used.begin
        for zone in ("UTC", "Asia/Tokyo", "America/New_York")
    }
    assert {zone: begin % DAY // 3_600 for zone, begin in begins.items()} == {
        "UTC": 0,
        "Asia/Tokyo": 15,
        "America/New_York": 5,
    }


def test_an_interval_out_of_little_history_covers_no_less_than_it_says() -> None:
    """The clouds of a day are those of all its slots, so many errors of few days would promise too much."""
    history = sunny(120)
    inside = []
    for day in range(12, 120):
        few = History(MONDAY + (day - 12) * DAY, HALF_HOUR, history.wh[(day - 12) * 48 : day * 48])
        low, _, high = quantiles(forecast(few, MONDAY + day * DAY, 48, Kind.PV, UTC)).T
        true = history.wh[day * 48 : day * 48 + 48]
        inside.append(((low <= true) & (true <= high))[true > 0])
    assert np.concatenate(inside).mean() >= 0.8


def test_the_interval_covers_what_it_says() -> None:
    history = regular(100, noise=40)
    inside = []
    for day in range(60, 100):
        low, _, high = quantiles(forecast(history, MONDAY + day * DAY, 48, Kind.LOAD, UTC)).T
        true = history.wh[day * 48 : day * 48 + 48]
        inside.append((low <= true) & (true <= high))
    assert 0.75 <= np.mean(inside) <= 0.85


def test_somebody_who_is_at_home_today_is_so_for_a_while() -> None:
    history = regular(64, noise=10)
    wh = np.array(history.wh)
    spells = np.random.default_rng(4).integers(0, len(wh), 60)
    for begin in spells:  # Three hours of a guest, now and then.
        wh[begin : begin + 6] += 300
    at = MONDAY + 63 * DAY + DAY // 2
    now = (at - MONDAY) // HALF_HOUR
    wh[now - 4 : now] = history.wh[now - 4 : now]
    calm = forecast(History(MONDAY, HALF_HOUR, wh), at, 12, Kind.LOAD, UTC)
    wh[now - 4 : now] += 300
    busy = forecast(History(MONDAY, HALF_HOUR, wh), at, 12, Kind.LOAD, UTC)
    more = np.array(points(busy)) - np.array(points(calm))
    assert busy.used.phi > 0.5
    assert more[0] > 150
    assert (np.diff(more) < 1).all()


def test_at_night_the_sun_gives_nothing_and_that_is_certain() -> None:
    told = forecast(sunny(64), MONDAY + 64 * DAY, 48, Kind.PV, UTC)
    night = [slot for slot in told.slots if not 6 <= slot.begin % DAY / 3_600 <= 18]
    assert night
    assert all(slot.point == 0 and slot.quantiles == (0, 0, 0) for slot in night)


def test_a_cloud_at_noon_makes_no_light_and_no_dark_after_sunset() -> None:
    history = sunny(64, clouds=False)
    at = MONDAY + 63 * DAY + 17 * 3_600
    for share in (0.1, 1.6):
        wh = np.array(history.wh)
        wh[(at - MONDAY) // HALF_HOUR - 4 : (at - MONDAY) // HALF_HOUR] *= share
        told = forecast(History(MONDAY, HALF_HOUR, wh), at, 12, Kind.PV, UTC)
        assert points(told)[4:] == [0] * 8


def test_the_wall_clock_counts_on_the_day_after_the_clocks_change() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    begin = 1_787_954_400  # 2026-08-29 00:00 in Berlin.
    slots = 48 * 57 + 2  # One day has 25 h.
    times = [begin + index * HALF_HOUR for index in range(slots)]
    hours = [(time + (7_200 if time < 1_792_890_000 else 3_600)) % DAY // 3_600 for time in times]
    history = History.of(begin, HALF_HOUR, [900.0 if hour == 7 else 100.0 for hour in hours])
    told = forecast(history, times[-1] + HALF_HOUR, 48, Kind.LOAD, berlin, method=WeightedMedian())
    assert [index for index, value in enumerate(points(told)) if value == 900] == [14, 15]


def test_further_days_rest_on_errors_from_as_far_away() -> None:
    """A home that drifts is worse foretold a week ahead, and says so."""
    drift = np.repeat(np.cumsum(np.random.default_rng(5).normal(0, 15, 100)), 48) + 500
    told = forecast(History(MONDAY, HALF_HOUR, drift), MONDAY + 100 * DAY, 7 * 48, Kind.LOAD, UTC)
    spread = quantiles(told)[:, 2] - quantiles(told)[:, 0]
    assert spread[6 * 48 :].mean() > 1.2 * spread[24:48].mean()


@pytest.mark.parametrize("slots", [0, -1, 7 * 48 + 1])
def test_a_number_of_slots_out_of_reach_is_refused(slots: int) -> None:
    with pytest.raises(ForecastError) as refused:
        forecast(regular(3), MONDAY, slots, Kind.LOAD, UTC)
    assert (refused.value.field, refused.value.value) == ("slots", slots)


@pytest.mark.parametrize("at", [-1, 0, 10**12])
def test_a_time_of_no_calendar_is_refused(at: int) -> None:
    with pytest.raises(ForecastError, match="at "):
        forecast(regular(3), at, 1, Kind.LOAD, UTC)


def points(told: Forecast) -> list[float]:
    found = [slot.point for slot in told.slots if slot.point is not None]
    assert len(found) == len(told.slots)
    return found


def quantiles(told: Forecast) -> np.ndarray:
    return np.array([slot.quantiles for slot in told.slots])
