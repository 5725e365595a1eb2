"""A result counts by words that agree to it, each of another flat: not by their number alone."""

from collections.abc import Callable, Mapping
from copy import replace

from hypothesis import given, settings, strategies as st
import pytest

from localvpp.agreeing import KeyHistory, Stand
from localvpp.etp import DeviceId, Ed25519Signer, Standing, cose
from localvpp.market import MarketError
from localvpp.market.rounds import (
    Asked,
    Cleared,
    OpenedBook,
    Outcome,
    Own,
    Placed,
    RoundError,
    agreement_problem,
    canonical,
    check_round,
    digest,
)
from localvpp.quorum import needed_of
from localvpp.trading.judging import cleared_problems, words_of
from localvpp.trading.kept import KeptRound
from localvpp.wire import RoundName, sign_verdict

from .rounds import ORIGIN, PROMISED, RULES, SLOT, WANTED, ask, bid, opened, outcome, placed

AT = RoundName(SLOT, 0)
BOOK = opened(*(placed(number) for number in range(len(WANTED))))
RESULT = outcome(BOOK)
NAMES = (digest(BOOK.encode()), digest(RESULT.encode()))
IN_TIME_MS = (SLOT - 60) * 1000
FLATS = [Ed25519Signer.generate() for _ in range(BOOK.voters)]
ORDERING = frozenset(each.public.device_id for each in FLATS)
KEPT = KeptRound(at=AT, rules=b"", book=BOOK.encode(), result=RESULT.encode(), ordering=ORDERING)

type Say = Callable[[Ed25519Signer], bytes]


def agree(signer: Ed25519Signer) -> bytes:
    return agree_for(signer, signer)


def agree_for(flat: Ed25519Signer, signer: Ed25519Signer) -> bytes:
    """The word of a flat that was enrolled with one key, by another one."""
    return sign_verdict(signer, flat.public.device_id, ORIGIN, AT, *NAMES, vouches=True)


def agree_without_orders(signer: Ed25519Signer) -> bytes:
    return sign_verdict(signer, signer.public.device_id, ORIGIN, AT, *NAMES)


def elsewhere(signer: Ed25519Signer) -> bytes:
    return sign_verdict(signer, signer.public.device_id, "vpp.example/another", AT, *NAMES)


def another_slot(signer: Ed25519Signer) -> bytes:
    return sign_verdict(signer, signer.public.device_id, ORIGIN, RoundName(SLOT + 60, 0), *NAMES)


def another_result(signer: Ed25519Signer) -> bytes:
    return sign_verdict(signer, signer.public.device_id, ORIGIN, AT, NAMES[0], bytes(32))


def another_book(signer: Ed25519Signer) -> bytes:
    return sign_verdict(signer, signer.public.device_id, ORIGIN, AT, bytes(32), NAMES[1])


def disagree(signer: Ed25519Signer) -> bytes:
    return sign_verdict(signer, signer.public.device_id, ORIGIN, AT, *NAMES, ["the price is another"])


def another_round(signer: Ed25519Signer) -> bytes:
    return sign_verdict(signer, signer.public.device_id, ORIGIN, RoundName(SLOT, 1), *NAMES)


def garbage(signer: Ed25519Signer) -> bytes:
    return signer.public.data


GATE, INDEX = BOOK.log_size, BOOK.log_size + 40
"""Entries at the gate, and the CLEARED record's place."""
BUILDING = Ed25519Signer.generate()
BEFORE, WITHIN, AFTER = GATE - 1, GATE, INDEX
"""Entries that the gate has behind it, that it has before it, and that are behind the CLEARED record."""


def enrolled(signer: Ed25519Signer, behind: int = BEFORE) -> Stand:
    return Stand(behind, signer.public, Standing.ACTIVE)


HISTORIES = {each.public.device_id: KeyHistory((enrolled(each),)) for each in (*FLATS, BUILDING)}
"""What the log says of the flats' keys, and of the building's."""


