"""Server-Sent Events: the same stream for everybody, made once.

A reader that is slow loses nothing but its connection: browsers come back by themselves and begin with the present.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
import json
from typing import Any, Final

from aiohttp import web

from .events import StateView

STATE_EVERY_S: Final = 1.0
SIGNATURES_S: Final = 0.5
"""A head is told again with the signatures that came in such a time: they come one by one, and all at once."""
_BEHIND: Final = 64
"""Events a reader may be behind."""
_MOST_READERS: Final = 64
"""A building has one manager and some screens."""


def encode_event(name: str, value: Mapping[str, Any] | list[Any]) -> bytes:
    """Write an event as it travels."""
    return f"event: {name}\ndata: {json.dumps(value, separators=(',', ':'), ensure_ascii=False)}\n\n".encode()


class LiveStream:
    """Hands events to all readers."""

    def __init__(self, state: StateView) -> None:
        self._state = state
        self._readers: set[asyncio.Queue[bytes | None]] = set()
        self._signed = asyncio.Event()

    def publish(self, name: str, value: Mapping[str, Any] | list[Any]) -> None:
        """Hand an event to all readers; one that is too far behind is let go."""
        if not self.watched:
            return
        data = encode_event(name, value)
        for reader in tuple(self._readers):
            if reader.full():
                self._readers.discard(reader)
                reader.get_nowait()
                reader.put_nowait(None)
            else:
                reader.put_nowait(data)

    async def run(self) -> None:
        """Publish the state each second until cancelled."""
        loop = asyncio.get_running_loop()
        due = loop.time()
        while True:
            if self.watched:
                self.publish("state", self._state.now())
            due = max(due + STATE_EVERY_S, loop.time())
            await asyncio.sleep(due - loop.time())

    def publish_head(self) -> None:
        """Hand the published head to all readers."""
        if self.watched and (head := self._state.head()) is not None:
            self.publish("head", head)

    def head_signed(self) -> None:
        """Tell of the head again, for a witness has signed it."""
        self._signed.set()

    async def run_heads(self, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        """Publish a head again that witnesses have signed, until cancelled."""
        while True:
            await self._signed.wait()
            await sleep(SIGNATURES_S)
            self._signed.clear()
            self.publish_head()

    def close(self) -> None:
        """Let all readers go."""
        for reader in tuple(self._readers):
            self._readers.discard(reader)
            if reader.full():
                reader.get_nowait()
            reader.put_nowait(None)

    @property
    def watched(self) -> bool:
        """Whether anybody reads."""
        return bool(self._readers)

    @property
    def full(self) -> bool:
        """Whether there is no room for another reader."""
        return len(self._readers) >= _MOST_READERS

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Stream to one reader until it leaves."""
        response = web.StreamResponse(
            headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        )
        await response.prepare(request)
        reader: asyncio.Queue[bytes | None] = asyncio.Queue(_BEHIND)
        self._readers.add(reader)
        try:
            await response.write(encode_event("state", self._state.now()))
            if (head := self._state.head()) is not None:
                await response.write(encode_event("head", head))
            while (data := await reader.get()) is not None:
                await response.write(data)
        except ConnectionError:
            pass  # The reader left.
        finally:
            self._readers.discard(reader)
        return response
