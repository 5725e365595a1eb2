"""A result of which flats could not be told in one message is refused where it is found, and where it comes in."""

from collections.abc import Callable
from dataclasses import replace
import threading

import pytest

from coordinator.ledger import Ledger
from coordinator.market import leaving, proposing
from coordinator.market.ending import Ended
from coordinator.store import market as store
from localvpp.market.errors import StoppedError
from localvpp.market.rounds import Bid, OpenedBook, digest, proposals
from localvpp.trading import Phase, searching
from localvpp.wire import ProposalHeard

from ..flat import until
from .conftest import FLATS, ROUND, TRADED, Trade
from .test_leaving import to_words, with_a_flat_that_dies
from .test_proposals import (
    CLEARED,
    best_counts,
    cleared,
    coordinator_finds_nothing,
    fixed,
    flats_find_nothing,
    gained,
    in_the_log,
    kept_proposal,
    opened,
    propose,
)

pytestmark = pytest.mark.usefixtures("few_steps")


async def all_trade_what_everybody_clears(trade: Trade) -> None:
    await fixed(trade)
    await trade.ended()
    assert await gained(trade) == CLEARED
    assert {trade.state(name).phase for name in FLATS} == {Phase.TRADED}
    assert await in_the_log(trade) == []
    assert [await trade.evidence(name) for name in FLATS] == [[]] * 5


async def test_a_proposal_of_which_flats_could_not_be_told_is_refused_and_the_round_is_traded(
    trade: Trade, monkeypatch: pytest.MonkeyPatch, answers: list[ProposalHeard]
) -> None:
    """Once it was the best so far nobody could be told of it, and nothing would be traded by the round."""
    coordinator_finds_nothing(monkeypatch)
    look = searching._better
    flats_find_nothing(monkeypatch)
    search = await opened(trade)
    book = trade.market.rounds[ROUND].stored.book
    assert book is not None
    assert search.best is not None
    assert search.room is not None
    found = look(book, search.best.document, b"101")
    assert found is not None
    search.room = len(found) - 1
    propose(trade, "101", found)
    await until(lambda: len(answers) == 1)
    said = f"it has {len(found)} bytes, and beside the book and its proofs {len(found) - 1} fit into a message"
    assert (answers[0].name, answers[0].record, answers[0].reasons) == (digest(found), b"", (said,))
    await all_trade_what_everybody_clears(trade)


async def test_a_flat_proposes_nothing_of_which_others_could_not_be_told(
    trade: Trade, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    coordinator_finds_nothing(monkeypatch)
    monkeypatch.setattr(searching, "room_for_result", lambda _: 10)
    await opened(trade)
    await until(lambda: caplog.text.count("what it has found cannot be told: it has") == len(FLATS))
    assert [kept_proposal(trade, name) for name in FLATS] == [None] * 5
    await all_trade_what_everybody_clears(trade)


async def test_a_proposal_is_judged_while_the_best_before_it_is_not_published_yet(
    trade: Trade, monkeypatch: pytest.MonkeyPatch, answers: list[ProposalHeard]
) -> None:
    """Once everybody was answered then that the book was not told, which flats had long been."""
    coordinator_finds_nothing(monkeypatch)
    look = searching._better
    flats_find_nothing(monkeypatch)
    search = await opened(trade)
    known = trade.market.rounds[ROUND]
    assert known.stored.book is not None
    assert search.best is not None
    found = look(known.stored.book, search.best.document, b"101")
    assert found is not None
    before = trade.house.coordinator.ledger.size
    with monkeypatch.context() as patch:
        patch.setattr(Ledger, "size", property(lambda _: before))
        propose(trade, "101", found)
        await until(lambda: len(answers) == 1)
        assert answers[0].reasons == ()
        await trade.market.second()
        assert search.message is None, "the log's head does not cover it"
        propose(trade, "102", found)
        await until(lambda: len(answers) == 2)
    assert "it is worth as much as the best so far" in answers[1].reasons[0]
    await trade.market.second()
    await best_counts(trade)


async def test_the_coordinator_proposes_nothing_of_which_flats_could_not_be_told(
    trade: Trade, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    flats_find_nothing(monkeypatch)
    monkeypatch.setattr(proposing, "room_for_result", lambda _: 10)
    search = await opened(trade)
    own = search.own
    assert own is not None
    await until(own.done)
    await trade.market.second()
    assert f"A better result was found for {ROUND}, and cannot be told: it has" in caplog.text
    await all_trade_what_everybody_clears(trade)


async def test_a_second_result_of_which_flats_could_not_be_told_takes_the_place_of_none(
    trade: Trade, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leaving, "room_for_result", lambda _: 10)
    known = await with_a_flat_that_dies(trade)
    await to_words(trade)
    await trade.market.second()
    assert known.leave is not None
    await until(known.leave.task.done)
    await trade.market.second()
    assert known.leave.task.result() is None
    assert known.stored.first is None


async def test_what_is_searched_for_a_round_ends_when_the_database_says_that_the_round_is_over(
    trade: Trade, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answer was lost to what ended it: its search would go on, and the next round's wait for it."""
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
    known = trade.market.rounds[ROUND]
    async with trade.house.coordinator.engine.begin() as connection:
        over = replace(known.stored, ended=Ended.UNTRADED, ended_ms=TRADED * 1000, why="fault")
        await store.change(connection, over)
    trade.market.board.doubtful = True
    await trade.market.second()
    assert ROUND not in trade.market.rounds
    await until(lambda: len(ended) == 1)


async def test_after_a_database_did_not_answer_a_search_goes_on(trade: Trade, monkeypatch: pytest.MonkeyPatch) -> None:
    coordinator_finds_nothing(monkeypatch)
    flats_find_nothing(monkeypatch)
    search = await opened(trade)
    trade.market.board.doubtful = True
    await trade.market.second()
    assert trade.market.rounds[ROUND].search is search
    assert await cleared(trade) is search
