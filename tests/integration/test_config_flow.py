"""Joining a building: each mistake has its own message, and can be put right without beginning anew."""

from ipaddress import ip_address
import sqlite3
from typing import Any, override

import aiohttp
from homeassistant.config_entries import SOURCE_IGNORE, SOURCE_USER, SOURCE_ZEROCONF, ConfigEntryState
from homeassistant.const import CONF_DEVICE, CONF_HOST, CONF_PORT, CONF_URL
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers.service_info.zeroconf import ZeroconfServiceInfo
from pytest_homeassistant_custom_component.common import MockConfigEntry
import pytest_socket

from coordinator.enrolment import INVITE_MS, issue_invite
from custom_components.local_vpp.const import (
    CONF_BAUDRATE,
    CONF_FINGERPRINT,
    CONF_FLAT,
    CONF_INVITE,
    CONF_MAP,
    CONF_NEXT_KEY,
    CONF_ORIGIN,
    CONF_PARITY,
    CONF_UNIT_ID,
    DOMAIN,
    DeviceKind,
)
from custom_components.local_vpp.coordinator import LocalVppCoordinator
from custom_components.local_vpp.lib.localvpp.link import LinkState
from localvpp.enrol import enrol
from localvpp.etp import Ed25519Signer
from localvpp.wire import PROTOCOL, AskWitness, Code, Invite, Refused, encode
from simulator.settings import Fault
from simulator.site import Site

from .conftest import Building, MakeEntry, address, connected, reloaded, set_up, until
from .impostor import impostor_at_work
from .quick_clock import QuickClock

CLOSED = 9
"""The discard port: nobody listens on it here."""


class _EarlierClock(QuickClock):
    """Two days ago."""

    @override
    def wall_ms(self) -> int:
        return super().wall_ms() - 2 * INVITE_MS


async def start(hass: HomeAssistant) -> str:
    """Open the form that asks for the coordinator."""
    result = await hass.config_entries.flow.async_init(DOMAIN, context={"source": SOURCE_USER})
    assert (result["type"], result["step_id"]) == (FlowResultType.FORM, "user")
    return result["flow_id"]


async def answer(hass: HomeAssistant, flow: str, **values: Any) -> Any:
    """Send a form."""
    return await hass.config_entries.flow.async_configure(flow, values)


async def test_a_flat_joins_its_building_and_gets_its_meter(
    hass: HomeAssistant, building: Building, site: Site
) -> None:
    flow = await start(hass)
    result = await answer(hass, flow, **{CONF_URL: f"127.0.0.1:{building.port}/"})
    assert result["step_id"] == "invite"
    shown = result["description_placeholders"]
    assert (shown["name"], shown["origin"]) == ("Sakura Heights", "vpp.example/sakura-heights")
    assert shown["fingerprint"] == building.fingerprint
    assert len(shown["own_fingerprint"].replace(" ", "")) == 32

    result = await answer(
        hass, flow, **{CONF_INVITE: await building.invite(), CONF_FINGERPRINT: building.fingerprint.upper()}
    )
    assert (result["type"], result["menu_options"]) == (
        FlowResultType.MENU,
        ["find", "tcp", "rtu_tcp", "rtu_udp", "serial", "entities"],
    )
    result = await answer(hass, flow, next_step_id="tcp")
    assert (result["type"], result["step_id"], result["errors"]) == (FlowResultType.FORM, "tcp", {})
    result = await answer(hass, flow, **address(site, DeviceKind.METER))
    assert result["type"] is FlowResultType.CREATE_ENTRY

    entry = result["result"]
    assert entry.title == "Sakura Heights 101"
    assert entry.data[CONF_URL] == building.url
    assert (entry.data[CONF_FLAT], entry.data[CONF_ORIGIN]) == ("101", "vpp.example/sakura-heights")
    (meter,) = entry.subentries.values()
    assert (meter.subentry_type, meter.title) == ("meter", "Eastron SDM120-Modbus")
    assert meter.unique_id is not None
    assert meter.unique_id.startswith("meter_")
    assert building.running is not None
    member = building.running.ledger.directory.named("101")
    assert member is not None
    assert member.device.hex() == entry.unique_id
    assert member.key.fingerprint == shown["own_fingerprint"]
    await until(lambda: entry.state is ConfigEntryState.LOADED)

    # The same flat cannot be set up twice.
    flow = await start(hass)
    await answer(hass, flow, **{CONF_URL: building.url})
    result = await answer(hass, flow, **{CONF_INVITE: await building.invite()})
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "already_configured")

    # Nor can its meter become another flat's.
    flow = await start(hass)
    await answer(hass, flow, **{CONF_URL: building.url})
    await answer(hass, flow, **{CONF_INVITE: await building.invite("102")})
    await answer(hass, flow, next_step_id="tcp")
    result = await answer(hass, flow, **address(site, DeviceKind.METER))
    assert result["errors"] == {"base": "meter_taken"}
    result = await answer(hass, flow, **address(site, DeviceKind.METER, "102"))
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()


