"""What is wrong with a result that is without some offers of its book, for whoever has all words that were given. Pure.

Only orders of flats that have given no word on the result that was proposed first may be left out of the second, and
there is no third. Those words are on a result that does not count, so no record names them: they come with the papers.
A coordinator that has dropped one from these, too, is found by nobody but its flat, which has it.
"""

from collections.abc import Iterator, Mapping

from ..agreeing import agreeing
from ..etp import DeviceId
from ..market import MarketError
from ..market.rounds import Cleared, OpenedBook, Outcome, digest
from .auditedlog import AuditedLog
from .papers import RoundPapers


def audit_left_out(
    log: AuditedLog,
    slot: int,
    papers: RoundPapers,
    opened: OpenedBook,
    outcome: Outcome,
    owners: Mapping[bytes, DeviceId],
    index: int,
) -> Iterator[str]:
    """Say why offers were not to be left out of a result.

    Args:
        log: all of the log.
        slot: the slot.
        papers: of the round.
        opened: its book.
        outcome: its result.
        owners: whose each offer of the book is, by its blind.
        index: of the CLEARED record, or behind all entries.
    """
    if unknown := set(outcome.without).difference(offer.blind for offer in opened.offers):
        yield f"the result is without {len(unknown)} offers that are not in the book"
    if papers.came_back:
        return  # What was proposed before, and said of that, is lost.
    if papers.first is None:
        if outcome.without:
            yield (
                f"the result is without {len(outcome.without)} offers of the book, and there is none that was proposed "
                "with them before"
            )
        return
    if not outcome.without:
        yield "a second result was proposed, and it leaves out nobody"
    try:
        first = Outcome.decode(papers.first)
    except MarketError as error:
        yield f"the result that was proposed first cannot be read: {error}"
        return
    if first.without:
        yield f"the result that was proposed first is without {len(first.without)} offers: there is no third one"
    assert papers.book is not None, "it was opened"
    said = Cleared.of(log.origin, slot, papers.number, digest(papers.book), digest(papers.first), papers.first_words)
    vouched = agreeing(said, log.history, log.building, opened.log_size, index).vouching
    for blind in outcome.without:
        if (device := owners.get(blind)) in vouched:
            assert device is not None, "it has given a word"
            yield (
                f"the orders of device {device.hex()} are left out, though it has vouched for them in the result that "
                "was proposed first"
            )
