"""The REST interface of drills: plan, start, stop, the roll-call, and the reports."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
import re
from typing import Final

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncEngine

from localvpp.blackout.building_document import BuildingDocument, decode_building, encode_building
from localvpp.blackout.document import decode
from localvpp.blackout.pdf import Language, PdfError, building_pdf, pdf
from localvpp.blackout.reading import DocumentError
from localvpp.etp import RecordHash

from ..drills.requests import read_plan, read_who
from ..drills.service import Drills
from ..drills.view import Plain, drill_plain, flat_plain
from ..store import drills as store
from ..store.drills import DrillFlat, StoredDrill
from .errors import ApiError
from .reading import Routes, read_json, read_json_or, read_number
from .security import Access

_MOST: Final = 100
_NAME: Final = re.compile("[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class DrillApi:
    """The handlers."""

    drills: Drills
    engine: AsyncEngine
    printing: asyncio.Lock = field(default_factory=asyncio.Lock)
    """One PDF is made at a time: it takes a second or more of the processor from all else that goes on here."""

    async def list(self, request: web.Request) -> web.Response:
        """List drills, newest first."""
        limit = read_number(request, "limit", 20, 1, _MOST)
        async with self.engine.connect() as connection:
            found = await store.newest(connection, limit)
        return web.json_response([self._plain(drill, {}) for drill in found])

    async def plan(self, request: web.Request) -> web.Response:
        """Plan a drill; nothing is announced yet."""
        drill = await self.drills.plan(read_plan(await read_json(request)))
        return web.json_response(self._newest(drill) | {"order": list(self.drills.order(drill))}, status=201)

    async def one(self, request: web.Request) -> web.Response:
        """Give a drill with its flats."""
        drill, flats = await self._found(request)
        return web.json_response(self._plain(drill, flats))

    async def start(self, request: web.Request) -> web.Response:
        """Announce the planned drill, and hold it."""
        return web.json_response(self._newest(await self.drills.start(_name(request))))

    async def stop(self, request: web.Request) -> web.Response:
        """End the drill, and have whoever is out return."""
        return web.json_response(self._newest(await self.drills.stop(_name(request))))

    async def tick_off(self, request: web.Request) -> web.Response:
        """Take down that somebody has seen or heard a flat's residents."""
        who = read_who(await read_json_or(request, {}))
        flat = await self.drills.tick_off(_name(request), request.match_info["flat"], who)
        drill = self.drills.drill
        return web.json_response(flat_plain(flat, None if drill is None else drill.announced_ms))

    async def report(self, request: web.Request) -> web.Response:
        """Give the one report of the building's drill."""
        drill, document = await self._drawn_up(request)
        headers = {"Content-Type": "application/json"} | _as_file(f"{_file(drill)}.json")
        return web.Response(body=encode_building(document), headers=headers)

    async def sheet(self, request: web.Request) -> web.Response:
        """Give the report as PDF."""
        language = _language(request)
        drill, document = await self._drawn_up(request)
        record = None if drill.record is None else RecordHash(drill.record)
        return await self._printed(lambda: building_pdf(document, language, record=record), _file(drill), language)

    async def _printed(self, make: Callable[[], bytes], name: str, language: Language) -> web.Response:
        """Give a PDF, made beside the event loop: a font is read for it, which takes a second or two."""
        async with self.printing:
            try:
                data = await asyncio.to_thread(make)
            except PdfError as error:
                raise ApiError(503, "no_pdf", f"the report cannot be written as PDF here: {error}") from error
        return web.Response(body=data, headers={"Content-Type": "application/pdf"} | _as_file(f"{name}-{language}.pdf"))

    async def _drawn_up(self, request: web.Request) -> tuple[StoredDrill, BuildingDocument]:
        drill, flats = await self._found(request)
        if drill.announced_ms is None:
            raise ApiError(404, "not_begun", "drill: this drill was not held yet: there is nothing to report", "drill")
        if drill.ended_ms is None:
            raise ApiError(409, "not_over", "drill: it goes on: its report is drawn up when it is over", "drill")
        if drill.document is not None:
            return drill, decode_building(drill.document)
        return drill, self.drills.filing.report(drill, list(flats.values()))

    async def document(self, request: web.Request) -> web.Response:
        """Give the report of one flat's drill, as the flat has made it."""
        name, data = await self._of_flat(request)
        return web.Response(body=data, headers={"Content-Type": "application/json"} | _as_file(f"{name}.json"))

    async def flats_sheet(self, request: web.Request) -> web.Response:
        """Give the report of one flat's drill as PDF."""
        language = _language(request)
        name, data = await self._of_flat(request)
        try:
            document = decode(data)
        except DocumentError as error:
            raise ApiError(409, "unreadable", f"flat: what it has told is no report: {error}", "flat") from error
        return await self._printed(lambda: pdf(document, language), name, language)

    async def _of_flat(self, request: web.Request) -> tuple[str, bytes]:
        """Return a name for the file of a flat's report, and its bytes."""
        drill, flats = await self._found(request)
        flat = flats.get(request.match_info["flat"])
        if flat is None or flat.document is None:
            raise ApiError(404, "not_found", "flat: this flat has told no report of this drill", "flat")
        return f"{_file(drill)}-{flat.flat}", flat.document

    async def _found(self, request: web.Request) -> tuple[StoredDrill, dict[str, DrillFlat]]:
        name = _name(request)
        if self.drills.drill is not None and self.drills.drill.drill == name:
            return self.drills.drill, self.drills.flats
        async with self.engine.connect() as connection:
            drill = await store.one(connection, name)
            flats = await store.flats_of(connection, name)
        if drill is None:
            raise ApiError(404, "not_found", f"drill: there is no drill {name.hex()}", "drill")
        return drill, {flat.flat: flat for flat in flats}

    def _newest(self, drill: StoredDrill) -> Plain:
        return self._plain(drill, self.drills.flats)

    def _plain(self, drill: StoredDrill, flats: dict[str, DrillFlat]) -> Plain:
        goes_on = self.drills.drill is not None and self.drills.drill.drill == drill.drill
        return drill_plain(drill, flats, self.drills.state if goes_on else None)


