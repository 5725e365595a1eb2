"""Flats that bid by themselves trade with one another, and each knows what it has bought, sold and saved today."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import override

from localvpp.bidder import Day, MarketSettings, Why
from localvpp.market import Side
from localvpp.rounds import FlatDevices
from localvpp.store import FlatStore
from localvpp.trading import OwnTrade, Phase

from ...localvpp.bidder.flat import MIDNIGHT, SETTINGS, keep, lived
from ...localvpp.scripted_devices import ScriptedInverter
from ..agent import Agent
from ..conftest import ORIGIN, SLOT
from .conftest import GATE_S, ROUND, TRADED, Trade, bid

BOUGHT_WH, OFFERED_WH = 5, 28
"""A minute of 300 W, and of 1,700 W that are left over."""
BIDDING = {"101": SETTINGS, "102": SETTINGS}


class Roofed(Agent):
    """A flat with a roof."""

    @override
    def devices_of(self) -> FlatDevices:
        return FlatDevices(meter=self.meter, inverter=ScriptedInverter())


async def enter(
    trade: Trade, names: Sequence[str] = ("101", "102", "103"), bidding: Mapping[str, MarketSettings] = BIDDING
) -> None:
    """Have flats enrol that know what they use: 101 has a roof, and who is not among the bidding orders by hand."""
    for name in names:
        flat = Roofed if name == "101" else Agent
        agent = await flat.enrolled(trade.door, trade.clock, trade.folder / f"{name}.db", name)
        if name in bidding:
            agent.market = bidding[name]
        store = await FlatStore.open(agent.path, agent.membership.device, ORIGIN)
        await keep(store, lived(35, SLOT))
        await store.close()
        trade.flats[name] = agent
        await agent.start()
    for agent in trade.flats.values():
        await agent.online()
        await agent.until(lambda state: state.market.rules is not None)


async def ordered(agent: Agent) -> None:
    """Wait until a flat's orders are signed, and the log has all of its records."""
    slots = agent.flat.trading._shelf.rounds
    await agent.until(lambda state: ROUND in slots and slots[ROUND].logged and not state.pending)


async def through(trade: Trade) -> None:
    """Let flats bid by themselves, and the slot be traded."""
    while trade.clock.wall_ms() < (TRADED - GATE_S - 20) * 1000:
        await trade.second()
    await asyncio.gather(ordered(trade.flats["101"]), ordered(trade.flats["102"]))
    await trade.logged("101", "102")
    await trade.close()
    await trade.judged()
    await trade.ended()
    for name in trade.flats:
        await trade.stands(name, Phase.TRADED)
    await trade.second()


async def test_two_flats_that_bid_by_themselves_trade(trade: Trade) -> None:
    await enter(trade)
    await through(trade)
    prices = trade.flats["102"].flat.state.terms
    assert prices is not None
    grid, feed_in = prices.prices.newest.grid, prices.prices.newest.feed_in
    middle = (grid + feed_in) // 2
    assert trade.state("101").trades == (OwnTrade(False, BOUGHT_WH, middle),)
    assert trade.state("102").trades == (OwnTrade(True, BOUGHT_WH, middle),)
    assert [(each.side, each.wh, each.limit) for each in trade.state("101").orders] == [(Side.ASK, OFFERED_WH, feed_in)]
    slots = sum(each.phase is Phase.TRADED for each in trade.flats["102"].flat.state.market.slots)
    for name, bought, sold, saved in (
        ("101", 0, BOUGHT_WH, BOUGHT_WH * (middle - feed_in)),
        ("102", BOUGHT_WH, 0, BOUGHT_WH * (grid - middle)),
        ("103", 0, 0, 0),
    ):
        bidder = trade.flats[name].flat.state.bidder
        assert bidder.today is not None
        today = bidder.today
        assert (today.bought_wh, today.sold_wh, today.saved) == (bought * slots, sold * slots, saved * slots)
        assert bidder.last_price == middle, "whoever has seen the result knows it"
    assert trade.flats["103"].flat.state.bidder.why is Why.OFF


async def test_what_was_traded_today_is_known_after_a_restart(trade: Trade) -> None:
    await enter(trade)
    await trade.order({"103": (bid(7, 3000),)})
    await through(trade)
    before = trade.flats["103"].flat.state.bidder.today
    assert before is not None
    assert (before.bought_wh, before.sold_wh) == (7, 0)
    await trade.flats["103"].stop()
    await trade.flats["103"].start()
    await trade.flats["103"].online()
    await trade.second()
    assert trade.flats["103"].flat.state.bidder.today == before


async def test_a_day_begins_anew_at_the_residents_midnight(trade: Trade) -> None:
    await enter(trade)
    await through(trade)
    flat = trade.flats["102"].flat
    today = flat.state.bidder.today
    assert today is not None
    assert today.bought_wh > 0
    trade.clock.pass_ms(MIDNIGHT * 1000 - trade.clock.wall_ms() - 2000)
    await trade.second_of_flats()
    assert flat.state.bidder.today == today
    while trade.clock.wall_ms() < MIDNIGHT * 1000:
        await trade.second_of_flats()
    assert flat.state.bidder.today == Day(begin=MIDNIGHT)
