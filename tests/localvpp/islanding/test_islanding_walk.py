"""Hours of everything going wrong, and no invariant is broken; a quiet time then always leads home or to a person."""

from random import Random

from hypothesis import HealthCheck, settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule
import pytest

from localvpp.islanding import Asked, Phase, Wiring

from .exploring import Event
from .plant import GridIs, Sight, Weld
from .walking import DRILL, Trouble, Walk, wander


@pytest.mark.slow
@pytest.mark.parametrize("wiring", list(Wiring))
def test_no_walk_breaks_an_invariant(wiring: Wiring) -> None:
    """35,000 turns for each wiring; `scripts/soak` walks ten million."""
    for seed in range(7):
        wander(Walk(wiring), Random(seed), 5_000)


class Flat(RuleBasedStateMachine):
    """What Hypothesis may have happen, and shrinks when it finds something."""

    @initialize(wiring=st.sampled_from(Wiring))
    def begin(self, wiring: Wiring) -> None:
        self.walk = Walk(wiring)
        self.grid = GridIs.GOOD

    @rule(seconds=st.sampled_from([1.0, 2.0, 12.0, 60.0, 301.0, 1801.0]), times=st.integers(1, 20))
    def pass_time(self, seconds: float, times: int) -> None:
        for _ in range(times):
            self.walk.turn(Event(self.grid), seconds)

    @rule(grid=st.sampled_from(GridIs), late=st.booleans(), lost=st.booleans())
    def change_grid(self, grid: GridIs, late: bool, lost: bool) -> None:
        self.grid = grid
        self.walk.turn(Event(grid, late=late, lost=lost))

    @rule(sight=st.sampled_from(Sight), times=st.integers(1, 5), seconds=st.sampled_from([1.0, 60.0]))
    def see_less(self, sight: Sight, times: int, seconds: float) -> None:
        for _ in range(times):
            self.walk.turn(Event(self.grid, sight=sight), seconds)

    @rule(asked=st.sampled_from([*Asked, DRILL]), late=st.booleans())
    def ask(self, asked: object, late: bool) -> None:
        self.walk.turn(Event(self.grid, asked=asked, late=late))  # type: ignore[arg-type]

    @rule(weld=st.sampled_from(Weld))
    def weld(self, weld: Weld) -> None:
        self.walk.turn(Event(self.grid, weld=weld))

    @rule(soc=st.sampled_from([None, 4.0, 19.0, 29.0, 100.0]))
    def charge(self, soc: float | None) -> None:
        self.walk.turn(Event(self.grid, soc=soc))

    @rule(lie_main=st.booleans(), lie_mode=st.booleans())
    def lie(self, lie_main: bool, lie_mode: bool) -> None:
        self.walk.turn(Event(self.grid), 1.0, Trouble(lie_main, lie_mode))

    @rule()
    def restart(self) -> None:
        self.walk.turn(Event(self.grid, restart=True))

    def teardown(self) -> None:
        if hasattr(self, "walk"):
            self.walk.turn(Event(GridIs.GOOD, weld=Weld.NOTHING))
            assert self.walk.settle() in {Phase.CONNECTED, Phase.FAULT_LOCKED}


TestWhateverHappens = Flat.TestCase
TestWhateverHappens.settings = settings(
    max_examples=60, stateful_step_count=40, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
