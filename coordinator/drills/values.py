"""What the planner of a building's drill knows, remembers and says: plain values. Powers in W, import positive."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from ..config import most_at_once


class Stage(StrEnum):
    """Where a flat stands in the drill."""

    WAITING = "waiting"
    CALLED = "called"
    """It was called, and has not answered: it may have begun."""
    OUT = "out"
    """It follows the call, and may move at any moment: by its own clock, or because it has to end before."""
    HOME = "home"
    REFUSED = "refused"


IN_TRANSITION = frozenset({Stage.CALLED, Stage.OUT})
"""Who may be in transition without anybody being asked: what a flat does then it does by itself (I20)."""


class Ended(StrEnum):
    """Why a drill is over."""

    DONE = "done"
    """Every flat had its turn, refused it, or has nothing that tells whether it is separated."""
    STOPPED = "stopped"
    """The manager has stopped it."""
    TIME = "time"
    """It was not to go on for longer."""
    WARNING = "warning"
    """A warning of bad weather is in force at one of the flats."""
    OUTAGE = "outage"
    """The grid went away at one of the flats: what was a drill is none any more."""
    RESTARTED = "restarted"
    """The coordinator was away meanwhile. Flats return by themselves."""


class Against(StrEnum):
    """Why no flat is called at a moment."""

    EVENT = "event"
    """A demand response event or the peak is on or near (I20)."""
    DEMAND_UNKNOWN = "demand_unknown"
    """The bulk meter is silent."""
    FULL = "full"
    """As many flats are in transition as may be."""
    CONTRACT = "contract"
    """The return of one more flat could exceed the contract demand."""
    LINE = "line"
    """The same, of a line of the building's tree."""
    NOBODY = "nobody"
    """Of the flats that wait, none is connected to the grid, to the coordinator, and known in its power."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the building's tree, and the flats that hang on it."""

    name: str
    limit_w: int
    flats: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What bounds a drill. Raises ValueError."""

    flats: int
    """Of the whole building."""
    most: int
    """Flats in transition at once, where so many are a tenth of the building at most."""
    limit_w: int
    """The contract demand."""
    bound_s: float
    """So long after its call a flat is back by itself (L2)."""
    lines: tuple[Line, ...] = ()
    flat_w: int = 6000
    """What a flat can draw at most: its main breaker."""
    recharge_w: int = 3000
    """What a battery draws at most when it is charged after the flat's return (I21)."""
    apart_s: float = 20.0
    """Between two calls at least; as much again at most is added by chance."""
    settle_s: float = 900.0
    """So long after its return a flat may draw more and more: its battery recharges on a slope (I21), PV waits."""
    mute_s: float = 120.0
    """So long a flat may tell nothing of where it is, until it is taken to have nothing that tells it."""
    lag_s: float = 10.0
    """What is known of a flat and of the bulk meter may be of moments so far apart."""

    def __post_init__(self) -> None:
        for name in ("flats", "most", "limit_w", "flat_w", "apart_s"):
            if (value := getattr(self, name)) <= 0:
                raise ValueError(f"{name} {value:g}: write more than 0")
        for line in self.lines:
            if line.limit_w <= 0:
                raise ValueError(f"line {line.name}: limit {line.limit_w} W: write more than 0")

    @property
    def at_once(self) -> int:
        """How many flats may be in transition at once."""
        return min(self.most, most_at_once(self.flats))


@dataclass(frozen=True, slots=True, kw_only=True)
class FlatSeen:
    """A flat as its newest frame has it; None is unknown."""

    online: bool = False
    islanded: bool | None = None
    grid_w: int | None = None
    pv_w: int | None = None
    battery_w: int | None = None
    """Positive: it gives."""


@dataclass(frozen=True, slots=True)
class Answered:
    """A flat follows a call, or refuses it."""

    flat: str
    accepted: bool


@dataclass(frozen=True, slots=True)
class Returned:
    """A flat says that its drill is over, and that it hangs on the grid."""

    flat: str


type News = Answered | Returned


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What is known at one moment."""

    flats: Mapping[str, FlatSeen]
    demand_w: int | None
    """What the building draws, by its bulk meter."""
    event: bool = False
    """Whether a demand response event or the peak is on or near."""
    stop: Ended | None = None
    """Why the drill is to end now."""
    news: tuple[News, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where one flat stands."""

    stage: Stage = Stage.WAITING
    called_at: float | None = None
    home_at: float | None = None
    worst_w: int = 0
    """What it may draw once it is back: its load when it was called, and its battery's charge."""
    gave_w: int = 0
    """What its PV and battery gave then: it may feed in as much at most while nothing is heard of it."""
    drawn: tuple[tuple[float, int | None], ...] = ()
    """What it drew of late, by its frames."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DrillState:
    """What the planner remembers. Times are of a monotonic clock."""

    seed: str
    order: tuple[str, ...]
    """In which flats are called, drawn by the seed."""
    until: float
    """When it ends at the latest."""
    next_at: float
    """Nobody is called before."""
    places: Mapping[str, Place] = field(default_factory=dict)
    demands: tuple[tuple[float, int | None], ...] = ()
    """What the building drew of late."""
    calls: int = 0
    mute_since: float | None = None
    """Since when nobody is out, and whoever waits tells nothing of where it is."""
    against: Against | None = None
    """Why nobody was called in the last turn though somebody waits and it was time."""
    ended: Ended | None = None

    def at(self, *stages: Stage) -> tuple[str, ...]:
        """Return the flats at these stages."""
        return tuple(flat for flat, place in self.places.items() if place.stage in stages)


@dataclass(frozen=True, slots=True)
class Go:
    """A flat's turn has come."""

    flat: str


@dataclass(frozen=True, slots=True)
class Back:
    """A flat is to end its drill now."""

    flat: str


type Call = Go | Back
