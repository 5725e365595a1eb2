"""What is proposed in the place of a result: that of the same book without those who give no word, where it trades."""

from coordinator.market.leaving import without_silent
from localvpp.etp import DeviceId
from localvpp.market.rounds import canonical

from ...localvpp.market.rounds import WANTED, opened, placed

ALL = [placed(number) for number in range(len(WANTED))]
BOOK = opened(*ALL)
DATA = BOOK.encode()
ROOM = 10_000
"""Bytes that are left for a result in a message."""
SHOWN = {DeviceId(each.device): each.encode() for each in ALL}


def all_but(*silent: int) -> frozenset[DeviceId]:
    return frozenset(DeviceId(each.device) for number, each in enumerate(ALL) if number not in silent)


def test_who_gives_no_word_is_left_out_and_nobody_else() -> None:
    gone = [ALL[number].offer.blind for number in (0, 3)]
    assert without_silent(DATA, SHOWN, all_but(3), ROOM) == canonical(BOOK, DATA, gone[1:]).encode()
    assert without_silent(DATA, SHOWN, all_but(0, 3), ROOM) == canonical(BOOK, DATA, gone).encode()


def test_where_nobody_is_silent_or_nothing_would_be_traded_the_first_result_stays() -> None:
    assert without_silent(DATA, SHOWN, all_but(), ROOM) is None
    assert without_silent(DATA, SHOWN, all_but(0, 1), ROOM) is None, "nobody would sell"
    assert without_silent(DATA, SHOWN, frozenset(), ROOM) is None
    assert without_silent(DATA, SHOWN, all_but(3), 100) is None, "flats could not be told"
