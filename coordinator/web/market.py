"""The REST interface of the market: the rounds of each slot, for the manager."""

import asyncio
from dataclasses import dataclass

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncEngine

from ..ledger import Ledger
from ..market.proofs import orders_at
from ..market.view import round_plain, slot_plain, summary_plain
from ..store import market as store
from .errors import ApiError
from .reading import Routes, read_number

_MOST = 100


@dataclass(frozen=True, slots=True)
class MarketApi:
    """The handlers."""

    engine: AsyncEngine
    ledger: Ledger

    async def list(self, request: web.Request) -> web.Response:
        """List rounds, newest first, without their orders."""
        limit = read_number(request, "limit", 48, 1, _MOST)
        async with self.engine.connect() as connection:
            found = await store.newest(connection, limit)
        return web.json_response(await asyncio.to_thread(lambda: [summary_plain(each) for each in found]))

    async def one(self, request: web.Request) -> web.Response:
        """Give the rounds of a slot with their orders, curves, trades and verdicts."""
        slot = int(request.match_info["slot"])
        names = {device: member.name for device, member in self.ledger.directory.by_device.items()}
        told = []
        async with self.engine.connect() as connection:
            rounds = await store.of_slot(connection, slot)
            for stored in rounds:
                orders = await orders_at(connection, slot, stored.log_since, stored.log_size)
                shown = await store.shown(connection, stored.at)
                verdicts = await store.verdicts(connection, stored.at)
                told.append((stored, orders, shown, verdicts, names))
        if not rounds:
            raise ApiError(
                404,
                "not_found",
                f"slot: no gate of slot {slot} was closed here: nothing is traded in it",
                "slot",
            )
        plain = await asyncio.to_thread(lambda: [round_plain(*each) for each in told])
        return web.json_response(slot_plain(slot, plain))


def market_routes(api: MarketApi) -> Routes:
    """Return the routes, all for the manager only."""
    return [
        ("GET", "/api/v1/market/slots", api.list, True),
        ("GET", r"/api/v1/market/slots/{slot:\d{1,18}}", api.one, True),
    ]
