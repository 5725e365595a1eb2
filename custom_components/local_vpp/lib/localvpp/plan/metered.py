"""A building's plan out of what its meters have counted, and what its flats have traded.

Behind a meter nobody sees: what a flat takes in beyond its sun is its demand here, what it sends out its generation.
What is known at a time foretells the day, so the same plan comes out whenever it is made again of the same records.
Each revision has all trades of the day that were made by then.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final
from zoneinfo import ZoneInfo

from ..forecast import History, Kind, forecast
from .check import GATE_SECONDS
from .day import Day
from .errors import PlanError
from .making import Deal, Needs, gather, plan_flat, plan_trades
from .plan import Plan

LOOKS_BACK_S: Final = 35 * 86_400
"""So much of what was counted a plan is made of: four weeks, and what lies between."""
_UTC: Final = ZoneInfo("UTC")


@dataclass(frozen=True, slots=True, kw_only=True)
class Metered:
    """What the meter of a flat, or of the common parts, has counted."""

    name: str
    taken: History
    """Inwards, beyond its own surplus in the same slot."""
    given: History
    """Outwards."""


def made_at(day: Day, now: int) -> int:
    """Return when the plan of a day is made that stands at a time: now, or at the gate of its first slot."""
    return min(now - now % day.slot_seconds, day.begin - GATE_SECONDS)


def plan_metered(name: str, day: Day, now: int, parties: Sequence[Metered], deals: Iterable[Deal]) -> Plan:
    """Return a building's plan of a day, as it stands at a time.

    A flat that has traded, and was not there yet when the plan is made, or not any more, has what it has traded alone:
    the others' plans have the other side of it.

    Raises PlanError where a party cannot be foretold yet, by its name, and ForecastError for a day that is too far off.
    """
    at, made = made_at(day, now), list(deals)
    within = [deal for deal in made if day.begin <= deal.begin < day.end]
    # No trade is ever taken back, so a later plan has a higher number.
    number = 1 + len(within)
    unknown = {name for deal in within for name in (deal.seller, deal.buyer)} - {each.name for each in parties}
    plans = [_of_one(each, day, at, within, number) for each in parties]
    plans += [plan_trades(each, day, within, number=number, made_at=at) for each in sorted(unknown)]
    return gather(name, plans, number=number, made_at=at)


def _of_one(party: Metered, day: Day, at: int, deals: Sequence[Deal], number: int) -> Plan:
    slots = (day.end - at) // day.slot_seconds
    # Habits keep to the wall clock, the sun does not.
    needs = Needs(
        load=forecast(party.taken, at, slots, Kind.LOAD, day.zone),
        pv=forecast(party.given, at, slots, Kind.PV, _UTC) if (party.given.wh > 0).any() else None,
    )
    try:
        return plan_flat(party.name, day, needs, deals, number=number, made_at=at)
    except PlanError as error:
        raise PlanError(replace(error.finding, part=party.name)) from error
