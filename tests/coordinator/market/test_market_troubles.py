"""What goes wrong around a round without anybody lying: clocks, keys, lost answers, too many questions."""

import asyncio
from dataclasses import replace
from typing import Any, override

import pytest
from sqlalchemy import update
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine

from coordinator.ledger import Ledger
from coordinator.market import service, taking, telling
from coordinator.market.closing import AHEAD_SLOTS, Closing
from coordinator.market.ending import Ended, Why
from coordinator.market.hearing import Round
from coordinator.market.steps import Steps
from coordinator.market.telling import Telling
from coordinator.store import market as store
from coordinator.store.tables import entries
from localvpp.etp import Kind, PublicKey, Signer, SignerUnavailableError
from localvpp.market.rounds import OpenedBook
from localvpp.trading import Phase
from localvpp.wire import AskMarket, RoundName, Traded

from ..conftest import SLOT
from ..flat import WAIT_S, until
from .conftest import FLATS, ROUND, TRADED, WANTED, Trade
from .settling import lived, settled
from .test_audit import audited
from .test_market_round import stored

YEARS_MS = 10 * 365 * 86_400_000


@pytest.mark.parametrize("wrong_ms", [YEARS_MS, 3_600_000], ids=["ten years", "an hour"])
async def test_a_clock_that_stood_in_the_future_for_a_moment_closes_no_gate(trade: Trade, wrong_ms: int) -> None:
    await trade.enter(*FLATS)
    await trade.order()
    trade.clock.step(wrong_ms)
    await trade.market.second()
    await trade.market.resume()
    trade.clock.step(-wrong_ms)
    assert trade.market.rounds == {}
    await trade.close()
    await trade.judged()
    await trade.ended()
    assert (await stored(trade)).ended == Ended.TRADED


async def test_a_coordinator_whose_clock_is_ahead_closes_gates_as_soon_as_flats_have_told_of_the_present(
    trade: Trade, caplog: pytest.LogCaptureFixture
) -> None:
    await trade.enter("101", "103")
    await trade.order({name: WANTED[name] for name in trade.flats})
    later = TRADED + 60 * (AHEAD_SLOTS + 3)
    trade.clock.pass_ms((later - 20) * 1000 - trade.clock.wall_ms())
    await trade.market.second()
    assert "after all that flats have told" in caplog.text
    assert trade.market.rounds == {}
    await trade.flats["101"].flat.trading.place(later + 60, WANTED["101"])
    await trade.flats["101"].until(lambda state: not state.pending)
    await trade.second(52)
    assert RoundName(later + 60, 0) in trade.market.rounds


async def test_a_flat_whose_key_is_out_at_the_proposal_agrees_when_it_is_back(
    trade: Trade, monkeypatch: pytest.MonkeyPatch
) -> None:
    await trade.enter("101", "103", "105")
    await trade.order({name: WANTED[name] for name in trade.flats})
    await trade.close()
    hearing = trade.flats["105"].flat.trading._hearing

    class Out(Signer):
        @property
        @override
        def public(self) -> PublicKey:
            return trade.flats["105"].signer.public

        @override
        def sign(self, message: bytes) -> bytes:
            raise SignerUnavailableError("the token is out")

    with monkeypatch.context() as patch:
        patch.setattr(hearing, "_signer", Out)
        await trade.judged("101", "103")
        await trade.stands("105", Phase.AGREED)
        await trade.second()
        assert trade.flats["105"].membership.device not in trade.market.rounds[ROUND].verdicts
    await trade.second_of_flats()
    await trade.judged("105")
    await trade.ended()
    assert {trade.state(name).phase for name in trade.flats} == {Phase.TRADED}


@pytest.mark.parametrize("lost", ["show", "say"])
async def test_an_answer_of_the_database_that_is_lost_keeps_nobody_out(
    trade: Trade, monkeypatch: pytest.MonkeyPatch, lost: str
) -> None:
    """What was shown, or said, is there, and the coordinator was told that it is not."""
    await trade.enter("101", "103", "105")
    await trade.order({name: WANTED[name] for name in trade.flats})
    right, left = getattr(store, lost), 1

    async def once(*args: Any) -> None:
        nonlocal left
        await right(*args)
        if left:
            left -= 1
            await args[0].commit()
            raise OperationalError("commit", {}, OSError("the line is down"))

    monkeypatch.setattr(taking.store, lost, once)
    await trade.to_gate()
    await trade.shut()

    async with asyncio.timeout(WAIT_S):
        while (await stored(trade)).ended is None:
            for agent in trade.running():
                await trade._back(agent)
            await trade.market.second()
            await asyncio.sleep(0.01)
    assert left == 0
    for agent in trade.running():
        await trade._back(agent)
    for name in trade.flats:
        await trade.stands(name, Phase.TRADED)


