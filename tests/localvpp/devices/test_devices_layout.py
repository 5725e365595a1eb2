"""What a device says inside of a model is held against the model's length before it is believed."""

from collections.abc import Callable
from dataclasses import replace
import re

from modbus_connection import ServerDeviceFailureError
from modbus_connection.mock import MockModbusUnit, WriteEvent
import pytest
from sunspec_image import Image, der, legacy

from localvpp.devices import DeviceNonsenseError, DeviceRefusedError, DeviceSilentError, SunSpecDevice
from localvpp.devices.sunspec import discover
from localvpp.devices.sunspec.der import DerModels
from localvpp.devices.sunspec.layout import MOST_BLOCKS
from localvpp.devices.sunspec.legacy import LegacyModels

COUNTS = {714: ("714.NPrt", "NPrt", 18, 25), 160: ("160.N", "N", 8, 20)}


def load(unit: MockModbusUnit, image: Image) -> MockModbusUnit:
    unit.holding.clear()
    unit.holding.update(image.registers)
    return unit


def with_blocks(model: int, blocks: int) -> Image:
    """A device with so many ports or inputs."""
    image = Image({1: 0, 701: 0, 714: blocks} if model == 714 else {1: 0, 101: 0, 160: blocks})
    image.set({"1.Mn": "Maker", "1.Md": "Many", COUNTS[model][0]: blocks})
    for index in range(1, blocks + 1):
        image.set({f"714.Prt/{index}/PrtTyp": 0, f"714.Prt/{index}/DCW": 100} if model == 714 else {})
        image.set({f"160.module/{index}/DCW": 100} if model == 160 else {})
    return image


@pytest.mark.parametrize("model", COUNTS)
@pytest.mark.parametrize("blocks", [1, 2, 4, 6, 9, MOST_BLOCKS])
async def test_as_many_blocks_are_read_as_the_length_holds(
    model: int, blocks: int, mock_modbus_unit: MockModbusUnit
) -> None:
    device = await SunSpecDevice.open(load(mock_modbus_unit, with_blocks(model, blocks)))
    assert (await device.inverter.read()).pv_power_w == 100 * blocks


@pytest.mark.parametrize("model", COUNTS)
async def test_a_count_that_is_not_implemented_follows_from_the_length(
    model: int, mock_modbus_unit: MockModbusUnit
) -> None:
    image = with_blocks(model, 3)
    image.set({COUNTS[model][0]: 0xFFFF})
    device = await SunSpecDevice.open(load(mock_modbus_unit, image))
    assert (await device.inverter.read()).pv_power_w == 300


@pytest.mark.parametrize("model", COUNTS)
@pytest.mark.parametrize("count", [0, 1, 3, 0x5AA5, 0x8000, 0xFFFE])
async def test_a_count_that_contradicts_the_length_is_refused_and_nothing_is_built_of_it(
    model: int, count: int, mock_modbus_unit: MockModbusUnit
) -> None:
    point, name, fixed, stride = COUNTS[model]
    image = with_blocks(model, 2)
    image.set({point: count})
    length = fixed + 2 * stride
    sentence = (
        f"the inverter Maker Many says in model {model} that {name} is {count}, but the model's length of {length} "
        f"holds 2 ({fixed} and {stride} for each): the device is not read, for it would be misread; update its "
        "firmware, or tell its maker"
    )
    with pytest.raises(DeviceNonsenseError, match=f"^{re.escape(sentence)}$"):
        await SunSpecDevice.open(load(mock_modbus_unit, image))
    assert max(event.count for event in mock_modbus_unit.read_events) < 125
    assert len(mock_modbus_unit.read_events) < 10
    image.set({point: 2})
    device = await SunSpecDevice.open(load(mock_modbus_unit, image))
    assert (await device.inverter.read()).pv_power_w == 200


@pytest.mark.parametrize("model", COUNTS)
@pytest.mark.parametrize("registers", [-42, -1, 1, 7])
async def test_a_length_that_is_no_whole_number_of_blocks_is_refused(
    model: int, registers: int, mock_modbus_unit: MockModbusUnit
) -> None:
    _, _, fixed, stride = COUNTS[model]
    image = with_blocks(model, 2)
    image.lengthen(model, registers)
    length = fixed + 2 * stride + registers
    told = f"the length {length}, which is not {fixed} and {stride} for each of its blocks"
    with pytest.raises(DeviceNonsenseError, match=told):
        await SunSpecDevice.open(load(mock_modbus_unit, image))


@pytest.mark.parametrize("model", COUNTS)
async def test_more_blocks_than_an_inverter_can_have_are_refused(model: int, mock_modbus_unit: MockModbusUnit) -> None:
    image = with_blocks(model, MOST_BLOCKS + 1)
    with pytest.raises(DeviceNonsenseError, match="holds 33 blocks, more than the 32 that an inverter can have"):
        await SunSpecDevice.open(load(mock_modbus_unit, image))


@pytest.mark.parametrize(("make", "model"), [(legacy, 160), (der, 714)])
async def test_a_count_that_cannot_be_read_is_told(
    make: Callable[[], Image], model: int, mock_modbus_unit: MockModbusUnit
) -> None:
    image = make()
    load(mock_modbus_unit, image).fail_read(image.address(COUNTS[model][0]), ServerDeviceFailureError())
    with pytest.raises(DeviceRefusedError, match=f"model {model} refuses the request"):
        await SunSpecDevice.open(mock_modbus_unit)


