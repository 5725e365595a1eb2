"""What a resident sees: every entity, and what becomes of it when something fails."""

from unittest.mock import patch

from homeassistant.components.homeassistant import DOMAIN as HOMEASSISTANT, SERVICE_UPDATE_ENTITY
from homeassistant.const import ATTR_ENTITY_ID, Platform
from homeassistant.core import Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.helpers import device_registry as dr, entity_registry as er, issue_registry as ir
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, snapshot_platform
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator
from syrupy.assertion import SnapshotAssertion

from custom_components.local_vpp.const import DOMAIN, DeviceKind
from custom_components.local_vpp.lib.localvpp import flat
from custom_components.local_vpp.lib.localvpp.devices import meter, probe, relay
from custom_components.local_vpp.lib.localvpp.devices.sunspec import driver
from custom_components.local_vpp.lib.localvpp.flat import LedgerState
from custom_components.local_vpp.lib.localvpp.link import LinkState, LinkStatus
from custom_components.local_vpp.lib.localvpp.wire import SlotResult
from simulator.settings import Fault
from simulator.site import Site

from .conftest import Building, MakeEntry, entity_id, set_up, state_of, until


@pytest.mark.parametrize("platform", [Platform.SENSOR, Platform.BINARY_SENSOR])
@pytest.mark.usefixtures("entity_registry_enabled_by_default")
async def test_all_entities_of_a_flat(
    hass: HomeAssistant,
    make_entry: MakeEntry,
    entity_registry: er.EntityRegistry,
    snapshot: SnapshotAssertion,
    platform: Platform,
) -> None:
    entry = await make_entry()
    with patch("custom_components.local_vpp.PLATFORMS", [platform]):
        await set_up(hass, entry)
        await until(lambda: entry.runtime_data.coordinator.data.log_size == 2)
        await snapshot_platform(hass, entity_registry, snapshot, entry.entry_id)


async def test_all_devices_of_a_flat(
    hass: HomeAssistant,
    building: Building,
    entry: MockConfigEntry,
    device_registry: dr.DeviceRegistry,
    snapshot: SnapshotAssertion,
) -> None:
    devices = dr.async_entries_for_config_entry(device_registry, entry.entry_id)
    assert len(devices) == 5
    flat = next(device for device in devices if device.entry_type is dr.DeviceEntryType.SERVICE)
    assert flat.configuration_url == building.url
    for device in sorted(devices, key=lambda each: sorted(each.identifiers)):
        if device is not flat:
            assert device.via_device_id is not None
            assert device.config_subentry_id is not None
        shown = {
            name: getattr(device, name)
            for name in ("identifiers", "manufacturer", "model", "name", "serial_number", "sw_version", "entry_type")
        }
        assert shown == snapshot(name=device.name)


async def test_what_is_rare_or_noisy_is_disabled_at_first(
    hass: HomeAssistant, entry: MockConfigEntry, entity_registry: er.EntityRegistry
) -> None:
    disabled = {
        each.unique_id.rpartition("_")[2]
        for each in er.async_entries_for_config_entry(entity_registry, entry.entry_id)
        if each.disabled_by is er.RegistryEntryDisabler.INTEGRATION
    }
    assert disabled == {"voltage", "current", "frequency", "power", "capacity", "size", "link"}
    assert state_of(hass, "_energy_import", entry)


@pytest.mark.parametrize("fault", [Fault.REFUSE, Fault.NONSENSE])
async def test_a_device_that_fails_takes_only_its_own_entities_along_and_comes_back(
    hass: HomeAssistant, entry: MockConfigEntry, site: Site, caplog: pytest.LogCaptureFixture, fault: Fault
) -> None:
    imported = state_of(hass, "_energy_import", entry)
    seen: list[str] = []

    @callback
    def watch(event: Event[EventStateChangedData]) -> None:
        new = event.data["new_state"]
        if new is not None and new.entity_id == entity_id(hass, "_energy_import", entry):
            seen.append(new.state)

    hass.bus.async_listen("state_changed", watch)
    site.set_fault("101", "meter", fault)
    await until(lambda: state_of(hass, "_energy_import", entry) != imported)
    unknown = {"unavailable", "unknown"}
    await until(
        lambda: state_of(hass, "_energy_import", entry) in unknown and state_of(hass, "_pv_power", entry) not in unknown
    )
    assert state_of(hass, "_shared_in", entry) == "0.0"
    site.set_fault("101", "meter", None)
    await until(lambda: state_of(hass, "_energy_import", entry) == imported)
    assert set(seen) <= {"unavailable", "unknown", imported}, "a total that is not known is not zero"
    assert caplog.text.count("The meter of flat 101 fails") <= 1


