"""A SunSpec device that sleeps at the start is asked again, and is there when it has woken."""

from conftest import Clock
from modbus_connection import ModbusTimeoutError
from modbus_connection.mock import MockModbusUnit
import pytest
from sunspec_image import legacy

from localvpp.devices import (
    DeviceNonsenseError,
    DeviceSilentError,
    Identity,
    LateBattery,
    LateInverter,
    LateSunSpec,
    SunSpecDevice,
)
from localvpp.devices.late import REOPEN_AFTER_S

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
    asked = len(mock_modbus_unit.read_events)
    mock_modbus_unit.fail_requests(None)
    clock.now += REOPEN_AFTER_S - 1
    with pytest.raises(DeviceSilentError):
        await inverter.read()
    assert len(mock_modbus_unit.read_events) == asked
    assert (told, battery.controllable) == ([], False)
    clock.now += 2
    assert (await inverter.read()).ac_power_w == 1800
    assert (await battery.read()).power_w is not None
    assert len(told) == 1
    assert told[0].battery is not None


async def test_another_device_in_its_place_is_not_read(mock_modbus_unit: MockModbusUnit) -> None:
    for address, words in legacy().registers.items():
        mock_modbus_unit.holding[address] = words
    told: list[SunSpecDevice] = []
    other = Identity(manufacturer="Maker", model="Hybrid", serial="B-2")
    with pytest.raises(DeviceNonsenseError, match="set an exchanged inverter up again"):
        await LateInverter(LateSunSpec(mock_modbus_unit, other, told.append)).read()
    assert told == []
