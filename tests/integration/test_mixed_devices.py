"""PV and battery of two devices in one flat, read in any two ways, make one flat's readings."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from homeassistant.config_entries import SOURCE_USER
from homeassistant.const import CONF_TYPE
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import device_registry as dr
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.local_vpp.const import TYPE_TCP, DeviceKind
from custom_components.local_vpp.devices import async_probe
from custom_components.local_vpp.lib.localvpp.devices import DeviceError
from simulator.settings import Fault
from simulator.site import Site

from .conftest import MakeEntry, address, reloaded, set_up, state_of, until

BATTERY = {"battery_power": "sensor.battery_power", "battery_soc": "sensor.battery_soc"}
PV = {"pv_power": "sensor.pv_power"}


async def pv_only(hass: HomeAssistant, site: Site) -> str:
    """The flat whose inverter has no battery."""
    for flat in ("103", "104"):
        try:
            found = await async_probe(
                hass, DeviceKind.INVERTER, {CONF_TYPE: TYPE_TCP, **address(site, DeviceKind.INVERTER, flat)}
            )
        except DeviceError:  # A flat without an inverter.
            continue
        if not found.battery:
            return flat
    raise AssertionError("no flat of the building has PV alone")


def told(hass: HomeAssistant) -> None:
    """Let another integration's entities report."""
    power = {"device_class": "power", "unit_of_measurement": "W"}
    hass.states.async_set("sensor.battery_power", "750", power)
    hass.states.async_set("sensor.battery_soc", "64", {"device_class": "battery", "unit_of_measurement": "%"})
    hass.states.async_set("sensor.pv_power", "1230", power)


async def begin(hass: HomeAssistant, entry: MockConfigEntry, kind: DeviceKind) -> Any:
    return await hass.config_entries.subentries.async_init(
        (entry.entry_id, kind.value), context={"source": SOURCE_USER}
    )


async def add(hass: HomeAssistant, entry: MockConfigEntry, kind: DeviceKind, how: str, **values: Any) -> Any:
    """Add a device, up to its end or its form's error."""
    result = await begin(hass, entry, kind)
    if result["type"] is FlowResultType.ABORT:
        return result
    subentries = hass.config_entries.subentries
    await subentries.async_configure(result["flow_id"], {"next_step_id": how})
    return await subentries.async_configure(result["flow_id"], values)


async def keep_telling(hass: HomeAssistant) -> None:
    """Let the entities report for as long as a test takes: the flat's clock is quick, and 90 s without are too long."""
    while True:
        told(hass)
        await asyncio.sleep(0.5)


@pytest.fixture
async def metered(hass: HomeAssistant, make_entry: MakeEntry) -> AsyncIterator[MockConfigEntry]:
    entry = await make_entry(DeviceKind.METER)
    await set_up(hass, entry)
    telling = asyncio.create_task(keep_telling(hass))
    yield entry
    telling.cancel()
    await asyncio.wait([telling])


async def test_pv_on_modbus_and_a_battery_of_entities(
    hass: HomeAssistant, metered: MockConfigEntry, site: Site, device_registry: dr.DeviceRegistry
) -> None:
    before = metered.runtime_data.coordinator
    where = address(site, DeviceKind.INVERTER, await pv_only(hass, site))
    assert (await add(hass, metered, DeviceKind.BATTERY, "tcp", **where))["errors"] == {"base": "no_battery"}
    result = await add(hass, metered, DeviceKind.INVERTER, "tcp", **where)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await reloaded(metered, before)
    before = metered.runtime_data.coordinator
    result = await add(hass, metered, DeviceKind.BATTERY, "entities", battery_sign="charge_positive", **BATTERY)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await reloaded(metered, before)
    await until(lambda: state_of(hass, "_state_of_charge", metered) == "64.0")
    state = metered.runtime_data.coordinator.data
    assert state.battery.power_w == -750, "this battery is positive while it charges"
    assert state.inverter.pv_power_w is not None
    assert not state.problems
    devices = {each.config_subentry_id for each in dr.async_entries_for_config_entry(device_registry, metered.entry_id)}
    assert devices == {None, *metered.subentries}
    assert (await begin(hass, metered, DeviceKind.BATTERY))["reason"] == "single_device"


async def test_pv_of_entities_and_a_battery_on_modbus_that_is_found_again_when_it_was_away(
    hass: HomeAssistant, metered: MockConfigEntry, site: Site
) -> None:
    before = metered.runtime_data.coordinator
    result = await add(hass, metered, DeviceKind.INVERTER, "entities", battery_sign="discharge_positive", **PV)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await reloaded(metered, before)
    before = metered.runtime_data.coordinator
    result = await add(hass, metered, DeviceKind.BATTERY, "tcp", **address(site, DeviceKind.INVERTER, "102"))
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await reloaded(metered, before)

    def known() -> bool:
        state = metered.runtime_data.coordinator.data
        return state.battery is not None and state.battery.soc_percent is not None

    await until(known)
    state = metered.runtime_data.coordinator.data
    assert state.inverter.pv_power_w == 1230
    assert state.inverter.grid_connected is None, "entities tell nothing of the grid, and a battery is not asked"
    site.set_fault("102", "inverter", Fault.SILENT)
    await until(lambda: metered.runtime_data.coordinator.data.problems.keys() == {"battery"})
    site.set_fault("102", "inverter", None)
    await until(lambda: known() and not metered.runtime_data.coordinator.data.problems)


async def test_a_flat_has_one_battery(hass: HomeAssistant, metered: MockConfigEntry, site: Site) -> None:
    before = metered.runtime_data.coordinator
    result = await add(hass, metered, DeviceKind.BATTERY, "entities", battery_sign="charge_positive", **BATTERY)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await reloaded(metered, before)
    result = await add(hass, metered, DeviceKind.INVERTER, "tcp", **address(site, DeviceKind.INVERTER))
    assert result["errors"] == {"base": "second_battery"}
    hass.states.async_set("sensor.another_power", "1", {"device_class": "power", "unit_of_measurement": "W"})
    values = {**PV, "battery_power": "sensor.another_power"}
    result = await add(hass, metered, DeviceKind.INVERTER, "entities", battery_sign="charge_positive", **values)
    assert result["errors"] == {"base": "second_battery"}


async def test_an_inverter_with_a_battery_leaves_no_room_for_another(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    result = await begin(hass, entry, DeviceKind.BATTERY)
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "single_device")


async def test_a_battery_of_entities_asks_for_its_power(hass: HomeAssistant, metered: MockConfigEntry) -> None:
    values = {"battery_soc": "sensor.battery_soc", "battery_sign": "charge_positive"}
    result = await add(hass, metered, DeviceKind.BATTERY, "entities", **values)
    assert result["errors"] == {"base": "no_power_entity"}
