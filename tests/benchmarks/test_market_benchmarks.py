"""The benchmarks of the market run, and tell figures that fit together. How fast they are is not a test's business."""

import json

import pytest

from benchmarks.figures import Figure
from benchmarks.market.__main__ import BENCHMARKS, TINY, main, measure


def measured(name: str) -> list[Figure]:
    figures = measure(name, TINY[name])
    for figure in figures:
        assert all(value >= 0 for value in figure.beside.values()), figure
        json.dumps(figure.plain(), allow_nan=False)
    return figures


def test_books_without_lines() -> None:
    small, large, energy = measured("free")
    for figure in (small, large):
        parts = [figure.beside[f"ms to {part}"] for part in ("put in order", "clear", "pair and price", "check")]
        assert figure.value == pytest.approx(sum(parts))
    assert large.beside["trades"] > small.beside["trades"]
    assert energy.value > 0


def test_books_over_lines() -> None:
    (figure,) = measured("lines")
    assert figure.at_most == 100
    assert figure.beside["lines"] == 2 + 2 * 3 + 2 * 3 * 2
    assert figure.beside["trades"] > 0


def test_a_year() -> None:
    (year,) = measured("year")
    assert year.at_most == 5
    assert year.beside["ms for a slot"] == pytest.approx(year.value * 1000 / 20)


def test_engines_of_others() -> None:
    for figure in measured("against"):
        assert figure.beside.get("books where we have less energy or gain", 0) == 0


def test_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["year", "--tiny", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert list(told["figures"]) == ["year"]
    assert TINY.keys() == BENCHMARKS.keys()
