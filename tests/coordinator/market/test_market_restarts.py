"""A coordinator, or a flat, that is killed in a round: it goes on, or the slot is shared; never two books of one."""

from collections.abc import Callable
from copy import copy
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import delete

from coordinator.ledger import LedgerUnavailableError
from coordinator.market.ending import Ended, Why
from coordinator.market.steps import Steps
from coordinator.market.troubles import StaleError
from coordinator.market.writing import Writing
from coordinator.store import market as store
from coordinator.store.tables import market_orders, market_rounds, market_verdicts
from localvpp.trading import Phase
from localvpp.wire import AskMarket, RoundName

from ..conftest import SLOT
from ..flat import until
from .conftest import FLATS, ROUND, TRADED, WANTED, Trade
from .test_market_round import bought, logged, stored


class KilledError(BaseException):
    """The coordinator's process ends here."""


def kill_at(monkeypatch: pytest.MonkeyPatch, step: str, *, after: bool) -> None:
    """Have the coordinator die when it is about to take a step, or has just taken it."""
    right: Callable[..., Any] = getattr(Steps, step)

    async def die(self: Steps, *args: Any) -> Any:
        if after:
            await right(self, *args)
        raise KilledError(step)

    monkeypatch.setattr(Steps, step, die)


async def dies(trade: Trade, monkeypatch: pytest.MonkeyPatch, step: str, *, after: bool) -> None:
    """Let the market go on until it dies, and start it again."""
    with monkeypatch.context() as patch:
        kill_at(patch, step, after=after)
        with pytest.raises(KilledError):
            await trade.market.second()
        await trade.kill()
    await trade.revive()


async def goes_on(trade: Trade) -> None:
    """Let a round that was begun come to its end."""
    if trade.market.rounds[ROUND].stored.book is None:
        await trade.all_shown()
    await trade.judged()
    await trade.ended()


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("step", ["_make_book", "_log_book", "propose", "_log_cleared"])
async def test_a_coordinator_that_is_killed_at_a_step_goes_on(
    trade: Trade, monkeypatch: pytest.MonkeyPatch, step: str, after: bool
) -> None:
    await trade.enter(*FLATS)
    await trade.order()
    await trade.close()
    if step == "_log_cleared":
        await trade.judged()
    before = await stored(trade)
    await dies(trade, monkeypatch, step, after=after)
    if (await stored(trade)).ended is None:
        await goes_on(trade)
    for name in FLATS:
        await trade.stands(name, Phase.TRADED)
    done = await stored(trade)
    assert (done.ended, done.log_size) == (Ended.TRADED, before.log_size)
    assert await logged(trade) == [5, 1, 1]
    assert [bought(trade, name) for name in ("103", "104", "105")] == [350, 350, 500]
    assert [await trade.evidence(name) for name in FLATS] == [[]] * 5


async def test_a_coordinator_that_is_killed_before_the_gate_closes_it_when_it_is_back(trade: Trade) -> None:
    await trade.enter(*FLATS)
    await trade.order()
    await trade.restart()
    await trade.close()
    await trade.judged()
    await trade.ended()
    assert await logged(trade) == [5, 1, 1]


async def test_a_coordinator_that_is_killed_with_the_gate_closed_asks_again(trade: Trade) -> None:
    await trade.enter(*FLATS)
    await trade.order()
    await trade.to_gate()
    await trade.shut()
    size = (await stored(trade)).log_size
    await trade.restart()
    await goes_on(trade)
    assert (await stored(trade)).log_size == size
    assert await logged(trade) == [5, 1, 1]


async def test_a_coordinator_that_is_down_at_the_gate_closes_it_late_at_the_same_head(trade: Trade) -> None:
    await trade.enter(*FLATS)
    await trade.order()
    await trade.to_gate()
    await trade.kill()
    trade.clock.pass_ms(5_000)
    await trade.revive()
    await trade.market.second()
    await goes_on(trade)
    assert await logged(trade) == [5, 1, 1]


