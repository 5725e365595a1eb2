"""A gateway that answers late, with a wrong number, from another unit, with an exception or nothing, or hangs up."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from enum import Enum
import struct

from conftest import SDM120_IMAGE, f32
from modbus_connection import ModbusTcpParams, pymodbus, tmodbus
import pytest

from localvpp.devices import DeviceError, Identity, MapMeter, load_map

pytestmark = pytest.mark.usefixtures("socket_enabled")

METER = load_map("eastron_sdm120")
WHO = Identity(manufacturer="Eastron", model="SDM120-Modbus")
TRUTH = {address + place: word for address, value in SDM120_IMAGE.items() for place, word in enumerate(f32(value))}
OF_ANOTHER = TRUTH | dict(zip((0x0048, 0x0049), f32(1234.6), strict=True))
"""What a neighbour's meter would show: it could have been counted meanwhile, so nothing but its sender tells."""
LATE_S = 1.0
"""Longer than a meter is waited for."""


class Does(Enum):
    """What is wrong with the gateway."""

    NOTHING = "nothing"
    LATE = "answers late"
    WRONG_ID = "answers to another request"
    WRONG_UNIT = "lets another unit answer"
    CLOSES = "hangs up"
    SILENT = "says nothing"
    REFUSES = "says that the device is silent"


class Gateway:
    """Answers as it is told to; port 0 until it is open."""

    def __init__(self) -> None:
        self.does = Does.NOTHING
        self.port = 0
        self._late = set[asyncio.Task[None]]()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                number, _, _, unit, function, address, count = struct.unpack(">HHHBBHH", await reader.readexactly(12))
                does = self.does
                known = TRUTH if does in {Does.NOTHING, Does.REFUSES} else OF_ANOTHER
                said = struct.pack(
                    f">BB{count}H", function, 2 * count, *(known.get(address + at, 0) for at in range(count))
                )
                if does is Does.REFUSES:
                    said = bytes([function | 0x80, 0x0B])
                number += does is Does.WRONG_ID
                unit += does is Does.WRONG_UNIT
                frame = struct.pack(">HHHB", number & 0xFFFF, 0, len(said) + 1, unit) + said
                match does:
                    case Does.CLOSES:
                        return
                    case Does.SILENT:
                        pass
                    case Does.LATE:
                        self._late.add(asyncio.create_task(self._later(writer, frame)))
                    case _:
                        writer.write(frame)
        except asyncio.IncompleteReadError, ConnectionError:
            pass
        finally:
            writer.close()

    async def _later(self, writer: asyncio.StreamWriter, frame: bytes) -> None:
        await asyncio.sleep(LATE_S)
        writer.write(frame)

    async def settled(self) -> None:
        """Wait for what is still to be said."""
        if self._late:
            await asyncio.wait(self._late)


@asynccontextmanager
async def gateway() -> AsyncIterator[Gateway]:
    made = Gateway()
    async with await asyncio.start_server(made.serve, "127.0.0.1", 0) as server:
        made.port = server.sockets[0].getsockname()[1]
        yield made
        await made.settled()


async def read(meter: MapMeter) -> int | None:
    """Read as a flat does: who is silent is knocked at."""
    if meter.door.due:
        await meter.door.knock()
    try:
        return (await meter.read()).import_wh
    except DeviceError:
        return None


@pytest.mark.parametrize("backend", [pymodbus, tmodbus], ids=["ours", "home_assistant_s"])
@pytest.mark.parametrize("does", [each for each in Does if each is not Does.NOTHING], ids=lambda does: does.value)
async def test_no_answer_of_a_hostile_gateway_is_taken_for_the_meter_s(
    does: Does, backend: type[pymodbus] | type[tmodbus]
) -> None:
    async with gateway() as behind:
        link = backend.ModbusConnection(ModbusTcpParams(host="127.0.0.1", port=behind.port), timeout=3)
        meter = MapMeter(link.for_unit(1), METER, WHO)
        assert await read(meter) == 1_234_567
        behind.does = does
        assert [await read(meter) for _ in range(2)] == [None, None]
        behind.does = Does.NOTHING
        loop = asyncio.get_running_loop()
        healed_at = loop.time()
        while (told := await read(meter)) is None:
            assert loop.time() - healed_at < 10, "it is read again soon"
            await asyncio.sleep(0.1)
        assert told == 1_234_567
        await link.close()