async def test_a_wrong_address_is_told_apart_from_a_wrong_server(
    hass: HomeAssistant, building: Building, site: Site
) -> None:
    flow = await start(hass)
    result = await answer(hass, flow, **{CONF_URL: f"http://127.0.0.1:{CLOSED}"})
    assert result["errors"] == {"base": "unreachable"}
    assert str(CLOSED) in result["description_placeholders"]["reason"]
    async with impostor_at_work() as impostor:
        result = await answer(hass, flow, **{CONF_URL: f"{impostor.url}/elsewhere"})
        assert result["errors"] == {"base": "not_a_coordinator"}
    result = await answer(hass, flow, **{CONF_URL: building.url})
    assert result["step_id"] == "invite"


async def test_a_wrong_fingerprint_or_code_goes_no_further(hass: HomeAssistant, building: Building) -> None:
    flow, invite = await start(hass), await building.invite()
    await answer(hass, flow, **{CONF_URL: building.url})
    other = Ed25519Signer.generate().public.fingerprint
    result = await answer(hass, flow, **{CONF_INVITE: invite, CONF_FINGERPRINT: other})
    assert result["errors"] == {"base": "wrong_fingerprint"}
    result = await answer(hass, flow, **{CONF_INVITE: invite, CONF_FINGERPRINT: "00:11:22"})
    assert result["errors"] == {"base": "invalid_fingerprint"}
    result = await answer(hass, flow, **{CONF_INVITE: invite[:-1]})
    assert result["errors"] == {"base": "invalid_invite"}
    result = await answer(hass, flow, **{CONF_INVITE: invite.lower()})
    assert result["step_id"] == "meter"


async def test_a_meter_has_to_answer_as_one_before_the_invite_is_used(
    hass: HomeAssistant, building: Building, site: Site
) -> None:
    flow = await start(hass)
    await answer(hass, flow, **{CONF_URL: building.url})
    await answer(hass, flow, **{CONF_INVITE: await building.invite()})
    await answer(hass, flow, next_step_id="tcp")
    meter = address(site, DeviceKind.METER)
    result = await answer(hass, flow, **{**meter, CONF_PORT: CLOSED})
    assert result["errors"] == {"base": "device_silent"}
    for fault, error in ((Fault.REFUSE, "device_refused"), (Fault.NONSENSE, "device_nonsense")):
        site.set_fault("101", "meter", fault)
        result = await answer(hass, flow, **meter)
        assert result["errors"] == {"base": error}
        assert "Eastron SDM120-Modbus" in result["description_placeholders"]["reason"]
    site.set_fault("101", "meter", None)
    result = await answer(hass, flow, **{**meter, CONF_HOST: " 127.0.0.1 "})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()


async def test_a_meter_on_a_serial_line_is_probed_like_any_other(
    hass: HomeAssistant, building: Building, serial_line: str
) -> None:
    flow = await start(hass)
    await answer(hass, flow, **{CONF_URL: building.url})
    await answer(hass, flow, **{CONF_INVITE: await building.invite()})
    result = await answer(hass, flow, next_step_id="serial")
    assert (result["type"], result["step_id"]) == (FlowResultType.FORM, "serial")
    meter = {
        CONF_MAP: "eastron_sdm120",
        CONF_DEVICE: "/dev/nothing-here",
        CONF_BAUDRATE: "2400",
        CONF_PARITY: "even",
        CONF_UNIT_ID: 1,
    }
    result = await answer(hass, flow, **meter)
    assert result["errors"] == {"base": "device_silent"}
    # A pseudo-terminal knows no parity, and cannot be opened with one a second time.
    result = await answer(hass, flow, **{**meter, CONF_DEVICE: serial_line, CONF_PARITY: "none"})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    (subentry,) = result["result"].subentries.values()
    assert (subentry.data[CONF_BAUDRATE], subentry.data[CONF_PARITY]) == (2400, "none")
    await hass.async_block_till_done()
    # Its line ends before all other things of the test do, and nobody may be opening it then.
    entry = result["result"]
    await until(lambda: entry.runtime_data.coordinator.data.meter is not None)
    assert await hass.config_entries.async_unload(entry.entry_id)


