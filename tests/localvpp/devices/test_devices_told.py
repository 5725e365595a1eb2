"""Quantities that another program tells: exact to the digit, and a counter whose step only its readings tell."""

from fractions import Fraction

import pytest

from localvpp.devices import DeviceNonsenseError
from localvpp.devices.quantity import watt_hours
from localvpp.devices.told import ENERGY_WH, POWER_W, ToldCounter, told


class Clock:
    """A clock that a test moves."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.mark.parametrize(
    ("text", "unit", "wh"),
    [
        ("12345.678", "kWh", 12_345_678),
        ("0.1", "kWh", 100),
        ("9007199254740.993", "Wh", None),  # More than any counter of a flat; the float next to it is another number.
        ("123456.789012", "kWh", 123_456_789),
        ("1.000001", "MWh", 1_000_001),
        ("1.0000015", "MWh", 1_000_002),  # Half to even.
        ("3.6", "MJ", 1_000),
        ("1E3", "Wh", 1_000),
        ("-1", "Wh", None),
    ],
)
def test_energy_is_exact_to_the_digit(text: str, unit: str, wh: int | None) -> None:
    assert watt_hours(told("sensor.energy", text, unit, ENERGY_WH)) == wh


@pytest.mark.parametrize("text", ["", "nan", "inf", "-inf", "12,5", "1 kWh", "on", "0x10"])
def test_what_is_no_number_is_nonsense(text: str) -> None:
    with pytest.raises(DeviceNonsenseError, match=r"sensor\.power"):
        told("sensor.power", text, "W", POWER_W)


@pytest.mark.parametrize("unit", [None, "", "kWh", "w", "VA"])
def test_a_foreign_unit_is_nonsense(unit: str | None) -> None:
    with pytest.raises(DeviceNonsenseError, match="W or kW"):
        told("sensor.power", "1", unit, POWER_W)
    assert told("sensor.power", "1.5", "kW", POWER_W) == Fraction(1500)


def test_the_unit_may_change_between_two_reports(clock: Clock) -> None:
    counter = ToldCounter("energy_import", "sensor.energy", clock)
    for text, unit in (("1234.5", "kWh"), ("1234510", "Wh"), ("1.23452", "MWh")):
        counted = counter.take(text, unit)
        assert isinstance(counted, int)
        clock.now += 30
    assert counted == 1_234_520


def test_the_step_is_that_of_the_digits_until_the_steps_say_more(clock: Clock) -> None:
    counter = ToldCounter("energy_import", "sensor.energy", clock)
    assert counter.step_wh is None
    counter.take("100.0", "kWh")
    assert counter.step_wh == 100
    counter.take("100.05", "kWh")
    assert counter.step_wh == 10, "a zero at the end was left out before"
    for wh in (101_000, 102_000, 103_000, 104_000, 106_000):
        clock.now += 600
        counter.take(f"{wh / 1000:.2f}", "kWh")
    assert counter.step_wh == 50, "950, 1000 and 1000 Wh: the first step told it"


def test_a_counter_of_whole_kilowatt_hours_is_believed_at_once(clock: Clock) -> None:
    counter = ToldCounter("energy_import", "sensor.energy", clock)
    for kwh in (100, 100, 101, 101, 102):
        clock.now += 10
        assert counter.take(str(kwh), "kWh") == kwh * 1000
    assert counter.step_wh == 1000


def test_large_steps_that_the_digits_do_not_tell_are_learned(clock: Clock) -> None:
    counter = ToldCounter("energy_import", "sensor.energy", clock)
    doubts = 0
    for wh in (100_000, 101_000, 101_000, 102_000, 102_000, 103_000, 103_000, 104_000, 104_000, 105_000):
        clock.now += 10
        doubts += isinstance(counter.take(str(wh), "Wh"), DeviceNonsenseError)
    assert doubts == 2, "until three steps were seen, each is confirmed by the report after it"
    assert counter.step_wh == 1000


def test_a_counter_that_steps_back_or_jumps_is_held(clock: Clock) -> None:
    counter = ToldCounter("energy_import", "sensor.energy", clock)
    for text, believed in (("500.0", True), ("499.9", False), ("500.1", True), ("900.0", False), ("500.2", True)):
        clock.now += 10
        assert isinstance(counter.take(text, "kWh"), int) is believed, text


def test_what_no_counter_shows_is_nonsense(clock: Clock) -> None:
    counter = ToldCounter("energy_import", "sensor.energy", clock)
    for text, unit in (("-5", "kWh"), ("1e15", "kWh"), ("unknown", "kWh"), ("5", "kW")):
        with pytest.raises(DeviceNonsenseError, match=r"sensor\.energy"):
            counter.take(text, unit)
