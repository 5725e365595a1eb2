"""Every state that the blackout logic and its plant can reach, by the very same transition function.

One turn is one second. All that may happen in a turn happens in some branch: the grid changes, feedback is missing, a
command is late or lost, a contact welds, somebody asks, the battery runs low, the program is started again. The logic's
clocks only matter by their distance from now, so states are compared by these, and a distance beyond every threshold
counts as one: what is left is a finite graph, and all of it is searched.
"""

from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Final

from localvpp.islanding import (
    Asked,
    Drill,
    Guards,
    Observation,
    Owner,
    Pending,
    Phase,
    Policy,
    State,
    Step,
    Wiring,
    step,
)

from .plant import GridIs, Plant, Sight, Weld

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


def quick(wiring: Wiring) -> Policy:
    """A policy whose times are a few seconds, in the order of the real ones."""
    return Policy(
        wiring=wiring,
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


@dataclass(frozen=True, slots=True)
class Node:
    """The logic's state and the plant, at a moment; the clocks are relative to `NOW`."""

    state: State
    plant: Plant


@dataclass(frozen=True, slots=True)
class Event:
    """What happens in a turn."""

    grid: GridIs
    sight: Sight = Sight.ALL
    asked: Asked | Drill | None = None
    soc: float | None = 90.0
    late: bool = False
    """The command of this turn takes effect in the next one."""
    lost: bool = False
    weld: Weld | None = None
    restart: bool = False
    """The program starts again after its command was given."""

    @property
    def benign(self) -> bool:
        """Whether nothing is amiss."""
        return self == Event(GridIs.GOOD)


@dataclass(slots=True)
class Edge:
    """One turn: what was, what happened, what was seen and done, and what is then."""

    before: Node
    event: Event
    seen: Observation
    step: Step
    after: Node
    now: float = NOW


@dataclass(slots=True)
class Explored:
    """What a search has found."""

    policy: Policy
    nodes: dict[Node, None] = field(default_factory=dict)
    benign: dict[Node, Node] = field(default_factory=dict)
    """Where each node goes when nothing is amiss and the grid is good."""
    edges: int = 0
    breaches: Counter[str] = field(default_factory=Counter)
    first: dict[str, Edge] = field(default_factory=dict)
    """For each breach, an edge that shows it."""
    parents: dict[Node, tuple[Node, Event]] = field(default_factory=dict)


type Rule = Callable[[Edge, Policy], Iterator[str]]
"""Names the invariants that a turn breaks."""


def explore(
    policy: Policy, rule: Rule, guards: Guards | None = None, *, until_breach: bool = False, most: int = 2_000_000
) -> Explored:
    """Search all that can be reached from a first start, or until an invariant is broken."""
    guards = guards or Guards()
    found = Explored(policy)
    start = Node(State(since=0.0), Plant(policy.wiring))
    found.nodes[start] = None
    todo = deque([start])
    while todo and not (until_breach and found.breaches):
        node, looked = todo.popleft(), _Looks()
        for event in events(node, policy):
            edge = turn(node, event, policy, guards, looked)
            if (event.late or event.lost) and edge.step.command is None and not edge.step.holds:
                continue  # Nothing was given that could be late, or lost: this is the plain turn.
            found.edges += 1
            for name in rule(edge, policy):
                found.breaches[name] += 1
                found.first.setdefault(name, edge)
            if event.benign:
                found.benign[node] = edge.after
            if edge.after not in found.nodes:
                found.nodes[edge.after] = None
                found.parents[edge.after] = (node, event)
                assert len(found.nodes) <= most, "the state space is larger than thought"
                todo.append(edge.after)
    return found


def events(node: Node, policy: Policy) -> tuple[Event, ...]:
    """Give what may happen in a turn: the grid as it likes, and beside it one thing that is amiss or asked."""
    state, plant = node.state, node.plant
    locked, wanted = state.phase is Phase.FAULT_LOCKED, state.owner in {Owner.DRILL, Owner.PERSON}
    return _events(plant.grid, policy.wiring, plant.weld is Weld.NOTHING, locked, wanted)


@cache
def _events(grid: GridIs, wiring: Wiring, sound: bool, locked: bool, wanted: bool) -> tuple[Event, ...]:
    found: list[Event] = []
    for now in GridIs if grid is GridIs.GOOD else (grid, GridIs.GOOD):
        plain = Event(now)
        found += [plain, replace(plain, late=True), replace(plain, lost=True), replace(plain, restart=True)]
        found += [replace(plain, sight=sight) for sight in Sight if sight is not Sight.ALL]
        found += [replace(plain, asked=asked) for asked in (Asked.RETURN, Asked.ISLAND, DRILL)]
        if locked:
            found.append(replace(plain, asked=Asked.ACKNOWLEDGE))
        if wanted:
            found.append(replace(plain, soc=15.0))
        if sound:
            welds = (Weld.MAIN, Weld.ISLAND, Weld.INVERTER) if wiring is Wiring.PAIR else (Weld.INVERTER,)
            found += [replace(plain, weld=weld) for weld in welds]
    return tuple(found)


class _Looks(dict[tuple[object, ...], tuple[Plant, Observation, Step, State]]):
    """What the logic makes of one node, by what is seen of it, and what it is a second later.

    Whether its command is late is seen a turn later.
    """


def turn(node: Node, event: Event, policy: Policy, guards: Guards, looked: _Looks) -> Edge:
    """Lead one turn: the world moves, the logic looks, its command is carried out as well as it may be."""
    key = (event.grid, event.sight, event.asked, event.soc, event.weld)
    if key not in looked:
        plant = node.plant
        if event.grid is not plant.grid or event.weld is not None or plant.on_its_way is not None:
            weld = plant.weld if event.weld is None else event.weld
            plant = replace(plant, grid=event.grid, weld=weld, on_its_way=None).obey(plant.on_its_way)
        plant = plant.by_itself()
        seen = plant.seen(event.sight, event.soc, event.asked)
        taken = step(node.state, seen, NOW, policy, guards)
        looked[key] = plant, seen, taken, canonical(taken.state, policy)
    plant, seen, taken, state = looked[key]
    plant = plant.held(taken.holds and not event.lost)
    if event.late:
        plant = replace(plant, on_its_way=taken.command)
    elif not event.lost:
        plant = plant.obey(taken.command)
    if event.restart:
        state = canonical(restarted(taken.state), policy)
    return Edge(node, event, seen, taken, Node(state, plant))


def restarted(state: State) -> State:
    """What the journal gives back: phase, owner and fault are durable, clocks are not."""
    locked = state.phase is Phase.FAULT_LOCKED
    return State(
        phase=Phase.FAULT_LOCKED if locked else Phase.UNKNOWN,
        owner=state.owner,
        fault=state.fault,
        since=NOW,
        islandings=state.islandings,
        drilled_at=state.drilled_at,
    )


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


def path(found: Explored, node: Node) -> list[Event]:
    """Return what led to a node."""
    events: list[Event] = []
    while node in found.parents:
        node, event = found.parents[node]
        events.append(event)
    return events[::-1]
