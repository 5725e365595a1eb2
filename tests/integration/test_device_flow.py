"""Adding devices to a flat: each is probed before it is accepted, and stays the device that it is."""

import fcntl
from pathlib import Path
import time
from typing import Any
from unittest.mock import patch

import aiohttp
from homeassistant.config_entries import SOURCE_USER, ConfigEntryState
from homeassistant.const import CONF_DEVICE, CONF_HOST, CONF_PORT
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.translation import async_get_translations
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.local_vpp.const import (
    CONF_BATTERY,
    CONF_BAUDRATE,
    CONF_MAP,
    CONF_MIRROR,
    CONF_PARITY,
    CONF_SERIAL_NUMBER,
    CONF_UNIT_ID,
    DOMAIN,
    SUNSPEC,
    DeviceKind,
)
from custom_components.local_vpp.devices import find_subentry
from custom_components.local_vpp.lib.localvpp.devices import DeviceError
from custom_components.local_vpp.lib.localvpp.enrol import enrol
from custom_components.local_vpp.lib.localvpp.etp import Ed25519Signer
from custom_components.local_vpp.lib.localvpp.wire import Invite
from simulator.settings import Fault
from simulator.site import Site

from .conftest import Building, MakeEntry, address, connected, device_subentry, reloaded, set_up, state_of, until


async def add(hass: HomeAssistant, entry: MockConfigEntry, kind: DeviceKind) -> Any:
    """Begin to add a device."""
    return await hass.config_entries.subentries.async_init(
        (entry.entry_id, kind.value), context={"source": SOURCE_USER}
    )


async def answer(hass: HomeAssistant, flow: str, **values: Any) -> Any:
    """Send a form."""
    return await hass.config_entries.subentries.async_configure(flow, values)


async def test_inverter_and_relay_are_added_after_they_have_answered(
    hass: HomeAssistant, make_entry: MakeEntry, site: Site
) -> None:
    entry = await make_entry(DeviceKind.METER)
    await set_up(hass, entry)
    # An inverter that refuses cannot be found to speak SunSpec at all.
    for kind, error in ((DeviceKind.INVERTER, "device_nonsense"), (DeviceKind.RELAY, "device_refused")):
        before = entry.runtime_data.coordinator
        result = await add(hass, entry, kind)
        assert (result["type"], result["menu_options"]) == (
            FlowResultType.MENU,
            ["find", "tcp", "rtu_tcp", "rtu_udp", "serial", "entities"],
        )
        flow = result["flow_id"]
        await answer(hass, flow, next_step_id="tcp")
        site.set_fault("101", kind.value, Fault.REFUSE)
        result = await answer(hass, flow, **address(site, kind))
        assert result["errors"] == {"base": error}
        site.set_fault("101", kind.value, None)
        result = await answer(hass, flow, **address(site, kind))
        assert result["type"] is FlowResultType.CREATE_ENTRY
        await reloaded(entry, before)

    inverter, relay = find_subentry(entry, DeviceKind.INVERTER), find_subentry(entry, DeviceKind.RELAY)
    assert inverter is not None
    assert relay is not None
    assert inverter.data[CONF_BATTERY]
    assert inverter.unique_id == f"inverter_{inverter.data[CONF_SERIAL_NUMBER]}"
    assert relay.unique_id is None, "a relay has no serial number"
    assert float(state_of(hass, "_pv_power", entry)) > 0
    assert state_of(hass, "_energised", entry) in {"on", "off"}

    result = await add(hass, entry, DeviceKind.INVERTER)
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "single_device")