@pytest.mark.parametrize("step", ["_make_book", "_log_book", "propose", "_log_cleared"])
async def test_one_that_comes_back_when_the_slot_has_begun_leaves_it_to_the_sharing_key(
    trade: Trade, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    await trade.enter(*FLATS)
    await trade.order()
    await trade.close()
    if step == "_log_cleared":
        await trade.judged()
    with monkeypatch.context() as patch:
        kill_at(patch, step, after=False)
        with pytest.raises(KilledError):
            await trade.market.second()
        await trade.kill()
    trade.clock.pass_ms(TRADED * 1000 - trade.clock.wall_ms())
    await trade.revive()
    await trade.market.second()
    for name in FLATS:
        await trade.stands(name, Phase.SHARED)
    assert (await logged(trade))[2] == 0
    assert (await stored(trade)).ended == Ended.UNTRADED


async def test_one_that_was_down_from_before_the_gate_says_that_the_slot_was_missed(trade: Trade) -> None:
    await trade.enter(*FLATS)
    await trade.order()
    await trade.kill()
    trade.clock.pass_ms(TRADED * 1000 - trade.clock.wall_ms())
    await trade.second_of_flats()
    assert trade.state("101").why == "untold"
    await trade.revive()
    for name in FLATS:
        await trade.until_why(name, Why.MISSED)
    assert await logged(trade) == [5, 0, 0]
    member = trade.house.coordinator.ledger.directory.named("101")
    assert member is not None
    await trade.market.take(
        member, AskMarket(tuple(RoundName(slot, 0) for slot in (SLOT - 60, SLOT - 120, TRADED + 60)))
    )
    async with trade.house.coordinator.engine.connect() as connection:
        rounds = await store.newest(connection, 10)
    assert [each.slot for each in rounds] == [TRADED], "who asks for slots that he has not ordered in changes nothing"


async def test_an_answer_that_was_lost_makes_no_second_record(trade: Trade, monkeypatch: pytest.MonkeyPatch) -> None:
    """The log has the record, and its writer was told that it has not."""
    await trade.enter(*FLATS)
    await trade.order()
    await trade.close()
    right = Writing.write
    lost = 0

    async def write(self: Writing, *args: Any) -> Any:
        nonlocal lost
        written = await right(self, *args)
        lost += 1
        if lost in (1, 3):
            raise LedgerUnavailableError("the answer was lost")
        return written

    monkeypatch.setattr(Writing, "write", write)
    with pytest.raises(LedgerUnavailableError):
        await trade.market.second()
    await trade.judged()
    await trade.market.second()
    if ROUND in trade.market.rounds:
        await trade.market.second()
    for name in FLATS:
        await trade.stands(name, Phase.TRADED)
    assert await logged(trade) == [5, 1, 1]


async def test_words_that_were_enough_are_logged_after_a_restart_whatever_was_to_be_decided_since(
    trade: Trade, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The coordinator is killed when it has fixed by whose words the result counts: the log may have got that."""
    await trade.enter(*FLATS)
    await trade.order()
    await trade.close()
    await trade.judged()
    first = (await stored(trade)).result

    async def write(*_: object) -> None:
        raise KilledError("write")

    with monkeypatch.context() as patch:
        patch.setattr(Writing, "write", write)
        with pytest.raises(KilledError):
            await trade.market.second()
        fixed = (await stored(trade)).cleared
        assert fixed is not None
        await trade.flats["104"].stop()
        async with trade.house.coordinator.engine.begin() as connection:
            await connection.execute(delete(market_verdicts))
        await trade.kill()
    trade.clock.pass_ms((TRADED - 4) * 1000 - trade.clock.wall_ms())
    await trade.revive()
    await trade.market.second()
    done = await stored(trade)
    assert (done.ended, done.cleared, done.result, done.first) == (Ended.TRADED, fixed, first, None)
    assert await logged(trade) == [5, 1, 1]
    for name in ("101", "102", "103", "105"):
        await trade.stands(name, Phase.TRADED)
        assert await trade.evidence(name) == []


async def test_a_round_that_has_ended_gets_no_second_result_by_a_program_that_does_not_know(trade: Trade) -> None:
    await trade.enter(*FLATS)
    await trade.order()
    await trade.close()
    await trade.judged()
    stale = copy(trade.market.rounds[ROUND])
    await trade.ended()
    done = await stored(trade)
    assert done.cleared is not None
    other = replace(stale.stored, cleared=done.cleared + b" ")
    async with trade.house.coordinator.engine.begin() as connection:
        assert not await store.change(connection, other)
    stale.stored = replace(stale.stored, cleared=None)
    trade.market.board.rounds[ROUND] = stale
    with pytest.raises(StaleError):
        await trade.market.second()
    assert await logged(trade) == [5, 1, 1]
    await trade.market.second()
    assert ROUND not in trade.market.rounds, "it is known again as it is"
    assert await stored(trade) == done


async def test_words_that_are_fixed_are_never_others(trade: Trade) -> None:
    await trade.enter(*FLATS)
    await trade.order()
    await trade.close()
    await trade.judged()
    known = trade.market.rounds[ROUND].stored
    async with trade.house.coordinator.engine.begin() as connection:
        assert await store.change(connection, replace(known, cleared=b"words"))
        for other in (b"other words", None):
            assert not await store.change(connection, replace(known, cleared=other))
        assert await store.change(connection, replace(known, cleared=b"words", why="again"))
    assert (await stored(trade)).cleared == b"words"


@pytest.mark.parametrize(("cleared", "ended"), [(True, Ended.TRADED), (False, Ended.UNTRADED)])
async def test_a_coordinator_that_is_built_anew_opens_no_second_book(trade: Trade, cleared: bool, ended: Ended) -> None:
    await trade.enter(*FLATS)
    await trade.order()
    await trade.close()
    await trade.judged()
    if cleared:
        await trade.ended()
    async with trade.house.coordinator.engine.begin() as connection:
        for table in (market_orders, market_verdicts, market_rounds):
            await connection.execute(delete(table))
    await trade.restart()
    await trade.market.second()
    found = await stored(trade)
    assert (found.ended, found.why, found.book) == (ended, Why.REBUILT, None)
    for name in FLATS:
        await trade.stands(name, Phase.TRADED if cleared else Phase.SHARED)
        assert await trade.evidence(name) == []
    assert await logged(trade) == [5, 1, int(cleared)]


@pytest.mark.parametrize("when", ["ordered", "shown", "judged"])
async def test_a_flat_that_is_started_again_goes_on(trade: Trade, when: str) -> None:
    await trade.enter(*FLATS)
    await trade.order()
    flat = trade.flats["105"]

    async def again() -> None:
        await flat.stop()
        await flat.start()
        await flat.online()
        await flat.until(lambda state: state.market.rules is not None)

    if when == "ordered":
        await again()
    await trade.close()
    if when == "shown":
        await again()
    await trade.market.second()
    if when == "judged":
        await trade.judged()
        before = trade.market.rounds[ROUND].verdicts[flat.membership.device]
        await again()
        assert trade.market.rounds[ROUND].verdicts[flat.membership.device] == before
    await trade.judged()
    await trade.ended()
    assert (await trade.stands("105", Phase.TRADED)).orders
    assert bought(trade, "105") == 500
    assert await trade.evidence("105") == []


async def test_a_flat_that_was_away_hears_later_what_came_of_its_orders(trade: Trade) -> None:
    await trade.enter(*FLATS)
    await trade.order()
    await trade.close()
    await trade.judged()
    await trade.flats["105"].stop()
    await trade.ended()
    await trade.begin()
    trade.clock.pass_ms(3_600_000)
    await trade.flats["105"].start()
    await trade.stands("105", Phase.TRADED)
    assert bought(trade, "105") == 500


async def test_what_was_placed_and_not_signed_is_signed_after_a_restart(
    trade: Trade, monkeypatch: pytest.MonkeyPatch
) -> None:
    await trade.enter(*FLATS)
    flat = trade.flats["105"]

    async def out(slot: int, document: bytes) -> None:
        return None

    with monkeypatch.context() as patch:
        patch.setattr(flat.flat, "seal_orders", out)
        await flat.flat.trading.place(TRADED, WANTED["105"])
        assert trade.state("105").phase is Phase.PLACED
        await flat.stop()
    await flat.start()
    await flat.online()
    await trade.second(2)
    await trade.logged("105")
    await until(lambda: trade.state("105").phase is Phase.LOGGED)