async def test_every_refusal_of_an_invite_can_be_put_right(hass: HomeAssistant, building: Building, site: Site) -> None:
    running = building.running
    assert running is not None
    void, used = await building.invite(), Invite.parse(await building.invite("102"))
    async with aiohttp.ClientSession() as session:
        await enrol(session, building.url, used, Ed25519Signer.generate(), software="test")
    taken = await building.invite("102")
    good = Invite.parse(await building.invite())
    expired = (await issue_invite(running.engine, running.config, "103", _EarlierClock())).text
    refused = {
        void: "void_invite",
        used.text: "used_invite",
        expired: "expired_invite",
        taken: "already_enrolled",
        Invite.issue("101").text: "unknown_invite",
        Invite("101", good.id, bytes(16)).text: "wrong_proof",
    }

    # A refused key goes only where the building is known by its fingerprint; the next invite is for another flat.
    compared = {CONF_FINGERPRINT: building.fingerprint}
    flow = await start(hass)
    await answer(hass, flow, **{CONF_URL: building.url})
    first = next(iter(refused))
    await answer(hass, flow, **{CONF_INVITE: first, **compared})
    await answer(hass, flow, next_step_id="tcp")
    result = await answer(hass, flow, **address(site, DeviceKind.METER))
    for invite, error in refused.items():
        if invite != first:
            # The meter has been accepted: only the invite is asked for again.
            result = await answer(hass, flow, **{CONF_INVITE: invite, **compared})
        assert (result["step_id"], result["errors"]) == ("invite", {"base": error})
        assert result["description_placeholders"]["reason"]

    # A coordinator that does not answer just then has not used the invite up.
    await building.stop()
    result = await answer(hass, flow, **{CONF_INVITE: good.text})
    assert result["errors"] == {"base": "unreachable"}
    await building.start()
    assert not hass.config_entries.async_entries(DOMAIN)
    result = await answer(hass, flow, **{CONF_INVITE: good.text})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()


async def test_a_coordinator_that_does_not_know_the_invite_gets_no_member(
    hass: HomeAssistant, hass_storage: dict[str, Any], building: Building, site: Site
) -> None:
    async with impostor_at_work() as impostor:
        flow, invite = await start(hass), await building.invite()
        await answer(hass, flow, **{CONF_URL: impostor.url})
        await answer(hass, flow, **{CONF_INVITE: invite})
        await answer(hass, flow, next_step_id="tcp")
        result = await answer(hass, flow, **address(site, DeviceKind.METER))
        assert result["errors"] == {"base": "unproven"}
        impostor.enrolment = (418, {"error": {"code": "teapot", "message": "short and stout"}})
        result = await answer(hass, flow, **{CONF_INVITE: invite})
        assert result["errors"] == {"base": "refused"}
        assert result["description_placeholders"]["reason"] == "short and stout"
        impostor.enrolment = (201, {"nothing": "useful"})
        result = await answer(hass, flow, **{CONF_INVITE: invite})
        assert result["errors"] == {"base": "unanswered"}
        # The key that the resident has compared is the only one that will do.
        impostor.shown = Ed25519Signer.generate().public
        result = await answer(hass, flow, **{CONF_INVITE: invite})
        assert result["errors"] == {"base": "wrong_fingerprint"}
    assert not hass.config_entries.async_entries(DOMAIN)
    # Whoever stands in between may have passed the key on; it stays for the building that he showed, and for no other.
    (sent,) = hass_storage[f"{DOMAIN}.pending"]["data"]["pending"]
    assert f"{DOMAIN}.{sent['device']}.key" in hass_storage
    flow = await start(hass)
    result = await answer(hass, flow, **{CONF_URL: building.url})
    shown = result["description_placeholders"]["own_fingerprint"]
    await answer(hass, flow, **{CONF_INVITE: invite})
    await answer(hass, flow, next_step_id="tcp")
    result = await answer(hass, flow, **address(site, DeviceKind.METER))
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["result"].unique_id != sent["device"]
    assert building.running is not None
    member = building.running.ledger.directory.named("101")
    assert member is not None
    assert member.key.fingerprint == shown
    await hass.async_block_till_done()


