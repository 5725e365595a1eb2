"""A round whose orders refuse parts, between a real coordinator and real flats: the best that is proposed counts.

Everybody is given so few steps that what all clear is not the best: whoever goes on finds more.
"""

from dataclasses import replace

import pytest

from coordinator.market import proposing
from coordinator.market.searching import Search
from coordinator.store import entries as entry_store
from localvpp.etp import Kind
from localvpp.market import Order
from localvpp.market.clearing import whole
from localvpp.market.rounds import Outcome, digest, proposals
from localvpp.trading import Phase, searching
from localvpp.trading.hearing import Hearing
from localvpp.trading.proving import Log
from localvpp.wire import ProposalHeard

from ..flat import until
from .conftest import FLATS, GATE_S, ROUND, TRADED, Trade, ask, bid
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


@pytest.fixture(autouse=True)
def few_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(whole, "_STEPS", 1)
    monkeypatch.setattr(proposals, "_SEARCHING", 400)
    # HiGHS finds the best at once, and is not everywhere.
    monkeypatch.setattr(whole, "is_installed", lambda: False)


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> list[ProposalHeard]:
    """What the building says to proposals, as flats hear it."""
    heard: list[ProposalHeard] = []
    right = Hearing.heard

    async def hear(self: Hearing, said: ProposalHeard, log: Log) -> None:
        await right(self, said, log)
        heard.append(said)

    monkeypatch.setattr(Hearing, "heard", hear)
    return heard


def coordinator_finds_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proposing, "_searched", proposing._cleared)


def flats_find_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searching, "_better", lambda *_: None)


async def cleared(trade: Trade) -> Search:
    """Let the book be cleared as everybody does, and all hear of that."""
    await trade.market.second()
    search = trade.market.rounds[ROUND].search
    assert search is not None
    await until(lambda: search.clearing.done())
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
    await fixed(trade)
    await trade.ended()
    assert {trade.state(name).phase for name in FLATS} == {Phase.TRADED}
    assert await gained(trade) == BEST
    done = await stored(trade)
    assert done.result is not None
    assert await in_the_log(trade) == [digest(done.result)]
    assert await logged(trade) == [5, 1, 1]
    assert [await trade.evidence(name) for name in FLATS] == [[]] * 5


async def test_the_coordinator_proposes_too(trade: Trade, monkeypatch: pytest.MonkeyPatch) -> None:
    flats_find_nothing(monkeypatch)
    search = await opened(trade)
    own = search.own
    assert own is not None
    await until(own.done)
    await trade.market.second()
    assert len(await in_the_log(trade)) == 1
    await fixed(trade)
    await trade.ended()
    assert await gained(trade) == BEST
    assert [await trade.evidence(name) for name in FLATS] == [[]] * 5
