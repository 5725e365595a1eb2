"""`local-vpp devices read ADDRESS`: one reading of a device, as JSON, its type found by asking it.

Whether anything answers is asked first: of a device that is not there, no type can be told. Where several types fit, it
is read by none of them: a person chooses.
"""

import argparse
import asyncio
from dataclasses import fields
import json
from typing import Any

from modbus_connection import ModbusUnit

from localvpp.devices import (
    SUNSPEC,
    AddressError,
    BatteryReading,
    DeviceAddress,
    DeviceClass,
    DeviceError,
    DeviceSilentError,
    InverterReading,
    MapError,
    MapHybrid,
    MapMeter,
    MapRelay,
    MeterReading,
    Plan,
    RelayReading,
    SunSpecDevice,
    format_address,
    load_map,
    parse_address,
    probe_answer,
    probe_hybrid,
    probe_meter,
    probe_relay,
    scan_unit,
)
from localvpp.devices.backend import ModbusLinks

from ..errors import CommandError
from .scan import load_maps, plan_for

_LIKELY = 2
"""So many types that do not fit are named with what speaks for them."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the subcommand."""
    parser.add_argument(
        "address",
        help="tcp://HOST:PORT?unit=N, rtutcp://HOST:PORT?unit=N, rtuudp://HOST:PORT?unit=N or "
        "rtu:///dev/ttyUSB0?baudrate=9600&parity=N&unit=N",
    )
    parser.add_argument(
        "--map", help="sunspec, or a register map (see `local-vpp devices maps`); default: ask the device"
    )


def run(arguments: argparse.Namespace) -> int:
    """Print the reading."""
    try:
        reading = asyncio.run(_read(arguments.address, arguments.map))
    except (AddressError, DeviceError, MapError) as error:
        raise CommandError(str(error)) from error
    print(json.dumps(reading, indent=2, ensure_ascii=False))
    return 0


async def _read(address: str, map_name: str | None) -> dict[str, Any]:
    async with ModbusLinks() as links:
        unit = links.unit(parse_address(address))
        if map_name == SUNSPEC:
            return await _read_sunspec(unit)
        if map_name is not None:
            return await _read_mapped(unit, map_name)
        plan = plan_for(await asyncio.to_thread(load_maps), parse_address(address).link)
        # Before the first request, which opens the link: it may be the device that wants to be left alone then.
        unit.require_connect_delay(plan.connect_delay_s or None)
        try:
            await probe_answer(unit, f"the device at {address}")
        except DeviceSilentError as error:
            if not error.linked:
                raise
            raise CommandError(f"{error}; if it is silent about all but its own registers, give its --map") from error
        family = await _family(unit, parse_address(address), plan)
        return await (_read_sunspec(unit) if family == SUNSPEC else _read_mapped(unit, family))


async def _family(unit: ModbusUnit, address: DeviceAddress, plan: Plan) -> str:
    """Find the one type that fits."""
    found = await scan_unit(unit, address.unit, plan)
    match found.fitting:
        case (one,):
            return one.family
        case ():
            likely = "".join(f"; {each.family} at most ({each.reasons})" for each in found.candidates[:_LIKELY])
            raise CommandError(f"{format_address(address)} answers, but as no device of a known type{likely}")
        case several:
            fitting = "; ".join(f"--map {each.family} ({each.reasons})" for each in several)
            raise CommandError(f"{format_address(address)} may be of several types, choose one: {fitting}")


async def _read_sunspec(unit: ModbusUnit) -> dict[str, Any]:
    device = await SunSpecDevice.open(unit)
    told: dict[str, Any] = {"device": str(device.identity), "type": SUNSPEC}
    told["inverter"] = _plain(await device.inverter.read())
    if device.battery:
        told["battery"] = _plain(await device.battery.read())
    return told


async def _read_mapped(unit: ModbusUnit, name: str) -> dict[str, Any]:
    device = await asyncio.to_thread(load_map, name)
    match device.device_class:
        case DeviceClass.METER:
            meter = MapMeter(unit, device, await probe_meter(unit, device))
            return {"device": str(meter.identity), "type": name, "meter": _plain(await meter.read())}
        case DeviceClass.HYBRID:
            hybrid = MapHybrid(unit, device, await probe_hybrid(unit, device))
            told = await hybrid.snapshot()
            readings = {"inverter": _plain(told.inverter), "battery": _plain(told.battery)}
            return {"device": str(hybrid.identity), "type": name, **readings}
        case DeviceClass.RELAY:
            relay = MapRelay(unit, device, await probe_relay(unit, device))
            return {"device": str(relay.identity), "type": name, "relay": _plain(await relay.read())}


def _plain(reading: MeterReading | InverterReading | BatteryReading | RelayReading) -> dict[str, Any]:
    plain = {field.name: getattr(reading, field.name) for field in fields(reading)}
    plain["failed"] = {block: str(error) for block, error in plain["failed"].items()}
    return plain
