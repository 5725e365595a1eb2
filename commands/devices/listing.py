"""`local-vpp devices maps`: the register maps that come with the product, and whether one of one's own is sound."""

import argparse
import json
from pathlib import Path
from typing import Any

from localvpp.devices import MapError, RegisterMap, available_maps, load_map, parse_map

from ..errors import CommandError
from .page import commands_of, page


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the subcommand."""
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.add_argument("--page", action="store_true", help="all that is known of each, as in docs/devices.md")
    parser.add_argument(
        "--check", type=Path, nargs="+", metavar="FILE.yaml", help="check maps that do not come with the product"
    )


def run(arguments: argparse.Namespace) -> int:
    """List the maps."""
    try:
        if arguments.check:
            maps = [read_map(path) for path in arguments.check]
        else:
            maps = [load_map(name) for name in available_maps()]
    except MapError as error:
        raise CommandError(str(error)) from error
    if arguments.page:
        print(page(maps))
        return 0
    for device in maps:
        print(json.dumps(_told(device), ensure_ascii=False) if arguments.json else _line(device))
    return 0


def read_map(path: Path) -> RegisterMap:
    """Read a map from a file.

    Raises MapError, CommandError.
    """
    try:
        return parse_map(path.name, path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{path} cannot be read: {error}") from error


def find_map(name: str) -> RegisterMap:
    """Return a map by its name, or by the path of its file.

    Raises MapError, CommandError.
    """
    return read_map(Path(name)) if name.endswith(".yaml") else load_map(name)


def _told(device: RegisterMap) -> dict[str, Any]:
    control = device.control
    return {
        "map": device.name,
        "class": device.device_class.value,
        "manufacturer": device.manufacturer,
        "model": device.model,
        "points": [point.name for point in device.points],
        "commands": commands_of(device),
        "lease": None if control.lease is None else control.lease.kind.value,
        "why_not": control.why_not,
        "island_state": any(point.islanded is not None for point in device.points),
        "source": device.source,
        "verified": device.verified,
    }


def _line(device: RegisterMap) -> str:
    commands = ", ".join(commands_of(device)) or "read only"
    return f"{device.name:<26} {device.device_class:<7} {device.manufacturer} {device.model} ({commands})"
