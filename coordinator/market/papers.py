"""The documents of a slot's rounds, as an auditor is given them."""

from sqlalchemy.ext.asyncio import AsyncConnection

from localvpp.audit import RoundPapers

from ..store import market as store


async def papers_of(connection: AsyncConnection, slot: int) -> list[RoundPapers]:
    """Return them in the order of the rounds; none where no gate of the slot was closed here."""
    stored = await store.one(connection, slot)
    if stored is None:
        return []
    shown = await store.shown(connection, slot)
    orders = tuple(document for _, document in sorted(shown.items()))
    # A document that the log did not take in time says nothing.
    cleared = None if stored.cleared_record is None else stored.cleared
    return [RoundPapers(book=stored.book, result=stored.result, cleared=cleared, orders=orders)]