async def test_what_a_battery_can_is_asked_with_its_place_and_its_own_word_counts_for_more(
    hass: HomeAssistant, entry: MockConfigEntry, site: Site
) -> None:
    inverter = find_subentry(entry, DeviceKind.INVERTER)
    assert inverter is not None
    before = entry.runtime_data.coordinator
    told = before.data.battery
    assert told is not None
    assert None not in (told.capacity_wh, told.max_charge_w), "it tells them itself"
    flow = (await entry.start_subentry_reconfigure_flow(hass, inverter.subentry_id))["flow_id"]
    place = address(site, DeviceKind.INVERTER)
    result = await answer(hass, flow, **place, max_charge_w=3)
    assert (result["step_id"], result["errors"]) == ("reconfigure", {"max_charge_w": "rating_out_of_range"})
    assert result["description_placeholders"] == {"reason": "", "value": "3 W", "least": "100 W", "most": "50000 W"}
    result = await answer(hass, flow, **place, capacity_kwh=77, max_charge_w=3000)
    assert result["reason"] == "reconfigure_successful"
    assert (inverter.data["capacity_kwh"], inverter.data["max_charge_w"]) == (77, 3000)
    await reloaded(entry, before)
    after = entry.runtime_data.coordinator
    await until(lambda: after.data.battery is not None)
    assert (after.data.battery.capacity_wh, after.data.battery.max_charge_w) == (told.capacity_wh, told.max_charge_w)
    assert after.data.battery.stated == ()


async def test_a_device_of_another_flat_is_not_added_again(
    hass: HomeAssistant, make_entry: MakeEntry, site: Site
) -> None:
    entry = await make_entry(DeviceKind.METER)
    await set_up(hass, entry)
    neighbour = MockConfigEntry(
        domain=DOMAIN, subentries_data=[await device_subentry(hass, site, DeviceKind.RELAY)], data=entry.data
    )
    neighbour.add_to_hass(hass)
    result = await add(hass, entry, DeviceKind.RELAY)
    await answer(hass, result["flow_id"], next_step_id="tcp")
    result = await answer(hass, result["flow_id"], **address(site, DeviceKind.RELAY))
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "already_configured")
    await hass.async_block_till_done()


async def test_a_device_that_moved_keeps_its_history_and_another_is_not_let_in(
    hass: HomeAssistant, entry: MockConfigEntry, site: Site
) -> None:
    meter = find_subentry(entry, DeviceKind.METER)
    assert meter is not None
    before = entry.runtime_data.coordinator
    result = await entry.start_subentry_reconfigure_flow(hass, meter.subentry_id)
    assert result["step_id"] == "reconfigure"
    flow = result["flow_id"]
    result = await answer(hass, flow, **{**address(site, DeviceKind.METER), CONF_PORT: 9})
    assert result["errors"] == {"base": "device_silent"}
    result = await answer(hass, flow, **address(site, DeviceKind.METER, "102"))
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "wrong_device")
    assert entry.runtime_data.coordinator is before

    result = await entry.start_subentry_reconfigure_flow(hass, meter.subentry_id)
    result = await answer(hass, result["flow_id"], **{**address(site, DeviceKind.METER), CONF_HOST: "LocalHost"})
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "reconfigure_successful")
    assert meter.data[CONF_HOST] == "localhost"
    await reloaded(entry, before)
    await connected(entry)


async def test_a_device_is_put_right_in_an_entry_that_runs_without_it_or_does_not_run(
    hass: HomeAssistant, make_entry: MakeEntry, site: Site
) -> None:
    entry = await make_entry(DeviceKind.METER)
    meter = find_subentry(entry, DeviceKind.METER)
    assert meter is not None
    good = address(site, DeviceKind.METER)
    hass.config_entries.async_update_subentry(entry, meter, data={**meter.data, CONF_PORT: 9})
    await set_up(hass, entry)
    before = entry.runtime_data.coordinator
    assert "cannot be reached" in before.data.problems["meter"]
    hass.config_entries.async_update_subentry(entry, meter, data={**meter.data, CONF_SERIAL_NUMBER: "another"})
    await reloaded(entry, before)
    before = entry.runtime_data.coordinator
    result = await entry.start_subentry_reconfigure_flow(hass, meter.subentry_id)
    result = await answer(hass, result["flow_id"], **good)
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "reconfigure_successful")
    await reloaded(entry, before)
    await until(lambda: not entry.runtime_data.coordinator.data.problems)
    assert await hass.config_entries.async_unload(entry.entry_id)
    result = await entry.start_subentry_reconfigure_flow(hass, meter.subentry_id)
    result = await answer(hass, result["flow_id"], **good)
    await until(lambda: entry.state is ConfigEntryState.LOADED)


