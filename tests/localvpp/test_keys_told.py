"""What a building tells of keys, entry by entry: only what was asked for is followed, in its place, under a right head.

Each answer here is signed by the building for this flat: it is the building itself that tells otherwise than the log.
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from localvpp import tlog
from localvpp.agreeing import KeyHistory
from localvpp.etp import DeviceId, FieldError
from localvpp.guard import Guard
from localvpp.notebook import Notebook
from localvpp.trading.keys import Replay
from localvpp.wire import MOST_KEYS, AskKeys, Keys

from .place import ORIGIN, HandClock
from .small_coordinator import Ear
from .test_device_keys import FLAT, FRESH, ME, OTHER, House, keybook, log_of


@pytest.fixture
def house() -> House:
    """The other flat is entry 1 of the log, a third one is entry 2."""
    house = House()
    house.enrol(FLAT)
    house.enrol(FRESH)
    return house


def without(told: Keys, index: int) -> Keys:
    return replace(told, entries=tuple(each for each in told.entries if each.index != index))


def beyond_the_head(told: Keys) -> Keys:
    return replace(without(told, 2), until=told.until + 1)


def behind_the_end(told: Keys) -> Keys:
    """An entry of what is to be told by the next message."""
    return replace(without(told, 2), until=1)


def of_somebody_else(told: Keys) -> Keys:
    return told


def without_the_building(told: Keys) -> Keys:
    return without(without(told, 2), 0)


@pytest.mark.parametrize(
    ("lie", "says"),
    [
        (beyond_the_head, "keys are told up to entry 4, proven by a head of 3 entries"),
        (behind_the_end, "entry 1 is told out of its place"),
        (of_somebody_else, "entry 2 says nothing of the devices that were asked for"),
        (without_the_building, "a log begins with the enrolment of the building's own key"),
    ],
)
async def test_an_answer_that_is_not_what_the_log_has_for_the_question_is_not_followed(
    house: House, tmp_path: Path, lie: Callable[[Keys], Keys], says: str
) -> None:
    async with keybook(tmp_path) as book:
        (asked,) = book.ask({OTHER}, 0)
        with pytest.raises(FieldError, match=says):
            await book.take(house.signed(lie(house.told(asked))), log_of(house))
        assert book.history(OTHER) == KeyHistory()
        book.again()
        (asked,) = book.ask({OTHER}, 0)
        assert await book.take(house.signed(without(house.told(asked), 2)), log_of(house)) == ([], True)
        assert [each.key for each in book.history(OTHER).stands] == [FLAT.public], "what is right is taken all the same"


async def test_what_was_told_already_is_not_told_again_in_the_next_message(house: House, tmp_path: Path) -> None:
    async with keybook(tmp_path) as book:
        (asked,) = book.ask({OTHER}, 3)
        ((asked,), _) = await book.take(house.signed(replace(without(house.told(asked, 2), 2))), log_of(house))
        assert asked == AskKeys((OTHER,), 2)
        again = replace(house.told(replace(asked, since=0)), since=2)
        with pytest.raises(FieldError, match="entry 0 is told out of its place"):
            await book.take(house.signed(again), log_of(house))


async def test_what_is_told_of_other_devices_than_were_asked_for_answers_nothing(house: House, tmp_path: Path) -> None:
    async with keybook(tmp_path) as book:
        (asked,) = book.ask({OTHER}, 0)
        for other in (AskKeys((ME,), 0), AskKeys((OTHER,), 1)):
            assert await book.take(house.signed(without(house.told(other), 2)), log_of(house)) == ([], False)
        assert await book.take(house.signed(without(house.told(asked), 2)), log_of(house)) == ([], True)
    replay = Replay(log_of(house), (OTHER,))
    head = tlog.open_checkpoint(house.log.checkpoint(), house.log.verifier).checkpoint
    with pytest.raises(FieldError, match="not those that were asked for"):
        replay.follow(house.told(AskKeys((ME,), 0)), head)


async def test_a_head_that_comes_with_keys_is_held_against_the_witnessed_one(house: House, tmp_path: Path) -> None:
    fork = House()
    fork.enrol(FRESH)
    fork.enrol(FLAT)
    async with keybook(tmp_path) as book:
        heard = Ear()
        book._guard = Guard(ORIGIN, ME, Notebook(book._store), HandClock(), heard)
        await book._guard.open(house.log.key.verifier_key, 0)
        await book._guard.answer(tlog.AddCheckpoint(0, (), house.log.checkpoint()).encode())
        (asked,) = book.ask({OTHER}, 0)
        await book.take(house.signed(without(house.told(asked), 2)), log_of(house))
        assert heard.distrusted == []
        book.again()
        (asked,) = book.ask({OTHER, ME}, 0)
        await book.take(fork.signed(without(fork.told(asked), 1)), log_of(fork))
        assert len(heard.distrusted) == 1


async def test_a_device_that_the_log_does_not_know_is_asked_about_again_after_a_restart(
    house: House, tmp_path: Path
) -> None:
    async with keybook(tmp_path) as book:
        (asked,) = book.ask({ME}, 0)
        only = without(without(house.told(asked), 1), 2)
        assert await book.take(house.signed(only), log_of(house)) == ([], True)
    async with keybook(tmp_path) as book:
        assert book.lacking({ME}, 1) == {ME}


async def test_what_is_needed_grows_with_each_question_and_never_less(house: House, tmp_path: Path) -> None:
    async with keybook(tmp_path) as book:
        (asked,) = book.ask({OTHER}, 0)
        assert book.ask({OTHER}, 3) == []
        assert book.ask({OTHER}, 1) == [], "less is needed for another round"
        (more, whole) = await book.take(house.signed(without(house.told(asked, 2), 2)), log_of(house))
        assert whole
        assert more == [AskKeys((OTHER,), 0)], "more was needed than the first question had to tell"
        (asked,) = more
        assert await book.take(house.signed(without(house.told(asked), 2)), log_of(house)) == ([], True)
        assert book.lacking({OTHER}, 3) == frozenset()


async def test_a_question_that_is_not_answered_is_put_again_each_minute(house: House, tmp_path: Path) -> None:
    async with keybook(tmp_path) as book:
        clock = book._clock = HandClock()
        assert book.overdue() == []
        asked = book.ask({OTHER}, 0)
        clock.move(59)
        assert book.overdue() == []
        clock.move(1)
        assert book.overdue() == asked
        assert book.overdue() == [], "it was put just now"
        clock.move(60)
        assert book.overdue() == asked
        await book.take(house.signed(without(house.told(asked[0]), 2)), log_of(house))
        clock.move(60)
        assert book.overdue() == []


async def test_of_more_devices_than_one_question_takes_the_others_are_asked_about_next(
    house: House, tmp_path: Path
) -> None:
    many = {DeviceId(at.to_bytes(16)) for at in range(1, MOST_KEYS + 2)}
    async with keybook(tmp_path) as book:
        (first,) = book.ask(many, 0)
        ((second,), whole) = await book.take(house.signed(without(without(house.told(first), 1), 2)), log_of(house))
        assert whole
        assert (len(first.devices), len(second.devices)) == (MOST_KEYS, 1)
        assert {*first.devices, *second.devices} == many
