"""Serves a building to the page as docs/protocol.md has it, and can do what the coordinator never would: lie.

What an honest coordinator shows is tested with the real one, in test_page_of_coordinator.py.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
import json
from pathlib import Path
from typing import Final

from aiohttp import web

from .building import Building, Plain

STATIC: Final = Path(__file__).parents[2] / "coordinator" / "web" / "static"
_POLICY: Final = "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"


_OF_A_WALLET = (
    "slots",
    "import_wh",
    "export_wh",
    "bought_wh",
    "sold_wh",
    "shared_in_wh",
    "shared_out_wh",
    "paid",
    "earned",
    "saved",
    "grid_money",
    "undelivered",
    "generated_wh",
    "generated_slots",
    "consumed_wh",
    "consumed_slots",
)


class Server:
    """A server that can be stopped, silenced and made to lie."""

    def __init__(self, building: Building) -> None:
        self.building = building
        self.public = True
        """Whether whoever asks is taken for the manager."""
        self.readable = True
        """Whether events are as the protocol says."""
        self._streams: set[asyncio.Queue[tuple[str, Plain | list[Plain]]]] = set()
        self._port = 0
        self._runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}/"

    async def start(self) -> None:
        app = web.Application()
        app.on_response_prepare.append(_add_headers)
        app.router.add_get("/", self._page)
        app.router.add_get(r"/{name:[a-z.]+}", self._file)
        app.router.add_get("/api/v1/building", self._building)
        app.router.add_get("/api/v1/records", self._records)
        app.router.add_get(r"/api/v1/records/{index:\d+}", self._record)
        app.router.add_get(r"/api/v1/records/{index:\d+}/proof", self._proof)
        app.router.add_get("/api/v1/slots", self._slots)
        app.router.add_get("/api/v1/market/slots", self._market)
        app.router.add_get("/api/v1/reader", self._reader)
        app.router.add_get("/api/v1/flats/{flat}/wallet", self._wallet)
        app.router.add_get("/api/v1/live", self._live)
        app.router.add_get("/log/{path:.+}", self._log)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port)
        await site.start()
        self._port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        """Drop every connection and take no more."""
        runner, self._runner = self._runner, None
        if runner is not None:
            for stream in self._streams:
                stream.shutdown(immediate=True)
            await runner.cleanup()

    def tell(self, event: str, data: Plain | list[Plain]) -> None:
        """Send an event to every open page."""
        for stream in self._streams:
            stream.put_nowait((event, data))

    def tell_state(self) -> None:
        """Send the state of the building as it is now."""
        state = self.building.state()
        if not self.readable:
            state["flats"][0]["grid_w"] = "much"
        self.tell("state", state)

    def tell_records(self, *records: Plain) -> None:
        """Send records, and the head over them."""
        self.tell("records", list(records))
        self.tell("head", self.building.head())

    async def _page(self, _request: web.Request) -> web.StreamResponse:
        return web.FileResponse(STATIC / "index.html")

    async def _file(self, request: web.Request) -> web.StreamResponse:
        return web.FileResponse(STATIC / request.match_info["name"])

    async def _building(self, _request: web.Request) -> web.Response:
        return web.json_response(self.building.about())

    async def _records(self, request: web.Request) -> web.Response:
        self._admit()
        return web.json_response(self.building.records[: int(request.query["limit"])])

    async def _record(self, request: web.Request) -> web.Response:
        self._admit()
        sealed = self.building.sealed.get(int(request.match_info["index"]))
        if sealed is None:
            raise web.HTTPGone
        return web.Response(body=sealed, content_type="application/vnd.local-vpp.sealed-etp+cbor")

    async def _proof(self, request: web.Request) -> web.Response:
        self._admit()
        proof = self.building.proof(int(request.match_info["index"]))
        return web.Response(body=proof, content_type="text/plain", charset="utf-8")

    async def _slots(self, request: web.Request) -> web.Response:
        self._admit()
        return web.json_response(self.building.slots[: int(request.query["limit"])])

    async def _market(self, _request: web.Request) -> web.Response:
        """A building without a market."""
        self._admit()
        return web.json_response([])

    async def _reader(self, _request: web.Request) -> web.Response:
        self._admit()
        return web.json_response({"role": "manager", "flat": None})

    async def _wallet(self, request: web.Request) -> web.Response:
        self._admit()
        told = {"flat": request.match_info["flat"], "traded_bought_wh": None, "traded_sold_wh": None}
        return web.json_response(dict.fromkeys(_OF_A_WALLET, 0) | told)

    async def _live(self, request: web.Request) -> web.StreamResponse:
        self._admit()
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
        await response.prepare(request)
        queue: asyncio.Queue[tuple[str, Plain | list[Plain]]] = asyncio.Queue()
        self._streams.add(queue)
        queue.put_nowait(("state", self.building.state()))
        queue.put_nowait(("head", self.building.head()))
        try:
            while True:
                event, data = await queue.get()
                await response.write(f"event: {event}\ndata: {json.dumps(data)}\n\n".encode())
        except asyncio.QueueShutDown, ConnectionError:
            return response
        finally:
            self._streams.discard(queue)

    async def _log(self, request: web.Request) -> web.Response:
        path = request.match_info["path"]
        if path == "checkpoint":
            return web.Response(body=self.building.log.note, content_type="text/plain", charset="utf-8")
        if path == "policy" and self.building.policy is not None:
            return web.Response(body=self.building.policy, content_type="text/plain", charset="utf-8")
        if path.startswith("cosignatures/") and self.building.policy is not None:
            lines = self.building.cosigned.get(int(path.removeprefix("cosignatures/")), {})
            return web.Response(body=b"".join(lines.values()), content_type="text/plain", charset="utf-8")
        data = self.building.log.files.get(path)
        if data is None:
            raise web.HTTPNotFound
        return web.Response(body=data, content_type="application/octet-stream")

    def _admit(self) -> None:
        if not self.public:
            raise web.HTTPUnauthorized


async def _add_headers(_request: web.Request, response: web.StreamResponse) -> None:
    response.headers["Content-Security-Policy"] = _POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"


@asynccontextmanager
async def serving(building: Building) -> AsyncIterator[Server]:
    """Serve a building on a free port of loopback."""
    server = Server(building)
    await server.start()
    try:
        yield server
    finally:
        await server.stop()
