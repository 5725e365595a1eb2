"""Two flats whose residents have agreed on a word trade with each other first, and nobody else learns the word."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
import logging

import pytest

from localvpp.market.bidding import AgreedWord, Wishes
from localvpp.market.result import Stage
from localvpp.market.rounds import OpenedBook, Outcome
from localvpp.trading import OwnTrade, Phase

from ...localvpp.bidder.flat import SETTINGS
from ..flat import WAIT_S
from .conftest import GATE_S, TRADED, Trade, bid
from .settling import lived, settled, shares
from .test_audit import audited
from .test_bidding_flats import BOUGHT_WH, OFFERED_WH, enter, ordered
from .test_market_round import stored

WORD = "blue heron kettle"
BUYS_AT = 1000
"""The most that the neighbour pays; 104 pays three times as much for all that there is."""
DEARER = bid(OFFERED_WH, 3000)


async def decided(trade: Trade) -> None:
    """Wait until no flat is making orders: a word's key takes longer than seconds that tests let pass."""
    async with asyncio.timeout(WAIT_S):
        while any(agent.flat._bidder._wanted is not None for agent in trade.flats.values()):
            await asyncio.sleep(0.01)


async def through(trade: Trade, words: Mapping[str, str]) -> Outcome:
    """Let the slot be traded; return its result."""
    bidding = {
        name: replace(SETTINGS, wishes=Wishes(buy_not_above=BUYS_AT, neighbour=AgreedWord.read(word)))
        for name, word in words.items()
    }
    await enter(trade, ("101", "102", "103", "104"), bidding)
    await trade.order({"104": (DEARER,)})
    while trade.clock.wall_ms() < (TRADED - GATE_S - 20) * 1000:
        await trade.second()
        await decided(trade)
    await asyncio.gather(*(ordered(trade.flats[name]) for name in words))
    await trade.logged(*words)
    await trade.close()
    await trade.judged()
    await trade.ended()
    for name in trade.flats:
        await trade.stands(name, Phase.TRADED)
        assert await trade.evidence(name) == []
    result = (await stored(trade)).result
    assert result is not None
    return Outcome.decode(result)


async def test_two_with_one_word_trade_first_though_another_bids_better(
    trade: Trade, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        outcome = await through(trade, {"101": WORD, "102": "Blue Heron  KETTLE"})
    feed_in = trade.state("101").orders[0].limit
    assert trade.state("102").trades == (OwnTrade(True, BOUGHT_WH, (feed_in + BUYS_AT) // 2),)
    (rest,) = trade.state("104").trades
    assert (rest.wh, sum(each.wh for each in trade.state("101").trades)) == (OFFERED_WH - BOUGHT_WH, OFFERED_WH)
    assert [each.stage for each in outcome.result.certificate.stages] == [Stage.PARTNERS, Stage.MARKET]
    # What neighbours see: two blinds that belong together. What was agreed on stands nowhere.
    book = (await stored(trade)).book
    assert book is not None
    tags = {each.tag for each in OpenedBook.decode(book).offers}
    assert len(tags) == 2
    for name in trade.flats:
        assert "heron" not in repr(trade.flats[name].flat.state)
    assert "heron" not in caplog.text.lower()
    for file in trade.folder.rglob("*"):
        assert not file.is_file() or b"heron" not in file.read_bytes().lower()
    # It is settled as any other trade, and the auditor clears it again.
    await lived(trade, {"102": (7, 0)})
    slot = await settled(trade)
    of = shares(trade, slot)
    assert (of["102"].shared_in_wh, of["101"].shared_out_wh) == (BOUGHT_WH, OFFERED_WH)
    assert await audited(trade) == ()


@pytest.mark.slow
@pytest.mark.parametrize(
    "words",
    [
        {"101": WORD, "102": WORD, "103": WORD},
        {"101": WORD, "102": "green heron kettle"},
        {"101": WORD},
    ],
    ids=["three have it", "another one", "one has it"],
)
async def test_else_who_bids_best_is_served(trade: Trade, words: Mapping[str, str]) -> None:
    outcome = await through(trade, words)
    assert [each.stage for each in outcome.result.certificate.stages] == [Stage.MARKET]
    assert [each.wh for each in trade.state("104").trades] == [OFFERED_WH]
