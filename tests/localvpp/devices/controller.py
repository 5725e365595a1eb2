"""A controller in a process of its own, to be killed: holds a battery at a power until somebody ends it.

    python controller.py HOST PORT UNIT MAP WATTS LEASE_S

MAP is ``sunspec`` or a register map's name. Each time that the battery took the power, or it stood already, it prints a
line.
"""

import asyncio
import sys

from modbus_connection import ModbusTcpParams

from localvpp.devices import DeviceAddress, InverterDevice, MapHybrid, SunSpecDevice, load_map, probe_hybrid
from localvpp.devices.backend import ModbusLinks


async def control(address: DeviceAddress, name: str, watts: int, lease_s: int) -> None:
    """Renew each second, for ever."""
    async with ModbusLinks() as links:
        unit = links.unit(address)
        device: InverterDevice
        if name == "sunspec":
            device = await SunSpecDevice.open(unit)
        else:
            described = load_map(name)
            device = MapHybrid(unit, described, await probe_hybrid(unit, described))
        battery = device.battery
        assert battery is not None
        while True:
            await battery.set_power(watts, lease_s)
            print("held", flush=True)  # noqa: T201 - what the test waits for
            await asyncio.sleep(1)


if __name__ == "__main__":
    host, port, number, name, watts, lease_s = sys.argv[1:]
    place = DeviceAddress(ModbusTcpParams(host=host, port=int(port)), int(number))
    asyncio.run(control(place, name, int(watts), int(lease_s)))
