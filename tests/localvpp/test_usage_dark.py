"""A night in which the inverter sleeps is known once its counter shows, at dawn, that nothing was made in it."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from localvpp.bidder import Why, decide
from localvpp.round import Round
from localvpp.store import FlatStore
from localvpp.usage import PERIOD_S, Period
from localvpp.usage_book import UsageBook
from localvpp.usage_dark import LONGEST_S

from .bidder.flat import HOUR, SETTINGS, situation
from .sleeper import DAY_S, Sleeper, load_w

DAY = 20_000 * DAY_S
BEGIN, DUSK, DAWN = DAY + 15 * HOUR, DAY + 18 * HOUR, DAY + 30 * HOUR
"""The sun gives nothing from the one to the other."""


async def lived(store: FlatStore, rounds: Sequence[Round]) -> list[Period]:
    book = UsageBook(store)
    for each in rounds:
        await book.take(each, each.time_ms / 1000)
    return list(await book.since(0))


async def periods(store: FlatStore, flat: Sleeper, until: int = DAWN + HOUR) -> list[Period]:
    return await lived(store, list(flat.lived(BEGIN, until)))


def of_the_night(known: Sequence[Period]) -> list[Period]:
    return [each for each in known if DUSK <= each.begin < DAWN]


async def test_a_night_that_the_counter_has_slept_through_is_known(store: FlatStore) -> None:
    known = await periods(store, Sleeper())
    assert [each.begin for each in known] == list(range(BEGIN, DAWN + HOUR - PERIOD_S, PERIOD_S))
    for each in of_the_night(known):
        assert (each.load_j, each.pv_j) == (load_w(each.begin) * PERIOD_S, 0)


async def test_nothing_is_said_of_a_night_before_it_is_over(store: FlatStore) -> None:
    assert of_the_night(await periods(store, Sleeper(), DAWN - HOUR)) == []


@pytest.mark.parametrize(("step_wh", "known"), [(10, True), (100, True), (1000, False)])
async def test_a_counter_has_to_count_fine_enough(store: FlatStore, step_wh: int, known: bool) -> None:
    assert bool(of_the_night(await periods(store, Sleeper(step_wh=step_wh)))) is known


@pytest.mark.parametrize("minutes", [2, 20])
async def test_of_a_silence_by_day_only_the_sum_is_known(store: FlatStore, minutes: int) -> None:
    begin = BEGIN + HOUR
    broken = range(begin, begin + minutes * 60)
    known = {each.begin for each in await periods(store, Sleeper(broken=broken))}
    assert known.isdisjoint(range(begin, broken.stop, PERIOD_S))
    assert DUSK in known


async def test_a_flat_with_a_battery_knows_its_load_by_what_that_tells(store: FlatStore) -> None:
    rounds = list(Sleeper(battery=True).lived(BEGIN, DAWN + HOUR))
    dead = [replace(each, battery=None) if each.inverter is None else each for each in rounds]
    assert all(each.load_j == load_w(each.begin) * PERIOD_S for each in of_the_night(await lived(store, rounds)))
    await store.run(lambda db: db.execute("DELETE FROM usage"))
    assert {(each.load_j, each.pv_j) for each in of_the_night(await lived(store, dead))} == {(None, 0)}


def counter_moved(each: Round, wh: int) -> Round:
    assert each.inverter is not None
    assert each.inverter.pv_wh is not None
    return replace(each, inverter=replace(each.inverter, pv_wh=each.inverter.pv_wh + wh))


@pytest.mark.parametrize("wh", [-5000, 500])
async def test_a_counter_that_has_moved_leaves_the_night_unknown(store: FlatStore, wh: int) -> None:
    rounds = [
        counter_moved(each, wh) if each.inverter is not None and each.time_ms >= DAWN * 1000 else each
        for each in Sleeper().lived(BEGIN, DAWN + HOUR)
    ]
    assert of_the_night(await lived(store, rounds)) == []


async def test_a_counter_that_comes_later_is_waited_for(store: FlatStore) -> None:
    late = (DAWN + HOUR // 2) * 1000
    rounds = [
        replace(each, inverter=replace(each.inverter, pv_wh=None))
        if each.inverter is not None and DAWN * 1000 <= each.time_ms < late
        else each
        for each in Sleeper().lived(BEGIN, DAWN + HOUR)
    ]
    assert len(of_the_night(await lived(store, rounds))) == (DAWN - DUSK) // PERIOD_S


async def test_of_a_clock_that_was_set_meanwhile_nothing_is_known(store: FlatStore) -> None:
    rounds = list(Sleeper().lived(BEGIN, DAWN + HOUR))
    book = UsageBook(store)
    for each in rounds:
        stepped = 3600 if each.time_ms > (DUSK + HOUR) * 1000 else 0
        await book.take(replace(each, time_ms=each.time_ms + stepped * 1000), each.time_ms / 1000)
    assert of_the_night(await book.since(0)) == []


async def test_what_is_silent_for_longer_than_a_night_is_not_waited_for(store: FlatStore) -> None:
    broken = range(DUSK, DUSK + LONGEST_S + HOUR)
    known = await periods(store, Sleeper(broken=broken), broken.stop + HOUR)
    assert all(each.begin < DUSK or each.begin >= broken.stop - PERIOD_S for each in known)


async def test_a_flat_whose_inverter_sleeps_orders_by_night(store: FlatStore) -> None:
    day = await periods(store, Sleeper(), BEGIN + DAY_S + HOUR)
    known = [
        replace(each, begin=each.begin + past * DAY_S) for past in range(-3, 1) for each in day[: DAY_S // PERIOD_S]
    ]
    evening = BEGIN + DAY_S + 6 * HOUR

    def ordered(slot: int, history: Sequence[Period]) -> tuple[list[int], Why | None]:
        found = decide("101", slot, slot - 360, situation(), SETTINGS, history, None)
        return [each.wh for each in found.orders], found.why

    assert ordered(evening, known) == ([450], None)
    by_day = [each for each in known if each.pv_j]
    assert ordered(evening, by_day) == ([], Why.LOAD_UNKNOWN), "as it was before nights were known"
