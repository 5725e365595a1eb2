"""A slot's round between a real coordinator and real flats: ordered, shown, cleared, checked by all, and logged."""

import pytest

from coordinator.market import proofs
from coordinator.market.ending import Ended, Why
from coordinator.store import entries as entry_store, market as store
from coordinator.store.erasing import Due, erasing
from localvpp.etp import Kind
from localvpp.market import MarketError
from localvpp.market.rounds import OpenedBook
from localvpp.trading import Phase, TradingError
from localvpp.wire import ShowOrders, Verdict

from ..conftest import on_both_databases
from ..flat import until
from .conftest import FLATS, GATE_S, ROUND, TRADED, WANTED, Trade, ask, bid


async def logged(trade: Trade) -> list[int]:
    """How many ORDERS, BOOK and CLEARED records of the slot the log has."""
    kinds = (Kind.ORDERS, Kind.BOOK, Kind.CLEARED)
    async with trade.house.coordinator.engine.connect() as connection:
        return [len(await entry_store.of_kind(connection, TRADED, kind)) for kind in kinds]


async def stored(trade: Trade) -> store.StoredRound:
    async with trade.house.coordinator.engine.connect() as connection:
        found = await store.one(connection, ROUND)
    assert found is not None
    return found


def bought(trade: Trade, name: str) -> int:
    return sum(each.wh for each in trade.state(name).trades if each.buys)


def sold(trade: Trade, name: str) -> int:
    return sum(each.wh for each in trade.state(name).trades if not each.buys)


@on_both_databases
async def test_five_flats_trade_a_slot(trade: Trade) -> None:
    await trade.enter(*FLATS)
    await trade.order()
    await trade.close()
    await trade.judged()
    await trade.ended()
    assert {trade.state(name).phase for name in FLATS} == {Phase.TRADED}
    assert [bought(trade, name) for name in ("103", "104", "105")] == [350, 350, 500]
    assert [sold(trade, name) for name in ("101", "102")] == [800, 400]
    (price,) = {each.price for name in FLATS for each in trade.state(name).trades}
    assert {trade.state(name).price for name in FLATS} == {price}
    assert trade.state("103").orders[0].limit == WANTED["103"][0].limit
    assert await logged(trade) == [5, 1, 1]
    assert (await stored(trade)).ended == Ended.TRADED
    for name in FLATS:
        assert await trade.evidence(name) == []


async def test_a_flat_that_orders_nothing_has_a_word_on_the_result(trade: Trade) -> None:
    await trade.enter(*FLATS)
    await trade.order({name: WANTED[name] for name in ("101", "103")})
    await trade.close()
    await trade.judged()
    await trade.ended()
    assert trade.state("102").phase is Phase.TRADED
    assert (trade.state("102").orders, trade.state("102").trades) == ((), ())
    assert len((await stored(trade)).voters) == 5


async def test_neighbours_see_orders_and_neither_device_nor_flat(trade: Trade) -> None:
    await trade.enter(*FLATS)
    await trade.order()
    await trade.close()
    await trade.judged()
    message = trade.market.rounds[ROUND].message
    assert message is not None
    shown = message.book + message.result
    for name in FLATS:
        device = trade.flats[name].membership.device
        assert device.hex().encode() not in shown
        assert f'"{name}"'.encode() not in shown
    assert len(OpenedBook.decode(message.book).offers) == 5


async def test_a_flat_that_does_not_show_its_orders_has_none(trade: Trade) -> None:
    await trade.enter(*FLATS)
    await trade.order()
    await trade.to_gate()
    await trade.flats["105"].stop()
    await trade.shut()
    await until(lambda: len(trade.market.rounds[ROUND].shown) == 4)
    await trade.second()
    assert trade.market.rounds[ROUND].stored.book is None, "it still has time"
    await trade.second(10)
    await trade.judged("101", "102", "103", "104")
    await trade.ended()
    book = (await stored(trade)).book
    assert book is not None
    assert len(OpenedBook.decode(book).offers) == 4
    assert await logged(trade) == [5, 1, 1]


async def test_a_flat_that_could_not_show_its_orders_accuses_nobody_of_that(trade: Trade) -> None:
    await trade.enter(*FLATS)
    await trade.order()
    await trade.to_gate()
    await trade.flats["105"].stop()
    await until(lambda: len(trade.house.coordinator.hub) == 4)
    await trade.shut()
    await until(lambda: len(trade.market.rounds[ROUND].shown) == 4)
    trade.clock.pass_ms(10_000)
    await trade.judged("101", "102", "103", "104")
    await trade.flats["105"].start()
    assert (await trade.stands("105", Phase.AGREED)).orders
    await trade.ended()
    assert (trade.state("105").trades, trade.state("105").findings) == ((), ())
    assert await trade.evidence("105") == []


