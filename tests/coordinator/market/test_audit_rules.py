"""An auditor holds a round against its rules: who hangs where, who trades, and when each record may be written."""

from dataclasses import replace

import pytest

from coordinator.market import proposing
from localvpp.audit import AuditedLog, Entry, RoundPapers
from localvpp.etp import Kind
from localvpp.market import Node, Objective, PriceRule
from localvpp.market.clearing import whole
from localvpp.market.rounds import Outcome, Rules, digest, proposals as search_steps

from ..flat import until
from .conftest import FLATS, GATE_S, ROUND, TRADED, Trade, ask, bid
from .settling import lived, settled
from .test_audit import audited, audited_trade, found, logged, papers
from .test_audit_left_out import without_104
from .test_proposals import CHOICE, all_of, cleared, fixed, proposed

GATE_MS = (TRADED - GATE_S) * 1000
UNTIL_MS = GATE_MS + 20_000
"""Until when proposals are taken,"""
WORDS_MS = GATE_MS + 25_000
"""and whoever gives no word has time for one."""


def dated(log: AuditedLog, kind: Kind, written_ms: int) -> AuditedLog:
    """A log whose records of the slot's market say that they were written at another time."""
    entries = []
    for entry in log.entries:
        if (entry.record.kind, entry.record.envelope.slot) == (kind, TRADED):
            body = replace(entry.record.body, start_ms=written_ms, end_ms=written_ms)
            entries.append(Entry(entry.index, replace(entry.record, body=body)))
        else:
            entries.append(entry)
    return AuditedLog(log.origin, entries, log._lines, log.erased, size=log.size)


async def test_a_book_that_is_not_as_its_rules_is_found(trade: Trade) -> None:
    log, good, opened = await audited_trade(trade)
    assert good.rules is not None
    rules = Rules.decode(good.rules)
    assert digest(good.rules) == opened.rules
    lines = (Node(id="building"), Node(id="far", parent="building", import_limit_wh=0, export_limit_wh=0))
    for other, told in (
        (None, "there is no document of the rules"),
        (replace(rules, number=rules.number + 1), "and those of the round are others"),
    ):
        given = replace(good, rules=None if other is None else other.encode())
        assert told in found(log, given)
    assert "there is no document" not in found(log, replace(good, rules=None, came_back=True))
    for other, told in (
        (replace(rules, price=PriceRule.BID), "the book is cleared for gain at mid, and the rules say gain at bid"),
        (
            replace(rules, objective=Objective.ENERGY),
            "the book is cleared for gain at mid, and the rules say energy at mid",
        ),
        (
            replace(rules, nodes=lines, places={"105": "far"}),
            "the lines of the book are not those of the rules",
        ),
        (
            replace(rules, nodes=lines, places={"105": "far"}),
            "the orders of flat 105 are at node None in the book, and by the rules at far",
        ),
        (replace(rules, without=frozenset({"104"})), "orders of flat 104 are in the book, and the rules leave it out"),
        (replace(rules, since=TRADED + 60), f"hold from slot {TRADED + 60} on"),
        (replace(rules, origin="vpp.example/other"), "the rules are of vpp.example/other"),
    ):
        book = replace(opened, rules=digest(other.encode())).encode()
        assert told in found(log, replace(good, rules=other.encode(), book=book))
    assert "and know 1 rounds of it" in found(log, replace(good, number=1))
    garbage = b"{}"
    book = replace(opened, rules=digest(garbage)).encode()
    assert "the rules of the round cannot be read" in found(log, replace(good, rules=garbage, book=book))


async def test_a_record_that_was_written_when_the_rules_do_not_allow_it_is_found(
    trade: Trade, monkeypatch: pytest.MonkeyPatch
) -> None:
    log, good = await chosen(trade, monkeypatch)
    assert found(log, good) == ""
    for kind, written_ms, told in (
        (Kind.BOOK, GATE_MS, None),
        (Kind.BOOK, GATE_MS - 1, f"was written at {GATE_MS - 1} ms, and the round is from its gate at {GATE_MS}"),
        (Kind.BOOK, TRADED * 1000, f"was written at {TRADED * 1000} ms, and the round is from its gate"),
        (Kind.PROPOSAL, UNTIL_MS - 1, None),
        (Kind.PROPOSAL, UNTIL_MS, f"was taken at {UNTIL_MS} ms, and proposals are taken until {UNTIL_MS}"),
        (Kind.CLEARED, UNTIL_MS, None),
        (Kind.CLEARED, UNTIL_MS - 1, f"was fixed at {UNTIL_MS - 1} ms, and better ones were taken until {UNTIL_MS}"),
        (Kind.CLEARED, TRADED * 1000 - 1, None),
        (Kind.CLEARED, TRADED * 1000, "when the slot had begun"),
    ):
        said = found(dated(log, kind, written_ms), good)
        assert bool(said) is (told is not None)
        assert (told or "") in said


async def test_where_nothing_can_be_better_a_result_may_be_fixed_at_once(trade: Trade) -> None:
    await trade.enter(*FLATS)
    await trade.order({"101": (all_of(ask(300, 800)),), "103": (all_of(bid(300, 2500)),)})
    await trade.close()
    await trade.market.second()
    search = trade.market.rounds[ROUND].search
    assert search is not None
    await until(search.clearing.done)
    await trade.judged()
    await trade.ended()
    assert trade.clock.wall_ms() < UNTIL_MS
    await lived(trade)
    await settled(trade)
    assert await audited(trade) == ()


async def chosen(trade: Trade, monkeypatch: pytest.MonkeyPatch) -> tuple[AuditedLog, RoundPapers]:
    """Trade a slot whose orders refuse parts, by a result that was proposed."""
    monkeypatch.setattr(whole, "_STEPS", 1)
    monkeypatch.setattr(search_steps, "_SEARCHING", 5000)
    monkeypatch.setattr(whole, "is_installed", lambda: False)
    monkeypatch.setattr(proposing, "_searched", proposing._cleared)
    await trade.enter(*FLATS)
    await trade.order(CHOICE)
    await trade.close()
    await cleared(trade)
    await proposed(trade)
    await fixed(trade)
    await trade.ended()
    await lived(trade)
    await settled(trade)
    (good,) = await papers(trade)
    assert good.result is not None
    assert Outcome.decode(good.result).result.gap, "better ones could have come"
    return AuditedLog.of(trade.config.origin, await logged(trade)), good


async def test_orders_that_are_left_out_before_their_flats_had_time_for_a_word_are_found(trade: Trade) -> None:
    told = await without_104(trade)
    assert told.found(told.papers) == ""
    assert found(dated(told.log, Kind.CLEARED, WORDS_MS), told.papers) == ""
    assert found(dated(told.log, Kind.CLEARED, WORDS_MS - 1), told.papers) == (
        f"slot {TRADED}: orders were left out at {WORDS_MS - 1} ms, and their flats had time for a word until "
        f"{WORDS_MS}"
    )