async def test_who_asks_without_end_is_told_at_a_bounded_rate_and_nothing_of_before_he_came(
    trade: Trade, monkeypatch: pytest.MonkeyPatch
) -> None:
    await trade.enter("101", "103", "105")
    await trade.order({name: WANTED[name] for name in trade.flats})
    await trade.close()
    await trade.judged()
    await trade.ended()
    told = []

    async def late(self: object, known: store.StoredRound, device: object) -> None:
        told.append(known.at)

    monkeypatch.setattr(service.Telling, "late", late)
    member = trade.house.coordinator.ledger.directory.named("101")
    assert member is not None
    for _ in range(100):
        await trade.market.take(member, AskMarket((ROUND, RoundName(SLOT - 600, 0))))
    assert 20 <= len(told) <= 64
    trade.clock.pass_ms(600_000)
    await trade.market.take(member, AskMarket((ROUND,)))
    assert told.pop() == ROUND
    told.clear()
    newer = replace(member, enrolled_ms=trade.clock.wall_ms())
    await trade.market.take(newer, AskMarket((ROUND,)))
    assert told == []


async def bare(trade: Trade, kind: Kind, name: str | None = None) -> None:
    """Lose the bodies of records, as of a mirror that did not have them."""
    such = [entries.c.kind == int(kind), entries.c.slot == TRADED]
    if name is not None:
        such.append(entries.c.device == trade.flats[name].membership.device)
    async with trade.house.coordinator.engine.begin() as connection:
        await connection.execute(update(entries).where(*such).values(salt=None, body=None))


async def test_orders_whose_body_is_lost_are_left_out_and_others_trade(trade: Trade) -> None:
    await trade.enter(*FLATS)
    await trade.order()
    await trade.to_gate()
    await bare(trade, Kind.ORDERS, "102")
    await trade.shut()
    await trade.all_shown()
    await trade.judged()
    await trade.ended()
    found = await stored(trade)
    assert found.ended == Ended.TRADED
    opened = OpenedBook.decode(found.book or b"")
    assert (len(opened.offers), opened.withheld) == (4, ())
    assert await trade.evidence("101") == []
    assert "seed is without them" in "; ".join(await trade.evidence("102"))


async def test_two_flats_that_log_the_same_orders_keep_nobody_else_from_trading(trade: Trade) -> None:
    await trade.enter(*FLATS)
    names = ("101", "103", "104")
    await trade.order({name: WANTED[name] for name in names})
    shown = trade.flats["104"].flat.trading._shelf.rounds[ROUND].documents[-1].placed
    twin = trade.flats["105"]
    assert await twin.flat.seal_orders(TRADED, shown.digest) is not None
    await twin.until(lambda state: not state.pending)
    await trade.to_gate()
    await trade.shut()
    known = trade.market.rounds[ROUND]
    await until(lambda: len(known.shown) == 2)
    await trade.second(10)
    await trade.judged()
    await trade.ended()
    found = await stored(trade)
    assert (found.ended, found.why) == (Ended.TRADED, None)
    opened = OpenedBook.decode(found.book or b"")
    assert (len(opened.offers), opened.withheld) == (2, (shown.digest,) * 2)
    assert [await trade.evidence(name) for name in FLATS] == [[]] * 5
    await lived(trade)
    await settled(trade)
    assert await audited(trade) == ()


async def test_a_round_whose_record_is_lost_ends_and_the_market_goes_on(trade: Trade) -> None:
    await trade.enter("101", "103", "105")
    await trade.order({name: WANTED[name] for name in trade.flats})
    await trade.close()
    await trade.judged("101")
    trade.market.rounds[ROUND].message = None
    await bare(trade, Kind.BOOK)
    await trade.market.second()
    found = await stored(trade)
    assert (found.ended, found.why) == (Ended.UNTRADED, Why.UNCLEARED)
    assert trade.market.rounds == {}
    await trade.market.second()


async def test_a_round_whose_rules_are_lost_ends_and_the_market_begins(trade: Trade) -> None:
    await trade.enter("101", "103", "105")
    await trade.order({name: WANTED[name] for name in trade.flats})
    await trade.close()
    ruling = trade.market.board.ruling
    ruling.all = tuple(replace(each, number=7) for each in ruling.all)
    await trade.market.board.resume()
    found = await stored(trade)
    assert (found.ended, found.why, trade.market.rounds) == (Ended.UNTRADED, Why.REBUILT, {})


async def test_documents_of_old_slots_are_dropped_while_it_runs(trade: Trade) -> None:
    await trade.enter("101", "103", "105")
    await trade.order({name: WANTED[name] for name in trade.flats})
    await trade.close()
    await trade.judged()
    await trade.ended()
    flat = trade.flats["105"]
    book = flat.flat.trading._shelf.book
    kept = await book.one(ROUND)
    assert kept is not None
    assert kept.book is not None
    async with trade.house.coordinator.engine.begin() as connection:
        await store.forget(connection, TRADED)
        assert await store.shown(connection, ROUND), "the slot is not older"
        await store.forget(connection, TRADED + 1)
        assert await store.shown(connection, ROUND) == {}
    assert (await stored(trade)).book is None
    assert (await stored(trade)).ended == Ended.TRADED
    trade.clock.pass_ms(15 * 86_400_000)
    await flat.flat.trading.second()
    old = await book.one(ROUND)
    assert old is not None
    assert (old.book, old.result, old.cleared) == (None, None, None)
    assert (old.cleared_name, old.trades) == (kept.cleared_name, kept.trades)