async def test_an_inverter_that_says_nothing_is_not_waited_for_forever(
    hass: HomeAssistant, make_entry: MakeEntry, site: Site
) -> None:
    entry = await make_entry(DeviceKind.METER)
    await set_up(hass, entry)
    result = await add(hass, entry, DeviceKind.INVERTER)
    await answer(hass, result["flow_id"], next_step_id="tcp")
    site.set_fault("101", "inverter", Fault.SILENT)
    with patch("custom_components.local_vpp.lib.localvpp.devices.late.base.PROBE_TIMEOUT_S", 0.2):
        result = await answer(hass, result["flow_id"], **address(site, DeviceKind.INVERTER))
    assert result["errors"] == {"base": "device_silent"}
    assert "within 0.2 s" in result["description_placeholders"]["reason"]
    site.set_fault("101", "inverter", None)
    result = await answer(hass, result["flow_id"], **address(site, DeviceKind.INVERTER))
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()


def _kinds(error: type[DeviceError]) -> list[type[DeviceError]]:
    return [error, *(kind for each in error.__subclasses__() for kind in _kinds(each))]


@pytest.mark.parametrize("kind", _kinds(DeviceError))
async def test_whatever_goes_wrong_with_a_device_the_form_says_it(
    hass: HomeAssistant, make_entry: MakeEntry, site: Site, kind: type[DeviceError]
) -> None:
    entry = await make_entry(DeviceKind.METER)
    result = await add(hass, entry, DeviceKind.RELAY)
    await answer(hass, result["flow_id"], next_step_id="tcp")
    with patch("custom_components.local_vpp.device_form.async_probe", side_effect=kind("the reason")):
        result = await answer(hass, result["flow_id"], **address(site, DeviceKind.RELAY))
    assert result["type"] is FlowResultType.FORM
    assert result["description_placeholders"]["reason"] == "the reason"
    texts = await async_get_translations(hass, "en", "config_subentries", [DOMAIN])
    assert f"component.{DOMAIN}.config_subentries.relay.error.{result['errors']['base']}" in texts
    texts = await async_get_translations(hass, "en", "config", [DOMAIN])
    assert f"component.{DOMAIN}.config.error.{result['errors']['base']}" in texts


async def test_a_device_cannot_move_to_where_another_is(
    hass: HomeAssistant, entry: MockConfigEntry, site: Site
) -> None:
    relay, inverter = find_subentry(entry, DeviceKind.RELAY), find_subentry(entry, DeviceKind.INVERTER)
    assert relay is not None
    assert inverter is not None
    before = entry.runtime_data.coordinator
    other = address(site, DeviceKind.RELAY, "102")
    hass.config_entries.async_update_subentry(entry, inverter, data={**inverter.data, **other, CONF_MAP: SUNSPEC})
    await reloaded(entry, before)
    result = await entry.start_subentry_reconfigure_flow(hass, relay.subentry_id)
    result = await answer(hass, result["flow_id"], **other)
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "already_configured")


async def test_a_serial_line_in_use_is_probed_at_another_speed_once_it_is_free(
    hass: HomeAssistant, make_entry: MakeEntry, site: Site, serial_line: str
) -> None:
    entry = await make_entry(DeviceKind.METER)
    meter = find_subentry(entry, DeviceKind.METER)
    assert meter is not None
    line = {CONF_DEVICE: serial_line, CONF_BAUDRATE: 9600, CONF_PARITY: "none"}
    kept = {key: value for key, value in meter.data.items() if key not in {CONF_HOST, CONF_PORT}}
    hass.config_entries.async_update_subentry(entry, meter, data={**kept, **line, "type": "serial"})
    await set_up(hass, entry)

    # Another device cannot use the line at another speed meanwhile.
    result = await add(hass, entry, DeviceKind.INVERTER)
    await answer(hass, result["flow_id"], next_step_id="serial")
    faster = {CONF_DEVICE: serial_line, CONF_BAUDRATE: "19200", CONF_PARITY: "none"}
    result = await answer(hass, result["flow_id"], **{**faster, CONF_UNIT_ID: 2})
    assert result["errors"] == {"base": "link_settings_in_use"}

    # The meter itself can: its entry makes room, and comes back, if without its meter, when that does not answer so.
    result = await entry.start_subentry_reconfigure_flow(hass, meter.subentry_id)
    flow = result["flow_id"]
    site.set_fault("101", "meter", Fault.REFUSE)
    wish = {**faster, CONF_MAP: "eastron_sdm120", CONF_UNIT_ID: 1}
    result = await answer(hass, flow, **wish)
    assert result["errors"] == {"base": "device_refused"}
    assert entry.state is ConfigEntryState.LOADED
    await until(lambda: "refuses the request" in entry.runtime_data.coordinator.data.problems["meter"])
    before = entry.runtime_data.coordinator
    site.set_fault("101", "meter", None)
    result = await answer(hass, flow, **wish)
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "reconfigure_successful")
    await reloaded(entry, before)
    assert meter.data[CONF_BAUDRATE] == 19200
    await until(lambda: not entry.runtime_data.coordinator.data.problems)


