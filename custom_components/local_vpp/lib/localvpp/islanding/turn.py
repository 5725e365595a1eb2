"""One turn of the blackout logic while it is being worked out: what changes, what is said, what is commanded.

A turn gives one command at most, and none while the effect of another is waited for (I6). Whatever wants to give one
passes through `want`, which asks the guards.
"""

from dataclasses import replace
from typing import Any, Final

from .guards import Guard, Guards
from .judging import Place, dead, grid, lit, place
from .policy import Policy
from .values import Command, Fault, Mode, Notice, Observation, Owner, Pending, Phase, State, Step, Wiring

_MAIN: Final = frozenset({Command.OPEN_MAIN, Command.CLOSE_MAIN, Command.GO_OFF_GRID, Command.RECONNECT})
_OPENING: Final = frozenset({Command.OPEN_MAIN, Command.OPEN_ISLAND})
_TO_THE_GRID: Final = frozenset({Command.CLOSE_MAIN, Command.RECONNECT})
_HELD_IN: Final = frozenset({Phase.ISLANDING, Phase.ISLANDED, Phase.RETURN_HOLD, Phase.FAULT_LOCKED})
_DARK_IN: Final = frozenset({Phase.CONNECTED, Phase.ISLANDED, Phase.UNKNOWN, Phase.SAFE_HANDOFF, Phase.FAULT_LOCKED})
"""Where the living room is to have voltage, or a person has to look: not in the middle of a transition."""


