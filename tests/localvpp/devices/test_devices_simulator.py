"""The drivers against the simulator in a process of its own: all of a flat's devices, and leases that run out."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
import json
from pathlib import Path
import sys
import time
from typing import Any

from modbus_connection import ModbusTcpParams, ModbusUnit
import pytest

from localvpp.devices import (
    DeviceAddress,
    MapMeter,
    MapRelay,
    SunSpecDevice,
    load_map,
    probe_meter,
    probe_relay,
    probe_sunspec,
)
from localvpp.devices.backend import ModbusLinks
from localvpp.devices.sunspec import discover
from localvpp.devices.sunspec.der import DerModels

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("socket_enabled")]

LEASE_S = 4
MARGIN_S = 4
"""The simulator counts in whole seconds, and a loaded machine is late."""


type Find = Callable[[str, str], tuple[ModbusUnit, dict[str, Any]]]


@pytest.fixture
async def find(tmp_path: Path, socket_enabled: None) -> AsyncIterator[Find]:
    """A running building of one floor with steady load and sun; gives a flat's device by its name."""
    profile = tmp_path / "steady.csv"
    profile.write_text(",GC,GG\n2011-07-01 00:00:00,0.5,1.0\n2011-07-01 00:30:00,0.5,1.0\n")
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "simulator", "run", "--flats", "4", "--profiles", str(profile),
        stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        line = await asyncio.wait_for(process.stdout.readline(), 30)
        flats = {flat["flat"]: flat for flat in json.loads(line)["flats"]}
        async with ModbusLinks() as links:

            def unit(flat: str, device: str) -> tuple[ModbusUnit, dict[str, Any]]:
                place = flats[flat]
                told = place["devices"][device]
                link = ModbusTcpParams(host=place["host"], port=place["port"])
                return links.unit(DeviceAddress(link, told["unit"])), told

            yield unit
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


async def until(what: Callable[[], Awaitable[bool]], within_s: float) -> float:
    """Ask until it is so; gives the seconds that it took."""
    began = time.monotonic()
    while not await what():
        assert time.monotonic() - began < within_s, "it did not become so in time"
        await asyncio.sleep(0.1)
    return time.monotonic() - began


@pytest.mark.parametrize("flat", ["101", "102"])
async def test_meter_inverter_and_relay_of_a_flat_are_read(find: Find, flat: str) -> None:
    meter_map, relay_map = load_map("eastron_sdm120"), load_map("relay")
    meter_unit, told = find(flat, "meter")
    identity = await probe_meter(meter_unit, meter_map)
    assert identity.serial == told["serial"]
    meter = MapMeter(meter_unit, meter_map, identity)
    reading = await meter.read()
    assert reading.failed == {}
    assert reading.import_wh is not None
    assert reading.export_wh is not None
    assert reading.power_w is not None
    assert reading.frequency_hz == pytest.approx(60, abs=0.5)

    inverter_unit, told = find(flat, "inverter")
    assert (await probe_sunspec(inverter_unit)).identity.serial == told["serial"]
    device = await SunSpecDevice.open(inverter_unit)
    inverter = await device.inverter.read()
    assert inverter.failed == {}
    assert inverter.grid_connected is True
    assert inverter.ac_power_w is not None
    assert inverter.energy_wh is not None
    assert inverter.energy_wh > 0
    assert device.battery is not None
    battery = await device.battery.read()
    assert battery.soc_percent is not None
    assert 0 < battery.soc_percent < 100
    assert battery.capacity_wh is not None

    relay_unit, _ = find(flat, "relay")
    relay = MapRelay(relay_unit, relay_map, await probe_relay(relay_unit, relay_map))
    assert (await relay.read()).closed is True


async def test_the_relay_s_contact_follows_its_command_later(find: Find) -> None:
    unit, _ = find("101", "relay")
    relay = MapRelay(unit, load_map("relay"), await probe_relay(unit, load_map("relay")))
    for wanted in (False, True):
        await relay.command(closed=wanted)
        assert (await relay.read()).commanded is wanted

        async def moved(wanted: bool = wanted) -> bool:
            return (await relay.read()).closed is wanted

        await until(moved, 5)


async def test_the_first_generation_s_battery_obeys_and_falls_back_by_itself(find: Find) -> None:
    unit, _ = find("101", "inverter")
    battery = (await SunSpecDevice.open(unit)).battery
    assert battery is not None
    assert (await battery.read()).set_point_w is None

    async def at(watts: float) -> bool:
        power = (await battery.read()).power_w
        return power is not None and abs(power - watts) <= 5

    await battery.set_power(600, 60)
    await until(lambda: at(600), 5)
    await battery.set_power(-700, LEASE_S)
    await until(lambda: at(-700), LEASE_S)

    async def free() -> bool:
        return (await battery.read()).set_point_w is None

    await until(free, LEASE_S + MARGIN_S)
    # What was lost with the lease comes back with the next wish, and goes with the release.
    await battery.set_power(500, 60)
    await until(lambda: at(500), 5)
    await battery.release()
    assert await free()


async def test_the_second_generation_s_set_point_falls_back_by_itself(find: Find) -> None:
    unit, _ = find("102", "inverter")
    models = DerModels("the inverter", unit, await discover(unit))
    device = await SunSpecDevice.open(unit)
    assert device.battery is not None
    battery = device.battery
    await models.activate(900, LEASE_S)
    left = (await battery.read()).lease_left_s
    assert left is not None
    assert 0 < left <= LEASE_S + 1

    async def at_900() -> bool:
        return (await device.inverter.read()).ac_power_w == 900

    async def free() -> bool:
        return (await battery.read()).lease_left_s is None

    await until(at_900, LEASE_S)
    await until(free, LEASE_S + MARGIN_S)
    await models.activate(900, 60)

    async def held() -> bool:
        return not await free()

    await until(held, 3)  # The others' blocks have their turns, too.
    await battery.release()
    assert await free()
