"""What a second of a flat's devices proves, and what it tells."""

from dataclasses import replace

import pytest

from localvpp.blackout.powers import hours_left
from localvpp.devices import (
    NO_METER,
    Absent,
    BatteryReading,
    ChargerReading,
    Identity,
    InverterReading,
    MeterReading,
    Rating,
    RelayReading,
    rated,
)
from localvpp.islanding import Policy, Wiring
from localvpp.outage import Outages
from localvpp.round import PROVES_MS, Round
from localvpp.rounds import FlatDevices, Rounds
from localvpp.slots import SlotBook

from .place import HandClock

DEVICE = bytes(32)
FRESH = Round(
    time_ms=1_800_000_000_000,
    meter=MeterReading(power_w=-900.0, import_wh=5, export_wh=7),
    inverter=InverterReading(pv_power_w=700.0),
    battery=BatteryReading(power_w=200.0),
    relay=None,
    charger=ChargerReading(power_w=100.0),
    gas=None,
    has_inverter=True,
    has_battery=True,
    battery_news=None,
    has_v2h=True,
    problems={},
)


def aged(ms: int) -> Round:
    return replace(
        FRESH,
        meter=MeterReading(power_w=-900.0, import_wh=5, export_wh=7, ages_ms={"power_w": ms}),
        inverter=InverterReading(pv_power_w=700.0, ages_ms={"pv_power_w": ms}),
        battery=BatteryReading(power_w=200.0, ages_ms={"power_w": ms}),
        charger=ChargerReading(power_w=100.0, ages_ms={"power_w": ms}),
    )


@pytest.mark.parametrize("second", [FRESH, aged(PROVES_MS)], ids=["fresh", "young enough"])
def test_powers_of_about_the_second_say_what_an_export_was_made_of(second: Round) -> None:
    sample = second.sample
    assert sample is not None
    assert (sample.grid_w, sample.pv_w, sample.battery_w, sample.vehicle_w) == (-900, 700, 200, 100)


def test_powers_of_long_before_prove_nothing_and_the_registers_are_proven_without_them() -> None:
    sample = aged(PROVES_MS + 1).sample
    assert sample is not None
    assert (sample.pv_w, sample.battery_w, sample.vehicle_w) == (None, None, None)
    assert (sample.reading.import_wh, sample.reading.export_wh) == (5, 7)


@pytest.mark.parametrize("field", ["meter", "inverter", "battery", "charger"])
def test_one_old_power_leaves_the_seconds_export_unknown(field: str) -> None:
    second = replace(FRESH, **{field: getattr(aged(PROVES_MS + 1), field)})
    assert second.sample is not None
    later = replace(second.sample, reading=replace(second.sample.reading, time_ms=FRESH.time_ms + 1000))
    book, _ = SlotBook(slot_seconds=1800).feed(second.sample)
    grown, _ = book.feed(later)
    assert grown.open is not None
    assert (grown.open.solar, grown.open.battery, grown.open.vehicle, grown.open.unknown) == (0, 0, 0, 900)


def test_a_frequency_of_long_before_is_not_averaged() -> None:
    for ms, mhz in ((PROVES_MS, 50_010), (PROVES_MS + 1, None)):
        meter = MeterReading(import_wh=5, export_wh=7, frequency_hz=50.01, ages_ms={"frequency_hz": ms})
        sample = replace(FRESH, meter=meter).sample
        assert sample is not None
        assert sample.frequency_mhz == mhz


GRID = MeterReading(import_wh=5, export_wh=7, frequency_hz=50.01, voltage_v=101.0)
ALONE = InverterReading(grid_connected=False, grid_forming=True, frequency_hz=49.5, voltage_v=100.5)


@pytest.mark.parametrize(
    ("inverter", "relay", "islanded", "mhz", "millivolts"),
    [
        (InverterReading(grid_connected=True, frequency_hz=50.0), None, False, 50_010, 101_000),
        (ALONE, None, True, 49_500, 100_500),
        (replace(ALONE, backup_frequency_hz=49.2, backup_voltage_v=99.5), None, True, 49_200, 99_500),
        (replace(ALONE, backup_voltage_v=99.5), None, True, None, 99_500),
        (replace(ALONE, frequency_hz=None), None, True, None, 100_500),
        (ALONE, RelayReading(closed=True), True, 49_500, 100_500),
        (ALONE, RelayReading(closed=False), True, 49_500, 100_500),
        # The contact is open, and what holds the voltage behind it, if anything, is not known.
        (InverterReading(grid_connected=True, frequency_hz=50.0), RelayReading(closed=False), True, None, None),
        (None, RelayReading(closed=False), True, None, None),
        (None, RelayReading(closed=True), None, 50_010, 101_000),
        (None, RelayReading(), None, 50_010, 101_000),
    ],
)
def test_of_an_island_the_islands_frequency_is_told_and_never_the_grids(
    inverter: InverterReading | None,
    relay: RelayReading | None,
    islanded: bool | None,
    mhz: int | None,
    millivolts: int | None,
) -> None:
    second = replace(FRESH, meter=GRID, inverter=inverter, relay=relay)
    sample, frame = second.sample, second.frame(DEVICE, 1)
    assert sample is not None
    assert (sample.islanded, sample.frequency_mhz) == (islanded, mhz)
    assert (frame.islanded, frame.frequency_mhz, frame.voltage_mv) == (islanded, mhz, millivolts)


