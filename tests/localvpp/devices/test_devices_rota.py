"""Which blocks of a device are asked in a second, and for how long their values stand."""

import asyncio
from collections import defaultdict
from math import inf
from typing import override

from conftest import Clock
from hypothesis import given, strategies as st
from modbus_connection import IllegalDataAddressError, ModbusTimeoutError
from modbus_connection.mock import MockModbusConnection, MockModbusUnit
import pytest
from sunspec_image import Image, der, legacy

from localvpp.devices import (
    Battery,
    Charger,
    DeviceClass,
    DeviceSilentError,
    Identity,
    MapCharger,
    MapHybrid,
    MapMeter,
    Meter,
    SunSpecDevice,
    available_maps,
    load_map,
    parse_map,
)
from localvpp.devices.mapping import MapError, parts
from localvpp.devices.rota import MOST_REQUESTS, TURNS, Pace, Rota

WHO = Identity(manufacturer="M", model="M")

PACES = st.dictionaries(st.text("abcdefghijklmnop", min_size=1, max_size=2), st.sampled_from(Pace), max_size=20)


def seconds(rota: Rota, paces: dict[str, Pace], count: int) -> list[frozenset[str]]:
    """What is asked in so many seconds, the first of which has asked for everything."""
    asked = dict.fromkeys(paces, 0)
    found = []
    for second in range(1, count + 1):
        due = rota.due({name: second - at for name, at in asked.items()})
        for name in due:
            del asked[name]
        asked |= {name: second for name in paces if name in due}
        found.append(due)
    return found


@given(paces=PACES)
def test_the_first_reading_asks_for_everything(paces: dict[str, Pace]) -> None:
    assert Rota(paces).due(dict.fromkeys(paces, inf)) == paces.keys()


@given(paces=PACES)
def test_no_second_asks_for_more_than_there_is_room_and_no_value_outlives_its_bound(paces: dict[str, Pace]) -> None:
    rota = Rota(paces)
    always = {name for name, pace in paces.items() if pace is Pace.ALWAYS}
    waited: defaultdict[str, int] = defaultdict(int)
    for due in seconds(rota, paces, 400):
        assert len(due) <= max(MOST_REQUESTS, len(always) + 1)
        assert always <= due
        for name in paces:
            waited[name] = 0 if name in due else waited[name] + 1
            if name not in always:
                assert rota.stands(name, waited[name]), f"{name} is asked before its values are too old"


def test_what_steers_is_asked_each_second_and_the_slow_share_what_is_left() -> None:
    paces = {"power": Pace.STEERS, "soc": Pace.STEERS, **dict.fromkeys(("a", "b", "c"), Pace.SLOW), "p": Pace.PLATE}
    asked = seconds(Rota(paces), paces, 60)
    assert all({"power", "soc"} <= due for due in asked)
    assert [sorted(due - {"power", "soc"}) for due in asked[:7]] == [["a"], ["b"], ["c"], ["a"], ["b"], ["c"], ["a"]]
    assert [number for number, due in enumerate(asked, 1) if "p" in due] == [60]


def test_where_nothing_is_left_the_slow_have_their_turn_all_the_same() -> None:
    paces = {**dict.fromkeys(("a", "b", "c"), Pace.STEERS), "slow": Pace.SLOW}
    asked = seconds(Rota(paces), paces, 110)
    assert sum("slow" in due for due in asked) in {9, 10, 11}
    assert all(sum(name in due for due in asked) >= 98 for name in ("a", "b", "c"))


def test_after_seconds_without_a_reading_what_they_would_have_asked_is_asked() -> None:
    paces = dict.fromkeys("abcdef", Pace.STEERS)
    waited = dict.fromkeys(paces, 2.0)
    assert len(Rota(paces).due(waited, since_s=1.0)) == 3
    assert len(Rota(paces).due(waited, since_s=1.9)) == 6


def test_a_plate_that_failed_is_not_unknown_until_its_next_turn() -> None:
    paces = {"power": Pace.STEERS, "plate": Pace.PLATE}
    assert Rota(paces).due({"power": 1.0, "plate": 1.0}) == {"power"}
    assert Rota(paces).due({"power": 1.0, "plate": 1.0}, {"plate"}) == {"power", "plate"}


# --- Maps -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", available_maps())
def test_each_part_of_a_map_is_one_request_and_together_they_are_all_of_it(name: str) -> None:
    device = load_map(name)
    unit = MockModbusUnit(MockModbusConnection(), 1)
    found = parts(device)
    for part in found:
        plan = part.component(unit, device)._build_plan()
        assert sum(len(blocks) for blocks in plan.blocks.values()) == 1, part.name
    assert len({part.name for part in found}) == len(found)
    told = {point.name for part in found for point in part.points}
    assert told >= {point.name for point in device.points if point.name not in {"serial", "version", "battery_serial"}}


