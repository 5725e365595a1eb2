"""What one flat checks of a slot's book and result before it agrees. Pure: all that is wrong, in words.

It knows its own orders, what it was promised, and how many ORDERS records of the slot the log is proven to hold. It
does not know whose the other offers are: that one of them is not what its flat has signed is seen by that flat, and by
an auditor, who can open all records.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from ..check import check
from ..errors import MarketError
from ..rules import Objective, PriceRule
from .cleared import Outcome
from .documents import digest
from .opened import OpenedBook
from .placed import Placed


@dataclass(frozen=True, slots=True, kw_only=True)
class Promised:
    """What the building has told before anybody showed orders."""

    origin: str
    slot: int
    objective: Objective
    price: PriceRule
    log_size: int | None
    """Entries of the log at the gate; None for a flat that was not there to hear it."""
    node: str | None
    """Where in the building's lines the flat hangs; None where there are none."""


def check_round(book: bytes, result: bytes, promised: Promised, own: Placed | None, records: int) -> tuple[str, ...]:
    """Return all that is wrong with a slot's book and result; nothing, when both are right.

    Args:
        book: the document.
        result: the document.
        promised: what was told before.
        own: what has to be in the book of this flat; None when it has ordered nothing, or that was not taken.
        records: devices of which the log is proven to hold an ORDERS record of the slot from before the gate.
    """
    try:
        opened = OpenedBook.decode(book)
    except MarketError as error:
        return (f"the book cannot be read: {error}",)
    try:
        outcome = Outcome.decode(result)
    except MarketError as error:
        return (*_book(opened, promised, own, records), f"the result cannot be read: {error}")
    return (*_book(opened, promised, own, records), *_result(opened, digest(book), outcome))


def _book(opened: OpenedBook, promised: Promised, own: Placed | None, records: int) -> Iterator[str]:
    told = (opened.origin, opened.slot, opened.objective, opened.price)
    agreed = (promised.origin, promised.slot, promised.objective, promised.price)
    for name, is_, was in zip(("building", "slot", "objective", "price rule"), told, agreed, strict=True):
        if is_ != was:
            yield f"the book's {name} is {is_}, and {was} was told before"
    if promised.log_size is not None and opened.log_size != promised.log_size:
        yield (
            f"the book counts orders up to entry {opened.log_size} of the log, and the gate was closed at "
            f"{promised.log_size}"
        )
    if len(opened.offers) > records:
        yield (
            f"the book has {len(opened.offers)} offers, and the log held orders of {records} flats at the gate: "
            "one at least is made up"
        )
    if own is None:
        return
    found = opened.offer_of(own.offer.blind)
    if found is None:
        yield f"the orders {own.digest.hex()[:16]} of this flat are not in the book, though the building has taken them"
        return
    for number, (is_, was) in enumerate(zip(found.plain(), own.offer.plain(), strict=False)):
        if is_ != was:
            yield f"order {number} of this flat is {is_} in the book, and was {was}"
    if len(found.orders) != len(own.offer.orders):
        yield f"this flat has {len(found.orders)} orders in the book, and gave {len(own.offer.orders)}"
    if (place := opened.places.get(own.offer.blind)) != promised.node:
        yield f"this flat is at node {place} in the book, and is at {promised.node}"


def _result(opened: OpenedBook, book: bytes, outcome: Outcome) -> Iterator[str]:
    if (outcome.origin, outcome.slot, outcome.book) != (opened.origin, opened.slot, book):
        yield f"the result is of another book, {outcome.book.hex()[:16]}"
        return
    try:
        findings = check(opened.book(), outcome.result, objective=opened.objective, price=opened.price)
    except MarketError as error:
        yield f"the book cannot be cleared: {error}"
        return
    yield from map(str, findings)
