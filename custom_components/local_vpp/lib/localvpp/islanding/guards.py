"""What must be so for something to be commanded, to begin, or to go on: small rules, each with its invariant.

They are passed to the transition in one value, so that a test can take one of them away and see that it is missed.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields
from enum import StrEnum

from .judging import DEAD, Grid, Place, dead, done, forming_on_grid, grid, lit, nominal, place, stopped, unlit
from .policy import Policy
from .values import Asked, Contact, Drill, Mode, Observation, Owner, Phase, State

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


# --- What may be commanded --------------------------------------------------------------------------------------------


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


def place_is_known(_state: State, seen: Observation, _now: float, policy: Policy) -> bool:
    """I18: of contacts that are not seen, or contradict the device, nothing follows but what lets go."""
    return place(seen, policy.wiring) is not Place.UNKNOWN


def main_is_open(_state: State, seen: Observation, _now: float, _policy: Policy) -> bool:
    """I4: the island's contact closes only while the main contact's own feedback shows open."""
    return seen.main is Contact.OPEN


def has_broken(state: State, _seen: Observation, now: float, policy: Policy) -> bool:
    """I4: nothing closes before the break time after a contact was seen to open."""
    return state.opened_at is None or now - state.opened_at >= policy.break_s


def is_idle(state: State, _seen: Observation, _now: float, _policy: Policy) -> bool:
    """I6: nothing is commanded while the effect of another command is waited for."""
    return state.pending is None


def has_lease(_state: State, _seen: Observation, _now: float, policy: Policy) -> bool:
    """I7: a device that nobody can ask for a while only is asked nothing."""
    return policy.may_separate


def grid_is_good(_state: State, seen: Observation, _now: float, policy: Policy) -> bool:
    """I8: the grid is inside its window, and that is no word of long ago. Else the hold begins anew."""
    return seen.grid_fresh and grid(seen.grid, policy.profile) is Grid.GOOD


def may_move(state: State, _seen: Observation, now: float, policy: Policy) -> bool:
    """I9: the main contact rests between two movements."""
    return state.moved_at is None or now - state.moved_at >= policy.least_s


# --- What is never to be ----------------------------------------------------------------------------------------------


def is_off_the_grid(_state: State, seen: Observation, _now: float, policy: Policy) -> bool:
    """I3: no inverter is seen to hold a voltage against the grid."""
    return not forming_on_grid(seen, policy.wiring)


def one_is_open(_state: State, seen: Observation, _now: float, policy: Policy) -> bool:
    """I4: not both contacts are seen closed."""
    return place(seen, policy.wiring) is not Place.CLASH


# --- What follows from a command --------------------------------------------------------------------------------------


def is_shown(state: State, seen: Observation, _now: float, _policy: Policy) -> bool:
    """I5: what was commanded has happened when the feedback shows it."""
    return state.pending is not None and done(state.pending.command, seen)


def may_ask_again(state: State, _seen: Observation, _now: float, _policy: Policy) -> bool:
    """I5: what had no effect is asked once more, and then no more."""
    return state.pending is not None and not state.pending.again


def is_looked_at(_state: State, seen: Observation, _now: float, _policy: Policy) -> bool:
    """I5, I9: what is locked stays so until a person has looked."""
    return seen.asked is Asked.ACKNOWLEDGE


# --- What may begin ---------------------------------------------------------------------------------------------------


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


def island_may_start(state: State, seen: Observation, now: float, policy: Policy) -> bool:
    """I9, I10, I18: an island that a person asks for needs a battery that is charged, and a grid that is known."""
    known = grid(seen.grid, policy.profile) is not Grid.UNKNOWN
    return known and not island_refusals(state, seen, now, policy)


def may_go_on_after_a_start(state: State, _seen: Observation, _now: float, _policy: Policy) -> bool:
    """I16: an island that is found at the start goes on for an outage alone."""
    return state.owner is Owner.OUTAGE


# --- What may go on ---------------------------------------------------------------------------------------------------


def grid_is_there(_state: State, seen: Observation, _now: float, policy: Policy) -> bool:
    """I12, I14: a grid that is gone makes any island an outage's."""
    return grid(seen.grid, policy.profile) is not Grid.GONE


