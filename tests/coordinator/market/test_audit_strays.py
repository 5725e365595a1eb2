"""An auditor finds what the log holds of a slot's market and no round of it has: a second book, or a second result."""

from collections.abc import Iterable
from dataclasses import replace

import pytest

from coordinator.store import market as store
from localvpp.audit import AuditedLog, Entry, RoundPapers, audit_slot
from localvpp.etp import Kind

from .conftest import FLATS, TRADED, Trade
from .settling import lived, settled, traded
from .test_audit import PRICES, audited, audited_trade, command, found, logged, papers


def of_slot(log: AuditedLog, kind: Kind) -> Entry:
    (entry,) = log.of_slot(kind, TRADED)
    return entry


def another(entry: Entry, kind: Kind, index: int) -> Entry:
    """An entry of the building's that names another document, as well signed as one that is there."""
    signed = replace(entry.record.signed, envelope=replace(entry.record.envelope, kind=kind))
    body = replace(entry.record.body, evidence=(bytes(32),))
    return Entry(index, replace(entry.record, signed=signed, body=body))


def with_entries(log: AuditedLog, entries: Iterable[Entry]) -> AuditedLog:
    inorder = sorted((*log.entries, *entries), key=lambda entry: entry.index)
    return AuditedLog(log.origin, inorder, log._lines, log.erased, size=log.size)


async def test_a_second_book_a_second_result_and_a_proposal_for_no_book_are_found(trade: Trade) -> None:
    log, good, _ = await audited_trade(trade)
    book, cleared, end = (of_slot(log, kind) for kind in (Kind.BOOK, Kind.CLEARED, Kind.SETTLED))
    no_book = "names the book 0000000000000000, which is of no round, or was named before"
    for more, told in (
        (another(book, Kind.BOOK, book.index), no_book),
        (replace(book, index=cleared.index), f"entry {cleared.index} names the book"),
        (
            another(book, Kind.PROPOSAL, book.index - 1),
            f"entry {book.index - 1} names a proposal, and there was no book of the slot to propose for",
        ),
        (another(cleared, Kind.CLEARED, cleared.index), "and CLEARED records of"),
        (
            another(cleared, Kind.CLEARED, end.index),
            f"entry {end.index} says that a result counts, behind the {end.record.body.log_size} entries by which it",
        ),
    ):
        assert told in found(with_entries(log, [more]), good)
    by = end.record.body.log_size
    assert by is not None
    assert f"entry {by} says that a result counts, behind the {by} entries" in found(
        with_entries(log, [another(cleared, Kind.CLEARED, by)]), good
    )
    proposal = another(book, Kind.PROPOSAL, cleared.index)
    bookless = AuditedLog(
        log.origin, [each for each in log.entries if each != book], log._lines, log.erased, size=log.size
    )
    assert f"entry {cleared.index} names a proposal, and there was no book" in found(
        with_entries(bookless, [proposal]), good
    )
    second = with_entries(log, [another(book, Kind.BOOK, book.index)])
    for lost in (replace(good, lost=True), replace(good, came_back=True)):
        assert no_book not in found(second, lost), "of a round whose book is lost there may be such a record"


async def test_the_book_of_a_round_that_came_to_nothing_is_no_stray_where_the_building_has_no_round_of_the_slot(
    trade: Trade,
) -> None:
    await trade.enter(*FLATS)
    await trade.order()
    await trade.close()
    for name in ("104", "105"):
        await trade.flats[name].stop()
    await trade.judged("101", "102", "103")
    await trade.begin()
    await lived(trade)
    await settled(trade, late=True)
    log = AuditedLog.of(trade.config.origin, await logged(trade))
    assert (len(log.of_slot(Kind.BOOK, TRADED)), log.of_slot(Kind.CLEARED, TRADED)) == (1, ())
    assert audit_slot(log, TRADED, [], PRICES) == (), "a coordinator that was built anew is honest"
    (own,) = await papers(trade)
    assert audit_slot(log, TRADED, [own], PRICES) == ()
    assert "which is of no round" in found(log, RoundPapers(number=own.number, log_size=own.log_size))


async def test_slots_whose_documents_were_dropped_for_their_age_are_not_run_again_and_nothing_is_held_against_them(
    trade: Trade, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    await traded(trade)
    await lived(trade)
    await settled(trade)
    async with trade.house.coordinator.engine.begin() as connection:
        await store.forget(connection, TRADED + 1)
    (left,) = await papers(trade)
    assert (left.lost, left.book, left.cleared) == (True, None, None)
    assert "there are documents of none" in "; ".join(await audited(trade)), "a slot of late has to have them"
    capsys.readouterr()
    assert await command(trade, "--slot", str(TRADED)) == 1
    assert f'"without_orders": [\n    {TRADED}\n  ]' in capsys.readouterr().out
    reached_s = AuditedLog.of(trade.config.origin, await logged(trade)).reached(10**6)[0] // 1000
    monkeypatch.setattr("commands.audit.KEEP_S", reached_s - TRADED - 1)
    assert await command(trade, "--slot", str(TRADED)) == 0
    assert f'"not_run_again": [\n    {TRADED}\n  ]' in capsys.readouterr().out
