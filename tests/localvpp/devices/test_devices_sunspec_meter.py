"""Meters that describe themselves: what models 201 to 204 and 211 to 214 mean, and when they are not believed."""

from typing import Any

from conftest import Clock, f32
from hypothesis import given, settings, strategies as st
from modbus_connection import ModbusTimeoutError
from modbus_connection.mock import MockModbusConnection, MockModbusUnit
import pytest
from sunspec_image import Image, legacy

from localvpp.devices import (
    DeviceNonsenseError,
    DeviceSilentError,
    Identity,
    LateMeter,
    Meter,
    SunSpecMeter,
    open_device,
    probe_sunspec,
)
from localvpp.devices.sunspec.meter import COUNTER_SLACK_WH, METER_MODELS

# "SunS"; model 1 at 40002, 66 long; model 203 at 40070, 105 long; the end at 40177.
STAR: dict[int, list[int]] = {
    40000: [0x5375, 0x6E53],
    40002: [1, 66],
    40004: [0x4672, 0x6F6E, 0x6975, 0x7300, *[0] * 12],  # Mn "Fronius"
    40020: [0x534D, *[0] * 15],  # Md "SM"
    40036: [0] * 16,
    40052: [0x3737, 0x3838, *[0] * 14],  # SN "7788"
    40068: [200, 0x8000],
    40070: [203, 105],
    # A, AphA, AphB, AphC, A_SF: -12.34 A is 0xFB2E in hundredths.
    40072: [0xFB2E, 0x8000, 0x8000, 0x8000, 0xFFFE],
    # PhV, PhVphA..C, PPV, PPVphAB..CA, V_SF: 231.9 V on phase A, in tenths.
    40077: [0x8000, 2319, 2320, 2321, 4018, 0x8000, 0x8000, 0x8000, 0xFFFF],
    40086: [4999, 0xFFFE],  # Hz, Hz_SF: 49.99
    # W, WphA..C, W_SF: -2857 W, whole watts: 0x10000 - 2857 = 62679.
    40088: [62679, 0x8000, 0x8000, 0x8000, 0],
    40093: [0x8000] * 15,  # VA, VAr and PF, with their scales
    # TotWhExp 0x0001_86A3 = 100003, TotWhImp 0x0012_D687 = 1234567, TotWh_SF 1: 1 000 030 and 12 345 670 Wh.
    40108: [0x0001, 0x86A3, *[0] * 6, 0x0012, 0xD687, *[0] * 6, 1],
    40125: [0] * 50,
    40175: [0, 0],  # Evt
    40177: [0xFFFF, 0],
}


def load(unit: MockModbusUnit, registers: dict[int, int]) -> MockModbusUnit:
    unit.holding.clear()
    unit.holding.update(registers)
    return unit


def star() -> dict[int, int]:
    return {first + offset: word for first, words in STAR.items() for offset, word in enumerate(words)}


def meter_image(model: int, maker: str = "Maker", **values: Any) -> Image:
    image = Image({1: 0, model: 0})
    image.set({"1.Mn": maker, "1.Md": "Meter", "1.SN": "M-1"})
    if model < 210:
        shown = {
            "PhVphA": 1011,
            "V_SF": -1,
            "Hz": 6001,
            "Hz_SF": -2,
            "W": 40,
            "W_SF": 1,
            "TotWhImp": 5000,
            "TotWhExp": 70,
        }
    else:
        floats = {"PhVphA": 101.1, "Hz": 60.01, "W": 400.0, "TotWhImp": 5000.0, "TotWhExp": 70.0}
        shown = {name: word(value) for name, value in floats.items()}
    image.set({f"{model}.{name}": value for name, value in {**shown, **values}.items()})
    return image


def word(value: float) -> int:
    high, low = f32(value)
    return high << 16 | low


async def test_a_star_meter_by_a_register_image_that_was_worked_out_by_hand(
    mock_modbus_unit: MockModbusUnit, clock: Clock
) -> None:
    meter = await SunSpecMeter.open(load(mock_modbus_unit, star()), clock)
    assert isinstance(meter, Meter)
    assert meter.identity == Identity(manufacturer="Fronius", model="SM", serial="7788")
    mock_modbus_unit.read_events.clear()
    told = await meter.read()
    assert [(event.address, event.count) for event in mock_modbus_unit.read_events] == [(40070, 55)]
    assert (told.power_w, told.current_a, told.voltage_v, told.frequency_hz) == (-2857, -12.34, 231.9, 49.99)
    assert (told.import_wh, told.export_wh, told.failed) == (12_345_670, 1_000_030, {})


@pytest.mark.parametrize("model", METER_MODELS)
async def test_each_model_is_read(mock_modbus_unit: MockModbusUnit, model: int) -> None:
    meter = await SunSpecMeter.open(load(mock_modbus_unit, meter_image(model).registers))
    told = await meter.read()
    assert told.voltage_v == pytest.approx(101.1)
    assert told.frequency_hz == pytest.approx(60.01)
    assert (told.power_w, told.import_wh, told.export_wh) == (400, 5000, 70)


