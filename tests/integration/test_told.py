"""What a person has to know: what a repair issue or a notification says, and that it goes when it is over."""

from dataclasses import replace
from string import Formatter

from homeassistant.components.persistent_notification import _async_get_or_create_notifications
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.translation import async_get_translations
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.local_vpp.const import DOMAIN, DeviceKind
from custom_components.local_vpp.lib.localvpp.battery import Anomaly, AnomalyKind
from custom_components.local_vpp.lib.localvpp.battery.anomalies import REASONS
from custom_components.local_vpp.lib.localvpp.flat import Adoption
from custom_components.local_vpp.lib.localvpp.link import LinkState, LinkStatus
from custom_components.local_vpp.lib.localvpp.standing import LedgerState
from custom_components.local_vpp.lib.localvpp.tracing import KEEP_EVERY_S

from .conftest import MakeEntry, set_up, state_of, until
from .quick_clock import QuickClock


async def test_a_log_that_differs_is_reported_until_it_agrees_again(
    hass: HomeAssistant, issue_registry: ir.IssueRegistry, entry: MockConfigEntry
) -> None:
    flat, issue = entry.runtime_data.coordinator.flat, f"ledger_diverged_{entry.entry_id}"
    # Its first records say that it is a witness; there is nothing to prove before.
    await until(lambda: flat.state.ledger is LedgerState.PROVEN)
    flat.link_changed(LinkStatus(LinkState.DIVERGED, "the log has record 7 as abcd…"))
    assert state_of(hass, "_ledger", entry) == "diverged"
    found = issue_registry.async_get_issue(DOMAIN, issue)
    assert found is not None
    assert found.translation_placeholders == {"name": entry.title, "reason": "the log has record 7 as abcd…"}
    flat.link_changed(LinkStatus(LinkState.ONLINE))
    flat.records_proven([], 0)
    assert flat.state.ledger is LedgerState.PROVEN
    assert issue_registry.async_get_issue(DOMAIN, issue) is None
    assert state_of(hass, "_ledger", entry) == "proven"


async def test_a_mirror_that_waits_for_a_person_is_reported_until_it_signs_again(
    hass: HomeAssistant, issue_registry: ir.IssueRegistry, entry: MockConfigEntry
) -> None:
    flat, issue = entry.runtime_data.coordinator.flat, f"mirror_refuses_{entry.entry_id}"
    flat._picture.update(mirrored=None, mirror_refuses=False, mirror_reason="the log cannot be reached")
    assert issue_registry.async_get_issue(DOMAIN, issue) is None
    flat._picture.update(mirror_refuses=True, mirror_reason="the building gives no sealed bodies any more")
    found = issue_registry.async_get_issue(DOMAIN, issue)
    assert found is not None
    assert found.translation_placeholders == {
        "name": entry.title,
        "reason": "the building gives no sealed bodies any more",
    }
    flat._picture.update(mirrored=7, mirror_refuses=False, mirror_reason="")
    assert issue_registry.async_get_issue(DOMAIN, issue) is None


async def test_what_a_flats_line_bears_is_asked_for_until_somebody_says_it(
    hass: HomeAssistant, issue_registry: ir.IssueRegistry, entry: MockConfigEntry
) -> None:
    flat, issue = entry.runtime_data.coordinator.flat, f"line_unknown_{entry.entry_id}"
    assert issue_registry.async_get_issue(DOMAIN, issue) is None
    flat._picture.update(line_unknown=True)
    found = issue_registry.async_get_issue(DOMAIN, issue)
    assert found is not None
    assert found.translation_placeholders == {"name": entry.title, "watts": "2000"}
    flat._picture.update(line_unknown=False)
    assert issue_registry.async_get_issue(DOMAIN, issue) is None


