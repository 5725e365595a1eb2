"""Efficiency over windows of equal charge, resistance from steps, days and what is shown of them."""

from dataclasses import replace

import pytest

from localvpp.battery import AnomalyKind, BatteryLife, Day, Trace, read_trace, write_trace
from localvpp.battery.cycles import LONGEST_MS
from localvpp.battery.resistance import LEAST_DAYS, LEAST_STEPS, Point, trend
from localvpp.devices import BatteryReading

from .life import Life

CAPACITY_WH = 10_000


def cycle(life: Life, *, swing: float = 50.0, efficiency: float = 0.9, step_s: int = 10) -> None:
    """Charge from where the battery is, and discharge to there again; what is lost, is lost on the way out."""
    begin = life.told["soc_percent"]
    soc_a_step = 5000 * step_s / 3600 / CAPACITY_WH * 100
    steps = round(swing / soc_a_step)
    for step in range(1, steps + 1):
        life.step(step_s * 1000, power_w=-5000.0, soc_percent=begin + step * soc_a_step)
    for step in range(1, steps + 1):
        life.step(step_s * 1000, power_w=5000.0 * efficiency, soc_percent=begin + swing - step * soc_a_step)
    life.step(step_s * 1000, power_w=0.0, soc_percent=begin)


def begun() -> Life:
    life = Life()
    life.second(power_w=0.0, soc_percent=30.0, capacity_wh=CAPACITY_WH)
    return life


def test_a_window_of_equal_charge_gives_the_efficiency() -> None:
    life = begun()
    assert life.trace.efficiency_permille is None
    cycle(life)
    shown = BatteryLife.of(life.trace)
    assert shown.windows == 1
    assert shown.efficiency_permille == pytest.approx(900, abs=12)
    for _ in range(4):
        cycle(life)
    assert BatteryLife.of(life.trace).efficiency_permille == pytest.approx(900, abs=4)


def test_a_swing_that_is_too_small_ends_no_window() -> None:
    life = begun()
    cycle(life, swing=25.0)
    assert BatteryLife.of(life.trace).efficiency_permille is None


def test_energy_that_nobody_knows_spoils_a_window() -> None:
    life = begun()
    life.step(10_000, soc_percent=80.0)
    assert life.trace.window is not None
    life.seconds(20, power_w=None, soc_percent=None)
    life.second(power_w=0.0, soc_percent=50.0)
    assert life.trace.window.soc_permille == 500
    cycle(life)
    assert BatteryLife.of(life.trace).windows == 1, "the next one is whole"


def test_charge_that_went_past_the_begin_unseen_ends_a_window_without_an_efficiency() -> None:
    life = begun()
    life.step(3_600_000, power_w=None, soc_percent=90.0, charge_wh=0, discharge_wh=0)
    life.step(3_600_000, soc_percent=20.0, charge_wh=6000, discharge_wh=6000)
    assert life.trace.windows == ()
    assert life.trace.window is not None
    assert life.trace.window.soc_permille == 200


def test_a_window_goes_on_over_a_restart_only_with_counters() -> None:
    life = begun()
    trace = read_trace(write_trace(life.trace), [life.trace.day])
    assert trace.window is None
    life.second(charge_wh=5, discharge_wh=7)
    trace = read_trace(write_trace(life.trace), [life.trace.day])
    assert trace.window == life.trace.window


def test_what_gave_more_than_it_took_is_no_efficiency() -> None:
    life = begun()
    cycle(life, efficiency=1.2)
    assert life.trace.windows == ()


def test_a_battery_that_never_comes_back_begins_another_window() -> None:
    life = begun()
    for _ in range(LONGEST_MS // 10_000 + 2):
        life.step(10_000, soc_percent=70.0)
    assert life.trace.window is not None
    assert life.trace.window.soc_permille == 700


def test_a_poor_efficiency_is_told_and_heals() -> None:
    life = begun()
    cycle(life, efficiency=0.6)
    assert life.story == [(AnomalyKind.EFFICIENCY_LOW, False)]
    assert "75.0 % is too little" in life.said[0].reason
    for _ in range(10):
        cycle(life, efficiency=0.95)
    assert life.story == [(AnomalyKind.EFFICIENCY_LOW, False), (AnomalyKind.EFFICIENCY_LOW, True)]


# --- resistance -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after", "microohms"),
    [
        (Point(0, 0, 52_000), Point(1000, 20_000, 51_000), 50_000),  # 20 A more, 1 V less
        (Point(0, 20_000, 51_000), Point(1000, -30_000, 53_500), 50_000),  # from discharging to charging
        (Point(0, 0, 52_000), Point(1000, 4_999, 51_000), None),  # too small a step
        (Point(0, 0, 52_000), Point(3000, 20_000, 51_000), 50_000),  # two turns apart
        (Point(0, 0, 52_000), Point(4000, 20_000, 51_000), None),  # too far apart
        (Point(0, 0, 52_000), Point(1000, 20_000, 52_100), None),  # the voltage rose
        (Point(0, 0, 400_000), Point(1000, 5_000, 300_000), None),  # no battery has 20 ohms
    ],
)
def test_a_step_of_the_current_shows_the_resistance(before: Point, after: Point, microohms: int | None) -> None:
    assert before.step_to(after) == microohms