async def test_the_power_has_the_sign_of_its_maker_and_the_counters_have_names(
    mock_modbus_unit: MockModbusUnit,
) -> None:
    meter = await SunSpecMeter.open(load(mock_modbus_unit, meter_image(203, "SolarEdge").registers))
    told = await meter.read()
    assert (told.power_w, told.import_wh, told.export_wh) == (-400, 5000, 70)


@pytest.mark.parametrize(
    ("model", "values", "unknown"),
    [
        (203, {"W": 0x8000}, {"power_w"}),
        (203, {"W_SF": 0x8000}, {"power_w"}),
        (203, {"W_SF": 37}, {"power_w"}),
        (203, {"W": 30000, "W_SF": 2}, {"power_w"}),  # 3 MW
        (203, {"TotWhImp": 0}, {"import_wh"}),
        (203, {"TotWhExp": 0xFFFF_FFFF}, {"export_wh"}),
        (203, {"TotWh_SF": 0x8000}, {"import_wh", "export_wh"}),
        (203, {"TotWh_SF": 11}, {"import_wh", "export_wh"}),
        (203, {"PhVphA": 0x8000}, {"voltage_v"}),
        (203, {"Hz": 0xFFFF}, {"frequency_hz"}),
        (213, {"W": 0x7FC0_0000}, {"power_w"}),
        (213, {"W": 0x7F80_0000}, {"power_w"}),
        (213, {"TotWhImp": 0x7FC0_0000}, {"import_wh"}),
        (213, {"TotWhExp": 0xFF80_0000}, {"export_wh"}),
        (213, {"TotWhExp": 0xBF80_0000}, {"export_wh"}),  # -1.0
    ],
)
async def test_what_is_not_available_or_cannot_be_is_unknown(
    mock_modbus_unit: MockModbusUnit, model: int, values: dict[str, int], unknown: set[str]
) -> None:
    told = await (await SunSpecMeter.open(load(mock_modbus_unit, meter_image(model, **values).registers))).read()
    shown = ("power_w", "import_wh", "export_wh", "voltage_v", "frequency_hz")
    assert {name for name in shown if getattr(told, name) is None} == unknown


@pytest.mark.parametrize(
    ("values", "volts"),
    [
        ({"PhVphA": 0x8000, "PhV": 1005}, 100.5),
        ({"PhVphA": 0x8000, "PPV": 2022}, 202.2),  # a delta without a neutral
        ({"PhVphA": 0, "PPV": 4001}, None),  # between two phases of 231 V
    ],
)
async def test_the_voltage_is_that_of_a_phase_or_of_the_nearest_to_it(
    mock_modbus_unit: MockModbusUnit, values: dict[str, int], volts: float | None
) -> None:
    meter = await SunSpecMeter.open(load(mock_modbus_unit, meter_image(204, **values).registers))
    told = (await meter.read()).voltage_v
    assert told == (None if volts is None else pytest.approx(volts))


async def test_a_counter_that_steps_back_or_jumps_is_unknown_until_it_goes_on(
    mock_modbus_unit: MockModbusUnit, clock: Clock
) -> None:
    image = meter_image(203, TotWhImp=500_000)
    meter = await SunSpecMeter.open(load(mock_modbus_unit, image.registers), clock)
    assert (await meter.read()).import_wh == 500_000
    for shown, believed in [(499_999, None), (500_001, 500_001), (600_000, None), (500_002, 500_002)]:
        image.set({"203.TotWhImp": shown})
        load(mock_modbus_unit, image.registers)
        clock.now += 1
        told = await meter.read()
        assert told.import_wh == believed
        assert told.export_wh == 70
        assert ("import_wh" in told.failed) is (believed is None)


async def test_words_of_two_moments_are_not_believed_at_first(mock_modbus_unit: MockModbusUnit, clock: Clock) -> None:
    # 0x0001_FFFF became 0x0002_0000 between its two words.
    image = meter_image(203, TotWhImp=0x0002_FFFF)
    meter = await SunSpecMeter.open(load(mock_modbus_unit, image.registers), clock)
    assert (await meter.read()).import_wh is None
    image.set({"203.TotWhImp": 0x0002_0001})
    load(mock_modbus_unit, image.registers)
    assert (await meter.read()).import_wh is None
    clock.now += 1
    assert (await meter.read()).import_wh == 0x0002_0001


async def test_a_scale_factor_that_changes_with_its_counters_changes_no_energy(
    mock_modbus_unit: MockModbusUnit, clock: Clock
) -> None:
    image = meter_image(203, TotWhImp=1_234_560, TotWhExp=990)
    meter = await SunSpecMeter.open(load(mock_modbus_unit, image.registers), clock)
    await meter.read()
    image.set({"203.TotWhImp": 123_456, "203.TotWhExp": 99, "203.TotWh_SF": 1})
    load(mock_modbus_unit, image.registers)
    told = await meter.read()
    assert (told.import_wh, told.export_wh, told.failed) == (1_234_560, 990, {})


