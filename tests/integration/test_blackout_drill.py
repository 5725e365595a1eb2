"""Drills and islands that somebody asks for in Home Assistant: refused with reasons, held, reported."""

from collections.abc import AsyncIterator
from dataclasses import replace
import json
from pathlib import Path
import re
from typing import Any
from unittest.mock import AsyncMock, patch

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import ATTR_CONFIG_ENTRY_ID
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError, Unauthorized, UnknownUser
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.local_vpp.const import DOMAIN
from custom_components.local_vpp.lib.localvpp.islanding import Asked, Fault
from custom_components.local_vpp.lib.localvpp.store import StoreError
from simulator.site import Site

from .blackout import moving, options, ready_for_a_drill
from .conftest import MakeEntry, entity_id, set_up, state_of, until
from .quick_clock import QuickClock
from .test_blackout_outage import notifications


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
    hass.config_entries.async_update_entry(entry, options=options(attended=True, medical=True))
    await set_up(hass, entry)
    await ready_for_a_drill(hass, entry)
    return entry


async def act(hass: HomeAssistant, action: str, entry: MockConfigEntry, **data: Any) -> Any:
    """Run an action."""
    return await hass.services.async_call(
        DOMAIN,
        action,
        {ATTR_CONFIG_ENTRY_ID: entry.entry_id, **data},
        blocking=True,
        return_response=action == "get_drill_report",
    )


