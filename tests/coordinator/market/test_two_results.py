"""Two results of one round that both are said to count: whoever hears of both has the proof, whichever it believes."""

from dataclasses import replace

import pytest
from sqlalchemy import text

from coordinator.market.hearing import Round
from coordinator.market.proofs import traded
from localvpp.etp import Kind
from localvpp.market.rounds import Cleared
from localvpp.trading import Phase
from localvpp.trading.keybook import KeyBook
from localvpp.wire import Traded, decode

from .conftest import FLATS, ROUND, Trade
from .settling import all_agree
from .test_market_round import logged, stored


async def second_cleared(trade: Trade, known: Round) -> Traded:
    """Have the building log that the round counts by other words, too."""
    done = await stored(trade)
    assert done.cleared is not None
    cleared = Cleared.decode(done.cleared)
    other = replace(cleared, words=cleared.words[1:]).encode()
    record = await trade.market.steps._writing.write(Kind.CLEARED, known, other, lambda _: text("SELECT 1"))
    coordinator = trade.house.coordinator
    message = await traded(
        coordinator.engine, coordinator.ledger, replace(done, cleared=other, cleared_record=record.hash)
    )
    assert message is not None
    return message


async def test_who_hears_of_a_second_result_that_counts_keeps_the_first_and_the_proof(trade: Trade) -> None:
    await all_agree(trade)
    known = trade.market.rounds[ROUND]
    await trade.ended()
    before = trade.state("101")
    message = await second_cleared(trade, known)
    assert await logged(trade) == [5, 1, 2]
    trade.house.coordinator.hub.send(trade.flats["101"].membership.device, message)
    (proof,) = await trade.accused("101")
    assert proof.reason == f"{ROUND}: two results of {ROUND} are said to count"
    told = decode(proof.theirs, Traded)
    assert told.document == message.document
    assert trade.state("101") == before


async def test_a_second_result_is_heard_of_while_the_first_waits_for_the_keys_of_those_who_agree(
    trade: Trade, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(KeyBook, "ask", lambda *_: [])
    await all_agree(trade)
    known = trade.market.rounds[ROUND]
    await trade.market.second()
    message = await second_cleared(trade, known)
    for name in FLATS:
        trade.house.coordinator.hub.send(trade.flats[name].membership.device, message)
    for name in FLATS:
        (proof,) = await trade.accused(name)
        assert proof.reason == f"{ROUND}: two results of {ROUND} are said to count"
        assert trade.state(name).phase is Phase.AGREED, "neither is believed before its words are verified"


async def test_a_round_of_which_nothing_was_said_to_be_traded_does_not_count_for_who_has_heard_that(
    trade: Trade,
) -> None:
    await all_agree(trade)
    await trade.market.telling.untraded(trade.flats["101"].membership.device, ROUND, "no_quorum")
    await trade.stands("101", Phase.SHARED)
    await trade.market.second()
    (proof,) = await trade.accused("101")
    assert proof.reason.endswith(f"{ROUND} is traded by the log, and nothing was said to be traded by it")
    assert (trade.state("101").phase, trade.state("101").trades) == (Phase.SHARED, ())
    for name in FLATS[1:]:
        await trade.stands(name, Phase.TRADED)
        assert await trade.evidence(name) == []
