"""The transition function: a state, an observation and a time in, a state and at most one command out.

It is all that decides when a flat leaves the grid and when it returns; devices, journal and clocks are passed in as
values. One rule for each phase; what may be commanded is asked of the guards (`guards`), whoever asks.

The flat advances on feedback alone, and of unknown feedback it waits. Where no next step is allowed it stays where the
living room is fed, and a person is told.
"""

from collections.abc import Callable, Mapping
from typing import Final

from .guards import Guards, drill_refusals, island_refusals
from .judging import Grid, Place, forming_on_grid, lit
from .policy import Policy
from .turn import Turn
from .values import (
    Asked,
    Command,
    Contact,
    Drill,
    Fault,
    Mode,
    Notice,
    Observation,
    Owner,
    Phase,
    State,
    Step,
    Wiring,
)

GUARDS: Final = Guards()


def step(state: State, seen: Observation, now: float, policy: Policy, guards: Guards = GUARDS) -> Step:
    """Return what follows from what is seen now."""
    turn = Turn(state, seen, now, policy, guards)
    turn.watch()
    if not _contradicted(turn):
        turn.settle()
        _RULES[turn.state.phase](turn)
    turn.look_at_the_room()
    return turn.step()


def _contradicted(turn: Turn) -> bool:
    """I3, and the interlock of the contacts: what is never to be is undone at once, and a person has to look."""
    forming = forming_on_grid(turn.seen, turn.policy.wiring)
    if not forming and turn.place is not Place.CLASH:
        return False
    undo = _undoing(turn, forming=forming)
    if turn.state.phase is not Phase.FAULT_LOCKED:
        turn.lock(Fault.FORMING_ON_GRID if forming else Fault.BOTH_CLOSED, undo)
    elif turn.seen.asked is not Asked.ACKNOWLEDGE:
        turn.insist(undo)
    return True


def _undoing(turn: Turn, *, forming: bool) -> Command:
    """Of a pair the island's contact opens: an inverter without a grid makes its voltage whatever it is asked."""
    if not turn.paired:
        return Command.RELEASE
    pending = turn.state.pending
    if forming and pending is not None:
        in_vain = pending.command is Command.OPEN_ISLAND and turn.now >= pending.deadline
        if in_vain or (pending.command is Command.FOLLOW and turn.now < pending.deadline):
            return Command.FOLLOW
    return Command.OPEN_ISLAND


def _unknown(turn: Turn) -> None:
    """Start, and whenever the feedback no longer fits: where the flat is, feedback tells, and why, the journal.

    An island of which nobody knows the reason, or whose reason did not outlive the restart, is led back (I16).
    """
    match turn.place:
        case Place.CONNECTED:
            if turn.state.owner is not Owner.NONE:
                turn.tell(Notice.RETURNED)  # While nobody looked.
            turn.go(Phase.CONNECTED, Owner.NONE, until=None, drill=None)
        case Place.ISLANDED if turn.state.owner is Owner.OUTAGE:
            turn.go(Phase.ISLANDED)
        case Place.ISLANDED:
            turn.go(Phase.RETURN_HOLD, Owner.OUTAGE if turn.state.owner is Owner.NONE else None, drill=None)
        case Place.BETWEEN if turn.grid is Grid.GOOD:
            turn.go(Phase.RECONNECTING, Owner.OUTAGE, drill=None)
        case Place.BETWEEN if turn.grid is Grid.GONE:
            turn.go(Phase.ISLANDING, Owner.OUTAGE, drill=None)
        case _:
            pass


def _connected(turn: Turn) -> None:
    asked = turn.seen.asked
    if turn.place is Place.ISLANDED:
        turn.arrive(Owner.OUTAGE)
    elif turn.place is Place.BETWEEN:
        turn.go(Phase.UNKNOWN, Owner.OUTAGE)
    elif turn.grid is Grid.GONE:
        turn.go(Phase.GRID_LOST_WAIT)
        turn.tell(Notice.GRID_LOST)
        if asked is not None:
            _refuse(turn, asked)
    elif isinstance(asked, Drill):
        refusals = drill_refusals(turn.state, asked, turn.seen, turn.now, turn.policy)
        if refusals or turn.place is not Place.CONNECTED:
            turn.tell(Notice.DRILL_REFUSED)
        else:
            turn.go(Phase.DRILL_PRECHECK, drill=asked)
    elif asked is Asked.ISLAND:
        _island_for_a_person(turn)


