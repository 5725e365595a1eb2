"""What the manager asks of the running coordinator from the command line: over its own REST interface, with his token.

The data folder is the running process's alone, so the command line does not touch the log: it asks, as the page does.
Whoever may read the token's file may ask.
"""

from datetime import UTC, date, datetime, time, tzinfo
from typing import Any
from urllib.parse import quote

import aiohttp

from .config import BuildingConfig

_TIMEOUT = aiohttp.ClientTimeout(total=600)
"""Erasing writes the database anew: minutes for years of records."""


class ManagerError(Exception):
    """The coordinator was not reached, or refuses; the sentence says what to do."""


def address(config: BuildingConfig, given: str | None) -> str:
    """Return where the running coordinator answers from this machine.

    Raises ManagerError when the building's file does not tell.
    """
    listen = config.listen
    if given is not None:
        return given.rstrip("/")
    if listen.tls is not None and listen.public_url is not None:
        return listen.public_url  # Its certificate is for that name.
    if listen.port == 0:
        raise ManagerError("listen.port is 0, so the coordinator's address is not known: give it with --url")
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(listen.host, listen.host)
    return f"{listen.scheme}://{f'[{host}]' if ':' in host else host}:{listen.port}"


def begin_of(day: date, zone: tzinfo | None = None) -> int:
    """Return the begin of a day in milliseconds of Unix time, by this machine's time zone if none is given."""
    begin = datetime.combine(day, time(), zone)
    return int(begin.astimezone(UTC).timestamp()) * 1000


async def ask(url: str, token: str, path: str, request: dict[str, Any] | None = None) -> Any:
    """Return the JSON answer to a GET, or to a POST of a request.

    Raises ManagerError.
    """
    headers = {"Authorization": f"Bearer {token}"}
    try:
        async with (
            aiohttp.ClientSession(headers=headers, timeout=_TIMEOUT) as session,
            session.request("GET" if request is None else "POST", url + path, json=request) as response,
        ):
            answer = await response.json()
    except (aiohttp.ClientError, ValueError, TimeoutError) as error:
        raise ManagerError(
            f"the coordinator does not answer at {url} ({str(error) or type(error).__name__}): start it, or give its "
            "address with --url"
        ) from error
    match answer:
        case {"error": {"message": str(message)}}:
            raise ManagerError(message)
        case _:
            return answer


def member_path(flat: str, action: str) -> str:
    """Return the path of what is done with a flat."""
    return f"/api/v1/members/{quote(flat, safe='')}/{action}"
