"""From what flats have shown to a book, its result, and who has agreed. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from localvpp.etp import DeviceId
from localvpp.market.rounds import (
    Asked,
    Bid,
    Cleared,
    GateList,
    OpenedBook,
    Outcome,
    Placed,
    RoundError,
    Rules,
    canonical,
    digest,
)
from localvpp.traded import untellable
from localvpp.wire import LARGEST_DOCUMENT_OF_ROUND

from ..store.market import StoredRound, StoredVerdict


class TooLargeError(RoundError):
    """A book or a result does not fit into a message."""


def book_of(
    stored: StoredRound,
    rules: Rules,
    shown: Mapping[DeviceId, bytes],
    flats: Mapping[DeviceId, str],
) -> bytes:
    """Return the book of all documents that were shown; `flats` names the devices. Raises MarketError."""
    assert stored.listed is not None, "its gate is closed"
    placed = {device: Placed.decode(document) for device, document in shown.items()}
    listed = GateList.decode(stored.listed).orders
    offers = sorted((each.offer for each in placed.values()), key=lambda offer: offer.blind)
    places = {each.offer.blind: rules.node_of(flats.get(device, "")) for device, each in placed.items()}
    opened = OpenedBook(
        origin=rules.origin,
        slot=stored.slot,
        number=stored.number,
        rules=digest(rules.encode()),
        objective=rules.objective,
        price=rules.price,
        log_since=stored.log_since,
        log_size=stored.log_size,
        voters=len(stored.voters),
        enrolled=stored.enrolled,
        offers=tuple(offers),
        withheld=tuple(sorted((Counter(listed) - Counter(offer.digest for offer in offers)).elements())),
        nodes=rules.nodes,
        places={blind: node for blind, node in places.items() if node is not None},
    )
    return _fitting(opened.encode())


def outcome_of(book: bytes) -> Bid:
    """Clear a book as everybody does, and return its result. It takes its time. Raises MarketError."""
    opened = OpenedBook.decode(book)
    outcome = canonical(opened, book)
    document = outcome.encode()
    if why := untellable(opened, document, outcome.result):
        raise TooLargeError(why)
    return Bid(document, outcome.result)


def chooses(book: bytes) -> bool:
    """Whether orders of a book refuse parts: then its best result has to be searched for. Raises MarketError."""
    return OpenedBook.decode(book).chooses


@dataclass(frozen=True, slots=True)
class Words:
    """What flats that have a word say for a round's result."""

    agreed: Mapping[DeviceId, bytes]
    """The words of those that agree."""
    vouching: frozenset[DeviceId]
    """Who vouches for his own orders: of these, and of those that refuse for something else."""
    refused: Mapping[DeviceId, bytes] = field(default_factory=dict)
    """The words of those that vouch, and refuse."""

    @property
    def all(self) -> tuple[bytes, ...]:
        """What a result counts by."""
        return *self.agreed.values(), *self.refused.values()


def words_of(stored: StoredRound, verdicts: Mapping[DeviceId, StoredVerdict]) -> Words:
    """Return the words for a result, of those that were given on it."""
    voters = frozenset(stored.voters)
    heard = {device: verdict for device, verdict in verdicts.items() if device in voters}
    vouching = frozenset(device for device, verdict in heard.items() if verdict.vouches)
    return Words(
        {device: verdict.statement for device, verdict in heard.items() if verdict.agrees},
        vouching,
        {device: heard[device].statement for device in vouching if not heard[device].agrees},
    )


def asked_of(book: bytes, result: bytes, committed: Mapping[DeviceId, bytes]) -> Asked:
    """Return what it takes for a result to count; `committed` names who has orders in the log. Raises MarketError."""
    return Asked.of(OpenedBook.decode(book), Outcome.decode(result), committed.keys())


def cleared_of(stored: StoredRound, origin: str, words: Sequence[bytes]) -> bytes:
    """Return the document of a result that counts. Raises MarketError."""
    assert stored.book is not None, "it was agreed to"
    assert stored.result is not None, "it was agreed to"
    return Cleared.of(origin, stored.slot, stored.number, digest(stored.book), digest(stored.result), words).encode()


def _fitting(document: bytes) -> bytes:
    if len(document) > LARGEST_DOCUMENT_OF_ROUND:
        raise TooLargeError(f"a document has {len(document)} bytes, and {LARGEST_DOCUMENT_OF_ROUND} fit into a message")
    return document
