"""How a flat is set up for a blackout: what is offered, what is refused and why, and what becomes of it."""

from typing import Any

from homeassistant.config_entries import SOURCE_USER
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import entity_registry as er, issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.local_vpp.blackout_flow import possible_wirings
from custom_components.local_vpp.const import CONF_BLACKOUT, CONF_MIRROR, DeviceKind

from .blackout import asked, form, opened, options
from .conftest import MakeEntry, entity_id, reloaded, set_up, state_of, until


def _offered(flow: Any, part: str, field: str) -> list[str]:
    section = next(each for marker, each in flow["data_schema"].schema.items() if marker == part)
    selector = next(each for marker, each in section.schema.schema.items() if marker == field)
    return [str(option) for option in selector.config["options"]]


async def test_a_flat_is_set_up_shown_and_left_alone_again(
    hass: HomeAssistant, entry: MockConfigEntry, entity_registry: er.EntityRegistry
) -> None:
    hass.config_entries.async_update_entry(entry, options={CONF_MIRROR: ""})
    coordinator = entry.runtime_data.coordinator
    await reloaded(entry, coordinator)
    coordinator = entry.runtime_data.coordinator
    assert coordinator.flat.blackout is None
    assert coordinator.data.blackout is None

    result = await asked(hass, entry, form())
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["data"] == {CONF_MIRROR: "", **options()}, "other options stay"
    await reloaded(entry, coordinator)
    blackout = entry.runtime_data.coordinator.flat.blackout
    assert blackout is not None
    assert blackout.settings.policy.profile.enter.low_hz == 59.0
    assert state_of(hass, f"{entry.unique_id}_reserve", entry) == "30"
    own = {each.translation_key for each in er.async_entries_for_config_entry(entity_registry, entry.entry_id)}
    assert own >= {"grid_state", "backup", "outage", "living_room", "notice", "usual_reserve", "rehearse", "last_drill"}

    coordinator = entry.runtime_data.coordinator
    result = await asked(hass, entry, form(wiring="unmanaged"))
    assert result["data"] == {CONF_MIRROR: ""}
    await reloaded(entry, coordinator)
    assert entry.runtime_data.coordinator.flat.blackout is None


async def test_only_what_the_devices_can_is_offered(hass: HomeAssistant, make_entry: MakeEntry) -> None:
    entry = await make_entry(DeviceKind.METER)
    await set_up(hass, entry)
    assert _offered(await opened(hass, entry), "circuit", "wiring") == ["unmanaged", "autonomous"]
    coordinator = entry.runtime_data.coordinator
    result = await asked(hass, entry, form())
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await reloaded(entry, coordinator)


async def test_an_inverter_that_returns_by_itself_may_be_asked(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    await until(lambda: "owned" in possible_wirings(entry))
    flow = await opened(hass, entry)
    assert _offered(flow, "circuit", "wiring") == ["unmanaged", "autonomous", "owned"], "there is no second relay"
    coordinator = entry.runtime_data.coordinator
    result = await hass.config_entries.options.async_configure(flow["flow_id"], form(wiring="owned"))
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await reloaded(entry, coordinator)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"sources": ["inverter", "v2h"]}, "two devices"),
        ({"sources": []}, "choose what feeds the living room"),
        ({"usual_percent": 5}, "usual_percent 5"),
        ({"usual_percent": 80, "warned_percent": 60}, "not less for a warning than usual"),
        ({"hold_s": 60}, "the device itself waits 300 s"),
    ],
    ids=["two sources (I19)", "no source", "below the floor (I10)", "warned below usual (I24)", "hold too short (I24)"],
)
async def test_what_breaks_a_safety_order_is_refused_with_the_reason_and_can_be_put_right(
    hass: HomeAssistant, entry: MockConfigEntry, changes: dict[str, Any], reason: str
) -> None:
    coordinator = entry.runtime_data.coordinator
    result = await asked(hass, entry, form(**changes))
    assert (result["type"], result["errors"]) == (FlowResultType.FORM, {"base": "settings_refused"})
    assert reason in result["description_placeholders"]["reason"]
    assert entry.runtime_data.coordinator is coordinator, "nothing was changed"
    result = await hass.config_entries.options.async_configure(result["flow_id"], form())
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await reloaded(entry, coordinator)


