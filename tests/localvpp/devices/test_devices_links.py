"""How a device is asked over its link: with its pauses, and over TCP with the frames of a serial line."""

import asyncio
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

from conftest import Clock
from modbus_connection import ModbusTimeoutError
import pytest
import yaml

from localvpp.devices import (
    DeviceNonsenseError,
    DeviceSilentError,
    Identity,
    LateBattery,
    LateHybrid,
    LateInverter,
    LateMeter,
    MapHybrid,
    MapMeter,
    load_map,
    parse_address,
    probe_hybrid,
    probe_meter,
)
from localvpp.devices.backend import ModbusLinks
from localvpp.devices.mapping import Space
from localvpp.devices.scan import Question, questions
from localvpp.devices.silence import LINK_LOST_S
from tests.black_hole import black_hole
from tests.goodwe import goodwe
from tests.listening import Listener, listening, of_image

pytestmark = pytest.mark.usefixtures("socket_enabled")

DUMPS = Path(__file__).parent / "dumps"
HUAWEI = load_map("huawei_sun2000")
WHO = Identity(manufacturer="Huawei", model="SUN2000")


def answering(name: str) -> Any:
    dump: dict[str, Any] = yaml.safe_load((DUMPS / f"{name}.yaml").read_text(encoding="utf-8"))
    device = of_image({Space(space): values for space, values in dump["registers"].items()})
    return lambda unit, question: device(question)


def paced(device: Listener) -> None:
    """The device was left alone for a second after the link had opened, and for 50 ms between two requests."""
    (connected,) = device.connected_at
    at = [each.at for each in device.asked]
    assert len(at) > 3
    assert at[0] - connected >= 0.99
    assert min(after - before for before, after in pairwise(at)) >= 0.049


async def test_a_device_that_wants_pauses_is_probed_and_read_with_them() -> None:
    async with listening(answering("huawei_sun2000")) as device, ModbusLinks() as links:
        unit = links.unit(parse_address(f"tcp://127.0.0.1:{device.port}?unit=1"))
        hybrid = MapHybrid(unit, HUAWEI, await probe_hybrid(unit, HUAWEI))
        reading = await hybrid.battery.read()
        await hybrid.battery.read()
        assert reading.failed == {}
        paced(device)


async def test_a_device_that_is_there_later_is_asked_with_its_pauses_from_the_first_request() -> None:
    async with listening(answering("huawei_sun2000")) as device, ModbusLinks() as links:
        unit = links.unit(parse_address(f"tcp://127.0.0.1:{device.port}?unit=1"))
        late = LateHybrid(unit, HUAWEI, WHO, lambda _: None)
        assert (await late.device()).identity.manufacturer == "Huawei"
        paced(device)


async def test_a_meter_that_is_there_later_is_asked_with_its_pauses_too() -> None:
    slow = load_map("janitza_b")
    slow = replace(slow, wiring=replace(slow.wiring, pause_ms=50, connect_delay_s=1))
    async with listening(answering("janitza_b")) as device, ModbusLinks() as links:
        meter = LateMeter(links.unit(parse_address(f"tcp://127.0.0.1:{device.port}?unit=1")), slow)
        assert (await meter.read()).voltage_v is not None
        await meter.read()
        paced(device)


@pytest.mark.parametrize("name", ["eastron_sdm630", "carlo_gavazzi_em24", "chint_dtsu666", "janitza_b"])
async def test_a_meter_is_read_over_tcp_with_the_frames_of_its_serial_line(name: str) -> None:
    meter = load_map(name)
    async with listening(answering(name), rtu=True) as gateway, ModbusLinks() as links:
        unit = links.unit(parse_address(f"rtutcp://127.0.0.1:{gateway.port}?unit=7"))
        reading = await MapMeter(unit, meter, await probe_meter(unit, meter)).read()
    assert reading.failed == {}
    assert reading.power_w is not None
    assert gateway.units == [7]


async def test_opening_a_serial_line_over_tcp_does_not_hold_up_the_others() -> None:
    with black_hole() as hole:
        async with ModbusLinks() as links:
            unit = links.unit(parse_address(f"rtutcp://127.0.0.1:{hole.port}?unit=1"))
            asking = asyncio.create_task(unit.read_holding_registers(0, 1))
            await hole.tried()  # In this event loop, which the opening leaves free.
            assert not asking.done()
            asking.cancel()
            await asyncio.wait({asking})


async def test_a_goodwe_is_read_over_udp_for_all_the_bytes_before_its_answers() -> None:
    described = load_map("goodwe_et")
    async with goodwe(answering("goodwe_et")) as module, ModbusLinks() as links:
        unit = links.unit(parse_address(f"rtuudp://127.0.0.1:{module.port}?unit=247"))
        hybrid = MapHybrid(unit, described, await probe_hybrid(unit, described))
        reading = await hybrid.battery.read()
    assert reading.failed == {}
    assert reading.soc_percent is not None
    assert {data[0] for data in module.asked} == {247}


