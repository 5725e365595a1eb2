"""The REST interface of docs/protocol.md, as openapi.yaml describes it."""

import asyncio
import base64
from dataclasses import dataclass
import re
from typing import Any, Final

from aiohttp import web
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from localvpp.etp import Kind, RecordHash, parse_envelope
from localvpp.etp.record import MEDIA_TYPE
from localvpp.wire import PROTOCOL

from ..certificate import Certificate
from ..config import BuildingConfig
from ..enrolment import Enrolment, EnrolmentRefusedError
from ..erasure import Erasure
from ..holding import Hold, HoldError
from ..keys import BuildingKeys
from ..ledger import Ledger
from ..link import LinkServices, serve_link
from ..members import Action, Members
from ..meters import OwnMeters
from ..metrics import CONTENT_TYPE, Metrics
from ..nextkey import SheetWatch
from ..payments import Payments
from ..settlement import Papers, Settler
from ..store import Entry, conflicts as conflict_store, entries as entry_store, slots as slot_store
from ..witnesses import Cosigning, Mirrors
from .drills import DrillApi, drill_routes
from .errors import ApiError
from .events import StateView, conflict_plain, record_event, slot_event, transfer_plain
from .live import LiveStream
from .market import MarketApi, market_routes
from .plan import PlanApi, plan_routes
from .public_log import TEXT, PublicLog
from .reading import Routes, read_json, read_json_or, read_number
from .security import READER, Access, Reader
from .wallet import WalletApi, wallet_routes