async def test_a_flat_that_is_offline_is_not_waited_for(trade: Trade) -> None:
    await trade.enter(*FLATS)
    await trade.second()
    await trade.flats["104"].stop()
    await trade.flats["105"].stop()
    await until(lambda: len(trade.house.coordinator.hub) == 3)
    await trade.order({name: WANTED[name] for name in ("101", "103")})
    await trade.close()
    await trade.judged("101", "102", "103")
    await trade.ended()
    assert (await stored(trade)).ended == Ended.TRADED
    assert len((await stored(trade)).voters) == 3


async def test_who_leaves_after_the_gate_makes_no_quorum_and_the_slot_is_shared(trade: Trade) -> None:
    await trade.enter(*FLATS)
    await trade.order()
    await trade.close()
    for name in ("104", "105"):
        await trade.flats[name].stop()
    await trade.judged("101", "102", "103")
    await trade.second()
    assert trade.market.rounds[ROUND].stored.ended is None, "four of five have to agree"
    assert trade.state("101").phase is Phase.AGREED
    await trade.begin()
    assert (await trade.stands("101", Phase.SHARED)).why == Why.NO_QUORUM
    assert await logged(trade) == [5, 1, 0]
    await trade.second()
    assert (await stored(trade)).why == Why.NO_QUORUM


async def test_orders_that_come_into_the_log_after_the_gate_do_not_count(trade: Trade) -> None:
    await trade.enter(*FLATS)
    await trade.order({name: WANTED[name] for name in FLATS[:4]})
    late = trade.flats["105"]
    await trade.to_gate()
    house = trade.house.coordinator.ledger
    await late.flat.trading._listener.seal_orders(TRADED, bytes(32))  # It has no document, but has a record.
    await trade.shut()
    size = trade.market.rounds[ROUND].stored.log_size
    assert await late.flat.trading._listener.seal_orders(TRADED, b"\1" * 32) is not None
    await late.until(lambda state: not state.pending)
    assert house.size > size
    await until(lambda: len(trade.market.rounds[ROUND].shown) == 4)
    await trade.second(11)
    await trade.judged()
    await trade.ended()
    book = (await stored(trade)).book
    assert book is not None
    assert len(OpenedBook.decode(book).offers) == 4
    assert (await stored(trade)).ended == Ended.TRADED


async def test_newer_orders_before_the_gate_take_the_place_of_older_ones(trade: Trade) -> None:
    await trade.enter(*FLATS)
    await trade.order()
    await trade.order({"101": (ask(900, 900),), "105": (bid(700, 3000),)})
    await trade.close()
    await trade.judged()
    await trade.ended()
    assert await logged(trade) == [7, 1, 1]
    assert [(order.wh, order.limit) for order in trade.state("101").orders] == [(900, 900)]
    assert (sold(trade, "101"), bought(trade, "105")) == (900, 700)


async def test_orders_that_are_withdrawn_do_not_count_and_nobody_sees_it_in_the_log(trade: Trade) -> None:
    await trade.enter(*FLATS)
    await trade.order()
    await trade.order({"105": ()})
    await trade.close()
    await trade.judged()
    await trade.ended()
    assert (trade.state("105").orders, trade.state("105").trades) == ((), ())
    assert (bought(trade, "103"), bought(trade, "104")) == (350, 350)
    assert await logged(trade) == [6, 1, 1]


async def test_orders_are_refused_with_the_reason(trade: Trade) -> None:
    await trade.enter("101")
    trading = trade.flats["101"].flat.trading
    with pytest.raises(TradingError, match="does not begin a slot of 60 s"):
        await trading.place(TRADED + 1, WANTED["101"])
    with pytest.raises(TradingError, match="more than a year ahead"):
        await trading.place(TRADED + 400 * 86_400, WANTED["101"])
    with pytest.raises(MarketError, match="give 64 at most"):
        await trading.place(TRADED, [ask(1, limit) for limit in range(65)])
    trade.clock.pass_ms((TRADED - GATE_S) * 1000 - trade.clock.wall_ms())
    with pytest.raises(TradingError, match="its gate is closed"):
        await trading.place(TRADED, WANTED["101"])


