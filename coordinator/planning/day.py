"""A day of the building: its plan by what was known before it, and what its meters have counted of it since.

Flats and the roof are foretold by their settled slots, the common parts by theirs where they have a meter: those that
were there when the plan was made, each by all devices that it has had, or that live there that day, where the accounts
say who lives in a flat when. A plan is made anew each time from the same
records, and comes out the same, whoever is there now: none is stored.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from localvpp.etp import DeviceId
from localvpp.forecast import History
from localvpp.forecast.history import Floats
from localvpp.plan import (
    LOOKS_BACK_S,
    Day,
    Imbalance,
    ImbalancePrice,
    Metered,
    Plan,
    imbalances,
    made_at,
    plan_metered,
)
from localvpp.settlement import PriceList

from ..config import Tenancy
from ..settlement.months import COMMON
from ..settlement.stays import foretold, stays_before
from ..store import SHARING, Member, entries as entry_store, prices as price_store
from ..store.tables import shares, slots
from .deals import deals_between


@dataclass(frozen=True, slots=True)
class PlannedDay:
    """A plan, and how far each party was from it."""

    plan: Plan
    building: tuple[Imbalance, ...]
    parts: Mapping[str, tuple[Imbalance, ...]]


async def read_day(
    connection: AsyncConnection,
    name: str,
    members: Sequence[Member],
    tenancies: Mapping[str, Sequence[Tenancy]],
    day: Day,
    now: int,
) -> PlannedDay:
    """Read a day from one snapshot of the database.

    Args:
        connection: the snapshot.
        name: of the building.
        members: all that it has had.
        tenancies: who lived where when, as the association says.
        day: the day.
        now: seconds of Unix time.

    Raises PlanError, ForecastError: the plan cannot be made.
    """
    at = made_at(day, now)
    begin = at - LOOKS_BACK_S
    begin -= begin % day.slot_seconds
    count = (day.end - begin) // day.slot_seconds
    common, bulk = await _of_building(connection, begin, day, count)
    known = (at - begin) // day.slot_seconds
    net = {COMMON: common} if np.isfinite(common[:known]).any() else {}
    gone = any(not each.is_current for each in members)
    revoked_ms = await entry_store.revoked_ms(connection) if gone else {}
    known_then = stays_before(members, revoked_ms, at * 1000)
    for stay in foretold(known_then, tenancies, at * 1000, (day.begin * 1000, day.end * 1000)):
        if stay.role in SHARING:
            devices = [each.device for each in members if (each.name, each.role) == (stay.name, stay.role)]
            net[stay.name] = await _of_party(connection, devices, begin, day, count)
    deals = await deals_between(connection, day.begin, day.end, {each.device: each.name for each in members})
    parties = [_metered(flat, begin, day, row) for flat, row in net.items()]
    plan = await asyncio.to_thread(plan_metered, name, day, now, parties, deals)
    prices = _prices(day, await price_store.every(connection))
    for flat in {part.name for part in plan.parts} - net.keys():
        devices = [each.device for each in members if each.name == flat and each.role in SHARING]
        net[flat] = await _of_party(connection, devices, begin, day, count)
    first = (day.begin - begin) // day.slot_seconds
    return PlannedDay(
        plan,
        imbalances(plan.whole, _known(bulk[first:]), prices),
        {part.name: imbalances(plan.alone(part.name), _known(net[part.name][first:]), prices) for part in plan.parts},
    )


def _metered(name: str, begin: int, day: Day, net: Floats) -> Metered:
    return Metered(
        name=name,
        taken=History(begin, day.slot_seconds, np.maximum(net, 0.0)),
        given=History(begin, day.slot_seconds, np.maximum(-net, 0.0)),
    )


async def _of_party(
    connection: AsyncConnection, devices: Sequence[DeviceId], begin: int, day: Day, count: int
) -> Floats:
    """Return what the meter of a flat, or of the roof, has counted, inwards less outwards; NaN is unknown.

    Of a slot that two of its devices have told the later one's counts, as on its bill.
    """
    found = np.full(count, np.nan)
    for device in devices:
        rows = await connection.execute(
            select(shares.c.slot, shares.c.import_wh, shares.c.export_wh)
            .join(slots, slots.c.slot == shares.c.slot)
            .where(shares.c.device == device, shares.c.slot >= begin, shares.c.slot < day.end)
            .where(slots.c.seconds == day.slot_seconds)
        )
        for row in rows:
            found[(row.slot - begin) // day.slot_seconds] = row.import_wh - row.export_wh
    return found


async def _of_building(connection: AsyncConnection, begin: int, day: Day, count: int) -> tuple[Floats, Floats]:
    """Return what the common parts have taken, and the bulk meter counted."""
    common, bulk = np.full(count, np.nan), np.full(count, np.nan)
    rows = await connection.execute(
        select(slots.c.slot, slots.c.common_wh, slots.c.bulk_import_wh, slots.c.bulk_export_wh)
        .where(slots.c.slot >= begin, slots.c.slot < day.end)
        .where(slots.c.seconds == day.slot_seconds)
    )
    for row in rows:
        at = (row.slot - begin) // day.slot_seconds
        if row.common_wh is not None:
            common[at] = row.common_wh
        if row.bulk_import_wh is not None and row.bulk_export_wh is not None:
            bulk[at] = row.bulk_import_wh - row.bulk_export_wh
    return common, bulk


def _known(row: Floats) -> list[int | None]:
    return [None if np.isnan(each) else int(each) for each in row]


def _prices(day: Day, told: PriceList | None) -> list[ImbalancePrice | None]:
    found = [None if told is None else told.at(begin) for begin in day.begins]
    return [None if each is None else ImbalancePrice.grid(each) for each in found]