_GO_ON: Final = (
    'the body: write {"size": N}, N being the number of entries you were shown, and where you overrule witnesses that '
    'object, "despite": [FLAT, …]'
)
LARGEST_BOOKING: Final = 512 * 1024
"""Of the manager: as many payments as are booked at once (`payments.MOST_AT_ONCE`)."""
_HASH: Final = re.compile("[0-9a-f]{64}")
_MOST_RECORDS: Final = 500
_MOST_SLOTS: Final = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Api:
    """The handlers, over the rooms that they speak for."""

    config: BuildingConfig
    engine: AsyncEngine
    ledger: Ledger
    cosigning: Cosigning
    mirrors: Mirrors
    hold: Hold
    enrolment: Enrolment
    link: LinkServices
    settler: Settler
    papers: Papers
    meters: OwnMeters
    metrics: Metrics
    certificate: Certificate | None
    state: StateView
    live: LiveStream
    log: PublicLog
    members: Members
    erasure: Erasure
    payments: Payments
    keys: BuildingKeys
    sheet: SheetWatch
    drills: DrillApi
    market: MarketApi
    plan: PlanApi
    wallets: WalletApi
    log_key: str
    openapi: dict[str, Any]
    version: str

    # --- Public -------------------------------------------------------------------------------------------------------

    async def health(self, _request: web.Request) -> web.Response:
        """Say whether everything works. What a person must see to is told, but the service is up.

        Whoever restarts what answers 503 would mend no meter: such a state is degraded, and answers 200.
        """
        checks = {"database": await self._database(), "ledger": self.ledger.trouble or "ok"}
        serves = all(check == "ok" for check in checks.values()) and self.hold.set_back is None
        if self.ledger.held is not None and self.ledger.trouble is None:
            checks["ledger"] = f"no record is taken: {self.ledger.held}"
        checks["witnesses"] = self.cosigning.trouble or "ok"
        checks["mirrors"] = self.mirrors.trouble or "ok"
        checks["settlement"] = self.settler.trouble or self.papers.trouble or "ok"
        checks["meters"] = self.meters.trouble or "ok"
        suspended = {each.device for each in self.ledger.conflicts if self.ledger.suspended(each.device)}
        told = [f"{len(suspended)} suspended: see conflicts in /api/v1/state"] if suspended else []
        checks["keys"] = "; ".join([*told, *filter(None, [self.keys.trouble, await self.sheet.look()])]) or "ok"
        if self.certificate is not None:
            checks["certificate"] = self.certificate.trouble or "ok"
        whole = all(check == "ok" for check in checks.values())
        return web.json_response(
            {"status": "failing" if not serves else "ok" if whole else "degraded", "checks": checks},
            status=200 if serves else 503,
            headers={"Cache-Control": "no-store"},
        )

    async def _database(self) -> str:
        try:
            async with self.engine.connect() as connection:
                await connection.execute(text("SELECT 1"))
        except SQLAlchemyError as error:
            return f"{type(error).__name__}: the database does not answer"
        return "ok"

    async def prometheus(self, _request: web.Request) -> web.Response:
        """Give the metrics."""
        return web.Response(body=self.metrics.text(), headers={"Content-Type": CONTENT_TYPE})

    async def describe(self, _request: web.Request) -> web.Response:
        """Give the description of this interface."""
        return web.json_response(self.openapi)

    async def building(self, _request: web.Request) -> web.Response:
        """Say who this is."""
        return web.json_response(
            {
                "name": self.config.name,
                "origin": self.config.origin,
                "version": self.version,
                "fingerprint": self.keys.building.public.fingerprint,
                "algorithm": int(self.keys.building.public.algorithm),
                "public_key": base64.b64encode(self.keys.building.public.data).decode(),
                "log_key": self.log_key,
                "slot_seconds": self.config.slot_seconds,
                "protocol": PROTOCOL,
            }
        )

    async def enrol(self, request: web.Request) -> web.Response:
        """Enrol a flat."""
        try:
            value, body = await read_json(request), await request.read()
            answer = await self.enrolment.enrol(value, body, request.remote or "unknown")
        except EnrolmentRefusedError as error:
            self.metrics.enrolments.labels(error.code).inc()
            raise
        self.metrics.enrolments.labels("enrolled").inc()
        return web.json_response(answer.plain(), status=201)

    async def open_link(self, request: web.Request) -> web.StreamResponse:
        """Serve a flat's WebSocket."""
        return await serve_link(request, self.link)

    # --- For the manager ----------------------------------------------------------------------------------------------

    async def live_state(self, _request: web.Request) -> web.Response:
        """Give the live state."""
        return web.json_response(self.state.now())

    async def live_events(self, request: web.Request) -> web.StreamResponse:
        """Stream what happens."""
        if self.live.full:
            raise ApiError(503, "too_many_readers", "too many pages watch already: close some and try again")
        return await self.live.serve(request)

    async def records(self, request: web.Request) -> web.Response:
        """List records, newest first."""
        limit = read_number(request, "limit", 50, 1, _MOST_RECORDS)
        before = read_number(request, "before", None, 0, 2**63 - 1)
        assert limit is not None
        async with self.engine.connect() as connection:
            found = await entry_store.newest(connection, limit, before, self.ledger.size)
        return web.json_response([record_event(entry, self.ledger.directory) for entry in found])

    async def record(self, request: web.Request) -> web.Response:
        """Give a sealed record."""
        entry = await self._entry(request)
        if entry.sealed is None:
            raise ApiError(410, "erased", f"index: the body of record {entry.index} was erased; its proof still holds")
        return web.Response(
            body=entry.sealed,
            headers={
                "Content-Type": MEDIA_TYPE,
                "Content-Disposition": f'attachment; filename="{entry.index}.etp"',
            },
        )

    async def proof(self, request: web.Request) -> web.Response:
        """Give the proof of a record, in the newest head over it that enough witnesses have signed, if there is one."""
        entry = await self._entry(request)
        proof = await asyncio.to_thread(self.ledger.proof, entry.index, self.cosigning.proof_note(entry.index))
        return web.Response(
            body=proof.encode(),
            headers={
                "Content-Type": TEXT,
                "Content-Disposition": f'attachment; filename="{entry.index}.tlog-proof"',
            },
        )

    async def list_members(self, _request: web.Request) -> web.Response:
        """List the flats that were ever enrolled."""
        return web.json_response(self.members.all())

    async def say(self, request: web.Request) -> web.Response:
        """Suspend, reinstate or revoke a flat."""
        told = request.match_info["action"]
        if told not in set(Action):
            known = ", ".join(Action)
            raise ApiError(
                404, "not_found", f"action: {told[:40]!r} is not offered; known are {known} and erase", "action"
            )
        action = Action(told)
        member = await self.members.say(request.match_info["flat"], action, await read_json_or(request, {}))
        return web.json_response(self.members.plain(member))

    async def go_on(self, request: web.Request) -> web.Response:
        """Let a held ledger go on by the manager's word."""
        match await read_json(request):
            case {"size": int(size), **rest} if rest.keys() <= {"despite"} and type(size) is int:
                despite = rest.get("despite", [])
            case _:
                raise ApiError(400, "bad_request", _GO_ON)
        if not isinstance(despite, list) or not all(isinstance(each, str) for each in despite):
            raise ApiError(400, "bad_request", _GO_ON)
        try:
            self.hold.go_on(size, despite)
        except HoldError as error:
            raise ApiError(409, error.code, str(error)) from error
        return web.json_response(self.state.log())

    async def erase(self, request: web.Request) -> web.Response:
        """Erase the bodies of a flat's records."""
        done = await self.erasure.erase(request.match_info["flat"], await read_json(request))
        return web.json_response(done.plain())

    async def pay(self, request: web.Request) -> web.Response:
        """Book what flats have paid, or were paid."""
        done = await self.payments.record(await read_json(request.clone(client_max_size=LARGEST_BOOKING)))
        return web.json_response(done.plain())

    async def conflict(self, request: web.Request) -> web.Response:
        """Give both records of a key that is in two hands: what anybody can check with `local-vpp etp equivocation`."""
        text = request.match_info["hash"]
        name = RecordHash(bytes.fromhex(text) if _HASH.fullmatch(text) else b"")
        found = next((each for each in self.ledger.conflicts if each.hash == name), None)
        member = None if found is None else self.ledger.directory.get(found.device)
        async with self.engine.connect() as connection:
            pair = await conflict_store.evidence(connection, name)
        if found is None or member is None or pair is None:
            raise ApiError(404, "not_found", f"hash: no record {text[:64]} contradicts a logged one", "hash")
        key_id = parse_envelope(pair[1]).statement.header.key_id
        key = member.line.key_with(key_id) or member.key
        logged, other = (base64.b64encode(envelope).decode() for envelope in pair)
        return web.json_response(
            conflict_plain(found, self.ledger)
            | {
                "device": found.device.hex(),
                "algorithm": int(key.algorithm),
                "public_key": base64.b64encode(key.data).decode(),
                "logged": logged,
                "other": other,
            }
        )

    async def _entry(self, request: web.Request) -> Entry:
        index = int(request.match_info["index"])
        entry = None
        if index < self.ledger.size:
            async with self.engine.connect() as connection:
                entry = await entry_store.one(connection, index)
        if entry is None:
            raise ApiError(
                404, "not_found", f"index: {index} is not in the log, which has {self.ledger.size} entries", "index"
            )
        if not _may_read(entry, request[READER]):
            raise ApiError(403, "forbidden", f"index: record {index} is not of flat {request[READER].flat}", "index")
        return entry

    async def slots(self, request: web.Request) -> web.Response:
        """List settled slots, newest first."""
        limit = read_number(request, "limit", 48, 1, _MOST_SLOTS)
        assert limit is not None
        async with self.engine.connect() as connection:
            found = await slot_store.newest(connection, limit)
        return web.json_response([slot_event(each, self.ledger.directory) for each in found])

    async def slot(self, request: web.Request) -> web.Response:
        """Give a settled slot with its transfers."""
        begin = int(request.match_info["slot"])
        async with self.engine.connect() as connection:
            settled = await slot_store.one(connection, begin) if begin < 2**63 else None
            moved = await slot_store.transfers_of(connection, begin) if settled else []
        if settled is None:
            raise ApiError(404, "not_found", f"slot: {begin} is not settled, or no slot begins then", "slot")
        directory = self.ledger.directory
        transfers = [transfer_plain(each, directory) for each in moved]
        return web.json_response(slot_event(settled, directory) | {"transfers": transfers})


