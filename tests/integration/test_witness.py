"""A flat in Home Assistant witnesses its building's log, also for others, and shouts when the log does not fit."""

from http import HTTPStatus
import json

import aiohttp
from homeassistant.components.persistent_notification import Notification, _async_get_or_create_notifications
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.components.diagnostics import get_diagnostics_for_config_entry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from coordinator.app import Coordinator
from coordinator.witnesses import HttpAsk
from custom_components.local_vpp.const import DOMAIN
from custom_components.local_vpp.lib.localvpp.flat import Flat
from localvpp import tlog
from localvpp.enrol import enrol
from localvpp.etp import Ed25519Signer
from localvpp.wire import Invite

from .conftest import Building, state_of, until

ORIGIN = "vpp.example/sakura-heights"
HASH = tlog.origin_hash(ORIGIN)


def notifications(hass: HomeAssistant) -> list[Notification]:
    return [
        each for each in _async_get_or_create_notifications(hass).values() if each["notification_id"].startswith(DOMAIN)
    ]


def running(building: Building) -> Coordinator:
    assert building.running is not None
    return building.running


async def witnessed(building: Building, entry: MockConfigEntry) -> int:
    """Wait until the flat has cosigned the newest head; return the head's size."""
    ledger, flat = running(building).ledger, entry.runtime_data.coordinator.flat
    await until(lambda: ledger.size > 2 and flat.state.log_size == ledger.size)
    return ledger.size


def fork(building: Building, size: int, what: bytes = b"another history") -> bytes:
    """A head of so many entries, signed with the log's key, over other entries."""
    head = tlog.Checkpoint(ORIGIN, size, tlog.leaf_hash(what))
    return tlog.sign_checkpoint(head, [running(building).ledger._signer])


# --- For others -------------------------------------------------------------------------------------


async def test_it_answers_as_every_witness_does_and_only_to_the_buildings_log(
    hass: HomeAssistant, hass_client_no_auth: ClientSessionGenerator, building: Building, entry: MockConfigEntry
) -> None:
    size = await witnessed(building, entry)
    client = await hass_client_no_auth()
    prefix = f"/api/{DOMAIN}/witness/{entry.unique_id}"
    ask = HttpAsk(client.session, str(client.make_url(prefix)))
    note, path = await running(building).ledger.grown(size)
    said = await ask(tlog.AddCheckpoint(size, path, note).encode())
    key = entry.runtime_data.coordinator.flat.witness.key
    text = tlog.Note.parse(note).text
    verifiers = [tlog.make_verifier(tlog.VerifierKey.parse(key.encode()))]
    assert isinstance(tlog.read_answer(said.status, said.content_type, said.body, text, verifiers), tlog.Cosigned)
    assert running(building).cosigning.policy.witnesses[0].key.encode() == key.encode()

    shown = await client.get(f"{prefix}/{HASH}/checkpoint")
    assert shown.headers["Content-Type"] == tlog.PLAIN_TEXT
    assert tlog.accept_checkpoint(await shown.read(), running(building).cosigning.policy).checkpoint.size == size
    assert (await client.get(f"{prefix}/{tlog.origin_hash('elsewhere')}/checkpoint")).status == HTTPStatus.NOT_FOUND

    other = tlog.Ed25519Signer(tlog.SignerKey(ORIGIN, tlog.SignatureType.ED25519, bytes(32)))
    forged = tlog.sign_checkpoint(tlog.Checkpoint(ORIGIN, size, tlog.to_hash(bytes(32))), [other])
    assert (await ask(tlog.AddCheckpoint(size, (), forged).encode())).status == HTTPStatus.FORBIDDEN
    too_large = bytes(tlog.MAX_REQUEST_BYTES + 1)
    assert (await ask(too_large)).status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    assert state_of(hass, "_ledger", entry) == "proven"