@pytest.mark.parametrize("name", available_maps())
def test_a_meter_s_energy_is_always_asked_and_a_power_steers(name: str) -> None:
    device = load_map(name)
    for part in parts(device):
        measured = {point.name for point in part.points}
        if device.device_class is DeviceClass.METER and measured & {"import_wh", "export_wh"}:
            assert part.pace is Pace.ALWAYS
        elif device.device_class is DeviceClass.HYBRID:
            steers = {"soc_percent", "battery_power_w", "pv_power_w", "ac_power_w", "grid_power_w", "grid_state"}
            if measured & steers:
                assert part.pace is Pace.STEERS, part.name
            assert part.pace is not Pace.ALWAYS


class Everywhere(MockModbusUnit):
    """Has all registers, of 0 but for some, and counts its questions."""

    def __init__(self) -> None:
        super().__init__(MockModbusConnection(), 1)
        self.asked = 0
        self.words: dict[int, int] = {}

    @override
    async def read_holding_registers(self, address: int, count: int) -> list[int]:
        self.asked += 1
        return [self.words.get(each, 0) for each in range(address, address + count)]

    @override
    async def read_input_registers(self, address: int, count: int) -> list[int]:
        return await self.read_holding_registers(address, count)


METERS = [name for name in available_maps() if load_map(name).device_class is DeviceClass.METER]
CHARGERS = [name for name in available_maps() if load_map(name).device_class is DeviceClass.EV_CHARGER]
HYBRIDS = [name for name in available_maps() if load_map(name).device_class is DeviceClass.HYBRID]


@pytest.mark.parametrize("name", [*METERS, *CHARGERS, *HYBRIDS])
async def test_no_map_takes_more_than_three_requests_in_a_second_after_the_first(name: str, clock: Clock) -> None:
    device, unit = load_map(name), Everywhere()
    driver: Meter | Battery | Charger
    if name in METERS:
        driver = MapMeter(unit, device, WHO, clock)
    elif name in CHARGERS:
        driver = MapCharger(unit, device, WHO, clock)
    else:
        driver = MapHybrid(unit, device, WHO, clock).battery
    assert (await driver.read()).failed.keys() <= {"import_wh", "export_wh"}, "a meter without voltage waits"
    assert unit.asked == len(parts(device))
    for _ in range(130):
        clock.now += 1
        unit.asked = 0
        assert (await driver.read()).failed == {}
        assert unit.asked <= 3


def test_a_direction_that_another_request_tells_is_refused() -> None:
    text = """
schema: 2
id: m
manufacturer: M
model: M
class: hybrid
source: s
verified: v
rated_power_w: 5000
defaults: {space: holding, type: u16}
points:
  soc_percent: {address: 0, unit: "%"}
  battery_power_w: {address: 4, unit: W, direction: {by: flags, positive: gives, negative: takes}}
  flags: {address: 6, states: {0: takes, 1: gives}}
"""
    with pytest.raises(MapError, match="direction is 'flags'; one request must read both"):
        parse_map("m.yaml", text)
    assert parse_map("m.yaml", text.replace("points:", "limits: {max_gap: 1}\npoints:")).point("flags")


# --- Devices --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("make", [legacy, der])
async def test_a_sunspec_device_takes_three_requests_in_a_second_and_tells_the_age_of_what_was_not_asked(
    make: type[Image], mock_modbus_unit: MockModbusUnit, clock: Clock
) -> None:
    mock_modbus_unit.holding.update(make().registers)
    device = await SunSpecDevice.open(mock_modbus_unit, clock)
    told = await device.snapshot()
    assert told.inverter.ages_ms == told.battery.ages_ms == {}
    oldest: defaultdict[str, int] = defaultdict(int)
    for _ in range(130):
        clock.now += 1
        mock_modbus_unit.read_events.clear()
        told = await device.snapshot()
        assert len(mock_modbus_unit.read_events) == 3
        assert told.inverter.failed == told.battery.failed == {}
        assert None not in {told.inverter.rated_power_w, told.inverter.pv_power_w, told.battery.soc_percent}
        for name, age in (*told.inverter.ages_ms.items(), *told.battery.ages_ms.items()):
            oldest[name] = max(oldest[name], age)
    assert oldest["soc_percent"] in {1000, 2000}
    assert "rated_power_w" not in oldest, "a plate has no age"
    assert max(oldest.values()) <= 15_000


