"""`local-vpp devices scan HOST[:PORT]`: what answers there, and of which types it may be. Nothing is ever written.

The exit code is 1 where no unit answers: what was tried, and what to turn on, is printed all the same.
"""

import argparse
import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
import json
import sys
from typing import Any, Final, Literal

from modbus_connection import ModbusSerialParams, ModbusTcpParams, ModbusUnit

from localvpp.devices import (
    AddressError,
    Candidate,
    DeviceAddress,
    LinkFound,
    MapError,
    Progress,
    RegisterMap,
    UnitFound,
    available_maps,
    format_address,
    load_map,
    plan_link,
    ports,
    scan_link,
    serial_settings,
    switches,
)
from localvpp.devices.address import LinkParams, is_serial_line, parse_host, rtu_over_tcp
from localvpp.devices.backend import ModbusLinks

from ..errors import CommandError

_PARITIES: Final[dict[str, Literal["N", "E", "O"]]] = {"N": "N", "E": "E", "O": "O"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the subcommand."""
    parser.add_argument("host", nargs="?", metavar="HOST[:PORT]", help="default: the ports of all known types")
    parser.add_argument(
        "--serial", metavar="/dev/…", help="search a serial line, with the types' baud rates and parities"
    )
    parser.add_argument("--rtu", action="store_true", help="a gateway at HOST:PORT that passes frames on as they are")
    parser.add_argument(
        "--all-units", action="store_true", help="ask all units, 1 to 247, and not only the likely ones"
    )
    parser.add_argument("--json", action="store_true", help="one JSON object")


def run(arguments: argparse.Namespace) -> int:
    """Print what was found."""
    if (arguments.host is None) is (arguments.serial is None):
        raise CommandError("name one place to search: HOST, HOST:PORT or --serial /dev/…")
    try:
        maps = load_maps()
        links = _links(arguments, maps)
        searched = asyncio.run(_scan(links, maps, all_units=arguments.all_units))
    except (AddressError, MapError) as error:
        raise CommandError(str(error)) from error
    if arguments.json:
        print(json.dumps(_told(searched, maps), indent=2, ensure_ascii=False))
    else:
        print("\n".join(_lines(searched, maps)))
    return 0 if any(each.found.units for each in searched) else 1


def load_maps() -> list[RegisterMap]:
    """Load every map that comes with the product."""
    return [load_map(name) for name in available_maps()]


@dataclass(frozen=True, slots=True)
class _Searched:
    link: LinkParams
    found: LinkFound

    @property
    def where(self) -> str:
        """The link, as it begins a line."""
        return format_address(DeviceAddress(self.link, 1)).replace("?unit=1", "").replace("&unit=1", "")

    def at(self, unit: int) -> str:
        """The address of a unit there."""
        return format_address(DeviceAddress(self.link, unit))


def _links(arguments: argparse.Namespace, maps: Sequence[RegisterMap]) -> list[LinkParams]:
    if arguments.serial is not None:
        if arguments.rtu:
            raise CommandError("--rtu is of a gateway at HOST:PORT: leave it out with --serial")
        return [
            ModbusSerialParams(device=arguments.serial, baudrate=baud, parity=_PARITIES[parity])
            for baud, parity in serial_settings(maps)
        ]
    host, port = parse_host(arguments.host)
    if arguments.rtu:
        if port is None:
            raise CommandError(f"--rtu needs the gateway's port: write {arguments.host}:PORT")
        return [rtu_over_tcp(host, port)]
    return [ModbusTcpParams(host=host, port=each) for each in ([port] if port else ports(maps))]


async def _scan(links: Sequence[LinkParams], maps: Sequence[RegisterMap], *, all_units: bool) -> list[_Searched]:
    searched = []
    for link in links:
        # A serial line is opened anew with each setting, so it is closed before.
        async with ModbusLinks() as opened:

            async def unit(number: int, link: LinkParams = link, opened: ModbusLinks = opened) -> ModbusUnit:
                return opened.unit(DeviceAddress(link, number))

            shown = _Shown(_Searched(link, LinkFound(linked=False)).where)
            found = await scan_link(unit, plan_link(maps, link, all_units=all_units), shown.tell)
            shown.end()
        searched.append(_Searched(link, found))
        if found.units and is_serial_line(link):
            break  # A line has one setting.
    return searched


class _Shown:
    """Tells how far a search is: on a terminal in one line that changes, in a pipe in lines, one for each unit."""

    def __init__(self, where: str) -> None:
        self._where = where
        self._unit: int | None = None
        self._width = 0

    def tell(self, progress: Progress) -> None:
        """Tell how far it is."""
        answer = f"{progress.found} found"
        if sys.stderr.isatty():
            line = f"{self._where} {progress.share:4.0%}: unit {progress.unit}, {progress.asked} ({answer})"
            sys.stderr.write("\r" + line.ljust(self._width))
            self._width = len(line)
        elif progress.unit != self._unit:
            sys.stderr.write(f"{self._where} {progress.share:4.0%}: unit {progress.unit} ({answer})\n")
        self._unit = progress.unit
        sys.stderr.flush()

    def end(self) -> None:
        """Take away what changes."""
        if self._width:
            sys.stderr.write("\r" + " " * self._width + "\r")
            sys.stderr.flush()


def _lines(searched: Sequence[_Searched], maps: Sequence[RegisterMap]) -> list[str]:
    lines = []
    for each in searched:
        found = each.found
        if not found.linked:
            lines.append(f"{each.where}: {found.reason or 'nothing answers'}")
            continue
        if found.reason:
            lines.append(f"{each.where}: the search ended early: {found.reason}")
        if not found.units:
            lines.append(f"{each.where}: the port is open, but no unit answers")
        lines += [line for unit in found.units for line in _unit_lines(each, unit)]
        if found.unasked:
            lines.append(f"{each.where}: the time did not suffice for the units {', '.join(map(str, found.unasked))}")
    if not any(each.found.units for each in searched):
        lines.append(
            "Nothing was found. A device may have one connection only, and another program holds it. Or turn on:"
        )
        lines += [f"  {maker}: {switch}" for maker, switch in switches(maps)]
    return lines


def _unit_lines(searched: _Searched, unit: UnitFound) -> list[str]:
    where = searched.at(unit.unit)
    if not unit.candidates:
        return [f"{where}: answers, but as no device of a known type"]
    fitting = unit.fitting
    verdict = {0: "answers, but as no device of a known type", 1: "one type fits"}.get(
        len(fitting), f"{len(fitting)} types fit, choose one"
    )
    return [
        f"{where}: {verdict}",
        *(
            f"  {'fits' if each.fits else 'less likely'}: {each.family}, {each.name} ({each.reasons})"
            for each in unit.candidates
        ),
    ]


def _told(searched: Sequence[_Searched], maps: Sequence[RegisterMap]) -> dict[str, Any]:
    told: dict[str, Any] = {"links": [_link_told(each) for each in searched]}
    if not any(each.found.units for each in searched):
        told["switches"] = dict(switches(maps))
    return told


def _link_told(searched: _Searched) -> dict[str, Any]:
    found = searched.found
    return {
        "link": searched.where,
        "linked": found.linked,
        "reason": found.reason or None,
        "unasked_units": list(found.unasked),
        "units": [
            {
                "unit": unit.unit,
                "address": searched.at(unit.unit),
                "sunspec_base": unit.base,
                "candidates": [_candidate_told(each) for each in unit.candidates],
            }
            for unit in found.units
        ],
    }


def _candidate_told(candidate: Candidate) -> dict[str, Any]:
    return {
        "map": candidate.family,
        "name": candidate.name,
        "class": candidate.device_class.value,
        "fits": candidate.fits,
        "plausible": candidate.plausible,
        "asked": candidate.asked,
        "signs": list(candidate.signs),
        "serial": candidate.serial,
    }
