"""An inverter that takes most of a second does not delay the frame of its flat's meter. On real sockets."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from simulated_building import DAY, simulated, write_home

from benchmarks.devices.late_gateway import delayed
from benchmarks.devices.place import Place
from localvpp.clock import SystemClock
from localvpp.devices import MapMeter, SunSpecDevice, load_map, probe_meter
from localvpp.etp import DeviceId
from localvpp.outage import Outages
from localvpp.rounds import BESIDE_S, FlatDevices, Rounds
from simulator.serial_line import SerialLine
from simulator.site import INVERTER, METER

pytestmark = pytest.mark.usefixtures("socket_enabled")

REQUEST_S = 0.3
"""Of three requests."""
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
