"""A network module of GoodWe's, as it speaks on UDP."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
import struct
from typing import cast

from localvpp.devices.scan import Question

from .listening import ILLEGAL_ADDRESS, READS, Answer, crc


class GoodWe(asyncio.DatagramProtocol):
    """A module at its port for UDP: each answer is a frame of a serial line behind the bytes AA 55."""

    def __init__(self, answer: Callable[[int, Question], Answer]) -> None:
        self._answer = answer
        self.silent = 0
        """So many questions are not answered."""
        self.asked: list[bytes] = []

    @property
    def port(self) -> int:
        """Where it listens."""
        port: int = self._transport.get_extra_info("sockname")[1]
        return port

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        assert crc(data[:-2]) == data[-2:]
        self.asked.append(data)
        if self.silent:
            self.silent -= 1
            return
        unit, function, address, count = struct.unpack(">BBHH", data[:6])
        space = READS.get(function)
        said = ILLEGAL_ADDRESS if space is None else self._answer(unit, Question(space, address, count))
        if said is None:
            return
        if isinstance(said, int):
            frame = bytes([unit, function | 0x80, said])
        else:
            frame = bytes([unit, function, 2 * count]) + b"".join(value.to_bytes(2) for value in said)
        self._transport.sendto(b"\xaa\x55" + frame + crc(frame), addr)


@asynccontextmanager
async def goodwe(answer: Callable[[int, Question], Answer]) -> AsyncIterator[GoodWe]:
    """Answer at a port that the system chooses."""
    loop = asyncio.get_running_loop()
    transport, module = await loop.create_datagram_endpoint(lambda: GoodWe(answer), local_addr=("127.0.0.1", 0))
    try:
        yield module
    finally:
        transport.close()
