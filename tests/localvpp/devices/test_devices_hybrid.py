"""A hybrid described by a map: what is derived from its registers, and how its battery is commanded and let go."""

from collections.abc import Callable

from modbus_connection.mock import MockModbusConnection, MockModbusUnit
import pytest

from localvpp.devices import (
    DeviceNonsenseError,
    DeviceRefusedError,
    FlashWrites,
    MapHybrid,
    OperatingState,
    load_map,
    parse_map,
    probe_hybrid,
)

MAP = """
schema: 2
id: some
manufacturer: Maker
model: H1
class: hybrid
source: s
verified: v
rated_power_w: 5000
defaults: {space: holding, type: u16}
limits: {max_gap: 10}
points:
  state: {address: 0, states: {1: grid, 2: island}, islanded: [island], connected: [grid], operating: {grid: running}}
  frequency_hz: {address: 1, unit: Hz, scale: 0.01}
  pv1_power_w: {address: 2, unit: W, sentinels: [0xFFFF]}
  pv2_power_w: {address: 3, unit: W, sentinels: [0xFFFF]}
  battery_power_w: {address: 4, unit: W, direction: {by: flags, positive: gives, negative: takes}}
  flags: {address: 5, states: {0: takes, 1: gives, 2: contactor}, islanded: {some: [contactor], none: [takes, gives]}}
  soc_percent: {address: 6, unit: "%"}
  charge_wh: {address: 7, unit: kWh}
settings:
  mode: {address: 100, type: u16, states: {0: self, 1: forced}}
  watts: {address: 101, type: u16, unit: W, scale: 10}
  seconds: {address: 102, type: u16, unit: s, volatile: true}
control:
  lease: {kind: timer, shortest_s: 10, longest_s: 600}
  charge: [{mode: forced}, {watts: power, seconds: lease}]
  discharge: [{mode: forced}, {watts: power, seconds: lease}]
  hold: [{mode: forced}, {watts: 0, seconds: lease}]
  release: [{mode: self}]
  writes_per_day: 8
"""


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def unit() -> MockModbusUnit:
    unit = MockModbusConnection().for_unit(1)
    for address, value in enumerate((1, 5000, 1000, 500, 700, 2, 55, 12)):
        unit.holding[address] = value
    return unit


@pytest.fixture
async def hybrid(unit: MockModbusUnit, clock: Clock) -> MapHybrid:
    device = parse_map("some.yaml", MAP)
    return MapHybrid(unit, device, await probe_hybrid(unit, device), clock)


async def test_one_poll_gives_inverter_and_battery(hybrid: MapHybrid) -> None:
    told = await hybrid.snapshot()
    assert (told.inverter.pv_power_w, told.inverter.state) == (1500, OperatingState.RUNNING)
    assert (told.inverter.grid_connected, told.inverter.frequency_hz) == (True, 50)
    assert (told.battery.power_w, told.battery.soc_percent, told.battery.charge_wh) == (700, 55, 12_000)


@pytest.mark.parametrize(
    ("registers", "expected"),
    [
        ({5: 1}, -700),
        ({5: 3}, None),
        ({5: 0}, None),
        ({5: 0, 4: 0}, 0),
    ],
)
async def test_a_battery_without_a_sign_takes_it_from_its_flags_or_is_unknown(
    hybrid: MapHybrid, unit: MockModbusUnit, registers: dict[int, int], expected: float | None
) -> None:
    unit.holding.update(registers)
    assert (await hybrid.battery.read()).power_w == expected


async def test_one_unknown_string_leaves_the_sum_unknown(hybrid: MapHybrid, unit: MockModbusUnit) -> None:
    unit.holding[3] = 0xFFFF
    assert (await hybrid.inverter.read()).pv_power_w is None


