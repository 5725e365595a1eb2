"""What came of a slot's market gets into the log before the slot is under way, or not at all; who is late believes."""

import asyncio

import pytest

from coordinator.market.ending import Why
from coordinator.store import entries as entry_store
from localvpp.etp import Kind
from localvpp.market_record import late_ms
from localvpp.trading import Phase
from localvpp.wordbook import WordBook

from ..flat import WAIT_S
from .conftest import FLATS, TRADED, Trade
from .settling import all_agree, believed, lived, records, settled
from .test_audit import audited
from .test_market_round import stored


async def test_a_log_that_is_busy_until_the_slot_begins_takes_no_result(trade: Trade) -> None:
    await all_agree(trade)
    scribe = trade.house.coordinator.settler._scribe
    async with scribe._lock:  # As while a slot of many transfers is signed by a slow token.
        look = asyncio.ensure_future(trade.market.second())
        async with asyncio.timeout(WAIT_S):
            while not scribe._lock._waiters:  # type: ignore[attr-defined]
                await asyncio.sleep(0.01)
        trade.clock.pass_ms(TRADED * 1000 - trade.clock.wall_ms())
    with pytest.raises(Exception, match="is over: no CLEARED record is written of it"):
        await look
    await trade.market.second()
    await trade.until_why("101", Why.UNLOGGED)
    assert await records(trade, Kind.CLEARED) == []
    await lived(trade)
    assert (await settled(trade)).cleared == ()
    await believed(trade)
    assert await audited(trade) == ()


async def test_a_coordinator_that_starts_again_when_the_slot_has_begun_logs_no_result(trade: Trade) -> None:
    await all_agree(trade)
    await trade.kill()
    trade.clock.pass_ms(TRADED * 1000 - trade.clock.wall_ms())
    await trade.revive()
    await trade.market.second()
    await trade.until_why("101", Why.UNLOGGED)
    assert await records(trade, Kind.CLEARED) == []


async def test_flats_that_were_away_believe_a_result_that_others_were_told_in_time(trade: Trade) -> None:
    await all_agree(trade)
    for name in ("104", "105"):
        await trade.flats[name].stop()
    await trade.market.second()
    for name in FLATS[:3]:
        await trade.stands(name, Phase.TRADED)
    await lived(trade)
    for name in ("104", "105"):
        await trade.flats[name].start()
        await trade.flats[name].online()
    slot = await settled(trade, late=True)
    assert slot.cleared
    await believed(trade, FLATS[:3])
    for name in ("104", "105"):
        await trade.stands(name, Phase.TRADED)
        async with asyncio.timeout(WAIT_S):
            while await WordBook(trade.flats[name].store).word(TRADED) is None:
                await asyncio.sleep(0.01)
        assert await trade.evidence(name) == []


async def test_the_places_in_the_log_are_as_flats_and_auditors_ask_for_them(trade: Trade) -> None:
    await all_agree(trade)
    await trade.market.second()
    await lived(trade)
    await settled(trade)
    (cleared,) = await records(trade, Kind.CLEARED)
    assert (await stored(trade)).cleared_record == cleared.hash
    async with trade.house.coordinator.engine.connect() as connection:
        every = await entry_store.span(connection, 0, trade.house.coordinator.ledger.size)
    (place,) = [entry.index for entry in every if entry.hash == cleared.hash]
    late = [entry.index for entry in every if entry.end_ms >= late_ms(TRADED)]
    assert late
    assert place < min(late)
