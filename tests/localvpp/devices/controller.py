"""A controller in a process of its own, to be killed: commands an inverter until somebody ends it.

    python controller.py HOST PORT UNIT MAP COMMAND WATTS LEASE_S

MAP is ``sunspec`` or a register map's name. COMMAND is ``power`` (hold the battery at WATTS), ``market`` (the same
through the one hand that steers a flat's battery, by the device's own lease), ``limit`` (feed at most WATTS) or
``go_off_grid``. Each time that the device took it, or it stood already, it prints a line.
"""

import asyncio
import sys

from modbus_connection import ModbusTcpParams

from localvpp.clock import SystemClock
from localvpp.control import Claimant, Power
from localvpp.devices import DeviceAddress, InverterDevice, MapHybrid, SunSpecDevice, load_map, probe_hybrid
from localvpp.devices.backend import ModbusLinks
from localvpp.steering import Steering


async def control(address: DeviceAddress, name: str, command: str, watts: int, lease_s: int) -> None:
    """Renew each second, for ever."""
    async with ModbusLinks() as links:
        unit = links.unit(address)
        device: InverterDevice
        if command in {"limit", "go_off_grid"}:
            output = (await SunSpecDevice.open(unit)).output
            while True:
                await (output.limit(watts, lease_s) if command == "limit" else output.go_off_grid(lease_s))
                print("held", flush=True)  # noqa: T201 - what the test waits for
                await asyncio.sleep(1)
        if name == "sunspec":
            device = await SunSpecDevice.open(unit)
        else:
            described = load_map(name)
            device = MapHybrid(unit, described, await probe_hybrid(unit, described))
        battery = device.battery
        assert battery is not None
        if command == "market":
            steering = Steering("101", lambda: battery, SystemClock())
            await battery.read()
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(steering.run())
                while True:
                    steering.claim(Claimant.MARKET, Power(watts, -watts, watts))
                    await asyncio.sleep(1)
                    if steering.held is not None and steering.problem is None:
                        print("held", flush=True)  # noqa: T201 - what the test waits for
        while True:
            await battery.set_power(watts, lease_s)
            print("held", flush=True)  # noqa: T201 - what the test waits for
            await asyncio.sleep(1)


if __name__ == "__main__":
    host, port, number, name, command, watts, lease_s = sys.argv[1:]
    place = DeviceAddress(ModbusTcpParams(host=host, port=int(port)), int(number))
    asyncio.run(control(place, name, command, int(watts), int(lease_s)))
