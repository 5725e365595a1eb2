"""The open book of a round: all orders that were shown in time, and by what rules they are cleared. Everybody gets it.

The seed that decides among equals is made of the hashes of all orders that the log held at the gate, shown or not. They
were fixed before anybody saw one of them, and each has a nonce of its own in it: nobody knows the seed while he orders,
and who shows nothing changes nothing.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
import hashlib
from typing import Any, Final, Self

from ...quorum import needed_of
from ..book import Book
from ..network import Network, Node
from ..rules import Objective, PriceRule
from .documents import HASH_LENGTH, RoundError, octets, plain_lines, read, read_lines, text, whole, written
from .partner import partners
from .placed import Offer
from .ruled import LATEST_SLOT, MOST_ROUNDS

FORMAT: Final = "local-vpp book 3"
FORMER: Final = "local-vpp book 2"
"""It knew no partners."""
MOST_OFFERS: Final = 1000
"""Flats in one book."""
_SEED: Final = b"local-vpp seed\0"


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedBook:
    """A round's book. Raises MarketError when it is none."""

    origin: str
    slot: int
    number: int
    """Of the round; the slot's first one is 0."""
    rules: bytes
    """The name of the rules that it follows."""
    objective: Objective
    price: PriceRule
    log_since: int
    """Entries that the log had when the gate of the slot's round before was closed; 0 for the first."""
    log_size: int
    """Entries that it had when this one's was closed: an ORDERS record that is not between the two does not count."""
    voters: int
    """Flats that were connected then, or showed orders: whose word on the result counts."""
    enrolled: int
    """Flats that the building had then, those that are suspended left out."""
    offers: tuple[Offer, ...]
    """In the order of their blinds."""
    withheld: tuple[bytes, ...] = ()
    """The hashes of orders that the log held at the gate, and that were not shown, or not as they may be: sorted. One
    that several flats have logged is there as often: each of their records is counted."""
    nodes: tuple[Node, ...] = ()
    """The building's lines; none where nothing is limited."""
    places: Mapping[bytes, str] = field(default_factory=dict)
    """The node of each blind; none where there are no lines."""
    format: str = FORMAT

    def __post_init__(self) -> None:
        if not 0 <= self.slot <= LATEST_SLOT:
            raise RoundError(f"slot {self.slot} is none: give the seconds of Unix time at which it begins")
        if not 0 <= self.number < MOST_ROUNDS:
            raise RoundError(f"round {self.number} is none: a slot has {MOST_ROUNDS} at most, the first one is 0")
        blinds = [offer.blind for offer in self.offers]
        if blinds != sorted(set(blinds)):
            raise RoundError("the offers are not in the order of their blinds, or one is there twice")
        if not blinds or len(blinds) + len(self.withheld) > MOST_OFFERS:
            raise RoundError(f"the book has {len(blinds)} offers: 1 to {MOST_OFFERS} make one, with those not shown")
        if not 0 <= self.log_since <= self.log_size:
            raise RoundError(f"orders count from entry {self.log_since} of the log on, and up to {self.log_size}")
        if self.voters < len(blinds) or self.enrolled < 0:
            raise RoundError(f"{self.voters} flats have a word, fewer than the {len(blinds)} that order")
        shown = {offer.digest for offer in self.offers}
        if list(self.withheld) != sorted(self.withheld) or not shown.isdisjoint(self.withheld):
            raise RoundError("what was not shown is not in its order, or was shown")
        if set(self.places) != (set(blinds) if self.nodes else set()):
            raise RoundError("places: give a node for each offer where there are lines, and none where there are not")

    @property
    def committed(self) -> tuple[bytes, ...]:
        """The hashes of all orders that the log held at the gate, sorted."""
        return tuple(sorted((*(offer.digest for offer in self.offers), *self.withheld)))

    @property
    def needed(self) -> int:
        """How many flats have to agree."""
        return needed_of(self.voters, self.enrolled)

    def seed(self) -> bytes:
        """Return what decides among equal orders."""
        origin = self.origin.encode()
        known = len(origin).to_bytes(4) + origin + self.slot.to_bytes(8) + self.number.to_bytes(1)
        return hashlib.sha256(_SEED + known + b"".join(self.committed)).digest()

    def book(self, without: Collection[bytes] = ()) -> Book:
        """Return what is cleared: in the place of tags, orders name their partner's blind. Raises MarketError.

        Without some offers, by their blinds, as if these had not been shown: the seed is that of all.
        """
        offers = [offer for offer in self.offers if offer.blind not in without]
        found = partners((offer.blind, offer.tag) for offer in offers)
        orders = []
        for offer in offers:
            partner = found.get(offer.blind)
            name = None if partner is None else partner.hex()
            orders += [order if order.partner is None else replace(order, partner=name) for order in offer.orders]
        return Book(seed=self.seed(), orders=tuple(orders), network=self._network({offer.blind for offer in offers}))

    @property
    def chooses(self) -> bool:
        """Whether orders refuse parts: then the best result has to be searched for, and can be proposed."""
        return any(order.whole for offer in self.offers for order in offer.orders)

    def offer_of(self, blind: bytes) -> Offer | None:
        """Return the offer under a blind."""
        return next((offer for offer in self.offers if offer.blind == blind), None)

    def _network(self, blinds: Collection[bytes]) -> Network | None:
        if not self.nodes:
            return None
        return Network(self.nodes, {blind.hex(): node for blind, node in self.places.items() if blind in blinds})

    def encode(self) -> bytes:
        """Write the document. Raises MarketError."""
        return written(
            self.format,
            {
                "origin": self.origin,
                "slot": self.slot,
                "round": self.number,
                "rules": self.rules.hex(),
                "objective": self.objective.value,
                "price": self.price.value,
                "log_since": self.log_since,
                "log_size": self.log_size,
                "voters": self.voters,
                "enrolled": self.enrolled,
                "lines": plain_lines(self.nodes),
                "offers": [
                    {"blind": offer.blind.hex(), "node": self.places.get(offer.blind), "orders": offer.plain()}
                    for offer in self.offers
                ],
                "withheld": [each.hex() for each in self.withheld],
            },
        )

    @classmethod
    def decode(cls, data: bytes) -> Self:
        """Read a document. Raises MarketError."""
        return read(data, FORMAT, cls._build, cls.encode, former=FORMER)

    @classmethod
    def _build(cls, fields: dict[str, Any]) -> Self:
        offers = [(octets(each["blind"], HASH_LENGTH), each["node"], each["orders"]) for each in fields["offers"]]
        return cls(
            origin=text(fields["origin"]),
            slot=whole(fields["slot"]),
            number=whole(fields["round"]),
            rules=octets(fields["rules"], HASH_LENGTH),
            objective=Objective(fields["objective"]),
            price=PriceRule(fields["price"]),
            log_since=whole(fields["log_since"]),
            log_size=whole(fields["log_size"]),
            voters=whole(fields["voters"]),
            enrolled=whole(fields["enrolled"]),
            offers=tuple(Offer.read(blind, orders) for blind, _, orders in offers),
            withheld=tuple(octets(each, HASH_LENGTH) for each in fields["withheld"]),
            nodes=read_lines(fields["lines"]),
            places={blind: node for blind, node, _ in offers if node is not None},
            format=fields["format"],
        )
