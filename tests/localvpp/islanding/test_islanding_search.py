"""No state that the logic can reach, whatever happens to it, breaks an invariant or is left without a way out."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from localvpp.islanding import Guards, Wiring

from .exploring import Event, Explored, explore, path, quick
from .invariants import broken, stranded

type Count = Callable[[str, object], None]
"""Has a figure told at the end of the run."""


def told(found: Explored) -> str:
    """Say how each breach comes about, for whoever has to mend it."""
    lines = []
    for name, edge in found.first.items():
        lines += [f"{name} ({found.breaches[name]} turns)", f"  {edge.before}", f"  {edge.event}", f"  {edge.step}"]
        lines += [f"    {event}" for event in path(found, edge.before)]
    return "\n".join(lines)


@pytest.mark.parametrize("wiring", [Wiring.AUTONOMOUS, pytest.param(Wiring.OWNED, marks=pytest.mark.slow)])
def test_no_reachable_state_of_a_device_that_owns_its_contacts_breaks_an_invariant(
    wiring: Wiring, record_property: Count
) -> None:
    check(wiring, record_property)


@pytest.mark.slow
def test_no_reachable_state_of_two_contactors_breaks_an_invariant(record_property: Count) -> None:
    check(Wiring.PAIR, record_property)


def check(wiring: Wiring, count: Count) -> None:
    found = explore(quick(wiring), broken)
    count("searched", f"{wiring}: {len(found.nodes)} states, {found.edges} turns")
    assert not found.breaches, told(found)
    left = stranded(found)
    assert not left, f"{len(left)} states lead nowhere, such as {left[0]} by {path(found, left[0])}"


GUARDED_BY = {
    "close_main": Wiring.PAIR,
    "form": Wiring.PAIR,
    "fresh": Wiring.PAIR,
    "broken": Wiring.PAIR,
    "move": Wiring.PAIR,
    "limit": Wiring.OWNED,
    "held": Wiring.OWNED,
    "drill_start": Wiring.OWNED,
    "drill_on": Wiring.OWNED,
}


def test_every_guard_is_missed() -> None:
    assert set(GUARDED_BY) == set(Guards.names())


@pytest.mark.slow
@pytest.mark.parametrize("name", Guards.names())
def test_a_guard_that_is_taken_away_lets_an_invariant_be_broken(name: str) -> None:
    # In a longer hour there is time to leave the grid too often.
    policy = replace(quick(GUARDED_BY[name]), hour_s=16 if name == "limit" else 6)
    without = replace(Guards(), **{name: lambda *_: True})
    found = explore(policy, broken, without, until_breach=True)
    assert found.breaches, f"the search does not notice that {name} is gone ({len(found.nodes)} states)"


def test_what_happens_in_the_search_is_told_from_the_start() -> None:
    found = explore(quick(Wiring.AUTONOMOUS), broken)
    farthest = list(found.nodes)[-1]
    way = path(found, farthest)
    assert way
    assert all(isinstance(event, Event) for event in way)
