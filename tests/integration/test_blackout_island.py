"""Islands that somebody asks for, over real Modbus: backup terminals, two contactors, restarts, and what breaks."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from homeassistant.components.repairs import DOMAIN as REPAIRS
from homeassistant.config_entries import SOURCE_USER
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.local_vpp.blackout_flow import possible_wirings
from custom_components.local_vpp.const import CONF_CHANNEL, DOMAIN, DeviceKind
from simulator.settings import Fault, FlatWiring, Wiring
from simulator.site import RELAY, Site

from .blackout import asked, form, moving, options
from .conftest import MakeEntry, address, reloaded, set_up, state_of, until
from .quick_clock import QuickClock
from .test_blackout_drill import act

OWNED = FlatWiring(wiring=Wiring.OWNED)
PAIR = FlatWiring(wiring=Wiring.PAIR)


@pytest.fixture
async def site(
    home: Path, hass: HomeAssistant, clock: QuickClock, request: pytest.FixtureRequest
) -> AsyncIterator[Site]:
    """A building whose seconds pass, and flat 101 wired as the test says."""
    async with moving(home, clock, request.param) as site:
        yield site
        for entry in hass.config_entries.async_loaded_entries(DOMAIN):
            await hass.config_entries.async_unload(entry.entry_id)


def issues(hass: HomeAssistant) -> set[str]:
    """What a person is asked to look at, whichever flat it is of."""
    return {
        issue.translation_key or ""
        for issue in ir.async_get(hass).issues.values()
        if issue.domain == DOMAIN and issue.active
    }


async def ready(entry: MockConfigEntry) -> None:
    """Wait until nothing speaks against an island."""
    await until(lambda: not entry.runtime_data.coordinator.flat.blackout.island_refusals())


async def owned(hass: HomeAssistant, make_entry: MakeEntry) -> MockConfigEntry:
    """Flat 101 with an inverter that can be asked."""
    entry = await make_entry(DeviceKind.METER, DeviceKind.INVERTER)
    hass.config_entries.async_update_entry(entry, options=options(wiring="owned"))
    await set_up(hass, entry)
    await until(lambda: state_of(hass, "_backup", entry) == "connected")
    await ready(entry)
    return entry


@pytest.mark.parametrize("site", [OWNED], indirect=True)
async def test_an_island_that_a_person_asked_for_is_led_back_after_a_restart(
    hass: HomeAssistant, site: Site, make_entry: MakeEntry
) -> None:
    """Nobody is there any more who could say that it was meant to last (I16)."""
    entry = await owned(hass, make_entry)
    await act(hass, "go_off_grid", entry, confirm=True)
    await until(lambda: state_of(hass, "_backup", entry) == "islanded")
    assert entry.runtime_data.coordinator.data.blackout.owner == "person"
    assert state_of(hass, "_outage", entry) == "off", "the grid is there"

    assert await hass.config_entries.async_reload(entry.entry_id)
    await until(lambda: state_of(hass, "_backup", entry) == "return_hold")
    assert entry.runtime_data.coordinator.data.blackout.owner == "person"
    await until(lambda: issues(hass) == set())


@pytest.mark.parametrize("site", [OWNED], indirect=True)
async def test_an_island_that_an_outage_made_goes_on_over_a_restart(
    hass: HomeAssistant, site: Site, make_entry: MakeEntry
) -> None:
    entry = await owned(hass, make_entry)
    site.plant.switch_grid(False, None)
    await until(lambda: state_of(hass, "_backup", entry) == "islanded")
    assert await hass.config_entries.async_reload(entry.entry_id)
    await until(lambda: state_of(hass, "_backup", entry) == "islanded")
    assert entry.runtime_data.coordinator.data.blackout.owner == "outage"
    assert state_of(hass, "_outage", entry) == "on"
    await act(hass, "return_to_grid", entry)
    # What was told before the restart is told no more.
    await until(lambda: "return_refused" in [each.notice for each in entry.runtime_data.coordinator.data.blackout.told])
    assert state_of(hass, "_backup", entry) == "islanded", "there is nothing to return to"
    site.plant.switch_grid(True, None)
    await until(lambda: state_of(hass, "_backup", entry) == "return_hold")


# --- two contactors ---------------------------------------------------------------------------------


async def paired(hass: HomeAssistant, site: Site, make_entry: MakeEntry) -> MockConfigEntry:
    """Flat 101 with a pair of contactors in one module, set up as a resident does it."""
    entry = await make_entry(DeviceKind.METER, DeviceKind.INVERTER)
    await set_up(hass, entry)
    for kind in (DeviceKind.RELAY, DeviceKind.ISLAND_RELAY):
        coordinator = entry.runtime_data.coordinator
        subentries = hass.config_entries.subentries
        flow = await subentries.async_init((entry.entry_id, kind.value), context={"source": SOURCE_USER})
        await subentries.async_configure(flow["flow_id"], {"next_step_id": "tcp"})
        where = {**address(site, DeviceKind.RELAY), "map": "relay_pair", "unit_id": RELAY}
        result: Any = await subentries.async_configure(flow["flow_id"], where)
        assert result["type"] is FlowResultType.CREATE_ENTRY
        await reloaded(entry, coordinator)
    assert [each.data.get(CONF_CHANNEL) for each in entry.subentries.values()] == [None, None, 0, 1]
    await until(lambda: "pair" in possible_wirings(entry))
    coordinator = entry.runtime_data.coordinator
    result = await asked(hass, entry, form(wiring="pair", watchdog_s=60))
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await reloaded(entry, coordinator)
    await until(lambda: state_of(hass, "_backup", entry) == "connected")
    return entry


@pytest.mark.slow
@pytest.mark.parametrize("site", [PAIR], indirect=True)
async def test_two_contactors_are_set_up_and_asked_one_after_the_other(
    hass: HomeAssistant, site: Site, make_entry: MakeEntry
) -> None:
    entry = await paired(hass, site, make_entry)
    await ready(entry)
    await act(hass, "go_off_grid", entry, confirm=True)
    await until(lambda: state_of(hass, "_backup", entry) == "islanded")
    reading = entry.runtime_data.coordinator.flat.state
    assert (reading.relay.closed, reading.island_relay.closed) == (False, True)
    await act(hass, "return_to_grid", entry)
    await until(lambda: state_of(hass, "_backup", entry) == "connected")
    await until(lambda: entry.runtime_data.coordinator.flat.state.relay.closed)


@pytest.mark.parametrize("site", [PAIR], indirect=True)
async def test_a_welded_contact_locks_is_told_and_goes_on_when_a_person_has_looked(
    hass: HomeAssistant, site: Site, make_entry: MakeEntry, hass_client: ClientSessionGenerator
) -> None:
    assert await async_setup_component(hass, REPAIRS, {})
    entry = await paired(hass, site, make_entry)
    await ready(entry)
    site.set_fault("101", "relay", Fault.WELDED)
    await ready(entry)
    await act(hass, "go_off_grid", entry, confirm=True)
    await until(lambda: state_of(hass, "_locked", entry) == "on")
    assert issues(hass) == {"fault_main_welded"}
    assert state_of(hass, "_backup", entry) == "fault_locked"

    with pytest.raises(Exception, match="confirm"):
        await act(hass, "acknowledge", entry)
    site.set_fault("101", "relay", None)
    client = await hass_client()
    flow = await (
        await client.post(
            "/api/repairs/issues/fix",
            json={"handler": DOMAIN, "issue_id": f"fault_main_welded_{entry.entry_id}"},
        )
    ).json()
    assert flow["step_id"] == "confirm"
    assert flow["description_placeholders"]["name"] == entry.title
    done = await (await client.post(f"/api/repairs/issues/fix/{flow['flow_id']}", json={})).json()
    assert done["type"] == "create_entry"
    await until(lambda: state_of(hass, "_locked", entry) == "off")
    await until(lambda: state_of(hass, "_backup", entry) == "connected")
    await until(lambda: issues(hass) == set())


@pytest.mark.parametrize("site", [PAIR], indirect=True)
async def test_feedback_that_is_lost_is_told_until_it_is_there_again(
    hass: HomeAssistant, site: Site, make_entry: MakeEntry
) -> None:
    entry = await paired(hass, site, make_entry)
    site.set_fault("101", "relay", Fault.SILENT)
    await until(lambda: issues(hass) == {"feedback_lost"})
    site.set_fault("101", "relay", None)
    await until(lambda: issues(hass) == set())
    assert state_of(hass, "_backup", entry) == "connected"