def problems(
    words: list[bytes],
    kept: KeptRound = KEPT,
    histories: Mapping[DeviceId, KeyHistory] = HISTORIES,
    written_ms: int = IN_TIME_MS,
) -> list[str]:
    assert kept.book is not None
    assert kept.result is not None
    document = Cleared.of(ORIGIN, SLOT, 0, digest(kept.book), digest(kept.result), words).encode()

    def history(device: DeviceId) -> KeyHistory:
        return histories.get(device, KeyHistory())

    found = words_of(document, INDEX, kept, history, BUILDING.public.device_id)
    return cleared_problems(document, written_ms, kept, RULES, found)


def with_history(signer: Ed25519Signer, *stands: Stand) -> dict[DeviceId, KeyHistory]:
    return HISTORIES | {signer.public.device_id: KeyHistory(stands)}


def test_all_agree_and_the_result_counts() -> None:
    assert problems([agree(each) for each in FLATS]) == []


def test_one_flat_that_agrees_many_times_is_one() -> None:
    said = [agree(FLATS[0]), *(agree(each) for each in FLATS[:1] for _ in range(2))]
    assert problems(sorted(set(said)))[0].startswith("1 flats have agreed")


def test_an_offer_that_no_flat_vouches_for_keeps_the_result_from_counting() -> None:
    said = [*(agree(each) for each in FLATS[1:]), agree_without_orders(FLATS[0])]
    assert problems(said) == [
        "4 flats with orders have said that theirs count, and those of 5 do: whose the others are nobody has said"
    ]


def test_who_has_logged_no_orders_of_the_round_vouches_for_none() -> None:
    stranger = Ed25519Signer.generate()
    said = [*(agree(each) for each in FLATS[1:]), agree_without_orders(FLATS[0]), agree(stranger)]
    assert problems(said, histories=with_history(stranger, enrolled(stranger)))[0].startswith(
        "4 flats with orders have said"
    )


def refuse(signer: Ed25519Signer) -> bytes:
    """The word of a flat that finds something wrong, and not of its own orders."""
    device, found = signer.public.device_id, ["the price is another"]
    return sign_verdict(signer, device, ORIGIN, AT, *NAMES, found, vouches=True)


def test_who_refuses_for_something_else_vouches_for_its_orders_and_is_not_counted_among_those_who_agree() -> None:
    assert problems([*(agree(each) for each in FLATS[1:]), refuse(FLATS[0])]) == []
    said = [agree(FLATS[0]), *(refuse(each) for each in FLATS[1:])]
    assert problems(said)[0].startswith("1 flats have agreed")
    said = [*(agree(each) for each in FLATS[2:]), *(refuse(each) for each in FLATS[:2])]
    assert problems(said) == ["3 flats have agreed, and of 5 it takes 4"], "by one word too few nothing counts"


def test_offers_that_do_not_count_need_nobody_to_vouch_for_them() -> None:
    first = BOOK.offers[0].blind
    partly = Outcome(ORIGIN, SLOT, 0, NAMES[0], RESULT.result, (first,))
    assert Outcome.decode(partly.encode()) == partly
    asked = Asked.of(BOOK, partly, ORDERING)
    assert (asked.offers, Asked.of(BOOK, RESULT, ORDERING).offers) == (4, 5)
    assert agreement_problem(asked, ORDERING, set(list(ORDERING)[1:])) is None
    with pytest.raises(MarketError):
        replace(partly, without=(first, first))


def test_what_is_not_in_the_book_cannot_be_left_out_and_spares_nobody_a_word() -> None:
    gone = tuple(sorted((BOOK.offers[0].blind, bytes(32))))
    sly = replace(canonical(BOOK, BOOK.encode(), gone), without=gone)
    assert Asked.of(BOOK, sly, ORDERING).offers == 4
    said = check_round(BOOK.encode(), sly.encode(), PROMISED, None, 5)
    assert said == ("the result is without 1 offers that are not in the book",)