async def test_a_string_that_a_model_lacks_counts_for_nothing(unit: MockModbusUnit, clock: Clock) -> None:
    text = MAP.replace(
        "pv2_power_w: {address: 3, unit: W, sentinels: [0xFFFF]}",
        "pv2_power_w: {address: 3, unit: W, absent: [0xFFFF]}",
    )
    assert text != MAP
    device = parse_map("some.yaml", text)
    hybrid = MapHybrid(unit, device, await probe_hybrid(unit, device), clock)
    unit.holding[3] = 0xFFFF
    assert (await hybrid.inverter.read()).pv_power_w == 1000
    with pytest.raises(ValueError, match="point soc_percent: absent is "):
        parse_map("some.yaml", text.replace('{address: 6, unit: "%"}', '{address: 6, unit: "%", absent: [0]}'))


async def test_phases_are_added_and_one_that_is_unknown_leaves_the_sum_unknown(
    unit: MockModbusUnit, clock: Clock
) -> None:
    phases = "load_power_w: {address: 20, type: i16, unit: W, sum: 3, sentinels: [0x7FFF]}\n  charge_wh"
    device = parse_map("some.yaml", MAP.replace("charge_wh", phases))
    unit.holding.update({20: 300, 21: 0xFF9C, 22: 50})
    hybrid = MapHybrid(unit, device, await probe_hybrid(unit, device), clock)
    assert (await hybrid.inverter.read()).load_power_w == 250
    unit.holding[21] = 0x7FFF
    assert (await hybrid.inverter.read()).load_power_w is None
    with pytest.raises(ValueError, match="point charge_wh: sum is 2"):
        parse_map("some.yaml", MAP.replace("charge_wh: {address: 7,", "charge_wh: {address: 7, sum: 2,"))


@pytest.mark.parametrize(
    ("registers", "connected"),
    [({0: 2}, False), ({0: 3}, None), ({5: 4}, False), ({5: 6}, True), ({0: 3, 5: 4}, False)],
)
async def test_whatever_says_that_it_is_separated_from_the_grid_is_heard(
    hybrid: MapHybrid, unit: MockModbusUnit, registers: dict[int, int], connected: bool | None
) -> None:
    unit.holding.update(registers)
    assert (await hybrid.inverter.read()).grid_connected is connected


async def test_a_probe_refuses_what_shows_no_frequency(unit: MockModbusUnit) -> None:
    unit.holding[1] = 0
    with pytest.raises(DeviceNonsenseError, match="no likely value for frequency_hz at holding 1"):
        await probe_hybrid(unit, parse_map("some.yaml", MAP))


def written(unit: MockModbusUnit) -> list[int | None]:
    return [unit.holding.get(address) for address in (100, 101, 102)]


async def test_a_set_point_is_written_with_its_lease_and_renewed_at_half_of_it(
    hybrid: MapHybrid, unit: MockModbusUnit, clock: Clock
) -> None:
    await hybrid.battery.set_power(-1239, 60)
    assert written(unit) == [1, 123, 60]  # Towards 0: never more than was asked for.
    assert (await hybrid.battery.read()).set_point_w == -1239
    unit.holding[101] = unit.holding[100] = 0
    clock.now += 29
    await hybrid.battery.set_power(-1239, 60)
    assert written(unit) == [0, 0, 60]
    clock.now += 1
    await hybrid.battery.set_power(-1239, 60)
    assert written(unit) == [0, 123, 60]  # The mode is in flash and was not written again.
    clock.now += 60
    assert (await hybrid.battery.read()).set_point_w is None
    await hybrid.battery.set_power(-1239, 60)
    assert written(unit) == [1, 123, 60]  # Whatever the device did to its mode when the lease was over.


async def test_after_its_lease_ran_out_all_of_a_set_point_is_written_again(
    hybrid: MapHybrid, unit: MockModbusUnit, clock: Clock
) -> None:
    await hybrid.battery.set_power(-1239, 60)
    unit.holding[100] = 0  # The device has fallen back to its own mode by itself.
    clock.now += 60
    await hybrid.battery.set_power(-1239, 60)
    assert written(unit) == [1, 123, 60]


