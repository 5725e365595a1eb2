"""What speaks against an island that a person asks for, before it is asked for: told at the button.

Pure. What is asked is judged again by the transition function, which has the last word.
"""

from ..islanding import Grid, Observation, Phase, Place, Policy, Refusal, State, grid, island_refusals, place


def against_an_island(
    state: State, seen: Observation | None, now: float, policy: Policy, *, possible: bool
) -> tuple[Refusal, ...]:
    """Say all that speaks against it, as far as is known.

    Args:
        state: where the logic stands.
        seen: what is seen; None before anything was.
        now: the time.
        policy: how the logic behaves.
        possible: whether the devices can be asked to separate.
    """
    if seen is None:
        return (Refusal.STALE,)
    reasons = dict.fromkeys(island_refusals(state, seen, now, policy), True)
    home = state.phase in {Phase.CONNECTED, Phase.DRILL_PRECHECK} and place(seen, policy.wiring) is Place.CONNECTED
    reasons |= {
        Refusal.NOT_CONNECTED: not home,
        Refusal.STALE: grid(seen.grid, policy.profile) is Grid.UNKNOWN,
        Refusal.NOT_POSSIBLE: not possible,
    }
    return tuple(reason for reason in Refusal if reasons.get(reason))
