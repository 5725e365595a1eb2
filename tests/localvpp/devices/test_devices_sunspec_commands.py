"""What SunSpec devices can be asked beside a power: a limit, a reserve, to leave the grid and to return."""

from conftest import Clock
from modbus_connection import IllegalDataValueError, ModbusTimeoutError
from modbus_connection.mock import MockModbusUnit, WriteEvent
import pytest
from sunspec_image import Image, der, legacy

from localvpp.devices import (
    DeviceRefusedError,
    DeviceSilentError,
    Identity,
    LateBattery,
    LateOutput,
    LateSunSpec,
    Limitable,
    Reserving,
    Separable,
    SunSpecDevice,
)

type Written = list[tuple[int, list[int]]]


def immediate(**values: int) -> Image:
    """A hybrid of the first generation with models 121 and 123: its WMax is 4 kW, shares are in hundredths."""
    image = Image({1: 0, 101: 0, 120: 0, 121: 0, 123: 0, 124: 0, 160: 4})
    plain = legacy()
    for name, point in plain.placed.items():
        if name in image.placed:
            words = [plain.registers[point.offset + index] for index in range(point.size)]
            image.registers |= dict(enumerate(words, image.address(name)))
    shown = {
        "121.WMax": 400, "121.WMax_SF": 1, "123.Conn": 1, "123.Conn_RvrtTms": 0, "123.WMaxLimPct": 10000,
        "123.WMaxLimPct_RvrtTms": 0, "123.WMaxLim_Ena": 0, "123.WMaxLimPct_SF": -2, "124.MinRsvPct": 1000,
        "124.MinRsvPct_SF": -2,
    }  # fmt: skip
    image.set({**shown, **{name.replace("m", "", 1).replace("_", ".", 1): value for name, value in values.items()}})
    return image


def of_2021(**values: int) -> Image:
    image = der()
    shown = {
        "702.WMax": 4000, "703.ES": 0, "704.WMaxLimPctEna": 0, "704.WMaxLimPct": 1000, "704.WMaxLimPctRvrt": 1000,
        "704.WMaxLimPctEnaRvrt": 0, "704.WMaxLimPctRvrtTms": 0, "704.WMaxLimPctRvrtRem": 0, "704.WMaxLimPct_SF": -1,
    }  # fmt: skip
    image.set({**shown, **{name.replace("m", "", 1).replace("_", ".", 1): value for name, value in values.items()}})
    return image


async def opened(unit: MockModbusUnit, image: Image, clock: Clock) -> tuple[SunSpecDevice, Written]:
    unit.holding.clear()
    unit.holding.update(image.registers)
    device = await SunSpecDevice.open(unit, clock)
    await device.snapshot()
    written: Written = []

    def note(event: WriteEvent) -> None:
        written.append((event.address, [int(value) for value in event.values]))

    unit.on_write(note)
    return device, written


def counting_down(unit: MockModbusUnit, image: Image, *, enabled: int) -> None:
    """Have the device count down a limit's time, when ``EnaRvrt`` is as this one wants it."""
    remaining = image.address("704.WMaxLimPctRvrtRem")

    def note(event: WriteEvent) -> None:
        del event
        on = unit.holding[image.address("704.WMaxLimPctEna")]
        revert = unit.holding[image.address("704.WMaxLimPctEnaRvrt")]
        seconds = unit.holding[image.address("704.WMaxLimPctRvrtTms") + 1]
        unit.holding[remaining + 1] = seconds if on == 1 and revert == enabled else 0

    unit.on_write(note)


