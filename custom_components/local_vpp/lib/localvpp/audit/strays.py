"""What the log holds of a slot's market that none of its rounds has, for whoever has their documents. Pure.

A round has one book, one result that counts, and proposals for its book. A second book, opened to see whether its seed
suits better, or a second result, would be as well signed as the first: it is found because no round is left for it.
"""

from collections.abc import Iterator, Sequence

from ..etp import Kind
from ..market.rounds import digest
from .auditedlog import AuditedLog
from .papers import RoundPapers


def audit_strays(log: AuditedLog, slot: int, papers: Sequence[RoundPapers], size: int) -> Iterator[str]:
    """Say which records of a slot belong to no round.

    Args:
        log: all of the log.
        slot: the slot.
        papers: of its rounds.
        size: entries by which it was settled: what is behind them counts no more.
    """
    books = log.of_slot(Kind.BOOK, slot)
    left = {digest(each.book) for each in papers if each.book is not None}
    # Of a round whose book is lost there may be a record, and so of a slot of which flats have given a round back, or
    # of which a coordinator that was built anew has nothing: that something of it counts others say.
    is_whole = bool(papers) and not any(each.lost or each.came_back for each in papers)
    for entry in books:
        (name,) = entry.record.body.evidence
        if name not in left and is_whole:
            yield f"entry {entry.index} names the book {name.hex()[:16]}, which is of no round, or was named before"
        left.discard(name)
    first = books[0].index if books else log.size
    for entry in log.of_slot(Kind.PROPOSAL, slot):
        if entry.index < first:
            yield f"entry {entry.index} names a proposal, and there was no book of the slot to propose for"
    for entry in log.of_slot(Kind.CLEARED, slot):
        if entry.index >= size:
            yield f"entry {entry.index} says that a result counts, behind the {size} entries by which it was settled"