def _island_for_a_person(turn: Turn) -> None:
    refused = island_refusals(turn.state, turn.seen, turn.now, turn.policy)
    if refused or turn.place is not Place.CONNECTED or turn.grid is Grid.UNKNOWN:
        turn.tell(Notice.ISLAND_REFUSED)
    else:
        turn.go(Phase.ISLANDING, Owner.PERSON, until=turn.now + turn.policy.person_s, drill=None)


def _refuse(turn: Turn, asked: Asked | Drill) -> None:
    if isinstance(asked, Drill):
        turn.tell(Notice.DRILL_REFUSED)
    elif asked is Asked.ISLAND:
        turn.tell(Notice.ISLAND_REFUSED)


def _grid_lost_wait(turn: Turn) -> None:
    """The grid is gone, and for a moment it is the inverter's to act."""
    if turn.place is Place.ISLANDED:
        turn.arrive(Owner.OUTAGE)
    elif turn.place is Place.BETWEEN:
        turn.go(Phase.UNKNOWN, Owner.OUTAGE)
    elif turn.grid in {Grid.GOOD, Grid.DOUBTFUL}:
        turn.go(Phase.CONNECTED, dark=False)
    elif turn.grid is Grid.GONE and turn.paired and turn.waited >= turn.policy.confirm_s:
        turn.go(Phase.ISLANDING, Owner.OUTAGE)
    elif not turn.paired and turn.waited >= turn.policy.answer_s and not turn.state.dark:
        turn.change(dark=True)
        turn.tell(Notice.BACKUP_FAILED)
    if turn.seen.asked is not None:
        _refuse(turn, turn.seen.asked)


def _drill_precheck(turn: Turn) -> None:
    """A drill may begin, and whoever is in the room has time to say no."""
    asked = turn.seen.asked
    if turn.place is not Place.CONNECTED or turn.grid is Grid.GONE or asked is Asked.ISLAND:
        turn.go(Phase.CONNECTED, drill=None)
        turn.tell(Notice.DRILL_ABORTED)
        _connected(turn)
    elif asked is Asked.RETURN:
        turn.go(Phase.CONNECTED, drill=None)
        turn.tell(Notice.DRILL_ABORTED)
    elif not turn.guards.drill_start(turn.state, turn.seen, turn.now, turn.policy):
        turn.go(Phase.CONNECTED, drill=None)
        turn.tell(Notice.DRILL_REFUSED)
    elif turn.waited >= turn.policy.announce_s:
        turn.go(Phase.ISLANDING, Owner.DRILL)


def _islanding(turn: Turn) -> None:
    """Away from the grid, step by step; each step is what the feedback says is missing."""
    state, seen = turn.state, turn.seen
    if turn.failed is Command.OPEN_MAIN:
        turn.lock(Fault.MAIN_WELDED)
        return
    if turn.failed is Command.GO_OFF_GRID:
        turn.hand_off()
        return
    if turn.failed is not None:
        turn.tell(Notice.BACKUP_FAILED)
        turn.again()
        turn.count_failure()
        if turn.hopeless:
            turn.lock(Fault.NO_ANSWER)
        else:
            turn.go(Phase.RECONNECTING, Owner.OUTAGE, drill=None, until=None)
        return
    if turn.place is Place.ISLANDED and (not turn.paired or seen.mode is Mode.FORMING):
        turn.arrive(state.owner)
        return
    if turn.grid is Grid.GONE and state.owner in {Owner.DRILL, Owner.PERSON}:
        turn.outage()
    if seen.asked is Asked.RETURN and turn.state.owner in {Owner.DRILL, Owner.PERSON}:
        turn.change(until=turn.now)  # Kept for when the command that is waited for has had its effect.
    over = turn.state.until is not None and turn.now >= turn.state.until
    untouched = turn.place is Place.CONNECTED and turn.idle
    given_up = seen.asked is Asked.RETURN or over or (state.owner is Owner.DRILL and not _drill_goes_on(turn))
    if untouched and (given_up or (turn.state.owner is Owner.OUTAGE and turn.grid is Grid.GOOD)):
        turn.home()
    elif given_up and turn.state.owner is not Owner.OUTAGE and turn.idle:
        turn.go(Phase.RECONNECTING)
    elif turn.waited >= turn.policy.unseen_s:
        turn.lock(Fault.NO_ANSWER)
    elif not turn.paired:
        if turn.place is Place.CONNECTED:
            turn.want(Command.GO_OFF_GRID)
    elif seen.main is Contact.CLOSED:
        turn.want(Command.OPEN_MAIN)
    elif seen.main is Contact.OPEN and seen.mode in {Mode.OFF, Mode.FOLLOWING}:
        turn.want(Command.FORM)
    elif seen.main is Contact.OPEN and seen.mode is Mode.FORMING and seen.island_contact is Contact.OPEN:
        turn.want(Command.CLOSE_ISLAND)


