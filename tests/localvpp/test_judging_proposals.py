"""What a flat holds a result against where orders refuse parts: its own clearing, and its own proposal."""

from dataclasses import replace

import pytest

from localvpp.market import CANONICAL, clear
from localvpp.market.rounds import OpenedBook, Outcome, canonical
from localvpp.trading.judging import _searched
from localvpp.trading.kept import KeptRound
from localvpp.wire import LoggedRecord, OpenBook, RoundName

from .market.rounds import RULES, SLOT, ask, bid, opened, placed

AT = RoundName(SLOT, 0)
BOOK = opened(
    placed(0, (ask(10, 900, all_or_nothing=True),)),
    placed(1, (ask(1, 1000, all_or_nothing=True),)),
    placed(2, (bid(15, 2500, all_or_nothing=True),)),
    placed(3, (bid(1, 2000, all_or_nothing=True), bid(1, 1999, all_or_nothing=True))),
)
DATA = BOOK.encode()
BEST = canonical(BOOK, DATA)
GATE_MS, UNTIL_MS = RULES.gate_ms(SLOT, 0), RULES.proposals_ms(SLOT, 0)


def without(limit: int, of: OpenedBook) -> Outcome:
    """The result that leaves out who pays most of the two that can be served."""
    book = of.book()
    names = tuple(sorted(each.id for each in book.orders if each.limit in {900, 2500, limit}))
    rest = replace(book, orders=tuple(each for each in book.orders if each.id not in names))
    result = clear(rest, of.objective, of.price, CANONICAL)
    certificate = replace(result.certificate, left_out=names, bounds=BEST.result.certificate.bounds)
    bound = BEST.result.value + BEST.result.gap
    return replace(BEST, result=replace(result, certificate=certificate, gap=bound - result.gain))


WORSE = without(2000, BOOK)


def told(outcome: Outcome, proposal: LoggedRecord | None = None) -> OpenBook:
    return OpenBook(AT, b"", DATA, outcome.encode(), b"", 30, (), (), proposal, "")


def found(said: OpenBook, kept: KeptRound | None = None, now_ms: int = UNTIL_MS) -> list[str]:
    return list(_searched(said, kept or KeptRound(at=AT, rules=b""), BOOK, RULES, now_ms))


LOGGED = LoggedRecord(b"record", 31, ())


def test_what_everybody_clears_and_what_is_proposed_and_better_is_right() -> None:
    assert (BEST.result.gain, WORSE.result.gain) == (1000, 999)
    assert found(told(BEST)) == []
    assert found(told(BEST, LOGGED)) == []


def test_a_result_that_was_proposed_and_is_worse_than_what_everybody_clears_is_refused() -> None:
    said = "the result is worse than what everybody clears by 1 × 10⁻⁵ yen: 999 × 10⁻⁵ yen, and that is 1000 × 10⁻⁵ yen"
    assert found(told(WORSE, LOGGED)) == [said]
    assert found(told(WORSE)) == ["the result is not what everybody clears, and the log names no proposal of it", said]


@pytest.mark.parametrize(
    ("left_ms", "record", "counts"),
    [(60_001, None, True), (60_000, None, False), (-1, None, False), (-1, b"record", True), (None, None, False)],
    ids=["in time", "less than a minute left", "too late", "taken all the same", "never"],
)
def test_an_own_proposal_counts_that_was_found_in_time(left_ms: int | None, record: bytes | None, counts: bool) -> None:
    proposed_ms = None if left_ms is None else UNTIL_MS - left_ms
    kept = KeptRound(
        at=AT, rules=b"", proposal=BEST.encode(), proposed_ms=proposed_ms, proposal_record=record, best=b"told"
    )
    said = [each for each in found(told(WORSE, LOGGED), kept) if "the proposal " in each]
    assert bool(said) is counts
    assert found(told(BEST), kept) == []


def test_a_proposal_for_another_book_does_not_count() -> None:
    other = replace(BEST, book=bytes(32))
    kept = KeptRound(at=AT, rules=b"", proposal=other.encode(), proposed_ms=GATE_MS)
    assert not [each for each in found(told(WORSE, LOGGED), kept) if "the proposal " in each]


def test_a_result_that_is_fixed_before_the_time_for_better_ones_is_over_is_refused_if_there_can_be_any() -> None:
    assert found(told(BEST), now_ms=UNTIL_MS - 60_000) == []
    assert found(told(BEST), now_ms=UNTIL_MS - 61_000) == [
        "the result was fixed 61 s before the time for better ones was over"
    ]
    sure = opened(placed(0, (ask(10, 900, all_or_nothing=True),)), placed(1, (bid(10, 1000),)))
    mine = canonical(sure, sure.encode())
    assert mine.result.gap == 0
    said = replace(told(mine), book=sure.encode())
    assert list(_searched(said, KeptRound(at=AT, rules=b""), sure, RULES, GATE_MS)) == []
