"""A gateway that answers each request 200 ms late: does the meter still give every second?"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
import time

from modbus_connection import ModbusTcpParams

from localvpp.devices import DeviceAddress
from localvpp.devices.backend import ModbusLinks

from ..figures import Figure, quantile
from .place import FlatReader, Place, building, each_second

_FLATS = 4
"""The first of so many has a hybrid with a battery."""


@asynccontextmanager
async def delayed(place: Place, latency_s: float) -> AsyncIterator[int]:
    """Stand before a gateway, and hold each of its answers back; give the port."""
    open_writers: set[asyncio.StreamWriter] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        inner_reader, inner_writer = await asyncio.open_connection(place.host, place.port)
        open_writers.update((writer, inner_writer))

        async def ask() -> None:
            while data := await reader.read(4096):
                inner_writer.write(data)
            inner_writer.close()

        async def answer() -> None:
            while data := await inner_reader.read(4096):
                await asyncio.sleep(latency_s)
                writer.write(data)
            writer.close()

        await asyncio.gather(ask(), answer())

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for writer in open_writers:
            writer.close()
        await server.wait_closed()


async def run(folder: Path, *, seconds: int = 60, latency_s: float = 0.2) -> list[Figure]:
    """Measure a flat's seconds behind a slow gateway, whose every request waits for the one before it."""
    async with (
        building(folder, _FLATS) as places,
        delayed(places[0], latency_s) as port,
        ModbusLinks() as links,
    ):
        reader = await FlatReader.open(links, places[0], port)
        await each_second(seconds, reader.cycle)
        await reader.close()
        unit = links.unit(DeviceAddress(ModbusTcpParams(host=places[0].host, port=port), places[0].meter))
        alone = []
        for _ in range(5):
            began = time.perf_counter()
            await unit.read_input_registers(0, 2)
            alone.append(time.perf_counter() - began)
    cycles = reader.cycles
    return [
        Figure(
            name=f"{latency_s * 1000:g} ms late: seconds whose meter was read",
            value=sum(cycles.metered) / len(cycles.metered),
            unit="of 1",
            at_least=1.0,
            beside={
                "whose inverter was": cycles.answered["inverter"] / seconds,
                "ms for a cycle, 99 %": quantile(cycles.took_s, 0.99) * 1000,
                "ms for one request": quantile(alone, 0.5) * 1000,
            },
        )
    ]
