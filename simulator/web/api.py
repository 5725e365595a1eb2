"""What the control page and the tests ask of the simulator over HTTP.

Everything that a request may say is checked before anything changes; a bad one gets status 400 and a sentence that
names the field, the value and the remedy.
"""

from collections.abc import Awaitable, Callable
from importlib.resources import files
import json
from typing import Final

from aiohttp import web

from ..devices import Device, RelayDevice
from ..errors import InvalidInput
from ..physics import MJ_PER_WH, Orders, Pair, Relay, Switch, leased, soc_permille
from ..plant import Household, Plant
from ..registers.face import Reading
from ..settings import Fault, Sky
from ..site import BUILDING, INVERTER, METER, RELAY, Site

_SITE: Final = web.AppKey("site", Site)
_HIGHEST_V: Final = 300
_HIGHEST_HZ: Final = 70
_LONGEST_FLAP_S: Final = 86_400
_MOST_FLAPS: Final = 1000
_MAX_BODY: Final = 64 * 1024


@web.middleware
async def _say_what_is_wrong(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    try:
        return await handler(request)
    except InvalidInput as error:
        return web.json_response({"error": str(error)}, status=400)


async def _body(request: web.Request, fields: frozenset[str]) -> dict[str, object]:
    raw = await request.text()
    try:
        body = json.loads(raw)
    except ValueError as error:
        raise InvalidInput("body", raw[:80], "send a JSON object") from error
    if not isinstance(body, dict):
        raise InvalidInput("body", raw[:80], "send a JSON object")
    for name in body:
        if name not in fields:
            raise InvalidInput(name, body[name], f"send only {', '.join(sorted(fields))}")
    return body


def _meter(reading: Reading, device: Device) -> dict[str, object]:
    return {
        "voltage_v": reading.grid.voltage_mv / 1000,
        "frequency_hz": reading.grid.frequency_mhz / 1000,
        "power_w": reading.power_mw / 1000,
        "import_wh": reading.energy.import_wh,
        "export_wh": reading.energy.export_wh,
        "fault": device.fault,
    }


def _household(site: Site, household: Household) -> dict[str, object]:
    name = household.plan.flat
    state = household.state
    units = site.flats[name].units.by_number
    inverter: dict[str, object] | None = None
    rating = household.plan.rating.inverter
    if state.inverter is not None and rating is not None:
        battery = rating.battery
        asked = leased(rating, state.inverter)
        inverter = {
            "link": state.inverter.link.value,
            "pv_w": state.inverter.pv_mw / 1000,
            "pv_dc_w": state.inverter.pv_dc_mw / 1000,
            "pv_available_w": state.inverter.pv_available_mw / 1000,
            "battery_w": None if battery is None else state.inverter.battery_mw / 1000,
            "soc_percent": None if battery is None else soc_permille(battery, state.inverter.stored_mj) / 10,
            "ac_w": state.inverter.ac_mw / 1000,
            "pv_wh": state.inverter.pv_dc_mj // MJ_PER_WH,
            "charge_wh": None if battery is None else state.inverter.charged_mj // MJ_PER_WH,
            "discharge_wh": None if battery is None else state.inverter.discharged_mj // MJ_PER_WH,
            "stored_wh": None if battery is None else state.inverter.stored_mj // MJ_PER_WH,
            "capacity_wh": None if battery is None else battery.capacity_mj // MJ_PER_WH,
            "pv_wp": rating.pv_wp,
            "asleep": state.inverter.asleep,
            "leased": None if asked is None else _orders(asked),
            "fault": units[INVERTER].fault if INVERTER in units else None,
        }
    return {
        "flat": name,
        "grid_on": site.plant.grid_present(household),
        "feed_on": household.feed,
        "load_w": state.load_mw / 1000,
        "living_w": state.living_mw / 1000,
        "grid_w": state.grid_mw / 1000,
        "energised": state.energised,
        "dark_ms": state.dark_ms,
        "islanded": state.islanded,
        "separated": state.separated,
        "meter": _meter(household.reading, units[METER]),
        "inverter": inverter,
        **_module(state.switch, units.get(RELAY)),
    }


def _orders(asked: Orders) -> dict[str, object]:
    """The powers that a controller allows or wants."""
    return {
        "battery_low_w": asked.battery_low_mw / 1000,
        "battery_high_w": asked.battery_high_mw / 1000,
        "ac_w": None if asked.ac_target_mw is None else asked.ac_target_mw / 1000,
    }


def _module(switch: Switch, module: Device | None) -> dict[str, object]:
    """The contactors outside of the inverter; null where there is none."""
    if isinstance(switch, Relay) and module is not None:
        return {"relay": _contact(switch, module), "island": None}
    if isinstance(switch, Pair) and isinstance(module, RelayDevice) and module.island is not None:
        return {"relay": _contact(switch.main, module), "island": _contact(switch.island, module.island)}
    return {"relay": None, "island": None}


def _contact(relay: Relay, device: Device) -> dict[str, object]:
    return {"command": relay.command, "contact": relay.contact, "fault": device.fault}


async def _get_page(_request: web.Request) -> web.Response:
    page = files(__package__ or "simulator.web").joinpath("page.html").read_text(encoding="utf-8")
    return web.Response(text=page, content_type="text/html")


async def _get_layout(request: web.Request) -> web.Response:
    return web.json_response(request.app[_SITE].layout())


async def _get_state(request: web.Request) -> web.Response:
    site = request.app[_SITE]
    plant = site.plant
    return web.json_response(
        {
            "generator": site.generator,
            "ticks": plant.ticks,
            "profile_time": plant.profile_time.isoformat(timespec="seconds"),
            "grid_on": plant.grid_on,
            "sky": plant.sky.value,
            "building": {
                "bulk": _meter(plant.bulk, site.device(BUILDING, "bulk")),
                "common": _meter(plant.common, site.device(BUILDING, "common")),
            },
            "flats": [_household(site, household) for household in plant.households.values()],
        }
    )


async def _get_registers(request: web.Request) -> web.Response:
    device = request.query.get("device")
    if device is None:
        raise InvalidInput("device", None, "give a meter such as 101/meter, building/bulk or building/common")
    since = request.query.get("since_ms", "0")
    if not since.isascii() or not since.isdigit():
        raise InvalidInput("since_ms", since, "give milliseconds since 1970 as a whole number")
    return web.json_response(request.app[_SITE].history(device).since(int(since)))


def _whose(plant: Plant, body: dict[str, object]) -> list[str] | None:
    """The flats that a request is about: some, those of a riser, or None for the building."""
    flats, riser = body.get("flats"), body.get("riser")
    if flats is not None and riser is not None:
        raise InvalidInput("riser", riser, "send flats, a riser or neither")
    if riser is not None:
        fed = [name for name in plant.households if isinstance(riser, str) and riser and name[-2:] == riser]
        if not fed:
            risers = ", ".join(sorted({name[-2:] for name in plant.households}))
            raise InvalidInput("riser", riser, f"send one of {risers}: the end of the numbers of the flats on it")
        return fed
    if flats is None:
        return None
    if not isinstance(flats, list) or not all(isinstance(flat, str) for flat in flats):
        raise InvalidInput("flats", flats, 'send a list of flats such as ["101"]')
    return [str(flat) for flat in flats]


async def _post_grid(request: web.Request) -> web.Response:
    plant = request.app[_SITE].plant
    body = await _body(request, frozenset({"on", "flats", "riser"}))
    on = body.get("on")
    if not isinstance(on, bool):
        raise InvalidInput("on", on, "send true or false")
    flats = _whose(plant, body)
    plant.switch_grid(on, flats)
    return web.json_response({"on": on, "flats": flats})


def _held(body: dict[str, object], field: str, highest: int) -> int | None:
    """A voltage or frequency to hold, in thousandths; None to let it be."""
    given = body.get(field)
    if given is None:
        return None
    if isinstance(given, bool) or not isinstance(given, int | float) or not 0 < given <= highest:
        raise InvalidInput(field, given, f"send a number above 0, at most {highest}, or null")
    return round(given * 1000)


async def _post_disturbance(request: web.Request) -> web.Response:
    body = await _body(request, frozenset({"voltage_v", "frequency_hz"}))
    voltage, frequency = _held(body, "voltage_v", _HIGHEST_V), _held(body, "frequency_hz", _HIGHEST_HZ)
    request.app[_SITE].plant.disturb(voltage, frequency)
    return web.json_response({"voltage_v": body.get("voltage_v"), "frequency_hz": body.get("frequency_hz")})


async def _post_flapping(request: web.Request) -> web.Response:
    plant = request.app[_SITE].plant
    body = await _body(request, frozenset({"seconds", "flats", "riser"}))
    given = body.get("seconds")
    whole = isinstance(given, list) and all(type(each) is int and 1 <= each <= _LONGEST_FLAP_S for each in given)
    if not isinstance(given, list) or not whole or not 1 <= len(given) <= _MOST_FLAPS:
        remedy = f"send up to {_MOST_FLAPS} whole seconds from 1 to {_LONGEST_FLAP_S}: off, on, off and so on"
        raise InvalidInput("seconds", given, remedy)
    plant.flap(given, _whose(plant, body))
    return web.json_response({"seconds": given})


async def _post_device(request: web.Request) -> web.Response:
    site = request.app[_SITE]
    body = await _body(request, frozenset({"fault"}))
    if "fault" not in body:
        raise InvalidInput("fault", None, f"send one of {', '.join(Fault)}, or null to mend")
    given = body["fault"]
    if given is not None and given not in list(Fault):
        raise InvalidInput("fault", given, f"send one of {', '.join(Fault)}, or null to mend")
    fault = None if given is None else Fault(str(given))
    site.set_fault(request.match_info["flat"], request.match_info["device"], fault)
    return web.json_response({"fault": given})


async def _post_weather(request: web.Request) -> web.Response:
    body = await _body(request, frozenset({"sky"}))
    given = body.get("sky")
    if given not in list(Sky):
        raise InvalidInput("sky", given, f"send one of {', '.join(Sky)}")
    request.app[_SITE].plant.sky = Sky(str(given))
    return web.json_response({"sky": given})


def application(site: Site) -> web.Application:
    """The web application of a site."""
    app = web.Application(middlewares=[_say_what_is_wrong], client_max_size=_MAX_BODY)
    app[_SITE] = site
    app.add_routes(
        [
            web.get("/", _get_page),
            web.get("/api/layout", _get_layout),
            web.get("/api/state", _get_state),
            web.get("/api/registers", _get_registers),
            web.post("/api/grid", _post_grid),
            web.post("/api/grid/disturbance", _post_disturbance),
            web.post("/api/grid/flapping", _post_flapping),
            web.post("/api/devices/{flat}/{device}", _post_device),
            web.post("/api/weather", _post_weather),
        ]
    )
    return app
