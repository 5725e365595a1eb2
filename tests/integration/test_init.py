"""A flat's life: set up, run, disturbed, unloaded, removed."""

import asyncio
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path
import sqlite3
from typing import Any
from unittest.mock import patch

from homeassistant.components.modbus import async_get_unit
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import EVENT_HOMEASSISTANT_STOP
from homeassistant.core import CoreState, HomeAssistant
from homeassistant.helpers import device_registry as dr, issue_registry as ir
from modbus_connection import ModbusSerialParams
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.local_vpp import devices
from custom_components.local_vpp.const import (
    CONF_BATTERY,
    CONF_MAP,
    CONF_NEXT_KEY,
    CONF_SERIAL_NUMBER,
    CONF_UNIT_ID,
    DOMAIN,
    SUNSPEC,
    DeviceKind,
    Part,
)
from custom_components.local_vpp.devices import find_subentry
from custom_components.local_vpp.lib.localvpp.devices import DeviceError, DeviceRefusedError, LateSunSpec
from custom_components.local_vpp.lib.localvpp.devices.silence import INVERTER
from custom_components.local_vpp.lib.localvpp.flat import Flat
from custom_components.local_vpp.lib.localvpp.sealing import Sealing
from custom_components.local_vpp.storage import database_path
from simulator.settings import Fault
from simulator.site import Site

from .conftest import Building, MakeEntry, connected, reloaded, set_up, state_of, until
from .quick_clock import QuickClock


async def test_a_flat_runs_until_it_is_unloaded_and_leaves_nothing_when_it_is_removed(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    building: Building,
    entry: MockConfigEntry,
    clock: QuickClock,
) -> None:
    assert entry.state is ConfigEntryState.LOADED
    assert entry.unique_id is not None
    assert building.running is not None
    assert len(building.running.hub) == 1
    path = database_path(hass, entry.unique_id)
    coordinator = entry.runtime_data.coordinator

    assert await hass.config_entries.async_unload(entry.entry_id)
    assert entry.state is ConfigEntryState.NOT_LOADED
    await until(lambda: building.running is not None and len(building.running.hub) == 0)
    assert _frames(path) > 0, "what was read is saved on the way out"
    counted = coordinator.flat.state
    await clock.sleep(3)
    assert coordinator.flat.state is counted, "nothing is read any more"

    await set_up(hass, entry)
    assert hass_storage[f"{DOMAIN}.{entry.unique_id}.key"]["data"] == {"seed": bytes(range(32)).hex()}
    assert await hass.config_entries.async_remove(entry.entry_id)
    assert not list(path.parent.glob(f"{DOMAIN}*"))
    assert not [key for key in hass_storage if key.startswith(DOMAIN)]
    assert not dr.async_get(hass).devices


async def test_home_assistant_stops_without_losing_a_second(
    hass: HomeAssistant, building: Building, entry: MockConfigEntry
) -> None:
    assert entry.unique_id is not None
    hass.set_state(CoreState.stopping)
    hass.bus.async_fire(EVENT_HOMEASSISTANT_STOP)
    await hass.async_block_till_done()
    assert _frames(database_path(hass, entry.unique_id)) > 0
    assert not [task for task in asyncio.all_tasks() if task.get_name().startswith(f"{DOMAIN} agent")]


def _frames(path: Path) -> int:
    with closing(sqlite3.connect(path)) as database:
        return int(database.execute("SELECT COUNT(*) FROM frame").fetchone()[0])


