"""A round whose orders refuse parts, between a real coordinator and real flats: the best that is proposed counts.

Everybody is given so few steps that what all clear is not the best: whoever goes on finds more.
"""

from collections.abc import Callable
from dataclasses import replace
import threading

import pytest

from coordinator.market import proposing
from coordinator.market.ending import Ended
from coordinator.market.proposing import Proposing
from coordinator.market.searching import Search
from coordinator.store import entries as entry_store
from localvpp.audit import AuditedLog, audit_slot
from localvpp.etp import Kind
from localvpp.market import CANONICAL, Objective, Order, clear
from localvpp.market.errors import StoppedError
from localvpp.market.rounds import MOST_PROPOSALS, Bid, OpenedBook, Outcome, canonical, digest, proposals
from localvpp.trading import Phase, searching
from localvpp.wire import Proposal, ProposalHeard

from ..flat import WAIT_S, until
from .conftest import FLATS, GATE_S, ROUND, TRADED, Trade, ask, bid
from .settling import lived, settled
from .test_audit import PRICES, audited, logged as entries, papers
from .test_market_round import logged, stored


def all_of(order: Order) -> Order:
    return replace(order, all_or_nothing=True)


CHOICE = {
    "101": (all_of(ask(300, 800)), all_of(ask(300, 2550))),
    "102": (all_of(ask(700, 1600)), all_of(ask(800, 1700))),
    "103": (all_of(bid(100, 2500)), all_of(ask(300, 900))),
    "104": (all_of(bid(200, 2100)), all_of(ask(100, 2300))),
    "105": (all_of(bid(500, 1400)), all_of(bid(700, 1800))),
}
CLEARED, BEST = 440_000, 570_000
"""What is gained by what everybody clears, and by the best choice, in 10⁻⁵ yen."""
PROPOSALS_MS = (TRADED - GATE_S) * 1000 + 20_000
"""Until when better results are taken."""


pytestmark = pytest.mark.usefixtures("few_steps")


def coordinator_finds_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proposing, "_searched", proposing._cleared)


def flats_find_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searching, "_better", lambda *_: None)


async def cleared(trade: Trade) -> Search:
    """Let the book be cleared as everybody does, and all hear of that."""
    await trade.market.second()
    search = trade.market.rounds[ROUND].search
    assert search is not None
    await until(search.clearing.done)
    await trade.market.second()
    assert search.own is not None
    await until(lambda: len(search.told) == len(trade.running()))
    return search


async def opened(trade: Trade, wanted: dict[str, tuple[Order, ...]] | None = None) -> Search:
    await trade.enter(*FLATS)
    await trade.order(CHOICE if wanted is None else wanted)
    await trade.close()
    return await cleared(trade)


async def proposed(trade: Trade) -> None:
    """Wait until the log has a proposal."""
    await until(lambda: bool(trade.market.rounds[ROUND].proposals))


async def fixed(trade: Trade, *names: str) -> None:
    """Let the time for proposals pass, and flats judge what came of them."""
    trade.clock.pass_ms(PROPOSALS_MS - trade.clock.wall_ms())
    await trade.judged(*names)


async def gained(trade: Trade) -> int:
    result = (await stored(trade)).result
    assert result is not None
    return Outcome.decode(result).result.gain


async def best_counts(trade: Trade) -> None:
    """See that the best choice is what comes of the round."""
    await fixed(trade)
    await trade.ended()
    assert await gained(trade) == BEST


async def in_the_log(trade: Trade) -> list[bytes]:
    """What the PROPOSAL records of the slot name."""
    async with trade.house.coordinator.engine.connect() as connection:
        found = await entry_store.of_kind(connection, TRADED, Kind.PROPOSAL)
    bodies = [entry.opened() for entry in found]
    return [body.evidence[0] for body in bodies if body is not None]


async def test_what_a_flat_finds_is_the_result(trade: Trade, monkeypatch: pytest.MonkeyPatch) -> None:
    coordinator_finds_nothing(monkeypatch)
    search = await opened(trade)
    assert search.best is not None
    assert trade.state("101").phase is Phase.CLOSED
    await proposed(trade)
    await trade.market.second()
    assert trade.market.rounds[ROUND].stored.result is None, "there is still time for more"
    await best_counts(trade)
    assert {trade.state(name).phase for name in FLATS} == {Phase.TRADED}
    done = await stored(trade)
    assert done.result is not None
    assert await in_the_log(trade) == [digest(done.result)]
    assert await logged(trade) == [5, 1, 1]
    assert [await trade.evidence(name) for name in FLATS] == [[]] * 5


