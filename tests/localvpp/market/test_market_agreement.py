"""A result counts by words that agree to it, each of another flat: not by their number alone."""

from collections.abc import Callable
from copy import replace

import pytest

from localvpp.etp import Ed25519Signer
from localvpp.market import MarketError
from localvpp.market.rounds import Cleared, OpenedBook, Placed, RoundError, digest
from localvpp.quorum import needed_of
from localvpp.trading.judging import cleared_problems
from localvpp.trading.kept import KeptRound
from localvpp.wire import RoundName, sign_verdict

from .rounds import ORIGIN, RULES, SLOT, WANTED, bid, opened, outcome, placed

AT = RoundName(SLOT, 0)
BOOK = opened(*(placed(number) for number in range(len(WANTED))))
RESULT = outcome(BOOK)
KEPT = KeptRound(at=AT, rules=b"", book=BOOK.encode(), result=RESULT.encode())
NAMES = (digest(BOOK.encode()), digest(RESULT.encode()))
IN_TIME_MS = (SLOT - 60) * 1000
FLATS = [Ed25519Signer.generate() for _ in range(BOOK.voters)]

type Say = Callable[[Ed25519Signer], bytes]


def agree(signer: Ed25519Signer) -> bytes:
    return sign_verdict(signer, signer.public.device_id, ORIGIN, AT, *NAMES)


def elsewhere(signer: Ed25519Signer) -> bytes:
    return sign_verdict(signer, signer.public.device_id, "vpp.example/another", AT, *NAMES)


def another_slot(signer: Ed25519Signer) -> bytes:
    return sign_verdict(signer, signer.public.device_id, ORIGIN, RoundName(SLOT + 60, 0), *NAMES)


def another_result(signer: Ed25519Signer) -> bytes:
    return sign_verdict(signer, signer.public.device_id, ORIGIN, AT, NAMES[0], bytes(32))


def disagree(signer: Ed25519Signer) -> bytes:
    return sign_verdict(signer, signer.public.device_id, ORIGIN, AT, *NAMES, ["the price is another"])


def another_round(signer: Ed25519Signer) -> bytes:
    return sign_verdict(signer, signer.public.device_id, ORIGIN, RoundName(SLOT, 1), *NAMES)


def garbage(signer: Ed25519Signer) -> bytes:
    return signer.public.data


def problems(words: list[bytes]) -> list[str]:
    return cleared_problems(Cleared.of(ORIGIN, SLOT, 0, *NAMES, words).encode(), IN_TIME_MS, KEPT, RULES)


def test_all_agree_and_the_result_counts() -> None:
    assert problems([agree(each) for each in FLATS]) == []


def test_one_flat_that_agrees_many_times_is_one() -> None:
    said = [agree(FLATS[0]), *(agree(each) for each in FLATS[:1] for _ in range(2))]
    assert problems(sorted(set(said)))[0].startswith("1 flats have agreed")


@pytest.mark.parametrize("say", [elsewhere, another_slot, another_round, another_result, disagree, garbage])
def test_a_word_that_does_not_agree_to_this_result_is_none(say: Say) -> None:
    (problem,) = problems([*(agree(each) for each in FLATS[1:]), say(FLATS[0])])
    assert problem.startswith("a word of agreement is none: ")


def test_whoever_names_the_voters_more_than_half_of_all_flats_have_to_agree() -> None:
    assert [needed_of(voters, 5) for voters in (1, 2, 3, 4, 5)] == [3, 3, 3, 3, 4]
    few = opened(*(placed(number) for number in range(len(WANTED))), enrolled=20)
    kept = replace(KEPT, book=few.encode(), result=outcome(few).encode())
    names = (digest(few.encode()), digest(outcome(few).encode()))
    words = [sign_verdict(each, each.public.device_id, ORIGIN, AT, *names) for each in FLATS]
    (problem,) = cleared_problems(Cleared.of(ORIGIN, SLOT, 0, *names, words).encode(), IN_TIME_MS, kept, RULES)
    assert problem == "5 flats have agreed, and of 5 it takes 11"


def test_a_result_that_was_written_when_the_round_was_over_does_not_count() -> None:
    words = [agree(each) for each in FLATS]
    (problem,) = cleared_problems(Cleared.of(ORIGIN, SLOT, 0, *NAMES, words).encode(), SLOT * 1000, KEPT, RULES)
    assert problem.endswith("when the round was over")


@pytest.mark.parametrize("slot", [-1, 2**63])
def test_a_book_of_no_slot_is_none(slot: int) -> None:
    with pytest.raises(RoundError, match="is none"):
        replace(BOOK, slot=slot)
    with pytest.raises(MarketError):
        OpenedBook.decode(BOOK.encode().replace(b'"slot":%d' % SLOT, b'"slot":%d' % slot))


REFUSED = [({"block": "b"}, "block"), ({"attributes": {"x" * 99}}, "attributes")]


@pytest.mark.parametrize(("other", "field"), REFUSED)
def test_a_round_takes_no_order_over_slots_and_none_that_fills_the_book(other: dict[str, object], field: str) -> None:
    with pytest.raises(MarketError, match=field):
        Placed.of(ORIGIN, bytes(16), SLOT, 0, bytes(32), [bid(100, 2000, **other)])
