"""What a person is asked to look at, and that it goes when it is over; loads that are shed and come back."""

from collections.abc import AsyncIterator
from dataclasses import replace
import json
from pathlib import Path
from unittest.mock import patch

from homeassistant.components import persistent_notification
from homeassistant.components.diagnostics import REDACTED
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.local_vpp.const import DOMAIN
from custom_components.local_vpp.diagnostics import async_get_config_entry_diagnostics
from custom_components.local_vpp.lib.localvpp.blackout.calls import BuildingDrill
from custom_components.local_vpp.lib.localvpp.islanding import Fault
from custom_components.local_vpp.lib.localvpp.islanding.report import Level
from custom_components.local_vpp.repairs import SeenFlow, async_create_fix_flow
from custom_components.local_vpp.storage import journal_path
from simulator.site import Site

from .blackout import moving, options, ready_for_a_drill
from .conftest import MakeEntry, connected, entity_id, reloaded, set_up, state_of, until
from .quick_clock import START_MS, QuickClock
from .test_blackout_drill import act
from .test_blackout_island import issues
from .test_blackout_outage import notifications
from .test_blackout_setup import LOAD, add_load


@pytest.fixture
async def site(home: Path, hass: HomeAssistant, clock: QuickClock) -> AsyncIterator[Site]:
    """A building whose seconds pass, so that its devices act."""
    async with moving(home, clock) as site:
        yield site
        for entry in hass.config_entries.async_loaded_entries(DOMAIN):
            await hass.config_entries.async_unload(entry.entry_id)


@pytest.fixture
async def entry(hass: HomeAssistant, make_entry: MakeEntry) -> MockConfigEntry:
    """Flat 101, whose inverter feeds the living room by itself."""
    entry = await make_entry()
    hass.config_entries.async_update_entry(entry, options=options())
    await set_up(hass, entry)
    await ready_for_a_drill(hass, entry)
    return entry


async def noted_before_a_restart(hass: HomeAssistant, entry: MockConfigEntry, key: str, value: bytes) -> None:
    """Leave in the flat's database what an earlier run would have left."""
    await entry.runtime_data.coordinator.store.note(key, value)
    assert await hass.config_entries.async_reload(entry.entry_id)
    await ready_for_a_drill(hass, entry)


