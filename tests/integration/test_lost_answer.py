"""An answer of enrolment that gets lost costs nobody his flat: the key stays, and the next try goes on with it.

The coordinator is real, and so is the line that loses its answers. Home Assistant's files are real, too.
"""

from collections.abc import AsyncIterator
import json
import logging
from pathlib import Path
from typing import Any
from unittest.mock import patch

import aiohttp
from homeassistant.config_entries import SOURCE_USER, ConfigEntryState
from homeassistant.const import CONF_URL
from homeassistant.core import CoreState, HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.loader import DATA_CUSTOM_COMPONENTS
from homeassistant.setup import async_setup_component
from homeassistant.util.file import WriteError
import pytest
from pytest_homeassistant_custom_component.common import async_test_home_assistant

from custom_components.local_vpp.const import CONF_FINGERPRINT, CONF_INVITE, DOMAIN, DeviceKind
from custom_components.local_vpp.diagnostics import async_get_config_entry_diagnostics
from localvpp.enrol import enrol
from localvpp.etp import Ed25519Signer
from localvpp.wire import Invite
from simulator.site import Site

from ..lossy import Lossy, lossy
from .conftest import Building, address, connected, until
from .impostor import impostor_at_work


@pytest.fixture
def hass_storage() -> dict[str, Any]:
    """Let Home Assistant keep its files on disk, and nowhere else."""
    return {}


@pytest.fixture
async def line(building: Building) -> AsyncIterator[Lossy]:
    """A line to the coordinator that loses its answers to enrolments."""
    async with lossy(building.url) as line:
        yield line


async def begin(hass: HomeAssistant, url: str) -> tuple[str, str]:
    """Open a flow up to the form that asks for the invite; return its id, and the fingerprint of the flat's key."""
    result = await hass.config_entries.flow.async_init(DOMAIN, context={"source": SOURCE_USER})
    flow = result["flow_id"]
    result = await hass.config_entries.flow.async_configure(flow, {CONF_URL: url})
    assert (result["step_id"], result["errors"]) == ("invite", {})
    return flow, result["description_placeholders"]["own_fingerprint"]


async def ask(
    hass: HomeAssistant, flow: str, invite: str, site: Site, flat: str = "101", fingerprint: str | None = None
) -> Any:
    """Give the invite, the building's fingerprint if the resident has one, and the meter when it is asked for."""
    typed = {CONF_INVITE: invite} if fingerprint is None else {CONF_INVITE: invite, CONF_FINGERPRINT: fingerprint}
    result = await hass.config_entries.flow.async_configure(flow, typed)
    if result["type"] is FlowResultType.MENU:
        await hass.config_entries.flow.async_configure(flow, {"next_step_id": "tcp"})
        result = await hass.config_entries.flow.async_configure(flow, address(site, DeviceKind.METER, flat))
    return result


def key_files(hass: HomeAssistant) -> list[Path]:
    """The flats' private keys on disk."""
    return sorted(Path(hass.config.path(".storage")).glob(f"{DOMAIN}.*.key"))


def pending(hass: HomeAssistant) -> list[dict[str, Any]]:
    """What is written of keys that were sent."""
    path = Path(hass.config.path(".storage", f"{DOMAIN}.pending"))
    return json.loads(path.read_text())["data"]["pending"] if path.exists() else []


def enrolled(building: Building, flat: str = "101") -> str:
    """The fingerprint of the key that the building has enrolled for a flat."""
    assert building.running is not None
    member = building.running.ledger.directory.named(flat)
    assert member is not None
    return member.key.fingerprint


def log_size(building: Building) -> int:
    assert building.running is not None
    return building.running.ledger.size


