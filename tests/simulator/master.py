"""What a Modbus master asks of the simulated building, and how a test calls its control API."""

from collections.abc import Awaitable, Callable
import struct
from typing import Any

from pymodbus.client import AsyncModbusTcpClient

type Api = Callable[..., Awaitable[Any]]
type Connect = Callable[..., Awaitable[AsyncModbusTcpClient]]

METER, INVERTER, RELAY = 1, 2, 3
FORMING = 2
"""Of the lowest two bits of 701.DERMode: grid forming, and not grid following."""
ILLEGAL_FUNCTION, ILLEGAL_ADDRESS, ILLEGAL_VALUE, DEVICE_FAILURE, DEVICE_BUSY, NO_RESPONSE = 1, 2, 3, 4, 6, 11


async def read(client: AsyncModbusTcpClient, address: int, count: int, unit: int = INVERTER) -> list[int]:
    answer = await client.read_holding_registers(address, count=count, device_id=unit)
    assert not answer.isError(), answer
    return list(answer.registers)


async def read_f32(client: AsyncModbusTcpClient, address: int, unit: int = METER) -> float:
    answer = await client.read_input_registers(address, count=2, device_id=unit)
    assert not answer.isError(), answer
    return float(struct.unpack(">f", struct.pack(">HH", *answer.registers))[0])


async def refusal(request: Awaitable[Any]) -> int:
    """The exception code that a request is answered with."""
    answer = await request
    assert answer.isError(), answer
    return int(answer.exception_code)


async def walk(client: AsyncModbusTcpClient) -> dict[int, int]:
    """The SunSpec chain: address of each model's ID register, by model number."""
    assert await read(client, 40000, 2) == [0x5375, 0x6E53]
    address = 40002
    found: dict[int, int] = {}
    while True:
        number, length = await read(client, address, 2)
        if number == 0xFFFF:
            assert length == 0
            return found
        found[number] = address
        address += length + 2


def signed(word: int) -> int:
    return word - 0x10000 if word >= 0x8000 else word
