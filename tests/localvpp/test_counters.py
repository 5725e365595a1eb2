"""What a flat's PV made and its battery stored is told as its inverters count it, and never made up."""

from dataclasses import replace
from itertools import pairwise
from typing import Any

from hypothesis import given, strategies as st
import pytest

from localvpp.behind import UNKNOWN, Behind, Count, counted
from localvpp.counters import STANDS_MS, Counters
from localvpp.devices import BatteryReading, Identity, InverterReading, MeterReading
from localvpp.etp import Register
from localvpp.slots import Reading
from localvpp.usage import STANDBY_W

from .one_second import READ

START_MS = READ.time_ms
INVERTER = Identity(manufacturer="Acme", model="Sun", serial="1")
BATTERY = Identity(manufacturer="Acme", model="Box", serial="2")


def after(counters: Counters, seconds: float, **changes: Any) -> Counters:
    """What is known so long after the start."""
    read = replace(READ, time_ms=START_MS + round(seconds * 1000), **changes)
    return counters.after(read, INVERTER if read.has_inverter else None, BATTERY if read.has_battery else None)


def inverter(**values: Any) -> InverterReading:
    return replace(InverterReading(pv_power_w=900.0), **values)


def wh(now: Behind) -> tuple[int | None, ...]:
    return tuple(None if each is None else each.wh for each in (now.generated, now.charged, now.discharged))


def test_a_hybrid_tells_what_its_pv_made_and_its_battery_stored() -> None:
    assert Counters().now == UNKNOWN
    begin = after(Counters(), 0)
    end = after(
        begin,
        1800,
        inverter=inverter(pv_wh=10_700, energy_wh=9_500),
        battery=BatteryReading(charge_wh=500, discharge_wh=301),
    )
    assert (wh(begin.now), wh(end.now)) == ((10_000, 400, 300), (10_700, 500, 301))
    assert counted(begin.now.generated, end.now.generated, 36_000) == Register(10_000, 10_700)
    assert counted(begin.now.generated, end.now.generated, 699) is None
    assert counted(begin.now.generated, None, 36_000) is counted(None, end.now.generated, 36_000) is None


def test_what_an_inverter_fed_is_its_pvs_only_where_nothing_else_can_feed() -> None:
    fed = inverter(energy_wh=9_000)
    assert wh(after(Counters(), 0, inverter=fed, has_battery=False, battery=None).now) == (9_000, 0, 0)
    assert wh(after(Counters(), 0, inverter=fed).now) == (None, 400, 300)


def test_a_pv_counter_that_is_missed_once_is_not_replaced_by_what_was_fed() -> None:
    one = after(Counters(), 0, has_battery=False, battery=None)
    missed = after(one, 30, has_battery=False, battery=None, inverter=inverter(energy_wh=9_100))
    assert wh(missed.now) == (10_000, 0, 0)
    late = after(missed, 61, has_battery=False, battery=None, inverter=inverter(energy_wh=9_100))
    assert wh(late.now) == (None, 0, 0)


def test_a_counter_stands_for_a_minute_from_when_it_was_read() -> None:
    one = after(Counters(), 0, inverter=inverter(pv_wh=10_000, ages_ms={"pv_wh": 20_000}))
    assert wh(after(one, STANDS_MS / 1000 - 20, inverter=inverter()).now)[0] == 10_000
    assert wh(after(one, STANDS_MS / 1000 - 19, inverter=inverter()).now)[0] is None
    assert wh(after(one, -21, inverter=inverter()).now)[0] is None, "the clock was set back"


@pytest.mark.parametrize(
    ("watts", "known"), [(-3.0, 10_000), (STANDBY_W, 10_000), (STANDBY_W + 1, None), (2000.0, None)]
)
def test_an_inverter_that_is_silent_sleeps_if_its_sun_had_gone(watts: float, known: int | None) -> None:
    evening = after(Counters(), 0, inverter=inverter(pv_power_w=watts, pv_wh=10_000), battery=BatteryReading(power_w=0))
    night = after(evening, 6 * 3600, inverter=None, battery=None)
    assert wh(night.now)[0] == known
    morning = after(night, 11 * 3600, inverter=inverter(pv_power_w=60.0, pv_wh=10_004))
    assert counted(evening.now.generated, morning.now.generated, 36_000) == Register(10_000, 10_004)


def test_an_inverter_that_slept_before_a_restart_sleeps_after_it_and_another_one_does_not() -> None:
    evening = after(Counters(), 0, inverter=inverter(pv_power_w=0.0, pv_wh=10_000), battery=BatteryReading(power_w=0))
    night = after(evening, 60, inverter=None, battery=None)
    for before, known in ((night, 10_000), (evening, None)):
        last = Reading(START_MS + 60_000, 5_000, 70, behind=before.now)
        again = after(Counters.resumed(last), 6 * 3600, inverter=None, battery=None)
        assert wh(again.now)[0] == known
    morning = after(Counters.resumed(last), 9 * 3600, inverter=inverter(pv_wh=9_000))
    assert counted(evening.now.generated, morning.now.generated, 36_000) is None, "it has stepped back meanwhile"
    assert Counters.resumed(None) == Counters()


