"""What must be known before something is commanded or begun: small rules, each with the invariant it enforces.

They are passed to the transition in one value, so that a test can take one of them away and see that it is missed.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields
from enum import StrEnum

from .judging import DEAD, Grid, dead, grid, nominal, unlit
from .policy import Policy
from .values import Contact, Drill, Mode, Observation, State

type Guard = Callable[[State, Observation, float, Policy], bool]
"""Whether something may be done."""


class Refusal(StrEnum):
    """Why a drill or an island that was asked for does not begin, or ends before its time."""

    NOT_CONNECTED = "not_connected"
    NOT_POSSIBLE = "not_possible"
    """The device cannot be asked."""
    GRID_NOT_STEADY = "grid_not_steady"
    BATTERY_LOW = "battery_low"
    BATTERY_UNKNOWN = "battery_unknown"
    ENDURANCE = "endurance"
    WARNING = "warning"
    TOO_SOON = "too_soon"
    TOO_LONG = "too_long"
    NOT_ATTENDED = "not_attended"
    MEDICAL = "medical"
    OVERLOADED = "overloaded"
    TOO_MANY = "too_many"
    STALE = "stale"
    BUSY = "busy"
    """Another drill is on."""
    FAILED_BEFORE = "failed_before"
    """The last drill was not passed, and nobody has acknowledged that."""


def may_close_main(state: State, seen: Observation, now: float, policy: Policy) -> bool:
    """I1: a device closes in step with the grid, or the island is proven dead for the break time; never on unknown."""
    if policy.sync_check:
        return seen.island_contact is Contact.OPEN and seen.mode is not None and seen.mode is not Mode.FORMING
    return dead(seen, policy) and state.dead_since is not None and now - state.dead_since >= policy.break_s


def may_form(_state: State, seen: Observation, _now: float, policy: Policy) -> bool:
    """I2: the main contact's own feedback shows open, and the voltages on both sides, or the device, confirm it."""
    if seen.main is not Contact.OPEN:
        return False
    if seen.separated is True or grid(seen.grid, policy.profile) is Grid.GONE:
        return True
    return seen.grid is not None and DEAD * nominal(policy) < seen.grid.volts and unlit(seen, policy)


def is_fresh(_state: State, seen: Observation, _now: float, _policy: Policy) -> bool:
    """I2, I18: what leaves the grid, forms or closes is commanded upon feedback of the last two polls alone."""
    return seen.fresh


def has_broken(state: State, _seen: Observation, now: float, policy: Policy) -> bool:
    """I4: nothing closes before the break time after a contact was seen to open."""
    return state.opened_at is None or now - state.opened_at >= policy.break_s


def may_move(state: State, _seen: Observation, now: float, policy: Policy) -> bool:
    """I9: the main contact rests between two movements."""
    return state.moved_at is None or now - state.moved_at >= policy.least_s


def below_limit(state: State, _seen: Observation, now: float, policy: Policy) -> bool:
    """I9: not more than so many separations in an hour."""
    return sum(now - at < policy.hour_s for at in state.islandings) < policy.most_an_hour


def grid_held(state: State, _seen: Observation, now: float, policy: Policy) -> bool:
    """I8: the grid was good without a break for as long as is held after so many breaks."""
    wanted = policy.hold_s[min(state.broken, len(policy.hold_s) - 1)] + policy.spread_s
    return state.good_since is not None and now - state.good_since >= wanted


def drill_may_start(state: State, seen: Observation, now: float, policy: Policy) -> bool:
    """I13."""
    return state.drill is not None and not drill_refusals(state, state.drill, seen, now, policy)


def drill_may_go_on(_state: State, seen: Observation, _now: float, policy: Policy) -> bool:
    """I14: charge known and above its floor, nothing overloaded, nothing unknown."""
    return (
        seen.soc_percent is not None
        and seen.soc_percent > policy.floors.drill_abort
        and not seen.overloaded
        and grid(seen.grid, policy.profile) is not Grid.UNKNOWN
    )


@dataclass(frozen=True, slots=True)
class Guards:
    """All of them."""

    close_main: Guard = may_close_main
    form: Guard = may_form
    fresh: Guard = is_fresh
    broken: Guard = has_broken
    move: Guard = may_move
    limit: Guard = below_limit
    held: Guard = grid_held
    drill_start: Guard = drill_may_start
    drill_on: Guard = drill_may_go_on

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """Name them."""
        return tuple(field.name for field in fields(cls))


def drill_refusals(state: State, drill: Drill, seen: Observation, now: float, policy: Policy) -> tuple[Refusal, ...]:
    """Say all that speaks against a drill now (I13)."""
    steady = state.good_since is not None and now - state.good_since >= policy.steady_s
    against = {
        Refusal.NOT_POSSIBLE: not policy.may_separate,
        Refusal.GRID_NOT_STEADY: not steady,
        Refusal.BATTERY_UNKNOWN: seen.soc_percent is None,
        Refusal.BATTERY_LOW: seen.soc_percent is not None and seen.soc_percent < policy.floors.drill_start,
        Refusal.ENDURANCE: drill.endurance_s is None or drill.endurance_s < 3 * drill.length_s,
        Refusal.WARNING: drill.warned,
        Refusal.TOO_SOON: state.drilled_at is not None and now - state.drilled_at < policy.between_drills_s,
        Refusal.TOO_LONG: not 0 < drill.length_s <= policy.longest_drill_s,
        Refusal.NOT_ATTENDED: not drill.attended,
        Refusal.MEDICAL: drill.medical,
        Refusal.OVERLOADED: seen.overloaded,
        Refusal.TOO_MANY: not below_limit(state, seen, now, policy),
    }
    return tuple(reason for reason, holds in against.items() if holds)


def island_refusals(state: State, seen: Observation, now: float, policy: Policy) -> tuple[Refusal, ...]:
    """Say all that speaks against an island that a person asks for now."""
    against = {
        Refusal.NOT_POSSIBLE: not policy.may_separate,
        Refusal.BATTERY_UNKNOWN: seen.soc_percent is None,
        Refusal.BATTERY_LOW: seen.soc_percent is not None and seen.soc_percent <= policy.floors.person,
        Refusal.OVERLOADED: seen.overloaded,
        Refusal.TOO_MANY: not below_limit(state, seen, now, policy),
    }
    return tuple(reason for reason, holds in against.items() if holds)
