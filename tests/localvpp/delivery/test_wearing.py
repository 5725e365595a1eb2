"""What was written to a battery's memory counts on after a restart, by the hour, and is itself seldom kept."""

from collections.abc import Callable
import json

import pytest

from localvpp.devices.wear import DAY_S, Wear, Written
from localvpp.wearing import NOTE, NOTE_EVERY_S, Wearing

from ..home import Home
from ..place import HandClock
from .steered_battery import SteeredBattery


class WornBattery(SteeredBattery):
    """A battery whose commands are kept in a memory that wears out."""

    def __init__(self, clock: HandClock) -> None:
        super().__init__()
        self.wear = Wear(clock.monotonic)


class Kept:
    """What is kept over a restart."""

    def __init__(self) -> None:
        self.times = 0
        self.value: bytes | None = None

    def note(self, key: str, value: str) -> None:
        assert key == NOTE
        self.times += 1
        self.value = value.encode()

    async def noted(self, _: str) -> bytes | None:
        return self.value


@pytest.fixture
def kept() -> Kept:
    return Kept()


@pytest.fixture
def begin(clock: HandClock, kept: Kept) -> Callable[[], tuple[WornBattery, Wearing]]:
    """Begin a program, as each start does it: its driver knows nothing of before."""

    def work() -> tuple[WornBattery, Wearing]:
        battery = WornBattery(clock)
        return battery, Wearing(lambda: battery, clock, kept.note)

    return work


type Begin = Callable[[], tuple[WornBattery, Wearing]]


async def test_what_was_written_before_a_restart_counts_until_it_is_a_day_old(
    clock: HandClock, kept: Kept, begin: Begin
) -> None:
    battery, wearing = begin()
    await wearing.restore(kept.noted)
    for _ in range(3):
        battery.wear.wrote()
        clock.move(3600.0)
    wearing.keep()
    clock.move(600.0)
    again, wearing = begin()
    await wearing.restore(kept.noted)
    again.wear.wrote()
    wearing.second()
    assert again.wear.today == 4
    clock.move(DAY_S - 600.0 - 3 * 3600.0 + 1)
    assert again.wear.today == 3, "the first one is a day old"
    clock.move(3 * 3600.0 + 600.0)
    assert again.wear.today == 0


async def test_ten_restarts_in_a_day_bear_one_days_writings(clock: HandClock, kept: Kept, begin: Begin) -> None:
    for number in range(10):
        battery, wearing = begin()
        await wearing.restore(kept.noted)
        wearing.second()
        assert battery.wear.today == 100 * number
        for _ in range(100):
            battery.wear.wrote()
        wearing.keep()
        clock.move(1800.0)


async def test_it_is_kept_at_the_first_writing_and_each_ten_minutes_at_the_most(
    clock: HandClock, kept: Kept, begin: Begin
) -> None:
    battery, wearing = begin()
    await wearing.restore(kept.noted)
    for _ in range(10):
        clock.move(1.0)
        wearing.second()
    assert kept.times == 0, "nothing was written"
    battery.wear.wrote()
    wearing.second()
    assert kept.times == 1, "a program that dies each minute is known of, too"
    for _ in range(int(NOTE_EVERY_S) * 2):
        clock.move(1.0)
        battery.wear.wrote()
        wearing.second()
    assert kept.times == 3
    battery.wear.wrote()
    wearing.second()
    assert kept.times == 3
    clock.move(NOTE_EVERY_S)
    wearing.second()
    assert kept.times == 4
    clock.move(NOTE_EVERY_S)
    wearing.second()
    assert kept.times == 4, "there is nothing new"


async def test_a_day_of_writings_is_kept_by_the_hour(clock: HandClock, kept: Kept, begin: Begin) -> None:
    battery, wearing = begin()
    await wearing.restore(kept.noted)
    for _ in range(6000):
        battery.wear.wrote()
        clock.move(30.0)
    wearing.keep()
    assert kept.value is not None
    told = json.loads(kept.value)
    assert len(told) <= 25
    assert sum(number for _, number in told) == battery.wear.today == 2879


async def test_a_wall_clock_that_stands_earlier_counts_all_as_written_now(
    clock: HandClock, kept: Kept, begin: Begin
) -> None:
    battery, wearing = begin()
    await wearing.restore(kept.noted)
    battery.wear.wrote()
    wearing.keep()
    clock.wall = 0
    again, wearing = begin()
    await wearing.restore(kept.noted)
    wearing.second()
    assert again.wear.told() == [Written(0.0, 1)]


@pytest.mark.parametrize(
    "damaged",
    [b"[[1]]", b"{", b"5", b'[["a", 1]]', b"[[1795312800000, 1000000000000]]", b"[[Infinity, 1]]", b"[[1, Infinity]]"],
)
async def test_a_note_that_is_damaged_is_nothing(kept: Kept, begin: Begin, damaged: bytes) -> None:
    battery, wearing = begin()
    kept.value = damaged
    await wearing.restore(kept.noted)
    wearing.second()
    assert battery.wear.today == 0


async def test_a_flat_hands_it_on_over_an_orderly_stop(home: Home) -> None:
    home.battery = battery = WornBattery(home.clock)
    await home.start()
    await home.online()
    for _ in range(5):
        battery.wear.wrote()
    await home.time.seconds(1)
    battery.wear.wrote()
    await home.stop()
    home.battery = again = WornBattery(home.clock)
    await home.start()
    await home.time.seconds(2)
    assert again.wear.today == 6
