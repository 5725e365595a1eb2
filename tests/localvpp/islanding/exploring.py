"""Every state that the blackout logic and its plant can reach, by the very same transition function.

One turn is one second. All that may happen in a turn happens in some branch: the grid changes, feedback is missing, a
command is late or lost, a contact welds, somebody asks, the battery runs low, the program is started again. The logic's
clocks only matter by their distance from now, so states are compared by these, and a distance beyond every threshold
counts as one: what is left is a finite graph, and all of it is searched.
"""

from collections import Counter, deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
import gc
from typing import Final, NamedTuple, Protocol

from localvpp.islanding import (
    Asked,
    Command,
    Drill,
    Guards,
    Observation,
    Owner,
    Phase,
    Policy,
    State,
    Step,
    Wiring,
    step,
)

from .abstracting import DRILL, NOW, canonical, restarted
from .plant import GridIs, Plant, Sight, Weld

_DRILLED: Final = frozenset({Phase.UNKNOWN, Phase.FAULT_LOCKED})
"""Where a drill is over, and a person is told: of feedback that is lost, or of a fault."""


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
    overloaded: bool = False
    late: bool = False
    """The command of this turn takes effect in the next one."""
    lost: bool = False
    weld: Weld | None = None
    restart: bool = False
    """The program starts again after its command was given."""


BENIGN: Final = Event(GridIs.GOOD)
"""Nothing is amiss."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What the logic makes of what it sees: all that it can be judged by."""

    before: State
    seen: Observation
    step: Step
    now: float = NOW


class Rules(Protocol):
    """What is looked for in each turn. Both name the invariants that it breaks."""

    def decided(self, decision: Decision, policy: Policy) -> Iterator[str]:
        """Judge what the logic does by what it knows."""

    def happened(self, before: Plant, after: Plant) -> Iterator[str]:
        """Judge what has become of the plant."""


@dataclass(frozen=True, slots=True)
class Breach:
    """A turn that breaks an invariant."""

    at: Key
    event: Event
    decision: Decision


type Key = int
"""A node, as the numbers of its state and of its plant."""
_PLANTS: Final = 1 << 16
_SIGHTS: Final = 1 << 16
_HANDS: Final = 1 << 8
_MOST: Final = 2_000_000


class _Numbered[T]:
    """Equal things have one number: what is reached again and again is compared by it, and not part by part."""

    def __init__(self, most: int = _MOST) -> None:
        self._most = most
        self._numbers: dict[T, int] = {}
        self.things: list[T] = []

    def number(self, thing: T) -> int:
        found = self._numbers.setdefault(thing, len(self.things))
        if found == len(self.things):
            assert found < self._most, "no two things may come to have the same number"
            self.things.append(thing)
        return found


@dataclass(frozen=True, slots=True)
class _Taken:
    """What follows from a state and an observation."""

    decision: Decision
    state: int
    """The number of the state a second later."""
    acts: bool
    """Whether something was given that may be late, or lost."""
    hand: int
    """The number of what was given."""
    breaches: tuple[str, ...]