async def test_a_meter_that_is_dead_at_the_start_leaves_its_flat_a_witness_and_is_read_when_it_answers(
    hass: HomeAssistant, building: Building, make_entry: MakeEntry, site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    """After a power cut all records of the building wait for the witnesses, and this flat's meter is not back."""
    entry = await make_entry(DeviceKind.METER)
    await set_up(hass, entry)
    assert building.running is not None
    ledger = building.running.ledger
    await until(lambda: ledger.size > 2 and entry.runtime_data.coordinator.flat.state.log_size == ledger.size)
    assert await hass.config_entries.async_unload(entry.entry_id)
    await building.stop()
    site.set_fault("101", "meter", Fault.SILENT)
    caplog.clear()

    await building.start()
    assert building.running.ledger.held is not None
    await set_up(hass, entry)
    assert entry.state is ConfigEntryState.LOADED
    restarted = building.running.ledger
    await until(lambda: restarted.held is None)
    assert state_of(hass, "_energy_import", entry) == "unavailable"
    assert state_of(hass, "_coordinator", entry) == "on"
    assert state_of(hass, "_shared_in", entry) == "0.0"
    await until(lambda: "does not answer" in entry.runtime_data.coordinator.data.problems["meter"])
    assert len(_told(caplog, "fails")) == 1

    site.set_fault("101", "meter", None)
    await until(lambda: state_of(hass, "_energy_import", entry) not in {"unavailable", "unknown"})
    await until(lambda: _told(caplog, "answers again"))
    assert len(_told(caplog, "fails")) == len(_told(caplog, "answers again")) == 1


def _told(caplog: pytest.LogCaptureFixture, what: str) -> list[str]:
    return [each.getMessage() for each in caplog.records if f"The meter of flat 101 {what}" in each.getMessage()]


async def test_another_meter_in_its_place_is_told_and_nothing_of_it_is_sealed(
    hass: HomeAssistant,
    issue_registry: ir.IssueRegistry,
    make_entry: MakeEntry,
    clock: QuickClock,
) -> None:
    entry = await make_entry(DeviceKind.METER)
    meter = find_subentry(entry, DeviceKind.METER)
    assert meter is not None
    right = dict(meter.data)
    issue = f"wrong_meter_{entry.entry_id}"
    hass.config_entries.async_update_subentry(entry, meter, data={**right, CONF_SERIAL_NUMBER: "another"})
    await set_up(hass, entry)
    await clock.sleep(3)
    found = issue_registry.async_get_issue(DOMAIN, issue)
    assert found is not None
    assert (found.severity, found.is_fixable, found.is_persistent) == (ir.IssueSeverity.ERROR, False, False)
    named = "Eastron SDM120-Modbus (serial {})"
    assert found.translation_placeholders == {
        "name": entry.title,
        "expected": named.format("another"),
        "found": named.format(right[CONF_SERIAL_NUMBER]),
    }
    before = entry.runtime_data.coordinator
    assert "set an exchanged meter up again" in before.data.problems["meter"]
    assert (before.data.meter, before.data.last_record) == (None, None)
    assert (await before.store.load()).open is None, "no interval was begun with its registers"
    assert state_of(hass, "_energy_import", entry) == "unavailable"

    hass.config_entries.async_update_subentry(entry, meter, data=right)
    await reloaded(entry, before)
    assert issue_registry.async_get_issue(DOMAIN, issue) is None
    await until(lambda: state_of(hass, "_energy_import", entry) not in {"unavailable", "unknown"})


async def test_what_was_told_of_another_meter_is_forgotten_with_the_entry(
    hass: HomeAssistant, issue_registry: ir.IssueRegistry, make_entry: MakeEntry
) -> None:
    entry = await make_entry(DeviceKind.METER)
    meter = find_subentry(entry, DeviceKind.METER)
    assert meter is not None
    hass.config_entries.async_update_subentry(entry, meter, data={**meter.data, CONF_SERIAL_NUMBER: "another"})
    await set_up(hass, entry)
    assert issue_registry.async_get_issue(DOMAIN, f"wrong_meter_{entry.entry_id}") is not None
    assert await hass.config_entries.async_unload(entry.entry_id)
    assert issue_registry.async_get_issue(DOMAIN, f"wrong_meter_{entry.entry_id}") is None


async def test_of_two_devices_with_other_settings_of_one_line_the_second_is_left_out(
    hass: HomeAssistant,
    building: Building,
    make_entry: MakeEntry,
    serial_line: str,
    issue_registry: ir.IssueRegistry,
) -> None:
    entry = await make_entry(DeviceKind.METER, DeviceKind.RELAY)
    line = {"type": "serial", "device": serial_line, "baudrate": 9600}
    for kind, parity in ((DeviceKind.METER, "none"), (DeviceKind.RELAY, "odd")):
        subentry = find_subentry(entry, kind)
        assert subentry is not None
        hass.config_entries.async_update_subentry(entry, subentry, data={**subentry.data, **line, "parity": parity})
    await set_up(hass, entry)
    assert building.running is not None
    ledger = building.running.ledger
    # Its first record names the key that it witnesses the log with; after that there is more to witness.
    await until(lambda: entry.runtime_data.coordinator.data.log_size == ledger.size)
    assert state_of(hass, "_energy_import", entry) not in {"unavailable", "unknown"}
    assert state_of(hass, "_energised", entry) == "unavailable"
    assert "line is in use with other settings" in entry.runtime_data.coordinator.data.problems["relay"]
    with pytest.raises(DeviceRefusedError, match="other settings"):
        await entry.runtime_data.devices.relay.command(True)
    issue = issue_registry.async_get_issue(DOMAIN, f"link_settings_in_use_{entry.entry_id}")
    assert issue is not None
    relay = find_subentry(entry, DeviceKind.RELAY)
    assert relay is not None
    assert issue.translation_placeholders is not None
    assert issue.translation_placeholders["devices"] == relay.title

    before = entry.runtime_data.coordinator
    hass.config_entries.async_update_subentry(entry, relay, data={**relay.data, "parity": "none"})
    await reloaded(entry, before)
    await until(lambda: state_of(hass, "_energised", entry) == "on")
    assert issue_registry.async_get_issue(DOMAIN, issue.issue_id) is None


async def test_a_flat_whose_meter_has_no_line_witnesses_and_keeps_its_devices(
    hass: HomeAssistant,
    building: Building,
    make_entry: MakeEntry,
    site: Site,
    serial_line: str,
    device_registry: dr.DeviceRegistry,
    issue_registry: ir.IssueRegistry,
) -> None:
    entry = await make_entry(DeviceKind.METER, DeviceKind.INVERTER)
    other = MockConfigEntry(domain="other")
    other.add_to_hass(hass)
    async_get_unit(hass, other, ModbusSerialParams(device=serial_line, baudrate=19200), 9)
    line = {"type": "serial", "device": serial_line, "baudrate": 9600, "parity": "none"}
    for kind in (DeviceKind.METER, DeviceKind.INVERTER):
        subentry = find_subentry(entry, kind)
        assert subentry is not None
        hass.config_entries.async_update_subentry(entry, subentry, data={**subentry.data, **line})
    await set_up(hass, entry)
    assert building.running is not None
    ledger = building.running.ledger
    await until(lambda: ledger.size > 2 and entry.runtime_data.coordinator.data.log_size == ledger.size)
    assert entry.runtime_data.coordinator.data.problems.keys() == {"meter", "inverter", "battery"}
    assert len(dr.async_entries_for_config_entry(device_registry, entry.entry_id)) == 4
    issue = issue_registry.async_get_issue(DOMAIN, f"link_settings_in_use_{entry.entry_id}")
    assert issue is not None
    with pytest.raises(DeviceRefusedError, match="other settings"):
        await entry.runtime_data.devices.battery.set_power(100, 60)
    with pytest.raises(DeviceRefusedError, match="other settings"):
        await entry.runtime_data.devices.battery.release()
    assert await hass.config_entries.async_unload(entry.entry_id)
    assert issue_registry.async_get_issue(DOMAIN, issue.issue_id) is None


@pytest.mark.parametrize("damage", ["removed", "spoiled", "exchanged"])
async def test_a_flat_whose_key_is_gone_does_not_start(
    hass: HomeAssistant, hass_storage: dict[str, Any], make_entry: MakeEntry, damage: str
) -> None:
    entry = await make_entry(DeviceKind.METER)
    name = f"{DOMAIN}.{entry.unique_id}.key"
    kept = hass_storage[name]
    match damage:
        case "removed":
            del hass_storage[name]
        case "spoiled":
            hass_storage[name] = {**kept, "data": {"seed": "00"}}
        case _:
            hass_storage[name] = {**kept, "data": {"seed": bytes(32).hex()}}
    assert not await hass.config_entries.async_setup(entry.entry_id)
    assert (entry.state, entry.error_reason_translation_key) == (ConfigEntryState.SETUP_ERROR, "no_key")
    hass_storage[name] = kept
    assert await hass.config_entries.async_reload(entry.entry_id)


async def test_a_flat_of_before_next_keys_says_what_is_to_be_done(hass: HomeAssistant, make_entry: MakeEntry) -> None:
    """Its entry has no commitment of the building to its next key, and no log of today's begins without one."""
    entry = await make_entry(DeviceKind.METER)
    assert CONF_NEXT_KEY in entry.data
    former = {key: value for key, value in entry.data.items() if key != CONF_NEXT_KEY}
    hass.config_entries.async_update_entry(entry, data=former)
    assert not await hass.config_entries.async_setup(entry.entry_id)
    assert (entry.state, entry.error_reason_translation_key) == (ConfigEntryState.SETUP_ERROR, "old_membership")
    assert entry.reason is not None
    assert "Flat 101 was added to Sakura Heights by an older version" in entry.reason
    assert "Ask the building manager for a new invite, remove this entry" in entry.reason


async def test_a_database_of_another_flat_is_not_touched(hass: HomeAssistant, make_entry: MakeEntry) -> None:
    entry = await make_entry(DeviceKind.METER)
    assert entry.unique_id is not None
    path = database_path(hass, entry.unique_id)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("no database at all, but the only copy of something")
    assert not await hass.config_entries.async_setup(entry.entry_id)
    assert (entry.state, entry.error_reason_translation_key) == (ConfigEntryState.SETUP_ERROR, "database")
    assert path.read_text().startswith("no database")
    path.unlink()
    assert await hass.config_entries.async_reload(entry.entry_id)


async def test_a_device_that_has_its_line_for_itself_still_has_it_after_a_reload(
    hass: HomeAssistant, make_entry: MakeEntry
) -> None:
    """It holds up nobody, and is knocked at more often than one beside others."""
    entry = await make_entry(DeviceKind.METER)
    await set_up(hass, entry)
    meter = find_subentry(entry, DeviceKind.METER)
    assert meter is not None
    line = hass.data[devices.LINES].at(devices.link_params(meter.data).endpoint)
    assert not line.shared
    assert await hass.config_entries.async_reload(entry.entry_id)
    assert not line.shared
    assert hass.data[devices.LINES].at(devices.link_params(meter.data).endpoint) is line


async def test_an_agent_that_dies_is_reported_and_started_again(
    hass: HomeAssistant, issue_registry: ir.IssueRegistry, entry: MockConfigEntry, caplog: pytest.LogCaptureFixture
) -> None:
    before = entry.runtime_data.coordinator
    issue = f"agent_stopped_{entry.entry_id}"
    with (
        patch("custom_components.local_vpp.coordinator.RESTART_AFTER_S", 0.05),
        patch.object(Sealing, "sign_frame", side_effect=sqlite3.OperationalError("database or disk is full")),
    ):
        await until(lambda: not before.last_update_success)
        found = issue_registry.async_get_issue(DOMAIN, issue)
        assert found is not None
        assert found.translation_placeholders == {"name": entry.title, "error": "database or disk is full"}
        assert state_of(hass, "_shared_in", entry) == "unavailable"
        await before.async_refresh()
        assert not before.last_update_success, "asking does not bring it back"
        # As long as it dies at once, the entry cannot be set up.
        await until(lambda: entry.state is ConfigEntryState.SETUP_RETRY)
        assert entry.error_reason_translation_key == "agent_stopped"
    assert await hass.config_entries.async_reload(entry.entry_id)
    await reloaded(entry, before)
    await connected(entry)
    assert issue_registry.async_get_issue(DOMAIN, issue) is None
    assert state_of(hass, "_shared_in", entry) == "0.0"


async def test_an_agent_that_does_not_get_to_its_first_second_is_not_waited_for_long(
    hass: HomeAssistant, make_entry: MakeEntry
) -> None:
    entry = await make_entry(DeviceKind.METER)

    async def endless() -> None:
        await asyncio.Event().wait()

    with (
        patch("custom_components.local_vpp.coordinator.FIRST_SECOND_S", 0.1),
        patch.object(Flat, "_second", side_effect=endless),
    ):
        assert not await hass.config_entries.async_setup(entry.entry_id)
    assert (entry.state, entry.error_reason_translation_key) == (ConfigEntryState.SETUP_RETRY, "agent_stopped")
    assert await hass.config_entries.async_reload(entry.entry_id)


async def test_an_inverter_that_sleeps_holds_nothing_up_and_is_taken_in_when_it_wakes(
    hass: HomeAssistant, make_entry: MakeEntry, site: Site
) -> None:
    entry = await make_entry()
    site.set_fault("101", "inverter", Fault.REFUSE)
    with patch(
        "custom_components.local_vpp.flat_devices.LateSunSpec",
        partial(LateSunSpec, manners=replace(INVERTER, first_pause_s=0.5, longest_pause_s=0.5)),
    ):
        await set_up(hass, entry)
        assert state_of(hass, "_pv_power", entry) == "unavailable"
        assert state_of(hass, "_battery_power", entry) == "unavailable"
        assert state_of(hass, "_energy_import", entry) != "unavailable"
        assert entry.runtime_data.devices.inverter.identity.serial
        battery = entry.runtime_data.devices.battery
        assert not battery.controllable
        with pytest.raises(DeviceError):
            await battery.set_power(100, 60)

        site.set_fault("101", "inverter", None)
        # None is knocked at about a slot's boundary.
        await until(lambda: state_of(hass, "_pv_power", entry) not in {"unavailable", "unknown"})
        await until(lambda: state_of(hass, "_battery_power", entry) not in {"unavailable", "unknown"})
        assert battery.controllable
        await battery.set_power(100, 60)
        await battery.release()


async def test_another_inverter_in_its_place_is_not_read(hass: HomeAssistant, make_entry: MakeEntry) -> None:
    entry = await make_entry()
    inverter = find_subentry(entry, DeviceKind.INVERTER)
    assert inverter is not None
    right = dict(inverter.data)
    hass.config_entries.async_update_subentry(entry, inverter, data={**right, CONF_SERIAL_NUMBER: "another"})
    await set_up(hass, entry)
    assert state_of(hass, "_pv_power", entry) == "unavailable"
    assert "serial another" in entry.runtime_data.coordinator.data.problems["inverter"]
    before = entry.runtime_data.coordinator
    hass.config_entries.async_update_subentry(entry, inverter, data=right)
    await reloaded(entry, before)
    assert state_of(hass, "_pv_power", entry) != "unavailable"


async def test_a_battery_appears_when_the_inverter_shows_one_and_its_device_goes_with_it(
    hass: HomeAssistant, make_entry: MakeEntry, site: Site
) -> None:
    entry = await make_entry()
    inverter = find_subentry(entry, DeviceKind.INVERTER)
    assert inverter is not None
    # Set up while there was no battery; the electrician has been here since.
    hass.config_entries.async_update_subentry(entry, inverter, data={**inverter.data, CONF_BATTERY: False})
    await set_up(hass, entry)
    assert inverter.data[CONF_BATTERY]
    assert state_of(hass, "_battery_power", entry) != "unavailable"
    battery = entry.runtime_data.device_ids[Part.BATTERY]
    registry = dr.async_get(hass)
    assert registry.async_get(battery) is not None

    before = entry.runtime_data.coordinator
    site.set_fault("101", "inverter", Fault.REFUSE)
    hass.config_entries.async_update_subentry(entry, inverter, data={**inverter.data, CONF_BATTERY: False})
    await reloaded(entry, before)
    assert registry.async_get(battery) is None
    site.set_fault("101", "inverter", None)


async def test_a_removed_device_takes_its_entities_along(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    relay = find_subentry(entry, DeviceKind.RELAY)
    assert relay is not None
    gone = entry.runtime_data.device_ids[Part.RELAY]
    before = entry.runtime_data.coordinator
    hass.config_entries.async_remove_subentry(entry, relay.subentry_id)
    await reloaded(entry, before)
    assert dr.async_get(hass).async_get(gone) is None
    assert CONF_UNIT_ID in relay.data
    assert Part.RELAY not in entry.runtime_data.device_ids


async def test_an_inverter_of_an_earlier_release_described_itself(hass: HomeAssistant, make_entry: MakeEntry) -> None:
    entry = await make_entry(DeviceKind.METER, DeviceKind.INVERTER)
    inverter = find_subentry(entry, DeviceKind.INVERTER)
    assert inverter is not None
    earlier = {key: value for key, value in inverter.data.items() if key != CONF_MAP}
    hass.config_entries.async_update_subentry(entry, inverter, data=earlier)
    hass.config_entries.async_update_entry(entry, minor_version=1)
    await set_up(hass, entry)
    assert entry.minor_version == 2
    now = find_subentry(entry, DeviceKind.INVERTER)
    assert now is not None
    assert now.data == {**earlier, CONF_MAP: SUNSPEC}


async def test_an_entry_of_a_later_release_is_left_alone(hass: HomeAssistant, make_entry: MakeEntry) -> None:
    entry = await make_entry(DeviceKind.METER)
    hass.config_entries.async_update_entry(entry, version=2)
    assert not await hass.config_entries.async_setup(entry.entry_id)
    assert entry.state is ConfigEntryState.MIGRATION_ERROR
