"""What the maps of hybrids write: in which order, and all that a lease needs to be renewed."""

from pathlib import Path
import re

from modbus_connection.mock import MockModbusConnection, MockModbusUnit, WriteEvent
import pytest
import yaml

from localvpp.devices import DeviceRefusedError, MapHybrid, Space, decode_image, load_map, probe_hybrid

DUMPS = Path(__file__).parent / "dumps"

SMA_STILL = [(40793, [0, 0, 0, 0]), (40797, [0, 0, 0, 0, 0, 0]), (40236, [0, 2424])]
FALLS_BACK = [(0xE00A, [7]), (0xE00B, [300, 0])]
REMOTE = [(0xE004, [4])]

COMMANDS = [
    # All six registers each time, the other direction closed first.
    ("sma_hybrid", -1500, 60, [(40797, [0, 0, 0, 0, 0, 0]), (40793, [0, 1500, 0, 1500]), (40236, [0, 2289])]),
    ("sma_hybrid", 900, 60, [(40793, [0, 0, 0, 0]), (40797, [0, 900, 0, 900, 0, 0]), (40236, [0, 2290])]),
    ("sma_hybrid", 0, 60, SMA_STILL),
    # 1500 = 0x44BB8000, low word first; the time limit before the power, the command last.
    ("solaredge", -1500, 300, [*FALLS_BACK, (0xE00E, [0x8000, 0x44BB]), *REMOTE, (0xE00D, [3])]),
    ("solaredge", 1500, 300, [*FALLS_BACK, (0xE010, [0x8000, 0x44BB]), *REMOTE, (0xE00D, [4])]),
    ("solaredge", 0, 300, [*FALLS_BACK, *REMOTE, (0xE00D, [0])]),
]
KEPT = {0xE00A, 0xE004}
"""Modes in flash: once written, a renewal leaves them alone."""


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


async def hybrid(name: str, clock: Clock) -> tuple[MapHybrid, list[tuple[int, list[int]]]]:
    unit: MockModbusUnit = MockModbusConnection().for_unit(1)
    for space, registers in yaml.safe_load((DUMPS / f"{name}.yaml").read_text(encoding="utf-8"))["registers"].items():
        store = unit.holding if space == "holding" else unit.input
        store.update(registers)
        # What stands between the points can be read, too.
        for address in [near for point in registers for near in range(point, point + 64)]:
            store.setdefault(address, 0)
    device = load_map(name)
    built = MapHybrid(unit, device, await probe_hybrid(unit, device), clock)
    written: list[tuple[int, list[int]]] = []

    def note(event: WriteEvent) -> None:
        written.append((event.address, [int(value) for value in event.values]))

    unit.on_write(note)
    return built, written


@pytest.mark.parametrize(("name", "watts", "lease_s", "expected"), COMMANDS)
async def test_a_set_point_is_written_in_order_and_renewed(
    name: str, watts: int, lease_s: int, expected: list[tuple[int, list[int]]]
) -> None:
    clock = Clock()
    device, written = await hybrid(name, clock)
    await device.battery.set_power(watts, lease_s)
    assert written == expected
    written.clear()
    clock.now += lease_s / 2
    await device.battery.set_power(watts, lease_s)
    assert written == [each for each in expected if each[0] not in KEPT]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("sma_hybrid", [(40236, [0, 2424])]),
        ("solaredge", [(0xE00D, [7]), (0xE004, [1])]),
    ],
)
async def test_a_battery_is_given_back(name: str, expected: list[tuple[int, list[int]]]) -> None:
    device, written = await hybrid(name, Clock())
    await device.battery.release()
    assert written == expected


async def test_a_share_is_kept_for_an_outage() -> None:
    device, written = await hybrid("solaredge", Clock())
    await device.battery.set_reserve(30)
    assert written == [(0xE008, [0, 0x41F0])]  # 30 = 1.875 × 2^4


@pytest.mark.parametrize(
    "name", ["growatt_sph", "growatt_mod_tlxh", "kostal_plenticore", "sofar_hyd_g3", "foxess_h3", "solis_hybrid"]
)
async def test_a_battery_whose_set_point_would_not_end_is_only_read(name: str) -> None:
    device, written = await hybrid(name, Clock())
    assert (await device.battery.read()).power_w
    why_not = load_map(name).control.why_not
    assert why_not is not None
    with pytest.raises(DeviceRefusedError, match=f"is not controlled: {re.escape(why_not)}"):
        await device.battery.set_power(-1000, 300)
    assert not written


@pytest.mark.parametrize(
    ("name", "power_w", "grid_w", "connected"),
    [
        ("growatt_sph", -1234.5, 12.3 - 6553.8, None),
        ("growatt_mod_tlxh", 2345.6, -7777.7, True),
        ("sofar_hyd_g3", 800, 1230, True),
        ("sma_hybrid", -4800, 2750, None),
        ("solaredge", 3210.375, None, True),
        ("kostal_plenticore", -2750, None, None),
        ("foxess_h3", -1987, None, None),
        ("solis_hybrid", 2345, 4321, None),
    ],
)
async def test_battery_and_grid_have_the_sign_of_home_assistant(
    name: str, power_w: float, grid_w: float | None, connected: bool | None
) -> None:
    device, _ = await hybrid(name, Clock())
    told = await device.snapshot()
    assert told.battery.power_w == pytest.approx(power_w)
    assert told.inverter.grid_power_w == (None if grid_w is None else pytest.approx(grid_w))
    assert told.inverter.grid_connected is connected


@pytest.mark.parametrize(
    ("words", "state"),
    [((0, 0), "on_grid"), ((1, 0), "off_grid"), ((0, 1), None), ((1, 1), None), ((0xFFFF, 0xFFFF), None)],
)
def test_a_solaredge_tells_of_its_grid_by_both_words(words: tuple[int, int], state: str | None) -> None:
    image = {Space.HOLDING: dict(enumerate(words, 40113))}
    assert decode_image(load_map("solaredge"), image)["grid_state"].value == state