async def test_a_serial_line_that_the_system_frees_a_moment_later_is_waited_for(
    hass: HomeAssistant, make_entry: MakeEntry, serial_line: str
) -> None:
    entry = await make_entry(DeviceKind.METER)
    meter = find_subentry(entry, DeviceKind.METER)
    assert meter is not None
    line = {CONF_DEVICE: serial_line, CONF_BAUDRATE: 9600, CONF_PARITY: "none"}
    kept = {key: value for key, value in meter.data.items() if key not in {CONF_HOST, CONF_PORT}}
    hass.config_entries.async_update_subentry(entry, meter, data={**kept, **line, "type": "serial"})
    await set_up(hass, entry)

    def lock_next() -> None:
        """Lock the port as soon as the entry has let go of it, for as long as a busy system may take."""
        with Path(serial_line).open("rb", buffering=0) as port:
            fcntl.flock(port, fcntl.LOCK_EX)
            time.sleep(0.5)

    locking = hass.async_add_executor_job(lock_next)
    result = await entry.start_subentry_reconfigure_flow(hass, meter.subentry_id)
    wish = {CONF_DEVICE: serial_line, CONF_BAUDRATE: "19200", CONF_PARITY: "none", CONF_MAP: "eastron_sdm120"}
    result = await answer(hass, result["flow_id"], **wish, **{CONF_UNIT_ID: 1})
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "reconfigure_successful")
    await locking
    # The entry may find the line locked once more, by the probe that has ended: then Home Assistant tries again.
    await until(lambda: entry.state is ConfigEntryState.LOADED)


async def test_a_flat_without_a_meter_says_so_witnesses_mirrors_and_goes_on_when_it_has_one(
    hass: HomeAssistant,
    building: Building,
    make_entry: MakeEntry,
    site: Site,
    issue_registry: ir.IssueRegistry,
    tmp_path: Path,
) -> None:
    entry = await make_entry(DeviceKind.METER)
    hass.config_entries.async_update_entry(entry, options={CONF_MIRROR: str(tmp_path / "copy")})
    await set_up(hass, entry)
    before = entry.runtime_data.coordinator
    meter = find_subentry(entry, DeviceKind.METER)
    assert meter is not None
    hass.config_entries.async_remove_subentry(entry, meter.subentry_id)
    await reloaded(entry, before)
    await connected(entry)
    assert issue_registry.async_get_issue(DOMAIN, f"no_meter_{entry.entry_id}") is not None
    assert building.running is not None
    ledger, size = building.running.ledger, building.running.ledger.size
    await _joined_by_another(building)
    await until(lambda: ledger.size > size and entry.runtime_data.coordinator.data.log_size == ledger.size)
    await until(lambda: entry.runtime_data.coordinator.data.mirrored == ledger.size)
    assert "no meter" in entry.runtime_data.coordinator.data.problems["meter"]
    before = entry.runtime_data.coordinator
    result = await add(hass, entry, DeviceKind.METER)
    await answer(hass, result["flow_id"], next_step_id="tcp")
    result = await answer(hass, result["flow_id"], **address(site, DeviceKind.METER))
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await reloaded(entry, before)
    await until(lambda: not entry.runtime_data.coordinator.data.problems)
    assert issue_registry.async_get_issue(DOMAIN, f"no_meter_{entry.entry_id}") is None


async def _joined_by_another(building: Building) -> None:
    """Make the log longer, so that there is a new head to witness."""
    async with aiohttp.ClientSession() as session:
        invite = Invite.parse(await building.invite("102"))
        await enrol(session, building.url, invite, Ed25519Signer.generate(), software="test")
