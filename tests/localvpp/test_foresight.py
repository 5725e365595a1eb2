"""What the sun will give is told out of what it gave, once that can be judged, and never more than is known of it."""

import asyncio
from collections.abc import Iterator
import math
from pathlib import Path
import random

from localvpp.etp import DeviceId
from localvpp.foresight import AHEAD_S, LOOKS_BACK_S, SLOT_S, Foresight, powers_of, sun_of
from localvpp.islanding.endurance import Forecast
from localvpp.store import FlatStore
from localvpp.usage import PERIOD_S, Period
from localvpp.usage_book import UsageBook

from .place import ORIGIN, SLOT, HandClock
from .small_coordinator import PATIENCE_S

DAY_S = 86_400
NOW = SLOT // DAY_S * DAY_S
"""Midnight UTC: nine in the morning in Japan."""


def clear_w(time: int) -> float:
    """A clear sky's power in Japan: from six to eighteen o'clock."""
    return max(0.0, 3000 * math.sin((time % DAY_S + 3 * 3600) / DAY_S * 2 * math.pi))


def days(count: int, *, seed: int = 1) -> Iterator[Period]:
    """So many days of sun before NOW, each with clouds of its own."""
    clouds = random.Random(seed)
    for day in range(NOW - count * DAY_S, NOW, DAY_S):
        share = clouds.uniform(0.3, 1.0)
        for begin in range(day, day + DAY_S, PERIOD_S):
            yield Period(begin, None, round(clear_w(begin) * share * PERIOD_S))


def powers(periods: list[Period], begin: int, *, after: int = 0) -> tuple[Forecast, ...]:
    told = sun_of(periods, begin)
    assert told is not None
    return powers_of(told, begin + after)


def test_before_its_errors_are_known_nothing_is_told() -> None:
    assert sun_of([], NOW) is None
    assert sun_of([Period(NOW - PERIOD_S, 100, None)], NOW) is None, "a flat without PV"
    assert sun_of(list(days(11)), NOW) is None
    assert sun_of(list(days(12)), NOW) is not None


def test_told_is_what_a_bad_day_gives() -> None:
    told = powers(list(days(60)), NOW)
    assert sum(each.seconds for each in told) == AHEAD_S
    clear_wh = told_wh = 0.0
    for at, each in zip(range(NOW, NOW + AHEAD_S, SLOT_S), told, strict=True):
        clear = [clear_w(at + second) for second in range(0, SLOT_S, PERIOD_S)]
        assert each.watts <= max(clear), "a clear sky gives more"
        clear_wh += sum(clear) / len(clear) * SLOT_S / 3600
        told_wh += each.watts * each.seconds / 3600
    assert 0.25 < told_wh / clear_wh < 0.5, "days gave three to ten tenths of a clear one, and this is a bad one's"


def test_the_slot_that_goes_on_counts_for_what_is_left_of_it() -> None:
    told = powers(list(days(60)), NOW, after=600)
    assert [each.seconds for each in told[:2]] == [SLOT_S - 600, SLOT_S]


async def test_it_is_made_of_what_the_flat_has_kept_once_in_a_half_hour_and_cut_with_each_period(
    tmp_path: Path,
) -> None:
    clock = HandClock()
    clock.wall = NOW * 1000
    store = await FlatStore.open(tmp_path / "flat.db", DeviceId(bytes(16)), ORIGIN)
    book, told = UsageBook(store), asyncio.Queue[tuple[Forecast, ...] | None]()
    telling = asyncio.create_task(Foresight(book, told.put_nowait, clock).run())
    assert await told.get() is None, "nothing is known yet"
    rows = [(each.begin, each.load_j, each.pv_j) for each in days(70)]
    await store.run(lambda db: db.executemany("INSERT INTO usage (begin, load_j, pv_j) VALUES (?, ?, ?)", rows))
    looked_at = [each for each in days(70) if each.begin >= NOW + SLOT_S - LOOKS_BACK_S]
    for after in range(PERIOD_S, 2 * SLOT_S, PERIOD_S):
        clock.move(PERIOD_S)
        book.ended.set()
        if after < SLOT_S:
            assert await told.get() is None, "the half hour's forecast is made, and the past is not read again"
        else:
            assert await told.get() == powers(looked_at, NOW + SLOT_S, after=after - SLOT_S)
    clock.wall = 100_000
    book.ended.set()
    async with asyncio.timeout(PATIENCE_S):
        assert await told.get() is None, "the clock stands at a time that no forecast begins at"
    clock.wall = (NOW + SLOT_S) * 1000
    book.ended.set()
    assert await told.get() == powers(looked_at, NOW + SLOT_S)
    telling.cancel()
    await asyncio.wait([telling])
    await store.close()
