"""What the blackout logic sees, remembers and says: plain values.

Names follow the state vector of the safety facts: what was commanded, what the feedback shows, what the device does,
what is measured on the side of the grid and on the side of the island. Unknown is None, and never a number. All times
are of a monotonic clock, in seconds; wall clocks are for displays and records (I17).
"""

from dataclasses import dataclass
from enum import StrEnum


class Contact(StrEnum):
    """What a contact's independent feedback shows."""

    OPEN = "open"
    CLOSED = "closed"


class Mode(StrEnum):
    """What the inverter does with the voltage."""

    OFF = "off"
    FOLLOWING = "following"
    FORMING = "forming"


class Wiring(StrEnum):
    """Who separates the living room from the grid, and who may ask for it."""

    AUTONOMOUS = "autonomous"
    """The inverter does it by itself and cannot be asked: loads and battery are managed around what it does."""
    OWNED = "owned"
    """The inverter or its gateway owns contacts and sync-check, and can be asked to separate and to return."""
    PAIR = "pair"
    """Two interlocked contactors with feedback: the living room hangs on the grid (main) or the inverter (island).

    The inverter stands on the grid's side of the main contact. Its output for an island has voltage when the grid is
    gone, by itself, and when it was asked to leave the grid.
    """


class Phase(StrEnum):
    """Where the flat stands."""

    UNKNOWN = "unknown"
    CONNECTED = "connected"
    GRID_LOST_WAIT = "grid_lost_wait"
    DRILL_PRECHECK = "drill_precheck"
    ISLANDING = "islanding"
    ISLANDED = "islanded"
    RETURN_HOLD = "return_hold"
    RECONNECTING = "reconnecting"
    SAFE_HANDOFF = "safe_handoff"
    FAULT_LOCKED = "fault_locked"


class Owner(StrEnum):
    """Why the flat is, or is to be, separated. A higher one is never overridden by a lower one (I12)."""

    NONE = "none"
    DRILL = "drill"
    PERSON = "person"
    OUTAGE = "outage"


class Command(StrEnum):
    """What a device is asked."""

    GO_OFF_GRID = "go_off_grid"
    RECONNECT = "reconnect"
    OPEN_MAIN = "open_main"
    CLOSE_MAIN = "close_main"
    OPEN_ISLAND = "open_island"
    CLOSE_ISLAND = "close_island"
    FORM = "form"
    """Let the inverter hold the voltage of the island."""
    FOLLOW = "follow"
    """Let it hold no voltage: it follows the grid, or is off."""
    RELEASE = "release"
    """Let the device do what it does without us; nothing is waited for."""


class Fault(StrEnum):
    """Why nothing more is commanded until a person has looked."""

    FORMING_ON_GRID = "forming_on_grid"
    """The main contact is closed and the inverter holds a voltage against the grid."""
    BOTH_CLOSED = "both_closed"
    MAIN_WELDED = "main_welded"
    """The main contact was asked to open and did not."""
    ISLAND_WELDED = "island_welded"
    NO_ANSWER = "no_answer"
    """The device was asked twice and did not do it, nor did it go back by itself."""
    TOO_MANY_TRANSITIONS = "too_many_transitions"
    CANNOT_RETURN = "cannot_return"
    """The grid was not seen steady for longer than is allowed for, because nothing is known of it."""
    JOURNAL_UNREADABLE = "journal_unreadable"
    """What was written down before a start cannot be read: the logic may have been locked then, and nobody knows."""


class Notice(StrEnum):
    """What a person is told within a minute (L3)."""

    GRID_LOST = "grid_lost"
    ISLANDED = "islanded"
    RETURNED = "returned"
    DRILL_BECAME_OUTAGE = "drill_became_outage"
    DRILL_REFUSED = "drill_refused"
    DRILL_ABORTED = "drill_aborted"
    ISLAND_REFUSED = "island_refused"
    RETURN_REFUSED = "return_refused"
    RETURN_FAILED = "return_failed"
    BACKUP_FAILED = "backup_failed"
    HANDED_OFF = "handed_off"
    LOCKED = "locked"
    LIVING_ROOM_DARK = "living_room_dark"
    DRILL_ANNOUNCED = "drill_announced"
    """A drill begins soon: whoever is in the room may say no."""
    DRILL_ENDED = "drill_ended"
    FEEDBACK_LOST = "feedback_lost"
    """It is unknown where the flat is."""
    JOURNAL_FAILED = "journal_failed"
    """What is done cannot be written down, so nothing is commanded."""
    LOAD_LOCKED_OUT = "load_locked_out"
    """A load brought the island down again and again, and stays off until a person has looked."""
    BATTERY_LOW = "battery_low"
    """In an island, the charge has come down to what the emergency needs."""