async def test_the_list_at_a_gate_is_dropped_of_a_round_that_came_to_no_book_too(trade: Trade) -> None:
    await trade.enter("101", "103")
    await trade.order({name: WANTED[name] for name in trade.flats})
    await trade.to_gate()
    for name in ("101", "103"):
        await trade.flats[name].stop()
    while trade.clock.wall_ms() < TRADED * 1000:
        trade.clock.pass_ms(1000)
        await trade.market.second()
    over = await stored(trade)
    assert (over.ended, over.book) == (Ended.UNTRADED, None)
    assert over.listed is not None
    async with trade.house.coordinator.engine.begin() as connection:
        await store.forget(connection, TRADED)
    assert (await stored(trade)).listed == over.listed
    async with trade.house.coordinator.engine.begin() as connection:
        await store.forget(connection, TRADED + 1)
    assert await stored(trade) == replace(over, listed=None)


# --- faults of the program ---------------------------------------------------------------------------------------


def failing(monkeypatch: pytest.MonkeyPatch, where: object, name: str, times: int = 1) -> None:
    """Have a function fail as no peer, disk or key makes it fail."""
    right, left = getattr(where, name), times

    async def fails(*args: Any, **more: Any) -> Any:
        nonlocal left
        if left:
            left -= 1
            raise KeyError("a fault of the program")
        return await right(*args, **more)

    monkeypatch.setattr(where, name, fails)


async def test_a_round_in_which_the_program_fails_ends_and_the_market_goes_on(
    trade: Trade, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    await trade.enter("101", "103", "105")
    await trade.order({name: WANTED[name] for name in trade.flats})
    await trade.close()
    failing(monkeypatch, Steps, "_log_book")
    failing(monkeypatch, store, "change", 2)
    other = trade.market.rounds[ROUND]
    later = RoundName(TRADED + 60, 0)
    trade.market.rounds[later] = replace(other, stored=replace(other.stored, slot=later.slot))
    seen = list[RoundName]()
    right = Steps.go_on

    async def go_on(self: Steps, known: Round) -> None:
        seen.append(known.at)
        if known.at == ROUND:
            await right(self, known)

    monkeypatch.setattr(Steps, "go_on", go_on)
    await trade.market.second()
    assert seen == [ROUND, later], "others go on"
    del trade.market.rounds[later]
    await trade.market.second()
    await trade.market.second()
    for name in trade.flats:
        await trade.until_why(name, Why.FAULT)
    found = await stored(trade)
    assert (found.ended, found.why) == (Ended.UNTRADED, Why.FAULT)
    assert caplog.text.count("The program fails in") == 1
    assert caplog.text.count("KeyError: 'a fault of the program'") == 1
    await trade.market.second()
    assert trade.market.rounds == {}
    assert trade.market._faulty == set()


async def test_a_fault_after_the_result_is_logged_takes_nothing_back(
    trade: Trade, monkeypatch: pytest.MonkeyPatch
) -> None:
    await trade.enter("101", "103", "105")
    await trade.order({name: WANTED[name] for name in trade.flats})
    await trade.close()
    await trade.judged()
    failing(monkeypatch, Telling, "ended")
    await trade.market.second()
    assert (await stored(trade)).ended == Ended.TRADED
    assert trade.market.rounds == {}


async def test_a_fault_outside_of_rounds_does_not_end_the_market(
    trade: Trade, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    await trade.enter("101", "103", "105")
    await trade.order({name: WANTED[name] for name in trade.flats})
    failing(monkeypatch, service.Market, "_forget", 3)
    looked = 0

    async def sleep(_: float) -> None:
        nonlocal looked
        looked += 1
        if looked == 6:
            raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await trade.market.run(sleep)
    assert caplog.text.count("The market's program fails, and is tried again") == 1
    assert "The market goes on" in caplog.text


async def test_a_gate_that_cannot_be_closed_for_a_fault_is_tried_again_and_keeps_no_other_open(
    trade: Trade, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    await trade.enter("101", "103", "105")
    await trade.order({name: WANTED[name] for name in trade.flats})
    await trade.to_gate()
    failing(monkeypatch, Closing, "_close", 2)
    await trade.shut()
    await trade.second(2)
    assert caplog.text.count("cannot be closed, for a fault") == 1
    await trade.all_shown()
    await trade.judged()
    await trade.ended()
    assert (await stored(trade)).ended == Ended.TRADED


async def test_what_came_of_a_round_is_proven_once_for_all_flats(trade: Trade, monkeypatch: pytest.MonkeyPatch) -> None:
    await trade.enter(*FLATS)
    await trade.order()
    await trade.close()
    await trade.judged()
    proven, proves = list[RoundName](), telling.traded

    async def traded(engine: AsyncEngine, ledger: Ledger, of: store.StoredRound) -> Traded | None:
        proven.append(of.at)
        return await proves(engine, ledger, of)

    monkeypatch.setattr(telling, "traded", traded)
    await trade.ended()
    assert {trade.state(name).phase for name in FLATS} == {Phase.TRADED}
    assert proven == [ROUND]
