"""Devices described by data: the format of register maps, reading them, and reading a device by one."""

from ..wear import DAY_S
from .control import Asked, Control, LeaseKind, LeaseRule, Setting, Step
from .decode import Image, Shown, decode_image
from .fields import MapError
from .parts import Part, parts
from .points import (
    CountSample,
    EnergySample,
    Parity,
    Point,
    RegisterMap,
    Value,
    Wiring,
    components,
    knock,
    serial_of,
)
from .reader import available_maps, load_map, parse_map
from .vocabulary import STRINGS, DeviceClass, Quantity, Space

__all__ = [
    "DAY_S",
    "STRINGS",
    "Asked",
    "Control",
    "CountSample",
    "DeviceClass",
    "EnergySample",
    "Image",
    "LeaseKind",
    "LeaseRule",
    "MapError",
    "Parity",
    "Part",
    "Point",
    "Quantity",
    "RegisterMap",
    "Setting",
    "Shown",
    "Space",
    "Step",
    "Value",
    "Wiring",
    "available_maps",
    "components",
    "decode_image",
    "knock",
    "load_map",
    "parse_map",
    "parts",
    "serial_of",
]
