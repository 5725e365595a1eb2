"""A meter's registers become a reading in our signs; what fails becomes unknown and heals."""

from contextlib import nullcontext
import logging

from conftest import Clock, f32
from hypothesis import given, settings, strategies as st
from modbus_connection import (
    IllegalDataAddressError,
    ModbusConnectionError,
    ModbusTimeoutError,
    ServerDeviceFailureError,
)
from modbus_connection.mock import MockModbusConnection, MockModbusUnit
import pytest

from localvpp.devices import (
    DeviceNonsenseError,
    DeviceRefusedError,
    DeviceSilentError,
    Identity,
    MapMeter,
    load_map,
    parse_map,
    probe_meter,
)
from localvpp.devices.mapping import Point, Space, components
from localvpp.devices.quantity import WordType
from localvpp.devices.silence import METER

MAP = load_map("eastron_sdm120")
WHO = Identity(manufacturer="Eastron", model="SDM120-Modbus", serial="12000101")


async def test_a_meter_is_read_in_two_short_blocks(sdm120: MockModbusUnit) -> None:
    reading = await MapMeter(sdm120, MAP, WHO).read()
    assert (reading.power_w, reading.voltage_v, reading.current_a) == (-812.5, 201.5, 4.25)
    assert (reading.import_wh, reading.export_wh) == (1_234_567, 89_700)
    assert reading.frequency_hz == pytest.approx(60.02, abs=1e-5)
    assert reading.failed == {}
    blocks = [(event.register_type, event.address, event.count) for event in sdm120.read_events]
    assert blocks == [("input", 0x0000, 14), ("input", 0x0046, 6)]


async def test_a_probe_reads_who_the_meter_is(sdm120: MockModbusUnit) -> None:
    assert await probe_meter(sdm120, MAP) == WHO.__class__(
        manufacturer="Eastron", model="SDM120-Modbus", serial=str(0x00B71B65)
    )


async def test_a_meter_without_a_serial_number_is_accepted(sdm120: MockModbusUnit) -> None:
    sdm120.fail_read(0xFC00, IllegalDataAddressError())
    assert (await probe_meter(sdm120, MAP)).serial is None


@pytest.mark.parametrize(
    ("error", "raised", "told"),
    [
        (ModbusTimeoutError("10 s"), DeviceSilentError, "check its power"),
        (ModbusConnectionError("refused"), DeviceSilentError, "cannot be reached"),
        (ServerDeviceFailureError(), DeviceRefusedError, "device type is right"),
    ],
)
async def test_a_probe_tells_what_to_do(
    sdm120: MockModbusUnit, error: Exception, raised: type[Exception], told: str
) -> None:
    sdm120.fail_requests(error)
    with pytest.raises(raised, match=told):
        await probe_meter(sdm120, MAP)
    sdm120.fail_requests(None)
    assert (await probe_meter(sdm120, MAP)).manufacturer == "Eastron"


async def test_a_probe_does_not_take_another_device_for_the_meter(mock_modbus_unit: MockModbusUnit) -> None:
    mock_modbus_unit.input[0] = [0x1234] * 80
    with pytest.raises(DeviceNonsenseError, match=r"voltage_v at input 0x0000, frequency_hz at input 0x0046"):
        await probe_meter(mock_modbus_unit, MAP)


async def test_a_probe_of_a_meter_refuses_the_map_of_a_relay(sdm120: MockModbusUnit) -> None:
    with pytest.raises(ValueError, match="the map relay describes a relay"):
        await probe_meter(sdm120, load_map("relay"))


@pytest.mark.parametrize(("silent", "gone"), [(0x000C, "power"), (0x0048, "energy")])
async def test_one_silent_block_leaves_the_other_alive(
    sdm120: MockModbusUnit, clock: Clock, silent: int, gone: str
) -> None:
    meter = MapMeter(sdm120, MAP, WHO, clock)
    await meter.read()
    sdm120.fail_read(silent, ModbusTimeoutError(), register_type="input")
    # A reading ends with a silent block; the next one asks that block last.
    with pytest.raises(DeviceSilentError) if gone == "power" else nullcontext():
        assert (await meter.read()).failed
    for _ in range(5):
        if meter.door.due:
            await meter.door.knock()
        reading = await meter.read()
        assert list(reading.failed) == [gone]
        assert isinstance(reading.failed[gone], DeviceSilentError)
        assert (reading.power_w is None, reading.import_wh is None) == (gone == "power", gone == "energy")
    sdm120.fail_read(silent, None, register_type="input")
    clock.now += METER.first_pause_s
    assert (await meter.read()).failed == {}


async def test_a_silent_meter_is_an_error_and_its_return_a_reading_within_seconds(
    sdm120: MockModbusUnit, clock: Clock
) -> None:
    meter = MapMeter(sdm120, MAP, WHO, clock)
    sdm120.fail_requests(ModbusTimeoutError())
    for _ in range(METER.strikes):
        assert not meter.door.due
        with pytest.raises(DeviceSilentError, match=r"meter Eastron SDM120-Modbus \(serial 12000101\)"):
            await meter.read()
    for pause_s in (0, 2, 4, 5, 5, 5):
        clock.now += pause_s - 0.1
        assert not meter.door.due or pause_s == 0
        clock.now += 0.1
        assert meter.door.due
        sdm120.read_events.clear()
        with pytest.raises(DeviceSilentError):
            await meter.read()
        await meter.door.knock()
        assert [(event.address, event.count) for event in sdm120.read_events] == [(0x0000, 2)]
    sdm120.fail_requests(None)
    clock.now += METER.longest_pause_s
    await meter.door.knock()
    assert (await meter.read()).power_w == -812.5


