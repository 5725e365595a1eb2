"""What is wrong with a round by the rules that it was made by, for whoever knows whose its orders are. Pure.

A flat knows where it hangs itself, and by its own clock when gates are closed. The auditor holds all places in the
book against the rules, and the building's records against each other: by the times that they say themselves, each was
written when the rules allow it. The book names its rules, and flats agree to it only if these are what they were told:
so the document proves itself.
"""

from collections.abc import Iterator, Mapping

from ..etp import DeviceId, Kind
from ..market import MarketError
from ..market.rounds import OpenedBook, Outcome, Rules, digest
from .auditedlog import AuditedLog, Entry
from .papers import RoundPapers
from .searched import proposals_for


def audit_rules(
    log: AuditedLog,
    slot: int,
    papers: RoundPapers,
    opened: OpenedBook,
    owners: Mapping[bytes, DeviceId],
) -> Iterator[str]:
    """Say in what a round is not as its rules are.

    Args:
        log: all of the log.
        slot: the slot.
        papers: of the round.
        opened: its book.
        owners: whose each offer of the book is, by its blind.
    """
    if papers.rules is None:
        if not papers.came_back:
            yield f"there is no document of the rules {opened.rules.hex()[:16]}, which the book is made by"
        return
    if digest(papers.rules) != opened.rules:
        yield f"the book is made by the rules {opened.rules.hex()[:16]}, and those of the round are others"
        return
    try:
        rules = Rules.decode(papers.rules)
    except MarketError as error:
        yield f"the rules of the round cannot be read: {error}"
        return
    if rules.origin != log.origin or rules.since > slot or papers.number > rules.last:
        yield (
            f"the rules are of {rules.origin}, hold from slot {rules.since} on, and know {rules.last + 1} rounds of it"
        )
        return
    yield from _book(log, opened, rules, owners)
    yield from _times(log, slot, papers, opened, rules)


def _book(log: AuditedLog, opened: OpenedBook, rules: Rules, owners: Mapping[bytes, DeviceId]) -> Iterator[str]:
    if (opened.objective, opened.price) != (rules.objective, rules.price):
        yield (
            f"the book is cleared for {opened.objective} at {opened.price}, and the rules say {rules.objective} at "
            f"{rules.price}"
        )
    if opened.nodes != rules.nodes:
        yield "the lines of the book are not those of the rules"
    enrolled = log.enrolled(log.size)
    for blind, device in owners.items():
        if (record := enrolled.get(device)) is None:
            continue  # Erased: which flat that was nobody knows.
        flat = record.body.place or ""
        if (is_ := opened.places.get(blind)) != (must := rules.node_of(flat)):
            yield f"the orders of flat {flat} are at node {is_} in the book, and by the rules at {must}"
        if flat in rules.without:
            yield f"orders of flat {flat} are in the book, and the rules leave it out of trading"


def _times(log: AuditedLog, slot: int, papers: RoundPapers, opened: OpenedBook, rules: Rules) -> Iterator[str]:
    assert papers.book is not None, "it was opened"
    gate_ms, end_ms = rules.gate_ms(slot, papers.number), rules.end_ms(slot, papers.number)
    book = log.naming(Kind.BOOK, slot, digest(papers.book))
    if book is not None and not gate_ms <= _written_ms(book) < end_ms:
        yield (
            f"entry {book.index}, the book, was written at {_written_ms(book)} ms, and the round is from its gate at "
            f"{gate_ms} to {end_ms}"
        )
    until_ms = rules.proposals_ms(slot, papers.number)
    for entry in proposals_for(log, slot, papers.book):
        if _written_ms(entry) >= until_ms:
            yield (
                f"entry {entry.index}, a proposal, was taken at {_written_ms(entry)} ms, and proposals are taken until "
                f"{until_ms}"
            )
    cleared = None if papers.cleared is None else log.naming(Kind.CLEARED, slot, digest(papers.cleared))
    if cleared is None:
        return
    written_ms = _written_ms(cleared)
    if end_ms <= written_ms < slot * 1000:  # Of what is later others say so.
        yield f"the result was written at {written_ms} ms, when the round was over, at {end_ms}"
    outcome = _outcome(papers)
    if outcome is None:
        return
    if outcome.without and written_ms < (words_ms := rules.words_ms(slot, papers.number)):
        yield f"orders were left out at {written_ms} ms, and their flats had time for a word until {words_ms}"
    if opened.chooses and outcome.result.gap and not outcome.without and written_ms < until_ms:
        yield f"the result was fixed at {written_ms} ms, and better ones were taken until {until_ms}"


def _outcome(papers: RoundPapers) -> Outcome | None:
    try:
        return None if papers.result is None else Outcome.decode(papers.result)
    except MarketError:
        return None  # Whoever looks at the result says so.


def _written_ms(entry: Entry) -> int:
    return entry.record.body.start_ms
