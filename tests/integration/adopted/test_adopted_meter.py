"""A meter made of entities: what they say becomes a reading and records, exactly, or is unknown with a reason.

States and registries are Home Assistant's own. Time is the test's, and Home Assistant's goes with it.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
import logging
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest

from custom_components.local_vpp.adopted import (
    AdoptedBattery,
    AdoptedCharger,
    AdoptedGasMeter,
    AdoptedInverter,
    AdoptedMeter,
    AdoptedRelay,
)
from custom_components.local_vpp.lib.localvpp.devices import (
    Battery,
    Charger,
    DeviceSilentError,
    GasMeter,
    Inverter,
    Meter,
    MeterReading,
    Relay,
)
from custom_components.local_vpp.lib.localvpp.etp import DeviceId, Kind, MeterStatus
from custom_components.local_vpp.lib.localvpp.outage import Outages
from custom_components.local_vpp.lib.localvpp.rounds import FlatDevices, Rounds
from custom_components.local_vpp.lib.localvpp.slots import Interval, MeterPlace, SlotBook, Why, bodies
from custom_components.local_vpp.source import ENERGY_WITHIN_S, POWER_WITHIN_S, Sources

from .conftest import EXPORT, IMPORT, METER, POWER, WHO, HandClock, tell


def test_they_have_the_capabilities_of_all_devices(sources: Sources, meter: AdoptedMeter) -> None:
    nothing: dict[str, Any] = {"entities": {}}
    assert isinstance(meter, Meter)
    assert isinstance(AdoptedInverter(sources, nothing, WHO), Inverter)
    assert isinstance(AdoptedBattery(sources, nothing, WHO), Battery)
    assert isinstance(AdoptedRelay(sources, nothing, WHO), Relay)
    assert isinstance(AdoptedCharger(sources, nothing, WHO), Charger)
    assert isinstance(AdoptedGasMeter(sources, nothing, WHO), GasMeter)
    assert meter.door is None
    assert meter.identity is WHO


# --- the meter --------------------------------------------------------------------------------------


async def test_a_meter_reads_whole_watt_hours(meter: AdoptedMeter) -> None:
    assert await meter.read() == MeterReading(
        power_w=-1250, import_wh=1_234_500, export_wh=17_250, age_ms=0, step_wh=100
    )


@pytest.mark.parametrize(("sign", "watts"), [("import_positive", -1250.0), ("export_positive", 1250.0)])
async def test_the_sign_is_what_the_resident_says(
    hass: HomeAssistant, meter: AdoptedMeter, sources: Sources, sign: str, watts: float
) -> None:
    turned = AdoptedMeter(sources, {**METER, "power_sign": sign}, WHO)
    assert (await turned.read()).power_w == watts


async def test_a_unit_may_change_while_it_runs(hass: HomeAssistant, meter: AdoptedMeter, clock: HandClock) -> None:
    before = await meter.read()
    clock.move(10)
    tell(hass, IMPORT, "1234500", "Wh")
    tell(hass, EXPORT, "0.01725", "MWh")
    tell(hass, POWER, "-1.25", "kW")
    after = await meter.read()
    assert (after.power_w, after.import_wh, after.export_wh) == (before.power_w, before.import_wh, before.export_wh)
    tell(hass, POWER, "-1.25", "kWh")
    after = await meter.read()
    assert after.power_w is None
    assert "kWh" in str(after.failed["power"])


@pytest.mark.parametrize("text", ["unavailable", "unknown", "", "nan", "many"])
async def test_what_is_no_number_is_unknown_and_heals(
    hass: HomeAssistant, meter: AdoptedMeter, caplog: pytest.LogCaptureFixture, text: str
) -> None:
    caplog.set_level(logging.INFO, "custom_components.local_vpp")
    await meter.read()
    tell(hass, IMPORT, text, "kWh")
    for _ in range(3):
        reading = await meter.read()
        assert (reading.import_wh, reading.export_wh, reading.power_w) == (None, 17_250, -1250)
        assert IMPORT in str(reading.failed["energy_import"])
    tell(hass, IMPORT, "1234.6", "kWh")
    assert (await meter.read()).import_wh == 1_234_600
    told = [each.getMessage() for each in caplog.records if each.name.startswith("custom_components.local_vpp")]
    assert len(told) == 2, "once when it breaks, once when it heals"
    assert "Known again" in told[1]


async def test_a_meter_of_which_nothing_is_known_is_silent(hass: HomeAssistant, meter: AdoptedMeter) -> None:
    for entity_id in (IMPORT, EXPORT, POWER):
        tell(hass, entity_id, "unavailable")
    with pytest.raises(DeviceSilentError, match="unavailable"):
        await meter.read()


async def test_what_has_not_reported_for_too_long_is_unknown(
    hass: HomeAssistant, meter: AdoptedMeter, clock: HandClock
) -> None:
    await meter.read()
    clock.move(POWER_WITHIN_S)
    assert (await meter.read()).power_w == -1250
    clock.move(1)
    reading = await meter.read()
    assert (reading.power_w, reading.import_wh) == (None, 1_234_500), "a register keeps its meaning for longer"
    assert reading.age_ms == round((POWER_WITHIN_S + 1) * 1000), "and says since when it is so"
    tell(hass, POWER, "-1250", "W")  # The same state again is a report, too.
    assert (await meter.read()).power_w == -1250
    clock.move(ENERGY_WITHIN_S - POWER_WITHIN_S)
    tell(hass, POWER, "-1250", "W")
    reading = await meter.read()
    assert (reading.import_wh, reading.export_wh) == (None, None)
    assert "has reported nothing" in str(reading.failed["energy_import"])


async def test_what_was_stale_before_the_flat_began_is_unknown(
    hass: HomeAssistant, meter: AdoptedMeter, sources: Sources, clock: HandClock
) -> None:
    clock.move(ENERGY_WITHIN_S + 1)
    tell(hass, POWER, "5", "W")
    assert (await AdoptedMeter(sources, METER, WHO).read()).import_wh is None


async def test_a_step_of_the_wall_clock_makes_nothing_stale(
    hass: HomeAssistant, meter: AdoptedMeter, clock: HandClock, freezer: FrozenDateTimeFactory
) -> None:
    await meter.read()
    freezer.move_to(datetime.fromtimestamp(clock.now + 7200, UTC))
    reading = await meter.read()
    assert (reading.power_w, reading.import_wh) == (-1250, 1_234_500)
    freezer.move_to(datetime.fromtimestamp(clock.now - 7200, UTC))
    assert (await meter.read()).age_ms == 0


async def test_a_counter_that_steps_back_is_held_like_every_other(
    hass: HomeAssistant, meter: AdoptedMeter, clock: HandClock
) -> None:
    await meter.read()
    for text, wh in (("1234.4", None), ("1234.4", None), ("1234.6", 1_234_600), ("99999", None), ("1234.6", 1_234_600)):
        clock.move(10)
        tell(hass, IMPORT, text, "kWh")
        for _ in range(5):  # Looking again confirms nothing: it is the same report.
            assert (await meter.read()).import_wh == wh, text


async def test_without_an_export_counter_an_export_makes_it_unknown_for_good(
    hass: HomeAssistant, meter: AdoptedMeter, sources: Sources
) -> None:
    alone = AdoptedMeter(sources, {**METER, "entities": {"energy_import": IMPORT, "power": POWER}}, WHO)
    tell(hass, POWER, "300", "W")
    assert (await alone.read()).export_wh == 0
    for watts in ("-200", "300"):
        tell(hass, POWER, watts, "W")
        reading = await alone.read()
        assert (reading.import_wh, reading.export_wh) == (1_234_500, None)
        assert "add the entity that counts the export" in str(reading.failed["energy_export"])


# --- its records ------------------------------------------------------------------------------------


@dataclass
class Book:
    """Reads a meter each second, as the flat does, and keeps the intervals of its slots."""

    rounds: Rounds
    clock: HandClock
    slots: SlotBook
    closed: list[Interval]

    async def second(self) -> None:
        self.clock.move(1)
        if (sample := (await self.rounds.read()).sample) is not None:
            self.slots, closed = self.slots.feed(sample)
            self.closed += closed


@pytest.fixture
def book(meter: AdoptedMeter, clock: HandClock) -> Book:
    rounds = Rounds(FlatDevices(meter=meter), Outages("101", clock), clock)
    return Book(rounds, clock, SlotBook(slot_seconds=60), [])


async def test_records_hold_the_sensors_energy_to_the_watt_hour(hass: HomeAssistant, book: Book) -> None:
    shown: dict[int, tuple[int, int]] = {}
    for second in range(1, 185):
        if second % 3 == 0:
            imported, exported = 1_234_500 + 7 * second, 17_250 + 2 * second
            tell(hass, IMPORT, f"{imported / 1000:.3f}", "kWh")
            tell(hass, EXPORT, str(exported), "Wh")
            shown[round(book.clock.now) * 1000] = (imported, exported)
        await book.second()
    assert [interval.why for interval in book.closed] == [Why.BOUNDARY] * 3
    place = MeterPlace(
        device=DeviceId(bytes(16)), building=DeviceId(bytes([1] * 16)), slot_seconds=60, serial="B-101", place="101"
    )
    for interval in book.closed[1:]:
        for at in (interval.begin, interval.end):
            assert (at.import_wh, at.export_wh) == shown[at.time_ms], "a reading has the time of its report"
        (kind, came_in), (_, went_out) = bodies(interval, place, None)
        assert (kind, came_in.meter, came_in.meter_status) == (Kind.INTERVAL, "B-101", MeterStatus.GOOD)
        assert came_in.energy_wh == 7 * 60
        assert went_out.energy_wh == 2 * 60


async def test_an_outage_over_a_boundary_is_a_gap_and_heals(hass: HomeAssistant, book: Book) -> None:
    for second in range(200):
        wh = 1_234_500 + second
        tell(hass, IMPORT, "unavailable" if 50 <= second < 70 else f"{wh / 1000:.3f}", "kWh")
        tell(hass, EXPORT, "17.25", "kWh")
        await book.second()
    assert [interval.why for interval in book.closed] == [Why.GAP, Why.BOUNDARY, Why.BOUNDARY]
    begin, end = book.closed[0].begin, book.closed[-1].end
    assert sum(each.end.import_wh - each.begin.import_wh for each in book.closed) == end.import_wh - begin.import_wh


async def test_an_entity_that_reports_seldom_makes_gaps_and_no_false_slot(hass: HomeAssistant, book: Book) -> None:
    for second in range(300):
        if second % 40 == 20:
            tell(hass, IMPORT, f"{1_234_500 + second}", "Wh")
            tell(hass, EXPORT, "17250", "Wh")
        await book.second()
    assert {interval.why for interval in book.closed} >= {Why.GAP}
    for interval in book.closed:
        near = abs(interval.end.time_ms % 60_000 - 30_000) >= 25_000
        assert near or interval.why is Why.GAP


async def test_a_frame_has_the_registers_of_its_own_second_only(hass: HomeAssistant, book: Book) -> None:
    me = DeviceId(bytes(16))
    tell(hass, IMPORT, "1234.6", "kWh")
    tell(hass, EXPORT, "17.25", "kWh")
    frame = (await book.rounds.read()).frame(me, 1)
    assert (frame.import_wh, frame.export_wh, frame.grid_w) == (1_234_600, 17_250, -1250)
    book.clock.move(1)
    frame = (await book.rounds.read()).frame(me, 2)
    assert (frame.import_wh, frame.export_wh, frame.grid_w) == (None, None, -1250)


async def test_a_power_is_told_with_its_age_and_an_old_one_colours_no_record(
    hass: HomeAssistant, meter: AdoptedMeter, sources: Sources, clock: HandClock
) -> None:
    """Entities that are polled each 30 s: the five seconds after a report say what an export was made of."""
    pv = {"entities": {"pv_power": "sensor.pv_power"}}
    rounds = Rounds(FlatDevices(meter=meter, inverter=AdoptedInverter(sources, pv, WHO)), Outages("101", clock), clock)
    book = Book(rounds, clock, SlotBook(slot_seconds=1800), [])
    try:
        for second in range(60):
            if second % 30 == 0:
                for entity_id, text, unit in (
                    (IMPORT, "1234.5", "kWh"),
                    (EXPORT, f"{17.25 + second / 1000}", "kWh"),
                    (POWER, "-1250", "W"),
                    ("sensor.pv_power", "2000", "W"),
                ):
                    tell(hass, entity_id, text, unit)
            await book.second()
    finally:
        await rounds.close()
    frame = (await rounds.read()).frame(DeviceId(bytes(16)), 1)
    assert (frame.grid_w, frame.pv_w, frame.age_ms) == (-1250, 2000, 30_000)
    interval = book.slots.open
    assert interval is not None
    # The interval begins with the first second; of each thirty, five have powers of five seconds at most.
    assert (interval.solar, interval.unknown) == (9 * 1250, 50 * 1250)


@pytest.mark.parametrize("kind", ["battery", "charger"])
async def test_each_value_of_a_battery_or_charger_has_the_age_of_its_own_report(
    hass: HomeAssistant, sources: Sources, clock: HandClock, kind: str
) -> None:
    roles = {"power": f"{kind}_power", "charge": f"{kind}_charge", "soc": "battery_soc"}
    if kind == "charger":
        roles["soc"] = "vehicle_soc"
    entities = {role: f"sensor.{name}" for name, role in roles.items()}
    tell(hass, "sensor.soc", "64", "%")
    clock.move(60)
    tell(hass, "sensor.charge", "12.5", "kWh")
    clock.move(29)
    tell(hass, "sensor.power", "-800", "W")
    device = (AdoptedBattery if kind == "battery" else AdoptedCharger)(sources, {"entities": entities}, WHO)
    ages = dict((await device.read()).ages_ms)
    assert ages == {"soc_percent": 89_000, "charge_wh": 29_000}
    clock.move(2)
    ages = dict((await device.read()).ages_ms)
    assert ages.pop("state", 2_000) == 2_000
    assert ages == {"soc_percent": 91_000, "charge_wh": 31_000, "power_w": 2_000}
    tell(hass, "sensor.power", "unavailable")
    assert "power_w" not in (await device.read()).ages_ms, "what is unknown has no age"


async def test_a_clock_that_is_set_back_makes_no_power_young(
    hass: HomeAssistant, meter: AdoptedMeter, clock: HandClock, freezer: FrozenDateTimeFactory
) -> None:
    await meter.read()
    clock.move(30)
    freezer.move_to(datetime.fromtimestamp(clock.now - 7200, UTC))
    assert (await meter.read()).ages_ms == {"power_w": 30_000}