@pytest.mark.parametrize("garbage", [float("nan"), float("inf"), float("-inf"), -0.001, 1e12])
async def test_an_energy_that_cannot_be_is_unknown(sdm120: MockModbusUnit, garbage: float) -> None:
    sdm120.input[0x0048] = f32(garbage)
    reading = await MapMeter(sdm120, MAP, WHO).read()
    assert (reading.import_wh, reading.export_wh) == (None, 89_700)


@pytest.mark.parametrize(
    ("address", "field", "garbage"),
    [
        (0x0000, "voltage_v", 3276.7),
        (0x0000, "voltage_v", 0.0),
        (0x000C, "power_w", 2e6),
        (0x0046, "frequency_hz", 0.0),
    ],
)
async def test_a_value_out_of_its_range_is_unknown(
    sdm120: MockModbusUnit, address: int, field: str, garbage: float
) -> None:
    sdm120.input[address] = f32(garbage)
    assert getattr(await MapMeter(sdm120, MAP, WHO).read(), field) is None


async def test_a_counter_that_steps_back_is_unknown_reported_once_and_believed_again(
    sdm120: MockModbusUnit, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    meter = MapMeter(sdm120, MAP, WHO, clock)
    await meter.read()
    sdm120.input[0x0048] = f32(1000.0)
    for _ in range(3):
        clock.now += 1
        reading = await meter.read()
        assert (reading.import_wh, reading.export_wh) == (None, 89_700)
        assert isinstance(reading.failed["import_wh"], DeviceNonsenseError)
    sdm120.input[0x0048] = f32(1234.6)
    clock.now += 1
    reading = await meter.read()
    assert (reading.import_wh, reading.failed) == (1_234_600, {})
    assert [record.levelname for record in caplog.records] == ["WARNING", "INFO"]


async def test_a_meter_that_was_reset_is_believed_once_it_stays_there(sdm120: MockModbusUnit, clock: Clock) -> None:
    meter = MapMeter(sdm120, MAP, WHO, clock)
    await meter.read()
    seen = []
    for wh in (10, 11, 12, 13):
        sdm120.input[0x0048] = f32(wh / 1000)
        clock.now += 1
        seen.append((await meter.read()).import_wh)
    assert seen == [None, None, 12, 13]


async def test_a_replacement_counter_that_does_not_begin_anew_stays_unknown_and_says_what_to_do(
    sdm120: MockModbusUnit, clock: Clock
) -> None:
    meter = MapMeter(sdm120, MAP, WHO, clock)
    await meter.read()
    sdm120.input[0x0048] = f32(500.0)
    for _ in range(10):
        clock.now += 1
        reading = await meter.read()
        assert reading.import_wh is None
        assert "exchanged, set the device up again" in str(reading.failed["import_wh"])


async def test_energy_that_flowed_while_the_meter_was_out_of_reach_is_believed_at_once(
    sdm120: MockModbusUnit, clock: Clock
) -> None:
    meter = MapMeter(sdm120, MAP, WHO, clock)
    await meter.read()
    clock.now += 3600
    sdm120.input[0x0048] = f32(1242.0)
    assert (await meter.read()).import_wh == 1_242_000


SENTINELS = {
    WordType.U16: [0xFFFF, 0x7FFF],
    WordType.I16: [0x8000, 0x7FFF],
    WordType.U32: [0xFFFF_FFFF, 0x8000_0000],
    WordType.I32: [0x8000_0000, 0x7FFF_FFFF],
    WordType.U64: [0xFFFF_FFFF_FFFF_FFFF],
    WordType.I64: [0x8000_0000_0000_0000, 0x7FFF_FFFF_FFFF_FFFF],
}


@settings(max_examples=60)
@given(
    kind=st.sampled_from(list(SENTINELS)),
    words=st.sampled_from(["big", "little"]),
    unit=st.sampled_from([("power_w", "kW"), ("import_wh", "MWh"), ("voltage_v", "V")]),
    data=st.data(),
)
async def test_no_sentinel_of_a_map_ever_yields_a_number(
    kind: WordType, words: str, unit: tuple[str, str], data: st.DataObject
) -> None:
    sentinel = data.draw(st.sampled_from(SENTINELS[kind]))
    name, symbol = unit
    points = {
        "power_w": "{space: input, address: 100, type: f32, unit: W, range: [-1.0e+30, 1.0e+30]}",
        "import_wh": "{space: input, address: 110, type: f32, unit: Wh}",
    }
    points[name] = (
        f"{{space: holding, address: 0, type: {kind}, words: {words}, unit: {symbol}, sentinels: {SENTINELS[kind]},"
        " range: [-1.0e+30, 1.0e+30]}"
    )
    lines = "\n".join(f"  {point}: {fields}" for point, fields in points.items())
    device = parse_map(
        "m.yaml",
        "schema: 2\nid: m\nmanufacturer: M\nmodel: M\nclass: meter\nsource: s\nverified: v\nrated_power_w: 1\npoints:\n"
        + lines,
    )
    unit_under_test = MockModbusConnection().for_unit(1)
    registers = [sentinel >> 16 * (kind.words - 1 - index) & 0xFFFF for index in range(kind.words)]
    unit_under_test.holding[0] = registers if words == "big" else registers[::-1]
    (group,) = components(unit_under_test, device).values()
    await group.async_update()
    assert group.get(name) is None
    point = device.point(name)
    assert isinstance(point, Point)
    assert point.space is Space.HOLDING
