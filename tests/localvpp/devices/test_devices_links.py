"""How a device is asked over its link: with its pauses, and over TCP with the frames of a serial line."""

import asyncio
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

from modbus_connection import ModbusTimeoutError
import pytest
import yaml

from localvpp.devices import (
    Identity,
    LateHybrid,
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
from localvpp.devices.scan import questions
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
        before = hole.trying
        async with ModbusLinks() as links:
            unit = links.unit(parse_address(f"rtutcp://127.0.0.1:{hole.port}?unit=1"))
            asking = asyncio.create_task(unit.read_holding_registers(0, 1))
            await hole.tried(before)  # In this event loop, which the opening leaves free.
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
