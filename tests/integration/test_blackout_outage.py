"""An outage in the simulated building, as Home Assistant shows it, tells it, and lets automations act upon it."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from homeassistant.components import persistent_notification
from homeassistant.const import CONF_DEVICE_ID, CONF_ENTITY_ID
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_capture_events

from custom_components.local_vpp.const import DOMAIN, Part
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
def told(hass: HomeAssistant) -> list[ServiceCall]:
    """What somebody's telephone was told."""
    told: list[ServiceCall] = []

    async def send(call: ServiceCall) -> None:
        told.append(call)

    hass.services.async_register("notify", "send_message", send)
    return told


@pytest.fixture
async def entry(hass: HomeAssistant, make_entry: MakeEntry, told: list[ServiceCall]) -> MockConfigEntry:
    """Flat 101, whose inverter feeds the living room by itself."""
    hass.states.async_set("notify.taro", "unknown")
    entry = await make_entry()
    hass.config_entries.async_update_entry(entry, options=options(people=["notify.taro"]))
    await set_up(hass, entry)
    await until(lambda: state_of(hass, "_backup", entry) == "connected")
    return entry


def _automation(event: str, trigger: str, target: dict[str, Any], condition: dict[str, Any] | None = None) -> Any:
    return {
        "alias": event,
        "triggers": [{"trigger": f"{DOMAIN}.{trigger}", "target": target}],
        "conditions": [] if condition is None else [condition],
        "actions": [{"event": event}],
    }


def notifications(hass: HomeAssistant, entry: MockConfigEntry) -> dict[str, str]:
    """The notifications of a flat, by what they are of."""
    prefix = f"{DOMAIN}_{entry.entry_id}_"
    notifications = persistent_notification._async_get_or_create_notifications(hass)
    return {key.removeprefix(prefix): each["message"] for key, each in notifications.items() if key.startswith(prefix)}


async def test_an_outage_is_shown_told_and_acted_upon_and_so_is_its_end(
    hass: HomeAssistant, site: Site, entry: MockConfigEntry, told: list[ServiceCall]
) -> None:
    assert state_of(hass, "_grid_state", entry) == "good"
    assert state_of(hass, "_outage", entry) == "off"
    assert state_of(hass, "_living_room", entry) == "on"
    assert float(state_of(hass, "_lasts", entry)) > 1
    flat = {CONF_DEVICE_ID: entry.runtime_data.device_ids[Part.FLAT]}
    outage = {CONF_ENTITY_ID: entity_id(hass, "_outage", entry)}
    on_backup = {"condition": f"{DOMAIN}.is_on_backup", "target": flat}
    automations = [
        _automation("candles", "grid_lost", outage, {"condition": f"{DOMAIN}.is_outage", "target": outage}),
        _automation("battery", "backup_started", flat, on_backup),
        _automation("calm", "grid_returned", flat, on_backup),
        _automation("home", "backup_ended", flat),
        _automation("nobody", "locked", flat),
    ]
    assert await async_setup_component(hass, "automation", {"automation": automations})
    await hass.async_block_till_done()
    ran = {name: async_capture_events(hass, name) for name in ("candles", "battery", "calm", "home", "nobody")}

    site.plant.switch_grid(False, None)
    await until(lambda: state_of(hass, "_backup", entry) == "islanded")
    await until(lambda: ran["candles"] and ran["battery"])
    assert state_of(hass, "_outage", entry) == "on"
    await until(lambda: state_of(hass, "_grid_state", entry) == "gone")
    await until(lambda: state_of(hass, "_living_room", entry) == "on")
    event = hass.states.get(entity_id(hass, "_notice", entry))
    assert event is not None
    assert event.attributes["event_type"] == "islanded"
    await until(lambda: "Turn off what is not needed" in notifications(hass, entry).get("islanded", ""))
    await until(lambda: told)
    assert told[-1].data[CONF_ENTITY_ID] == ["notify.taro"]
    assert told[-1].data["title"] == "Sakura Heights 101: The living room is on the battery"
    assert not ran["calm"]
    assert not ran["home"]

    site.plant.switch_grid(True, None)
    await until(lambda: state_of(hass, "_backup", entry) == "return_hold")
    await until(lambda: ran["calm"])
    assert state_of(hass, "_living_room", entry) == "on", "it stays on the battery until the grid has been steady"
    await until(lambda: state_of(hass, "_backup", entry) == "connected")
    await until(lambda: ran["home"])
    await until(lambda: "returned" in notifications(hass, entry))
    assert not {"grid_lost", "islanded"} & notifications(hass, entry).keys(), "what is over is taken back"
    assert [len(events) for events in ran.values()] == [1, 1, 1, 1, 0]
    await until(lambda: not [each for each in ir.async_get(hass).issues.values() if each.domain == DOMAIN])


async def test_an_outage_that_was_first_not_known_of_begins_an_automation_too(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    """A contact is seen between its two states, or the network goes with the grid: it is unknown for a moment."""
    outage, backup = entity_id(hass, "_outage", entry), entity_id(hass, "_backup", entry)
    ran = {name: async_capture_events(hass, name) for name in ("candles", "battery", "calm", "home")}
    automations = [
        _automation("candles", "grid_lost", {CONF_ENTITY_ID: outage}),
        _automation("battery", "backup_started", {CONF_ENTITY_ID: backup}),
        _automation("calm", "grid_returned", {CONF_ENTITY_ID: outage}),
        _automation("home", "backup_ended", {CONF_ENTITY_ID: backup}),
    ]
    assert await async_setup_component(hass, "automation", {"automation": automations})
    await hass.async_block_till_done()
    for state, phase in (("unknown", "unknown"), ("on", "islanded"), ("unavailable", "unavailable")):
        hass.states.async_set(outage, state, hass.states.get(outage).attributes)  # type: ignore[union-attr]
        hass.states.async_set(backup, phase, hass.states.get(backup).attributes)  # type: ignore[union-attr]
        await hass.async_block_till_done()
    assert [len(events) for events in ran.values()] == [1, 1, 0, 0]
    # A start of Home Assistant is neither an outage nor its end.
    for state, phase in (("on", "islanded"), ("unknown", "unknown"), ("off", "connected")):
        hass.states.async_set(outage, state, hass.states.get(outage).attributes)  # type: ignore[union-attr]
        hass.states.async_set(backup, phase, hass.states.get(backup).attributes)  # type: ignore[union-attr]
        await hass.async_block_till_done()
    assert [len(events) for events in ran.values()] == [1, 1, 0, 0]