async def test_evidence_against_the_coordinator_stays_until_the_resident_has_passed_it_on(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    issue_registry: ir.IssueRegistry,
    make_entry: MakeEntry,
) -> None:
    assert await async_setup_component(hass, "repairs", {})
    entry = await make_entry(DeviceKind.METER)
    await set_up(hass, entry)
    issue = f"ledger_distrusted_{entry.entry_id}"
    entry.runtime_data.coordinator.flat.ledger_distrusted("the log has shown two roots for its first 7 entries")
    assert state_of(hass, "_ledger", entry) == "distrusted"
    found = issue_registry.async_get_issue(DOMAIN, issue)
    assert found is not None
    assert found.is_persistent
    assert found.severity is ir.IssueSeverity.CRITICAL

    assert await hass.config_entries.async_reload(entry.entry_id)
    assert issue_registry.async_get_issue(DOMAIN, issue) is not None, "a restart is no cure"
    client = await hass_client()
    response = await client.post("/api/repairs/issues/fix", json={"handler": DOMAIN, "issue_id": issue})
    flow = await response.json()
    assert flow["step_id"] == "confirm"
    assert "two roots" in flow["description_placeholders"]["reason"]
    response = await client.post(f"/api/repairs/issues/fix/{flow['flow_id']}", json={})
    assert (await response.json())["type"] == "create_entry"
    assert issue_registry.async_get_issue(DOMAIN, issue) is None


@pytest.mark.slow
@pytest.mark.real_time
async def test_what_a_battery_has_taken_up_is_shown_once_a_minute(
    hass: HomeAssistant, entry: MockConfigEntry, clock: QuickClock
) -> None:
    """The simulated second never passes: the battery charges with 4.9 kW all the time."""
    began = clock.monotonic()
    await until(lambda: float(state_of(hass, "_battery_energy_charged", entry)) > 0)
    assert clock.monotonic() - began <= 2 * KEEP_EVERY_S
    charged_kwh = float(state_of(hass, "_battery_energy_charged", entry))
    assert charged_kwh == pytest.approx(4.9 * KEEP_EVERY_S / 3600, rel=0.1)
    assert float(state_of(hass, "_battery_cycles", entry)) >= 0
    assert state_of(hass, "_battery_energy_discharged", entry) == "0.0"
    assert state_of(hass, "_battery_anomaly", entry) == "off"


@pytest.mark.parametrize("kind", AnomalyKind)
async def test_what_is_wrong_with_a_battery_is_told_with_its_numbers_until_it_is_over(
    hass: HomeAssistant, issue_registry: ir.IssueRegistry, entry: MockConfigEntry, kind: AnomalyKind
) -> None:
    flat, issue = entry.runtime_data.coordinator.flat, f"battery_{kind}_{entry.entry_id}"
    assert issue_registry.async_get_issue(DOMAIN, issue) is None
    assert flat.state.life is not None
    # The numbers of this kind, by the sentence that is made of them.
    names = [name for _, name, _, _ in Formatter().parse(REASONS[kind]) if name]
    anomaly = Anomaly(kind, 1_795_312_800_000, {f"{name}_mv": 120 for name in names})
    flat._picture.update(life=replace(flat.state.life, anomalies=(anomaly,)))
    assert state_of(hass, "_battery_anomaly", entry) == "on"
    found = issue_registry.async_get_issue(DOMAIN, issue)
    assert found is not None
    assert found.translation_placeholders == {"name": entry.title, **dict.fromkeys(names, "120")}
    assert (found.severity, found.is_persistent) == (ir.IssueSeverity.WARNING, False)
    for language in ("en", "ja"):
        texts = await async_get_translations(hass, language, "issues", {DOMAIN})
        for part in ("title", "description"):
            text = texts[f"component.{DOMAIN}.issues.battery_{kind}.{part}"]
            assert entry.title in text.format(**found.translation_placeholders) or part == "description"
    # The agent's next second knows nothing of it.
    await until(lambda: issue_registry.async_get_issue(DOMAIN, issue) is None)
    assert state_of(hass, "_battery_anomaly", entry) == "off"