# --- discovery --------------------------------------------------------------------------------------


def announcement(building: Building, **changes: Any) -> ZeroconfServiceInfo:
    """What the coordinator announces."""
    values: dict[str, Any] = {
        "ip_address": ip_address("127.0.0.1"),
        "port": building.port,
        "properties": {"origin": "vpp.example/sakura-heights", "path": "/", "protocol": "1"},
    }
    values |= changes
    return ZeroconfServiceInfo(
        ip_addresses=[values["ip_address"]],
        hostname="vpp.local.",
        type="_local-vpp._tcp.local.",
        name="Sakura Heights._local-vpp._tcp.local.",
        **values,
    )


async def discovered(hass: HomeAssistant, info: ZeroconfServiceInfo) -> Any:
    return await hass.config_entries.flow.async_init(DOMAIN, context={"source": SOURCE_ZEROCONF}, data=info)


async def test_a_discovered_building_is_joined_after_a_confirmation(
    hass: HomeAssistant, building: Building, site: Site
) -> None:
    result = await discovered(hass, announcement(building))
    assert (result["type"], result["step_id"]) == (FlowResultType.FORM, "zeroconf_confirm")
    assert result["description_placeholders"] == {"name": "Sakura Heights", "host": "127.0.0.1"}
    flow = result["flow_id"]
    # One building is offered once, however often it announces itself.
    again = await discovered(hass, announcement(building))
    assert (again["type"], again["reason"]) == (FlowResultType.ABORT, "already_in_progress")
    result = await answer(hass, flow)
    assert result["step_id"] == "invite"
    await answer(hass, flow, **{CONF_INVITE: await building.invite()})
    await answer(hass, flow, next_step_id="tcp")
    result = await answer(hass, flow, **address(site, DeviceKind.METER))
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()


async def test_what_announces_itself_without_being_a_coordinator_is_not_offered(
    hass: HomeAssistant, building: Building
) -> None:
    pytest_socket.socket_allow_hosts(["127.0.0.1", "::1"])
    result = await discovered(hass, announcement(building, port=CLOSED))
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "unreachable")
    result = await discovered(hass, announcement(building, ip_address=ip_address("::1"), port=CLOSED))
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "unreachable")


async def test_an_ignored_building_is_not_offered_again(hass: HomeAssistant, building: Building) -> None:
    assert building.running is not None
    key = building.running.ledger.directory.named("building")
    assert key is not None
    MockConfigEntry(domain=DOMAIN, source=SOURCE_IGNORE, unique_id=key.device.hex(), data={}).add_to_hass(hass)
    result = await discovered(hass, announcement(building))
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "already_configured")


async def test_a_flat_that_lost_its_building_learns_the_new_address_from_an_announcement(
    hass: HomeAssistant, building: Building, entry: MockConfigEntry
) -> None:
    # While it is connected, an announcement moves nothing.
    async with impostor_at_work() as impostor:
        assert building.running is not None
        own = building.running.ledger.directory.named("building")
        assert own is not None
        impostor.shown = own.key
        result = await discovered(hass, announcement(building, port=int(impostor.url.rpartition(":")[2])))
        assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "already_configured")
    assert entry.data[CONF_URL] == building.url

    coordinator: LocalVppCoordinator = entry.runtime_data.coordinator
    await building.stop()
    await until(lambda: coordinator.data.link.state is not LinkState.ONLINE)
    building.port = 0
    await building.start()
    result = await discovered(hass, announcement(building))
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "already_configured")
    assert entry.data[CONF_URL] == building.url
    await reloaded(entry, coordinator)
    await connected(entry)


