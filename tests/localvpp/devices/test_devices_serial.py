"""Late answers on a serial line, whose frames do not say which question they answer: a real port, real seconds."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
import os
import tty

from modbus_connection import (
    ModbusSerialParams,
    ModbusTimeoutError,
    ModbusUnit,
    pymodbus,
    tmodbus,
)
from pymodbus.framer import FramerRTU
import pytest

from localvpp.devices import DeviceSilentError, Line, Lines
from localvpp.devices.asking import ask
from localvpp.devices.errors import LineHeldError
from localvpp.devices.serial import LATE_S, SerialUnit

GIVEN_UP_S = 0.8
"""As a meter's request is (``silence.METER``)."""
BAUDRATE = 19200


@dataclass
class Bus:
    """Devices on a serial line. Each register holds its own address plus a thousand for each unit; coils hold none."""

    port: str
    late_s: list[float] = field(default_factory=list)
    """How late unit 1 answers its next requests; at once when there is none left."""
    asked: list[bytes] = field(default_factory=list)


@asynccontextmanager
async def bus() -> AsyncIterator[Bus]:
    """Devices at one end of a pseudo-terminal; the other end is the port."""
    ours, theirs = os.openpty()
    tty.setraw(ours)
    tty.setraw(theirs)
    os.set_blocking(ours, False)
    line, heard, answers = Bus(os.ttyname(theirs)), bytearray(), set[asyncio.Task[None]]()
    loop = asyncio.get_running_loop()

    async def answer(request: bytes) -> None:
        unit, function, address = request[0], request[1], int.from_bytes(request[2:4])
        if unit == 1 and line.late_s:
            await asyncio.sleep(line.late_s.pop(0))
        frame = request[:6] if function == 5 else bytes([unit, function, 2]) + (1000 * unit + address).to_bytes(2)
        os.write(ours, frame + FramerRTU.compute_CRC(frame).to_bytes(2))

    def hear() -> None:
        heard.extend(os.read(ours, 1024))
        while len(heard) >= 8:
            line.asked.append(bytes(heard[:8]))
            answers.add(asyncio.create_task(answer(line.asked[-1])))
            del heard[:8]

    loop.add_reader(ours, hear)
    try:
        yield line
        await asyncio.gather(*answers)
    finally:
        loop.remove_reader(ours)
        os.close(ours)
        os.close(theirs)


Backend = type[pymodbus] | type[tmodbus]
both_backends = pytest.mark.parametrize("backend", [pymodbus, tmodbus], ids=["ours", "home_assistant_s"])


@asynccontextmanager
async def units(line: Bus, backend: Backend) -> AsyncIterator[Callable[[int], ModbusUnit]]:
    """The units on the line, asked as the drivers ask them."""
    params = ModbusSerialParams(device=line.port, baudrate=BAUDRATE)
    link, known = backend.ModbusConnection(params, timeout=3), Lines().at(params.endpoint)
    yield lambda number: known.unit(link.for_unit(number), number)
    await link.close()


@both_backends
async def test_a_late_answer_is_never_the_next_question_s(backend: Backend) -> None:
    wrong, right, held = [], 0, 0
    async with bus() as line, units(line, backend) as unit_of:
        known, loop = Line(), asyncio.get_running_loop()
        unit = unit_of(1)
        assert await unit.read_holding_registers(7, 1) == [1007]
        line.late_s = [GIVEN_UP_S + 0.05]
        address, began = 0, loop.time()
        # One address is never asked for twice: each answer tells which question it belongs to.
        while not (held and right) and loop.time() - began < 10:
            address += 1
            try:
                (value,) = await ask(
                    "device", "the device", unit, known,
                    partial(unit.read_holding_registers, address, 1), GIVEN_UP_S, loop.time,
                )  # fmt: skip
            except LineHeldError:
                held += 1
                await asyncio.sleep(0.02)
            except DeviceSilentError:
                pass
            else:
                right += 1
                if value != 1000 + address:
                    wrong.append((address, value))
        took = loop.time() - began
        assert (await unit.read_holding_registers(500, 1)) == [1500]
    assert wrong == []
    assert held, "it was not asked while its answer might come"
    assert right, "it was asked again"
    assert took < LATE_S + 1


@both_backends
async def test_nobody_else_waits_for_a_late_answer(backend: Backend) -> None:
    async with bus() as line, units(line, backend) as unit_of:
        late, other, loop = unit_of(1), unit_of(2), asyncio.get_running_loop()
        assert await late.read_holding_registers(7, 1) == [1007]
        line.late_s = [0.3]
        with suppress(TimeoutError, ModbusTimeoutError):
            async with asyncio.timeout(0.1):
                await late.read_holding_registers(7, 1)
        given_up, address = loop.time(), 0
        while loop.time() - given_up < 0.4:
            address += 1
            try:
                async with asyncio.timeout(0.2):
                    assert await other.read_holding_registers(address, 1) == [2000 + address]
            except TimeoutError, ModbusTimeoutError:
                break  # Both answered at the same time, which makes one frame of two: lost, but not mistaken.
        assert address > 5


@both_backends
async def test_a_command_waits_until_no_late_answer_can_be_taken_for_its_own(backend: Backend) -> None:
    async with bus() as line, units(line, backend) as unit_of:
        unit, loop = unit_of(1), asyncio.get_running_loop()
        assert await unit.read_holding_registers(7, 1) == [1007]
        line.late_s = [0.3]
        sent = loop.time()
        with suppress(TimeoutError, ModbusTimeoutError):
            async with asyncio.timeout(0.1):
                await unit.read_holding_registers(7, 1)
        await unit.write_coil(3, True)
        assert loop.time() - sent >= LATE_S
        assert line.asked[-1][:6] == bytes.fromhex("01 05 00 03 ff 00")
        assert await unit.read_holding_registers(8, 1) == [1008]


async def test_who_waits_for_another_unit_s_answer_owes_none() -> None:
    async with bus() as line, units(line, pymodbus) as unit_of:
        first, second = unit_of(1), unit_of(2)
        assert await first.read_holding_registers(7, 1) == [1007]
        line.late_s = [0.3]
        waiting = asyncio.create_task(first.read_holding_registers(9, 1))
        await asyncio.sleep(0)
        with suppress(TimeoutError, ModbusTimeoutError):
            async with asyncio.timeout(0.1):
                await second.read_holding_registers(7, 1)
        assert isinstance(second, SerialUnit)
        assert not second.owes, "its request was never sent"
        assert await waiting == [1009]
        assert await second.read_holding_registers(8, 1) == [2008]
