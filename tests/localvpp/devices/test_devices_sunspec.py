"""SunSpec devices of both generations: what their registers mean, and how a set-point gets its lease."""

import asyncio
from contextlib import nullcontext
import importlib
import inspect
import pkgutil
from typing import Any

from conftest import Clock
from modbus_connection import (
    IllegalDataAddressError,
    ModbusConnectionError,
    ModbusTimeoutError,
    ServerDeviceFailureError,
)
from modbus_connection.mock import MockModbusUnit, WriteEvent
from modbus_connection.model.sunspec import SunSpecComponent, SunSpecModel
import pytest
from sunspec_image import BASE, Image, der, legacy

from localvpp.devices import (
    Battery,
    DeviceNonsenseError,
    DeviceRefusedError,
    DeviceSilentError,
    Inverter,
    Line,
    OperatingState,
    SunSpecDevice,
    open_device,
    probe_sunspec,
)
from localvpp.devices.line import HELD_S
from localvpp.devices.silence import INVERTER
from localvpp.devices.sunspec import models

GENERATED: dict[int, type[SunSpecComponent]] = {}
for _info in pkgutil.iter_modules(models.__path__):
    for _, _class in inspect.getmembers(importlib.import_module(f"{models.__name__}.{_info.name}"), inspect.isclass):
        if issubclass(_class, SunSpecComponent) and _class is not SunSpecComponent:
            GENERATED[int((_class.__doc__ or "").split("SunSpec model ")[1].split(":")[0])] = _class


def load(unit: MockModbusUnit, image: Image) -> MockModbusUnit:
    unit.holding.clear()
    unit.holding.update(image.registers)
    return unit


def raw(unit: MockModbusUnit, image: Image, name: str) -> int:
    point = image.placed[name]
    value = 0
    for index in range(point.size):
        word = unit.holding[point.offset + index]
        assert isinstance(word, int)
        value = value << 16 | word
    return value - (1 << 16 * point.size) if value >> (16 * point.size - 1) else value


async def opened(unit: MockModbusUnit, clock: Clock | None = None) -> tuple[SunSpecDevice, Battery]:
    device = await SunSpecDevice.open(unit, clock) if clock else await SunSpecDevice.open(unit)
    assert isinstance(device.inverter, Inverter)
    assert isinstance(device.battery, Battery)
    return device, device.battery


def test_all_models_of_the_script_were_generated() -> None:
    assert set(GENERATED) == {
        1, 101, 102, 103, 111, 112, 113, 120, 121, 122, 123, 124, 160,
        201, 202, 203, 204, 211, 212, 213, 214, 701, 702, 703, 704, 713, 714, 715, 802,
    }  # fmt: skip


@pytest.mark.parametrize("model", sorted(GENERATED))
async def test_no_sentinel_of_any_model_ever_yields_a_number(model: int, mock_modbus_unit: MockModbusUnit) -> None:
    image = Image({model: 2})
    count = {160: "160.N", 714: "714.NPrt"}.get(model)
    if count:
        image.set({count: 2})
    load(mock_modbus_unit, image)
    header = image.headers[model]
    component = GENERATED[model](mock_modbus_unit, SunSpecModel(model, header, image.registers[header + 1]))
    await component.async_update()
    seen: list[Any] = []
    for part in (component, *component._instances()):
        names = part.declared_fields.keys() - {"model_id", "model_length", "n", "n_prt"}
        seen += [getattr(part, name) for name in names]
    assert len(seen) > 4
    assert set(seen) <= {None, ""}


@pytest.mark.parametrize("base", [0, 40000, 50000])
async def test_a_device_is_found_at_each_base(base: int, mock_modbus_unit: MockModbusUnit) -> None:
    image = Image({1: 0, 101: 0}, base)
    image.set({"1.Mn": "Maker", "1.Md": "Only PV", "101.W": 700, "101.DCW": 720})
    load(mock_modbus_unit, image)
    identity = (await probe_sunspec(mock_modbus_unit)).identity
    assert (identity.manufacturer, identity.model, identity.serial) == ("Maker", "Only PV", None)
    device = await SunSpecDevice.open(mock_modbus_unit)
    reading = await device.inverter.read()
    assert (device.battery, reading.ac_power_w, reading.pv_power_w) == (None, 700, 720)


