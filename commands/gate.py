"""The gate before a flat's witness and mirror: how many may come in, how long each may take, how often each may ask.

Whoever asks a witness or a mirror need not say who he is. So one who keeps connections open, sends a byte now and then,
never reads his answer or asks without an end must cost the flat nothing that it needs:

- so many connections, and so many from one address; more are told 503, and when to come again;
- a request's head is there in time, or the connection ends with 408; the body's time is the handlers' business
  (`localvpp.request_body`), for what a body has brought may be worth keeping; an answer is read in time;
- so many writing requests from one address, more are told 429, and when to come again. Reading is not counted: whoever
  rebuilds a building asks for ten thousands of files.

Timers are the event loop's, which are monotonic; rates are counted by the clock that is passed in.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from http import HTTPStatus
from ipaddress import IPv6Address, ip_address
import math
from typing import Final, override

from aiohttp import web

from localvpp.clock import Clock
from localvpp.request_body import BODY_S, LATER_S, text_answer

_SITE: Final = 64
"""Bits of an IPv6 address that name a household's network; the others are its own to choose."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What strangers may take. A building's coordinator needs one connection and a few requests a second."""

    connections: int = 64
    connections_of_one: int = 16
    turned_away: int = 16
    """Connections that are told that it is full, at a time; more are cut without a word."""
    head_s: float = 10.0
    body_s: float = BODY_S
    answer_s: float = 30.0
    """For an answer to be read: some megabytes at most."""
    linger_s: float = 1.0
    """For whoever is refused to stop sending and read why, before the connection is cut."""
    posts_at_once: int = 100
    posts_per_s: float = 20.0
    peers: int = 1024
    """Addresses whose rates are remembered; the one that was silent for longest is forgotten first."""


class Rates:
    """How many requests each peer has left: they fill up as time passes."""

    def __init__(self, limits: Limits, clock: Clock) -> None:
        self._limits = limits
        self._clock = clock
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, peer: str) -> int:
        """Count a request; return after how many seconds it may be asked again, 0 when it may be now."""
        limits, now = self._limits, self._clock.monotonic()
        left, since = self._left.pop(peer, (float(limits.posts_at_once), now))
        left = min(left + (now - since) * limits.posts_per_s, float(limits.posts_at_once))
        self._left[peer] = (max(left - 1, 0) if left >= 1 else left, now)
        while len(self._left) > limits.peers:
            self._left.popitem(last=False)
        return 0 if left >= 1 else max(math.ceil((1 - left) / limits.posts_per_s), 1)


class Gate:
    """Lets connections in to one server."""

    def __init__(self, limits: Limits, clock: Clock) -> None:
        self.limits = limits
        self._rates = Rates(limits, clock)
        self._inside: dict[web.RequestHandler, _Passage] = {}
        self._turned_away: set[_Passage] = set()

    async def listen(self, server: web.Server, host: str, port: int) -> asyncio.Server:
        """Listen for a server. Raises OSError."""
        return await asyncio.get_running_loop().create_server(lambda: _Passage(self, server), host, port)

    def close(self) -> None:
        """Cut off whoever was turned away and has not gone."""
        for passage in tuple(self._turned_away):
            passage.cut()

    def enter(self, handler: web.RequestHandler, passage: _Passage) -> bool:
        """Let a connection in, unless there are too many, in all or of its peer."""
        of_one = sum(other.peer == passage.peer for other in self._inside.values())
        if len(self._inside) >= self.limits.connections or of_one >= self.limits.connections_of_one:
            return False
        self._inside[handler] = passage
        return True

    def turn_away(self, passage: _Passage) -> bool:
        """Whether a connection that was not let in is told why."""
        if len(self._turned_away) >= self.limits.turned_away:
            return False
        self._turned_away.add(passage)
        return True

    def leave(self, handler: web.RequestHandler, passage: _Passage) -> None:
        """Forget a connection that has ended."""
        self._inside.pop(handler, None)
        self._turned_away.discard(passage)

    def watch(self) -> Callable[..., Awaitable[web.StreamResponse]]:
        """Return the middleware that counts requests, and sees each answer off."""

        @web.middleware
        async def watched(
            request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
        ) -> web.StreamResponse:
            passage = self._inside.get(request.protocol)
            if passage is None:
                raise ConnectionResetError("the connection is gone")
            passage.begin()
            try:
                response = self._slowed(request, passage) or await handler(request)
                await self._see_off(request, response, passage)
            finally:
                passage.end()
            return response

        return watched

    def _slowed(self, request: web.Request, passage: _Passage) -> web.Response | None:
        wait_s = self._rates.take(passage.peer) if request.method == "POST" else 0
        if not wait_s:
            return None
        response = text_answer(HTTPStatus.TOO_MANY_REQUESTS, f"ask less often: again after {wait_s} s\n")
        response.headers["Retry-After"] = f"{wait_s}"
        response.force_close()  # What comes behind the head is not read.
        return response

    async def _see_off(self, request: web.Request, response: web.StreamResponse, passage: _Passage) -> None:
        """Send an answer, unless it is not read in time."""
        try:
            async with asyncio.timeout(self.limits.answer_s):
                await response.prepare(request)
                await response.write_eof()
        except TimeoutError:
            passage.cut()


class _Passage(asyncio.Protocol):
    """One connection: hands everything on to the server's own protocol, and ends it when its time is up."""

    def __init__(self, gate: Gate, server: web.Server) -> None:
        self._gate = gate
        self._handler = server()
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._is_inside = False
        self._was_asked = False
        self.peer = ""

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport), "a TCP connection"
        self._transport = transport
        self.peer = _peer(transport)
        self._is_inside = self._gate.enter(self._handler, self)
        if self._is_inside:
            self._handler.connection_made(transport)
            self._within(self._gate.limits.head_s)
        elif self._gate.turn_away(self):
            self._tell(HTTPStatus.SERVICE_UNAVAILABLE, f"Retry-After: {LATER_S}\r\n")
        else:
            transport.abort()

    @override
    def data_received(self, data: bytes) -> None:
        if self._is_inside:
            self._handler.data_received(data)

    @override
    def eof_received(self) -> None:
        if self._is_inside:
            self._handler.eof_received()

    @override
    def pause_writing(self) -> None:
        if self._is_inside:
            self._handler.pause_writing()

    @override
    def resume_writing(self) -> None:
        if self._is_inside:
            self._handler.resume_writing()

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        self._stop()
        self._gate.leave(self._handler, self)
        if self._is_inside:
            self._handler.connection_lost(exc)

    def begin(self) -> None:
        """A request's head is there: its body and its answer have times of their own."""
        self._was_asked = True
        self._stop()

    def end(self) -> None:
        """An answer was given: now for the next head, or the end."""
        self._within(self._gate.limits.head_s)

    def cut(self) -> None:
        """End the connection without a word."""
        if self._transport is not None:
            self._transport.abort()

    def _within(self, seconds: float) -> None:
        self._stop()
        if self._transport is not None and not self._transport.is_closing():
            self._timer = self._loop.call_later(seconds, self._is_late)

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _is_late(self) -> None:
        if self._was_asked or not self._is_inside:
            self.cut()  # Whoever was answered before is not told: it could be taken for the next answer.
            return
        self._is_inside = False
        self._tell(HTTPStatus.REQUEST_TIMEOUT)
        self._handler.connection_lost(None)  # It closes the transport, which first sends what was written.

    def _tell(self, status: HTTPStatus, headers: str = "") -> None:
        """Say why the connection ends, and end it; what comes meanwhile is not looked at."""
        assert self._transport is not None, "connected"
        head = f"HTTP/1.1 {status.value} {status.phrase}\r\n{headers}Connection: close\r\nContent-Length: 0\r\n\r\n"
        self._transport.write(head.encode("ascii"))
        self._transport.write_eof()
        self._timer = self._loop.call_later(self._gate.limits.linger_s, self.cut)


def _peer(transport: asyncio.Transport) -> str:
    """Return whom a connection is from, as far as one can tell: an IPv4 address, or a network of IPv6."""
    host, *_ = transport.get_extra_info("peername")
    address = ip_address(host.partition("%")[0])
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is None:
            return f"{IPv6Address(int(address) >> _SITE << _SITE)}/{_SITE}"
        address = address.ipv4_mapped
    return str(address)
