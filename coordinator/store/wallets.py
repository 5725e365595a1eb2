"""Queries on what one flat has moved, paid and earned over a time: sums over settled slots, and the slots themselves.

Both are one query, grouped or not: so what a number is the sum of sums up to it. A slot that was settled while nothing
was known of the flat's meter has no share of it, and may have trades of it, of which nothing was delivered.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, case, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from localvpp.etp import DeviceId, Kind, RecordHash
from localvpp.settlement import SlotPrices
from localvpp.settlement.month import Reference

from . import entries as entry_store
from .tables import entries, shares, slots, transfers


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What the settled slots of a time say of one flat. Energy in Wh, money in 10⁻⁵ yen."""

    slots: int
    """Those that it has a share in."""
    import_wh: int
    """By its meter."""
    export_wh: int
    bought_wh: int
    """Of trades, as delivered; what the sharing key moved is told apart."""
    sold_wh: int
    shared_in_wh: int
    shared_out_wh: int
    paid: int
    """To neighbours, and what of it fell to the building."""
    earned: int
    saved: int
    """What the same energy would have cost more, or brought less, at the grid's prices."""
    grid_money: int
    undelivered: int
    """Trades of which nothing was delivered."""
    generated_wh: int
    """By its own PV, in so many slots as that is known in."""
    generated_slots: int
    consumed_wh: int
    """At home, from wherever it came; in so many slots as that is known in."""
    consumed_slots: int


class PlaceKind(StrEnum):
    """What a number of a slot rests on."""

    METER = "meter"
    """Interval records of the flat's meter, those that the slot was settled by."""
    TRANSFERS = "transfers"
    SETTLED = "settled"
    """That by which it was settled."""
    ORDERS = "orders"
    """The flat's own."""
    CLEARED = "cleared"


@dataclass(frozen=True, slots=True)
class SettledSlot:
    """One settled slot of a flat."""

    moved: Settled
    prices: SlotPrices


type Places = Mapping[PlaceKind, list[Reference]]

_NOTHING: Final = {"paid": 0, "earned": 0, "undelivered": 0}


async def settled(connection: AsyncConnection, device: DeviceId, begin: int, end: int) -> Settled:
    """Return the sums over the settled slots that begin in a time."""
    row = (await connection.execute(_shared(device, begin, end))).mappings().one()
    money = (await connection.execute(_paid(device, begin, end))).mappings().one()
    return _settled({**row, **money})


async def by_slot(connection: AsyncConnection, device: DeviceId, begin: int, end: int) -> dict[int, SettledSlot]:
    """Return what those sums are made of: the settled slots that begin in a time, in their order."""
    prices = (slots.c.inside_price, slots.c.grid_price, slots.c.feed_in_price)
    shared = _shared(device, begin, end).add_columns(slots.c.slot, *prices).group_by(slots.c.slot, *prices)
    paid = _paid(device, begin, end).add_columns(transfers.c.slot).group_by(transfers.c.slot)
    money = {row["slot"]: row for row in (await connection.execute(paid)).mappings()}
    rows = (await connection.execute(shared.order_by(slots.c.slot))).mappings()
    return {
        row["slot"]: SettledSlot(
            _settled({**row, **money.get(row["slot"], _NOTHING)}),
            SlotPrices(row["inside_price"], row["grid_price"], row["feed_in_price"]),
        )
        for row in rows
        if row["slots"] or row["slot"] in money
    }