async def test_what_moves_contacts_wants_a_confirmation(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    for action, data in [("start_drill", {"level": "l2"}), ("go_off_grid", {"confirm": False})]:
        with pytest.raises(ServiceValidationError) as error:
            await act(hass, action, entry, **data)
        assert error.value.translation_key == "not_confirmed"
    assert entry.runtime_data.coordinator.flat.blackout.state.told == ()


async def test_a_drill_is_refused_with_every_reason(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    with pytest.raises(ServiceValidationError) as error:
        await act(hass, "start_drill", entry, level="l2", confirm=True)
    assert error.value.translation_key == "drill_refused"
    reasons = (error.value.translation_placeholders or {})["reasons"].split(" / ")
    assert "its devices cannot be asked to leave the grid" in reasons
    assert "the grid has not been steady for 30 minutes" in reasons
    assert not [each for each in reasons if "confirmed" in each], "it was confirmed, with the medical device"
    assert entry.runtime_data.coordinator.flat.blackout.state.drill is None
    with pytest.raises(ServiceValidationError) as error:
        await act(hass, "go_off_grid", entry, confirm=True)
    assert error.value.translation_key == "island_refused"
    reasons = (error.value.translation_placeholders or {})["reasons"]
    assert reasons == "its devices cannot be asked to leave the grid"


async def test_a_length_that_is_none_is_refused_by_the_action_itself(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    for length in ({"hours": 2}, {"seconds": 1}):
        with pytest.raises(Exception, match="length"):
            await act(hass, "start_drill", entry, level="l1", length=length)


async def test_a_flat_without_blackouts_says_so(hass: HomeAssistant, make_entry: MakeEntry) -> None:
    entry = await make_entry()
    await set_up(hass, entry)
    for action, data in [("return_to_grid", {}), ("acknowledge", {}), ("get_drill_report", {})]:
        with pytest.raises(ServiceValidationError) as error:
            await act(hass, action, entry, **data)
        assert error.value.translation_key == "no_blackout"
    assert await hass.config_entries.async_unload(entry.entry_id)
    assert entry.state is ConfigEntryState.NOT_LOADED
    with pytest.raises(ServiceValidationError):
        await act(hass, "return_to_grid", entry)


async def test_whoever_lives_there_may_end_it_and_only_an_administrator_begin_it(
    hass: HomeAssistant, entry: MockConfigEntry, hass_read_only_user: MockUser
) -> None:
    context = Context(user_id=hass_read_only_user.id)
    data = {ATTR_CONFIG_ENTRY_ID: entry.entry_id}
    for action, more in [("start_drill", {"level": "l1"}), ("go_off_grid", {"confirm": True})]:
        with pytest.raises(Unauthorized):
            await hass.services.async_call(DOMAIN, action, data | more, blocking=True, context=context)
    for action in ("return_to_grid", "acknowledge"):
        await hass.services.async_call(DOMAIN, action, data, blocking=True, context=context)


@pytest.mark.parametrize("group", ["system-users", "system-read-only"])
async def test_after_a_fault_only_an_administrator_lets_commands_begin_again(
    hass: HomeAssistant, entry: MockConfigEntry, group: str
) -> None:
    """As in the repairs, whose form does the same."""
    blackout = entry.runtime_data.coordinator.flat.blackout
    admin = await hass.auth.async_create_user("Hanako", group_ids=["system-admin"])
    resident = await hass.auth.async_create_user("Taro", group_ids=[group])
    data = {ATTR_CONFIG_ENTRY_ID: entry.entry_id, "confirm": True}

    async def acknowledge(user: str) -> None:
        context = Context(user_id=user)
        await hass.services.async_call(DOMAIN, "acknowledge", data, blocking=True, context=context)

    # The logic itself knows of no fault.
    with patch.object(blackout, "_show"), patch.object(blackout, "ask") as ask:
        blackout.state = replace(blackout.state, fault=Fault.NO_ANSWER)
        with pytest.raises(Unauthorized):
            await acknowledge(resident.id)
        with pytest.raises(UnknownUser):
            await acknowledge("nobody")
        ask.assert_not_called()
        await acknowledge(admin.id)
        ask.assert_called_once_with(Asked.ACKNOWLEDGE)


async def test_a_database_that_fails_is_told_in_words(
    hass: HomeAssistant, entry: MockConfigEntry, hass_client: ClientSessionGenerator
) -> None:
    assert await async_setup_component(hass, "http", {})
    await act(hass, "start_drill", entry, level="l1")
    await until(lambda: state_of(hass, "_last_drill", entry) == "passed")
    flat, client = entry.runtime_data.coordinator.flat, await hass_client()
    broken = AsyncMock(side_effect=StoreError("the disk is gone"))
    with patch.object(flat.blackout, "report", broken), patch.object(flat.drills, "decline", broken):
        for action in ("get_drill_report", "decline_building_drills"):
            with pytest.raises(HomeAssistantError) as error:
                await act(hass, action, entry)
            assert (error.value.translation_key, error.value.translation_placeholders) == (
                "database",
                {"error": "the disk is gone"},
            )
        answer = await client.get(f"/api/{DOMAIN}/drill/{entry.unique_id}/last.json")
        assert (answer.status, "the disk is gone" in await answer.text()) == (503, True)
    with patch.object(flat.blackout, "report", AsyncMock(return_value=b"{}")):
        answer = await client.get(f"/api/{DOMAIN}/drill/{entry.unique_id}/last.pdf")
        assert answer.status == 501, "a document of another release is no server's error"


async def test_a_rehearsal_is_held_reported_and_can_be_downloaded(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    hass_client: ClientSessionGenerator,
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    assert await async_setup_component(hass, "http", {})
    with pytest.raises(ServiceValidationError) as error:
        await act(hass, "get_drill_report", entry)
    assert error.value.translation_key == "no_drill"
    assert state_of(hass, "_last_drill", entry) == "unknown"
    client, path = await hass_client(), f"/api/{DOMAIN}/drill/{entry.unique_id}"
    assert (await client.get(f"{path}/last.json")).status == 404

    button = entity_id(hass, f"{entry.unique_id}_rehearse", entry)
    await hass.services.async_call("button", "press", {"entity_id": button}, blocking=True)
    await until(lambda: entry.runtime_data.coordinator.data.blackout.drill is not None)
    with pytest.raises(ServiceValidationError) as error:
        await hass.services.async_call("button", "press", {"entity_id": button}, blocking=True)
    assert "another drill is on" in (error.value.translation_placeholders or {})["reasons"]
    seen = entity_id(hass, f"{entry.unique_id}_seen", entry)
    await hass.services.async_call("button", "press", {"entity_id": seen}, blocking=True)
    await until(lambda: state_of(hass, "_last_drill", entry) in {"passed", "failed"})
    last = hass.states.get(entity_id(hass, "_last_drill", entry))
    assert last is not None
    assert (last.state, last.attributes["level"], last.attributes["aborted"]) == ("passed", "l1", None)
    event = hass.states.get(entity_id(hass, "_notice", entry))
    assert event is not None
    assert event.attributes["event_type"] == "drill_ended"

    response = await act(hass, "get_drill_report", entry)
    answer = await client.get(f"{path}/last.json")
    assert (answer.status, answer.content_type) == (200, "application/json")
    document = await answer.read()
    assert json.loads(document) == response["report"]
    assert (await (await client.get(f"{path}/{last.attributes['report']}.json")).read()) == document
    sheet = await client.get(f"{path}/last.pdf")
    if sheet.status == 200:
        assert (await sheet.read()).startswith(b"%PDF-")
    else:
        assert (sheet.status, "pdf" in await sheet.text()) == (501, True), "it says what is missing for it"
    (link,) = re.findall(r"\((/api/\S+)\)", notifications(hass, entry)["drill_ended"])
    assert await (await (await hass_client_no_auth()).get(link)).read() == document
    assert (await client.get(f"{path}/{'0' * 64}.json")).status == 404
    assert (await client.get(f"/api/{DOMAIN}/drill/{'0' * 32}/last.json")).status == 404
    assert (await (await hass_client_no_auth()).get(f"{path}/last.json")).status == 401
    assert await hass.config_entries.async_unload(entry.entry_id)
    assert (await client.get(f"{path}/last.json")).status == 503
