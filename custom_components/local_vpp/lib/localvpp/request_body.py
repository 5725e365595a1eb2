"""The body of a request that anybody may send: how long it may be, and how long it may take to come.

What is announced as too long is refused before any of it is read. What is compressed, or has no announced length, is
counted as it comes. The time is that of the whole body: whoever sends a byte now and then does not keep a place.
"""

import asyncio
from collections.abc import AsyncIterator
from http import HTTPStatus
from typing import Final

from aiohttp import web

BODY_S: Final = 60.0
"""For a body to come: two megabytes, as an upload of 32 packages has them, over a line of 300 kbit/s."""
LATER_S: Final = 5
"""After so long whoever was put off may ask again."""


class BodyError(Exception):
    """A body that is not taken, with the status that says why."""

    def __init__(self, status: HTTPStatus, message: str) -> None:
        super().__init__(message)
        self.status = status


async def read_chunks(request: web.Request, most: int, within_s: float) -> AsyncIterator[bytes]:
    """Give a body as it comes, decompressed.

    Raises BodyError when it has more bytes than `most`, is not there in time, or breaks off.
    """
    if (request.content_length or 0) > most:
        raise _too_large(most)
    deadline = asyncio.get_running_loop().time() + within_s
    count = 0
    while True:
        try:
            async with asyncio.timeout_at(deadline):
                chunk = await request.content.readany()
        except TimeoutError:
            raise BodyError(
                HTTPStatus.REQUEST_TIMEOUT, f"the body was not there within {within_s:g} s: send less at a time"
            ) from None
        except (ConnectionError, web.RequestPayloadError) as error:
            raise BodyError(HTTPStatus.BAD_REQUEST, f"the body cannot be read: {error}") from error
        if not chunk:
            return
        count += len(chunk)
        if count > most:
            raise _too_large(most)
        yield chunk


async def read_whole(request: web.Request, most: int, within_s: float) -> bytes:
    """Return a body. Raises BodyError as `read_chunks` does."""
    return b"".join([chunk async for chunk in read_chunks(request, most, within_s)])


def _too_large(most: int) -> BodyError:
    return BodyError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"a request has at most {most} bytes here")


def refused(error: BodyError) -> web.Response:
    """Refuse a body: what is left of it is not read."""
    response = text_answer(error.status, f"{error}\n")
    response.force_close()
    return response


def text_answer(status: HTTPStatus, text: str) -> web.Response:
    """Say something to whoever reads answers with his own eyes."""
    return web.Response(text=text, status=status, headers=put_off(status))


def put_off(status: int) -> dict[str, str]:
    """Return the headers that a status asks for: whoever is put off is told until when."""
    return {"Retry-After": str(LATER_S)} if status == HTTPStatus.SERVICE_UNAVAILABLE else {}
