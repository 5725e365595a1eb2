"""`local-vpp devices watch ADDRESS`: what a device says each second: a table at a terminal, a line each in a pipe."""

import argparse
import asyncio
from contextlib import nullcontext
from dataclasses import fields
from datetime import datetime
from typing import Any, Final

from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from localvpp.devices import (
    AddressError,
    DeviceError,
    FlashWrites,
    MapError,
    OpenedDevice,
    Reading,
    Readings,
    parse_address,
)
from localvpp.devices.backend import ModbusLinks

from ..errors import CommandError
from .finding import FoundDevice, add_address, find_device

UNKNOWN: Final = "–"
EVERY_S: Final = 1.0

_UNITS: Final = {"w": "W", "wh": "Wh", "v": "V", "a": "A", "hz": "Hz", "percent": "%", "s": "s", "c": "°C", "l": "L"}
"""How the names of fields end, and the units that these are."""

_BESIDE: Final = {"failed", "ages_ms"}
"""What stands beside the values: problems at the end, ages at the values."""

type Problems = list[str]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the subcommand."""
    add_address(parser)
    parser.add_argument("--seconds", type=int, metavar="N", help="end after N readings; default: until interrupted")


def run(arguments: argparse.Namespace) -> int:
    """Show the device until somebody interrupts it, or for so many seconds."""
    if arguments.seconds is not None and arguments.seconds < 1:
        raise CommandError(f"--seconds is {arguments.seconds}: write 1 or more")
    try:
        asyncio.run(_watch(arguments.address, arguments.map, arguments.seconds))
    except (AddressError, DeviceError, MapError) as error:
        raise CommandError(str(error)) from error
    except KeyboardInterrupt:
        pass  # That is how it ends.
    return 0


async def _watch(address: str, map_name: str | None, seconds: int | None) -> None:
    console = Console()
    async with ModbusLinks() as links:
        found = await find_device(links.unit(parse_address(address)), address, map_name)
        readings, problems = found.readings, _failures(found.readings)
        with Live(console=console, auto_refresh=False) if console.is_terminal else nullcontext() as live:

            def show(readings: Readings, problems: Problems) -> None:
                if live is None:
                    print(line(readings, problems), flush=True)
                else:
                    live.update(picture(found, readings, problems), refresh=True)

            loop = asyncio.get_running_loop()
            due, count = loop.time(), 1
            show(readings, problems)
            while seconds is None or count < seconds:
                due = max(due + EVERY_S, loop.time())
                await asyncio.sleep(due - loop.time())
                readings, problems = await read_watched(found.device, readings)
                show(readings, problems)
                count += 1


async def read_watched(device: OpenedDevice, last: Readings) -> tuple[Readings, Problems]:
    """Read once; of a device that does not answer everything is unknown, and it is asked again when it is due."""
    try:
        readings = await device.read()
    except DeviceError as error:
        if device.door.due:
            await device.door.knock()
        return {kind: type(reading)() for kind, reading in last.items()}, [str(error)]
    return readings, _failures(readings)


def _failures(readings: Readings) -> Problems:
    """Return what failed, once for all readings of one device."""
    return list(dict.fromkeys(str(error) for reading in readings.values() for error in reading.failed.values()))


def picture(found: FoundDevice, readings: Readings, problems: Problems) -> Group:
    """Lay a second out for a terminal."""
    columns = ("what", "value", "unit", "age")
    table = Table(*columns, title=f"{found.device.identity}, {found.type}", title_justify="left")
    for kind, reading in readings.items():
        table.add_section()
        for name, value in _values(reading).items():
            text, unit = _shown(name, value)
            table.add_row(f"{kind} {_label(name)}", Text(text, justify="right"), unit, _age(reading, name))
    return Group(table, *(Text(problem, style="red") for problem in problems))


def line(readings: Readings, problems: Problems) -> str:
    """Write a second as one line."""
    shown = [datetime.now().astimezone().isoformat(timespec="seconds")]
    for kind, reading in readings.items():
        shown.append(f"{kind}:")
        for name, value in _values(reading).items():
            age = _age(reading, name)
            shown.append(f"{name}={_shown(name, value)[0]}" + (f"({age})" if age else ""))
    if problems:
        shown.append("problems: " + "; ".join(problems))
    return " ".join(shown)


def _values(reading: Reading) -> dict[str, Any]:
    return {each.name: getattr(reading, each.name) for each in fields(reading) if each.name not in _BESIDE}


def _age(reading: Reading, name: str) -> str:
    """Say how old a value is that was not asked for in this second."""
    ages_ms = getattr(reading, "ages_ms", {})
    return f"{ages_ms[name] / 1000:.0f}s" if name in ages_ms else ""


def _label(name: str) -> str:
    head, _, tail = name.rpartition("_")
    return (head if tail in _UNITS and head else name).replace("_", " ")


def _shown(name: str, value: Any) -> tuple[str, str]:
    unit = _UNITS.get(name.rpartition("_")[2], "") if "_" in name else ""
    match value:
        case None:
            return UNKNOWN, unit
        case bool():
            return ("yes" if value else "no"), unit
        case float():
            return f"{value:.2f}".rstrip("0").rstrip("."), unit
        case FlashWrites():
            return f"{value.written}/{value.most}", unit
        case _:
            return str(value), unit
