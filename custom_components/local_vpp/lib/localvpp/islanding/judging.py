"""What an observation means: whether there is a grid, where the flat stands, whether a command has had its effect."""

from enum import StrEnum
from typing import Final

from .policy import Policy, Profile
from .values import Command, Contact, Mode, Observation, Supply, Wiring

DEAD: Final = 0.1
"""A circuit with less than this share of its nominal voltage is dead (I1)."""
LIT: Final = 0.8
"""A circuit with at least this share of its nominal voltage feeds what hangs on it."""


class Grid(StrEnum):
    """How the grid is."""

    GOOD = "good"
    DOUBTFUL = "doubtful"
    """Neither so good that one returns to it, nor gone."""
    GONE = "gone"
    UNKNOWN = "unknown"


class Place(StrEnum):
    """Where the contacts, or the device, say that the flat is."""

    CONNECTED = "connected"
    ISLANDED = "islanded"
    BETWEEN = "between"
    """Both contacts are open."""
    CLASH = "clash"
    """Both are closed."""
    UNKNOWN = "unknown"


def grid(seen: Supply | None, profile: Profile) -> Grid:
    """Judge the grid by what is measured on its side; that nobody draws power from it says nothing."""
    if seen is None:
        return Grid.UNKNOWN
    trip, enter = profile.trip, profile.enter
    if not trip.low_v <= seen.volts <= trip.high_v:
        return Grid.GONE
    if seen.hertz is None:
        return Grid.UNKNOWN
    if not trip.low_hz <= seen.hertz <= trip.high_hz:
        return Grid.GONE
    good = enter.low_v <= seen.volts <= enter.high_v and enter.low_hz <= seen.hertz <= enter.high_hz
    return Grid.GOOD if good else Grid.DOUBTFUL


def place(seen: Observation, wiring: Wiring) -> Place:
    """Say where the flat is by feedback alone, whatever was commanded."""
    if wiring is not Wiring.PAIR:
        return {True: Place.ISLANDED, False: Place.CONNECTED, None: Place.UNKNOWN}[seen.separated]
    match seen.main, seen.island_contact:
        case (Contact.CLOSED, Contact.OPEN):
            return Place.CONNECTED
        case (Contact.OPEN, Contact.CLOSED):
            return Place.ISLANDED
        case (Contact.OPEN, Contact.OPEN):
            return Place.BETWEEN
        case (Contact.CLOSED, Contact.CLOSED):
            return Place.CLASH
        case _:
            return Place.UNKNOWN


def forming_on_grid(seen: Observation, wiring: Wiring) -> bool:
    """Whether the inverter is seen to hold a voltage against the grid (I3).

    Of a pair that is so when nothing proves that the island's contact is open: behind an open one it touches nothing,
    and an inverter whose grid is gone makes its voltage by itself, before anybody has opened the main contact.
    """
    if wiring is Wiring.PAIR:
        closed = seen.main is Contact.CLOSED and seen.island_contact is not Contact.OPEN
        return seen.mode is Mode.FORMING and closed
    return seen.mode is Mode.FORMING and seen.separated is False


def dead(seen: Observation, policy: Policy) -> bool:
    """Whether the island is proven to be without voltage: measured, not formed, and cut off (I1)."""
    return unlit(seen, policy) and seen.mode in {Mode.OFF, Mode.FOLLOWING} and seen.island_contact is Contact.OPEN


def unlit(seen: Observation, policy: Policy) -> bool:
    """Whether the living room's circuit is known to be without voltage."""
    return seen.energised is False if seen.island is None else seen.island.volts < DEAD * nominal(policy)


def lit(seen: Observation, policy: Policy) -> bool | None:
    """Whether the living room has voltage, as it is measured or told there; None when nobody knows."""
    return seen.energised if seen.island is None else seen.island.volts >= LIT * nominal(policy)


def stopped(seen: Observation, policy: Policy) -> bool:
    """Whether the inverter of a pair stopped, or returned to its grid by itself: the living room is dark (I15)."""
    islanded = policy.wiring is Wiring.PAIR and place(seen, policy.wiring) is Place.ISLANDED
    return islanded and seen.mode in {Mode.OFF, Mode.FOLLOWING}


def nominal(policy: Policy) -> float:
    """The middle of the voltages that one returns to."""
    enter = policy.profile.enter
    return (enter.low_v + enter.high_v) / 2


def done(command: Command, seen: Observation) -> bool:
    """Whether the feedback shows what a command was to bring about; that it was acknowledged shows nothing (I5)."""
    match command:
        case Command.GO_OFF_GRID:
            return seen.separated is True
        case Command.RECONNECT:
            return seen.separated is False
        case Command.OPEN_MAIN:
            return seen.main is Contact.OPEN
        case Command.CLOSE_MAIN:
            return seen.main is Contact.CLOSED
        case Command.OPEN_ISLAND:
            return seen.island_contact is Contact.OPEN
        case Command.CLOSE_ISLAND:
            return seen.island_contact is Contact.CLOSED
        case Command.FORM:
            return seen.mode is Mode.FORMING
        case Command.FOLLOW:
            return seen.mode in {Mode.OFF, Mode.FOLLOWING}
        case Command.RELEASE:
            return True
