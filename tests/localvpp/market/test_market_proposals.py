"""What is proposed for a book whose orders refuse parts: read strictly, checked, and held against the best so far."""

from dataclasses import replace
import json
import random

from hypothesis import HealthCheck, given, settings, strategies as st
import pytest

from localvpp import traded
from localvpp.market import CANONICAL, Effort, MarketError, Objective, Order, PriceRule, Side, check, clear
from localvpp.market.clearing import whole
from localvpp.market.rounds import (
    MOST_WHOLE,
    OpenedBook,
    Outcome,
    Placed,
    RoundError,
    bid_of,
    canonical,
    digest,
    falls_short,
    not_better,
    searched,
)
from localvpp.traded import untellable
from localvpp.trading import searching

from .rounds import RULES, SLOT, ask, bid, opened, placed

CHOOSY = (
    (ask(10, 900, all_or_nothing=True), bid(3, 1500)),
    (ask(1, 1000, all_or_nothing=True),),
    (bid(15, 2500, min_wh=12),),
    (bid(1, 2000, all_or_nothing=True),),
)


def book_of(wanted: tuple[tuple[Order, ...], ...] = CHOOSY, **changes: object) -> OpenedBook:
    return opened(*(placed(number, orders) for number, orders in enumerate(wanted)), **changes)


def orders(count: int) -> st.SearchStrategy[tuple[Order, ...]]:
    one = st.builds(
        lambda side, wh, limit, kind, part: Order(
            id="own",
            flat="own",
            side=side,
            wh=wh,
            limit=limit,
            all_or_nothing=kind == "all",
            min_wh=part * wh // 10 if kind == "part" else 0,
        ),
        st.sampled_from(Side),
        st.integers(1, 40),
        st.integers(800, 3000),
        st.sampled_from(["any", "any", "all", "part"]),
        st.integers(0, 10),
    )
    several = st.lists(one, max_size=count, unique_by=lambda each: each.kind)
    return several.map(lambda made: tuple(replace(each, id=f"own {number}") for number, each in enumerate(made)))


books = st.builds(
    lambda wanted, objective: book_of(tuple(wanted), objective=objective),
    st.lists(orders(3), min_size=2, max_size=4),
    st.sampled_from(Objective),
)


def test_orders_may_refuse_parts_and_few_of_a_flat_do() -> None:
    many = tuple(bid(5, 1000 + number, min_wh=1) for number in range(MOST_WHOLE + 1))
    assert placed(0, many[:-1]).offer.orders[0].min_wh == 1
    with pytest.raises(RoundError, match=f"5 orders refuse parts: give {MOST_WHOLE} such at most"):
        placed(0, many)
    with pytest.raises(MarketError, match="leave it out"):
        placed(0, (bid(5, 1000, block="b"),))
    document = placed(0, (bid(7, 1000, min_wh=3), ask(5, 2000, all_or_nothing=True)))
    assert Placed.decode(document.encode()) == document
    assert book_of().chooses
    assert not opened(placed(0), placed(2)).chooses


def test_proposals_are_taken_for_half_of_the_time_that_showing_leaves() -> None:
    gate_ms, end_ms = RULES.gate_ms(SLOT, 0), RULES.end_ms(SLOT, 0)
    assert RULES.proposals_ms(SLOT, 0) == gate_ms + 155_000
    assert gate_ms + RULES.show_s * 1000 < RULES.proposals_ms(SLOT, 0) < end_ms


@settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.too_slow])
@given(books)
def test_whoever_clears_comes_to_the_same_and_whoever_goes_on_to_no_less(book: OpenedBook) -> None:
    data = book.encode()
    assert OpenedBook.decode(data) == book
    mine = canonical(book, data)
    assert canonical(OpenedBook.decode(data), data).encode() == mine.encode()
    bid, found = bid_of(mine.encode(), data)
    assert found == ()
    assert bid is not None
    assert (bid.document, bid.result) == (mine.encode(), mine.result)
    other = searched(book, data, b"turn")
    assert bid_of(other.encode(), data)[1] == ()
    assert falls_short(other.result, mine.result, "what everybody clears") is None
    assert (not_better(other.result, mine.result) is None) is (other.result.gap < mine.result.gap)
    assert bid.is_best <= (other.result.gap == mine.result.gap)


def test_who_searches_on_in_a_book_of_which_not_all_can_be_tried_ends_with_no_less() -> None:
    book = large_book(4)
    data = book.encode()
    mine, other = canonical(book, data), searched(book, data, b"turn")
    assert mine.result.gap > other.result.gap
    assert bid_of(other.encode(), data)[1] == ()


