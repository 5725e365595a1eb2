"""Which type of device answers at an address, for all that look at one device.

Whether anything answers is asked first: of a device that is not there, no type can be told. Where several types fit, it
is read by none of them: a person chooses.
"""

import argparse
import asyncio
from dataclasses import dataclass

from modbus_connection import ModbusUnit

from localvpp.devices import (
    SUNSPEC,
    DeviceAddress,
    DeviceSilentError,
    OpenedDevice,
    Plan,
    Readings,
    RegisterMap,
    format_address,
    open_device,
    parse_address,
    plan_link,
    probe_answer,
    scan_unit,
)

from ..errors import CommandError
from .listing import find_map
from .scan import load_maps

_LIKELY = 2
"""So many types that do not fit are named with what speaks for them."""


@dataclass(frozen=True, slots=True)
class FoundDevice:
    """A device that was read once."""

    type: str
    device: OpenedDevice
    readings: Readings


def add_address(parser: argparse.ArgumentParser) -> None:
    """Describe what tells a device."""
    parser.add_argument(
        "address",
        help="tcp://HOST:PORT?unit=N, rtutcp://HOST:PORT?unit=N, rtuudp://HOST:PORT?unit=N or "
        "rtu:///dev/ttyUSB0?baudrate=9600&parity=N&unit=N",
    )
    parser.add_argument(
        "--map", help="sunspec, or a register map (see `local-vpp devices maps`); default: ask the device"
    )


def described_by(name: str) -> RegisterMap | None:
    """Return a register map by its name or file; None for SunSpec.

    Raises MapError, CommandError.
    """
    return None if name == SUNSPEC else find_map(name)


async def find_device(unit: ModbusUnit, address: str, name: str | None) -> FoundDevice:
    """Make the driver of a device, of the type that was named or of the only one that fits, and read it.

    Raises DeviceError, MapError, CommandError.
    """
    if name is not None:
        return await _read_as(unit, name)
    at = parse_address(address)
    plan = plan_link(await asyncio.to_thread(load_maps), at.link)
    # Before the first request, which opens the link: it may be the device that wants to be left alone then.
    unit.require_connect_delay(plan.connect_delay_s or None)
    try:
        await probe_answer(unit, f"the device at {address}")
    except DeviceSilentError as error:
        if not error.linked:
            raise
        raise CommandError(f"{error}; if it is silent about all but its own registers, give its --map") from error
    return await _read_as(unit, await _family(unit, at, plan))


async def _family(unit: ModbusUnit, address: DeviceAddress, plan: Plan) -> str:
    """Find the one type that fits."""
    found = await scan_unit(unit, address.unit, plan)
    if len(families := {each.family for each in found.fitting}) == 1:
        return families.pop()  # It may be inverter and meter at once: both are read.
    match found.fitting:
        case ():
            likely = "".join(f"; {each.family} at most ({each.reasons})" for each in found.candidates[:_LIKELY])
            raise CommandError(f"{format_address(address)} answers, but as no device of a known type{likely}")
        case several:
            fitting = "; ".join(f"--map {each.family} ({each.reasons})" for each in several)
            raise CommandError(f"{format_address(address)} may be of several types, choose one: {fitting}")


async def _read_as(unit: ModbusUnit, name: str) -> FoundDevice:
    device = await open_device(unit, await asyncio.to_thread(described_by, name))
    return FoundDevice(name, device, await device.read())
