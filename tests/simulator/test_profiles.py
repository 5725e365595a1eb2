"""Profiles: energy is kept, both public sets are read, and a bad file says where and why."""

# ruff: noqa: DTZ001 - profiles run on a home's own clock, which has no zone

from datetime import datetime
from pathlib import Path

from hypothesis import given, settings, strategies as st
import pytest

from simulator import SimulatorError
from simulator.profiles import Home, Series, generate, interpolate, load, mean_between, sunniest_day

from ..needed import module as needed

AT_LEISURE = settings(deadline=None)
"""A busy machine may take its time over an example."""

means = st.lists(st.integers(0, 5_000_000), min_size=2, max_size=12)


@AT_LEISURE
@given(means, st.integers(0, 11))
def test_interpolation_keeps_the_mean_of_every_interval_and_never_dips_below_zero(
    values: list[int], which: int
) -> None:
    interval = which % len(values)
    powers = [interpolate(values, 60, interval * 60 + second + 0.5) for second in range(60)]
    assert min(powers) >= 0
    assert sum(powers) / 60 == pytest.approx(values[interval], abs=1e-6)


@AT_LEISURE
@given(means)
def test_interpolation_does_not_jump_between_intervals(values: list[int]) -> None:
    for boundary in range(len(values)):
        at = boundary * 60
        assert interpolate(values, 60, at + 60 * len(values) - 1e-7) == pytest.approx(
            interpolate(values, 60, at), abs=1
        )


def a_series(load_mw: tuple[int, ...]) -> Series:
    return Series(
        name="test",
        start=datetime(2026, 1, 1),
        interval_s=1800,
        load_mw=load_mw,
        pv_uw_per_wp=(500_000,) * len(load_mw),
    )


@AT_LEISURE
@given(st.lists(st.integers(0, 4_000_000), min_size=2, max_size=4), st.integers(0, 1 << 31))
def test_appliances_that_switch_keep_the_energy_of_their_interval(load_mw: list[int], seed: int) -> None:
    home = Home(series=a_series(tuple(load_mw)), seed=seed, scale_permille=1000, pv_wp=0)
    energy = sum(home.demand_mw(second + 0.5) for second in range(1800))
    # Each second is cut to whole milliwatts.
    assert load_mw[0] * 1800 - 1800 <= energy <= load_mw[0] * 1800 + 1


def test_a_profile_is_the_same_whenever_it_is_asked() -> None:
    home = Home(series=a_series((300_000, 900_000, 100_000)), seed=5, scale_permille=1100, pv_wp=3000)
    forward = [home.demand_mw(second + 0.5) for second in range(0, 5400, 7)]
    again = Home(series=a_series((300_000, 900_000, 100_000)), seed=5, scale_permille=1100, pv_wp=3000)
    backward = [again.demand_mw(second + 0.5) for second in reversed(range(0, 5400, 7))]
    assert forward == backward[::-1]
    assert home.pv_mw(900) == 1_500_000


def test_the_calendar_places_a_series_whatever_its_year() -> None:
    series = Series(name="t", start=datetime(2011, 7, 1), interval_s=1800, load_mw=(1,), pv_uw_per_wp=(1,))
    assert series.second_of(datetime(2026, 7, 1, 11)) == 11 * 3600
    assert series.second_of(datetime(2026, 6, 30, 23)) == 364 * 86_400 + 23 * 3600


def test_the_sunniest_day_is_found_in_the_middle_of_a_series_that_starts_late_in_a_day() -> None:
    sun = [0] * 24 * 5
    sun[2 + 24 + 11] = 900_000
    sun[2 + 48 + 11 : 2 + 48 + 13] = [500_000, 500_000]
    load_mw = (0,) * len(sun)
    late = Series(name="t", start=datetime(2024, 1, 9, 22), interval_s=3600, load_mw=load_mw, pv_uw_per_wp=tuple(sun))
    assert sunniest_day([late]) == datetime(2024, 1, 12)
    dull = Series(name="d", start=datetime(2011, 1, 1), interval_s=3600, load_mw=load_mw, pv_uw_per_wp=(0,) * len(sun))
    assert sunniest_day([late, dull]) == datetime(2024, 1, 12)
    assert sunniest_day([dull]) == datetime(2011, 1, 1)


def test_in_the_ausgrid_home_the_sunniest_day_is_in_the_southern_summer(shared_data: Path) -> None:
    assert sunniest_day([load(shared_data / "ausgrid_customer_12_2011-2012.csv")]).month in {11, 12, 1, 2}


def test_the_ausgrid_home_is_read(shared_data: Path) -> None:
    series = load(shared_data / "ausgrid_customer_12_2011-2012.csv")
    assert (series.start, series.interval_s, len(series.load_mw)) == (datetime(2011, 7, 1), 1800, 17_568)
    assert series.load_mw[:2] == (784_000, 1_156_000)
    assert max(series.pv_uw_per_wp) == 1_000_000


