"""A Modbus TCP server on loopback that keeps what it was asked, and answers as a test says, or not at all."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
import struct

from pymodbus.framer import FramerRTU

from localvpp.devices.mapping import Image, Space
from localvpp.devices.scan import Question

READS = {1: Space.COIL, 2: Space.DISCRETE, 3: Space.HOLDING, 4: Space.INPUT}

ILLEGAL_ADDRESS = 2
NOBODY_THERE = 0x0B
"""What a gateway says when the device behind it does not answer."""

type Answer = Sequence[int] | int | None
"""Values, the code of an exception, or silence."""


@dataclass(frozen=True)
class Asked:
    """One request."""

    unit: int
    function: int
    question: Question | None
    """None of what does not read."""
    at: float


@dataclass
class Listener:
    """What the server was asked, and when it was connected to."""

    port: int = 0
    asked: list[Asked] = field(default_factory=list)
    connected_at: list[float] = field(default_factory=list)
    open: int = 0

    @property
    def units(self) -> list[int]:
        """The units that were asked, each once."""
        return list(dict.fromkeys(each.unit for each in self.asked))


@asynccontextmanager
async def listening(answer: Callable[[int, Question], Answer], *, rtu: bool = False) -> AsyncIterator[Listener]:
    """Answer at a port that the system chooses; as a gateway that passes a serial line's frames on, if `rtu`."""
    listener = Listener()
    loop = asyncio.get_running_loop()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        listener.connected_at.append(loop.time())
        listener.open += 1
        try:
            while True:
                transaction = 0
                if rtu:
                    frame = await reader.readexactly(8)
                    unit, function, body = frame[0], frame[1], frame[2:6]
                    assert frame[6:] == crc(frame[:6])
                else:
                    head = await reader.readexactly(8)
                    transaction, _, length, unit, function = struct.unpack(">HHHBB", head)
                    body = await reader.readexactly(length - 2)
                question = None
                if (space := READS.get(function)) is not None:
                    question = Question(space, *struct.unpack(">HH", body))
                listener.asked.append(Asked(unit, function, question, loop.time()))
                said = ILLEGAL_ADDRESS if question is None else answer(unit, question)
                match said:
                    case None:
                        continue
                    case int():
                        reply = bytes([function | 0x80, said])
                    case values:
                        reply = _values(function, values)
                if rtu:
                    framed = bytes([unit]) + reply
                    writer.write(framed + crc(framed))
                else:
                    writer.write(struct.pack(">HHHB", transaction, 0, len(reply) + 1, unit) + reply)
        except asyncio.IncompleteReadError, ConnectionError:
            pass
        finally:
            listener.open -= 1
            writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        listener.port = server.sockets[0].getsockname()[1]
        yield listener


def of_image(image: Image) -> Callable[[Question], Answer]:
    """Answer out of registers; what none of them is in is refused, and holes between them are zero."""

    def answer(question: Question) -> Answer:
        known = image.get(question.space, {})
        span = range(question.address, question.address + question.count)
        if not any(address in known for address in span):
            return ILLEGAL_ADDRESS
        return [known.get(address, 0) for address in span]

    return answer


def crc(frame: bytes) -> bytes:
    """Give the two bytes that end a frame of a serial line."""
    return FramerRTU.compute_CRC(frame).to_bytes(2)


def _values(function: int, values: Sequence[int]) -> bytes:
    if READS[function] in {Space.HOLDING, Space.INPUT}:
        data = b"".join(value.to_bytes(2) for value in values)
    else:
        packed = sum(bool(value) << place for place, value in enumerate(values))
        data = packed.to_bytes((len(values) + 7) // 8, "little")
    return bytes([function, len(data)]) + data