_OF_ALL: Final = frozenset({Kind.BOOK, Kind.PROPOSAL, Kind.CLEARED, Kind.SETTLED})


def _may_read(entry: Entry, reader: Reader) -> bool:
    """Whether a record is for somebody: a resident has his flat's, and what names nobody of market and settlement."""
    if reader.is_manager or entry.kind in _OF_ALL or entry.device == reader.device:
        return True
    body = entry.opened()
    return body is not None and reader.device in {body.sender, body.receiver}


def routes(api: Api) -> Routes:
    """Return method, path, handler and for whom it is."""
    return [
        ("GET", "/healthz", api.health, Access.PUBLIC),
        ("GET", "/metrics", api.prometheus, Access.PUBLIC),
        ("GET", "/api/v1/openapi.json", api.describe, Access.PUBLIC),
        ("GET", "/api/v1/building", api.building, Access.PUBLIC),
        ("POST", "/api/v1/enrolments", api.enrol, Access.PUBLIC),
        ("GET", "/api/v1/link", api.open_link, Access.PUBLIC),
        ("GET", "/log/checkpoint", api.log.checkpoint, Access.PUBLIC),
        ("GET", "/log/policy", api.log.policy, Access.PUBLIC),
        ("GET", r"/log/cosignatures/{size:\d{1,18}}", api.log.cosignatures, Access.PUBLIC),
        ("GET", "/log/tile/{place:.+}", api.log.tile, Access.PUBLIC),
        ("GET", "/log/vault/{place:.+}", api.log.sealed, Access.PUBLIC),
        ("GET", "/api/v1/state", api.live_state, Access.MANAGER),
        ("GET", "/api/v1/live", api.live_events, Access.MANAGER),
        ("GET", "/api/v1/records", api.records, Access.MANAGER),
        ("GET", r"/api/v1/records/{index:\d{1,18}}", api.record, Access.RESIDENTS),
        ("GET", r"/api/v1/records/{index:\d{1,18}}/proof", api.proof, Access.RESIDENTS),
        ("POST", "/api/v1/log/go-on", api.go_on, Access.MANAGER),
        ("GET", "/api/v1/members", api.list_members, Access.MANAGER),
        ("POST", "/api/v1/members/{flat}/erase", api.erase, Access.MANAGER),
        ("POST", "/api/v1/members/{flat}/{action}", api.say, Access.MANAGER),
        ("POST", "/api/v1/payments", api.pay, Access.MANAGER),
        ("GET", "/api/v1/conflicts/{hash}", api.conflict, Access.MANAGER),
        *drill_routes(api.drills),
        *market_routes(api.market),
        *plan_routes(api.plan),
        *wallet_routes(api.wallets),
        ("GET", "/api/v1/slots", api.slots, Access.MANAGER),
        ("GET", r"/api/v1/slots/{slot:\d{1,18}}", api.slot, Access.MANAGER),
    ]
