"""The budget of writings to flash of a device that keeps its commands there, as a resident sees it."""

from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path

from homeassistant.config_entries import ConfigSubentry
from homeassistant.const import CONF_TYPE, EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.local_vpp.const import CONF_MAP, TYPE_TCP, DeviceKind
from custom_components.local_vpp.device_form import device_title, device_unique_id
from custom_components.local_vpp.devices import async_probe
from simulator.building import plan
from simulator.plant import Plant
from simulator.profiles import load as load_profile
from simulator.settings import Families
from simulator.site import Site, build

from .conftest import MakeEntry, address, entity_id, set_up, state_of, until
from .quick_clock import START_MS

FLAT = "102"
"""Whose inverter is a Sungrow SH, which bears 6000 writings a day."""


@pytest.fixture
async def mixed(home: Path) -> AsyncIterator[Site]:
    """Four flats with devices of several makes."""
    building = plan(4, (load_profile(home),), seed=1, families=Families.MIXED)
    plant = Plant(building, datetime(2026, 7, 15, 11), 0.0, lambda: 0, lambda: START_MS)  # noqa: DTZ001
    site = build(plant, "test", "127.0.0.1", 0)
    await site.open()
    yield site
    await site.close()


@pytest.fixture
async def sungrow(hass: HomeAssistant, make_entry: MakeEntry, mixed: Site) -> AsyncIterator[MockConfigEntry]:
    """A flat whose battery is commanded through flash."""
    entry = await make_entry(DeviceKind.METER)
    data = {CONF_TYPE: TYPE_TCP, **address(mixed, DeviceKind.INVERTER, FLAT), CONF_MAP: "sungrow_sh"}
    found = await async_probe(hass, DeviceKind.INVERTER, data)
    subentry = ConfigSubentry(
        data={**data, **found.as_data()},  # type: ignore[arg-type]
        subentry_type=DeviceKind.INVERTER.value,
        title=device_title(found),
        unique_id=device_unique_id(DeviceKind.INVERTER, found),
    )
    hass.config_entries.async_add_subentry(entry, subentry)
    await set_up(hass, entry)
    yield entry
    await hass.config_entries.async_unload(entry.entry_id)


async def test_what_was_written_to_flash_is_counted_beside_what_is_allowed(
    hass: HomeAssistant, sungrow: MockConfigEntry, entity_registry: er.EntityRegistry
) -> None:
    await until(lambda: state_of(hass, "_flash_writes", sungrow) == "0")
    assert state_of(hass, "_flash_writes_allowed", sungrow) == "6000"
    for suffix in ("_flash_writes", "_flash_writes_allowed"):
        registered = entity_registry.async_get(entity_id(hass, suffix, sungrow))
        assert registered is not None
        assert registered.entity_category is EntityCategory.DIAGNOSTIC
    battery = sungrow.runtime_data.devices.battery
    await battery.set_power(500, 60)
    await until(lambda: state_of(hass, "_flash_writes", sungrow) == "1")
    await battery.set_power(500, 60)
    await battery.set_power(600, 60)
    await until(lambda: state_of(hass, "_flash_writes", sungrow) == "2")


async def test_a_battery_that_keeps_no_command_in_flash_has_no_such_budget(
    hass: HomeAssistant, entry: MockConfigEntry, entity_registry: er.EntityRegistry
) -> None:
    ids = {each.unique_id for each in er.async_entries_for_config_entry(entity_registry, entry.entry_id)}
    assert any(each.endswith("_battery_state_of_charge") for each in ids)
    assert not any("flash_writes" in each for each in ids)
