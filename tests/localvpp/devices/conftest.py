"""Devices as register images, and a clock that moves when a test says so."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
import struct
from typing import cast

from modbus_connection.mock import MockModbusUnit
from pymodbus.server import ModbusTcpServer
from pymodbus.simulator import DataType, SimData, SimDevice
import pytest

SDM120_IMAGE: dict[int, float] = {
    0x0000: 201.5,
    0x0006: 4.25,
    0x000C: -812.5,
    0x0046: 60.02,
    0x0048: 1234.567,
    0x004A: 89.7,
}


def f32(value: float) -> list[int]:
    """A float as two registers, high word first."""
    return list(struct.unpack(">HH", struct.pack(">f", value)))


class Clock:
    """A monotonic clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sdm120(mock_modbus_unit: MockModbusUnit) -> MockModbusUnit:
    """An Eastron SDM120 at work, exporting."""
    for address, value in SDM120_IMAGE.items():
        mock_modbus_unit.input[address] = f32(value)
    mock_modbus_unit.holding[0xFC00] = [0x00B7, 0x1B65]
    return mock_modbus_unit


class Server(ModbusTcpServer):
    """A server whose port the system chooses."""

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(cast("asyncio.Server", self.transport).sockets[0].getsockname()[1])

    async def stop(self) -> None:
        """Close the port and every connection."""
        await self.shutdown()  # type: ignore[no-untyped-call]  # pymodbus leaves it untyped


@pytest.fixture
async def serve(socket_enabled: None) -> AsyncIterator[Callable[..., Awaitable[int]]]:
    """Start Modbus TCP servers of pymodbus; gives their ports."""
    servers: list[Server] = []

    async def start(
        *,
        unit: int = 1,
        holding: dict[int, list[int]] | None = None,
        inputs: dict[int, list[int]] | None = None,
        bits: list[bool] | None = None,
    ) -> int:
        def registers(image: dict[int, list[int]] | None) -> list[SimData]:
            image = image or {0xFFFF: [0]}
            return [
                SimData(address, values=values, datatype=DataType.UINT16) for address, values in sorted(image.items())
            ]

        contacts = [SimData(0, values=bits or [False] * 16, datatype=DataType.BITS)]
        device = SimDevice(unit, (contacts, contacts, registers(holding), registers(inputs)))
        server = Server(device, address=("127.0.0.1", 0), ignore_missing_devices=True)
        assert await server.listen()
        servers.append(server)
        return server.port

    yield start
    for server in servers:
        await server.stop()