@pytest.mark.parametrize("changes", [{"nominal_v": "100"}, {"hertz": "50"}])
async def test_a_profile_that_the_meter_contradicts_is_refused(
    hass: HomeAssistant, entry: MockConfigEntry, changes: dict[str, Any]
) -> None:
    """The flat would believe in an outage from the first second on."""
    flow = await opened(hass, entry)
    grid = next(each for marker, each in flow["data_schema"].schema.items() if marker == "grid").schema.schema
    shown = {str(marker): marker.default() for marker in grid}
    assert shown == {"hertz": "60", "nominal_v": "200", "hold_s": 300}, "what the meter measures is proposed"
    result = await hass.config_entries.options.async_configure(flow["flow_id"], form(**changes))
    assert result["errors"] == {"base": "not_this_grid"}
    assert result["description_placeholders"]["reason"].startswith("20")
    coordinator = entry.runtime_data.coordinator
    result = await hass.config_entries.options.async_configure(result["flow_id"], form())
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await reloaded(entry, coordinator)


async def test_a_foreign_source_is_never_separated_for(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    await until(lambda: "owned" in possible_wirings(entry))
    result = await asked(hass, entry, form(wiring="owned", sources=["v2h"]))
    assert result["errors"] == {"base": "settings_refused"}
    assert "only the flat's own inverter" in result["description_placeholders"]["reason"]


async def test_settings_that_the_devices_no_longer_bear_are_told_and_the_flat_runs_without(
    hass: HomeAssistant, entry: MockConfigEntry, issue_registry: ir.IssueRegistry
) -> None:
    """Such as two contactors that were set up by a release that wanted less."""
    coordinator = entry.runtime_data.coordinator
    issue = ("local_vpp", f"blackout_settings_{entry.entry_id}")
    hass.config_entries.async_update_entry(entry, options=options(wiring="pair"))
    await reloaded(entry, coordinator)
    assert entry.runtime_data.coordinator.flat.blackout is None
    told = issue_registry.async_get_issue(*issue)
    assert told is not None
    assert "watchdog_s is missing" in (told.translation_placeholders or {})["reason"]

    coordinator = entry.runtime_data.coordinator
    hass.config_entries.async_update_entry(entry, options=options())
    await reloaded(entry, coordinator)
    assert issue_registry.async_get_issue(*issue) is None


async def test_the_options_need_a_flat_that_runs(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    assert await hass.config_entries.async_unload(entry.entry_id)
    result = await opened(hass, entry)
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "not_running")


async def test_the_usual_reserve_is_changed_on_a_dashboard_and_the_flat_goes_on(
    hass: HomeAssistant, make_entry: MakeEntry
) -> None:
    entry = await make_entry()
    hass.config_entries.async_update_entry(entry, options=options(usual_percent=20, warned_percent=90))
    await set_up(hass, entry)
    coordinator = entry.runtime_data.coordinator
    number = hass.states.get(entity_id(hass, "_usual_reserve", entry))
    assert number is not None
    assert (number.state, number.attributes["min"], number.attributes["max"]) == ("20.0", 10, 90)
    await hass.services.async_call("number", "set_value", {"entity_id": number.entity_id, "value": 45}, blocking=True)
    await until(lambda: state_of(hass, f"{entry.unique_id}_reserve", entry) == "45")
    assert state_of(hass, "_usual_reserve", entry) == "45.0"
    assert entry.options[CONF_BLACKOUT]["usual_percent"] == 45
    assert entry.runtime_data.coordinator is coordinator, "an island would have ended"


async def test_the_form_shows_what_was_kept_by_the_names_of_today(
    hass: HomeAssistant, entry: MockConfigEntry, entity_registry: er.EntityRegistry
) -> None:
    registered = entity_registry.async_get_or_create("notify", "mobile_app", "taro", suggested_object_id="taro")
    coordinator = entry.runtime_data.coordinator
    chosen = form(people=["notify.taro"], warnings=["binary_sensor.typhoon"], living_rated_w=2000, wiring="autonomous")
    result = await asked(hass, entry, chosen)
    assert result["data"][CONF_BLACKOUT]["people"] == [registered.id]
    await reloaded(entry, coordinator)
    entity_registry.async_update_entity("notify.taro", new_entity_id="notify.taros_telephone")
    sections = {
        str(marker): each.schema.schema for marker, each in (await opened(hass, entry))["data_schema"].schema.items()
    }
    shown = {
        str(marker): marker.description["suggested_value"]
        for fields in sections.values()
        for marker in fields
        if marker.description
    }
    assert shown["people"] == ["notify.taros_telephone"]
    assert (shown["warnings"], shown["living_rated_w"]) == (["binary_sensor.typhoon"], 2000)


async def test_a_device_that_fell_asleep_while_the_form_was_open_is_not_asked(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    await until(lambda: "owned" in possible_wirings(entry))
    flow = await opened(hass, entry)
    coordinator = entry.runtime_data.coordinator
    inverter = next(each for each in entry.subentries.values() if each.subentry_type == DeviceKind.INVERTER)
    hass.config_entries.async_remove_subentry(entry, inverter.subentry_id)
    await reloaded(entry, coordinator)
    result = await hass.config_entries.options.async_configure(flow["flow_id"], form(wiring="owned"))
    assert (result["type"], result["errors"]) == (FlowResultType.FORM, {"base": "wiring_gone"})


# --- loads ------------------------------------------------------------------------------------------


LOAD = {"name": "Water heater", "switch": "switch.heater", "tier": "0", "start_w": 1500}


async def _load_form(hass: HomeAssistant, entry: MockConfigEntry, filled: dict[str, Any]) -> Any:
    flow = await hass.config_entries.subentries.async_init((entry.entry_id, "load"), context={"source": SOURCE_USER})
    assert (flow["type"], flow["step_id"]) == (FlowResultType.FORM, "user")
    return await hass.config_entries.subentries.async_configure(flow["flow_id"], filled)


async def add_load(hass: HomeAssistant, entry: MockConfigEntry, filled: dict[str, Any]) -> None:
    """Add a load, and wait until the flat knows it."""
    coordinator = entry.runtime_data.coordinator
    result = await _load_form(hass, entry, filled)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await reloaded(entry, coordinator)


async def test_loads_are_added_changed_and_known_to_the_flat(
    hass: HomeAssistant, entry: MockConfigEntry, entity_registry: er.EntityRegistry
) -> None:
    registered = entity_registry.async_get_or_create("switch", "other", "heater", suggested_object_id="heater")
    hass.states.async_set("switch.heater", "on")
    hass.states.async_set("sensor.heater_power", "812", {"unit_of_measurement": "W", "device_class": "power"})
    coordinator = entry.runtime_data.coordinator
    await asked(hass, entry, form())
    await reloaded(entry, coordinator)

    coordinator = entry.runtime_data.coordinator
    result = await _load_form(hass, entry, {**LOAD, "power_sensor": "sensor.heater_power"})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await reloaded(entry, coordinator)
    (load,) = [each for each in entry.subentries.values() if each.subentry_type == "load"]
    assert (load.title, load.data["switch"], load.data["tier"]) == ("Water heater", registered.id, 0)
    blackout = entry.runtime_data.coordinator.flat.blackout
    assert blackout is not None
    assert [(each.name, each.tier, each.start_w) for each in blackout.settings.loads] == [("Water heater", 0, 1500.0)]

    result = await _load_form(hass, entry, {**LOAD, "name": "Water heater "})
    assert result["errors"] == {"name": "name_twice"}
    result = await hass.config_entries.subentries.async_configure(result["flow_id"], {**LOAD, "name": " "})
    assert result["errors"] == {"name": "no_name"}
    result = await hass.config_entries.subentries.async_configure(result["flow_id"], {**LOAD, "name": "Heater"})
    assert result["errors"] == {"switch": "entity_twice"}

    coordinator = entry.runtime_data.coordinator
    flow = await entry.start_subentry_reconfigure_flow(hass, load.subentry_id)
    assert flow["step_id"] == "reconfigure"
    result = await hass.config_entries.subentries.async_configure(flow["flow_id"], {**LOAD, "tier": "3"})
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "reconfigure_successful")
    await reloaded(entry, coordinator)
    blackout = entry.runtime_data.coordinator.flat.blackout
    assert blackout is not None
    assert blackout.settings.loads[0].tier == 3


async def test_contactors_of_which_nothing_lets_go_are_no_pair(
    hass: HomeAssistant, entry: MockConfigEntry, issue_registry: ir.IssueRegistry
) -> None:
    """A switch of another integration stays where it is when Home Assistant dies (I7)."""
    hass.states.async_set("switch.island", "off")
    hass.states.async_set("binary_sensor.island", "off")
    coordinator = entry.runtime_data.coordinator
    subentries = hass.config_entries.subentries
    flow = await subentries.async_init((entry.entry_id, "island_relay"), context={"source": SOURCE_USER})
    await subentries.async_configure(flow["flow_id"], {"next_step_id": "entities"})
    result = await subentries.async_configure(
        flow["flow_id"], {"switch": "switch.island", "closed": "binary_sensor.island"}
    )
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await reloaded(entry, coordinator)
    await until(lambda: "owned" in possible_wirings(entry))
    assert "pair" not in possible_wirings(entry)
    coordinator = entry.runtime_data.coordinator
    hass.config_entries.async_update_entry(entry, options=options(wiring="pair", watchdog_s=30))
    await reloaded(entry, coordinator)
    told = issue_registry.async_get_issue("local_vpp", f"blackout_settings_{entry.entry_id}")
    assert told is not None
    assert "made of entities of Home Assistant" in (told.translation_placeholders or {})["reason"]
