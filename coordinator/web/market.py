"""The REST interface of the market: the round of each slot, for the manager."""

import asyncio
from dataclasses import dataclass

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncEngine

from ..ledger import Ledger
from ..market.papers import papers_of
from ..market.proofs import orders_at
from ..market.view import round_plain, summary_plain
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
        """Give a round with its orders, curves, trades and verdicts."""
        slot = int(request.match_info["slot"])
        async with self.engine.connect() as connection:
            stored = await store.one(connection, slot)
            if stored is None:
                raise ApiError(
                    404,
                    "not_found",
                    f"slot: the gate of slot {slot} was not closed here: nothing is traded in it",
                    "slot",
                )
            orders = await orders_at(connection, slot, stored.log_size)
            shown = await store.shown(connection, slot)
            verdicts = await store.verdicts(connection, slot)
        names = {device: member.name for device, member in self.ledger.directory.by_device.items()}
        return web.json_response(await asyncio.to_thread(round_plain, stored, orders, shown, verdicts, names))

    async def papers(self, request: web.Request) -> web.Response:
        """Give the documents of a slot's rounds, byte for byte: with the log they prove what came of it."""
        slot = int(request.match_info["slot"])
        async with self.engine.connect() as connection:
            found = await papers_of(connection, slot)
        if not found:
            raise ApiError(404, "not_found", f"slot: the gate of slot {slot} was not closed here", "slot")
        return web.json_response({"slot": slot, "rounds": [each.plain() for each in found]})


def market_routes(api: MarketApi) -> Routes:
    """Return the routes, all for the manager only."""
    return [
        ("GET", "/api/v1/market/slots", api.list, True),
        ("GET", r"/api/v1/market/slots/{slot:\d{1,18}}", api.one, True),
        ("GET", r"/api/v1/market/slots/{slot:\d{1,18}}/papers", api.papers, True),
    ]