UNREAD = (125, 126, 127, 705, 706, 707, 708, 709, 710, 711, 712, 805)


async def test_models_that_nothing_is_read_of_are_walked_over_and_named(mock_modbus_unit: MockModbusUnit) -> None:
    image = Image({1: 0, **dict.fromkeys(UNREAD, 2), 101: 0})
    image.set({"1.Mn": "Maker", "1.Md": "Only PV", "101.W": 700, "101.Hz": 60, "101.PhVphA": 101, "101.DCW": 720})
    load(mock_modbus_unit, image)
    opened = await open_device(mock_modbus_unit, None)
    assert opened.models == (1, *UNREAD, 101)
    mock_modbus_unit.read_events.clear()
    assert (await opened.read())["inverter"].ac_power_w == 700  # type: ignore[union-attr]  # an inverter's reading
    first = image.headers[101]
    assert {event.address >= first for event in mock_modbus_unit.read_events} == {True}


async def test_a_base_that_is_refused_or_silent_does_not_hide_the_next(mock_modbus_unit: MockModbusUnit) -> None:
    image = Image({1: 0, 701: 0}, 0)
    image.set({"1.Mn": "Maker", "1.Md": "DER"})
    load(mock_modbus_unit, image)
    mock_modbus_unit.fail_read(40000, IllegalDataAddressError())
    mock_modbus_unit.fail_read(50000, ModbusTimeoutError())
    assert (await probe_sunspec(mock_modbus_unit)).identity.model == "DER"


@pytest.mark.parametrize(
    ("error", "raised", "told"),
    [
        (ModbusTimeoutError(), DeviceSilentError, "does not answer"),
        (ModbusConnectionError(), DeviceSilentError, "cannot be reached"),
        (IllegalDataAddressError(), DeviceNonsenseError, "no marker at 40000, 50000, 0"),
        (None, DeviceNonsenseError, "does not speak SunSpec"),
    ],
)
async def test_a_probe_tells_what_is_missing(
    mock_modbus_unit: MockModbusUnit, error: Exception | None, raised: type[Exception], told: str
) -> None:
    mock_modbus_unit.fail_requests(error)
    with pytest.raises(raised, match=told):
        await probe_sunspec(mock_modbus_unit)


async def test_a_chain_without_end_is_nonsense(mock_modbus_unit: MockModbusUnit) -> None:
    mock_modbus_unit.holding[BASE] = [0x5375, 0x6E53]
    with pytest.raises(DeviceNonsenseError, match="not terminated"):
        await probe_sunspec(mock_modbus_unit)


async def test_a_sunspec_meter_is_no_inverter(mock_modbus_unit: MockModbusUnit) -> None:
    image = Image({1: 0, 203: 0})
    image.set({"1.Mn": "Maker", "1.Md": "Meter"})
    with pytest.raises(DeviceNonsenseError, match="models 1, 203 and none of an inverter"):
        await SunSpecDevice.open(load(mock_modbus_unit, image))


async def test_the_first_generation_is_read_in_our_signs(mock_modbus_unit: MockModbusUnit) -> None:
    device, battery = await opened(load(mock_modbus_unit, legacy()))
    assert str(device.identity) == "Maker Hybrid (serial A-1)"
    inverter, stored = await asyncio.gather(device.inverter.read(), battery.read())
    assert (inverter.ac_power_w, inverter.pv_power_w, inverter.energy_wh) == (1800, 3000, 1_234_560)
    assert (inverter.frequency_hz, inverter.voltage_v, inverter.rated_power_w) == (60.01, 101.2, 5000)
    assert (inverter.grid_connected, inverter.state) == (True, OperatingState.RUNNING)
    assert (stored.power_w, stored.soc_percent, stored.capacity_wh) == (-1200, 64.2, 9800)
    assert (stored.max_charge_w, stored.max_discharge_w, stored.set_point_w) == (5000, 4000, None)


