"""The invariants of docs/safety.md, looked for in every turn that the search leads.

They are written against what is: the plant in truth, and what was seen of it. None of them calls a guard of the logic.
"""

from collections.abc import Iterator
from typing import Final

from localvpp.islanding import Command, Contact, Mode, Notice, Owner, Phase, Policy, Wiring

from .exploring import Edge, Explored, Node
from .plant import GONE, GridIs, Sight, Weld

_ENERGISING: Final = frozenset({Command.CLOSE_MAIN, Command.CLOSE_ISLAND, Command.FORM})
_LEAVING: Final = frozenset({Command.OPEN_MAIN, Command.GO_OFF_GRID, Command.OPEN_ISLAND, Command.FORM})
_LETTING_GO: Final = frozenset({Command.RELEASE, Command.FOLLOW, Command.OPEN_ISLAND})
_RANK: Final = (Owner.NONE, Owner.DRILL, Owner.PERSON, Owner.OUTAGE)
_ABNORMAL: Final = frozenset({Phase.SAFE_HANDOFF, Phase.FAULT_LOCKED})


def broken(edge: Edge, policy: Policy) -> Iterator[str]:
    """Name the invariants that a turn breaks."""
    before, state, command, seen = edge.before.state, edge.step.state, edge.step.command, edge.seen
    plant, was, now = edge.after.plant, edge.before.plant, edge.now
    pair = policy.wiring is Wiring.PAIR

    # What is, in truth. A weld is no doing of ours, but making it dangerous would be.
    if plant.weld in {Weld.NOTHING, Weld.MAIN} and plant.against_the_grid and not was.against_the_grid:
        yield "I3 forms against the grid"
    if plant.weld is Weld.NOTHING and plant.bridged and not was.bridged:
        yield "I4 both contacts closed"

    if command is Command.CLOSE_MAIN:
        if seen.island_contact is not Contact.OPEN or seen.mode is not Mode.FOLLOWING:
            yield "I1 closes onto an island that is not proven dead"
        if seen.island is None or seen.island.volts > 0 or before.dead_since is None:
            yield "I1 closes before the island was dead for the break time"
        if before.dead_since is not None and now - before.dead_since < policy.break_s:
            yield "I1 closes before the island was dead for the break time"
        if state.good_since is None:
            yield "I8 closes to a grid that is not good"
    if command is Command.FORM and seen.main is not Contact.OPEN:
        yield "I2 forms without feedback of the open main contact"
    if command is Command.FORM and not (seen.grid == GONE or (seen.grid and seen.island == GONE)):
        yield "I2 forms without a second witness"
    closes = command in {Command.CLOSE_MAIN, Command.CLOSE_ISLAND}
    if closes and before.opened_at is not None and now - before.opened_at < policy.break_s:
        yield "I4 closes within the break time"
    if command is not None and before.pending is not None and command not in _LETTING_GO:
        same = before.pending.command is command and before.pending.deadline <= now and not before.pending.again
        if not same and before.pending.deadline > now and state.pending is not before.pending and not _seen_done(edge):
            yield "I6 a second command while the first is waited for"
    moves = command in {Command.OPEN_MAIN, Command.CLOSE_MAIN, Command.GO_OFF_GRID, Command.RECONNECT}
    if moves and before.moved_at is not None and now - before.moved_at < policy.least_s:
        yield "I9 moves the main contact too soon"
    if command in {Command.OPEN_ISLAND, Command.RECONNECT} and before.phase is Phase.RECONNECTING:
        recent = [at for at in before.islandings if now - at < policy.hour_s]
        if len(recent) >= policy.most_an_hour:
            yield "I9 too many transitions"
    if command in _ENERGISING and pair and (seen.main is None or seen.mode is None or seen.island_contact is None):
        yield "I18 energises upon unknown feedback"
    if command is not None and command not in _LETTING_GO and edge.event.sight is Sight.OLD:
        yield "I2 I18 commands upon old feedback"
    if command is Command.GO_OFF_GRID and seen.separated is None:
        yield "I18 separates upon unknown feedback"
    if command in _LEAVING and command not in _LETTING_GO and state.owner is Owner.NONE:
        yield "I16 leaves the grid without an owner"
    returns = state.phase is Phase.RECONNECTING and before.phase is Phase.RETURN_HOLD
    hold_s = policy.hold_s[min(before.broken, len(policy.hold_s) - 1)]
    if returns and (before.good_since is None or now - before.good_since < hold_s):
        yield "I8 returns before the grid was good for the hold time"
    if state.phase is Phase.ISLANDING and before.phase is not Phase.ISLANDING and state.owner is Owner.DRILL:
        if seen.soc_percent is None or seen.soc_percent < policy.floors.drill_start:
            yield "I13 a drill begins with too little charge"
        if before.drilled_at is not None and now - before.drilled_at < policy.between_drills_s:
            yield "I13 a drill begins too soon after the last"
        if before.good_since is None or now - before.good_since < policy.steady_s or plant.grid is GridIs.GONE:
            yield "I13 a drill begins on a grid that is not steady"
    if before.phase is Phase.ISLANDED and before.owner is Owner.DRILL and state.phase is Phase.ISLANDED:
        low = seen.soc_percent is None or seen.soc_percent <= policy.floors.drill_abort
        if state.owner is Owner.DRILL and (low or seen.grid is None or seen.grid == GONE):
            yield "I14 a drill goes on though it should end"
    gone = seen.grid == GONE
    if gone and command in {Command.CLOSE_MAIN, Command.RECONNECT}:
        yield "I14 returns into an outage"
    if state.owner is Owner.DRILL and _RANK.index(before.owner) > _RANK.index(Owner.DRILL):
        yield "I12 a drill overrides what is higher"
    locked = before.phase is Phase.FAULT_LOCKED and state.phase is Phase.FAULT_LOCKED
    if locked and command is not None and command not in _LETTING_GO:
        yield "I5 commands although it is locked"
    if state.phase in _ABNORMAL and before.phase is not state.phase and not edge.step.notices:
        yield "L3 nobody is told"
    feeding = {before.phase, state.phase} <= {Phase.ISLANDED, Phase.RETURN_HOLD} and before.pending is None
    stopped = seen.mode is Mode.FOLLOWING and (seen.main, seen.island_contact) == (Contact.OPEN, Contact.CLOSED)
    needed = state.owner is Owner.OUTAGE or before.phase is state.phase
    dark = stopped and seen.island == GONE  # An inverter that is said to follow while the room has voltage feeds it.
    if pair and feeding and needed and dark and seen.grid is not None and seen.fresh and command is None:
        yield "I15 the living room is left dark by an inverter that could be asked"
    resting = state.phase in {Phase.CONNECTED, Phase.ISLANDED} and before.phase is state.phase
    sees = seen.island is not None and not plant.lit and not was.lit
    told = state.dark or Notice.LIVING_ROOM_DARK in edge.step.notices
    if resting and sees and seen.island == GONE and now - before.since >= policy.answer_s and not told:
        yield "I15 the living room is dark and nobody is told"