async def test_a_search_that_ends_in_a_fault_takes_nothing_else_along(
    trade: Trade, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fault(*_: object) -> None:
        raise RuntimeError("something is wrong with the solver")

    coordinator_finds_nothing(monkeypatch)
    monkeypatch.setattr(searching, "_better", fault)
    await opened(trade)
    await until(lambda: caplog.text.count("has not searched the book") == len(FLATS))
    await fixed(trade)
    await trade.ended()
    assert await gained(trade) == CLEARED
    assert {trade.state(name).phase for name in FLATS} == {Phase.TRADED}


async def test_the_coordinator_proposes_too(trade: Trade, monkeypatch: pytest.MonkeyPatch) -> None:
    flats_find_nothing(monkeypatch)
    search = await opened(trade)
    own = search.own
    assert own is not None
    await until(own.done)
    await trade.market.second()
    assert len(await in_the_log(trade)) == 1
    await best_counts(trade)
    assert [await trade.evidence(name) for name in FLATS] == [[]] * 5


async def test_a_search_that_nobody_waits_for_any_more_ends_with_its_next_step(
    trade: Trade, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its thread would run on for as many steps as it has, and the next round's search wait for it."""
    flats_find_nothing(monkeypatch)
    begun, ended = threading.Event(), list[BaseException]()

    def endless(book: bytes, stopped: Callable[[], bool]) -> Bid:
        begun.set()
        try:
            while True:
                proposals.searched(OpenedBook.decode(book), book, b"building", stopped)
        except StoppedError as error:
            ended.append(error)
            raise

    monkeypatch.setattr(proposing, "_searched", endless)
    await opened(trade)
    await until(begun.is_set)
    assert ended == []
    trade.market.proposing.forget(trade.market.rounds[ROUND])
    await until(lambda: len(ended) == 1)


# --- what is refused ---------------------------------------------------------------------------------------------


def without(outcome: Outcome, opened: OpenedBook, names: set[str]) -> Outcome:
    """What comes of a book when these of its orders are left out, rightly in all else."""
    book, right = opened.book(), outcome.result
    rest = replace(book, orders=tuple(each for each in book.orders if each.id not in names))
    other = clear(rest, opened.objective, opened.price, CANONICAL)
    bound = right.value + right.gap
    left_out = tuple(sorted({*other.certificate.left_out, *names}))
    certificate = replace(other.certificate, left_out=left_out, bounds=right.certificate.bounds)
    value = other.energy_wh if opened.objective is Objective.ENERGY else other.gain
    return replace(outcome, result=replace(other, certificate=certificate, gap=bound - value))


CLOSE = {
    "101": (all_of(ask(10, 900)),),
    "102": (all_of(ask(1, 1000)),),
    "103": (all_of(bid(15, 2500)),),
    "104": (all_of(bid(1, 2000)),),
    "105": (all_of(bid(1, 1999)),),
}
"""One Wh is sold, for 2000 at best and for 1999 at second best; what cannot be served leaves a gap."""


def propose(trade: Trade, name: str, document: bytes) -> None:
    trade.flats[name].flat.tell_building(Proposal(ROUND, document))


async def test_what_is_worse_by_the_smallest_unit_of_money_is_refused_and_it_is_said_why(
    trade: Trade, monkeypatch: pytest.MonkeyPatch, answers: list[ProposalHeard]
) -> None:
    flats_find_nothing(monkeypatch)
    coordinator_finds_nothing(monkeypatch)
    search = await opened(trade, CLOSE)
    book = trade.market.rounds[ROUND].stored.book
    assert book is not None
    assert search.best is not None
    best, read = Outcome.decode(search.best.document), OpenedBook.decode(book)
    assert best.result.gain == 1000
    (dear,) = [each.id for offer in read.offers for each in offer.orders if each.limit == 2000]
    worse = without(best, read, {*best.result.certificate.left_out, dear} - {last(read, 1999)})
    assert worse.result.gain == 999
    propose(trade, "104", worse.encode())
    await until(lambda: len(answers) == 1)
    assert answers[0].reasons == (
        "it is worse than the best so far by 1 × 10⁻⁵ yen: 999 × 10⁻⁵ yen, and the best is 1000 × 10⁻⁵ yen",
    )
    propose(trade, "103", best.encode())
    await until(lambda: len(answers) == 2)
    assert answers[1].reasons == (
        "it is worth as much as the best so far, 1000 × 10⁻⁵ yen: only what is better is taken",
    )
    assert await in_the_log(trade) == []
    await fixed(trade)
    await trade.ended()
    assert await gained(trade) == 1000


def last(opened: OpenedBook, limit: int) -> str:
    return next(each.id for offer in opened.offers for each in offer.orders if each.limit == limit)


async def test_a_result_that_is_not_right_is_refused_by_order_and_wh(
    trade: Trade, monkeypatch: pytest.MonkeyPatch, answers: list[ProposalHeard]
) -> None:
    flats_find_nothing(monkeypatch)
    coordinator_finds_nothing(monkeypatch)
    search = await opened(trade, CLOSE)
    assert search.best is not None
    best = Outcome.decode(search.best.document)
    (pair,) = best.result.trades
    more = replace(best.result, trades=(pair._replace(wh=2),), energy_wh=2, gain=2000, gap=best.result.gap - 1000)
    bent, other = replace(best, result=more).encode(), replace(best, book=bytes(32)).encode()
    propose(trade, "101", bent)
    propose(trade, "102", b"rubbish")
    propose(trade, "103", other)
    await until(lambda: len(answers) == 3)
    said = {each.name: each.reasons for each in answers}
    wrong = "it trades 2 Wh and has 1 Wh left for this stage (1 Wh)"
    assert set(said[digest(bent)]) == {f"order: {pair.seller}: {wrong}", f"order: {pair.buyer}: {wrong}"}
    assert said[digest(b"rubbish")][0].startswith("it cannot be read")
    assert said[digest(other)] == ("it is of another book, 0000000000000000",)
    assert await in_the_log(trade) == []


async def test_a_flat_that_proposes_rubbish_again_and_again_stops_nothing(
    trade: Trade, monkeypatch: pytest.MonkeyPatch, answers: list[ProposalHeard]
) -> None:
    coordinator_finds_nothing(monkeypatch)
    looked = 0
    right = proposing._checked

    def checked(document: bytes, book: bytes) -> tuple[Bid | None, tuple[str, ...]]:
        nonlocal looked
        looked += document == b"rubbish"
        return right(document, book)

    monkeypatch.setattr(proposing, "_checked", checked)
    look = searching._better
    flats_find_nothing(monkeypatch)
    search = await opened(trade)
    for _ in range(20):
        propose(trade, "105", b"rubbish")
    await until(lambda: len(answers) == 20)
    assert looked == MOST_PROPOSALS
    assert {each.reasons for each in answers[MOST_PROPOSALS:]} == {
        (f"of one flat {MOST_PROPOSALS} proposals are looked at in a round",)
    }
    assert search.best is not None
    found = look(trade.market.rounds[ROUND].stored.book or b"", search.best.document, b"101")
    assert found is not None
    propose(trade, "101", found)
    await proposed(trade)
    await best_counts(trade)
    assert {trade.state(name).phase for name in FLATS} == {Phase.TRADED}


async def test_nothing_is_taken_before_the_book_is_cleared_and_after_the_time(
    trade: Trade, monkeypatch: pytest.MonkeyPatch, answers: list[ProposalHeard]
) -> None:
    flats_find_nothing(monkeypatch)
    coordinator_finds_nothing(monkeypatch)
    await trade.enter(*FLATS)
    await trade.order(CHOICE)
    await trade.close()
    propose(trade, "101", b"{}")
    await until(lambda: len(answers) == 1)
    assert "nothing is to be beaten" in answers[0].reasons[0]
    search = await cleared(trade)
    assert search.best is not None
    book = trade.market.rounds[ROUND].stored.book
    assert book is not None
    found = proposals.searched(OpenedBook.decode(book), book, b"")
    await fixed(trade)
    propose(trade, "101", found.encode())
    await until(lambda: len(answers) == 2)
    assert answers[1].reasons == ("the round takes no proposals, or none any more",)
    await trade.ended()
    assert await gained(trade) == CLEARED


# --- who is killed, and who lies ---------------------------------------------------------------------------------


async def test_a_coordinator_that_is_killed_while_proposals_are_taken_forgets_none(
    trade: Trade, monkeypatch: pytest.MonkeyPatch
) -> None:
    coordinator_finds_nothing(monkeypatch)
    await opened(trade)
    await proposed(trade)
    flats_find_nothing(monkeypatch)
    await trade.restart()
    assert len(trade.market.rounds[ROUND].proposals) == 1
    search = await cleared(trade)
    assert search.best is not None
    assert search.best.result.gain == BEST
    await best_counts(trade)
    assert len(await in_the_log(trade)) == 1
    assert [await trade.evidence(name) for name in FLATS] == [[]] * 5


async def test_one_that_is_killed_until_the_time_is_over_still_has_the_best(
    trade: Trade, monkeypatch: pytest.MonkeyPatch
) -> None:
    coordinator_finds_nothing(monkeypatch)
    await opened(trade)
    await proposed(trade)
    await trade.kill()
    trade.clock.pass_ms(PROPOSALS_MS - trade.clock.wall_ms())
    await trade.revive()
    await trade.market.second()
    search = trade.market.rounds[ROUND].search
    assert search is not None
    await until(search.clearing.done)
    await trade.judged()
    await trade.ended()
    assert await gained(trade) == BEST


async def test_a_flat_whose_proposal_was_lost_with_the_link_proposes_it_again(
    trade: Trade, monkeypatch: pytest.MonkeyPatch
) -> None:
    coordinator_finds_nothing(monkeypatch)
    taken = Proposing.judged

    async def nothing(*_: object) -> None:
        return None

    monkeypatch.setattr(Proposing, "judged", nothing)
    await opened(trade)
    await until(lambda: all(kept_proposal(trade, name) is not None for name in FLATS))
    monkeypatch.setattr(Proposing, "judged", taken)
    await trade.restart()
    await cleared(trade)
    await proposed(trade)
    await best_counts(trade)


async def test_a_flat_whose_link_is_down_when_it_finds_a_better_result_holds_it_against_nobody(
    trade: Trade, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An honest building never gets to see it: the link comes back when the time for proposals is over."""
    coordinator_finds_nothing(monkeypatch)
    looks, begun, go = searching._better, threading.Event(), threading.Event()
    first = trade.config.flats[0]

    def waits(book: bytes, best: bytes, turn: bytes, stopped: Callable[[], bool]) -> bytes | None:
        if turn != trade.flats[first].membership.device:
            return None
        begun.set()
        go.wait(WAIT_S)
        return looks(book, best, turn)

    monkeypatch.setattr(searching, "_better", waits)
    await opened(trade)
    await until(begun.is_set)
    await trade.kill()
    go.set()
    await until(lambda: kept_proposal(trade, first) is not None)
    trade.clock.pass_ms(PROPOSALS_MS - trade.clock.wall_ms())
    await trade.revive()
    await trade.market.second()
    search = trade.market.rounds[ROUND].search
    assert search is not None
    await until(search.clearing.done)
    await trade.judged()
    await trade.ended()
    assert await gained(trade) == CLEARED
    assert [await trade.evidence(name) for name in FLATS] == [[]] * 5


async def test_what_was_sent_over_a_link_that_was_lost_is_held_against_nobody(
    trade: Trade, monkeypatch: pytest.MonkeyPatch
) -> None:
    coordinator_finds_nothing(monkeypatch)
    taken = Proposing.judged

    async def nothing(*_: object) -> None:
        return None

    monkeypatch.setattr(Proposing, "judged", nothing)
    await opened(trade)
    await until(lambda: all(kept_proposal(trade, name) is not None for name in FLATS))
    await trade.kill()
    monkeypatch.setattr(Proposing, "judged", taken)
    trade.clock.pass_ms(PROPOSALS_MS - trade.clock.wall_ms())
    await trade.revive()
    await trade.market.second()
    search = trade.market.rounds[ROUND].search
    assert search is not None
    await until(search.clearing.done)
    await trade.judged()
    await trade.ended()
    assert [await trade.evidence(name) for name in FLATS] == [[]] * 5


def kept_proposal(trade: Trade, name: str) -> bytes | None:
    kept = trade.flats[name].flat.trading._shelf.rounds.get(ROUND)
    return None if kept is None else kept.proposal


@pytest.mark.parametrize("taken", [True, False], ids=["taken", "not answered"])
async def test_who_knows_a_better_result_refuses_one_that_withholds_it(
    trade: Trade, monkeypatch: pytest.MonkeyPatch, taken: bool
) -> None:
    """The coordinator clears as everybody does, and leaves out what a flat has proposed."""
    coordinator_finds_nothing(monkeypatch)
    looks = searching._better
    first = trade.config.flats[0]

    def only_one(book: bytes, best: bytes, turn: bytes, stopped: Callable[[], bool]) -> bytes | None:
        return looks(book, best, turn) if turn == trade.flats[first].membership.device else None

    monkeypatch.setattr(searching, "_better", only_one)
    if not taken:

        async def nothing(*_: object) -> None:
            return None

        monkeypatch.setattr(Proposing, "judged", nothing)
    search = await opened(trade)
    worse = search.best
    await until(lambda: kept_proposal(trade, first) is not None)
    if taken:
        await proposed(trade)
        await until(lambda: trade.flats[first].flat.trading._shelf.rounds[ROUND].proposal_record is not None)
        trade.market.rounds[ROUND].proposals.clear()
        search.best = worse
    await fixed(trade)
    state = trade.state(first)
    assert state.phase is Phase.DISPUTED
    became = "the log was to name" if taken else "the building has not taken"
    assert any(
        each.startswith("the result is worse than the proposal ")
        and f", which {became} by {BEST - CLEARED} × 10⁻⁵ yen: {CLEARED} × 10⁻⁵ yen" in each
        for each in state.findings
    )
    (evidence,) = await trade.accused(first)
    proposal = kept_proposal(trade, first)
    assert proposal is not None
    assert proposal in evidence.ours
    await trade.ended()
    assert (await stored(trade)).ended == Ended.TRADED, "the others cannot know"
    if taken:
        await lived(trade)
        await settled(trade)
        found = "; ".join(await audited(trade))
        assert "the result is not the last proposal of the log" in found, "the auditor does"
        assert f"the result is worse than the best that the log holds by {BEST - CLEARED} × 10⁻⁵ yen" in found


async def test_a_result_that_is_worse_than_what_everybody_clears_is_refused_by_all(
    trade: Trade, monkeypatch: pytest.MonkeyPatch
) -> None:
    flats_find_nothing(monkeypatch)
    coordinator_finds_nothing(monkeypatch)
    search = await opened(trade, CLOSE)
    known = trade.market.rounds[ROUND]
    assert known.stored.book is not None
    read = OpenedBook.decode(known.stored.book)
    right = canonical(read, known.stored.book)
    worse = without(right, read, {*right.result.certificate.left_out, last(read, 2000)} - {last(read, 1999)})
    search.best = Bid(worse.encode(), worse.result)
    await fixed(trade)
    for name in FLATS:
        assert trade.state(name).phase is Phase.DISPUTED
        assert trade.state(name).findings == (
            "the result is not what everybody clears, and the log names no proposal of it",
            "the result is worse than what everybody clears by 1 × 10⁻⁵ yen: 999 × 10⁻⁵ yen, "
            "and that is 1000 × 10⁻⁵ yen",
        )


async def test_where_nothing_can_be_better_nobody_waits(trade: Trade) -> None:
    """The bound of everything divided is reached: no proposal could be worth more."""
    await trade.enter(*FLATS)
    await trade.order({"101": (all_of(ask(300, 800)),), "103": (all_of(bid(300, 2500)),)})
    await trade.close()
    await trade.market.second()
    search = trade.market.rounds[ROUND].search
    assert search is not None
    await until(search.clearing.done)
    await trade.judged()
    await trade.ended()
    assert trade.state("103").phase is Phase.TRADED
    assert await in_the_log(trade) == []


async def test_an_auditor_holds_the_result_against_all_that_was_proposed(
    trade: Trade, monkeypatch: pytest.MonkeyPatch
) -> None:
    coordinator_finds_nothing(monkeypatch)
    await opened(trade)
    await proposed(trade)
    await fixed(trade)
    await trade.ended()
    await lived(trade)
    await settled(trade)
    assert await audited(trade) == ()
    log = AuditedLog.of(trade.config.origin, await entries(trade))
    (good,) = await papers(trade)
    assert good.book is not None
    everybodys = canonical(OpenedBook.decode(good.book), good.book).encode()
    assert good.proposals == (good.result,)
    for given, told in (
        (replace(good, proposals=()), "there is no document of the proposal"),
        (replace(good, proposals=(*good.proposals, everybodys)), "is in no entry of the log behind the book"),
        (replace(good, result=everybodys), "the result is not the last proposal of the log"),
        (replace(good, result=everybodys), f"the best that the log holds by {BEST - CLEARED} × 10⁻⁵ yen"),
        (
            replace(good, came_back=True, proposals=(), result=everybodys),
            "the result is not the last proposal of the log",
        ),
    ):
        assert told in "; ".join(audit_slot(log, TRADED, [given], PRICES))
