"""Inverters by night, by day and between: what sleeps is known to give nothing, and a battery obeys at any hour."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from modbus_connection.mock import MockModbusUnit, WriteEvent
import pytest
from simulated_building import DAY, SimulatedBuilding, simulated, write_home
from sunspec_image import Image, der, legacy

from localvpp.devices import DeviceRefusedError, OperatingState, SunSpecDevice
from localvpp.devices.inverting import DeviceBattery
from localvpp.devices.sunspec import discover
from localvpp.devices.sunspec.der import FOLLOW_PV_W

type Building = Callable[..., AbstractAsyncContextManager[SimulatedBuilding]]

NAN_I16, NAN_U16 = 0x8000, 0xFFFF
MIDNIGHT, NOON = DAY, DAY + timedelta(hours=12)
CONVERSION = 0.04
"""The PV is measured on the DC side, a few percent above what arrives at the AC terminals."""


@pytest.fixture
def building(tmp_path: Path, socket_enabled: None) -> Building:
    return partial(simulated, write_home(tmp_path / "home.csv"))


async def opened(building: SimulatedBuilding, flat: str) -> tuple[SunSpecDevice, DeviceBattery]:
    device = await SunSpecDevice.open(building.unit(flat, "inverter"), building.seconds)
    assert device.battery is not None
    return device, device.battery


async def pv_registers(building: SimulatedBuilding, flat: str) -> list[int]:
    """The words in which an inverter shows the power of its PV."""
    unit = building.unit(flat, "inverter")
    models = await discover(unit)
    if ports := models.first(714):
        return await unit.read_holding_registers(ports.address + 32, 1)
    inputs = models.first(160)
    assert inputs is not None
    return [(await unit.read_holding_registers(inputs.address + 21 + 20 * k, 1))[0] for k in (0, 1)]


@pytest.mark.parametrize("flat", ["101", "102"])
async def test_a_battery_is_charged_discharged_and_held_at_night(building: Building, flat: str) -> None:
    async with building(MIDNIGHT) as house:
        device, battery = await opened(house, flat)
        assert set(await pv_registers(house, flat)) <= {NAN_I16, NAN_U16}, "at night the device shows no PV power"
        for watts in (900, -700, 0):
            await battery.set_power(watts, 60)
            house.pass_s(2)
            inverter, stored = await device.inverter.read(), await battery.read()
            assert (inverter.state, inverter.pv_power_w, inverter.failed) == (OperatingState.SLEEPING, 0, {})
            assert inverter.ac_power_w == pytest.approx(watts, abs=1)
            assert stored.power_w == pytest.approx(watts, abs=1)
            assert stored.set_point_w == pytest.approx(watts, abs=1)
            assert house.truth(flat).battery_mw == pytest.approx(1000 * watts, abs=1000)


@pytest.mark.parametrize("flat", ["101", "102"])
async def test_a_battery_is_charged_discharged_and_held_by_day(building: Building, flat: str) -> None:
    async with building(NOON) as house:
        device, battery = await opened(house, flat)
        for watts in (700, -900, 0):
            await battery.set_power(watts, 60)
            house.pass_s(2)
            inverter, stored = await device.inverter.read(), await battery.read()
            assert inverter.pv_power_w == pytest.approx(house.truth(flat).pv_dc_mw / 1000, abs=2)
            assert inverter.pv_power_w > 1000
            assert stored.power_w == pytest.approx(watts, abs=FOLLOW_PV_W + CONVERSION * inverter.pv_power_w)


@pytest.mark.parametrize("flat", ["101", "102"])
@pytest.mark.parametrize(
    ("start", "first_asleep"),
    [(DAY + timedelta(hours=17, minutes=44), False), (DAY + timedelta(hours=5, minutes=57), True)],
    ids=["dusk", "dawn"],
)
async def test_a_battery_keeps_its_power_while_the_sun_sets_and_rises(
    building: Building, flat: str, start: datetime, first_asleep: bool
) -> None:
    async with building(start, 20) as house:
        device, battery = await opened(house, flat)
        assert house.truth(flat).asleep is first_asleep
        seen, before = set[bool](), house.truth(flat).pv_dc_mw / 1000
        for _ in range(55):
            await battery.set_power(-600, 30)
            house.pass_s(1)
            truth = house.truth(flat)
            pv = truth.pv_dc_mw / 1000
            inverter, stored = await asyncio.gather(device.inverter.read(), battery.read())
            assert inverter.pv_power_w == pytest.approx(pv, abs=2) if not truth.asleep else inverter.pv_power_w == 0
            assert stored.power_w == pytest.approx(-600, abs=FOLLOW_PV_W + CONVERSION * before + abs(pv - before) + 2)
            seen.add(truth.asleep)
            before = pv
        assert seen == {True, False}
        assert house.truth(flat).asleep is not first_asleep


@pytest.mark.parametrize("flat", ["103", "302"])
async def test_an_inverter_with_pv_alone_gives_nothing_at_night_and_something_by_day(
    building: Building, flat: str
) -> None:
    async with building(MIDNIGHT) as house:
        night = await (await SunSpecDevice.open(house.unit(flat, "inverter"))).inverter.read()
        assert (night.pv_power_w, night.state, night.failed) == (0, OperatingState.SLEEPING, {})
    async with building(NOON) as house:
        day = await (await SunSpecDevice.open(house.unit(flat, "inverter"))).inverter.read()
        assert day.pv_power_w == pytest.approx(house.truth(flat).pv_dc_mw / 1000, abs=2)
        assert day.state is OperatingState.RUNNING


OFF, ON, WARNING, ERROR = range(4)
SLEEPING = 1


def load(unit: MockModbusUnit, image: Image) -> MockModbusUnit:
    unit.holding.clear()
    unit.holding.update(image.registers)
    return unit


@pytest.mark.parametrize(
    ("status", "state", "shown", "power"),
    [
        (OFF, 3, NAN_I16, 0),
        (OFF, SLEEPING, NAN_I16, 0),
        (NAN_U16, SLEEPING, NAN_I16, 0),
        (OFF, SLEEPING, 40, 40),
        (ON, 3, 0, 0),
        (ON, 3, NAN_I16, None),
        (ON, SLEEPING, NAN_I16, None),
        (WARNING, SLEEPING, NAN_I16, None),
        (ERROR, SLEEPING, NAN_I16, None),
        *((NAN_U16, state, NAN_I16, None) for state in (0, 2, 3, 4, 5, 6, 7, NAN_U16)),
    ],
)
async def test_a_port_without_a_power_is_off_only_if_the_device_says_so(
    mock_modbus_unit: MockModbusUnit, status: int, state: int, shown: int, power: float | None
) -> None:
    image = der()
    image.set({"701.InvSt": state, "701.W": 480, "714.Prt/1/DCSta": status, "714.Prt/1/DCW": shown})
    device = await SunSpecDevice.open(load(mock_modbus_unit, image))
    assert device.battery is not None
    assert (await device.inverter.read()).pv_power_w == power
    assert (await device.battery.read()).power_w == 500, "the battery's own port tells of it at any hour"
    if power is not None:
        return
    written: list[WriteEvent] = []
    mock_modbus_unit.on_write(written.append)
    with pytest.raises(DeviceRefusedError, match="the PV's power is unknown at present"):
        await device.battery.set_power(-500, 60)
    assert written == []


@pytest.mark.parametrize(
    ("ac", "battery", "power"),
    [
        (1000, 500, 0),  # measured a little differently, and a moment apart
        (1001, 500, None),
        (0, -501, None),  # the battery is charged by something that is not the AC side
        (-520, -500, 0),
        (2450, NAN_I16, 0),  # the battery tells nothing that the status could be held against
        (NAN_I16, 500, 0),
    ],
)
async def test_a_port_that_says_off_while_the_power_must_come_from_it_is_unknown(
    mock_modbus_unit: MockModbusUnit, ac: int, battery: int, power: float | None
) -> None:
    image = der()
    image.set(
        {"701.W": ac, "714.Prt/1/DCSta": OFF, "714.Prt/1/DCW": NAN_I16, "714.Prt/2/DCW": battery, "714.Prt/2/DCSta": ON}
    )
    device = await SunSpecDevice.open(load(mock_modbus_unit, image))
    assert (await device.inverter.read()).pv_power_w == power


async def test_a_port_that_gives_power_without_a_type_leaves_the_pv_unknown(mock_modbus_unit: MockModbusUnit) -> None:
    image = Image({1: 0, 701: 0, 713: 0, 714: 3})
    image.set({"1.Mn": "Maker", "1.Md": "DER", "713.SoC": 50, "714.NPrt": 3, "714.Prt/1/DCW": 2000})
    image.set({"714.Prt/1/PrtTyp": 0, "714.Prt/2/PrtTyp": 1, "714.Prt/2/DCW": -300})
    device = await SunSpecDevice.open(load(mock_modbus_unit, image))
    assert (await device.inverter.read()).pv_power_w == 2000, "a port that is not there tells nothing and is nothing"
    mock_modbus_unit.holding[image.address("714.Prt/3/DCW")] = 1500
    assert (await device.inverter.read()).pv_power_w is None


@pytest.mark.parametrize(("state", "power"), [(2, 0), (1, None), (3, None), (4, None), (7, None), (8, None)])
async def test_the_first_generation_s_inputs_without_a_status_are_off_only_while_the_inverter_sleeps(
    mock_modbus_unit: MockModbusUnit, state: int, power: float | None
) -> None:
    image = legacy()
    image.set({"101.St": state, "160.module/1/DCW": NAN_U16, "160.module/2/DCW": NAN_U16, "160.module/4/DCW": NAN_U16})
    device = await SunSpecDevice.open(load(mock_modbus_unit, image))
    assert device.battery is not None
    assert (await device.inverter.read()).pv_power_w == power
    assert (await device.battery.read()).power_w is None, "a battery does not sleep with the sun"


@pytest.mark.parametrize(
    ("models", "points"), [((101,), {"101.DCW": NAN_I16, "101.St": 2}), ((701,), {"701.W": NAN_I16, "701.InvSt": 1})]
)
async def test_pv_alone_without_inputs_is_off_only_while_it_sleeps(
    mock_modbus_unit: MockModbusUnit, models: tuple[int, ...], points: dict[str, int]
) -> None:
    image = Image({1: 0} | dict.fromkeys(models, 0))
    image.set({"1.Mn": "Maker", "1.Md": "PV", **points})
    device = await SunSpecDevice.open(load(mock_modbus_unit, image))
    reading = await device.inverter.read()
    assert (reading.pv_power_w, reading.ac_power_w, reading.state) == (0, None, OperatingState.SLEEPING)
    image.set({"101.St": 4} if 101 in models else {"701.InvSt": 3})
    load(mock_modbus_unit, image)
    assert (await device.inverter.read()).pv_power_w is None
