"""What a second of a flat's devices proves, and what it tells."""

from dataclasses import replace

import pytest

from localvpp.devices import BatteryReading, ChargerReading, InverterReading, MeterReading
from localvpp.rounds import PROVES_MS, Round
from localvpp.slots import SlotBook

DEVICE = bytes(32)
FRESH = Round(
    time_ms=1_800_000_000_000,
    meter=MeterReading(power_w=-900.0, import_wh=5, export_wh=7),
    inverter=InverterReading(pv_power_w=700.0),
    battery=BatteryReading(power_w=200.0),
    relay=None,
    charger=ChargerReading(power_w=100.0),
    gas=None,
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


def test_a_frame_tells_them_all_the_same_with_their_age() -> None:
    frame = aged(PROVES_MS + 1).frame(DEVICE, 1)
    assert (frame.grid_w, frame.pv_w, frame.battery_w, frame.age_ms) == (-900, 700, 200, PROVES_MS + 1)