async def test_the_same_flow_asks_again_and_is_answered(
    hass: HomeAssistant, building: Building, line: Lossy, site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    flow, own = await begin(hass, line.url)
    invite = await building.invite()
    result = await ask(hass, flow, invite, site)
    assert (result["step_id"], result["errors"]) == ("invite", {"base": "unanswered"})
    assert "got lost" in result["description_placeholders"]["reason"]
    assert line.lost == 1
    assert enrolled(building) == own, "the coordinator did hear it"
    (key,) = key_files(hass)
    (sent,) = pending(hass)
    assert sent["flat"] == "101"
    assert not hass.config_entries.async_entries(DOMAIN)
    for file in (key, key.with_name(f"{DOMAIN}.pending")):
        assert file.stat().st_mode & 0o777 == 0o600

    size = log_size(building)
    line.loses = None
    result = await ask(hass, flow, invite, site)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    entry = result["result"]
    assert key.name == f"{DOMAIN}.{entry.unique_id}.key"
    assert (enrolled(building), log_size(building)) == (own, size)
    await until(lambda: entry.state is ConfigEntryState.LOADED)
    await connected(entry)

    secret = json.loads(key.read_text())["data"]["seed"]
    shown = str(entry.as_dict()) + str(await async_get_config_entry_diagnostics(hass, entry)) + caplog.text
    assert secret not in shown
    assert secret not in key.with_name(f"{DOMAIN}.pending").read_text()


async def test_a_new_flow_goes_on_with_the_key_that_a_closed_one_has_sent(
    hass: HomeAssistant, building: Building, line: Lossy, site: Site
) -> None:
    flow, own = await begin(hass, line.url)
    assert (await ask(hass, flow, await building.invite(), site))["errors"] == {"base": "unanswered"}
    hass.config_entries.flow.async_abort(flow)
    size = log_size(building)

    # The manager has issued a new invite; the first one would do, too.
    flow, again = await begin(hass, building.url)
    assert again == own
    result = await ask(hass, flow, await building.invite(), site)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert (enrolled(building), log_size(building)) == (own, size), "a flat is enrolled once"
    await connected_soon(result["result"])
    # Nobody goes on with a key that has its flat.
    _, other = await begin(hass, building.url)
    assert other != own


async def connected_soon(entry: Any) -> None:
    await until(lambda: entry.state is ConfigEntryState.LOADED)
    await connected(entry)


async def test_the_key_is_found_again_after_a_restart(
    hass: HomeAssistant, building: Building, line: Lossy, site: Site
) -> None:
    flow, own = await begin(hass, line.url)
    assert (await ask(hass, flow, await building.invite(), site))["errors"] == {"base": "unanswered"}
    await hass.async_stop(force=True)

    async with async_test_home_assistant(config_dir=hass.config.config_dir) as restarted:
        restarted.data.pop(DATA_CUSTOM_COMPONENTS)
        restarted.config.components.add("usb")
        assert await async_setup_component(restarted, "modbus", {})
        flow, again = await begin(restarted, building.url)
        assert again == own
        result = await ask(restarted, flow, await building.invite(), site)
        assert result["type"] is FlowResultType.CREATE_ENTRY
        entry = result["result"]
        await connected_soon(entry)
        assert enrolled(building) == own

        # The line goes when the entry is known to be on disk: when Home Assistant starts with it.
        assert [sent["device"] for sent in pending(restarted)] == [entry.unique_id]
        restarted.set_state(CoreState.starting)
        assert await restarted.config_entries.async_reload(entry.entry_id)
        restarted.set_state(CoreState.running)
        assert pending(restarted) == []
        assert len(key_files(restarted)) == 1
        await connected_soon(entry)
        assert await restarted.config_entries.async_remove(entry.entry_id)
        assert key_files(restarted) == []
        await restarted.async_stop(force=True)


async def test_a_key_that_was_refused_is_gone_and_one_in_doubt_survives_a_mistyped_invite(
    hass: HomeAssistant, building: Building, line: Lossy, site: Site
) -> None:
    line.loses = None
    flow, own = await begin(hass, line.url)
    unknown = Invite.issue("101").text
    known = building.fingerprint
    assert (await ask(hass, flow, unknown, site, fingerprint=known))["errors"] == {"base": "unknown_invite"}
    assert (key_files(hass), pending(hass)) == ([], [])

    line.loses = "/api/v1/enrolments"
    assert (await ask(hass, flow, await building.invite(), site))["errors"] == {"base": "unanswered"}
    line.loses = None
    # That an invite is not good says nothing about the key that was sent before.
    assert (await ask(hass, flow, unknown, site, fingerprint=known))["errors"] == {"base": "unknown_invite"}
    await building.stop()
    assert (await ask(hass, flow, unknown, site))["errors"] == {"base": "unreachable"}
    await building.start()
    assert len(key_files(hass)) == len(pending(hass)) == 1
    result = await ask(hass, flow, await building.invite(), site)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert enrolled(building) == own
    await hass.async_block_till_done()


async def test_a_key_in_doubt_goes_when_the_flat_turns_out_to_have_another(
    hass: HomeAssistant, building: Building, line: Lossy, site: Site
) -> None:
    # The coordinator is in trouble and says so: it may have enrolled the key, and has not.
    assert building.running is not None
    flow, own = await begin(hass, building.url)
    with patch.object(building.running.ledger, "submit_whole", side_effect=OSError(28, "No space left on device")):
        assert (await ask(hass, flow, await building.invite(), site))["errors"] == {"base": "unanswered"}
    assert len(key_files(hass)) == 1
    # Meanwhile the flat is enrolled by another machine.
    async with aiohttp.ClientSession() as session:
        other = Ed25519Signer.generate()
        await enrol(session, building.url, Invite.parse(await building.invite()), other, software="test")
    invite = await building.invite()
    # Whoever has not been given the fingerprint may be speaking to anybody.
    assert (await ask(hass, flow, invite, site))["errors"] == {"base": "already_enrolled"}
    assert len(key_files(hass)) == len(pending(hass)) == 1
    result = await ask(hass, flow, invite, site, fingerprint=building.fingerprint)
    assert result["errors"] == {"base": "already_enrolled"}
    assert (key_files(hass), pending(hass)) == ([], [])
    _, fresh = await begin(hass, building.url)
    assert fresh != own


async def test_a_key_goes_on_with_its_flat_and_its_building_and_no_other(
    hass: HomeAssistant, building: Building, line: Lossy, site: Site
) -> None:
    flow, first = await begin(hass, line.url)
    assert (await ask(hass, flow, await building.invite("101"), site))["errors"] == {"base": "unanswered"}
    line.loses = None

    # The resident of another flat joins from the same machine: the form shows another key, to be compared.
    second_invite = await building.invite("102")
    result = await ask(hass, flow, second_invite, site)
    assert (result["step_id"], result["errors"]) == ("invite", {"base": "other_key"})
    second = result["description_placeholders"]["own_fingerprint"]
    assert second != first
    result = await ask(hass, flow, second_invite, site, "102")
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert enrolled(building, "102") == second

    # A third building would not have been told of the key at all.
    async with impostor_at_work() as impostor:
        _, elsewhere = await begin(hass, impostor.url)
        assert elsewhere not in {first, second}
    flow, again = await begin(hass, building.url)
    assert again == first
    result = await ask(hass, flow, await building.invite("101"), site)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert enrolled(building, "101") == first
    await hass.async_block_till_done()


async def test_of_two_flows_that_go_on_with_one_key_one_joins(
    hass: HomeAssistant, building: Building, line: Lossy, site: Site
) -> None:
    first, own = await begin(hass, line.url)
    second, fresh = await begin(hass, building.url)
    assert own != fresh
    assert (await ask(hass, first, await building.invite(), site))["errors"] == {"base": "unanswered"}
    # The second one was opened before the key was sent, and learns of it now.
    invite = await building.invite()
    result = await ask(hass, second, invite, site)
    assert result["errors"] == {"base": "other_key"}
    assert result["description_placeholders"]["own_fingerprint"] == own
    result = await ask(hass, second, invite, site)
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "already_in_progress")
    assert len(key_files(hass)) == 1
    line.loses = None
    assert (await ask(hass, first, invite, site))["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()


async def test_a_key_that_cannot_be_stored_is_not_sent(
    hass: HomeAssistant, building: Building, site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    flow, _ = await begin(hass, building.url)
    invite, size = await building.invite(), log_size(building)
    full = WriteError("No space left on device")
    with patch("homeassistant.helpers.storage.write_utf8_file_atomic", side_effect=full):
        assert (await ask(hass, flow, invite, site))["errors"] == {"base": "key_not_stored"}
    assert "No space left on device" in caplog.text
    assert log_size(building) == size
    assert (await ask(hass, flow, invite, site))["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()