@dataclass(slots=True)
class Explored:
    """What a search has found."""

    policy: Policy
    states: _Numbered[State] = field(default_factory=_Numbered)
    plants: _Numbered[Plant] = field(default_factory=lambda: _Numbered(_PLANTS))
    nodes: dict[Key, None] = field(default_factory=dict)
    benign: dict[Key, Key] = field(default_factory=dict)
    """Where each node goes when nothing is amiss and the grid is good."""
    drilling: dict[Key, set[Key]] = field(default_factory=dict)
    """Where each node of a drill goes, whatever happens but that the program starts again."""
    edges: int = 0
    breaches: Counter[str] = field(default_factory=Counter)
    first: dict[str, Breach] = field(default_factory=dict)
    """For each breach, a turn that shows it."""
    parents: dict[Key, tuple[Key, Event]] = field(default_factory=dict)

    def node(self, key: Key) -> Node:
        """Return what a key stands for."""
        return Node(self.states.things[key // _PLANTS], self.plants.things[key % _PLANTS])

    def way(self, key: Key) -> list[Event]:
        """Return what led to a node."""
        events: list[Event] = []
        while key in self.parents:
            key, event = self.parents[key]
            events.append(event)
        return events[::-1]


class _Chance(NamedTuple):
    """What may happen to a plant in a turn, and what the logic sees then."""

    event: Event
    sight: int
    """The number of what the logic sees."""
    acted: bool
    """Whether it is another turn than the plain one only when something is commanded."""
    key: int
    """With the number of what is commanded: names what becomes of the plant."""
    plant: int
    """The number of the plant when the logic looks."""


class _Search:
    """Leads every turn of every node.

    A turn has three parts, and each is worked out once for all that are alike in it: what the world comes to be and
    what is seen of it, what the logic makes of that, and what becomes of what it commands.
    """

    def __init__(self, policy: Policy, rules: Rules, guards: Guards) -> None:
        self.found = Explored(policy)
        self._policy = policy
        self._rules = rules
        self._guards = guards
        self._sights = _Numbered[Observation](_SIGHTS)
        self._hands = _Numbered[tuple[Command | None, bool]](_HANDS)
        self._chances: dict[tuple[object, ...], list[_Chance]] = {}
        self._taken: dict[int, _Taken] = {}
        self._starts: dict[int, int] = {}
        self._keys = _Numbered[tuple[int, int, bool, bool]]()
        self._obeyed: dict[int, tuple[int, tuple[str, ...]]] = {}

    def run(self, until_breach: str | None) -> Explored:
        found, states = self.found, self.found.states
        start = states.number(State(since=0.0)) * _PLANTS + found.plants.number(Plant(self._policy.wiring))
        found.nodes[start] = None
        todo = deque([start])
        while todo and (until_breach is None or until_breach not in {each.split()[0] for each in found.breaches}):
            key = todo.popleft()
            for event, after in self._turns(key):
                found.nodes[after] = None
                found.parents[after] = (key, event)
                assert len(found.nodes) <= _MOST, "the state space is larger than thought"
                todo.append(after)
        return found

    def _turns(self, key: Key) -> list[tuple[Event, Key]]:
        """Lead all turns of a node; return those that lead somewhere new.

        The world moves, the logic looks, its command is followed as well as it may be.
        """
        found, nodes, all_taken, all_obeyed = self.found, self.found.nodes, self._taken, self._obeyed
        before, was = divmod(key, _PLANTS)
        state = found.states.things[before]
        drills = state.owner is Owner.DRILL and state.phase not in _DRILLED
        if drills:
            found.drilling[key] = set()
        new: dict[Key, Event] = {}
        for chance in self._may_happen(state, was):
            event, sight, acted, done, _ = chance
            taken = all_taken.get(before * _SIGHTS + sight)
            if taken is None:
                taken = all_taken[before * _SIGHTS + sight] = self._decide(before, sight)
            if acted and not taken.acts:
                continue  # Nothing was given that could be late, or lost: this is the plain turn.
            obeyed = all_obeyed.get(done + taken.hand)
            if obeyed is None:
                obeyed = all_obeyed[done + taken.hand] = self._obey(was, chance, taken.hand)
            plant, harms = obeyed
            found.edges += 1
            if taken.breaches or harms:
                self._tell(key, event, taken, harms)
            after = (self._restarted(before, sight) if event.restart else taken.state) * _PLANTS + plant
            if event is BENIGN:
                found.benign[key] = after
            if drills and not event.restart:
                found.drilling[key].add(after)
            if after not in nodes:
                new.setdefault(after, event)
        return [(event, after) for after, event in new.items()]

    def _may_happen(self, state: State, was: int) -> list[_Chance]:
        wanted = state.owner in {Owner.DRILL, Owner.PERSON}
        kind = (was, state.phase, wanted)
        chances = self._chances.get(kind)
        if chances is None:
            plant = self.found.plants.things[was]
            happen = events(plant.grid, self._policy.wiring, plant.weld is Weld.NOTHING, state.phase, wanted)
            chances = self._chances[kind] = [self._look(was, event) for event in happen]
        return chances

    def _look(self, was: int, event: Event) -> _Chance:
        plant = self.found.plants.things[was].lives(event.grid, event.weld)
        seen = plant.seen(event.sight, event.soc, event.asked, overloaded=event.overloaded)
        looks = self.found.plants.number(plant)
        done = self._keys.number((was, looks, event.late, event.lost)) * _HANDS
        return _Chance(event, self._sights.number(seen), event.late or event.lost, done, looks)

    def _decide(self, state: int, sight: int) -> _Taken:
        states, policy = self.found.states, self._policy
        before, seen = states.things[state], self._sights.things[sight]
        taken = step(before, seen, NOW, policy, self._guards)
        decision = Decision(before, seen, taken)
        return _Taken(
            decision,
            states.number(canonical(taken.state, policy)),
            taken.command is not None or taken.holds,
            self._hands.number((taken.command, taken.holds)),
            tuple(self._rules.decided(decision, policy)),
        )

    def _restarted(self, before: int, sight: int) -> int:
        known = before * _SIGHTS + sight
        state = self._starts.get(known)
        if state is None:
            then = canonical(restarted(self._taken[known].decision.step.state), self._policy)
            state = self._starts[known] = self.found.states.number(then)
        return state

    def _obey(self, was: int, chance: _Chance, hand: int) -> tuple[int, tuple[str, ...]]:
        plants, event, (command, holds) = self.found.plants, chance.event, self._hands.things[hand]
        then = plants.things[chance.plant].commanded(command, holds=holds, late=event.late, lost=event.lost)
        return plants.number(then), tuple(self._rules.happened(plants.things[was], then))

    def _tell(self, key: Key, event: Event, taken: _Taken, harms: tuple[str, ...]) -> None:
        for name in (*taken.breaches, *harms):
            self.found.breaches[name] += 1
            self.found.first.setdefault(name, Breach(key, event, taken.decision))


def explore(policy: Policy, rules: Rules, guards: Guards | None = None, *, until_breach: str | None = None) -> Explored:
    """Search all that can be reached from a first start, or until the invariant of that name is broken."""
    with _uncollected():
        return _Search(policy, rules, guards or Guards()).run(until_breach)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Look for no circles meanwhile: values make none, and to look through all of them takes a tenth of a search."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()


def events(grid: GridIs, wiring: Wiring, sound: bool, phase: Phase, wanted: bool) -> Iterator[Event]:
    """Give what may happen in a turn: the grid as it likes, and beside it one thing that is amiss or asked.

    Args:
        grid: as it is.
        wiring: of the flat.
        sound: nothing is welded.
        phase: where the flat stands.
        wanted: whether a drill, or a person, owns an island.
    """
    for now in GridIs if grid is GridIs.GOOD else (grid, GridIs.GOOD):
        plain = BENIGN if now is GridIs.GOOD else Event(now)
        yield plain
        yield from (replace(plain, late=True), replace(plain, lost=True), replace(plain, restart=True))
        yield from (replace(plain, sight=sight) for sight in Sight if _differs(sight, now, wiring))
        yield from (replace(plain, asked=asked) for asked in (Asked.RETURN, Asked.ISLAND, DRILL))
        if phase is Phase.FAULT_LOCKED:
            yield replace(plain, asked=Asked.ACKNOWLEDGE)
        if phase is Phase.CONNECTED:
            yield from (replace(plain, asked=asked, soc=15.0) for asked in (Asked.ISLAND, DRILL))
            yield replace(plain, asked=replace(DRILL, warned=True))
        if wanted:
            yield from (replace(plain, soc=15.0), replace(plain, overloaded=True))
        if sound:
            welds = (Weld.MAIN, Weld.ISLAND, Weld.INVERTER) if wiring is Wiring.PAIR else (Weld.INVERTER,)
            yield from (replace(plain, weld=weld) for weld in welds)


def _differs(sight: Sight, grid: GridIs, wiring: Wiring) -> bool:
    """Whether a sight shows something of its own. What is locked for crossed wires is locked under any grid."""
    if sight in {Sight.NO_MAIN, Sight.NO_ISLAND, Sight.CROSSED}:
        return wiring is Wiring.PAIR and (sight is not Sight.CROSSED or grid is GridIs.GOOD)
    return sight is not Sight.ALL