def test_a_result_by_which_nothing_is_traded_does_not_count_though_it_is_right() -> None:
    """It would keep the slot from being shared by its key, and nobody would gain by it."""
    apart = opened(placed(0, (ask(500, 2600),)), placed(1, (bid(500, 2500),)))
    own = Own(placed(0, (ask(500, 2600),)), taken=True)
    nobody = canonical(BOOK, BOOK.encode(), [offer.blind for offer in BOOK.offers])
    for book, result, whose, records in ((apart, outcome(apart), own, 2), (BOOK, nobody, None, 5)):
        assert check_round(book.encode(), result.encode(), PROMISED, whose, records) == (
            "nothing is traded by the result: a round in which no offer meets a wish does not count",
        )


def test_a_result_of_before_counts_by_a_quorum_and_no_flat_agrees_to_one() -> None:
    former = replace(RESULT, format="local-vpp result 2")
    assert b'"without"' not in former.encode()
    assert Outcome.decode(former.encode()) == former
    assert agreement_problem(Asked.of(BOOK, former, ORDERING), ORDERING, set()) is None
    said = check_round(BOOK.encode(), former.encode(), PROMISED, Own(placed(0), taken=True), 5)
    assert said == ("the result is of a former format: it would count although nobody vouches for the orders in it",)


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_of_the_offers_that_count_no_more_are_wrong_than_flats_that_have_ordered_lie(data: st.DataObject) -> None:
    """Whatever a building makes of a book, and whoever lies for it: the pigeonhole principle, tried out."""
    flats = data.draw(st.integers(1, 8))
    strangers = data.draw(st.integers(0, 3))
    devices = [b"device %d" % number for number in range(flats + strangers)]
    ordering = frozenset(devices[:flats])
    liars = set(data.draw(st.lists(st.sampled_from(devices), unique=True)))
    # An offer of the book is right for one flat, or for nobody; of one flat there are not two.
    right = set(data.draw(st.lists(st.sampled_from(sorted(ordering)), unique=True)))
    wrong = data.draw(st.integers(0, 8))
    vouching = {device for device in devices if device in liars or device in right}
    vouching -= set(data.draw(st.lists(st.sampled_from(devices), unique=True)))
    asked = Asked(voters=len(devices), needed=0, offers=len(right) + wrong, ordering=ordering)
    if agreement_problem(asked, vouching, vouching) is None:
        owned_by_honest = len(right & vouching - liars)
        assert asked.offers - owned_by_honest <= len(liars & ordering)
        if not liars & ordering:
            assert wrong == 0


@pytest.mark.parametrize(
    "say", [elsewhere, another_slot, another_round, another_book, another_result, disagree, garbage]
)
def test_a_word_that_does_not_agree_to_this_result_is_none(say: Say) -> None:
    (problem,) = problems([*(agree(each) for each in FLATS[1:]), say(FLATS[0])])
    assert problem.startswith("a word of agreement does not count: ")


def test_a_word_that_another_key_has_signed_in_a_flats_name_does_not_count() -> None:
    forged = agree_for(FLATS[0], Ed25519Signer.generate())
    (problem,) = problems([*(agree(each) for each in FLATS[1:]), forged])
    assert f"that of device {FLATS[0].public.device_id.hex()} is signed with key" in problem


def test_a_word_under_a_flats_own_key_name_that_it_has_not_signed_does_not_count() -> None:
    genuine = cose.parse(agree(FLATS[0]), "the word")
    forged = agree(FLATS[0])[: -len(genuine.signature)] + agree(FLATS[1])[-len(genuine.signature) :]
    (problem,) = problems([*(agree(each) for each in FLATS[1:]), forged])
    assert f"that of device {FLATS[0].public.device_id.hex()} is not signed by it" in problem


def test_the_building_has_no_word_on_its_own_result() -> None:
    (problem,) = problems([*(agree(each) for each in FLATS), agree(BUILDING)])
    assert problem.endswith("is the building's own")


def test_a_word_of_a_device_that_the_log_does_not_know_does_not_count() -> None:
    (problem,) = problems([*(agree(each) for each in FLATS), agree(Ed25519Signer.generate())])
    assert problem.endswith("was not enrolled at the gate, or not active since")


def test_a_flat_that_was_enrolled_after_the_gate_has_no_word() -> None:
    (problem,) = problems([agree(each) for each in FLATS], histories=with_history(FLATS[0], enrolled(FLATS[0], WITHIN)))
    assert problem.endswith("was not enrolled at the gate, or not active since")


