"""A flat that lives through whatever happens, with the real numbers: the plant lies, lags, welds, and is restarted.

The search (`exploring`) goes everywhere within a few seconds' thresholds; a walk goes far: hours, with hundreds of
things going wrong one after the other and at once. Both lead the very same transition function and look for the very
same invariants.
"""

from collections import deque
from dataclasses import dataclass, replace
from random import Random
from typing import Final

from localvpp.islanding import Asked, Contact, Drill, Guards, Observation, Phase, Policy, State, Wiring, step

from .exploring import Edge, Event, Node
from .invariants import broken
from .plant import GridIs, Plant, Sight, Weld

DRILL: Final = Drill(300.0, 100_000.0)
_REMEMBERED: Final = 40
_OF_TRUTH: Final = ("I3 ", "I4 both")
"""What a lie can bring about: who closes a contact that is said to be open does not know better."""
_LIES_LAST: Final = 700.0
"""Seconds after a lie in which what it has brought about may still be so."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """What goes wrong beside what the search knows."""

    lie_main: bool = False
    """The main contact's feedback shows the opposite."""
    lie_mode: bool = False


def policy_of(wiring: Wiring) -> Policy:
    """Real numbers."""
    return Policy(wiring=wiring, returns_by_itself=True)


class Walk:
    """One flat, from its first start on."""

    def __init__(self, wiring: Wiring, guards: Guards | None = None) -> None:
        self.policy = policy_of(wiring)
        self.guards = guards or Guards()
        self.now = 100_000.0
        self.node = Node(State(since=self.now), Plant(wiring))
        self.lied_at = float("-inf")
        self.trail: deque[object] = deque(maxlen=_REMEMBERED)
        self.turns = 0

    def turn(self, event: Event, seconds: float = 1.0, trouble: Trouble | None = None) -> None:
        """Live through a turn. Raises AssertionError with what led there when an invariant is broken."""
        trouble = trouble or Trouble()
        self.now += seconds
        self.turns += 1
        before = self.node
        weld = before.plant.weld if event.weld is None else event.weld
        plant = replace(before.plant, grid=event.grid, weld=weld, on_its_way=None).obey(before.plant.on_its_way)
        plant = plant.by_itself()
        seen = self._seen(plant, event, trouble)
        taken = step(before.state, seen, self.now, self.policy, self.guards)
        state, plant = taken.state, plant.held(taken.holds and not event.lost)
        if event.late:
            plant = replace(plant, on_its_way=taken.command)
        elif not event.lost:
            plant = plant.obey(taken.command)
        if event.restart:
            locked = state.phase is Phase.FAULT_LOCKED
            state = State(
                phase=Phase.FAULT_LOCKED if locked else Phase.UNKNOWN,
                owner=state.owner,
                fault=state.fault,
                since=self.now,
                islandings=state.islandings,
                drilled_at=state.drilled_at,
            )
        self.node = Node(state, plant)
        edge = Edge(before, event, seen, taken, self.node, self.now)
        self.trail.append((round(self.now, 1), event, trouble, taken.command, taken.state.phase, plant))
        lied = self.now - self.lied_at < _LIES_LAST
        names = [name for name in broken(edge, self.policy) if not (lied and name.startswith(_OF_TRUTH))]
        if names:
            raise AssertionError("\n".join([*names, str(before), str(seen), *map(str, self.trail)]))

    def _seen(self, plant: Plant, event: Event, trouble: Trouble) -> Observation:
        seen = plant.seen(event.sight, event.soc, event.asked)
        if trouble.lie_main and seen.main is not None:
            seen = replace(seen, main=Contact.OPEN if seen.main is Contact.CLOSED else Contact.CLOSED)
            self.lied_at = self.now
        if trouble.lie_mode and seen.mode is not None:
            told = replace(plant, forming=not plant.forming).seen(event.sight, event.soc, event.asked)
            seen = replace(seen, mode=told.mode)
            self.lied_at = self.now
        return seen

    def settle(self, seconds: float = 6 * 3600.0) -> Phase:
        """Let nothing be amiss and the grid be good for long enough; return where that leads (L1, L2)."""
        end = self.now + seconds
        while self.now < end and self.node.state.phase is not Phase.CONNECTED:
            self.turn(Event(GridIs.GOOD), 5.0)
            if self.node.state.phase is Phase.FAULT_LOCKED:
                break
        return self.node.state.phase


def wander(walk: Walk, random: Random, turns: int) -> None:
    """Live through turns of everything at once; now and then a quiet time must lead home or to a person."""
    grid, sight, soc = GridIs.GOOD, Sight.ALL, 80.0
    for _ in range(turns):
        if random.random() < 0.02:
            grid = random.choice(list(GridIs))
        if random.random() < 0.02:
            sight = random.choice([Sight.ALL, Sight.ALL, *Sight])
        soc = min(100.0, max(4.0, soc + random.uniform(-1.5, 1.5)))
        asked: Asked | Drill | None = None
        if random.random() < 0.03:
            asked = random.choice([*Asked, DRILL])
        weld: Weld | None = None
        if random.random() < 0.005:
            weld = random.choice(list(Weld))
        elif random.random() < 0.02:
            weld = Weld.NOTHING
        event = Event(
            grid,
            sight=sight,
            asked=asked,
            soc=soc if random.random() > 0.01 else None,
            late=random.random() < 0.1,
            lost=random.random() < 0.05,
            weld=weld,
            restart=random.random() < 0.01,
        )
        trouble = Trouble(lie_main=random.random() < 0.002, lie_mode=random.random() < 0.002)
        walk.turn(event, random.choice([1.0, 1.0, 2.0, 10.0, 60.0]), trouble)
        if random.random() < 0.002:
            walk.turn(Event(GridIs.GOOD, weld=Weld.NOTHING))
            phase = walk.settle()
            assert phase in {Phase.CONNECTED, Phase.FAULT_LOCKED}, f"a good grid leads to {phase}: {walk.trail}"
            grid, sight = GridIs.GOOD, Sight.ALL
        if walk.node.state.phase is Phase.FAULT_LOCKED and random.random() < 0.1:
            walk.turn(Event(grid, asked=Asked.ACKNOWLEDGE, weld=Weld.NOTHING))
