"""The rules of a building's market: when rounds are closed, how they are cleared, and the lines with their limits.

Rules are numbered, and hold from a slot on whose first gate is still to come. Every flat gets the same document, and
each book names the one that it was made by: rules that were told to one flat alone, or changed after a gate, are seen.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Final, Self

from ..network import Node
from ..rules import Objective, PriceRule
from .documents import RoundError, plain_lines, read, read_lines, text, whole, written

FORMAT: Final = "local-vpp rules 1"
LATEST_SLOT: Final = 2**50
"""So that a slot, and its milliseconds, fit wherever they are kept."""
MOST_ROUNDS: Final = 9
LONGEST_GATE_S: Final = 86_400
LONGEST_LEAD_S: Final = 366 * 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """How slots are traded. Raises MarketError for rules that nobody can keep."""

    origin: str
    number: int
    """Counts up with each change; of two that hold for a slot the higher one counts."""
    since: int
    """The first slot that they hold for."""
    gate_s: int
    """The last gate of a slot is closed so long before the slot begins; each round is over so long after its gate."""
    show_s: int
    """So long after a gate orders can be shown."""
    leads_s: tuple[int, ...] = ()
    """So long before the slot the gates of its earlier rounds are closed, longest first."""
    objective: Objective
    price: PriceRule
    nodes: tuple[Node, ...] = ()
    """The building's lines; none where nothing is limited."""
    places: Mapping[str, str] = field(default_factory=dict)
    """The node of each flat, by its name; none where there are no lines."""
    without: frozenset[str] = frozenset()
    """Flats that do not trade, by their names: what their meters count may not be billed."""

    def __post_init__(self) -> None:
        if not (self.number >= 0 and 0 <= self.since <= LATEST_SLOT):
            raise RoundError(
                f"rules {self.number} hold from slot {self.since} on: neither may be negative, or too large"
            )
        if not 0 < self.show_s < self.gate_s <= LONGEST_GATE_S:
            raise RoundError(
                f"show_s {self.show_s} and gate_s {self.gate_s}: leave time to clear and check, a day at most"
            )
        if problem := leads_problem(self.leads_s, self.gate_s):
            raise RoundError(problem)
        names = {node.id for node in self.nodes}
        if bool(self.places) is not bool(self.nodes) or not names.issuperset(self.places.values()):
            raise RoundError("places: give a node for each flat where there are lines, and none where there are not")

    @property
    def last(self) -> int:
        """The number of a slot's last round."""
        return len(self.leads_s)

    def lead_s(self, number: int) -> int:
        """Return how long before the slot the gate of a round is closed."""
        return self.gate_s if number == self.last else self.leads_s[number]

    def gate_ms(self, slot: int, number: int) -> int:
        """Return when the gate of a round is closed."""
        return (slot - self.lead_s(number)) * 1000

    def end_ms(self, slot: int, number: int) -> int:
        """Return by when enough flats have to have agreed: before the next round's orders are due."""
        return self.gate_ms(slot, number) + self.gate_s * 1000

    def proposals_ms(self, slot: int, number: int) -> int:
        """Return until when better results are taken, where orders refuse parts: half of the time after showing.

        The other half is left to check what came of them, and to agree.
        """
        return self.gate_ms(slot, number) + (self.show_s + self.gate_s) * 500

    def words_ms(self, slot: int, number: int) -> int:
        """Return until when flats that have shown orders have time for a word: three quarters of that after showing.

        In the last quarter a result can count without those who gave none.
        """
        return self.end_ms(slot, number) - self.word_s * 1000

    @property
    def word_s(self) -> int:
        """So long flats have for a word on a result without others, a quarter of the time after showing, in seconds."""
        return max(1, (self.gate_s - self.show_s) // 4)

    def node_of(self, flat: str) -> str | None:
        """Return where a flat hangs; None where nothing is limited. Whom the lines do not name hangs above them all."""
        if not self.nodes:
            return None
        return self.places.get(flat) or next(node.id for node in self.nodes if node.parent is None)

    def encode(self) -> bytes:
        """Write the document. Raises MarketError."""
        return written(
            FORMAT,
            {
                "origin": self.origin,
                "number": self.number,
                "since": self.since,
                "gate_s": self.gate_s,
                "show_s": self.show_s,
                "leads_s": list(self.leads_s),
                "objective": self.objective.value,
                "price": self.price.value,
                "lines": plain_lines(self.nodes),
                "places": dict(self.places),
            }
            | ({"without": sorted(self.without)} if self.without else {}),
        )

    @classmethod
    def decode(cls, data: bytes) -> Self:
        """Read a document. Raises MarketError."""
        return read(data, FORMAT, cls._build, cls.encode)

    @classmethod
    def _build(cls, fields: dict[str, Any]) -> Self:
        return cls(
            origin=text(fields["origin"]),
            number=whole(fields["number"]),
            since=whole(fields["since"]),
            gate_s=whole(fields["gate_s"]),
            show_s=whole(fields["show_s"]),
            leads_s=tuple(whole(each) for each in fields["leads_s"]),
            objective=Objective(fields["objective"]),
            price=PriceRule(fields["price"]),
            nodes=read_lines(fields["lines"]),
            places={flat: text(node) for flat, node in fields["places"].items()},
            without=frozenset(text(flat) for flat in fields.get("without", ())),
        )


def leads_problem(leads_s: tuple[int, ...], gate_s: int) -> str | None:
    """Say why rounds cannot be closed so long before a slot; None when they can."""
    if len(leads_s) >= MOST_ROUNDS:
        return f"{len(leads_s)} earlier rounds of a slot: give {MOST_ROUNDS - 1} at most"
    if any(lead > LONGEST_LEAD_S for lead in leads_s):
        return f"a round is closed {max(leads_s)} s before its slot: give {LONGEST_LEAD_S} s, a year, at most"
    for lead, following in pairwise((*leads_s, gate_s)):
        if lead < following + 2 * gate_s:
            return (
                f"a round that is closed {lead} s before its slot is over {gate_s} s later, and the next one is closed "
                f"{following} s before the slot: leave {2 * gate_s} s between them, longest first"
            )
    return None
