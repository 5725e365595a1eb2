"""Hours of everything going wrong, and no invariant is broken; a quiet time then always leads home or to a person."""

from collections.abc import Callable

from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test
import pytest

from .walking import Flat


@pytest.mark.parametrize(("examples", "turns"), [(20, 1_000), pytest.param(250, 100_000, marks=pytest.mark.slow)])
def test_whatever_happens_no_invariant_is_broken(
    examples: int, turns: int, record_property: Callable[[str, object], None]
) -> None:
    """`scripts/soak` leads the same flat through ten million turns."""

    class Counted(Flat):
        """Of this test alone."""

    run_state_machine_as_test(
        Counted,
        settings=settings(
            max_examples=examples, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
    record_property("walked", f"{Counted.turns} turns led by Hypothesis")
    assert Counted.turns >= turns
