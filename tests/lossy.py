"""A line that carries every question to a coordinator, and loses its answers: a real TCP proxy on loopback."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from urllib.parse import urlsplit


class Lossy:
    """What it loses; a test changes it as it likes."""

    def __init__(self, upstream: str) -> None:
        parts = urlsplit(upstream)
        assert parts.hostname is not None
        assert parts.port is not None
        self._upstream = (parts.hostname, parts.port)
        self._server: asyncio.Server | None = None
        self.loses: str | None = "/api/v1/enrolments"
        """Answers to requests for this path; no answer at all when it is None."""
        self.loses_when: Callable[[], bool] = lambda: False
        """Loses any answer while this is so."""
        self.lost = 0
        self.port = 0

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    async def open(self) -> None:
        """Listen, at the same port as before if there was one."""
        self._server = await asyncio.start_server(self._carry, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    def close(self) -> None:
        """Listen no longer."""
        if self._server is not None:
            self._server.close()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            upstream_reader, upstream = await asyncio.open_connection(*self._upstream)
        except OSError:
            writer.transport.abort()
            return
        loses = False

        async def questions() -> None:
            nonlocal loses
            while data := await reader.read(65_536):
                # Each request of a flat fits into one segment of loopback, and begins it.
                line = data.partition(b"\r\n")[0].decode(errors="replace")
                loses = loses or (self.loses is not None and self.loses in line)
                upstream.write(data)
                await upstream.drain()

        async def answers() -> None:
            while data := await upstream_reader.read(65_536):
                if loses or self.loses_when():
                    # The coordinator has done what it was asked to, and the connection breaks.
                    self.lost += 1
                    writer.transport.abort()
                    return
                writer.write(data)
                await writer.drain()

        ways = [asyncio.create_task(questions()), asyncio.create_task(answers())]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
            for end in (writer, upstream):
                end.close()


@asynccontextmanager
async def lossy(upstream: str) -> AsyncIterator[Lossy]:
    """Carry to a coordinator's address until the block ends."""
    line = Lossy(upstream)
    await line.open()
    try:
        yield line
    finally:
        line.close()
