"""A flat that lives through whatever happens, with the real numbers: the plant lies, lags, welds, and is restarted.

The search (`exploring`) goes everywhere within a few seconds' thresholds; a walk goes far: hours, with hundreds of
things going wrong one after the other and at once. Both lead the very same transition function and look for the very
same invariants. `Flat` is the walk as Hypothesis leads it, and shrinks it when it finds something.
"""

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from random import Random
from typing import Final

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from localvpp.islanding import Asked, Contact, Drill, Guards, Observation, Phase, Policy, State, Wiring, step
from localvpp.islanding.journal import decode, encode, entry_of, resumed

from .exploring import Decision, Event
from .invariants import INVARIANTS
from .plant import GridIs, Plant, Sight, Weld

DRILL: Final = Drill(300.0, 100_000.0)
_REMEMBERED: Final = 40
_OF_TRUTH: Final = ("I3 forms", "I4 both")
"""What a lie can bring about: who closes a contact that is said to be open does not know better."""
_LIES_LAST: Final = 700.0
"""Seconds after a lie in which what it has brought about may still be so."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """What goes wrong beside what the search knows."""

    lie_main: bool = False
    """The main contact's feedback shows the opposite."""
    lie_mode: bool = False
    reboot: bool = False
    """The machine starts again: its monotonic clock begins anew, and may be before all that was written down."""


class Walk:
    """One flat, from its first start on."""

    def __init__(self, wiring: Wiring, guards: Guards | None = None) -> None:
        self.policy = Policy(wiring=wiring, returns_by_itself=True)
        self.guards = guards or Guards()
        self.now = 100_000.0
        self.state = State(since=self.now)
        self.plant = Plant(wiring)
        self.lied_at = float("-inf")
        self.boots = 0
        self.trail: deque[object] = deque(maxlen=_REMEMBERED)
        self.turns = 0

    def turn(self, event: Event, seconds: float = 1.0, trouble: Trouble | None = None) -> None:
        """Live through a turn. Raises AssertionError with what led there when an invariant is broken."""
        trouble = trouble or Trouble()
        self.now += seconds
        self.turns += 1
        before, was = self.state, self.plant
        plant = was.lives(event.grid, event.weld)
        seen = self._seen(plant, event, trouble)
        taken = step(before, seen, self.now, self.policy, self.guards)
        self.state = taken.state
        self.plant = plant.commanded(taken.command, holds=taken.holds, late=event.late, lost=event.lost)
        self.trail.append((round(self.now, 1), event, trouble, taken.command, taken.state.phase, self.plant))
        names = list(INVARIANTS.decided(Decision(before, seen, taken, self.now), self.policy))
        lied = self.now - self.lied_at < _LIES_LAST
        names += [each for each in INVARIANTS.happened(was, self.plant) if not (lied and each.startswith(_OF_TRUTH))]
        if names:
            raise AssertionError("\n".join([*names, str(before), str(seen), *map(str, self.trail)]))
        if event.restart or trouble.reboot:
            self._start_again(anew=trouble.reboot)

    def _start_again(self, *, anew: bool) -> None:
        """Begin with what the journal says."""
        written = encode(entry_of(self.state, None, seq=0, boot=str(self.boots), now=self.now))
        if anew:
            self.boots += 1
            self.lied_at -= self.now
            self.now = 10.0
        self.state = resumed(decode(written), boot=str(self.boots), now=self.now)

    def _seen(self, plant: Plant, event: Event, trouble: Trouble) -> Observation:
        seen = plant.seen(event.sight, event.soc, event.asked, overloaded=event.overloaded)
        if event.sight is Sight.CROSSED:
            self.lied_at = self.now
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
        self.turn(Event(GridIs.GOOD, weld=Weld.NOTHING))
        end = self.now + seconds
        while self.now < end and self.state.phase is not Phase.CONNECTED:
            self.turn(Event(GridIs.GOOD), 5.0)
            if self.state.phase is Phase.FAULT_LOCKED:
                break
        return self.state.phase