async def places(connection: AsyncConnection, device: DeviceId, begin: int, end: int) -> dict[int, Places]:
    """Return where the records of a flat's slots stand in the log, of the slots that begin in a time."""
    found: dict[int, dict[PlaceKind, list[Reference]]] = {}

    def add(slot: int, kind: PlaceKind, index: int, name: bytes) -> None:
        found.setdefault(slot, {}).setdefault(kind, []).append(Reference(index, RecordHash(name)))

    sizes: dict[int, int] = {}
    for entry in await entry_store.of_slots(connection, Kind.SETTLED, begin, end):
        body = entry.opened()
        if body is not None and body.log_size is not None and entry.slot not in sizes:
            sizes[entry.slot] = body.log_size
            add(entry.slot, PlaceKind.SETTLED, entry.index, entry.hash)
    such = select(entries.c.slot, entries.c.log_index, entries.c.hash).order_by(entries.c.log_index)
    such = such.where(entries.c.slot >= begin, entries.c.slot < end)
    mine = such.where(entries.c.device == device)
    for row in await connection.execute(mine.where(entries.c.kind == int(Kind.INTERVAL))):
        if row.log_index < sizes.get(row.slot, 0):  # What came later has changed nothing of it.
            add(row.slot, PlaceKind.METER, row.log_index, row.hash)
    for row in await connection.execute(mine.where(entries.c.kind == int(Kind.ORDERS))):
        add(row.slot, PlaceKind.ORDERS, row.log_index, row.hash)
    moved = such.where(entries.c.kind == int(Kind.TRANSFER)).join(transfers, transfers.c.hash == entries.c.hash)
    for row in await connection.execute(moved.where(_of(device))):
        add(row.slot, PlaceKind.TRANSFERS, row.log_index, row.hash)
    for row in await connection.execute(such.where(entries.c.kind == int(Kind.CLEARED))):
        add(row.slot, PlaceKind.CLEARED, row.log_index, row.hash)
    return dict(found)


def _shared(device: DeviceId, begin: int, end: int) -> Select[Any]:
    by_trades = slots.c.cleared.is_not(None)
    at_the_grid = shares.c.shared_in_wh * slots.c.grid_price - shares.c.shared_out_wh * slots.c.feed_in_price
    columns: dict[str, ColumnElement[int]] = {
        "slots": func.count(shares.c.slot),
        "import_wh": _sum(shares.c.import_wh),
        "export_wh": _sum(shares.c.export_wh),
        "bought_wh": _sum(case((by_trades, shares.c.shared_in_wh), else_=0)),
        "sold_wh": _sum(case((by_trades, shares.c.shared_out_wh), else_=0)),
        "shared_in_wh": _sum(case((by_trades, 0), else_=shares.c.shared_in_wh)),
        "shared_out_wh": _sum(case((by_trades, 0), else_=shares.c.shared_out_wh)),
        "saved": _sum(at_the_grid + shares.c.inside_money),
        "grid_money": _sum(shares.c.grid_money),
        "generated_wh": _sum(shares.c.made_wh),
        "generated_slots": func.count(shares.c.made_wh),
        "consumed_wh": _sum(shares.c.used_wh),
        "consumed_slots": func.count(shares.c.used_wh),
    }
    own = (shares.c.slot == slots.c.slot) & (shares.c.device == device)
    query = select(*(column.label(name) for name, column in columns.items())).select_from(slots.outerjoin(shares, own))
    return query.where(slots.c.slot >= begin, slots.c.slot < end)


def _of(device: DeviceId) -> ColumnElement[bool]:
    return (transfers.c.receiver == device) | (transfers.c.sender == device)


def _paid(device: DeviceId, begin: int, end: int) -> Select[Any]:
    buys, sells = transfers.c.receiver == device, transfers.c.sender == device
    return select(
        _sum(case((buys, transfers.c.money + transfers.c.rent), else_=0)).label("paid"),
        _sum(case((sells, transfers.c.money), else_=0)).label("earned"),
        _sum(case((transfers.c.energy_wh == 0, 1), else_=0)).label("undelivered"),
    ).where(_of(device), transfers.c.slot >= begin, transfers.c.slot < end)


def _settled(row: Mapping[str, Any]) -> Settled:
    # A sum is a Decimal in one database and an int in the other.
    return Settled(**{each.name: int(row[each.name]) for each in fields(Settled)})


def _sum(column: ColumnElement[int]) -> ColumnElement[int]:
    return func.coalesce(func.sum(column), 0)
