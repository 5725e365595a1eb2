"""What a resident sees: every entity, and what becomes of it when something fails."""

from collections import Counter
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from functools import partial
from math import inf
import time
from typing import Any
from unittest.mock import AsyncMock, patch

from homeassistant.components.homeassistant import DOMAIN as HOMEASSISTANT, SERVICE_UPDATE_ENTITY
from homeassistant.const import ATTR_ENTITY_ID, EVENT_STATE_CHANGED, EVENT_STATE_REPORTED, Platform
from homeassistant.core import Event, EventStateChangedData, EventStateReportedData, HomeAssistant, callback
from homeassistant.helpers import device_registry as dr, entity_registry as er, issue_registry as ir
from homeassistant.helpers.update_coordinator import UpdateFailed
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, snapshot_platform
from syrupy.assertion import SnapshotAssertion

from custom_components.local_vpp import flat_devices
from custom_components.local_vpp.const import MEASUREMENTS_EVERY_S
from custom_components.local_vpp.coordinator import LocalVppCoordinator
from custom_components.local_vpp.lib.localvpp.devices import LateSunSpec, OperatingState
from custom_components.local_vpp.lib.localvpp.devices.silence import INVERTER
from custom_components.local_vpp.lib.localvpp.etp import Kind, RecordHash
from custom_components.local_vpp.lib.localvpp.flat import Flat, FlatState, LastRecord
from custom_components.local_vpp.lib.localvpp.link import LinkState, LinkStatus
from custom_components.local_vpp.lib.localvpp.standing import LedgerState
from custom_components.local_vpp.lib.localvpp.wire import SettledProof, SlotResult
from simulator.settings import Fault
from simulator.site import Site

from ..localvpp.place import HandClock
from .conftest import Building, MakeEntry, entity_id, set_up, state_of, until


@pytest.mark.parametrize("platform", [Platform.SENSOR, Platform.BINARY_SENSOR])
@pytest.mark.usefixtures("entity_registry_enabled_by_default")
async def test_all_entities_of_a_flat(
    hass: HomeAssistant,
    make_entry: MakeEntry,
    entity_registry: er.EntityRegistry,
    snapshot: SnapshotAssertion,
    platform: Platform,
) -> None:
    entry = await make_entry()
    with (
        patch("custom_components.local_vpp.PLATFORMS", [platform]),
        # The battery charges on; what the first reading comes to is the same in every run.
        patch("custom_components.local_vpp.lib.localvpp.tracing.KEEP_EVERY_S", inf),
    ):
        await set_up(hass, entry)
        coordinator = entry.runtime_data.coordinator
        # Its first record names the key that it witnesses the log with.
        await until(lambda: coordinator.data.log_size == 3 and coordinator.data.ledger is LedgerState.PROVEN)
        await snapshot_platform(hass, entity_registry, snapshot, entry.entry_id)


async def test_all_devices_of_a_flat(
    hass: HomeAssistant,
    building: Building,
    entry: MockConfigEntry,
    device_registry: dr.DeviceRegistry,
    snapshot: SnapshotAssertion,
) -> None:
    devices = dr.async_entries_for_config_entry(device_registry, entry.entry_id)
    assert len(devices) == 5
    flat = next(device for device in devices if device.entry_type is dr.DeviceEntryType.SERVICE)
    assert flat.configuration_url == building.url
    for device in sorted(devices, key=lambda each: sorted(each.identifiers)):
        if device is not flat:
            assert device.via_device_id is not None
            assert device.config_subentry_id is not None
        shown = {
            name: getattr(device, name)
            for name in ("identifiers", "manufacturer", "model", "name", "serial_number", "sw_version", "entry_type")
        }
        assert shown == snapshot(name=device.name)


async def test_what_is_rare_or_noisy_is_disabled_at_first(
    hass: HomeAssistant, entry: MockConfigEntry, entity_registry: er.EntityRegistry
) -> None:
    disabled = {
        each.unique_id.rpartition("_")[2]
        for each in er.async_entries_for_config_entry(entity_registry, entry.entry_id)
        if each.disabled_by is er.RegistryEntryDisabler.INTEGRATION
    }
    of_the_battery = {"capacity", "temperature", "proven", "spread", "resistance", "trend", "target"}
    assert disabled == {"voltage", "current", "frequency", "power", "size", "link", "mirrored"} | of_the_battery
    assert state_of(hass, "_energy_import", entry)


