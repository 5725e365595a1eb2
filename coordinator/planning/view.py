"""The JSON of a plan with its checks, and of a day's imbalances, as docs/plans.md shows it.

Energy in Wh, money in 10⁻⁵ yen. Unknown is null.
"""

from collections.abc import Sequence
from typing import Any

from localvpp.plan import Finding, Imbalance, Plan, check, clock, plain_plan, summed

from .day import PlannedDay

type Plain = dict[str, Any]


def plan_view(plan: Plan, findings: Sequence[Finding] | None = None) -> Plain:
    """Return a plan, and what is wrong with it: nothing, if it may go out."""
    told = check(plan) if findings is None else findings
    return {
        "plan": plain_plan(plan),
        "findings": [
            {
                "fault": one.fault.value,
                "part": one.part,
                "slot": one.slot,
                "field": one.field,
                "value": repr(one.value)[:60],
                "remedy": one.remedy,
            }
            for one in told
        ],
    }


def imbalance_plain(told: PlannedDay) -> Plain:
    """Return how far the building and each of its flats were from the plan."""
    plan = told.plan
    return {
        "date": plan.date.isoformat(),
        "zone": plan.zone.key,
        "slot_seconds": plan.slot_seconds,
        "number": plan.number,
        "made_at": clock(plan.made_at, plan.zone),
        "building": _one(plan, told.building),
        "parts": {name: _one(plan, slots) for name, slots in told.parts.items()},
    }


def _one(plan: Plan, slots: Sequence[Imbalance]) -> Plain:
    total = summed(slots)
    return {
        "long_wh": total.long_wh,
        "short_wh": total.short_wh,
        "money": total.money,
        "unmetered_slots": total.unmetered_slots,
        "unpriced_slots": total.unpriced_slots,
        "slots": [
            {
                "begin": plan.begin_of(each.slot),
                "planned_wh": each.planned_wh,
                "metered_wh": each.metered_wh,
                "wh": each.wh,
                "money": each.money,
            }
            for each in slots
        ],
    }
