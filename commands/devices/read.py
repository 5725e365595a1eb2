"""`local-vpp devices read ADDRESS`: one reading of a device, as JSON, its type found by asking it.

Whether anything answers is asked first: of a device that is not there, no type can be told.
"""

import argparse
import asyncio
from dataclasses import fields
import json
from typing import Any

from localvpp.devices import (
    AddressError,
    BatteryReading,
    DeviceClass,
    DeviceError,
    DeviceSilentError,
    InverterReading,
    MapError,
    MapHybrid,
    MapMeter,
    MapRelay,
    MeterReading,
    RelayReading,
    SunSpecDevice,
    available_maps,
    load_map,
    parse_address,
    probe_answer,
    probe_hybrid,
    probe_meter,
    probe_relay,
)
from localvpp.devices.backend import ModbusLinks

from ..errors import CommandError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the subcommand."""
    parser.add_argument("address", help="tcp://HOST:PORT?unit=N or rtu:///dev/ttyUSB0?baudrate=9600&parity=N&unit=N")
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
        if map_name not in {None, "sunspec"}:
            return await _read_mapped(unit, str(map_name))
        if map_name == "sunspec":
            return await _read_sunspec(unit)
        try:
            await probe_answer(unit, f"the device at {address}")
        except DeviceSilentError as error:
            if not error.linked:
                raise
            raise CommandError(f"{error}; if it is silent about all but its own registers, give its --map") from error
        refusals = []
        for name in ("sunspec", *available_maps()):
            try:
                return await (_read_sunspec(unit) if name == "sunspec" else _read_mapped(unit, name))
            except DeviceError as error:
                refusals.append(f"{name}: {error}")
        raise CommandError(f"{address} is no device of a known type. " + " | ".join(refusals))


async def _read_sunspec(unit: Any) -> dict[str, Any]:
    device = await SunSpecDevice.open(unit)
    told: dict[str, Any] = {"device": str(device.identity), "type": "sunspec"}
    told["inverter"] = _plain(await device.inverter.read())
    if device.battery:
        told["battery"] = _plain(await device.battery.read())
    return told


async def _read_mapped(unit: Any, name: str) -> dict[str, Any]:
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
