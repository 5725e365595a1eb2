"""What is written to the hybrids whose maps come with the product: which registers, in which order, with which lease.

The register image is the one of the map's dump; the expected requests are worked out by hand from the sources.
"""

from pathlib import Path

from modbus_connection import ModbusUnit
from modbus_connection.mock import MockModbusConnection
import pytest
import yaml

from localvpp.devices import (
    BatteryReading,
    DeviceRefusedError,
    FlashWrites,
    InverterReading,
    MapHybrid,
    available_maps,
    load_map,
    probe_hybrid,
)
from localvpp.devices.errors import MemoryWornError
from localvpp.devices.inverting import Snapshot
from localvpp.devices.lease import Target
from localvpp.devices.mapping import Asked, DeviceClass, LeaseKind
from localvpp.devices.wear import Written

DUMPS = Path(__file__).parent / "dumps"
HYBRIDS = [name for name in available_maps() if load_map(name).device_class is DeviceClass.HYBRID]

type Requests = list[tuple[int, list[int]]]


async def built(name: str) -> tuple[MapHybrid, Requests]:
    unit = MockModbusConnection().for_unit(1)
    registers = yaml.safe_load((DUMPS / f"{name}.yaml").read_text(encoding="utf-8"))["registers"]
    unit.holding.update(registers.get("holding", {}))
    unit.input.update(registers.get("input", {}))
    requests: Requests = []
    _recorded(unit, requests)
    device = load_map(name)
    return MapHybrid(unit, device, await probe_hybrid(unit, device)), requests


def _recorded(unit: ModbusUnit, requests: Requests) -> None:
    write = unit.write_registers

    async def recorded(address: int, values: list[int]) -> None:
        requests.append((address, list(values)))
        await write(address, values)

    unit.write_registers = recorded  # type: ignore[method-assign]


@pytest.mark.parametrize("name", HYBRIDS)
def test_a_set_point_has_the_devices_own_lease_or_there_is_none_and_the_map_says_why(name: str) -> None:
    control = load_map(name).control
    if control.has_set_point:
        assert control.lease is not None
    else:
        assert (*control.charge, *control.discharge, *control.hold) == ()
        assert control.why_not


@pytest.mark.parametrize("name", HYBRIDS)
def test_a_command_that_is_cut_off_anywhere_ends_with_its_lease(name: str) -> None:
    control = load_map(name).control
    if not control.has_set_point or (control.lease is not None and control.lease.kind is LeaseKind.REWRITE):
        return  # What the device ends when it hears nothing needs no time from us.
    for command in (control.charge, control.discharge, control.hold):
        asked = [{value for _, value in step.writes} for step in command]
        (first, *_) = [at for at, each in enumerate(asked) if Asked.LEASE in each]
        moving = [at for at, each in enumerate(asked) if each & {Asked.POWER, Asked.DISCHARGE, Asked.CHARGE}]
        assert all(first <= at for at in [*moving, len(command) - 1]), "the time stands before what it ends"


async def test_a_battery_that_takes_or_gives_nothing_now_is_asked_for_nothing() -> None:
    hybrid, _ = await built("huawei_sun2000")
    empty = BatteryReading(max_charge_w=2500.0, max_discharge_w=0.0)
    orders = hybrid.battery._keeper.orders
    assert orders.target(3000, Snapshot(InverterReading(), empty)) == Target(0, 0)
    assert orders.target(-3000, Snapshot(InverterReading(), empty)) == Target(-2500, -2500)
    assert orders.target(3000, Snapshot(InverterReading(), BatteryReading())) == Target(3000, 3000)


async def test_a_battery_is_let_go_of_though_todays_writings_are_spent() -> None:
    hybrid, requests = await built("sungrow_sh")
    await hybrid.battery.set_power(1500, 60)
    wear = hybrid.battery.wear
    assert wear is not None
    wear.remember([Written(0.0, 6000)])
    requests.clear()
    with pytest.raises(DeviceRefusedError, match="its memory bears no more"):
        await hybrid.battery.set_power(2500, 60)
    assert requests == []
    await hybrid.battery.release()
    assert len(requests) == 1
    requests.clear()
    for _ in range(10):
        with pytest.raises(DeviceRefusedError):
            await hybrid.battery.set_power(2500, 60)
        await hybrid.battery.release()
    assert requests == [], "who is let go of already is not written to for that"


async def test_of_a_battery_whose_memory_is_worn_less_is_never_refused_it_is_stopped_once() -> None:
    hybrid, requests = await built("sungrow_sh")
    await hybrid.battery.set_power(-2500, 60)
    wear = hybrid.battery.wear
    assert wear is not None
    wear.remember([Written(0.0, 6000)])
    requests.clear()
    with pytest.raises(MemoryWornError):
        await hybrid.battery.set_power(-3000, 60)
    assert requests == [], "more is refused, and what stands is known all the same"
    await hybrid.battery.set_power(-1900, 60)
    assert requests == [(13079, [60]), (13049, [3, 0xCC, 0]), (13079, [60])], "stopped, and with a lease"
    requests.clear()
    for watts in range(-1800, -100, 100):
        with pytest.raises(MemoryWornError):
            await hybrid.battery.set_power(watts, 60)
    assert requests == [], "nothing stands that could be lessened again"


