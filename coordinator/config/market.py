"""`market`: whether flats trade slot by slot, and by what rules."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import voluptuous as vol

from localvpp.market import Book, MarketError, Objective, PriceRule, clear

from .drills import LineLimit

ROOT: Final = "building"
"""The node above all lines."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MarketRulesConfig:
    """The rules that every flat is told."""

    gate_s: int
    """No order is taken any more so long before a slot begins."""
    show_s: int
    """So long after that orders can be shown."""
    objective: Objective
    price: PriceRule


def objective(value: object) -> Objective:
    """Read the goal of clearing. Raises vol.Invalid."""
    if value not in set(Objective):
        raise vol.Invalid(f"{value!r}: write one of {', '.join(Objective)}")
    return Objective(str(value))


def price_rule(value: object) -> PriceRule:
    """Read what a trade costs. Raises vol.Invalid."""
    if value not in set(PriceRule):
        raise vol.Invalid(f"{value!r}: write one of {', '.join(PriceRule)}")
    return PriceRule(str(value))


def market_problem(
    values: Mapping[str, Any] | None, lines: Sequence[LineLimit]
) -> tuple[tuple[str | int, ...], str] | None:
    """Return what is wrong with the values taken together and with the building's lines, and where."""
    if values is None:
        return None
    if values["show_s"] >= values["gate_s"]:
        return ("market", "show_s"), f"{values['show_s']} is not less than market.gate_s: leave time to clear and check"
    try:
        clear(Book(seed=b"", orders=()), values["objective"], values["price"])
    except MarketError as error:
        return ("market", "price"), str(error)
    for at, line in enumerate(lines):
        if line.name == ROOT:
            return ("drills", "lines", at, "name"), f"{ROOT!r} is the name of the whole: call the line otherwise"
        for other in lines[:at]:
            mine, theirs = set(line.flats), set(other.flats)
            if mine & theirs and not (mine <= theirs or theirs <= mine):
                shared = ", ".join(sorted(mine & theirs))
                return (
                    ("drills", "lines", at, "flats"),
                    f"flat {shared} hangs on {other.name!r}, too, and neither line holds the other's flats: lines of a "
                    "market are a tree",
                )
    return None
