"""Making devices of entities: which entities are taken, what becomes of the flat, and how they are exchanged."""

from collections.abc import Mapping
import math
from typing import Any

from homeassistant.config_entries import SOURCE_USER, ConfigEntryState, ConfigSubentry
from homeassistant.const import CONF_URL
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.data_entry_flow import FlowResultType, InvalidData
from homeassistant.helpers import device_registry as dr, entity_registry as er, issue_registry as ir
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.components.diagnostics import get_diagnostics_for_config_entry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.local_vpp.const import CONF_ENTITIES, CONF_INVITE, DOMAIN, DeviceKind
from custom_components.local_vpp.devices import device_key, find_subentry
from simulator.site import Site

from .conftest import (
    Building,
    MakeEntry,
    address,
    connected,
    device_subentry,
    entity_id,
    reloaded,
    set_up,
    state_of,
    until,
)

ENERGY = {"device_class": "energy", "state_class": "total_increasing", "unit_of_measurement": "kWh"}
POWER = {"device_class": "power", "state_class": "measurement", "unit_of_measurement": "W"}
CHARGE = {"device_class": "battery", "state_class": "measurement", "unit_of_measurement": "%"}


class RouteB:
    """Another integration with a device of several entities."""

    def __init__(self, hass: HomeAssistant, serial: str = "B-101") -> None:
        self.hass = hass
        self.entry = MockConfigEntry(domain="route_b")
        self.entry.add_to_hass(hass)
        self.device = dr.async_get(hass).async_get_or_create(
            config_entry_id=self.entry.entry_id,
            identifiers={("route_b", serial)},
            manufacturer="Mitsubishi",
            model="M8FM",
            serial_number=serial,
        )

    def register(self, name: str, domain: str = "sensor") -> er.RegistryEntry:
        return er.async_get(self.hass).async_get_or_create(
            domain,
            "route_b",
            f"{self.entry.entry_id}_{name}",
            suggested_object_id=name,
            device_id=self.device.id,
            config_entry=self.entry,
        )

    def tell(self, name: str, text: str, attributes: Mapping[str, Any] | None = None, domain: str = "sensor") -> str:
        """Let an entity report; return its id."""
        name = self.register(name, domain).entity_id
        self.hass.states.async_set(name, text, attributes)
        return name


@pytest.fixture
def route_b(hass: HomeAssistant) -> RouteB:
    route_b = RouteB(hass)
    tell_all(route_b)
    return route_b


def tell_all(route_b: RouteB, imported: str = "1234.5") -> None:
    route_b.tell("bought", imported, ENERGY)
    route_b.tell("sold", "17.2", ENERGY)
    route_b.tell("draws", "431", POWER)


METER = {
    "energy_import": "sensor.bought",
    "energy_export": "sensor.sold",
    "power": "sensor.draws",
    "power_sign": "import_positive",
}


async def answer(hass: HomeAssistant, flow: str, **values: Any) -> Any:
    """Send a form of a device."""
    return await hass.config_entries.subentries.async_configure(flow, values)


async def begin(hass: HomeAssistant, entry: MockConfigEntry, kind: DeviceKind) -> str:
    """Open the form of a device that is made of entities."""
    result = await hass.config_entries.subentries.async_init(
        (entry.entry_id, kind.value), context={"source": SOURCE_USER}
    )
    flow: str = result["flow_id"]
    result = await answer(hass, flow, next_step_id="entities")
    assert (result["type"], result["step_id"], result["errors"]) == (FlowResultType.FORM, "entities", {})
    return flow


def the(entry: MockConfigEntry, kind: DeviceKind) -> ConfigSubentry:
    """The flat's device of a kind."""
    found = find_subentry(entry, kind)
    assert found is not None
    return found


@pytest.fixture
async def metered(hass: HomeAssistant, make_entry: MakeEntry, route_b: RouteB) -> MockConfigEntry:
    """A flat whose meter is made of entities, as the form leaves it, and connected."""
    entry = await make_entry(DeviceKind.METER)
    hass.config_entries.async_remove_subentry(entry, the(entry, DeviceKind.METER).subentry_id)
    flow = await begin(hass, entry, DeviceKind.METER)
    result = await answer(hass, flow, **METER)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()  # A reload that is under way would open its database while all is closed.
    await until(lambda: entry.state is ConfigEntryState.LOADED)
    await connected(entry)
    return entry


