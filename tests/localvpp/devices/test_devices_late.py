"""A device that sleeps at the start is asked again, and is there when it has woken; another one in its place is not."""

from dataclasses import replace

from conftest import Clock
from modbus_connection import IllegalDataAddressError, ModbusTimeoutError
from modbus_connection.mock import MockModbusUnit
import pytest
from sunspec_image import legacy

from localvpp.devices import (
    DeviceNonsenseError,
    DeviceSilentError,
    Identity,
    LateBattery,
    LateInverter,
    LateMeter,
    LateSunSpec,
    MapMeter,
    SunSpecDevice,
    load_map,
)
from localvpp.devices.silence import INVERTER, METER

WHO = Identity(manufacturer="Maker", model="Hybrid", serial="A-1")


async def test_an_inverter_that_sleeps_is_asked_now_and_then_and_read_once_it_wakes(
    mock_modbus_unit: MockModbusUnit, clock: Clock
) -> None:
    for address, words in legacy().registers.items():
        mock_modbus_unit.holding[address] = words
    told: list[SunSpecDevice] = []
    late = LateSunSpec(mock_modbus_unit, WHO, told.append, clock=clock)
    inverter, battery = LateInverter(late), LateBattery(late)
    mock_modbus_unit.fail_requests(ModbusTimeoutError())
    await late.wait()
    assert asked(mock_modbus_unit) == [40000], "one request is all that a silent device costs"
    for _ in range(2):
        with pytest.raises(DeviceSilentError, match=r"inverter Maker Hybrid \(serial A-1\) does not answer"):
            await inverter.read()
    assert asked(mock_modbus_unit) == []
    assert (told, battery.controllable, inverter.door.due) == ([], False, True)
    # The next base, and the next: a device may keep silent about addresses outside of its map.
    for base, pause_s in ((50000, INVERTER.first_pause_s), (0, 2 * INVERTER.first_pause_s)):
        await inverter.door.knock()
        assert asked(mock_modbus_unit) == [base]
        clock.now += pause_s - 1
        assert not inverter.door.due
        clock.now += 1
        assert inverter.door.due
    mock_modbus_unit.fail_requests(None)
    with pytest.raises(DeviceSilentError):
        await inverter.read()
    await inverter.door.knock()
    assert (await inverter.read()).ac_power_w == 1800
    assert (await battery.read()).power_w is not None
    assert len(told) == 1
    assert told[0].battery is not None
    # From then on its door is that of the device.
    mock_modbus_unit.fail_requests(ModbusTimeoutError())
    with pytest.raises(DeviceSilentError):
        await inverter.read()
    assert inverter.door.due
    mock_modbus_unit.fail_requests(None)
    await inverter.door.knock()
    assert (await inverter.read()).ac_power_w == 1800


def asked(unit: MockModbusUnit) -> list[int]:
    """The addresses that were asked for since the last look."""
    addresses = [event.address for event in unit.read_events]
    unit.read_events.clear()
    return addresses


async def test_a_map_that_begins_elsewhere_is_found_however_the_other_addresses_are_answered(
    mock_modbus_unit: MockModbusUnit, clock: Clock
) -> None:
    for address, words in legacy(base=50000).registers.items():
        mock_modbus_unit.holding[address] = words
    late = LateSunSpec(mock_modbus_unit, WHO, lambda _: None, clock=clock)
    mock_modbus_unit.fail_read(40000, ModbusTimeoutError())
    with pytest.raises(DeviceSilentError):
        await LateInverter(late).read()
    await late.knock()
    assert (await LateInverter(late).read()).ac_power_w == 1800
    mock_modbus_unit.fail_read(40000, IllegalDataAddressError())
    assert (await LateInverter(LateSunSpec(mock_modbus_unit, WHO, lambda _: None)).read()).ac_power_w == 1800


async def test_a_device_without_a_marker_is_told_and_asked_again_as_rarely_as_a_silent_one(
    mock_modbus_unit: MockModbusUnit, clock: Clock
) -> None:
    late = LateSunSpec(mock_modbus_unit, WHO, lambda _: None, clock=clock)
    for is_due in (True, False):
        with pytest.raises(DeviceNonsenseError, match=r"does not speak SunSpec .*no marker at 40000, 50000, 0"):
            await late.device()
        assert late.due is is_due
        await late.knock()


async def test_another_device_in_its_place_is_not_read(mock_modbus_unit: MockModbusUnit) -> None:
    for address, words in legacy().registers.items():
        mock_modbus_unit.holding[address] = words
    told: list[SunSpecDevice] = []
    other = Identity(manufacturer="Maker", model="Hybrid", serial="B-2")
    with pytest.raises(DeviceNonsenseError, match="set an exchanged inverter up again"):
        await LateInverter(LateSunSpec(mock_modbus_unit, other, told.append)).read()
    assert told == []


# --- a meter ----------------------------------------------------------------------------------------


METER_TYPE = Identity(manufacturer="Eastron", model="SDM120-Modbus")
METER_SERIAL = replace(METER_TYPE, serial="12000101")


async def test_a_meter_that_is_dead_is_asked_now_and_then_and_read_once_it_answers(
    sdm120: MockModbusUnit, clock: Clock
) -> None:
    told: list[MapMeter] = []
    meter = LateMeter(sdm120, load_map("eastron_sdm120"), METER_SERIAL, opened=told.append, clock=clock)
    sdm120.fail_requests(ModbusTimeoutError())
    await meter.wait()
    assert len(asked(sdm120)) == 1, "one request is all that a silent device costs"
    for _ in range(METER.strikes):
        with pytest.raises(DeviceSilentError, match=r"the meter Eastron SDM120-Modbus \(serial 12000101\) does not"):
            await meter.read()
    assert (len(asked(sdm120)), meter.door.due) == (METER.strikes - 1, True)
    assert (told, meter.identity) == ([], METER_SERIAL)
    for pause_s in (METER.first_pause_s, 2 * METER.first_pause_s, METER.longest_alone_s):
        await meter.door.knock()
        assert len(asked(sdm120)) == 1
        clock.now += pause_s - 1
        assert not meter.door.due
        clock.now += 1
        assert meter.door.due
    sdm120.fail_requests(None)
    with pytest.raises(DeviceSilentError):
        await meter.read()
    await meter.door.knock()
    assert (await meter.read()).import_wh == 1_234_567
    assert len(told) == 1


async def test_a_meter_that_was_never_set_up_is_whoever_answers(sdm120: MockModbusUnit) -> None:
    meter = LateMeter(sdm120, load_map("eastron_sdm120"))
    assert meter.identity == METER_TYPE
    await meter.read()
    assert meter.identity == METER_SERIAL


async def test_another_meter_in_its_place_is_told_and_not_read_until_the_right_one_answers(
    sdm120: MockModbusUnit, clock: Clock
) -> None:
    right = replace(METER_TYPE, serial="12000102")
    told: list[MapMeter] = []
    others: list[Identity] = []
    meter = LateMeter(sdm120, load_map("eastron_sdm120"), right, opened=told.append, another=others.append, clock=clock)
    for _ in range(METER.strikes):
        with pytest.raises(DeviceNonsenseError, match=r"\(serial 12000101\) answers in the place of .*12000102\)"):
            await meter.read()
    assert (others, told, meter.identity) == ([METER_SERIAL] * METER.strikes, [], right)
    assert meter.door.due, "it is asked as rarely as a silent one from now on"
    sdm120.holding[0xFC00] = [0x00B7, 0x1B66]
    await meter.door.knock()
    assert (await meter.read()).import_wh == 1_234_567
    assert len(told) == 1
    assert meter.identity == right
