"""A slot of a real coordinator, run again from its log and the documents of its market; and what a bent one shows."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from coordinator.market.papers import papers_of
from coordinator.settlement import working
from coordinator.store import entries as entry_store
from localvpp.audit import AuditedLog, AuditError, RoundPapers, audit_slot
from localvpp.etp import DeviceId, Record
from localvpp.market.rounds import Cleared, OpenedBook
from localvpp.settlement import Delivered, SlotPrices

from .conftest import TRADED, WANTED, Trade
from .settling import lived, settled, traded

PRICES = SlotPrices(2200, 3150, 850)


async def logged(trade: Trade) -> list[tuple[int, Record]]:
    """All entries, opened."""
    async with trade.house.coordinator.engine.connect() as connection:
        found = await entry_store.span(connection, 0, trade.house.coordinator.ledger.size)
    return [(entry.index, Record.decode(entry.sealed)) for entry in found if entry.sealed is not None]


async def papers(trade: Trade) -> list[RoundPapers]:
    told = await (await trade.house.get(f"/api/v1/market/slots/{TRADED}/papers")).json()
    read = [RoundPapers.read(each) for each in told["rounds"]]
    async with trade.house.coordinator.engine.connect() as connection:
        assert read == await papers_of(connection, TRADED)
    return read


async def audited(trade: Trade, given: Sequence[RoundPapers] | None = None) -> tuple[str, ...]:
    log = AuditedLog.of(trade.config.origin, await logged(trade))
    return audit_slot(log, TRADED, await papers(trade) if given is None else given, PRICES)


async def test_a_traded_slot_comes_out_again(trade: Trade) -> None:
    await traded(trade)
    await lived(trade, {"101": (0, 5)})
    await settled(trade)
    assert await audited(trade) == ()


async def test_a_slot_that_was_shared_comes_out_again(trade: Trade) -> None:
    await trade.enter("101", "103")
    await trade.order({name: WANTED[name] for name in ("101", "103")})
    await trade.to_gate()
    await trade.shut()
    await trade.begin()
    await lived(trade)
    await settled(trade)
    assert await audited(trade) == ()


async def test_documents_that_are_not_those_of_the_round_are_found(trade: Trade) -> None:
    await traded(trade)
    await lived(trade)
    await settled(trade)
    log = AuditedLog.of(trade.config.origin, await logged(trade))
    (good,) = await papers(trade)
    assert good.book is not None
    assert good.result is not None
    assert good.cleared is not None
    opened, cleared = OpenedBook.decode(good.book), Cleared.decode(good.cleared)
    limits = replace(opened, voters=opened.voters + 1).encode()
    fewer = replace(cleared, words=cleared.words[:1]).encode()
    mangled = bytearray(cleared.words[0])
    mangled[-1] ^= 1
    forged = Cleared.of(cleared.origin, TRADED, cleared.book, cleared.result, [*cleared.words[1:], bytes(mangled)])
    for given, told in (
        ([], "there are documents of none"),
        ([replace(good, cleared=None)], "there are documents of none"),
        ([replace(good, orders=good.orders[1:])], "is of no flat that has shown orders"),
        ([replace(good, book=limits)], "no BOOK record behind the gate names the book"),
        ([replace(good, book=limits)], "has another result"),
        ([replace(good, result=good.book)], "the book, cleared again, has another result"),
        ([replace(good, cleared=fewer)], "1 flats have agreed, and of 5 it takes 4"),
        ([replace(good, cleared=forged.encode())], "a word of agreement does not count"),
    ):
        assert told in "; ".join(audit_slot(log, TRADED, given, PRICES))
    assert audit_slot(log, TRADED, [good], replace(PRICES, inside=PRICES.inside + 1)) == (
        f"slot {TRADED}: it is settled with an inside price of 2200, and 2201 was announced",
    )
    assert "0 records say that it is settled" in "; ".join(audit_slot(log, TRADED + 60, [], PRICES))


async def test_a_trade_that_is_cut_for_no_reason_is_found(trade: Trade, monkeypatch: pytest.MonkeyPatch) -> None:
    await traded(trade)
    await lived(trade)
    right = working.deliver

    def deliver(*args: object) -> tuple[Delivered[DeviceId], ...]:
        found: tuple[Delivered[DeviceId], ...] = right(*args)  # type: ignore[arg-type]
        return (replace(found[0], energy_wh=0, offered_wh=0), *found[1:])

    monkeypatch.setattr(working, "deliver", deliver)
    await settled(trade)
    told = "; ".join(await audited(trade))
    assert "which does not follow" in told
    assert "which follows" in told


async def test_a_log_with_an_entry_missing_is_none(trade: Trade) -> None:
    await trade.enter("101", "102", "103")
    records = await logged(trade)
    with pytest.raises(AuditError, match="entry 1 is missing"):
        AuditedLog.of(trade.config.origin, [records[0], *records[2:]])
    with pytest.raises(AuditError, match="entry 1: "):
        AuditedLog.of(trade.config.origin, [records[0], (1, records[2][1]), *records[2:]])
