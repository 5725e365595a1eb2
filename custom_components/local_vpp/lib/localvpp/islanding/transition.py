"""The transition function: a state, an observation and a time in, a state and at most one command out.

It is all that decides when a flat leaves the grid and when it returns; devices, journal and clocks are passed in as
values. One rule for each phase; what may be commanded is asked of the guards (`guards`), whoever asks.

The flat advances on feedback alone, and of unknown feedback it waits. Where no next step is allowed it stays where the
living room is fed, and a person is told.
"""

from collections.abc import Callable, Mapping
from typing import Final

from .guards import Guards
from .judging import Grid, Place, stopped
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
    forming = not turn.may(turn.guards.off_grid)
    if not forming and turn.may(turn.guards.one_open):
        return False
    undo = _undoing(turn, forming=forming)
    if turn.state.phase is not Phase.FAULT_LOCKED:
        turn.lock(Fault.FORMING_ON_GRID if forming else Fault.BOTH_CLOSED, undo)
    elif not turn.may(turn.guards.looked):
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
        case Place.ISLANDED if turn.may(turn.guards.resume):
            turn.go(Phase.ISLANDED)
        case Place.ISLANDED:
            if turn.state.owner is Owner.NONE:
                turn.tell(Notice.ISLANDED)  # While nobody looked.
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
        turn.change(drill=asked)
        if turn.place is Place.CONNECTED and turn.may(turn.guards.drill_start):
            turn.go(Phase.DRILL_PRECHECK)
        else:
            turn.change(drill=None)
            turn.tell(Notice.DRILL_REFUSED)
    elif asked is Asked.ISLAND:
        _island_for_a_person(turn)


def _island_for_a_person(turn: Turn) -> None:
    if turn.place is Place.CONNECTED and turn.may(turn.guards.island_start):
        turn.go(Phase.ISLANDING, Owner.PERSON, until=turn.now + turn.policy.person_s, drill=None)
    else:
        turn.tell(Notice.ISLAND_REFUSED)


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
    elif not turn.may(turn.guards.unspoken):
        turn.go(Phase.CONNECTED, drill=None)
        turn.tell(Notice.DRILL_ABORTED)
    elif not turn.may(turn.guards.drill_start):
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
        if turn.may(turn.guards.hopeful):
            turn.go(Phase.RECONNECTING, Owner.OUTAGE, drill=None, until=None)
        else:
            turn.lock(Fault.NO_ANSWER)
        return
    if turn.place is Place.ISLANDED and (not turn.paired or seen.mode is Mode.FORMING):
        turn.arrive(state.owner)
        return
    if not turn.may(turn.guards.there) and state.owner in {Owner.DRILL, Owner.PERSON}:
        turn.outage()
    called = not turn.may(turn.guards.unspoken)
    if called and turn.state.owner in {Owner.DRILL, Owner.PERSON} and turn.may(turn.guards.in_time):
        turn.change(until=turn.now)  # Kept for when the command that is waited for has had its effect.
    over = not turn.may(turn.guards.in_time)
    untouched = turn.place is Place.CONNECTED and turn.idle
    failing = state.owner is Owner.DRILL and not turn.may(turn.guards.drill_on)
    given_up = called or over or failing
    if untouched and (given_up or (turn.state.owner is Owner.OUTAGE and turn.grid is Grid.GOOD)):
        turn.home()
    elif given_up and turn.state.owner is not Owner.OUTAGE and turn.idle:
        turn.go(Phase.RECONNECTING)
    elif not turn.may(turn.guards.patience):
        turn.lock(Fault.NO_ANSWER)
    elif not turn.paired:
        if turn.place is Place.CONNECTED:
            turn.want(Command.GO_OFF_GRID)
    elif not turn.may(turn.guards.main_open):
        turn.want(Command.OPEN_MAIN)
    elif seen.mode in {Mode.OFF, Mode.FOLLOWING}:
        turn.want(Command.FORM)
    elif seen.mode is Mode.FORMING and seen.island_contact is Contact.OPEN:
        turn.want(Command.CLOSE_ISLAND)