async def test_a_flat_joins_with_a_meter_of_entities(hass: HomeAssistant, building: Building, route_b: RouteB) -> None:
    assert await async_setup_component(hass, "modbus", {})
    flow = (await hass.config_entries.flow.async_init(DOMAIN, context={"source": SOURCE_USER}))["flow_id"]

    async def say(**values: Any) -> Any:
        return await hass.config_entries.flow.async_configure(flow, values)

    await say(**{CONF_URL: building.url})
    await say(**{CONF_INVITE: await building.invite()})
    result = await say(next_step_id="entities")
    assert (result["step_id"], result["errors"]) == ("entities", {})
    result = await say(**{**METER, "energy_import": "sensor.draws"})
    assert result["errors"] == {"energy_import": "entity_wrong_kind", "power": "entity_twice"}
    result = await say(**METER)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    entry = result["result"]
    await until(lambda: entry.state is ConfigEntryState.LOADED)
    assert state_of(hass, "_energy_import", entry) == "1234.5"
    assert await hass.config_entries.async_unload(entry.entry_id)

    flow = (await hass.config_entries.flow.async_init(DOMAIN, context={"source": SOURCE_USER}))["flow_id"]
    await say(**{CONF_URL: building.url})
    await say(**{CONF_INVITE: await building.invite("102")})
    await say(next_step_id="entities")
    assert (await say(**METER))["errors"] == {"base": "meter_taken"}


async def test_a_meter_of_entities_is_kept_by_what_outlives_their_names(
    hass: HomeAssistant, metered: MockConfigEntry, route_b: RouteB
) -> None:
    meter, bought = the(metered, DeviceKind.METER), route_b.register("bought")
    assert meter.title == "Mitsubishi M8FM"
    assert meter.unique_id == f"meter_{bought.id}"
    assert meter.data[CONF_ENTITIES]["energy_import"] == bought.id
    assert meter.data["serial_number"] == "B-101"
    tell_all(route_b, "1234.6")
    await until(lambda: state_of(hass, "_energy_import", metered) == "1234.6")
    assert state_of(hass, "_energy_export", metered) == "17.2"
    assert state_of(hass, "_energy_step", metered) == "100"
    await until(lambda: state_of(hass, f"{device_key(meter)}_power", metered) == "431")

    before = metered.runtime_data.coordinator
    er.async_get(hass).async_update_entity("sensor.bought", new_entity_id="sensor.drawn")
    hass.states.async_remove("sensor.bought")
    tell_all(route_b, "1234.7")
    await until(lambda: state_of(hass, "_energy_import", metered) == "1234.7")
    assert metered.runtime_data.coordinator is before


async def test_an_unavailable_meter_is_told_and_heals(
    hass: HomeAssistant, metered: MockConfigEntry, route_b: RouteB
) -> None:
    for name in ("bought", "sold", "draws"):
        route_b.tell(name, "unavailable")
    await until(lambda: state_of(hass, "_energy_import", metered) == "unavailable")
    assert "sensor.bought is unavailable" in metered.runtime_data.coordinator.data.problems["meter"]
    tell_all(route_b)
    await until(lambda: state_of(hass, "_energy_import", metered) == "1234.5")
    # The integration that it came from is removed.
    assert await hass.config_entries.async_remove(route_b.entry.entry_id)
    for name in ("bought", "sold", "draws"):
        hass.states.async_remove(f"sensor.{name}")
    issue = f"entity_missing_{metered.entry_id}"
    await until(lambda: ir.async_get(hass).async_get_issue(DOMAIN, issue) is not None)
    assert await hass.config_entries.async_remove(metered.entry_id)
    assert ir.async_get(hass).async_get_issue(DOMAIN, issue) is None


async def test_a_meter_that_is_not_told_yet_is_waited_for(
    hass: HomeAssistant, metered: MockConfigEntry, route_b: RouteB
) -> None:
    assert await hass.config_entries.async_unload(metered.entry_id)
    for name in ("bought", "sold", "draws"):
        route_b.tell(name, "unavailable")
    await set_up(hass, metered)
    assert state_of(hass, "_energy_import", metered) == "unavailable"
    tell_all(route_b)
    await until(lambda: state_of(hass, "_energy_import", metered) == "1234.5")


