"""What is wrong with one round of a slot's market, for whoever has all orders and all keys. Pure.

An ORDERS record counts for the first round at whose gate it was in the log; of a device's, the newest. All that count
are in the seed, shown or not: so nobody chooses among seeds by what he shows, or leaves out.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ..agreeing import agreeing
from ..etp import DeviceId, Kind, Standing
from ..market import MarketError
from ..market.rounds import Asked, Cleared, OpenedBook, Outcome, Placed, agreement_problem, digest
from ..market_record import late_ms
from ..ownnames import OWN_NAMES
from ..traded import owners_of
from .auditedlog import AuditedLog, Entry
from .left_out import audit_left_out
from .papers import RoundPapers
from .ruled import audit_rules
from .searched import audit_result


@dataclass(frozen=True, slots=True)
class ReadRound:
    """A round that counts."""

    cleared: bytes
    """The name of its CLEARED document."""
    opened: OpenedBook
    outcome: Outcome
    owners: dict[str, DeviceId]
    """Whose each order is."""


def read_round(log: AuditedLog, slot: int, papers: RoundPapers) -> ReadRound | None:
    """Return a round that counts; None for one of which nothing came, or whose documents cannot be read."""
    if papers.cleared is None or papers.book is None or papers.result is None:
        return None
    try:
        opened, outcome = OpenedBook.decode(papers.book), Outcome.decode(papers.result)
        owners = owners_of(opened, _named(log, slot, opened.log_since, opened.log_size))
    except MarketError:
        return None  # `audit_round` says so.
    if not {name for trade in outcome.result.trades for name in (trade.seller, trade.buyer)} <= owners.keys():
        return None
    return ReadRound(digest(papers.cleared), opened, outcome, owners)


def audit_round(log: AuditedLog, slot: int, papers: RoundPapers, since: int) -> Iterator[str]:
    """Say what is wrong with a round, the gate before having been at an entry."""
    if papers.book is None:
        return
    try:
        opened = OpenedBook.decode(papers.book)
    except MarketError as error:
        yield f"the book cannot be read: {error}"
        return
    if (opened.origin, opened.slot, opened.number) != (log.origin, slot, papers.number):
        yield f"the book is of round {opened.number} of slot {opened.slot} in {opened.origin}"
    if papers.came_back:
        since = max(since, opened.log_since)  # Of the rounds before, those that nothing came of are not here.
    if (opened.log_since, opened.log_size) != (since, papers.log_size):
        yield (
            f"the book counts orders from entry {opened.log_since} to {opened.log_size}, and the gates were closed at "
            f"{since} and {papers.log_size}"
        )
    flats = [device for device, record in log.enrolled(opened.log_size).items() if record.body.place not in OWN_NAMES]
    lines = [log.line(device, opened.log_size) for device in flats]
    active = sum(line is not None and line.standing is Standing.ACTIVE for line in lines)
    if opened.enrolled < active:
        yield f"the book counts {opened.enrolled} flats, and the log had enrolled {active}"
    yield from _orders(log, slot, papers, opened, since)
    named = _named(log, slot, opened.log_since, opened.log_size)
    owners = _owners(opened, named)
    yield from audit_rules(log, slot, papers, opened, owners)
    if papers.result is None:
        return
    yield from audit_result(log, slot, papers, opened)
    if papers.cleared is not None:
        yield from _cleared(log, slot, papers, opened, frozenset(named), owners)


def _orders(log: AuditedLog, slot: int, papers: RoundPapers, opened: OpenedBook, since: int) -> Iterator[str]:
    """Hold the documents against the ORDERS records, and the book against the documents."""
    named = _named(log, slot, since, opened.log_size)
    if opened.committed != tuple(sorted(named.values())):
        yield "the seed of the book is not made of all orders that the log held at the gate, and of no others"
    documents: dict[bytes, Placed] = {}
    for document in papers.orders:
        try:
            placed = Placed.decode(document)
        except MarketError as error:
            yield f"orders cannot be read: {error}"
            continue
        device = DeviceId(placed.device)
        if (placed.origin, placed.slot, placed.number) != (log.origin, slot, papers.number):
            yield f"orders of device {device.hex()} are of round {placed.number} of slot {placed.slot}"
        if named.get(device) != placed.digest:
            name = placed.digest.hex()[:16]
            yield f"orders {name} of device {device.hex()} are not those that the log names at the gate"
        documents[placed.offer.blind] = placed
    if papers.came_back:  # The hashes say whose the offers are; that blinds have their devices in them nobody can see.
        return
    for offer in opened.offers:
        own = documents.pop(offer.blind, None)
        if own is None:
            yield f"the offer {offer.blind.hex()[:16]} of the book is of no flat that has shown orders"
        elif offer.digest != own.digest:
            yield f"the offer {offer.blind.hex()[:16]} of the book is not what device {own.device.hex()} has ordered"
    for blind, own in documents.items():
        yield f"orders {blind.hex()[:16]} of device {own.device.hex()} were shown, and are not in the book"


def _named(log: AuditedLog, slot: int, since: int, size: int) -> dict[DeviceId, bytes]:
    """Return what each device's newest ORDERS record names, of those of a round."""
    counts = (entry.record for entry in log.of_slot(Kind.ORDERS, slot) if since <= entry.index < size)
    return {record.envelope.device: record.body.evidence[0] for record in counts}


