"""The open book of a slot: all orders that were shown in time, and by what rules they are cleared. Everybody gets it.

The seed that decides among equals is made of all orders' hashes. They were fixed in the log before anybody saw one of
them, and each has a nonce of its own in it: nobody knows the seed while he orders. Who shows last, or decides what is
shown, chooses among few seeds, and pays with the orders that he leaves out.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
import hashlib
from typing import Any, Final, Self

from ..book import Book
from ..network import Network, Node
from ..plain import plain_book, read_book
from ..rules import Objective, PriceRule
from .documents import HASH_LENGTH, RoundError, octets, read, text, whole, written
from .placed import Offer

FORMAT: Final = "local-vpp book 1"
LATEST_SLOT: Final = 2**50
"""So that a slot, and its milliseconds, fit wherever they are kept."""
MOST_OFFERS: Final = 1000
"""Flats in one book."""
_SEED: Final = b"local-vpp seed\0"


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedBook:
    """A slot's book. Raises MarketError when it is none."""

    origin: str
    slot: int
    objective: Objective
    price: PriceRule
    log_size: int
    """Entries that the log had when the gate was closed: an ORDERS record beyond them does not count."""
    voters: int
    """Flats that were connected then, or showed orders: whose word on the result counts."""
    offers: tuple[Offer, ...]
    """In the order of their blinds."""
    nodes: tuple[Node, ...] = ()
    """The building's lines; none where nothing is limited."""
    places: Mapping[bytes, str] = field(default_factory=dict)
    """The node of each blind; none where there are no lines."""

    def __post_init__(self) -> None:
        if not 0 <= self.slot <= LATEST_SLOT:
            raise RoundError(f"slot {self.slot} is none: give the seconds of Unix time at which it begins")
        blinds = [offer.blind for offer in self.offers]
        if blinds != sorted(set(blinds)):
            raise RoundError("the offers are not in the order of their blinds, or one is there twice")
        if not 0 < len(blinds) <= MOST_OFFERS:
            raise RoundError(f"the book has {len(blinds)} offers: 1 to {MOST_OFFERS} make one")
        if self.log_size < 0 or self.voters < len(blinds):
            raise RoundError(f"{self.voters} flats have a word, fewer than the {len(blinds)} that order")
        if set(self.places) != (set(blinds) if self.nodes else set()):
            raise RoundError("places: give a node for each offer where there are lines, and none where there are not")

    def seed(self) -> bytes:
        """Return what decides among equal orders."""
        origin = self.origin.encode()
        known = len(origin).to_bytes(4) + origin + self.slot.to_bytes(8)
        return hashlib.sha256(_SEED + known + b"".join(sorted(offer.digest for offer in self.offers))).digest()

    def book(self) -> Book:
        """Return what is cleared. Raises MarketError."""
        orders = tuple(order for offer in self.offers for order in offer.orders)
        return Book(seed=self.seed(), orders=orders, network=self._network())

    def offer_of(self, blind: bytes) -> Offer | None:
        """Return the offer under a blind."""
        return next((offer for offer in self.offers if offer.blind == blind), None)

    def _network(self) -> Network | None:
        if not self.nodes:
            return None
        return Network(self.nodes, {blind.hex(): node for blind, node in self.places.items()})

    def encode(self) -> bytes:
        """Write the document. Raises MarketError."""
        lines = None if not self.nodes else _plain_lines(self.nodes)
        return written(
            FORMAT,
            {
                "origin": self.origin,
                "slot": self.slot,
                "objective": self.objective.value,
                "price": self.price.value,
                "log_size": self.log_size,
                "voters": self.voters,
                "lines": lines,
                "offers": [
                    {"blind": offer.blind.hex(), "node": self.places.get(offer.blind), "orders": offer.plain()}
                    for offer in self.offers
                ],
            },
        )

    @classmethod
    def decode(cls, data: bytes) -> Self:
        """Read a document. Raises MarketError."""
        return read(data, FORMAT, cls._build, cls.encode)

    @classmethod
    def _build(cls, fields: dict[str, Any]) -> Self:
        offers = [(octets(each["blind"], HASH_LENGTH), each["node"], each["orders"]) for each in fields["offers"]]
        return cls(
            origin=text(fields["origin"]),
            slot=whole(fields["slot"]),
            objective=Objective(fields["objective"]),
            price=PriceRule(fields["price"]),
            log_size=whole(fields["log_size"]),
            voters=whole(fields["voters"]),
            offers=tuple(Offer.read(blind, orders) for blind, _, orders in offers),
            nodes=() if fields["lines"] is None else _read_lines(fields["lines"]),
            places={blind: node for blind, node, _ in offers if node is not None},
        )


def _plain_lines(nodes: tuple[Node, ...]) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = plain_book(Book(seed=b"", orders=(), network=Network(nodes)))["network"]["nodes"]
    return told


def _read_lines(plain: list[dict[str, Any]]) -> tuple[Node, ...]:
    network = read_book({"seed": "", "orders": [], "network": {"nodes": plain}}).network
    assert network is not None, "one was given"
    return network.nodes
