"""What one unit answers to one request, whatever line the request came by.

pymodbus decodes and encodes the messages. Between the two, this module does what the library's request handler does
not: it keeps silent for a unit that is silent, and answers functions that no unit has with "illegal function".
"""

from collections.abc import Callable
from typing import Final, cast

from pymodbus.constants import ExcCodes
from pymodbus.datastore import ModbusServerContext
from pymodbus.pdu import ExceptionResponse, ModbusPDU

from .devices import (
    READ_COILS,
    READ_HOLDING,
    READ_INPUT_REGISTERS,
    READ_INPUTS,
    WRITE_COIL,
    WRITE_COILS,
    WRITE_REGISTER,
    WRITE_REGISTERS,
    Device,
)
from .registers import Refused
from .settings import Fault

_MAX_REGISTERS_READ: Final = 125
_MAX_REGISTERS_WRITTEN: Final = 123
_MAX_BITS_READ: Final = 2000
_FUNCTIONS: Final = frozenset(
    {
        READ_COILS,
        READ_INPUTS,
        READ_HOLDING,
        READ_INPUT_REGISTERS,
        WRITE_COIL,
        WRITE_REGISTER,
        WRITE_COILS,
        WRITE_REGISTERS,
    }
)


class Units:
    """The units of one line, in the shape that pymodbus's messages ask for their data."""

    def __init__(self, by_number: dict[int, Device]) -> None:
        self.by_number = by_number

    async def answer(self, unit: int, function: int, request: Callable[[], ModbusPDU | None]) -> ModbusPDU | None:
        """What a unit that is there answers; None is silence.

        Args:
            unit: its number.
            function: the request's function code.
            request: the request itself; None is one whose length or values no request has.
        """
        device = self.by_number[unit]
        if device.silent:
            return None
        if device.fault is Fault.REFUSE:
            writes = function in {WRITE_COIL, WRITE_REGISTER, WRITE_COILS, WRITE_REGISTERS}
            return ExceptionResponse(function, ExcCodes.DEVICE_BUSY if writes else ExcCodes.DEVICE_FAILURE)
        if function not in _FUNCTIONS:
            return ExceptionResponse(function, ExcCodes.ILLEGAL_FUNCTION)
        asked = request()
        if asked is None:
            return ExceptionResponse(function, ExcCodes.ILLEGAL_VALUE)
        # pymodbus names a class of its own here; it calls the two methods below, and no others.
        return await asked.datastore_update(cast("ModbusServerContext", self), unit)

    async def async_getValues(  # noqa: N802 - the library's name
        self, device_id: int, func_code: int, address: int, count: int = 1
    ) -> list[int] | list[bool] | ExcCodes:
        """Read, for a message of pymodbus."""
        device = self.by_number[device_id]
        try:
            if func_code in {READ_COILS, READ_INPUTS, WRITE_COIL}:
                if not 1 <= count <= _MAX_BITS_READ:
                    return ExcCodes.ILLEGAL_VALUE
                return device.read_bits(READ_COILS if func_code == WRITE_COIL else func_code, address, count)
            if not 1 <= count <= _MAX_REGISTERS_READ:
                return ExcCodes.ILLEGAL_VALUE
            return device.read_registers(READ_HOLDING if func_code == WRITE_REGISTER else func_code, address, count)
        except Refused as refusal:
            return refusal.code

    async def async_setValues(  # noqa: N802 - the library's name
        self, device_id: int, func_code: int, address: int, values: list[int] | list[bool]
    ) -> ExcCodes | None:
        """Write, for a message of pymodbus."""
        device = self.by_number[device_id]
        try:
            if func_code in {WRITE_COIL, WRITE_COILS}:
                device.write_bits(address, [bool(value) for value in values])
            elif not 1 <= len(values) <= _MAX_REGISTERS_WRITTEN:
                return ExcCodes.ILLEGAL_VALUE
            else:
                device.write_registers(address, [int(value) for value in values])
        except Refused as refusal:
            return refusal.code
        return None