async def test_model_123_limits_for_the_time_of_a_lease_that_is_written_first(
    mock_modbus_unit: MockModbusUnit, clock: Clock
) -> None:
    image = immediate()
    device, written = await opened(mock_modbus_unit, image, clock)
    output = device.output
    assert isinstance(output, Limitable)
    assert isinstance(output, Separable)
    assert (output.limitable, output.separable, output.reconnectable) == (True, True, True)
    await output.limit(1000, 60)
    # 1 kW of 4 kW are 25.00 %.
    limited = [
        (image.address("123.WMaxLimPct_RvrtTms"), [60]),
        (image.address("123.WMaxLimPct"), [2500]),
        (image.address("123.WMaxLim_Ena"), [1]),
    ]
    assert written == limited
    clock.now += 29
    await output.limit(1000, 60)
    assert written == limited, "nothing changed, and more than half of the lease is left"
    clock.now += 1
    await output.limit(1000, 60)
    assert written == limited * 2
    await output.limit(9000, 60)
    assert written[-2] == (image.address("123.WMaxLimPct"), [10000]), "more than it can is no limit"
    await output.unlimit()
    assert written[-1] == (image.address("123.WMaxLim_Ena"), [0])


async def test_model_123_leaves_the_grid_for_the_time_of_a_lease_and_returns_when_told(
    mock_modbus_unit: MockModbusUnit, clock: Clock
) -> None:
    image = immediate()
    device, written = await opened(mock_modbus_unit, image, clock)
    await device.output.go_off_grid(30)
    # Time and command are neighbours, and one request.
    away = (image.address("123.Conn_RvrtTms"), [30, 0])
    assert written == [away]
    clock.now += 14
    await device.output.go_off_grid(30)
    assert written == [away]
    clock.now += 1
    await device.output.go_off_grid(30)
    assert written == [away, away]
    await device.output.reconnect()
    assert written[2:] == [(image.address("123.Conn"), [1])]
    await device.output.go_off_grid(30)
    assert written[3:] == [away], "it had returned"


@pytest.mark.parametrize(
    ("watts", "scale", "raw"),
    [
        (100, -1, 23),  # 100 W of 4.2 kW are 2.38 %: 2.4 % would be 100.8 W
        (100, -2, 238),
        (2100, 0, 50),
        (100, 0, 2),
        (0, -1, 0),
        (4200, -1, 1000),
    ],
)
async def test_a_limit_is_rounded_down_to_the_step_of_its_register(
    mock_modbus_unit: MockModbusUnit, clock: Clock, watts: int, scale: int, raw: int
) -> None:
    image = immediate(m121_WMax=420, m123_WMaxLimPct_SF=scale)
    device, written = await opened(mock_modbus_unit, image, clock)
    await device.output.limit(watts, 60)
    assert written[1] == (image.address("123.WMaxLimPct"), [raw])


@pytest.mark.parametrize("lease_s", [0, -1, 0xFFFF])
async def test_nothing_is_asked_for_without_end(mock_modbus_unit: MockModbusUnit, clock: Clock, lease_s: int) -> None:
    device, written = await opened(mock_modbus_unit, immediate(), clock)
    with pytest.raises(ValueError, match="needs a lease"):
        await device.output.limit(1000, lease_s)
    with pytest.raises(ValueError, match="needs a lease"):
        await device.output.go_off_grid(lease_s)
    with pytest.raises(ValueError, match="0 W or more"):
        await device.output.limit(-1, 60)
    assert written == []


async def test_without_a_time_limit_of_its_own_an_inverter_may_only_return(
    mock_modbus_unit: MockModbusUnit, clock: Clock
) -> None:
    image = immediate(m123_WMaxLimPct_RvrtTms=0xFFFF, m123_Conn_RvrtTms=0xFFFF)
    device, written = await opened(mock_modbus_unit, image, clock)
    assert (device.output.limitable, device.output.separable, device.output.reconnectable) == (False, False, True)
    with pytest.raises(DeviceRefusedError, match=r"no time limit for a limit of its output \(WMaxLimPct_RvrtTms\)"):
        await device.output.limit(1000, 60)
    with pytest.raises(DeviceRefusedError, match=r"off the grid \(Conn_RvrtTms\), so it is not taken off it: it would"):
        await device.output.go_off_grid(60)
    assert written == []
    await device.output.reconnect()
    assert written == [(image.address("123.Conn"), [1])]


