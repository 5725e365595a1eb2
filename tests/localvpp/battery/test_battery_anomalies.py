"""Each anomaly appears with its reason, stays while nothing is sure, and heals once."""

from typing import Any

import pytest

from localvpp.battery import AnomalyKind, read_trace, shown, write_trace

from .life import Life

LEVELS: list[tuple[AnomalyKind, int, dict[str, Any], dict[str, Any], dict[str, Any], str]] = [
    (
        AnomalyKind.CELL_SPREAD,
        300,
        {"cell_min_v": 3.0, "cell_max_v": 3.301},
        {"cell_min_v": 3.0, "cell_max_v": 3.25},
        {"cell_min_v": 3.2, "cell_max_v": 3.3},
        "its cells are 301 mV apart (3000 to 3301 mV): up to 300 mV is sound",
    ),
    (
        AnomalyKind.CELL_TEMPERATURE_SPREAD,
        300,
        {"cell_min_c": 20.0, "cell_max_c": 36.5},
        {"cell_min_c": 20.0, "cell_max_c": 32.0},
        {"cell_min_c": 20.0, "cell_max_c": 25.0},
        "its cells are 16.5 °C apart (20.0 to 36.5 °C): up to 15.0 °C is sound",
    ),
    (
        AnomalyKind.TEMPERATURE_HIGH,
        60,
        {"temperature_c": 30.0, "cell_max_c": 56.0},
        {"temperature_c": 30.0, "cell_max_c": 52.0},
        {"temperature_c": 30.0, "cell_max_c": 40.0},
        "it has 56.0 °C: 55.0 °C is too hot",
    ),
    (
        AnomalyKind.TEMPERATURE_LOW,
        60,
        {"temperature_c": -12.5},
        {"temperature_c": -7.0},
        {"temperature_c": 3.0},
        "it has -12.5 °C: -10.0 °C is too cold",
    ),
]


@pytest.mark.parametrize(("kind", "hold_s", "bad", "between", "good", "reason"), LEVELS)
def test_a_value_beyond_its_limit_is_told_once_and_heals_once(
    kind: AnomalyKind,
    hold_s: int,
    bad: dict[str, Any],
    between: dict[str, Any],
    good: dict[str, Any],
    reason: str,
) -> None:
    life = Life()
    life.second(**good)
    life.seconds(hold_s, **bad)
    assert life.said == []
    life.second()
    assert life.story == [(kind, False)]
    assert life.said[0].reason == reason
    assert life.said[0].since_ms == life.wall_ms
    life.seconds(2 * hold_s, **between)
    life.seconds(hold_s, **good)
    assert life.story == [(kind, False)]
    life.seconds(2)
    assert life.story == [(kind, False), (kind, True)]
    assert (life.said[1].since_ms, life.said[1].healed_ms) == (life.said[0].since_ms, life.wall_ms - 1000)
    assert not life.trace.watch.active


@pytest.mark.parametrize(("kind", "hold_s", "bad", "between", "good", "reason"), LEVELS)
def test_a_value_that_is_beyond_for_moments_only_is_nothing(
    kind: AnomalyKind,
    hold_s: int,
    bad: dict[str, Any],
    between: dict[str, Any],
    good: dict[str, Any],
    reason: str,
) -> None:
    life = Life()
    for _ in range(3):
        life.seconds(hold_s, **bad)
        life.second(**good)
    assert life.said == []


def test_time_without_readings_holds_nothing() -> None:
    life = Life()
    life.second(temperature_c=60.0)
    life.step(3_600_000)
    assert life.said == []
    life.seconds(60)
    assert life.story == [(AnomalyKind.TEMPERATURE_HIGH, False)]


def test_an_anomaly_outlives_a_restart_and_is_not_told_again() -> None:
    life = Life()
    life.seconds(62, temperature_c=60.0)
    trace = read_trace(write_trace(life.trace), [life.trace.day])
    again = Life(trace, at_ms=0, wall_ms=life.wall_ms)
    again.seconds(100, temperature_c=60.0)
    assert again.said == []
    again.seconds(62, temperature_c=20.0)
    assert again.story == [(AnomalyKind.TEMPERATURE_HIGH, True)]
    assert again.said[0].since_ms == life.said[0].since_ms


def test_unknown_heals_nothing() -> None:
    life = Life()
    life.seconds(62, temperature_c=60.0)
    life.seconds(500, temperature_c=None)
    assert life.story == [(AnomalyKind.TEMPERATURE_HIGH, False)]


def test_capacity_that_fades_fast_is_told_and_is_over_when_the_loss_is_old() -> None:
    life = Life()
    for health in (98.0, 97.5, 97.0, 96.0, 95.2):
        life.next_day(soh_percent=health)
        life.seconds(700)
    assert life.said == []
    life.next_day(soh_percent=95.0)
    life.seconds(700)
    assert life.story == [(AnomalyKind.CAPACITY_FADE, False)]
    assert life.said[0].reason == (
        "its state of health fell by 3.0 % within 90 days, to 95.0 %: 2 to 3 % a year are usual"
    )
    for _ in range(90):
        life.next_day()
    life.seconds(700)
    assert life.story == [(AnomalyKind.CAPACITY_FADE, False), (AnomalyKind.CAPACITY_FADE, True)]


def test_a_battery_that_fades_as_batteries_do_is_sound() -> None:
    life = Life()
    for day in range(365):
        life.next_day(soh_percent=round(100 - 3 * day / 365, 1))
        life.step(9_000)
    assert life.said == []


def test_a_state_of_charge_that_jumps_is_told_when_it_stays() -> None:
    life = Life()
    life.seconds(5, soc_percent=80.0, power_w=500.0, capacity_wh=10_000)
    life.second(soc_percent=20.0)
    life.seconds(5, soc_percent=80.0)
    assert life.said == [], "a spike of one reading is none"
    life.seconds(3, soc_percent=60.0)
    assert life.story == [(AnomalyKind.SOC_JUMP, False)]
    assert life.said[0].reason == "its state of charge jumped from 80.0 % to 60.0 %, more than its power can do"
    life.seconds(3, soc_percent=80.0)
    assert len(life.said) == 1, "one more makes it last"
    life.step(86_390_000)
    assert len(life.said) == 1
    life.step(20_000)
    assert life.story == [(AnomalyKind.SOC_JUMP, False), (AnomalyKind.SOC_JUMP, True)]


def test_a_state_of_charge_that_was_not_read_for_long_may_be_another() -> None:
    life = Life()
    life.seconds(5, soc_percent=80.0)
    life.seconds(30, soc_percent=None)
    life.seconds(5, soc_percent=20.0)
    assert life.said == []


def test_cells_told_the_wrong_way_round_are_no_spread() -> None:
    life = Life()
    life.seconds(400, cell_min_v=3.6, cell_max_v=3.1)
    assert life.said == []
    assert life.trace.day.cell_spread_mv is None


def test_numbers_are_shown_without_their_units() -> None:
    assert shown({"lost_permille": 31, "days_d": 90, "limit_mv": 300, "temperature_dc": -125}) == {
        "lost": "3.1",
        "days": "90",
        "limit": "300",
        "temperature": "-12.5",
    }