@pytest.mark.parametrize(("make", "model"), [(legacy, 160), (der, 714)])
@pytest.mark.parametrize("count", [0, 0x5AA5, 0xFFFF])
async def test_a_count_that_changes_later_changes_nothing(
    make: Callable[[], Image], model: int, count: int, mock_modbus_unit: MockModbusUnit
) -> None:
    image = make()
    device = await SunSpecDevice.open(load(mock_modbus_unit, image))
    before = await device.inverter.read()
    mock_modbus_unit.holding[image.address(COUNTS[model][0])] = count
    for _ in range(3):  # Until all have had their turn.
        assert replace(await device.inverter.read(), ages_ms={}) == before


NEEDED = [
    *((der, model, needed) for model, needed in ((701, 119), (702, 44), (703, 15), (704, 54), (713, 7), (715, 1))),
    *((legacy, model, needed) for model, needed in ((101, 40), (120, 25), (122, 3), (124, 24))),
]
"""Models of a fixed length, and how many of the registers that their length counts the driver needs."""


@pytest.mark.parametrize(("make", "model", "needed"), NEEDED)
async def test_a_model_that_ends_before_what_is_needed_of_it_is_refused(
    make: Callable[[], Image], model: int, needed: int, mock_modbus_unit: MockModbusUnit
) -> None:
    image = make()
    image.lengthen(model, needed - 1 - image.registers[image.headers[model] + 1])
    told = f"gives model {model} the length {needed - 1}, but what is needed of it reaches to {needed}: "
    with pytest.raises(DeviceNonsenseError, match=told):
        await SunSpecDevice.open(load(mock_modbus_unit, image))


@pytest.mark.parametrize(("make", "model", "needed"), NEEDED)
async def test_a_model_may_end_after_what_is_needed_of_it_or_be_longer(
    make: Callable[[], Image], model: int, needed: int, mock_modbus_unit: MockModbusUnit
) -> None:
    expected = await (await SunSpecDevice.open(load(mock_modbus_unit, make()))).inverter.read()
    assert expected.failed == {}
    for registers in (needed - make().registers[make().headers[model] + 1], 3):
        image = make()
        image.lengthen(model, registers)
        device = await SunSpecDevice.open(load(mock_modbus_unit, image))
        assert await device.inverter.read() == expected


async def test_a_storage_model_of_a_device_that_stores_nothing_makes_no_battery(
    mock_modbus_unit: MockModbusUnit,
) -> None:
    image = Image({1: 0, 701: 0, 702: 0, 704: 0, 713: 0})
    image.set({"1.Mn": "Maker", "1.Md": "PV", "701.W": 1234, "713.SoC": 0})
    device = await SunSpecDevice.open(load(mock_modbus_unit, image))
    assert device.battery is None
    assert (await device.inverter.read()).pv_power_w == 1234


@pytest.mark.parametrize(
    "points",
    [
        {"713.SoC": 1},
        {"713.SoC": 0xFFFF},
        {"713.WHRtg": 100},
        {"702.WChaRteMaxRtg": 3000},
        {"714.Prt/2/PrtTyp": 1},
    ],
)
async def test_anything_that_tells_of_a_battery_makes_one_though_it_is_empty(
    mock_modbus_unit: MockModbusUnit, points: dict[str, int]
) -> None:
    image = Image({1: 0, 701: 0, 702: 0, 704: 0, 713: 0, 714: 2})
    image.set({"1.Mn": "Maker", "1.Md": "Hybrid", "713.SoC": 0, "714.NPrt": 2, "714.Prt/1/PrtTyp": 0, **points})
    assert (await SunSpecDevice.open(load(mock_modbus_unit, image))).battery is not None


async def test_a_storage_model_that_cannot_be_read_proves_no_lack_of_a_battery(
    mock_modbus_unit: MockModbusUnit,
) -> None:
    image = Image({1: 0, 701: 0, 702: 0, 704: 0, 713: 0})
    image.set({"1.Mn": "Maker", "1.Md": "Hybrid", "713.SoC": 0})
    load(mock_modbus_unit, image).fail_read(image.address("702.WMaxRtg"), ServerDeviceFailureError())
    assert (await SunSpecDevice.open(mock_modbus_unit)).battery is not None


@pytest.mark.parametrize(("make", "model", "kind"), [(legacy, 124, LegacyModels), (der, 704, DerModels)])
async def test_nothing_is_written_into_a_map_that_moved(
    make: Callable[[], Image],
    model: int,
    kind: type[LegacyModels] | type[DerModels],
    mock_modbus_unit: MockModbusUnit,
) -> None:
    image = make()
    device = await SunSpecDevice.open(load(mock_modbus_unit, image))
    models = await kind.open("the inverter", mock_modbus_unit, await discover(mock_modbus_unit))
    assert device.battery is not None
    await device.battery.read()
    written: list[WriteEvent] = []
    mock_modbus_unit.on_write(written.append)
    moved = make()
    moved.lengthen(1, 1)
    load(mock_modbus_unit, moved)
    with pytest.raises(DeviceNonsenseError, match="has moved its registers"):
        await device.battery.set_power(500, 60)
    for write in (device.battery.release(), models.activate(500, 60), models.deactivate()):
        with pytest.raises(DeviceNonsenseError, match=f"model {model} has moved its registers"):
            await write
    assert written == []
    load(mock_modbus_unit, image).fail_requests(None)
    await device.battery.release()
    assert len(written) == 1


async def test_a_length_that_leads_to_registers_that_are_silent_is_told(mock_modbus_unit: MockModbusUnit) -> None:
    image = der()
    image.registers[image.headers[701] + 1] = 5000
    load(mock_modbus_unit, image).fail_read(image.headers[701] + 5002, TimeoutError())
    with pytest.raises(DeviceSilentError):
        await SunSpecDevice.open(mock_modbus_unit)