async def test_the_second_generation_is_read_in_our_signs(mock_modbus_unit: MockModbusUnit) -> None:
    device, battery = await opened(load(mock_modbus_unit, der()))
    inverter, stored = await asyncio.gather(device.inverter.read(), battery.read())
    assert (inverter.ac_power_w, inverter.pv_power_w, inverter.energy_wh) == (2450, 2000, 900_719_925_474)
    assert (inverter.frequency_hz, inverter.voltage_v, inverter.rated_power_w) == (60.01, 101.5, 5000)
    assert (inverter.grid_connected, inverter.grid_forming, inverter.island_capable) == (True, False, True)
    assert (inverter.reconnect_wait_s, inverter.state) == (0, OperatingState.RUNNING)
    assert (stored.power_w, stored.soc_percent, stored.capacity_wh) == (500, 55.5, 10_000)
    assert (stored.max_charge_w, stored.max_discharge_w, stored.set_point_w) == (4500, 4600, None)


@pytest.mark.parametrize(
    ("make", "point", "raw_value", "energy"),
    [
        (legacy, "101.WH", 0, None),
        (legacy, "101.WH", 0xFFFF_FFFF, None),
        (legacy, "101.WH", 1, 10),
        (der, "701.TotWhInj", 0, 0),
        (der, "701.TotWhInj", 0xFFFF_FFFF_FFFF_FFFF, None),
        (der, "701.TotWhInj", 14, 1),
    ],
)
async def test_an_energy_that_is_not_counted_is_unknown_and_one_that_is_counted_may_be_zero(
    make: Any, point: str, raw_value: int, energy: int | None, mock_modbus_unit: MockModbusUnit
) -> None:
    image = make()
    image.set({point: raw_value})
    device, _ = await opened(load(mock_modbus_unit, image))
    assert (await device.inverter.read()).energy_wh == energy


async def test_both_capabilities_of_a_device_share_one_reading_of_three_requests_in_turn(
    mock_modbus_unit: MockModbusUnit, clock: Clock
) -> None:
    image = legacy()
    device, battery = await opened(load(mock_modbus_unit, image), clock)
    await device.inverter.read()
    asked = []
    for _ in range(4):
        clock.now += 1
        mock_modbus_unit.read_events.clear()
        inverter, stored = await asyncio.gather(device.inverter.read(), battery.read())
        asked.append([event.address for event in mock_modbus_unit.read_events])
        assert inverter.failed == stored.failed == {}
    ac, inputs, storage, status = (image.headers[model] for model in (101, 160, 124, 122))
    assert asked == [
        [ac, inputs, storage],
        [ac, inputs, status],
        [ac, inputs, storage],
        [ac, inputs, status],
    ]


@pytest.mark.parametrize("make", [legacy, der])
async def test_a_value_and_its_scale_factor_come_in_one_read(make: Any, mock_modbus_unit: MockModbusUnit) -> None:
    image = make()
    device, _ = await opened(load(mock_modbus_unit, image))
    await device.inverter.read()
    model = 101 if make is legacy else 701
    value, scale = image.address(f"{model}.W"), image.address(f"{model}.W_SF")
    assert any(event.address <= value and scale < event.address + event.count for event in mock_modbus_unit.read_events)


@pytest.mark.parametrize("factor", [-11, 11, 0x7FFF])
async def test_a_scale_factor_that_cannot_be_makes_its_values_unknown(
    mock_modbus_unit: MockModbusUnit, factor: int
) -> None:
    image = legacy()
    image.set({"101.W_SF": factor, "101.WH_SF": factor})
    device, _ = await opened(load(mock_modbus_unit, image))
    reading = await device.inverter.read()
    assert (reading.ac_power_w, reading.energy_wh, reading.pv_power_w) == (None, None, 3000)


async def test_a_power_beyond_the_nameplate_is_unknown(mock_modbus_unit: MockModbusUnit) -> None:
    image = legacy()
    image.set({"101.W_SF": 1})
    device, _ = await opened(load(mock_modbus_unit, image))
    assert (await device.inverter.read()).ac_power_w is None
    mock_modbus_unit.holding[image.address("101.W_SF")] = 0
    assert (await device.inverter.read()).ac_power_w == 1800


