"""The documents of a slot's rounds, as an auditor is given them."""

from sqlalchemy.ext.asyncio import AsyncConnection

from localvpp.audit import RoundPapers

from ..store import market as store


async def papers_of(connection: AsyncConnection, slot: int) -> list[RoundPapers]:
    """Return them in the order of the rounds; none where no gate of the slot was closed here."""
    found = []
    for stored in await store.of_slot(connection, slot):
        shown = await store.shown(connection, stored.at)
        proposals = await store.proposals(connection, stored.at)
        found.append(
            RoundPapers(
                number=stored.number,
                log_size=stored.log_size,
                book=stored.book,
                result=stored.result,
                # A document that the log did not take in time says nothing.
                cleared=None if stored.cleared_record is None else stored.cleared,
                orders=tuple(document for _, document in sorted(shown.items())),
                came_back=stored.came_back,
                proposals=tuple(each.document for each in proposals),
            )
        )
    return found
