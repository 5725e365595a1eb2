"""What is wrong with the result of a round, for whoever has the log and all proposals. Pure.

The book is cleared again as everybody clears it, which has the same bytes everywhere. Where orders refuse parts the log
may hold better results behind the book: each is right, and worth more than the one before. The last of them is the
result, and what everybody clears where there is none.
"""

from collections.abc import Iterator
from dataclasses import replace

from ..etp import Kind
from ..market import MarketError, Result
from ..market.rounds import OpenedBook, Outcome, bid_of, canonical, digest, falls_short, not_better
from .auditedlog import AuditedLog, Entry
from .papers import RoundPapers


def audit_result(log: AuditedLog, slot: int, papers: RoundPapers, opened: OpenedBook) -> Iterator[str]:
    """Say what is wrong with a round's result, and with what was proposed for its book."""
    assert papers.book is not None, "it was opened"
    assert papers.result is not None, "it was cleared"
    outcome = _read(papers.result)
    named = (log.origin, slot, papers.number, digest(papers.book))
    if outcome is not None and (outcome.origin, outcome.slot, outcome.number, outcome.book) != named:
        yield f"the result is of another round or book, {outcome.book.hex()[:16]}"
    try:
        cleared = canonical(opened, papers.book)
        if outcome is not None:
            cleared = replace(cleared, format=outcome.format)
        expected, best = digest(cleared.encode()), cleared.result
    except MarketError as error:
        yield f"the book cannot be cleared: {error}"
        return
    logged = proposals_for(log, slot, papers.book)
    documents = {digest(document): document for document in papers.proposals}
    if papers.came_back:
        documents |= {entry.record.body.evidence[0]: papers.result for entry in logged if _names(entry, papers.result)}
    for entry in logged:
        name = entry.record.body.evidence[0]
        document = documents.pop(name, None)
        if document is None:
            expected = name
            if not papers.came_back:  # Else those that were beaten are lost.
                yield f"there is no document of the proposal {name.hex()[:16]}, which entry {entry.index} names"
            continue
        bid, found = bid_of(document, papers.book)
        if bid is None:
            yield f"the proposal {name.hex()[:16]} of the log is not right: {'; '.join(found)}"
            continue
        if why := not_better(bid.result, best):
            yield f"the proposal {name.hex()[:16]} of the log was to be better than all before it: {why}"
            continue
        expected, best = name, bid.result
    for name in documents:
        yield f"the proposal {name.hex()[:16]} is in no entry of the log behind the book"
    if logged and not opened.chooses:
        yield "there are proposals of a book that divides every order"
    if outcome is None or not outcome.without:
        if digest(papers.result) != expected:
            yield from _other("result", papers.result, expected, best, proposed=bool(logged))
        return
    if papers.first is not None and digest(papers.first) != expected:
        yield from _other("result that was proposed first", papers.first, expected, best, proposed=bool(logged))
    yield from _without(papers.book, opened, outcome)


def _without(book: bytes, opened: OpenedBook, outcome: Outcome) -> Iterator[str]:
    """Say why a result is not what everybody clears without some offers: nobody searches such a book, or proposes."""
    try:
        right = canonical(opened, book, outcome.without)
    except MarketError as error:
        yield f"the book cannot be cleared without {len(outcome.without)} offers: {error}"
        return
    if right != outcome:
        yield f"the book without {len(outcome.without)} offers, cleared again, has another result"
        if short := falls_short(outcome.result, right.result, "what everybody clears without them"):
            yield short


def _other(what: str, result: bytes, last: bytes, best: Result, *, proposed: bool) -> Iterator[str]:
    yield (
        f"the {what} is not the last proposal of the log, {last.hex()[:16]}"
        if proposed
        else f"the book, cleared again, has another {what}"
    )
    try:
        short = falls_short(Outcome.decode(result).result, best, "the best that the log holds")
    except MarketError as error:
        yield f"the {what} cannot be read: {error}"
        return
    if short:
        yield short


def _read(result: bytes) -> Outcome | None:
    try:
        return Outcome.decode(result)
    except MarketError:
        return None  # It is said to be another than it must be.


def _names(entry: Entry, document: bytes) -> bool:
    return entry.record.body.evidence == (digest(document),)


def proposals_for(log: AuditedLog, slot: int, book: bytes) -> list[Entry]:
    """Return the PROPOSAL records between the record of a book and that of the slot's next one, in their order."""
    at = log.naming(Kind.BOOK, slot, digest(book))
    if at is None:
        return []  # A round that counts is said to have none by whoever looks at that.
    end = next((entry.index for entry in log.of_slot(Kind.BOOK, slot) if entry.index > at.index), log.size)
    return [each for each in log.of_slot(Kind.PROPOSAL, slot) if at.index < each.index < end]
