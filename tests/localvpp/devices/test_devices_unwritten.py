"""Unit 0 is read and never written to: behind a gateway it may be everybody."""

from modbus_connection.mock import MockModbusConnection, MockModbusUnit
import pytest

from localvpp.devices import DeviceRefusedError, Line, Lines, MapRelay, load_map, probe_relay
from localvpp.devices.wrapped import OneDoorUnit


@pytest.fixture
def unit() -> MockModbusUnit:
    return MockModbusConnection().for_unit(0)


async def test_what_is_read_is_answered(unit: MockModbusUnit) -> None:
    unit.holding[7] = 42
    assert await Line().unit(unit, 0).read_holding_registers(7, 1) == [42]


async def test_nothing_is_written_to_everybody(unit: MockModbusUnit) -> None:
    everybody = Lines().at(("tcp", "gateway", 502)).unit(unit, 0)
    assert isinstance(everybody, OneDoorUnit)
    for asked in (
        everybody.write_register(1, 2),
        everybody.write_registers(1, [2]),
        everybody.write_coil(1, True),
        everybody.write_coils(1, [True]),
        everybody.mask_write_register(1, 2, 3),
        everybody.read_write_registers(1, 1, 2, [3]),
        everybody.write_file_record(1, 2, [3]),
        everybody.diagnostics(1),
    ):
        with pytest.raises(DeviceRefusedError, match="unit 0 may be the broadcast"):
            await asked
    assert unit.holding == {}
    assert unit.coil == {}


async def test_a_command_is_refused_with_the_remedy(unit: MockModbusUnit) -> None:
    described = load_map("relay")
    unit.coil.update({point.address: True for point in described.points})
    unit.discrete.update({point.address: True for point in described.points})
    everybody = Line().unit(unit, 0)
    relay = MapRelay(everybody, described, await probe_relay(everybody, described))
    with pytest.raises(DeviceRefusedError, match="set the device up with its own unit number"):
        await relay.command(False)


async def test_a_device_with_a_number_of_its_own_is_written_to(unit: MockModbusUnit) -> None:
    await Line().unit(unit, 1).write_register(1, 2)
    assert unit.holding == {1: 2}
