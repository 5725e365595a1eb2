"""A search over real sockets: what answers is found, nothing is written, and it ends in time."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import pairwise
import os
from pathlib import Path
import socket
import struct
import tty
from typing import Any

from modbus_connection import ModbusSerialParams, ModbusTcpParams, ModbusUnit
import pytest
from sunspec_image import legacy
import yaml

from localvpp.devices import (
    SUNSPEC,
    DeviceAddress,
    DeviceSilentError,
    LinkFound,
    Plan,
    Progress,
    available_maps,
    load_map,
    parse_address,
    plan_port,
    plan_serial,
    scan_link,
    scan_unit,
)
from localvpp.devices.backend import ModbusLinks
from localvpp.devices.mapping import Image, Space
from localvpp.devices.scan import Question
from tests.listening import NOBODY_THERE, READS, Answer, Listener, crc, listening, of_image

pytestmark = pytest.mark.usefixtures("socket_enabled")

DUMPS = Path(__file__).parent / "dumps"
MAPS = [load_map(name) for name in available_maps()]
NO_HURRY = [device for device in MAPS if not device.wiring.connect_delay_s]
"""Without the family that each search would leave alone for a second."""
QUICK = replace(plan_port(NO_HURRY, 5020), answer_s=0.05, whole_s=30)


def image(name: str) -> Image:
    dump: dict[str, Any] = yaml.safe_load((DUMPS / f"{name}.yaml").read_text(encoding="utf-8"))
    return {Space(space): values for space, values in dump["registers"].items()}


async def searched(port: int, plan: Plan, told: list[Progress] | None = None) -> LinkFound:
    async with ModbusLinks() as links:

        async def unit(number: int) -> ModbusUnit:
            return links.unit(DeviceAddress(ModbusTcpParams(host="127.0.0.1", port=port), number))

        return await scan_link(unit, plan, ([] if told is None else told).append)


def only_reads(listener: Listener) -> bool:
    return bool(listener.asked) and all(each.question is not None for each in listener.asked)


async def test_devices_behind_a_gateway_are_found_with_their_units_bases_and_types() -> None:
    sunspec = legacy().registers
    devices = {
        1: of_image(image("eastron_sdm630")),
        3: of_image(image("sma_hybrid")),
        126: of_image({Space.HOLDING: sunspec}),
        247: of_image(image("goodwe_et")),
    }

    def answer(unit: int, question: Question) -> Answer:
        return devices[unit](question) if unit in devices else NOBODY_THERE

    told: list[Progress] = []
    async with listening(answer) as gateway:
        found = await searched(gateway.port, QUICK, told)
    assert (found.linked, found.reason, found.unasked) == (True, "", ())
    best = {unit.unit: [candidate.family for candidate in unit.fitting] for unit in found.units}
    assert best == {
        1: ["eastron_sdm630", "eastron_sdm120", "eastron_sdm230"],
        3: ["sma_hybrid"],
        126: [SUNSPEC],
        247: ["goodwe_et"],
    }
    assert {unit.unit: unit.base for unit in found.units}[126] == min(sunspec)
    assert only_reads(gateway)
    assert 0 not in gateway.units
    assert len(gateway.connected_at) == 1, "one link for the whole search"
    shares = [progress.share for progress in told]
    assert shares == sorted(shares)
    assert 0 <= shares[0] <= shares[-1] <= 1
    assert told[-1].found == 4


async def test_a_device_that_is_silent_about_all_but_its_own_registers_is_found() -> None:
    own = image("sungrow_sh")

    def answer(unit: int, question: Question) -> Answer:
        answered = of_image(own)(question)
        return answered if unit == 1 and not isinstance(answered, int) else None

    async with listening(answer) as device:
        found = await searched(device.port, QUICK)
    assert [(unit.unit, [each.family for each in unit.fitting]) for unit in found.units] == [(1, ["sungrow_sh"])]
    assert only_reads(device)


async def test_a_port_that_is_open_and_silent_is_left_within_the_time_set() -> None:
    loop = asyncio.get_running_loop()
    plan = replace(QUICK, answer_s=0.2, whole_s=1.0)
    async with listening(lambda unit, question: None) as device:
        began = loop.time()
        found = await searched(device.port, plan)
        took = loop.time() - began
    assert (found.linked, found.units) == (True, ())
    assert found.unasked, "what the time did not suffice for is told"
    assert took < 1.0 + 0.2 + 0.5, "the question under way is waited for, and the closing of the link"


async def test_a_port_where_nobody_listens_is_told_at_once_with_a_remedy() -> None:
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        found = await searched(reserved.getsockname()[1], QUICK)
    assert (found.linked, found.units) == (False, ())
    assert "cannot be reached" in found.reason
    assert "no other program holds its only connection" in found.reason


async def test_all_units_are_asked_on_request_one_at_a_time_with_the_slowest_familys_pause() -> None:
    huawei = [load_map("huawei_sun2000")]
    plan = replace(plan_port(huawei, 502, all_units=True), answer_s=1.0)
    plan = replace(plan, units=plan.units[:12])
    async with listening(lambda unit, question: NOBODY_THERE) as gateway:
        found = await searched(gateway.port, plan)
        (connected,) = gateway.connected_at
    assert (found.linked, found.units) == (True, ())
    assert gateway.units == list(plan.units)
    at = [each.at for each in gateway.asked]
    assert at[0] - connected >= 0.99, "a second after the link has opened"
    assert min(after - before for before, after in pairwise(at)) >= 0.049


async def test_a_link_that_is_lost_again_and_again_is_let_alone() -> None:
    opened = 0

    async def close(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal opened
        opened += 1
        await reader.readexactly(12)
        writer.close()

    async with await asyncio.start_server(close, "127.0.0.1", 0) as server:
        found = await searched(server.sockets[0].getsockname()[1], replace(QUICK, answer_s=1.0))
    assert (found.units, bool(found.reason)) == ((), True)
    assert "lost 3 times" in found.reason
    assert opened == 3


async def test_one_unit_is_asked_for_every_type() -> None:
    async with (
        listening(lambda unit, question: of_image(image("foxess_h3"))(question)) as device,
        ModbusLinks() as links,
    ):
        unit = links.unit(parse_address(f"tcp://127.0.0.1:{device.port}?unit=9"))
        found = await scan_unit(unit, 9, replace(QUICK, units=(9,)))
        assert [each.family for each in found.fitting] == ["foxess_h3"]
    assert device.units == [9]


async def test_one_unit_whose_link_is_not_there_is_silent() -> None:
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        async with ModbusLinks() as links:
            unit = links.unit(parse_address(f"tcp://127.0.0.1:{reserved.getsockname()[1]}?unit=1"))
            with pytest.raises(DeviceSilentError, match="cannot be reached"):
                await scan_unit(unit, 1, QUICK)


@contextmanager
def serial_line(units: dict[int, str]) -> Iterator[tuple[str, list[bytes]]]:
    """A serial line, a pty, with the devices of the dumps on it; gives its port and what is asked there."""
    loop = asyncio.get_running_loop()
    ours, theirs = os.openpty()
    tty.setraw(theirs)
    asked: list[bytes] = []
    heard = bytearray()

    def hear() -> None:
        heard.extend(os.read(ours, 1024))
        while len(heard) >= 8:
            frame = bytes(heard[:8])
            del heard[:8]
            asked.append(frame)
            unit, function, address, count = struct.unpack(">BBHH", frame[:6])
            if unit not in units or function not in READS:
                continue
            said = of_image(image(units[unit]))(Question(READS[function], address, count))
            assert said is not None
            match said:
                case int():
                    reply = bytes([unit, function | 0x80, said])
                case values if READS[function] in {Space.HOLDING, Space.INPUT}:
                    reply = bytes([unit, function, 2 * count]) + b"".join(value.to_bytes(2) for value in values)
                case _:
                    reply = bytes([unit, function | 0x80, 1])
            os.write(ours, reply + crc(reply))

    loop.add_reader(ours, hear)
    try:
        yield os.ttyname(theirs), asked
    finally:
        loop.remove_reader(ours)
        os.close(ours)
        os.close(theirs)


async def test_devices_on_a_serial_line_are_found_and_unit_0_which_is_everybody_is_never_asked() -> None:
    plan = replace(plan_serial(NO_HURRY, 3.5), units=(1, 2, 11))
    with serial_line({1: "eastron_sdm630", 11: "solis_hybrid"}) as (port, asked):
        async with ModbusLinks() as links:

            async def unit(number: int) -> ModbusUnit:
                return links.unit(DeviceAddress(ModbusSerialParams(device=port, baudrate=9600), number))

            found = await scan_link(unit, plan, lambda _: None)
    assert {unit.unit: unit.fitting[0].family for unit in found.units} == {1: "eastron_sdm630", 11: "solis_hybrid"}
    assert {frame[0] for frame in asked} == {1, 2, 11}
    assert {frame[1] for frame in asked} <= READS.keys(), "nothing is written"
