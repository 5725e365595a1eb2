"""The REST interface of a flat's wallet: what it has moved, bought, sold, paid and earned over a time.

Each number is the sum of its slots' (`…/wallet/slots`), which lead to their records in the log. Slots, and what was
traded when they were cleared, are told for two days at most, for each round has to be read for it; whoever does without
what was traded is answered at once. Delivered is what the meters say of it, as the slots were settled; of a slot that
was settled while nothing was known of the flat's meter there is no share, but the trades that nothing was delivered of.
What a flat generates and consumes behind its meter is what its own records told by then, with the number of slots in
which they did: others' wallets are not for a resident to see. What was paid is told of the device that reads, so of no
household that had the flat before.
"""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Final

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncEngine

from localvpp.etp import DeviceId, Paid, TakenBack
from localvpp.market.rounds import OpenedBook, Outcome
from localvpp.payments import Booked, standing

from ..ledger import Ledger
from ..store import market as market_store, orders as orders_store, snapshot, wallets as store
from ..store.market import StoredRound
from ..store.payments import Bookings
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
    bookings: Bookings
    reading: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Rounds are read for one request after the other: two days of books fill memory, and decoding them a core."""

    async def reader(self, request: web.Request) -> web.Response:
        """Say who reads."""
        reader = request[READER]
        return web.json_response({"role": "manager" if reader.is_manager else "resident", "flat": reader.flat})

    async def wallet(self, request: web.Request) -> web.Response:
        """Give a flat's wallet."""
        flat = request.match_info["flat"]
        device = self._device(flat, request[READER])
        begin, end = _time(request, _LONGEST_S, "a year")
        is_traded = read_number(request, "traded", 1, 0, 1) == 1 and end - begin <= _LONGEST_TRADED_S
        async with self.engine.connect() as connection:
            settled = await store.settled(connection, device, begin, end)
        traded: tuple[int, int] | None = None
        if is_traded:
            async with self.reading, self.engine.connect() as connection:
                rounds = await market_store.cleared_between(connection, begin, end)
                named = await orders_store.named_between(connection, device, begin, end)
                by_slot = await asyncio.to_thread(_traded, rounds, named)
            traded = sum(each[0] for each in by_slot.values()), sum(each[1] for each in by_slot.values())
        bought, sold = (None, None) if traded is None else traded
        plain: Plain = {"flat": flat, "begin": begin, "end": end}
        return web.json_response(plain | asdict(settled) | {"traded_bought_wh": bought, "traded_sold_wh": sold})

    async def slots(self, request: web.Request) -> web.Response:
        """Give what a wallet's numbers are the sums of, slot by slot, each with its records."""
        flat = request.match_info["flat"]
        device = self._device(flat, request[READER])
        begin, end = _time(request, _LONGEST_TRADED_S, "two days")
        async with self.reading, snapshot(self.engine) as connection:
            settled = await store.by_slot(connection, device, begin, end)
            places = await store.places(connection, device, begin, end)
            rounds = await market_store.cleared_between(connection, begin, end)
            named = await orders_store.named_between(connection, device, begin, end)
            traded = await asyncio.to_thread(_traded, rounds, named)
        told = [
            _slot(slot, settled.get(slot), traded.get(slot, (0, 0)), places.get(slot, {}))
            for slot in sorted(settled.keys() | traded.keys())
        ]
        return web.json_response({"flat": flat, "begin": begin, "end": end, "slots": told})

    async def payments(self, request: web.Request) -> web.Response:
        """Give what a flat has paid and was paid, oldest first, with the places of the records."""
        flat = request.match_info["flat"]
        device = self._device(flat, request[READER])
        booked = [each for each in await self.bookings.every() if device in (each.body.sender, each.body.receiver)]
        counted = {each.index for each in standing(booked)}
        told = [_payment(each, device, counts=each.index in counted) for each in booked]
        return web.json_response({"flat": flat, "payments": told})

    def _device(self, flat: str, reader: Reader) -> DeviceId:
        if reader.device is not None:
            if flat != reader.flat:
                raise ApiError(403, "forbidden", f"flat: you read as flat {reader.flat}, and {flat[:16]!r} is another")
            return reader.device
        member = self.ledger.directory.named(flat)
        if member is None:
            raise ApiError(404, "not_found", f"flat: no flat {flat[:16]!r} is enrolled", "flat")
        return member.device


def _time(request: web.Request, longest_s: int, told: str) -> tuple[int, int]:
    """Read of which time the slots are asked for. Raises ApiError."""
    begin = read_number(request, "begin", None, 0, _LATEST)
    end = read_number(request, "end", None, 0, _LATEST)
    if begin is None or end is None or not begin < end <= begin + longest_s:
        raise ApiError(400, "bad_query", f"begin and end: write both, in seconds of Unix time, {told} apart at most")
    return begin, end


def _slot(slot: int, settled: store.SettledSlot | None, traded: tuple[int, int], places: store.Places) -> Plain:
    """Return one slot as the wallet has its sums; of one that is not settled yet there is what was traded alone."""
    moved = asdict(settled.moved) if settled else dict.fromkeys((each.name for each in fields(store.Settled)), 0)
    prices = None if settled is None else settled.prices
    return moved | {
        "slot": slot,
        "prices": None if prices is None else [prices.inside, prices.grid, prices.feed_in],
        "traded_bought_wh": traded[0],
        "traded_sold_wh": traded[1],
        "records": {
            kind.value: [[place.index, place.hash.hex()] for place in places.get(kind, ())] for kind in store.PlaceKind
        },
    }


def _payment(each: Booked, device: DeviceId, *, counts: bool) -> Plain:
    """Return a payment; of what takes one back what is not said by the record that is taken back."""
    payment = each.payment
    plain = {
        "record": [each.index, each.hash.hex()],
        "day": payment.day.isoformat(),
        "reference": payment.reference,
        "counts": counts,
    }
    match payment:
        case TakenBack(record=record):
            return plain | {"reverses": record.hex()}
        case Paid(yen=yen, way=way, bill=bill):
            return plain | {
                "direction": "received" if each.body.sender == device else "paid_out",
                "yen": yen,
                "way": way.name.lower(),
                "month": None if bill is None else bill.month,
                "statement": None if bill is None else bill.statement.hex(),
            }


def _traded(rounds: Sequence[StoredRound], named: Mapping[int, Collection[bytes]]) -> dict[int, tuple[int, int]]:
    """Return what a flat has bought and sold in some rounds, by slot, of those in which it has."""
    found: dict[int, tuple[int, int]] = {}
    for each in rounds:
        hashes = named.get(each.slot, ())
        if not hashes or each.book is None or each.result is None:
            continue
        offers = OpenedBook.decode(each.book).offers
        own = {order.id for offer in offers if offer.digest in hashes for order in offer.orders}
        bought, sold = found.get(each.slot, (0, 0))
        for trade in Outcome.decode(each.result).result.trades:
            bought += trade.wh if trade.buyer in own else 0
            sold += trade.wh if trade.seller in own else 0
        if bought or sold:
            found[each.slot] = bought, sold
    return found


def wallet_routes(api: WalletApi) -> Routes:
    """Return the routes, for residents and the manager."""
    return [
        ("GET", "/api/v1/reader", api.reader, Access.RESIDENTS),
        ("GET", "/api/v1/flats/{flat}/wallet", api.wallet, Access.RESIDENTS),
        ("GET", "/api/v1/flats/{flat}/wallet/slots", api.slots, Access.RESIDENTS),
        ("GET", "/api/v1/flats/{flat}/payments", api.payments, Access.RESIDENTS),
    ]
