"""A device that takes most of a second does not delay the frame of its flat's meter. On real sockets."""

import asyncio
from contextlib import AsyncExitStack
from datetime import timedelta
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import pytest
from simulated_building import DAY, simulated, write_home

from benchmarks.devices.late_gateway import delayed
from benchmarks.devices.place import Place
from localvpp.clock import SystemClock
from localvpp.devices import (
    ChargerState,
    MapCharger,
    MapGasMeter,
    MapMeter,
    SunSpecDevice,
    load_map,
    parse_address,
    probe_charger,
    probe_gas_meter,
    probe_meter,
)
from localvpp.devices.backend import ModbusLinks
from localvpp.etp import DeviceId
from localvpp.outage import Outages
from localvpp.rounds import BESIDE_S, FlatDevices, Rounds
from simulator.devices import ChargerDevice, CounterDevice
from simulator.gateway import Gateway
from simulator.registers.alfen_eve import AlfenSocket
from simulator.registers.moxa_e1210 import PulseCounter
from simulator.serial_line import SerialLine
from simulator.site import INVERTER, METER

pytestmark = [pytest.mark.slow, pytest.mark.real_time, pytest.mark.usefixtures("socket_enabled")]

REQUEST_S = 0.3
"""Of three requests."""
ANSWER_S = 0.7
"""Of each answer of a slow charger and of a slow gas meter."""
SECONDS = 5


async def test_the_meter_s_frame_is_on_time_though_the_inverter_needs_most_of_a_second(tmp_path: Path) -> None:
    described = load_map("eastron_sdm120")
    async with simulated(write_home(tmp_path / "home.csv"), DAY + timedelta(hours=12)) as building:
        building.pass_s(30)
        unit = building.unit("101", "meter")
        meter = MapMeter(unit, described, await probe_meter(unit, described))
        gateway = building.site.flats["101"]
        assert not isinstance(gateway, SerialLine)
        async with delayed(Place("101", gateway.host, gateway.port, METER, INVERTER), REQUEST_S) as port:
            building.detours["101"] = port
            device = await SunSpecDevice.open(building.unit("101", "inverter"))
            await device.snapshot()  # The first reading asks for everything.
            clock = SystemClock()
            devices = FlatDevices(meter=meter, inverter=device.inverter, battery=device.battery)
            rounds = Rounds(devices, Outages("101", clock), clock)
            loop = asyncio.get_running_loop()
            frames, took_s = [], []
            begin = loop.time()
            for second in range(SECONDS):
                await asyncio.sleep(max(0.0, begin + second - loop.time()))
                building.pass_s(1)
                began = loop.time()
                read = await rounds.read()
                took_s.append(loop.time() - began)
                frames.append(read.frame(DeviceId(bytes(16)), second + 1))
            await rounds.close()
            await device.snapshot()  # The reading that was under way goes on to its end.
    assert max(took_s) < BESIDE_S + 0.25, "the frame does not wait for the inverter"
    assert all(frame.import_wh is not None and frame.grid_w is not None for frame in frames)
    assert (frames[0].pv_w, frames[0].battery_w, frames[0].age_ms) == (None, None, None), "nothing was told yet"
    for frame in frames[2:]:
        assert None not in {frame.pv_w, frame.battery_w, frame.soc_permille, frame.islanded}
        assert frame.age_ms is not None
        assert 900 <= frame.age_ms <= 6000, "its age is told"


async def test_a_slow_charger_and_a_slow_gas_meter_do_not_hold_the_frame_up_and_are_told_with_their_age(
    tmp_path: Path,
) -> None:
    described, charging, counting = (load_map(name) for name in ("eastron_sdm120", "alfen_eve", "moxa_iologik_e1210"))
    counter, socket = PulseCounter(), AlfenSocket()
    counter.pulse(0, 700)
    clock = SystemClock()
    async with AsyncExitStack() as stack:
        building = await stack.enter_async_context(
            simulated(write_home(tmp_path / "home.csv"), DAY + timedelta(hours=12))
        )
        building.pass_s(30)
        unit = building.unit("101", "meter")
        meter = MapMeter(unit, described, await probe_meter(unit, described))
        links = await stack.enter_async_context(ModbusLinks())
        units = []
        for device in (ChargerDevice(socket), CounterDevice(counter)):
            gateway = Gateway({1: device}, "127.0.0.1", 0)
            await gateway.open()
            stack.push_async_callback(gateway.stop)
            place = Place("101", gateway.host, gateway.port, 1, None)
            port = await stack.enter_async_context(delayed(place, ANSWER_S))
            units.append(links.unit(parse_address(f"tcp://127.0.0.1:{port}?unit=1")))
        charger = MapCharger(units[0], charging, await probe_charger(units[0], charging))
        who = await probe_gas_meter(units[1], counting)
        gas = MapGasMeter(units[1], counting, who, litres_per_pulse=Fraction(10))
        rounds = Rounds(FlatDevices(meter=meter, charger=charger, gas=gas), Outages("101", clock), clock)
        loop = asyncio.get_running_loop()
        reads, took_s = [], []
        begin = loop.time()
        for second in range(SECONDS):
            await asyncio.sleep(max(0.0, begin + second - loop.time()))
            building.pass_s(1)
            socket.pass_seconds(1)
            began = loop.time()
            reads.append(await rounds.read())
            took_s.append(loop.time() - began)
        await rounds.close()
        await asyncio.gather(charger.read(), gas.read())  # Readings that were under way go on to their end.
    assert max(took_s) < BESIDE_S + 0.25, "the frame waits for neither"
    frames = [read.frame(DeviceId(bytes(16)), number) for number, read in enumerate(reads, 1)]
    assert all(frame.import_wh is not None and frame.age_ms is None for frame in frames)
    assert (reads[0].charger, reads[0].gas) == (None, None), "nothing was told yet"
    for read in reads[3:]:
        assert read.charger is not None
        assert (read.charger.power_w, read.charger.state) == (-3680.0, ChargerState.CHARGING)
        assert 900 <= read.charger.ages_ms["power_w"] <= 3000
        assert read.gas is not None
        assert read.gas.volume_l == 7_000
        assert 900 <= read.gas.age_ms <= 3000
        assert dict(read.problems) == {}
    measured_ms = [read.time_ms - read.gas.age_ms for read in reads[1:] if read.gas is not None]
    assert all(later >= earlier - 100 for earlier, later in pairwise(measured_ms)), "it goes on with the time"