@pytest.mark.parametrize(("watts", "command"), [(1500, [3, 0xBB, 1500]), (-2500, [3, 0xAA, 2500]), (0, [3, 0xCC, 0])])
async def test_sungrow_is_never_told_a_power_without_its_heartbeat(watts: int, command: list[int]) -> None:
    hybrid, requests = await built("sungrow_sh")
    await hybrid.battery.set_power(watts, 60)
    assert requests == [(13079, [60]), (13049, command), (13079, [60])]
    assert (await hybrid.battery.read()).flash_writes == FlashWrites(written=1, most=6000)
    requests.clear()
    await hybrid.battery.release()
    assert requests == [(13049, [0, 0xCC])]


async def test_sungrow_keeps_a_reserve() -> None:
    hybrid, requests = await built("sungrow_sh")
    await hybrid.battery.set_reserve(30)
    await hybrid.battery.set_reserve(30)
    assert requests == [(13099, [30])]


async def test_victron_keeps_a_reserve_and_takes_no_power() -> None:
    hybrid, requests = await built("victron_gx")
    told = await hybrid.snapshot()
    assert (told.inverter.pv_power_w, told.inverter.grid_power_w, told.inverter.grid_connected) == (2220, -1000, True)
    await hybrid.battery.set_reserve(35)
    assert requests == [(2901, [350])]
    with pytest.raises(DeviceRefusedError, match=r"Victron GX .* is not controlled: its set-point that ends by itself"):
        await hybrid.battery.set_power(500, 60)


@pytest.mark.parametrize("name", ["solax_x1_gen4", "solax_x3_gen4"])
async def test_solax_is_told_its_power_and_the_time_of_it_in_one_request(name: str) -> None:
    hybrid, requests = await built(name)
    # The PV gives 1234 + 987 = 2221 W. 1000 W from the battery make 3221 W at the AC terminals, which SolaX counts as
    # −3221 = 0xFFFF_F36B, low word first.
    await hybrid.battery.set_power(1000, 20)
    assert requests == [(0x7C, [1, 1, 0xF36B, 0xFFFF, 0, 0, 20, 0, 0, 0, 0, 0, 0])]
    requests.clear()
    # 3000 W into the battery: 2221 W of them are the PV's, 779 = 0x030B are taken in.
    await hybrid.battery.set_power(-3000, 20)
    assert requests == [(0x7C, [1, 1, 0x030B, 0, 0, 0, 20, 0, 0, 0, 0, 0, 0])]
    requests.clear()
    # The battery still: all that the PV gives goes out, −2221 = 0xFFFF_F753.
    await hybrid.battery.set_power(0, 20)
    assert requests == [(0x7C, [1, 1, 0xF753, 0xFFFF, 0, 0, 20, 0, 0, 0, 0, 0, 0])]
    requests.clear()
    await hybrid.battery.release()
    assert requests == [(0x7C, [0] * 13)]
    assert (await hybrid.battery.read()).flash_writes is None


# The sources of these read across what lies between their values.
IN_BLOCKS = [
    "deye_1p",
    "deye_3p",
    "deye_3p_hv",
    "goodwe_et",
    "solax_x1_gen4",
    "solax_x3_gen4",
    "sungrow_sh",
    "victron_gx",
]


@pytest.mark.parametrize("name", IN_BLOCKS)
async def test_a_reading_takes_three_requests_at_most(name: str) -> None:
    unit = MockModbusConnection().for_unit(1)
    registers = yaml.safe_load((DUMPS / f"{name}.yaml").read_text(encoding="utf-8"))["registers"]
    unit.holding.update(registers.get("holding", {}))
    unit.input.update(registers.get("input", {}))
    device = load_map(name)
    spans: list[tuple[str, int, int]] = []
    for space in ("holding", "input"):
        _watched(unit, space, spans)
    hybrid = MapHybrid(unit, device, await probe_hybrid(unit, device))
    await hybrid.snapshot()  # With the plate, which is read once a minute.
    spans.clear()
    await hybrid.snapshot()
    assert len(spans) <= 3, spans
    assert all(count <= device.max_registers for _, _, count in spans)


def _watched(unit: ModbusUnit, space: str, spans: list[tuple[str, int, int]]) -> None:
    name = f"read_{space}_registers"
    read = getattr(unit, name)

    async def watched(address: int, count: int) -> object:
        spans.append((space, address, count))
        return await read(address, count)

    setattr(unit, name, watched)