async def test_a_counter_of_whole_kilowatt_hours_may_take_its_step(
    mock_modbus_unit: MockModbusUnit, clock: Clock
) -> None:
    image = meter_image(203, TotWhImp=42, TotWh_SF=3)
    meter = await SunSpecMeter.open(load(mock_modbus_unit, image.registers), clock)
    assert (await meter.read()).import_wh == 42_000
    image.set({"203.TotWhImp": 43})
    load(mock_modbus_unit, image.registers)
    clock.now += 1
    assert (await meter.read()).import_wh == 43_000


PATTERNS = st.sampled_from((0, 1, 3, 10, 0x7FFF, 0x8000, 0xFFFF, 0x7FC0, 0x7F80)) | st.integers(0, 0xFFFF)
"""Words that sentinels, scale factors and infinities begin with, and any other."""


@settings(deadline=None, max_examples=60)
@given(
    model=st.sampled_from((203, 213)),
    broken=st.lists(st.dictionaries(st.integers(2, 69), PATTERNS, min_size=1, max_size=6), max_size=6),
)
async def test_no_corruption_of_a_reading_changes_an_energy(model: int, broken: list[dict[int, int]]) -> None:
    unit, clock = MockModbusConnection().for_unit(1), Clock()
    wh = {"TotWhImp": 300_000, "TotWhExp": 70_000}
    image = meter_image(model)
    meter = await SunSpecMeter.open(load(unit, image.registers), clock)
    for words in ({}, *(each for one in broken for each in (one, {}))):
        image.set({f"{model}.{name}": value if model < 210 else word(value) for name, value in wh.items()})
        load(unit, {**image.registers, **{image.headers[model] + at: value for at, value in words.items()}})
        told = await meter.read()
        for shown, true in ((told.import_wh, wh["TotWhImp"]), (told.export_wh, wh["TotWhExp"])):
            # What can have flowed in three seconds, and two steps.
            assert shown is None or abs(shown - true) <= COUNTER_SLACK_WH + 3 * 72_000 * 1.5 / 3600
        clock.now += 1
        wh = {name: value + 5 for name, value in wh.items()}


def both() -> Image:
    """An inverter with a meter behind it at the same unit number, as SolarEdge has it; and models nobody reads."""
    image = legacy()
    end = max(image.registers) - 1
    behind = Image({1: 0, 125: 0, 203: 0}, end - 2)
    behind.set(
        {
            "1.Mn": "SolarEdge", "1.Md": "WND-3Y", "1.SN": "M-9", "203.W": 55, "203.Hz": 60, "203.PhVphA": 101,
            "203.TotWhImp": 77, "203.TotWhExp": 33,
        }
    )  # fmt: skip
    marker = {end - 2, end - 1}
    image.registers |= {address: value for address, value in behind.registers.items() if address not in marker}
    return image


async def test_a_meter_behind_an_inverter_has_its_own_name(mock_modbus_unit: MockModbusUnit) -> None:
    load(mock_modbus_unit, both().registers)
    told = await probe_sunspec(mock_modbus_unit)
    assert told.models == (1, 101, 120, 122, 124, 160, 1, 125, 203)
    assert told.identity.serial == "A-1"
    assert told.meter is not None
    assert (told.inverter, told.meter.serial) == (True, "M-9")
    opened = await open_device(mock_modbus_unit, None)
    assert opened.models == told.models
    readings = await opened.read()
    assert readings.keys() == {"inverter", "battery", "meter"}
    assert readings["meter"].power_w == -55  # type: ignore[union-attr]  # a meter's reading
    assert (await SunSpecMeter.open(mock_modbus_unit)).identity == told.meter


async def test_an_inverter_is_no_meter(mock_modbus_unit: MockModbusUnit) -> None:
    load(mock_modbus_unit, legacy().registers)
    with pytest.raises(DeviceNonsenseError, match=r"none of a meter \(201, .*choose the unit number of the meter"):
        await SunSpecMeter.open(mock_modbus_unit)


async def test_a_model_that_is_too_short_is_not_misread(mock_modbus_unit: MockModbusUnit) -> None:
    image = meter_image(203)
    image.lengthen(203, -53)
    with pytest.raises(DeviceNonsenseError, match="gives model 203 the length 52, but what is needed"):
        await SunSpecMeter.open(load(mock_modbus_unit, image.registers))


async def test_a_silent_meter_is_found_when_it_answers(mock_modbus_unit: MockModbusUnit, clock: Clock) -> None:
    load(mock_modbus_unit, star())
    meter = LateMeter(mock_modbus_unit, None, clock=clock)
    assert str(meter.identity) == "SunSpec meter"
    mock_modbus_unit.fail_requests(ModbusTimeoutError())
    with pytest.raises(DeviceSilentError):
        await meter.read()
    mock_modbus_unit.fail_requests(None)
    assert (await meter.read()).import_wh == 12_345_670
    assert meter.identity.serial == "7788"
