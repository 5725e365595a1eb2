"""When a flat takes a second result in the place of the first: of the same book, without somebody, once, in time."""

from dataclasses import replace

import pytest

from localvpp.market.rounds import OpenedBook, canonical
from localvpp.trading.judging import _reduced, is_second
from localvpp.trading.kept import KeptRound
from localvpp.wire import LoggedRecord, OpenBook, RoundName

from .market.rounds import RULES, SLOT, WANTED, opened, placed

AT = RoundName(SLOT, 0)
BOOK = opened(*(placed(number) for number in range(len(WANTED))))
DATA = BOOK.encode()
GONE = (BOOK.offers[0].blind,)
FIRST, SECOND = canonical(BOOK, DATA).encode(), canonical(BOOK, DATA, GONE).encode()
KEPT = KeptRound(at=AT, rules=b"", book=DATA, result=FIRST)
SAID = OpenBook(AT, b"", DATA, SECOND, b"", 30, (), (), None, "")
WORDS_MS = RULES.words_ms(SLOT, 0)
EARLY_MS = WORDS_MS - 60_000
"""As far as clocks may be apart."""
BRIEF = replace(RULES, gate_s=30)
"""A quarter of the time after showing is 5 s here."""


def test_in_its_time_a_result_without_somebody_takes_the_place_of_one_with_all() -> None:
    assert is_second(SAID, KEPT, RULES, EARLY_MS)
    assert not is_second(SAID, KEPT, RULES, EARLY_MS - 1)
    assert is_second(SAID, KEPT, BRIEF, BRIEF.words_ms(SLOT, 0) - 5_000)
    assert not is_second(SAID, KEPT, BRIEF, BRIEF.words_ms(SLOT, 0) - 5_001)


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        (SAID, replace(KEPT, first=FIRST)),
        (SAID, replace(KEPT, untraded="no_quorum")),
        (SAID, replace(KEPT, cleared_name=bytes(32))),
        (replace(SAID, book=replace(BOOK, enrolled=6).encode()), KEPT),
        (SAID, replace(KEPT, result=canonical(BOOK, DATA, (BOOK.offers[1].blind,)).encode())),
        (replace(SAID, result=FIRST), KEPT),
        (replace(SAID, result=b"{}"), KEPT),
    ],
    ids=["a third", "it is over", "it counts", "another book", "of one without", "with all", "unreadable"],
)
def test_nothing_else_does(said: OpenBook, kept: KeptRound) -> None:
    assert not is_second(said, kept, RULES, WORDS_MS)


def found(said: OpenBook, book: OpenedBook = BOOK, now_ms: int = WORDS_MS) -> list[str]:
    return list(_reduced(said, KEPT, book, GONE, RULES, now_ms))


def test_it_is_what_everybody_clears_without_them_and_nobody_proposes_another() -> None:
    assert found(SAID) == []
    assert found(SAID, now_ms=EARLY_MS) == []
    assert found(SAID, now_ms=EARLY_MS - 1) == [
        "orders were left out 60 s before the time for a word of their flats was over"
    ]
    assert found(replace(SAID, proposal=LoggedRecord(b"record", 31, ()))) == [
        "a result without some orders of the book was not to be proposed by anybody"
    ]
    sly = replace(canonical(BOOK, DATA), without=GONE).encode()
    assert found(replace(SAID, result=sly)) == [
        "without 1 offers the book, cleared as everybody clears it, has another result"
    ]
