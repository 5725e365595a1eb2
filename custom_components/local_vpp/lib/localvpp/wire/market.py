"""The messages of the market's round of a slot: what the building says of it, and what a flat shows and finds.

    coordinator                         flat
                 ◀───────────────────  AskMarket            with each new connection: what it lacks
      MarketSaid (rules) ───────────▶
                 ◀───────────────────  Records              an ORDERS record, before the gate
      MarketSaid (closed) ──────────▶                       at the gate: so many entries of the log count
                 ◀───────────────────  ShowOrders
      MarketSaid (taken) ───────────▶                       they are durable, and will be in the book
      OpenBook ─────────────────────▶
                 ◀───────────────────  Verdict
      Traded, or MarketSaid (shared)▶

What the building says is signed for one flat (`market_word`), or proven by a record of the log; a flat's verdict is
signed, for it goes into the log's document.
"""

from dataclasses import dataclass
from typing import ClassVar, Final

LARGEST_DOCUMENT: Final = 448 * 1024
"""Bytes of a book or of a result; the two, and the proofs of the orders beside them, go into one message."""
LARGEST_ORDERS: Final = 64 * 1024
"""Bytes of the document of one flat's orders."""
MOST_ASKED: Final = 64
"""Slots that one flat may ask for at once."""
MOST_FINDINGS: Final = 16
LONGEST_FINDING: Final = 400
"""Characters of one thing that is wrong."""


@dataclass(frozen=True, slots=True)
class AskMarket:
    """The flat takes part in the market: tell the rules, what is open, and what came of these slots."""

    CODE: ClassVar[int] = 25
    slots: tuple[int, ...]

    def __post_init__(self) -> None:
        if len(self.slots) > MOST_ASKED:
            raise ValueError(f"slots: {len(self.slots)} are asked for, expected {MOST_ASKED} at most")


@dataclass(frozen=True, slots=True)
class MarketSaid:
    """The building's signed word on the market: see `market_word`."""

    CODE: ClassVar[int] = 26
    statement: bytes
    checkpoint: str
    """When the gate is closed, the log's head at which it was; empty otherwise."""


@dataclass(frozen=True, slots=True)
class ShowOrders:
    """The document that the flat's newest ORDERS record of a slot names, of those that the gate let in."""

    CODE: ClassVar[int] = 27
    slot: int
    document: bytes

    def __post_init__(self) -> None:
        _check_size(self.document, "document", LARGEST_ORDERS)


@dataclass(frozen=True, slots=True)
class LoggedOrders:
    """The envelope of an ORDERS record with its place in the log: whose it is, and nothing of what it says."""

    envelope: bytes
    index: int
    proof: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class OpenBook:
    """A slot's book and result, to be checked: the building's word that it proposes them, and what proves the book."""

    CODE: ClassVar[int] = 28
    slot: int
    statement: bytes
    book: bytes
    result: bytes
    record: bytes
    """The sealed BOOK record."""
    index: int
    proof: tuple[bytes, ...]
    orders: tuple[LoggedOrders, ...]
    """All ORDERS records of the slot that the log held at the gate."""
    checkpoint: str
    """In which all of them are proven."""

    def __post_init__(self) -> None:
        _check_size(self.book, "book", LARGEST_DOCUMENT)
        _check_size(self.result, "result", LARGEST_DOCUMENT)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the flat finds of a slot's book and result: see `sign_verdict`. Without findings it agrees."""

    CODE: ClassVar[int] = 29
    slot: int
    statement: bytes
    findings: tuple[str, ...]

    def __post_init__(self) -> None:
        if len(self.findings) > MOST_FINDINGS or any(len(each) > LONGEST_FINDING for each in self.findings):
            raise ValueError(f"findings: write {MOST_FINDINGS} at most, of {LONGEST_FINDING} characters at most")


@dataclass(frozen=True, slots=True)
class Traded:
    """The result of a slot counts: the words of those who agree, and the CLEARED record that names them."""

    CODE: ClassVar[int] = 30
    slot: int
    document: bytes
    record: bytes
    """The sealed CLEARED record."""
    index: int
    proof: tuple[bytes, ...]
    checkpoint: str

    def __post_init__(self) -> None:
        _check_size(self.document, "document", 2 * LARGEST_DOCUMENT)


def _check_size(data: bytes, field: str, most: int) -> None:
    if len(data) > most:
        raise ValueError(f"{field} has {len(data)} bytes, expected {most} at most")