@pytest.mark.parametrize(("behind", "counts"), [(BEFORE, False), (WITHIN, True), (AFTER, True)])
@pytest.mark.parametrize("standing", [Standing.SUSPENDED, Standing.REVOKED])
def test_a_flat_whose_records_were_not_taken_from_before_the_gate_on_has_no_word(
    behind: int, counts: bool, standing: Standing
) -> None:
    gone = Stand(behind, FLATS[0].public, standing)
    found = problems([agree(each) for each in FLATS], histories=with_history(FLATS[0], enrolled(FLATS[0], 3), gone))
    assert (found == []) is counts


def test_a_flat_that_was_reinstated_while_the_round_went_on_has_its_word() -> None:
    key, flat = FLATS[0].public, FLATS[0]
    stands = enrolled(flat, 3), Stand(4, key, Standing.SUSPENDED), Stand(WITHIN, key, Standing.ACTIVE)
    assert problems([agree(each) for each in FLATS], histories=with_history(flat, *stands)) == []


@pytest.mark.parametrize(
    ("behind", "old", "new"),
    [(BEFORE, False, True), (WITHIN, True, True), (INDEX - 1, True, True), (AFTER, True, False)],
)
def test_a_renewed_key_signs_words_from_its_rotation_on_and_the_old_one_until_then(
    behind: int, old: bool, new: bool
) -> None:
    flat, fresh = FLATS[0], Ed25519Signer.generate()
    histories = with_history(flat, enrolled(flat, 3), enrolled(fresh, behind))
    others = [agree(each) for each in FLATS[1:]]
    by_new = agree_for(flat, fresh)
    assert (problems([*others, agree(flat)], histories=histories) == []) is old
    assert (problems([*others, by_new], histories=histories) == []) is new


def test_two_words_of_a_flat_by_both_of_its_keys_count_once() -> None:
    flat, fresh = FLATS[0], Ed25519Signer.generate()
    histories = with_history(flat, enrolled(flat, 3), enrolled(fresh, WITHIN))
    words = [agree(flat), agree_for(flat, fresh)]
    assert problems(words, histories=histories)[0].startswith("1 flats have agreed")


def test_words_on_another_book_or_result_than_was_proposed_do_not_count() -> None:
    """They may be right by themselves: of what was proposed to this flat they say nothing."""
    document = Cleared.of(ORIGIN, SLOT, 0, *NAMES, [agree(each) for each in FLATS]).encode()
    partly = canonical(BOOK, BOOK.encode(), (BOOK.offers[0].blind,))
    more = replace(BOOK, enrolled=6)
    for kept in (
        replace(KEPT, result=partly.encode()),
        replace(KEPT, book=more.encode(), result=outcome(more).encode()),
        replace(KEPT, at=RoundName(SLOT, 1)),
    ):
        words = words_of(document, INDEX, kept, lambda device: HISTORIES[device], BUILDING.public.device_id)
        assert words.wrong == ()
        assert cleared_problems(document, IN_TIME_MS, kept, RULES, words) == [
            "what came of the round is of another book or result than was proposed"
        ]


def test_whoever_names_the_voters_more_than_half_of_all_flats_have_to_agree() -> None:
    assert [needed_of(voters, 5) for voters in (1, 2, 3, 4, 5)] == [3, 3, 3, 3, 4]
    few = opened(*(placed(number) for number in range(len(WANTED))), enrolled=20)
    kept = replace(KEPT, book=few.encode(), result=outcome(few).encode())
    names = (digest(few.encode()), digest(outcome(few).encode()))
    words = [sign_verdict(each, each.public.device_id, ORIGIN, AT, *names) for each in FLATS]
    (problem,) = problems(words, kept)
    assert problem == "5 flats have agreed, and of 5 it takes 11"


def test_a_result_that_was_written_when_the_round_was_over_does_not_count() -> None:
    (problem,) = problems([agree(each) for each in FLATS], written_ms=SLOT * 1000)
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
