"""A resident renews his flat's key in Home Assistant, and no crash, lost answer or restart loses a key or a record."""

from collections.abc import AsyncIterator
from ipaddress import ip_address
from typing import Any
from unittest.mock import patch

from homeassistant.config_entries import SOURCE_ZEROCONF, ConfigEntryState
from homeassistant.const import CONF_URL
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers.service_info.zeroconf import ZeroconfServiceInfo
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.local_vpp.building import async_known_building
from custom_components.local_vpp.const import CONF_INVITE, CONF_ORIGIN, DOMAIN, DeviceKind
from custom_components.local_vpp.diagnostics import async_get_config_entry_diagnostics
from custom_components.local_vpp.lib.localvpp.etp import DeviceId, Ed25519Signer
from custom_components.local_vpp.lib.localvpp.rotation import Rotation, newest_rotation
from custom_components.local_vpp.lib.localvpp.store import FlatStore, StoreError
from custom_components.local_vpp.rotating import settle
from custom_components.local_vpp.storage import KeptKeys, database_path
from localvpp.etp import load_or_create

from ..coordinator.conftest import turn_key
from ..lossy import Lossy, lossy
from .conftest import SEED, Building, MakeEntry, connected, reloaded, set_up, until
from .impostor import impostor_at_work
from .quick_clock import QuickClock

OLD = Ed25519Signer(SEED)


@pytest.fixture
async def line(building: Building) -> AsyncIterator[Lossy]:
    """A line to the coordinator that can lose its answers."""
    async with lossy(building.url) as line:
        line.loses = None
        yield line


async def ask(hass: HomeAssistant, entry: MockConfigEntry) -> Any:
    """Ask for a fresh key in the options, and confirm."""
    flow = await hass.config_entries.options.async_init(entry.entry_id)
    flow = await hass.config_entries.options.async_configure(flow["flow_id"], {"next_step_id": "rotate_key"})
    assert flow["description_placeholders"]["fingerprint"] == entry.runtime_data.coordinator.flat.fingerprint
    return await hass.config_entries.options.async_configure(flow["flow_id"], {})


def logged(building: Building) -> str:
    """The fingerprint of the key that the building's log names for the flat."""
    assert building.running is not None
    member = building.running.ledger.directory.named("101")
    assert member is not None
    return member.key.fingerprint


def seeds(hass_storage: dict[str, Any], entry: MockConfigEntry) -> dict[str, str]:
    """What the private file holds."""
    stored: dict[str, str] = hass_storage[f"{DOMAIN}.{entry.unique_id}.key"]["data"]
    return stored


def is_proven(entry: MockConfigEntry) -> bool:
    state = entry.runtime_data.coordinator.data
    return bool(state.link.state == "online" and state.ledger == "proven" and state.pending == 0)


async def reload(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    assert await hass.config_entries.async_reload(entry.entry_id)


async def test_the_log_takes_the_new_key_down_and_the_flat_stays_who_it_is(
    hass: HomeAssistant, hass_storage: dict[str, Any], building: Building, entry: MockConfigEntry
) -> None:
    before, device = entry.runtime_data.coordinator, entry.unique_id
    assert logged(building) == OLD.public.fingerprint
    result = await ask(hass, entry)
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "key_renewed")
    await reloaded(entry, before)
    await until(lambda: logged(building) == result["description_placeholders"]["fingerprint"])
    await until(lambda: is_proven(entry))
    assert entry.unique_id == device
    new = seeds(hass_storage, entry)
    assert (new["former"], set(new)) == (SEED.hex(), {"seed", "former"})
    assert Ed25519Signer(bytes.fromhex(new["seed"])).public.fingerprint == logged(building)

    # What is proven needs the old key no longer, and another renewal is allowed.
    await reload(hass, entry)
    await connected(entry)
    assert seeds(hass_storage, entry) == {"seed": new["seed"]}
    shown = await async_get_config_entry_diagnostics(hass, entry)
    assert shown["key_rotation_proven"] is True
    assert not [seed for seed in (new["seed"], SEED.hex()) if seed in str(shown)]
    before = entry.runtime_data.coordinator
    again = await ask(hass, entry)
    await reloaded(entry, before)
    await until(lambda: logged(building) == again["description_placeholders"]["fingerprint"])
    assert building.running is not None
    assert [each["rotations"] for each in building.running.members.all()] == [2]


async def test_a_building_that_is_away_hears_of_it_when_it_is_back_after_restarts_too(
    hass: HomeAssistant, hass_storage: dict[str, Any], building: Building, entry: MockConfigEntry
) -> None:
    with patch("custom_components.local_vpp.rotating.record_rotation", side_effect=StoreError("the disk is full")):
        await ask(hass, entry)
        await until(lambda: entry.state is ConfigEntryState.SETUP_ERROR)
    assert set(seeds(hass_storage, entry)) == {"seed", "fresh"}, "asked for, and durable, and nothing names it yet"
    fresh = seeds(hass_storage, entry)["fresh"]
    await building.stop()
    await reload(hass, entry)
    assert seeds(hass_storage, entry) == {"seed": fresh, "former": SEED.hex()}
    await reload(hass, entry)
    assert seeds(hass_storage, entry) == {"seed": fresh, "former": SEED.hex()}
    await building.start()
    await until(lambda: logged(building) == Ed25519Signer(bytes.fromhex(fresh)).public.fingerprint)
    await until(lambda: is_proven(entry))


