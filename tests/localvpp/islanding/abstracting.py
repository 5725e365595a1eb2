"""The real times as a few seconds, and the states that differ by nothing that matters as one.

The logic's clocks only matter by their distance from now, and beyond every threshold a distance counts as one.
"""

from typing import Final

from localvpp.islanding import Drill, Pending, Phase, Policy, State, Wiring
from localvpp.islanding.journal import entry_of, resumed

NOW: Final = 1000.0
_FAR: Final = {
    Phase.UNKNOWN: 2,
    Phase.CONNECTED: 2,
    Phase.GRID_LOST_WAIT: 2,
    Phase.DRILL_PRECHECK: 1,
    Phase.ISLANDING: 4,
    Phase.ISLANDED: 2,
    Phase.RETURN_HOLD: 7,
    Phase.RECONNECTING: 8,
    Phase.SAFE_HANDOFF: 2,
    Phase.FAULT_LOCKED: 2,
}
"""The longest time of `quick` that a phase is held against: how much longer it has lasted makes no difference."""
_HELD: Final = 3
"""The longest time of `quick` that the grid has to be good."""
_DEAD: Final = 2
"""How long an island has to be dead."""

DRILL: Final = Drill(2.0, 100.0)


def quick(wiring: Wiring, *, sync_check: bool = False) -> Policy:
    """A policy whose times are a few seconds, in the order of the real ones."""
    return Policy(
        wiring=wiring,
        sync_check=sync_check,
        returns_by_itself=True,
        confirm_s=1,
        answer_s=2,
        return_answer_s=2,
        hold_s=(2, 3),
        device_hold_s=2,
        break_s=2,
        least_s=3,
        most_an_hour=2,
        most_failures=1,
        hour_s=6,
        person_s=3,
        longest_drill_s=2,
        steady_s=1,
        between_drills_s=4,
        announce_s=1,
        unseen_s=4,
        handoff_s=2,
    )


def restarted(state: State) -> State:
    """What the journal gives back: phase, owner and fault are durable, clocks are not."""
    return resumed(entry_of(state, None, seq=0, boot="", now=NOW), boot="", now=NOW)


def canonical(state: State, policy: Policy) -> State:
    """Return the state as it is a second later, with clocks that have run out counted as one."""

    def past(at: float | None, far: int) -> float | None:
        return None if at is None else max(at - 1.0, NOW - far)

    pending = state.pending
    return State(
        phase=state.phase,
        owner=state.owner,
        fault=state.fault,
        since=max(state.since - 1.0, NOW - _FAR[state.phase]),
        pending=None
        if pending is None
        else Pending(pending.command, max(pending.deadline - 1.0, NOW - 1), pending.again),
        good_since=past(state.good_since, _HELD),
        dead_since=past(state.dead_since, _DEAD),
        opened_at=None if state.opened_at is None or state.opened_at <= NOW - 2 else state.opened_at - 1.0,
        moved_at=None if state.moved_at is None or state.moved_at <= NOW - 3 else state.moved_at - 1.0,
        until=None if state.until is None else max(state.until - 1.0, NOW - 1),
        broken=state.broken,
        failures=state.failures,
        islandings=tuple([at - 1.0 for at in state.islandings if NOW - (at - 1.0) < policy.hour_s]),
        drilled_at=None if state.drilled_at is None or state.drilled_at <= NOW - 4 else state.drilled_at - 1.0,
        drill=state.drill,
        dark=state.dark,
    )