def _drill_goes_on(turn: Turn) -> bool:
    return turn.guards.drill_on(turn.state, turn.seen, turn.now, turn.policy)


def _islanded(turn: Turn) -> None:
    """The living room is fed by the battery."""
    state, asked = turn.state, turn.seen.asked
    if turn.place is Place.CONNECTED:
        turn.home()
        return
    if turn.place is Place.BETWEEN:
        turn.go(Phase.UNKNOWN)
        return
    if turn.grid is Grid.GONE and state.owner is not Owner.OUTAGE:
        turn.outage()
    over = state.until is not None and turn.now >= state.until
    match turn.state.owner:
        case Owner.DRILL if asked is Asked.RETURN or _failing(turn) or not _drill_goes_on(turn):
            turn.tell(Notice.DRILL_ABORTED)
            turn.go(Phase.RETURN_HOLD)
        case Owner.DRILL | Owner.PERSON if over:
            turn.go(Phase.RETURN_HOLD)
        case Owner.PERSON if asked is Asked.RETURN or _failing(turn) or not _charged(turn):
            turn.go(Phase.RETURN_HOLD)
        case Owner.OUTAGE if turn.grid is Grid.GOOD:
            turn.go(Phase.RETURN_HOLD)
        case Owner.OUTAGE if asked is Asked.RETURN:
            turn.tell(Notice.RETURN_REFUSED)
        case _:
            pass
    if turn.state.phase is Phase.ISLANDED or turn.state.owner is Owner.OUTAGE:
        _keep_fed(turn)


def _failing(turn: Turn) -> bool:
    """Whether an island that nobody needs does not hold: its place is unknown, or the living room is dark."""
    dark = lit(turn.seen, turn.policy) is False and turn.waited >= turn.policy.answer_s
    return turn.place is Place.UNKNOWN or dark or _stopped(turn)


def _stopped(turn: Turn) -> bool:
    """Whether the inverter of a pair stopped, or returned to its grid by itself: the living room is dark (I15)."""
    return turn.paired and turn.place is Place.ISLANDED and turn.seen.mode in {Mode.OFF, Mode.FOLLOWING}


def _keep_fed(turn: Turn) -> None:
    if turn.failed is Command.FORM and not turn.state.dark:
        turn.change(dark=True)
        turn.tell(Notice.BACKUP_FAILED)
    if _stopped(turn):
        turn.want(Command.FORM)


def _charged(turn: Turn) -> bool:
    soc = turn.seen.soc_percent
    return soc is not None and soc > turn.policy.floors.person


def _return_hold(turn: Turn) -> None:
    """The grid is watched until it has been good for long enough; the living room stays fed meanwhile (I8)."""
    state, policy = turn.state, turn.policy
    if turn.place is Place.CONNECTED:
        turn.home()
    elif turn.place is Place.BETWEEN:
        turn.go(Phase.UNKNOWN)
    elif turn.grid is Grid.GONE:
        turn.outage()
        turn.again()
        turn.go(Phase.ISLANDED)
    elif turn.place is Place.ISLANDED and turn.idle and turn.guards.held(state, turn.seen, turn.now, policy):
        if policy.may_separate and not turn.guards.limit(state, turn.seen, turn.now, policy):
            turn.lock(Fault.TOO_MANY_TRANSITIONS)
        elif turn.hopeless:
            turn.lock(Fault.CANNOT_RETURN)
        else:
            turn.go(Phase.RECONNECTING)
    elif state.owner is not Owner.OUTAGE and turn.waited >= policy.hold_s[-1] + policy.spread_s + policy.unseen_s:
        turn.lock(Fault.CANNOT_RETURN)
    if turn.state.phase in {Phase.RETURN_HOLD, Phase.ISLANDED}:
        _keep_fed(turn)


