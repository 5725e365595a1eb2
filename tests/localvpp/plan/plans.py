"""Plans for tests: of flats whose columns are drawn, gathered into a building."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from random import Random
from zoneinfo import ZoneInfo

import numpy as np

from localvpp.forecast import Forecast, Kind as Foretold, Slot, Used
from localvpp.plan import Day, Deal, Field, Needs, Part, Plan, gather, plan_flat

TOKYO = ZoneInfo("Asia/Tokyo")
DAY = Day.of(date(2026, 11, 27), TOKYO)
MADE = DAY.begin - 12 * 3600
CODES = {"information": "0110", "sender": "1234A", "recipient": "30001", "group": "L1234"}


def foretold(day: Day, points: Sequence[float | None], kind: Foretold = Foretold.LOAD, first: int = 0) -> Forecast:
    """A forecast of some slots, from the one with that index on."""
    slots = tuple(Slot(day.begin + index * day.slot_seconds, point, None) for index, point in enumerate(points, first))
    return Forecast(kind, day.begin, day.slot_seconds, "drawn", slots, Used(day.begin, 0, 0, 0, 0.0))


def deals(day: Day, flats: Sequence[str], random: Random) -> list[Deal]:
    """Trades of drawn slots between drawn flats."""
    found = []
    for begin in day.begins:
        if len(flats) > 1 and random.random() < 0.5:
            seller, buyer = random.sample(flats, 2)
            found.append(Deal(begin, seller, buyer, random.randrange(1, 500)))
    return found


def building(
    seed: int = 0,
    flats: int = 3,
    day: Day = DAY,
    *,
    number: int = 1,
    made_at: int | None = None,
    codes: Mapping[str, str] | None = None,
) -> Plan:
    """A building's plan that is right."""
    random = Random(seed)
    names = [f"{101 + index}" for index in range(flats)]
    traded = deals(day, names, random)
    at = day.begin - 12 * 3600 if made_at is None else made_at
    plans = []
    for name in names:
        load = foretold(day, [random.random() * 900 for _ in day.begins])
        pv = foretold(day, [random.random() * 1200 for _ in day.begins], Foretold.PV) if random.random() < 0.5 else None
        battery = {begin: random.randrange(300) for begin in day.begins if random.random() < 0.2}
        needs = (
            Needs(load=load, pv=pv, charge=battery) if random.random() < 0.5 else Needs(load=load, discharge=battery)
        )
        plans.append(plan_flat(name, day, needs, traded, number=number, made_at=at))
    return gather("かえで館", plans, number=number, made_at=at, codes=codes)


def changed(plan: Plan, field: Field, slot: int, wh: int, part: str = "") -> Plan:
    """A plan with one value replaced; slots count from 1."""
    sheet = plan.sheet if not part else next(one.sheet for one in plan.parts if one.name == part)
    values = sheet.wh.copy()
    values[field.row, slot - 1] = wh
    other = replace(sheet, wh=np.asarray(values))
    if not part:
        return replace(plan, sheet=other)
    return replace(plan, parts=tuple(Part(one.name, other) if one.name == part else one for one in plan.parts))
