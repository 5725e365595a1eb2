"""`local-vpp devices decode MAP --registers FILE.json`: a dump of registers, read by a map."""

import argparse
from collections.abc import Mapping
import json
from pathlib import Path
from typing import Final

from localvpp.devices import Image, MapError, Space, decode_image

from ..errors import CommandError
from .listing import find_map

_MOST: Final = {Space.HOLDING: 0xFFFF, Space.INPUT: 0xFFFF, Space.COIL: 1, Space.DISCRETE: 1}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the subcommand."""
    parser.add_argument("map", help="a map's name (see `local-vpp devices maps`), or the path of its .yaml file")
    parser.add_argument(
        "--registers",
        type=Path,
        required=True,
        metavar="FILE.json",
        help='{"holding": {"ADDRESS": VALUE, …}, "input": {…}, "coil": {…}, "discrete": {…}}; addresses from 0',
    )


def run(arguments: argparse.Namespace) -> int:
    """Print each point's value; what is unknown is null."""
    try:
        device = find_map(arguments.map)
        text = arguments.registers.read_text(encoding="utf-8")
        image = parse_image(json.loads(text))
    except MapError as error:
        raise CommandError(str(error)) from error
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{arguments.registers} cannot be read: {error}") from error
    except ValueError as error:
        raise CommandError(f"{arguments.registers}: {error}") from error
    shown = {name: {"value": each.value, "unit": each.unit} for name, each in decode_image(device, image).items()}
    print(json.dumps(shown, indent=2, ensure_ascii=False))
    return 0


def parse_image(document: object) -> Image:
    """Read a dump.

    Raises ValueError naming what is wrong.
    """
    image: dict[Space, dict[int, int]] = {}
    for name, values in _mapping(document, f"the dump, whose fields are {', '.join(Space)}").items():
        if name not in set(Space):
            raise ValueError(f"{name!r} is no address space: choose one of {', '.join(Space)}")
        space = Space(name)
        image[space] = {
            _address(space, key): _value(space, key, value)
            for key, value in _mapping(values, f"{space}, from addresses to values").items()
        }
    return image


def _mapping(value: object, what: str) -> Mapping[str, object]:
    match value:
        case dict():
            return value
        case _:
            raise ValueError(f"write a mapping as {what}, not {value!r}")


def _address(space: Space, key: str) -> int:
    try:
        address = int(key, 0)
    except ValueError:
        address = -1
    if not 0 <= address <= 0xFFFF:
        raise ValueError(f"{space}: {key!r} is no address: write 0 to 65535, or 0x0000 to 0xFFFF")
    return address


def _value(space: Space, key: str, value: object) -> int:
    if isinstance(value, bool) and _MOST[space] == 1:
        return int(value)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= _MOST[space]:
        raise ValueError(f"{space} {key} is {value!r}: write 0 to {_MOST[space]}")
    return value
