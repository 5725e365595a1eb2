"""Who steers the battery: one at a time, by precedence (I12), and what that comes to for the device.

Whoever wants something of the battery's power claims it here; nobody else writes a set-point. The highest claim
counts, and the others wait, whatever they wish. Nothing is claimed: the device decides by itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum, IntEnum

from .pace import DEADBAND_W, Pace


class Claimant(IntEnum):
    """Who may claim, the highest first."""

    ISLANDING = 0
    """The blackout logic: the flat is an island, may be about to be one, or nobody knows."""
    DRILL = 1
    """A drill, from its announcement on."""
    REFILL = 2
    """The slow filling after an outage."""
    BUILDING = 3
    """Demand response and the building's limits. Nothing claims for it yet."""
    MARKET = 4
    """What the flat has traded."""


class Let(Enum):
    """What is wished of the battery other than a power."""

    GO = "go"
    """Let it decide by itself, now."""
    BE = "be"
    """Write nothing: what it was asked before ends with its lease."""


@dataclass(frozen=True, slots=True)
class Power:
    """A power, + discharging, and the range within which another one may stand as well for a while."""

    watts: int
    low: int
    high: int

    def __post_init__(self) -> None:
        assert self.low <= self.watts <= self.high, f"{self.watts} W lies outside {self.low} to {self.high} W"

    @classmethod
    def exactly(cls, watts: int) -> Power:
        """Return a power that is to be kept to the watt."""
        return cls(watts, watts, watts)


type Wish = Power | Let


@dataclass(frozen=True, slots=True)
class Held:
    """What the battery may be held to, as far as this program has asked it."""

    claimant: Claimant
    watts: int
    changed_at: float
    """When it was first asked for that."""
    asked_at: float
    """When it was last asked: the device counts no lease from later than that."""


class Do(Enum):
    """What is done with the device."""

    ASK = "ask"
    """Ask for the power, or renew it."""
    RELEASE = "release"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Turn:
    """What follows from the claims."""

    do: Do
    held: Held | None
    """What the battery may be held to once it is done, or while nobody knows whether it was."""


def owner(claims: Mapping[Claimant, Wish]) -> Claimant | None:
    """Return who steers; None where nobody does."""
    return min(claims, default=None)


def turn(held: Held | None, claims: Mapping[Claimant, Wish], pace: Pace, now: float) -> Turn:
    """Return what is done now.

    Args:
        held: what the battery may be held to.
        claims: what everybody wishes.
        pace: the device's.
        now: seconds of a clock that nobody sets.
    """
    if held is not None and now - held.asked_at >= pace.outlives_s:
        held = None
    claimant = owner(claims)
    wish: Wish = Let.GO if claimant is None else claims[claimant]
    if not isinstance(wish, Power):
        return Turn(Do.RELEASE if held is not None and wish is Let.GO else Do.NOTHING, held)
    assert claimant is not None, "nobody wishes a power"
    if held is None or held.claimant is not claimant:
        return Turn(Do.ASK, Held(claimant, wish.watts, now, now))
    if _stands(held, wish, pace, now):
        return Turn(Do.ASK, replace(held, asked_at=now))
    return Turn(Do.ASK, Held(claimant, wish.watts, now, now))


def _stands(held: Held, wish: Power, pace: Pace, now: float) -> bool:
    """Whether what was asked stays: a limit is kept at once, the rest has its time."""
    if not wish.low <= held.watts <= wish.high:
        return False
    return abs(wish.watts - held.watts) < DEADBAND_W or now - held.changed_at < pace.change_s
