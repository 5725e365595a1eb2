"""A coordinator that settles a traded slot otherwise than by its trades: flats refuse, and keep what proves it."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

import pytest

from coordinator.market.telling import Telling
from coordinator.settlement import Cleared, settler, working
from localvpp.etp import DeviceId, cbor
from localvpp.settlement import Delivered, Trade as Pair
from localvpp.trading import Phase
from localvpp.wordbook import WordBook

from ..flat import WAIT_S, ManualClock, until
from .conftest import FLATS, ROUND, TRADED, Trade
from .settling import all_agree, lived, settled, traded
from .test_market_round import stored

type Lie = Callable[[Cleared], Cleared | None]


def lie(monkeypatch: pytest.MonkeyPatch, change: Lie) -> None:
    """Have the coordinator settle by something else than what it has found rightly."""
    right = settler.cleared_slot

    async def cleared_slot(*args: object) -> Cleared | None:
        found = await right(*args)  # type: ignore[arg-type]
        return found if found is None else change(found)

    monkeypatch.setattr(settler, "cleared_slot", cleared_slot)


def shared(cleared: Cleared) -> None:
    """By the sharing key."""


def of_each(cleared: Cleared, change: Callable[[Pair[DeviceId]], Pair[DeviceId]]) -> Cleared:
    return replace(cleared, made=tuple(replace(each, trade=change(each.trade)) for each in cleared.made))


def dearer(cleared: Cleared) -> Cleared:
    return of_each(cleared, lambda trade: replace(trade, price=trade.price + 1))


def kept_back(cleared: Cleared) -> Cleared:
    """The building keeps a tick of what buyers pay."""
    return of_each(cleared, lambda trade: replace(trade, seller_price=trade.price - 1))


def less(cleared: Cleared) -> Cleared:
    return of_each(cleared, lambda trade: replace(trade, wh=trade.wh - 1))


def of_nothing(cleared: Cleared) -> Cleared:
    return replace(cleared, made=())


def of_another(cleared: Cleared) -> Cleared:
    return replace(cleared, documents=(bytes(32),))


@pytest.mark.parametrize(
    ("change", "told", "who"),
    [
        (shared, "by the sharing key, though it was traded", FLATS),
        (dearer, "and this flat has traded", FLATS),
        (kept_back, "and this flat has traded", ("101", "102")),
        (less, "and this flat has traded", FLATS),
        (of_nothing, "and no transfer is of trades", FLATS),
        (of_another, "is of another result than the slot is settled by", FLATS),
    ],
)
async def test_a_slot_that_is_settled_otherwise_than_by_its_trades_is_refused(
    trade: Trade, monkeypatch: pytest.MonkeyPatch, change: Lie, told: str, who: tuple[str, ...]
) -> None:
    await traded(trade)
    await lived(trade)
    lie(monkeypatch, change)
    await settled(trade)
    known = await stored(trade)
    for name in who:
        (evidence,) = await trade.accused(name)
        assert told in evidence.reason
        testimony = cbor.decode(evidence.ours, "testimony")
        assert isinstance(testimony, list)
        assert testimony[2][:3] == [known.cleared, known.book, known.result]  # type: ignore[index]


async def test_a_trade_that_is_left_out_is_missed_by_its_two(trade: Trade, monkeypatch: pytest.MonkeyPatch) -> None:
    await traded(trade)
    await lived(trade)
    left_out: list[Pair[DeviceId]] = []

    def without_one(cleared: Cleared) -> Cleared:
        first, *rest = cleared.made
        left_out.append(first.trade)
        return replace(cleared, made=tuple(rest))

    lie(monkeypatch, without_one)
    await settled(trade)
    (gone,) = left_out
    for name, agent in trade.flats.items():
        if agent.membership.device in {gone.seller, gone.buyer}:
            (evidence,) = await trade.accused(name)
            assert "no transfer is of trades" in evidence.reason


async def test_a_sellers_own_meter_tells_it_that_it_had_more(trade: Trade, monkeypatch: pytest.MonkeyPatch) -> None:
    await traded(trade)
    await lived(trade)
    seller = trade.flats["101"].membership.device
    right = working.deliver

    def deliver(*args: object) -> tuple[Delivered[DeviceId], ...]:
        found: tuple[Delivered[DeviceId], ...] = right(*args)  # type: ignore[arg-type]
        return tuple(
            replace(each, energy_wh=0, offered_wh=0) if each.trade.seller == seller else each for each in found
        )

    monkeypatch.setattr(working, "deliver", deliver)
    await settled(trade)
    (evidence,) = await trade.accused("101")
    assert "by this flat's own meter" in evidence.reason
    await until(lambda: trade.flats["102"].flat.state.last_result is not None)
    assert await trade.evidence("102") == []


async def test_who_has_ordered_nothing_takes_no_slot_for_traded_that_the_log_has_no_result_of(
    trade: Trade, monkeypatch: pytest.MonkeyPatch
) -> None:
    await trade.enter("101", "103")
    await trade.to_gate()
    await lived(trade)

    async def cleared_slot(*args: object) -> Cleared:
        return Cleared((bytes(32),), (), 4, 4)

    monkeypatch.setattr(settler, "cleared_slot", cleared_slot)
    await settled(trade)
    for name in trade.flats:
        # One for each slot that was settled by then.
        for evidence in await trade.accused(name):
            assert "1 results of the market, and 0 are shown to be in the log" in evidence.reason


async def test_a_result_that_is_logged_when_the_meters_are_known_is_refused_whatever_time_it_says(
    trade: Trade, monkeypatch: pytest.MonkeyPatch
) -> None:
    await all_agree(trade)
    assert ROUND in trade.market.rounds, "all agree, and the building waits"
    await lived(trade)
    with monkeypatch.context() as patch:
        slow = ManualClock(TRADED * 1000 - 5_000)
        patch.setattr(trade.market, "_clock", slow)
        patch.setattr(trade.market.steps, "_clock", slow)
        patch.setattr(trade.market.steps._writing, "_clock", slow)
        await trade.market.second()
    for name in FLATS:
        await trade.stands(name, Phase.TRADED)
    await settled(trade)
    for name in FLATS:
        evidence = await trade.accused(name)
        assert any("which was made when the slot was under way" in each.reason for each in evidence)


async def test_what_the_building_says_of_the_market_later_is_held_against_a_word_by_trades(
    trade: Trade, monkeypatch: pytest.MonkeyPatch
) -> None:
    await all_agree(trade)
    late = trade.flats["105"]
    await late.stop()
    await trade.market.second()
    await lived(trade)
    await settled(trade, late=True)

    async def nothing(*args: object) -> None:
        """Say nothing of what came of it."""

    monkeypatch.setattr(Telling, "late", nothing)
    await late.start()
    async with asyncio.timeout(WAIT_S):
        while await WordBook(late.store).word(TRADED) is None:
            await asyncio.sleep(0.01)
    assert await trade.evidence("105") == []
    await trade.market.telling.untraded(late.membership.device, ROUND, "no_quorum")
    (evidence,) = await trade.accused("105")
    assert "settled by trades, and the building has said that nothing is traded" in evidence.reason
