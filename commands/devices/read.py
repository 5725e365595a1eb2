"""`local-vpp devices read ADDRESS`: one reading of a device, as JSON, its type found by asking it (`finding`)."""

import argparse
import asyncio
import json
from typing import Any

from localvpp.devices import (
    AddressError,
    DeviceError,
    MapError,
    Reading,
    parse_address,
    plain_reading,
)
from localvpp.devices.backend import ModbusLinks

from ..errors import CommandError
from .finding import add_address, find_device


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the subcommand."""
    add_address(parser)


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
        found = await find_device(links.unit(parse_address(address)), address, map_name)
    readings = {kind: _plain(reading) for kind, reading in found.readings.items()}
    models = {"models": list(found.device.models)} if found.device.models else {}
    return {"device": str(found.device.identity), "type": found.type, **models, **readings}


def _plain(reading: Reading) -> dict[str, Any]:
    return plain_reading(reading) | {"failed": {block: str(error) for block, error in reading.failed.items()}}
