"""No state that the logic can reach, whatever happens to it, breaks an invariant or is left without a way out."""

from dataclasses import replace
import re
from typing import Final

import pytest

from localvpp.islanding import Guards, Wiring

from .abstracting import quick
from .ends import stranded
from .exploring import Event, explore
from .invariants import INVARIANTS
from .searching import Count, check


@pytest.mark.parametrize("wiring", [Wiring.AUTONOMOUS, pytest.param(Wiring.OWNED, marks=pytest.mark.slow)])
def test_no_reachable_state_of_a_device_that_owns_its_contacts_breaks_an_invariant(
    wiring: Wiring, record_property: Count
) -> None:
    check(quick(wiring), wiring, record_property)


@pytest.mark.slow
def test_no_reachable_state_of_two_contactors_breaks_an_invariant(record_property: Count) -> None:
    check(quick(Wiring.PAIR), "pair", record_property)


_A, _O, _P = Wiring.AUTONOMOUS, Wiring.OWNED, Wiring.PAIR
MISSED_BY: Final = {
    "close_main": (_P, "I1"),
    "form": (_P, "I2"),
    "fresh": (_O, "I2"),
    "known": (_P, "I18"),
    "main_open": (_P, "I4"),
    "broken": (_P, "I4"),
    "idle": (_O, "I6"),
    "lease": (_A, "I7"),
    "good": (_A, "I8"),
    "move": (_O, "I9"),
    "off_grid": (_P, "I3"),
    "one_open": (_P, "I4"),
    "shown": (_O, "I5"),
    "again": (_O, "I5"),
    "looked": (_A, "I5"),
    "limit": (_O, "I9"),
    "held": (_A, "I8"),
    "drill_start": (_O, "I13"),
    "island_start": (_O, "I10"),
    "resume": (_A, "I16"),
    "there": (_O, "I12"),
    "in_time": (_O, "I12"),
    "unspoken": (_O, "I14"),
    "drill_on": (_O, "I14"),
    "charged": (_O, "I10"),
    "holds": (_O, "I14"),
    "not_dark": (_A, "I15"),
    "hopeful": (_P, "L1"),
    "wait": (_P, "I15"),
    "patience": (_A, "L1"),
}
"""For each guard a wiring whose search misses it, and the invariant that is broken without it."""


def test_every_guard_is_taken_away_and_says_which_invariant_it_is_of() -> None:
    assert set(MISSED_BY) == set(Guards.names())
    for name, (_, invariant) in MISSED_BY.items():
        told = re.findall(r"[IL]\d+", (getattr(Guards(), name).__doc__ or "").split(":")[0])
        assert invariant in told, f"{name}: {invariant} is none of {told}"


@pytest.mark.slow
@pytest.mark.parametrize("name", Guards.names())
def test_a_guard_that_is_taken_away_lets_an_invariant_be_broken(name: str) -> None:
    wiring, invariant = MISSED_BY[name]
    # In a longer hour there is time to leave the grid too often.
    policy = replace(quick(wiring), hour_s=16 if name == "limit" else 6)
    without = replace(Guards(), **{name: lambda *_: True})
    found = explore(policy, INVARIANTS, without, until_breach=invariant)
    left = stranded(found) if invariant == "L1" and not found.breaches else []
    broken = {each.split()[0] for each in found.breaches} | ({"L1"} if left else set())
    assert invariant in broken, f"the search does not notice that {name} is gone ({len(found.nodes)} states)"


def test_what_happens_in_the_search_is_told_from_the_start() -> None:
    found = explore(quick(Wiring.AUTONOMOUS), INVARIANTS)
    way = found.way(list(found.nodes)[-1])
    assert way
    assert all(isinstance(event, Event) for event in way)
