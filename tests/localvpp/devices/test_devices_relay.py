"""A contactor is what its feedback says, not what it was told."""

from modbus_connection import ModbusTimeoutError, ServerDeviceFailureError
from modbus_connection.mock import MockModbusUnit, WriteEvent
import pytest

from localvpp.devices import (
    DeviceRefusedError,
    DeviceSilentError,
    Identity,
    MapRelay,
    RelayReading,
    load_map,
    probe_relay,
)

MAP = load_map("relay")
WHO = Identity(manufacturer="Modbus", model="contactor with feedback")


async def test_feedback_is_told_apart_from_the_command(mock_modbus_unit: MockModbusUnit) -> None:
    mock_modbus_unit.coil[0] = True
    mock_modbus_unit.discrete[0] = [False, True]
    assert await MapRelay(mock_modbus_unit, MAP, WHO).read() == RelayReading(
        closed=False, energised=True, commanded=True
    )


async def test_a_command_writes_the_coil_and_nothing_else(mock_modbus_unit: MockModbusUnit) -> None:
    written: list[WriteEvent] = []
    mock_modbus_unit.on_write(written.append)
    relay = MapRelay(mock_modbus_unit, MAP, WHO)
    await relay.command(closed=True)
    await relay.command(closed=False)
    assert [(event.register_type, event.address, event.values) for event in written] == [
        ("coil", 0, [True]),
        ("coil", 0, [False]),
    ]


async def test_feedback_that_fails_is_unknown_and_heals(mock_modbus_unit: MockModbusUnit) -> None:
    mock_modbus_unit.discrete[0] = [True, True]
    relay = MapRelay(mock_modbus_unit, MAP, WHO)
    await relay.read()
    mock_modbus_unit.fail_read(0, ServerDeviceFailureError(), register_type="discrete")
    reading = await relay.read()
    assert (reading.closed, reading.energised, reading.commanded, list(reading.failed)) == (
        None,
        None,
        False,
        ["feedback"],
    )
    mock_modbus_unit.fail_read(0, None, register_type="discrete")
    assert (await relay.read()).closed is True


async def test_a_refused_command_is_an_error(mock_modbus_unit: MockModbusUnit) -> None:
    relay = MapRelay(mock_modbus_unit, MAP, WHO)
    mock_modbus_unit.fail_write(0, ServerDeviceFailureError(), register_type="coil")
    with pytest.raises(DeviceRefusedError, match="relay Modbus contactor with feedback, command"):
        await relay.command(closed=True)
    mock_modbus_unit.fail_write(0, None, register_type="coil")
    await relay.command(closed=True)
    assert (await relay.read()).commanded is True


async def test_a_probe_switches_nothing(mock_modbus_unit: MockModbusUnit) -> None:
    written: list[WriteEvent] = []
    mock_modbus_unit.on_write(written.append)
    assert await probe_relay(mock_modbus_unit, MAP) == WHO
    assert written == []
    mock_modbus_unit.fail_requests(ModbusTimeoutError())
    with pytest.raises(DeviceSilentError):
        await probe_relay(mock_modbus_unit, MAP)