async def test_a_coordinator_of_another_version_is_told_before_an_invite_is_asked_for(
    hass: HomeAssistant, building: Building, entry: MockConfigEntry
) -> None:
    async with impostor_at_work() as impostor:
        impostor.protocol = PROTOCOL + 1
        flow = await start(hass)
        result = await answer(hass, flow, **{CONF_URL: impostor.url})
        assert (result["step_id"], result["errors"]) == ("user", {"base": "other_protocol"})
        assert f"protocol {PROTOCOL + 1}, this flat {PROTOCOL}" in result["description_placeholders"]["reason"]
        port = int(impostor.url.rpartition(":")[2])
        result = await discovered(hass, announcement(building, port=port))
        assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "other_protocol")
        reconfigure = (await entry.start_reconfigure_flow(hass))["flow_id"]
        result = await answer(hass, reconfigure, **{CONF_URL: impostor.url})
        assert result["errors"] == {"base": "other_protocol"}


# --- a new address ----------------------------------------------------------------------------------


async def test_a_new_address_is_taken_only_from_the_same_building(
    hass: HomeAssistant, building: Building, entry: MockConfigEntry
) -> None:
    result = await entry.start_reconfigure_flow(hass)
    assert (result["type"], result["step_id"]) == (FlowResultType.FORM, "reconfigure")
    flow = result["flow_id"]
    result = await answer(hass, flow, **{CONF_URL: f"http://127.0.0.1:{CLOSED}"})
    assert result["errors"] == {"base": "unreachable"}
    async with impostor_at_work() as impostor:
        result = await answer(hass, flow, **{CONF_URL: impostor.url})
        assert result["errors"] == {"base": "wrong_building"}
        # It shows the building's key, which anybody can, and cannot sign with it.
        assert building.running is not None
        own = building.running.ledger.directory.named("building")
        assert own is not None
        impostor.shown = own.key
        result = await answer(hass, flow, **{CONF_URL: impostor.url})
        assert result["errors"] == {"base": "unproven"}
        for nonsense in ("text", b"\x00", b"", encode(AskWitness(1, b"no challenge"))):
            impostor.link = nonsense
            result = await answer(hass, flow, **{CONF_URL: impostor.url})
            assert result["errors"] == {"base": "not_a_coordinator"}
        impostor.link = encode(Refused(Code.UNKNOWN_FLAT, "who are you?", True))
        result = await answer(hass, flow, **{CONF_URL: impostor.url})
        assert result["errors"] == {"base": "unknown_flat"}
        impostor.has_link = False
        result = await answer(hass, flow, **{CONF_URL: impostor.url})
        assert result["errors"] == {"base": "unreachable"}
    assert entry.data[CONF_URL] == building.url

    await building.stop()
    building.port = 0
    await building.start()
    before = entry.runtime_data.coordinator
    result = await answer(hass, flow, **{CONF_URL: building.url})
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "reconfigure_successful")
    assert entry.data[CONF_URL] == building.url
    await reloaded(entry, before)
    await connected(entry)


async def test_a_flat_without_its_key_cannot_prove_an_address(
    hass: HomeAssistant, hass_storage: dict[str, Any], building: Building, make_entry: MakeEntry
) -> None:
    entry = await make_entry(DeviceKind.METER)
    del hass_storage[f"{DOMAIN}.{entry.unique_id}.key"]
    result = await entry.start_reconfigure_flow(hass)
    result = await answer(hass, result["flow_id"], **{CONF_URL: building.url})
    assert result["errors"] == {"base": "no_key"}
    result = await entry.start_reauth_flow(hass)
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "no_key")


async def test_a_flat_of_before_next_keys_is_told_to_be_added_again(
    hass: HomeAssistant, building: Building, make_entry: MakeEntry
) -> None:
    entry = await make_entry(DeviceKind.METER)
    former = {key: value for key, value in entry.data.items() if key != CONF_NEXT_KEY}
    hass.config_entries.async_update_entry(entry, data=former)
    result = await entry.start_reconfigure_flow(hass)
    result = await answer(hass, result["flow_id"], **{CONF_URL: building.url})
    assert result["errors"] == {"base": "old_membership"}
    result = await entry.start_reauth_flow(hass)
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "old_membership")


# --- a new invite -----------------------------------------------------------------------------------