async def test_the_answer_that_the_rotation_is_logged_may_get_lost(
    hass: HomeAssistant, building: Building, make_entry: MakeEntry, line: Lossy
) -> None:
    entry = await make_entry(DeviceKind.METER)
    hass.config_entries.async_update_entry(entry, data={**entry.data, CONF_URL: line.url})
    await set_up(hass, entry)
    before = entry.runtime_data.coordinator
    line.loses_when = lambda: logged(building) != OLD.public.fingerprint
    result = await ask(hass, entry)
    await reloaded(entry, before)
    await until(lambda: line.lost > 0 and logged(building) != OLD.public.fingerprint)
    rotation = await newest_rotation(entry.runtime_data.coordinator.store)
    assert rotation is not None
    assert not rotation.is_proven
    # A second renewal waits for the first to be proven, across a restart.
    line.loses_when = lambda: False
    await reload(hass, entry)
    await until(lambda: is_proven(entry))
    assert logged(building) == result["description_placeholders"]["fingerprint"]


async def test_what_cannot_be_done_now_says_so_and_changes_nothing(
    hass: HomeAssistant, hass_storage: dict[str, Any], building: Building, entry: MockConfigEntry
) -> None:
    kept = dict(seeds(hass_storage, entry))
    with patch("custom_components.local_vpp.rotating.async_save_keys"):
        result = await ask(hass, entry)
    assert result["errors"] == {"base": "key_not_stored"}
    await building.stop()
    await until(lambda: entry.runtime_data.coordinator.data.link.state != "online")
    result = await hass.config_entries.options.async_configure(result["flow_id"], {})
    assert result["errors"] == {"base": "not_connected"}
    assert seeds(hass_storage, entry) == kept
    await building.start()
    await connected(entry)
    before = entry.runtime_data.coordinator
    with patch.object(FlatStore, "unsent", return_value=[]):
        await ask(hass, entry)
        await reloaded(entry, before)
        await connected(entry)
        result = await ask(hass, entry)
    assert result["errors"] == {"base": "still_rotating"}
    await hass.config_entries.async_unload(entry.entry_id)
    flow = await hass.config_entries.options.async_init(entry.entry_id)
    result = await hass.config_entries.options.async_configure(flow["flow_id"], {"next_step_id": "rotate_key"})
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "not_running")


async def test_a_flat_that_has_renewed_its_key_may_change_its_address_and_be_invited_again(
    hass: HomeAssistant, building: Building, entry: MockConfigEntry, line: Lossy
) -> None:
    before = entry.runtime_data.coordinator
    await ask(hass, entry)
    await reloaded(entry, before)
    await until(lambda: logged(building) != OLD.public.fingerprint)
    await until(lambda: is_proven(entry))
    before = entry.runtime_data.coordinator
    result = await entry.start_reconfigure_flow(hass)
    result = await hass.config_entries.flow.async_configure(result["flow_id"], {CONF_URL: line.url})
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "reconfigure_successful")
    await reloaded(entry, before)
    await connected(entry)
    before = entry.runtime_data.coordinator
    result = await entry.start_reauth_flow(hass)
    result = await hass.config_entries.flow.async_configure(result["flow_id"], {CONF_INVITE: await building.invite()})
    assert (result["type"], result.get("reason"), result.get("errors")) == (
        FlowResultType.ABORT,
        "reauth_successful",
        None,
    )
    await reloaded(entry, before)
    await connected(entry)


async def test_a_building_that_has_renewed_its_key_is_followed_and_known_again(
    hass: HomeAssistant, building: Building, entry: MockConfigEntry, clock: QuickClock
) -> None:
    old = building.fingerprint
    await building.stop()
    await turn_key(building.config(), clock)
    await building.start()
    assert building.fingerprint != old
    coordinator = entry.runtime_data.coordinator
    await until(lambda: coordinator.flat.building_key.fingerprint == building.fingerprint)
    await connected(entry)
    assert not hass.config_entries.flow.async_progress_by_handler(DOMAIN)
    assert building.running is not None
    properties = {"url": building.url, "origin": building.running.config.origin}
    announced = ZeroconfServiceInfo(
        ip_address=ip_address("127.0.0.1"),
        ip_addresses=[ip_address("127.0.0.1")],
        hostname="building.local.",
        name="Sakura Heights._local-vpp._tcp.local.",
        port=building.port,
        properties=properties,
        type="_local-vpp._tcp.local.",
    )
    result = await hass.config_entries.flow.async_init(DOMAIN, context={"source": SOURCE_ZEROCONF}, data=announced)
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "already_configured")
    await reload(hass, entry)
    await connected(entry)
    assert entry.runtime_data.coordinator.flat.building_key.fingerprint == building.fingerprint
    building.port = 0
    await building.stop()
    await building.start()
    before = entry.runtime_data.coordinator
    result = await entry.start_reconfigure_flow(hass)
    result = await hass.config_entries.flow.async_configure(result["flow_id"], {CONF_URL: building.url})
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "reconfigure_successful")
    await reloaded(entry, before)
    await connected(entry)