@pytest.mark.parametrize("number", range(1, 6))
def test_the_citylearn_homes_are_read(shared_data: Path, number: int) -> None:
    series = load(shared_data / "citylearn_2022" / f"home_{number}.csv")
    assert (series.interval_s, len(series.load_mw)) == (3600, 8760)
    assert (series.start.month, series.start.day, series.start.hour) == (7, 31, 23)
    assert max(series.pv_uw_per_wp) < 1_000_000


AUSGRID = ",GC,GG\n2011-07-01 00:00:00,0.392,0.0\n2011-07-01 00:30:00,0.578,0.0\n"
CITYLEARN = "month,hour,day_type,load_kwh,solar_w_per_kw\n7,24,7,2.2,0\n8,1,1,0.8,0\n8,2,1,0.9,0\n"


@pytest.mark.parametrize("text", [AUSGRID, CITYLEARN])
def test_a_small_file_of_each_set_is_read(tmp_path: Path, text: str) -> None:
    path = tmp_path / "home.csv"
    path.write_text(text)
    assert load(path).load_mw[0] in {784_000, 2_200_000}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (AUSGRID.replace("GC,GG", "GC,PV"), ["line 1", "GC,PV", "GC,GG", "solar_w_per_kw"]),
        ("", ["line 1", "header"]),
        (AUSGRID.replace("0.578", "much"), ["line 3", "column GC", "'much'", "number of kWh"]),
        (AUSGRID.replace("0.578", "-1"), ["line 3", "column GC", "'-1'", "zero or more"]),
        (AUSGRID.replace("0.578", "nan"), ["line 3", "column GC", "'nan'"]),
        (AUSGRID.replace("0.578", ""), ["line 3", "column GC", "''", "number of kWh"]),
        (AUSGRID.replace("0.578,0.0", "0.578"), ["line 3", "2 columns", "expected 3"]),
        (AUSGRID.replace("00:30", "00:40"), ["line 3", "column time", "00:40", "half an hour after"]),
        (AUSGRID.replace("2011-07-01 00:30:00", "yesterday"), ["line 3", "column time", "'yesterday'", "local time"]),
        (AUSGRID.rsplit("2011", 1)[0], ["1 lines of data"]),
        (CITYLEARN.replace("8,2,", "8,4,"), ["line 4", "column hour", "'4'", "2, the hour after"]),
        (CITYLEARN.replace("8,1,", "13,1,"), ["line 3", "column month", "'13'", "1 to 12"]),
        (CITYLEARN.replace("2.2,0", "2.2,x"), ["line 2", "column solar_w_per_kw", "'x'"]),
        (CITYLEARN.replace("1,0.8", "9,0.8"), ["line 3", "column day_type", "'9'", "1 to 8"]),
        (CITYLEARN.replace("7,24", "8,24"), ["month never changes"]),
    ],
)
def test_a_bad_file_is_refused_with_the_place_the_value_and_what_is_expected(
    tmp_path: Path, text: str, told: list[str]
) -> None:
    path = tmp_path / "home.csv"
    path.write_text(text)
    with pytest.raises(SimulatorError) as raised:
        load(path)
    for part in [str(path), *told]:
        assert part in str(raised.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SimulatorError, match=r"none\.csv: No such file"):
        load(tmp_path / "none.csv")


@pytest.mark.slow
def test_the_standard_profile_is_a_year_of_a_household() -> None:
    needed("demandlib", "simulator")
    series = generate(2026)
    assert len(series.load_mw) == 365 * 96
    assert sum(series.load_mw) / 4 / 1e6 == pytest.approx(4000, rel=1e-6)
    assert "demandlib" in series.name
    noon, midnight = (int(series.second_of(datetime(2026, 7, 15, hour)) // 900) for hour in (12, 0))
    assert 700_000 < series.pv_uw_per_wp[noon] < 850_000
    assert series.pv_uw_per_wp[midnight] == 0


def test_without_the_library_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "demandlib.bdew", None)
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(SimulatorError, match=r"install local-vpp\[simulator\], or give --profiles"):
        generate(2026)


@AT_LEISURE
@given(means, st.integers(0, 11), st.integers(1, 11))
def test_the_mean_over_whole_intervals_is_that_of_the_curve(values: list[int], first: int, count: int) -> None:
    begin, end = first * 60, (first + count) * 60
    powers = [interpolate(values, 60, second + 0.5) for second in range(begin, end)]
    assert mean_between(values, 60, begin, end) == pytest.approx(sum(powers) / len(powers), abs=1e-6)


def test_of_an_interval_that_is_cut_its_mean_counts() -> None:
    assert mean_between((600, 1200), 60, 30, 90) == 900
    assert mean_between((600, 1200), 60, -30, 30) == 900
