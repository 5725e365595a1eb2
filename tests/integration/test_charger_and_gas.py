"""A charger and a gas meter in Home Assistant: added over real Modbus TCP or from entities, shown, and told of."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from homeassistant.config_entries import SOURCE_USER
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.components.diagnostics import get_diagnostics_for_config_entry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.local_vpp.const import DeviceKind
from custom_components.local_vpp.devices import find_subentry
from simulator.devices import ChargerDevice, CounterDevice
from simulator.gateway import Gateway
from simulator.registers.alfen_eve import AlfenSocket
from simulator.registers.moxa_e1210 import PulseCounter

from .conftest import MakeEntry, connected, entity_id, reloaded, set_up, state_of, until

CHARGER, COUNTER = 1, 2
GAS = {"device_class": "gas", "state_class": "total_increasing", "unit_of_measurement": "m³"}
POWER = {"device_class": "power", "state_class": "measurement", "unit_of_measurement": "W"}


@dataclass
class Garage:
    """A car at its charger, and a module that counts the gas, behind one gateway."""

    socket: AlfenSocket
    counter: PulseCounter
    gateway: Gateway

    def at(self, unit: int) -> dict[str, Any]:
        return {"host": self.gateway.host, "port": self.gateway.port, "unit_id": unit}


@pytest.fixture
async def garage(socket_enabled: None) -> AsyncIterator[Garage]:
    socket, counter = AlfenSocket(), PulseCounter()
    gateway = Gateway({CHARGER: ChargerDevice(socket), COUNTER: CounterDevice(counter)}, "127.0.0.1", 0)
    await gateway.open()
    yield Garage(socket, counter, gateway)
    await gateway.stop()


@pytest.fixture
async def metered(hass: HomeAssistant, garage: Garage, make_entry: MakeEntry) -> MockConfigEntry:
    entry = await make_entry(DeviceKind.METER)
    await set_up(hass, entry)
    return entry


async def add(hass: HomeAssistant, entry: MockConfigEntry, kind: DeviceKind, how: str, **values: Any) -> Any:
    """Add a device; return what became of its form."""
    result = await hass.config_entries.subentries.async_init(
        (entry.entry_id, kind.value), context={"source": SOURCE_USER}
    )
    assert ("find" in result["menu_options"]) is (kind is not DeviceKind.GAS)
    flow = result["flow_id"]
    await hass.config_entries.subentries.async_configure(flow, {"next_step_id": how})
    return await hass.config_entries.subentries.async_configure(flow, values)


async def test_a_charger_is_added_and_shown(hass: HomeAssistant, metered: MockConfigEntry, garage: Garage) -> None:
    garage.socket.pass_seconds(3600)
    before = metered.runtime_data.coordinator
    result = await add(hass, metered, DeviceKind.CHARGER, "tcp", map="alfen_eve", **garage.at(CHARGER))
    assert (result["type"], result["title"]) == (FlowResultType.CREATE_ENTRY, "Alfen Eve (NG9xx)")
    await reloaded(metered, before)
    await connected(metered)
    subentry = find_subentry(metered, DeviceKind.CHARGER)
    assert subentry is not None
    key = subentry.subentry_id
    await until(lambda: state_of(hass, f"{key}_state", metered) == "charging")
    assert state_of(hass, f"{key}_power", metered) == "-3680"
    assert state_of(hass, f"{key}_plugged", metered) == "on"
    energy = hass.states.get(entity_id(hass, f"{key}_energy_charged", metered))
    assert energy is not None
    assert (energy.state, energy.attributes["unit_of_measurement"]) == ("3.68", "kWh")
    garage.socket.plugged = False
    await until(lambda: state_of(hass, f"{key}_plugged", metered) == "off")
    assert state_of(hass, f"{key}_state", metered) == "unplugged"


async def test_a_gas_meter_is_added_and_its_total_outlives_its_counter(
    hass: HomeAssistant, hass_client: ClientSessionGenerator, metered: MockConfigEntry, garage: Garage
) -> None:
    garage.counter.pulse(3, 70)
    before = metered.runtime_data.coordinator
    result = await add(
        hass, metered, DeviceKind.GAS, "tcp", map="moxa_iologik_e1210", channel=3, litres_per_pulse=10,
        gas_start=1234.56, heating_value=45.0, **garage.at(COUNTER),
    )  # fmt: skip
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await reloaded(metered, before)
    await until(lambda: state_of(hass, "_volume", metered) == "1234.560")
    volume = hass.states.get(entity_id(hass, "_volume", metered))
    assert volume is not None
    assert (volume.attributes["device_class"], volume.attributes["state_class"]) == ("gas", "total_increasing")
    assert volume.attributes["unit_of_measurement"] == "m³"
    garage.counter.pulse(3, 2)
    await until(lambda: state_of(hass, "_volume", metered) == "1234.580")
    garage.counter.restart()
    garage.counter.pulse(3)
    await until(lambda: state_of(hass, "_volume", metered) == "1234.590")
    assert metered.runtime_data.coordinator.data.gas_wh == 1_234_590 * 45_000 // 3600

    assert await async_setup_component(hass, "diagnostics", {})
    told = await get_diagnostics_for_config_entry(hass, hass_client, metered)
    assert told["identities"]["gas"]["manufacturer"] == "Moxa"
    assert told["state"]["gas_l"] == 1_234_590
    assert "gas" in told["captures"]


async def test_a_gas_meter_that_does_not_answer_is_not_added(
    hass: HomeAssistant, metered: MockConfigEntry, garage: Garage
) -> None:
    result = await add(
        hass, metered, DeviceKind.GAS, "tcp", map="moxa_iologik_e1210", channel=0, litres_per_pulse=10, gas_start=0,
        **garage.at(CHARGER),
    )  # fmt: skip
    assert result["errors"] == {"base": "device_refused"}


async def test_both_are_made_of_entities(hass: HomeAssistant, metered: MockConfigEntry) -> None:
    def tell() -> None:
        hass.states.async_set("sensor.v2h", "-1500", POWER)
        hass.states.async_set("sensor.dial", "987.654", GAS)

    tell()
    before = metered.runtime_data.coordinator
    result = await add(hass, metered, DeviceKind.CHARGER, "entities", battery_sign="charge_positive")
    assert result["errors"] == {"base": "no_power_entity"}
    result = await add(
        hass, metered, DeviceKind.CHARGER, "entities", charger_power="sensor.v2h", battery_sign="discharge_positive"
    )
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await reloaded(metered, before)
    before = metered.runtime_data.coordinator
    result = await add(hass, metered, DeviceKind.GAS, "entities", gas_volume="sensor.dial", heating_value=45)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await reloaded(metered, before)
    tell()
    await until(lambda: state_of(hass, "_volume", metered) == "987.654")
    charger = find_subentry(metered, DeviceKind.CHARGER)
    assert charger is not None
    await until(lambda: state_of(hass, f"{charger.unique_id}_state", metered) == "charging")
    assert metered.runtime_data.coordinator.data.gas_wh == 987_654 * 45_000 // 3600


async def test_a_volume_of_another_kind_is_no_gas_meter(hass: HomeAssistant, metered: MockConfigEntry) -> None:
    hass.states.async_set("sensor.water", "12", {**GAS, "device_class": "water"})
    hass.states.async_set("sensor.day", "12", {**GAS, "state_class": "measurement"})
    for entity, error in (("sensor.water", "entity_wrong_kind"), ("sensor.day", "entity_no_counter")):
        result = await add(hass, metered, DeviceKind.GAS, "entities", gas_volume=entity)
        assert result["errors"] == {"gas_volume": error}