@pytest.mark.parametrize("expected_lingering_timers", [True])  # a broken connection's heartbeat
async def test_a_flat_that_does_not_run_knows_the_renewed_key_and_not_the_retired_one(
    hass: HomeAssistant, building: Building, entry: MockConfigEntry, clock: QuickClock
) -> None:
    retired = load_or_create(building.folder / "data" / "keys" / "building")
    await building.stop()
    await turn_key(building.config(), clock)
    await building.start()
    coordinator = entry.runtime_data.coordinator
    await until(lambda: coordinator.flat.building_key.fingerprint == building.fingerprint)
    await connected(entry)
    assert await hass.config_entries.async_unload(entry.entry_id)
    known = await async_known_building(hass, entry)
    assert known.lineage.keys[0].key.fingerprint == retired.public.fingerprint
    assert known.lineage.newest.fingerprint == building.fingerprint
    assert known.head.size > 0

    assert building.running is not None
    announced = ZeroconfServiceInfo(
        ip_address=ip_address("127.0.0.1"),
        ip_addresses=[ip_address("127.0.0.1")],
        hostname="building.local.",
        name="Sakura Heights._local-vpp._tcp.local.",
        port=building.port,
        properties={"url": building.url, "origin": building.running.config.origin},
        type="_local-vpp._tcp.local.",
    )
    result = await hass.config_entries.flow.async_init(DOMAIN, context={"source": SOURCE_ZEROCONF}, data=announced)
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "already_configured")

    flow = (await entry.start_reconfigure_flow(hass))["flow_id"]
    async with impostor_at_work() as impostor:
        # Whoever has found the key that the building signed with before is nobody any more.
        impostor.signer, impostor.origin = retired, entry.data[CONF_ORIGIN]
        result = await hass.config_entries.flow.async_configure(flow, {CONF_URL: impostor.url})
        assert result["errors"] == {"base": "wrong_building"}
        assert building.running is not None
        own = building.running.ledger.directory.named("building")
        assert own is not None
        impostor.shown = own.key
        result = await hass.config_entries.flow.async_configure(flow, {CONF_URL: impostor.url})
        assert result["errors"] == {"base": "unproven"}
    database = database_path(hass, known_device(entry))
    held = database.read_bytes()
    database.write_bytes(b"no database")
    result = await hass.config_entries.flow.async_configure(flow, {CONF_URL: building.url})
    assert result["errors"] == {"base": "database"}
    database.write_bytes(held)
    result = await hass.config_entries.flow.async_configure(flow, {CONF_URL: building.url})
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "reconfigure_successful")
    await until(lambda: entry.state is ConfigEntryState.LOADED)
    await connected(entry)


def known_device(entry: MockConfigEntry) -> str:
    assert entry.unique_id is not None
    return entry.unique_id


# --- The keys in the places that the chain gives them -----------------------------------------------------------------


def test_which_key_signs_is_told_by_the_chain() -> None:
    one, two, three = OLD, Ed25519Signer.generate(), Ed25519Signer.generate()
    device: DeviceId = one.public.device_id

    def rotated(key: Ed25519Signer, *, is_proven: bool = False) -> Rotation:
        return Rotation(key.public, is_proven)

    for kept, rotation, settled in [
        (KeptKeys(one), None, KeptKeys(one)),
        (KeptKeys(one, two), None, KeptKeys(one, two)),
        (KeptKeys(one, two), rotated(two), KeptKeys(two, None, one)),
        (KeptKeys(two, None, one), rotated(two), KeptKeys(two, None, one)),
        (KeptKeys(two, None, one), rotated(two, is_proven=True), KeptKeys(two)),
        (KeptKeys(two, three, one), rotated(two, is_proven=True), KeptKeys(two, three)),
        (KeptKeys(two, three), rotated(three, is_proven=True), KeptKeys(three)),
        # The log had another record in the place of the rotation: it is to be made again.
        (KeptKeys(two, None, one), None, KeptKeys(one, two)),
        (KeptKeys(three, None, two), rotated(two, is_proven=True), KeptKeys(two, three)),
        # Another flat's file, or one of a backup from before.
        (KeptKeys(two), None, None),
        (KeptKeys(one), rotated(two), None),
    ]:
        assert settle(kept, rotation, device) == settled
