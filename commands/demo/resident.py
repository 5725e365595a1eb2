"""A flat as its resident sees it: the integration set up through Home Assistant's own forms, and read back."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final

import aiohttp
from modbus_connection import ModbusSerialParams, ModbusTcpParams

from localvpp.devices.address import is_serial_line, parse_address
from localvpp.etp import Kind

from ..errors import CommandError
from . import vendor
from .building import Building, HandedInvite, SimulatedFlat
from .evidence import Evidence, values_between
from .findings import Finding
from .home_assistant import HomeAssistant, call
from .manager import SLOTS, Manager

DOMAIN: Final = "local_vpp"
_AGREE_S: Final = 60
"""Home Assistant and the coordinator tell of the same slot once the result has travelled; a slot later at most."""
_LOADED_S: Final = 90
_PARITIES: Final = {"N": "none", "E": "even", "O": "odd"}
"""As the form of a serial line names them."""
_FRESH_MS: Final = 3_000
"""A state in Home Assistant is that of a poll a second or two ago."""


async def configure(
    session: aiohttp.ClientSession, resident: HomeAssistant, demo: Building, flat: SimulatedFlat, handed: HandedInvite
) -> str:
    """Add the integration as a resident does: coordinator, invite, fingerprint, meter; then the other devices.

    Returns the entry's id.
    """
    flows = f"{resident.url}/api/config/config_entries"
    step = await call(session, f"{flows}/flow", {"handler": DOMAIN}, resident.headers)
    entry = await _answer(
        session,
        resident,
        f"{flows}/flow/{step['flow_id']}",
        [
            {"url": demo.coordination.url},
            {"invite": handed.code, "fingerprint": handed.fingerprint},
            *menu_and_form(flat.meter, flat.meter_map),
        ],
    )
    entry_id: str = entry["result"]["entry_id"]
    if flat.adopts:
        await _adopt(session, resident, demo, flat, entry_id)
    for kind, address, device_map in (
        ("inverter", flat.inverter, flat.inverter_map),
        ("relay", flat.relay, flat.relay_map),
    ):
        if address is not None and device_map is not None:
            step = await call(session, f"{flows}/subentries/flow", {"handler": [entry_id, kind]}, resident.headers)
            flow = f"{flows}/subentries/flow/{step['flow_id']}"
            await _answer(session, resident, flow, menu_and_form(address, device_map))
    return entry_id


async def choose(
    session: aiohttp.ClientSession, resident: HomeAssistant, entry_id: str, step: str, answer: Mapping[str, Any]
) -> None:
    """Fill in a form of the integration's options, by the name of its step."""
    flows = f"{resident.url}/api/config/config_entries/options/flow"
    menu = await call(session, flows, {"handler": entry_id}, resident.headers)
    await _answer(session, resident, f"{flows}/{menu['flow_id']}", [{"next_step_id": step}, answer])


async def set_up_blackout(session: aiohttp.ClientSession, resident: HomeAssistant, entry_id: str) -> None:
    """Have the living room looked after, which its own transfer switch separates, in the integration's options.

    What is asked is offered once the devices were read. Raises CommandError.
    """
    flows = f"{resident.url}/api/config/config_entries/options/flow"
    answer = {
        "circuit": {"wiring": "autonomous", "sources": ["inverter"]},
        "grid": {"hertz": "50", "nominal_v": "200", "hold_s": 300},
        "reserve": {"usual_percent": 30, "warned_percent": 100, "warnings": []},
        "people": {"people": [], "attended": False, "medical": False, "overdue_days": 180},
    }
    async with asyncio.timeout(_LOADED_S):
        while True:
            step = await call(session, flows, {"handler": entry_id}, resident.headers)
            flow = f"{flows}/{step['flow_id']}"
            form = await call(session, flow, {"next_step_id": "blackout"}, resident.headers)
            if form["type"] == "form":
                await _answer(session, resident, flow, [answer])
                return
            # Each device that was added has the integration begin anew, and until then nothing is offered.
            await asyncio.sleep(1)


async def blackout_shown(session: aiohttp.ClientSession, resident: HomeAssistant) -> dict[str, tuple[str, int]]:
    """What the entities of the blackout show, and since when (Unix time in ms), by their translation keys."""
    known = await entities(session, resident)
    async with session.get(f"{resident.url}/api/states", headers=resident.headers) as response:
        states = {each["entity_id"]: each for each in await response.json()}
    found = {key: states[known[key]] for key in ("outage", "backup") if known.get(key) in states}
    return {
        key: (each["state"], round(datetime.fromisoformat(each["last_changed"]).timestamp() * 1000))
        for key, each in found.items()
    }


async def _adopt(
    session: aiohttp.ClientSession, resident: HomeAssistant, demo: Building, flat: SimulatedFlat, entry_id: str
) -> None:
    """Make the inverter of the entities that another maker's integration has of it."""
    await vendor.bring(session, demo.simulation.url, resident.url, flat.flat)
    flows = f"{resident.url}/api/config/config_entries/subentries/flow"
    step = await call(session, flows, {"handler": [entry_id, "inverter"]}, resident.headers)
    await _answer(session, resident, f"{flows}/{step['flow_id']}", [{"next_step_id": "entities"}, vendor.ENTITIES])


def menu_and_form(address: str, device_map: str) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """What a resident answers of a device: how it is connected, in the menu, and where it is, in the form."""
    where = parse_address(address)
    match where.link:
        case ModbusTcpParams(host=host, port=port):
            link, place = "tcp", {"host": host, "port": port}
        case ModbusSerialParams(device=device, baudrate=baudrate, parity=parity) if is_serial_line(where.link):
            link, place = "serial", {"device": device, "baudrate": str(baudrate), "parity": _PARITIES[parity]}
        case _:
            raise CommandError(f"device {address}: the simulator has devices by tcp: and rtu: alone")
    return {"next_step_id": link}, {"map": device_map, **place, "unit_id": where.unit}


