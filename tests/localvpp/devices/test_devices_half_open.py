"""A link that is up and dead: real sockets, real seconds."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from functools import partial
import logging
from pathlib import Path
import time
from typing import Any

from agents import METER, agent, at_noon
from conftest import Clock
from modbus_connection import ModbusTcpParams, ModbusTimeoutError, pymodbus, tmodbus
from modbus_connection.mock import MockModbusConnection
import pytest
from simulated_building import UNITS, SimulatedBuilding

from localvpp.devices import DeviceError, Line, MapMeter, SunSpecDevice, probe_meter
from localvpp.devices.asking import ask
from localvpp.devices.line import DEAD_REQUESTS, DEAD_REQUESTS_MOST, DEAD_S
from tests.half_open import HalfOpen, half_open

HEALED_WITHIN_S = 60


@pytest.fixture
async def house(tmp_path: Path, socket_enabled: None) -> AsyncIterator[SimulatedBuilding]:
    async with at_noon(tmp_path) as house:
        yield house


async def gateway(stack: AsyncExitStack, house: SimulatedBuilding, flat: str) -> HalfOpen:
    """Put a flat's devices behind a gateway whose connections can be lost."""
    real = house.site.flats[flat]
    lost = await stack.enter_async_context(half_open(real.host, real.port))
    house.detours[flat] = lost.port
    return lost


async def healed_s(device: MapMeter | SunSpecDevice) -> float:
    """Read a device each second, as a flat does, until it answers again after a silence; return for how long."""
    reading = device.read if isinstance(device, MapMeter) else device.inverter.read
    began, was_silent = time.monotonic(), False
    while time.monotonic() - began < 2 * HEALED_WITHIN_S:
        try:
            await reading()
        except DeviceError:
            was_silent = True
        else:
            if was_silent:
                return time.monotonic() - began
        if device.door.due:
            await device.door.knock()
        await asyncio.sleep(0.5)
    return time.monotonic() - began


@pytest.mark.slow
async def test_a_link_that_is_dead_is_opened_anew(
    house: SimulatedBuilding, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "localvpp")

    async def flat(name: str) -> None:
        """A meter, an inverter and a relay behind one gateway, with their agent."""
        lost = await gateway(stack, house, name)
        async with agent(house, name, tmp_path) as running:
            await running.until(lambda state: state.inverter is not None and not state.problems, 10)
            lost.lose()
            await running.until(lambda state: "meter" in state.problems, 5)
            await running.until(lambda state: not state.problems, HEALED_WITHIN_S)
            await asyncio.sleep(4)
            assert running.flat.state.problems == {}
            assert lost.open == 2

    async def meter_alone(name: str, backend: Any) -> None:
        lost = await gateway(stack, house, name)
        link = backend.ModbusConnection(ModbusTcpParams(host="127.0.0.1", port=lost.port), timeout=3)
        unit = link.for_unit(UNITS["meter"])
        meter = MapMeter(unit, METER, await probe_meter(unit, METER))
        await meter.read()
        lost.lose()
        assert await healed_s(meter) < HEALED_WITHIN_S
        assert lost.open == 2
        await link.close()

    async def inverter_alone(name: str) -> None:
        lost = await gateway(stack, house, name)
        device = await SunSpecDevice.open(house.unit(name, "inverter"), line=house.line(name))
        await device.inverter.read()
        lost.lose()
        assert await healed_s(device) < HEALED_WITHIN_S
        assert lost.open == 2

    async with AsyncExitStack() as stack, asyncio.TaskGroup() as all_at_once:
        all_at_once.create_task(flat("101"))
        all_at_once.create_task(meter_alone("102", pymodbus))
        all_at_once.create_task(meter_alone("103", tmodbus))
        all_at_once.create_task(inverter_alone("201"))
    told = [each.getMessage() for each in caplog.records if each.name == "localvpp.outage"]
    for what in ("fails: ", "answers again"):
        names = [line.partition(" of flat ")[0] for line in told if what in line]
        assert "The meter" in names
        assert len(names) == len(set(names)), what


async def silence() -> None:
    raise ModbusTimeoutError


async def test_a_line_that_nobody_is_heard_on_is_opened_anew_ever_more_rarely(clock: Clock) -> None:
    link, line, openings = MockModbusConnection(), Line(), list[int]()
    unit = link.for_unit(1)
    for request in range(1, 80):
        await unit.read_holding_registers(0, 0)
        assert unit.connected
        with pytest.raises(DeviceError):
            await ask("device", "the device", unit, line, silence, 1, clock)
        clock.now += DEAD_S
        if not unit.connected:
            openings.append(request)
    assert openings == [DEAD_REQUESTS, 9, 21, 45, 45 + DEAD_REQUESTS_MOST]


async def test_one_who_answers_tells_that_the_link_is_alive(clock: Clock) -> None:
    link, line = MockModbusConnection(), Line()
    unit = link.for_unit(1)
    unit.holding[0] = 7
    for _ in range(3):
        for _ in range(DEAD_REQUESTS - 1):
            with pytest.raises(DeviceError):
                await ask("device", "the device", unit, line, silence, 1, clock)
            clock.now += DEAD_S
        assert await ask("other", "the other", unit, line, partial(unit.read_holding_registers, 0, 1), 1, clock)
        assert unit.connected


async def test_a_gateway_that_is_deaf_for_a_moment_keeps_its_link(clock: Clock) -> None:
    link, line, began = MockModbusConnection(), Line(), clock.now
    unit = link.for_unit(1)
    await unit.read_holding_registers(0, 0)
    while clock.now - began < DEAD_S:
        with pytest.raises(DeviceError):
            await ask("device", "the device", unit, line, silence, 1, clock)
        assert unit.connected
        clock.now += 0.5
    with pytest.raises(DeviceError):
        await ask("device", "the device", unit, line, silence, 1, clock)
    assert not unit.connected
