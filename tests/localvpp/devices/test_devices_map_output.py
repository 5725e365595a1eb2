"""What a register map says of limiting an inverter and of its leaving the grid: with a lease, or not at all."""

from collections.abc import Callable
import re

from conftest import Clock
from modbus_connection.mock import MockModbusUnit, WriteEvent
import pytest

from localvpp.devices import (
    DeviceRefusedError,
    Identity,
    Limitable,
    MapHybrid,
    Reserving,
    Separable,
    available_maps,
    load_map,
    parse_map,
)

MAP = """
schema: 2
id: some
manufacturer: Maker
model: H1
class: hybrid
source: none
verified: by this test
rated_power_w: 5000
limits: {max_registers: 50}
defaults: {space: holding, type: u16}
points:
  frequency_hz: {address: 1, unit: Hz, scale: 0.01}
  soc_percent: {address: 6, unit: "%"}
settings:
  most: {address: 200, type: u16, unit: W, scale: 100, volatile: true}
  seconds: {address: 201, type: u16, unit: s, volatile: true}
  enabled: {address: 202, type: u16, states: {0: "no", 1: "yes"}}
  grid: {address: 210, type: u16, states: {0: away, 1: there}, volatile: true}
  away_seconds: {address: 211, type: u16, unit: s, volatile: true}
control:
  lease: {kind: timer, shortest_s: 10, longest_s: 600}
  limit: [{most: power, seconds: lease}, {enabled: "yes"}]
  unlimit: [{enabled: "no"}]
  go_off_grid: [{grid: away, away_seconds: lease}]
  reconnect: [{grid: there}]
  writes_per_day: 8
"""

type Written = list[tuple[int, list[int]]]


def hybrid(unit: MockModbusUnit, clock: Clock, text: str = MAP) -> tuple[MapHybrid, Written]:
    device = parse_map("some.yaml", text)
    written: Written = []

    def note(event: WriteEvent) -> None:
        written.append((event.address, [int(value) for value in event.values]))

    unit.on_write(note)
    return MapHybrid(unit, device, Identity(manufacturer="Maker", model="H1"), clock), written


async def test_a_limit_is_written_with_its_lease_and_renewed(mock_modbus_unit: MockModbusUnit, clock: Clock) -> None:
    device, written = hybrid(mock_modbus_unit, clock)
    output = device.output
    assert isinstance(output, Limitable)
    assert isinstance(output, Separable)
    assert (output.limitable, output.separable, output.reconnectable) == (True, True, True)
    await output.limit(1250, 60)  # 12 steps of 100 W, rounded down
    assert written == [(200, [12, 60]), (202, [1])]
    clock.now += 30
    await output.limit(1250, 60)
    assert written[2:] == [(200, [12, 60])], "what is in flash stands"
    clock.now += 60
    await output.limit(1250, 60)
    assert written[3:] == [(200, [12, 60]), (202, [1])], "the device had fallen back by itself"
    await output.unlimit()
    assert written[5:] == [(202, [0])]
    for lease_s in (0, 9, 601):
        with pytest.raises(ValueError, match="needs a lease from 10 to 600"):
            await output.limit(1250, lease_s)


async def test_it_leaves_the_grid_with_a_lease_and_returns(mock_modbus_unit: MockModbusUnit, clock: Clock) -> None:
    device, written = hybrid(mock_modbus_unit, clock)
    await device.output.go_off_grid(120)
    clock.now += 59
    await device.output.go_off_grid(120)
    assert written == [(210, [0, 120])]
    await device.output.reconnect()
    assert written[1:] == [(210, [1])]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda text: text.replace("  lease: {kind: timer, shortest_s: 10, longest_s: 600}\n", ""), "limit"),
        (lambda text: text.replace('  unlimit: [{enabled: "no"}]\n', ""), "limit"),
        (lambda text: text.replace("  reconnect: [{grid: there}]\n", ""), "go_off_grid"),
        (lambda text: text.replace("most: power, seconds: lease", "most: power, seconds: 60"), "limit"),
        (lambda text: text.replace("grid: away, away_seconds: lease", "grid: away"), "go_off_grid"),
    ],
)
def test_a_map_that_could_leave_an_inverter_without_an_end_is_refused(change: Callable[[str], str], told: str) -> None:
    assert change(MAP) != MAP
    with pytest.raises(ValueError, match=rf"some\.yaml.*: control\.{told} is "):
        parse_map("some.yaml", change(MAP))


async def test_to_return_alone_needs_no_lease(mock_modbus_unit: MockModbusUnit, clock: Clock) -> None:
    begin, end = MAP.index("  lease:"), MAP.index("  reconnect:")
    text = MAP[:begin] + "  why_no_limit: it would not end\n" + MAP[end:].replace("  writes_per_day: 8\n", "")
    device, written = hybrid(mock_modbus_unit, clock, text)
    output = device.output
    assert (output.limitable, output.separable, output.reconnectable) == (False, False, True)
    with pytest.raises(DeviceRefusedError, match="the output of Maker H1 is not limited: it would not end"):
        await output.limit(1000, 60)
    with pytest.raises(DeviceRefusedError, match="is not taken off the grid"):
        await output.go_off_grid(60)
    assert written == []
    await output.reconnect()
    assert written == [(210, [1])]


RESERVES = {"huawei_sun2000", "solaredge", "solis_hybrid", "sungrow_sh", "victron_gx"}


@pytest.mark.parametrize("name", [name for name in available_maps() if load_map(name).device_class == "hybrid"])
async def test_what_the_maps_of_the_product_command(mock_modbus_unit: MockModbusUnit, clock: Clock, name: str) -> None:
    described = load_map(name)
    device = MapHybrid(mock_modbus_unit, described, Identity(manufacturer="Maker", model="H1"), clock)
    assert isinstance(device.battery, Reserving)
    assert device.battery.reservable is (name in RESERVES)
    # No maker publishes a register for it that the device ends by itself.
    output = device.output
    assert (output.limitable, output.separable, output.reconnectable) == (False, False, False)
    reason = described.control.why_no_limit or "no limit of its output is known"
    with pytest.raises(DeviceRefusedError, match=re.escape(reason)):
        await device.output.limit(1000, 60)


async def test_a_reserve_of_a_solis_is_written_once(mock_modbus_unit: MockModbusUnit, clock: Clock) -> None:
    written: Written = []
    mock_modbus_unit.on_write(lambda event: written.append((event.address, [int(value) for value in event.values])))
    who = Identity(manufacturer="Solis", model="RHI")
    battery = MapHybrid(mock_modbus_unit, load_map("solis_hybrid"), who, clock).battery
    await battery.set_reserve(35)
    await battery.set_reserve(35)
    assert written == [(43024, [35])]
    with pytest.raises(ValueError, match="write 0 to 100"):
        await battery.set_reserve(101)
