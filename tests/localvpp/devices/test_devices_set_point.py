"""A set-point is written whole or not at all, never without its lease, and never as something else than was meant."""

from collections.abc import Callable
from typing import Any

from conftest import Clock
from modbus_connection import (
    IllegalDataValueError,
    ModbusConnectionError,
    ModbusProtocolError,
    ModbusTimeoutError,
    ServerDeviceBusyError,
)
from modbus_connection.mock import MockModbusUnit, WriteEvent
import pytest
from sunspec_image import Image, der, legacy

from localvpp.devices import (
    Battery,
    DeviceError,
    DeviceNonsenseError,
    DeviceRefusedError,
    DeviceSilentError,
    SunSpecDevice,
)

SCALES = {704: "704.WSet_SF", 124: "124.InOutWRte_SF"}


def load(unit: MockModbusUnit, image: Image) -> MockModbusUnit:
    unit.holding.clear()
    unit.holding.update(image.registers)
    return unit


async def opened(unit: MockModbusUnit) -> Battery:
    battery = (await SunSpecDevice.open(unit)).battery
    assert battery is not None
    await battery.read()
    return battery


def lease_runs(unit: MockModbusUnit, image: Image) -> None:
    """Let the countdown of model 704 run while a set-point is enabled."""

    def count(_: WriteEvent) -> None:
        enabled = unit.holding[image.address("704.WSetEna")] == 1
        time = unit.holding[image.address("704.WSetRvrtTms") + 1]
        unit.holding[image.address("704.WSetRvrtRem") + 1] = time if enabled else 0

    unit.on_write(count)


def recorded(unit: MockModbusUnit) -> list[WriteEvent]:
    written: list[WriteEvent] = []
    unit.on_write(written.append)
    return written


@pytest.mark.parametrize(("make", "model"), [(legacy, 124), (der, 704)])
@pytest.mark.parametrize("factor", [-0x8000, -11, 11, 0x25, -10])
async def test_with_a_scale_factor_that_cannot_be_nothing_is_written(
    make: Callable[[], Image], model: int, factor: int, mock_modbus_unit: MockModbusUnit
) -> None:
    image = make()
    battery = await opened(load(mock_modbus_unit, image))
    image.set({SCALES[model]: factor})
    load(mock_modbus_unit, image)
    written = recorded(mock_modbus_unit)
    with pytest.raises(DeviceNonsenseError, match=f"model {model} cannot be told .* with the scale factor {factor} "):
        await battery.set_power(-1500, 60)
    assert written == []
    load(mock_modbus_unit, make())
    if model == 704:
        lease_runs(mock_modbus_unit, image)
    await battery.set_power(-1500, 60)
    # Model 704 is first seen to count down with a set-point that does no harm.
    assert len(written) == (6 if model == 704 else 3)


