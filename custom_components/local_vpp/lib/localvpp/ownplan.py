"""A flat's plan of a day, out of what it has used and made, and what it has traded by now.

It is the flat's alone: nobody is told of it, who is not given it.
"""

from collections.abc import Sequence
from datetime import UTC
from typing import Final

from .forecast import Kind, forecast
from .plan import Day, Deal, Needs, Plan, made_at, plan_flat
from .plan.errors import wrong
from .store import FlatStore
from .trading.kept import TradingBook
from .trading.state import OwnTrade
from .usage import Period
from .usage_book import UsageBook
from .usage_history import LOOKS_BACK_S, history_of

NEIGHBOURS: Final = "neighbours"
"""The other side of a flat's trades: it does not know who they are."""


async def own_plan(flat: str, store: FlatStore, day: Day, now: int) -> Plan:
    """Return a flat's plan of a day as it stands at a time.

    Raises StoreError; PlanError and ForecastError where it cannot be made.
    """
    at = made_at(day, now)
    periods = await UsageBook(store).since(at - LOOKS_BACK_S)
    traded = await TradingBook(store).traded(day.begin)
    return planned(flat, day, at, periods, [(name.slot, trades) for name, trades, _ in traded])


def planned(
    flat: str, day: Day, at: int, periods: Sequence[Period], traded: Sequence[tuple[int, Sequence[OwnTrade]]]
) -> Plan:
    """Return a flat's plan, foretold at a time. Raises PlanError, ForecastError."""
    load = history_of(periods, day.slot_seconds, lambda each: each.load_j)
    sun = history_of(periods, day.slot_seconds, lambda each: each.pv_j)
    if load is None:
        raise wrong("demand_wh", None, "nothing is known of the flat's use: let it run for some days")
    slots = (day.end - at) // day.slot_seconds
    needs = Needs(
        load=forecast(load, at, slots, Kind.LOAD, day.zone),
        pv=None if sun is None else forecast(sun, at, slots, Kind.PV, UTC),
    )
    within = [(slot, trades) for slot, trades in traded if day.begin <= slot < day.end]
    deals = [
        Deal(slot, NEIGHBOURS if each.buys else flat, flat if each.buys else NEIGHBOURS, each.wh)
        for slot, trades in within
        for each in trades
    ]
    return plan_flat(flat, day, needs, deals, number=1 + len(deals), made_at=at)