async def test_a_slot_of_any_day_of_the_next_year_can_be_ordered_for(trade: Trade) -> None:
    await trade.enter("101")
    agent = trade.flats["101"]
    far = [TRADED + days * 86_400 for days in (1, 90, 365)]
    for slot in far:
        await agent.flat.trading.place(slot, WANTED["101"])
    await agent.until(lambda state: not state.pending)
    await trade.second()
    await agent.until(
        lambda state: {each.slot for each in state.market.slots if each.phase is Phase.LOGGED} >= set(far)
    )
    async with trade.house.coordinator.engine.connect() as connection:
        assert [len(await entry_store.of_kind(connection, slot, Kind.ORDERS)) for slot in far] == [1, 1, 1]
    assert trade.market.rounds == {}, "their gates are still to come"


async def test_a_slot_without_orders_is_shared_and_leaves_nothing_in_the_log(trade: Trade) -> None:
    await trade.enter("101")
    await trade.to_gate()
    await trade.shut()
    assert (await stored(trade)).why == Why.NO_ORDERS
    assert await logged(trade) == [0, 0, 0]
    assert ROUND not in trade.market.rounds


async def test_orders_that_meet_no_wish_leave_the_slot_to_the_sharing_key(trade: Trade) -> None:
    await trade.enter("101", "103")
    await trade.order({"101": (ask(500, 2600),), "103": (bid(350, 2500),)})
    await trade.close()
    await trade.ended()
    told = await stored(trade)
    assert (told.ended, told.why) == (Ended.UNTRADED, Why.NO_TRADES)
    assert await logged(trade) == [2, 1, 0]
    assert (trade.state("101").phase, trade.state("103").phase) == (Phase.SHARED, Phase.SHARED)
    assert (await trade.evidence("101"), await trade.evidence("103")) == ([], [])


async def test_only_what_a_flat_has_logged_is_taken_as_its_orders_and_only_its_own_word(trade: Trade) -> None:
    await trade.enter("101", "103", "105")
    await trade.order({name: WANTED[name] for name in trade.flats})
    await trade.to_gate()
    await trade.flats["105"].stop()
    await trade.shut()
    known = trade.market.rounds[ROUND]
    await until(lambda: len(known.shown) == 2)
    members = {name: trade.house.coordinator.ledger.directory.named(name) for name in trade.flats}
    assert members["105"] is not None
    foreign = known.shown[members["101"].device]  # type: ignore[union-attr]
    for document in (b"{}", foreign):
        await trade.market.take(members["105"], ShowOrders(ROUND, document))
    assert len(known.shown) == 2
    trade.clock.pass_ms(11_000)
    await trade.judged("101", "103")
    said = known.verdicts[members["101"].device]  # type: ignore[union-attr]
    for verdict in (Verdict(ROUND, said.statement, ()), Verdict(ROUND, b"", ())):
        await trade.market.take(members["105"], verdict)
    assert len(known.verdicts) == 2


@on_both_databases
async def test_what_a_flat_has_ordered_goes_when_its_records_are_erased(trade: Trade) -> None:
    await trade.enter(*FLATS)
    await trade.order()
    await trade.close()
    await trade.judged()
    await trade.ended()
    device = trade.flats["101"].membership.device
    due = Due(device, (TRADED + 60) * 1000, 60, TRADED, trade.house.coordinator.ledger.size)
    async with trade.house.coordinator.engine.begin() as connection:
        for statement in await erasing(connection, due):
            await connection.execute(statement)
    async with trade.house.coordinator.engine.connect() as connection:
        shown = await store.shown(connection, ROUND)
        told = await store.verdicts(connection, await stored(trade))
        orders = await entry_store.of_kind(connection, TRADED, Kind.ORDERS)
    assert len(shown) == len(told) == 4
    assert device not in {*shown, *told}
    assert [entry.device for entry in orders if entry.body is None] == [device]
    response = await trade.house.get(f"/api/v1/market/slots/{TRADED}")
    assert response.status == 200


async def test_what_does_not_fit_into_a_message_is_not_traded(trade: Trade, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proofs, "LARGEST_MESSAGE", proofs.ROOM_TO_SIGN + 1000)
    await trade.enter("101", "103")
    await trade.order({name: WANTED[name] for name in trade.flats})
    await trade.close()
    await trade.market.second()
    assert (await trade.stands("101", Phase.SHARED)).why == Why.TOO_LARGE
    assert await logged(trade) == [2, 1, 0]
    monkeypatch.undo()
    await trade.flats["103"].stop()
    await trade.flats["103"].start()
    await trade.stands("103", Phase.SHARED)