async def test_each_unfit_entity_has_its_own_message(
    hass: HomeAssistant, metered: MockConfigEntry, route_b: RouteB
) -> None:
    flow = await begin(hass, metered, DeviceKind.INVERTER)
    sign = {"battery_sign": "charge_positive"}
    assert (await answer(hass, flow, **sign))["errors"] == {"base": "no_power_entity"}
    soc = route_b.tell("soc", "55", CHARGE)
    assert (await answer(hass, flow, **sign, battery_soc=soc))["errors"] == {"base": "no_power_entity"}
    own = entity_id(hass, "_energy_import", metered)
    with pytest.raises(InvalidData):  # The form does not even offer them.
        await answer(hass, flow, **sign, pv_power="sensor.draws", pv_energy=own)
    daily = route_b.tell("today", "3.2", {**ENERGY, "state_class": "measurement"})
    reset = route_b.tell("reset", "3.2", {**ENERGY, "state_class": "total", "last_reset": "2026-11-22T00:00:00+09:00"})
    litres = route_b.tell("litres", "3.2", {**ENERGY, "unit_of_measurement": "L"})
    result = await answer(
        hass,
        flow,
        **sign,
        pv_power="sensor.nowhere",
        pv_energy=daily,
        battery_power=litres,
        battery_charge=daily,
        battery_discharge=reset,
    )
    assert result["errors"] == {
        "pv_power": "entity_gone",
        "pv_energy": "entity_no_counter",
        "battery_power": "entity_wrong_kind",
        "battery_charge": "entity_twice",
        "battery_discharge": "entity_no_counter",
    }
    result = await answer(hass, flow, **sign, pv_power=route_b.tell("pv", "1500", POWER))
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_what_home_assistant_computes_is_no_meter(
    hass: HomeAssistant, make_entry: MakeEntry, route_b: RouteB
) -> None:
    entry = await make_entry(DeviceKind.METER)
    hass.config_entries.async_remove_subentry(entry, the(entry, DeviceKind.METER).subentry_id)
    flow = await begin(hass, entry, DeviceKind.METER)
    for platform in ("integration", "utility_meter"):
        name = er.async_get(hass).async_get_or_create("sensor", platform, "sum").entity_id
        hass.states.async_set(name, "12.5", ENERGY)
        result = await answer(hass, flow, **{**METER, "energy_import": name})
        assert result["errors"] == {"energy_import": "entity_computed"}


async def test_solar_energy_beside_a_battery_is_an_inverter(
    hass: HomeAssistant, metered: MockConfigEntry, route_b: RouteB
) -> None:
    before = metered.runtime_data.coordinator
    flow = await begin(hass, metered, DeviceKind.INVERTER)

    def tell() -> dict[str, str]:
        tell_all(route_b)
        return {
            "pv_energy": route_b.tell("made", "88", ENERGY),
            "battery_power": route_b.tell("battery", "700", POWER),
        }

    await answer(hass, flow, **tell(), battery_sign="charge_positive")
    await reloaded(metered, before)
    tell()
    await until(lambda: metered.runtime_data.coordinator.data.inverter is not None)
    assert metered.runtime_data.coordinator.data.inverter.pv_wh == 88_000
    await until(lambda: not metered.runtime_data.coordinator.data.problems)


async def test_pv_and_battery_of_entities_are_shown(
    hass: HomeAssistant, metered: MockConfigEntry, route_b: RouteB
) -> None:
    before = metered.runtime_data.coordinator
    flow = await begin(hass, metered, DeviceKind.INVERTER)

    def tell() -> dict[str, str]:
        tell_all(route_b)
        return {
            "pv_power": route_b.tell("pv", "1.5", {**POWER, "unit_of_measurement": "kW"}),
            "battery_power": route_b.tell("battery", "700", POWER),
            "battery_soc": route_b.tell("soc", "55", CHARGE),
        }

    result = await answer(hass, flow, **tell(), battery_sign="charge_positive")
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await reloaded(metered, before)
    tell()
    await until(lambda: state_of(hass, "_battery_power", metered) == "-700")
    assert state_of(hass, "_pv_power", metered) == "1500"
    assert state_of(hass, "_state_of_charge", metered) == "55.0"
    assert state_of(hass, "_grid", metered) == "unknown"
    assert not metered.runtime_data.devices.battery.controllable


async def test_a_battery_alone_is_a_battery_alone(
    hass: HomeAssistant, metered: MockConfigEntry, route_b: RouteB
) -> None:
    before = metered.runtime_data.coordinator
    flow = await begin(hass, metered, DeviceKind.INVERTER)
    power = route_b.tell("battery", "700", POWER)
    await answer(hass, flow, battery_power=power, battery_sign="discharge_positive")
    await reloaded(metered, before)
    route_b.tell("battery", "700", POWER)
    await until(lambda: state_of(hass, "_battery_power", metered) == "700")
    assert metered.runtime_data.devices.inverter is None
    assert not metered.runtime_data.coordinator.data.problems