def _name(request: web.Request) -> bytes:
    told = request.match_info["drill"]
    if not _NAME.fullmatch(told):
        raise ApiError(404, "not_found", f"drill: {told[:40]!r} is no name of a drill: it has 32 hex digits", "drill")
    return bytes.fromhex(told)


def _language(request: web.Request) -> Language:
    told = request.query.get("language", Language.JAPANESE)
    if told not in set(Language):
        raise ApiError(400, "bad_query", f"language: {told[:40]!r}: write one of {', '.join(Language)}", "language")
    return Language(told)


def _file(drill: StoredDrill) -> str:
    return f"drill-{drill.drill.hex()[:8]}"


def _as_file(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"'}


def drill_routes(api: DrillApi) -> Routes:
    """Return the routes, all for the manager only."""
    drill = "/api/v1/drills/{drill}"
    return [
        ("GET", "/api/v1/drills", api.list, Access.MANAGER),
        ("POST", "/api/v1/drills", api.plan, Access.MANAGER),
        ("GET", drill, api.one, Access.MANAGER),
        ("POST", f"{drill}/start", api.start, Access.MANAGER),
        ("POST", f"{drill}/stop", api.stop, Access.MANAGER),
        ("GET", f"{drill}/report", api.report, Access.MANAGER),
        ("GET", f"{drill}/report.pdf", api.sheet, Access.MANAGER),
        ("POST", f"{drill}/flats/{{flat}}/acknowledge", api.tick_off, Access.MANAGER),
        ("GET", f"{drill}/flats/{{flat}}/report", api.document, Access.MANAGER),
        ("GET", f"{drill}/flats/{{flat}}/report.pdf", api.flats_sheet, Access.MANAGER),
    ]
