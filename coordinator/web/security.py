"""Who may read what: the manager's token, and the headers that keep a browser from being turned against him."""

import hmac
from typing import Final

from aiohttp import web

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


async def add_headers(_request: web.Request, response: web.StreamResponse) -> None:
    """Send the headers with everything, streams included: a signal handler of `on_response_prepare`."""
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)


class Gate:
    """Lets the manager in.

    `always_secure` is for a building whose pages are reached by https alone, be it that a proxy ends it: then a browser
    sends the cookie over nothing else.
    """

    def __init__(self, token: str, *, always_secure: bool) -> None:
        self._token = token.encode()
        self._always_secure = always_secure

    def knows(self, told: str | None) -> bool:
        """Whether this is the token, in a time that does not tell how much of it was right."""
        # Headers are bytes that need not be UTF-8; what was not arrives here as lone surrogates.
        return told is not None and hmac.compare_digest(told.encode(errors="surrogatepass"), self._token)

    def check(self, request: web.Request) -> None:
        """Raise ApiError unless the request carries the token."""
        scheme, _, bearer = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() == "bearer" and self.knows(bearer.strip()):
            return
        if self.knows(request.cookies.get(COOKIE)):
            return
        raise ApiError(
            401,
            "unauthorized",
            "this is for the building's manager: open /?token=… with the token that "
            "`local-vpp coordinator token FILE` prints, or send it as `Authorization: Bearer …`",
        )

    def guarded(self, handler: Handler) -> Handler:
        """Return a handler that only the manager reaches."""

        async def checked(request: web.Request) -> web.StreamResponse:
            self.check(request)
            response = await handler(request)
            if not response.prepared:
                response.headers.setdefault("Cache-Control", "no-store")
            return response

        return checked

    def remember(self, request: web.Request, response: web.StreamResponse) -> None:
        """Set the cookie."""
        response.set_cookie(
            COOKIE,
            self._token.decode(),
            max_age=_COOKIE_DAYS * 86400,
            httponly=True,
            samesite="Strict",
            secure=request.secure or self._always_secure,
            path="/",
        )
