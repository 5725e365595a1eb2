"""Other devices made of entities, and entities that move and go.

States and registries are Home Assistant's own. Time is the test's, and Home Assistant's goes with it.
"""

import asyncio
from typing import Any

from homeassistant.core import CoreState, HomeAssistant, ServiceCall
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr, entity_registry as er, issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.local_vpp.adopted import (
    AdoptedBattery,
    AdoptedCharger,
    AdoptedGasMeter,
    AdoptedInverter,
    AdoptedMeter,
    AdoptedRelay,
)
from custom_components.local_vpp.adopted_identity import identity_told
from custom_components.local_vpp.const import DOMAIN
from custom_components.local_vpp.lib.localvpp.devices import (
    ChargerState,
    DeviceNonsenseError,
    DeviceRefusedError,
    DeviceSilentError,
    GasReading,
    Identity,
)
from custom_components.local_vpp.source import GAS_WITHIN_S, Sources

from .conftest import IMPORT, ISSUE, METER, WHO, HandClock, tell

# --- entities that move and go ----------------------------------------------------------------------


async def test_a_renamed_entity_is_followed_and_a_removed_one_is_told(
    hass: HomeAssistant, meter: AdoptedMeter, sources: Sources
) -> None:
    registry = er.async_get(hass)
    entry = registry.async_get_or_create("sensor", "route_b", "e0", suggested_object_id="route_b_e0")
    tell(hass, entry.entity_id, "5.5", "kWh")
    adopted = AdoptedMeter(sources, {**METER, "entities": {**METER["entities"], "energy_import": entry.id}}, WHO)
    assert (await adopted.read()).import_wh == 5_500

    registry.async_update_entity(entry.entity_id, new_entity_id="sensor.bought")
    hass.states.async_remove(entry.entity_id)
    tell(hass, "sensor.bought", "5.6", "kWh")
    assert (await adopted.read()).import_wh == 5_600
    assert ir.async_get(hass).async_get_issue(DOMAIN, ISSUE) is None

    registry.async_remove("sensor.bought")
    hass.states.async_remove("sensor.bought")
    reading = await adopted.read()
    assert reading.import_wh is None
    assert "sensor.bought does not exist" in str(reading.failed["energy_import"])
    issue = ir.async_get(hass).async_get_issue(DOMAIN, ISSUE)
    assert issue is not None
    assert issue.translation_placeholders == {"name": "Sakura Heights 101", "entities": "sensor.bought"}


async def test_the_notice_goes_when_the_entity_is_back(hass: HomeAssistant, meter: AdoptedMeter) -> None:
    hass.states.async_remove(IMPORT)
    await meter.read()
    assert ir.async_get(hass).async_get_issue(DOMAIN, ISSUE) is not None
    tell(hass, IMPORT, "1234.5", "kWh")
    await meter.read()
    assert ir.async_get(hass).async_get_issue(DOMAIN, ISSUE) is None


async def test_what_is_yet_to_come_while_home_assistant_starts_is_no_loss(
    hass: HomeAssistant, meter: AdoptedMeter
) -> None:
    hass.set_state(CoreState.starting)
    hass.states.async_remove(IMPORT)
    assert (await meter.read()).import_wh is None
    assert ir.async_get(hass).async_get_issue(DOMAIN, ISSUE) is None
    hass.set_state(CoreState.running)
    await meter.read()
    assert ir.async_get(hass).async_get_issue(DOMAIN, ISSUE) is not None


async def test_the_identity_is_that_of_the_entitys_device(hass: HomeAssistant) -> None:
    entry = MockConfigEntry(domain="echonetlite")
    entry.add_to_hass(hass)
    device = dr.async_get(hass).async_get_or_create(
        config_entry_id=entry.entry_id,
        identifiers={("echonetlite", "battery")},
        manufacturer="Nichicon",
        model="ESS-H2",
        serial_number="N-77",
        sw_version="1.2",
    )
    entity = er.async_get(hass).async_get_or_create(
        "sensor", "echonetlite", "d3", device_id=device.id, config_entry=entry
    )
    assert identity_told(hass, entity.id) == Identity(
        manufacturer="Nichicon", model="ESS-H2", serial="N-77", version="1.2"
    )
    tell(hass, "sensor.alone", "1")
    assert identity_told(hass, "sensor.alone") == Identity(manufacturer="Home Assistant", model="alone")


# --- PV and battery ---------------------------------------------------------------------------------