class Flat(RuleBasedStateMachine):
    """What Hypothesis may have happen."""

    turns = 0
    """Of all flats of a run: so often the transition function was asked."""

    @initialize(wiring=st.sampled_from(Wiring))
    def begin(self, wiring: Wiring) -> None:
        self.walk = Walk(wiring)
        self.grid = GridIs.GOOD

    @contextmanager
    def _counted(self) -> Iterator[Walk]:
        before = self.walk.turns
        try:
            yield self.walk
        finally:
            type(self).turns += self.walk.turns - before

    @rule(seconds=st.sampled_from([1.0, 2.0, 12.0, 60.0, 301.0, 1801.0]), times=st.integers(1, 120))
    def pass_time(self, seconds: float, times: int) -> None:
        with self._counted() as walk:
            for _ in range(times):
                walk.turn(Event(self.grid), seconds)

    @rule(grid=st.sampled_from(GridIs), late=st.booleans(), lost=st.booleans())
    def change_grid(self, grid: GridIs, late: bool, lost: bool) -> None:
        self.grid = grid
        with self._counted() as walk:
            walk.turn(Event(grid, late=late, lost=lost))

    @rule(good_s=st.integers(1, 310), gone_s=st.integers(1, 20), times=st.integers(1, 4))
    def flap(self, good_s: int, gone_s: int, times: int) -> None:
        with self._counted() as walk:
            for grid, seconds in ((GridIs.GOOD, good_s), (GridIs.GONE, gone_s)) * times:
                self.grid = grid
                for _ in range(seconds):
                    walk.turn(Event(grid))

    @rule(sight=st.sampled_from(Sight), times=st.integers(1, 40), seconds=st.sampled_from([1.0, 60.0]))
    def see_less(self, sight: Sight, times: int, seconds: float) -> None:
        with self._counted() as walk:
            for _ in range(times):
                walk.turn(Event(self.grid, sight=sight), seconds)

    @rule(asked=st.sampled_from([*Asked, DRILL]), late=st.booleans())
    def ask(self, asked: object, late: bool) -> None:
        with self._counted() as walk:
            walk.turn(Event(self.grid, asked=asked, late=late))  # type: ignore[arg-type]

    @rule(weld=st.sampled_from(Weld))
    def weld(self, weld: Weld) -> None:
        with self._counted() as walk:
            walk.turn(Event(self.grid, weld=weld))

    @rule(soc=st.sampled_from([None, 4.0, 19.0, 29.0, 100.0]), overloaded=st.booleans(), times=st.integers(1, 20))
    def charge(self, soc: float | None, overloaded: bool, times: int) -> None:
        with self._counted() as walk:
            for _ in range(times):
                walk.turn(Event(self.grid, soc=soc, overloaded=overloaded))

    @rule(lie_main=st.booleans(), lie_mode=st.booleans(), times=st.integers(1, 3))
    def lie(self, lie_main: bool, lie_mode: bool, times: int) -> None:
        with self._counted() as walk:
            for _ in range(times):
                walk.turn(Event(self.grid), 1.0, Trouble(lie_main, lie_mode))

    @rule(reboot=st.booleans())
    def restart(self, reboot: bool) -> None:
        with self._counted() as walk:
            walk.turn(Event(self.grid, restart=True), 1.0, Trouble(reboot=reboot))

    @rule(random=st.randoms(use_true_random=True), times=st.integers(1, 400))
    def have_it_all_at_once(self, random: Random, times: int) -> None:
        with self._counted() as walk:
            for _ in range(times):
                if random.random() < 0.02:
                    self.grid = random.choice(list(GridIs))
                walk.turn(*_anything(random, self.grid))

    @rule()
    def rest(self) -> None:
        """A quiet time leads home or to a person."""
        self.grid = GridIs.GOOD
        with self._counted() as walk:
            phase = walk.settle()
            assert phase in {Phase.CONNECTED, Phase.FAULT_LOCKED}, f"a good grid leads to {phase}: {walk.trail}"
            if phase is Phase.FAULT_LOCKED:
                walk.turn(Event(GridIs.GOOD, asked=Asked.ACKNOWLEDGE))

    def teardown(self) -> None:
        if hasattr(self, "walk"):
            self.rest()


def _anything(random: Random, grid: GridIs) -> tuple[Event, float, Trouble]:
    """One turn of everything."""

    def now_and_then(share: float) -> bool:
        return random.random() < share

    weld: Weld | None = None
    if now_and_then(0.005):
        weld = random.choice(list(Weld))
    elif now_and_then(0.02):
        weld = Weld.NOTHING
    event = Event(
        grid,
        sight=random.choice(list(Sight)) if now_and_then(0.05) else Sight.ALL,
        asked=random.choice([*Asked, DRILL]) if now_and_then(0.03) else None,
        soc=None if now_and_then(0.01) else random.choice([4.0, 15.0, 25.0, 35.0, 80.0, 80.0, 80.0, 80.0]),
        overloaded=now_and_then(0.01),
        late=now_and_then(0.1),
        lost=now_and_then(0.05),
        weld=weld,
        restart=now_and_then(0.01),
    )
    lies = Trouble(now_and_then(0.002), now_and_then(0.002), now_and_then(0.001))
    return event, random.choice([1.0, 1.0, 2.0, 10.0, 60.0]), lies
