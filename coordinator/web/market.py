"""The REST interface of the market: the rounds of each slot, for the manager by name and for residents under blinds.

Book and result are served as the documents that they are, so that a reader's own browser checks them.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from localvpp.etp import Kind
from localvpp.market import MarketError, check
from localvpp.market.rounds import OpenedBook, Outcome, Rules

from ..ledger import Ledger
from ..market.papers import papers_of
from ..market.view import Names, Plain, Told, findings_plain, round_plain, slot_plain, summary_plain, to_come
from ..store import entries as entry_store, market as store
from ..store.market import StoredRound
from ..store.orders import committed, orders_at
from .errors import ApiError
from .reading import Routes, read_number
from .security import READER, Access

_MOST = 100
_JSON = "application/json"


@dataclass(frozen=True, slots=True)
class MarketApi:
    """The handlers."""

    engine: AsyncEngine
    ledger: Ledger

    async def list(self, request: web.Request) -> web.Response:
        """List slots, newest first, with their rounds, without their orders."""
        limit = read_number(request, "limit", 48, 1, _MOST)
        async with self.engine.connect() as connection:
            found = await store.newest(connection, limit)
        return web.json_response(await asyncio.to_thread(_summaries, found))

    async def one(self, request: web.Request) -> web.Response:
        """Give a slot's rounds with their orders, curves, trades and verdicts."""
        slot = int(request.match_info["slot"])
        async with self.engine.connect() as connection:
            stored = await self._rounds(connection, slot)
            rounds = [await self._told(connection, each) for each in stored]
            rules = [Rules.decode(document) for document in await store.rules(connection)]
        names = Names(
            {device: member.name for device, member in self.ledger.directory.by_device.items()}, request[READER].device
        )
        return web.json_response(
            await asyncio.to_thread(lambda: slot_plain(slot, [round_plain(each, names) for each in rounds]))
            | {"to_come": to_come(rules, stored)}
        )

    async def book(self, request: web.Request) -> web.Response:
        """Give a round's book, as its record in the log names it."""
        return _document((await self._round(request)).book, "book")

    async def result(self, request: web.Request) -> web.Response:
        """Give a round's result."""
        return _document((await self._round(request)).result, "result")

    async def check(self, request: web.Request) -> web.Response:
        """Say what `localvpp.market.check` finds wrong with a round's result."""
        stored = await self._round(request)
        if stored.book is None or stored.result is None:
            raise ApiError(404, "not_found", "the round was not cleared: there is nothing to check")
        return web.json_response(await asyncio.to_thread(_checked, stored.book, stored.result))

    async def _rounds(self, connection: AsyncConnection, slot: int) -> Sequence[StoredRound]:
        rounds = await store.of_slot(connection, slot)
        if not rounds:
            raise ApiError(
                404,
                "not_found",
                f"slot: no gate of slot {slot} was closed here: nothing is traded in it",
                "slot",
            )
        return rounds

    async def _round(self, request: web.Request) -> StoredRound:
        slot, number = int(request.match_info["slot"]), int(request.match_info["number"])
        async with self.engine.connect() as connection:
            rounds = {each.number: each for each in await self._rounds(connection, slot)}
        if number not in rounds:
            raise ApiError(404, "not_found", f"number: slot {slot} has no round {number} here", "number")
        return rounds[number]

    async def _told(self, connection: AsyncConnection, stored: StoredRound) -> Told:
        slot = stored.slot
        records = [
            *await entry_store.of_kind(connection, slot, Kind.BOOK),
            *await entry_store.of_kind(connection, slot, Kind.CLEARED),
        ]
        orders = await orders_at(connection, slot, stored.log_since, stored.log_size)
        return Told(
            stored=stored,
            ordered=frozenset(orders),
            committed=committed(orders),
            shown=await store.shown(connection, stored.at),
            verdicts=await store.verdicts(connection, stored),
            first={} if stored.first is None else await store.verdicts(connection, replace(stored, first=None)),
            places={entry.hash: entry.index for entry in records if entry.index < self.ledger.size},
        )

    async def papers(self, request: web.Request) -> web.Response:
        """Give the documents of a slot's rounds, byte for byte: with the log they prove what came of it."""
        slot = int(request.match_info["slot"])
        async with self.engine.connect() as connection:
            found = await papers_of(connection, slot)
        if not found:
            raise ApiError(404, "not_found", f"slot: the gate of slot {slot} was not closed here", "slot")
        return web.json_response({"slot": slot, "rounds": [each.plain() for each in found]})


def _summaries(found: Sequence[StoredRound]) -> list[Plain]:
    return [
        slot_plain(slot, [summary_plain(each) for each in rounds])
        for slot, rounds in groupby(found, lambda each: each.slot)
    ]


def _document(document: bytes | None, what: str) -> web.Response:
    if document is None:
        raise ApiError(404, "not_found", f"the round has no {what}")
    return web.Response(body=document, content_type=_JSON)


def _checked(book: bytes, result: bytes) -> Plain:
    opened, outcome = OpenedBook.decode(book), Outcome.decode(result)
    try:
        findings = check(opened.book(outcome.without), outcome.result, objective=opened.objective, price=opened.price)
    except MarketError as error:
        return {"checked_by": "localvpp.market.check", "unchecked": str(error), "findings": []}
    return {"checked_by": "localvpp.market.check", "unchecked": None, "findings": findings_plain(findings)}


def market_routes(api: MarketApi) -> Routes:
    """Return the routes, for residents and the manager."""
    one_round = r"/api/v1/market/slots/{slot:\d{1,18}}/rounds/{number:\d{1,4}}"
    return [
        ("GET", "/api/v1/market/slots", api.list, Access.RESIDENTS),
        ("GET", r"/api/v1/market/slots/{slot:\d{1,18}}", api.one, Access.RESIDENTS),
        ("GET", f"{one_round}/book", api.book, Access.RESIDENTS),
        ("GET", f"{one_round}/result", api.result, Access.RESIDENTS),
        ("GET", f"{one_round}/check", api.check, Access.RESIDENTS),
        ("GET", r"/api/v1/market/slots/{slot:\d{1,18}}/papers", api.papers, Access.MANAGER),
    ]
