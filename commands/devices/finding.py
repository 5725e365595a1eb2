"""Which type of device answers at an address, for all that look at one device.

Whether anything answers is asked first: of a device that is not there, no type can be told.
"""

import argparse
import asyncio
from dataclasses import dataclass

from modbus_connection import ModbusUnit

from localvpp.devices import (
    SUNSPEC,
    DeviceError,
    DeviceSilentError,
    OpenedDevice,
    Readings,
    RegisterMap,
    available_maps,
    open_device,
    probe_answer,
)

from ..errors import CommandError
from .listing import find_map


@dataclass(frozen=True, slots=True)
class FoundDevice:
    """A device that was read once."""

    type: str
    device: OpenedDevice
    readings: Readings


def add_address(parser: argparse.ArgumentParser) -> None:
    """Describe what tells a device."""
    parser.add_argument("address", help="tcp://HOST:PORT?unit=N or rtu:///dev/ttyUSB0?baudrate=9600&parity=N&unit=N")
    parser.add_argument(
        "--map", help="sunspec, or a register map (see `local-vpp devices maps`); default: ask the device"
    )


def described_by(name: str) -> RegisterMap | None:
    """Return a register map by its name or file; None for SunSpec.

    Raises MapError, CommandError.
    """
    return None if name == SUNSPEC else find_map(name)


async def find_device(unit: ModbusUnit, address: str, name: str | None) -> FoundDevice:
    """Make the driver of a device, of the type that was named or of the first that fits, and read it.

    Raises DeviceError, MapError, CommandError.
    """
    if name is not None:
        return await _read_as(unit, name)
    try:
        await probe_answer(unit, f"the device at {address}")
    except DeviceSilentError as error:
        if not error.linked:
            raise
        raise CommandError(f"{error}; if it is silent about all but its own registers, give its --map") from error
    refusals = []
    for each in (SUNSPEC, *available_maps()):
        try:
            return await _read_as(unit, each)
        except DeviceError as error:
            refusals.append(f"{each}: {error}")
    raise CommandError(f"{address} is no device of a known type. " + " | ".join(refusals))


async def _read_as(unit: ModbusUnit, name: str) -> FoundDevice:
    device = await open_device(unit, await asyncio.to_thread(described_by, name))
    return FoundDevice(name, device, await device.read())