async def test_a_relay_of_entities_shows_its_feedback(
    hass: HomeAssistant, metered: MockConfigEntry, route_b: RouteB
) -> None:
    before = metered.runtime_data.coordinator
    switch, contact = (
        route_b.tell("contactor", "off", domain="switch"),
        route_b.tell("aux", "on", domain="binary_sensor"),
    )
    flow = await begin(hass, metered, DeviceKind.RELAY)
    result = await answer(hass, flow, switch=switch, closed=contact, feedback="on_is_closed")
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await reloaded(metered, before)
    await until(lambda: state_of(hass, "_closed", metered) == "on")

    async def switched(call: ServiceCall) -> None:
        route_b.tell("contactor", "on", domain="switch")
        route_b.tell("aux", "off", domain="binary_sensor")

    hass.services.async_register("switch", "turn_on", switched)
    await metered.runtime_data.devices.relay.command(True)
    await until(lambda: state_of(hass, "_closed", metered) == "off")


async def test_a_meter_of_entities_is_reconfigured_and_stays_the_same(
    hass: HomeAssistant, metered: MockConfigEntry, route_b: RouteB
) -> None:
    meter, before = the(metered, DeviceKind.METER), metered.runtime_data.coordinator
    result = await metered.start_subentry_reconfigure_flow(hass, meter.subentry_id)
    assert result["step_id"] == "entities"
    shown = {str(field): (field.description or {}).get("suggested_value") for field in result["data_schema"].schema}
    assert shown == {**METER, "voltage": None, "frequency": None}
    other = RouteB(hass, "B-102")
    foreign = other.tell("neighbour", "9", ENERGY)
    result = await answer(hass, result["flow_id"], **{**METER, "energy_import": foreign})
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "wrong_device")
    assert metered.runtime_data.coordinator is before

    result = await metered.start_subentry_reconfigure_flow(hass, meter.subentry_id)
    result = await answer(hass, result["flow_id"], **{**METER, "power_sign": "export_positive"})
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "reconfigure_successful")
    assert the(metered, DeviceKind.METER).unique_id == meter.unique_id
    await reloaded(metered, before)
    tell_all(route_b)
    await until(lambda: state_of(hass, f"{device_key(meter)}_power", metered) == "-431")


async def test_a_flat_that_generates_needs_a_counter_of_its_export(
    hass: HomeAssistant, make_entry: MakeEntry, route_b: RouteB, site: Site
) -> None:
    entry = await make_entry(DeviceKind.METER, DeviceKind.INVERTER)
    hass.config_entries.async_remove_subentry(entry, the(entry, DeviceKind.METER).subentry_id)
    flow = await begin(hass, entry, DeviceKind.METER)
    without = {key: value for key, value in METER.items() if key != "energy_export"}
    assert (await answer(hass, flow, **without))["errors"] == {"energy_export": "export_needed"}
    result = await answer(hass, flow, **METER)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await until(lambda: entry.state is ConfigEntryState.LOADED)


async def test_entities_and_addresses_stand_beside_each_other(
    hass: HomeAssistant, metered: MockConfigEntry, route_b: RouteB, site: Site
) -> None:
    """A device on Modbus is added to a flat of entities, and what one flat has is no other's."""
    result = await hass.config_entries.subentries.async_init(
        (metered.entry_id, DeviceKind.RELAY.value), context={"source": SOURCE_USER}
    )
    await answer(hass, result["flow_id"], next_step_id="tcp")
    result = await answer(hass, result["flow_id"], **address(site, DeviceKind.RELAY))
    assert result["type"] is FlowResultType.CREATE_ENTRY
    neighbour = MockConfigEntry(
        domain=DOMAIN, data=metered.data, subentries_data=[await device_subentry(hass, site, DeviceKind.RELAY, "102")]
    )
    neighbour.add_to_hass(hass)
    flow = await begin(hass, neighbour, DeviceKind.METER)
    result = await answer(hass, flow, **METER)
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "already_configured")
    await hass.async_block_till_done()


async def test_diagnostics_name_the_entities_and_no_serial_number(
    hass: HomeAssistant, hass_client: ClientSessionGenerator, metered: MockConfigEntry
) -> None:
    assert await async_setup_component(hass, "diagnostics", {})
    told = await get_diagnostics_for_config_entry(hass, hass_client, metered)
    assert told["subentries"][0]["data"]["entities"].keys() == {"energy_import", "energy_export", "power"}
    assert told["state"]["meter"]["step_wh"] == 100
    assert "B-101" not in str(told)


