"""What one flat checks of a round's book and result before it agrees. Pure: all that is wrong, in words.

It knows its own orders, what it was promised, and how many ORDERS records of the round the log is proven to hold. It
does not know whose the other offers are: that one of them is not what its flat has signed is seen by that flat, and by
an auditor, who can open all records.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..check import check
from ..errors import MarketError
from ..network import Node
from .cleared import Outcome
from .documents import digest, plain_lines
from .opened import OpenedBook
from .placed import Placed
from .ruled import Rules


@dataclass(frozen=True, slots=True, kw_only=True)
class Promised:
    """What the building has told before anybody showed orders."""

    slot: int
    number: int
    """Of the round."""
    rules: Rules
    log_since: int | None
    """Entries of the log at the gate of the round before; None for a flat that was not there to hear it."""
    log_size: int | None
    """At this one's."""
    listed: tuple[bytes, ...] | None
    """The hashes of all orders that the log held there, sorted; None for a flat that was not there to hear it."""
    node: str | None
    """Where in the building's lines the flat hangs; None where there are none."""


@dataclass(frozen=True, slots=True)
class Own:
    """What this flat has ordered, as the log holds it."""

    placed: Placed
    taken: bool
    """Whether the building has said that it will be in the book."""


def check_round(book: bytes, result: bytes, promised: Promised, own: Own | None, records: int) -> tuple[str, ...]:
    """Return all that is wrong with a round's book and result; nothing, when both are right.

    Args:
        book: the document.
        result: the document.
        promised: what was told before.
        own: what counts of this flat; None when it has ordered nothing that does.
        records: devices of which the log is proven to hold an ORDERS record of the round.
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


def _book(opened: OpenedBook, promised: Promised, own: Own | None, records: int) -> Iterator[str]:
    rules = promised.rules
    told = (opened.origin, opened.slot, opened.number, opened.objective, opened.price)
    agreed = (rules.origin, promised.slot, promised.number, rules.objective, rules.price)
    names = ("building", "slot", "round", "objective", "price rule")
    for name, is_, was in zip(names, told, agreed, strict=True):
        if is_ != was:
            yield f"the book's {name} is {is_}, and {was} was told before"
    yield from _lines(opened.nodes, rules.nodes)
    if opened.rules != digest(rules.encode()):
        yield f"the book is made by other rules than {rules.number}, which this flat was told"
    if promised.log_since is not None and opened.log_since != promised.log_since:
        yield (
            f"the book counts orders from entry {opened.log_since} of the log on, and the gate of the round before was "
            f"closed at {promised.log_since}"
        )
    if promised.log_size is not None and opened.log_size != promised.log_size:
        yield (
            f"the book counts orders up to entry {opened.log_size} of the log, and the gate was closed at "
            f"{promised.log_size}"
        )
    if promised.listed is not None and opened.committed != promised.listed:
        others, gone = Counter(opened.committed), Counter(promised.listed)
        yield (
            f"the book is of other orders than were listed at the gate: {(others - gone).total()} of it were not, and "
            f"{(gone - others).total()} that were are not in it"
        )
    if len(opened.committed) != records:
        shown = f"{len(opened.offers)} offers" + (f", and {len(opened.withheld)} not shown" if opened.withheld else "")
        more = len(opened.committed) > records
        yield (
            f"the book has {shown}, and the log held orders of {records} flats at the gate: one at least is "
            f"{'made up' if more else 'left out'}"
        )
    if own is not None:
        yield from own_problems(opened, promised, own)


def _lines(told: Sequence[Node], agreed: Sequence[Node]) -> Iterator[str]:
    """Say which lines are others than were told, with what they carry."""
    is_, was = ({node["id"]: node for node in plain_lines(nodes) or ()} for nodes in (told, agreed))
    for name in sorted(is_.keys() | was.keys()):
        if is_.get(name) != was.get(name):
            yield f"line {name} is {is_.get(name)} in the book, and {was.get(name)} was told before"


def own_problems(opened: OpenedBook, promised: Promised, own: Own) -> Iterator[str]:
    """Say what of a flat's own orders is not in a book as it gave it."""
    placed = own.placed
    found = opened.offer_of(placed.offer.blind)
    if found is None:
        name = placed.digest.hex()[:16]
        if own.taken:
            yield f"the orders {name} of this flat are not in the book, though the building has taken them"
        elif placed.digest not in opened.withheld:
            yield f"the orders {name} of this flat were in the log at the gate, and the book's seed is without them"
        return
    for number, (is_, was) in enumerate(zip(found.plain(), placed.offer.plain(), strict=False)):
        if is_ != was:
            yield f"order {number} of this flat is {is_} in the book, and was {was}"
    if len(found.orders) != len(placed.offer.orders):
        yield f"this flat has {len(found.orders)} orders in the book, and gave {len(placed.offer.orders)}"
    if (place := opened.places.get(placed.offer.blind)) != promised.node:
        yield f"this flat is at node {place} in the book, and is at {promised.node}"


def _result(opened: OpenedBook, book: bytes, outcome: Outcome) -> Iterator[str]:
    if (outcome.origin, outcome.slot, outcome.number, outcome.book) != (
        opened.origin,
        opened.slot,
        opened.number,
        book,
    ):
        yield f"the result is of another book, {outcome.book.hex()[:16]}"
        return
    if outcome.is_former:
        yield "the result is of a former format: it would count although nobody vouches for the orders in it"
        return
    if unknown := set(outcome.without).difference(offer.blind for offer in opened.offers):
        yield f"the result is without {len(unknown)} offers that are not in the book"
        return
    if not outcome.result.trades:
        # It would be right, and yet keep the slot from being shared by its key.
        yield "nothing is traded by the result: a round in which no offer meets a wish does not count"
    try:
        findings = check(opened.book(outcome.without), outcome.result, objective=opened.objective, price=opened.price)
    except MarketError as error:
        yield f"the book cannot be cleared: {error}"
        return
    yield from map(str, findings)
