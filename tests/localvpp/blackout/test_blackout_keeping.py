"""What people are told has a number over all restarts; what is told before that can be known gets it afterwards."""

from typing import NoReturn

from localvpp.blackout.book import BlackoutBook
from localvpp.blackout.keeping import Keeping
from localvpp.islanding import Notice
from localvpp.store import FlatStore

from ..place import HandClock


def never(*_: object) -> NoReturn:
    raise AssertionError("no drill is held here")


def keeping(store: FlatStore, clock: HandClock) -> Keeping:
    return Keeping(BlackoutBook(store), store, clock, "101", draw=never, drill_kept=never, seal=never)


async def test_what_is_told_early_has_no_number_until_the_last_one_is_known_and_then_the_next(
    store: FlatStore, clock: HandClock
) -> None:
    before = keeping(store, clock)
    await before.restore()
    for notice in (Notice.GRID_LOST, Notice.ISLANDED):
        before.tell(notice)
    await before.keep_now()
    assert [each.number for each in before.told] == [1, 2]
    assert [before.number_of(each.number) for each in before.told] == [1, 2]

    after = keeping(store, clock)
    for notice in (Notice.BATTERY_LOW, Notice.LIVING_ROOM_DARK):
        after.tell(notice)
    early = [each.number for each in after.told]
    assert all(number < 0 for number in early), "below all that were ever kept"
    assert [after.number_of(number) for number in early] == [None, None]
    await after.keep_now()
    assert len(await BlackoutBook(store).told()) == 2, "nothing is kept in another's place"
    await after.restore()
    assert [after.number_of(number) for number in early] == [3, 4]
    assert [each.number for each in after.told] == [1, 2, 3, 4]
    await after.keep_now()
    assert [each.notice for each in await BlackoutBook(store).told()] == [
        Notice.GRID_LOST,
        Notice.ISLANDED,
        Notice.BATTERY_LOW,
        Notice.LIVING_ROOM_DARK,
    ]
    after.tell(Notice.RETURNED)
    assert after.told[-1].number == 5