def _seen_done(edge: Edge) -> bool:
    """Whether the feedback of this turn shows the effect that was waited for."""
    pending, seen = edge.before.state.pending, edge.seen
    assert pending is not None, "asked for one that is waited for"
    shows = {
        Command.OPEN_MAIN: seen.main is Contact.OPEN,
        Command.CLOSE_MAIN: seen.main is Contact.CLOSED,
        Command.OPEN_ISLAND: seen.island_contact is Contact.OPEN,
        Command.CLOSE_ISLAND: seen.island_contact is Contact.CLOSED,
        Command.FORM: seen.mode is Mode.FORMING,
        Command.FOLLOW: seen.mode is Mode.FOLLOWING,
        Command.GO_OFF_GRID: seen.separated is True,
        Command.RECONNECT: seen.separated is False,
    }
    return shows.get(pending.command, True)


def stranded(found: Explored) -> list[Node]:
    """Return the nodes from which a good grid, with nothing amiss, leads neither home nor to a person (L1, L2)."""
    safe: dict[Node, bool] = {}
    for begin in found.nodes:
        way: list[Node] = []
        node = begin
        while node not in safe and node not in way[-64:]:
            if node.state.phase in {Phase.CONNECTED, Phase.FAULT_LOCKED}:
                safe[node] = True
                break
            way.append(node)
            node = found.benign[node]
        ends = safe.get(node, False)
        for each in way:
            safe[each] = ends
    return [node for node, ends in safe.items() if not ends]
