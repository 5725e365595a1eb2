"""Who shows orders and gives no word on the result is left out of it, once, and keeps nobody else from trading."""

from copy import replace
import secrets
import threading
from typing import Any

import pytest

from coordinator.market import leaving
from coordinator.market.hearing import Round
from localvpp.etp import DeviceId
from localvpp.market import MarketError
from localvpp.market.rounds import NONCE_LENGTH, OpenedBook, Outcome, Placed, canonical
from localvpp.trading import Phase
from localvpp.trading.hearing import Hearing

from ..conftest import ORIGIN
from ..flat import until
from .conftest import FLATS, GATE_S, ROUND, TRADED, Trade, bid
from .test_lying_coordinator import lie, list_without, with_offer

WORDS_MS = (TRADED - GATE_S) * 1000 + 25_000
"""Three quarters of the 20 s between showing and the round's end are over."""


async def to_words(trade: Trade) -> None:
    """Let time pass until orders of silent flats can be left out."""
    trade.clock.pass_ms(max(0, WORDS_MS - trade.clock.wall_ms()))


async def second_proposed(trade: Trade) -> Round:
    """Let the market look until a second result is proposed."""
    known = trade.market.rounds[ROUND]

    async def look() -> bool:
        await trade.market.second()
        return known.stored.first is not None

    for _ in range(200):
        if await look():
            return known
        if known.leave is not None:
            await until(lambda: known.leave is None or known.leave.task.done())
    raise AssertionError("no second result is proposed")


def device_of(trade: Trade, name: str) -> DeviceId:
    return DeviceId(trade.flats[name].membership.device)


def energy(trade: Trade, name: str) -> int:
    return sum(each.wh if each.buys else -each.wh for each in trade.state(name).trades)


async def with_a_flat_that_dies(trade: Trade) -> Round:
    """All show their orders, and one gives no word on what comes of them."""
    await trade.enter(*FLATS)
    await trade.order()
    await trade.close()
    await trade.flats["104"].stop()
    await trade.judged("101", "102", "103", "105")
    return trade.market.rounds[ROUND]


async def test_a_flat_that_dies_between_showing_and_its_word_keeps_nobody_else_from_trading(trade: Trade) -> None:
    known = await with_a_flat_that_dies(trade)
    await trade.market.second()
    trade.clock.pass_ms(10_000)
    await trade.market.second()
    assert (known.stored.first, known.leave) == (None, None), "it has time for its word"
    first = known.stored.result
    await to_words(trade)
    await second_proposed(trade)
    assert known.stored.first == first
    assert known.stored.book is not None
    assert known.stored.result is not None
    opened, second = OpenedBook.decode(known.stored.book), Outcome.decode(known.stored.result)
    gone = Placed.decode(known.shown[device_of(trade, "104")]).offer
    assert second.without == (gone.blind,)
    assert second == canonical(opened, known.stored.book, (gone.blind,))
    assert not {order.id for order in gone.orders} & {each.buyer for each in second.result.trades}
    await until(lambda: len(known.verdicts) == 4)
    assert all(verdict.agrees and verdict.vouches for verdict in known.verdicts.values())
    await trade.ended()
    names = ("101", "102", "103", "105")
    assert all(trade.state(name).phase is Phase.TRADED for name in names)
    assert sum(energy(trade, name) for name in names) == 0, "what is sold is bought"
    assert all([await trade.evidence(name) == [] for name in names])


async def test_a_flat_that_refuses_for_nothing_keeps_nobody_from_trading_nor_itself(
    trade: Trade, monkeypatch: pytest.MonkeyPatch
) -> None:
    await trade.enter(*FLATS)
    await trade.order()
    stubborn, right = trade.flats["104"].flat.trading._hearing, Hearing.verdict

    async def verdict(hearing: Hearing, kept: object) -> object:
        refusing = replace(kept, findings=("it does not please me",)) if hearing is stubborn else kept  # type: ignore[type-var]
        return await right(hearing, refusing)  # type: ignore[arg-type]

    monkeypatch.setattr(Hearing, "verdict", verdict)
    await trade.close()
    await trade.judged()
    known = trade.market.rounds[ROUND]
    word = known.verdicts[device_of(trade, "104")]
    assert (word.agrees, word.vouches) == (False, True)
    await trade.market.second()
    assert known.stored.first is None, "its orders are as it gave them: they count"
    for name in FLATS:
        await trade.stands(name, Phase.TRADED)
        assert await trade.evidence(name) == []
    assert energy(trade, "104")
    assert sum(energy(trade, name) for name in FLATS) == 0


async def test_a_coordinator_that_is_killed_between_the_two_results_goes_on_with_the_second(trade: Trade) -> None:
    known = await with_a_flat_that_dies(trade)
    first = known.stored.result
    await to_words(trade)
    await second_proposed(trade)
    second = known.stored.result
    await trade.kill()
    await trade.revive()
    known = trade.market.rounds[ROUND]
    assert (known.stored.first, known.stored.result) == (first, second)
    await trade.market.second()
    await until(lambda: len(known.verdicts) == 4)
    await trade.market.second()
    for name in ("101", "102", "103", "105"):
        await trade.stands(name, Phase.TRADED)


