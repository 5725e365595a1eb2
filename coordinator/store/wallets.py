"""Queries on what one flat has moved, paid and earned over a time: sums over settled slots."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, case, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from localvpp.etp import DeviceId

from .tables import shares, slots, transfers


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What the settled slots of a time say of one flat. Energy in Wh, money in 10⁻⁵ yen."""

    slots: int
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


async def settled(connection: AsyncConnection, device: DeviceId, begin: int, end: int) -> Settled:
    """Return the sums over the settled slots that begin in a time."""
    within = and_(slots.c.slot >= begin, slots.c.slot < end)
    by_trades = slots.c.cleared.is_not(None)
    at_the_grid = shares.c.shared_in_wh * slots.c.grid_price - shares.c.shared_out_wh * slots.c.feed_in_price
    columns: dict[str, ColumnElement[int]] = {
        "slots": func.count(),
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
    query = select(*(column.label(name) for name, column in columns.items())).join(slots, slots.c.slot == shares.c.slot)
    row = (await connection.execute(query.where(shares.c.device == device, within))).mappings().one()
    buys, sells = transfers.c.receiver == device, transfers.c.sender == device
    moved = select(
        _sum(case((buys, transfers.c.money + transfers.c.rent), else_=0)).label("paid"),
        _sum(case((sells, transfers.c.money), else_=0)).label("earned"),
        _sum(case((transfers.c.energy_wh == 0, 1), else_=0)).label("undelivered"),
    ).where(buys | sells, transfers.c.slot >= begin, transfers.c.slot < end)
    money = (await connection.execute(moved)).mappings().one()
    # A sum is a Decimal in one database and an int in the other.
    return Settled(**{name: int(value) for name, value in {**row, **money}.items()})


def _sum(column: ColumnElement[int]) -> ColumnElement[int]:
    return func.coalesce(func.sum(column), 0)
