"""Who may read what, by the token he has, and the headers that keep a browser from being turned against him.

The manager has one token. A resident's follows from it and from his flat's device: nothing of it is kept, it ends with
the device, and whoever lives in the flat next has another device, and so another token.
"""

from dataclasses import dataclass
from enum import Enum
import hashlib
import hmac
import re
from typing import Final

from aiohttp import web

from localvpp.etp import DeviceId

from ..ledger import Ledger
from ..store import Role
from .errors import ApiError, Handler

COOKIE: Final = "local_vpp_token"
_COOKIE_DAYS: Final = 30

_HEADERS: Final = {
    "Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}

_RESIDENT: Final = b"local-vpp resident\0"
_RESIDENTS_TOKEN: Final = re.compile("([0-9a-f]{32})-([0-9a-f]{64})")


class Access(Enum):
    """For whom something is."""

    PUBLIC = "public"
    RESIDENTS = "residents"
    """Residents, each with what is his, and the manager."""
    MANAGER = "manager"


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads: a resident of a flat, or the manager, who has none."""

    flat: str | None = None
    device: DeviceId | None = None

    @property
    def is_manager(self) -> bool:
        """Whether he sees whose everything is."""
        return self.device is None


READER: Final = web.RequestKey("reader", Reader)
"""Who asks, once his token was found right."""


def resident_token(managers: str, device: DeviceId) -> str:
    """Return the token of a flat's residents."""
    told = hmac.new(managers.encode(), _RESIDENT + device, hashlib.sha256).hexdigest()
    return f"{device.hex()}-{told}"


async def add_headers(_request: web.Request, response: web.StreamResponse) -> None:
    """Send the headers with everything, streams included: a signal handler of `on_response_prepare`."""
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)


class Gate:
    """Lets the manager in, and residents to what is for them.

    `always_secure` is for a building whose pages are reached by https alone, be it that a proxy ends it: then a browser
    sends the cookie over nothing else.
    """

    def __init__(self, token: str, ledger: Ledger, *, always_secure: bool) -> None:
        self._token = token
        self._ledger = ledger
        self._always_secure = always_secure

    def reader(self, told: str | None) -> Reader | None:
        """Return whose token this is, in a time that does not tell how much of it was right; None when nobody's."""
        if told is None:
            return None
        if _same(told, self._token):
            return Reader()
        found = _RESIDENTS_TOKEN.fullmatch(told)
        if found is None:
            return None
        device = DeviceId(bytes.fromhex(found[1]))
        member = self._ledger.directory.get(device)
        if not _same(told, resident_token(self._token, device)) or member is None:
            return None
        return Reader(member.name, device) if member.is_current and member.role is Role.FLAT else None

    def check(self, request: web.Request, access: Access) -> Reader:
        """Return who reads. Raises ApiError unless the request carries a token that is enough."""
        scheme, _, bearer = request.headers.get("Authorization", "").partition(" ")
        reader = self.reader(bearer.strip()) if scheme.lower() == "bearer" else None
        reader = reader or self.reader(request.cookies.get(COOKIE))
        if reader is not None and (reader.is_manager or access is Access.RESIDENTS):
            return reader
        if reader is not None:
            raise ApiError(
                403,
                "forbidden",
                f"this is for the building's manager, and you read as flat {reader.flat}: ask him for it",
            )
        raise ApiError(
            401,
            "unauthorized",
            "this is for the building's manager: open /?token=… with the token that "
            "`local-vpp coordinator token FILE` prints, or send it as `Authorization: Bearer …`"
            if access is Access.MANAGER
            else "this is for the building's residents: open /?token=… with your flat's token, which the manager "
            "prints with `local-vpp coordinator token FILE --flat FLAT`, or send it as `Authorization: Bearer …`",
        )

    def guarded(self, handler: Handler, access: Access) -> Handler:
        """Return a handler that only those reach for whom it is."""

        async def checked(request: web.Request) -> web.StreamResponse:
            request[READER] = self.check(request, access)
            response = await handler(request)
            if not response.prepared:
                response.headers.setdefault("Cache-Control", "no-store")
            return response

        return checked

    def remember(self, request: web.Request, response: web.StreamResponse, token: str) -> None:
        """Set the cookie."""
        response.set_cookie(
            COOKIE,
            token,
            max_age=_COOKIE_DAYS * 86400,
            httponly=True,
            samesite="Strict",
            secure=request.secure or self._always_secure,
            path="/",
        )


def _same(told: str, token: str) -> bool:
    # Headers are bytes that need not be UTF-8; what was not arrives here as lone surrogates.
    return hmac.compare_digest(told.encode(errors="surrogatepass"), token.encode())
