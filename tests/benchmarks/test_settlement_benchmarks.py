"""The benchmarks of settlement run, and tell figures that fit together. How fast they are is not tested."""

import json

from benchmarks.settlement.__main__ import BENCHMARKS, TINY, measure
from benchmarks.settlement.made_up import KEYS
from localvpp.paper import Language, find_font

from ..needed import lacks, module


def test_a_month_by_every_key() -> None:
    figures = measure("month", TINY["month"])
    assert [figure.name.split(":")[0] for figure in figures] == list(KEYS)
    for figure in figures:
        json.dumps(figure.plain(), allow_nan=False)
        assert figure.beside["s settling"] + figure.beside["s statements"] <= figure.value
        assert figure.beside["slots"] == 1488
        assert figure.at_most == 2


def test_a_statement_as_pdf_in_each_language() -> None:
    module("fpdf", "pdf")
    if find_font() is None:
        lacks("no font with Japanese is installed: scripts/browser")
    figures = measure("paper", TINY["paper"])
    assert [figure.name for figure in figures] == [f"a flat's statement as PDF, {each}" for each in Language]
    for figure in figures:
        assert figure.value > 0
        assert figure.beside["bytes"] > 10_000


def test_each_has_a_tiny_size() -> None:
    assert TINY.keys() == BENCHMARKS.keys()
