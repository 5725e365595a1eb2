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
    try:
        cleared = canonical(opened, papers.book)
        if (outcome := _read(papers.result)) is not None:
            cleared = replace(cleared, format=outcome.format)
        expected, best = digest(cleared.encode()), cleared.result
    except MarketError as error:
        yield f"the book cannot be cleared: {error}"
        return
    logged = _logged(log, slot, papers.book)
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
    last = expected
    if outcome is not None and outcome.without:  # No search and no proposal is of a book without some of its offers.
        without = canonical(opened, papers.book, outcome.without)
        expected, best = digest(without.encode()), without.result
    if digest(papers.result) != expected:
        yield from _other(papers.result, expected, best, proposed=bool(logged) and expected == last)


def _other(result: bytes, last: bytes, best: Result, *, proposed: bool) -> Iterator[str]:
    yield (
        f"the result is not the last proposal of the log, {last.hex()[:16]}"
        if proposed
        else "the book, cleared again, has another result"
    )
    try:
        short = falls_short(Outcome.decode(result).result, best, "the best that the log holds")
    except MarketError as error:
        yield f"the result cannot be read: {error}"
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


def _logged(log: AuditedLog, slot: int, book: bytes) -> list[Entry]:
    """Return the PROPOSAL records between the record of a book and that of the slot's next one, in their order."""
    name = digest(book)
    books = log.of_slot(Kind.BOOK, slot)
    at = next((entry.index for entry in books if entry.record.body.evidence == (name,)), None)
    if at is None:
        return []  # A round that counts is said to have none by whoever looks at that.
    end = next((entry.index for entry in books if entry.index > at), None)
    return [each for each in log.of_slot(Kind.PROPOSAL, slot) if at < each.index and (end is None or each.index < end)]