@pytest.mark.parametrize(
    ("points", "connected"),
    [
        ({"101.Evt1": 1 << 4}, False),
        ({"101.Evt1": 1 << 11}, False),
        ({"122.ECPConn": 0}, False),
        ({"122.ECPConn": 2}, True),
        ({"122.ECPConn": 0xFFFF}, True),
        ({"122.ECPConn": 0xFFFF, "101.St": 8}, None),
        ({"122.ECPConn": 0xFFFF, "101.Evt1": 0xFFFF_FFFF}, None),
    ],
)
async def test_the_first_generation_tells_of_the_grid_what_it_knows(
    mock_modbus_unit: MockModbusUnit, points: dict[str, int], connected: bool | None
) -> None:
    image = legacy()
    image.set(points)
    device, _ = await opened(load(mock_modbus_unit, image))
    assert (await device.inverter.read()).grid_connected is connected


async def test_an_island_shows_in_the_second_generation(mock_modbus_unit: MockModbusUnit) -> None:
    image = der()
    image.set({"701.ConnSt": 0, "701.DERMode": 2, "701.Alrm": 1 << 4, "703.ESDlyRemTms": 280})
    device, _ = await opened(load(mock_modbus_unit, image))
    reading = await device.inverter.read()
    assert (reading.grid_connected, reading.grid_forming, reading.reconnect_wait_s) == (False, True, 280)


async def test_strings_that_sleep_have_no_power_and_strings_that_are_unknown_are_unknown(
    mock_modbus_unit: MockModbusUnit,
) -> None:
    image = legacy()
    image.set({"160.module/1/DCW": 0xFFFF, "160.module/1/DCSt": 2, "160.module/2/DCW": 0xFFFF, "160.module/2/DCSt": 2})
    device, battery = await opened(load(mock_modbus_unit, image))
    assert (await device.inverter.read()).pv_power_w == 0
    image.set({"160.module/1/DCSt": 4})
    load(mock_modbus_unit, image)
    assert (await device.inverter.read()).pv_power_w is None
    assert (await battery.read()).power_w == -1200


async def test_a_hybrid_with_another_number_of_inputs_does_not_tell_its_battery_power(
    mock_modbus_unit: MockModbusUnit,
) -> None:
    image = Image({1: 0, 101: 0, 124: 0, 160: 3})
    image.set({"1.Mn": "Maker", "1.Md": "Hybrid", "160.N": 3, "101.W": 100, "124.ChaState": 50})
    image.set({f"160.module/{index}/DCW": 100 for index in (1, 2, 3)})
    device, battery = await opened(load(mock_modbus_unit, image))
    inverter, stored = await asyncio.gather(device.inverter.read(), battery.read())
    assert (inverter.pv_power_w, stored.power_w, stored.soc_percent) == (None, None, 50)


async def test_a_hybrid_without_dc_model_does_not_tell_its_battery_power(mock_modbus_unit: MockModbusUnit) -> None:
    image = Image({1: 0, 701: 0, 704: 0, 713: 0})
    image.set({"1.Mn": "Maker", "1.Md": "DER", "701.W": 2450, "704.WSetRvrtTms": 0})
    device, battery = await opened(load(mock_modbus_unit, image))
    inverter, stored = await asyncio.gather(device.inverter.read(), battery.read())
    assert (inverter.ac_power_w, inverter.pv_power_w, stored.power_w) == (2450, None, None)
    with pytest.raises(DeviceRefusedError, match="PV's power is unknown"):
        await battery.set_power(500, 60)


@pytest.mark.parametrize(
    ("make", "blocks"), [(legacy, (101, 160, 124, 122, 120)), (der, (701, 714, 713, 704, 703, 702))]
)
async def test_each_silent_block_leaves_the_others_alive(
    make: Any, blocks: tuple[int, ...], mock_modbus_unit: MockModbusUnit, clock: Clock
) -> None:
    image = make()
    for model in blocks:
        device, battery = await opened(load(mock_modbus_unit, image), clock)
        mock_modbus_unit.fail_read(image.headers[model], ModbusTimeoutError())
        # A reading ends with a silent block; whether the device is there at all is asked by one short question more.
        with pytest.raises(DeviceSilentError) if model == blocks[0] else nullcontext():
            assert (await device.inverter.read()).failed
        assert mock_modbus_unit.read_events[-1].address == image.headers[model], "and nothing else is asked after it"
        for _ in range(4):
            if device.door.due:
                await device.door.knock()
            inverter, stored = await asyncio.gather(device.inverter.read(), battery.read())
            assert len(inverter.failed) == 1
            assert inverter.failed == stored.failed
            known = [inverter.ac_power_w, inverter.pv_power_w, stored.soc_percent, stored.power_w]
            assert sum(value is not None for value in known) >= 2
        asked = [event.address for event in mock_modbus_unit.read_events]
        await asyncio.gather(device.inverter.read(), battery.read())
        again = [event.address for event in mock_modbus_unit.read_events][len(asked) :]
        assert image.headers[model] not in again, "a block that was silent twice is left alone for a while"
        mock_modbus_unit.fail_read(image.headers[model], None)
        clock.now += INVERTER.first_pause_s
        inverter, stored = await asyncio.gather(device.inverter.read(), battery.read())
        assert inverter.failed == {}
        assert inverter.rated_power_w == 5000
        assert None not in {inverter.ac_power_w, inverter.pv_power_w, stored.soc_percent, stored.power_w}


