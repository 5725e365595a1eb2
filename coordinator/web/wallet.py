"""The REST interface of a flat's wallet: what it has moved, bought, sold, paid and earned over a time.

Traded is what was agreed when slots were cleared, and is told for two days at most, for each round has to be read for
it. Delivered is what the meters say of it, as the slots were settled. What a flat generates and consumes behind its
meter is what its own records told by then, with the number of slots in which they did: others' wallets are not for a
resident to see.
"""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncEngine

from localvpp.etp import DeviceId
from localvpp.market.rounds import OpenedBook, Outcome

from ..ledger import Ledger
from ..store import market as market_store, orders as orders_store, wallets as store
from ..store.market import StoredRound
from .errors import ApiError
from .reading import Routes, read_number
from .security import READER, Access, Reader

type Plain = dict[str, Any]

_LATEST: Final = 2**50
_LONGEST_S: Final = 366 * 86_400
_LONGEST_TRADED_S: Final = 2 * 86_400


@dataclass(frozen=True, slots=True)
class WalletApi:
    """The handlers."""

    engine: AsyncEngine
    ledger: Ledger

    async def reader(self, request: web.Request) -> web.Response:
        """Say who reads."""
        reader = request[READER]
        return web.json_response({"role": "manager" if reader.is_manager else "resident", "flat": reader.flat})

    async def wallet(self, request: web.Request) -> web.Response:
        """Give a flat's wallet."""
        flat = request.match_info["flat"]
        device = self._device(flat, request[READER])
        begin = read_number(request, "begin", None, 0, _LATEST)
        end = read_number(request, "end", None, 0, _LATEST)
        if begin is None or end is None or not begin < end <= begin + _LONGEST_S:
            raise ApiError(400, "bad_query", "begin and end: write both, in seconds of Unix time, a year apart at most")
        async with self.engine.connect() as connection:
            settled = await store.settled(connection, device, begin, end)
            traded: tuple[int, int] | None = None
            if end - begin <= _LONGEST_TRADED_S:
                rounds = await market_store.cleared_between(connection, begin, end)
                named = await orders_store.named_between(connection, device, begin, end)
                traded = await asyncio.to_thread(_traded, rounds, named)
        bought, sold = (None, None) if traded is None else traded
        plain: Plain = {"flat": flat, "begin": begin, "end": end}
        return web.json_response(plain | asdict(settled) | {"traded_bought_wh": bought, "traded_sold_wh": sold})

    def _device(self, flat: str, reader: Reader) -> DeviceId:
        if reader.device is not None:
            if flat != reader.flat:
                raise ApiError(403, "forbidden", f"flat: you read as flat {reader.flat}, and {flat[:16]!r} is another")
            return reader.device
        member = self.ledger.directory.named(flat)
        if member is None:
            raise ApiError(404, "not_found", f"flat: no flat {flat[:16]!r} is enrolled", "flat")
        return member.device


def _traded(rounds: Sequence[StoredRound], named: Mapping[int, Collection[bytes]]) -> tuple[int, int]:
    """Return what a flat has bought and sold in some rounds."""
    bought = sold = 0
    for each in rounds:
        hashes = named.get(each.slot, ())
        if not hashes or each.book is None or each.result is None:
            continue
        offers = OpenedBook.decode(each.book).offers
        own = {order.id for offer in offers if offer.digest in hashes for order in offer.orders}
        for trade in Outcome.decode(each.result).result.trades:
            bought += trade.wh if trade.buyer in own else 0
            sold += trade.wh if trade.seller in own else 0
    return bought, sold


def wallet_routes(api: WalletApi) -> Routes:
    """Return the routes, for residents and the manager."""
    return [
        ("GET", "/api/v1/reader", api.reader, Access.RESIDENTS),
        ("GET", "/api/v1/flats/{flat}/wallet", api.wallet, Access.RESIDENTS),
    ]
