"""A year of plans, at a small size to see that all of it runs; and plans of measured homes."""

from pathlib import Path

from benchmarks.plan.__main__ import BENCHMARKS, TINY
from benchmarks.plan.error import run_error


def test_everything_is_measured_once() -> None:
    figures = [figure for name in ("year", "files") for figure in BENCHMARKS[name](**TINY[name])]
    assert len(figures) == 7
    assert all(figure.value > 0 for figure in figures)


def test_a_building_is_foretold_better_than_its_homes(shared_data: Path) -> None:
    figures = {figure.name: figure.value for figure in run_error(shared_data, 3)}
    for when in ("at noon of the day before", "an hour before each slot"):
        home, building = (figures[f"{who}, planned {when}: imbalance"] for who in ("each home", "the building"))
        assert 0 < building < home
