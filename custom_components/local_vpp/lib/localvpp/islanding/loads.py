"""Which loads hang on the battery: shed in the order of their tiers, restored one by one, the living room last to go.

A load is shed when the charge has been below its tier's share for a while, and at once when the inverter is
overloaded. It comes back in the reverse order, when there is charge and power for it again. A load that brought the
island down whenever it was switched on stays off until a person has looked (I11).

Pure: what is seen in, at most one switch out. The switch's own feedback says whether it moved; unknown moves nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
import itertools

from .policy import PolicyError


@dataclass(frozen=True, slots=True)
class Load:
    """Something that can be switched."""

    name: str
    tier: int
    """0 is shed first; the highest is the living room's."""
    start_w: float
    """What it takes at most when it starts: a compressor takes a multiple of what it runs with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadPolicy:
    """How loads are shed. Raises PolicyError. Defaults are of the safety facts, B3.2."""

    shed_below: tuple[float, ...] = (75.0, 50.0, 25.0, 10.0)
    """The share of charge of each tier; the last is the living room's, and the emergency floor."""
    hysteresis: float = 10.0
    """So much more than that is wanted before a load comes back."""
    lasting_s: float = 180.0
    """So long the charge is to be low before a tier is shed: a start dips it for a moment."""
    spacing_s: float = 22.0
    """Between two loads that come back."""
    least_s: float = 60.0
    """So long a load stays as it is, but for an overload."""
    blame_s: float = 30.0
    """An island that collapses so soon after a load came back was brought down by it."""
    most_collapses: int = 5

    def __post_init__(self) -> None:
        shares = self.shed_below
        if not shares or any(low >= high for high, low in itertools.pairwise(shares)):
            raise PolicyError(f"shed_below {shares}: each tier goes at a lower share than the one before it")
        if not all(0.0 < share < 100.0 for share in shares):
            raise PolicyError(f"shed_below {shares}: write shares between 0 and 100")
        if self.hysteresis <= 0 or shares[0] + self.hysteresis > 100.0:
            raise PolicyError(
                f"hysteresis {self.hysteresis:g}: write more than 0, and no more than {100 - shares[0]:g}, or "
                "the first tier never comes back"
            )
        if self.spacing_s <= 0 or self.lasting_s < 0 or self.most_collapses < 1:
            raise PolicyError("spacing_s and most_collapses are more than 0, lasting_s is not negative")


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadsSeen:
    """What is known at one moment; None is unknown."""

    islanded: bool
    drilling: bool = False
    soc_percent: float | None = None
    free_w: float | None = None
    """What the inverter can still give."""
    overloaded: bool = False
    collapsed: bool = False
    """Whether the island has just lost its voltage."""
    on: Mapping[str, bool | None] = field(default_factory=dict)
    """What each switch's feedback shows."""
    forgiven: str | None = None
    """A load that a person has looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadsState:
    """What is remembered."""

    shed: tuple[str, ...] = ()
    """In the order in which they went; the last comes back first."""
    moved_at: Mapping[str, float] = field(default_factory=dict)
    low_since: tuple[float | None, ...] = ()
    """For each tier, since when the charge has been below its share."""
    restored: tuple[str, float] | None = None
    """Which load came back last, and when."""
    collapses: Mapping[str, int] = field(default_factory=dict)

    def locked(self, policy: LoadPolicy) -> frozenset[str]:
        """Return the loads that a person has to look at."""
        return frozenset(name for name, count in self.collapses.items() if count >= policy.most_collapses)


@dataclass(frozen=True, slots=True)
class Switch:
    """A load to be switched, and why."""

    name: str
    on: bool
    why: str


def shed_or_restore(
    state: LoadsState, loads: Sequence[Load], seen: LoadsSeen, now: float, policy: LoadPolicy
) -> tuple[LoadsState, Switch | None]:
    """Return what is remembered from now on, and which load to switch, if any."""
    state = _blamed(state, seen, now, policy)
    if seen.forgiven is not None:
        state = replace(state, collapses={name: n for name, n in state.collapses.items() if name != seen.forgiven})
    low = tuple(
        _since(state.low_since[tier] if tier < len(state.low_since) else None, seen, share, now)
        for tier, share in enumerate(policy.shed_below)
    )
    state = replace(state, low_since=low)
    if seen.islanded and (load := _next_to_go(state, loads, seen, now, policy)) is not None:
        why = "overload" if seen.overloaded or seen.collapsed else "charge"
        return _moved(state, load, now, on=False), Switch(load.name, on=False, why=why)
    if (load := _next_to_come(state, loads, seen, now, policy)) is not None:
        return _moved(state, load, now, on=True), Switch(load.name, on=True, why="charge" if seen.islanded else "grid")
    return state, None


def _blamed(state: LoadsState, seen: LoadsSeen, now: float, policy: LoadPolicy) -> LoadsState:
    if not seen.collapsed or state.restored is None:
        return state
    name, at = state.restored
    if now - at > policy.blame_s:
        return state
    return replace(state, restored=None, collapses={**state.collapses, name: state.collapses.get(name, 0) + 1})


def _since(before: float | None, seen: LoadsSeen, share: float, now: float) -> float | None:
    if seen.soc_percent is None:
        return None  # Unknown sheds nothing by its charge.
    if seen.soc_percent >= share:
        return None
    return now if before is None else before


def _next_to_go(
    state: LoadsState, loads: Sequence[Load], seen: LoadsSeen, now: float, policy: LoadPolicy
) -> Load | None:
    """The load of the lowest tier that is on; the living room's only for want of charge, and never in a drill."""
    running = sorted(
        (load for load in loads if load.name not in state.shed and seen.on.get(load.name) is not False),
        key=lambda load: (load.tier, -load.start_w, load.name),
    )
    last = len(policy.shed_below) - 1
    for load in running:
        if load.tier >= last and seen.drilling:
            return None
        if load.tier < last and (seen.overloaded or seen.collapsed):
            return load
        since = state.low_since[min(load.tier, last)]
        if since is not None and now - since >= policy.lasting_s and _rested(state, load, now, policy):
            return load
    return None


def _next_to_come(
    state: LoadsState, loads: Sequence[Load], seen: LoadsSeen, now: float, policy: LoadPolicy
) -> Load | None:
    """The load that went last, when there is charge and power for it, and the one before has settled."""
    if seen.overloaded or seen.collapsed:
        return None
    if state.restored is not None and now - state.restored[1] < policy.spacing_s:
        return None
    by_name, locked = {load.name: load for load in loads}, state.locked(policy)
    for name in reversed(state.shed):
        load = by_name.get(name)
        if load is None or name in locked:
            continue
        if not _rested(state, load, now, policy):
            return None
        if not seen.islanded:
            return load
        share = policy.shed_below[min(load.tier, len(policy.shed_below) - 1)] + policy.hysteresis
        enough = seen.soc_percent is not None and seen.soc_percent >= share
        return load if enough and seen.free_w is not None and seen.free_w >= load.start_w else None
    return None


def _rested(state: LoadsState, load: Load, now: float, policy: LoadPolicy) -> bool:
    at = state.moved_at.get(load.name)
    return at is None or now - at >= policy.least_s


def _moved(state: LoadsState, load: Load, now: float, *, on: bool) -> LoadsState:
    shed = tuple(name for name in state.shed if name != load.name)
    return replace(
        state,
        shed=shed if on else (*shed, load.name),
        moved_at={**state.moved_at, load.name: now},
        restored=(load.name, now) if on else state.restored,
    )