@pytest.mark.parametrize("fault", [Fault.REFUSE, Fault.NONSENSE])
async def test_a_device_that_fails_takes_only_its_own_entities_along_and_comes_back(
    hass: HomeAssistant, entry: MockConfigEntry, site: Site, caplog: pytest.LogCaptureFixture, fault: Fault
) -> None:
    imported = state_of(hass, "_energy_import", entry)
    seen: list[str] = []

    @callback
    def watch(event: Event[EventStateChangedData]) -> None:
        new = event.data["new_state"]
        if new is not None and new.entity_id == entity_id(hass, "_energy_import", entry):
            seen.append(new.state)

    hass.bus.async_listen("state_changed", watch)
    site.set_fault("101", "meter", fault)
    await until(lambda: state_of(hass, "_energy_import", entry) != imported)
    unknown = {"unavailable", "unknown"}
    await until(
        lambda: state_of(hass, "_energy_import", entry) in unknown and state_of(hass, "_pv_power", entry) not in unknown
    )
    assert state_of(hass, "_shared_in", entry) == "0.0"
    site.set_fault("101", "meter", None)
    await until(lambda: state_of(hass, "_energy_import", entry) == imported)
    assert set(seen) <= {"unavailable", "unknown", imported}, "a total that is not known is not zero"
    assert caplog.text.count("The meter of flat 101 fails") <= 1


@pytest.mark.slow
@pytest.mark.real_time
@pytest.mark.parametrize("clock", [1], indirect=True, ids=["in real time"])
@pytest.mark.parametrize("asleep_at_the_start", [False, True], ids=["falls asleep", "is asleep at the start"])
async def test_a_silent_inverter_lets_no_entity_of_the_meter_behind_the_same_gateway_flap(
    hass: HomeAssistant,
    make_entry: MakeEntry,
    site: Site,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    asleep_at_the_start: bool,
) -> None:
    # Knocked at each other second, and each time in vain: as often as in an hour of a night.
    often = replace(INVERTER, first_pause_s=1.0, longest_pause_s=1.0)
    monkeypatch.setattr(flat_devices, "LateSunSpec", partial(LateSunSpec, manners=often))
    knocks = 0
    knock = LateSunSpec.knock

    async def counted(device: LateSunSpec) -> None:
        nonlocal knocks
        knocks += 1
        await knock(device)

    monkeypatch.setattr(LateSunSpec, "knock", counted)
    entry = await make_entry()
    if asleep_at_the_start:
        site.set_fault("101", "inverter", Fault.SILENT)
        began = time.monotonic()
        await set_up(hass, entry)
        assert time.monotonic() - began < 4, "nobody waits for it"
    else:
        await set_up(hass, entry)
        site.set_fault("101", "inverter", Fault.SILENT)
    of_the_meter = {
        each.entity_id
        for each in er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
        if each.config_subentry_id == "meter-101" and each.disabled_by is None
    }
    assert len(of_the_meter) >= 3
    gone: list[str] = []

    @callback
    def watch(event: Event[EventStateChangedData]) -> None:
        new = event.data["new_state"]
        if event.data["entity_id"] in of_the_meter and (new is None or new.state in {"unavailable", "unknown"}):
            gone.append(event.data["entity_id"])

    hass.bus.async_listen(EVENT_STATE_CHANGED, watch)
    await until(lambda: state_of(hass, "_pv_power", entry) == "unavailable")
    await until(lambda: knocks >= 3)  # None about a slot's boundary.
    assert state_of(hass, "_battery_power", entry) == "unavailable"
    assert gone == []
    site.set_fault("101", "inverter", None)
    await until(lambda: state_of(hass, "_pv_power", entry) not in {"unavailable", "unknown"})
    await until(lambda: "The inverter of flat 101 answers again" in caplog.text)
    assert gone == []
    assert "The meter of flat 101 fails" not in caplog.text
    assert caplog.text.count("The inverter of flat 101 fails") == 1
    assert caplog.text.count("The inverter of flat 101 answers again") == 1


async def test_a_coordinator_that_goes_takes_no_measurement_along_and_is_found_again(
    hass: HomeAssistant, building: Building, entry: MockConfigEntry
) -> None:
    assert state_of(hass, "_coordinator", entry) == "on"
    await building.stop()
    await until(lambda: state_of(hass, "_coordinator", entry) == "off")
    assert state_of(hass, "_energy_import", entry) != "unavailable"
    assert state_of(hass, "_inside_price", entry) == "22.00", "terms hold until others are agreed"
    await building.start()
    await until(lambda: state_of(hass, "_coordinator", entry) == "on")


