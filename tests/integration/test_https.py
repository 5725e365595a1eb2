"""A coordinator that is reached by https: found where it says, believed by its certificate, and not left for less."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
import ssl

from homeassistant.const import CONF_URL
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.coordinator.authority import Authority

from .conftest import Building
from .test_config_flow import CLOSED, announcement, answer, discovered, start


@pytest.fixture
def enable_event_loop_debug() -> None:
    """Only in its debug mode does an event loop take a handshake that a client ends for an error of the program."""


@pytest.fixture
async def untrusted(tmp_path: Path, socket_enabled: None) -> AsyncIterator[int]:
    """The port of something whose certificate no authority of this machine has issued."""
    files = Authority().issue(tmp_path, "127.0.0.1")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(files.certificate, files.key)

    async def leave(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    server = await asyncio.start_server(leave, "127.0.0.1", 0, ssl=context)
    yield server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()


async def test_a_certificate_that_is_not_trusted_is_told_and_the_form_goes_on(
    hass: HomeAssistant, building: Building, untrusted: int
) -> None:
    flow = await start(hass)
    result = await answer(hass, flow, **{CONF_URL: f"https://127.0.0.1:{untrusted}"})
    assert result["errors"] == {"base": "untrusted"}
    assert "no authority that this machine trusts" in result["description_placeholders"]["reason"]
    result = await answer(hass, flow, **{CONF_URL: building.url})
    assert result["step_id"] == "invite"


async def test_an_announced_coordinator_is_asked_by_the_scheme_that_it_announces(
    hass: HomeAssistant, building: Building, untrusted: int
) -> None:
    https = {"path": "/", "scheme": "https"}
    result = await discovered(hass, announcement(building, port=untrusted, properties=https))
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "untrusted")
    http = {"path": "/", "scheme": "http"}
    result = await discovered(hass, announcement(building, properties=http))
    assert (result["type"], result["step_id"]) == (FlowResultType.FORM, "zeroconf_confirm")


async def test_an_announced_coordinator_is_asked_at_its_public_address(hass: HomeAssistant, building: Building) -> None:
    told = {"path": "/", "scheme": "http", "url": building.url}
    result = await discovered(hass, announcement(building, port=CLOSED, properties=told))
    assert (result["type"], result["step_id"]) == (FlowResultType.FORM, "zeroconf_confirm")


async def test_a_flat_that_was_given_an_https_address_is_not_led_to_another(
    hass: HomeAssistant, building: Building, entry: MockConfigEntry
) -> None:
    await hass.config_entries.async_unload(entry.entry_id)
    for given, kept in ((f"https://127.0.0.1:{CLOSED}", True), (f"http://127.0.0.1:{CLOSED}", False)):
        hass.config_entries.async_update_entry(entry, data={**entry.data, CONF_URL: given})
        result = await discovered(hass, announcement(building))
        assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "already_configured")
        assert entry.data[CONF_URL] == (given if kept else building.url)