def test_an_islands_old_frequency_is_not_averaged_and_is_told_with_its_age() -> None:
    for ages in ({"frequency_hz": PROVES_MS + 1}, {"backup_frequency_hz": PROVES_MS + 1}):
        old = replace(ALONE, ages_ms=ages)
        if "backup_frequency_hz" in ages:
            old = replace(old, backup_frequency_hz=49.2)
        second = replace(FRESH, meter=GRID, inverter=old)
        assert second.sample is not None
        assert second.sample.frequency_mhz is None
        assert second.frame(DEVICE, 1).age_ms == PROVES_MS + 1


def test_a_frame_tells_them_all_the_same_with_their_age() -> None:
    frame = aged(PROVES_MS + 1).frame(DEVICE, 1)
    assert (frame.grid_w, frame.pv_w, frame.battery_w, frame.age_ms) == (-900, 700, 200, PROVES_MS + 1)


class Quiet:
    """A battery that is only read, and tells its power and charge alone."""

    identity = Identity(manufacturer="Sharp", model="JH-WB1821")
    controllable = False
    door = None

    def __init__(self) -> None:
        self.tells = BatteryReading(power_w=0.0, soc_percent=40.0)

    async def read(self) -> BatteryReading:
        return self.tells

    async def set_power(self, watts: int, lease_s: int) -> None:
        raise AssertionError("nobody commands it")

    async def release(self) -> None:
        raise AssertionError("nobody commands it")


async def test_what_the_resident_states_of_a_battery_is_in_each_reading_of_it(clock: HandClock) -> None:
    devices = FlatDevices(
        meter=Absent(NO_METER, "the flat has no meter"),
        battery=Quiet(),
        battery_rating=Rating(capacity_wh=8400, max_discharge_w=2000),
    )
    rounds = Rounds(devices, Outages("101", clock), clock)
    read = await rounds.read()
    await rounds.close()
    for battery in (read.battery, read.battery_news):
        assert battery is not None
        assert (battery.capacity_wh, battery.max_charge_w, battery.max_discharge_w) == (8400, None, 2000)
        assert battery.stated == ("capacity_wh", "max_discharge_w")


async def test_what_a_battery_has_told_once_nobody_else_tells(clock: HandClock) -> None:
    battery = Quiet()
    stated = Rating(capacity_wh=8400, max_charge_w=3000)
    devices = FlatDevices(meter=Absent(NO_METER, "no meter"), battery=battery, battery_rating=stated)
    rounds = Rounds(devices, Outages("101", clock), clock)
    untold = battery.tells
    seen = []
    for battery.tells in (untold, replace(untold, capacity_wh=8000), untold):
        read = (await rounds.read()).battery
        assert read is not None
        seen.append((read.capacity_wh, read.max_charge_w, read.stated))
    await rounds.close()
    assert seen == [
        (8400, 3000, ("capacity_wh", "max_charge_w")),
        (8000, 3000, ("max_charge_w",)),
        (None, 3000, ("max_charge_w",)),
    ]


def test_with_a_capacity_that_is_stated_an_outage_has_its_hours() -> None:
    told = BatteryReading(power_w=0.0, soc_percent=60.0)
    drawing = replace(FRESH, inverter=InverterReading(load_power_w=500.0))
    policy = Policy(wiring=Wiring.AUTONOMOUS)
    assert hours_left(replace(drawing, battery=told), 60.0, policy, None, None) == (None, None)
    stated = replace(drawing, battery=rated(told, Rating(capacity_wh=10_000)))
    lasts_s, _ = hours_left(stated, 60.0, policy, None, None)
    assert lasts_s == (60.0 - policy.floors.emergency) / 100 * 10_000 / 500 * 3600