@pytest.mark.parametrize(
    ("discharge", "charge", "watts", "told"),
    [
        # 50 % in thousandths is 50 000: it fits 16 bits, but as a signed number it would be -15 536.
        (4000, 8000, 2000, "out_w_rte = 50"),
        (8000, 4000, -2000, "in_w_rte = 50"),
        (4000, 8000, -2000, "out_w_rte = -50"),
    ],
)
async def test_a_share_too_large_for_its_register_does_not_come_out_with_the_other_sign(
    discharge: int, charge: int, watts: int, told: str, mock_modbus_unit: MockModbusUnit
) -> None:
    image = legacy()
    image.set({"124.InOutWRte_SF": -3, "120.MaxDisChaRte": discharge, "124.WChaMax": charge})
    battery = await opened(load(mock_modbus_unit, image))
    written = recorded(mock_modbus_unit)
    with pytest.raises(DeviceNonsenseError, match=f"model 124 cannot be told {told} with the scale factor -3 "):
        await battery.set_power(watts, 60)
    assert written == []
    await battery.set_power(watts // 2, 60)
    assert len(written) == 3


ERRORS: list[tuple[Exception, type[DeviceError], str]] = [
    (ModbusTimeoutError("3 s"), DeviceSilentError, "does not answer"),
    (ModbusConnectionError("reset"), DeviceSilentError, "cannot be reached"),
    (IllegalDataValueError(), DeviceRefusedError, "refuses the request"),
    (ServerDeviceBusyError(), DeviceRefusedError, "is busy"),
    (ModbusProtocolError("CRC"), DeviceNonsenseError, "sends damaged answers"),
]


@pytest.mark.parametrize(("error", "raised", "told"), ERRORS)
@pytest.mark.parametrize("step", ["704.WSetRvrt", "704.WSetEnaRvrt", "704.WSetEna"])
async def test_the_second_generation_is_never_left_with_a_set_point_without_a_lease(
    step: str, error: Exception, raised: type[DeviceError], told: str, mock_modbus_unit: MockModbusUnit
) -> None:
    image = der()
    battery = await opened(load(mock_modbus_unit, image))
    lease_runs(mock_modbus_unit, image)
    mock_modbus_unit.fail_write(image.address(step), error)
    with pytest.raises(raised, match=f"model 704 {told}"):
        await battery.set_power(500, 60)
    assert mock_modbus_unit.holding[image.address("704.WSetEna")] == 0
    mock_modbus_unit.fail_write(image.address(step), None)
    await battery.set_power(500, 60)
    assert mock_modbus_unit.holding[image.address("704.WSetEna")] == 1
    assert mock_modbus_unit.holding[image.address("704.WSetRvrtTms") + 1] == 60


@pytest.mark.parametrize("counts", [False, True])
async def test_until_a_countdown_was_seen_a_device_holds_no_set_point_that_could_do_harm(
    counts: bool, mock_modbus_unit: MockModbusUnit
) -> None:
    """The link breaks for good right after the first set-point: nobody can take it back any more."""
    image = der()
    battery = await opened(load(mock_modbus_unit, image))
    if counts:
        lease_runs(mock_modbus_unit, image)
    enabled = image.address("704.WSetEna")
    written = recorded(mock_modbus_unit)

    def break_link(event: WriteEvent) -> None:
        if event.address == enabled:
            mock_modbus_unit.fail_requests(ModbusConnectionError("gone"))

    mock_modbus_unit.on_write(break_link)
    with pytest.raises(DeviceSilentError):
        await battery.set_power(500, 60)
    assert [event.values for event in written if event.address == enabled] == [[1, 1, 0, 0]]


async def test_a_countdown_is_proven_once_and_looked_at_each_time(
    mock_modbus_unit: MockModbusUnit, clock: Clock
) -> None:
    image = der()
    battery = (await SunSpecDevice.open(load(mock_modbus_unit, image), clock)).battery
    assert battery is not None
    counting = True

    def count(_: WriteEvent) -> None:
        runs = counting and mock_modbus_unit.holding[image.address("704.WSetEna")] == 1
        mock_modbus_unit.holding[image.address("704.WSetRvrtRem") + 1] = 60 if runs else 0

    mock_modbus_unit.on_write(count)
    enabled = image.address("704.WSetEna")
    written = recorded(mock_modbus_unit)

    async def told(watts: int) -> list[int]:
        """The set-points that were enabled for a wish."""
        written.clear()
        await battery.set_power(watts, 60)
        return [event.values[-1] for event in written if event.address == enabled]

    first = await told(500)
    assert (len(first), first[0]) == (2, 0)
    assert len(await told(600)) == 1
    counting = False
    with pytest.raises(DeviceRefusedError, match="does not count down"):
        await told(700)
    assert mock_modbus_unit.holding[enabled] == 0
    counting = True
    again = await told(700)
    assert (len(again), again[0]) == (2, 0), "what it has unlearnt is proven anew"


async def test_a_device_that_refuses_the_second_way_to_a_lease_is_not_left_with_the_first(
    mock_modbus_unit: MockModbusUnit,
) -> None:
    image = der()
    battery = await opened(load(mock_modbus_unit, image))

    def refuse(event: WriteEvent) -> None:
        if event.address == image.address("704.WSetEnaRvrt") and event.values[0] == 1:
            raise IllegalDataValueError

    mock_modbus_unit.on_write(refuse)
    with pytest.raises(DeviceRefusedError, match="model 704 refuses the request"):
        await battery.set_power(500, 60)
    assert mock_modbus_unit.holding[image.address("704.WSetEna")] == 0


async def test_a_lease_is_renewed_the_way_that_started_it_and_the_battery_is_not_let_go_between(
    mock_modbus_unit: MockModbusUnit, clock: Clock
) -> None:
    image = der()
    battery = (await SunSpecDevice.open(load(mock_modbus_unit, image), clock)).battery
    assert battery is not None

    def count(_: WriteEvent) -> None:
        runs = mock_modbus_unit.holding[image.address("704.WSetEna")] == 1
        runs = runs and mock_modbus_unit.holding[image.address("704.WSetEnaRvrt")] == 1
        mock_modbus_unit.holding[image.address("704.WSetRvrtRem") + 1] = 60 if runs else 0

    mock_modbus_unit.on_write(count)
    await battery.set_power(500, 60)
    written = recorded(mock_modbus_unit)
    clock.now += 31
    await battery.set_power(500, 60)
    enabled = image.address("704.WSetEna")
    assert len(written) == 3
    assert [event.values[0] for event in written if event.address == enabled] == [1]


@pytest.mark.parametrize(("error", "raised", "told"), ERRORS)
@pytest.mark.parametrize("step", ["124.InOutWRte_RvrtTms", "124.OutWRte", "124.StorCtl_Mod"])
async def test_the_first_generation_is_never_left_with_limits_without_a_lease(
    step: str, error: Exception, raised: type[DeviceError], told: str, mock_modbus_unit: MockModbusUnit
) -> None:
    image = legacy()
    battery = await opened(load(mock_modbus_unit, image))
    mock_modbus_unit.fail_write(image.address(step), error)
    with pytest.raises(raised, match=f"model 124 {told}"):
        await battery.set_power(500, 60)
    assert mock_modbus_unit.holding[image.address("124.StorCtl_Mod")] == 0
    mock_modbus_unit.fail_write(image.address(step), None)
    await battery.set_power(500, 60)
    assert mock_modbus_unit.holding[image.address("124.StorCtl_Mod")] == 3
    assert mock_modbus_unit.holding[image.address("124.InOutWRte_RvrtTms")] == 60


@pytest.mark.parametrize(
    ("watts", "pv", "total"),
    [
        (-9000, 2000, -2500),  # the battery takes 4500 W: more would be taken from the PV
        (9000, 100, 4700),  # it gives 4600 W
        (9000, 2000, 5000),  # the inverter gives 5000 W
        (-1000, 2000, 1000),
    ],
)
async def test_a_wish_beyond_the_battery_is_cut_off_before_the_pv_is_added(
    watts: int, pv: int, total: int, mock_modbus_unit: MockModbusUnit
) -> None:
    image = der()
    image.set({"714.Prt/1/DCW": pv})
    battery = await opened(load(mock_modbus_unit, image))
    lease_runs(mock_modbus_unit, image)
    written = recorded(mock_modbus_unit)
    await battery.set_power(watts, 60)
    high, low = written[-1].values[2:]
    assert (high << 16 | low) - (high >> 15 << 32) == total


@pytest.mark.parametrize(
    ("make", "points"),
    [
        (der, {"714.DCW_SF": 2}),
        (der, {"714.Prt/1/DCW": -0x7FFF}),
        (legacy, {"160.DCW_SF": 1}),
        (legacy, {"160.module/1/DCW": 30_000}),
    ],
)
async def test_a_pv_power_beyond_what_inverter_and_battery_can_take_is_unknown(
    make: Callable[[], Image], points: dict[str, int], mock_modbus_unit: MockModbusUnit
) -> None:
    image = make()
    image.set(points)
    device = await SunSpecDevice.open(load(mock_modbus_unit, image))
    assert (await device.inverter.read()).pv_power_w is None
    load(mock_modbus_unit, make())
    assert (await device.inverter.read()).pv_power_w in {2000, 3000}


@pytest.mark.parametrize(("make", "points"), [(der, {"714.Prt/2/DCW": 0x7FFF}), (legacy, {"160.module/3/DCW": 0xFFFE})])
async def test_a_battery_power_beyond_its_plate_is_unknown(
    make: Callable[[], Image], points: dict[str, int], mock_modbus_unit: MockModbusUnit
) -> None:
    image = make()
    image.set({"701.W": 0x8000, **points} if make is der else points)
    device = await SunSpecDevice.open(load(mock_modbus_unit, image))
    assert device.battery is not None
    assert (await device.battery.read()).power_w is None


async def test_a_charging_set_point_is_told_by_the_charging_power(mock_modbus_unit: MockModbusUnit) -> None:
    battery = await opened(load(mock_modbus_unit, legacy()))
    # The device charges with 5000 W and gives 4000 W at most.
    for watts in (-5000, -1000, 4000):
        await battery.set_power(watts, 60)
        assert (await battery.read()).set_point_w == watts


@pytest.mark.parametrize(
    ("silent", "raised"),
    [("124.WChaMax", DeviceSilentError), ("120.MaxDisChaRte", None)],
)
async def test_a_share_is_not_worked_out_from_a_power_that_was_not_read(
    silent: str, raised: type[DeviceError] | None, mock_modbus_unit: MockModbusUnit
) -> None:
    image = legacy()
    battery: Any = (await SunSpecDevice.open(load(mock_modbus_unit, image))).battery
    mock_modbus_unit.fail_read(image.address(silent), ModbusTimeoutError())
    written = recorded(mock_modbus_unit)
    if raised:
        with pytest.raises(raised, match="block storage"):
            await battery.set_power(1000, 60)
        assert written == []
        return
    # Without its own plate, discharging is a share of the charging power.
    await battery.set_power(1000, 60)
    assert written[1].values == [2000, -2000 % 0x10000]
