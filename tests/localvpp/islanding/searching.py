"""What is asked of a search, and what is told of it: by each of the files that search a wiring."""

from collections.abc import Callable

from localvpp.islanding import Policy

from .ends import endless, stranded
from .exploring import Explored, explore
from .invariants import INVARIANTS

type Count = Callable[[str, object], None]
"""Has a figure told at the end of the run."""


def told(found: Explored) -> str:
    """Say how each breach comes about, for whoever has to mend it."""
    lines = []
    for name, breach in found.first.items():
        lines += [f"{name} ({found.breaches[name]} turns)", f"  {found.node(breach.at)}", f"  {breach.event}"]
        lines += [f"  {breach.decision.step}", *(f"    {event}" for event in found.way(breach.at))]
    return "\n".join(lines)


def check(policy: Policy, name: str, count: Count) -> None:
    found = explore(policy, INVARIANTS)
    count("searched", f"{name}: {len(found.nodes)} states, {found.edges} turns")
    assert not found.breaches, told(found)
    for what, left in (("lead nowhere", stranded(found)), ("may hold a drill for ever", endless(found))):
        assert not left, f"{len(left)} states {what}, such as {found.node(left[0])} by {found.way(left[0])}"
