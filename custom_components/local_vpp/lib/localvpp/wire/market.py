"""The messages of a round of the market: what the building says of it, and what a flat shows and finds.

    coordinator                         flat
                 ◀───────────────────  AskMarket            with each new connection: what it lacks
      MarketSaid (rules) ───────────▶
                 ◀───────────────────  Records              an ORDERS record, before the gate
      MarketSaid (closed) ──────────▶                       at the gate: these orders of the log count, and no others
                 ◀───────────────────  ShowOrders
      MarketSaid (taken) ───────────▶                       they are durable, and will be in the book
      OpenBook (best so far) ───────▶                       only where orders refuse parts
                 ◀───────────────────  Proposal
      ProposalHeard ────────────────▶                       taken, or why not
      OpenBook (proposed) ──────────▶
                 ◀───────────────────  Verdict
      Traded, or MarketSaid (untraded) ▶

      AskPapers ────────────────────▶                       of a coordinator that has lost what was cleared
                 ◀───────────────────  Paper

What the building says is signed for one flat (`market_word`), or proven by a record of the log; a flat's verdict is
signed, for it goes into the log's document.
"""

from dataclasses import dataclass
from typing import ClassVar, Final

from .logged import LoggedEnvelope, LoggedRecord

LATEST_SLOT: Final = 2**50
"""So that a slot, and its milliseconds, fit wherever they are kept."""
MOST_ROUNDS: Final = 9
"""Of one slot."""
LARGEST_DOCUMENT: Final = 448 * 1024
"""Bytes of a book or of a result; the two, and the proofs of the orders beside them, go into one message."""
LARGEST_PAPER: Final = 2 * LARGEST_DOCUMENT
"""Bytes of the document that names the words of all who agreed: of what a round leaves, the largest."""
LARGEST_RULES: Final = 128 * 1024
"""Bytes of the document of the rules: lines, and the node of each flat."""
LARGEST_ORDERS: Final = 64 * 1024
"""Bytes of the document of one flat's orders."""
MOST_ASKED: Final = 64
"""Rounds that one flat may ask for at once."""
MOST_FINDINGS: Final = 16
_NAME_LENGTH: Final = 32
LONGEST_FINDING: Final = 400
"""Characters of one thing that is wrong."""


@dataclass(frozen=True, slots=True, order=True)
class RoundName:
    """Which round of which slot."""

    slot: int
    number: int

    def __post_init__(self) -> None:
        if not (0 <= self.slot <= LATEST_SLOT and 0 <= self.number < MOST_ROUNDS):
            raise ValueError(f"round {self.number} of slot {self.slot} is none")

    def __str__(self) -> str:
        return f"round {self.number} of slot {self.slot}"


@dataclass(frozen=True, slots=True)
class AskMarket:
    """The flat takes part in the market: tell the rules, what is open, and what came of these rounds."""

    CODE: ClassVar[int] = 25
    rounds: tuple[RoundName, ...]

    def __post_init__(self) -> None:
        if len(self.rounds) > MOST_ASKED:
            raise ValueError(f"rounds: {len(self.rounds)} are asked for, expected {MOST_ASKED} at most")


@dataclass(frozen=True, slots=True)
class MarketSaid:
    """The building's signed word on the market: see `market_word`."""

    CODE: ClassVar[int] = 26
    statement: bytes
    checkpoint: str
    """When the gate is closed, the log's head at which it was; empty otherwise."""
    document: bytes = b""
    """The rules, when these are told; the list of all orders, when the gate is closed; empty otherwise."""

    def __post_init__(self) -> None:
        _check_size(self.document, "document", LARGEST_RULES)


@dataclass(frozen=True, slots=True)
class ShowOrders:
    """The document that the flat's newest ORDERS record of a round names, of those that the gate let in."""

    CODE: ClassVar[int] = 27
    at: RoundName
    document: bytes

    def __post_init__(self) -> None:
        _check_size(self.document, "document", LARGEST_ORDERS)