async def test_a_battery_is_read_with_its_sign_and_never_commanded(hass: HomeAssistant, sources: Sources) -> None:
    tell(hass, "sensor.battery_power", "0.8", "kW")
    tell(hass, "sensor.battery_soc", "64", "%")
    data = {
        "entities": {"battery_power": "sensor.battery_power", "battery_soc": "sensor.battery_soc"},
        "battery_sign": "charge_positive",
    }
    battery = AdoptedBattery(sources, data, WHO)
    reading = await battery.read()
    assert (reading.power_w, reading.soc_percent, reading.charge_wh) == (-800, 64, None)
    assert not battery.controllable
    with pytest.raises(DeviceRefusedError, match="no lease"):
        await battery.set_power(500, 60)
    tell(hass, "sensor.battery_soc", "101", "%")
    assert (await battery.read()).soc_percent is None, "there is no such state of charge"


async def test_a_battery_tells_what_it_can_where_an_entity_does(hass: HomeAssistant, sources: Sources) -> None:
    tell(hass, "sensor.battery_power", "800", "W")
    tell(hass, "sensor.capacity", "9.7", "kWh")
    tell(hass, "sensor.most", "2.5", "kW")
    roles = {
        "battery_power": "sensor.battery_power",
        "battery_capacity": "sensor.capacity",
        "battery_max_discharge": "sensor.most",
    }
    battery = AdoptedBattery(sources, {"entities": roles}, WHO)
    reading = await battery.read()
    assert (reading.capacity_wh, reading.max_charge_w, reading.max_discharge_w) == (9700, None, 2500)
    tell(hass, "sensor.capacity", "0", "kWh")
    tell(hass, "sensor.most", "unavailable", "kW")
    reading = await battery.read()
    assert (reading.power_w, reading.capacity_wh, reading.max_discharge_w) == (800, None, None)
    assert "choose the entity that tells it" in str(reading.failed["battery_capacity"])
    assert "sensor.most is unavailable" in str(reading.failed["battery_max_discharge"])


async def test_pv_tells_its_power_and_nothing_of_the_grid(hass: HomeAssistant, sources: Sources) -> None:
    tell(hass, "sensor.pv_power", "2345.6", "W")
    tell(hass, "sensor.pv_energy", "4321", "kWh")
    entities = {"pv_power": "sensor.pv_power", "pv_energy": "sensor.pv_energy"}
    reading = await AdoptedInverter(sources, {"entities": entities}, WHO).read()
    assert (reading.pv_power_w, reading.pv_wh, reading.energy_wh) == (2345.6, 4_321_000, 4_321_000)
    assert reading.grid_connected is None
    hybrid = AdoptedInverter(sources, {"entities": {**entities, "battery_power": "sensor.battery_power"}}, WHO)
    reading = await hybrid.read()
    assert (reading.pv_wh, reading.energy_wh, reading.ac_power_w) == (4_321_000, None, None)


# --- the relay --------------------------------------------------------------------------------------

RELAY = {
    "entities": {"switch": "switch.contactor", "closed": "binary_sensor.contact", "energised": "binary_sensor.voltage"},
    "feedback": "on_is_closed",
}


@pytest.fixture
def relay(hass: HomeAssistant, sources: Sources) -> AdoptedRelay:
    tell(hass, "switch.contactor", "off")
    tell(hass, "binary_sensor.contact", "off")
    tell(hass, "binary_sensor.voltage", "on")
    return AdoptedRelay(sources, RELAY, WHO)


async def test_a_relay_is_commanded_through_its_switch_and_believed_by_its_feedback(
    hass: HomeAssistant, relay: AdoptedRelay, clock: HandClock
) -> None:
    calls: list[tuple[str, Any]] = []

    async def switched(call: ServiceCall) -> None:
        calls.append((call.service, call.data["entity_id"]))
        tell(hass, "switch.contactor", "on" if call.service == "turn_on" else "off")

    hass.services.async_register("switch", "turn_on", switched)
    hass.services.async_register("switch", "turn_off", switched)
    await relay.command(True)
    assert calls == [("turn_on", "switch.contactor")]
    reading = await relay.read()
    assert (reading.commanded, reading.closed, reading.energised) == (True, False, True), "the contact did not follow"
    tell(hass, "binary_sensor.contact", "on")
    clock.move(86_400)
    assert (await relay.read()).closed is True, "a contact reports when it changes, and stays what it is"
    await relay.command(False)
    assert calls[1:] == [("turn_off", "switch.contactor")]
    tell(hass, "binary_sensor.contact", "unavailable")
    reading = await relay.read()
    assert (reading.commanded, reading.closed) == (False, None), "what was commanded is not what happened"


