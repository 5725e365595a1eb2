"""Putting the building together: simulator, coordinator, flats; later the same processes serve the check."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
import json
from pathlib import Path
from typing import Any

from localvpp.settlement import SlotPrices

from .processes import Processes, run_once

ORIGIN = "vpp.example/demo"
SLOT_SECONDS = 60
SETTLE_AFTER_S = 25
"""Seconds after a slot's end that a late flat is waited for: two restarts' worth."""
PRICES = SlotPrices(inside=22_00, grid=31_50, feed_in=8_50)
"""0.01 yen/kWh."""
CONTRACT_KW = 100
"""The contract demand, which a drill of the building keeps."""
GATE_S = 20
"""Before a slot: so long a small, busy computer may take to have orders shown, cleared and checked."""
SHOW_S = 8
EARLIER_MIN = 1
"""The earlier round of a slot is closed so long before it begins."""
ENTITIES = "entities"
"""What the simulator calls the make of an inverter that has no Modbus."""
SHEET = "recovery key, to be kept on paper.txt"
NEXT_KEY_SHEET = "next key, to be kept on paper.txt"
_YAML = """\
name: Demonstration building
origin: {origin}
data: {data}
listen: {{host: 127.0.0.1, port: 0, announce: false}}
slot_minutes: 1
settle_after: {settle_after}
prices: {{inside: "{inside}", grid: "{grid}", feed_in: "{feed_in}"}}
flats: [{flats}]
meters:
  bulk: {bulk}
  common: {common}
drills: {{contract_kw: {contract_kw}}}
market: {{gate_s: {gate_s}, show_s: {show_s}, rounds: [{rounds}]}}
"""


@dataclass(frozen=True, slots=True)
class SimulatedFlat:
    """Where a flat's devices answer."""

    flat: str
    meter: str
    meter_map: str
    inverter: str | None
    """None: there is none, or none that speaks Modbus."""
    inverter_map: str | None
    battery: bool
    """Whether there is one that the inverter can be asked for."""
    relay: str | None
    """None: the inverter owns the contacts of the living room."""
    relay_map: str | None
    families: frozenset[str]
    """Makes of meters and inverters; of SunSpec inverters by their generation."""
    serial: str | None
    """The serial port that all its devices stand on."""
    wiring: str
    """What stands between its living room and the grid."""

    @property
    def adopts(self) -> bool:
        """Whether its inverter is one that another maker's integration has in Home Assistant."""
        return ENTITIES in self.families


@dataclass(frozen=True, slots=True)
class Mix:
    """A building of several makes of devices, with one flat's or two's on a serial line each.

    Attributes:
        residents: the flats with Home Assistants of their own. One has PV and no battery, so that it sells by day and
            buys by night, and its inverter has no Modbus: another maker's integration has it in Home Assistant. One has
            neither and buys, and of four flats or more all its devices are on a serial line.
        options: those of the simulator.
    """

    residents: tuple[str, ...]
    options: tuple[str, ...]


def mix(flats: int) -> Mix:
    """Return the mixed building of so many flats: the fewer there are, the earlier comes its flat with PV alone."""
    few = {2: (("101",), ("102",)), 3: (("102",), ("101",))}
    residents, serial = few.get(flats, (("103", "104"), ("102", "104")))
    lines = (word for flat in serial for word in ("--serial", flat))
    return Mix(residents, ("--families", "mixed", *lines, "--entities", residents[0]))


@dataclass(frozen=True, slots=True)
class Simulation:
    """The simulator that runs.

    Attributes:
        words: what its command line says behind the command.
        profile_start: what its profile clock showed when it began.
    """

    url: str
    words: tuple[str, ...]
    profile_start: datetime
    generator: str
    flats: tuple[SimulatedFlat, ...]
    bulk: str
    common: str


def at_home(mix: Mix, flats: Sequence[SimulatedFlat], count: int | None) -> tuple[str, ...]:
    """Return the flats that run in Home Assistants: those of the mix first, then others.

    Args:
        mix: who lives in the building.
        flats: all of them.
        count: how many; None: as many as the mix has.
    """
    others = [flat.flat for flat in flats if flat.flat not in mix.residents]
    return (*mix.residents, *others)[: len(mix.residents) if count is None else count]


@dataclass(frozen=True, slots=True)
class Coordination:
    """The coordinator that runs."""

    url: str
    token: str
    config: Path
    data: Path


@dataclass(frozen=True, slots=True)
class HandedInvite:
    """What a resident gets from the manager, on paper."""

    code: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Building:
    """Everything that runs."""

    folder: Path
    processes: Processes
    simulation: Simulation
    coordination: Coordination

    @property
    def sheet(self) -> Path:
        """The sheet of paper with the building's recovery key."""
        return self.folder / SHEET

    def mirror(self, flat: str) -> Path:
        """Where a flat keeps its copy of the log, in a Home Assistant or headless."""
        return self.folder / "flats" / flat / "mirror"