def _islanded(turn: Turn) -> None:
    """The living room is fed by the battery."""
    state = turn.state
    if turn.place is Place.CONNECTED:
        turn.home()
        return
    if turn.place is Place.BETWEEN:
        turn.go(Phase.UNKNOWN)
        return
    if not turn.may(turn.guards.there) and state.owner is not Owner.OUTAGE:
        turn.outage()
    over, called = not turn.may(turn.guards.in_time), not turn.may(turn.guards.unspoken)
    failing = called or not turn.may(turn.guards.holds)
    match turn.state.owner:
        case Owner.DRILL if failing or not turn.may(turn.guards.drill_on):
            turn.tell(Notice.DRILL_ABORTED)
            turn.go(Phase.RETURN_HOLD)
        case Owner.DRILL | Owner.PERSON if over:
            turn.go(Phase.RETURN_HOLD)
        case Owner.PERSON if failing or not turn.may(turn.guards.charged):
            turn.go(Phase.RETURN_HOLD)
        case Owner.OUTAGE if turn.may(turn.guards.good):
            turn.go(Phase.RETURN_HOLD)
        case Owner.OUTAGE if called:
            turn.tell(Notice.RETURN_REFUSED)
        case _:
            pass
    if turn.state.phase is Phase.ISLANDED or turn.state.owner is Owner.OUTAGE:
        _keep_fed(turn)


def _keep_fed(turn: Turn) -> None:
    """Ask an inverter that stopped to feed on, as often as it takes: nothing else would light the living room."""
    if turn.failed is Command.FORM and not turn.state.dark:
        turn.change(dark=True)
        turn.tell(Notice.BACKUP_FAILED)
    if stopped(turn.seen, turn.policy):
        turn.want(Command.FORM)


def _return_hold(turn: Turn) -> None:
    """The grid is watched until it has been good for long enough; the living room stays fed meanwhile (I8)."""
    if turn.place is Place.CONNECTED:
        turn.home()
    elif turn.place is Place.BETWEEN:
        turn.go(Phase.UNKNOWN)
    elif not turn.may(turn.guards.there):
        turn.outage()
        turn.again()
        turn.go(Phase.ISLANDED)
    elif turn.place is Place.ISLANDED and turn.idle and turn.may(turn.guards.held):
        if turn.policy.may_separate and not turn.may(turn.guards.limit):
            turn.lock(Fault.TOO_MANY_TRANSITIONS)
        elif turn.may(turn.guards.hopeful):
            turn.go(Phase.RECONNECTING)
        else:
            turn.lock(Fault.CANNOT_RETURN)
    elif not turn.may(turn.guards.patience):
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
    elif turn.idle and not turn.may(turn.guards.patience):
        turn.lock(Fault.NO_ANSWER)
    elif turn.grid is not Grid.GOOD:
        _grid_went(turn)
    elif seen.island_contact is Contact.CLOSED:
        turn.want(Command.OPEN_ISLAND)
    elif seen.island_contact is Contact.OPEN and seen.mode is Mode.FORMING:
        turn.want(Command.FOLLOW)
    elif seen.island_contact is Contact.OPEN and seen.main is Contact.OPEN:
        turn.want(Command.CLOSE_MAIN)
        if turn.idle and not turn.may(turn.guards.wait):
            _light_again(turn)


def _ask_to_return(turn: Turn) -> None:
    if turn.place is Place.ISLANDED and not turn.may(turn.guards.there):
        turn.outage()
        turn.again()
        turn.go(Phase.ISLANDED, pending=None)
        return
    if turn.place is Place.ISLANDED and turn.grid is Grid.GOOD:
        turn.want(Command.RECONNECT)
    if turn.idle and not turn.may(turn.guards.patience):
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
    elif not turn.may(turn.guards.wait):
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
    elif not turn.may(turn.guards.patience):
        turn.lock(Fault.NO_ANSWER)


def _fault_locked(turn: Turn) -> None:
    """Nothing is commanded until a person has looked."""
    if turn.may(turn.guards.looked):
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
