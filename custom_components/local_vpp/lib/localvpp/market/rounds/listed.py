"""The list at a round's gate: all orders that the log holds, by their hashes, told before anybody shows one.

Whoever shows his orders has seen that their hash is in it, and the book is made of these and of no others: so nothing
gets into a book that was not fixed before anybody could look, and the seed, which is made of the same hashes, is fixed
with it. The building signs the list's name for each flat: two lists of one round are two words that contradict each
other. Whose each hash is the list does not say.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final, Self

from .documents import HASH_LENGTH, RoundError, octets, read, text, whole, written
from .opened import MOST_OFFERS

FORMAT: Final = "local-vpp gate 1"


@dataclass(frozen=True, slots=True)
class GateList:
    """Of one round. Raises RoundError when it is none."""

    origin: str
    slot: int
    number: int
    """Of the round."""
    orders: tuple[bytes, ...]
    """Hashes, as ORDERS records name them: sorted, and one that several devices have logged as often."""

    def __post_init__(self) -> None:
        if list(self.orders) != sorted(self.orders):
            raise RoundError("the list at the gate is not in its order")
        if len(self.orders) > MOST_OFFERS:
            raise RoundError(f"the list at the gate is of {len(self.orders)} orders: {MOST_OFFERS} make a book at most")

    @classmethod
    def of(cls, origin: str, slot: int, number: int, orders: Iterable[bytes]) -> Self:
        """Take hashes in any order. Raises RoundError."""
        return cls(origin, slot, number, tuple(sorted(orders)))

    def encode(self) -> bytes:
        """Write the document. Raises RoundError."""
        fields = {"origin": self.origin, "slot": self.slot, "round": self.number}
        return written(FORMAT, fields | {"orders": [each.hex() for each in self.orders]})

    @classmethod
    def decode(cls, data: bytes) -> Self:
        """Read a document. Raises MarketError."""
        return read(data, FORMAT, cls._build, cls.encode)

    @classmethod
    def _build(cls, fields: dict[str, Any]) -> Self:
        orders = tuple(octets(each, HASH_LENGTH) for each in fields["orders"])
        return cls(text(fields["origin"]), whole(fields["slot"]), whole(fields["round"]), orders)
