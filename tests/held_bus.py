"""A gateway as most are: one bus behind it, and deaf to everybody while it waits for a device that does not answer."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

_HEADER = 6
_NO_ANSWER = 0x0B
"""Gateway target device failed to respond."""


@asynccontextmanager
async def held_bus(host: str, port: int, held_s: float) -> AsyncIterator[int]:
    """Carry requests to a gateway one by one, each until its answer or for `held_s`; give the port to ask at."""
    waiting: asyncio.Queue[tuple[bytes, asyncio.StreamWriter]] = asyncio.Queue()
    talks = set[asyncio.Task[None]]()

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                waiting.put_nowait((await _frame(reader), writer))

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talk = asyncio.create_task(listen(reader, writer))
        talks.add(talk)
        await asyncio.wait({talk})
        writer.close()

    async def carry() -> None:
        reader, bus = await asyncio.open_connection(host, port)
        try:
            while True:
                request, writer = await waiting.get()
                bus.write(request)
                try:
                    async with asyncio.timeout(held_s):
                        answer = await _frame(reader)
                except TimeoutError:
                    answer = request[:4] + b"\0\3" + bytes([request[6], request[7] | 0x80, _NO_ANSWER])
                writer.write(answer)
        finally:
            bus.close()

    async with await asyncio.start_server(accept, "127.0.0.1", 0) as server:
        carrying = asyncio.create_task(carry())
        try:
            yield int(server.sockets[0].getsockname()[1])
        finally:
            for task in (carrying, *talks):
                task.cancel()
            await asyncio.wait({carrying, *talks})


async def _frame(reader: asyncio.StreamReader) -> bytes:
    header = await reader.readexactly(_HEADER)
    return header + await reader.readexactly(int.from_bytes(header[4:]))