async def start_simulator(
    processes: Processes, flats: int, profiles: Sequence[Path], speed: float, more: Sequence[str] = ()
) -> Simulation:
    """Start the simulator, with `more` options of its own, and return where its devices answer."""
    chosen = [part for path in profiles for part in ("--profiles", str(path))]
    words = ("run", "--flats", str(flats), "--profile-speed", str(speed), *chosen, *more)
    _, line = await processes.local_vpp("simulator", "simulator", *words, announces=True)
    told = json.loads(line)
    return Simulation(
        url=told["url"],
        words=words,
        profile_start=datetime.fromisoformat(told["profile_start"]),
        generator=told["generator"],
        flats=tuple(simulated_flat(flat) for flat in told["flats"]),
        bulk=_address(told["building"], told["building"]["bulk"]),
        common=_address(told["building"], told["building"]["common"]),
    )


def simulated_flat(told: dict[str, Any]) -> SimulatedFlat:
    """A flat as the simulator's first line tells of it."""
    devices = told["devices"]
    meter, inverter = devices["meter"], devices.get("inverter")
    reached = inverter if inverter and "unit" in inverter else None
    families = {meter["model"]} | (
        {f"{inverter['model']} {inverter.get('generation', '')}".strip()} if inverter else set()
    )
    return SimulatedFlat(
        flat=told["flat"],
        meter=_address(told, meter),
        meter_map=meter["model"],
        inverter=_address(told, reached) if reached else None,
        inverter_map=reached["model"] if reached else None,
        battery=reached is not None and reached["battery"],
        relay=_address(told, devices["relay"]) if "relay" in devices else None,
        relay_map=devices["relay"]["model"] if "relay" in devices else None,
        families=frozenset(families),
        serial=told.get("serial"),
        wiring=told["wiring"],
    )


def _address(line: dict[str, Any], device: dict[str, Any]) -> str:
    if "serial" in line:
        return f"rtu://{line['serial']}?baudrate={line['baudrate']}&unit={device['unit']}"
    return f"tcp://{line['host']}:{line['port']}?unit={device['unit']}"


async def start_coordinator(processes: Processes, folder: Path, simulation: Simulation) -> Coordination:
    """Write building.yaml and start the coordinator."""
    config = folder / "building.yaml"
    data = folder / "coordinator"
    text = _YAML.format(
        origin=ORIGIN,
        data=json.dumps(str(data)),
        settle_after=SETTLE_AFTER_S,
        inside=_yen(PRICES.inside),
        grid=_yen(PRICES.grid),
        feed_in=_yen(PRICES.feed_in),
        flats=", ".join(json.dumps(flat.flat) for flat in simulation.flats),
        bulk=simulation.bulk,
        common=simulation.common,
        contract_kw=CONTRACT_KW,
        gate_s=GATE_S,
        show_s=SHOW_S,
        rounds=EARLIER_MIN,
    )
    await asyncio.to_thread(config.write_text, text, encoding="utf-8")
    sheet = await run_once("ledger", "recovery-key", str(config))
    await asyncio.to_thread((folder / SHEET).write_text, sheet)
    sheet = await run_once("coordinator", "next-key", str(config))
    await asyncio.to_thread((folder / NEXT_KEY_SHEET).write_text, sheet)
    url = await run_coordinator(processes, config)
    # From now on it keeps its port, so that it can be killed and come back at the same address.
    fixed = text.replace("port: 0", f"port: {url.rpartition(':')[2]}")
    await asyncio.to_thread(config.write_text, fixed, encoding="utf-8")
    token = (await run_once("coordinator", "token", str(config))).strip()
    return Coordination(url, token, config, data)


def _yen(ticks: int) -> str:
    return f"{ticks // 100}.{ticks % 100:02}"


async def run_coordinator(processes: Processes, config: Path) -> str:
    """Start the coordinator of a building.yaml and return its URL."""
    _, line = await processes.local_vpp("coordinator", "coordinator", "run", str(config), announces=True)
    return str(json.loads(line)["url"])


async def invite(coordination: Coordination, flats: Iterable[SimulatedFlat]) -> dict[str, HandedInvite]:
    """Have the manager issue an invite for each flat, and hand it over with the building's fingerprint."""
    told = await run_once("coordinator", "invite", str(coordination.config), *(flat.flat for flat in flats), "--json")
    lines = [json.loads(line) for line in told.splitlines()]
    return {line["flat"]: HandedInvite(line["invite"], line["fingerprint"]) for line in lines}


async def enrol_flat(building: Building, flat: SimulatedFlat, handed: HandedInvite) -> Path:
    """Enrol a headless flat by its invite; return the folder of what it keeps."""
    data = building.folder / "flats" / flat.flat
    secrets = ("--invite", handed.code, "--fingerprint", handed.fingerprint)
    await run_once("flat", "enrol", building.coordination.url, *secrets, "--data", str(data))
    return data


async def run_flat(building: Building, flat: SimulatedFlat, more: Sequence[str] = ()) -> None:
    """Start, or start again, the agent of an enrolled flat, with `more` options of its own."""
    data = building.folder / "flats" / flat.flat
    inverter = ("--inverter", flat.inverter, "--inverter-map", flat.inverter_map)
    relay = ("--relay", flat.relay, "--relay-map", flat.relay_map)
    await building.processes.local_vpp(
        *(f"flat-{flat.flat}", "flat", "run", "--data", str(data), "--mirror", str(building.mirror(flat.flat))),
        *("--meter", flat.meter, "--meter-map", flat.meter_map),
        *(part for part in inverter if flat.inverter and part),
        *(part for part in relay if flat.relay and part),
        *more,
    )
