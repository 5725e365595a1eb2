"""Errors of the REST interface: one shape everywhere. A program acts on the code, a person reads the message."""

import base64
from collections.abc import Awaitable, Callable
import logging

from aiohttp import web
from sqlalchemy.exc import SQLAlchemyError

from localvpp.tlog import TlogError

from ..drills.requests import DrillRefusedError
from ..enrolment import EnrolmentRefusedError
from ..ledger import LedgerUnavailableError, RefusedError
from ..members import MemberRefusedError
from ..store import StoreError

_log = logging.getLogger(__name__)

type Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class ApiError(Exception):
    """A request is refused."""

    def __init__(self, status: int, code: str, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.field = field


def error_response(
    status: int, code: str, message: str, field: str | None = None, statement: bytes | None = None
) -> web.Response:
    """Return an error in its one shape; the building's statement goes with what somebody will act on for good."""
    told = {"code": code, "message": message, "field": field}
    if statement is not None:
        told["statement"] = base64.b64encode(statement).decode()
    return web.json_response({"error": told}, status=status)


@web.middleware
async def errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Give every failure of a handler that shape."""
    try:
        return await handler(request)
    except ApiError as error:
        return error_response(error.status, error.code, str(error), error.field)
    except EnrolmentRefusedError as error:
        return error_response(error.status, error.code, str(error), error.field, error.statement)
    except (MemberRefusedError, DrillRefusedError) as error:
        return error_response(error.status, error.code, str(error), error.field)
    except (LedgerUnavailableError, StoreError) as error:
        return error_response(503, "unavailable", str(error))
    except web.HTTPException as error:
        if error.status < 400:
            raise
        return _of_aiohttp(request, error)
    except ConnectionError:
        raise  # Whoever asked has left: nobody hears an answer.
    except (SQLAlchemyError, TlogError, OSError, RefusedError) as error:
        _log.error("%s %s failed: %s: %s", request.method, request.path, type(error).__name__, error)
        return error_response(
            503, "unavailable", f"the coordinator cannot do this now ({type(error).__name__}): see /healthz, try later"
        )


def _of_aiohttp(request: web.Request, error: web.HTTPException) -> web.Response:
    match error:
        case web.HTTPNotFound():
            return error_response(
                404, "not_found", f"there is no {request.path[:200]!r} here: see /api/v1/openapi.json"
            )
        case web.HTTPMethodNotAllowed():
            allowed = ", ".join(sorted(error.allowed_methods))
            response = error_response(405, "method_not_allowed", f"{request.method} is not offered here: use {allowed}")
            response.headers["Allow"] = error.headers["Allow"]
            return response
        case web.HTTPRequestEntityTooLarge():
            return error_response(413, "too_large", "the body is larger than any request here: send less")
        case _:
            return error_response(error.status, "refused", error.reason)
