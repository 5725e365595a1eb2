"""`market`: whether flats trade slot by slot, and by what rules."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import voluptuous as vol

from localvpp.market import Objective, PriceRule, unsuited_rules
from localvpp.market.rounds import leads_problem

from .drills import LineLimit

ROOT: Final = "building"
"""The node above all lines."""
EARLIER_ROUNDS_MIN: Final = (1440, 60)
"""Where the building's file does not say when the earlier rounds of a slot are closed: those that fit the gate."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MarketRulesConfig:
    """The rules that every flat is told."""

    gate_s: int
    """No order is taken any more so long before a slot begins."""
    show_s: int
    """So long after that orders can be shown."""
    leads_s: tuple[int, ...] = ()
    """The earlier rounds of a slot are closed so long before it begins, longest first."""
    objective: Objective
    price: PriceRule
    without: frozenset[str] = frozenset()
    """Flats that do not trade: their meters may not be billed from."""


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


def market_rules(values: Mapping[str, Any]) -> MarketRulesConfig:
    """Return the rules of values in which nothing is wrong."""
    told = {name: value for name, value in values.items() if name not in {"rounds", "without"}}
    return MarketRulesConfig(**told, leads_s=_leads(values), without=frozenset(values["without"]))


def _leads(values: Mapping[str, Any]) -> tuple[int, ...]:
    if "rounds" in values:
        return tuple(minutes * 60 for minutes in values["rounds"])
    leads = tuple(minutes * 60 for minutes in EARLIER_ROUNDS_MIN)
    while leads_problem(leads, values["gate_s"]):
        leads = leads[:-1]
    return leads


def market_problem(
    values: Mapping[str, Any] | None, lines: Sequence[LineLimit], flats: Collection[str]
) -> tuple[tuple[str | int, ...], str] | None:
    """Return what is wrong with the values taken together and with the building's lines, and where."""
    if values is None:
        return None
    if values["show_s"] >= values["gate_s"]:
        return ("market", "show_s"), f"{values['show_s']} is not less than market.gate_s: leave time to clear and check"
    if problem := leads_problem(_leads(values), values["gate_s"]):
        return ("market", "rounds"), problem
    if problem := unsuited_rules(values["objective"], values["price"], lines=bool(lines)):
        return ("market", "price"), problem
    for at, flat in enumerate(values["without"]):
        if flat not in flats:
            return ("market", "without", at), f"{flat!r} is not among the flats"
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
