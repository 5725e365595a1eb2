"""Which bodies may be gone: those that an entry of the log says were erased, and no other. Pure.

A body that is not there proves nothing by itself: whoever seals bodies can leave one out. What counts is the building's
signed word in the log, an ERASED record whose own body opens, about a device, for a span of time. It explains what came
before it, of that device's own records alone. Rebuilding a building and auditing it ask the same here.
"""

from dataclasses import dataclass, field
from typing import Final

from .body import Body
from .envelope import Envelope, Kind

ERASABLE: Final = (Kind.INTERVAL, Kind.GAP, Kind.EXCEPTION, Kind.SUPPLY, Kind.DRILL, Kind.ORDERS)
"""What a device says of itself alone. A transfer is its partner's, too, and the building's words are not the flat's."""


@dataclass(slots=True)
class Erasures:
    """What the ERASED records of a log say."""

    _said: list[tuple[int, Envelope, Body]] = field(default_factory=list)

    def take(self, index: int, envelope: Envelope, body: Body) -> None:
        """Take in a record whose body was opened: entries of other kinds say nothing here."""
        if envelope.kind is Kind.ERASED:
            self._said.append((index, envelope, body))

    def explain(self, index: int, envelope: Envelope) -> int | None:
        """Return which entry says that the body of an entry was erased; None when none does."""
        if envelope.kind not in ERASABLE:
            return None
        return next(
            (
                later
                for later, saying, body in self._said
                if later > index
                and saying.concerns == envelope.device
                and body.start_ms <= envelope.slot * 1000 < body.end_ms
            ),
            None,
        )
