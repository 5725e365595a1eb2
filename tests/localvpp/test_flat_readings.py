"""What the devices of a flat say becomes frames and records, whatever fails beside it."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from functools import partial
import logging

import pytest

from localvpp import beside, rounds, tlog
from localvpp.devices import BatteryReading, DeviceSilentError, InverterReading, MeterReading
from localvpp.etp import DeviceId, Frame, Kind, Register, Source, open_frame
from localvpp.flat import FlatState
from localvpp.slots import QUIET_MS
from localvpp.standing import LedgerState

from .home import SECONDS, Home
from .place import ORIGIN, SLOT
from .small_coordinator import SmallCoordinator

# --- A slot -------------------------------------------------------------------------------------------------


async def test_a_full_slot_becomes_records_that_the_log_proves(
    home: Home, coordinator: SmallCoordinator, device: DeviceId
) -> None:
    home.meter.step, home.meter.power_w = (2, 1), -3600.0
    await home.start()
    await home.online()
    await home.time.seconds(SECONDS + 1)
    state = await home.until(lambda state: state.ledger is LedgerState.PROVEN)
    named, came, went = await home.chain()
    assert named.kind is Kind.WITNESS
    assert (came.kind, came.envelope.slot) == (Kind.INTERVAL, SLOT)
    assert (came.body.energy_wh, came.body.receiver) == (20, device)
    assert (went.body.energy_wh, went.body.sender) == (10, device)
    assert came.body.imported == went.body.imported == Register(1_000_000, 1_000_020)
    assert went.body.attributes == ((Source.SOLAR, 10),)
    assert (came.body.start_ms, came.body.end_ms) == (SLOT * 1000 + 500, SLOT * 1000 + 10_500)
    assert (came.body.frequency_mhz, came.body.meter, came.body.place) == (60_010, "12000101", "101")
    came.verify(home.signer.public, ORIGIN)
    assert [coordinator.entry(index) for index in range(3)] == [named.hash, came.hash, went.hash]
    assert state.last_record is not None
    assert (state.last_record.hash, state.last_record.index, state.last_record.incoming) == (came.hash, 1, True)
    assert state.pending == 0


async def test_a_record_tells_what_the_sun_made_and_a_restart_in_the_interval_loses_none_of_it(home: Home) -> None:
    made = 40_000

    def sunny() -> InverterReading:
        nonlocal made
        made += 3
        return InverterReading(pv_power_w=1800.4, pv_wh=made, grid_connected=True)

    home.inverter.act = sunny
    home.battery.act = lambda: BatteryReading(power_w=0.0, charge_wh=100, discharge_wh=90)
    await home.start()
    await home.online()
    await home.time.seconds(4)
    await home.stop()
    await home.start()
    await home.online()
    await home.time.seconds(18)
    await home.until(lambda state: state.pending == 0 and state.last_record is not None)
    first, second = [record.body for record in await home.imports()][:2]
    assert first.generated is not None
    assert first.generated.moved > 2 * 3
    assert (first.charged, first.discharged) == (Register(100, 100), Register(90, 90))
    assert second.generated == Register(first.generated.end, first.generated.end + SECONDS * 3)
    assert not any(record.body.behind for record in await home.records() if record.body.sender != first.sender)


async def test_the_seconds_of_a_record_are_the_frames_that_can_be_shown(home: Home) -> None:
    await home.start()
    await home.time.seconds(2)  # Nothing is booked before the terms are known, but frames are kept.
    await home.online()
    await home.time.seconds(25)
    await home.until(lambda state: state.pending == 0 and state.last_record is not None)
    records = await home.records()
    assert len(records) == 4
    for record in records:
        frames = await home.store.frames(record.body.start_ms, record.body.end_ms)
        frontier = tlog.Frontier()
        for data in frames:
            frontier.append(tlog.leaf_hash(data))
        assert (record.body.seconds_root, record.body.seconds_count) == (frontier.root(), len(frames))
        last = open_frame(frames[-1], home.signer.public, ORIGIN)
        assert (last.time_ms, last.import_wh) == (record.body.end_ms, record.body.imported and record.body.imported.end)
    assert records[2].body.seconds_count == 10


async def test_devices_are_read_in_the_middle_of_each_second(home: Home) -> None:
    await home.start()
    for second in range(3):
        await home.time.seconds()
        assert home.clock.wall == SLOT * 1000 + 500 + 1000 * second
    home.clock.move(0.3)  # A poll that took long is followed by a shorter wait.
    await home.time.seconds()
    assert home.clock.wall % 1000 == 500


async def test_a_frame_has_the_time_of_the_meters_reading_however_slow_the_others_are(
    home: Home, coordinator: SmallCoordinator
) -> None:
    def slow() -> InverterReading:
        home.clock.move(0.4)
        return InverterReading(pv_power_w=1.0)

    home.inverter.act = slow
    await home.start()
    await home.online()
    assert (await home.frame(coordinator)).time_ms == SLOT * 1000 + 500


async def test_a_listener_hears_until_it_has_left(home: Home) -> None:
    await home.start()
    heard: list[FlatState] = []
    leave = home.flat.subscribe(heard.append)
    await home.time.seconds()
    assert heard[-1].meter is not None
    leave()
    count = len(heard)
    await home.time.seconds()
    assert len(heard) == count


# --- Devices that fail --------------------------------------------------------------------------------------


async def test_a_frame_says_what_is_known(home: Home, coordinator: SmallCoordinator, device: DeviceId) -> None:
    await home.start()
    await home.online()
    assert await home.frame(coordinator) == Frame(
        device=device,
        time_ms=SLOT * 1000 + 500,
        count=1,
        grid_w=3600,
        import_wh=1_000_000,
        export_wh=5_000,
        pv_w=1800,
        battery_w=-300,
        soc_permille=642,
        frequency_mhz=60_010,
        voltage_mv=201_500,
        islanded=False,
    )


async def test_a_device_that_fails_leaves_the_others_alone_and_heals(
    home: Home, coordinator: SmallCoordinator, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "localvpp.outage")
    good = home.inverter.act
    home.inverter.act = lambda: DeviceSilentError("the inverter does not answer; check its cable")
    await home.start()
    await home.online()
    for _ in range(3):
        frame = await home.frame(coordinator)
    assert (frame.pv_w, frame.islanded) == (None, None)
    assert (frame.grid_w, frame.battery_w, frame.soc_permille) == (3600, -300, 642)
    state = home.flat.state
    assert (state.inverter, dict(state.problems)) == (
        None,
        {"inverter": "the inverter does not answer; check its cable"},
    )
    assert state.meter is not None
    home.inverter.act = good
    assert (await home.frame(coordinator)).pv_w == 1800
    assert dict(home.flat.state.problems) == {}
    # Told once when it broke, once when it has healed.
    for _ in range(2):
        await home.frame(coordinator)
    told = [record.getMessage() for record in caplog.records if "inverter" in record.getMessage()]
    assert told == [
        "The inverter of flat 101 fails: the inverter does not answer; check its cable",
        "The inverter of flat 101 answers again",
    ]


async def test_a_device_that_is_silent_is_unknown_for_the_second(
    home: Home, coordinator: SmallCoordinator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rounds, "BESIDE_S", 0.02)
    home.battery.act = lambda: None
    await home.start()
    await home.online()
    frame = await home.frame(coordinator)
    assert (frame.battery_w, frame.soc_permille, frame.pv_w) == (None, None, 1800)
    assert home.flat.state.problems["battery"] == (
        "no answer within 0.02 s; check its power, its cable, and whether too many devices share its line"
    )


async def test_the_one_line_about_a_silent_device_has_the_devices_own_reason_and_remedy(
    home: Home, coordinator: SmallCoordinator, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(rounds, "BESIDE_S", 0.02)
    monkeypatch.setattr(beside, "GIVEN_UP_S", 0.01)
    home.inverter.act = lambda: None  # The reading is given up before the device is.
    await home.start()
    await home.online()
    await home.frame(coordinator)
    home.inverter.act = lambda: DeviceSilentError("the inverter does not answer; check its cable")
    for _ in range(8):
        await home.frame(coordinator)
    told = [record.getMessage() for record in caplog.records if "inverter" in record.getMessage()]
    assert told == ["The inverter of flat 101 fails: the inverter does not answer; check its cable"]


async def test_a_device_that_answers_nonsense_is_told_once_and_once_when_it_has_healed(
    home: Home, coordinator: SmallCoordinator, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "localvpp")
    good, home.inverter.act = home.inverter.act, lambda: InverterReading(grid_connected=False, rated_power_w=6000)
    await home.start()
    await home.online()
    for _ in range(4):
        frame = await home.frame(coordinator)
        assert (frame.pv_w, frame.grid_w) == (None, 3600)
    reason = "it answers, but nothing that can be true; check the device type, the unit number, and the cable"
    assert home.flat.state.problems["inverter"] == reason
    home.inverter.act = good
    for _ in range(4):
        await home.frame(coordinator)
    assert home.flat.state.problems.get("inverter") is None
    told = [record.getMessage() for record in caplog.records if "inverter" in record.getMessage()]
    assert told == [f"The inverter of flat 101 fails: {reason}", "The inverter of flat 101 answers again"]


async def test_a_silent_device_is_knocked_at_after_each_second_but_never_about_a_boundary(
    home: Home, coordinator: SmallCoordinator
) -> None:
    coordinator.terms = replace(coordinator.terms, slot_seconds=60)
    await home.start()
    await home.online()
    inverter, relay, meter = home.inverter.door, home.relay.door, home.meter.door
    inverter.is_due = True
    knocks = []
    for _ in range(60):
        before = inverter.knocks
        await home.time.seconds()
        await asyncio.sleep(0)
        knocks.append(inverter.knocks - before)
    quiet = QUIET_MS // 1000
    assert knocks == [0] * quiet + [1] * (60 - 2 * quiet) + [0] * quiet
    assert relay.knocks == meter.knocks == 0, "those that answer are left in peace"
    # The boundary is the meter's: its own door is not kept from it. One door is knocked at in a second.
    meter.is_due = relay.is_due = True
    await home.time.seconds()
    await asyncio.sleep(0)
    assert (meter.knocks, relay.knocks, inverter.knocks) == (1, 0, sum(knocks))


async def test_the_next_second_does_not_wait_for_a_knock_that_nobody_answers(
    home: Home, coordinator: SmallCoordinator, monkeypatch: pytest.MonkeyPatch
) -> None:
    coordinator.terms = replace(coordinator.terms, slot_seconds=3600)
    await home.start()
    await home.online()
    await home.time.seconds(10)
    waiting = asyncio.Event()
    monkeypatch.setattr(home.inverter.door, "knock", waiting.wait)
    home.inverter.door.is_due = True
    assert (await home.frame(coordinator)).grid_w == 3600
    home.inverter.door.is_due = False
    assert (await home.frame(coordinator)).grid_w == 3600
    await home.stop()
    assert not waiting.is_set()


@pytest.mark.parametrize(("seconds", "hastened"), [(3, 0), (6, 1)])
async def test_a_device_that_is_back_after_a_while_hastens_the_others_for_their_link_may_be_back(
    home: Home, seconds: int, hastened: int
) -> None:
    await home.start()
    await home.online()
    good, home.meter.act = home.meter.act, lambda: DeviceSilentError("no answer")
    await home.time.seconds(seconds)
    home.meter.act = good
    assert home.inverter.door.hastened == 0
    await home.time.seconds(3)
    assert [home.inverter.door.hastened, home.relay.door.hastened] == [hastened] * 2


async def test_the_meter_does_not_wait_behind_its_neighbours(home: Home) -> None:
    asked: list[str] = []
    for name in ("meter", "relay", "inverter", "battery"):
        device = getattr(home, name)
        device.act = partial(note_and_do, asked, name, device.act)
    await home.start()
    await home.time.seconds()
    assert asked == ["meter", "relay", "inverter", "battery"]


def note_and_do[R](asked: list[str], name: str, act: Callable[[], R]) -> R:
    asked.append(name)
    return act()


async def test_unknown_values_are_absent_and_make_no_sample(home: Home, coordinator: SmallCoordinator) -> None:
    home.meter.act = lambda: MeterReading(power_w=120.0, import_wh=7)  # The export register is unknown.
    home.battery.act = BatteryReading
    home.inverter.act = lambda: InverterReading(grid_connected=False)
    await home.start()
    await home.online()
    frame = await home.frame(coordinator)
    assert (frame.grid_w, frame.import_wh, frame.export_wh, frame.frequency_mhz) == (120, 7, None, None)
    assert (frame.battery_w, frame.soc_permille) == (None, None)
    # Cut off from the grid, but whether it holds the voltage is unknown: so is whether the flat is an island.
    assert frame.islanded is None
    home.inverter.act = lambda: InverterReading(grid_connected=False, grid_forming=True)
    assert (await home.frame(coordinator)).islanded is True
    assert (await home.store.load()).open is None
    home.meter.act = home.meter.count
    await home.frame(coordinator)
    assert (await home.store.load()).open is not None


async def test_a_flat_with_a_meter_alone_is_a_whole_flat(home: Home, coordinator: SmallCoordinator) -> None:
    await home.start(fitted=())
    await home.online()
    frame = await home.frame(coordinator)
    assert (frame.grid_w, frame.pv_w, frame.battery_w, frame.islanded) == (3600, None, None, None)
    await home.time.seconds(SECONDS)
    await home.until(lambda state: state.ledger is LedgerState.PROVEN)


@pytest.mark.parametrize(
    ("fitted", "source"),
    [(set(), Source.UNKNOWN), ({"inverter"}, Source.SOLAR), ({"inverter", "battery"}, Source.UNKNOWN)],
    ids=["no inverter", "no battery", "a battery that does not answer"],
)
async def test_export_is_solar_only_when_no_battery_can_have_made_it(
    fitted: set[str], source: Source, home: Home
) -> None:
    home.meter.step, home.meter.power_w = (0, 1), -3600.0
    home.battery.act = BatteryReading
    await home.start(fitted=fitted)
    await home.online()
    await home.time.seconds(SECONDS + 1)
    await home.until(lambda state: state.ledger is LedgerState.PROVEN and state.pending == 0)
    _, exported = await home.records()
    assert [kind for kind, _ in exported.body.attributes] == [source]


async def test_a_battery_that_is_found_late_is_read_from_then_on(home: Home, coordinator: SmallCoordinator) -> None:
    await home.start(fitted={"inverter"})
    await home.online()
    assert (await home.frame(coordinator)).battery_w is None
    home.flat.battery_found(home.battery)
    assert (await home.frame(coordinator)).battery_w == -300


async def test_a_meter_that_was_silent_over_a_boundary_makes_a_gap(home: Home) -> None:
    await home.start()
    await home.online()
    await home.time.seconds(5)
    counted = home.meter.imported
    home.meter.act = lambda: DeviceSilentError("no answer")
    await home.time.seconds(10)
    home.meter.act = home.meter.count
    home.meter.imported += 10
    await home.time.seconds(6)
    await home.until(lambda state: state.ledger is LedgerState.PROVEN)
    gap, interval = await home.imports()
    assert (gap.kind, gap.envelope.slot) == (Kind.GAP, SLOT)
    assert gap.body.imported == Register(1_000_000, counted + 10)
    assert gap.body.seconds_count == 15  # 4 with a reading, 10 without, and the one of the return
    assert (interval.kind, interval.envelope.slot) == (Kind.INTERVAL, SLOT + 10)
    assert interval.body.imported is not None
    assert interval.body.imported.begin == counted + 10


async def test_an_exchanged_meter_is_an_exception(home: Home) -> None:
    await home.start()
    await home.online()
    await home.time.seconds(5)
    home.meter.imported, home.meter.exported = 0, 0
    await home.time.seconds(1)
    await home.until(lambda state: state.ledger is LedgerState.PROVEN)
    (record,) = await home.imports()
    assert (record.kind, record.body.energy_wh) == (Kind.EXCEPTION, 4)
    frames = await home.store.frames(record.body.start_ms, record.body.end_ms)
    assert record.body.seconds_count == len(frames) == 4  # not the one of the new meter