async def test_a_contact_that_opens_tells_the_contrary(
    hass: HomeAssistant, sources: Sources, relay: AdoptedRelay
) -> None:
    turned = AdoptedRelay(sources, {**RELAY, "feedback": "on_is_open"}, WHO)
    assert (await turned.read()).closed is True
    assert (await relay.read()).closed is False


async def test_a_switch_that_refuses_or_is_away_is_told(
    hass: HomeAssistant, relay: AdoptedRelay, clock: HandClock
) -> None:
    with pytest.raises(DeviceRefusedError, match=r"switch\.contactor refuses"):
        await relay.command(True)  # No integration offers the service.

    async def refuse(call: ServiceCall) -> None:
        raise HomeAssistantError("the bus is busy")

    hass.services.async_register("switch", "turn_on", refuse)
    with pytest.raises(DeviceRefusedError, match="the bus is busy"):
        await relay.command(True)

    async def hang(call: ServiceCall) -> None:
        while True:
            clock.move(1)
            await asyncio.sleep(0)

    hass.services.async_register("switch", "turn_on", hang)
    with pytest.raises(DeviceSilentError, match="has not answered the command within 5 s"):
        await relay.command(True)
    tell(hass, "switch.contactor", "unavailable")
    with pytest.raises(DeviceSilentError, match="unavailable"):
        await relay.command(True)


# --- charger and gas --------------------------------------------------------------------------------


async def test_a_v2h_is_read_with_a_batterys_sign_and_never_commanded(hass: HomeAssistant, sources: Sources) -> None:
    tell(hass, "sensor.v2h_power", "3000", "W")
    tell(hass, "sensor.v2h_in", "1234.5", "kWh")
    tell(hass, "sensor.v2h_out", "17.2", "kWh")
    tell(hass, "sensor.v2h_soc", "64", "%")
    tell(hass, "binary_sensor.v2h_plug", "on")
    data = {
        "entities": {
            "charger_power": "sensor.v2h_power",
            "charger_charge": "sensor.v2h_in",
            "charger_discharge": "sensor.v2h_out",
            "vehicle_soc": "sensor.v2h_soc",
            "plugged": "binary_sensor.v2h_plug",
        },
        "battery_sign": "charge_positive",
    }
    charger = AdoptedCharger(sources, data, WHO)
    reading = await charger.read()
    assert (reading.power_w, reading.charge_wh, reading.discharge_wh) == (-3000, 1_234_500, 17_200)
    assert (reading.soc_percent, reading.state) == (64, ChargerState.CHARGING)
    assert (charger.controllable, charger.can_discharge) == (False, True)
    tell(hass, "sensor.v2h_power", "-2500", "W")
    assert (await charger.read()).state is ChargerState.DISCHARGING
    tell(hass, "sensor.v2h_power", "0", "W")
    assert (await charger.read()).state is ChargerState.PLUGGED
    tell(hass, "binary_sensor.v2h_plug", "off")
    assert (await charger.read()).state is ChargerState.UNPLUGGED
    for command in (charger.limit(6_000, 60), charger.pause(60), charger.discharge(1000, 60)):
        with pytest.raises(DeviceRefusedError, match="has no lease"):
            await command
    await charger.release()


@pytest.mark.parametrize(
    ("text", "unit", "litres"),
    [("1234.56", "m³", 1_234_560), ("789", "L", 789), ("10", "ft³", 283), ("1", "CCF", 2832)],
)
async def test_a_gas_meter_reads_whole_litres(
    hass: HomeAssistant, sources: Sources, text: str, unit: str, litres: int
) -> None:
    tell(hass, "sensor.gas", text, unit)
    meter = AdoptedGasMeter(sources, {"entities": {"gas_volume": "sensor.gas"}}, WHO)
    assert await meter.read() == GasReading(volume_l=litres)


async def test_a_gas_meter_is_known_for_a_day_and_never_by_energy(
    hass: HomeAssistant, sources: Sources, clock: HandClock
) -> None:
    tell(hass, "sensor.gas", "1234.56", "m³")
    meter = AdoptedGasMeter(sources, {"entities": {"gas_volume": "sensor.gas"}}, WHO)
    await meter.read()
    clock.move(GAS_WITHIN_S)
    assert await meter.read() == GasReading(volume_l=1_234_560, age_ms=round(GAS_WITHIN_S * 1000))
    clock.move(1)
    with pytest.raises(DeviceSilentError, match="has reported nothing for more than 86400 s"):
        await meter.read()
    tell(hass, "sensor.gas", "1234.56", "kWh")
    with pytest.raises(DeviceNonsenseError, match="it has to be L or m³"):
        await meter.read()
