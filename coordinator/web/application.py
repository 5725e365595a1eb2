"""The aiohttp application: routes, their guards, errors and headers."""

from functools import cache
from pathlib import Path
from typing import Any, Final

from aiohttp import web
import yaml

from .api import Api, routes
from .errors import errors
from .pages import Pages
from .security import Access, Gate, add_headers

OPENAPI: Final = Path(__file__).parent / "openapi.yaml"
_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml's, where PyYAML was built with it: a tenth of the time, which is seconds of a small computer's start."""
LARGEST_BODY: Final = 64 * 1024
"""Whoever asks: an enrolment has less than one kilobyte. What may be longer reads more by itself (`Api.pay`)."""


@cache
def load_openapi() -> dict[str, Any]:
    """Return the description of the REST interface. Blocking."""
    description: dict[str, Any] = yaml.load(OPENAPI.read_text(encoding="utf-8"), _LOADER)  # noqa: S506
    return description


def make_application(api: Api, gate: Gate) -> web.Application:
    """Return the application."""
    application = web.Application(middlewares=[errors], client_max_size=LARGEST_BODY)
    application.on_response_prepare.append(add_headers)
    for method, path, handler, access in routes(api):
        served = handler if access is Access.PUBLIC else gate.guarded(handler, access)
        if method == "GET" and path not in {"/api/v1/link", "/api/v1/live"}:
            application.router.add_get(path, served)
        elif method == "GET":
            application.router.add_get(path, served, allow_head=False)
        else:
            application.router.add_route(method, path, served)
    pages = Pages(gate)
    application.router.add_get("/", pages.index)
    application.router.add_get(r"/{name:[A-Za-z0-9][A-Za-z0-9._-]*}", pages.file)
    application.router.add_get(r"/{name:assets/[A-Za-z0-9][A-Za-z0-9._-]*}", pages.file)
    return application
