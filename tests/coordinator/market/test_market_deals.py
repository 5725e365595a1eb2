"""Plans read what was traded in a span of slots, by flats."""

from coordinator.members import Action
from coordinator.planning import deals_between
from localvpp.plan import Deal

from .conftest import FLATS, TRADED, Trade
from .settling import SECONDS, traded


async def deals(trade: Trade, begin: int, end: int) -> tuple[Deal, ...]:
    names = {each.device: each.name for each in trade.house.coordinator.ledger.directory.by_device.values()}
    async with trade.house.coordinator.engine.connect() as connection:
        return await deals_between(connection, begin, end, names)


async def test_a_slot_is_read_once_it_is_cleared(trade: Trade) -> None:
    await trade.enter(*FLATS)
    await trade.order()
    await trade.close()
    await trade.judged()
    assert await deals(trade, TRADED, TRADED + SECONDS) == ()
    await trade.ended()
    found = await deals(trade, TRADED, TRADED + SECONDS)
    assert {deal.begin for deal in found} == {TRADED}
    sold, bought = dict.fromkeys(FLATS, 0), dict.fromkeys(FLATS, 0)
    for deal in found:
        sold[deal.seller] += deal.wh
        bought[deal.buyer] += deal.wh
    assert sold == {"101": 800, "102": 400, "103": 0, "104": 0, "105": 0}
    assert bought == {"101": 0, "102": 0, "103": 350, "104": 350, "105": 500}


async def test_slots_beside_the_span_are_none_of_it(trade: Trade) -> None:
    await traded(trade)
    assert await deals(trade, TRADED + 1, TRADED + 10 * SECONDS) == ()
    assert await deals(trade, TRADED - 10 * SECONDS, TRADED) == ()


async def test_what_a_box_that_was_replaced_has_traded_is_its_flats(trade: Trade) -> None:
    await traded(trade)
    before = await deals(trade, TRADED, TRADED + SECONDS)
    await trade.house.coordinator.members.say("101", Action.REVOKE, {})
    await trade.house.invited("101")
    assert await deals(trade, TRADED, TRADED + SECONDS) == before
    assert "101" in {deal.seller for deal in before}
