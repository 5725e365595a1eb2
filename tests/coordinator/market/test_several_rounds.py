"""A slot with two rounds: the trades of the first stand, what is left is ordered again, and both are settled as one."""

from copy import replace
from pathlib import Path

import pytest

from coordinator.market.ending import Ended, Why
from coordinator.store import market as store
from localvpp.audit import AuditedLog, audit_slot
from localvpp.etp import Kind
from localvpp.market.rounds import OpenedBook
from localvpp.trading import Phase, TradingError
from localvpp.trading.kept import KeptRound
from localvpp.wire import GateClosed, RoundName

from ..flat import until
from . import conftest as harness
from .conftest import FLATS, TRADED, WANTED, Trade, ask, bid
from .settling import believed, lived, records, settled, shares
from .test_audit import PRICES, audited, logged as entries, papers
from .test_audit_rules import dated
from .test_papers import back, lose

GATES_S = (60, 15)
"""The first round is closed a minute before the slot, the last one a quarter of it."""


@pytest.fixture(autouse=True)
def two_rounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(harness, "RULES", "market: {gate_s: 15, show_s: 10, rounds: [1]}\n")
    in_round(monkeypatch, 0)


@pytest.fixture
def config(two_rounds: None, config: object) -> object:
    return config


def in_round(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    """Have what the building is let do be of this round."""
    monkeypatch.setattr(harness, "GATE_S", GATES_S[number])
    monkeypatch.setattr(harness, "ROUND", RoundName(TRADED, number))


async def goes(trade: Trade, number: int, phase: Phase = Phase.TRADED) -> None:
    """Let a round be closed, judged and ended, and all flats know what came of it."""
    await trade.close()
    await trade.judged(*(name for name in FLATS if trade.flats[name] in trade.running()))
    await trade.market.second()
    await heard(trade, number, phase)


async def heard(trade: Trade, number: int, phase: Phase = Phase.TRADED) -> None:
    """Wait until all flats know what came of a round: what they check meanwhile would hold up a second of theirs."""
    for agent in trade.running():
        await agent.until(
            lambda state: any(
                each.number == number and each.phase is phase for slot in state.market.slots for each in slot.rounds
            )
        )


async def stored(trade: Trade) -> list[store.StoredRound]:
    async with trade.house.coordinator.engine.connect() as connection:
        return await store.of_slot(connection, TRADED)


@pytest.mark.slow
@pytest.mark.usefixtures("recoverable")
async def test_both_rounds_come_back_to_a_building_that_was_lost(
    trade: Trade, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    await trade.enter(*FLATS)
    await trade.order()
    await goes(trade, 0)
    in_round(monkeypatch, 1)
    await trade.order(LATER)
    await goes(trade, 1)
    before = await stored(trade)
    cleared = await lose(trade, tmp_path)
    await back(trade)
    assert [(each.number, each.book, each.result, each.cleared) for each in await stored(trade)] == [
        (each.number, each.book, each.result, each.cleared) for each in before
    ]
    await lived(trade, {"105": (12, 0)})
    slot = await settled(trade)
    assert slot.cleared == cleared.documents
    assert shares(trade, slot)["105"].shared_in_wh == 550
    await believed(trade)
    assert await audited(trade) == ()


LATER = {"102": (ask(50, 1300),), "105": (bid(100, 2000),)}


async def test_what_is_left_is_traded_in_the_next_round_and_both_are_settled(
    trade: Trade, monkeypatch: pytest.MonkeyPatch
) -> None:
    await trade.enter(*FLATS)
    await trade.order()
    await goes(trade, 0)
    first = {name: trade.state(name).trades for name in FLATS}
    told = await (await trade.house.get(f"/api/v1/market/slots/{TRADED}")).json()
    assert told["to_come"] == [{"number": 1, "closes_ms": (TRADED - GATES_S[1]) * 1000}]
    in_round(monkeypatch, 1)
    await trade.order(LATER)
    assert trade.state("105").trades == first["105"], "they stand"
    await goes(trade, 1)
    for name in FLATS:
        more = sum(each.wh for each in trade.state(name).trades) - sum(each.wh for each in first[name])
        assert more == (50 if name in LATER else 0)
        assert await trade.evidence(name) == []
    one, two = await stored(trade)
    assert (one.ended, two.ended, one.log_since, two.log_since) == (Ended.TRADED, Ended.TRADED, 0, one.log_size)
    assert [len(OpenedBook.decode(each.book or b"").offers) for each in (one, two)] == [5, 2]
    await lived(trade, {"105": (12, 0)})
    slot = await settled(trade)
    assert shares(trade, slot)["105"].shared_in_wh == 550
    assert shares(trade, slot)["102"].shared_out_wh == 450
    await believed(trade)
    (settled_by,) = await records(trade, Kind.SETTLED)
    cleared = [each.body.evidence[0] for each in await records(trade, Kind.CLEARED)]
    assert list(settled_by.body.evidence) == cleared
    assert len(cleared) == 2
    assert await audited(trade) == ()
    log, over_ms = AuditedLog.of(trade.config.origin, await entries(trade)), (TRADED - 45) * 1000
    late = audit_slot(dated(log, Kind.CLEARED, over_ms), TRADED, await papers(trade), PRICES)
    assert late == (f"slot {TRADED}: the result was written at {over_ms} ms, when the round was over, at {over_ms}",)
    assert audit_slot(dated(log, Kind.CLEARED, over_ms - 1), TRADED, await papers(trade), PRICES) == ()
    told = await (await trade.house.get(f"/api/v1/market/slots/{TRADED}")).json()
    assert (told["outcome"], [each["number"] for each in told["rounds"]]) == ("traded", [0, 1])
    assert told["to_come"] == []
    assert [await trade.evidence(name) for name in FLATS] == [[]] * 5


async def test_a_round_without_trades_is_just_over_and_the_next_one_goes_on(
    trade: Trade, monkeypatch: pytest.MonkeyPatch
) -> None:
    await trade.enter(*FLATS)
    await trade.order({"101": (ask(500, 2600),), "103": (bid(350, 2500),)})
    await trade.close()
    await trade.market.second()
    assert (await trade.stands("101", Phase.OPEN)).why == Why.NO_TRADES
    in_round(monkeypatch, 1)
    await trade.order({"101": (ask(500, 2000),), "103": (bid(350, 2500),)})
    await goes(trade, 1)
    assert [each.wh for each in trade.state("103").trades] == [350]
    assert [(each.ended, each.why) for each in await stored(trade)] == [
        (Ended.UNTRADED, Why.NO_TRADES),
        (Ended.TRADED, None),
    ]
    await lived(trade)
    await settled(trade)
    await believed(trade)
    assert await audited(trade) == ()


async def test_a_round_in_which_nobody_orders_is_heard_of_and_leaves_nothing_in_the_log(
    trade: Trade, monkeypatch: pytest.MonkeyPatch
) -> None:
    await trade.enter(*FLATS)
    await trade.to_gate()
    await trade.shut()
    assert (await trade.stands("104", Phase.OPEN)).why == Why.NO_ORDERS
    in_round(monkeypatch, 1)
    await trade.order()
    await goes(trade, 1)
    await lived(trade)
    await settled(trade)
    await believed(trade)
    assert len(await records(trade, Kind.BOOK)) == 1


async def test_one_round_that_too_few_agree_to_leaves_the_other_one_s_trades(
    trade: Trade, monkeypatch: pytest.MonkeyPatch
) -> None:
    await trade.enter(*FLATS)
    await trade.order()
    await goes(trade, 0)
    in_round(monkeypatch, 1)
    await trade.order(LATER)
    await trade.close()
    for name in ("103", "104"):
        await trade.flats[name].stop()
    await trade.judged("101", "102", "105")
    await trade.begin()
    assert [(each.ended, each.why) for each in await stored(trade)] == [
        (Ended.TRADED, None),
        (Ended.UNTRADED, Why.NO_QUORUM),
    ]
    await trade.stands("105", Phase.TRADED)
    assert sum(each.wh for each in trade.state("105").trades) == 500
    for name in ("103", "104"):
        await trade.flats[name].start()
        await trade.flats[name].online()
    await lived(trade)
    await settled(trade)
    await believed(trade)


async def test_nobody_orders_between_the_time_of_a_gate_and_the_word_that_it_is_closed(trade: Trade) -> None:
    await trade.enter("101")
    await trade.to_gate()
    trade.clock.pass_ms(2000)
    with pytest.raises(TradingError, match="its gate is being closed: order in a moment for the next round"):
        await trade.flats["101"].flat.trading.place(TRADED, WANTED["101"])
    await trade.market.second()
    await trade.stands("101", Phase.OPEN)
    assert (await trade.flats["101"].flat.trading.place(TRADED, WANTED["101"])).number == 1


async def test_orders_of_a_later_round_count_from_the_gate_before_it_and_from_none_earlier(
    trade: Trade, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else orders that count in one round would count once more in the next, or in none."""
    await trade.enter("101")
    trading = trade.flats["101"].flat.trading
    told = trading._rules.of(TRADED)
    assert told is not None
    rules = replace(told[0], leads_s=(120, 60))
    monkeypatch.setattr(trading._rules, "of", lambda _: (rules, told[1]))

    async def problems(number: int, since: int) -> list[str]:
        at = RoundName(TRADED, number)
        closed = GateClosed(at, since, 30, bytes(32))
        found = await trading._hearing._gate_problems(KeptRound(at=at, rules=told[1]), closed)
        return [each for each in found if "count from entry" in each]

    assert await problems(1, 0) == await problems(2, 25) == [], "of a gate that it was not there to hear of"
    await trading._shelf.book.keep(KeptRound(at=RoundName(TRADED, 0), rules=told[1], log_since=0, log_size=10))
    at_one, at_two = RoundName(TRADED, 1), RoundName(TRADED, 2)
    assert await problems(1, 10) == []
    for since in (0, 9, 11):
        assert await problems(1, since) == [
            f"orders of {at_one} count from entry {since} of the log on, and not from 10"
        ]
    assert await problems(2, 10) == await problems(2, 25) == [], "the gate between them was not heard of"
    assert await problems(2, 9) == [f"orders of {at_two} count from entry 9 of the log on, and not from 10"]


async def test_orders_that_came_too_late_for_a_round_are_none_of_the_next_and_are_in_its_seed(
    trade: Trade, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ("101", "103", "105")
    await trade.enter(*names)
    await trade.order({name: WANTED[name] for name in names})
    await trade.close()
    late = trade.flats["105"]
    assert await late.flat.seal_orders(TRADED, b"\1" * 32) is not None
    await late.until(lambda state: not state.pending)
    await trade.judged()
    await trade.market.second()
    await heard(trade, 0)
    in_round(monkeypatch, 1)
    await trade.order({"101": (ask(100, 1000),), "103": (bid(50, 2500),)})
    await trade.to_gate()
    await trade.shut()
    known = trade.market.rounds[harness.ROUND]
    assert known.committed[late.membership.device] == b"\1" * 32
    await until(lambda: len(known.shown) == 2)
    await trade.second(10)
    await trade.judged()
    book = (await stored(trade))[1].book
    assert book is not None
    assert OpenedBook.decode(book).withheld == (b"\1" * 32,)
    assert [await trade.evidence(name) for name in names] == [[]] * 3