async def test_a_drill_that_is_overdue_is_told_until_one_was_passed(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    await until(lambda: issues(hass) == set())
    half_a_year_ago = START_MS - 181 * 86_400_000
    await noted_before_a_restart(hass, entry, "blackout since", str(half_a_year_ago).encode())
    await until(lambda: issues(hass) == {"drill_overdue"})
    assert state_of(hass, "_next_drill", entry) == "2026-11-21T02:00:00+00:00"
    # Of an inverter that cannot be asked, a rehearsal is all that can be held.
    await act(hass, "start_drill", entry, level="l1")
    await until(lambda: state_of(hass, "_last_drill", entry) == "passed")
    await until(lambda: issues(hass) == set())


async def test_a_journal_that_cannot_be_read_locks_and_is_told_and_kept_until_a_person_has_looked(
    hass: HomeAssistant, entry: MockConfigEntry, hass_client: ClientSessionGenerator
) -> None:
    assert await async_setup_component(hass, "repairs", {})
    assert entry.unique_id is not None
    path = journal_path(hass, entry.unique_id)
    assert await hass.config_entries.async_unload(entry.entry_id)
    assert path.exists()
    path.write_bytes(b"not a journal\n")
    await set_up(hass, entry)
    await until(lambda: issues(hass) == {"blackout_problem", "fault_journal_unreadable"})
    issue = ir.async_get(hass).async_get_issue(DOMAIN, f"blackout_problem_{entry.entry_id}")
    assert issue is not None
    assert "is not JSON" in (issue.translation_placeholders or {})["problems"]
    await until(lambda: "journal_failed" in notifications(hass, entry))
    assert path.with_suffix(".unreadable").read_bytes() == b"not a journal\n"

    assert await hass.config_entries.async_reload(entry.entry_id)
    await until(lambda: issues(hass) == {"fault_journal_unreadable"})
    assert state_of(hass, "_backup", entry) == "fault_locked", "a restart is no look"
    client = await hass_client()
    asked = {"handler": DOMAIN, "issue_id": f"fault_journal_unreadable_{entry.entry_id}"}
    flow = await (await client.post("/api/repairs/issues/fix", json=asked)).json()
    done = await (await client.post(f"/api/repairs/issues/fix/{flow['flow_id']}", json={})).json()
    assert done["type"] == "create_entry"
    await until(lambda: state_of(hass, "_backup", entry) == "connected")
    await until(lambda: issues(hass) == set())
    assert await hass.config_entries.async_remove(entry.entry_id)
    assert not list(path.parent.glob(f"{DOMAIN}*")), "it leaves nothing behind"


async def test_a_database_that_fails_is_told_and_the_living_room_is_looked_after_all_the_same(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    coordinator = entry.runtime_data.coordinator
    with patch("custom_components.local_vpp.lib.localvpp.books.REOPEN_S", 0.2):
        await coordinator.store.run(lambda db: db.execute("PRAGMA query_only = ON"))
        await until(lambda: issues(hass) == {"blackout_problem"})
        issue = ir.async_get(hass).async_get_issue(DOMAIN, f"blackout_problem_{entry.entry_id}")
        assert issue is not None
        assert "nothing is recorded" in (issue.translation_placeholders or {})["problems"]
        assert state_of(hass, "_backup", entry) == "connected"
        assert coordinator.last_update_success, "the agent goes on"
        await coordinator.store.run(lambda db: db.execute("PRAGMA query_only = OFF"))
        await until(lambda: issues(hass) == set())
    await connected(entry)


async def test_a_load_that_is_locked_out_comes_back_when_a_person_has_looked(
    hass: HomeAssistant, entry: MockConfigEntry, hass_client: ClientSessionGenerator
) -> None:
    assert await async_setup_component(hass, "repairs", {})
    hass.states.async_set("switch.heater", "off")
    await add_load(hass, entry, LOAD)
    before = json.dumps({"shed": ["Water heater"], "collapses": {"Water heater": 5}}).encode()
    await noted_before_a_restart(hass, entry, "shed loads", before)
    await until(lambda: issues(hass) == {"load_locked_out"})
    backup = hass.states.get(entity_id(hass, "_backup", entry))
    assert backup is not None
    assert backup.attributes["locked_out"] == ["Water heater"]
    client = await hass_client()
    issue = f"load_locked_out_Water heater_{entry.entry_id}"
    flow = await (await client.post("/api/repairs/issues/fix", json={"handler": DOMAIN, "issue_id": issue})).json()
    assert flow["description_placeholders"] == {"name": entry.title, "load": "Water heater"}
    await client.post(f"/api/repairs/issues/fix/{flow['flow_id']}", json={})
    await until(lambda: issues(hass) == set())


@pytest.mark.slow
async def test_a_load_is_shed_in_an_outage_and_comes_back_after_it(
    hass: HomeAssistant, site: Site, entry: MockConfigEntry
) -> None:
    """The battery is at 60 %, and the first to go goes below 75 %."""
    assert await async_setup_component(hass, "homeassistant", {})
    assert await async_setup_component(hass, "input_boolean", {"input_boolean": {"heater": {"initial": True}}})
    await add_load(hass, entry, {**LOAD, "switch": "input_boolean.heater"})
    await until(lambda: state_of(hass, "_backup", entry) == "connected")
    site.plant.switch_grid(False, None)
    await until(lambda: hass.states.is_state("input_boolean.heater", "off"))
    await until(lambda: entry.runtime_data.coordinator.data.blackout.shed == ("Water heater",))
    site.plant.switch_grid(True, None)
    await until(lambda: hass.states.is_state("input_boolean.heater", "on"))
    await until(lambda: state_of(hass, "_backup", entry) == "connected")
    await until(lambda: issues(hass) == set())


async def test_people_who_cannot_be_told_do_not_keep_the_notification_away(
    hass: HomeAssistant, entry: MockConfigEntry, caplog: pytest.LogCaptureFixture
) -> None:
    coordinator = entry.runtime_data.coordinator
    hass.config_entries.async_update_entry(entry, options=options(people=["notify.taro"]))
    await reloaded(entry, coordinator)
    await ready_for_a_drill(hass, entry)
    await act(hass, "start_drill", entry, level="l0")
    await until(lambda: "drill_announced" in notifications(hass, entry) or "drill_ended" in notifications(hass, entry))
    await until(lambda: "could not be told of" in caplog.text)


async def test_diagnostics_tell_of_a_blackout_and_of_nobody(
    hass: HomeAssistant, entry: MockConfigEntry, hass_client: ClientSessionGenerator
) -> None:
    user = await hass.auth.async_create_user("Yamada Taro")
    await hass.services.async_call(
        DOMAIN,
        "acknowledge",
        {"config_entry_id": entry.entry_id},
        blocking=True,
        context=Context(user_id=user.id),
    )
    admin = await hass.auth.async_create_user("Yamada Hanako", group_ids=["system-admin"])
    await hass.services.async_call(
        DOMAIN,
        "start_drill",
        {"config_entry_id": entry.entry_id, "level": "l1"},
        blocking=True,
        context=Context(user_id=admin.id),
    )
    await until(lambda: entry.runtime_data.coordinator.data.blackout.drill is not None)
    shown = await async_get_config_entry_diagnostics(hass, entry)  # type: ignore[arg-type]
    assert shown["state"]["blackout"]["phase"] == "connected"
    assert shown["blackout"]["wiring"] == "autonomous"
    assert shown["state"]["blackout"]["drill"]["by"] == REDACTED
    assert "Yamada" not in json.dumps(shown)


async def test_who_confirms_a_drill_that_is_over_confirms_no_other_one(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    drills = entry.runtime_data.coordinator.flat.drills
    drills._show(BuildingDrill("11" * 16, Level.QUICK, 300, START_MS, START_MS + 86_400_000))
    for drill, confirmed in (("00" * 16, None), ("11" * 16, "Home Assistant")):
        flow = await async_create_fix_flow(hass, "building_drill", {"entry_id": entry.entry_id, "drill": drill})
        assert isinstance(flow, SeenFlow)
        await flow.async_step_confirm({})
        assert drills.announced is not None
        assert drills.announced.acknowledged_by == confirmed


async def test_who_confirms_a_fault_confirms_none_that_came_since(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    blackout = entry.runtime_data.coordinator.flat.blackout
    flow = await async_create_fix_flow(hass, "fault", {"entry_id": entry.entry_id, "fault": "no_answer"})
    # The logic itself knows of no fault.
    with patch.object(blackout, "_show"), patch.object(blackout, "ask") as ask:
        for fault, times in ((Fault.BOTH_CLOSED, 0), (Fault.NO_ANSWER, 1)):
            blackout.state = replace(blackout.state, fault=fault)
            await flow.async_step_confirm({})  # type: ignore[attr-defined]
            assert ask.call_count == times


async def test_warnings_that_fall_silent_are_told_for_the_battery_is_kept_full(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    coordinator = entry.runtime_data.coordinator
    hass.states.async_set("sensor.jma_warnings", "なし")
    hass.config_entries.async_update_entry(entry, options=options(warnings=["sensor.jma_warnings"]))
    await reloaded(entry, coordinator)
    # Not by a clock that is set forward: that would end requests to the devices, too.
    with patch("custom_components.local_vpp.weather_warnings.UNKNOWN_AFTER_S", 0.1):
        hass.states.async_set("sensor.jma_warnings", "unavailable")
        await hass.async_block_till_done()
    await until(lambda: "warning_lost" in issues(hass))
    await until(lambda: state_of(hass, "_warned", entry) == "unknown")
    hass.states.async_set("sensor.jma_warnings", "なし")
    await until(lambda: issues(hass) == set())


async def test_a_warning_raises_what_the_battery_keeps_and_its_end_puts_it_back(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    hass.states.async_set("sensor.jma_warnings", "なし")
    coordinator = entry.runtime_data.coordinator
    hass.config_entries.async_update_entry(entry, options=options(warnings=["sensor.jma_warnings"]))
    await reloaded(entry, coordinator)
    await until(lambda: state_of(hass, f"{entry.unique_id}_reserve", entry) == "30")
    await until(lambda: _kept_by(entry) == 30)
    hass.states.async_set("sensor.jma_warnings", "暴風警報")
    await until(lambda: state_of(hass, "_warned", entry) == "on")
    assert state_of(hass, f"{entry.unique_id}_reserve", entry) == "100"
    await until(lambda: _kept_by(entry) == 100)
    with pytest.raises(ServiceValidationError) as error:
        await act(hass, "start_drill", entry, level="l2", confirm=True)
    assert "a warning is in force" in (error.value.translation_placeholders or {})["reasons"]
    hass.states.async_set("sensor.jma_warnings", "解除")
    await until(lambda: state_of(hass, "_warned", entry) == "off")
    await until(lambda: _kept_by(entry) == 30)


def _kept_by(entry: MockConfigEntry) -> float | None:
    """What the device itself says that it keeps."""
    reading = entry.runtime_data.coordinator.flat.state.battery
    return None if reading is None else reading.reserve_percent


async def test_a_drill_of_the_building_is_shown_until_somebody_has_confirmed_it_and_can_be_declined(
    hass: HomeAssistant, entry: MockConfigEntry, hass_client: ClientSessionGenerator
) -> None:
    assert await async_setup_component(hass, "repairs", {})
    announced = {
        "drill": "00" * 16,
        "level": "l2",
        "length_s": 300,
        "from_ms": START_MS + 3_600_000,
        "until_ms": START_MS + 7 * 86_400_000,
        "acknowledged_by": None,
    }
    await noted_before_a_restart(hass, entry, "drill announced", json.dumps(announced).encode())
    await until(lambda: issues(hass) == {"building_drill"})
    issue = f"building_drill_{entry.entry_id}"
    shown = persistent_notification._async_get_or_create_notifications(hass)
    await until(lambda: f"{DOMAIN}_{issue}" in shown)
    client = await hass_client()
    flow = await (await client.post("/api/repairs/issues/fix", json={"handler": DOMAIN, "issue_id": issue})).json()
    assert flow["description_placeholders"]["name"] == entry.title
    await client.post(f"/api/repairs/issues/fix/{flow['flow_id']}", json={})
    await until(lambda: issues(hass) == set())
    assert f"{DOMAIN}_{issue}" not in shown, "what was confirmed asks for nothing any more"
    drills = entry.runtime_data.coordinator.flat.drills
    assert drills.announced is not None
    assert drills.announced.acknowledged_by == "Home Assistant"

    await act(hass, "decline_building_drills", entry, words="We have guests")
    assert drills.declined == "We have guests"
    with pytest.raises(ServiceValidationError) as error:
        await act(hass, "decline_building_drills", entry, words="two\nlines")
    assert error.value.translation_key == "words_refused"
    await act(hass, "decline_building_drills", entry)
    assert drills.declined is None
