"""The simulator's commands: run a building, or talk to one that runs."""

import argparse
import asyncio
from datetime import datetime
import json
import math
import os
from pathlib import Path
import sys
from typing import Final
import urllib.error
import urllib.request

from .errors import InvalidInput, SimulatorError
from .settings import Families, Fault, Settings, Sky

_URL: Final = "LOCAL_VPP_SIMULATOR"
_TIMEOUT_S: Final = 10


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is no local time; give one such as 2026-07-15T11:00") from error
    if moment.tzinfo is not None:
        raise argparse.ArgumentTypeError(f"{text!r} names a zone; profiles run on local time, such as 2026-07-15T11:00")
    return moment


def _speed(text: str) -> float:
    try:
        speed = float(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is no number; give one such as 60") from error
    if not math.isfinite(speed) or not 0 <= speed <= 86_400:
        raise argparse.ArgumentTypeError(f"{text!r} is out of range; give 0 (the profile stands still) to 86400")
    return speed


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the simulator's subcommands to ``parser``."""
    defaults = Settings()
    commands = parser.add_subparsers(dest="simulator_command", required=True, metavar="COMMAND")

    run_parser = commands.add_parser("run", help="simulate a building until it is interrupted")
    run_parser.add_argument("--flats", type=int, default=defaults.flats, help="number of flats (default %(default)s)")
    run_parser.add_argument("--seed", type=int, default=defaults.seed, help="everything random follows from it")
    run_parser.add_argument("--host", default=defaults.host, help="address to listen on (default %(default)s)")
    run_parser.add_argument(
        "--port-base",
        type=int,
        default=0,
        help="first Modbus port, one for each flat and the building's last; 0: free ports",
    )
    run_parser.add_argument("--http-port", type=int, default=0, help="port of the control page; 0: a free one")
    run_parser.add_argument(
        "--profiles",
        type=Path,
        action="append",
        default=[],
        metavar="FILE.csv",
        help="a measured home (Ausgrid or CityLearn); may be given several times; without: a standard load profile",
    )
    run_parser.add_argument(
        "--profile-start",
        type=_moment,
        default=defaults.profile_start,
        metavar="LOCAL_TIME",
        help="where the profile clock starts (default: a July forenoon; of measured homes, their sunniest)",
    )
    run_parser.add_argument(
        "--profile-speed", type=_speed, default=defaults.profile_speed, help="profile seconds for one real second"
    )
    run_parser.add_argument(
        "--reconnect-delay",
        type=int,
        default=defaults.reconnect_delay_s,
        metavar="SECONDS",
        help="how long inverters wait after the grid is back (default %(default)s)",
    )
    run_parser.add_argument(
        "--frequency",
        type=int,
        choices=(50, 60),
        default=defaults.nominal_hz,
        help="nominal hertz (default %(default)s)",
    )
    run_parser.add_argument(
        "--families",
        type=Families,
        choices=list(Families),
        default=defaults.families,
        help="sunspec: Eastron meters and SunSpec inverters; mixed: several makes (default %(default)s)",
    )
    run_parser.add_argument(
        "--serial",
        action="append",
        default=[],
        metavar="FLAT",
        help="this flat's devices stand on a serial line, whose path the first line tells; may be given several times",
    )
    run_parser.add_argument(
        "--entities",
        action="append",
        default=[],
        metavar="FLAT",
        help="this flat's inverter speaks no Modbus: /api/state alone tells of it; may be given several times",
    )

    run_parser.add_argument(
        "--garage",
        action="append",
        default=[],
        metavar="FLAT",
        help="this flat has a charger with a car (unit 4) and a gas counter (unit 5); may be given several times",
    )

    grid = commands.add_parser("grid", help="switch the grid on or off")
    grid.add_argument("to", choices=("on", "off"))
    grid.add_argument("--flat", action="append", dest="flats", help="only this flat's feed; may be given several times")
    broken = commands.add_parser("break", help="break a device")
    broken.add_argument("flat", help="a flat's number, or building")
    broken.add_argument("device", help="meter, inverter, relay, charger, gas; bulk or common of the building")
    broken.add_argument("fault", choices=[fault.value for fault in Fault])
    mended = commands.add_parser("mend", help="mend a device")
    mended.add_argument("flat", help="a flat's number, or building")
    mended.add_argument("device", help="meter, inverter, relay; bulk or common of the building")
    weather = commands.add_parser("weather", help="set the sky")
    weather.add_argument("sky", choices=[sky.value for sky in Sky])
    layout = commands.add_parser("layout", help="show where every device answers")
    for client in (grid, broken, mended, weather, layout):
        client.add_argument("--url", default=os.environ.get(_URL), help=f"the simulator's address (default ${_URL})")


def _ask(url: str | None, path: str, body: object = None) -> object:
    if not url or not url.startswith(("http://", "https://")):
        raise InvalidInput("url", url, f"give --url http://HOST:PORT as `run` printed it, or set {_URL}")
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(  # noqa: S310 - the scheme was checked above
        url.rstrip("/") + path, data=data, headers={"Content-Type": "application/json"}
    )
    try:
        with urllib.request.urlopen(request, timeout=_TIMEOUT_S) as response:  # noqa: S310 - see above
            return json.load(response)
    except urllib.error.HTTPError as error:
        with error:
            answer = error.read().decode(errors="replace")
        raise SimulatorError(f"{url} answered {error.code}: {answer}") from error
    except (urllib.error.URLError, TimeoutError) as error:
        raise SimulatorError(f"{url} cannot be reached ({error}): is `run` still running?") from error


def _client(arguments: argparse.Namespace) -> object:
    match arguments.simulator_command:
        case "grid":
            return _ask(arguments.url, "/api/grid", {"on": arguments.to == "on", "flats": arguments.flats})
        case "break":
            path = f"/api/devices/{arguments.flat}/{arguments.device}"
            return _ask(arguments.url, path, {"fault": arguments.fault})
        case "mend":
            return _ask(arguments.url, f"/api/devices/{arguments.flat}/{arguments.device}", {"fault": None})
        case "weather":
            return _ask(arguments.url, "/api/weather", {"sky": arguments.sky})
        case _:
            return _ask(arguments.url, "/api/layout")


def run(arguments: argparse.Namespace) -> int:
    """Do what the parsed ``arguments`` say; the process's exit status."""
    try:
        if arguments.simulator_command != "run":
            print(json.dumps(_client(arguments), ensure_ascii=False))  # noqa: T201 - the answer of the command
            return 0
        settings = Settings(
            flats=arguments.flats,
            seed=arguments.seed,
            host=arguments.host,
            port_base=arguments.port_base,
            http_port=arguments.http_port,
            profiles=arguments.profiles,
            profile_start=arguments.profile_start,
            profile_speed=arguments.profile_speed,
            reconnect_delay_s=arguments.reconnect_delay,
            nominal_hz=arguments.frequency,
            families=arguments.families,
            serial=arguments.serial,
            entities=arguments.entities,
            garages=arguments.garage,
        )
        # Loaded only here: every other command, and every --help, does without pymodbus and aiohttp.
        from .runner import serve  # noqa: PLC0415

        asyncio.run(serve(settings))
    except SimulatorError as error:
        print(f"simulator: {error}", file=sys.stderr)  # noqa: T201 - the answer of the command
        return 2
    return 0
