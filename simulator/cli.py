"""The simulator's commands: run a building, or talk to one that runs."""

import argparse
import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
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
from .settings import Families, Fault, FlatWiring, Settings, Sky, Wiring

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


_WIRING_KEYS: Final = ("gap", "watchdog", "inverter", "meter")


def _flat_wiring(flat: str, given: Mapping[str, object]) -> FlatWiring:
    """How a flat is wired, by the words of the command line or of a settings file.

    Raises:
        InvalidInput: a word or a value that says nothing.
    """
    about = f"wiring of {flat}"
    wiring = given.get("wiring")
    if wiring not in list(Wiring):
        raise InvalidInput(about, wiring, f"give one of {', '.join(Wiring)}")
    for key in given:
        if key not in {"wiring", *_WIRING_KEYS}:
            raise InvalidInput(f"{about}, {key}", given[key], f"give only {', '.join(_WIRING_KEYS)}")
    defaults = FlatWiring(wiring=Wiring(str(wiring)))
    meter = given.get("meter")
    if meter not in {None, "line", "own"}:
        raise InvalidInput(f"{about}, meter", meter, "give line (it dies with its line) or own (it lives on)")
    inverter = given.get("inverter")
    return replace(
        defaults,
        gap_ms=round(1000 * _number(f"{about}, gap", given.get("gap", defaults.gap_ms / 1000))),
        watchdog_s=round(_number(f"{about}, watchdog", given.get("watchdog", defaults.watchdog_s))),
        inverter=None if inverter is None else str(inverter),
        line_powered=meter == "line",
    )


def _number(field: str, given: object) -> float:
    try:
        number = float(str(given))
    except ValueError as error:
        raise InvalidInput(field, given, "give seconds") from error
    if not math.isfinite(number):
        raise InvalidInput(field, given, "give seconds")
    return number


def _wiring_of_line(text: str) -> tuple[str, FlatWiring]:
    """One ``--wiring``: 101=owned,gap=0.02."""
    flat, separator, rest = text.partition("=")
    wiring, *more = rest.split(",")
    pairs = [part.partition("=") for part in more]
    if not separator or not all(between for _, between, _ in pairs):
        raise InvalidInput("wiring", text, "give one such as 101=owned,gap=0.02")
    return flat, _flat_wiring(flat, {"wiring": wiring} | {key: value for key, _, value in pairs})


def wirings(file: Path | None, lines: Sequence[str]) -> dict[str, FlatWiring]:
    """The wirings of a settings file, and over them those of the command line."""
    found: dict[str, FlatWiring] = {}
    if file is not None:
        remedy = 'give a JSON file such as {"101": {"wiring": "owned", "gap": 0.02}}'
        try:
            told = json.loads(file.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise InvalidInput("wirings", str(file), f"{error}: {remedy}") from error
        if not isinstance(told, dict) or not all(isinstance(each, dict) for each in told.values()):
            raise InvalidInput("wirings", str(file), remedy)
        found = {flat: _flat_wiring(flat, each) for flat, each in told.items()}
    return found | dict(map(_wiring_of_line, lines))


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
    run_parser.add_argument(
        "--wiring",
        action="append",
        default=[],
        metavar="FLAT=WIRING[,gap=SECONDS][,watchdog=SECONDS][,inverter=FAMILY][,meter=line]",
        help="how this flat's living room is wired: autonomous (a transfer switch, as all others), owned (the "
        "inverter's backup terminals) or pair (two contactors of one module); such a flat has PV and a battery; "
        "may be given several times",
    )
    run_parser.add_argument(
        "--wirings", type=Path, metavar="FILE.json", help='the same from a file: {"101": {"wiring": "pair"}}'
    )

    grid = commands.add_parser("grid", help="switch the grid on or off")
    grid.add_argument("to", choices=("on", "off"))
    sag = commands.add_parser("disturb", help="hold the grid at a voltage, a frequency, or both; without: let it be")
    sag.add_argument("--volts", type=float, help="line to line: 170 is 85 V at an outlet")
    sag.add_argument("--hertz", type=float)
    flap = commands.add_parser("flap", help="let the grid go and come back; at the end it is there")
    flap.add_argument("seconds", type=int, nargs="+", help="off, on, off and so on")
    for where in (grid, flap):
        where.add_argument("--flat", action="append", dest="flats", help="only this flat's feed; may be repeated")
        where.add_argument("--riser", help="only the flats on this riser, whose numbers end so: 01")
    broken = commands.add_parser("break", help="break a device")
    broken.add_argument("flat", help="a flat's number, or building")
    broken.add_argument(
        "device",
        help="meter, inverter, relay, island (a pair's second contactor), charger, gas; bulk or common of the building",
    )
    broken.add_argument("fault", choices=[fault.value for fault in Fault])
    mended = commands.add_parser("mend", help="mend a device")
    mended.add_argument("flat", help="a flat's number, or building")
    mended.add_argument("device", help="meter, inverter, relay; bulk or common of the building")
    weather = commands.add_parser("weather", help="set the sky")
    weather.add_argument("sky", choices=[sky.value for sky in Sky])
    layout = commands.add_parser("layout", help="show where every device answers")
    for client in (grid, sag, flap, broken, mended, weather, layout):
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


def _where(arguments: argparse.Namespace) -> dict[str, object]:
    return {"flats": arguments.flats, "riser": arguments.riser}


def _client(arguments: argparse.Namespace) -> object:
    match arguments.simulator_command:
        case "grid":
            return _ask(arguments.url, "/api/grid", {"on": arguments.to == "on", **_where(arguments)})
        case "disturb":
            body = {"voltage_v": arguments.volts, "frequency_hz": arguments.hertz}
            return _ask(arguments.url, "/api/grid/disturbance", body)
        case "flap":
            return _ask(arguments.url, "/api/grid/flapping", {"seconds": arguments.seconds, **_where(arguments)})
        case "break":
            path = f"/api/devices/{arguments.flat}/{arguments.device}"
            return _ask(arguments.url, path, {"fault": arguments.fault})
        case "mend":
            return _ask(arguments.url, f"/api/devices/{arguments.flat}/{arguments.device}", {"fault": None})
        case "weather":
            return _ask(arguments.url, "/api/weather", {"sky": arguments.sky})
        case _:
            return _ask(arguments.url, "/api/layout")


def settings_of(arguments: argparse.Namespace) -> Settings:
    """The settings that the parsed ``arguments`` of ``run`` describe.

    Raises:
        InvalidInput: a wiring that says nothing.
    """
    return Settings(
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
        wirings=wirings(arguments.wirings, arguments.wiring),
    )


def run(arguments: argparse.Namespace) -> int:
    """Do what the parsed ``arguments`` say; the process's exit status."""
    try:
        if arguments.simulator_command != "run":
            print(json.dumps(_client(arguments), ensure_ascii=False))  # noqa: T201 - the answer of the command
            return 0
        settings = settings_of(arguments)
        # Loaded only here: every other command, and every --help, does without pymodbus and aiohttp.
        from .runner import serve  # noqa: PLC0415

        asyncio.run(serve(settings))
    except SimulatorError as error:
        print(f"simulator: {error}", file=sys.stderr)  # noqa: T201 - the answer of the command
        return 2
    return 0