async def test_there_is_no_third_result_without_who_gives_no_word_on_the_second(trade: Trade) -> None:
    known = await with_a_flat_that_dies(trade)
    await trade.flats["105"].stop()
    await to_words(trade)
    await second_proposed(trade)
    first, second = known.stored.first, known.stored.result
    await until(lambda: len(known.verdicts) == 3)
    for _ in range(3):
        await trade.market.second()
        assert known.leave is None
    assert (known.stored.first, known.stored.result) == (first, second)
    await trade.begin()
    for name in ("101", "102", "103"):
        assert (await trade.stands(name, Phase.SHARED)).why == "no_quorum"
        assert await trade.evidence(name) == []


async def test_whose_word_comes_while_others_are_left_out_is_not_left_out(
    trade: Trade, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go, right = threading.Event(), threading.Event(), leaving.without_silent

    def slow(*told: Any) -> bytes | None:
        begun.set()
        go.wait()
        return right(*told)

    monkeypatch.setattr(leaving, "without_silent", slow)
    await trade.enter(*FLATS)
    await trade.order()
    await trade.close()
    for name in ("104", "105"):
        await trade.flats[name].stop()
    await trade.judged("101", "102", "103")
    await to_words(trade)
    known = trade.market.rounds[ROUND]
    try:
        await trade.market.second()
        await until(begun.is_set)
        await trade.flats["104"].start()
        await until(lambda: device_of(trade, "104") in known.verdicts)
    finally:
        go.set()
    await second_proposed(trade)
    assert known.stored.result is not None
    gone = Placed.decode(known.shown[device_of(trade, "105")]).offer.blind
    assert Outcome.decode(known.stored.result).without == (gone,)


@pytest.mark.parametrize("error", [MarketError("as of a book with too many steps"), ZeroDivisionError("a fault")])
async def test_a_second_result_that_cannot_be_worked_out_leaves_the_first_one_to_be_agreed_to(
    trade: Trade, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, error: Exception
) -> None:
    def fail(*told: Any) -> bytes | None:
        raise error

    monkeypatch.setattr(leaving, "without_silent", fail)
    known = await with_a_flat_that_dies(trade)
    await to_words(trade)
    await trade.market.second()
    assert known.leave is not None
    await until(known.leave.task.done)
    for _ in range(3):
        await trade.market.second()
    assert known.stored.first is None
    assert caplog.text.count("without those who give no word") == 1, "it is told once"
    await trade.flats["104"].start()
    await until(lambda: device_of(trade, "104") in known.verdicts)
    await trade.market.second()
    for name in FLATS:
        await trade.stands(name, Phase.TRADED)


async def test_after_a_coordinator_was_down_whoever_was_away_has_time_for_a_word(trade: Trade) -> None:
    known = await with_a_flat_that_dies(trade)
    before = known.stored
    await trade.kill()
    await to_words(trade)
    await trade.revive()
    known = trade.market.rounds[ROUND]
    assert known.stored == before
    assert len(known.verdicts) == 4, "words on the first result are known again"
    await trade.market.second()
    assert known.leave is None, "it does not leave out anybody yet"
    trade.clock.pass_ms(2600)
    await second_proposed(trade)


async def test_orders_that_nobody_vouches_for_are_left_out_and_the_cheated_flat_keeps_the_proof(
    trade: Trade, monkeypatch: pytest.MonkeyPatch
) -> None:
    await trade.enter(*FLATS)
    nonce = secrets.token_bytes(NONCE_LENGTH)
    bad = Placed.of(ORIGIN, device_of(trade, "105"), TRADED, 0, nonce, (bid(600, 2600),))
    list_without(monkeypatch, trade, "105", bad)
    lie(monkeypatch, trade, lambda opened, _: with_offer(opened, bad))
    await trade.order()
    await trade.to_gate()
    await trade.shut()
    known = trade.market.rounds[ROUND]
    await until(lambda: len(known.shown) == 4)
    known.show_until = trade.clock.monotonic()
    await trade.judged()
    await to_words(trade)
    await second_proposed(trade)
    assert known.stored.result is not None
    assert Outcome.decode(known.stored.result).without == (bad.offer.blind,)
    await until(lambda: len(known.verdicts) == 5)
    await trade.market.second()
    for name in ("101", "102", "103", "104"):
        assert (await trade.stands(name, Phase.TRADED)).findings == ()
    (not_listed, first, second) = await trade.evidence("105")
    assert "are not in the list of all" in not_listed
    assert all("the book is of other orders than were listed at the gate" not in each for each in (first, second))
    assert all("are not in the book" in each or "seed is without them" in each for each in (first, second))


async def test_a_second_result_before_its_time_or_of_another_kind_is_held_against_the_building(trade: Trade) -> None:
    await trade.enter(*FLATS)
    await trade.order()
    await trade.close()
    await trade.judged()
    known = trade.market.rounds[ROUND]
    message = known.message
    assert message is not None
    opened = OpenedBook.decode(message.book)
    agent = trade.flats["101"]
    rounds = agent.flat.trading._shelf.rounds
    others = Placed.decode(known.shown[device_of(trade, "104")]).offer.blind
    second = canonical(opened, message.book, (others,)).encode()
    await trade.market.telling.proposed(device_of(trade, "101"), replace(message, result=second))
    proof = (await trade.accused("101"))[0]
    assert "second book or result" in proof.reason
    assert rounds[ROUND].result == message.result, "the first one still is what it has agreed to"
