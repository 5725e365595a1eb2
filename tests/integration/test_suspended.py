"""A flat that the building takes nothing of is told what to do, and is not asked for an invite that would not help."""

import aiohttp
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.aiohttp_client import async_get_clientsession
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.local_vpp.const import DOMAIN
from custom_components.local_vpp.coordinator import LocalVppCoordinator
from custom_components.local_vpp.lib.localvpp.link import LinkState
from localvpp.etp import Chain, Ed25519Signer, Kind, Record
from localvpp.wire import PROTOCOL

from .conftest import SEED, Building, connected, until


def issues(hass: HomeAssistant) -> dict[str, ir.IssueEntry]:
    """What the resident is shown, by its key."""
    return {str(each.translation_key): each for each in ir.async_get(hass).issues.values()}


async def refused(coordinator: LocalVppCoordinator) -> None:
    await until(lambda: coordinator.data.link.state is LinkState.REFUSED)


async def say(hass: HomeAssistant, building: Building, what: str) -> None:
    """Do what the manager's command does."""
    assert building.running is not None
    headers = {"Authorization": f"Bearer {building.running.web_token}"}
    session: aiohttp.ClientSession = async_get_clientsession(hass)
    async with session.post(f"{building.url}/api/v1/members/101/{what}", headers=headers) as response:
        assert response.status == 200


def no_flows(hass: HomeAssistant) -> bool:
    return not hass.config_entries.flow.async_progress_by_handler(DOMAIN)


async def signed_elsewhere(building: Building, entry: MockConfigEntry) -> None:
    """Let a second device with the same key hand in a record of its own, with the number of a logged one."""
    assert building.running is not None
    ledger = building.running.ledger
    flat = entry.runtime_data.coordinator.flat
    store = entry.runtime_data.coordinator.store
    first = await store.hash_at(1)
    assert first is not None
    kept = await store.kept(first)
    assert kept is not None
    own = Record.decode(kept.record.encode())
    signer = Ed25519Signer(SEED)
    clone = Chain(signer.public.device_id, own.signed.building)
    other, _ = clone.seal(signer, Kind.WITNESS, own.envelope.slot, own.body, own.envelope.enrolled)
    assert other.hash != own.hash
    assert flat.membership.device == signer.public.device_id
    await ledger.submit(signer.public.device_id, [other.encode()])


async def test_the_half_that_did_nothing_wrong_is_told_of_the_copy_and_what_to_do(
    hass: HomeAssistant, building: Building, entry: MockConfigEntry
) -> None:
    coordinator = entry.runtime_data.coordinator
    await until(lambda: coordinator.data.ledger == "proven")
    await signed_elsewhere(building, entry)
    await refused(coordinator)
    await until(lambda: "key_copied" in issues(hass))
    await hass.async_block_till_done()
    issue = issues(hass)["key_copied"]
    assert (issue.severity, issue.is_fixable) == (ir.IssueSeverity.ERROR, False)
    placeholders = issue.translation_placeholders
    assert placeholders is not None
    assert placeholders["flat"] == "101"
    assert "signed two records with number 1" in placeholders["reason"]
    assert set(issues(hass)) == {"key_copied"}
    assert no_flows(hass), "an invite would not help"
    assert coordinator.data.link.code == "key_in_two_hands"
    await say(hass, building, "reinstate")
    await connected(entry)
    await until(lambda: not issues(hass))
    assert no_flows(hass)


async def test_a_flat_that_the_manager_has_suspended_is_told_to_ask_him(
    hass: HomeAssistant, building: Building, entry: MockConfigEntry
) -> None:
    await say(hass, building, "suspend")
    await refused(entry.runtime_data.coordinator)
    await until(lambda: set(issues(hass)) == {"flat_suspended"})
    await hass.async_block_till_done()
    assert no_flows(hass)
    await say(hass, building, "reinstate")
    await connected(entry)
    await until(lambda: not issues(hass))


async def test_a_flat_whose_key_was_revoked_is_asked_for_an_invite(
    hass: HomeAssistant, building: Building, entry: MockConfigEntry
) -> None:
    await say(hass, building, "revoke")
    await refused(entry.runtime_data.coordinator)
    await until(lambda: not no_flows(hass))
    await hass.async_block_till_done()
    assert set(issues(hass)) == {"config_entry_reauth"}


async def test_a_building_of_another_version_is_told_as_that_and_no_invite_is_asked_for(
    hass: HomeAssistant, building: Building, entry: MockConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    coordinator = entry.runtime_data.coordinator
    await building.stop()
    with monkeypatch.context() as patch:
        patch.setattr("coordinator.link.greeting.PROTOCOL", PROTOCOL + 1)
        await building.start()
        await refused(coordinator)
        await hass.async_block_till_done()
        (told,) = issues(hass).items()
        assert told[0] == "other_protocol"
        assert told[1].translation_placeholders is not None
        assert f"protocol {PROTOCOL + 1}, this flat {PROTOCOL}" in told[1].translation_placeholders["reason"]
        assert no_flows(hass)
        await building.stop()
    await building.start()
    assert await hass.config_entries.async_reload(entry.entry_id)
    await connected(entry)
    assert not issues(hass)
