"""What a flat uses and what its sun gives is summed in periods; of too little, nothing is known."""

from dataclasses import replace
from pathlib import Path

from hypothesis import given, strategies as st
import pytest

from localvpp.devices import ChargerReading, InverterReading
from localvpp.etp import DeviceId
from localvpp.round import Round
from localvpp.store import FlatStore
from localvpp.usage import HELD_S, PERIOD_S, STANDBY_W, Period, Usage
from localvpp.usage_book import KEPT_S, UsageBook

from .one_second import READ
from .place import ORIGIN, SLOT, HandClock

FLAT = DeviceId(bytes(range(16)))


def heard(seconds: list[tuple[float, int | None, int | None]]) -> list[Period]:
    """Take in readings, so many seconds after one another, from the begin of a period on."""
    usage, ended, now = Usage(), [], 0.0
    for passed, load_w, pv_w in seconds:
        now += passed
        usage, period = usage.take(SLOT + int(now), 100 + now, load_w, pv_w)
        ended += [] if period is None else [period]
    return ended


def test_what_a_flat_uses_is_what_meter_sun_and_battery_give_it_together() -> None:
    assert (READ.sun_w, READ.load_w) == (1500, 400)


def test_a_car_that_feeds_the_flat_is_a_source_and_one_that_charges_is_used() -> None:
    feeding = replace(READ, charger=ChargerReading(power_w=2000.0), has_v2h=True)
    charging = replace(READ, charger=ChargerReading(power_w=-2000.0), has_v2h=True)
    assert (feeding.load_w, charging.load_w) == (2400, 400), "what charges it is in the meter's power"


@pytest.mark.parametrize(
    "second",
    [replace(READ, meter=None), replace(READ, inverter=None), replace(READ, battery=None), replace(READ, has_v2h=True)],
    ids=["meter", "inverter", "battery", "car"],
)
def test_with_one_part_unknown_the_use_is_unknown(second: Round) -> None:
    assert second.load_w is None


def test_without_an_inverter_the_meter_tells_the_use_and_nobody_of_the_sun() -> None:
    second = replace(READ, inverter=None, battery=None, has_inverter=False, has_battery=False)
    assert (second.sun_w, second.load_w) == (None, -900)


def test_a_period_is_known_when_it_has_ended() -> None:
    assert heard([(1, 400, 1500)] * (PERIOD_S + 1)) == [Period(SLOT, 400 * PERIOD_S, 1500 * PERIOD_S)]
    assert heard([(1, 400, 1500)] * (PERIOD_S - 1)) == []


@given(st.lists(st.integers(0, 10_000), min_size=PERIOD_S + 1, max_size=PERIOD_S + 1))
def test_no_second_is_lost_and_none_counted_twice(watts: list[int]) -> None:
    # The first reading is a second after the begin: what was before is taken to have been as the rest was.
    (period,) = heard([(1, each, None) for each in watts])
    assert period.pv_j is None
    assert period.load_j is not None
    assert abs(period.load_j - sum(watts[:-2]) * PERIOD_S / (PERIOD_S - 1)) <= max(watts) + 1


def test_a_period_of_which_a_tenth_was_not_heard_is_unknown() -> None:
    dark = [(1.0, 400, None)] * 31
    assert heard([(1, 400, 1500)] * 250 + dark + [(1, 400, 1500)] * 20) == [Period(SLOT, 400 * PERIOD_S, None)]


def test_what_an_inverter_draws_for_itself_by_night_is_no_sun_and_a_wrong_sign_is_not_hidden() -> None:
    for watts, joules in ((-3, 0), (-STANDBY_W, 0), (-STANDBY_W - 1, (-STANDBY_W - 1) * PERIOD_S)):
        assert heard([(1, 400, watts)] * (PERIOD_S + 1)) == [Period(SLOT, 400 * PERIOD_S, joules)]


def test_a_power_lasts_until_the_next_reading_and_not_longer_than_readings_may_be_apart() -> None:
    slow = heard([(HELD_S, 100, 200)] * (PERIOD_S // 5 + 1))
    assert slow == [Period(SLOT, 100 * PERIOD_S, 200 * PERIOD_S)]
    assert heard([(HELD_S + 1, 100, 200)] * (PERIOD_S // 5 + 1)) == []


def test_a_clock_that_is_set_ends_a_period_of_which_nothing_is_known() -> None:
    usage, period = Usage().take(SLOT + 10, 0.0, 400, 100)
    for second in range(1, 60):
        usage, period = usage.take(SLOT + 10 + second, float(second), 400, 100)
    usage, period = usage.take(SLOT - 3600, 60.0, 400, 100)
    assert (usage.begin, period) == (SLOT - 3600, None)


async def test_periods_outlive_a_restart_and_the_first_word_on_a_period_stays(tmp_path: Path) -> None:
    clock = HandClock()

    async def pass_period(book: UsageBook, read: Round) -> None:
        book.ended.clear()
        for second in range(PERIOD_S):
            await book.take(replace(read, time_ms=clock.wall_ms()), clock.monotonic())
            assert book.ended.is_set(), f"a period has begun, and {second} s of it are over"
            clock.move(1)

    store = await FlatStore.open(tmp_path / "flat.db", FLAT, ORIGIN)
    book = UsageBook(store)
    await pass_period(book, READ)
    await pass_period(book, replace(READ, inverter=InverterReading(pv_power_w=None)))
    await pass_period(book, READ)
    await store.close()

    store = await FlatStore.open(tmp_path / "flat.db", FLAT, ORIGIN)
    book = UsageBook(store)
    known = [Period(SLOT, 400 * PERIOD_S, 1500 * PERIOD_S)]
    assert await book.since(0) == known, "in the second one both were unknown, and the third had not ended"
    clock.wall = SLOT * 1000
    await pass_period(book, replace(READ, inverter=InverterReading(pv_power_w=0.0)))
    await pass_period(book, READ)
    assert await book.since(0) == known, "the clock was set back: the period was heard already"
    assert await book.since(SLOT + 1) == []
    clock.wall = (SLOT + KEPT_S + 2 * PERIOD_S) * 1000
    await pass_period(book, READ)
    await pass_period(book, READ)
    assert [period.begin for period in await book.since(0)] == [SLOT + KEPT_S + 2 * PERIOD_S]
    await store.close()


async def test_a_clock_that_stands_years_ahead_for_a_while_does_not_take_the_year_with_it(tmp_path: Path) -> None:
    clock = HandClock()
    store = await FlatStore.open(tmp_path / "flat.db", FLAT, ORIGIN)
    book = UsageBook(store)
    year = [(SLOT - begin * PERIOD_S, 400 * PERIOD_S, 0) for begin in range(100)]
    await store.run(lambda db: db.executemany("INSERT INTO usage (begin, load_j, pv_j) VALUES (?, ?, ?)", year))
    clock.wall = (SLOT + 2 * KEPT_S) * 1000
    for _ in range(2 * PERIOD_S + 1):
        await book.take(replace(READ, time_ms=clock.wall_ms()), clock.monotonic())
        clock.move(1)
    known = [each.begin for each in await book.since(0)]
    assert known[:-2] == sorted(begin for begin, *_ in year)[4:]
    assert known[-2:] == [SLOT + 2 * KEPT_S, SLOT + 2 * KEPT_S + PERIOD_S]
    await store.close()
