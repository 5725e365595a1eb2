"""The messages of a building's drill: what the building says of one, and what a flat answers and tells.

The building announces a drill (the roll-call begins), calls a flat when its turn has come, and may end what it called
for. All three are one signed word (`drill_word`): whoever stands between the two can take a word away, and make none.
A flat decides: it may refuse with every reason that its own policy has, or in its resident's words (I23).
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, Final

from ..islanding import Refusal

CALL_LENGTH: Final = 16
"""Bytes of the random name of a drill, and of one call in it."""
LONGEST_WORDS: Final = 200
"""Characters of what a resident says in his own words. With `REASONS`, each named once at most, it bounds what a flat
can add to the report of the building's drill."""
LARGEST_DOCUMENT: Final = 256 * 1024
"""Bytes of the report of one flat's drill."""


class CallRefusal(StrEnum):
    """Why a flat does not follow a call, beside what speaks against every drill (`islanding.Refusal`)."""

    SEEN = "seen"
    """It was heard before, or is older than one that was: somebody says it again."""
    EXPIRED = "expired"
    EARLY = "early"
    """It holds from a later time on: one of the two clocks is wrong."""
    TOO_LASTING = "too_lasting"
    """It would hold for longer than any call needs to."""
    DECLINED = "declined"
    """A resident does not want it."""
    NOT_SET_UP = "not_set_up"
    """The flat has no blackout logic."""


REASONS: Final = frozenset({*(each.value for each in Refusal), *(each.value for each in CallRefusal)})
"""All that an answer may name."""


def _check_name(name: bytes, field: str) -> None:
    if len(name) != CALL_LENGTH:
        raise ValueError(f"{field} has {len(name)} bytes, expected {CALL_LENGTH}")


def _check_words(words: str | None, field: str) -> None:
    if words is not None and (len(words) > LONGEST_WORDS or not words.isprintable()):
        raise ValueError(f"{field}: write one line of at most {LONGEST_WORDS} printable characters")


@dataclass(frozen=True, slots=True)
class DrillSaid:
    """The building's signed word on a drill: see `drill_word`."""

    CODE: ClassVar[int] = 19
    statement: bytes


@dataclass(frozen=True, slots=True)
class DrillKept:
    """What became of a call, its report included, is durable with the building: it need not be told again."""

    CODE: ClassVar[int] = 20
    call: bytes

    def __post_init__(self) -> None:
        _check_name(self.call, "call")


@dataclass(frozen=True, slots=True)
class RollCall:
    """The flat shows a drill's announcement; or, with a name, somebody in it has acknowledged it."""

    CODE: ClassVar[int] = 21
    drill: bytes
    who: str | None

    def __post_init__(self) -> None:
        _check_name(self.drill, "drill")
        _check_words(self.who, "who")


@dataclass(frozen=True, slots=True)
class DrillAnswer:
    """Whether the flat follows a call; if not, every reason, and a resident's own words where there are some."""

    CODE: ClassVar[int] = 22
    call: bytes
    accepted: bool
    reasons: tuple[str, ...]
    words: str | None

    def __post_init__(self) -> None:
        _check_name(self.call, "call")
        _check_words(self.words, "words")
        if unknown := [each for each in self.reasons if each not in REASONS]:
            raise ValueError(f"reasons has {unknown[0][:40]!r}, expected one of {', '.join(sorted(REASONS))}")
        if len(set(self.reasons)) < len(self.reasons):
            twice = next(each for each in self.reasons if self.reasons.count(each) > 1)
            raise ValueError(f"reasons has {twice!r} more than once: name each once")
        if self.accepted is bool(self.reasons):
            raise ValueError("reasons: a call is accepted without any, and refused with one at least")


@dataclass(frozen=True, slots=True)
class DrillNews:
    """Where the flat stands with a call that it follows."""

    CODE: ClassVar[int] = 23
    call: bytes
    phase: str
    """As its blackout logic names it (`islanding.Phase`)."""
    ended: bool
    """Whether the flat hangs on the grid again and the drill is over; the rest is told then."""
    passed: bool | None
    aborted: str | None
    transfer: str | None
    """How long the living room was without voltage, with the step of the samples that tell it."""
    digest: bytes | None
    """SHA-256 of the report, which follows in a message of its own; None when none was drawn up."""

    def __post_init__(self) -> None:
        _check_name(self.call, "call")
        for name, text in (("phase", self.phase), ("aborted", self.aborted), ("transfer", self.transfer)):
            _check_words(text, name)


@dataclass(frozen=True, slots=True)
class DrillDocument:
    """The report of one flat's drill, as the digest in its news names it."""

    CODE: ClassVar[int] = 24
    call: bytes
    document: bytes

    def __post_init__(self) -> None:
        _check_name(self.call, "call")
        if len(self.document) > LARGEST_DOCUMENT:
            raise ValueError(f"document has {len(self.document)} bytes, expected {LARGEST_DOCUMENT} at most")