def stepping(life: Life, steps: int, ohms: float) -> None:
    for number in range(steps):
        amperes = 20.0 if number % 2 else 0.0
        life.second(current_a=amperes, voltage_v=52.0 - amperes * ohms)


def test_a_days_resistance_is_the_median_of_its_steps() -> None:
    life = Life()
    stepping(life, LEAST_STEPS, 0.05)
    assert life.trace.day.resistance_uohm is None
    stepping(life, 2, 0.05)
    assert life.trace.day.resistance_uohm == 50_000
    stepping(life, 2, 0.5)
    assert life.trace.day.resistance_uohm == 50_000


def test_a_trend_needs_days_enough_and_one_odd_day_does_not_turn_it() -> None:
    days = [(20_000 + number, 50_000 + 100 * number) for number in range(LEAST_DAYS)]
    assert trend(days[1:]) is None
    assert trend(days) == 3000
    days[5] = (20_005, 500_000)
    assert trend(days) == pytest.approx(3000, rel=0.1)
    assert trend([*days, (20_900, 1)]) is None, "what is long ago is no trend"


def test_the_trend_over_days_is_shown() -> None:
    life = Life()
    for day in range(LEAST_DAYS + 1):
        life.next_day()
        stepping(life, 8, 0.05 + day / 1000)
    shown = BatteryLife.of(life.trace)
    assert shown.resistance_uohm == 64_000
    assert shown.resistance_trend_uohm == 30_000


# --- days -----------------------------------------------------------------------------------------


def test_a_day_has_its_energy_extremes_and_health() -> None:
    life = Life()
    life.second(power_w=-3600.0, temperature_c=21.0, soh_percent=98.6, capacity_wh=CAPACITY_WH)
    life.second(temperature_c=25.5, cell_min_c=19.0, cell_max_c=26.0, cell_min_v=3.301, cell_max_v=3.33)
    life.second(temperature_c=20.0, cell_min_v=3.30)
    day = life.trace.day
    assert day == Day(
        number=life.wall_ms // 86_400_000,
        charged_uj=2 * 3_600_000_000,
        health_permille=986,
        capacity_wh=CAPACITY_WH,
        coldest_dc=190,
        warmest_dc=260,
        cell_spread_mv=30,
        cell_spread_dc=70,
    )
    life.next_day(power_w=None, soh_percent=None)
    assert life.trace.days == (day,)
    assert life.trace.day.health_permille is None
    assert BatteryLife.of(life.trace).health_permille == 986


def test_a_wall_clock_that_steps_back_goes_on_with_the_day_that_was() -> None:
    life = Life()
    life.seconds(3, power_w=-3600.0)
    life.step(1000)
    life.wall_ms += 86_400_000
    life.seconds(2)
    life.wall_ms -= 86_400_000
    life.second()
    assert [day.charged_uj // 3_600_000_000 for day in (*life.trace.days, life.trace.day)] == [2, 4]
    assert sum(day.charged_uj for day in (*life.trace.days, life.trace.day)) == life.trace.charge.total_uj


def test_a_trace_that_was_kept_is_the_trace_that_goes_on() -> None:
    life = begun()
    cycle(life)
    stepping(life, 9, 0.05)
    life.seconds(62, temperature_c=60.0, charge_wh=4, discharge_wh=4)
    life.next_day(soh_percent=99.0)
    kept = read_trace(write_trace(life.trace), [*life.trace.days, life.trace.day])
    assert kept == life.trace.resumed()
    assert replace(kept.resumed()) == kept


def test_the_very_first_reading_may_say_nothing() -> None:
    trace, said = Trace.begun(0).fold(BatteryReading(), 0, 0)
    shown = BatteryLife.of(trace)
    assert said == ()
    assert (shown.charged_wh, shown.cycles_hundredths, shown.efficiency_permille) == (0, None, None)
