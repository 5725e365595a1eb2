"""A gateway whose connections can go half-open, as after a router that forgot them: whatever is sent there is lost."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field


@dataclass
class HalfOpen:
    """Where to ask, and its connections."""

    port: int = 0
    open: int = 0
    """How many connections were made."""
    _live: set[asyncio.Task[None]] = field(default_factory=set)

    def lose(self) -> None:
        """Read nothing any more from the connections that there are, and end none; a new one is another thing."""
        for carrying in self._live:
            carrying.cancel()
        self._live.clear()

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Pass on what comes until the connection ends or is lost."""
        carrying = asyncio.create_task(_pass_on(reader, writer))
        self._live.add(carrying)
        await asyncio.wait({carrying})
        self._live.discard(carrying)


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while data := await reader.read(4096):
            writer.write(data)


@asynccontextmanager
async def half_open(host: str, port: int) -> AsyncIterator[HalfOpen]:
    """Carry requests to a gateway, by one connection there for each here."""
    gateway, ends = HalfOpen(), list[asyncio.StreamWriter]()

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        gateway.open += 1
        there, out = await asyncio.open_connection(host, port)
        ends.extend((writer, out))
        await asyncio.gather(gateway.carry(reader, out), gateway.carry(there, writer))

    async with await asyncio.start_server(accept, "127.0.0.1", 0) as server:
        gateway.port = int(server.sockets[0].getsockname()[1])
        try:
            yield gateway
        finally:
            gateway.lose()
            for end in ends:
                end.close()