@dataclass(frozen=True, slots=True)
class OpenBook:
    """A round's book and result, and what proves the book.

    The building's word says whether the two are to be checked, or whether the result is only the best so far: then
    whoever has a better one proposes it.
    """

    CODE: ClassVar[int] = 28
    at: RoundName
    statement: bytes
    book: bytes
    result: bytes
    record: bytes
    """The sealed BOOK record."""
    index: int
    proof: tuple[bytes, ...]
    orders: tuple[LoggedEnvelope, ...]
    """All ORDERS records of the round, each flat's newest."""
    proposal: LoggedRecord | None
    """The PROPOSAL record that names the result, where it was proposed; None where it is what everybody clears."""
    checkpoint: str
    """In which all of them are proven."""

    def __post_init__(self) -> None:
        _check_size(self.book, "book", LARGEST_DOCUMENT)
        _check_size(self.result, "result", LARGEST_DOCUMENT)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the flat finds of a round's book and result: see `sign_verdict`. Without findings it agrees."""

    CODE: ClassVar[int] = 29
    at: RoundName
    statement: bytes
    findings: tuple[str, ...]

    def __post_init__(self) -> None:
        if len(self.findings) > MOST_FINDINGS or any(len(each) > LONGEST_FINDING for each in self.findings):
            raise ValueError(f"findings: write {MOST_FINDINGS} at most, of {LONGEST_FINDING} characters at most")


@dataclass(frozen=True, slots=True)
class Traded:
    """The result of a round counts: the words of those who agree, and the CLEARED record that names them."""

    CODE: ClassVar[int] = 30
    at: RoundName
    document: bytes
    record: bytes
    """The sealed CLEARED record."""
    index: int
    proof: tuple[bytes, ...]
    checkpoint: str

    def __post_init__(self) -> None:
        _check_size(self.document, "document", LARGEST_PAPER)


@dataclass(frozen=True, slots=True)
class AskPapers:
    """The coordinator lacks a document of a round that its log says was cleared: give it, if it is still kept."""

    CODE: ClassVar[int] = 31
    slot: int
    name: bytes
    """The document's SHA-256: of what the CLEARED record names, or of the book or the result that this names."""

    def __post_init__(self) -> None:
        _check_paper(self.slot, self.name)


@dataclass(frozen=True, slots=True)
class Paper:
    """The document of a slot that was asked for: by its name nothing else can be given for it."""

    CODE: ClassVar[int] = 32
    slot: int
    name: bytes
    document: bytes
    """Empty where the flat does not have it."""

    def __post_init__(self) -> None:
        _check_paper(self.slot, self.name)
        _check_size(self.document, "document", LARGEST_PAPER)


def _check_paper(slot: int, name: bytes) -> None:
    if not 0 <= slot <= LATEST_SLOT:
        raise ValueError(f"slot {slot} is none")
    if len(name) != _NAME_LENGTH:
        raise ValueError(f"name has {len(name)} bytes, expected {_NAME_LENGTH}")


@dataclass(frozen=True, slots=True)
class Proposal:
    """A result of a round's book that is better than the best so far, as far as the flat knows."""

    CODE: ClassVar[int] = 33
    at: RoundName
    document: bytes

    def __post_init__(self) -> None:
        _check_size(self.document, "document", LARGEST_DOCUMENT)


@dataclass(frozen=True, slots=True)
class ProposalHeard:
    """What the building makes of a flat's proposal: it is taken, and logged, or it says why not."""

    CODE: ClassVar[int] = 34
    at: RoundName
    name: bytes
    """The SHA-256 of the document that was proposed."""
    record: bytes
    """The sealed PROPOSAL record; empty for one that is not taken."""
    reasons: tuple[str, ...]

    def __post_init__(self) -> None:
        if len(self.reasons) > MOST_FINDINGS or any(len(each) > LONGEST_FINDING for each in self.reasons):
            raise ValueError(f"reasons: write {MOST_FINDINGS} at most, of {LONGEST_FINDING} characters at most")


def _check_size(data: bytes, field: str, most: int) -> None:
    if len(data) > most:
        raise ValueError(f"{field} has {len(data)} bytes, expected {most} at most")
