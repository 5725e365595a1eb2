"""A year of plans is checked within seconds; at a small size here, to see that all of it runs."""

from benchmarks.plan.__main__ import BENCHMARKS, TINY


def test_everything_is_measured_once() -> None:
    figures = [figure for name, run in BENCHMARKS.items() for figure in run(**TINY[name])]
    assert len(figures) == 7
    assert all(figure.value > 0 for figure in figures)