async def test_a_silent_inverter_leaves_the_meter_behind_the_same_gateway_alive(
    hass: HomeAssistant, make_entry: MakeEntry, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A request that is not answered takes longer than a reading may, as it does with the real times.
    for module in (driver, meter, relay, probe):
        monkeypatch.setattr(module, "REQUEST_TIMEOUT_S", 0.5)
    monkeypatch.setattr(flat, "READ_TIMEOUT_S", 0.15)
    monkeypatch.setattr(driver, "ASK_AGAIN_S", 1.0)
    entry = await make_entry()
    await set_up(hass, entry)
    coordinator = entry.runtime_data.coordinator
    site.set_fault("101", "inverter", Fault.SILENT)
    await until(lambda: state_of(hass, "_pv_power", entry) == "unavailable", 20)
    assert state_of(hass, "_battery_power", entry) == "unavailable"
    # Two time-outs later the inverter is left alone, and the meter has the line for itself.
    await until(lambda: "does not answer" in coordinator.data.problems.get("inverter", ""), 20)
    alive = 0

    @callback
    def count() -> None:
        nonlocal alive
        alive = 0 if "meter" in coordinator.data.problems else alive + 1

    coordinator.async_add_listener(count)
    await until(lambda: alive >= 3, 20)
    assert state_of(hass, "_energy_import", entry) not in {"unavailable", "unknown"}
    assert state_of(hass, "_pv_power", entry) == "unavailable"
    site.set_fault("101", "inverter", None)
    await until(lambda: state_of(hass, "_pv_power", entry) != "unavailable", 20)


async def test_a_coordinator_that_goes_takes_no_measurement_along_and_is_found_again(
    hass: HomeAssistant, building: Building, entry: MockConfigEntry
) -> None:
    assert state_of(hass, "_coordinator", entry) == "on"
    await building.stop()
    await until(lambda: state_of(hass, "_coordinator", entry) == "off")
    assert state_of(hass, "_energy_import", entry) != "unavailable"
    assert state_of(hass, "_inside_price", entry) == "22.00", "terms hold until others are agreed"
    await building.start()
    await until(lambda: state_of(hass, "_coordinator", entry) == "on")


async def test_settled_slots_are_summed_to_the_last_digit(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    flat = entry.runtime_data.coordinator.flat
    for slot in (0, 1800):
        flat.slot_settled(SlotResult(slot, 300, 7, 55, 3, -114_401, 99_999_999_999_999, 2200, 3100, 850, (), (), ()))
    assert state_of(hass, "_shared_in", entry) == "0.11"
    assert state_of(hass, "_shared_out", entry) == "0.006"
    assert state_of(hass, "_sharing_balance", entry) == "-2.28802"
    assert state_of(hass, "_grid_balance", entry) == "1999999999.99998"


async def test_a_state_without_news_is_not_written(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    coordinator = entry.runtime_data.coordinator
    calls: list[None] = []
    coordinator.async_add_listener(lambda: calls.append(None))
    state = coordinator.flat.state
    coordinator._async_state_changed(state)
    told = len(calls)
    coordinator._async_state_changed(state)
    assert len(calls) == told
    assert await async_setup_component(hass, HOMEASSISTANT, {})
    await hass.services.async_call(
        HOMEASSISTANT,
        SERVICE_UPDATE_ENTITY,
        {ATTR_ENTITY_ID: entity_id(hass, "_energy_import", entry)},
        blocking=True,
    )
    assert state_of(hass, "_energy_import", entry) != "unavailable"


# --- what a person has to know ------------------------------------------------------------------------


async def test_a_log_that_differs_is_reported_until_it_agrees_again(
    hass: HomeAssistant, issue_registry: ir.IssueRegistry, entry: MockConfigEntry
) -> None:
    flat, issue = entry.runtime_data.coordinator.flat, f"ledger_diverged_{entry.entry_id}"
    flat.link_changed(LinkStatus(LinkState.DIVERGED, "the log has record 7 as abcd…"))
    assert state_of(hass, "_ledger", entry) == "diverged"
    found = issue_registry.async_get_issue(DOMAIN, issue)
    assert found is not None
    assert found.translation_placeholders == {"name": entry.title, "reason": "the log has record 7 as abcd…"}
    flat.link_changed(LinkStatus(LinkState.ONLINE))
    flat.records_proven([], 0)
    assert flat.state.ledger is LedgerState.PROVEN
    assert issue_registry.async_get_issue(DOMAIN, issue) is None
    assert state_of(hass, "_ledger", entry) == "proven"


async def test_evidence_against_the_coordinator_stays_until_the_resident_has_passed_it_on(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    issue_registry: ir.IssueRegistry,
    make_entry: MakeEntry,
) -> None:
    assert await async_setup_component(hass, "repairs", {})
    entry = await make_entry(DeviceKind.METER)
    await set_up(hass, entry)
    issue = f"ledger_distrusted_{entry.entry_id}"
    entry.runtime_data.coordinator.flat.ledger_distrusted("the log has shown two roots for its first 7 entries")
    assert state_of(hass, "_ledger", entry) == "distrusted"
    found = issue_registry.async_get_issue(DOMAIN, issue)
    assert found is not None
    assert found.is_persistent
    assert found.severity is ir.IssueSeverity.CRITICAL

    assert await hass.config_entries.async_reload(entry.entry_id)
    assert issue_registry.async_get_issue(DOMAIN, issue) is not None, "a restart is no cure"
    client = await hass_client()
    response = await client.post("/api/repairs/issues/fix", json={"handler": DOMAIN, "issue_id": issue})
    flow = await response.json()
    assert flow["step_id"] == "confirm"
    assert "two roots" in flow["description_placeholders"]["reason"]
    response = await client.post(f"/api/repairs/issues/fix/{flow['flow_id']}", json={})
    assert (await response.json())["type"] == "create_entry"
    assert issue_registry.async_get_issue(DOMAIN, issue) is None


async def test_a_question_for_an_invite_goes_away_when_the_coordinator_accepts_the_flat_again(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    flat = entry.runtime_data.coordinator.flat
    flat.link_changed(LinkStatus(LinkState.REFUSED, "not enrolled"))
    await hass.async_block_till_done()
    (flow,) = hass.config_entries.flow.async_progress_by_handler(DOMAIN)
    assert flow["context"]["source"] == "reauth"
    flat.link_changed(LinkStatus(LinkState.ONLINE))
    assert not hass.config_entries.flow.async_progress_by_handler(DOMAIN)