async def _answer(
    session: aiohttp.ClientSession, resident: HomeAssistant, flow: str, answers: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """Fill in the forms of a flow one by one; the last one has to create an entry."""
    told: dict[str, Any] = {}
    for answer in answers:
        told = await call(session, flow, answer, resident.headers)
        if told.get("errors") or told["type"] == "abort":
            hidden = {key: "…" if key == "invite" else value for key, value in answer.items()}
            raise CommandError(f"Home Assistant refused {hidden}: {told.get('errors') or told.get('reason')}")
    if told["type"] != "create_entry":
        raise CommandError(f"Home Assistant asks for more than was expected: step {told.get('step_id')}")
    return told


async def check_home_assistant(
    session: aiohttp.ClientSession, resident: HomeAssistant, demo: Building, evidence: Evidence
) -> Finding:
    """Home Assistant shows what the meters, the log and the settlement say of its flat."""
    claim = "Home Assistant shows the same energies"
    (flat,) = (each for each in demo.simulation.flats if each.flat == resident.flat)
    known = await entities(session, resident)
    problem = "Home Assistant showed nothing"
    try:
        async with asyncio.timeout(_AGREE_S):
            while True:
                states = await states_of(session, resident)
                shown = {key: states.get(entity) for key, entity in known.items()}
                problem = await _disagreement(session, demo, evidence, flat, shown)
                if not problem:
                    break
                await asyncio.sleep(2)
    except TimeoutError:
        return Finding(claim, False, problem)
    return Finding(
        claim,
        True,
        f"flat {flat.flat}: import {shown['energy_import']}, export {shown['energy_export']}, shared in "
        f"{shown['shared_in']}, out {shown['shared_out']} Wh; ledger {shown['ledger']}",
    )


async def _disagreement(
    session: aiohttp.ClientSession, demo: Building, evidence: Evidence, flat: SimulatedFlat, shown: Mapping[str, Any]
) -> str:
    """Return in what Home Assistant differs from the other sources, or nothing."""
    wanted = {"energy_import", "energy_export", "shared_in", "shared_out", "last_record_energy", "ledger"}
    if flat.adopts or flat.inverter is not None:
        wanted.add("pv_power")
    if missing := sorted(key for key in wanted if shown.get(key) in {None, "unknown", "unavailable"}):
        return f"Home Assistant does not know {', '.join(missing)}"
    url = f"{demo.simulation.url}/api/registers?device={flat.flat}/meter&since_ms=0"
    async with session.get(url) as response:
        registers = tuple(tuple(row) for row in await response.json())
    pair = (shown["energy_import"], shown["energy_export"])
    now_ms = registers[-1][0] + 10 * _FRESH_MS
    recent = values_between(registers, registers[-1][0] - _FRESH_MS, now_ms)
    if pair not in recent:
        return f"registers {pair} Wh, the meter showed {sorted(recent)} in the last seconds"
    manager = Manager(session, demo.coordination)
    shares = [share for slot in await manager.ask(SLOTS) for share in slot["flats"] if share["flat"] == flat.flat]
    for key, field in (("shared_in", "shared_in_wh"), ("shared_out", "shared_out_wh")):
        total = sum(share[field] for share in shares)
        if shown[key] != total:
            return f"{key} is {shown[key]} Wh, the settled slots say {total} Wh"
    if shown["ledger"] != "proven":
        return f"the ledger is {shown['ledger']}"
    records = await manager.ask("/records?limit=500")
    kind = Kind.INTERVAL.name.lower()
    # An interval has a record for each direction; the one that tells more is shown.
    newest = [record["energy_wh"] for record in records if record["flat"] == flat.flat and record["kind"] == kind][:2]
    if len(newest) < 2 or shown["last_record_energy"] != max(newest):
        return f"the last ETP is of {shown['last_record_energy']} Wh, in the log its interval has {newest}"
    return ""


async def entities(session: aiohttp.ClientSession, resident: HomeAssistant) -> dict[str, str]:
    """Return our entities' ids by their translation keys: what they are, however they were named."""
    async with session.ws_connect(f"{resident.url}/api/websocket") as socket:
        await socket.receive_json()
        await socket.send_json({"type": "auth", "access_token": resident.token})
        if (await socket.receive_json())["type"] != "auth_ok":
            raise CommandError("Home Assistant does not accept its own owner's token")
        await socket.send_json({"id": 1, "type": "config/entity_registry/list"})
        entries = (await socket.receive_json())["result"]
    return {entry["translation_key"]: entry["entity_id"] for entry in entries if entry["platform"] == DOMAIN}


async def states_of(session: aiohttp.ClientSession, resident: HomeAssistant) -> dict[str, Any]:
    """Return states by entity id: energies as whole Wh, everything else as text."""
    async with session.get(f"{resident.url}/api/states", headers=resident.headers) as response:
        told = await response.json()
    return {state["entity_id"]: _value(state) for state in told}


def _value(state: dict[str, Any]) -> Any:
    factor = {"Wh": 1, "kWh": 1000}.get(state["attributes"].get("unit_of_measurement", ""))
    if factor is None:
        return state["state"]
    try:
        energy = Decimal(state["state"]) * factor
    except InvalidOperation:
        return state["state"]
    return int(energy) if energy == int(energy) else energy