async def test_a_silent_device_is_asked_once_and_then_by_a_knock_that_becomes_ever_rarer(
    mock_modbus_unit: MockModbusUnit, clock: Clock
) -> None:
    line = Line()
    line.join()
    line.join()
    device = await SunSpecDevice.open(load(mock_modbus_unit, legacy()), clock, line=line)
    mock_modbus_unit.fail_requests(ModbusTimeoutError())
    mock_modbus_unit.read_events.clear()
    for _ in range(3):
        with pytest.raises(DeviceSilentError, match=r"inverter Maker Hybrid \(serial A-1\)"):
            await device.inverter.read()
        assert len(mock_modbus_unit.read_events) == 1, "a meter behind the same gateway has the line for itself"
    pauses, began = [], clock.now
    for knocks in range(2, 10):
        while not device.door.due:
            clock.now += 1
        pauses.append(clock.now - began)
        began = clock.now
        await device.door.knock()
        assert len(mock_modbus_unit.read_events) == knocks, "one request is all that a silent device costs"
        assert (mock_modbus_unit.read_events[-1].address, mock_modbus_unit.read_events[-1].count) == (40000, 2)
    assert pauses == [HELD_S, 10, 20, 40, 80, 160, 300, 300]
    mock_modbus_unit.fail_requests(None)
    with pytest.raises(DeviceSilentError):
        await device.inverter.read()
    device.door.hasten()
    assert not device.door.due, "the line may still be held up by the last knock"
    line.free()  # Somebody else answers.
    assert device.door.due
    await device.door.knock()
    assert not device.door.due
    assert (await device.inverter.read()).ac_power_w == 1800


async def test_a_map_that_moved_is_not_read_on(mock_modbus_unit: MockModbusUnit) -> None:
    image = legacy()
    device, _ = await opened(load(mock_modbus_unit, image))
    mock_modbus_unit.holding[image.headers[101]] = 103
    reading = await device.inverter.read()
    assert (reading.ac_power_w, reading.pv_power_w) == (None, 3000)
    assert "set it up again" in str(reading.failed["ac"])


async def test_one_reader_that_gives_up_leaves_the_poll_to_the_other(mock_modbus_unit: MockModbusUnit) -> None:
    device, battery = await opened(load(mock_modbus_unit, legacy()))
    first = asyncio.create_task(device.inverter.read())
    await asyncio.sleep(0)
    second = asyncio.create_task(battery.read())
    await asyncio.sleep(0)
    first.cancel()
    assert (await second).soc_percent == 64.2


@pytest.mark.parametrize(
    ("watts", "out", "into", "held"),
    [(2000, 5000, -4000, 2000), (-2500, -6250, 5000, -2500), (0, 0, 0, 0), (9000, 10000, -8000, 4000)],
)
async def test_the_first_generation_is_held_between_two_limits(
    mock_modbus_unit: MockModbusUnit, watts: int, out: int, into: int, held: int
) -> None:
    image = legacy()
    _, battery = await opened(load(mock_modbus_unit, image))
    written: list[WriteEvent] = []
    mock_modbus_unit.on_write(written.append)
    await battery.set_power(watts, 60)
    assert (raw(mock_modbus_unit, image, "124.OutWRte"), raw(mock_modbus_unit, image, "124.InWRte")) == (out, into)
    # The lease stands before the limits do, and the limits before they count.
    assert [event.address for event in written] == [
        image.address(f"124.{name}") for name in ("InOutWRte_RvrtTms", "OutWRte", "StorCtl_Mod")
    ]
    assert (written[0].values, written[-1].values) == ([60], [3])
    assert (await battery.read()).set_point_w == held
    await battery.release()
    assert raw(mock_modbus_unit, image, "124.StorCtl_Mod") == 0
    assert (await battery.read()).set_point_w is None