async def test_a_flat_that_is_not_here_or_does_not_run_signs_nothing(
    hass: HomeAssistant, hass_client_no_auth: ClientSessionGenerator, entry: MockConfigEntry
) -> None:
    client = await hass_client_no_auth()
    for device, status in (
        (bytes(16).hex(), HTTPStatus.NOT_FOUND),
        ("nothing", HTTPStatus.NOT_FOUND),
        (entry.unique_id, HTTPStatus.BAD_REQUEST),
    ):
        response = await client.post(f"/api/{DOMAIN}/witness/{device}/add-checkpoint", data=b"nonsense")
        assert response.status == status
    assert await hass.config_entries.async_unload(entry.entry_id)
    asked = await client.post(f"/api/{DOMAIN}/witness/{entry.unique_id}/add-checkpoint", data=b"")
    assert asked.status == HTTPStatus.SERVICE_UNAVAILABLE
    shown = await client.get(f"/api/{DOMAIN}/witness/{entry.unique_id}/{HASH}/checkpoint")
    assert shown.status == HTTPStatus.SERVICE_UNAVAILABLE


# --- What a person has to know ----------------------------------------------------------------------


async def shown_a_larger_head_that_does_not_fit(building: Building, entry: MockConfigEntry) -> int:
    """Have the flat see a head of 50 entries more; return how many it has witnessed."""
    size = await witnessed(building, entry)
    flat: Flat = entry.runtime_data.coordinator.flat
    answer = await flat.witness.answer(tlog.AddCheckpoint(size, (), fork(building, size + 50)).encode())
    assert answer.status == HTTPStatus.UNPROCESSABLE_ENTITY
    return size


async def test_a_suspected_fork_is_shouted_and_taken_back_when_the_log_proves_its_growth(
    hass: HomeAssistant, issue_registry: ir.IssueRegistry, building: Building, entry: MockConfigEntry
) -> None:
    await shown_a_larger_head_that_does_not_fit(building, entry)
    await hass.async_block_till_done()
    assert state_of(hass, "_ledger", entry) == "forked"
    found = issue_registry.async_get_issue(DOMAIN, f"ledger_forked_{entry.entry_id}")
    assert found is not None
    assert (found.severity, found.is_fixable, found.is_persistent) == (ir.IssueSeverity.CRITICAL, False, False)
    (shouted,) = notifications(hass)
    assert shouted["title"] == "The log of Sakura Heights 101's building may have forked"
    assert "does not prove that one has grown into the other" in shouted["message"]
    # A restart neither heals it nor shouts again.
    assert await hass.config_entries.async_reload(entry.entry_id)
    assert state_of(hass, "_ledger", entry) == "forked"
    assert issue_registry.async_get_issue(DOMAIN, f"ledger_forked_{entry.entry_id}") is not None
    assert notifications(hass) == [shouted]

    invite = Invite.parse(await building.invite("102"))
    async with aiohttp.ClientSession() as session:
        await enrol(session, building.url, invite, Ed25519Signer.generate(), software="test")
    await until(lambda: state_of(hass, "_ledger", entry) == "proven")
    assert issue_registry.async_get_issue(DOMAIN, f"ledger_forked_{entry.entry_id}") is None


async def test_two_heads_of_one_size_are_shouted_in_the_residents_language(
    hass: HomeAssistant, issue_registry: ir.IssueRegistry, building: Building, entry: MockConfigEntry
) -> None:
    hass.config.language = "ja"
    size = await witnessed(building, entry)
    witness = entry.runtime_data.coordinator.flat.witness
    await witness.answer(tlog.AddCheckpoint(size, (), fork(building, size)).encode(), stranger=True)
    await hass.async_block_till_done()
    assert state_of(hass, "_ledger", entry) == "distrusted"
    assert issue_registry.async_get_issue(DOMAIN, f"ledger_distrusted_{entry.entry_id}") is not None
    (shouted,) = notifications(hass)
    assert shouted["title"] == "Sakura Heights 101の台帳に矛盾があります"
    assert "which cannot both be true" in shouted["message"]


async def test_diagnostics_hold_both_heads_and_the_logs_name_nowhere(
    hass: HomeAssistant, hass_client: ClientSessionGenerator, building: Building, entry: MockConfigEntry
) -> None:
    assert await async_setup_component(hass, "diagnostics", {})
    size = await shown_a_larger_head_that_does_not_fit(building, entry)
    found = await get_diagnostics_for_config_entry(hass, hass_client, entry)
    assert "sakura" not in json.dumps(found)
    (evidence,) = found["evidence"]
    sizes = []
    for side in ("ours", "theirs"):
        # Whoever knows the building writes its name back, and verifies.
        note = str(evidence[side]).replace("**REDACTED**", ORIGIN).encode()
        sizes.append(tlog.open_checkpoint(note, running(building).ledger._verifier).checkpoint.size)
    assert sizes == [size, size + 50]
