"""The announced prices and sharing keys of a building: a list that only grows."""

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from localvpp.settlement import PriceList, PricePeriod, SlotPrices, read_rule

from .tables import price_periods


async def every(connection: AsyncConnection) -> PriceList | None:
    """Return all periods; None before the first prices were announced."""
    rows = (await connection.execute(select(price_periods).order_by(price_periods.c.since))).all()
    periods = tuple(
        PricePeriod(row.since, SlotPrices(row.inside_price, row.grid_price, row.feed_in_price), row.key) for row in rows
    )
    rules = {row.key: read_rule(row.key_document) for row in rows if row.key_document is not None}
    return PriceList(periods, rules) if periods else None


async def add(connection: AsyncConnection, period: PricePeriod, prices: PriceList) -> None:
    """Store a further period of a list."""
    await connection.execute(
        insert(price_periods).values(
            since=period.since,
            inside_price=period.prices.inside,
            grid_price=period.prices.grid,
            feed_in_price=period.prices.feed_in,
            key=period.key,
            key_document=prices.rule(period.key).document,
        )
    )
