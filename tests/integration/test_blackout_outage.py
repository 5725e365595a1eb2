"""An outage in the simulated building, as Home Assistant shows it and as an automation acts upon it."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import CONF_ENTITY_ID
from homeassistant.core import Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_capture_events

from custom_components.local_vpp.const import DOMAIN
from simulator.site import Site

from .blackout import moving, options
from .conftest import MakeEntry, entity_id, set_up, state_of, until
from .quick_clock import QuickClock


@pytest.fixture
async def site(home: Path, hass: HomeAssistant, clock: QuickClock) -> AsyncIterator[Site]:
    """A building whose seconds pass, so that its devices act."""
    async with moving(home, clock) as site:
        yield site
        for entry in hass.config_entries.async_loaded_entries(DOMAIN):
            await hass.config_entries.async_unload(entry.entry_id)


@pytest.fixture
async def entry(hass: HomeAssistant, make_entry: MakeEntry, clock: QuickClock) -> MockConfigEntry:
    """Flat 101, whose inverter feeds the living room by itself."""
    entry = await make_entry()
    hass.config_entries.async_update_entry(entry, options=options())
    await set_up(hass, entry)
    await clock.sleep(5)
    st=entry.runtime_data.coordinator.flat.state
    print(st.blackout, st.meter, st.inverter, st.relay, entry.runtime_data.coordinator.flat.blackout._seen, st.problems)
    await until(lambda: state_of(hass, "_backup", entry) == "connected")
    return entry


async def test_an_outage_is_shown_told_and_acted_upon(
    hass: HomeAssistant, site: Site, entry: MockConfigEntry
) -> None:
    assert state_of(hass, "_grid_state", entry) == "good"
    assert state_of(hass, "_outage", entry) == "off"
    lamp = entity_id(hass, "_outage", entry)
    automations = [
        {
            "alias": "Outage",
            "triggers": [{"trigger": "local_vpp.grid_lost", "target": {CONF_ENTITY_ID: lamp}}],
            "conditions": [{"condition": "local_vpp.is_outage", "target": {CONF_ENTITY_ID: lamp}}],
            "actions": [{"event": "candles"}],
        },
        {
            "alias": "On the battery",
            "triggers": [
                {
                    "trigger": "local_vpp.backup_started",
                    "target": {"device_id": hass.data["device_registry"].async_get_device({(DOMAIN, entry.unique_id)}).id},
                }
            ],
            "actions": [{"event": "battery"}],
        },
    ]
    assert await async_setup_component(hass, "automation", {"automation": automations})
    await hass.async_block_till_done()
    candles, battery = async_capture_events(hass, "candles"), async_capture_events(hass, "battery")

    site.plant.switch_grid(False, None)
    await until(lambda: state_of(hass, "_backup", entry) == "islanded")
    print({suffix: state_of(hass, suffix, entry) for suffix in ("_grid_state", "_outage", "_living_room", "_backup")})
    await until(lambda: candles)
    await until(lambda: battery)
