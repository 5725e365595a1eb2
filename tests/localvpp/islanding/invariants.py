"""The invariants of docs/safety.md, looked for in every turn that the search and the walks lead.

They are written against what is seen, remembered and commanded, and against the plant in truth. None of them calls a
guard of the logic. What holds along a path is looked for as a step of it: that the grid is good without a break for the
hold time, for one, is that no turn carries its begin over a second that was not good, nor sets it back (I8).

What no turn can show is not here: docs/safety.md says where that is enforced, and which test shows it.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Final, override

from localvpp.islanding import Asked, Command, Contact, Mode, Notice, Owner, Phase, Policy, Wiring

from .exploring import Decision, Rules
from .plant import GONE, GOOD, Plant, Weld

_ENERGISING: Final = frozenset({Command.CLOSE_MAIN, Command.CLOSE_ISLAND, Command.FORM})
_LEAVING: Final = frozenset({Command.OPEN_MAIN, Command.GO_OFF_GRID, Command.FORM})
_MOVING: Final = frozenset({Command.OPEN_MAIN, Command.CLOSE_MAIN, Command.GO_OFF_GRID, Command.RECONNECT})
_RETURNING: Final = frozenset({Command.CLOSE_MAIN, Command.RECONNECT})
_LETTING_GO: Final = frozenset({Command.RELEASE, Command.FOLLOW, Command.OPEN_ISLAND})
_RANK: Final = (Owner.NONE, Owner.DRILL, Owner.PERSON, Owner.OUTAGE)
_NEEDLESS: Final = frozenset({Owner.DRILL, Owner.PERSON})
"""Whose island nobody needs."""
_FED: Final = frozenset({Phase.ISLANDED, Phase.RETURN_HOLD})

type Predicate = Callable[[Decision, Policy], Iterator[str]]


def _i1(it: Decision, policy: Policy) -> Iterator[str]:
    before, seen = it.before, it.seen
    if it.step.command is not Command.CLOSE_MAIN:
        return
    if seen.island_contact is not Contact.OPEN or seen.mode is not Mode.FOLLOWING:
        yield "closes onto an island that is not proven dead"
    if policy.sync_check:
        return
    if seen.island is None or seen.island.volts > 0 or before.dead_since is None:
        yield "closes onto an island that has voltage"
    if before.dead_since is not None and it.now - before.dead_since < policy.break_s:
        yield "closes before the island was dead for the break time"


def _i2(it: Decision, _policy: Policy) -> Iterator[str]:
    seen, command = it.seen, it.step.command
    if command is Command.FORM and seen.main is not Contact.OPEN:
        yield "forms without feedback of the open main contact"
    if command is Command.FORM and not (seen.grid == GONE or (seen.grid and seen.island == GONE)):
        yield "forms without a second witness"
    if command is not None and command not in _LETTING_GO and not seen.fresh:
        yield "commands upon old feedback"


def _i3(it: Decision, policy: Policy) -> Iterator[str]:
    seen = it.seen
    if policy.wiring is Wiring.PAIR:
        against = seen.main is Contact.CLOSED and seen.island_contact is not Contact.OPEN
    else:
        against = seen.separated is False
    if seen.mode is Mode.FORMING and against:
        yield from _undone(it)


def _i4(it: Decision, policy: Policy) -> Iterator[str]:
    before, seen, command = it.before, it.seen, it.step.command
    closes = command in {Command.CLOSE_MAIN, Command.CLOSE_ISLAND}
    if closes and before.opened_at is not None and it.now - before.opened_at < policy.break_s:
        yield "closes within the break time"
    if command is Command.CLOSE_ISLAND and seen.main is not Contact.OPEN:
        yield "closes the island's contact while nothing shows the main one open"
    if command is Command.CLOSE_MAIN and seen.island_contact is not Contact.OPEN:
        yield "closes the main contact while nothing shows the island's open"
    if (seen.main, seen.island_contact) == (Contact.CLOSED, Contact.CLOSED):
        yield from _undone(it)


def _undone(it: Decision) -> Iterator[str]:
    """What is never to be is undone at once, and a person has to look."""
    if it.step.state.phase is not Phase.FAULT_LOCKED:
        yield "is seen and not locked"
    if it.before.phase is not Phase.FAULT_LOCKED and it.step.command not in _LETTING_GO:
        yield "is seen and not undone"


def _i5(it: Decision, _policy: Policy) -> Iterator[str]:
    before, state, command = it.before, it.step.state, it.step.command
    locked = before.phase is Phase.FAULT_LOCKED and state.phase is Phase.FAULT_LOCKED
    if locked and command is not None and command not in _LETTING_GO:
        yield "commands although it is locked"
    if before.phase is Phase.FAULT_LOCKED and not locked and it.seen.asked is not Asked.ACKNOWLEDGE:
        yield "goes on though nobody has looked"
    pending, waited = state.pending, command is None or command in _LETTING_GO
    if not waited and (pending is None or pending.command is not command or pending.deadline <= it.now):
        yield "gives a command without a time by which it is to be seen"
    if before.pending is None:
        return
    late, shown = it.now >= before.pending.deadline, _is_shown(it)
    if state.pending is None and not late and not shown and state.phase is before.phase and not locked:
        yield "takes for done what the feedback does not show"
    feeds = command is Command.FORM and before.phase in _FED  # As often as it takes: nothing else lights the room.
    again = late and before.pending.again and command is before.pending.command and not feeds
    if again and not shown and state.phase is before.phase and command not in _LETTING_GO:
        yield "asks a third time"
    moved = {Command.OPEN_MAIN, Command.OPEN_ISLAND} if state.opened_at == it.now != before.opened_at else None
    if moved is not None and (before.pending.command not in moved or not shown):
        yield "counts a contact as open that is not seen to be"


def _i6(it: Decision, _policy: Policy) -> Iterator[str]:
    pending, command = it.before.pending, it.step.command
    if command is None or pending is None or it.now >= pending.deadline or _is_shown(it):
        return
    if command not in _LETTING_GO:
        yield "a second command while the first is waited for"
    elif it.step.state.phase is it.before.phase and command is pending.command:
        yield "the same command again while it is waited for"


def _i7(it: Decision, policy: Policy) -> Iterator[str]:
    command, phase = it.step.command, it.step.state.phase
    if policy.wiring is Wiring.AUTONOMOUS and (it.step.holds or command not in {None, Command.RELEASE}):
        yield "a device that cannot be asked for a while is asked"
    if it.step.holds and phase not in {Phase.ISLANDING, *_FED, Phase.FAULT_LOCKED}:
        yield "an island is held on to that is not wanted"
    separated = it.seen.main is Contact.OPEN if policy.wiring is Wiring.PAIR else it.seen.separated is True
    if it.step.holds and not separated:
        yield "an island is held on to that is not seen"


def _i8(it: Decision, policy: Policy) -> Iterator[str]:
    before, state, command = it.before, it.step.state, it.step.command
    good = it.seen.grid == GOOD and it.seen.grid_fresh
    if command in _RETURNING and not good:
        yield "returns to a grid that is not known to be good"
    if state.good_since is not None and not good:
        yield "the hold goes on over a second that was not good"
    if state.good_since not in {None, it.now, before.good_since}:
        yield "the hold began before it did"
    returns = state.phase is Phase.RECONNECTING and before.phase is Phase.RETURN_HOLD
    hold_s = policy.hold_s[min(before.broken, len(policy.hold_s) - 1)] + policy.spread_s
    if returns and (before.good_since is None or it.now - before.good_since < hold_s):
        yield "returns before the grid was good for the hold time"


def _i9(it: Decision, policy: Policy) -> Iterator[str]:
    before, command = it.before, it.step.command
    if command in _MOVING and before.moved_at is not None and it.now - before.moved_at < policy.least_s:
        yield "moves the main contact too soon"
    returns = command in {Command.OPEN_ISLAND, Command.RECONNECT} and before.phase is Phase.RECONNECTING
    if returns and sum(it.now - at < policy.hour_s for at in before.islandings) >= policy.most_an_hour:
        yield "too many transitions"


def _i10(it: Decision, policy: Policy) -> Iterator[str]:
    before, state, soc = it.before, it.step.state, it.seen.soc_percent
    low = soc is None or soc <= policy.floors.person
    begins = state.phase is Phase.ISLANDING and before.phase is Phase.CONNECTED
    goes_on = state.phase is before.phase is Phase.ISLANDED
    if state.owner is Owner.PERSON and low and (begins or goes_on):
        yield "a person's island is below its floor"


def _i12(it: Decision, _policy: Policy) -> Iterator[str]:
    before, state = it.before, it.step.state
    if state.owner is not Owner.NONE and _RANK.index(state.owner) < _RANK.index(before.owner):
        yield "a lower reason overrides a higher one"
    if state.owner is Owner.PERSON and state.phase in {Phase.ISLANDING, Phase.ISLANDED} and state.until is None:
        yield "a person's island has no end"
    if before.until is not None and state.until is not None and state.until > before.until:
        yield "an end is put off"
    stays = state.phase is before.phase is Phase.ISLANDED and state.owner in _NEEDLESS
    if stays and before.until is not None and it.now >= before.until:
        yield "an island goes on that is over"
    if stays and it.seen.asked is Asked.RETURN:
        yield "a person's word is not followed"
    if before.phase is state.phase and state.phase in _FED and state.owner in _NEEDLESS and it.seen.grid == GONE:
        yield "an outage does not take over"


def _i13(it: Decision, policy: Policy) -> Iterator[str]:
    before, state, seen = it.before, it.step.state, it.seen
    drill, announced = state.drill, state.phase is Phase.DRILL_PRECHECK and before.phase is Phase.CONNECTED
    begins = (before.phase, state.phase, state.owner) == (Phase.DRILL_PRECHECK, Phase.ISLANDING, Owner.DRILL)
    if not announced and not begins:
        return
    if drill is None or drill.warned or drill.medical or not drill.attended or drill.length_s > policy.longest_drill_s:
        yield "a drill begins that something speaks against"
    elif drill.endurance_s is None or drill.endurance_s < 3 * drill.length_s:
        yield "a drill begins that the battery may not outlast"
    if seen.soc_percent is None or seen.soc_percent < policy.floors.drill_start or seen.overloaded:
        yield "a drill begins with too little charge"
    if before.drilled_at is not None and it.now - before.drilled_at < policy.between_drills_s:
        yield "a drill begins too soon after the last"
    if before.good_since is None or it.now - before.good_since < policy.steady_s or seen.grid != GOOD:
        yield "a drill begins on a grid that is not steady"
    if not policy.may_separate:
        yield "a drill begins of a device that cannot be asked"


def _i14(it: Decision, policy: Policy) -> Iterator[str]:
    before, state, seen = it.before, it.step.state, it.seen
    if before.owner is Owner.DRILL and before.phase is state.phase is Phase.ISLANDED:
        unknown = seen.soc_percent is None or seen.grid is None
        low = seen.soc_percent is not None and seen.soc_percent <= policy.floors.drill_abort
        over = before.until is not None and it.now >= before.until
        ends = unknown or low or over or seen.overloaded or seen.asked is Asked.RETURN
        if state.owner is Owner.DRILL and (ends or seen.grid == GONE):
            yield "a drill goes on though it should end"
        if state.owner is Owner.DRILL and _unseen(it, policy):
            yield "a drill goes on upon unknown feedback"
    called = seen.asked is Asked.RETURN
    if called and before.phase is Phase.DRILL_PRECHECK and state.phase in {Phase.DRILL_PRECHECK, Phase.ISLANDING}:
        yield "a drill begins against a word"
    leaving = called and before.phase is state.phase is Phase.ISLANDING and state.owner in _NEEDLESS
    if leaving and (state.until is None or state.until > it.now):
        yield "a word is forgotten while a command is waited for"
    if it.step.command in _RETURNING and before.phase is not Phase.RECONNECTING:
        yield "closes at once, and not by the way back"
    if it.step.command in _RETURNING and seen.grid == GONE:
        yield "returns into an outage"


def _i15(it: Decision, policy: Policy) -> Iterator[str]:
    before, state, seen, waited = it.before, it.step.state, it.seen, it.now - it.before.since
    feeding = {before.phase, state.phase} <= _FED and before.pending is None
    stopped = seen.mode is Mode.FOLLOWING and (seen.main, seen.island_contact) == (Contact.OPEN, Contact.CLOSED)
    needed = state.owner is Owner.OUTAGE or before.phase is state.phase
    dark = stopped and seen.island == GONE  # An inverter that is said to follow while the room has voltage feeds it.
    known = seen.grid is not None and seen.fresh
    if feeding and needed and dark and known and it.step.command is None:
        yield "the living room is left dark by an inverter that could be asked"
    resting = before.phase is state.phase and seen.island == GONE and waited >= policy.answer_s
    told = state.dark or Notice.LIVING_ROOM_DARK in it.step.notices
    if resting and state.phase in {Phase.CONNECTED, Phase.ISLANDED} and not told:
        yield "the living room is dark and nobody is told"
    if resting and state.phase is Phase.ISLANDED and state.owner in _NEEDLESS:
        yield "an island that nobody needs goes on in the dark"
    between = (seen.main, seen.island_contact) == (Contact.OPEN, Contact.OPEN)
    waits = before.phase is state.phase is Phase.RECONNECTING and before.pending is None and state.pending is None
    if between and waits and waited > policy.unseen_s and seen.mode is Mode.FOLLOWING:
        yield "the living room waits in the dark for a grid that is not seen"


def _i16(it: Decision, policy: Policy) -> Iterator[str]:
    before, state = it.before, it.step.state
    if it.step.command in _LEAVING and state.owner is Owner.NONE:
        yield "leaves the grid without a reason that outlives the program"
    if state.owner is Owner.NONE and before.owner is not Owner.NONE and not _is_home(it, policy):
        yield "forgets its reason before the grid is seen to be back"
    if before.phase is Phase.UNKNOWN and state.phase is Phase.ISLANDED and before.owner is not Owner.OUTAGE:
        yield "an island that nobody needs goes on after a start"


def _i18(it: Decision, policy: Policy) -> Iterator[str]:
    seen, command = it.seen, it.step.command
    if command is None or command in {Command.RELEASE, Command.FOLLOW}:
        return
    undone = command is Command.OPEN_ISLAND and it.step.state.phase is Phase.FAULT_LOCKED
    if _unseen(it, policy) and not undone:
        yield "commands upon contacts that are not seen"
    if command in _ENERGISING and seen.mode is None:
        yield "energises without knowing what the inverter does"


def _l1(it: Decision, policy: Policy) -> Iterator[str]:
    before, state = it.before, it.step.state
    tries = (before.phase, state.phase) == (Phase.RETURN_HOLD, Phase.RECONNECTING)
    if tries and before.failures >= policy.most_failures:
        yield "tries once more what failed too often"


def _l3(it: Decision, _policy: Policy) -> Iterator[str]:
    before, state, notices = it.before, it.step.state, it.step.notices
    entered = state.phase is not before.phase
    if entered and state.phase is Phase.FAULT_LOCKED and Notice.LOCKED not in notices:
        yield "a lock is not told"
    if entered and state.phase is Phase.SAFE_HANDOFF and Notice.HANDED_OFF not in notices:
        yield "that a device was let go is not told"
    if entered and state.phase is Phase.GRID_LOST_WAIT and Notice.GRID_LOST not in notices:
        yield "an outage is not told"
    if before.owner is Owner.DRILL and state.owner is Owner.OUTAGE and before.phase in _FED and not notices:
        yield "that a drill became an outage is not told"
    gave_up = before.phase in {Phase.ISLANDING, Phase.RECONNECTING} and before.pending is not None
    failed = gave_up and before.pending is not None and before.pending.again and it.now >= before.pending.deadline
    if failed and not _is_shown(it) and not notices:
        yield "that a command had no effect is not told"


PREDICATES: Final[Mapping[str, Predicate]] = {
    "I1": _i1,
    "I2": _i2,
    "I3": _i3,
    "I4": _i4,
    "I5": _i5,
    "I6": _i6,
    "I7": _i7,
    "I8": _i8,
    "I9": _i9,
    "I10": _i10,
    "I12": _i12,
    "I13": _i13,
    "I14": _i14,
    "I15": _i15,
    "I16": _i16,
    "I18": _i18,
    "L1": _l1,
    "L3": _l3,
}


class Invariants(Rules):
    """All of them."""

    @override
    def decided(self, decision: Decision, policy: Policy) -> Iterator[str]:
        for name, predicate in PREDICATES.items():
            for breach in predicate(decision, policy):
                yield f"{name} {breach}"

    @override
    def happened(self, before: Plant, after: Plant) -> Iterator[str]:
        """A weld is no doing of ours, but making it dangerous would be."""
        if after.weld in {Weld.NOTHING, Weld.MAIN} and after.against_the_grid and not before.against_the_grid:
            yield "I3 forms against the grid"
        if after.weld is Weld.NOTHING and after.bridged and not before.bridged:
            yield "I4 both contacts are closed"


INVARIANTS: Final = Invariants()


def _is_shown(it: Decision) -> bool:
    """Whether the feedback of this turn shows the effect that was waited for."""
    pending, seen = it.before.pending, it.seen
    assert pending is not None, "asked for one that is waited for"
    match pending.command:
        case Command.OPEN_MAIN | Command.CLOSE_MAIN:
            return seen.main is (Contact.OPEN if pending.command is Command.OPEN_MAIN else Contact.CLOSED)
        case Command.OPEN_ISLAND | Command.CLOSE_ISLAND:
            return seen.island_contact is (Contact.OPEN if pending.command is Command.OPEN_ISLAND else Contact.CLOSED)
        case Command.FORM | Command.FOLLOW:
            return seen.mode is (Mode.FORMING if pending.command is Command.FORM else Mode.FOLLOWING)
        case Command.GO_OFF_GRID | Command.RECONNECT:
            return seen.separated is (pending.command is Command.GO_OFF_GRID)
        case Command.RELEASE:
            return True


def _unseen(it: Decision, policy: Policy) -> bool:
    """Whether it is not seen where the flat is."""
    if policy.wiring is Wiring.PAIR:
        return it.seen.main is None or it.seen.island_contact is None
    return it.seen.separated is None


def _is_home(it: Decision, policy: Policy) -> bool:
    if policy.wiring is Wiring.PAIR:
        return (it.seen.main, it.seen.island_contact) == (Contact.CLOSED, Contact.OPEN)
    return it.seen.separated is False
