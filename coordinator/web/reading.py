"""Reading a request: its body, and the numbers of its query."""

from collections.abc import Callable
import json
from typing import Any

from aiohttp import web

from .errors import ApiError
from .security import Access

type Routes = list[tuple[str, str, Callable[[web.Request], Any], Access]]
"""Method, path, handler and for whom it is."""


async def read_json(request: web.Request) -> object:
    """Read a request's body: in UTF-8, as RFC 8259 has it, whatever its header says."""
    try:
        value: object = json.loads(await request.read())
    except (ValueError, RecursionError) as error:
        raise ApiError(400, "bad_json", f"the body is not JSON in UTF-8: {error}") from error
    return value


async def read_json_or(request: web.Request, default: object) -> object:
    """Read a request's body, which may be left out."""
    return await read_json(request) if await request.read() else default


def read_number[Default: (int, None)](
    request: web.Request, name: str, default: Default, low: int, high: int
) -> int | Default:
    """Read a number of the query."""
    told = request.query.get(name)
    if told is None:
        return default
    if not (told.isascii() and told.isdecimal() and low <= int(told[:20]) <= high):
        raise ApiError(
            400, "bad_query", f"{name}: {told[:40]!r} is not a whole number from {low} to {high}: write one", name
        )
    return int(told)
