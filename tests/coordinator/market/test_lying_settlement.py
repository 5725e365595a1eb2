"""A coordinator that settles a traded slot otherwise than by its trades: flats refuse, and keep what proves it."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from coordinator.settlement import Cleared, settler, working
from localvpp.etp import DeviceId, cbor
from localvpp.settlement import Delivered, Trade as Pair

from ..flat import until
from .conftest import FLATS, Trade
from .settling import lived, settled, traded
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


def dearer(cleared: Cleared) -> Cleared:
    return replace(cleared, trades=tuple(replace(each, price=each.price + 1) for each in cleared.trades))


def kept_back(cleared: Cleared) -> Cleared:
    """The building keeps a tick of what buyers pay."""
    return replace(cleared, trades=tuple(replace(each, seller_price=each.price - 1) for each in cleared.trades))


def less(cleared: Cleared) -> Cleared:
    return replace(cleared, trades=tuple(replace(each, wh=each.wh - 1) for each in cleared.trades))


def of_nothing(cleared: Cleared) -> Cleared:
    return replace(cleared, trades=())


def of_another(cleared: Cleared) -> Cleared:
    return replace(cleared, document=bytes(32))


@pytest.mark.parametrize(
    ("change", "told", "who"),
    [
        (shared, "by the sharing key, though it was traded", FLATS),
        (dearer, "its transfers are of", FLATS),
        (kept_back, "its transfers are of", ("101", "102")),
        (less, "its transfers are of", FLATS),
        (of_nothing, "its transfers are of nothing", FLATS),
        (of_another, "by other trades than those that enough flats have agreed to", FLATS),
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
        first, *rest = cleared.trades
        left_out.append(first)
        return replace(cleared, trades=tuple(rest))

    lie(monkeypatch, without_one)
    await settled(trade)
    (gone,) = left_out
    for name, agent in trade.flats.items():
        if agent.membership.device in {gone.seller, gone.buyer}:
            (evidence,) = await trade.accused(name)
            assert "has traded" in evidence.reason


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


async def test_who_has_ordered_nothing_has_no_trades_whatever_it_has_not_heard(
    trade: Trade, monkeypatch: pytest.MonkeyPatch
) -> None:
    await trade.enter("101", "103")
    await trade.to_gate()
    seller, buyer = (trade.flats[name].membership.device for name in ("101", "103"))
    await lived(trade)

    async def cleared_slot(*args: object) -> Cleared:
        return Cleared(bytes(32), (Pair(seller, buyer, 100, 3100),), 4)

    monkeypatch.setattr(settler, "cleared_slot", cleared_slot)
    await settled(trade)
    for name in trade.flats:
        assert any("traded nothing, and its transfers are of" in each.reason for each in await trade.accused(name))