def is_in_time(state: State, _seen: Observation, now: float, _policy: Policy) -> bool:
    """I12, I14, L2: a drill, and a person's island, end by themselves."""
    return state.until is None or now < state.until


def is_not_called_back(_state: State, seen: Observation, _now: float, _policy: Policy) -> bool:
    """I12, I14: a word ends them, a person's or the building's; so does the building's silence (`blackout.drills`)."""
    return seen.asked is not Asked.RETURN


def drill_may_go_on(_state: State, seen: Observation, _now: float, policy: Policy) -> bool:
    """I14: charge known and above its floor, nothing overloaded, nothing unknown."""
    return (
        seen.soc_percent is not None
        and seen.soc_percent > policy.floors.drill_abort
        and not seen.overloaded
        and grid(seen.grid, policy.profile) is not Grid.UNKNOWN
    )


def is_charged(_state: State, seen: Observation, _now: float, policy: Policy) -> bool:
    """I10: an island that a person asked for ends at its floor."""
    return seen.soc_percent is not None and seen.soc_percent > policy.floors.person


def island_holds(state: State, seen: Observation, now: float, policy: Policy) -> bool:
    """I14, I15: an island that nobody needs ends when its place is unknown, or the living room is dark."""
    dark = lit(seen, policy) is False and now - state.since >= policy.answer_s
    return not dark and place(seen, policy.wiring) is not Place.UNKNOWN and not stopped(seen, policy)


def room_is_not_dark(_state: State, seen: Observation, _now: float, policy: Policy) -> bool:
    """I15, L3: a living room that is known to have no voltage is told of."""
    return lit(seen, policy) is not False


# --- What ends by itself ----------------------------------------------------------------------------------------------


def is_hopeful(state: State, _seen: Observation, _now: float, policy: Policy) -> bool:
    """L1: what failed so often is tried no more; a person has to look."""
    return state.failures < policy.most_failures


def may_wait(state: State, _seen: Observation, now: float, policy: Policy) -> bool:
    """L1, I15: a dark living room waits so long for a grid that is not seen; then the battery feeds it again."""
    return now - state.since < policy.unseen_s


def is_in_patience(state: State, _seen: Observation, now: float, policy: Policy) -> bool:
    """L1, L2: no way to somewhere is taken for longer than it may take; then a person has to look."""
    waited = now - state.since
    match state.phase:
        case Phase.ISLANDING:
            return waited < policy.unseen_s
        case Phase.RETURN_HOLD:
            return state.owner is Owner.OUTAGE or waited < policy.hold_s[-1] + policy.spread_s + policy.unseen_s
        case Phase.RECONNECTING:
            return waited < policy.unseen_s + 2 * policy.return_answer_s
        case Phase.SAFE_HANDOFF:
            return waited < policy.handoff_s
        case _:
            return True


@dataclass(frozen=True, slots=True)
class Guards:
    """All of them."""

    close_main: Guard = may_close_main
    form: Guard = may_form
    fresh: Guard = is_fresh
    known: Guard = place_is_known
    main_open: Guard = main_is_open
    broken: Guard = has_broken
    idle: Guard = is_idle
    lease: Guard = has_lease
    good: Guard = grid_is_good
    move: Guard = may_move
    off_grid: Guard = is_off_the_grid
    one_open: Guard = one_is_open
    shown: Guard = is_shown
    again: Guard = may_ask_again
    looked: Guard = is_looked_at
    limit: Guard = below_limit
    held: Guard = grid_held
    drill_start: Guard = drill_may_start
    island_start: Guard = island_may_start
    resume: Guard = may_go_on_after_a_start
    there: Guard = grid_is_there
    in_time: Guard = is_in_time
    unspoken: Guard = is_not_called_back
    drill_on: Guard = drill_may_go_on
    charged: Guard = is_charged
    holds: Guard = island_holds
    not_dark: Guard = room_is_not_dark
    hopeful: Guard = is_hopeful
    wait: Guard = may_wait
    patience: Guard = is_in_patience

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
