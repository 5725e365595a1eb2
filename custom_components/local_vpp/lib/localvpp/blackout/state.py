"""What there is to show of the blackout logic at one moment, and what is asked of it."""

from dataclasses import dataclass

from ..islanding import Fault, Grid, Notice, Owner, Phase, Place
from ..islanding.report import Level


@dataclass(frozen=True, slots=True)
class DrillWish:
    """A drill that somebody wishes."""

    level: Level
    length_s: float
    by: str
    """Who asked, to be shown."""
    call: str | None = None
    """The building's drill of which this is a part."""
    confirmed: bool = False
    """Whether a person of the flat has confirmed it, with the medical device and with whoever is to attend."""
    attended: bool = False
    """Whether somebody of the flat has acknowledged that very drill, which the building had announced."""


@dataclass(frozen=True, slots=True)
class Told:
    """Something that people are told."""

    number: int
    """Grows with each one, over restarts, too. Below zero in the words of what was told before it could be read which
    was the last: `Blackout.number_of` says which number that has got since."""
    time_ms: int
    """By the wall clock, to be shown."""
    notice: Notice
    detail: str = ""


@dataclass(frozen=True, slots=True)
class DrillSummary:
    """A drill that was held, in short."""

    ended_ms: int
    level: Level
    passed: bool
    aborted: str | None
    """Why it ended before its time."""
    transfer: str | None
    """How long the living room had no voltage when it left the grid, as it was measured."""
    report: bytes
    """SHA-256 of its document."""
    call: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BlackoutState:
    """Everything there is to show. Unknown is None."""

    grid: Grid = Grid.UNKNOWN
    place: Place = Place.UNKNOWN
    phase: Phase = Phase.UNKNOWN
    owner: Owner = Owner.NONE
    fault: Fault | None = None
    warned: bool | None = False
    """Whether a warning of bad weather is in force."""
    reserve_percent: int | None = None
    """What the battery is to keep; None where no reserve is set."""
    lasts_s: float | None = None
    """How long the battery lasts at the present load, without sun."""
    lasts_sun_s: float | None = None
    """The same with as much sun as now."""
    lit: bool | None = None
    """Whether the living room has voltage, as it is measured there; None where nobody measures it."""
    shed: tuple[str, ...] = ()
    """Loads that are off for the battery's sake, in the order in which they went."""
    locked_out: frozenset[str] = frozenset()
    """Loads that stay off until a person has looked."""
    drill: DrillWish | None = None
    """The drill that is announced, held, or on its way back."""
    drill_ends_s: float | None = None
    """So many seconds until its island ends."""
    last_drill: DrillSummary | None = None
    next_drill_ms: int | None = None
    """When one is due at the latest; None before one was ever passed."""
    overdue: bool = False
    told: tuple[Told, ...] = ()
    """The newest ones, oldest first."""
    may_separate: bool = False
    """Whether the flat can be separated upon request."""
    problems: tuple[str, ...] = ()
    """What a person has to mend, as sentences: the journal cannot be written, a switch does not move."""
    feedback_lost: bool = False
    """Whether it has been unknown for a while where the flat is."""