async def test_an_inverter_without_such_models_says_so(mock_modbus_unit: MockModbusUnit, clock: Clock) -> None:
    device, written = await opened(mock_modbus_unit, legacy(), clock)
    output = device.output
    assert (output.limitable, output.separable, output.reconnectable) == (False, False, False)
    for command in (output.limit(1, 60), output.unlimit(), output.go_off_grid(60), output.reconnect()):
        with pytest.raises(DeviceRefusedError, match=r"no immediate controls \(model 123\), so"):
            await command
    assert written == []


async def test_a_power_that_is_unknown_has_no_share(mock_modbus_unit: MockModbusUnit, clock: Clock) -> None:
    device, written = await opened(mock_modbus_unit, immediate(m121_WMax=0xFFFF), clock)
    with pytest.raises(DeviceRefusedError, match=r"does not tell its highest power \(WMax\)"):
        await device.output.limit(1000, 60)
    assert written == []


@pytest.mark.parametrize("enabled", [0, 1])
async def test_model_704_limits_once_its_countdown_runs(
    mock_modbus_unit: MockModbusUnit, clock: Clock, enabled: int
) -> None:
    image = of_2021()
    device, written = await opened(mock_modbus_unit, image, clock)
    counting_down(mock_modbus_unit, image, enabled=enabled)
    assert (device.output.limitable, device.output.separable, device.output.reconnectable) == (True, False, True)
    await device.output.limit(1000, 60)

    def way(still: int, permille: int = 250) -> Written:
        return [
            (image.address("704.WMaxLimPctRvrt"), [1000]),
            (image.address("704.WMaxLimPctEnaRvrt"), [still, 0, 60]),
            (image.address("704.WMaxLimPctEna"), [1, permille]),
        ]

    off = (image.address("704.WMaxLimPctEna"), [0])
    full = way(0, 1000) if enabled == 0 else [*way(0, 1000), off, *way(1, 1000)]
    assert written == [*full, *way(enabled)], "what is no limit counts down before there is one"
    written.clear()
    clock.now += 30
    await device.output.limit(1000, 60)
    assert written == way(enabled), "the way that worked is kept"
    await device.output.unlimit()
    assert written[-1] == off


async def test_a_limit_that_nothing_counts_down_is_taken_back(mock_modbus_unit: MockModbusUnit, clock: Clock) -> None:
    image = of_2021()
    device, written = await opened(mock_modbus_unit, image, clock)
    with pytest.raises(DeviceRefusedError, match=r"does not count down the time limit of a limit"):
        await device.output.limit(1000, 60)
    off = (image.address("704.WMaxLimPctEna"), [0])
    assert (written[-1], written.count(off)) == (off, 2)


async def test_model_703_is_only_permitted_to_return(mock_modbus_unit: MockModbusUnit, clock: Clock) -> None:
    image = of_2021()
    device, written = await opened(mock_modbus_unit, image, clock)
    with pytest.raises(DeviceRefusedError, match="model 703 has none"):
        await device.output.go_off_grid(60)
    assert written == []
    await device.output.reconnect()
    assert written == [(image.address("703.ES"), [1])]


async def test_in_local_mode_nothing_is_written(mock_modbus_unit: MockModbusUnit, clock: Clock) -> None:
    device, written = await opened(mock_modbus_unit, of_2021(m715_LocRemCtl=1), clock)
    for command in (device.output.limit(1000, 60), device.output.reconnect()):
        with pytest.raises(DeviceRefusedError, match="local mode"):
            await command
    assert written == []


