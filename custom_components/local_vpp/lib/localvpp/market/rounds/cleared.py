"""What came of a round's book: the result that is proposed, and it with the words of those who found it right."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Self

from ..plain import plain_result, read_result
from ..result import Result, Stage, Trade
from .documents import HASH_LENGTH, RoundError, octets, read, text, whole, written
from .placed import Offer

RESULT_FORMAT: Final = "local-vpp result 3"
FORMER_RESULT: Final = "local-vpp result 2"
"""It counted by a quorum alone, and no offer of the book could be left out of it."""
CLEARED_FORMAT: Final = "local-vpp cleared 2"


@dataclass(frozen=True, slots=True)
class Outcome:
    """Who buys from whom by a round, by the names of the orders in its book."""

    origin: str
    slot: int
    number: int
    """Of the round."""
    book: bytes
    """The name of the book."""
    result: Result
    without: tuple[bytes, ...] = ()
    """The blinds of offers of the book that do not count in it, sorted: it is the result of the book without them."""
    format: str = RESULT_FORMAT

    def __post_init__(self) -> None:
        if list(self.without) != sorted(set(self.without)):
            raise RoundError("what does not count in the result is not in its order, or is there twice")

    @property
    def is_former(self) -> bool:
        """Whether it was made before flats vouched for their orders."""
        return self.format == FORMER_RESULT

    def encode(self) -> bytes:
        """Write the document. Raises RoundError."""
        fields = {"origin": self.origin, "slot": self.slot, "round": self.number, "book": self.book.hex()}
        without = {} if self.is_former else {"without": [each.hex() for each in self.without]}
        return written(self.format, fields | without | {"result": plain_result(self.result)})

    @classmethod
    def decode(cls, data: bytes) -> Self:
        """Read a document. Raises MarketError."""
        return read(data, RESULT_FORMAT, cls._build, cls.encode, former=FORMER_RESULT)

    @classmethod
    def _build(cls, fields: dict[str, Any]) -> Self:
        book = octets(fields["book"], HASH_LENGTH)
        origin, slot, number = text(fields["origin"]), whole(fields["slot"]), whole(fields["round"])
        former = fields["format"] == FORMER_RESULT
        without = () if former else tuple(octets(each, HASH_LENGTH) for each in fields["without"])
        return cls(origin, slot, number, book, read_result(fields["result"]), without, fields["format"])

    @property
    def price(self) -> int | None:
        """The one price that all trades have; None where there are several, or none.

        Partners make a price of their own: it counts where nobody else trades.
        """
        partners, others, begin = set[int](), set[int](), 0
        for proof in self.result.certificate.stages:
            of = partners if proof.stage is Stage.PARTNERS else others
            of |= {trade.price for trade in self.result.trades[begin : begin + proof.trades]}
            begin += proof.trades
        prices = others or partners
        return prices.pop() if len(prices) == 1 else None

    def trades_of(self, offer: Offer) -> tuple[Trade, ...]:
        """Return the trades of one flat."""
        own = {order.id for order in offer.orders}
        return tuple(trade for trade in self.result.trades if trade.seller in own or trade.buyer in own)


@dataclass(frozen=True, slots=True)
class Cleared:
    """A result that counts: the signed words of the flats which have checked it, in no order that says anything."""

    origin: str
    slot: int
    number: int
    """Of the round."""
    book: bytes
    result: bytes
    """The names of the two documents."""
    words: tuple[bytes, ...]
    """Each flat's signed word that agrees, or vouches for its own orders (`wire.sign_verdict`), sorted."""

    @classmethod
    def of(cls, origin: str, slot: int, number: int, book: bytes, result: bytes, words: Sequence[bytes]) -> Self:
        """Take words in any order."""
        return cls(origin, slot, number, book, result, tuple(sorted(words)))

    def encode(self) -> bytes:
        """Write the document. Raises RoundError."""
        return written(
            CLEARED_FORMAT,
            {
                "origin": self.origin,
                "slot": self.slot,
                "round": self.number,
                "book": self.book.hex(),
                "result": self.result.hex(),
                "words": [word.hex() for word in self.words],
            },
        )

    @classmethod
    def decode(cls, data: bytes) -> Self:
        """Read a document. Raises MarketError."""
        return read(data, CLEARED_FORMAT, cls._build, cls.encode)

    @classmethod
    def _build(cls, fields: dict[str, Any]) -> Self:
        book, result = octets(fields["book"], HASH_LENGTH), octets(fields["result"], HASH_LENGTH)
        words = [octets(word) for word in fields["words"]]
        origin, slot, number = text(fields["origin"]), whole(fields["slot"]), whole(fields["round"])
        return cls.of(origin, slot, number, book, result, words)