async def test_what_a_device_counts_its_time_from_is_written_with_each_renewal(
    unit: MockModbusUnit, clock: Clock
) -> None:
    renewed = MAP.replace("mode: {address: 100, ", "mode: {address: 100, renewed: true, ")
    device = parse_map("some.yaml", renewed)
    hybrid = MapHybrid(unit, device, await probe_hybrid(unit, device), clock)
    await hybrid.battery.set_power(-1239, 60)
    unit.holding[100] = 0
    clock.now += 30
    await hybrid.battery.set_power(-1239, 60)
    assert written(unit) == [1, 123, 60]


async def test_release_gives_the_battery_back(hybrid: MapHybrid, unit: MockModbusUnit) -> None:
    await hybrid.battery.set_power(9000, 60)
    assert written(unit) == [1, 500, 60]  # No more than the largest model can.
    await hybrid.battery.release()
    assert written(unit)[0] == 0
    assert (await hybrid.battery.read()).set_point_w is None


@pytest.mark.parametrize("lease_s", [0, 9, 601])
async def test_a_lease_that_the_device_cannot_keep_is_refused(hybrid: MapHybrid, lease_s: int) -> None:
    with pytest.raises(ValueError, match=f"lease_s is {lease_s}: .* from 10 to 600 seconds"):
        await hybrid.battery.set_power(100, lease_s)


async def test_a_days_writings_to_flash_are_bounded(hybrid: MapHybrid, clock: Clock) -> None:
    for watts in range(10, 80, 10):
        await hybrid.battery.set_power(watts, 60)
    assert (await hybrid.battery.read()).flash_writes == FlashWrites(written=8, most=8)
    with pytest.raises(DeviceRefusedError, match="written to 8 times in 24 hours"):
        await hybrid.battery.set_power(500, 60)
    clock.now += 86_401
    await hybrid.battery.set_power(500, 60)
    # The mode, too: the device had fallen back by itself.
    assert (await hybrid.battery.read()).flash_writes == FlashWrites(written=2, most=8)


FIXED = (
    MAP.replace("{kind: timer, shortest_s: 10, longest_s: 600}", "{kind: rewrite, after_s: 60, observed_s: 80}")
    .replace(", seconds: lease", "")
    .replace("{watts: 0}", "{watts: power}")
)


async def test_a_device_with_a_time_of_its_own_is_written_to_at_half_of_it(unit: MockModbusUnit, clock: Clock) -> None:
    hybrid = MapHybrid(
        unit, parse_map("some.yaml", FIXED), (await probe_hybrid(unit, parse_map("some.yaml", MAP))), clock
    )
    with pytest.raises(ValueError, match="falls back by itself 80 s after the last writing"):
        await hybrid.battery.set_power(100, 79)
    await hybrid.battery.set_power(100, 80)
    unit.holding[101] = 0
    clock.now += 29
    await hybrid.battery.set_power(100, 80)
    assert unit.holding[101] == 0
    clock.now += 1
    await hybrid.battery.set_power(100, 80)
    assert unit.holding[101] == 10


AT_AC = (
    MAP.replace("watts: {address: 101, type: u16", "watts: {address: 101, type: i16, volatile: true")
    .replace("{watts: power,", "{watts: ac_charge_power,")
    .replace("{watts: 0,", "{watts: ac_charge_power,")
)