async def test_settled_slots_are_summed_to_the_last_digit(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    flat = entry.runtime_data.coordinator.flat
    for slot in (0, 1800):
        flat.slot_settled(replace(SETTLED, slot=slot, grid_money=99_999_999_999_999))
    assert state_of(hass, "_shared_in", entry) == "0.11"
    assert state_of(hass, "_shared_out", entry) == "0.006"
    assert state_of(hass, "_sharing_balance", entry) == "-2.28802"
    assert state_of(hass, "_grid_balance", entry) == "1999999999.99998"


SETTLED = SlotResult(
    slot=0,
    after=0,
    import_wh=300,
    export_wh=7,
    shared_in_wh=55,
    shared_out_wh=3,
    inside_money=-114_401,
    grid_money=99_999,
    inside_price=2200,
    grid_price=3100,
    feed_in_price=850,
    records=(),
    transfers=(),
    indexes=(),
    proofs=(),
    settled=SettledProof(b"", 0, ""),
    statement=b"",
)
LAST = LastRecord(RecordHash(bytes(32)), 1, Kind.INTERVAL, 0, 1_800_000, True, 250, 7)


class Seconds:
    """The agent's seconds, passed one by one, and how often each entity's state was changed or told again meanwhile."""

    def __init__(self, hass: HomeAssistant, entry: MockConfigEntry) -> None:
        self._coordinator: LocalVppCoordinator = entry.runtime_data.coordinator
        self.flat, self.entry = self._coordinator.flat, entry
        self._clock = HandClock()
        self._clock.move(time.monotonic() + MEASUREMENTS_EVERY_S)
        self._coordinator._clock = self._clock
        self._hass = hass
        self.changed, self.told = Counter[str](), Counter[str]()
        hass.bus.async_listen(EVENT_STATE_CHANGED, self._count_changed)
        hass.bus.async_listen(EVENT_STATE_REPORTED, self._count_told, event_filter=callback(lambda _: True))

    @callback
    def _count_changed(self, event: Event[EventStateChangedData]) -> None:
        self.changed[event.data["entity_id"]] += 1

    @callback
    def _count_told(self, event: Event[EventStateReportedData]) -> None:
        self.told[event.data["entity_id"]] += 1

    def counts(self, suffix: str) -> tuple[int, int]:
        """How often a state was changed, and how often it was told again as it was; counted afresh from now on."""
        name = entity_id(self._hass, suffix, self.entry)
        return self.changed.pop(name, 0), self.told.pop(name, 0)

    def second(self, seconds: float = 1.0, **changes: Any) -> FlatState:
        """Let a second pass, and the agent show what it has read in it."""
        self._clock.move(seconds)
        self.flat.frame_acknowledged(self.flat.state.acknowledged + 1)
        self.flat._picture.update(**changes)
        return self.flat.state


@pytest.fixture
async def seconds(hass: HomeAssistant, make_entry: MakeEntry) -> AsyncIterator[Seconds]:
    """A flat whose seconds pass when a test says so; all of its devices have been read once."""
    entry = await make_entry()
    await set_up(hass, entry)
    # That it is a witness is its first record: what is shown changes once more when that is proven.
    await until(lambda: entry.runtime_data.coordinator.data.ledger is LedgerState.PROVEN)
    with patch.object(Flat, "_second", AsyncMock()):
        await until(lambda: Flat._second.await_count)  # type: ignore[attr-defined]  # what was read before is through
        seconds = Seconds(hass, entry)
        seconds.second()
        seconds.changed.clear()
        seconds.told.clear()
        yield seconds


NOISY = ("12000101_power", "_pv_power", "_battery_power", "_state_of_charge")
"""The measurements that are enabled from the beginning."""


async def test_noisy_measurements_are_shown_every_five_seconds(
    hass: HomeAssistant, seconds: Seconds, entity_registry: er.EntityRegistry
) -> None:
    state = seconds.second(0)
    assert state.meter is not None
    assert state.inverter is not None
    assert state.battery is not None
    for second in range(1, 61):
        # The agent's seconds are not all of one length, and do not add up to more of them.
        seconds.second(
            1 + (-1) ** second * 0.04,
            meter=replace(state.meter, power_w=500.0 + second, voltage_v=200.0 + second / 10),
            inverter=replace(state.inverter, pv_power_w=1000.0 + second),
            battery=replace(state.battery, power_w=300.0 - second, soc_percent=50.0 + second / 10),
        )
    for suffix in NOISY:
        assert seconds.counts(suffix) == (12, 0), suffix
    assert not seconds.changed, "nothing else has changed"
    assert not seconds.told, "nothing else was written"

    # One that stays as it is, is told as often: who integrates it over time has to know. No new state comes of it.
    for _ in range(60):
        seconds.second()
    for suffix in NOISY:
        assert seconds.counts(suffix) == (0, 12), suffix
    assert not seconds.changed
    assert not seconds.told


async def test_what_has_happened_is_shown_at_once_and_once(
    hass: HomeAssistant, seconds: Seconds, issue_registry: ir.IssueRegistry
) -> None:
    state, flat = seconds.second(0), seconds.flat
    assert state.meter is not None
    assert state.inverter is not None
    assert state.relay is not None
    happenings: dict[str, Callable[[], object]] = {
        "_energy_import": lambda: seconds.second(0.1, meter=replace(state.meter, import_wh=state.meter.import_wh + 1)),
        "inverter_LVPP-SIM-101_energy": lambda: seconds.second(0.1, inverter=replace(state.inverter, energy_wh=10**6)),
        "_grid": lambda: seconds.second(0.1, inverter=replace(state.inverter, grid_connected=False)),
        "inverter_LVPP-SIM-101_state": lambda: seconds.second(
            0.1, inverter=replace(state.inverter, state=OperatingState.FAULT)
        ),
        "relay-101_closed": lambda: seconds.second(0.1, relay=replace(state.relay, closed=not state.relay.closed)),
        "_coordinator": lambda: flat.link_changed(LinkStatus(LinkState.CONNECTING, "no answer")),
        "_ledger": lambda: flat.ledger_distrusted("two roots"),
        "_shared_in": lambda: flat.slot_settled(SETTLED),
        "_last_record_index": lambda: seconds.second(0.1, last_record=LAST),
    }
    for suffix, happens in happenings.items():
        happens()
        assert seconds.counts(suffix) == (1, 0), suffix
        # As long as it is so, there is nothing more to say; and what is measured still waits for its turn.
        seconds.second(0.1)
        assert seconds.counts(suffix) == (0, 0), suffix
    for suffix in NOISY:
        assert seconds.counts(suffix) == (0, 0), suffix


async def test_a_measurement_that_is_lost_or_found_is_shown_at_once(hass: HomeAssistant, seconds: Seconds) -> None:
    state = seconds.second(0)
    assert state.meter is not None
    own, power = ("12000101_power", "_energy_import", "_energy_export"), state.meter.power_w

    def shown() -> list[str]:
        return [state_of(hass, suffix, seconds.entry) for suffix in own]

    known = shown()
    for reading, expected in (
        (replace(state.meter, power_w=None), ["unknown", *known[1:]]),
        (state.meter, known),
        (replace(state.meter, import_wh=None), [known[0], "unknown", known[2]]),
    ):
        seconds.second(0.1, meter=reading)
        assert shown() == expected
    # Its device fails, takes its entities along and no others, and gives them back.
    seconds.second(0.1, meter=None, problems={"meter": "does not answer"})
    assert shown() == ["unavailable"] * 3
    assert seconds.counts("_pv_power") == (0, 0)
    seconds.second(0.1, meter=replace(state.meter, import_wh=None), problems={})
    assert shown() == [known[0], "unknown", known[2]], "from unavailable to unknown, too"
    seconds.second(0.1, meter=replace(state.meter, power_w=(power or 0) + 1000))
    assert shown() == known, "another value waits for its turn"
    seconds.second(5)
    assert shown()[0] != known[0]

    # So does the agent itself.
    coordinator = seconds.entry.runtime_data.coordinator
    for suffix in NOISY:
        seconds.counts(suffix)
    coordinator.async_set_update_error(UpdateFailed())
    for suffix in (*NOISY, "_shared_in", "_grid"):
        assert seconds.counts(suffix) == (1, 0), suffix
        assert state_of(hass, suffix, seconds.entry) == "unavailable"
    seconds.second(0.1, meter=state.meter, pending=1)
    for suffix in (*NOISY, "_shared_in", "_grid"):
        assert seconds.counts(suffix) == (1, 0), suffix
        assert state_of(hass, suffix, seconds.entry) != "unavailable"


async def test_an_update_that_is_asked_for_takes_nothing_away(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    assert await async_setup_component(hass, HOMEASSISTANT, {})
    await hass.services.async_call(
        HOMEASSISTANT,
        SERVICE_UPDATE_ENTITY,
        {ATTR_ENTITY_ID: entity_id(hass, "_energy_import", entry)},
        blocking=True,
    )
    assert state_of(hass, "_energy_import", entry) != "unavailable"
