"""Lifetime counters of inverters and meters: a step back for one reading reaches no dashboard and no bill."""

from collections.abc import Callable
import logging

from conftest import Clock, f32
from modbus_connection import ModbusTimeoutError
from modbus_connection.mock import MockModbusConnection, MockModbusUnit
import pytest
from sunspec_image import Image, der, legacy

from localvpp.devices import (
    DeviceNonsenseError,
    DeviceSilentError,
    Identity,
    MapMeter,
    SunSpecDevice,
    available_maps,
    load_map,
    parse_map,
)
from localvpp.devices.mapping import DeviceClass
from localvpp.devices.meter import COUNTER_SLACK_WH
from localvpp.devices.rota import Pace

COUNTERS = {legacy: ("101.WH", 123_456, 10), der: ("701.TotWhInj", 9_007_199_254_740, 0.1)}
"""The register of the energy, what it shows, and what one step of it is in Wh."""

GIVEN = {legacy: "120.WRtg", der: "702.WMaxRtg"}


def load(unit: MockModbusUnit, image: Image) -> MockModbusUnit:
    unit.holding.clear()
    unit.holding.update(image.registers)
    return unit


@pytest.mark.parametrize("make", COUNTERS)
async def test_an_inverter_s_counter_that_steps_back_is_unknown_told_once_and_believed_again(
    make: Callable[[], Image], mock_modbus_unit: MockModbusUnit, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "localvpp")
    point, shown, step = COUNTERS[make]
    image = make()
    inverter = (await SunSpecDevice.open(load(mock_modbus_unit, image), clock)).inverter
    before = (await inverter.read()).energy_wh
    assert before == int(shown * step)
    for wrong in (shown - 10, shown // 3, 1, 2**31):
        image.set({point: wrong})
        load(mock_modbus_unit, image)
        clock.now += 1
        reading = await inverter.read()
        assert reading.energy_wh is None
        assert isinstance(failure := reading.failed["energy_wh"], DeviceNonsenseError)
        assert str(failure).startswith("the inverter Maker ")
        assert f"after {before} Wh" in str(failure)
        assert reading.ac_power_w is not None
    image.set({point: shown + 10})
    load(mock_modbus_unit, image)
    clock.now += 1
    reading = await inverter.read()
    assert (reading.energy_wh, reading.failed) == (int((shown + 10) * step), {})
    assert [record.levelname for record in caplog.records] == ["WARNING", "INFO"]


@pytest.mark.parametrize("make", COUNTERS)
async def test_an_inverter_s_counter_may_be_unknown_for_a_night_and_coarse(
    make: Callable[[], Image], mock_modbus_unit: MockModbusUnit, clock: Clock
) -> None:
    point, shown, step = COUNTERS[make]
    image = make()
    inverter = (await SunSpecDevice.open(load(mock_modbus_unit, image), clock)).inverter
    await inverter.read()
    image.set({point: -1})
    load(mock_modbus_unit, image)
    assert (await inverter.read()).energy_wh is None
    clock.now += 12 * 3600
    more = int(2000 / step)
    image.set({point: shown + more})
    load(mock_modbus_unit, image)
    assert (await inverter.read()).energy_wh == int((shown + more) * step)


@pytest.mark.parametrize("make", GIVEN)
async def test_a_plate_that_was_misread_is_read_again(
    make: Callable[[], Image], mock_modbus_unit: MockModbusUnit, clock: Clock
) -> None:
    image = make()
    image.set({GIVEN[make]: 0xFFFF})
    inverter = (await SunSpecDevice.open(load(mock_modbus_unit, image), clock)).inverter
    assert (await inverter.read()).rated_power_w is None
    load(mock_modbus_unit, make())
    clock.now += Pace.PLATE.value - 1
    mock_modbus_unit.fail_read(image.address(GIVEN[make]), ModbusTimeoutError())
    reading = await inverter.read()
    assert (reading.rated_power_w, reading.failed) == (None, {}), "a plate is not asked for at every poll"
    clock.now += 1
    assert len((await inverter.read()).failed) == 1
    mock_modbus_unit.fail_read(image.address(GIVEN[make]), None)
    await inverter.door.knock()
    for _ in range(2):  # Its turn is among those of what steers, until it has answered.
        clock.now += 1
        reading = await inverter.read()
    assert reading.rated_power_w == 5000


async def test_a_meter_s_first_reading_that_comes_with_nonsense_waits_to_be_confirmed(
    sdm120: MockModbusUnit, clock: Clock
) -> None:
    meter = MapMeter(sdm120, load_map("eastron_sdm120"), Identity(manufacturer="E", model="M"), clock)
    good = dict(sdm120.input)
    seen = []
    for kwh in (7e8, 3e8, 5e8):
        sdm120.input.update({0x0000: f32(-1e30), 0x0046: f32(3e38), 0x0048: f32(kwh), 0x004A: f32(kwh)})
        clock.now += 1
        reading = await meter.read()
        seen.append((reading.import_wh, reading.export_wh))
    assert seen == [(None, None)] * 3
    # A meter whose grid is away shows no voltage either, and what it counts does not move.
    sdm120.input.update({**good, 0x0000: f32(0.0), 0x0046: f32(0.0)})
    clock.now += 1
    assert (await meter.read()).import_wh is None
    clock.now += 1
    assert (await meter.read()).import_wh == 1_234_567
    sdm120.input.update(good)
    clock.now += 1
    assert (await meter.read()).import_wh == 1_234_567


async def test_a_meter_s_first_reading_counts_at_once_when_its_grid_is_there(
    sdm120: MockModbusUnit, clock: Clock
) -> None:
    for silent, gone in ((0x0000, "power"), (0x0046, "energy")):
        meter = MapMeter(sdm120, load_map("eastron_sdm120"), Identity(manufacturer="E", model="M"), clock)
        sdm120.fail_read(silent, ModbusTimeoutError(), register_type="input")
        if gone == "power":
            with pytest.raises(DeviceSilentError):  # The next reading asks the silent block last.
                await meter.read()
        reading = await meter.read()
        assert list(reading.failed) == [gone]
        assert reading.import_wh == (1_234_567 if gone == "power" else None)
        sdm120.fail_read(silent, None, register_type="input")


COARSE = """
schema: 2
id: coarse
manufacturer: M
model: M
class: meter
source: s
verified: v
rated_power_w: 5000
defaults: {space: holding}
points:
  power_w: {address: 0, type: i32, unit: W}
  import_wh: {address: 2, type: TYPE, unit: UNIT, range: [0, 2.0e+11]}
"""


def coarse(kind: str, unit: str) -> str:
    return COARSE.replace("TYPE", kind).replace("UNIT", unit)


@pytest.mark.parametrize(("unit", "step"), [("kWh", 1), ("kWh", 2), ("MWh", 2)])
async def test_a_meter_that_counts_in_large_steps_is_believed_at_each_of_them(
    unit: str, step: int, clock: Clock
) -> None:
    registers = MockModbusConnection().for_unit(1)
    registers.holding[0] = [0, 0, 0, 100]
    device = parse_map("coarse.yaml", coarse("u32", unit))
    meter = MapMeter(registers, device, Identity(manufacturer="M", model="M"), clock)
    wh = {"kWh": 1000, "MWh": 1_000_000}[unit]
    assert (await meter.read()).import_wh == 100 * wh
    for shown in (100 + step, 100 + 2 * step):
        clock.now += 1
        registers.holding[0] = [0, 0, 0, shown]
        assert (await meter.read()).import_wh == shown * wh
    clock.now += 1
    registers.holding[0] = [0, 0, 0, shown + 3]
    assert (await meter.read()).import_wh is None


@pytest.mark.parametrize("name", available_maps())
def test_the_slack_of_every_meter_covers_two_steps_of_its_counters(name: str) -> None:
    device = load_map(name)
    if device.device_class is DeviceClass.METER:
        assert 2 * device.energy_step_wh <= COUNTER_SLACK_WH, "its notes must say so, and so must this test"


def test_a_float_has_no_step_that_is_known() -> None:
    assert parse_map("coarse.yaml", coarse("f32", "MWh")).energy_step_wh == 0


async def test_a_counter_beyond_its_stated_range_is_unknown(clock: Clock) -> None:
    registers = MockModbusConnection().for_unit(1)
    registers.holding[0] = [0, 0, 0x7FFF, 0]
    meter = MapMeter(registers, parse_map("coarse.yaml", coarse("u32", "kWh")), Identity(manufacturer="M", model="M"))
    assert (await meter.read()).import_wh is None


async def test_a_first_reading_of_four_words_near_their_turn_waits_for_the_next(clock: Clock) -> None:
    registers = MockModbusConnection().for_unit(1)
    device = parse_map("coarse.yaml", coarse("u64", "Wh"))
    meter = MapMeter(registers, device, Identity(manufacturer="M", model="M"), clock)
    registers.holding[0] = [0, 0, 0, 0, 0x0002, 0xFFFF]
    assert (await meter.read()).import_wh is None
    clock.now += 1
    registers.holding[0] = [0, 0, 0, 0, 0x0002, 0x0001]
    assert (await meter.read()).import_wh is None
    clock.now += 1
    assert (await meter.read()).import_wh == 0x0002_0001


async def test_what_flowed_over_doubtful_readings_is_believed_at_the_first_good_one(clock: Clock) -> None:
    registers = MockModbusConnection().for_unit(1)
    device = parse_map("coarse.yaml", coarse("u32", "Wh").replace("5000", "50000"))
    meter = MapMeter(registers, device, Identity(manufacturer="M", model="M"), clock)
    registers.holding[0] = [0, 0, 0x0012, 0x0000]
    for _ in range(2):  # A first reading whose low word is near its turn is confirmed by the next.
        await meter.read()
    for _ in range(3):
        clock.now += 120
        registers.holding[0] = [0, 0, 0x0011, 0x8000]
        assert (await meter.read()).import_wh is None
    clock.now += 1
    # 50 kW for 361 s are 5013 Wh.
    registers.holding[0] = [0, 0, 0x0012, 5013]
    assert (await meter.read()).import_wh == 0x0012_0000 + 5013
