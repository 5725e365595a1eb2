"""Periods of five minutes become the slots of a forecast, and what is unknown stays so."""

import math

from localvpp.usage import PERIOD_S, Period
from localvpp.usage_history import history_of

SLOT_S = 1800
BEGIN = 1_795_312_800 // SLOT_S * SLOT_S


def known(periods: list[Period], slot_seconds: int = SLOT_S) -> list[float | None]:
    history = history_of(periods, slot_seconds, lambda each: each.pv_j)
    assert history is not None
    return [None if math.isnan(wh) else float(wh) for wh in history.wh]


def test_a_half_hour_of_which_a_part_is_unknown_is_unknown() -> None:
    periods = [Period(BEGIN + at, None, 360_000) for at in range(0, 3 * SLOT_S, PERIOD_S)]
    del periods[8]
    assert known(periods) == [600.0, None, 600.0]
    assert known(periods[:9], PERIOD_S) == [100.0] * 8 + [None, 100.0]


def test_of_a_flat_that_gives_what_nobody_reads_the_load_is_unknown() -> None:
    joules = (360_000, -100, -360_000, 720_000)
    assert known([Period(BEGIN + i * PERIOD_S, None, each) for i, each in enumerate(joules)], PERIOD_S) == [
        100.0,
        None,
        None,
        200.0,
    ]


def test_nothing_is_known_of_nothing() -> None:
    assert history_of([Period(BEGIN, 100, None)], SLOT_S, lambda each: each.pv_j) is None