def _reconnecting(turn: Turn) -> None:
    """Back to the grid, step by step: the island first goes dark, then the main contact closes (I1, I4)."""
    seen = turn.seen
    if turn.failed is Command.OPEN_ISLAND:
        turn.lock(Fault.ISLAND_WELDED)
    elif turn.failed is Command.RECONNECT:
        turn.hand_off()
    elif turn.failed is not None:
        _light_again(turn)
    elif turn.place is Place.CONNECTED and seen.mode is not Mode.FORMING:
        turn.home()
    elif not turn.paired:
        _ask_to_return(turn)
    elif turn.grid is not Grid.GOOD:
        _grid_went(turn)
    elif seen.island_contact is Contact.CLOSED:
        turn.want(Command.OPEN_ISLAND)
    elif seen.island_contact is Contact.OPEN and seen.mode is Mode.FORMING:
        turn.want(Command.FOLLOW)
    elif seen.island_contact is Contact.OPEN and seen.main is Contact.OPEN:
        turn.want(Command.CLOSE_MAIN)
        if turn.idle and turn.waited >= turn.policy.unseen_s:
            _light_again(turn)
    elif turn.waited >= turn.policy.unseen_s + 2 * turn.policy.return_answer_s:
        turn.lock(Fault.NO_ANSWER)


def _ask_to_return(turn: Turn) -> None:
    if turn.grid is Grid.GONE and turn.place is Place.ISLANDED:
        turn.outage()
        turn.again()
        turn.go(Phase.ISLANDED, pending=None)
    elif turn.policy.wiring is Wiring.OWNED and turn.place is Place.ISLANDED and turn.grid is Grid.GOOD:
        turn.want(Command.RECONNECT)
    elif turn.waited >= turn.policy.unseen_s + 2 * turn.policy.return_answer_s:
        # Many inverters wait for a hand at their switch.
        turn.lock(Fault.CANNOT_RETURN if turn.policy.wiring is Wiring.AUTONOMOUS else Fault.NO_ANSWER)


def _grid_went(turn: Turn) -> None:
    """The grid went while the flat was on its way back: a living room that is dark is fed by the battery again."""
    island = turn.seen.island_contact
    if island is Contact.CLOSED and turn.idle:
        if turn.grid is Grid.GONE:
            turn.outage()
            turn.again()
        turn.go(Phase.RETURN_HOLD)
    elif turn.grid is Grid.GONE and turn.seen.main is Contact.OPEN:
        _light_again(turn)
    elif turn.waited >= turn.policy.unseen_s:
        if turn.seen.main is Contact.OPEN:
            _light_again(turn)
        else:
            turn.lock(Fault.NO_ANSWER)


def _light_again(turn: Turn) -> None:
    """The grid could not be had: the battery feeds the living room on."""
    if turn.state.owner is not Owner.OUTAGE:
        turn.outage()
    turn.tell(Notice.RETURN_FAILED)
    turn.again()
    if turn.grid is not Grid.GONE:
        turn.count_failure()
    turn.go(Phase.ISLANDING, pending=None)


def _safe_handoff(turn: Turn) -> None:
    """The device was let go and is left to itself; where it comes to rest is what counts."""
    if turn.place is Place.CONNECTED and turn.idle:
        turn.home()
    elif turn.place is Place.ISLANDED and turn.grid is Grid.GONE:
        turn.outage()
        turn.go(Phase.ISLANDED)
    elif turn.waited >= turn.policy.handoff_s:
        turn.lock(Fault.NO_ANSWER)


def _fault_locked(turn: Turn) -> None:
    """Nothing is commanded until a person has looked."""
    if turn.seen.asked is Asked.ACKNOWLEDGE:
        turn.go(Phase.UNKNOWN, fault=None, pending=None, islandings=(), broken=0, failures=0)
    elif not turn.idle:
        turn.change(pending=None)


_RULES: Final[Mapping[Phase, Callable[[Turn], None]]] = {
    Phase.UNKNOWN: _unknown,
    Phase.CONNECTED: _connected,
    Phase.GRID_LOST_WAIT: _grid_lost_wait,
    Phase.DRILL_PRECHECK: _drill_precheck,
    Phase.ISLANDING: _islanding,
    Phase.ISLANDED: _islanded,
    Phase.RETURN_HOLD: _return_hold,
    Phase.RECONNECTING: _reconnecting,
    Phase.SAFE_HANDOFF: _safe_handoff,
    Phase.FAULT_LOCKED: _fault_locked,
}
