"""How far forecasts of measured homes are from what came: the numbers that the product promises."""

from collections.abc import Callable
from datetime import UTC
import json
from pathlib import Path

import pytest

from benchmarks.figures import Figure
from benchmarks.forecast import bidding
from benchmarks.forecast.__main__ import main
from benchmarks.forecast.homes import CITYLEARN, ausgrid, citylearn
from benchmarks.forecast.measuring import LOAD_KWH, PV_KWH, SOON_KWH, day, early, others, season, soon, year
from localvpp.forecast import looks_like_sun

DAYS = 90


def by_name(figures: list[Figure]) -> dict[str, Figure]:
    missed = [f"{figure.name}: {figure.value} {figure.unit}, {figure.target}" for figure in figures if not met(figure)]
    assert not missed
    return {figure.name: figure for figure in figures}


def met(figure: Figure) -> bool:
    return figure.is_met is not False


def test_a_day_ahead_on_the_last_90_days_of_a_home_in_sydney(shared_data: Path) -> None:
    figures = by_name(day(shared_data, DAYS))
    load, pv = figures["load, error a day ahead"], figures["pv, error a day ahead"]
    assert (load.at_most, pv.at_most, LOAD_KWH, PV_KWH) == (0.170, 0.080, 0.170, 0.080)
    # The same figure as the facts' says that days and unit are theirs.
    assert load.beside["seasonal naive"] == pytest.approx(0.2308, abs=0.001)
    assert load.value < 0.75 * load.beside["seasonal naive"]
    assert pv.value < 0.80 * pv.beside["seasonal naive"]
    for name in ("load, a day ahead, between p10 and p90", "pv, a day ahead, between p10 and p90"):
        assert (figures[name].at_least, figures[name].at_most) == (0.75, 0.85)


def test_roofs_are_told_from_homes_in_every_month(shared_data: Path) -> None:
    homes = [ausgrid(shared_data), *(citylearn(shared_data, name) for name in CITYLEARN)]
    for home in homes:
        for day_number in range(30, 360, 15):
            at = home.load.begin + day_number * 86_400
            assert looks_like_sun(home.pv, at, UTC), (home.name, day_number)
            assert not looks_like_sun(home.load, at, UTC), (home.name, day_number)


def test_the_bright_season_is_foretold_as_well_as_its_figure_asks(shared_data: Path) -> None:
    error, covered = season(shared_data, DAYS)
    # The naive forecasts' errors of these very days say that they are the days of which the figure was set.
    assert (error.at_most, round(error.beside["seasonal naive"], 4)) == (0.080, 0.1089)
    assert round(error.beside["the day before"], 4) == 0.0941
    assert error.is_met
    assert (covered.at_least, covered.at_most) == (0.75, 0.85)
    # A little too wide, and told as missed (docs/forecast.md): never too narrow.
    assert 0.80 <= covered.value <= 0.87


def test_all_days_of_a_year_lie_in_their_intervals_as_often_as_these_say(shared_data: Path) -> None:
    figures = by_name(year(shared_data, DAYS))
    assert list(figures) == [f"{kind} of the year, a day ahead, between p10 and p90" for kind in ("load", "pv")]


def test_twelve_days_are_enough_for_intervals_that_are_as_wide_as_they_say(shared_data: Path) -> None:
    (figure,) = early(shared_data, DAYS)
    assert figure.is_met
    # Some slots of dusk have no errors of nine days nearby; they are few.
    assert figure.beside["slots of unknown certainty"] < 10


def test_every_benchmark_runs_at_its_tiny_size(shared_data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["season", "year", "early", "minutes", "--tiny", "--json", "--data", str(shared_data)]) == 0
    told = json.loads(capsys.readouterr().out)["figures"]
    assert [len(told[name]) for name in ("season", "year", "early", "minutes")] == [2, 2, 1, 1]
    assert told["minutes"][0]["value"] > 0


@pytest.mark.slow
def test_two_slots_ahead(shared_data: Path) -> None:
    figures = by_name(soon(shared_data, DAYS))
    load = figures["load, error two slots ahead"]
    assert (load.at_most, SOON_KWH) == (0.157, 0.157)
    assert load.value < 0.85 * load.beside["what was stays"]
    assert (
        figures["pv, error two slots ahead"].value
        < 0.65 * figures["pv, error two slots ahead"].beside["what was stays"]
    )


def test_other_homes_are_foretold_as_well_and_their_sum_is_better(shared_data: Path) -> None:
    figures = by_name(others(shared_data, DAYS))
    assert figures["load of five other homes, error"].beside["worst home"] < 0.85
    assert figures["pv of five other homes, error"].beside["worst home"] < 0.85
    for kind in ("load", "pv"):
        assert 0.75 <= figures[f"{kind} of five other homes, covered"].value <= 0.85
    together = figures["load of the five together, error"]
    assert together.value < 0.7 * together.beside["of a home alone"]


@pytest.mark.slow
def test_bidding_with_the_batterys_worth_is_not_worse_than_the_true_limit_over_a_month(
    shared_data: Path, record_property: Callable[[str, object], None]
) -> None:
    figures = list(by_name(bidding.run(shared_data, DAYS)).values())
    assert len(figures) == len(bidding.NEIGHBOURS)
    for figure in figures:
        record_property(figure.name, f"{figure.value:,.2f} yen; {dict(figure.beside)}")
        assert figure.at_most == figure.beside["true-limit"] < figure.beside["no-market"]