@pytest.mark.parametrize("error", [ModbusTimeoutError(), IllegalDataAddressError()])
async def test_a_block_that_fails_leaves_its_neighbours_known_in_the_same_second(
    mock_modbus_unit: MockModbusUnit, clock: Clock, error: Exception
) -> None:
    image = legacy()
    mock_modbus_unit.holding.update(image.registers)
    device = await SunSpecDevice.open(mock_modbus_unit, clock)
    await device.snapshot()
    mock_modbus_unit.fail_read(image.headers[160], error)
    for _ in range(5):
        clock.now += 1
        if device.door.due:
            await device.door.knock()
        told = await device.snapshot()
        assert list(told.inverter.failed) == ["mppt"]
        assert (told.inverter.pv_power_w, told.battery.power_w) == (None, None), "what it told is unknown at once"
        assert None not in {told.inverter.ac_power_w, told.inverter.grid_connected, told.battery.soc_percent}


async def test_a_device_that_fell_silent_is_unknown_at_once_however_young_its_values_are(
    mock_modbus_unit: MockModbusUnit, clock: Clock
) -> None:
    mock_modbus_unit.holding.update(legacy().registers)
    device = await SunSpecDevice.open(mock_modbus_unit, clock)
    await device.snapshot()
    mock_modbus_unit.fail_requests(ModbusTimeoutError())
    clock.now += 1
    with pytest.raises(DeviceSilentError):
        await device.snapshot()


async def test_a_counter_s_spike_is_not_confirmed_by_standing(clock: Clock) -> None:
    unit = Everywhere()
    hybrid = MapHybrid(unit, load_map("huawei_sun2000"), WHO, clock)
    unit.words = {32106: 0, 32107: 1000}
    for _ in range(60):
        clock.now += 1
        assert (await hybrid.inverter.read()).pv_wh == 10_000
    unit.words[32106] = 5
    seen = []
    for _ in range(30):
        clock.now += 1
        reading = await hybrid.inverter.read()
        if reading.pv_wh is None:
            seen.append(str(reading.failed["pv_wh"]))
            unit.words[32106] = 0  # It was there for one moment.
        else:
            assert reading.pv_wh == 10_000
    assert len(seen) >= 5, "it stood for some seconds, as unknown"
    assert len(set(seen)) == 1


async def test_a_charger_s_spike_is_not_confirmed_by_standing(clock: Clock) -> None:
    unit = Everywhere()
    charger = MapCharger(unit, load_map("webasto_next"), WHO, clock)
    unit.words = {1037: 10_000}
    for _ in range(59):
        clock.now += 1
        assert (await charger.read()).charge_wh == 10_000
    unit.words[1036] = 5
    unknown = 0
    for _ in range(10):  # Its plate takes the counter's turns.
        clock.now += 1
        reading = await charger.read()
        if reading.charge_wh is None:
            assert reading.failed.keys() == {"charge_wh"}
            unknown += 1
        else:
            assert reading.charge_wh == 10_000
        unit.words[1036] = 0  # It was there for one moment.
    assert unknown >= 5, "it stood for some seconds, as unknown"
    ages = []
    for _ in range(60):
        clock.now += 1
        reading = await charger.read()
        assert reading.charge_wh == 10_000
        ages += [reading.ages_ms] if reading.ages_ms else []
    assert ages[:2] == [{"charge_wh": 1000}, {"charge_wh": 2000}], "its plate has its turns again"


async def test_after_a_writing_the_set_point_is_asked_first_also_when_it_came_amid_a_reading(
    mock_modbus_unit: MockModbusUnit, clock: Clock
) -> None:
    image = legacy()
    mock_modbus_unit.holding.update(image.registers)
    device = await SunSpecDevice.open(mock_modbus_unit, clock)
    for _ in range(4):
        await device.snapshot()
        clock.now += 1
        mock_modbus_unit.read_events.clear()
        reading = asyncio.create_task(device.snapshot())
        while not mock_modbus_unit.read_events:
            await asyncio.sleep(0)
        device.commanded()
        assert (await reading).inverter.failed == {}
        mock_modbus_unit.read_events.clear()
        told = await device.snapshot()
        assert image.headers[124] in {event.address for event in mock_modbus_unit.read_events}
        assert "set_point_w" not in told.battery.ages_ms
        assert len(mock_modbus_unit.read_events) == 3


def test_a_bound_is_three_turns() -> None:
    rota = Rota({"a": Pace.STEERS, "b": Pace.SLOW, "p": Pace.PLATE})
    assert [rota.stands_s(name) for name in ("a", "b", "p")] == [TURNS, 10 * TURNS, 60 * TURNS]
    stretched = Rota(dict.fromkeys("abcdef", Pace.STEERS))
    assert stretched.stands_s("a") == 2 * TURNS
