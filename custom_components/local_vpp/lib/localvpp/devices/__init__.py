"""Meters, inverters, batteries and relays behind one set of capabilities.

Drivers take a ``modbus_connection.ModbusUnit``: inside Home Assistant it comes from the shared Modbus connection,
elsewhere from ``backend`` (to be imported by its own name, for it brings pymodbus along). A device described by
registers alone is data (``maps/*.yaml``); a SunSpec device describes itself.
"""

from .address import AddressError, DeviceAddress, format_address, parse_address
from .aging import fresh, later
from .capability import (
    Ages,
    Battery,
    BatteryReading,
    Door,
    Failures,
    Identity,
    Inverter,
    InverterReading,
    Meter,
    MeterReading,
    OperatingState,
    Relay,
    RelayReading,
    is_own,
)
from .capture import (
    Capture,
    CaptureError,
    Captures,
    Recording,
    Timeline,
    read_recordings,
    redacted,
    replay,
    write_recordings,
)
from .errors import DeviceError, DeviceNonsenseError, DeviceRefusedError, DeviceSilentError
from .hybrid import MapHybrid
from .inverting import InverterDevice
from .late import (
    LateBattery,
    LateDevice,
    LateHybrid,
    LateInverter,
    LateMeter,
    LateSunSpec,
    open_sunspec,
)
from .line import Line, Lines
from .mapping import (
    DeviceClass,
    Image,
    MapError,
    RegisterMap,
    Space,
    available_maps,
    decode_image,
    load_map,
    parse_map,
)
from .meter import MapMeter
from .opening import OpenedDevice, Readings, open_device
from .probe import probe_answer, probe_hybrid, probe_meter, probe_relay, probe_sunspec
from .relay import MapRelay
from .scan import (
    Candidate,
    LinkFound,
    Plan,
    UnitFound,
    plan_port,
    plan_serial,
    ports,
    serial_settings,
    switches,
)
from .scanning import Progress, scan_link, scan_unit
from .silence import METER_BESIDE_METER, Manners
from .sunspec import SUNSPEC, SunSpecDevice

__all__ = [
    "METER_BESIDE_METER",
    "SUNSPEC",
    "AddressError",
    "Ages",
    "Battery",
    "BatteryReading",
    "Candidate",
    "Capture",
    "CaptureError",
    "Captures",
    "DeviceAddress",
    "DeviceClass",
    "DeviceError",
    "DeviceNonsenseError",
    "DeviceRefusedError",
    "DeviceSilentError",
    "Door",
    "Failures",
    "Identity",
    "Image",
    "Inverter",
    "InverterDevice",
    "InverterReading",
    "LateBattery",
    "LateDevice",
    "LateHybrid",
    "LateInverter",
    "LateMeter",
    "LateSunSpec",
    "Line",
    "Lines",
    "LinkFound",
    "Manners",
    "MapError",
    "MapHybrid",
    "MapMeter",
    "MapRelay",
    "Meter",
    "MeterReading",
    "OpenedDevice",
    "OperatingState",
    "Plan",
    "Progress",
    "Readings",
    "Recording",
    "RegisterMap",
    "Relay",
    "RelayReading",
    "Space",
    "SunSpecDevice",
    "Timeline",
    "UnitFound",
    "available_maps",
    "decode_image",
    "format_address",
    "fresh",
    "is_own",
    "later",
    "load_map",
    "open_device",
    "open_sunspec",
    "parse_address",
    "parse_map",
    "plan_port",
    "plan_serial",
    "ports",
    "probe_answer",
    "probe_hybrid",
    "probe_meter",
    "probe_relay",
    "probe_sunspec",
    "read_recordings",
    "redacted",
    "replay",
    "scan_link",
    "scan_unit",
    "serial_settings",
    "switches",
    "write_recordings",
]
