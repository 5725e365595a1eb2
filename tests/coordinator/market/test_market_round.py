"""A slot's round between a real coordinator and real flats: ordered, shown, cleared, checked by all, and logged."""

from coordinator.store import entries as entry_store
from localvpp.etp import Kind
from localvpp.trading import Phase

from .conftest import FLATS, TRADED, WANTED, Trade


async def test_five_flats_trade_a_slot(trade: Trade) -> None:
    await trade.enter(*FLATS)
    await trade.order()
    await trade.close()
    await trade.judged()
    await trade.ended()
    states = {name: trade.state(name) for name in FLATS}
    assert {state.phase for state in states.values()} == {Phase.TRADED}
    bought = {name: sum(each.wh for each in state.trades if each.buys) for name, state in states.items()}
    sold = {name: sum(each.wh for each in state.trades if not each.buys) for name, state in states.items()}
    assert (bought["103"], bought["104"], bought["105"]) == (350, 350, 500)
    assert (sold["101"], sold["102"]) == (800, 400)
    assert len({each.price for state in states.values() for each in state.trades}) == 1
    assert states["103"].orders[0].limit == WANTED["103"][0].limit
    async with trade.house.coordinator.engine.connect() as connection:
        kinds = {
            kind: await entry_store.of_kind(connection, TRADED, kind) for kind in (Kind.ORDERS, Kind.BOOK, Kind.CLEARED)
        }
    assert [len(found) for found in kinds.values()] == [5, 1, 1]
    for name in FLATS:
        assert await trade.evidence(name) == []
