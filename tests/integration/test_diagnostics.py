"""Diagnostics help without telling where somebody lives, and without the key."""

from hashlib import sha256
import json
from pathlib import Path

from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.components.diagnostics import get_diagnostics_for_config_entry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.local_vpp.const import CONF_SERIAL_NUMBER, DeviceKind
from custom_components.local_vpp.devices import find_subentry
from custom_components.local_vpp.lib.localvpp.devices import load_map, read_recordings, replay
from custom_components.local_vpp.lib.localvpp.notebook import Evidence, EvidenceKind, Notebook
from simulator.settings import Fault
from simulator.site import Site

from .conftest import SEED, Building, MakeEntry, set_up, until


async def test_diagnostics_tell_what_fails_and_not_where(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    building: Building,
    entry: MockConfigEntry,
    site: Site,
    tmp_path: Path,
) -> None:
    assert await async_setup_component(hass, "diagnostics", {})
    coordinator = entry.runtime_data.coordinator
    site.set_fault("101", "meter", Fault.REFUSE)
    await until(lambda: "meter" in coordinator.data.problems)
    meter = find_subentry(entry, DeviceKind.METER)
    assert meter is not None
    evidence = Evidence(
        1_795_312_800_000, f"{building.url} has settled twice", b"ours", b"theirs", EvidenceKind.TWO_SETTLEMENTS
    )
    await Notebook(coordinator.store).keep(evidence)
    found = await get_diagnostics_for_config_entry(hass, hass_client, entry)

    state = found["state"]
    assert "refuses the request" in state["problems"]["meter"]
    assert state["link"]["state"] == "online"
    assert state["terms"]["prices"]["periods"][-1]["prices"]["inside"] == 2200
    assert state["inverter"]["pv_power_w"] > 0
    assert found["evidence"] == [
        {
            "kind": "two settlements",
            "seen_ms": 1_795_312_800_000,
            "reason": "**REDACTED** has settled twice",
            "ours": {"sha256": sha256(b"ours").hexdigest(), "length": 4},
            "theirs": {"sha256": sha256(b"theirs").hexdigest(), "length": 6},
        }
    ]
    (battery,) = found["batteries"]
    assert battery["format"] == "local-vpp battery life 1"
    assert battery["serial_number"] == "**REDACTED**"
    assert battery["full_equivalent_cycles"] >= 0
    assert [day["day"] for day in battery["days"]] == ["2026-11-22"]
    assert found["pseudonym"] == entry.unique_id
    assert found["identities"]["meter"]["model"] == "SDM120-Modbus"
    assert found["identities"]["inverter"]["version"]
    assert found["agent_running"]
    assert {each["kind"] for each in found["subentries"]} == {"meter", "inverter", "relay"}

    (tmp_path / "diagnostics.json").write_text(json.dumps({"home_assistant": {}, "data": found}))
    captured = await hass.async_add_executor_job(read_recordings, tmp_path / "diagnostics.json")
    assert captured.keys() == {"meter", "inverter", "relay"}
    seconds = [each async for each in replay(captured["meter"], load_map("eastron_sdm120"))]
    assert any(each.differs is not None for each in seconds)
    assert not any(each.differs for each in seconds)
    assert seconds[-1].error is not None, "it refuses by now"

    text = json.dumps(found)
    for secret in (SEED.hex(), building.url, "127.0.0.1", "sakura", "Sakura", meter.data[CONF_SERIAL_NUMBER]):
        assert secret not in text, secret
    assert '"101"' not in text


async def test_diagnostics_of_a_flat_with_another_meter_tell_so_and_neither_serial_number(
    hass: HomeAssistant, hass_client: ClientSessionGenerator, make_entry: MakeEntry
) -> None:
    assert await async_setup_component(hass, "diagnostics", {})
    entry = await make_entry(DeviceKind.METER)
    meter = find_subentry(entry, DeviceKind.METER)
    assert meter is not None
    answers = meter.data[CONF_SERIAL_NUMBER]
    hass.config_entries.async_update_subentry(entry, meter, data={**meter.data, CONF_SERIAL_NUMBER: "S-4711"})
    await set_up(hass, entry)
    found = await get_diagnostics_for_config_entry(hass, hass_client, entry)
    assert found["state"]["meter"] is None
    assert found["identities"]["meter"]["serial"] == "**REDACTED**"
    named = "Eastron SDM120-Modbus (serial **REDACTED**)"
    assert found["state"]["problems"]["meter"].startswith(f"{named} answers in the place of {named}")
    assert answers not in json.dumps(found)
    assert "S-4711" not in json.dumps(found)


async def test_diagnostics_tell_when_the_evidence_cannot_be_read(
    hass: HomeAssistant, hass_client: ClientSessionGenerator, entry: MockConfigEntry
) -> None:
    assert await async_setup_component(hass, "diagnostics", {})
    await entry.runtime_data.coordinator.store.run(lambda db: db.execute("DROP TABLE evidence"))
    found = await get_diagnostics_for_config_entry(hass, hass_client, entry)
    assert found["evidence"] == "the flat's database fails or is damaged: no such table: evidence"
    assert found["agent_running"]