async def test_a_reserve_is_written_when_the_device_shows_another_and_no_more_often_than_its_memory_bears(
    mock_modbus_unit: MockModbusUnit, clock: Clock
) -> None:
    image = immediate()
    device, written = await opened(mock_modbus_unit, image, clock)
    battery = device.battery
    assert isinstance(battery, Reserving)
    assert battery.reservable
    assert (await device.snapshot()).battery.reserve_percent == 10
    await battery.set_reserve(10)
    assert written == []
    await battery.set_reserve(30)
    assert written == [(image.address("124.MinRsvPct"), [3000])]
    await battery.set_reserve(30)
    assert len(written) == 1
    for percent in (101, -1):
        with pytest.raises(ValueError, match="write 0 to 100"):
            await battery.set_reserve(percent)
    for number in range(19):
        await battery.set_reserve(40 + number)
    assert len(written) == 20
    with pytest.raises(DeviceRefusedError, match="its memory bears no more"):
        await battery.set_reserve(99)
    assert len(written) == 20


async def test_a_reserve_may_stand_in_the_batterys_own_model(mock_modbus_unit: MockModbusUnit, clock: Clock) -> None:
    image = Image({1: 0, 701: 0, 702: 0, 713: 0, 802: 0})
    image.set(
        {
            "1.Mn": "Maker", "1.Md": "DER", "1.SN": "B-3", "701.W": 100, "713.WHRtg": 9000, "713.SoC": 50,
            "802.SoCRsvMin": 15, "802.SoC_SF": 0, "802.SoH": 97,
        }
    )  # fmt: skip
    device, written = await opened(mock_modbus_unit, image, clock)
    assert device.battery is not None
    assert (await device.snapshot()).battery.reserve_percent == 15
    await device.battery.set_reserve(25)
    assert written == [(image.address("802.SoCRsvMin"), [25])]


@pytest.mark.parametrize("image", [immediate(m124_MinRsvPct=0xFFFF), der()])
async def test_a_battery_without_a_reserve_says_so(
    mock_modbus_unit: MockModbusUnit, clock: Clock, image: Image
) -> None:
    device, written = await opened(mock_modbus_unit, image, clock)
    assert device.battery is not None
    assert not device.battery.reservable
    with pytest.raises(DeviceRefusedError, match="no setting for a reserve"):
        await device.battery.set_reserve(20)
    assert written == []


async def test_a_refused_limit_is_tried_again(mock_modbus_unit: MockModbusUnit, clock: Clock) -> None:
    image = immediate()
    device, _ = await opened(mock_modbus_unit, image, clock)
    mock_modbus_unit.fail_write(image.address("123.WMaxLimPct"), IllegalDataValueError())
    with pytest.raises(DeviceRefusedError):
        await device.output.limit(1000, 60)
    mock_modbus_unit.fail_write(image.address("123.WMaxLimPct"), None)
    await device.output.limit(1000, 60)
    assert mock_modbus_unit.holding[image.address("123.WMaxLim_Ena")] == 1


async def test_an_inverter_that_sleeps_is_commanded_when_it_is_there(
    mock_modbus_unit: MockModbusUnit, clock: Clock
) -> None:
    image = immediate()
    mock_modbus_unit.holding.update(image.registers)
    late = LateSunSpec(mock_modbus_unit, Identity(manufacturer="Maker", model="Hybrid"), lambda _: None, clock=clock)
    output, battery = LateOutput(late), LateBattery(late)
    assert isinstance(output, Limitable)
    assert isinstance(output, Separable)
    assert isinstance(battery, Reserving)
    assert not any((output.limitable, output.separable, output.reconnectable, battery.reservable))
    mock_modbus_unit.fail_requests(ModbusTimeoutError())
    with pytest.raises(DeviceSilentError):
        await output.limit(1000, 60)
    mock_modbus_unit.fail_requests(None)
    for _ in range(3):
        clock.now += 400
        await late.knock()
    await output.limit(1000, 60)
    assert mock_modbus_unit.holding[image.address("123.WMaxLimPct")] == 2500
    await output.unlimit()
    await output.go_off_grid(60)
    assert mock_modbus_unit.holding[image.address("123.Conn")] == 0
    await output.reconnect()
    await battery.read()
    assert all((output.limitable, output.separable, output.reconnectable, battery.reservable))
    await battery.set_reserve(40)
    assert mock_modbus_unit.holding[image.address("124.MinRsvPct")] == 4000