def _cleared(
    log: AuditedLog,
    slot: int,
    papers: RoundPapers,
    opened: OpenedBook,
    ordering: frozenset[DeviceId],
    owners: Mapping[bytes, DeviceId],
) -> Iterator[str]:
    assert papers.book is not None, "it was cleared"
    assert papers.result is not None, "it was cleared"
    assert papers.cleared is not None, "it was cleared"
    book = log.naming(Kind.BOOK, slot, digest(papers.book))
    at = log.naming(Kind.CLEARED, slot, digest(papers.cleared))
    if book is None or book.index < opened.log_size:
        yield "no BOOK record behind the gate names the book"
    if at is None or (book is not None and at.index < book.index):
        yield "no CLEARED record behind that of the book names the document that says the result counts"
    if at is not None:
        yield from _in_time(log, slot, at)
    try:
        cleared = Cleared.decode(papers.cleared)
    except MarketError as error:
        yield f"the document that says the result counts cannot be read: {error}"
        return
    names = (log.origin, slot, papers.number, digest(papers.book), digest(papers.result))
    if (cleared.origin, cleared.slot, cleared.number, cleared.book, cleared.result) != names:
        yield "the words of agreement are on another slot, book or result"
        return
    size = log.size if at is None else at.index
    words = agreeing(cleared, log.history, log.building, opened.log_size, size)
    for why in words.wrong:
        yield f"a word of agreement does not count: {why}"
    own = {device for device, record in log.enrolled(size).items() if record.body.place in OWN_NAMES}
    for device in sorted((words.devices | words.vouching) & own):
        yield f"a word of agreement does not count: device {device.hex()} is a meter of the building's, and no flat"
    try:
        outcome = Outcome.decode(papers.result)
    except MarketError:
        return  # `audit_result` says so.
    asked = Asked.of(opened, outcome, ordering)
    if problem := agreement_problem(asked, words.devices - own, words.vouching - own):
        yield problem
    if not outcome.result.trades:
        yield "nothing is traded by a result that is said to count, and the slot was not shared for it"
    counting = {device for blind, device in owners.items() if blind not in outcome.without}
    for device in sorted(words.vouching - own - counting):
        yield f"device {device.hex()} vouches for orders of its own in the result, and none that count are its own"
    yield from audit_left_out(log, slot, papers, opened, outcome, owners, size)


def _owners(opened: OpenedBook, named: Mapping[DeviceId, bytes]) -> dict[bytes, DeviceId]:
    """Return whose each offer of a book is, by its blind, where a record of one device names it."""
    who: dict[bytes, DeviceId | None] = {}
    for device, hashed in named.items():
        who[hashed] = None if hashed in who else device
    owners = ((offer.blind, who.get(offer.digest)) for offer in opened.offers)
    return {blind: device for blind, device in owners if device is not None}


def _in_time(log: AuditedLog, slot: int, cleared: Entry) -> Iterator[str]:
    """Say whether the log got a CLEARED record when more was known than flats have told in their orders."""
    written_ms = cleared.record.body.start_ms
    if written_ms >= slot * 1000:
        yield f"the result was written at {written_ms} ms, when the slot had begun"
    reached_ms, latest = log.reached(cleared.index)
    if reached_ms >= late_ms(slot):
        yield (
            f"the CLEARED record is entry {cleared.index} of the log, behind entry {latest}, which was made when the "
            "slot was under way"
        )
