"""A flat's witness over HTTP, for whoever else asks it: C2SP tlog-witness v1.0.0.

    POST <prefix>/add-checkpoint                     the witness's signature, or why not
    GET  <prefix>/<SHA-256 of the origin>/checkpoint the newest head that it has signed

It needs no authentication: only a head that the building's log has signed is answered with more than a refusal, and
costs more than checking one signature. Who serves these handlers gives them their prefix.
"""

from http import HTTPStatus
import logging
from typing import Final

from aiohttp import web

from . import tlog
from .guard import Guard
from .request_body import BODY_S, BodyError, put_off, read_whole, refused, text_answer
from .store import StoreError

_LOGGER = logging.getLogger(__name__)

_BRIEFLY: Final = "public, max-age=2"


async def answer_add_checkpoint(request: web.Request, witness: Guard, within_s: float = BODY_S) -> web.Response:
    """Answer `add-checkpoint`, of which the body may take so long to come."""
    try:
        body = await read_whole(request, tlog.MAX_REQUEST_BYTES, within_s)
    except BodyError as error:
        return refused(error)
    try:
        answer = await witness.answer(body, stranger=True)
    except (StoreError, tlog.FormatError) as error:
        # Nothing was signed: the state could not be kept, or this clock was never set.
        _LOGGER.warning("A checkpoint could not be witnessed: %s", error)
        return text_answer(HTTPStatus.SERVICE_UNAVAILABLE, "the witness cannot sign now; try later\n")
    return web_answer(answer)


async def answer_checkpoint(origin_hash: str, witness: Guard) -> web.Response:
    """Answer the request for the newest head of the log whose origin has this hash."""
    if origin_hash != tlog.origin_hash(witness.origin):
        return text_answer(HTTPStatus.NOT_FOUND, "this witness does not watch that log\n")
    try:
        note = await witness.checkpoint()
    except StoreError as error:
        _LOGGER.warning("The newest head could not be read: %s", error)
        return text_answer(HTTPStatus.SERVICE_UNAVAILABLE, "the witness cannot read what it has signed; try later\n")
    if note is None:
        return text_answer(HTTPStatus.NOT_FOUND, "this witness has not signed a head of that log yet\n")
    return web.Response(body=note, headers={"Content-Type": tlog.PLAIN_TEXT, "Cache-Control": _BRIEFLY})


def web_answer[State](answer: tlog.Answer[State]) -> web.Response:
    """Carry an answer of the log's mathematics."""
    headers = {"Content-Type": answer.content_type, **put_off(answer.status)}
    return web.Response(body=answer.body, status=answer.status, headers=headers)
