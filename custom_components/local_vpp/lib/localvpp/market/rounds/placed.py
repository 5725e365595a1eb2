"""What one flat wants in one round of a slot: the document that its ORDERS record names, shown when the gate is closed.

Neighbours see the orders under a blind, which is drawn anew for each document: whoever has neither nonce nor document
cannot tell whose it is, nor that two of them are of one flat. The record names blind and orders by one hash, so that
neither can be changed once it is logged.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
import hashlib
from typing import Any, Final, Self

from ...export.plain import canonical_json
from ..errors import OrderError
from ..order import GREEN_SOURCES, Order
from .documents import HASH_LENGTH, RoundError, named_orders, octets, plain_orders, read, text, whole, written
from .partner import TAG_LENGTH, is_tag

FORMAT: Final = "local-vpp orders 3"
FORMER: Final = "local-vpp orders 2"
"""It knew no partners."""
NONCE_LENGTH: Final = 32
DEVICE_LENGTH: Final = 16
MOST_ORDERS: Final = 64
"""Of one flat in one round."""
LARGEST_OFFER_WH: Final = 10**7
"""Of all of them together: more than a flat's line carries in an hour, and so little that no flat can fill the book."""
MOST_WHOLE: Final = 4
"""Orders of one flat in one round that refuse parts: which of all of them are left out has to be searched for."""
SOURCES: Final = GREEN_SOURCES | {"battery"}
"""What an order may say of its energy: free words would let a few flats fill a book."""
_BLIND: Final = b"local-vpp blind\0"
_ORDERS: Final = b"local-vpp orders\0"
_ID_LENGTH: Final = 16
"""Bytes of the hash in an order's name: nobody finds two documents of one name."""


@dataclass(frozen=True, slots=True)
class Offer:
    """Orders as everybody sees them: under a blind. Raises MarketError for what no flat may order.

    The orders are named by their own hash, whatever they were called: an order's name is what decides among equals.
    Their `partner` is the flat's tag of the round, and no name: whose blind it stands for the whole book says.
    There may be none: it withdraws those before it, and neighbours who see the log do not see that.
    """

    blind: bytes
    orders: tuple[Order, ...]
    digest: bytes = field(init=False)
    """What the flat's ORDERS record has as its evidence."""

    def __post_init__(self) -> None:
        if len(self.blind) != HASH_LENGTH:
            raise RoundError(f"the blind has {len(self.blind)} bytes, expected {HASH_LENGTH}")
        if len(self.orders) > MOST_ORDERS:
            raise RoundError(f"there are {len(self.orders)} orders: give {MOST_ORDERS} at most for a round")
        for order in self.orders:
            if order.wh == 0:
                raise OrderError(order.id, "wh", 0, "order some energy, or leave the order out")
            if unknown := order.attributes - SOURCES:
                raise OrderError(order.id, "attributes", sorted(unknown), f"name sources: {', '.join(sorted(SOURCES))}")
            if order.block is not None:
                raise OrderError(order.id, "block", order.block, "leave it out: a round is of one slot")
            if order.partner is not None and not is_tag(order.partner):
                raise OrderError(
                    order.id,
                    "partner",
                    order.partner,
                    f"in a round it is a tag of {TAG_LENGTH} bytes in hex: nobody sees there whose orders are whose",
                )
            if order.partner is not None and order.partner != self.tag:
                raise OrderError(order.id, "partner", order.partner, f"a flat has one in a round, here {self.tag}")
        alike: dict[object, str] = {}
        for order in self.orders:
            if order.kind in alike:
                # Each order has a rank of its own among equals: who splits his would be served first more often.
                raise OrderError(
                    order.id, "limit", order.limit, f"join it with {alike[order.kind]}, which is of its kind"
                )
            alike[order.kind] = order.id
        if (whole := sum(order.whole for order in self.orders)) > MOST_WHOLE:
            raise RoundError(f"{whole} orders refuse parts: give {MOST_WHOLE} such at most for a round")
        if (total := sum(order.wh for order in self.orders)) > LARGEST_OFFER_WH:
            raise RoundError(f"the orders are of {total} Wh together: give {LARGEST_OFFER_WH} at most")
        plain = plain_orders(self.orders)
        hashed = hashlib.sha256(_ORDERS + self.blind + b"\0" + canonical_json(list(plain))).digest()
        object.__setattr__(self, "digest", hashed)
        object.__setattr__(self, "orders", named_orders(plain, self.blind.hex(), hashed[:_ID_LENGTH].hex()))

    @classmethod
    def read(cls, blind: bytes, plain: Sequence[dict[str, Any]]) -> Self:
        """Return the offer that JSON holds. Raises MarketError."""
        return cls(blind, named_orders(plain, blind.hex(), "order"))

    @property
    def tag(self) -> str | None:
        """By what its partner is found, if it wants one."""
        return next((order.partner for order in self.orders if order.partner is not None), None)

    def plain(self) -> list[dict[str, Any]]:
        """Write the orders for JSON."""
        return plain_orders(self.orders)


@dataclass(frozen=True, slots=True)
class Placed:
    """A flat's orders of a round with all that says whose they are."""

    origin: str
    device: bytes
    slot: int
    number: int
    """Of the round."""
    nonce: bytes
    offer: Offer
    format: str = FORMAT

    @classmethod
    def of(cls, origin: str, device: bytes, slot: int, number: int, nonce: bytes, orders: Sequence[Order]) -> Self:
        """Take orders, by whatever names. Raises MarketError."""
        offer = Offer(blind(origin, device, slot, number, nonce), tuple(orders))
        return cls(origin, device, slot, number, nonce, offer)

    @property
    def digest(self) -> bytes:
        """What the ORDERS record has as its evidence."""
        return self.offer.digest

    def encode(self) -> bytes:
        """Write the document. Raises RoundError."""
        return written(
            self.format,
            {
                "origin": self.origin,
                "device": self.device.hex(),
                "slot": self.slot,
                "round": self.number,
                "nonce": self.nonce.hex(),
                "orders": self.offer.plain(),
            },
        )

    @classmethod
    def decode(cls, data: bytes) -> Self:
        """Read a document. Raises MarketError."""
        return read(data, FORMAT, cls._build, cls.encode, former=FORMER)

    @classmethod
    def _build(cls, fields: dict[str, Any]) -> Self:
        origin, slot, number = text(fields["origin"]), whole(fields["slot"]), whole(fields["round"])
        device, nonce = octets(fields["device"], DEVICE_LENGTH), octets(fields["nonce"], NONCE_LENGTH)
        offer = Offer.read(blind(origin, device, slot, number, nonce), fields["orders"])
        return cls(origin, device, slot, number, nonce, offer, fields["format"])


def blind(origin: str, device: bytes, slot: int, number: int, nonce: bytes) -> bytes:
    """Return under what neighbours see a flat's orders of a round."""
    told = (origin.encode(), device, b"%d" % slot, b"%d" % number, nonce)
    return hashlib.sha256(_BLIND + b"".join(len(each).to_bytes(4) + each for each in told)).digest()