BATTERY = {"battery_power": "sensor.battery", "battery_soc": "sensor.soc", "battery_sign": "charge_positive"}


def tell_battery(route_b: RouteB) -> None:
    tell_all(route_b)
    route_b.tell("battery", "700", POWER)
    route_b.tell("soc", "55", CHARGE)
    route_b.tell("usable", "9.7", {"unit_of_measurement": "kWh"})


async def test_what_a_battery_can_is_stated_where_no_entity_tells_it(
    hass: HomeAssistant, metered: MockConfigEntry, route_b: RouteB
) -> None:
    tell_battery(route_b)
    before = metered.runtime_data.coordinator
    flow = await begin(hass, metered, DeviceKind.BATTERY)
    for wrong, field, told in (
        ({"capacity_kwh": 9700}, "capacity_kwh", ("9700 kWh", "0.5 kWh", "200 kWh")),
        ({"max_charge_w": 3}, "max_charge_w", ("3 W", "100 W", "50000 W")),
        ({"capacity_kwh": 9.7, "max_discharge_w": -1}, "max_discharge_w", ("-1 W", "100 W", "50000 W")),
    ):
        result = await answer(hass, flow, **BATTERY, **wrong)
        assert result["errors"] == {field: "rating_out_of_range"}
        said = result["description_placeholders"]
        assert (said["value"], said["least"], said["most"]) == told
    result = await answer(hass, flow, **BATTERY, battery_capacity="sensor.usable", capacity_kwh=9.7)
    assert result["errors"] == {"capacity_kwh": "rating_twice"}
    result = await answer(hass, flow, **BATTERY, battery_capacity="sensor.usable", max_charge_w=3000)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await reloaded(metered, before)
    tell_battery(route_b)
    coordinator = metered.runtime_data.coordinator
    await until(lambda: coordinator.data.battery is not None and coordinator.data.battery.soc_percent == 55)
    reading = coordinator.data.battery
    assert (reading.capacity_wh, reading.max_charge_w, reading.max_discharge_w) == (9700, 3000, None)
    assert reading.stated == ("max_charge_w",)


async def test_what_is_no_number_is_refused_with_the_field_that_it_was_entered_in(
    hass: HomeAssistant, metered: MockConfigEntry, route_b: RouteB
) -> None:
    tell_battery(route_b)
    flow = await begin(hass, metered, DeviceKind.BATTERY)
    for field in ("capacity_kwh", "max_charge_w", "max_discharge_w"):
        for wrong in (math.nan, math.inf, -math.inf):
            with pytest.raises(InvalidData) as refused:
                await answer(hass, flow, **BATTERY, **{field: wrong})
            assert refused.value.schema_errors.keys() == {field}
            assert "write one in digits" in refused.value.schema_errors[field]
    result = await answer(hass, flow, **BATTERY, capacity_kwh=9.7)
    assert result["type"] is FlowResultType.CREATE_ENTRY, "the form goes on"


async def test_of_no_battery_nothing_is_stated(hass: HomeAssistant, metered: MockConfigEntry, route_b: RouteB) -> None:
    flow = await begin(hass, metered, DeviceKind.INVERTER)
    power = route_b.tell("pv", "1500", POWER)
    result = await answer(hass, flow, pv_power=power, battery_sign="charge_positive", capacity_kwh=9.7)
    assert result["errors"] == {"base": "rating_without_battery"}
    counting = route_b.tell("counting", "9.7", ENERGY)
    result = await answer(hass, flow, pv_power=power, **BATTERY, battery_capacity=counting)
    assert result["errors"]["battery_capacity"] == "entity_wrong_kind", "what grows is no capacity"


async def test_a_flat_whose_meter_does_not_tell_what_its_line_bears_delivers_only_once_that_is_entered(
    hass: HomeAssistant, metered: MockConfigEntry
) -> None:
    options = hass.config_entries.options
    flow = (await options.async_init(metered.entry_id))["flow_id"]
    await options.async_configure(flow, {"next_step_id": "market"})
    result = await options.async_configure(flow, {"deliver": True})
    assert (result["type"], result["errors"]) == (FlowResultType.FORM, {"line_w": "line_needed"})
    before = metered.runtime_data.coordinator
    result = await options.async_configure(flow, {"deliver": True, "line_w": 6000})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await reloaded(metered, before)