class Turn:
    """What is worked out from one observation."""

    def __init__(self, state: State, seen: Observation, now: float, policy: Policy, guards: Guards) -> None:
        self.state = state
        self.seen: Final = seen
        self.now: Final = now
        self.policy: Final = policy
        self.guards: Final = guards
        self.grid: Final = grid(seen.grid, policy.profile)
        self.place: Final = place(seen, policy.wiring)
        self.failed: Command | None = None
        """What was asked twice and did not happen, as found in this turn."""
        self._once: Command | None = None
        """What was asked once and did not happen, as found in this turn: it may be asked a second time."""
        self._command: Command | None = None
        self._notices: list[Notice] = []

    # --- What is known ------------------------------------------------------------------------------------------------

    @property
    def paired(self) -> bool:
        """Whether the contactors are commanded by us."""
        return self.policy.wiring is Wiring.PAIR

    @property
    def waited(self) -> float:
        """Seconds since the phase began."""
        return self.now - self.state.since

    @property
    def idle(self) -> bool:
        """Whether no effect of a command is waited for."""
        return self.may(self.guards.idle)

    def may(self, guard: Guard) -> bool:
        """Ask a guard, of what is so by now."""
        return guard(self.state, self.seen, self.now, self.policy)

    # --- What changes -------------------------------------------------------------------------------------------------

    def change(self, **changes: Any) -> None:
        """Change what is remembered."""
        self.state = replace(self.state, **changes)

    def go(self, phase: Phase, owner: Owner | None = None, **changes: Any) -> None:
        """Begin a phase."""
        self.change(phase=phase, since=self.now, owner=self.state.owner if owner is None else owner, **changes)

    def tell(self, notice: Notice) -> None:
        """Have a person told."""
        self._notices.append(notice)

    def arrive(self, owner: Owner) -> None:
        """The flat is separated, by whomever.

        A device that left the grid by itself has seen that it was gone: a meter whose last word is of the moment
        before tells nothing of a good grid (I8).
        """
        drill = self.state.drill if owner is Owner.DRILL else None
        until = self.state.until if owner in {Owner.DRILL, Owner.PERSON} else None
        if drill is not None and until is None:  # One that somebody has given up meanwhile ends at once.
            until = self.now + drill.length_s
        self.go(
            Phase.ISLANDED,
            owner,
            islandings=(*self.state.islandings, self.now),
            until=until,
            drill=drill,
            good_since=None if owner is Owner.OUTAGE else self.state.good_since,
        )
        self.tell(Notice.ISLANDED)

    def home(self) -> None:
        """The flat hangs on the grid again."""
        drilled = self.now if self.state.owner is Owner.DRILL else self.state.drilled_at
        self.go(Phase.CONNECTED, Owner.NONE, broken=0, failures=0, until=None, drill=None, drilled_at=drilled)
        self.tell(Notice.RETURNED)

    def outage(self) -> None:
        """The grid went while the flat was separated for another reason: it stays, and the outage owns it (I14)."""
        if self.state.owner is Owner.DRILL:
            self.tell(Notice.DRILL_BECAME_OUTAGE)
            self.change(drilled_at=self.now)
        self.change(owner=Owner.OUTAGE, until=None, drill=None)

    def lock(self, fault: Fault, command: Command = Command.RELEASE) -> None:
        """Command nothing more until a person has looked; what is given last lets go of the device."""
        self.go(Phase.FAULT_LOCKED, fault=fault, until=None, drill=None, pending=None)
        self._command = command
        self.tell(Notice.LOCKED)

    def hand_off(self) -> None:
        """Let the device do what it does without us."""
        self.go(Phase.SAFE_HANDOFF, until=None, drill=None, pending=None)
        self._command = Command.RELEASE
        self.tell(Notice.HANDED_OFF)

    def again(self) -> None:
        """Count that the grid went away while it was watched, or that a return failed."""
        self.change(broken=min(self.state.broken + 1, len(self.policy.hold_s)), good_since=None)

    def count_failure(self) -> None:
        """Count that something did not do what it was asked twice."""
        self.change(failures=min(self.state.failures + 1, self.policy.most_failures))

    # --- Commands -----------------------------------------------------------------------------------------------------

    def want(self, command: Command) -> None:
        """Give a command unless another is waited for or a guard objects."""
        if self.idle and self._command is None and self._allowed(command):
            self._give(command, again=command is self._once)

    def insist(self, command: Command) -> None:
        """Give a command that lets go, again and again, as long as what it is against is seen."""
        pending = self.state.pending
        if pending is None or pending.command is not command or self.now >= pending.deadline:
            self._give(command, again=False)

    def _give(self, command: Command, *, again: bool) -> None:
        patience = self.policy.return_answer_s if command in _TO_THE_GRID else self.policy.answer_s
        self._command = command
        self.change(pending=Pending(command, self.now + patience, again))

    def _allowed(self, command: Command) -> bool:
        guards = self.guards
        sure: tuple[Guard, ...] = (guards.fresh, guards.known)
        match command:
            case Command.CLOSE_MAIN:
                asked = (*sure, guards.good, guards.close_main, guards.broken, guards.move)
            case Command.CLOSE_ISLAND:
                asked = (*sure, guards.main_open, guards.broken)
            case Command.FORM:
                asked = (*sure, guards.form)
            case Command.OPEN_MAIN:
                asked = (*sure, guards.move)
            case Command.GO_OFF_GRID:
                asked = (*sure, guards.lease, guards.move)
            case Command.RECONNECT:
                asked = (*sure, guards.lease, guards.good, guards.move)
            case Command.OPEN_ISLAND:
                asked = (guards.known,)  # Else the living room would be dark, and no other contact could close.
            case Command.FOLLOW | Command.RELEASE:
                asked = ()  # They let go.
        return all(self.may(each) for each in asked)

    # --- Before and after the phase's own rules ----------------------------------------------------------------------

    def watch(self) -> None:
        """Carry the clocks on that run in every phase."""
        state, now = self.state, self.now
        good = (now if state.good_since is None else state.good_since) if self.may(self.guards.good) else None
        gone = dead(self.seen, self.policy)
        no_voltage = (now if state.dead_since is None else state.dead_since) if gone else None
        recent = tuple([at for at in state.islandings if now - at < self.policy.hour_s])
        if (good, no_voltage, recent) != (state.good_since, state.dead_since, state.islandings):
            self.change(good_since=good, dead_since=no_voltage, islandings=recent)

    def settle(self) -> None:
        """Look whether the command that is waited for has had its effect; ask once more, and then no more (I5)."""
        pending = self.state.pending
        if pending is None:
            return
        if self.may(self.guards.shown):
            opened, moved = pending.command in _OPENING, pending.command in _MAIN
            self.change(
                pending=None,
                opened_at=self.now if opened else self.state.opened_at,
                moved_at=self.now if moved else self.state.moved_at,
            )
        elif self.now >= pending.deadline:
            if self.may(self.guards.again):
                self._once = pending.command  # Whether it is still wanted is for the phase's rule to say.
            else:
                self.failed = pending.command
            self.change(pending=None)

    def look_at_the_room(self) -> None:
        """Tell a person when the living room has no voltage though it should (I15)."""
        if self.may(self.guards.not_dark):
            if self.state.dark and lit(self.seen, self.policy):
                self.change(dark=False)
        elif not self.state.dark and self.state.phase in _DARK_IN and self.waited >= self.policy.answer_s:
            self.change(dark=True)
            self.tell(Notice.LIVING_ROOM_DARK)

    @property
    def _holds(self) -> bool:
        """Whether the island is to go on: of a pair whoever looks, for by itself the inverter returns to its grid."""
        if self.paired and self.place is Place.BETWEEN:
            return self.seen.mode is Mode.FORMING and self.state.phase is Phase.ISLANDING
        if self.place is not Place.ISLANDED:
            return False
        if self.paired:
            return self.seen.mode is Mode.FORMING and self.state.phase in _HELD_IN
        return self.may(self.guards.lease) and self.state.phase in {Phase.ISLANDED, Phase.RETURN_HOLD}

    def step(self) -> Step:
        """Return what follows."""
        return Step(self.state, self._command, tuple(self._notices), self._holds)