def counting(unit: MockModbusUnit, image: Image, *, only_if_enabled: bool) -> None:
    """Let the device's countdown run whenever the set-point and its time are there."""
    tms, left = image.address("704.WSetRvrtTms"), image.address("704.WSetRvrtRem")

    def count(_: WriteEvent) -> None:
        runs = unit.holding[image.address("704.WSetEna")] == 1
        if only_if_enabled:
            runs = runs and unit.holding[image.address("704.WSetEnaRvrt")] == 1
        unit.holding[left + 1] = unit.holding[tms + 1] if runs else 0

    unit.on_write(count)


@pytest.mark.parametrize("only_if_enabled", [False, True])
async def test_the_second_generation_gets_pv_and_battery_together_and_a_lease_that_runs(
    mock_modbus_unit: MockModbusUnit, only_if_enabled: bool
) -> None:
    image = der()
    _, battery = await opened(load(mock_modbus_unit, image))
    await battery.read()
    counting(mock_modbus_unit, image, only_if_enabled=only_if_enabled)
    await battery.set_power(-1500, 60)
    assert raw(mock_modbus_unit, image, "704.WSet") == 500
    assert raw(mock_modbus_unit, image, "704.WSetEnaRvrt") == int(only_if_enabled)
    assert raw(mock_modbus_unit, image, "704.WSetRvrt") == 0
    reading = await battery.read()
    assert (reading.set_point_w, reading.lease_left_s) == (-1500, 60)
    await battery.release()
    assert raw(mock_modbus_unit, image, "704.WSetEna") == 0
    assert (await battery.read()).set_point_w is None


async def test_a_lease_that_does_not_run_is_refused_and_leaves_no_set_point(mock_modbus_unit: MockModbusUnit) -> None:
    image = der()
    _, battery = await opened(load(mock_modbus_unit, image))
    with pytest.raises(DeviceRefusedError, match="does not count down"):
        await battery.set_power(-1500, 60)
    assert raw(mock_modbus_unit, image, "704.WSetEna") == 0


async def test_a_device_in_local_mode_is_not_written_to(mock_modbus_unit: MockModbusUnit) -> None:
    image = der()
    image.set({"715.LocRemCtl": 1})
    _, battery = await opened(load(mock_modbus_unit, image))
    written: list[WriteEvent] = []
    mock_modbus_unit.on_write(written.append)
    with pytest.raises(DeviceRefusedError, match="local mode"):
        await battery.set_power(100, 60)
    assert written == []


@pytest.mark.parametrize(("make", "missing"), [(legacy, "124.InOutWRte_RvrtTms"), (der, "704.WSetRvrtTms")])
async def test_a_device_without_a_lease_is_not_controlled(
    make: Any, missing: str, mock_modbus_unit: MockModbusUnit
) -> None:
    image = make()
    image.set({missing: -1})
    _, battery = await opened(load(mock_modbus_unit, image))
    await battery.read()
    assert battery.controllable is False
    with pytest.raises(DeviceRefusedError, match="no time limit"):
        await battery.set_power(100, 60)


@pytest.mark.parametrize("make", [legacy, der])
@pytest.mark.parametrize("lease_s", [0, -1, 1 << 32])
async def test_a_set_point_without_end_is_refused(make: Any, lease_s: int, mock_modbus_unit: MockModbusUnit) -> None:
    _, battery = await opened(load(mock_modbus_unit, make()))
    written: list[WriteEvent] = []
    mock_modbus_unit.on_write(written.append)
    with pytest.raises(ValueError, match=f"lease_s is {lease_s}"):
        await battery.set_power(100, lease_s)
    assert written == []