@pytest.mark.parametrize(
    ("sun_w", "battery_w", "known"),
    [
        (0, 0, True),
        (STANDBY_W, -STANDBY_W, True),
        (0, STANDBY_W, True),
        (0, -STANDBY_W - 1, False),
        (0, 400, False),
        (STANDBY_W + 1, 0, False),
    ],
)
def test_a_battery_rests_only_with_its_inverter_and_without_power(sun_w: int, battery_w: int, known: bool) -> None:
    battery = BatteryReading(power_w=battery_w, charge_wh=400, discharge_wh=300)
    evening = after(Counters(), 0, inverter=inverter(pv_power_w=sun_w), battery=battery)
    night = after(evening, 6 * 3600, inverter=None, battery=None)
    assert wh(night.now)[1:] == ((400, 300) if known else (None, None))


def test_a_counter_that_steps_back_or_is_another_devices_does_not_go_on() -> None:
    begin = after(Counters(), 0)
    back = after(begin, 60, inverter=inverter(pv_wh=9_000))
    again = after(back, 1800, inverter=inverter(pv_wh=10_500))
    assert counted(begin.now.generated, again.now.generated, 36_000) is None
    assert counted(back.now.generated, again.now.generated, 36_000) == Register(9_000, 10_500)
    other = replace(INVERTER, serial="9")
    exchanged = begin.after(replace(READ, inverter=inverter(pv_wh=10_500)), other, BATTERY)
    assert counted(begin.now.generated, exchanged.now.generated, 36_000) is None
    silent = begin.after(replace(READ, inverter=None), other, BATTERY)
    assert silent.now.generated is None


@pytest.mark.parametrize(("export_wh", "made"), [(0, 0), (1, None), (None, None)])
def test_a_flat_without_an_inverter_makes_nothing_unless_something_flowed_out(
    export_wh: int | None, made: int | None
) -> None:
    meter = MeterReading(power_w=300.0, import_wh=5_000, export_wh=export_wh)
    bare = after(Counters(), 0, meter=meter, inverter=None, battery=None, has_inverter=False, has_battery=False)
    assert wh(bare.now) == (made, 0, 0)
    silent = after(bare, 30, meter=None, inverter=None, battery=None, has_inverter=False, has_battery=False)
    assert wh(silent.now) == (made, 0, 0)


def test_whether_an_inverter_that_was_never_heard_has_a_battery_is_not_known() -> None:
    silent = after(Counters(), 0, inverter=None, has_battery=False, battery=None)
    assert wh(silent.now) == (None, None, None)
    heard = after(silent, 5, has_battery=False, battery=None, inverter=inverter(pv_power_w=0.0, pv_wh=10_000))
    assert wh(heard.now) == (10_000, 0, 0)
    assert wh(after(heard, 6 * 3600, inverter=None, has_battery=False, battery=None).now) == (10_000, 0, 0), "it sleeps"


def test_a_battery_that_is_found_later_and_a_car_that_gives_back_leave_what_was_stored_unknown() -> None:
    without = after(Counters(), 0, has_battery=False, battery=None)
    found = after(without, 10, battery=None)
    assert wh(found.now) == (10_000, None, None)
    assert counted(without.now.charged, after(found, 20).now.charged, 36_000) is None
    assert wh(after(found, 20, has_v2h=True).now) == (10_000, None, None)


@given(st.lists(st.none() | st.integers(0, 40), min_size=2, max_size=30))
def test_whatever_a_counter_shows_no_interval_counts_more_than_it_moved(shown: list[int | None]) -> None:
    counters, known = Counters(), []
    for at, value in enumerate(shown):
        counters = after(counters, at, inverter=inverter(pv_wh=value))
        known.append(counters.now.generated)
    for begin in range(len(shown)):
        for end in range(begin, len(shown)):
            register = counted(known[begin], known[end], 36_000)
            between = [value for value in shown[begin : end + 1] if value is not None]
            rises = all(one <= other for one, other in pairwise(between))
            if register is not None:
                assert rises
                assert register.end == (between[-1] if between else known[begin].wh if known[begin] else None)


def test_a_count_begins_anew_where_it_falls() -> None:
    assert Count(5, "a").after(5, "a") == Count(5, "a")
    assert Count(5, "a").after(4, "a") == Count(4, "a", 1)
    assert Count(5, "a", 1).after(4, "b") == Count(4, "b")