async def test_a_restored_backup_is_told_with_what_it_has_cost_until_it_was_read(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    issue_registry: ir.IssueRegistry,
    make_entry: MakeEntry,
) -> None:
    assert await async_setup_component(hass, "repairs", {})
    entry = await make_entry(DeviceKind.METER)
    await set_up(hass, entry)
    issue = f"chain_adopted_{entry.entry_id}"
    assert issue_registry.async_get_issue(DOMAIN, issue) is None
    entry.runtime_data.coordinator.flat._picture.update(adopted=Adoption(epoch=1, gap_s=3601))
    found = issue_registry.async_get_issue(DOMAIN, issue)
    assert found is not None
    assert found.translation_placeholders == {"name": entry.title, "minutes": "61", "epoch": "1"}
    assert (found.severity, found.is_persistent) == (ir.IssueSeverity.WARNING, True)
    assert await hass.config_entries.async_reload(entry.entry_id)
    assert issue_registry.async_get_issue(DOMAIN, issue) is not None
    client = await hass_client()
    response = await client.post("/api/repairs/issues/fix", json={"handler": DOMAIN, "issue_id": issue})
    flow = await response.json()
    response = await client.post(f"/api/repairs/issues/fix/{flow['flow_id']}", json={})
    assert (await response.json())["type"] == "create_entry"
    assert issue_registry.async_get_issue(DOMAIN, issue) is None


async def test_a_question_for_an_invite_goes_away_when_the_coordinator_accepts_the_flat_again(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    flat = entry.runtime_data.coordinator.flat
    flat.link_changed(LinkStatus(LinkState.REFUSED, "not enrolled"))
    await hass.async_block_till_done()
    (flow,) = hass.config_entries.flow.async_progress_by_handler(DOMAIN)
    assert flow["context"]["source"] == "reauth"
    flat.link_changed(LinkStatus(LinkState.ONLINE))
    assert not hass.config_entries.flow.async_progress_by_handler(DOMAIN)


async def test_what_is_not_believed_is_told_and_no_invite_is_asked_for(
    hass: HomeAssistant, issue_registry: ir.IssueRegistry, entry: MockConfigEntry
) -> None:
    flat, issue = entry.runtime_data.coordinator.flat, f"building_not_believed_{entry.entry_id}"
    flat.link_changed(LinkStatus(LinkState.REFUSED, "not enrolled"))
    await hass.async_block_till_done()
    assert hass.config_entries.flow.async_progress_by_handler(DOMAIN)
    flat.link_changed(LinkStatus(LinkState.REFUSED, "signed with a key that was renewed", foreign=True))
    await hass.async_block_till_done()
    assert not hass.config_entries.flow.async_progress_by_handler(DOMAIN)
    found = issue_registry.async_get_issue(DOMAIN, issue)
    assert found is not None
    assert found.translation_placeholders == {"name": entry.title, "reason": "signed with a key that was renewed"}
    flat.link_changed(LinkStatus(LinkState.ONLINE))
    assert issue_registry.async_get_issue(DOMAIN, issue) is None


async def test_a_thief_who_names_another_key_of_the_building_is_shouted_about_and_no_invite_is_asked_for(
    hass: HomeAssistant, issue_registry: ir.IssueRegistry, entry: MockConfigEntry
) -> None:
    """The invite would be his, and to enrol with it is the one way that is left to him."""
    flat, issue = entry.runtime_data.coordinator.flat, f"building_key_stolen_{entry.entry_id}"
    flat.link_changed(LinkStatus(LinkState.REFUSED, "not enrolled"))
    await hass.async_block_till_done()
    assert hass.config_entries.flow.async_progress_by_handler(DOMAIN)
    flat.link_changed(LinkStatus(LinkState.REFUSED, "the key ab:cd was not foreseen", stolen=True))
    await hass.async_block_till_done()
    assert not hass.config_entries.flow.async_progress_by_handler(DOMAIN)
    found = issue_registry.async_get_issue(DOMAIN, issue)
    assert found is not None
    assert (found.severity, found.is_fixable) == (ir.IssueSeverity.CRITICAL, False)
    assert found.translation_placeholders == {"name": entry.title, "reason": "the key ab:cd was not foreseen"}
    notice = _async_get_or_create_notifications(hass)[f"{DOMAIN}_{issue}"]
    assert "Do not enrol again" in notice["message"]
    flat.link_changed(LinkStatus(LinkState.CONNECTING, "no answer"))
    assert issue_registry.async_get_issue(DOMAIN, issue) is not None, "it is not over by that"
    flat.link_changed(LinkStatus(LinkState.ONLINE))
    assert issue_registry.async_get_issue(DOMAIN, issue) is None
