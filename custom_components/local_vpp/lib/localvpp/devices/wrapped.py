"""A unit whose requests all go through one door, for whoever has to do something with each of them.

``modbus_connection.ModbusUnit`` (4.12) has a method for each function of Modbus. What takes turns, records or replays
does so for all of them alike, so the methods stand here once.
"""

from abc import abstractmethod
from collections.abc import Callable
from typing import Any, Protocol, override

from modbus_connection import ModbusUnit


class Wrapping(Protocol):
    """Puts something of its own around a unit: what keeps its answers, for one (``capture``)."""

    def unit(self, unit: ModbusUnit) -> ModbusUnit:
        """Give the unit that is to be asked instead."""


class OneDoorUnit(ModbusUnit):
    """Sends every request through ``_ask``."""

    @abstractmethod
    async def _ask(self, function: str, *arguments: Any) -> Any:
        """Answer a request: a method of ``ModbusUnit`` by its name, and what it was called with."""

    @override
    async def read_holding_registers(self, address: int, count: int) -> list[int]:
        answer: list[int] = await self._ask("read_holding_registers", address, count)
        return answer

    @override
    async def read_input_registers(self, address: int, count: int) -> list[int]:
        answer: list[int] = await self._ask("read_input_registers", address, count)
        return answer

    @override
    async def write_register(self, address: int, value: int) -> None:
        await self._ask("write_register", address, value)

    @override
    async def write_registers(self, address: int, values: list[int]) -> None:
        await self._ask("write_registers", address, values)

    @override
    async def read_coils(self, address: int, count: int) -> list[bool]:
        answer: list[bool] = await self._ask("read_coils", address, count)
        return answer

    @override
    async def read_discrete_inputs(self, address: int, count: int) -> list[bool]:
        answer: list[bool] = await self._ask("read_discrete_inputs", address, count)
        return answer

    @override
    async def write_coil(self, address: int, value: bool) -> None:
        await self._ask("write_coil", address, value)

    @override
    async def write_coils(self, address: int, values: list[bool]) -> None:
        await self._ask("write_coils", address, values)

    @override
    async def read_exception_status(self) -> int:
        return int(await self._ask("read_exception_status"))

    @override
    async def report_server_id(self) -> bytes:
        return bytes(await self._ask("report_server_id"))

    @override
    async def mask_write_register(self, address: int, and_mask: int, or_mask: int) -> None:
        await self._ask("mask_write_register", address, and_mask, or_mask)

    @override
    async def read_write_registers(
        self, read_address: int, read_count: int, write_address: int, write_values: list[int]
    ) -> list[int]:
        answer: list[int] = await self._ask(
            "read_write_registers", read_address, read_count, write_address, write_values
        )
        return answer

    @override
    async def read_fifo_queue(self, address: int) -> list[int]:
        answer: list[int] = await self._ask("read_fifo_queue", address)
        return answer

    @override
    async def read_device_identification(self) -> dict[int, bytes]:
        answer: dict[int, bytes] = await self._ask("read_device_identification")
        return answer

    @override
    async def read_file_record(self, file: int, record: int, length: int) -> list[int]:
        answer: list[int] = await self._ask("read_file_record", file, record, length)
        return answer

    @override
    async def write_file_record(self, file: int, record: int, values: list[int]) -> None:
        await self._ask("write_file_record", file, record, values)

    @override
    async def diagnostics(self, sub_function: int, data: int = 0) -> int:
        return int(await self._ask("diagnostics", sub_function, data))

    @override
    async def get_comm_event_counter(self) -> tuple[bool, int]:
        answer: tuple[bool, int] = await self._ask("get_comm_event_counter")
        return answer

    @override
    async def get_comm_event_log(self) -> bytes:
        return bytes(await self._ask("get_comm_event_log"))


class WrappedUnit(OneDoorUnit):
    """A unit around another one, to which the link belongs.

    Args:
        unit: how it is asked.
    """

    def __init__(self, unit: ModbusUnit) -> None:
        self._unit = unit

    @property
    @override
    def connected(self) -> bool:
        return self._unit.connected

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
