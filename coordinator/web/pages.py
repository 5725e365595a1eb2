"""The building's pages: static files made from frontend/, served as they are."""

from pathlib import Path
from typing import Final

from aiohttp import web

from .security import Gate

STATIC: Final = Path(__file__).parent / "static"
_INDEX: Final = "index.html"


class Pages:
    """Serves the pages; a token in the address becomes a cookie and leaves the address."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate

    async def index(self, request: web.Request) -> web.StreamResponse:
        """Give the first page."""
        if "token" in request.query:
            return self._enter(request)
        path = STATIC / _INDEX
        if not path.is_file():
            raise web.HTTPNotFound
        return web.FileResponse(path, headers={"Cache-Control": "no-cache"})

    def _enter(self, request: web.Request) -> web.StreamResponse:
        response = web.Response(status=303, headers={"Location": "./", "Cache-Control": "no-store"})
        token = request.query["token"]
        if self._gate.reader(token) is not None:
            self._gate.remember(request, response, token)
        return response

    async def file(self, request: web.Request) -> web.StreamResponse:
        """Give a file of the pages; only plain names are routed here."""
        path = STATIC / request.match_info["name"]
        if not path.is_file():
            raise web.HTTPNotFound
        return web.FileResponse(path, headers={"Cache-Control": "no-cache"})
