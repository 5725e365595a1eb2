"""The documents of a slot's rounds, as an auditor is given them."""

from sqlalchemy.ext.asyncio import AsyncConnection

from localvpp.audit import RoundPapers

from ..store import market as store
from .ending import Why


async def papers_of(connection: AsyncConnection, slot: int) -> list[RoundPapers]:
    """Return them in the order of the rounds; none where no gate of the slot was closed here."""
    found = []
    for stored in await store.of_slot(connection, slot):
        shown = await store.shown(connection, stored.at)
        proposals = await store.proposals(connection, stored.at)
        rules = None if stored.rules is None else await store.rules_numbered(connection, stored.rules)
        first_words = () if stored.first is None else await store.first_words(connection, stored.at)
        found.append(
            RoundPapers(
                number=stored.number,
                log_size=stored.log_size,
                rules=rules,
                book=stored.book,
                result=stored.result,
                # A document that the log did not take in time says nothing.
                cleared=None if stored.cleared_record is None else stored.cleared,
                orders=tuple(document for _, document in sorted(shown.items())),
                came_back=stored.came_back,
                lost=stored.book is None and (stored.book_record is not None or stored.why == Why.REBUILT),
                proposals=tuple(each.document for each in proposals),
                first=stored.first,
                first_words=first_words,
            )
        )
    return found
