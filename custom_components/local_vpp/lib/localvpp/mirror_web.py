"""A flat's mirror over HTTP, for whoever brings it the log or wants it from there: C2SP tlog-mirror and tlog-tiles.

    POST <prefix>/add-checkpoint                        the pending checkpoint
    POST <prefix>/add-entries                           entries under it; the mirror's signature when all are there
    GET  <prefix>/<SHA-256 of the origin>/checkpoint    the mirrored checkpoint
    GET  <prefix>/<SHA-256 of the origin>/tile/…        its tiles and entry bundles

It needs no authentication, as a witness needs none: nothing is kept but what stands in a tree that the building's log
has signed, and nothing is served but what every neighbour may have. What is sealed for the building's recovery is not.
"""

import asyncio
from http import HTTPStatus
import logging
from typing import Final

from aiohttp import web

from . import tlog
from .logfolder import CHECKPOINT
from .mirror_door import LARGEST_UPLOAD, MirrorDoor
from .request_body import BODY_S, BodyError, read_chunks, read_whole, refused, text_answer
from .store import StoreError
from .witness_web import web_answer

_LOGGER = logging.getLogger(__name__)

_BRIEFLY: Final = "public, max-age=2"
_IMMUTABLE: Final = "public, max-age=31536000, immutable"
_LATER: Final = "the mirror cannot keep anything now; try later\n"


async def answer_pending(request: web.Request, door: MirrorDoor, within_s: float = BODY_S) -> web.Response:
    """Answer the mirror's `add-checkpoint`, of which the body may take so long to come."""
    try:
        return web_answer(await door.add_checkpoint(await read_whole(request, tlog.MAX_REQUEST_BYTES, within_s)))
    except BodyError as error:
        return refused(error)
    except StoreError as error:
        _LOGGER.warning("A checkpoint could not be kept as pending: %s", error)
        return text_answer(HTTPStatus.SERVICE_UNAVAILABLE, _LATER)


async def answer_add_entries(request: web.Request, door: MirrorDoor, within_s: float = BODY_S) -> web.Response:
    """Answer `add-entries`, of which the body may take so long to come; it may be compressed.

    What was proven of a body that breaks off, or takes too long, is kept: its client asks where to go on.
    """
    try:
        return web_answer(await door.add_entries(read_chunks(request, LARGEST_UPLOAD, within_s)))
    except BodyError as error:
        return refused(error)
    except (OSError, tlog.MissingError) as error:
        _LOGGER.warning("Entries could not be kept: %s", error)
        return text_answer(HTTPStatus.SERVICE_UNAVAILABLE, _LATER)


async def answer_file(origin_hash: str, path: str, door: MirrorDoor) -> web.Response:
    """Answer the request for a file of the mirrored log."""
    if origin_hash != tlog.origin_hash(door.origin):
        return text_answer(HTTPStatus.NOT_FOUND, "this mirror does not keep that log\n")
    folder = door.folder
    try:
        if path == CHECKPOINT:
            data = await asyncio.to_thread(folder.read, CHECKPOINT)
            return web.Response(body=data, headers={"Content-Type": tlog.PLAIN_TEXT, "Cache-Control": _BRIEFLY})
        # Parsed and written anew, a path names nothing else.
        data = await asyncio.to_thread(folder.read, tlog.parse_path(path).path)
    except tlog.FormatError, tlog.MissingError:
        return text_answer(HTTPStatus.NOT_FOUND, "this mirror has no such file\n")
    response = web.Response(body=data, headers={"Content-Type": tlog.ENTRIES_TYPE, "Cache-Control": _IMMUTABLE})
    response.enable_compression()
    return response
