"""What SunSpec models 713, 802 and 803, or a map, tell of a battery beside its power: health, terminals, cells."""

from conftest import Clock
from modbus_connection import IllegalDataAddressError
from modbus_connection.mock import MockModbusUnit
import pytest
from sunspec_image import Image, der

from localvpp.battery.resistance import ADJACENT_MS
from localvpp.devices import BatteryReading, Identity, MapHybrid, SunSpecDevice, parse_map

STRINGS = 20


def bank(models: dict[int, int]) -> Image:
    """A hybrid of the second generation that passes its battery's own models on."""
    image = Image(models)
    plain = der()
    for name, point in plain.placed.items():
        if name in image.placed and name.partition(".")[2] not in {"ID", "L"}:
            words = [plain.registers[point.offset + index] for index in range(point.size)]
            image.registers |= {image.placed[name].offset + index: word for index, word in enumerate(words)}
    shown = {
        "713.SoH": 987,
        "802.SoH": 98,
        "802.V": 4085,
        "802.V_SF": -1,
        "802.CellVMax": 3345,
        "802.CellVMin": 3301,
        "802.CellV_SF": -3,
        "802.A": 125,
        "802.A_SF": -1,
        "803.NStr": STRINGS,
        "803.ModTmpMax": 276,
        "803.ModTmpMin": 241,
        "803.ModTmp_SF": -1,
    }
    image.set({name: value for name, value in shown.items() if name in image.placed})
    return image


@pytest.fixture
def image() -> Image:
    return bank({1: 0, 701: 0, 702: 0, 713: 0, 714: 2, 802: 0, 803: STRINGS})


async def read(unit: MockModbusUnit, image: Image) -> BatteryReading:
    unit.holding.clear()
    unit.holding.update(image.registers)
    device = await SunSpecDevice.open(unit)
    assert device.battery is not None
    return await device.battery.read()


async def test_a_battery_tells_its_health_its_terminals_and_its_cells(
    mock_modbus_unit: MockModbusUnit, image: Image
) -> None:
    reading = await read(mock_modbus_unit, image)
    assert (reading.power_w, reading.soh_percent, reading.voltage_v, reading.current_a) == (500, 98, 408.5, 12.5)
    assert (reading.cell_min_v, reading.cell_max_v) == (3.301, 3.345)
    assert (reading.cell_min_c, reading.cell_max_c) == (24.1, 27.6)
    assert reading.failed == {}


@pytest.mark.parametrize(
    ("watts", "raw", "amperes"),
    [(-900, 125, -12.5), (-900, -125, -12.5), (900, -125, 12.5), (20, 125, None), (20, 0, 0.0)],
)
async def test_the_current_has_the_sign_of_the_power_whatever_the_maker_counts(
    mock_modbus_unit: MockModbusUnit, image: Image, watts: int, raw: int, amperes: float | None
) -> None:
    image.set({"714.Prt/2/DCW": watts, "802.A": raw})
    assert (await read(mock_modbus_unit, image)).current_a == amperes


def with_string(image: Image, number: int, values: dict[str, int]) -> Image:
    """Put one more string of two modules behind a device's models."""
    end = max(image.registers) - 1
    string = Image({804: 2}, end - 2)
    shown = {"Idx": number, "NMod": 2, "CellV_SF": -3, "ModTmp_SF": -1, "SoH_SF": 0, **values}
    string.set({f"804.{name}": value for name, value in shown.items()})
    marker = {end - 2, end - 1}
    image.registers |= {address: value for address, value in string.registers.items() if address not in marker}
    return image


FIRST = {"SoH": 96, "CellVMax": 3350, "CellVMin": 3310, "ModTmpMax": 281, "ModTmpMin": 252}
SECOND = {"SoH": 91, "CellVMax": 3341, "CellVMin": 3287, "ModTmpMax": 305, "ModTmpMin": 266}


async def test_the_strings_tell_what_the_bank_leaves_out(mock_modbus_unit: MockModbusUnit) -> None:
    image = bank({1: 0, 701: 0, 702: 0, 713: 0, 714: 2, 802: 0})
    image.set({"802.CellVMax": 0xFFFF, "802.CellVMin": 0xFFFF})
    reading = await read(mock_modbus_unit, with_string(with_string(image, 1, FIRST), 2, SECOND))
    assert (reading.cell_min_v, reading.cell_max_v) == (3.287, 3.350)
    assert (reading.cell_min_c, reading.cell_max_c) == (25.2, 30.5)
    assert reading.soh_percent == 98, "the bank's own counts"


async def test_a_string_that_is_not_known_leaves_the_extremes_unknown(mock_modbus_unit: MockModbusUnit) -> None:
    image = bank({1: 0, 701: 0, 702: 0, 713: 0, 714: 2, 802: 0})
    image.set({"802.CellVMax": 0xFFFF, "802.CellVMin": 0xFFFF})
    image = with_string(with_string(image, 1, FIRST), 2, {**SECOND, "CellVMin": 0xFFFF, "ModTmp_SF": 0x8000})
    reading = await read(mock_modbus_unit, image)
    assert (reading.cell_min_v, reading.cell_max_v) == (None, 3.350)
    assert (reading.cell_min_c, reading.cell_max_c) == (None, None)


