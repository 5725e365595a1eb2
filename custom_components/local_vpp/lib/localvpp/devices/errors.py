"""What can go wrong between a device and us, in sentences a resident can act on.

The three failures ask for three different deeds, so they are three classes: a silent device needs its power or its
cable, one that refuses needs its settings, one that talks nonsense is probably not the device one thinks it is.
The errors of ``modbus_connection`` (4.12) become ours here, at the border, and appear nowhere behind it.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from modbus_connection import (
    GatewayPathUnavailableError,
    GatewayTargetError,
    ModbusConnectionError,
    ModbusError,
    ModbusExceptionError,
    ModbusProtocolError,
    ModbusTimeoutError,
    ServerDeviceBusyError,
)
from modbus_connection.model.sunspec import SunSpecError, SunSpecMapShiftError


class DeviceError(Exception):
    """A device did not do what it was asked."""


class DeviceSilentError(DeviceError):
    """No answer in time, or no connection: what the device does now is unknown."""

    linked: bool = True
    """Whether there was a link to it when it was asked."""


class LineHeldError(DeviceSilentError):
    """It was not heard while another device held up the line, which says nothing about it."""


class DeviceRefusedError(DeviceError):
    """The device answered that it will not: a Modbus exception, or a control it does not offer."""


class MemoryWornError(DeviceRefusedError):
    """Nothing was written: its memory bears no more writings today."""


class DeviceNonsenseError(DeviceError):
    """The device answered with something that cannot be true: another device, a foreign map, a damaged frame."""


def device_error(what: str, error: ModbusError | SunSpecError | TimeoutError) -> DeviceError:
    """Translate an error of the Modbus library.

    Args:
        what: the device or block concerned, as it begins a sentence ("the meter Eastron SDM120").
        error: the error as raised by ``modbus_connection`` or by a time-out around it.
    """
    match error:
        case ModbusConnectionError():
            return DeviceSilentError(
                f"{what} cannot be reached ({error}); check its power, its network or serial cable, the address and "
                "the port, and that no other program holds its only connection"
            )
        case GatewayPathUnavailableError() | GatewayTargetError():
            return DeviceSilentError(
                f"{what}: the gateway answers but the device behind it does not ({error}); check the bus cable and the "
                "unit number"
            )
        case ModbusTimeoutError() | TimeoutError():
            return DeviceSilentError(
                f"{what} does not answer ({error}); check its power, the cable, the unit number and, on a serial line, "
                "baud rate and parity"
            )
        case ServerDeviceBusyError():
            return DeviceRefusedError(f"{what} is busy ({error}); it is asked again at the next poll")
        case ModbusExceptionError():
            return DeviceRefusedError(
                f"{what} refuses the request ({error}); check that the device type is right and that Modbus access is "
                "enabled in its settings"
            )
        case ModbusProtocolError():
            return DeviceNonsenseError(
                f"{what} sends damaged answers ({error}); check cable and termination, and that only one master speaks"
            )
        case SunSpecMapShiftError():
            return DeviceNonsenseError(
                f"{what} has moved its registers ({error}); it was updated or exchanged: set it up again"
            )
        case SunSpecError():
            return DeviceNonsenseError(
                f"{what} does not speak SunSpec ({error}); check the device type, the unit number and that SunSpec "
                "Modbus is enabled in its settings"
            )
        case _:
            return DeviceSilentError(f"{what}: the request failed ({error}); check the connection")


def stop_if_cancelled(error: ModbusError | SunSpecError | TimeoutError) -> None:
    """Go on with a cancellation that the Modbus backend swallowed.

    pymodbus 3.13 answers the cancelling of a task inside of a request with an input/output error, which looks like a
    time-out. Taken as such, the task would go on, and whoever cancelled it would wait for ever.
    """
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError from error


@contextmanager
def device_border(what: str) -> Iterator[None]:
    """Let only ``DeviceError`` leave the block; ``what`` names the device as in ``device_error``."""
    try:
        yield
    except (ModbusError, SunSpecError, TimeoutError) as error:
        stop_if_cancelled(error)
        raise device_error(what, error) from error