def large_book(seed: int) -> OpenedBook:
    drawn = random.Random(seed)
    wanted = []
    for _ in range(10):
        of_one = []
        for limit in drawn.sample(range(800, 3000), MOST_WHOLE):
            wh, side, whole = drawn.randrange(50, 500), drawn.choice((ask, bid)), drawn.random() < 0.7
            of_one.append(side(wh, limit, all_or_nothing=True) if whole else side(wh, limit, min_wh=wh * 3 // 4))
        wanted.append(tuple(of_one))
    return book_of(tuple(wanted), objective=Objective.ENERGY)


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(books, st.data())
def test_what_is_bent_is_no_bid(book: OpenedBook, data: st.DataObject) -> None:
    document = book.encode()
    mine = canonical(book, document)
    plain = json.loads(mine.encode())
    field = data.draw(st.sampled_from(["origin", "slot", "round", "book", "energy_wh", "gain", "gap", "cut"]))
    if field == "cut":
        bent: bytes = mine.encode()[: data.draw(st.integers(0, len(mine.encode()) - 1))]
    else:
        held = plain["result"] if field in plain["result"] else plain
        was = held[field]
        held[field] = was + data.draw(st.integers(1, 9)) if isinstance(was, int) else digest(was.encode()).hex()
        bent = json.dumps(plain, separators=(",", ":"), sort_keys=True).encode()
    bid, found = bid_of(bent, document)
    assert bid is None
    assert found != ()


def test_a_proposal_leaves_out_nobody() -> None:
    """Else whoever proposes would choose whose orders count: only who gives no word is left out, and of the second."""
    book = book_of()
    document = book.encode()
    gone = book.offers[0].blind
    right_without = canonical(book, document, (gone,)).encode()
    bid, found = bid_of(right_without, document)
    assert (bid, found) == (None, ("it is without 1 offers of the book: all of them count in a proposal",))


def test_how_much_is_missing_is_said_in_the_unit_of_the_objective() -> None:
    book = book_of()
    best = canonical(book, book.encode()).result
    less = replace(best, gain=best.gain - 1)
    assert not_better(less, best) == (
        f"it is worse than the best so far by 1 × 10⁻⁵ yen: {best.gain - 1} × 10⁻⁵ yen, "
        f"and the best is {best.gain} × 10⁻⁵ yen"
    )
    assert not_better(replace(best, gain=best.gain + 1), best) is None
    energy = book_of(objective=Objective.ENERGY)
    most = canonical(energy, energy.encode()).result
    assert falls_short(replace(most, energy_wh=most.energy_wh - 2), most, "mine") == (
        f"the result is worse than mine by 2 Wh: {most.energy_wh - 2} Wh, and that is {most.energy_wh} Wh"
    )


def test_with_the_floor_it_is_better_whose_gap_is_smaller_whatever_is_gained_by_sharing_with_fewer() -> None:
    book = book_of(objective=Objective.FLOOR)
    best = canonical(book, book.encode()).result
    fewer = replace(best, gain=best.gain + 5, gap=best.gap + 1)
    said = f"a gap of {best.gap + 1} × 10⁻⁵ yen"
    assert not_better(fewer, best) == (
        f"it is worse than the best so far by 1 × 10⁻⁵ yen: {said}, and the best is a gap of {best.gap} × 10⁻⁵ yen"
    )
    assert not_better(replace(best, gain=best.gain + 5), best) is not None
    assert not_better(best, fewer) is None
    assert falls_short(fewer, best, "mine") == (
        f"the result is worse than mine by 1 × 10⁻⁵ yen: {said}, and that is a gap of {best.gap} × 10⁻⁵ yen"
    )


def test_what_everybody_clears_does_not_depend_on_highs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where it is installed it is not even asked."""

    def asked() -> bool:
        raise AssertionError("HiGHS was asked for")

    monkeypatch.setattr(whole, "is_installed", asked)
    book = book_of()
    assert check(book.book(), canonical(book, book.encode()).result) == ()
    with pytest.raises(AssertionError):
        searched(book, book.encode(), b"")


def test_more_steps_find_more_and_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every choice is a clearing: there are no more of them than the steps allow, whatever the book."""
    many = tuple(
        tuple(
            (bid if (number + place) % 2 else ask)(
                100 + 37 * number + 11 * place, 1000 + 61 * number + 7 * place, all_or_nothing=True
            )
            for place in range(4)
        )
        for number in range(16)
    )
    book = book_of(many)
    counts = []
    right, judged = whole.run_stages, 0

    def counted(*args: object) -> object:
        nonlocal judged
        judged += 1
        return right(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(whole, "_STEPS", 64 * 20)
    monkeypatch.setattr(whole, "run_stages", counted)
    for effort in (CANONICAL, Effort(programmed=False, times=3)):
        judged = 0
        clear(book.book(), Objective.GAIN, PriceRule.MID, effort)
        counts.append(judged)
    assert counts[0] <= 3 * 20 + 60
    assert counts[1] <= 3 * 60 + 60


def test_a_document_of_another_round_is_no_outcome_of_this_book() -> None:
    book = book_of()
    mine = canonical(book, book.encode())
    assert Outcome.decode(mine.encode()) == mine
    bid, found = bid_of(replace(mine, slot=SLOT + 60).encode(), book.encode())
    assert bid is None
    assert found[0].startswith("it is of another book")


def test_partners_come_first_beside_orders_that_refuse_parts() -> None:
    tag = "ab" * 16
    book = book_of(((ask(4, 900, partner=tag),), (bid(6, 1500, partner=tag),), *CHOOSY))
    mine = canonical(book, book.encode())
    assert bid_of(mine.encode(), book.encode())[1] == ()
    assert mine.result.trades[0].wh == 4, "what two have agreed on is theirs, whatever others want"
    assert not_better(searched(book, book.encode(), b"turn").result, mine.result) is not None


def test_what_flats_could_not_be_told_of_is_not_proposed(monkeypatch: pytest.MonkeyPatch) -> None:
    book = book_of()
    data = book.encode()
    found = searching._better(data, b"no result", b"turn")
    assert found == searched(book, data, b"turn").encode()
    assert searching._better(data, found, b"turn") is None, "it is no better"
    assert untellable(book, found, Outcome.decode(found).result) is None
    with monkeypatch.context() as patch:
        patch.setattr(traded, "LARGEST_DOCUMENT_OF_ROUND", len(found) - 1)
        assert searching._better(data, b"no result", b"turn") is None
    monkeypatch.setattr(traded, "MOST_TRADES_OF_ONE", 0)
    assert untellable(book, found, Outcome.decode(found).result) == (
        "a flat has 1 trades, and of 0 it can be told how they went"
    )
    assert searching._better(data, b"no result", b"turn") is None