async def test_a_datagram_that_is_lost_costs_one_question_and_none_after_it_is_mistaken() -> None:
    async with goodwe(answering("goodwe_et")) as module, ModbusLinks() as links:
        unit = links.unit(parse_address(f"rtuudp://127.0.0.1:{module.port}?unit=247"))
        first, other, *_ = questions(load_map("goodwe_et"))
        before = await unit.read_holding_registers(first.address, first.count)
        module.silent = 1
        with pytest.raises(ModbusTimeoutError):
            await unit.read_holding_registers(other.address, other.count)
        assert await unit.read_holding_registers(first.address, first.count) == before


# --- who answers after a silence ----------------------------------------------------------------------------

SDM120 = load_map("eastron_sdm120")
SERIAL = Question(Space.HOLDING, 0xFC00, 2)


class Exchanged:
    """A device that falls silent, and may be another one afterwards."""

    def __init__(self, name: str) -> None:
        dump: dict[str, Any] = yaml.safe_load((DUMPS / f"{name}.yaml").read_text(encoding="utf-8"))
        self.image = {Space(space): dict(values) for space, values in dump["registers"].items()}
        self.silent = False

    def __call__(self, unit: int, question: Question) -> Any:
        del unit
        return None if self.silent else of_image(self.image)(question)


async def silent_for(seconds: float, device: Exchanged, meter: LateMeter, clock: Clock) -> None:
    device.silent = True
    with pytest.raises(DeviceSilentError):
        await meter.read()
    clock.now += seconds
    device.silent = False


def serial_asked(device: Listener) -> int:
    """How often the device was asked for its serial number since the last look."""
    asked = [each.question for each in device.asked]
    device.asked.clear()
    return asked.count(SERIAL)


async def test_a_meter_is_asked_who_it_is_once_after_a_silence_and_not_in_ordinary_seconds(clock: Clock) -> None:
    device = Exchanged("eastron_sdm120")
    async with listening(device) as port, ModbusLinks() as links:
        meter = LateMeter(links.unit(parse_address(f"tcp://127.0.0.1:{port.port}?unit=1")), SDM120, clock=clock)
        await meter.read()
        serial_asked(port)
        for _ in range(20):
            clock.now += 1
            await meter.read()
        assert serial_asked(port) == 0
        await silent_for(LINK_LOST_S - 1, device, meter, clock)
        await meter.read()
        assert serial_asked(port) == 0, "a lost packet or two exchange no meter"
        await silent_for(LINK_LOST_S + 1, device, meter, clock)
        before = await meter.read()
        assert serial_asked(port) == 1
        assert (await meter.read()).import_wh == before.import_wh
        assert serial_asked(port) == 0


async def test_a_meter_exchanged_during_a_silence_is_not_read_until_the_right_one_is_back(clock: Clock) -> None:
    device = Exchanged("eastron_sdm120")
    others: list[Identity] = []
    opened: list[object] = []
    async with listening(device) as port, ModbusLinks() as links:
        unit = links.unit(parse_address(f"tcp://127.0.0.1:{port.port}?unit=1"))
        meter = LateMeter(unit, SDM120, opened=opened.append, another=others.append, clock=clock)
        first = await meter.read()
        right = meter.identity
        assert right.serial is not None
        meter = LateMeter(unit, SDM120, right, opened=opened.append, another=others.append, clock=clock)
        await meter.read()
        await silent_for(LINK_LOST_S + 1, device, meter, clock)
        device.image[Space.HOLDING][0xFC01] ^= 1
        with pytest.raises(DeviceNonsenseError, match=rf"answers in the place of .*{right.serial}"):
            await meter.read()
        with pytest.raises(DeviceNonsenseError, match="set an exchanged meter up again"):
            await meter.read()
        assert {other.serial for other in others} == {str(int(right.serial) ^ 1)}
        assert (len(opened), meter.identity) == (2, right)
        device.image[Space.HOLDING][0xFC01] ^= 1
        clock.now += 60
        await meter.door.knock()
        assert (await meter.read()).import_wh == first.import_wh
        assert len(opened) == 3


async def test_an_inverter_exchanged_during_a_silence_is_neither_read_nor_commanded(clock: Clock) -> None:
    device = Exchanged("huawei_sun2000")
    fast = replace(HUAWEI, wiring=replace(HUAWEI.wiring, pause_ms=0, connect_delay_s=0))
    async with listening(device) as port, ModbusLinks() as links:
        unit = links.unit(parse_address(f"tcp://127.0.0.1:{port.port}?unit=1"))
        late = LateHybrid(unit, fast, await probe_hybrid(unit, fast), lambda _: None, clock=clock)
        inverter, battery = LateInverter(late), LateBattery(late)
        assert (await inverter.read()).ac_power_w is not None
        clock.now += LINK_LOST_S + 1
        device.image[Space.HOLDING][30015] ^= 1
        port.asked.clear()
        with pytest.raises(DeviceNonsenseError, match="set an exchanged inverter up again"):
            await battery.set_power(500, 60)
        with pytest.raises(DeviceNonsenseError, match="set an exchanged inverter up again"):
            await inverter.read()
        assert all(each.question is not None for each in port.asked), "nothing was written"
