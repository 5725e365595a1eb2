"""The benchmarks of the market run, and tell figures that fit together. How fast they are is not a test's business."""

import json
from pathlib import Path

import pytest

from benchmarks.figures import Figure
from benchmarks.market import against
from benchmarks.market.__main__ import BENCHMARKS, TINY, main, measure
from benchmarks.market.against import compared, drawn
from localvpp.market import Objective, clear

from ..needed import lacks


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
        assert figure.beside["ms by the clock, the quickest"] <= figure.beside["ms by the clock, the slowest"]
    assert large.beside["trades"] > small.beside["trades"]
    assert energy.value > 0


def test_books_over_lines() -> None:
    (figure,) = measured("lines")
    assert figure.at_most == 100
    assert figure.beside["lines"] == 2 + 2 * 3 + 2 * 3 * 2
    assert figure.beside["trades"] > 0


def test_books_of_orders_as_objects() -> None:
    free, lines, *energy, more_lines = measured("book")
    for figure in (free, lines, *energy, more_lines):
        assert figure.value > 0
        assert figure.beside["trades"] > 0
        assert figure.beside["times as long to check as to clear"] == pytest.approx(
            figure.beside["ms to check"] / figure.value
        )
    assert (free.beside["lines"], lines.beside["lines"]) == (0, 2 + 2 * 3 + 2 * 3 * 2)
    assert [figure.beside["lines"] for figure in energy] == [2 + 2 * 3] * 2


def test_a_year() -> None:
    (year,) = measured("year")
    assert year.at_most == 5
    assert year.beside["ms for a slot"] == pytest.approx(year.value * 1000 / 20)


def test_no_engine_of_others_has_more_energy_or_gain() -> None:
    figures = measured("against")
    if absent := [figure.name for figure in figures if "not compared" in figure.name]:
        lacks("; ".join(absent))
    assert {figure.name.split(",")[0] for figure in figures} == {
        "gsy-framework pay as bid",
        "gsy-framework pay as clear",
        "pymarket p2p",
        "pymarket muda",
        "pymarket huang",
    }
    better = [figure for figure in figures if figure.name.endswith("where we have less energy or gain")]
    assert len(better) == 2 * 5
    for figure in better:
        assert figure.beside["books compared"] > 0, figure
        assert (figure.value, figure.at_most, figure.is_met) == (0, 0, True), figure


def test_an_engine_with_more_energy_or_gain_is_a_target_missed() -> None:
    books = [drawn(10, seed) for seed in range(3)]
    most = {objective: [clear(book, objective) for book in books] for objective in (Objective.ENERGY, Objective.GAIN)}
    told = [
        {"energy_wh": energy.energy_wh, "gain": gain.gain}
        for energy, gain in zip(most[Objective.ENERGY], most[Objective.GAIN], strict=True)
    ]

    def less(books_told: list[dict[str, int] | None]) -> Figure:
        return compared("{}", {"theirs": {"seconds": 1.0, "books": books_told}}, books)[1]

    assert less([*told]).is_met is True
    for more in ("energy_wh", "gain"):
        figure = less([told[0], {**told[1], more: told[1][more] + 1}, told[2]])
        assert (figure.value, figure.is_met) == (1, False)
    # A book at which they failed is not one that was compared.
    assert less([None, *told[1:]]).beside["books compared"] == 2


def test_an_engine_that_is_not_there_is_a_target_missed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(against, "_ROOT", tmp_path)
    figures = measured("against")
    assert [(figure.name, figure.is_met) for figure in figures] == [
        (f"{peer}, not compared: run scripts/interop", False) for peer in ("gsy-framework", "pymarket")
    ]


def test_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["year", "--tiny", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert list(told["figures"]) == ["year"]
    assert TINY.keys() == BENCHMARKS.keys()