async def test_charge_and_capacity_are_the_banks_where_the_storage_model_has_none(
    mock_modbus_unit: MockModbusUnit, image: Image
) -> None:
    image.set({"713.SoC": 0xFFFF, "713.WHRtg": 0xFFFF, "802.SoC": 612, "802.SoC_SF": -1})
    image.set({"802.WHRtg": 96, "802.WHRtg_SF": 2})
    reading = await read(mock_modbus_unit, image)
    assert (reading.soc_percent, reading.capacity_wh) == (61.2, 9600)


async def test_a_health_of_the_storage_model_counts_where_the_bank_has_none(
    mock_modbus_unit: MockModbusUnit, image: Image
) -> None:
    image.set({"802.SoH": 0xFFFF, "802.V": 0xFFFF, "802.CellVMin": 0, "803.ModTmpMin": 0x8000})
    reading = await read(mock_modbus_unit, image)
    assert reading.soh_percent == 98.7
    assert (reading.voltage_v, reading.cell_min_v, reading.cell_min_c) == (None, None, None)
    assert (reading.cell_max_v, reading.cell_max_c) == (3.345, 27.6)


async def test_a_bank_that_is_refused_leaves_the_rest_known(
    mock_modbus_unit: MockModbusUnit, image: Image, clock: Clock
) -> None:
    mock_modbus_unit.holding.update(image.registers)
    device = await SunSpecDevice.open(mock_modbus_unit, clock)
    assert device.battery is not None
    await device.battery.read()
    mock_modbus_unit.fail_read(image.headers[802], IllegalDataAddressError())
    refused = 0
    for _ in range(30):
        clock.now += 1
        reading = await device.battery.read()
        assert (reading.power_w, reading.cell_max_c) == (500, 27.6)
        if reading.failed:
            refused += 1
            assert (reading.soh_percent, reading.voltage_v, set(reading.failed)) == (98.7, None, {"bank"})
        else:
            assert (reading.soh_percent, reading.voltage_v) == (98, 408.5)
            assert reading.ages_ms["voltage_v"] <= 2_000
    assert refused >= 27, "it is unknown from its first turn on"


async def test_current_and_voltage_are_read_often_enough_for_their_steps_to_tell_a_resistance(
    mock_modbus_unit: MockModbusUnit, image: Image, clock: Clock
) -> None:
    mock_modbus_unit.holding.update(image.registers)
    device = await SunSpecDevice.open(mock_modbus_unit, clock)
    assert device.battery is not None
    apart_s, at = [], clock.now
    await device.battery.read()
    for _ in range(130):
        clock.now += 1
        mock_modbus_unit.read_events.clear()
        reading = await device.battery.read()
        assert len(mock_modbus_unit.read_events) == 3
        if "current_a" not in reading.ages_ms:
            apart_s.append(clock.now - at)
            at = clock.now
    adjacent = [each for each in apart_s if each * 1000 <= ADJACENT_MS]
    assert len(adjacent) >= 0.8 * len(apart_s) >= 20


CELLS = """
schema: 2
id: cells
manufacturer: M
model: M
class: hybrid
source: s
verified: v
rated_power_w: 5000
defaults: {space: holding}
points:
  soc_percent: {address: 0, type: u16, unit: "%"}
  cell_min_v: {address: 1, type: u16, unit: mV}
  cell_max_v: {address: 2, type: u16, unit: V, scale: 0.001}
  cell_min_c: {address: 3, type: i16, unit: C, scale: 0.1}
  cell_max_c: {address: 4, type: i16, unit: C, scale: 0.1}
control: {why_not: "it is a test"}
"""


async def test_a_map_may_tell_of_cells(mock_modbus_unit: MockModbusUnit) -> None:
    mock_modbus_unit.holding[0] = [55, 3301, 3345, 65500, 412]
    who = Identity(manufacturer="M", model="M")
    reading = await MapHybrid(mock_modbus_unit, parse_map("cells.yaml", CELLS), who).battery.read()
    assert (reading.cell_min_v, reading.cell_max_v) == (3.301, 3.345)
    assert (reading.cell_min_c, reading.cell_max_c) == (-3.6, 41.2)
    # No lithium cell has such a voltage, no battery such a temperature.
    mock_modbus_unit.holding[0] = [55, 0, 5001, 0x8000, 1500]
    reading = await MapHybrid(mock_modbus_unit, parse_map("cells.yaml", CELLS), who).battery.read()
    assert (reading.cell_min_v, reading.cell_max_v, reading.cell_min_c, reading.cell_max_c) == (None, None, None, None)
    assert reading.soc_percent == 55