async def test_a_set_point_is_written_on_a_change_and_at_half_of_its_lease(
    mock_modbus_unit: MockModbusUnit, clock: Clock
) -> None:
    image = legacy()
    _, battery = await opened(load(mock_modbus_unit, image), clock)
    written: list[WriteEvent] = []
    mock_modbus_unit.on_write(written.append)

    async def writes(watts: int, lease_s: int = 60) -> bool:
        written.clear()
        await battery.set_power(watts, lease_s)
        return bool(written)

    assert await writes(1000)
    clock.now += 29.9
    assert not await writes(1000)
    clock.now += 0.2
    assert await writes(1000)
    assert not await writes(1000)
    assert await writes(1001)
    assert await writes(1001, 90)
    await battery.release()
    assert await writes(1001, 90)


async def test_a_device_that_listens_for_its_controller_hears_it_each_second_while_a_set_point_is_held(
    mock_modbus_unit: MockModbusUnit, clock: Clock
) -> None:
    image = der()
    _, battery = await opened(load(mock_modbus_unit, image), clock)
    counting(mock_modbus_unit, image, only_if_enabled=False)
    at = image.address("715.ControllerHb")
    mock_modbus_unit.holding[at], mock_modbus_unit.holding[at + 1] = 0, 0xFFFF

    def beats() -> int:
        return mock_modbus_unit.holding[at] << 16 | mock_modbus_unit.holding[at + 1]

    await battery.set_power(1000, 60)
    assert beats() == 0x1_0000
    for _ in range(5):
        clock.now += 0.5
        await battery.set_power(1000, 60)
    assert beats() == 0x1_0002, "once a second, however often it is asked"
    mock_modbus_unit.holding[at] = mock_modbus_unit.holding[at + 1] = 0xFFFF
    clock.now += 1
    await battery.set_power(1000, 60)
    assert beats() == 0xFFFF_FFFF, "a device that has no such point is not written to"
    mock_modbus_unit.read_events.clear()
    clock.now += 1
    await battery.set_power(1000, 60)
    asked = {event.address for event in mock_modbus_unit.read_events}
    assert asked, "it is read"
    assert not asked & set(range(at - 3, at + 2)), "and not asked again for what it has not"


async def test_the_second_generation_follows_the_pv(mock_modbus_unit: MockModbusUnit, clock: Clock) -> None:
    image = der()
    _, battery = await opened(load(mock_modbus_unit, image), clock)
    counting(mock_modbus_unit, image, only_if_enabled=False)
    await battery.set_power(1000, 60)
    for pv, total in ((2040, 3000), (2060, 3060), (4800, 5000)):
        mock_modbus_unit.holding[image.address("714.Prt/1/DCW")] = pv
        clock.now += 1
        await battery.set_power(1000, 60)
        assert raw(mock_modbus_unit, image, "704.WSet") == total


async def test_a_failed_writing_is_tried_again(mock_modbus_unit: MockModbusUnit) -> None:
    image = legacy()
    _, battery = await opened(load(mock_modbus_unit, image))
    await battery.set_power(1000, 60)
    mock_modbus_unit.fail_write(image.address("124.StorCtl_Mod"), ServerDeviceFailureError())
    with pytest.raises(DeviceRefusedError, match="model 124"):
        await battery.set_power(500, 60)
    mock_modbus_unit.fail_write(image.address("124.StorCtl_Mod"), None)
    written: list[WriteEvent] = []
    mock_modbus_unit.on_write(written.append)
    await battery.set_power(500, 60)
    assert len(written) == 3


async def test_a_float_inverter_is_read_and_its_infinities_are_unknown(mock_modbus_unit: MockModbusUnit) -> None:
    image = Image({1: 0, 113: 0})
    image.set({"1.Mn": "Maker", "1.Md": "Float", "113.W": 0x44BB_8000, "113.WH": 0x4996_B438, "113.Hz": 0x7F80_0000})
    device = await SunSpecDevice.open(load(mock_modbus_unit, image))
    reading = await device.inverter.read()
    assert (reading.ac_power_w, reading.energy_wh, reading.frequency_hz) == (1500, 1_234_567, None)
    image.set({"113.W": 0xFF80_0000, "113.WH": 0x7F80_0000})
    load(mock_modbus_unit, image)
    reading = await device.inverter.read()
    assert (reading.ac_power_w, reading.energy_wh) == (None, None)
