"""The numbers of the blackout logic, refused where they break an order that safety needs (I10, I24).

Defaults are those of the safety facts, B2 and B3.2: Japanese low voltage, an enter window tighter than the trip window,
300 s of a steady grid before the flat returns.
"""

from dataclasses import dataclass, field
import itertools
from typing import Final

from .values import Wiring

JP_VOLTS: Final = 101.0
"""Nominal at a Japanese 100 V outlet (Electricity Business Act: 101 V, 6 V either way)."""


class PolicyError(ValueError):
    """Numbers that cannot be used together; says which, and what would do."""


@dataclass(frozen=True, slots=True)
class Band:
    """A range of voltage and frequency, both ends inside."""

    low_v: float
    high_v: float
    low_hz: float
    high_hz: float

    def inside(self, other: Band) -> bool:
        """Whether this band lies within another."""
        return (
            other.low_v <= self.low_v < self.high_v <= other.high_v
            and other.low_hz <= self.low_hz < self.high_hz <= other.high_hz
        )


@dataclass(frozen=True, slots=True)
class Profile:
    """What counts as a good grid, and as none."""

    enter: Band
    """The grid is good inside of this, and only then is returned to."""
    trip: Band
    """The grid is gone outside of this; in between it is neither."""


def japanese(hertz: int, *, nominal_v: int = 100) -> Profile:
    """Return the profile of a Japanese low-voltage grid: JEAC 9701's trip levels, a tighter window to return to.

    Raises PolicyError for what is no grid of Japan.
    """
    if hertz not in {50, 60} or nominal_v not in {100, 200}:
        raise PolicyError(f"hertz {hertz}, nominal_v {nominal_v}: a Japanese grid has 50 or 60 Hz and 100 or 200 V")
    times, trips = nominal_v // 100, {50: (48.5, 51.0), 60: (58.8, 61.2)}[hertz]
    return Profile(
        enter=Band(95.0 * times, 107.0 * times, hertz - 1.0, min(hertz + 1.0, trips[1])),
        trip=Band(80.0 * times, 115.0 * times, min(trips[0], hertz - 1.0), trips[1]),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Floors:
    """Shares of the battery's charge below which something is not done, in percent."""

    hard: float = 5.0
    """The inverter's own."""
    emergency: float = 10.0
    """All is shed but communication."""
    person: float = 20.0
    """An island that a person asked for ends."""
    drill_abort: float = 30.0
    drill_start: float = 40.0

    def __post_init__(self) -> None:
        named = {
            "hard": self.hard,
            "emergency": self.emergency,
            "person": self.person,
            "drill_abort": self.drill_abort,
            "drill_start": self.drill_start,
        }
        pairs = list(named.items())
        for (lower, low), (upper, high) in itertools.pairwise(pairs):
            if not 0.0 <= low < high <= 100.0:
                raise PolicyError(
                    f"floors: {lower} {low:g} % and {upper} {high:g} %: make them rise from {' < '.join(named)}, "
                    "within 0 to 100"
                )


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """How one flat behaves. Raises PolicyError."""

    wiring: Wiring
    profile: Profile = field(default_factory=lambda: japanese(50))
    floors: Floors = field(default_factory=Floors)
    sync_check: bool = False
    """Whether the main contact closes only in step with the grid, by a device of its own (I1)."""
    returns_by_itself: bool = False
    """Whether the device goes back by itself when it is not asked any more: what it is asked has a lease (I7)."""
    confirm_s: float = 2.0
    """So long a grid is gone before the flat acts: an inverter that rides through is not beaten to it."""
    answer_s: float = 12.0
    """So long the effect of a command is waited for, before it is given once more."""
    return_answer_s: float = 300.0
    """The same for closing to the grid: a sync-check waits for its moment."""
    hold_s: tuple[float, ...] = (300.0, 600.0, 1800.0)
    """So long the grid is to be good before the flat returns; longer each time that it went away meanwhile."""
    device_hold_s: float = 300.0
    """What the device itself waits."""
    spread_s: float = 0.0
    """What is added to each hold: drawn for each flat, so that a building does not return at once (I20)."""
    break_s: float = 1.0
    """Between a contact that was seen to open and one that closes; and how long an island is to be dead (I1, I4)."""
    least_s: float = 10.0
    """Between two movements of the main contact (I9)."""
    most_an_hour: int = 4
    """Separations in an hour; after that many the flat stays where the living room is fed until a person has looked."""
    hour_s: float = 3600.0
    most_failures: int = 3
    """Returns or separations that may fail for want of an effect before a person has to look (L1)."""
    person_s: float = 4 * 3600.0
    """An island that a person asked for ends after so long."""
    longest_drill_s: float = 3600.0
    steady_s: float = 1800.0
    """So long the grid has been good before a drill (I13)."""
    between_drills_s: float = 86_400.0
    announce_s: float = 60.0
    """Between a drill that may begin and its begin: whoever is in the room may say no."""
    unseen_s: float = 600.0
    """So long nothing may be known of the grid while the flat is to return; then a person has to look (L2)."""
    handoff_s: float = 120.0
    """So long a device that was let go may take to be where it is without us."""

    def __post_init__(self) -> None:
        if not self.profile.enter.inside(self.profile.trip):
            raise PolicyError("profile: the window to return to reaches outside of the one to trip at: make it tighter")
        if not self.hold_s or list(self.hold_s) != sorted(self.hold_s):
            raise PolicyError(f"hold_s {self.hold_s}: state one at least, none shorter than the one before")
        if self.hold_s[0] < self.device_hold_s:
            raise PolicyError(
                f"hold_s {self.hold_s[0]:g}: the device itself waits {self.device_hold_s:g} s; wait that long at least"
            )
        positive = {
            "confirm_s": self.confirm_s,
            "answer_s": self.answer_s,
            "break_s": self.break_s,
            "unseen_s": self.unseen_s,
            "handoff_s": self.handoff_s,
            "most_an_hour": self.most_an_hour,
            "most_failures": self.most_failures,
        }
        for name, value in positive.items():
            if value <= 0:
                raise PolicyError(f"{name} {value:g}: write more than 0")
        if self.return_answer_s < self.answer_s:
            raise PolicyError(
                f"return_answer_s {self.return_answer_s:g} is less than answer_s {self.answer_s:g}: closing to the "
                "grid takes at least as long as anything else"
            )
        if self.wiring is Wiring.OWNED and not self.returns_by_itself:
            raise PolicyError(
                "wiring owned: a device that does not go back by itself may not be asked to separate, for it would "
                "stay so without us; set the flat up as autonomous"
            )

    @property
    def may_separate(self) -> bool:
        """Whether the flat can be separated upon request."""
        return self.wiring is not Wiring.AUTONOMOUS
