"""Meters, inverters, batteries and relays behind one set of capabilities.

Drivers take a ``modbus_connection.ModbusUnit``: inside Home Assistant it comes from the shared Modbus connection,
elsewhere from ``backend`` (to be imported by its own name, for it brings pymodbus along). A device described by
registers alone is data (``maps/*.yaml``); a SunSpec device describes itself.
"""

from .capability import (
    Battery,
    BatteryReading,
    Failures,
    Identity,
    Inverter,
    InverterReading,
    Meter,
    MeterReading,
    OperatingState,
    Relay,
    RelayReading,
)
from .errors import DeviceError, DeviceNonsenseError, DeviceRefusedError, DeviceSilentError

__all__ = [
    "Battery",
    "BatteryReading",
    "DeviceError",
    "DeviceNonsenseError",
    "DeviceRefusedError",
    "DeviceSilentError",
    "Failures",
    "Identity",
    "Inverter",
    "InverterReading",
    "Meter",
    "MeterReading",
    "OperatingState",
    "Relay",
    "RelayReading",
]