async def test_a_flat_that_is_refused_asks_for_a_new_invite_and_keeps_its_key(
    hass: HomeAssistant, building: Building, entry: MockConfigEntry
) -> None:
    # The building lost its data, and with it its key and its members.
    await building.stop()
    for name in ("building.db", "building.db-wal", "building.db-shm"):
        (building.folder / "data" / name).unlink(missing_ok=True)
    _forget(building)
    coordinator: LocalVppCoordinator = entry.runtime_data.coordinator
    # As if nothing had been proven to the flat yet: another log than a witnessed one it would never believe.
    await coordinator.store.run(_forget_proven)
    await building.start()
    await until(lambda: coordinator.data.link.state is LinkState.REFUSED)
    await hass.async_block_till_done()
    (flow,) = hass.config_entries.flow.async_progress_by_handler(DOMAIN)
    assert (flow["step_id"], flow["context"]["source"]) == ("reauth_confirm", "reauth")
    (issue,) = hass.data["issue_registry"].issues.values()
    assert issue.translation_key == "config_entry_reauth"

    # The first form was made before the resident could compare anything: let one begin with the coordinator away.
    hass.config_entries.flow.async_abort(flow["flow_id"])
    await building.stop()
    result = await entry.start_reauth_flow(hass)
    assert result["errors"] == {"base": "unreachable"}
    assert result["description_placeholders"]["fingerprint"] == "—"
    await building.start()
    flow_id = result["flow_id"]
    result = await answer(hass, flow_id, **{CONF_INVITE: await building.invite()})
    assert result["errors"] == {}, "what was typed before the fingerprint was shown does not count"
    assert result["description_placeholders"]["fingerprint"] == building.fingerprint
    assert result["description_placeholders"]["why"]

    result = await answer(hass, flow_id, **{CONF_INVITE: await building.invite("102")})
    assert result["errors"] == {"base": "wrong_flat"}
    result = await answer(hass, flow_id, **{CONF_INVITE: Invite.issue("101").text})
    assert result["errors"] == {"base": "unknown_invite"}
    result = await answer(hass, flow_id, **{CONF_INVITE: "101-"})
    assert result["errors"] == {"base": "invalid_invite"}
    states: list[ConfigEntryState] = []
    entry.async_on_state_change(lambda: states.append(entry.state))
    result = await answer(hass, flow_id, **{CONF_INVITE: await building.invite()})
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "reauth_successful")
    await hass.async_block_till_done()
    assert states.count(ConfigEntryState.LOADED) == 1, "it is started again, once"
    assert entry.runtime_data.coordinator is not coordinator
    await connected(entry)
    assert not hass.data["issue_registry"].issues


async def test_a_membership_in_the_same_building_is_renewed_without_any_change(
    hass: HomeAssistant, building: Building, make_entry: MakeEntry
) -> None:
    entry = await make_entry(DeviceKind.METER)
    used = make_entry.invite
    await set_up(hass, entry)
    before = entry.runtime_data.coordinator
    async with impostor_at_work() as impostor:
        impostor.origin = "vpp.example/elsewhere"
        hass.config_entries.async_update_entry(entry, data={**entry.data, CONF_URL: impostor.url})
        await reloaded(entry, before)
        result = await entry.start_reauth_flow(hass)
        result = await answer(hass, result["flow_id"], **{CONF_INVITE: await building.invite()})
        assert result["errors"] == {"base": "wrong_building"}
    hass.config_entries.flow.async_abort(result["flow_id"])

    before = entry.runtime_data.coordinator
    hass.config_entries.async_update_entry(entry, data={**entry.data, CONF_URL: building.url})
    await reloaded(entry, before)
    await connected(entry)
    before = entry.runtime_data.coordinator
    result = await entry.start_reauth_flow(hass)
    result = await answer(hass, result["flow_id"], **{CONF_INVITE: used})
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "reauth_successful")
    await reloaded(entry, before)
    await connected(entry)


def _forget_proven(db: sqlite3.Connection) -> None:
    with db:
        db.execute("DELETE FROM witnessed")
        db.execute("UPDATE record SET log_index = NULL, proof = NULL")


def _forget(building: Building) -> None:
    """Delete the building's log and keys, as a new disk would."""
    for path in sorted((building.folder / "data").rglob("*"), reverse=True):
        if path.is_dir():
            path.rmdir()
        else:
            path.unlink()