@dataclass(frozen=True, slots=True)
class Supply:
    """What is measured on one side. Without voltage there is no frequency."""

    volts: float
    hertz: float | None = None


@dataclass(frozen=True, slots=True)
class Drill:
    """A drill that somebody asks for, with what only those around the flat know."""

    length_s: float
    endurance_s: float | None
    """How long the battery is expected to last at the present load; None when nobody can tell."""
    warned: bool = False
    """Whether a warning of bad weather is in force, or a demand response event is on or near (I13, I20)."""
    attended: bool = True
    """Whether somebody has acknowledged it, where that is wanted."""
    medical: bool = False
    """Whether a medical device hangs on the circuit and nobody has confirmed."""


class Asked(StrEnum):
    """What a person asks."""

    ISLAND = "island"
    RETURN = "return"
    ACKNOWLEDGE = "acknowledge"
    """The person has looked at the fault."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """What is known at one moment: fresh values alone, for what is old is unknown (I18)."""

    grid: Supply | None = None
    """On the side of the grid, in front of the main contact."""
    island: Supply | None = None
    """At the living room's circuit."""
    energised: bool | None = None
    """Whether the living room has voltage, by a relay there; asked where no voltage is measured."""
    main: Contact | None = None
    island_contact: Contact | None = None
    mode: Mode | None = None
    separated: bool | None = None
    """Whether the device itself says that it is separated from the grid."""
    soc_percent: float | None = None
    overloaded: bool = False
    fresh: bool = True
    """Whether contacts and inverter were heard within two polls: upon older feedback nothing is energised (I2)."""
    grid_fresh: bool = True
    """Whether the grid was heard of as lately as who tells of it does when all is well: else it is not held to be good
    without a break (I8)."""
    asked: Asked | Drill | None = None
    """What is asked now, once."""


@dataclass(frozen=True, slots=True)
class Pending:
    """A command whose effect is waited for; no other is given meanwhile (I6)."""

    command: Command
    deadline: float
    again: bool = False
    """Whether it was given for the second time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What the logic remembers. `phase`, `owner` and `fault` are what the journal keeps (`journal`)."""

    phase: Phase = Phase.UNKNOWN
    owner: Owner = Owner.NONE
    fault: Fault | None = None
    since: float
    """When the phase began."""
    pending: Pending | None = None
    good_since: float | None = None
    """Since when the grid is inside its window without a break."""
    dead_since: float | None = None
    """Since when the island is proven to be without voltage."""
    opened_at: float | None = None
    """When a contact was last seen to open upon our command."""
    moved_at: float | None = None
    """When the main contact was last seen to move upon our command."""
    until: float | None = None
    """When a drill, or a person's island, ends by itself."""
    broken: int = 0
    """How often the grid went away again while it was being watched, or a return failed, since it was lost."""
    failures: int = 0
    """How often a contact or the inverter did not do what a return or a separation needs, since the flat was home."""
    islandings: tuple[float, ...] = ()
    """When the flat was separated during the last hour."""
    drilled_at: float | None = None
    """When the last drill ended."""
    drill: Drill | None = None
    """The drill that is being checked or held."""
    dark: bool = False
    """Whether a person was told that the living room has no voltage."""


@dataclass(frozen=True, slots=True)
class Step:
    """What follows from an observation. The state is durable before the command is given (I16)."""

    state: State
    command: Command | None = None
    notices: tuple[Notice, ...] = ()
    holds: bool = False
    """Whether the inverter is to be kept off the grid for longer: what it was asked has a lease, which is renewed."""
