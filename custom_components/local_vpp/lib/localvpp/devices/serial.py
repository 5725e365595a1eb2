"""A unit on a serial line, where an answer does not say which question it belongs to.

A frame of Modbus RTU bears the unit's number and the function's, and nothing else that tells two questions apart. We
give up what is not answered earlier than the Modbus libraries do (``silence``), so an answer may come while the next
request waits for its own, and both of them would take the one for the other: energy out of the registers of power. So a
unit that owes an answer is asked nothing until that can come no more. The others on its line are asked meanwhile: what
comes from another unit than the one asked is dropped by the libraries.
"""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from math import inf
from typing import Final, override

from modbus_connection import ModbusProtocolError, ModbusUnit

LATE_S: Final = 3.0
"""So late an answer may come, counted from its request: as late as the link's own time-out
(``polling.REQUEST_TIMEOUT_S``), after which the libraries, too, send the next request."""


class Turns:
    """Whose turn it is on a line, and who owes an answer there."""

    def __init__(self) -> None:
        self._turn = asyncio.Lock()
        self._owed: dict[int, float] = {}

    def owed_s(self, number: int) -> float:
        """Return for how many seconds an answer of a unit may be one to an earlier request."""
        return max(0.0, self._owed.get(number, -inf) - asyncio.get_running_loop().time())

    async def take[T](self, number: int, request: Callable[[], Awaitable[T]]) -> T:
        """Ask a unit something when it is its turn and it owes no answer."""
        while True:
            await asyncio.sleep(self.owed_s(number))
            # A request that waited in the library, behind another unit's, was never sent: nothing is owed then.
            async with self._turn:
                if self.owed_s(number):
                    continue
                sent = asyncio.get_running_loop().time()
                try:
                    return await request()
                except asyncio.CancelledError, TimeoutError, ModbusProtocolError:
                    self._owed[number] = sent + LATE_S
                    raise


class SerialUnit(ModbusUnit):
    """A unit on a serial line.

    Args:
        unit: how it is asked.
        number: its number on the line.
        turns: those of its line.
    """

    def __init__(self, unit: ModbusUnit, number: int, turns: Turns) -> None:
        self._unit = unit
        self._number = number
        self._turns = turns

    @property
    def owes(self) -> bool:
        """Whether it is asked nothing yet, for its answer to an earlier request may still come."""
        return self._turns.owed_s(self._number) > 0

    async def _take[T](self, request: Callable[[], Awaitable[T]]) -> T:
        return await self._turns.take(self._number, request)

    @property
    @override
    def connected(self) -> bool:
        return self._unit.connected

    @override
    async def read_holding_registers(self, address: int, count: int) -> list[int]:
        return await self._take(partial(self._unit.read_holding_registers, address, count))

    @override
    async def read_input_registers(self, address: int, count: int) -> list[int]:
        return await self._take(partial(self._unit.read_input_registers, address, count))

    @override
    async def write_register(self, address: int, value: int) -> None:
        await self._take(partial(self._unit.write_register, address, value))

    @override
    async def write_registers(self, address: int, values: list[int]) -> None:
        await self._take(partial(self._unit.write_registers, address, values))

    @override
    async def read_coils(self, address: int, count: int) -> list[bool]:
        return await self._take(partial(self._unit.read_coils, address, count))

    @override
    async def read_discrete_inputs(self, address: int, count: int) -> list[bool]:
        return await self._take(partial(self._unit.read_discrete_inputs, address, count))

    @override
    async def write_coil(self, address: int, value: bool) -> None:
        await self._take(partial(self._unit.write_coil, address, value))

    @override
    async def write_coils(self, address: int, values: list[bool]) -> None:
        await self._take(partial(self._unit.write_coils, address, values))

    @override
    async def read_exception_status(self) -> int:
        return await self._take(self._unit.read_exception_status)

    @override
    async def report_server_id(self) -> bytes:
        return await self._take(self._unit.report_server_id)

    @override
    async def mask_write_register(self, address: int, and_mask: int, or_mask: int) -> None:
        await self._take(partial(self._unit.mask_write_register, address, and_mask, or_mask))

    @override
    async def read_write_registers(
        self, read_address: int, read_count: int, write_address: int, write_values: list[int]
    ) -> list[int]:
        return await self._take(
            partial(self._unit.read_write_registers, read_address, read_count, write_address, write_values)
        )

    @override
    async def read_fifo_queue(self, address: int) -> list[int]:
        return await self._take(partial(self._unit.read_fifo_queue, address))

    @override
    async def read_device_identification(self) -> dict[int, bytes]:
        return await self._take(self._unit.read_device_identification)

    @override
    async def read_file_record(self, file: int, record: int, length: int) -> list[int]:
        return await self._take(partial(self._unit.read_file_record, file, record, length))

    @override
    async def write_file_record(self, file: int, record: int, values: list[int]) -> None:
        await self._take(partial(self._unit.write_file_record, file, record, values))

    @override
    async def diagnostics(self, sub_function: int, data: int = 0) -> int:
        return await self._take(partial(self._unit.diagnostics, sub_function, data))

    @override
    async def get_comm_event_counter(self) -> tuple[bool, int]:
        return await self._take(self._unit.get_comm_event_counter)

    @override
    async def get_comm_event_log(self) -> bytes:
        return await self._take(self._unit.get_comm_event_log)

    @override
    def set_message_spacing(self, seconds: float) -> None:
        self._unit.set_message_spacing(seconds)

    @override
    def require_timeout(self, seconds: float | None) -> None:
        self._unit.require_timeout(seconds)

    @override
    def require_connect_delay(self, seconds: float | None) -> None:
        self._unit.require_connect_delay(seconds)

    @override
    def on_connection_lost(self, callback: Callable[[], None]) -> Callable[[], None]:
        return self._unit.on_connection_lost(callback)

    @override
    async def disconnect(self) -> None:
        await self._unit.disconnect()