async def test_a_set_point_at_the_ac_terminals_moves_with_the_pv(unit: MockModbusUnit, clock: Clock) -> None:
    device = parse_map("some.yaml", AT_AC)
    hybrid = MapHybrid(unit, device, await probe_hybrid(unit, device), clock)
    await hybrid.battery.set_power(-500, 60)
    assert unit.holding[101] == 0x10000 - 100  # 1500 W of PV, of which 500 W are to be stored: 1000 W are fed in.
    assert (await hybrid.battery.read()).set_point_w == -500
    unit.holding[2] += 50
    await hybrid.battery.set_power(-500, 60)
    assert unit.holding[101] == 0x10000 - 100  # So little is noise.
    unit.holding[2] += 10
    await hybrid.battery.set_power(-500, 60)
    assert unit.holding[101] == 0x10000 - 106
    await hybrid.battery.set_power(0, 60)
    assert unit.holding[101] == 0x10000 - 156
    unit.holding[2] = 0xFFFF
    with pytest.raises(DeviceRefusedError, match="the PV's power is unknown at present"):
        await hybrid.battery.set_power(0, 60)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda text: text.replace("  lease: {kind: timer, shortest_s: 10, longest_s: 600}\n", ""), "lease"),
        (lambda text: text.replace("  release: [{mode: self}]\n", ""), "charge"),
        (lambda text: text.replace("  hold: [{mode: forced}, {watts: 0, seconds: lease}]\n", ""), "charge"),
        (
            lambda text: text.replace("kind: timer, shortest_s: 10, longest_s: 600", "kind: rewrite, after_s: 60"),
            "charge",
        ),
        (lambda text: text.replace("{watts: power, seconds: lease}", "{watts: power, mode: forced}", 1), "charge"),
        (lambda text: text.replace("{watts: 0, seconds: lease}", "{watts: 0}", 1), "hold"),
        (
            lambda _: FIXED.replace("hold: [{mode: forced}, {watts: power}]", "hold: [{mode: forced}, {watts: 0}]"),
            "hold",
        ),
        (lambda text: text.replace("[{mode: self}]", "[{mode: sleep}]"), "release.mode"),
        (lambda text: text.replace("[{mode: self}]", "[{mood: self}]"), "release"),
        (lambda text: text.replace("  writes_per_day: 8\n", ""), "writes_per_day"),
        (lambda text: text.replace("volatile: true", "unverified: true"), "unverified"),
        (lambda text: text.replace("1: forced", "1: power").replace("mode: forced", "mode: power"), "states"),
    ],
)
def test_a_map_that_could_leave_a_battery_without_an_end_is_refused(change: Callable[[str], str], told: str) -> None:
    assert change(MAP) != MAP
    with pytest.raises(ValueError, match=rf"some\.yaml.*: (control\.)?{told} is "):
        parse_map("some.yaml", change(MAP))


async def test_a_device_without_a_lease_says_why_its_battery_is_not_commanded(
    unit: MockModbusUnit, clock: Clock
) -> None:
    begin, end = MAP.index("settings:"), len(MAP)
    device = parse_map("some.yaml", MAP[:begin] + "control: {why_not: its set-point has no end}\n" + MAP[end:])
    battery = MapHybrid(unit, device, await probe_hybrid(unit, device), clock).battery
    assert not battery.controllable
    with pytest.raises(DeviceRefusedError, match="Maker H1 is not controlled: its set-point has no end"):
        await battery.set_power(100, 60)


def test_every_hybrid_that_comes_with_the_product_commands_only_with_a_lease() -> None:
    control = load_map("huawei_sun2000").control
    assert control.has_set_point
    assert control.lease is not None


@pytest.mark.parametrize(("asked_s", "kept_s"), [(120, 120), (121, 180), (179, 180), (180, 180), (86_400, 86_400)])
def test_a_lease_that_is_counted_in_minutes_is_told_as_long_as_the_device_keeps_it(asked_s: int, kept_s: int) -> None:
    rule = load_map("huawei_sun2000").control.lease
    assert rule is not None
    assert rule.kept(asked_s) == kept_s


async def test_garbage_that_shows_neither_grid_nor_state_is_no_island(hybrid: MapHybrid, unit: MockModbusUnit) -> None:
    unit.holding.update({0: 0xBEEF, 1: 0, 5: 4})
    assert (await hybrid.inverter.read()).grid_connected is None
